/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One request: submitted to a port or to a parallel device, cancelled at any time,
 * completed, and used again, maybe elsewhere.
 *
 * The code: winpar_irp_prepare(), __winpar_irp_begin(), __winpar_irp_end(),
 * __winpar_irp_take_back(), winpar_irp_tell() (port/irp.h), winpar_irp_abort()
 * (port/irp.c), __winpar_queue_wait(), winpar_queue_cancel(), winpar_queue_defer()
 * (port/queue.c), winpar_worker_cancel(), winpar_worker_next(),
 * winpar_worker_pass_on() (device/worker.c).
 *
 * The locks are explicit here, since the race between a submission and a cancel is
 * between accesses of which one task holds the lock and the other does not.
 *
 * The variants, each with one fault. BROKEN_QUEUE: a cancel takes the request off a queue
 * without a look whether it is there (the first edition's fault "badcancel").
 * BROKEN_ORDER: a submission reads @cancel before it sets @queue. BROKEN_TWICE: the loop
 * grants the port and leaves @queue as it is, so that a cancel decides the request again.
 * BROKEN_TELL: a request is still pending when its completion routine is called.
 * BROKEN_RESULT: the worker puts a request on the done list before it sets the result.
 * BROKEN_LISTED: a cancel leaves the request in the FIFO.
 */
#include "common.pml"

#define PORT	0
#define DEVICE	1
#define NONE	2

#define SUBMISSIONS	2

hidden byte completed_twice, list_corrupted, result_without_request, pending_when_submitted;

/* The request: struct winpar_irp_private, and the lists that its entry is on. */
byte queue = NONE;
bool pending, cancel;
bool on_fifo[2], on_done;
bool has_routine;
/* The device's worker does the request; it has been told to stop. */
bool running, stop;
/* The port lock and the device lock. */
bool lock[2];

/* The port, or the peripheral, stays busy for ever: only a cancel ends the request. */
bool busy;
/* How often this submission was decided, and how often the client was told of its end. */
byte decided, told;
/* A cancel began after winpar_irp_prepare(). */
bool asked;
/* The client has ended. */
bool finished;

#define LOCK(q)		atomic { !lock[q] -> lock[q] = true }
#define UNLOCK(q)	lock[q] = false

/* __winpar_irp_end() returned true: the caller decides how the request ends. */
inline decide()
{
	queue = NONE;
	decided++;
	MUST(decided == 1, completed_twice)
}

inline put_on_done()
{
	MUST(!on_done && !on_fifo[PORT] && !on_fifo[DEVICE], list_corrupted);
	on_done = true
}

inline take_off(q)
{
	MUST(on_fifo[q], list_corrupted);
	on_fifo[q] = false
}

/* winpar_irp_tell(): the request is the client's again. */
inline tell()
{
	if
#ifdef BROKEN_TELL
	:: has_routine ->
		d_step { told++; MUST(told == 1, completed_twice) }
		pending = false
#else
	:: has_routine ->
		pending = false;
		d_step { told++; MUST(told == 1, completed_twice) }
#endif
	:: else ->
		d_step { pending = false; told++; MUST(told == 1, completed_twice) }
	fi
}

active proctype client()
{
	byte left = SUBMISSIONS, to;
	bool seen;

	do
	:: left == 0 -> break
	:: else ->
		left--;
		atomic {
			if :: to = PORT :: to = DEVICE fi;
			if :: busy = true :: busy = false fi;
			if :: has_routine = true :: has_routine = false fi;
			decided = 0;
			told = 0;
			MUST(!pending, pending_when_submitted);
			/* winpar_irp_prepare() */
			cancel = false;
			asked = false
		}
		LOCK(to);
		if
		:: to == PORT ->
			d_step { MUST(!on_done && !on_fifo[DEVICE], list_corrupted); on_fifo[PORT] = true }
		:: else
		fi;
		/* __winpar_irp_begin() */
		pending = true;
#ifdef BROKEN_ORDER
		seen = cancel;
		queue = to;
#else
		queue = to;
		seen = cancel;
#endif
		if
		:: seen && to == PORT ->
			d_step { decide(); take_off(PORT); put_on_done() }
		:: seen && to == DEVICE ->
			/* __winpar_irp_take_back(): it completes at once. */
			d_step { queue = NONE; pending = false; decided++; told++ }
		:: !seen && to == DEVICE ->
			on_fifo[DEVICE] = true
		:: else
		fi;
		UNLOCK(to);
		/* The client waits for the request: "forgotten" if nothing ends it. */
		told > 0;
		d_step { MUST(told == 1 && decided == 1 && queue == NONE && !on_done &&
			 !on_fifo[PORT] && !on_fifo[DEVICE], result_without_request) }
	od;
	finished = true
}

/* winpar_irp_abort(), by two tasks: at any time, and once after each submission began. */
active [2] proctype canceller()
{
	byte q, left = 1;

end:	do
	:: finished -> break
	:: atomic { !finished && (left > 0 || (pending && !asked)) ->
		if :: left > 0 -> left-- :: else fi;
		asked = true }
		cancel = true;
		q = queue;
		if
		:: q == NONE
		:: q == PORT ->
			LOCK(PORT);
			d_step {
				/* winpar_queue_cancel() */
				if
#ifdef BROKEN_QUEUE
				:: true ->
#else
				:: queue == PORT ->
#endif
					decide();
#ifndef BROKEN_LISTED
					take_off(PORT);
#endif
					put_on_done()
				:: else
				fi
			}
			UNLOCK(PORT)
		:: q == DEVICE ->
			LOCK(DEVICE);
			if
			:: running -> stop = true
#ifdef BROKEN_QUEUE
			:: !running ->
#else
			:: !running && queue == DEVICE ->
#endif
				d_step { decide(); take_off(DEVICE) }
				LOCK(PORT);
				d_step { put_on_done() }
				UNLOCK(PORT)
			:: else
			fi;
			UNLOCK(DEVICE)
		fi;
		q = 0
	od
}

/* The port's loop: it grants the port, and completes requests that are on its done list. */
active proctype loop()
{
	bool had;

end:	do
	:: finished && !on_done -> break
	:: atomic { on_done && !lock[PORT] -> on_done = false }
		tell()
	:: atomic { on_fifo[PORT] && !busy && !lock[PORT] -> lock[PORT] = true }
		d_step {
			had = on_fifo[PORT] && !on_done;
			if
			:: had ->
#ifdef BROKEN_TWICE
				decided++;
#else
				decide();
#endif
				take_off(PORT)
			:: else
			fi
		}
		UNLOCK(PORT);
		if :: had -> tell() :: else fi;
		had = false
	od
}

/* The device's worker. */
active proctype worker()
{
end:	do
	:: finished && !running -> break
	:: atomic { on_fifo[DEVICE] && !lock[DEVICE] ->
		/* winpar_worker_next() */
		take_off(DEVICE);
		running = true }
		/* The job, which ends by itself or is stopped at the next byte. */
		(!busy || stop);
		/* winpar_worker_pass_on() */
		LOCK(DEVICE);
#ifndef BROKEN_RESULT
		d_step { decide() }
#endif
		LOCK(PORT);
		d_step { put_on_done() }
		UNLOCK(PORT);
#ifdef BROKEN_RESULT
		d_step { decide() }
#endif
		d_step { running = false; stop = false }
		UNLOCK(DEVICE)
	od
}
