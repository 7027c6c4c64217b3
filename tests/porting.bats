#!/usr/bin/env bats
# kernel-stub/PORTING.md: the files it names are all that the module core needs

bats_require_minimum_version 1.5.0
load world

# The names in {}, or a name alone, of each list between `` that begins so.
files() { # FOLDER
	tr '\n' ' ' <"$TOP/kernel-stub/PORTING.md" | grep -oE "\`$1/[^\`]*\`" | tr -d '`' |
		sed 's/{/ /; s/}/ /' | while read -r before list after; do
		[ "$list" ] || echo "$before"
		for name in ${list//,/ }; do echo "$before$name$after"; done
	done
}

@test "the files named in PORTING.md compile on their own and need what it says" {
	local to=$BATS_TEST_TMPDIR stub=$TOP/kernel-stub file
	mkdir -p "$to"/{kernel,include/linux,include/asm,include/abi}
	cp "$stub"/kernel/{module*,text}.[ch] "$to/kernel"
	rm "$to"/kernel/module_host.*
	for file in $(files include/linux) $(files include/asm); do
		cp "$stub/$file" "$to/$file"
	done
	for file in $(files include/abi); do
		[[ $file = *gateway.h ]] || cp "$TOP/$file" "$to/$file"
	done
	cd "$to"
	for file in kernel/*.c; do
		gcc -std=gnu11 -m32 -O2 -Wall -Werror -ffreestanding -nostdinc -fno-pic \
			-isystem "$(gcc -print-file-name=include)" -fno-strict-aliasing \
			-D__KERNEL__ -Iinclude -I. -c "$file" -o "${file%.c}.o"
	done
	ld -m elf_i386 -r -o core.o kernel/*.o
	nm -u core.o | awk '$2 !~ /^(port_|str|mem)/ { print $2 }' >needed
	diff - needed <<-'END'
		kfree
		kmalloc
		printk
		simple_strtoul
		snprintf
		vsnprintf
	END
	nm -u core.o | awk '$2 ~ /^port_/ { print $2 }' >ports
	grep -oE 'port_[a-z_]+\(' "$stub/kernel/module_port.h" | tr -d '(' | sort -u >declared
	diff ports declared
}
