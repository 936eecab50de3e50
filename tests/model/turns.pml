/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns: does each who waits get its turn beside a client that never stops?
 *
 * The code: winpar_queue_loop(), __winpar_queue_tell(), __winpar_queue_serve(),
 * __winpar_queue_may_grant(), __winpar_queue_rival_is_next(),
 * __winpar_queue_round_is_due() (port/queue.c), winpar_queue_defer().
 *
 * The routine of client 1 submits a request that completes at once, again and again, and
 * that the loop has to tell of; and it allocates, frees and allocates again, from its
 * routine. Client 2 waits for the port, frees it, and asks again, without end. So does
 * a Linux driver, which has the port until winpar asks for it. A round of deferred checks
 * is due at first, and after each free.
 *
 * Time passes at last: what waits has waited for 200 ms some time. The search is for
 * cycles, with each task that can go on going on.
 *
 * Broken: BROKEN_BATCH, the loop tells of all that is done before it serves (the first
 * edition's fault "starve"); BROKEN_PATIENCE, a round waits for as long as requests do;
 * BROKEN_AHEAD, a request always goes before the rival.
 */
#include "common.pml"

#define HELD	1
#define OWNED	2
#define AWAY	3

/* How many requests a pass tells of: WINPAR_QUEUE_BATCH. */
#define BATCH	2

/* Has a round that requests hold up waited so long that it goes before them? */
#ifdef BROKEN_PATIENCE
#define LATE	false
#else
#define LATE	late
#endif

byte state = HELD, owner;
byte fifo[2], waiting;
/* At-once requests of client 1 on the done list. */
byte done = 1;
bool rival, rival_late;
byte before_rival;
bool due = true, late;
/* Whether the port was allocated since the rival asked; how often since @due, up to 2. */
bool rival_allocations;
byte allocations;
/* The round came before the rival; client 2's request waits. */
bool round_first = true, waits_2;

inline enqueue(c)
{
	fifo[waiting] = c;
	waiting++
}

inline freed()
{
	state = HELD;
	owner = 0;
	if
	:: !due -> due = true; round_first = !rival
	:: else
	fi
}

proctype loop()
{
	byte n;

	do
	::	n = 0;
		do
#ifdef BROKEN_BATCH
		:: done ->
#else
		:: done && n < BATCH ->
#endif
			/* The routine submits the request again. */
			atomic {
				done--;
				if :: n < BATCH -> n++ :: else fi;
				done++
			}
		:: else -> break
		od;
		n = 0;
		atomic {
			if
			:: state == HELD && rival && !(due && round_first && !(rival_late && waiting)) &&
#ifdef BROKEN_AHEAD
			   !waiting ->
#else
			   (!waiting || !before_rival || rival_late) ->
#endif
				state = AWAY;
				rival = false;
				rival_late = false;
				rival_allocations = false;
				before_rival = 0
			:: else ->
				if
				:: state == HELD && waiting && !(due && LATE) &&
				   !(rival && due && round_first && !before_rival) ->
					owner = fifo[0];
					fifo[0] = fifo[1];
					fifo[1] = 0;
					waiting--;
					if :: before_rival -> before_rival-- :: else fi;
					rival_allocations = rival;
					if :: due && allocations < 2 -> allocations++ :: else fi;
					state = OWNED
				:: state == HELD && due && (!waiting || LATE ||
				   (rival && round_first && !before_rival)) ->
					/* The routines of the round. */
					due = false;
					round_first = false;
					allocations = 0;
					late = false
				:: else
				fi
			fi
		}
		/* The routine of client 1 frees and allocates again, inside: it is queued. */
		if
		:: atomic { state == OWNED && owner == 1 -> enqueue(1); freed() }
		:: else
		fi
	od
}

proctype client_2()
{
	do
	:: atomic { waiting < 2 -> enqueue(2); waits_2 = true }
		atomic { state == OWNED && owner == 2 -> waits_2 = false; freed() }
	od
}

proctype driver()
{
	do
	:: atomic { rival = true; before_rival = waiting; round_first = due }
		/* It has the port until it is asked: requests wait. */
		atomic { state == AWAY && waiting -> state = HELD }
	od
}

/*
 * The 200 ms of the rival, and those of the round. They are over only when
 * the port was allocated since: the loop takes less until it serves a port that is free.
 */
proctype rival_clock()
{
	do
	:: atomic { rival && !rival_late && rival_allocations -> rival_late = true }
	od
}

proctype round_clock()
{
	do
	:: atomic { due && !late && allocations == 2 -> late = true }
	od
}

init {
	atomic {
		enqueue(1);
		run loop();
		run client_2();
		run driver();
		run rival_clock();
		run round_clock()
	}
}

ltl request_is_served { [] (waits_2 -> <> !waits_2) }
ltl rival_is_served { [] (rival -> <> !rival) }
ltl round_is_served { [] (due -> <> !due) }
