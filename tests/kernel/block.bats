#!/usr/bin/env bats
# Block devices and the file systems on them: images made by others (genisoimage, xorriso,
# mtools), read back through the kernel, are what they were made from.

load ../world
load memory

KIB=12000 # of the disk that most images fit into

setup_file() {
	world_start || return 1
	for m in ramdisk cdrom isofs fat msdos vfat; do insmod "$MODULES/$m.o" || return 1; done
	rmmod ramdisk cdrom isofs msdos vfat fat
	make_tree "$BATS_FILE_TMPDIR/src"
}

teardown_file() { world_stop; }

teardown() {
	kcall umount /cdrom >/dev/null 2>&1 || true
	kcall umount /mnt >/dev/null 2>&1 || true
	world_reset
}

# What file systems get wrong: sizes around pages and clusters, deep and big directories.
make_tree() {
	local d=$1 i
	mkdir -p "$1"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		d=$d/level$i
		mkdir "$d"
		echo "deep $i" >"$d/file$i"
	done
	mkdir "$1/big"
	for i in {1..100}; do echo "content $i" >"$1/big/a-rather-long-name-of-a-file-$i"; done
	head -c 600000 /dev/urandom >"$1/random.bin"
	for i in 0 1 511 512 513 2047 2048 2049 4095 4096 4097 16384; do
		head -c $i /dev/urandom >"$1/size$i"
	done
	echo x >"$1/name with blanks"
	echo x >"$1/Mixed.Case.Name"
	echo x >"$1/ümläut"
	mkdir "$1/empty"
}

need() { command -v "$1" >/dev/null || skip "no $1"; }

# disk IMAGE [KIB]: in /dev/ram0.
disk() {
	insmod "$MODULES/ramdisk.o" size="${2:-$KIB}"
	"$O/testbin/guestfs" put "$1" /dev/ram0
}

# statfs PATH: type, block size, blocks, free blocks.
statfs() {
	local byte i
	read -ra byte < <(kcall statfs "$1" out:64 | sed -n 's/^00000000 //p')
	for i in 0 4 8 12; do printf '%d ' "0x${byte[i + 3]}${byte[i + 2]}${byte[i + 1]}${byte[i]}"; done
}

# device PATH: major and minor of what it lies on, by statx.
device() {
	local byte
	read -ra byte < <(kcall statx -100 "$1" 0 0x7ff out:256 | sed -n 's/^00000080 //p')
	echo "$((0x${byte[11]}${byte[10]}${byte[9]}${byte[8]}))" \
		"$((0x${byte[15]}${byte[14]}${byte[13]}${byte[12]}))"
}

# unchangeable FILE DIR: what would change the file system they are in says EROFS.
unchangeable() {
	local file=$1 dir=$2 call
	while read -ra call; do
		run kcall "${call[@]}"
		echo "${call[*]}: $output"
		[[ $output = *EROFS* ]]
	done <<-END
		creat $dir/new 0644
		open $dir/new 0101 0644
		open $file 1
		open $file 01001
		mkdir $dir/new 0755
		mknod $dir/new 0100644 0
		symlink target $dir/new
		link $file $dir/new
		unlink $file
		rmdir $dir
		rename $file $dir/new
		truncate $file 0
		truncate64 $file 0 0
		chmod $file 0600
		lchown32 $file 1 1
		utime $file NULL
		utime $file =seconds.
		utimensat -100 $file NULL 0
		utimensat_time64 -100 $dir NULL 0
	END
}

# same TREE PATH [DIFF-OPTION...]: what the kernel shows at PATH is TREE.
same() {
	local tree=$1 path=$2
	shift 2
	rm -rf "$BATS_TEST_TMPDIR/out"
	"$O/testbin/guestfs" get "$path" "$BATS_TEST_TMPDIR/out"
	diff -r --no-dereference "$@" "$tree" "$BATS_TEST_TMPDIR/out"
}

modes() { (cd "$1" && find . ! -type l -printf '%p %m\n' | sort); }

@test "a disk keeps what is written to it, at any position" {
	local a=$BATS_TEST_TMPDIR/a b=$BATS_TEST_TMPDIR/b
	head -c 307200 /dev/urandom >"$a"
	head -c 50000 /dev/urandom >"$b"
	disk "$a" 300
	kcall cat /dev/ram0 | cmp - "$a"
	kcall open /dev/ram0 2 0 , pwrite64 %0 "@$b" 50000 77777 0
	dd if="$b" of="$a" bs=1 seek=77777 conv=notrunc status=none
	kcall cat /dev/ram0 | cmp - "$a"
}

@test "a disk ends where it ends" {
	insmod "$MODULES/ramdisk.o" size=100
	run kcall open /dev/ram0 2 0 , lseek %0 0 2 , write %0 =abc 3 , read %0 out:8 8 , \
		pwrite64 %0 =abcd 4 102398 0
	[ "$status" -eq 1 ]
	[ "${lines[1]}" = 102400 ]
	[[ "${lines[2]}" = *ENOSPC* ]]
	[ "${lines[3]}" = 0 ]
	[ "${lines[-1]}" = 2 ]
}

@test "block devices are in /proc/devices, /dev, and refused without driver or minor" {
	run kcall open /dev/ram0 0 0
	[[ "$output" = *ENXIO* ]]
	insmod "$MODULES/ramdisk.o"
	kcall cat /proc/devices | sed -n '/^Block/,$p' | grep -qx '  1 ramdisk'
	kcall mknod /tmp/ram9 0x6180 0x109
	run kcall open /tmp/ram9 0 0
	[[ "$output" = *ENXIO* ]]
	kcall unlink /tmp/ram9
	[ "$(lsmod | awk '$1 == "ramdisk" { print $3 }')" = 0 ]
}

@test "an open disk keeps its module" {
	insmod "$MODULES/ramdisk.o"
	run kcall open /dev/ram0 -- rmmod ramdisk
	[ "$status" -eq 1 ]
	[[ "$output" = *ramdisk*busy* ]] || [[ "$output" = *"in use"* ]]
	rmmod ramdisk
}

@test "mount says what is wrong" {
	insmod "$MODULES/ramdisk.o" size=100
	insmod "$MODULES/isofs.o"
	refused() { # ERROR DEVICE DIR TYPE
		run kcall mount "$2" "$3" "$4" 0 ''
		[ "$status" -eq 1 ]
		[[ "$output" = *$1* ]]
	}
	refused ENODEV /dev/ram0 /cdrom nosuchfs
	refused EINVAL /dev/ram0 /cdrom iso9660
	refused ENOTBLK /dev/null /cdrom iso9660
	refused ENOENT /dev/nothing /cdrom iso9660
	refused ENOENT /dev/ram0 /nowhere iso9660
	refused ENXIO /dev/hdc /cdrom iso9660
	[ "$(lsmod | awk '$3 != 0 && NR > 1')" = "" ]
}

# iso IMAGE TREE [DIFF-OPTION...]: mounted from a disk, IMAGE shows TREE.
iso() {
	local image=$1
	shift
	disk "$image"
	insmod "$MODULES/isofs.o"
	kcall mount /dev/ram0 /cdrom iso9660 0 ''
	same "$1" /cdrom "${@:2}"
}

@test "Rock Ridge by genisoimage: names, links, modes, deep directories" {
	need genisoimage
	local src=$BATS_TEST_TMPDIR/src
	cp -a "$BATS_FILE_TMPDIR/src" "$src"
	ln -s level1/level2/file2 "$src/link"
	ln -s /abs/../x/./y "$src/abs"
	touch "$src/$(printf 'n%.0s' {1..250})"
	chmod 4755 "$src/size1"
	chmod 600 "$src/size511"
	chmod 1770 "$src/big"
	timeout 20 genisoimage -quiet -R -J -joliet-long -o "$BATS_TEST_TMPDIR/iso" "$src"
	iso "$BATS_TEST_TMPDIR/iso" "$src" -x rr_moved
	diff <(modes "$src") <(modes "$BATS_TEST_TMPDIR/out" | grep -v rr_moved)
}

@test "Rock Ridge by xorriso: targets and names that are continued elsewhere" {
	need xorriso
	local src=$BATS_TEST_TMPDIR/src i
	cp -a "$BATS_FILE_TMPDIR/src" "$src"
	ln -s "$(printf '%0200d/' 1 2 3)end" "$src/longlink"
	ln -s "$(printf 'x/%.0s' {1..40})y" "$src/manyparts"
	for i in 1 2 3 4 5 6 7 8 9; do touch "$src/$i$(printf 'n%.0s' {1..240})"; done
	timeout 20 xorriso -as mkisofs -quiet -R -o "$BATS_TEST_TMPDIR/iso" "$src"
	iso "$BATS_TEST_TMPDIR/iso" "$src"
}

@test "Joliet: names in UTF-16" {
	need genisoimage
	local src=$BATS_TEST_TMPDIR/src
	cp -a "$BATS_FILE_TMPDIR/src" "$src"
	echo x >"$src/日本語 и русский"
	timeout 20 genisoimage -quiet -J -joliet-long -D -input-charset utf-8 \
		-o "$BATS_TEST_TMPDIR/iso" "$src" 2>/dev/null
	iso "$BATS_TEST_TMPDIR/iso" "$src"
}

@test "plain ISO 9660: names in lower case, no version" {
	need genisoimage
	mkdir -p "$BATS_TEST_TMPDIR/src/dir"
	cp "$BATS_FILE_TMPDIR/src/random.bin" "$BATS_TEST_TMPDIR/src/dir/"
	echo x >"$BATS_TEST_TMPDIR/src/readme"
	timeout 20 genisoimage -quiet -o "$BATS_TEST_TMPDIR/iso" "$BATS_TEST_TMPDIR/src"
	iso "$BATS_TEST_TMPDIR/iso" "$BATS_TEST_TMPDIR/src"
}

@test "options: norock shows Joliet's names, nojoliet the plain ones, others are refused" {
	need genisoimage
	mkdir "$BATS_TEST_TMPDIR/src"
	echo x >"$BATS_TEST_TMPDIR/src/A Long Name.text"
	timeout 20 genisoimage -quiet -R -J -o "$BATS_TEST_TMPDIR/iso" "$BATS_TEST_TMPDIR/src"
	disk "$BATS_TEST_TMPDIR/iso"
	insmod "$MODULES/isofs.o"
	kcall mount /dev/ram0 /cdrom iso9660 0 norock
	same "$BATS_TEST_TMPDIR/src" /cdrom
	kcall umount /cdrom
	kcall mount /dev/ram0 /cdrom iso9660 0 norock,nojoliet,mode=400
	rm -rf "$BATS_TEST_TMPDIR/out"
	"$O/testbin/guestfs" get /cdrom "$BATS_TEST_TMPDIR/out"
	[ "$(ls "$BATS_TEST_TMPDIR/out")" = a_long_n.tex ]
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/out/a_long_n.tex")" = 400 ]
	kcall umount /cdrom
	kcall mount /dev/ram0 /cdrom iso9660 0 ,nojoliet,,mode=7640,norock,uid=0,
	rm -rf "$BATS_TEST_TMPDIR/out"
	"$O/testbin/guestfs" get /cdrom "$BATS_TEST_TMPDIR/out"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/out/a_long_n.tex")" = 640 ]
	kcall umount /cdrom
	for bad in nonsense norocks nor uid uid= uid=x uid=1x mode=8 uid=,gid=1 norock,x; do
		run kcall mount /dev/ram0 /cdrom iso9660 0 $bad
		echo "$bad: $output"
		[[ "$output" = *EINVAL* ]]
	done
}

@test "what is mounted is in use, what is busy stays mounted, and nothing is left behind" {
	need genisoimage
	timeout 20 genisoimage -quiet -R -o "$BATS_TEST_TMPDIR/iso" "$BATS_FILE_TMPDIR/src"
	before=$(memory)
	iso "$BATS_TEST_TMPDIR/iso" "$BATS_FILE_TMPDIR/src" -x rr_moved
	kcall cat /proc/mounts | grep -qx '/dev/ram0 /cdrom iso9660 ro 0 0'
	kcall cat /proc/filesystems | grep -qx "$(printf '\tiso9660')"
	[ "$(lsmod | awk 'NR > 1 { print $1, $3 }' | sort | tr '\n' ' ')" = "isofs 1 ramdisk 1 " ]
	run rmmod isofs
	[ "$status" -eq 1 ]
	run kcall open /cdrom/random.bin 0 0 , umount /cdrom
	[[ "$output" = *EBUSY* ]]
	run kcall chdir /cdrom/big , umount /cdrom
	[[ "$output" = *EBUSY* ]]
	run kcall mount /dev/ram0 /cdrom iso9660 0 ''
	[[ "$output" = *EBUSY* ]]
	unchangeable /cdrom/size511 /cdrom/empty
	[ "$(device /cdrom/big)" = "1 0" ]
	[ "$(statfs /cdrom)" = "38496 2048 $(isoinfo -d -i "$BATS_TEST_TMPDIR/iso" |
		sed -n 's/^Volume size is: //p') 0 " ]
	kcall umount /cdrom
	run kcall umount /cdrom
	[[ "$output" = *EINVAL* ]]
	rmmod isofs ramdisk
	nothing_left "$before"
}

# fat TYPE KIB MFORMAT-OPTION...
fat() {
	need mformat
	local src=$BATS_TEST_TMPDIR/src img=$BATS_TEST_TMPDIR/img type=$1 kib=$2
	local magic cluster clusters free
	shift 2
	cp -a "$BATS_FILE_TMPDIR/src" "$src"
	rm "$src/ümläut" # mtools wants a locale for it
	truncate -s "${kib}K" "$img"
	MTOOLS_SKIP_CHECK=1 mformat -i "$img" -T $((kib * 2)) -h 16 -s 63 "$@" ::
	minfo -i "$img" :: | grep -q "disk type=\"$type"
	mcopy -i "$img" -s "$src"/* ::
	before=$(memory)
	disk "$img" "$kib"
	insmod "$MODULES/fat.o"
	insmod "$MODULES/vfat.o"
	kcall mount /dev/ram0 /mnt vfat 0 ''
	same "$src" /mnt
	unchangeable /mnt/size511 /mnt/empty
	read -r magic cluster clusters free <<<"$(statfs /mnt)"
	[ "$magic" -eq $((0x4d44)) ]
	[ "$cluster" -eq $((512 * $(minfo -i "$img" :: | sed -n 's/^cluster size: \([0-9]*\) .*/\1/p'))) ]
	[ $((free * cluster)) -eq "$(mdir -i "$img" :: | sed -n 's/ bytes free//p' | tr -d ' ')" ]
	[ "$clusters" -gt "$free" ] && [ $((clusters * cluster)) -le $((kib * 1024)) ]
	[ "$(lsmod | awk '$1 == "fat" { print $3, $4 }')" = "0 [vfat]" ]
	run rmmod vfat
	[ "$status" -eq 1 ]
	kcall umount /mnt
	rmmod vfat fat ramdisk
	nothing_left "$before"
}

@test "FAT12 by mtools" { fat FAT12 4000; }
@test "FAT16 by mtools" { fat FAT16 20000; }
@test "FAT32 by mtools" { fat FAT32 36000 -F; }

@test "msdos shows the names of mdir, in lower case" {
	need mformat
	local img=$BATS_TEST_TMPDIR/img
	truncate -s 1440K "$img"
	mformat -i "$img" -f 1440 ::
	mkdir "$BATS_TEST_TMPDIR/src"
	echo x >"$BATS_TEST_TMPDIR/src/A quite long name.text"
	echo x >"$BATS_TEST_TMPDIR/src/SHORT.TXT"
	mcopy -i "$img" "$BATS_TEST_TMPDIR/src"/* ::
	disk "$img"
	insmod "$MODULES/fat.o"
	insmod "$MODULES/msdos.o"
	kcall mount /dev/ram0 /mnt msdos 0 ''
	"$O/testbin/guestfs" get /mnt "$BATS_TEST_TMPDIR/out"
	[ "$(cd "$BATS_TEST_TMPDIR/out" && echo *)" = "aquite~1.tex short.txt" ]
}

# damage IMAGE SEED: overwrite bytes where the structures are.
damage() {
	python3 - "$1" "$2" <<'END'
import random, sys
r = random.Random(int(sys.argv[2]))
with open(sys.argv[1], "r+b") as f:
    data = bytearray(f.read())
    used = [i for i in range(0, len(data), 512) if any(data[i:i + 512])]
    for _ in range(r.choice([1, 10, 100, 1000])):
        at = r.choice(used) + r.randrange(512)
        data[at] = r.choice([0, 1, 0x7f, 0x80, 0xff, data[at] ^ 1 << r.randrange(8)])
    if r.randrange(4) == 0:
        data[r.randrange(len(data)):] = b""
    f.seek(0)
    f.truncate()
    f.write(data)
END
}

# hostile IMAGE TYPE [MODULE] CORE: damaged in many ways it may do anything but harm; the
# core alone under the sanitizers, then in the kernel.
hostile() {
	local image=$1 type=$2 seed=${SEED:-$RANDOM} i
	shift 2
	echo "SEED=$seed shows it again"
	timeout 100 "$O/testbin/fsdamage-${!#}" "$image" "$seed" 300
	insmod "$MODULES/${!#}.o"
	[ $# -eq 1 ] || insmod "$MODULES/$1.o"
	before=$(memory)
	for i in {1..10}; do
		cp "$image" "$BATS_TEST_TMPDIR/bad"
		damage "$BATS_TEST_TMPDIR/bad" $((seed + i))
		disk "$BATS_TEST_TMPDIR/bad" 3000
		if kcall mount /dev/ram0 /mnt "$type" 0 '' >/dev/null; then
			timeout 60 "$O/testbin/guestfs" walk /mnt
			kcall umount /mnt
		fi
		rmmod ramdisk
		[ "$(lsmod | grep -c quarantine)" -eq 0 ]
	done
	nothing_left "$before"
}

@test "damaged ISO images do no harm" {
	need genisoimage
	mkdir "$BATS_TEST_TMPDIR/src"
	cp -a "$BATS_FILE_TMPDIR/src"/{level1,size*,empty} "$BATS_TEST_TMPDIR/src"
	ln -s "$(printf '%0100d/' 1 2)end" "$BATS_TEST_TMPDIR/src/link"
	timeout 20 genisoimage -quiet -R -J -o "$BATS_TEST_TMPDIR/iso" "$BATS_TEST_TMPDIR/src"
	hostile "$BATS_TEST_TMPDIR/iso" iso9660 isofs
}

@test "damaged FAT images do no harm" {
	need mformat
	local img=$BATS_TEST_TMPDIR/img
	truncate -s 2880K "$img"
	mformat -i "$img" -f 2880 ::
	mcopy -i "$img" -s "$BATS_FILE_TMPDIR/src"/{level1,size*,empty,name*} ::
	hostile "$img" vfat vfat fat
}

not_loaded() { ! lsmod | grep -q "^$1 "; }

# use PLACE: a system call that gets there, of the module volume.
use() {
	case $1 in
	open | size | release) kcall open /tmp/volume 2 0 , close %0 ;;
	ioctl) kcall open /tmp/volume 2 0 , ioctl %0 1 NULL ;;
	transfer) kcall open /tmp/volume 0 0 , read %0 out:8 8 ;;
	mount) kcall mount none /mnt volume 0 NULL ;;
	umount) kcall mount none /mnt volume 0 NULL , umount /mnt ;;
	statfs) kcall mount none /mnt volume 0 NULL , statfs /mnt out:64 ;;
	lookup) kcall mount none /mnt volume 0 NULL , access /mnt/file 0 ;;
	readpage) kcall mount none /mnt volume 0 NULL , open /mnt/file 0 0 , read %1 out:8 8 ;;
	readlink | target) kcall mount none /mnt volume 0 NULL , readlink /mnt/link out:8 8 ;;
	readdir) kcall mount none /mnt volume 0 NULL , open /mnt 0 0 , getdents %1 out:99 99 ;;
	forget) kcall mount none /mnt volume 0 NULL , access /mnt/file 0 , umount /mnt ;;
	esac
}
PLACES="open size release ioctl transfer mount umount statfs lookup readpage readlink
	target readdir forget"

# Nothing of the module volume is there.
withdrawn() {
	local f text
	for f in devices filesystems interrupts mounts; do
		text=$(kcall cat /proc/$f) && [[ $text != *volume* ]] || return 1
	done
}

@test "a fault in any function of a disk or a file system ends the module, not the kernel" {
	local place
	kcall mknod /tmp/volume 060600 $((42 << 8)) || true
	for place in $PLACES; do
		insmod "$TESTMODULES/volume.o"
		run use "$place"
		kcall umount /mnt >/dev/null 2>&1 || true
		[[ $place = ioctl || $output != *-1\ * ]] # it works
		rmmod volume
	done
	before=$(memory)
	for place in $PLACES; do
		insmod "$TESTMODULES/volume.o" fault="$place"
		run use "$place"
		echo "$place: $output"
		[ "$place" = forget ] || [ "$status" -ne 0 ]
		kcall umount /mnt >/dev/null 2>&1 || true
		until_true 5 not_loaded volume
		withdrawn
	done
	nothing_left "$before"
	kcall unlink /tmp/volume
}

@test "a module that destroys what it has registered harms itself alone" {
	kcall mknod /tmp/volume 060600 $((42 << 8)) || true
	before=$(memory)
	insmod "$TESTMODULES/volume.o" scribble=1
	for f in devices filesystems interrupts mounts; do kcall cat /proc/$f >/dev/null; done
	run use mount
	[[ $output = *"EFAULT"* ]]
	until_true 5 not_loaded volume
	withdrawn
	insmod "$TESTMODULES/volume.o" scribble=1
	run use open
	[[ $output = *"EFAULT"* ]]
	until_true 5 not_loaded volume
	withdrawn
	insmod "$TESTMODULES/volume.o" scribble=1
	rmmod volume
	withdrawn
	nothing_left "$before"
	kcall unlink /tmp/volume
}
