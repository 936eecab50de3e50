# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The part client: what README tells those who write a first client, by make try, with
# the examples that it names: a line is printed; a client waits for a port that a program
# has, in vain and not in vain; an answer is read. Sourced by run.sh.

# tried WHAT EXAMPLE SENTENCE WORDS...: make try of an example, with these words; one line of
# what it prints is to have the sentence.
tried()
{
	local what=$1 example=$2 sentence=$3 said=$SCRATCH/try-$2.log
	shift 3
	mkdir -p "$SCRATCH/try/$example"
	cp "$TOP/examples/winpar_$example.c" "$SCRATCH/try/$example/"
	progress "$what ..."
	make -s -C "$TOP" try CLIENT="$SCRATCH/try/$example" "$@" >"$said" 2>&1 || :
	if [[ $(grep -cF "$sentence" "$said") == 1 ]]; then
		pass "$what"
	else
		fail "$what"
		tail -n 40 "$said" | sed 's/^/     /' >&2
	fi
}

part_client()
{
	tried "a first client prints on a printer in software" hello "Hello from winpar"
	tried "and on an emulated LPT" hello "Hello from winpar" LPT=1
	tried "a client gives up waiting for a port" wait \
		"the port was not had in 2000 ms: STATUS_CANCELLED (0xc0000120)" BUSY=60000
	tried "a client has waited for a port" wait "The port was had in time." BUSY=500
	tried "a loop-back answers" read '5 bytes after' SIM="peripheral=loopback" ARGS="ask=*IDN?"
	tried "a printer in software sends what it is fed" read '+1.5 V\r\n' FEED='+1.5 V\r\n'
}
