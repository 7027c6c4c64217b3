#!/usr/bin/env bats
# genksyms: the classic checksums, and the descendant that Linux still ships as an oracle.

bats_require_minimum_version 1.5.0
load world

# The declarations every vector below is written against.
context='typedef unsigned int u32; struct s { int a; u32 b:3; struct s *next; };
enum e { A, B = 2, C }; union un;'

# vector CRC NAME TEXT DECLARATION: classic checksum and expansion of NAME.
vector() {
	run --separate-stderr genksyms -D <<<"$context
$4
EXPORT_SYMBOL($2);"
	[ "$status" -eq 0 ]
	[ "$stderr" = "Export $2 == <$3 >" ]
	[ "$output" = "#define __ver_$2	$1
#define $2	_set_ver($2)" ]
	[ "$(printf '%s ' "$3" | gzip -c | tail -c 8 | od -An -tx4 -N4 | tr -d ' ')" = "$1" ]
}

S='struct s { int a ; typedef unsigned int u32 b : 3 ; struct s * next ; }'

@test "a prototype without its parameters' names" {
	vector a5f362e8 foo 'int foo ( int , char * )' 'extern int foo(int a, char *b);'
}

@test "a structure and a typedef are expanded the first time only" {
	vector 2eb5189a bar "int bar ( $S * , u32 , ... )" 'int bar(struct s *p, u32 v, ...);'
}

@test "a pointer to a function" {
	vector 5988f93d fp "void ( * fp ) ( $S * , int )" 'void (*fp)(struct s *q, int);'
}

@test "an initialiser does not count" {
	vector e040cc25 names 'const char * const names [ ]' \
		'const char * const names[] = { "a", "b" };'
}

@test "an array's size counts as it is written" {
	vector 3eb93568 arr 'int arr [ 10 + 2 ]' 'int arr[10 + 2];'
}

@test "an enumeration in full, a type nobody defined as UNKNOWN" {
	vector 229df084 ev 'enum e { A , B = 2 , C } ev ( union un { UNKNOWN } * )' \
		'enum e ev(union un *z);'
}

@test "attributes before the name count, restrict does not" {
	vector e78291d8 attr \
		'int __attribute__ ( ( regparm ( 3 ) ) ) attr ( const void * )' \
		'int __attribute__((regparm(3))) attr(const void *restrict p);'
}

@test "volatile stays where it is written; a GPL-only export is an export" {
	run genksyms <<<'unsigned long volatile jiffies; EXPORT_SYMBOL_GPL(jiffies);'
	[ "$output" = "#define __ver_jiffies	0da02d67
#define jiffies	_set_ver(jiffies)" ]
}

@test "a static function with its body" {
	vector b1b257f5 two "int two ( $S * , struct s )" \
		'static int two(struct s *x, struct s y) { return x->a + y.a; }'
}

@test "structures without a tag are written in place" {
	vector ac6855c0 holder \
		'struct anon_holder { union { int i ; char c [ 4 ] ; } u ; } holder' \
		'struct anon_holder { union { int i; char c[4]; } u; } holder;'
	vector 08af3365 at 'typedef struct { int counter ; } atomic_t at' \
		'typedef struct { int counter; } atomic_t; atomic_t at;'
}

@test "(void) and () differ" {
	vector aae105c5 noargs 'int noargs ( void )' 'int noargs(void);'
	vector f77038de kr 'int kr ( )' 'int kr();'
}

@test "exports come in source order, with the prefix" {
	run genksyms -p smp_ -k 2.4.27 <<<'int b(void), *a; EXPORT_SYMBOL(b); EXPORT_SYMBOL(a);'
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} =~ ^"#define __ver_b	smp_"[0-9a-f]{8}$ ]]
	[ "${lines[1]}" = "#define b	_set_ver(b)" ]
	[[ ${lines[2]} =~ ^"#define __ver_a	smp_"[0-9a-f]{8}$ ]]
}

@test "EXPORT_SYMBOL_NOVERS gives no version" {
	run genksyms -w <<<'int a; EXPORT_SYMBOL_NOVERS(a);'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a change inside a structure changes whoever uses it" {
	a=$(genksyms <<<'struct t { int x; }; int f(struct t *); EXPORT_SYMBOL(f);')
	b=$(genksyms <<<'struct t { long x; }; int f(struct t *); EXPORT_SYMBOL(f);')
	[ -n "$a" ]
	[ "$a" != "$b" ]
}

@test "layout and comments of the source do not count" {
	a=$(genksyms <<<'struct t { int x; }; int f(struct t *p); EXPORT_SYMBOL(f);')
	b=$(genksyms <<<'struct/**/t
{ int x; // the value
};
# 7 "other.h" 3
extern int f ( struct t * ) ; EXPORT_SYMBOL ( f ) ;')
	[ -n "$a" ]
	[ "$a" = "$b" ]
}

@test "diagnostics are silent without -w, and fail the run with it" {
	src='# 10 "dir/f.c"
int x = };
EXPORT_SYMBOL(nobody);
int y; long y;
EXPORT_SYMBOL(y);'
	run --separate-stderr genksyms <<<"$src"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "${lines[1]}" = "#define y	_set_ver(y)" ]
	run --separate-stderr genksyms -w <<<"$src"
	[ "$status" -eq 1 ]
	[ "$stderr" = "genksyms: dir/f.c:10: syntax error at }
genksyms: dir/f.c:11: export undefined symbol nobody
genksyms: dir/f.c:12: redefinition of y" ]
}

@test "hostile nesting is an error with a place" {
	head -c 100000 /dev/zero | tr '\0' '(' >"$BATS_TEST_TMPDIR/deep"
	run --separate-stderr genksyms -w <"$BATS_TEST_TMPDIR/deep"
	[ "$status" -eq 1 ]
	[ "$stderr" = "genksyms: <stdin>:1: syntax error at (" ]
}

@test "wrong usage is status 2; help and version are on stdout" {
	run --separate-stderr genksyms -k two </dev/null
	[ "$status" -eq 2 ]
	[ "$stderr" = "genksyms: unrecognised kernel version : two
Try 'genksyms --help'." ]
	run genksyms -k 2.0.36 </dev/null
	[ "$status" -eq 2 ]
	run genksyms outdir </dev/null
	[ "$status" -eq 2 ]
	[ "$output" = "genksyms: reads standard input, takes no arguments
Try 'genksyms --help'." ]
	run --separate-stderr genksyms --help
	[ "$status" -eq 0 ]
	[[ $output = "usage: genksyms"* ]]
	run --separate-stderr genksyms -V
	[ "$status" -eq 0 ]
	[[ $output = "genksyms (modstack) "* ]]
}

@test "an unwritable output is a failure" {
	run --separate-stderr bash -c 'genksyms >/dev/full <<<"int a; EXPORT_SYMBOL(a);"'
	[ "$status" -eq 1 ]
}

# The genksyms of linux-kbuild descends from the classic one. Its differences are known: it
# numbers enumerators and calls the export macro otherwise.
@test "every function of a dozen system headers expands as Linux's own genksyms says" {
	oracle=$(compgen -G '/usr/lib/linux-kbuild-*/scripts/genksyms/genksyms' | tail -1) || true
	[ -n "$oracle" ] || skip "linux-kbuild is not installed"
	cd "$BATS_TEST_TMPDIR"
	printf '#include <%s>\n' stdio.h stdlib.h string.h unistd.h sys/stat.h sys/socket.h \
		netdb.h time.h search.h wchar.h zlib.h libelf.h >h.c
	gcc -D_GNU_SOURCE -D__extension__= -aux-info list -c -o /dev/null h.c
	gcc -D_GNU_SOURCE -D__extension__= -E h.c >h.i
	grep -oE '[a-z][a-zA-Z_0-9]+ \(' list | tr -d ' (' | sort -u | grep -vxE 'int|void|char|strfrom.*' >names
	{ cat h.i; sed 's/.*/EXPORT_SYMBOL(&);/' names; } >ours.i
	{ cat h.i; sed 's/.*/__GENKSYMS_EXPORT_SYMBOL(&);/' names; } >theirs.i
	genksyms <ours.i | sed -n 's/^#define __ver_//p' | tr '\t' ' ' >ours
	"$oracle" <theirs.i | sed -n 's/^#SYMVER \(.*\) 0x/\1 /p' >theirs
	[ "$(wc -l <theirs)" -gt 500 ]
	# What Linux's parser could not read it does not list; of the rest all must agree.
	awk 'NR == FNR { ours[$1] = $2; next } ours[$1] != $2 { print; bad = 1 } END { exit bad }' \
		ours theirs
}
