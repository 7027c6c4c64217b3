#!/usr/bin/env bats
# kallsyms: what it writes, linked by GNU ld and read by other eyes, is what nm and readelf say.

bats_require_minimum_version 1.5.0
load world

setup() { cd "$BATS_TEST_TMPDIR" || return 1; }

# The words and strings of a section __kallsyms, as text.
decode() {
	objcopy -O binary --only-section=__kallsyms "$1" raw
	python3 - "$2" <<'END'
import struct, sys
b = open("raw", "rb").read()
(size, total, nsec, secoff, secsize, nsym, symoff, symsize, stroff, start, end) = \
    struct.unpack_from("<11I", b)
assert size == 44 and total == len(b), (size, total, len(b))
name = lambda at: b[at:b.index(b"\0", at)].decode()
sections = {}
for i in range(nsec):
    at = secoff + i * secsize
    a, n, s, flags = struct.unpack_from("<4I", b, at)
    sections[at] = name(s)
    if sys.argv[1] == "sections":
        print("%08x %x %s" % (a, n, name(s)))
    assert start <= a and a + n <= end
previous = 0
for i in range(nsym):
    sec, addr, s = struct.unpack_from("<3I", b, symoff + i * symsize)
    assert sec in sections and addr >= previous
    previous = addr
    if sys.argv[1] == "symbols":
        print("%08x %s" % (addr, name(s)))
END
}

kernel() {
	cat >k.c <<'END'
int data = 1, bss[100];
static const char text_of_k[] = "x";
const char *pointer = text_of_k;
static int hidden(int n) { return n + data; }
int (*volatile call)(int) = hidden;
int _start(void) { return call(2) + bss[1]; }
END
	gcc -m32 -nostdlib -static -no-pie -fno-pic -o vmlinux k.c
}

@test "sections and symbols are those that readelf and nm see" {
	kernel
	run --separate-stderr -0 bash -c 'kallsyms vmlinux >k.o'
	[ -z "$stderr" ]
	[ "$(readelf -hW k.o | sed -n 's/.*Type: *\(REL\).*/\1/p')" = REL ]
	readelf -SW k.o | grep -qE '\[ 2\] __kallsyms +PROGBITS .* A '
	decode k.o symbols | sort >ours
	nm vmlinux | grep -v ' [aAU] ' | sed 's/ . / /' | sort >theirs
	# linker-made ends that lie in no section are not listed
	[ "$(grep -c . ours)" -ge 8 ]
	diff -u theirs ours
	decode k.o sections >ours
	readelf -SW vmlinux | sed -n 's/^ *\[ *[0-9]*\] //p' |
		awk '$7 ~ /A/ && $5 != "000000" { sub(/^0+/, "", $5); print $3, $5, $1 }' >theirs
	diff -u theirs ours
}

@test "ld links it into the kernel, with names for its ends" {
	kernel
	kallsyms vmlinux >k.o
	cat >use.c <<'END'
extern const unsigned __start___kallsyms[], __stop___kallsyms[];
int size_is_right(void)
{
	return (char *)__stop___kallsyms - (char *)__start___kallsyms == __start___kallsyms[1];
}
END
	gcc -m32 -nostdlib -static -no-pie -fno-pic -o vmlinux2 k.c use.c k.o
	nm vmlinux2 | grep -q ' __start___kallsyms'
	nm vmlinux2 | grep -q ' __stop___kallsyms'
}

@test "what is no linked i386 kernel is refused by name" {
	echo text >text
	run -1 kallsyms text
	prints "kallsyms: text: not an ELF file"
	kernel
	gcc -m32 -c -o k_rel.o k.c
	run -1 kallsyms k_rel.o
	prints "kallsyms: k_rel.o: not an executable: a linked kernel is wanted"
	gcc -nostdlib -static -no-pie -o k64 k.c
	run -1 kallsyms k64
	prints "kallsyms: k64: not for i386"
	strip vmlinux
	run -1 kallsyms vmlinux
	prints "kallsyms: vmlinux: it has no symbols"
	run -1 kallsyms nosuch
	prints "kallsyms: nosuch: cannot open: No such file or directory"
	run -2 kallsyms
	run -2 kallsyms a b
	run -0 kallsyms -h
	run -0 kallsyms -V
}

@test "truncated files and unwritable output are errors" {
	kernel
	size=$(stat -c %s vmlinux)
	for n in 40 60 $((size / 2)) $((size - 1)); do
		head -c "$n" vmlinux >short
		run kallsyms short
		[ "$status" -eq 1 ]
	done
	run --separate-stderr bash -c 'kallsyms vmlinux >/dev/full'
	[ "$status" -eq 1 ]
}
