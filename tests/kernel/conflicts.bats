#!/usr/bin/env bats
# Drivers that want the same ports, interrupt lines and DMA channels

bats_require_minimum_version 1.5.0
load ../world

setup_file() { world_start; }
teardown_file() { world_stop; }
setup() { world_reset; }

lines() { kcall cat /proc/interrupts | sed -n 's/^ *\([0-9]*\): .*XT-PIC  /\1 /p'; }
ports() { kcall cat /proc/ioports | grep -E ' : (porta|portb|autoprobe)'; }
said() { kstub dmesg | grep -qF "$1"; }

@test "a range that is taken: one driver fails and names the holder, the other moves" {
	insmod "$MODULES/porta.o"
	insmod "$MODULES/portb.o"
	run ports
	prints "0300-030f : porta
0320-032f : portb"
	said "portb: ports 0x300-0x30f are held by porta"
	run -1 insmod -o second "$MODULES/porta.o" port=0x328
	[[ "$output" = *"init_module: Device or resource busy"* ]]
	said "porta: ports 0x328-0x337 are held by portb"
	rmmod porta
	insmod -o second "$MODULES/porta.o"
	rmmod portb second
	run -1 ports
}

@test "all ranges taken: the movable one fails, too, and leaves nothing" {
	insmod "$MODULES/porta.o" port=0x340
	run -1 insmod "$MODULES/portb.o" ports=0x340,0x348,0x3f8,0x0
	said "portb: ports 0x3f8-0x407 are held by serial"
	said "portb: ports 0-0xf are held by dma1"
	run ports
	prints "0340-034f : porta"
}

@test "crash says which parameter it does not know, instead of behaving" {
	for p in how=nul where=int; do
		run -1 insmod "$MODULES/crash.o" $p
		[[ "$output" = *"init_module: Invalid argument"* ]]
	done
	said "crash: how=nul where=init: see modinfo -p"
	said "crash: how=null where=int: see modinfo -p"
	insmod "$MODULES/crash.o" where=never
}

@test "a fault that a module expects, by its __ex_table, is its own affair" {
	insmod "$TESTMODULES/expectant.o"
	run -1 kcall open /dev/expectant 1
	prints "-1 EFAULT (Bad address)"
	run -1 kcall open /dev/expectant 0 , read %0 out:1 1
	prints "3
-1 EDOM (Numerical argument out of domain)"
	lsmod | grep -qE '^expectant +[0-9]+ +0 '
	rmmod expectant
	run ! said expectant
}

@test "on a CPU without NX modules misbehave in vain, too" {
	local how KSTUB=$BATS_TEST_TMPDIR/kernel
	cat >"$BATS_TEST_TMPDIR/qemu" <<-'END'
		#!/bin/bash
		exec qemu-system-i386 "${@//,+nx/}"
	END
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	KSTUB_QEMU=$BATS_TEST_TMPDIR/qemu kstub start --dir "$KSTUB" 3>&- >/dev/null
	said "this CPU has no NX"
	for how in null text rodata data jump invalid stack; do
		for place in init read irq timer cleanup; do
			"$O/testbin/cycle" -c $how $place 14 2 "$MODULES/crash.o"
		done
	done
	[ "$(lsmod | wc -l)" -eq 1 ]
	kstub stop --dir "$KSTUB" 3>&-
}

@test "a timer that its module destroys, or adds again at once, stops nobody" {
	local how place
	for how in scribble rearm; do
		for place in init read ioctl cleanup irq timer; do
			"$O/testbin/cycle" -c $how $place 0 5 "$MODULES/crash.o"
		done
	done
	# from here on it comes with every tick
	insmod "$MODULES/crash.o" how=rearm where=timer
	kcall open /dev/crash 0 , ioctl %0 2
	lsmod | grep -q '^crash .* 0 '
	rmmod crash
}

@test "a cleanup that faults, or does not end, is an error; the module is gone" {
	kcall write /proc/sys/kernel/module_watchdog 50
	for how in null loop; do
		insmod "$MODULES/crash.o" where=cleanup how=$how
		run -1 rmmod crash
		[ "${lines[0]}" = "rmmod: crash: $([ $how = null ] && echo Bad address || echo Timer expired)" ]
		[[ "${lines[1]}" = "rmmod: hint: its cleanup function was stopped; it is gone all the same; "* ]]
		run -1 rmmod crash
		[ "$output" = "rmmod: module crash is not loaded" ]
	done
	kcall write /proc/sys/kernel/module_watchdog 5000
}

@test "an interrupt line: alone, refused, shared" {
	local before
	before=$(lines)
	insmod "$MODULES/porta.o" irq=5
	run -1 insmod -o second "$MODULES/porta.o" port=0x320 irq=5
	said "irq 5: asked for by porta, held by porta"
	# sharing takes two
	run -1 insmod -o second "$MODULES/porta.o" port=0x320 irq=5 share=1
	insmod "$MODULES/portb.o" irq=5
	said "portb: line 5 is held by porta; polling"
	rmmod porta portb
	insmod "$MODULES/porta.o" irq=5 share=1
	insmod "$MODULES/portb.o" irq=5 share=1
	lines | grep -qx '5 porta, portb'
	rmmod porta
	lines | grep -qx '5 portb'
	rmmod portb
	[ "$(lines)" = "$before" ]
}

@test "the lines of the kernel itself cannot be had" {
	local irq
	for irq in 0 2 4 16 99; do
		[ $irq -eq 0 ] || run -1 insmod "$MODULES/porta.o" irq=$irq
	done
	said "irq 2: asked for by porta, held by cascade"
	said "irq 4: asked for by porta, held by serial"
	run -1 ports
}

@test "a DMA channel: alone, refused, the other driver does without" {
	insmod "$MODULES/porta.o" dma=1
	run kcall cat /proc/dma
	prints " 1: porta
 4: cascade"
	run -1 insmod -o second "$MODULES/porta.o" port=0x320 dma=1
	said "porta: channel 1 is held by porta"
	run -1 insmod -o second "$MODULES/porta.o" port=0x320 dma=4
	said "porta: channel 4 is held by cascade"
	run -1 insmod -o second "$MODULES/porta.o" port=0x320 dma=8
	insmod "$MODULES/portb.o" dma=1
	said "portb: channel 1 is held by porta; copying"
	rmmod portb porta
	run kcall cat /proc/dma
	prints " 4: cascade"
}

@test "probing keeps away from what is reserved" {
	insmod "$MODULES/porta.o" port=0x2f8
	insmod "$MODULES/autoprobe.o"
	said "autoprobe: 0x3f8: held by serial, left alone"
	said "autoprobe: 0x2f8: held by porta, left alone"
	said "autoprobe: 0x3e8: nothing there"
	said "autoprobe: 0x2e8: nothing there"
	run ports
	prints "02f8-0307 : porta"
}

@test "/proc/interrupts has the form of 2.4" {
	run kcall cat /proc/interrupts
	[ "${lines[0]}" = "           CPU0       " ]
	[[ "${lines[1]}" =~ ^\ \ 0:\ {1,10}[0-9]+\ {10}XT-PIC\ \ timer$ ]]
	[[ "${lines[-2]}" =~ ^NMI:\ [\ 0-9]{9}[0-9]\ $ ]]
	[[ "${lines[-1]}" =~ ^ERR:\ {10}[0-9]$ ]]
}

@test "/proc/iomem has RAM, kernel and firmware, /proc/ioports what a PC has, in the form of 2.4" {
	local text end
	text=$(nm "$O/kernel.elf" | sed -n 's/^c\(.*\) T _etext$/0\1/p')
	end=$(nm "$O/kernel.elf" | sed -n 's/^c\(.*\) [A-Z] _end$/0\1/p')
	run -0 kcall cat /proc/iomem
	prints "00000000-0009ffff : System RAM
000a0000-000bffff : Video RAM area
000f0000-000fffff : System ROM
00100000-03fdffff : System RAM
  00100000-$(printf %08x $((0x$text - 1))) : Kernel code
  $text-$(printf %08x $((0x$end - 1))) : Kernel data"
	run -0 kcall cat /proc/ioports
	prints "0000-001f : dma1
0020-003f : pic1
0040-005f : timer
0060-006f : keyboard
0080-008f : dma page reg
00a0-00bf : pic2
00c0-00df : dma2
00f0-00ff : fpu
03f8-03ff : serial
0cf8-0cff : PCI conf1
c000-c01f : virtio-serial"
}

@test "/proc/owners tells the module behind everything that is registered or reserved" {
	cd "$BATS_TEST_TMPDIR"
	insmod "$MODULES/crash.o" where=never
	insmod "$MODULES/porta.o" irq=5 dma=1 share=1
	insmod "$MODULES/portb.o" irq=5 share=1
	for m in ramdisk isofs dummy unix sysctl_example binfmt_misc; do insmod "$MODULES/$m.o"; done
	kcall cat /proc/owners >owners
	run sed -n 's/: *[0-9]* *XT-PIC */: /; s/:  *[0 ]* \[/: [/; /\[.*\]\|:$/p' owners
	prints "Character devices:
252 crash [crash]
Block devices:
  1 ramdisk [ramdisk]
File systems:
$(printf '\tiso9660') [isofs]
Program formats:
Protocol families:
Interfaces:
dummy0: [dummy]
Files:
/proc/sys/fs/binfmt_misc/status [binfmt_misc]
/proc/sys/fs/binfmt_misc/register [binfmt_misc]
/proc/sys/fs/binfmt_misc [binfmt_misc]
/proc/sysctl_example [sysctl_example]
/proc/sys/dev/example/opened [sysctl_example]
/proc/sys/dev/example/limits [sysctl_example]
/proc/sys/dev/example/name [sysctl_example]
Names of inter_module_register:
crash [crash]
I/O ports:
0300-030f : porta [porta]
0320-032f : portb [portb]
0340-034f : crash [crash]
I/O memory:
000d0000-000d0fff : crash [crash]
Interrupts:
  5: porta [porta], portb [portb]
  8: crash [crash]
DMA channels:
 1: porta [porta]"
	# by their nature their modules
	sed -n '/^Program/,/^$/p' owners | grep -qx binfmt_misc
	sed -n '/^Protocol/,/^$/p' owners | grep -qx '  1 unix'
	# the classic files do not have it
	for f in devices filesystems ioports iomem interrupts dma; do
		[[ "$(kcall cat /proc/$f)" != *"["* ]]
	done
}
