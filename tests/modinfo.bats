#!/usr/bin/env bats
# modinfo: as kmod's for modules of today, as the reference says for those of 2.4.

load world

KMOD=/sbin/modinfo
V=1.2.3

setup() {
	T=$BATS_TEST_TMPDIR
	D=$T/lib/modules/$V
	mkdir -p "$D"
	PATH=$TOP/tests:$PATH
	[ "$(command -v modinfo)" = "$O/bin/modinfo" ]
}

same_as_kmod() { diff <("$KMOD" "$@" 2>/dev/null) <(modinfo "$@" 2>/dev/null); }

make_module() { # FILE: a module with many keys
	mkmod "$@" license=GPL author=A 'author=B <b@c>' alias=x alias=y-z description='It is' \
		'parm=one:the first' parmtype=one:int parmtype=two:bool 'parm=three:a: colon' \
		noequal empty= a_key_longer_than_fifteen=v abcdefghijklmno=15 depends=p,q intree=Y \
		name=m vermagic='6.1 SMP '
}

@test "every way to ask is answered as kmod answers" {
	make_module "$D/m.ko"
	for o in '' -a -d -l -p -n -0 '-0 -p' '-0 -a' '-F alias' '-F parm' '-F parmtype' '-F nothing' \
		'-F filename' '-F name' '-a -d' '--field=license'; do
		# shellcheck disable=SC2086 # words
		same_as_kmod $o "$D/m.ko" || { echo "options: $o"; return 1; }
	done
	make_module -b 64 "$D/n.ko"
	same_as_kmod "$D/n.ko" "$D/m.ko"
}

@test "compressed modules are read" {
	for s in xz zst; do
		make_module "$D/m.ko.$s"
		same_as_kmod "$D/m.ko.$s"
	done
	make_module "$D/m.ko"
	gzip -k "$D/m.ko"
	diff <(modinfo "$D/m.ko" | sed 1d) <(modinfo "$D/m.ko.gz" | sed 1d)
}

@test "names, aliases and builtin modules are found as kmod finds them" {
	make_module "$D/kernel/m-1.ko" alias=shared
	mkmod "$D/kernel/b.ko" alias=shared 'alias=pci:v*d1*' +exported
	printf 'kernel/in-side.ko\n' >"$D/modules.builtin"
	printf '%s\0' in_side.license=GPL 'in_side.alias=in:*' 'in_side.parm=x:y' in_side.parmtype=x:int \
		other.license=MIT >"$D/modules.builtin.modinfo"
	depmod -b "$T" $V
	for n in m-1 m_1 b shared pci:v2d13 symbol:exported in-side in_side in:7 b\ m_1; do
		# shellcheck disable=SC2086 # words
		same_as_kmod -b "$T" -k $V $n || { echo "name: $n"; return 1; }
		# shellcheck disable=SC2086 # words
		same_as_kmod -n -b "$T" -k $V $n
	done
	run modinfo -n -m -b "$T" -k $V shared
	[ "$status" = 1 ]
	run modinfo -b "$T" -k $V other
	[ "$status" = 1 ]
	[[ $output == "modinfo: other: no module by that name found" ]]
	run modinfo -b "$T" -k 9.9 other
	[ "$status" = 1 ]
	[ "$output" = "modinfo: other: no module by that name found, there is no $T/lib/modules/9.9" ]
}

@test "one bad module makes the status 1, the others are shown" {
	make_module "$D/m.ko"
	head -c 100 "$D/m.ko" >"$D/cut.ko"
	run modinfo -n "$D/cut.ko" "$D/m.ko" "$D/none.ko"
	[ "$status" = 1 ]
	[[ $output == *"modinfo: $D/cut.ko: "* ]]
	[[ $output == *"modinfo: $D/none.ko: No such file or directory"* ]]
	[[ $output == *$'\n'"$D/m.ko"* ]]
	cd "$BATS_TEST_TMPDIR"
	run modinfo none.ko
	[ "$output" = "modinfo: none.ko: No such file or directory" ]
}

# --- signatures ---

sign() { # FILE MESSAGE ID_TYPE [SIGNER_LEN KEY_LEN HASH]: append a signature
	local len
	len=$(stat -c %s "$2")
	# shellcheck disable=SC2059,SC2129 # a trailer of bytes
	cat "$2" >>"$1"
	# shellcheck disable=SC2059 # a trailer of bytes
	printf "$(printf '\\x%02x' 1 "${6:-0}" "$3" "${4:-0}" "${5:-0}" 0 0 0 \
		$((len >> 24)) $((len >> 16 & 255)) $((len >> 8 & 255)) $((len & 255)))" >>"$1"
	printf '~Module signature appended~\n' >>"$1"
}

@test "a PKCS#7 signature is shown as kmod shows it" {
	command -v openssl >/dev/null || skip "no openssl to sign with"
	make_module "$D/m.ko"
	openssl req -new -x509 -newkey rsa:1024 -nodes -days 9 -subj "/O=Org/CN=The Signer" \
		-keyout "$T/key" -out "$T/cert" 2>/dev/null
	for hash in sha1 sha224 sha256 sha384 sha512; do
		cp "$D/m.ko" "$D/s.ko"
		openssl smime -sign -binary -noattr -nocerts -md $hash -inkey "$T/key" -signer "$T/cert" \
			-outform DER -in "$D/m.ko" -out "$T/p7"
		sign "$D/s.ko" "$T/p7" 2
		same_as_kmod "$D/s.ko"
		modinfo -F signer "$D/s.ko" | grep -qx 'The Signer'
		modinfo -F sig_hashalgo "$D/s.ko" | grep -qx $hash
	done
	# with certificate and attributes
	cp "$D/m.ko" "$D/s.ko"
	openssl smime -sign -binary -inkey "$T/key" -signer "$T/cert" -outform DER \
		-in "$D/m.ko" -out "$T/p7"
	sign "$D/s.ko" "$T/p7" 2
	same_as_kmod "$D/s.ko"
	# damaged in every place: shown or not, no more than that
	size=$(stat -c %s "$T/p7")
	for ((n = 0; n < size; n += 41)); do
		cp "$D/m.ko" "$D/s.ko"
		cp "$T/p7" "$T/bad"
		printf '\377' | dd of="$T/bad" bs=1 seek=$n conv=notrunc status=none
		sign "$D/s.ko" "$T/bad" 2
		run modinfo "$D/s.ko"
		[ "$status" = 0 ]
	done
}

@test "a signature that claims more than there is, is none" {
	make_module "$D/m.ko"
	cp "$D/m.ko" "$D/s.ko"
	printf 'x\1\0\2\0\0\0\0\0\0\17\377\377~Module signature appended~\n' >>"$D/s.ko"
	diff <(modinfo "$D/m.ko" | sed 1d) <(modinfo "$D/s.ko" | sed 1d)
}

# --- modules of 2.4 ---

make_classic() {
	mkmod "$D/c.o" kernel_version=2.4.27 'author=Me <me@x>' 'description=Two
lines' license=GPL parm_io=1-4i 'parm_desc_io=I/O ports' parm_name=s parm_size=c16 parm_gone=h \
		parm_b=2b parm_lp=lp parm_bad=q parm_sp=sp parm_junk=ix %io %name %size %b %lp %bad %sp %junk 2>/dev/null
}

@test "a 2.4 object is shown in the format of modutils" {
	make_classic
	run bash -c "modinfo '$D/c.o' 2>/dev/null"
	[ "$status" = 0 ]
	diff - <(echo "$output") <<-EOT
		filename:    $D/c.o
		description: "Two
		  lines"
		author:      "Me <me@x>"
		license:     "GPL"
		parm:        io int array (min = 1, max = 4), description "I/O ports"
		parm:        name string
		parm:        size char
		parm:        gone short
		parm:        b byte array (min = 2, max = 2)
		parm:        lp long persistent
		parm:        bad unknown format character 'q'
		parm:        sp string persistent (invalid)
		parm:        junk int unknown format modifier 'x'
	EOT
	modinfo "$D/c.o" 2>&1 | grep -q 'symbol for parameter gone not found'
	[ "$(modinfo -l "$D/c.o")" = '"GPL"' ]
	[ "$(modinfo -n "$D/c.o")" = "$D/c.o" ]
	[ "$(modinfo -a "$D/c.o")" = '"Me <me@x>"' ]
	[ "$(modinfo -p "$D/c.o" 2>/dev/null | sed -n 2p)" = 'name string' ]
	[ "$(modinfo -F license "$D/c.o")" = GPL ]
	[ "$(modinfo -F parm "$D/c.o" 2>/dev/null | sed -n 2p)" = 'name string' ]
	mkmod "$D/a.o" alias=one alias=two
	[ "$(modinfo -F alias "$D/a.o")" = $'one\ntwo' ]
	[ -z "$(modinfo -F depends "$D/a.o")" ]
	mkmod "$D/d.o" %x
	[ "$(modinfo -d "$D/d.o")" = '<none>' ]
	modinfo "$D/d.o" 2>&1 | grep -q 'module does not support typed parameters'
}

@test "warnings about a 2.4 object's parameters come before it, not among its lines" {
	mkmod "$D/w.o" %io license=GPL parm_io=i parm_gone=5-2h
	run modinfo "$D/w.o"
	[ "$status" = 0 ]
	[ "$output" = "modinfo: warning: $D/w.o: symbol for parameter gone not found
modinfo: warning: $D/w.o: parameter gone has max < min!
filename:    $D/w.o
description: <none>
author:      <none>
license:     \"GPL\"
parm:        io int
parm:        gone short array (min = 5, max = 2)" ]
	strip --strip-all "$D/w.o"
	run modinfo -f 'x\n%p %p\n' "$D/w.o"
	[ "$output" = "modinfo: warning: $D/w.o: stripped of its symbols, parameters cannot be set
modinfo: warning: $D/w.o: parameter gone has max < min!
x
io int io int
gone short array (min = 5, max = 2) gone short array (min = 5, max = 2)" ]
}

@test "-f prints a format; bad ones are refused before anything is printed" {
	make_classic
	[ "$(modinfo -f '%l-%{kernel_version}\t%%%{nothing}\n' "$D/c.o")" = $'"GPL"-2.4.27\t%<none>' ]
	[ "$(modinfo -f 'x\n%p;' "$D/c.o" 2>/dev/null)" = "$(printf 'x\nio int array (min = 1, max = 4), description "I/O ports";name string;size char;gone short;b byte array (min = 2, max = 2);lp long persistent;bad unknown format character %sq%s;sp string persistent (invalid);junk int unknown format modifier %sx%s;' \' \' \' \')" ]
	while IFS='|' read -r format error; do
		run modinfo -f "$format" "$D/c.o"
		[ "$status" = 1 ]
		[ "$output" = "modinfo: $error" ]
	done <<-'EOT'
		a%|missing replacement
		%{x|unterminated %{...} construct
		b%q|q: unknown replacement
	EOT
	run modinfo -f "%{$(printf 'k%.0s' {1..128})}" "$D/c.o"
	[ "$output" = "modinfo: %{...} construct is too large" ]
	[ "$(modinfo -f x -n "$D/c.o")" = "$D/c.o" ]
}

# --- JSON ---

@test "--json says the same as the text" {
	make_module "$D/m.ko"
	make_classic
	modinfo --json "$D/m.ko" "$D/c.o" | jq -s . >"$T/json"
	[ "$(jq -r '.[0].filename, .[1].filename' "$T/json")" = "$(printf '%s\n' "$D/m.ko" "$D/c.o")" ]
	[ "$(jq -c '.[0].info.author' "$T/json")" = '["A","B <b@c>"]' ]
	[ "$(jq -c '.[0].parameters[] | select(.name == "one")' "$T/json")" = '{"name":"one","type":"int","description":"the first"}' ]
	[ "$(jq -c '.[1].parameters[0]' "$T/json")" = '{"name":"io","type":"1-4i","description":"I/O ports"}' ]
	[ "$(jq -r '.[1].info.description[0]' "$T/json")" = $'Two\nlines' ]
	for key in alias license noequal depends; do
		diff <(jq -r ".[0].info.${key}[]" "$T/json") <("$KMOD" -F $key "$D/m.ko")
	done
}

@test "-h and -V print on stdout and succeed; wrong usage is status 2" {
	run bash -c 'modinfo -h 2>/dev/null'
	[ "$status" = 0 ]
	[[ $output == usage:* ]]
	run bash -c 'modinfo -V 2>/dev/null'
	[ "$status" = 0 ]
	[[ $output == modinfo* ]]
	for bad in -x '' '-F' '--json=3 x'; do
		# shellcheck disable=SC2086 # words
		run modinfo $bad
		[ "$status" = 2 ]
	done
}
