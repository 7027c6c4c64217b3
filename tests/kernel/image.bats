#!/usr/bin/env bats
# Images as the loaders of Linux 2.2 and 2.4 make them: a header of 60, 72 or 96 bytes, no
# rights of pages. Made here byte by byte, run by the machine.

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	export PYTHONPATH=$TOP/tests
	world_start
}

teardown_file() { world_stop; }

# run_image HEADER_SIZE: load an image that writes into its own code, as it may there.
run_image() {
	python3 - "$1" <<'END'
import gw, struct, sys

CREATE, INIT, DELETE = 127, 128, 129
NAME, SYMS, STRINGS, CODE, CLEANUP, SIZE = 192, 256, 300, 512, 560, 4096
header_size = int(sys.argv[1])

def put(at, data):
    image[at:at + len(data)] = data

t = gw.Tool()
(base, _), = t.run((CREATE, b"byhand\0", SIZE))
base &= 0xFFFFFFFF
assert base > 0xC0000000, hex(base)
image = bytearray(SIZE)
put(0, struct.pack("<24I", header_size, 0, base + NAME, SIZE, 0, 0, 1, 0, base + SYMS, 0, 0,
                   base + CODE, base + CLEANUP, 0, 0, *9 * [0])[:header_size])
put(NAME, b"byhand\0")
put(SYMS, struct.pack("<2I", base + CODE, base + STRINGS))
put(STRINGS, b"byhand_start\0")
# incb (cleanup); xorl %eax,%eax; ret -- what it makes of the f7 there is an f8, clc
put(CODE, b"\xfe\x05" + struct.pack("<I", base + CLEANUP) + b"\x31\xc0\xc3")
put(CLEANUP, b"\xf7\xc3")
r = t.run((INIT, b"byhand\0", bytes(image)), (INIT, b"byhand\0", bytes(image)))
assert [x[0] for x in r] == [0, -16], r
print("%08x" % base)
END
}

header() {
	local base
	base=$(run_image "$1")
	run lsmod
	[ "${lines[1]}" = "byhand                  4096   0  (unused)" ]
	kcall cat /proc/ksyms | grep -qx "$(printf '%08x' $((0x$base + 512))) byhand_start"$'\t\\[byhand\\]'
	run kcall cat /proc/modmem
	prints "byhand 1 pages
	$base-$(printf '%08x' $((0x$base + 4096))) rwx"
	rmmod byhand
	[ "$(lsmod --json)" = "[]" ]
	run kcall cat /proc/ksyms
	[[ $output != *byhand* ]]
	run kstub dmesg
	[[ $output != *Oops* ]] # its cleanup ran as init had written it
}

@test "a header of 60 bytes, the shortest" { header 60; }
@test "a header of 72 bytes, of Linux 2.2" { header 72; }
@test "a header of 96 bytes, of Linux 2.4" { header 96; }
