/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns: do a request, a rival and a round that wait get their turn beside a client that
 * submits requests without end?
 *
 * The code: winpar_queue_loop(), __winpar_queue_tell(), __winpar_queue_serve(),
 * __winpar_queue_may_grant(), __winpar_queue_rival_is_next(),
 * __winpar_queue_round_is_due(), winpar_queue_defer() (port/queue.c).
 *
 * The completion routine of client 1 submits its request again each time, a request that
 * completes at once and whose routine the loop calls. Client 1 also has an ALLOCATE whose
 * routine frees the port and allocates again, each time. Client 2 waits for the port,
 * frees it, and waits again, without end. A Linux driver claims the port again and again,
 * and has it until winpar asks for it. A round of deferred checks is due at first, and
 * after each free.
 *
 * A rival or a round that waits has, some time, waited for 200 ms. The search is for
 * cycles in which one of the three waits for ever, while each task that can do a step does
 * one some time.
 *
 * The variants, each with one fault. BROKEN_BATCH: the loop completes all requests that are
 * done before it does anything else (the first edition's fault "starve").
 * BROKEN_PATIENCE: a round never goes before a request that waits. BROKEN_AHEAD: a request
 * always goes before the rival.
 */
#include "common.pml"

/* enum winpar_port_state */
#define HELD	1
#define OWNED	2
#define AWAY	3

/* How many requests a pass of the loop completes: for WINPAR_QUEUE_BATCH, which is 8. */
#define BATCH	2

/* Has a round that requests hold up waited so long that it goes before them? */
#ifdef BROKEN_PATIENCE
#define LATE	false
#else
#define LATE	late
#endif

byte state = HELD, owner;
byte fifo[2], waiting;
/* How many requests of client 1 are on the done list. */
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
		/* The driver has the port until winpar asks for it, since a request waits. */
		atomic { state == AWAY && waiting -> state = HELD }
	od
}

/*
 * The rival, or the round, has waited for 200 ms. Not before the port was allocated since (for
 * a round twice): the loop serves a port that is free sooner than that.
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
