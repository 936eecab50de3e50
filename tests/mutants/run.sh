#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# make mutants: would the tests notice it? Each of *.mutants is a small wrong change of
# the modules. It is made alone in a copy of the tree, and the KUnit suites that it names
# are run: one of them has to fail, or the kernel has to complain, die or hang. With
# arguments: only these mutants; a word that ends in "-" means all that begin so. --check
# only says whether each can be made, and whether its suites are there.
#
# Several mutants are tried in one guest, one after the other, until one makes the kernel
# complain; those after it are tried in the next guest. A result is kept for each tree
# and mutant, so that a run that was broken off goes on. First the suites have to pass
# without a mutant.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/kunit/suites.sh
. "$TOP/tests/kunit/suites.sh"

HERE=$TOP/tests/mutants
# How many mutants are tried in one guest at most.
BATCH=6
# How long a guest may take to boot, in s, each mutant, and each case of its suites: several
# times what they take.
BOOT=150
EACH=100
CASE=5
# The longest list of suites that winpar_choose takes.
NAMES=1000

need git rsync python3
"$HERE/mutants.py" list >"$SCRATCH/list" || die "the mutants do not fit the tree (above)"
"$HERE/mutants.py" why >"$SCRATCH/why"
# Read the sources once, not for each mutant.
SUITES=$(suites_list)
suites_list() { say "$SUITES"; }
declare -A only file source
all=()
while read -r name digest path words; do
	# It ends the script if a suite is not there.
	suites_choose "$words" ''
	all+=("$name")
	only[$name]=${ONLY} source[$name]=$path file[$name]=$digest
done <"$SCRATCH/list"
if [[ ${1:-} == --check ]]; then
	say "${#all[@]} mutants can be made, and their suites are there"
	exit 0
fi

chosen=()
for word in "$@"; do
	if [[ $word == *- ]]; then
		mapfile -t -O "${#chosen[@]}" chosen < <(
			printf '%s\n' "${all[@]}" | grep "^$word" || :)
	else
		known mutant "${all[*]}" "$word"
		chosen+=("$word")
	fi
done
(($#)) || chosen=("${all[@]}")
((${#chosen[@]})) || die "there is no such mutant. These there are: ${all[*]}"

# What a result depends on, and where results are kept: of this tree, and of the last few.
state=$(cd "$TOP" && git ls-files -co --exclude-standard |
	grep -E '\.[ch]$|Kbuild$|^tests/(kunit|kernel)/|^tests/mutants/guest$' |
	grep -vE '^examples/' | LC_ALL=C sort -u | xargs sha256sum | sha256sum | cut -c1-16)
results=$WINPAR_CACHE/mutants/$state
mkdir -p "$results"
touch "$results"
find "$WINPAR_CACHE/mutants" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -rn |
	tail -n +6 | cut -d' ' -f2- | xargs -r rm -rf
for name in "${all[@]}"; do
	file[$name]=$results/$name-${file[$name]}
done

# ------------------------------------------------------------- building ---

MODULES=(winpar.ko sim/winpar_sim.ko wdm/winpar_wdm.ko)
FLAGS=(WINPAR_KUNIT=m WINPAR_SIM=m WINPAR_WDM=m)

# mutant_build NAME: put the module that the mutant changes into the guest's folder.
# Status 1 if it does not build, or is the module as it was.
mutant_build()
{
	local to=$SCRATCH/overlay/mutants/$1 status=0 ko=winpar.ko
	case ${source[$1]} in
	wdm/*) ko=wdm/winpar_wdm.ko ;;
	sim/*) ko=sim/winpar_sim.ko ;;
	esac
	"$HERE/mutants.py" apply "$1" "$BUILT"
	# This module only; those whose symbols it takes are not looked at.
	make -C "$TEST_KDIR" M="$BUILT" -j"$JOBS" "${FLAGS[@]}" KBUILD_MODPOST_WARN=1 \
		"$ko" >"$SCRATCH/make" 2>&1 || status=$?
	if ((status)); then
		grep -E 'error|ERROR|\*\*\*' "$SCRATCH/make" >&2 || :
	elif cmp -s "$BUILT/$ko" "$SCRATCH/modules/${ko##*/}"; then
		status=1
	else
		mkdir -p "$to"
		cp "$BUILT/$ko" "$to/"
	fi
	cp "$TOP/${source[$1]}" "$BUILT/${source[$1]}"
	return "$status"
}

# -------------------------------------------------------------- running ---

# each_of NAME: print how many s it may take.
each_of()
{
	suites_counts "${only[$1]}" | awk -v each="$EACH" -v one="$CASE" '
		{ each += $1 * one } END { print each }'
}

# guest_of NAME...: try these in a guest, each with the suites of only. What is said of
# each is in $SCRATCH/part.NAME.
guest_of()
{
	local name each limit=$BOOT
	rm -f "$SCRATCH"/part.*
	: >"$SCRATCH/overlay/mutants/list"
	for name in "$@"; do
		each=$(each_of "$name")
		limit=$((limit + each))
		say "$name $each ${only[$name]}" >>"$SCRATCH/overlay/mutants/list"
	done
	initramfs "$SCRATCH/mutants.img" "$SCRATCH/overlay" "${kos[@]}"
	guest mutants --kernel "$TEST_BZIMAGE" --initrd "$SCRATCH/mutants.img" \
		--timeout $limit --mem 512 --append printk.time=1 \
		--append "winpar.lpt=0x378 winpar.ecr=0x77a" \
		--lpt "0x378,7,$SCRATCH/lpt" --ecr "0x77a,$SCRATCH/ecr" \
		>"$SCRATCH/guest" 2>&1 || :
	((GUEST_STATUS != GUEST_NOT_RUN)) || { cat "$SCRATCH/guest" >&2; die "no guest"; }
	awk -v out="$SCRATCH/part." '
	/winpar-mutant: begin / { name = $NF }
	name != "" { print >(out name) }
	/winpar-mutant: end / { name = "" }' "$GUEST_CONSOLE"
	GUEST_CONSOLE=
}

# verdict NAME: print how the suites of NAME have ended, by $SCRATCH/part.NAME:
# "passed", "failed ..."; "dirty ..." if no result of this guest after it counts.
verdict()
{
	local part=$SCRATCH/part.$1 first suite count planned run
	LC_ALL=C awk -v built="$BUILT" -v blocks=/dev/null \
		-f "$TOP/tests/kunit/ktap.awk" "$part" >"$SCRATCH/ktap"
	first=$(grep -m 1 '^FAIL' "$SCRATCH/ktap" | sed 's/^FAIL winpar_//; s/winpar_test_//' || :)
	if ! splats "$part" >"$SCRATCH/splat"; then
		say "dirty ${first:+$first, }$(grep -aE "$SPLATS" "$SCRATCH/splat" |
			grep -avE -m 1 'cut here|Call Trace' | sed "s,$BUILT/,,g" | sed -E 's/^\[[ 0-9.]+\] ?//' | cut -c1-90)"
	elif grep -q 'winpar-mutant: stuck' "$part"; then
		say "dirty ${first:+$first, }winpar cannot be unloaded"
	elif ! grep -q 'winpar-mutant: end' "$part"; then
		say "dirty ${first:+$first, }it hangs"
	elif [[ -n $first ]]; then
		say "failed $first"
	elif grep -q 'winpar-mutant: unloaded' "$part"; then
		say "failed the suites' module is not loaded"
	else
		while read -r count suite; do
			planned='' run=''
			read -r _ _ planned run < <(grep "^PLAN $suite " "$SCRATCH/ktap") || :
			[[ $planned == "$count" && $run == "$count" ]] ||
				{ say "failed $suite has not ended"; return; }
		done < <(suites_counts "${only[$1]}")
		say passed
	fi
}

# tried FUNCTION NAME...: try these in as many guests as it takes; FUNCTION is called
# with NAME and its verdict.
tried()
{
	local call=$1 name answer
	shift
	while (($#)); do
		guest_of "${@:1:BATCH}"
		[[ -e $SCRATCH/part.$1 ]] || { tail -n 30 "$SCRATCH/guest" >&2; die "the guest tried nothing"; }
		for name in "${@:1:BATCH}"; do
			[[ -e $SCRATCH/part.$name ]] || break
			answer=$(verdict "$name")
			"$call" "$name" "$answer"
			shift
			[[ $answer != dirty* ]] || break
		done
	done
}

# ------------------------------------------- the suites without a mutant ---

# shellcheck disable=SC2317
sound_is()
{
	[[ $2 == passed ]] ||
		die "without a mutant: ${2#* }: no mutant says anything"
	: >"${file[$1]}"
}

# sound NAME...: do the suites of these mutants pass without them?
sound()
{
	local names='' part lists=() todo=()
	while read -r part; do
		if ((${#names} + ${#part} >= NAMES)); then
			lists+=("$names")
			names=
		fi
		names+=${names:+,}$part
	done < <(for part in "$@"; do say "${only[$part]}"; done | tr , '\n' | LC_ALL=C sort -u)
	lists+=("$names")
	for names in "${lists[@]}"; do
		part=sound-$(sha256sum <<<"$names" | cut -c1-16)
		only[$part]=$names
		file[$part]=$results/$part
		[[ -e ${file[$part]} ]] || todo+=("$part")
	done
	((!${#todo[@]})) || progress "the suites of ${#} mutants, without them ..."
	tried sound_is "${todo[@]}"
}

# ------------------------------------------------------------------ all ---

todo=()
for name in "${chosen[@]}"; do
	[[ -e ${file[$name]} ]] || todo+=("$name")
done
tried_so_far=0
# shellcheck disable=SC2317
mutant_is()
{
	local answer=survived
	[[ $2 == passed ]] || answer="caught: ${2#* }"
	say "$answer" >"${file[$1]}"
	tried_so_far=$((tried_so_far + 1))
	progress "$tried_so_far of ${#todo[@]}: $1 $answer"
}

if ((${#todo[@]})); then
	test_kernel
	accel_probe "$TEST_BZIMAGE"
	build_tree "$TEST_KDIR" mutants "${FLAGS[@]}"
	mkdir -p "$SCRATCH/overlay/tests" "$SCRATCH/overlay/mutants" "$SCRATCH/modules"
	cp "$HERE/guest" "$SCRATCH/overlay/tests/mutants"
	mapfile -t kos < <(test_modules parport)
	# A copy: what is built in BUILT changes.
	cp "${MODULES[@]/#/$BUILT/}" "$BUILT"/tests/kunit/winpar_{choose,kunit}.ko \
		"$SCRATCH/modules/"
	kos+=("$SCRATCH"/modules/*.ko)
	sound "${todo[@]}"
fi
for ((i = 0; i < ${#todo[@]}; i += BATCH)); do
	some=()
	rm -rf "$SCRATCH"/overlay/mutants/*
	for name in "${todo[@]:i:BATCH}"; do
		if mutant_build "$name"; then
			some+=("$name")
		else
			fail "$name does not build, or changes no module"
		fi
	done
	tried mutant_is "${some[@]}"
done

caught=0 survived=0
for name in "${chosen[@]}"; do
	[[ -e ${file[$name]} ]] || continue
	answer=$(<"${file[$name]}")
	if [[ $answer == survived ]]; then
		survived=$((survived + 1))
		fail "$name survived: $(sed -n "s/^$name //p" "$SCRATCH/why")"
	else
		caught=$((caught + 1))
		pass "$name ${answer}"
	fi
done
failures_again
say "mutants: $caught caught, $survived survived"
((FAILED == 0 && caught > 0))
