#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# selftest.sh [FILE]: does the lint notice each mistake? It checks a copy of the tree in
# which a mistake for each check was made: the message for that mistake has to appear
# there, and not in the lint's output for the tree without mistakes. That output is in
# FILE, complete once FILE.done exists, where tests/lint/run.sh starts this script beside
# its own checks; without FILE a second copy is checked for it.
# The sed scripts below have a $ for the last line:
# shellcheck disable=SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=tests/rooms.sh
. "$TOP/tests/rooms.sh"

need git
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
unset WINPAR_TALLY
export WINPAR_QUIET=1
# One pattern of coccinelle's is enough to see that findings are noticed.
export COCCINELLE=ifnullfree
# And two files, that clang's analyzer is asked.
export ANALYZER='^(port/drain|wdm/plug)\.c$'

# All checks of run.sh but selftest.
checks=(checkpatch rules build sparse clang analyzer cppcheck coccinelle waits kernel_doc shellcheck python files
	annotations layering order drawing version contract manuals statuses
	reference readme models kernels porting)

# copy DIR: copy the tree's own files to DIR, as a git repository.
copy()
{
	mkdir "$1"
	(cd "$TOP" && git ls-files -co --exclude-standard |
		while read -r file; do [[ ! -f $file ]] || echo "$file"; done |
		tar -cf - -T -) | tar -C "$1" -xf -
	git -C "$1" -c init.defaultBranch=main init -q
	git -C "$1" add -A
}

# holder REGEX [PATTERN]: print the first of the module's files, of those whose path
# matches PATTERN, that has a line that matches REGEX.
holder()
{
	(cd "$tmp/bad" && git ls-files | grep -E "$ROOM_FILES" |
		grep -E "${2:-.}" | xargs grep -lE "$1" | head -n 1) || :
}

# mistake NAME FILE SED PATTERN: edit FILE with the sed script; the lint has to print a
# line that matches PATTERN, in which @ stands for the file. FILE may be /REGEX: the
# module's first file that has such a line.
names=()
patterns=()
mistake()
{
	local before file=$2
	[[ $file != /* ]] || file=$(holder "${file#/}")
	if [[ -z $file || ! -e $tmp/bad/$file ]]; then
		fail "$1: no file in which the mistake can be made ($2)"
		return
	fi
	before=$(cksum <"$tmp/bad/$file")
	sed -i -E "$3" "$tmp/bad/$file"
	if [[ $before == "$(cksum <"$tmp/bad/$file")" ]]; then
		fail "$1: the mistake could not be made in $file"
		return
	fi
	names+=("$1")
	patterns+=("${4//@/${file//./\\.}}")
}

# planted NAME FILE PATTERN: as mistake, but FILE is a new file with the text from stdin.
planted()
{
	cat >"$tmp/bad/$2"
	names+=("$1")
	patterns+=("$3")
}

# seen NAME PATTERN: the lint has to print this, too, for the mistake made last.
seen()
{
	names+=("$1")
	patterns+=("$2")
}

copy "$tmp/good"
cp -a "$tmp/good" "$tmp/bad"
# Without these folders, in which no mistake is made, half as much is compiled.
rm -rf "$tmp/bad"/tests/{kunit,bench,vm/modules}

mistake "checkpatch" '/^	unsigned int count = 0;' \
	's/unsigned int count = 0;/unsigned count = 0;/' \
	'^ *@:[0-9]+: WARNING:UNSPECIFIED_INT'
mistake "checkpatch, subjective" '/^	if \(!file\)$' \
	's/if \(!file\)$/if (file == NULL)/' \
	'^ *@:[0-9]+: CHECK:COMPARISON_TO_NULL'
mistake "checkpatch with Windows types" include/winpar/winpar.h \
	'0,/ULONG_PTR \*information/s//ULONG_PTR* information/' \
	'^ *@:[0-9]+: ERROR:POINTER_LOCATION'
mistake "checkpatch, export far from its function" \
	'/^WINPAR_EXPORT\(winpar_irp_alloc\);' \
	's/^WINPAR_EXPORT\(winpar_irp_alloc\);/\n&/' \
	'^ *@:[0-9]+: WARNING:EXPORT_SYMBOL'
mistake "typedef in a private header" '/^enum winpar_irp_state' \
	'/^enum winpar_irp_state/i typedef int winpar_planted_t;' \
	'^ *@:[0-9]+:typedef int'
mistake "kernel version outside compat.h" '/^struct _KINTERRUPT' \
	'/^struct _KINTERRUPT/i #if LINUX_VERSION_CODE < 1\n#endif' \
	'^ *@:[0-9]+:#if LINUX_VERSION_CODE'
mistake "gcc with W=1" '/^	return winpar_port_free\(file\);' \
	'$a\\nvoid winpar_unseen(void);\nint winpar_planted(void)\n{\n\treturn 0;\n}' \
	"no previous prototype for .winpar_planted"
seen "sparse" "symbol 'winpar_planted' was not declared"
mistake "sparse, data that should be static" '/^static LIST_HEAD\(winpar_watchers\)' \
	's/^static LIST_HEAD\(winpar_watchers\)/LIST_HEAD(winpar_watchers)/' \
	"^ *@:.*symbol 'winpar_watchers' was not declared"
mistake "sparse, a lock that is not said to be released" \
	'/^	__releases\(&port->interrupt.lock\)$' \
	'0,/^\t__releases\(&port->interrupt.lock\)$/{/^\t__releases\(&port->interrupt.lock\)$/d}' \
	'^ *@:.*context imbalance'
mistake "sparse, a lock that another file takes again" port/probe.c \
	'/^	__winpar_wire_end\(port, flags\);$/d' \
	'^ *@:.*context imbalance in .__winpar_probe_chip'
mistake "a lock that is held and not asserted" \
	'/^static void __winpar_queue_done\(' \
	'/^static void __winpar_queue_done\(/,/^}/{/lockdep_assert_held/d}' \
	'^ *@:[0-9]+: __winpar_queue_done: its first statement'
mistake "a lock that is held and not said in the header" port/queue.h \
	'/^void __winpar_queue_freed\(/{N;s/\)\n.*/);/}' \
	'^ *@:[0-9]+: __winpar_queue_freed: does not tell sparse'
mistake "a lock of wdm/ that is held and not asserted" wdm/timer.c \
	'/^static void __wdm_clock_set\(/,/^}/{/lockdep_assert_held/d}' \
	'^ *@:[0-9]+: __wdm_clock_set: its first statement'
mistake "a lock of wdm/ that is held and not said in the header" wdm/wait.h \
	'/^void __wdm_header_wake\(/{N;s/\)\n.*/);/}' \
	'^ *@:[0-9]+: __wdm_header_wake: does not tell sparse'
mistake "a lock of sim/ that is held and not asserted" sim/chip.c \
	'/^	lockdep_assert_held\(/d' \
	'^ *@:[0-9]+: __sim_[a-z_]+: its first statement'
mistake "clang" '/^		count\+\+;' 's/^\t\tcount\+\+;/&\n\tcount = count;/' \
	'^ *@:.*\[-Wself-assign\]'
planted "a source that is not built" winpar_planted.c '^ *winpar_planted\.c$' <<<'/* nothing */'
mistake "an address of memory in the log" api/debugfs.c \
	'$ a\static void selftest_print(void *p) { pr_info("%px", p); }' \
	'^ *@:[0-9]+:.*%px'
mistake "an exchange of a bool" api/watch.c \
	'$ a\static bool selftest_take(bool *taken) { return xchg(taken, true); }' \
	'^ *@:[0-9]+:.*xchg'
mistake "a wait without a bound" api/debugfs.c \
	'$ a\static void selftest(struct completion *c) { wait_for_completion(c); }' \
	'^ *@ \| .*wait_for_completion\(c\).*tests/lint/waits does not have'
mistake "cppcheck" port/drain.c \
	'$ a\static int selftest(int a) { if (!a) { return 1; } return 10 / (a == 0 ? 0 : 1) + 1 / 0; }' \
	'^ *@:[0-9]+: error: .*\[zerodiv\]'
mistake "clang's analyzer" wdm/plug.c \
	'$ a\static int selftest_null(int *a) { return a ? 0 : *a; }' \
	'^ *@:[0-9]+: Dereference of null pointer.*\[core\.NullDereference\], by @:'
mistake "clang's analyzer, in a header" wdm/plug.c \
	'$ a\static void selftest_list(void) { __list_del(NULL, NULL); }' \
	'^ *@:[0-9]+: .*\[core\.NullDereference\] in .*/linux/list\.h:[0-9]+, by @:'
mistake "an exception of the analyzer's that is not needed" tests/lint/analyzer \
	'$ a\wdm/plug.c | nothing | unix.Malloc | planted' \
	'^ *wdm/plug\.c \| nothing \| unix\.Malloc: in tests/lint/analyzer, and not needed$'
mistake "coccinelle" port/drain.c \
	'$ a\static void selftest_free(void *p) { if (p) kfree(p); }' \
	'^ *@:[0-9]+:.*NULL check before some freeing functions is not needed'
mistake "kernel-doc" '/^ \* @gfp: how' 's/^ \* @gfp: how/ * @how: how/' \
	"^ *@:.*Function parameter or member 'gfp' not described"
mistake "kernel-doc in a public header" include/winpar/irp.h \
	's/^ \* @StackSize: number/ * @StackDepth: number/' \
	"^ *@:.*'StackSize' not described"
mistake "no Context" '/^ \* winpar_irp_cancel\(\) - ' \
	'/^ \* winpar_irp_cancel\(\) - /,/^ \*\// s/^ \* Context:/ * In context:/' \
	'^ *@: winpar_irp_cancel: no Context:'
mistake "no Return" '/^ \* Return: the request, for' \
	's/^ \* Return: the request, for/ * The request, for/' \
	'^ *@: winpar_irp_alloc: no Return:'
mistake "an export without a comment" '/^ \* winpar_device_object\(\)' \
	'/^ \* winpar_device_object\(\)/d' \
	'^ *@: winpar_device_object has no kernel-doc'
seen "an export that the reference does not have" \
	'^ *winpar_device_object: exported, and not in the reference$'
mistake "a handler without a comment" \
	'/^ \* winpar_ioctl_get_more_parallel_port_info\(\)' \
	'/^ \* winpar_ioctl_get_more_parallel_port_info\(\)/d' \
	'winpar_ioctl_get_more_parallel_port_info has no kernel-doc'
mistake "no Context in wdm/" wdm/irpmake.c \
	'/^ \* IoFreeIrp\(\) - /,/^ \*\// s/^ \* Context:/ * In context:/' \
	'^ *@: IoFreeIrp: no Context:'
mistake "the parport core above the host room" '/^#include <linux\/debugfs\.h>' \
	's/^#include <linux\/debugfs\.h>/&\n#include <linux\/parport.h>/' \
	'^ *@:[0-9]+:#include <linux/parport\.h>'
mistake "a register above the host room" '/^	return winpar_port_free\(file\);' \
	's/^\treturn winpar_port_free\(file\);/\toutb(0, 0);\n&/' \
	'^ *@:[0-9]+:.outb\(0, 0\);'
mistake "a register in wdm/" wdm/build.c \
	's/^	return irp;/\toutb(0, 0);\n&/' '^ *@:[0-9]+:.outb\(0, 0\);'
mistake "winpar's own interface in a room of wdm/" wdm/pool.c \
	's/^#include <winpar\/compat\.h>/&\n#include <winpar\/winpar.h>/' \
	'^ *@:[0-9]+:#include <winpar/winpar\.h>'
mistake "a room of winpar's in sim/" sim/log.c \
	'0,/^#include .*/s//&\n#include "port\/port.h"/' '^ *@:[0-9]+:#include "port/port\.h"'
mistake "Windows in the host room" host/regs.c \
	'0,/^#include <winpar\/softport\.h>/s//&\n#include <winpar\/nt.h>/' \
	'^ *@:[0-9]+:#include <winpar/nt\.h>'
mistake "an export outside api/" '/^int winpar_table_add\(' \
	'$aWINPAR_EXPORT(winpar_table_add);' \
	'^ *@:[0-9]+:WINPAR_EXPORT\(winpar_table_add\)'
mistake "a parameter that other files may read" '/^static bool enable_connect_int' \
	's/^static (bool enable_connect_interrupt;)/\1/' \
	'^ *@: the parameter enable_connect_interrupt is not static'
mistake "a parameter of sim/ that other files may read" sim/main.c \
	's/^static (char \*kind\[)/\1/' '^ *@: the parameter kind is not static'
mistake "a parameter that may change while it is read" '/READ_ONCE\(owner_report' \
	's/READ_ONCE\((owner_report_time)\)/\1/' \
	'^ *@:[0-9]+: owner_report_time is read without READ_ONCE'
# The file on the lowest row refers to a function of a row above.
lowest=$(sed 's/#.*//' "$TOP/tests/lint/order" | tr -s '[:blank:]' '\n' | grep '\.c$' |
	head -n 1)
mistake "a symbol from a file above" "$lowest" \
	'$a\\nasm(".pushsection .data; .quad winpar_irp_alloc; .popsection");' \
	'^ *@: takes winpar_irp_alloc from '
mistake "a symbol of wdm/ from a file above" wdm/irql.c \
	'$a\\nasm(".pushsection .data; .quad wdm_irp_make; .popsection");' \
	'^ *@: takes wdm_irp_make from wdm/irpmake\.c$'
mistake "a file of wdm/ on no row" tests/lint/order-wdm '/^wdm\/main\.c$/d' \
	'^ *wdm/main\.c: on no row$'
mistake "a file on no row" tests/lint/order '/^winpar\.c$/d' \
	'^ *winpar\.c: on no row$'
mistake "a row without a file" tests/lint/order '$a winpar_nowhere.c' \
	'^ *winpar_nowhere\.c: on a row, but no file'
mistake "an exception that is not needed" tests/lint/order-exceptions \
	'$a winpar_nowhere.c winpar_nothing' \
	'^ *winpar_nowhere\.c winpar_nothing: an exception that is not needed'
mistake "a room that is not drawn" docs/rooms.dot 's/(rank=same.*) "port\/irp\.c"/\1/' \
	'^ *docs/rooms\.dot: port/irp\.c is not shown$'
mistake "a room that the design does not have" docs/design.md \
	'/^\| `port\/table\.c` \|/d' '^ *docs/design\.md: port/table\.c is not shown$'
mistake "a room of wdm/ that its page does not have" docs/wdm.md \
	'/^\| `wdm\/mutex\.c` \|/d' '^ *docs/wdm\.md: wdm/mutex\.c is not shown$'
mistake "a tracepoint's field that is not in the document" winpar_trace.h \
	's/waited_us=%lu/waits_us=%lu/' \
	'^ *docs/tracing\.md: winpar_grant prints client request waits_us,'
mistake "a journey through what is not there" docs/removal.dot \
	's/winpar_removed\(\)/winpar_elsewhere()/' \
	'^ *docs/removal\.dot: winpar\.c has no winpar_elsewhere\(\)$'
mistake "an arrow of a journey that is no call" docs/write.dot \
	's/^	*job -> transfer$/job -> reserve/' \
	'^ *docs/write\.dot: winpar_job_write\(\) does not call winpar_port_reserve\(\)$'
mistake "a function of wdm/ without a row" docs/wdm.md \
	'/^\| `IoGetRelatedDeviceObject` \|/d' \
	'^ *docs/wdm\.md: IoGetRelatedDeviceObject\(\) of wdm/file\.c has no row$'
mistake "a function of wdm/ that is said to be absent" docs/wdm.md \
	's/^(\| `IoBuildSynchronousFsdRequest`, .* \|) same/\1 absent/' \
	'^ *docs/wdm\.md:[0-9]+: IoBuildSynchronousFsdRequest is absent here, and a header has it$'
mistake "a function of wdm/ without its page" wdm/irpmake.c \
	's/DDI page: wdm, IoFreeIrp\./Page: IoFreeIrp./' \
	'^ *@: IoFreeIrp\(\) does not name its DDI page$'
mistake "a request without a row" docs/contract.md \
	'/^\| `IOCTL_INTERNAL_LOCK_PORT` /d' \
	'^ *docs/contract\.md: IOCTL_INTERNAL_LOCK_PORT has no row$'
mistake "a routine without a row" docs/contract.md '/^\| `FreePort` /d' \
	'^ *docs/contract\.md: FreePort has no row$'
mistake "a row of what is not there" docs/contract.md \
	's/^\| `IRP_MJ_PNP` /| `IRP_MJ_PLANTED` /' \
	'^ *docs/contract\.md:[0-9]+: no header has IRP_MJ_PLANTED$'
mistake "a test that is not there" docs/contract.md \
	's/`ioctl\.ioctl_more_info`/`ioctl.ioctl_planted`/' \
	'^ *docs/contract\.md:[0-9]+: there is no test ioctl\.ioctl_planted$'
mistake "a part of the tests that is not there" docs/contract.md \
	's/`simtest status`/`simtest planted`/' \
	'^ *docs/contract\.md:[0-9]+: there is no test simtest planted$'
mistake "a status that the row does not have" '/^ \* winpar_info_set_mode\(\)' \
	's/STATUS_NO_SUCH_DEVICE not a mode of this port;/not a mode of this port;/' \
	'^ *docs/contract\.md:[0-9]+: winpar_info_set_mode\(\) returns DELETE_PENDING INVALID_DEVICE_STATE SUCCESS; the row'
mistake "a manual page that is not well formed" docs/winpar.4 's/^\.El$//' \
	'^ *mandoc: docs/winpar\.4:[0-9:]+ (WARNING|ERROR): '
mistake "a parameter that no manual page has" docs/winpar_sim.4 \
	's/^\.It Va shared$/.It Va planted/' \
	'^ *docs/winpar_sim\.4: does not have the parameter shared$'
seen "a manual page with a parameter that is not there" \
	'^ *docs/winpar_sim\.4: planted is no parameter of winpar_sim$'
mistake "a parameter that its table does not have" docs/parameters.md '/^\| `linger` \|/d' \
	'^ *docs/parameters\.md: does not have the parameter linger at run time$'
mistake "a parameter that can be changed, which its page does not say" docs/winpar.4 \
	'/^Default 3000\.$/{n;d}' \
	'^ *docs/winpar\.4: linger is no parameter of winpar$'
mistake "a status without a name" port/ntstatus.c '/^	WINPAR_STATUS\(STATUS_TIMEOUT\),$/d' \
	'^ *port/ntstatus\.c: STATUS_TIMEOUT is not in the table$'
mistake "a status whose number is wrong" docs/statuses.md \
	's/^(\| `STATUS_CANCELLED` \| `0x)c0000120`/\1c0000121`/' \
	'^ *docs/statuses\.md:[0-9]+: STATUS_CANCELLED is 0xc0000120, not 0xc0000121$'
mistake "a document that is not there" README.md 's,`docs/porting\.md`,`docs/planted.md`,' \
	'^ *README\.md:[0-9]+: there is no docs/planted\.md$'
mistake "a part of a document that stands twice" README.md \
	's/^## See what happens$/&\n\n&/' \
	'^ *README\.md:[0-9]+: the heading stands twice: ## See what happens$'
mistake "a function that a model is about, which is gone" tests/model/close.pml \
	's/winpar_refuse\(\) \(/winpar_planted() (/' \
	'^ *tests/model/close\.pml: port/dispatch\.h has no winpar_planted\(\)$'
mistake "a file that does not name its model" port/trial.c 's/tries\.pml/planted.pml/' \
	'^ *port/trial\.c: its comments do not name tries\.pml$'
mistake "a state that only a model has" tests/model/rounds.pml \
	's/^#define GIVING	/#define PLANTED	/' \
	'^ *tests/model/rounds\.pml: enum winpar_port_state has no PLANTED$'
mistake "a function that is not there" docs/porting.md \
	's/`winpar_irp_cancel\(\)`/`winpar_irp_planted()`/' \
	'^ *docs/porting\.md:[0-9]+: there is no winpar_irp_planted\(\)$'
mistake "a kernel that make matrix did not pass for" tests/matrix/results.tsv \
	's/^(newest\t[^\t]+\tyes\t0\tyes\t[0-9]+\t)0\t/\11\t/' \
	'^ *README\.md: make matrix has not passed for [0-9]'
mistake "a snippet that does not compile" docs/porting.md \
	's/^\t\twinpar_close\(Scale->File\);/\t\twinpar_planted_shut(Scale->File);/' \
	'^ .*error: implicit declaration of function .winpar_planted_shut'
mistake "a message that is quoted and not said" docs/winpar.4 \
	's/^\.It "cannot open"$/.It "cannot planted"/' \
	"^ *docs/winpar\\.4: no source says 'cannot planted'\$"
mistake "a comment that sphinx cannot read" '/^ \* Return: true when the request' \
	's/^ \* Return: true when the request/ * - One:\n *     three\n *   two\n&/' \
	'^ *functions\.rst:[0-9]+: WARNING: '
# Put together with printf, so that the lint does not find them in this file.
bad=x$(printf '/%s/%s' home planted)
word=$(printf '%s%s' who ever)
planted "shellcheck" tests/planted.sh '^ *tests/planted\.sh:.*\[SC2086\]' <<END
#!/bin/sh
cd ${bad#x} && echo \$1
END
seen "no SPDX line" '^ *tests/planted\.sh$'
seen "a path of one machine" '^ *tests/planted\.sh:2:cd /'
planted "a Python name that is not there" tests/planted.py \
	"^ *tests/planted\.py:1:1:? undefined name 'planted'" <<<'planted()  '
seen "the style of Python" '^ *tests/planted\.py:1:10: W291'
planted "not ASCII" tests/planted.txt '^ *tests/planted\.txt:1:a' \
	< <(printf 'a\302\240b \nlast')
seen "blanks at the end of a line" '^ *tests/planted\.txt:1:a.*b $'
seen "no newline at the end" '^ *tests/planted\.txt: no newline'
planted "too many lines" long.txt '^ *long\.txt: 801 lines' < <(seq 801)
planted "too many lines of a test" tests/long.txt '^ *tests/long\.txt: 501 lines' < <(seq 501)
planted "a word that names no one" docs/words.md '^ *docs/words\.md:2:.*reads this' <<END
A page that is read:
$word reads this.
END
mistake "another version" dkms.conf 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="0.0.1"/' \
	'^ *dkms\.conf 0\.0\.1, and include/winpar/version\.h has'
mistake "a release without its date" CHANGELOG.md 's/^## 0\.1\.0 .*/## 0.1.0 (lately)/' \
	'^ *CHANGELOG\.md: no date: ## 0\.1\.0'
planted "something built" winpar_planted.o '^ *winpar_planted\.o$' </dev/null
git -C "$tmp/bad" add -f winpar_planted.o

# lint TREE CHECK...: run these checks in that copy, with their output in TREE.log.
lint()
{
	local tree=$1
	shift
	"$tmp/$tree/tests/lint/run.sh" "$@" >"$tmp/$tree.log" 2>&1 || :
	grep -q '^lint: ' "$tmp/$tree.log" ||
		{ tail -n 5 "$tmp/$tree.log" >&2; die "the lint did not run to its end"; }
}

# A copy whose source, which a Kbuild lists, is in another folder: a change of the folders
# that the lint's patterns (tests/rooms.sh) do not know looks like this.
for file in winpar.c wdm/open.c; do
	name="a source in a folder in which the lint does not look, $file"
	rm -rf "$tmp/lost"
	cp -a "$tmp/good" "$tmp/lost"
	mv "$tmp/lost/$file" "$tmp/lost/tests/"
	if "$tmp/lost/tests/lint/run.sh" rules >"$tmp/lost.log" 2>&1 ||
	   ! grep -q "not found: $file" "$tmp/lost.log"; then
		fail "$name: not noticed"
	else
		pass "$name: noticed"
	fi
done

lint bad "${checks[@]}"
if [[ -n ${1:-} ]]; then
	until [[ -e $1.done ]]; do sleep 0.5; done
	cp "$1" "$tmp/good.log"
else
	lint good "${checks[@]}"
fi
for i in "${!names[@]}"; do
	if grep -qaE "${patterns[i]}" "$tmp/good.log"; then
		fail "${names[i]}: reported for the tree without the mistake"
	elif grep -qaE "${patterns[i]}" "$tmp/bad.log"; then
		pass "${names[i]}: noticed"
	else
		fail "${names[i]}: not noticed"
	fi
done
tally lint-selftest
