/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tries: does each client that only tries, in its deferred routine, get the port beside
 * Linux drivers that claim it without end? And do the drivers get it beside such clients?
 *
 * The code: winpar_port_try_locked(), __winpar_port_take() (port/allocate.c),
 * __winpar_queue_refused(), __winpar_queue_freed(), __winpar_queue_returned(),
 * __winpar_queue_left(), __winpar_queue_rival_is_next(), __winpar_queue_round(),
 * __winpar_queue_check() (port/queue.c), __winpar_trial_want(), __winpar_trial_is_kept(),
 * __winpar_trial_begin(), __winpar_trial_is_wanted(), __winpar_trial_took() (port/trial.c),
 * __winpar_interrupt_ask_round(), __winpar_interrupt_next_check() (port/interrupt.c),
 * winpar_port_held(), winpar_port_away() (port/life.c).
 *
 * Two clients try while a driver has the port, and are refused; then the deferred routine of
 * each tries, each time that it is called. A routine that has got the port frees it, and its
 * client begins anew. Of two drivers one has the port until winpar asks for it, which it does
 * at once, since routines are connected. The other one waits when winpar gets the port, or
 * claims it later. With LAZY a client and its routine may also leave it at one Try call.
 *
 * The 20 ms for which a port is kept do not pass while a round is due: the loop calls the
 * routines sooner than that. Left out is a task that tries while winpar has the port: it may
 * be the one that has it, by chance, each time that a routine tries.
 *
 * The variants, each with one fault. BROKEN_CHECK: a Try call by the routine that runs gets a
 * port that a driver waits for only if the port is kept for a Try call, and the routine that
 * is called first takes it each time. BROKEN_ROUND: the rival gets the port before the round
 * has ended that came before it. BROKEN_OVER: the 20 ms have no end.
 */
#include "common.pml"

/* enum winpar_port_state */
#define HELD	1
#define OWNED	2
#define AWAY	4

byte state = HELD;
bool rival;
/* A Try call is to get the port: port->trial.wanted; it came before the rival; 20 ms over. */
bool trial, trial_first, trial_over;
/* A round is due; it came before the rival; it has begun; who was called in it. */
bool due, round_first, open, called_in[2];
/* The routine that runs, of client 0 or 1. */
#define NONE	2
byte checking = NONE;
/* The client was refused, and has not had the port since. */
bool wants[2];

#ifdef BROKEN_OVER
#define KEPT	(trial && trial_first)
#else
#define KEPT	(trial && trial_first && !trial_over)
#endif
#ifdef BROKEN_ROUND
#define ROUND_FIRST	false
#else
#define ROUND_FIRST	(open || (due && round_first))
#endif
#ifdef BROKEN_CHECK
#define MAY_TAKE	(!rival || KEPT)
#else
#define MAY_TAKE	true
#endif

/* __winpar_queue_give(), the release, and __winpar_queue_left() */
inline serve_rival()
{
	if
	:: state == HELD && rival && checking == NONE && !ROUND_FIRST && !KEPT ->
		state = AWAY;
		if :: trial_first && trial_over -> trial = false :: else fi;
		rival = false;
		trial_first = false;
		round_first = false
	:: else
	fi
}

inline add_rival()
{
	if
	:: !rival -> rival = true; trial_first = trial; round_first = due
	:: else
	fi
}

inline ask_round()
{
	if
	:: !due -> due = true; round_first = !rival
	:: else
	fi
}

/* __winpar_trial_want() */
inline want()
{
	if
	:: !trial -> trial = true; trial_first = !rival
	:: else
	fi
}

/* __winpar_queue_refused() */
inline refused(client)
{
	wants[client] = true;
	ask_round();
	if
	:: state == AWAY -> want()
	:: state != AWAY && rival -> want()
	:: else
	fi
}

/* A Try call of the routine that runs. */
inline try(client)
{
	if
	:: state == HELD && MAY_TAKE ->
		trial = false;
		trial_first = false;
		state = OWNED;
		wants[client] = false
	:: else -> refused(client)
	fi
}

proctype client(byte c)
{
	do
	:: atomic { !wants[c] && state == AWAY -> refused(c) }
#ifdef LAZY
	/* It does not try any more. */
	:: break
#endif
	od
}

proctype loop()
{
	byte c;

	do
	::	atomic {
			serve_rival();
			if
			:: state == HELD && (open || due) ->
				if
				:: !open -> due = false; round_first = false; open = true
				:: else
				fi;
				if
				:: !called_in[0] -> checking = 0; called_in[0] = true
				:: called_in[0] && !called_in[1] -> checking = 1; called_in[1] = true
				:: else -> open = false; called_in[0] = false; called_in[1] = false
				fi
			:: else
			fi;
			c = checking
		}
		/* The routine. */
		if
		:: c != NONE ->
			if
#ifdef LAZY
			:: true
#endif
			:: atomic { wants[c] -> try(c) }
			:: !wants[c]
			fi;
			/* __winpar_queue_freed(): this free makes no round due. */
			if
			:: atomic { state == OWNED -> state = HELD; serve_rival() }
			:: else
			fi;
			checking = NONE
		:: else
		fi
	od
}

proctype drivers()
{
	do
	/* winpar has asked for the port, and gets it; the other driver may be waiting. */
	:: atomic { state == AWAY ->
			state = HELD;
			if :: add_rival() :: true fi;
			/* __winpar_queue_returned() */
			trial_over = false;
			serve_rival() }
	:: atomic { state != AWAY && !rival -> add_rival(); serve_rival() }
	od
}

/* The 20 ms for which the port is kept are over. */
proctype clock()
{
	do
	:: atomic { state == HELD && KEPT && rival && !due && !open && !trial_over ->
			trial_over = true;
			serve_rival() }
	od
}

init {
	atomic {
		run client(0);
		run client(1);
		run loop();
		run drivers();
		run clock()
	}
}

ltl try_is_served { [] (wants[1] -> <> !wants[1]) }
ltl rival_is_served { [] (rival -> <> !rival) }
