#!/usr/bin/env bats
# The CD-ROM drive: ide-cd on QEMU's second IDE channel, with an image in it.

load ../world
load memory

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/src"
	head -c 700000 /dev/urandom >"$BATS_FILE_TMPDIR/src/random.bin"
	echo "a file" >"$BATS_FILE_TMPDIR/src/file"
	timeout 20 genisoimage -quiet -R -o "$BATS_FILE_TMPDIR/cd.iso" "$BATS_FILE_TMPDIR/src"
	world_start --cdrom "$BATS_FILE_TMPDIR/cd.iso" || return 1
}

teardown_file() { world_stop; }

teardown() {
	kcall umount /cdrom >/dev/null 2>&1 || true
	world_reset
}

load_drive() {
	insmod "$MODULES/cdrom.o"
	insmod "$MODULES/ide-cd.o"
}

# drive COMMAND: an ioctl on the drive, whatever is in it. The result.
drive() { kcall open /dev/hdc 0x800 0 , ioctl %0 "$1" =x | sed -n 2p; }
EJECT=0x5309 CLOSE=0x5319 CHANGED=0x5325 STATUS=0x5326

@test "files on the CD are those it was made from; nothing is left behind" {
	# twice: what the gateway takes for its first work is nobody's leak
	load_drive
	insmod "$MODULES/isofs.o"
	kcall mount /dev/hdc /cdrom iso9660 0 ''
	"$O/testbin/guestfs" walk /cdrom
	kcall umount /cdrom
	rmmod isofs ide-cd cdrom
	before=$(memory)
	load_drive
	insmod "$MODULES/isofs.o"
	kcall mount /dev/hdc /cdrom iso9660 0 ''
	"$O/testbin/guestfs" get /cdrom "$BATS_TEST_TMPDIR/out"
	diff -r "$BATS_FILE_TMPDIR/src" "$BATS_TEST_TMPDIR/out"
	[ "$(lsmod | awk 'NR > 1 { print $1, $3, $4 }' | sort | tr '\n' ' ')" = \
		"cdrom 0 [ide-cd] ide-cd 1  isofs 1  " ]
	kcall umount /cdrom
	rmmod isofs ide-cd cdrom
	nothing_left "$before"
}

@test "the device is as long as the image, and read-only" {
	load_drive
	kcall cat /dev/hdc | cmp - "$BATS_FILE_TMPDIR/cd.iso"
	run kcall open /dev/hdc 2 0
	[[ "$output" = *EROFS* ]]
	run kcall open /dev/hdd 0 0
	[[ "$output" = *ENXIO* ]]
}

@test "ports and interrupt are reserved while the module is there" {
	load_drive
	diff <(kcall cat /proc/ioports | grep ide1) - <<-END
		0170-0177 : ide1
		0376-0376 : ide1
	END
	kcall cat /proc/interrupts | grep -q ' 15: .* ide1$'
	kcall cat /proc/devices | grep -qx ' 22 ide1'
	rmmod ide-cd
	run kcall cat /proc/ioports
	[[ "$output" != *ide1* ]]
	run kcall cat /proc/interrupts
	[[ "$output" != *ide1* ]]
}

@test "an ejected CD is not there; back again it is known to have been changed" {
	load_drive
	insmod "$MODULES/isofs.o"
	[ "$(drive $STATUS)" = 4 ]
	drive $CHANGED
	[ "$(drive $CHANGED)" = 0 ]
	kcall mount /dev/hdc /cdrom iso9660 0 ''
	[[ "$(drive $EJECT)" = *EBUSY* ]]
	kcall umount /cdrom
	[ "$(drive $EJECT)" = 0 ]
	[ "$(drive $STATUS)" = 2 ]
	[ "$(drive $CLOSE)" = 0 ]
	[ "$(drive $CHANGED)" = 1 ]
	kcall mount /dev/hdc /cdrom iso9660 0 ''
	[ "$(kcall cat /cdrom/file)" = "a file" ]
}

@test "without a drive the module does not load and reserves nothing" {
	(
		world_start || exit 1
		insmod "$MODULES/cdrom.o"
		run insmod "$MODULES/ide-cd.o"
		[ "$status" -eq 1 ] || exit 1
		[[ "$(kcall cat /proc/ioports)" != *ide1* ]] || exit 1
		world_stop
	)
}

@test "an empty drive: ENOMEDIUM" {
	(
		world_start --cdrom '' || exit 1
		load_drive
		run kcall open /dev/hdc 0 0
		[[ "$output" = *ENOMEDIUM* ]] || exit 1
		[ "$(drive $STATUS)" = 1 ] || exit 1
		world_stop
	)
}

@test "files are read when those in memory have all they get" {
	local more=$BATS_TEST_TMPDIR/more
	load_drive
	insmod "$MODULES/isofs.o"
	head -c 4M /dev/urandom >"$more"
	until [[ $output == *ENOSPC* ]]; do
		run kcall open /tmp/full 02101 0600 , write %0 @"$more" $((4 << 20))
	done
	kcall mount /dev/hdc /cdrom iso9660 0 ''
	"$O/testbin/guestfs" get /cdrom "$BATS_TEST_TMPDIR/out"
	diff -r "$BATS_FILE_TMPDIR/src" "$BATS_TEST_TMPDIR/out"
	kcall unlink /tmp/full
}
