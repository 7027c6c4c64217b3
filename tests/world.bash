# world.bash - the kernel a bats file talks to: the simulator, kernel-stub under QEMU, or
# that and the tools in it too
#
# A bats file that uses the tools on a kernel starts with
#	load world            (or ../world)
#	setup_file() { world_start; }
#	teardown_file() { world_stop; }
# and runs unchanged in all worlds; tests/run sets WORLD=sim, WORLD=qemu or WORLD=native.
# After world_start: $KSTUB is the kernel's directory, the tools are on PATH, $MODULES holds
# the bundled modules, $TESTMODULES the ones made for tests. In the native world the tools on
# PATH are native-tool, and kcall is still the host's.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$TOP/$O ;; esac
WORLD=${WORLD:-sim}
PATH=$O/bin:$TOP/kernel-stub:$PATH
# loaded again for each test, behind setup_file
[ -z "${NATIVE_KSTUB:-}" ] || PATH=$NATIVE_KSTUB/bin:$PATH
MODULES=$O/modules
TESTMODULES=$O/testmodules
export TOP O WORLD PATH MODULES TESTMODULES

# until_true SECONDS COMMAND...: wait for a condition, with a deadline.
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt "$end" ] || return 1
		sleep 0.02
	done
}

# The names under which native-tool runs the guest's tools.
native_tools() {
	local name
	mkdir "$KSTUB/bin"
	for name in insmod rmmod lsmod modprobe depmod modinfo ksyms; do
		ln -s "$TOP/tests/native-tool" "$KSTUB/bin/$name"
	done
	NATIVE_KSTUB=$KSTUB
	PATH=$KSTUB/bin:$PATH
	export NATIVE_KSTUB PATH
	tar -C / -c "${MODULES#/}" "${TESTMODULES#/}" | "$O/bin/kcall" exec tar -x -C /
	"$O/bin/kcall" exec mkdir -p "$TOP" # the current folder of many tests
}

world_start() {
	KSTUB=$(mktemp -d "${TMPDIR:-/tmp}/kstub-test.XXXXXX")
	export KSTUB
	if [ "$WORLD" != sim ]; then
		[ "$WORLD" = qemu ] || set -- --native "$@"
		# a loaded machine is no hang
		kstub start --dir "$KSTUB" --deadline 60 "$@" 3>&- >"$KSTUB/start.log" 2>&1 || {
			cat "$KSTUB/start.log" >&2
			return 1
		}
		[ "$WORLD" = qemu ] || native_tools
	else
		kstub-sim --dir "$KSTUB" 3>&- >"$KSTUB/start.log" 2>&1 &
		echo $! >"$KSTUB/sim.pid"
		until_true 10 test -S "$KSTUB/syscall.sock"
	fi
}

# one_more_kernel DIR [OPTION]...: boot it there, for a test that stops it itself; world_stop does
# for one that failed.
one_more_kernel() {
	echo "$1" >>"$BATS_FILE_TMPDIR/kernels"
	kstub start --deadline 60 --dir "$@" 3>&- >/dev/null
}

world_stop() {
	local dir
	while read -r dir; do
		kstub stop --dir "$dir" 2>/dev/null 3>&- || true
	done < <(cat "$BATS_FILE_TMPDIR/kernels" 2>/dev/null)
	if [ "$WORLD" != sim ]; then
		kstub stop --dir "$KSTUB" 3>&- || return 1
	else
		kill "$(cat "$KSTUB/sim.pid")" 2>/dev/null || true
		# what the sanitizers found is a failure of the whole file
		if grep -E 'ERROR: |runtime error' -A 30 "$KSTUB/start.log" >&2; then
			return 1
		fi
	fi
	rm -rf "$KSTUB"
}

# End the kernel as a power cut does.
world_kill() {
	if [ "$WORLD" != sim ]; then
		kill -9 "$(sed -n 's/^qemu //p' "$KSTUB/status")"
	else
		kill -9 "$(cat "$KSTUB/sim.pid")"
	fi
}

# steady COMMAND...: what it prints once that is five times the same: nobody is on his way
# out any more.
steady() {
	local last now='' same=0
	until [ $same -eq 5 ]; do
		last=$now
		now=$("$@")
		[ "$now" = "$last" ] && same=$((same + 1)) || same=0
	done
	echo "$now"
}

# Unload everything, so that each test starts from an empty kernel. The list begins with the
# newest: whoever needs a module goes before it.
world_reset() {
	local names
	mapfile -t names < <(lsmod --json | jq -r '.[].name')
	[ ${#names[@]} -eq 0 ] || rmmod "${names[@]}" || return 1
	kcall write /proc/sys/kernel/tainted 0 >/dev/null
}

# For tests of what native-tool does not carry into the guest: other users of the host, its
# pipes, its syslog and folders, a trace of its own, several tools at once.
not_by_native_tool() {
	[ "$WORLD" != native ] || skip "native-tool does not carry this into the guest"
}

# run_as_nobody COMMAND...: run, as somebody who is not the kernel's owner.
run_as_nobody() {
	local nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	# native-tool is a script: its shell opens it, and calls kcall, as that other user
	[ "$WORLD" != native ] || "${nobody[@]}" test -x "$O/bin/kcall" ||
		skip "nobody else may enter the project's folder"
	chmod 711 "$KSTUB"
	chmod 666 "$KSTUB/syscall.sock"
	run "${nobody[@]}" "$@"
	chmod 600 "$KSTUB/syscall.sock"
	chmod 700 "$KSTUB"
}

# prints TEXT: the last run printed exactly this.
prints() {
	# shellcheck disable=SC2154 # run sets it
	diff -u --label expected --label printed <(printf '%s\n' "$1") <(printf '%s\n' "$output")
}
