#!/usr/bin/env bats
# Modules that misbehave: the call fails, the module goes, the kernel stays as it was.
# shellcheck disable=SC2016,SC2086 # $PLACES is several words

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	world_start
	# names that were looked up once are kept: look them up
	"$O/testbin/cycle" -c null read 14 1 "$CRASH"
	BEFORE=$(steady holdings)
	export BEFORE
}
teardown_file() { world_stop; }

CRASH=$O/modules/crash.o
PLACES="init open read ioctl release cleanup irq timer"

# What the kernel has given out, in one text.
holdings() {
	kcall cat /proc/meminfo | grep -E '^(Kmalloc(Bytes|Objects)|Modules)'
	kcall cat /proc/modules
	kcall cat /proc/devices
	kcall cat /proc/ioports
	kcall cat /proc/iomem
	kcall cat /proc/interrupts | sed -n 's/^ *[0-9]*: *[0-9]* *//p'
}

# What the kernel holds is what it held at first, once the processes of the last calls are gone.
held() { [ "$(holdings)" = "$BEFORE" ]; }
unchanged() {
	until_true 10 held ||
		diff -u --label before --label after <(echo "$BEFORE") <(holdings)
}

# cycles N HOW ERROR PLACE...: misbehave N times at each place; nothing is left of it.
cycles() {
	local n=$1 how=$2 error=$3 place
	shift 3
	for place; do
		run "$O/testbin/cycle" -c "$how" "$place" "$error" "$n" "$CRASH"
		echo "$how at $place: $output"
		[ "$status" -eq 0 ]
	done
	unchanged
}

# loops N HOW PLACE...: cycles with a watchdog that bites fast.
loops() {
	watchdog 30
	cycles "$1" "$2" $ETIME "${@:3}"
}
watchdog() { kcall write /proc/sys/kernel/module_watchdog "$1"; }
teardown() { watchdog 5000; }

# log: what the console has said since mark. A line of ours tells that all of it is there.
say() {
	kcall write /dev/console "$1"$'\n' >/dev/null
	until_true 10 said "$1"
}
said() { kstub dmesg | grep -qx "$1"; }
mark() {
	MARK="mark $EPOCHREALTIME"
	say "$MARK"
}
log() {
	local end="end $EPOCHREALTIME"
	say "$end"
	kstub dmesg | sed "1,/^$MARK\$/d; /^end /d"
}

# shows_oops ARGUMENT...: loading crash fails, and the console has room for the oops, which it
# has once a second.
shows_oops() {
	mark
	run insmod "$CRASH" "$@"
	[ "$status" -eq 1 ] && log | grep -q '^Oops'
}
oops() { until_true 20 shows_oops "$@"; }

EFAULT=14 ETIME=62 ENXIO=6

@test "a null pointer, at every place" { cycles 5 null $EFAULT $PLACES; }
@test "a write to memory that is not there" { cycles 5 write $EFAULT $PLACES; }
@test "a wild jump" { cycles 5 jump $EFAULT $PLACES; }
@test "a write to its own code" { cycles 5 text $EFAULT $PLACES; }
@test "a jump into its data" { cycles 5 data $EFAULT $PLACES; }
@test "a write to its constants" { cycles 5 rodata $EFAULT $PLACES; }
@test "a division by zero" { cycles 5 divide $EFAULT $PLACES; }
@test "an invalid instruction" { cycles 5 invalid $EFAULT $PLACES; }
@test "a general protection fault" { cycles 5 general $EFAULT $PLACES; }
@test "a stack overflow" { cycles 5 stack $EFAULT $PLACES; }
@test "a fault in a function of the kernel that it calls" { cycles 5 kernel $EFAULT $PLACES; }
@test "a fault with a waiter and a timer on the stack" {
	cycles 5 wait $EFAULT init open read ioctl release cleanup
}
@test "a use count that is never given back" { cycles 5 uses $EFAULT $PLACES; }
@test "an endless loop" { loops 3 loop $PLACES; }
@test "an endless loop through the kernel" { loops 3 kloop $PLACES; }
@test "an endless loop with interrupts off" { loops 3 cli $PLACES; }
@test "a double free is reported, and that is all" { cycles 5 twice 0 $PLACES; }
@test "what it never gives back is taken back" { cycles 5 leak 0 $PLACES; }
@test "an init that fails after registering everything leaves no trace" {
	cycles 5 fail $ENXIO init
}

@test "an init that returns a positive number is named in the log" {
	mark
	run -1 insmod "$MODULES/initfail.o" result=7
	log | grep -x "initfail: init returned 7, which is no error"
}

meminfo() { kcall cat /proc/meminfo | awk -v "name=$1:" '$1 == name { print $2 }'; }

# How many of five processes can be had at a time.
five_more() {
	kcall getpid -- kcall getpid -- kcall getpid -- kcall getpid -- kcall getpid |
		sort -u | wc -l
}
export -f five_more
nobody_ended() { run ! grep -a '^Out of memory' "$KSTUB/console.log"; }

@test "modules leave memory to those who load and remove them" {
	local calls=() n=0 left size
	for ((left = $(meminfo MemFree) - 4096 - 512; left > 0; left -= 4096)); do
		size=$((left < 4096 ? left : 4096))
		calls+=("," create_module "big$((n++))" $((size << 10)))
	done
	# they are gone when kcall ends
	run -0 timeout 60 kcall "${calls[@]:1}" -- bash -c 'lsmod | wc -l
		kcall create_module more 524288 2>&1
		five_more'
	[ "${lines[-3]}" = $((n + 1)) ]
	[ "${lines[-2]}" = "-1 ENOMEM (Cannot allocate memory)" ]
	[ "${lines[-1]}" = 5 ]
	nobody_ended
	until_true 10 unchanged
}

@test "what modules allocate leaves memory to others, and to modules" {
	local what
	for what in kmalloc vmalloc region; do
		insmod "$TESTMODULES/hog.o" what=$what
		[ $what = vmalloc ] || [ "$(meminfo MemFree)" -lt 4096 ] # addresses end first
		[ "$(five_more)" = 5 ]
		nobody_ended
		rmmod hog
		unchanged
	done
}

@test "threads of a module are not all there may be" {
	insmod "$TESTMODULES/hog.o" what=thread
	[ "$(five_more)" = 5 ]
	nobody_ended
	rmmod hog
	until_true 10 unchanged
}

@test "loading and unloading a stack, 500 times, leaves nothing" {
	"$O/testbin/cycle" 500 "$MODULES/slhc.o" "$MODULES/slhcdev.o"
	unchanged
}

@test "the oops names functions, and oops-decode their lines" {
	local line
	oops how=null where=init
	[[ $output = *"init_module: Bad address"* ]]
	run log
	[ "${lines[0]}" = "Oops: page fault: null pointer, error 0002" ]
	[ "${lines[1]}" = "In a call into module crash, which ends here" ]
	[[ ${lines[2]} = "Process: gatewayd ("*")   Not tainted" ]]
	[[ ${lines[3]} =~ ^EIP:\ {4}0010:\[\<[0-9a-f]{8}\>\]\ crash_null\+0x[0-9a-f]+/0x[0-9a-f]+\ \[crash\]$ ]]
	grep -qE '^  \[<[0-9a-f]{8}>\] init_module\+0x[0-9a-f]+/0x[0-9a-f]+ \[crash\]$' <<<"$output"
	grep -qE '^  \[<[0-9a-f]{8}>\] sys_init_module\+0x[0-9a-f]+/0x[0-9a-f]+$' <<<"$output"
	grep -qE '^Code: .*<[0-9a-f]{2}>' <<<"$output"
	grep -qE '^Modules: crash \[[0-9a-f]{8}\]$' <<<"$output"
	line=$(grep -n '(volatile int \*)0 = 1;' "$TOP/kernel-stub/modules/crash.c" | cut -d: -f1)
	run "$TOP/scripts/oops-decode" -k "$O/kernel.elf" <(log)
	grep -q "^EIP: .* crash_null+.* at .*kernel-stub/modules/crash.c:$line\$" <<<"$output"
	grep -qE "^  .* sys_init_module\+.* at .*kernel-stub/kernel/module_host.c:[0-9]+\$" <<<"$output"
}

@test "an oops tells what has tainted the kernel, and lists many modules in several lines" {
	local i
	for i in {1..9}; do insmod -o "hello$i" "$MODULES/hello.o"; done
	kcall write /proc/sys/kernel/tainted 3
	oops how=null where=init
	run log
	for i in {1..9}; do rmmod "hello$i"; done
	kcall write /proc/sys/kernel/tainted 0
	[[ ${lines[2]} = "Process: gatewayd ("*")   Tainted: PF" ]]
	echo "$output"
	[ "$(sed -n '/^Modules: crash/,$p' <<<"$output" | sed 's/[0-9a-f]\{8\}/ADDRESS/g')" = \
		"Modules: crash [ADDRESS] hello9 [ADDRESS] hello8 [ADDRESS] hello7 [ADDRESS]
         hello6 [ADDRESS] hello5 [ADDRESS] hello4 [ADDRESS] hello3 [ADDRESS]
         hello2 [ADDRESS] hello1 [ADDRESS]" ]
}

@test "each kind of fault is called by its name" {
	local how want
	watchdog 30
	while IFS=: read -r how want; do
		oops "how=$how" where=init
		log | grep '^Oops' | tee /dev/stderr | grep -qx "Oops: $want, error .*"
	done <<-END
		write:page fault: write to unmapped memory
		jump:page fault: jump into unmapped memory
		text:page fault: write to read-only memory
		rodata:page fault: write to read-only memory
		data:page fault: jump into memory that is not code
		divide:divide error
		invalid:invalid opcode
		general:general protection fault
		stack:double fault: kernel stack overflow
		loop:endless loop
	END
}

@test "a module that faults while in use is quarantined, and goes with its last user" {
	insmod "$CRASH" how=null where=read
	# the shell runs while /dev/crash is open; each line it says is looked at below
	run kcall open /dev/crash -- bash -c '
		kcall cat /dev/crash
		kcall cat /dev/crash
		lsmod | tail -n 1
		lsmod --json | jq -r ".[0].state"
		kcall cat /proc/modules
		rmmod crash
		for f in devices ioports iomem interrupts; do kcall cat /proc/$f; done | grep -c crash'
	echo "$output"
	[[ ${lines[0]} = *"Bad address" ]]
	[[ ${lines[1]} = *"No such device"* ]]
	[[ ${lines[2]} =~ ^crash\ +[0-9]+\ +1\ +\(quarantined\)$ ]]
	[ "${lines[3]}" = quarantined ]
	[[ ${lines[4]} =~ ^crash\ +[0-9]+\ +1\ \(quarantined\)$ ]]
	[[ ${lines[5]} = "rmmod: crash: Device or resource busy" ]]
	[ "${lines[6]}" = 0 ]
	[ "$(lsmod --json)" = "[]" ]
}

@test "a module that others are linked against stays in quarantine until they have gone" {
	insmod "$CRASH" how=null where=open
	insmod "$TESTMODULES/oncrash.o"
	run kcall cat /dev/crash
	[ "$status" -eq 1 ]
	[[ $output = *"Bad address"* ]]
	run lsmod
	[[ ${lines[2]} =~ ^crash\ +[0-9]+\ +0\ +\(quarantined\)\ \[oncrash\]$ ]]
	run rmmod crash
	[ "$status" -eq 1 ]
	# nobody can be linked against it any more
	run insmod -o again "$TESTMODULES/oncrash.o"
	[ "$status" -eq 1 ]
	[[ $output = *"unresolved symbol crash_calls"* ]]
	rmmod oncrash
	[ "$(lsmod --json)" = "[]" ]
}

@test "freed code is not there any more, and not soon another's" {
	local address
	insmod "$MODULES/hello.o"
	address=$(lsmod --json | jq '.[0].address')
	rmmod hello
	oops how=jump where=init "target=$((address + 4096))"
	log | grep -q "^EIP: *0010:\[<$(printf %08x $((address + 4096)))>\]"
	[ "$(lsmod --json)" = "[]" ]
}

@test "/proc/modmem tells pages, rights and sections" {
	insmod "$MODULES/chardev.o"
	run kcall cat /proc/modmem
	rmmod chardev
	echo "$output"
	[[ ${lines[0]} =~ ^chardev\ [0-9]+\ pages$ ]]
	[[ ${lines[1]} =~ ^$'\t'[0-9a-f]{5}000-([0-9a-f]{5}000)\ rw-$ ]]
	[[ ${lines[2]} =~ ^$'\t'"${BASH_REMATCH[1]}"-([0-9a-f]{5}000)\ r-x$ ]]
	local text=${lines[2]:1:8}
	[[ ${lines[3]} =~ ^$'\t'"${BASH_REMATCH[1]}"-[0-9a-f]{5}000\ r--$ ]]
	grep -qE "^"$'\t'"$text-[0-9a-f]{8} \.text$" <<<"$output"
}

@test "the watchdog's limit can be read, set and turned off; nonsense is refused" {
	[ "$(kcall cat /proc/sys/kernel/module_watchdog)" = 5000 ]
	watchdog 40
	[ "$(kcall cat /proc/sys/kernel/module_watchdog)" = 40 ]
	local bad
	for bad in x 1x -5 99999999; do
		run watchdog "$bad"
		[ "$status" -eq 1 ]
	done
	[ "$(kcall cat /proc/sys/kernel/module_watchdog)" = 40 ]
}

@test "a module that loses the kernel's own stack ends in a panic that says so" {
	local dir=$BATS_TEST_TMPDIR/panic
	mkdir -m 700 "$dir"
	one_more_kernel "$dir"
	KSTUB=$dir run insmod "$CRASH" how=unstack where=init
	[ "$status" -eq 1 ]
	until_true 20 grep -q '^Kernel panic: a module has lost the stack' "$dir/console.log"
	KSTUB=$dir run kstub stop
}

@test "many oopses do not flood the console" {
	local before after
	before=$(stat -c %s "$KSTUB/console.log")
	"$O/testbin/cycle" -c null read $EFAULT 200 "$CRASH"
	after=$(stat -c %s "$KSTUB/console.log")
	# at least 1500 bytes each; shown are three, and one a second
	[ $((after - before)) -lt 60000 ]
}
