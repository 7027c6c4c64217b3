#!/usr/bin/env bats
# The guest's shell, typed at through `kstub console`
# shellcheck disable=SC2016 # $ is for another shell

bats_require_minimum_version 1.5.0
load ../world

setup_file() {
	[ ! -e "$O/native.cpio" ] || world_start --native
}
teardown_file() { [ ! -d "${KSTUB:-}" ] || world_stop; }
setup() { [ -e "$O/native.cpio" ] || skip "no packages for i386 (make native)"; }

# Type what stands on the input at the prompt, and leave.
session() {
	{
		printf '< # $\n'
		cat
		printf '> \\x1d\n'
	} | timeout 100 "$TOP/tests/kernel/console.py" kstub console 3>&-
}

@test "the line is edited: erase, begin, end, words, kill, history" {
	session <<'END'
> ehco\x7f\x7f\x7fcho a$((1+1))b\r
< a2b\n
> X 3$((2+2))\x01\x04echo\x05c\r
< 34c\n
> gone gone\x15echo k$((3+3))\r
< k6\n
> \x1b[A\r
< k6\n
END
}

@test "pipes and redirections" {
	session <<'END'
> seq 1 1000 | sort -rn | head -n 1 >/tmp/top; wc -c </tmp/top\r
< \n5\n
> cat /tmp/top /nosuch 2>&1 | tr 0 o | sort\r
< 1ooo\ncat: .*nosuch
END
}

@test "^C ends the running program and nothing else, ^D ends its input" {
	session <<'END'
> cat /proc/version -\r
< Linux version .*\n
> \x03
< # $
> echo s$?\r
< s130\n
> echo g$((7+7)); while :; do :; done\r
< g14\n
> \x03
< # $
> sh -c 'echo g$((7+8)) >&2; exec cat' | tr a-z A-Z\r
< g15\n
> word\r\x04
< WORD\n
END
}

@test "jobs: background, list, stop, continue, kill" {
	session <<'END'
> sleep 1000 &\r
< \[1\] (\d+)
> jobs\r
< \[1\].*Running
> kill %1\r
< # $
> wait; echo w$((1+2))\r
< w3
> sh -c 'echo g$((6+7)); exec sleep 1000'\r
< g13\n
> \x1a
< Stopped
> bg\r
> kill -9 %1; wait; echo w$((4+5))\r
< w9
> ps | grep -c slee[p]\r
< \n0\n
END
}

@test "BusyBox's shell: editing, jobs, and tools that are ours" {
	session <<'END'
> ash\r
< ash:/# 
> ehco\x7f\x7f\x7fcho a$((1+1))b\r
< \na2b\n
< ash:/# 
> \x1b[A\r
< \na2b\n
< ash:/# 
> insmod -V; type lsmod\r
< insmod \(modstack\).*\n.*alias
< ash:/# 
> cat /proc/version -\r
< Linux version .*\n
> \x03
< ash:/# 
> echo s$?\r
< s130\n
< ash:/# 
> sleep 1000 &\r
< ash:/# 
> jobs\r
< \[1\].*Running
< ash:/# 
> kill %1; wait; jobs; echo w$((1+2))\r
< w3\n
< ash:/# 
> sh -c 'echo g$((6+7)); exec sleep 1000'\r
< g13\n
> \x1a
< Stopped
< ash:/# 
> bg\r
< \[1\]
< ash:/# 
> jobs\r
< Running
< ash:/# 
> fg\r
< sleep 1000
> \x03
< ash:/# 
> sh -c 'echo g$((7+7)); exec cat'\r
< g14\n
> word\r
< word\nword\n
> \x1a
< Stopped
< ash:/# 
> fg\r
< cat.\n
> more\r\x04
< more\nmore\n
< ash:/# 
> exit\r
< modstack:
END
}

@test "a script with loops, conditions and functions" {
	session <<'END'
> cat >/tmp/primes <<'X'\r
< > $
> prime() {\r
< > $
> for d in 2 3 5 7; do\r
< > $
> [ $(($1 % d)) -ne 0 ] || [ $1 -eq $d ] || return 1\r
< > $
> done; }\r
< > $
> i=2; while [ $i -lt 30 ]; do\r
< > $
> if prime $i; then printf '%d ' $i; fi\r
< > $
> i=$((i+1)); done\r
< > $
> case $0 in */primes) echo end;; esac\r
< > $
> X\r
< # $
> chmod +x /tmp/primes; sh /tmp/primes\r
< 2 3 5 7 11 13 17 19 23 29 end\n
END
}

@test "a stack of modules is loaded and removed" {
	session <<'END'
> modprobe slhcdev\r
< slhcdev: .*major
> lsmod\r
< slhcdev +\d+ +0 .*\nslhc +\d+ +0 +\[slhcdev\]
> rmmod slhc\r
< rmmod: slhc: Device or resource busy
> modprobe -r slhcdev; lsmod | wc -l\r
< \n1\n
END
}

@test "a user who is not root may look, not load" {
	session <<'END'
> su user\r
> id -un; lsmod; insmod /lib/modules/*/hello.o; echo i$?\r
< user\n
< Module +Size
< insmod: .*create_module: Operation not permitted\ni1
< \$ $
> exit\r
< # $
END
}

@test "opening a device nobody drives loads its module" {
	session <<'END'
> mknod /tmp/ch c 240 0; cat /tmp/ch\r
< This is /dev/chardev
> lsmod\r
< chardev +\d+ +0 +\(autoclean\)
> rmmod chardev; mknod /tmp/none c 201 0; cat /tmp/none\r
< No such device
END
}

@test "make run NATIVE=1: the shell's end is the kernel's, the terminal is as before" {
	export O
	NATIVE=1 timeout 100 tests/kernel/console.py bash -c '
		before=$(stty -g); scripts/run; echo "end $?"
		[ "$before" = "$(stty -g)" ] && echo unchanged; exit 7' 3>&- <<'END' || status=$?
< # $
> uname -r\r
< 2.4.27-modstack\n
> exit\r
< end 0
< unchanged
END
	[ "$status" -eq 7 ]
	run -0 bash -c 'echo "lsmod | head -c 6; exit 3" | NATIVE=1 scripts/run; [ $? -eq 3 ]'
	[ "${lines[-1]}" = Module ]
}
