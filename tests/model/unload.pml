/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's module is unloaded, and has closed nothing before.
 *
 * The code: winpar_file_end_client(), winpar_file_cancel_client(),
 * winpar_file_quiesce(), winpar_file_silence(), winpar_file_end_all() (api/file.c),
 * winpar_client_free() (api/client.c), winpar_may_call() (port/leaving.h),
 * winpar_interrupt_fan_out(), winpar_interrupt_close(), winpar_interrupt_end()
 * (port/interrupt.c), winpar_drain_cancel(), winpar_drain_silence(),
 * winpar_drain_wait() (port/drain.c), __winpar_queue_tell(), __winpar_queue_grant(),
 * __winpar_queue_check(), winpar_queue_is_silent() (port/queue.c).
 *
 * Client A has the files 1 and 2, and a seat. Its requests wait through its own file 1
 * and through the file 3 of client B. An interrupt routine and a deferred routine of A
 * are connected through file 1. B has the port at first, frees it, and has a request of
 * its own that waits. Interrupts come on either of two CPUs at any time. Each routine of A
 * uses both files of A while it runs.
 *
 * The variants, each with one fault. BROKEN_CALL: the loop does not ask winpar_may_call()
 * (the first edition's fault "after"). BROKEN_QUIET: A's first file is freed before the
 * second is quiet (the first edition's fault "gone"). BROKEN_CHECK: a connection is freed
 * without waiting for its deferred routine. BROKEN_TELLING: winpar does not wait for A's
 * completion routine that runs for a request through B's file. BROKEN_INTERRUPT: the
 * connections are taken off without the interrupt lock. BROKEN_SILENT: the port is granted
 * to a request whose routine is not called any more. BROKEN_KEEPS: A's memory is kept until
 * no routine of A uses it, but winpar does not wait for A's completion routine that runs for
 * a request through B's file.
 */
#include "common.pml"

/* Requests: A's through file 1, A's through file 3, B's through file 3. */
#define A_OWN	1
#define A_OTHER	2
#define B_OWN	3

/* enum winpar_port_state */
#define HELD	1
#define OWNED	2

hidden byte called_after_exit, used_after_free, two_owners, forgotten, completed_twice, code_gone;

byte state = OWNED, owner = 3;
byte fifo[3], waiting;
bool done[4], kicked;
byte finishing;		/* the file whose request the loop completes */
bool telling_a;		/* the completion routine that runs is A's */
bool checking;		/* A's deferred routine runs */
bool round;		/* a round is due or has begun */
bool connected = true;
bool interrupt_lock;
bool closed[4], leaving, busy;
bool is_freed[4], connection_freed, seat_freed;
/* winpar_file_end_client() has returned: A's code is gone. */
bool over;
/* How many routines of A run just now. */
byte in_a;
bool told_b;
byte left_running = 2;

inline take_from_fifo(i)
{
	if :: i == 0 -> fifo[0] = fifo[1] :: else fi;
	if :: i <= 1 -> fifo[1] = fifo[2] :: else fi;
	fifo[2] = 0;
	waiting--
}

/* __winpar_queue_freed() */
inline freed()
{
	state = HELD;
	owner = 0;
	if :: connected -> round = true :: else fi;
	kicked = true
}

/* __winpar_queue_end() */
inline cancel_at(i)
{
	done[fifo[i]] = true;
	take_from_fifo(i);
	kicked = true
}

/*
 * A routine of A runs between these two steps. It begins in the step in which winpar asks
 * winpar_may_call().
 */
inline a_begins()
{
	MUST(!leaving && !over, called_after_exit);
	in_a++
}

inline a_ends()
{
	MUST(!over, code_gone);
	MUST(!is_freed[1] && !is_freed[2] && !seat_freed, used_after_free);
	in_a--
}

proctype b()
{
	/* B frees what it had at first; then it waits for its own request. */
	atomic {
		if
		:: state == OWNED && owner == 3 -> freed()
		:: else
		fi
	}
	/* Wait for B's request: "forgotten" if A's unloading loses it. */
	told_b;
	atomic {
		MUST(state == OWNED && owner == 3, two_owners);
		freed();
		left_running--
	}
}

/* winpar_file_cancel() */
inline cancel_file(file)
{
	atomic { closed[file] = true; busy = true }
	atomic {
		do
		:: waiting > 0 && fifo[0] == A_OWN && file == 1 -> cancel_at(0)
		:: waiting > 1 && fifo[1] == A_OWN && file == 1 -> cancel_at(1)
		:: waiting > 2 && fifo[2] == A_OWN && file == 1 -> cancel_at(2)
		:: else -> break
		od;
		busy = false
	}
}

/* winpar_file_quiesce() */
inline quiesce(file)
{
	cancel_file(file);
	if
	:: file == 1 ->
		/* winpar_interrupt_end(): both locks. */
#ifdef BROKEN_INTERRUPT
		atomic { connected = false; round = false; kicked = true }
#else
		atomic { !interrupt_lock -> connected = false; round = false; kicked = true }
#endif
#ifndef BROKEN_CHECK
		!checking;
#endif
		connection_freed = true
	:: else
	fi;
	/* winpar_drain_wait() */
	atomic {
		(file != 1 || (!done[A_OWN] && fifo[0] != A_OWN && fifo[1] != A_OWN &&
			       fifo[2] != A_OWN)) && !busy && finishing != file -> skip
	}
}

/* winpar_file_give_back() */
inline give_back(file)
{
	atomic {
		if
		:: state == OWNED && owner == file -> freed()
		:: else
		fi
	}
}

/* winpar_file_free() */
inline free_file(file)
{
	atomic {
		MUST(owner != file && finishing != file && (file != 1 || !done[A_OWN]),
		     used_after_free);
		is_freed[file] = true
	}
}

/* winpar_drain_silence(), for what came through another module's file. */
inline silence()
{
	atomic {
		do
		:: waiting > 0 && fifo[0] == A_OTHER -> cancel_at(0)
		:: waiting > 1 && fifo[1] == A_OTHER -> cancel_at(1)
		:: waiting > 2 && fifo[2] == A_OTHER -> cancel_at(2)
		:: else -> break
		od
	}
	/* A request that is complete, but for its routine, is dropped. */
	done[A_OTHER] = false;
#if !defined(BROKEN_TELLING) && !defined(BROKEN_KEEPS)
	!telling_a
#endif
}

proctype unload()
{
	leaving = true;
	cancel_file(1);
	cancel_file(2);
	quiesce(1);
#ifdef BROKEN_QUIET
	give_back(1);
	free_file(1);
#endif
	quiesce(2);
	silence();
	/* winpar_file_end_all() */
#ifndef BROKEN_QUIET
	give_back(1);
#endif
	give_back(2);
#if !defined(BROKEN_QUIET) && !defined(BROKEN_KEEPS)
	free_file(1);
#endif
#ifndef BROKEN_KEEPS
	free_file(2);
#endif
	/* winpar_client_free() */
	atomic {
		MUST(!in_a, code_gone);
		seat_freed = true
	}
	leaving = false;
	atomic {
		MUST(fifo[0] != A_OWN && fifo[0] != A_OTHER && fifo[1] != A_OWN &&
		     fifo[1] != A_OTHER && !done[A_OWN] && !done[A_OTHER] && owner != 1, forgotten);
		over = true
	}
	left_running--
}

/* The port's interrupt, on either CPU: the core's handler runs on one at a time. */
proctype interrupt()
{
	byte n = 2;

end:	do
	:: n == 0 -> break
	:: n > 0 ->
		n--;
		atomic { !interrupt_lock -> interrupt_lock = true }
		if
		:: atomic { connected && !leaving ->
			MUST(!connection_freed, used_after_free);
			a_begins() }
			atomic {
				/* The walk over the connections goes on from this one. */
				MUST(!connection_freed, used_after_free);
				a_ends()
			}
		:: else
		fi;
		interrupt_lock = false
	od
}

/* Is the routine of @irp not to be called? */
#ifdef BROKEN_CALL
#define SILENT(irp)	false
#else
#define SILENT(irp)	(leaving && (irp) != B_OWN)
#endif

proctype loop()
{
	byte irp, file;
	bool silent, check, granted;

end:	do
	:: left_running == 0 && !kicked -> break
	:: kicked -> kicked = false;
again:		/* What one hold of the port lock does: a completion, a grant or a check. */
		atomic {
			file = 0;
			silent = false;
			if
			:: done[A_OWN] -> irp = A_OWN
			:: !done[A_OWN] && done[A_OTHER] -> irp = A_OTHER
			:: !done[A_OWN] && !done[A_OTHER] && done[B_OWN] -> irp = B_OWN
			:: !done[A_OWN] && !done[A_OTHER] && !done[B_OWN] -> irp = 0
			fi;
			if
			:: irp ->
				done[irp] = false;
				silent = SILENT(irp)
			:: !irp && waiting && state == HELD ->
				irp = fifo[0];
				silent = SILENT(irp);
				if
#ifdef BROKEN_SILENT
				:: false ->
#else
				:: silent ->
#endif
					cancel_at(0);
					irp = 0
				:: else ->
					take_from_fifo(0);
					granted = true;
					state = OWNED;
					if
					:: irp == A_OWN -> owner = 1
					:: else -> owner = 3
					fi
				fi
			:: !irp && !waiting && state == HELD && round ->
				round = false;
				if
				:: connected && !leaving ->
					check = true;
					checking = true;
					a_begins()
				:: else
				fi
			:: else
			fi;
			if
			:: irp ->
				if :: irp == A_OWN -> file = 1 :: else -> file = 3 fi;
				MUST(!is_freed[file], used_after_free);
				finishing = file;
				telling_a = !silent && irp != B_OWN;
				if :: telling_a -> a_begins() :: else fi
			:: else
			fi
		}
		if
		:: check ->
			atomic { a_ends() }
			atomic {
				MUST(!connection_freed, used_after_free);
				checking = false; check = false
			}
		:: irp ->
			if
			:: telling_a ->
				/* The routine has the port, and frees it. */
				atomic {
					if
					:: granted && state == OWNED &&
					   (owner == 1 || irp == A_OTHER) -> freed()
					:: else
					fi;
					/* It submits the request again. */
					if
					:: irp == A_OWN && !closed[1] ->
						fifo[waiting] = A_OWN;
						waiting++;
						kicked = true
					:: true
					fi;
					a_ends()
				}
			:: else ->
				if
				:: irp == B_OWN -> d_step { MUST(!told_b, completed_twice); told_b = true }
				:: else
				fi
			fi;
			atomic { finishing = 0; telling_a = false; granted = false; irp = 0 }
		:: else -> goto nothing
		fi;
		goto again;
nothing:	skip
	od
}

init {
	/* The requests wait in one of these orders. */
	atomic {
		if
		:: fifo[0] = A_OWN; fifo[1] = A_OTHER; fifo[2] = B_OWN
		:: fifo[0] = B_OWN; fifo[1] = A_OTHER; fifo[2] = A_OWN
		:: fifo[0] = A_OTHER; fifo[1] = B_OWN; fifo[2] = A_OWN
		:: fifo[0] = A_OTHER; fifo[1] = A_OWN; fifo[2] = B_OWN
		fi;
		waiting = 3;
		run b();
		run unload();
		run interrupt();
		run loop()
	}
}
