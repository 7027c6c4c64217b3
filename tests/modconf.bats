#!/usr/bin/env bats
# The configuration: every directive, every trap of the classic language, and both kinds of
# file. What was understood is read from `modprobe -c`.

# shellcheck disable=SC2016,SC2001 # $ and ` for the configuration, not for this shell
bats_require_minimum_version 1.5.0
load world

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	unset MODULECONFIG MODPATH DEPPATH
}

# conf: the configuration of a modules.conf from stdin, without comments, in $output.
conf() {
	cat >modules.conf
	run --separate-stderr modprobe -S 2.4.27-x -C modules.conf "$@" -c
	output=$(grep -v '^#' <<<"$output" || true)
}

# modprobe_d: the same for a file of modprobe.d.
modprobe_d() {
	mkdir -p modprobe.d
	cat >modprobe.d/a.conf
	run --separate-stderr modprobe -S 2.4.27-x -C modprobe.d -c
	output=$(grep -v '^#' <<<"$output" || true)
}

# is TEXT: everything was right, and this is what was understood.
is() {
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	prints "$1"
}

# fails TEXT: a bad line makes the whole fail, with these messages.
fails() {
	[ "$status" -eq 1 ]
	diff -u <(printf '%s\n' "$1" | sed 's/^/modprobe: /') <(printf '%s\n' "$stderr")
}

# --- lines ------------------------------------------------------------------------------------

@test "comments: whole lines, after a blank, not in quotes, not inside a word" {
	conf <<'END'
# alias no no
options a x=1 # y=2
options b x="#1"  x2='# 2'	#no
options c x=a#b
END
	is "options a x=1
options b 'x=#1' 'x2=# 2'
options c 'x=a#b'"
}

@test "continuation: leading blanks collapse, a double backslash is one and ends the line" {
	conf <<'END'
options a x=1 \
		y=2
options b x=\
1
options c x=1 \ # a comment ends before it
   y=2
options d x=1 # inside a comment it does not \
options e x=1
install f echo \\
install g echo
END
	is "options a x=1 y=2
options b x=1
options c x=1 y=2
options d x=1
options e x=1
install f echo \\\\
install g echo"
}

@test "a last line without newline, carriage returns, a line of 100000 bytes" {
	long=$(head -c 100000 /dev/zero | tr '\0' x)
	conf < <(printf 'options a x=1\r\noptions b s=%s\r\noptions c y=1' "$long")
	is "options a x=1
options b s=$long
options c y=1"
}

@test "words: quotes group, one level of them goes" {
	conf <<'END'
options m 's="a,b",c'
options n s='a b' t="c d"
options o s=a\ b
END
	is "options m 's=\"a,b\",c'
options n 's=a b' 't=c d'
options o 's=a b'"
}

@test "a bad line names file, line, what is wrong, and the whole of it" {
	conf <<'END'
options a x=1
frobnicate everything \
	now
persistdir /x
insmod_opt -x
path /x
path [t]=/x
path[x y]=/z
END
	fails "modules.conf:2: Invalid line, unknown directive: frobnicate everything  now
modules.conf:4: Invalid line, = is missing: persistdir /x
modules.conf:5: Invalid line, = is missing: insmod_opt -x
modules.conf:6: Invalid line, = is missing: path /x
modules.conf:7: Invalid line, = is missing: path [t]=/x
modules.conf:8: Invalid line, unknown directive: path[x y]=/z"
}

@test "what is missing in a line is said" {
	conf <<'END'
alias
alias a
add alias a
options
options -k
options a x=1 -o
above a
below
probe a
probeall a
weakdep a
blacklist
install
pre-install a
remove a
softdep
softdep a
softdep a pre:
prune
keep all
depfile=
define
define X
define X=1
define E ""
include
alias=a b
END
	fails "modules.conf:1: Invalid line, a name is missing: alias
modules.conf:2: Invalid line, what it stands for is missing: alias a
modules.conf:3: Invalid line, what it stands for is missing: add alias a
modules.conf:4: Invalid line, a module is missing: options
modules.conf:5: Invalid line, a module is missing: options -k
modules.conf:6: Invalid line, a name is missing after -o: options a x=1 -o
modules.conf:7: Invalid line, modules are missing: above a
modules.conf:8: Invalid line, a name is missing: below
modules.conf:9: Invalid line, modules are missing: probe a
modules.conf:10: Invalid line, modules are missing: probeall a
modules.conf:11: Invalid line, modules are missing: weakdep a
modules.conf:12: Invalid line, a name is missing: blacklist
modules.conf:13: Invalid line, a module is missing: install
modules.conf:14: Invalid line, the command is missing: pre-install a
modules.conf:15: Invalid line, the command is missing: remove a
modules.conf:16: Invalid line, a module is missing: softdep
modules.conf:17: Invalid line, pre: or post: with modules is missing: softdep a
modules.conf:18: Invalid line, pre: or post: with modules is missing: softdep a pre:
modules.conf:19: Invalid line, a name is missing: prune
modules.conf:20: Invalid line, keep stands alone: keep all
modules.conf:21: Invalid line, a file is missing: depfile=
modules.conf:22: Invalid line, a variable is missing: define
warning: modules.conf:23: a value is missing, the variable is empty: define X
modules.conf:24: Invalid line, a blank comes before the value, and no =: define X=1
modules.conf:26: Invalid line, a file is missing: include
modules.conf:27: Invalid line, there is no = in it: alias=a b"
}

# --- directives -------------------------------------------------------------------------------

@test "alias: the last one counts, of its targets the first; add gives one more provider" {
	conf <<'END'
alias eth0 tulip
alias eth0 3c59x ne
alias eth1 off
alias usb-controller usb-uhci
add alias usb-controller usb-ohci
alias char-major-10-* mine
END
	is "alias eth0 3c59x
alias eth1 off
alias usb-controller usb-uhci
add alias usb-controller usb-ohci
alias char-major-10-* mine"
}

@test "options: a later line replaces, add adds, -k keeps" {
	conf <<'END'
options a x=1
options a y=2
add options a z=3
addoptions a w=4
options -k b x=1
add options b y=2
options sb io=0x240
END
	is "options sb io=0x240
options a y=2 z=3 w=4
options -k b x=1 y=2"
}

@test "- and _ are equal in names of modules" {
	conf <<'END'
options snd-pcm a=1
add options snd_pcm b=2
END
	is "options snd-pcm a=1 b=2"
}

@test "above, below, probe, probeall: replaced, or added to" {
	conf <<'END'
above a b c
above a d
below a e
add below a f
probe p x y
probeall q x y
END
	is "above a d
below a e f
probe p x y
probeall q x y"
}

@test "commands: the rest of the line as it is; of each kind the first counts" {
	conf <<'END'
pre-install a echo  "two  blanks"
install a /sbin/insmod a
install a never
post-install a echo $HOME
pre-remove a one; two
remove a rmmod a
post-remove a `three`
END
	is 'pre-install a echo  "two  blanks"
install a /sbin/insmod a
post-install a echo $HOME
pre-remove a one; two
remove a rmmod a
post-remove a `three`'
}

@test "prune takes a list" {
	conf <<<'prune a b c'
	is "prune a
prune b
prune c"
}

@test "blacklist, softdep, weakdep; softdep lines of one module add up" {
	conf <<'END'
blacklist a
softdep x pre: a b post: c
softdep x pre: d
weakdep y z
END
	is "softdep x pre: a b d
softdep x post: c
weakdep y z
blacklist a"
}

@test "path: the first one drops the built-in paths, an empty one drops them all" {
	conf <<'END'
path=/a
path[net]=/b /c
END
	is "path[misc]=/a
path[net]=/b
path[net]=/c"
	conf <<<'path='
	is "path="
}

@test "keep before the first path keeps the built-in ones, after it nothing changes" {
	conf <<'END'
keep
path=/a
END
	[ "$status" -eq 0 ]
	[ "${output%%$'\n'*}" = "path[boot]=/lib/modules/boot" ]
	[ "${output##*$'\n'}" = "path[misc]=/a" ]
	[ "$(wc -l <<<"$output")" -eq 22 ]
	conf <<'END'
path=/a
keep
END
	is "path[misc]=/a"
}

@test "persistdir and insmod_opt: the last counts; names of generated files: the first" {
	conf <<'END'
persistdir=/a
persistdir=/b
insmod_opt=-f
insmod_opt=-N "-x"
depfile=/d/modules.dep
END
	is 'persistdir=/b
insmod_opt=-N "-x"
depfile=/d/modules.dep'
	conf <<'END'
depfile=/a
depfile=/b
END
	fails "modules.conf:2: depfile is set already, in modules.conf:1: depfile=/b"
}

# --- expansion --------------------------------------------------------------------------------

@test "define: the first word of the expansion; \$VAR and commands in lists" {
	conf <<'END'
define A "b c"
define E $NOTHING
options x $A
options y v=$A
options z v="$A" e=$E.
options s v='$A'
options c `echo one two` $(echo three; echo four)
END
	is "options x b c
options y v=b c
options z 'v=b c' e=.
options s 'v=\$A'
options c one two three four"
}

@test "uname -r and kernelversion are the target's, without running anything" {
	PATH=/nonexistent:$PATH conf <<'END'
options a r=`uname -r` k=`kernelversion`/x
options b r=$(uname -r)
path=/lib/modules/`kernelversion`
END
	is "path[misc]=/lib/modules/2.4
options a r=2.4.27-x k=2.4/x
options b r=2.4.27-x"
}

@test "shell operators are text, not syntax" {
	touch canary
	conf <<'END'
define A x
options m a=$A;rm b=$A|c&<d>(e){f}*?[g]~
END
	is "options m a=x;rm b=x|c&<d>(e){f}*?[g]~"
	[ -e canary ]
}

@test "patterns are file names in path= and include only" {
	mkdir -p d1 d2
	conf <<'END'
alias d* x
options o v=d*
path=d?
END
	is "path[misc]=d1
path[misc]=d2
alias d* x
options o v=d*"
}

@test "an expansion that cannot be is an error with its place" {
	conf <<'END'
options m a=$(echo
options n "b=1
END
	fails "modules.conf:1: cannot expand: unbalanced quotes or parentheses: m a=\$(echo
modules.conf:2: cannot expand: unbalanced quotes or parentheses: n \"b=1"
}

@test "a variable that has to be set is an error of ours, never the library's" {
	conf <<'END'
options a x=${A?} y
options b x="${A:?text}"
options c x=${A:-${B?}}
options d x='${A?}' y=${A:-?} z=$?
END
	fails "modules.conf:1: cannot expand: a variable that has to be set: a x=\${A?} y
modules.conf:2: cannot expand: a variable that has to be set: b x=\"\${A:?text}\"
modules.conf:3: cannot expand: a variable that has to be set: c x=\${A:-\${B?}}"
}

@test "a file that others can write runs no command" {
	printf 'options m a=`touch ran`\n' >modules.conf
	chmod 666 modules.conf
	run --separate-stderr modprobe -S 2.4.27 -C modules.conf -c
	fails "modules.conf:1: cannot expand: a command, but the file belongs neither to root nor \
to you, or others may write it: m a=\`touch ran\`"
	[ ! -e ran ]
}

# --- conditionals -----------------------------------------------------------------------------

# holds EXPR, holds_not EXPR
value() {
	conf "${@:2}" <<END
define EMPTY ''
define ZERO 0
define WORD AA
if $1
options yes
else
options no
endif
END
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
}
holds() { value "$@" && [ "$output" = "options yes" ]; }
holds_not() { value "$@" && [ "$output" = "options no" ]; }

@test "words: empty, 0 and false are false, all else is true" {
	holds 'AA'
	holds 'False'
	holds '!1'
	holds '(1)'
	holds '*none*'
	holds '$WORD'
	holds 'a==a'
	holds_not '0'
	holds_not 'false'
	holds_not '$UNDEFINED'
	holds_not '$ZERO'
	holds_not '! AA'
	holds '! ! AA'
}

@test "comparison of text, of numbers with -n" {
	holds_not '2 < 10'
	holds '-n 2 < 10'
	holds '-n 0x10 == 16'
	holds '-n junk == 0'
	holds '$WORD == AA'
	holds 'a = a'
	holds 'a != b'
	holds_not 'a != a'
	holds 'b >= a'
	holds 'a <= a'
	holds_not 'a > b'
	holds '! a > b'
	holds '`uname -r` == 2.4.27-x'
}

@test "-f: readable files; -k: modprobe -k, which ! turns round" {
	touch here
	holds '-f here'
	holds_not '-f nothere'
	holds '! -f nothere'
	holds_not '-k'
	holds '! -k'
	holds '-k' -k
	holds_not '! -k' -k
}

@test "an unknown operator is an error" {
	conf <<'END'
if a ~ b
endif
END
	fails "modules.conf:1: unknown operator ~ in a condition"
}

@test "what is missing in a condition is said; it does not hold, not turned round either" {
	conf <<'END'
if
elseif !
elseif -f
elseif ! -f
elseif -n
elseif -n 1
elseif ! -n 1 <
elseif a ==
elseif ! a ==
elseif $UNDEFINED == $UNDEFINED
options m yes=1
endif
END
	fails "modules.conf:1: a condition is missing
modules.conf:2: a condition is missing
modules.conf:3: a file is missing after -f
modules.conf:4: a file is missing after -f
modules.conf:5: -n compares two numbers
modules.conf:6: -n compares two numbers
modules.conf:7: a word is missing after the operator
modules.conf:8: a word is missing after the operator
modules.conf:9: a word is missing after the operator"
}

@test "words behind a condition are told, and mean nothing" {
	conf <<'END'
if a == a && a == b
options m yes=1
endif
if ! -k or
options m both=1
endif
END
	[ "$status" -eq 0 ]
	[ "$stderr" = "modprobe: warning: modules.conf:1: behind the condition, without a meaning: &&
modprobe: warning: modules.conf:4: behind the condition, without a meaning: or" ]
	prints "options m both=1"
}

@test "elseif and else: the first that is true, and no other" {
	conf <<'END'
if 0
options a
elseif 1
options b
elseif 1
options c
else
options d
endif
if 0
options e
else
options f
endif
END
	is "options b
options f"
}

@test "in a part that is not read, nested ifs are not true and errors are not seen" {
	conf <<'END'
if 0
  if 1
    options a
  else
    options b
  endif
  nonsense
  include /nonexistent
  if `touch ran`
  endif
else
  if 0
    options c
  elseif 1
    options d
  endif
endif
END
	is "options d"
	[ ! -e ran ]
}

@test "structure that is lost ends the file" {
	conf <<<'endif
options a'
	fails "modules.conf:1: unmatched endif"
	conf <<<'else'
	fails "modules.conf:1: else without if"
	conf <<<'elseif 1'
	fails "modules.conf:1: elseif without if"
	conf <<<'if 1
else
else
endif'
	fails "modules.conf:3: second else"
	conf <<<'options a
if 1
if 1
endif
options b'
	fails "modules.conf:2: missing endif"
	conf < <(for _ in {1..21}; do echo if 1; done)
	fails "modules.conf:21: Too many nested if's"
}

# --- include ----------------------------------------------------------------------------------

@test "include: beside the including file, all that a pattern matches" {
	mkdir -p inc
	echo 'options one x=1' >inc/1.conf
	echo 'options two x=1' >inc/2.conf
	conf <<<'include inc/*.conf'
	is "options one x=1
options two x=1"
}

@test "an included path= does not drop the including file's, nor the other way round" {
	echo 'path=/inc' >inc.conf
	conf <<'END'
path=/a
include inc.conf
path=/b
END
	is "path[misc]=/a
path[misc]=/inc
path[misc]=/b"
}

@test "a failing include is an error, inside the file and where it is included" {
	echo 'bad line' >inc.conf
	conf <<'END'
include nosuch.conf
include inc.conf
END
	fails "modules.conf:1: include nosuch.conf failed: No such file or directory
inc.conf:1: Invalid line, unknown directive: bad line
modules.conf:2: include inc.conf failed"
}

@test "an include of itself ends" {
	conf <<<'include modules.conf'
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: modules.conf:1: includes nest deeper than 20" ]
}

@test "conditionals balance in each file" {
	echo 'if 1' >inc.conf
	conf <<'END'
include inc.conf
endif
END
	fails "inc.conf:1: missing endif
modules.conf:1: include inc.conf failed
modules.conf:2: unmatched endif"
}

# --- modprobe.d -------------------------------------------------------------------------------

@test "modprobe.d: lines add up, nothing is expanded, quotes stay" {
	modprobe_d <<'END'
alias foo ext4
alias foo vfat
options m a=1 b="x y"
options m c=$HOME d=`no`
softdep x stray pre: y
END
	is "alias foo ext4
add alias foo vfat
options m a=1 'b=\"x y\"' 'c=\$HOME' 'd=\`no\`'
softdep x pre: y"
}

@test "modprobe.d: a line that makes no sense is a warning" {
	modprobe_d <<'END'
nonsense here
options m a=1
END
	[ "$status" -eq 0 ]
	[[ $stderr == "modprobe: "*"modprobe.d/a.conf:1: Invalid line, unknown directive: nonsense here" ]]
	prints "options m a=1"
}

@test "modprobe.d: kmod understands the same" {
	command -v kmod >/dev/null || skip "kmod is not installed"
	mkdir -p modprobe.d kmodtree/lib/modules/1
	cat >modprobe.d/a.conf <<'END'
# comment
alias foo ext4
alias foo vfat
alias pci:v00008086d* e1000
options m a=1 \
  b="x y"
options m c=2
install i /bin/true $CMDLINE_OPTS
remove i /bin/false
blacklist bl-one
softdep s pre: a b
softdep t post: c
END
	modprobe -C modprobe.d -S 1 -d kmodtree -c | grep -v '^#' |
		sed 's/^add //; s/'"'"'//g; s/-/_/g' | sort >ours
	mkdir -p as && ln -sf "$(command -v kmod)" as/modprobe
	as/modprobe -C modprobe.d -S 1 -d kmodtree -c | sed '/^options m /d; s/-/_/g' |
		grep -vE '^(#|$|options [^m])' | sort >theirs
	grep -v '^options m ' ours | diff -u theirs -
	grep -qx 'options m a=1 b="x y" c=2' ours
}

@test "a file in an earlier directory hides its namesake, files are read by name" {
	mkdir -p root/{etc,run,usr/local/lib,lib}/modprobe.d
	echo 'options a from=etc' >root/etc/modprobe.d/10-a.conf
	echo 'options a from=lib' >root/lib/modprobe.d/10-a.conf
	echo 'options b from=run' >root/run/modprobe.d/30-b.conf
	echo 'options c from=local' >root/usr/local/lib/modprobe.d/20-c.conf
	echo 'options d from=lib' >root/lib/modprobe.d/05-d.conf
	echo 'options e no' >root/lib/modprobe.d/e.txt
	ln -s /dev/null root/etc/modprobe.d/05-d.conf
	run modprobe -S 1 -d root -c
	[ "$status" -eq 0 ]
	[ "$(grep ^options <<<"$output")" = "options a from=etc
options c from=local
options b from=run" ]
}

# --- which file -------------------------------------------------------------------------------

@test "modules.conf below the root comes before modprobe.d; conf.modules is deprecated" {
	mkdir -p root/etc/modprobe.d
	echo 'options b x=2' >root/etc/modprobe.d/b.conf
	echo 'options a x=1' >root/etc/conf.modules
	run --separate-stderr modprobe -S 1 -d root -c
	[ "$(grep ^options <<<"$output")" = "options a x=1
options b x=2" ]
	[[ $stderr == *"root/etc/conf.modules is deprecated, rename it to modules.conf" ]]
	echo 'options c x=1' >root/etc/modules.conf
	run --separate-stderr modprobe -S 1 -d root -c
	[ "$(grep ^options <<<"$output")" = "options c x=1
options b x=2" ]
	[[ $stderr == *"root/etc/conf.modules is ignored, there is root/etc/modules.conf" ]]
}

@test "\$MODULECONFIG names the file; -C wins; one that is missing is an error" {
	echo 'options a x=1' >a.conf
	echo 'options b x=1' >b.conf
	MODULECONFIG=a.conf run modprobe -S 1 -c
	[ "$(grep ^options <<<"$output")" = "options a x=1" ]
	MODULECONFIG=a.conf run modprobe -S 1 -C b.conf -c
	[ "$(grep ^options <<<"$output")" = "options b x=1" ]
	run modprobe -S 1 -C nosuch -c
	[ "$status" -eq 1 ]
	[ "$output" = "modprobe: Can't open nosuch: No such file or directory" ]
}

@test "the configuration may come through a pipe; one that has no end is refused" {
	run --separate-stderr modprobe -S 1 -C <(echo 'alias a b'; yes '# long' | head -n 5000; echo 'alias c d') -c
	output=$(grep -v '^#' <<<"$output")
	is "alias a b
alias c d"
	run --separate-stderr modprobe -S 1 -C /dev/null -c
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	run --separate-stderr modprobe -S 1 -C /dev/zero -c
	[ "$status" -eq 1 ]
	[ "$stderr" = "modprobe: Can't open /dev/zero: File too large" ]
	mkfifo nobody.conf
	run --separate-stderr timeout 5 modprobe -S 1 -C nobody.conf -c
	[ "$status" -eq 0 ]
}

@test "the environment's MODPATH and DEPPATH win over the files" {
	MODPATH=/one:/two/net DEPPATH=/d conf <<<'depfile=/other'
	is "path[one]=/one
path[net]=/two/net
depfile=/d"
}

@test "in MODPATH %s is the release, and nothing else is a format" {
	MODPATH=/a/%s:/%s/%s-x/%%s:/%n%d/100% conf </dev/null
	is "path[2.4.27-x]=/a/2.4.27-x
path[%s]=/2.4.27-x/2.4.27-x-x/%s
path[100%]=/%n%d/100%"
}

@test "what -c prints reads back as the same" {
	cat >modules.conf <<'END'
keep
path[net]=/with/'a blank'
alias a b
add alias a c
options -k a s="a b" t='"q"' u=it\'s v='$x' w='#' z="back\\slash"
options dummy0 -o other
probe p q r
probeall s t
above u v
below w x
softdep y pre: 1 post: 2
weakdep z 3
blacklist bl
pre-install i echo  "$HOME"
prune one two
persistdir=/var/x
insmod_opt=-N
END
	modprobe -S 2.4.27 -C modules.conf -c >first
	modprobe -S 2.4.27 -C first -c >second
	diff -u first second
	[ "$(grep -vc '^#' first)" -gt 30 ]
}
