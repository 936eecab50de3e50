#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the lint notice? It runs over two copies of the tree, one as it is and
# one with a mistake for each thing that it looks at: what it says of a mistake
# must be in the second run and not in the first.
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

need git
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset WINPAR_TALLY

# copy DIR: a copy of the tree's own files, in a repository of its own.
copy()
{
	mkdir "$1"
	(cd "$TOP" && git ls-files -co --exclude-standard |
		while read -r file; do [[ ! -f $file ]] || echo "$file"; done |
		tar -cf - -T -) | tar -C "$1" -xf -
	git -C "$1" -c init.defaultBranch=main init -q
	git -C "$1" add -A
}

# mistake NAME FILE SED PATTERN: make one in FILE; the lint is to say PATTERN.
names=()
patterns=()
mistake()
{
	local before
	before=$(cksum <"$tmp/bad/$2")
	sed -i -E "$3" "$tmp/bad/$2"
	[[ $before != "$(cksum <"$tmp/bad/$2")" ]] ||
		die "$1: the mistake could not be made in $2"
	names+=("$1")
	patterns+=("$4")
}

# planted NAME FILE PATTERN: a new file, its text from stdin.
planted()
{
	cat >"$tmp/bad/$2"
	names+=("$1")
	patterns+=("$3")
}

# seen NAME PATTERN: the lint is to say this too of what was planted.
seen()
{
	names+=("$1")
	patterns+=("$2")
}

copy "$tmp/good"
cp -a "$tmp/good" "$tmp/bad"

mistake "checkpatch" api/debugfs.c \
	's/unsigned int count = 0;/unsigned count = 0;/' \
	'^ *winpar_debugfs\.c:[0-9]+: WARNING:UNSPECIFIED_INT'
mistake "checkpatch, subjective" api/file.c \
	's/if \(!file\)$/if (file == NULL)/' \
	'^ *winpar_file\.c:[0-9]+: CHECK:COMPARISON_TO_NULL'
mistake "checkpatch with Windows types" include/winpar/winpar.h \
	'0,/ULONG_PTR \*information/s//ULONG_PTR* information/' \
	'^ *include/winpar/winpar\.h:[0-9]+: ERROR:POINTER_LOCATION'
mistake "checkpatch, export far from its function" api/request.c \
	'0,/^WINPAR_EXPORT\(winpar_irp_init\);/s//\n&/' \
	'^ *winpar_irp\.c:[0-9]+: WARNING:EXPORT_SYMBOL'
mistake "typedef in a private header" port/irp.h \
	'/^enum winpar_irp_state/i typedef int winpar_planted_t;' \
	'^ *winpar_irp\.h:[0-9]+:typedef int'
mistake "kernel version outside compat.h" port/port.h \
	'/^struct _KINTERRUPT/i #if LINUX_VERSION_CODE < 1\n#endif' \
	'^ *winpar_port\.h:[0-9]+:#if LINUX_VERSION_CODE'
mistake "gcc with W=1" winpar_ioctl.c \
	'/^#define WINPAR_FUNCTION/i void winpar_unseen(void);\nint winpar_planted(void)\n{\n\treturn 0;\n}\n' \
	"no previous prototype for .winpar_planted"
seen "sparse" "symbol 'winpar_planted' was not declared"
mistake "sparse in winpar.c" winpar.c \
	's/^static DEFINE_XARRAY\(winpar_ports\)/DEFINE_XARRAY(winpar_ports)/' \
	"^ *winpar\.c:.*symbol 'winpar_ports' was not declared"
mistake "sparse, a lock that is not said to be released" port/interrupt.c \
	'0,/^\t__releases\(&port->interrupt.lock\)$/{/^\t__releases\(&port->interrupt.lock\)$/d}' \
	'^ *winpar_interrupt\.c:.*context imbalance'
mistake "clang" api/debugfs.c 's/^\t\tcount\+\+;/&\n\tcount = count;/' \
	'^ *winpar_debugfs\.c:.*\[-Wself-assign\]'
planted "a source that is not built" winpar_planted.c '^ *winpar_planted\.c$' <<<'/* nothing */'
mistake "kernel-doc" api/request.c 's/^ \* @gfp: how/ * @how: how/' \
	"^ *winpar_irp\.c:.*Function parameter or member 'gfp' not described"
mistake "kernel-doc in a public header" include/winpar/irp.h \
	's/^ \* @StackSize: number/ * @StackDepth: number/' \
	"^ *include/winpar/irp\.h:.*'StackSize' not described"
mistake "no Context" api/request.c '0,/^ \* Context: any\.$/{/^ \* Context: any\.$/d}' \
	'^ *winpar_irp\.c: winpar_irp_init: no Context:'
mistake "no Return" api/request.c 's/^ \* Return: the request, for/ * The request, for/' \
	'^ *winpar_irp\.c: winpar_irp_alloc: no Return:'
mistake "an export without a comment" api/file.c \
	'/^ \* winpar_device_object\(\)/d' \
	'^ *winpar_file\.c: winpar_device_object has no kernel-doc'
mistake "a handler without a comment" winpar_ioctl.c \
	'/^ \* winpar_ioctl_get_more_parallel_port_info\(\)/d' \
	'winpar_ioctl_get_more_parallel_port_info has no kernel-doc'
mistake "the parport core above the host room" api/debugfs.c \
	's/^#include <linux\/debugfs\.h>/&\n#include <linux\/parport.h>/' \
	'^ *winpar_debugfs\.c:[0-9]+:#include <linux/parport\.h>'
mistake "a register above the host room" winpar_ioctl.c \
	's/^\treturn winpar_port_free\(file\);/\toutb(0, 0);\n&/' \
	'^ *winpar_ioctl\.c:[0-9]+:.outb\(0, 0\);'
# Put together here, so that the lint does not find it in this file.
bad=x$(printf '/%s/%s' home somebody)
planted "shellcheck" tests/planted.sh '^ *tests/planted\.sh:.*\[SC2086\]' <<END
#!/bin/sh
cd ${bad#x} && echo \$1
END
seen "no SPDX line" '^ *tests/planted\.sh$'
seen "a path of one machine" '^ *tests/planted\.sh:2:cd /'
planted "not ASCII" tests/planted.txt '^ *tests/planted\.txt:1:a' \
	< <(printf 'a\302\240b \nlast')
seen "blanks at the end of a line" '^ *tests/planted\.txt:1:a.*b $'
seen "no newline at the end" '^ *tests/planted\.txt: no newline'
planted "too many lines" tests/long.txt '^ *tests/long\.txt: 601 lines' < <(seq 601)
planted "something built" winpar_planted.o '^ *winpar_planted\.o$' </dev/null
git -C "$tmp/bad" add -f winpar_planted.o

for tree in good bad; do
	# Its status is its findings'.
	"$tmp/$tree/tests/lint/run.sh" >"$tmp/$tree.log" 2>&1 || :
	grep -q '^lint: ' "$tmp/$tree.log" ||
		{ tail -n 5 "$tmp/$tree.log" >&2; die "the lint did not run to its end"; }
done
for i in "${!names[@]}"; do
	if grep -qaE "${patterns[i]}" "$tmp/good.log"; then
		fail "${names[i]}: said of the tree as it is"
	elif grep -qaE "${patterns[i]}" "$tmp/bad.log"; then
		pass "${names[i]}: noticed"
	else
		fail "${names[i]}: not noticed"
	fi
done
tally lint-selftest
