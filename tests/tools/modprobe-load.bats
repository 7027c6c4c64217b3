#!/usr/bin/env bats
# modprobe on a kernel: stacks, undo, waiting, commands, removal

# shellcheck disable=SC2016,SC2001 # $ and ` for the configuration, not for this shell
bats_require_minimum_version 1.5.0
load ../world
setup_file() { world_start; }
teardown_file() { world_stop; }

setup() {
	world_reset
	cd "$BATS_TEST_TMPDIR" || return 1
	unset MODULECONFIG MODPATH DEPPATH
	release=$(kcall cat /proc/sys/kernel/osrelease)
	DIR=$PWD/root/lib/modules/$release
	mkdir -p "$DIR/kernel" root/etc
	cp "$TESTMODULES"/{base,mid,top,other,refuse,params}.o "$DIR/kernel"
	: >"$DIR/modules.order"
	: >"$DIR/modules.builtin"
	: >root/etc/modules.conf
	depmod -b root "$release"
	export MODPROBE_OPTIONS="-d $PWD/root"
}

conf() { cat >root/etc/modules.conf; }

loaded() {
	lsmod --json | jq -r '[.[].name] | join(" ")'
}

@test "a stack is loaded in order, what is there already stays" {
	run -0 modprobe top
	[ -z "$output" ]
	[ "$(loaded)" = "top mid base" ]
	run -0 modprobe other
	[ "$(loaded)" = "other top mid base" ]
	run -0 modprobe top
	[ "$(loaded)" = "other top mid base" ]
}

@test "-v shows each step" {
	run -0 modprobe -v top
	[ "$(sed "s,[^ ]*/kernel/,,; s/ *$//" <<<"$output")" = "insmod base.o
insmod mid.o
insmod top.o" ]
	run -0 modprobe -v top
	[ -z "$output" ]
}

@test "--first-time fails when the module is there" {
	modprobe base
	run -1 modprobe --first-time base
	prints "modprobe: module base is already loaded"
	run -0 modprobe --first-time mid
}

@test "when one fails, what this call loaded goes again, in reverse; what was there stays" {
	modprobe other
	conf <<<'options top nosuch=1
below top refuse'
	cp "$TESTMODULES/missing.o" "$DIR/kernel/mid.o"
	run -1 modprobe top
	[ "$(loaded)" = "other base" ]
	cp "$TESTMODULES/mid.o" "$DIR/kernel/mid.o"
	cp "$TESTMODULES/missing.o" "$DIR/kernel/top.o"
	run -1 modprobe top
	[ "$(loaded)" = "other base" ]
	[[ $output == *"unresolved symbol"* ]]
	[[ $output == *"modprobe: insmod $DIR/kernel/top.o failed"* ]]
	rmmod other base
	run -1 modprobe top
	[ -z "$(loaded)" ]
}

@test "who exports a symbol that nobody has loaded is said" {
	hint="hint: base_add is exported by module base, which is not loaded"
	sed -i '/mid.o:/s/:.*/:/' "$DIR/modules.dep"
	rm "$DIR/modules.dep.bin"
	run -1 modprobe mid
	prints "modprobe: $DIR/kernel/mid.o: unresolved symbol base_add
modprobe: $DIR/kernel/mid.o: $hint
modprobe: insmod $DIR/kernel/mid.o failed
modprobe: insmod mid failed"
	rm "$DIR"/modules.symbols*
	run -1 modprobe mid
	[[ $output != *hint* ]]
}

@test "insmod asks the indexes of the kernel's release who exports a symbol" {
	[ "$WORLD" != native ] || skip "the guest's /lib/modules is its own"
	# /lib is all that can be replaced where there is no /lib/modules; insmod needs none of it
	unshare -rm true && ! ldd "$O/bin/insmod" || skip "cannot give insmod another /lib"
	run -1 unshare -rm sh -c 'mount --bind root/lib /lib && exec insmod "$1"' \
		sh "$DIR/kernel/mid.o"
	prints "insmod: $DIR/kernel/mid.o: unresolved symbol base_add
insmod: $DIR/kernel/mid.o: hint: base_add is exported by module base, which is not loaded"
}

@test "insmod asks the indexes of the tree its file lies in who exports a symbol" {
	cd root/lib
	run -1 insmod "modules/$release/kernel/mid.o"
	prints "insmod: modules/$release/kernel/mid.o: unresolved symbol base_add
insmod: modules/$release/kernel/mid.o: hint: base_add is exported by module base, which is not loaded"
}

@test "a dependency that fails says for whom it was needed" {
	cp "$TESTMODULES/missing.o" "$DIR/kernel/base.o"
	conf <<<'alias wanted mid'
	run -1 modprobe wanted
	[[ $output == *"modprobe: insmod $DIR/kernel/base.o failed, which mid needs"* ]]
	[[ $output == *"modprobe: insmod wanted failed: wanted ($PWD/root/etc/modules.conf:1) -> mid"* ]]
	[ -z "$(loaded)" ]
	run -1 modprobe -q wanted
	[[ $output != *"failed"* ]]
}

@test "a file that is there no more: a hint to run depmod" {
	rm "$DIR/kernel/base.o"
	run -1 modprobe mid
	prints "modprobe: $DIR/kernel/base.o: No such file or directory
modprobe: insmod $DIR/kernel/base.o failed, which mid needs
modprobe: hint: the indexes in $DIR are older than its modules, run depmod
modprobe: insmod mid failed"
}

@test "above and below are loaded along, and their failure is none" {
	conf <<'END'
below mid refuse
above mid other
END
	run -0 modprobe mid
	[ "$(loaded)" = "other mid base" ]
	[[ $output == *"modprobe: insmod $DIR/kernel/refuse.o failed, which only goes along with mid" ]]
}

@test "parameters: the configuration's and the command line's" {
	conf <<<'alias no refuse
options refuse result=-5
options no result=-6'
	run -1 modprobe refuse
	[[ ${lines[-2]} == "modprobe: insmod $DIR/kernel/refuse.o failed; options from $PWD/root/etc/modules.conf:2" ]]
	run -1 modprobe no
	[[ ${lines[-2]} == "modprobe: insmod $DIR/kernel/refuse.o failed; options from $PWD/root/etc/modules.conf:3, $PWD/root/etc/modules.conf:2" ]]
	run -0 modprobe refuse result=0
	[ "$(loaded)" = "refuse" ]
	rmmod refuse
	conf <<<'options refuse result=0'
	run -0 modprobe refuse
	rmmod refuse
	run -0 modprobe -a base refuse result=0
	[ "$(loaded)" = "refuse base" ]
}

@test "-o in the options names the module; -k and options -k decide about autoclean" {
	conf <<'END'
options base -o basis
options -k mid a=1
END
	run -0 modprobe base
	[ "$(loaded)" = "basis" ]
	run -0 modprobe base
	[ "$(loaded)" = "basis" ]
	rmmod basis
	conf <<<'options -k mid'
	run -0 modprobe -k mid
	[ "$(kcall cat /proc/modules | grep -c autoclean)" -eq 1 ]
	kcall cat /proc/modules | grep '^base .*autoclean'
}

@test "hooks and commands run in order; what they say is in the environment" {
	conf <<'END'
pre-install mid echo pre $MODPROBE_MODULE >>log
post-install mid echo post >>log
install base echo install $MODPROBE_MODULE >>log; modprobe -i base
END
	run -0 modprobe mid
	[ "$(loaded)" = "mid base" ]
	[ "$(cat log)" = "install base
pre mid
post" ]
}

@test "a modprobe that a command runs gets the options that say what there is, and how to speak" {
	conf <<<'install base echo "$MODPROBE_OPTIONS" >>log; modprobe -i base'
	mkdir "a b"
	cp root/etc/modules.conf "a b/x.conf"
	run -0 modprobe --config="a b" -v --first-time base
	[ "$(cat log)" = "$MODPROBE_OPTIONS -C 'a b' -v" ]
	[ "$(loaded)" = base ]
	rmmod base
	rm log
	unset MODPROBE_OPTIONS
	run -0 modprobe -qd root -S "$release" base
	[ "$(cat log)" = "-q -d 'root' -S '$release'" ]
}

@test "a command gets the options as text, not as shell code" {
	conf <<<'install params echo "$CMDLINE_OPTS" >log'
	run -0 modprobe params 'text="$(touch pwned)"' number=4
	[ "$(cat log)" = 'text="$(touch pwned)" number=4' ]
	[ ! -e pwned ]
}

@test "a failing hook stops the module, and undoes what was loaded" {
	conf <<<'pre-install mid false'
	run -1 modprobe top
	[[ $output == "modprobe: pre-install mid failed"* ]]
	[ -z "$(loaded)" ]
	conf <<<'post-install mid false'
	run -1 modprobe top
	[[ $output == "modprobe: post-install mid failed"* ]]
	[ -z "$(loaded)" ]
	conf <<<'install mid false'
	run -1 modprobe top
	[ "${lines[0]}" = "modprobe: install mid failed: exit status 1 ($PWD/root/etc/modules.conf:1)" ]
	[ -z "$(loaded)" ]
}

@test "a command that leads to itself is stopped at once" {
	conf <<'END'
install base echo base >>log; modprobe base
END
	run -1 modprobe base
	[ "${lines[0]}" = "modprobe: install base leads to itself: its command wants modprobe --ignore-install" ]
	[ "$(cat log)" = base ]
	conf <<<'remove other modprobe -r other'
	modprobe other
	run -1 modprobe -r other
	[ "${lines[0]}" = "modprobe: remove other leads to itself: its command wants modprobe --ignore-remove" ]
	conf <<<'install mid modprobe top' # which needs mid
	run -1 modprobe mid
	[[ $output == *"modprobe: install mid leads to itself"* ]]
}

@test "a daemon that a command left behind may load the module" {
	conf <<<'install base echo "$MODPROBE_RUNNING" >running; modprobe -i base'
	run -0 modprobe base
	rmmod base
	# as the daemon has it: the modprobe that started it has ended
	MODPROBE_RUNNING=$(cat running) run -0 modprobe base
	[ "$(loaded)" = base ]
}

@test "alias NAME null and a hook: the hook runs" {
	conf <<'END'
alias only-hooks null
pre-install only-hooks touch hook-ran
END
	run -0 modprobe only-hooks
	[ -e hook-ran ]
	[ -z "$(loaded)" ]
}

@test "probe stops at the first that works, probeall loads all" {
	conf <<'END'
probe any refuse base other
probeall every refuse base other
END
	run -0 modprobe any
	[ "$(loaded)" = "base" ]
	run -0 modprobe every
	[ "$(loaded)" = "other base" ]
}

@test "several providers of an alias: one that works is enough" {
	conf <<'END'
alias dev refuse
add alias dev base
END
	run -0 modprobe dev
	[ "$(loaded)" = "base" ]
}

@test "a module by its path, with its dependencies" {
	run -0 modprobe "./root/lib/modules/$release/kernel/mid.o"
	[ "$(loaded)" = "mid base" ]
}

@test "a load that somebody else does is waited for; if that fails it is our turn" {
	log=$BATS_FILE_TMPDIR/waiter # native-tool brings the test's own folder back as it was
	kcall create_module base 4096 -- bash -c "touch $PWD/created
		until [ -e $PWD/go ]; do sleep 0.02; done" >/dev/null 3>&- &
	holder=$!
	until_true 10 test -e created
	modprobe -v base >"$log" 2>&1 3>&- &
	waiter=$!
	until_true 10 grep -q "base is being loaded by another process" "$log"
	touch go
	wait $holder
	wait $waiter
	[ "$(loaded)" = "base" ]
	grep -q "^insmod .*base.o" "$log"
}

@test "many at once, all succeed" {
	log=$BATS_FILE_TMPDIR/many # a change of the test's own folder has native-tool renew it
	for _ in 1 2 3 4 5; do
		pids=()
		for _ in 1 2 3 4 5 6; do
			modprobe top >>"$log" 2>&1 3>&- &
			pids+=($!)
		done
		for p in "${pids[@]}"; do
			wait "$p" || { cat "$log"; false; }
		done
		[ "$(loaded)" = "top mid base" ]
		modprobe -r top
	done
}

@test "-r removes the stack as far as nobody else needs it" {
	modprobe -a top other
	run -0 modprobe -r top
	[ "$(loaded)" = "other base" ]
	run -0 modprobe -r other
	[ -z "$(loaded)" ]
}

@test "-r of a module in use says by whom; --remove-holders takes those too" {
	modprobe top
	run -1 modprobe -r base
	prints "modprobe: base is in use by: mid"
	[ "$(loaded)" = "top mid base" ]
	run -0 modprobe -r --remove-holders base
	[ -z "$(loaded)" ]
}

@test "-r of what is not loaded is fine, but for --first-time; an unknown name is not" {
	run -0 modprobe -r top
	run -1 modprobe -r --first-time top
	prints "modprobe: top is not loaded"
	run -1 modprobe -r nosuch
	[[ $output == "modprobe: Can't locate module nosuch in "* ]]
	insmod -o foreign "$TESTMODULES/base.o"
	run -0 modprobe -r foreign
	[ -z "$(loaded)" ]
}

@test "-r through an alias, with hooks and a remove command" {
	conf <<'END'
alias al mid
pre-remove mid echo pre >>log
post-remove mid echo post >>log
remove base echo remove >>log; rmmod base
END
	modprobe al
	run -0 modprobe -r al
	[ "$(cat log)" = "pre
post
remove" ]
	[ -z "$(loaded)" ]
}

@test "-r -n -v shows and does nothing" {
	modprobe mid
	run -0 modprobe -r -n -v mid
	[ "${lines[0]}" = "rmmod mid" ]
	[ "$(loaded)" = "mid base" ]
}

@test "-r alone sweeps idle autoclean modules" {
	modprobe -k mid
	run -0 modprobe -r
	run -0 modprobe -r
	[ "$(loaded)" = "mid base" ] # never used: they stay
	modprobe -r mid
	[ -z "$(loaded)" ]
}

@test "-w waits for a busy module" {
	modprobe mid
	(until_true 10 grep -q . start && rmmod mid) 3>&- &
	echo go >start
	run -0 modprobe -r -w 10000 --first-time base
	wait
	[ -z "$(loaded)" ]
}

@test "modprobe -l and a missing kernel: a clear word" {
	not_by_native_tool
	run -0 modprobe -l base
	KSTUB=$PWD/nowhere run -1 modprobe base
	[[ $output == "modprobe: "*"kernel"* ]]
}
