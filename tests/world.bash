# world.bash - the kernel a bats file talks to: the simulator or kernel-stub under QEMU
#
# A bats file that uses the tools on a kernel starts with
#	load world            (or ../world)
#	setup_file() { world_start; }
#	teardown_file() { world_stop; }
# and runs unchanged in both worlds; tests/run sets WORLD=sim or WORLD=qemu.
# After world_start: $KSTUB is the kernel's directory, the tools are on PATH, $MODULES holds
# the bundled modules, $TESTMODULES the ones made for tests.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$TOP/$O ;; esac
WORLD=${WORLD:-sim}
PATH=$O/bin:$TOP/kernel-stub:$PATH
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

world_start() {
	KSTUB=$(mktemp -d "${TMPDIR:-/tmp}/kstub-test.XXXXXX")
	export KSTUB
	if [ "$WORLD" = qemu ]; then
		kstub start --dir "$KSTUB" "$@" 3>&- >"$KSTUB/start.log" 2>&1 || {
			cat "$KSTUB/start.log" >&2
			return 1
		}
	else
		kstub-sim --dir "$KSTUB" 3>&- >"$KSTUB/start.log" 2>&1 &
		echo $! >"$KSTUB/sim.pid"
		until_true 10 test -S "$KSTUB/syscall.sock"
	fi
}

world_stop() {
	if [ "$WORLD" = qemu ]; then
		kstub stop --dir "$KSTUB" 3>&- || return 1
	else
		kill "$(cat "$KSTUB/sim.pid")" 2>/dev/null || true
	fi
	rm -rf "$KSTUB"
}

# Unload everything, so that each test starts from an empty kernel.
world_reset() {
	local m
	while m=$(lsmod | awk 'NR > 1 && NF < 4 || /\(unused\)$|\(autoclean\)$|\(uninitialized\)$/ { print $1 }' | sed '/^Module$/d'); [ -n "$m" ]; do
		# shellcheck disable=SC2086
		rmmod $m || return 1
	done
}
