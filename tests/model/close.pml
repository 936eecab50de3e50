/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file is closed while another task of its client allocates on it and frees.
 *
 * The code: winpar_port_exchange(), winpar_port_take_back(), __winpar_port_forget(),
 * winpar_port_try_free_last(), winpar_port_close(), winpar_port_release()
 * (port/allocate.c), winpar_drain_cancel(), winpar_drain_wait() (port/drain.c),
 * winpar_file_end() (api/file.c), winpar_refuse() (port/dispatch.h).
 *
 * Client A closes its first file. A second task of A allocates on that file, twice, and
 * frees by FreePort; the completion routine of its request submits the request again each
 * time. A has a second file, so that A's seat stays. Client B allocates and frees. When
 * the memory of A's first file was freed, B opens a file that lies at the same address.
 *
 * The model assumes of client A: a call that was given the file has returned when the
 * grace period after which the file's memory is freed ends, as calls at DISPATCH_LEVEL do.
 *
 * The variants, each with one fault. BROKEN_LOOK: the fast path looks at @closed before
 * the exchange (the first edition's fault "fastclose"). BROKEN_AGAIN: a file that is being
 * closed takes requests (the first edition's fault "closehang"). BROKEN_GRACE: the memory
 * of a file is freed without a grace period. BROKEN_FINISHING: a close does not wait for
 * the completion routine that runs. BROKEN_HINT: a close leaves seat->last as it is.
 */
#include "common.pml"

/* Holders: A's file that is closed; B's file. */
#define FILE	1
#define OTHER	2

/* enum winpar_port_state. STALE: @hold says what the state is, and who the owner. */
#define STALE	0
#define HELD	1
#define OWNED	2

#define FREE		0
#define SLOW		1
#define HOLD_OWNED	2

hidden byte owned_by_closed, taken_after_close, freed_a_stranger, used_after_free, completed_twice;

byte hold = FREE, state, owner;
/* The FIFO: at most a request of each file. */
byte fifo[2], waiting;
/* A's request is on the done list; the loop is scheduled. */
bool done_listed, kicked;
/* The file whose completion routine runs. */
byte finishing;
/* A's seat->last; @closed of A's first file. */
byte last;
bool closed;
/* The memory of A's first file was freed; B's second file lies there. */
bool is_freed, reused;
/* Preemption is off in A's FreePort; A's other task is in a call with the file. */
bool preempt_off, in_call;
/* A's request is pending; B's request was granted. */
bool pending, granted;
bool a_has;
byte left_running = 3;

inline lock()
{
	if
	:: hold == FREE -> state = HELD; owner = 0
	:: hold >= HOLD_OWNED -> state = OWNED; owner = hold - HOLD_OWNED
	:: else
	fi;
	hold = SLOW;
	/* winpar reads the owner's memory under the lock: it must not have been freed. */
	MUST(!(owner == FILE && is_freed && !reused), used_after_free)
}

inline unlock()
{
	if
	:: state == HELD && !waiting -> hold = FREE; state = STALE; owner = 0
	:: state == OWNED && !waiting ->
		hold = HOLD_OWNED + owner; state = STALE; owner = 0
	:: else
	fi
}

inline freed()
{
	state = HELD;
	owner = 0;
	if :: waiting -> kicked = true :: else fi
}

inline take_first()
{
	fifo[0] = fifo[1];
	fifo[1] = 0;
	waiting--
}

/* __winpar_port_forget() */
inline forget()
{
	if
#ifndef BROKEN_HINT
	:: closed && last == FILE -> last = 0
#endif
	:: else
	fi
}

inline enqueue(file)
{
	fifo[waiting] = file;
	waiting++;
	if :: state == HELD -> kicked = true :: else fi
}

#ifdef BROKEN_AGAIN
#define TAKES_AGAIN	true
#else
#define TAKES_AGAIN	false
#endif

/* winpar_port_allocate_locked() on A's file; @inside: from its routine. */
inline allocate_locked(inside)
{
	lock();
	if
	:: closed && !(TAKES_AGAIN && inside) -> forget()
	:: !closed && !inside && state == HELD && !waiting ->
		state = OWNED; owner = FILE; a_has = true
	:: (!closed && (inside || state != HELD || waiting)) ||
	   (TAKES_AGAIN && closed && inside) ->
		MUST(!closed, taken_after_close);
		pending = true;
		enqueue(FILE)
	fi;
	unlock()
}

active proctype a_second_task()
{
	byte n = 2, was;
	bool took;

	do
	:: n == 0 -> break
	:: else ->
		n--;
		atomic {
			if
			/* The client does not use a file that was closed. */
			:: closed -> n = 0; goto nothing
			:: !closed && pending -> goto out
			:: !closed && !pending -> in_call = true
			fi
		}
		last = FILE;
#ifdef BROKEN_LOOK
		took = !closed;
#endif
		atomic {
			if
			:: hold == FREE ->
				hold = HOLD_OWNED + FILE;
#ifdef BROKEN_LOOK
				if
				:: took -> a_has = true; took = false; goto out
				:: else
				fi;
#endif
				took = true
			:: true ->
				took = false;
				allocate_locked(false);
				goto out
			fi
		}
		/* The look at @closed. */
		atomic {
			MUST(!is_freed, used_after_free);
			took = false;
			if
			:: closed -> skip
			:: else -> a_has = true; goto out
			fi
		}
		/* winpar_port_take_back() */
		atomic {
			lock();
			forget();
			if
			:: state == OWNED && owner == FILE -> freed()
			:: else
			fi;
			unlock()
		}
out:		in_call = false;
		/* The task waits for its request, and then frees the port. */
		!pending || a_has;
		if
		:: a_has ->
			a_has = false;
			/* FreePort: winpar_port_try_free_last() */
			preempt_off = true;
			was = last;
			atomic {
				if
				:: was && hold == HOLD_OWNED + was ->
					MUST(!(was == FILE && reused), freed_a_stranger);
					hold = FREE;
					was = 0;
					preempt_off = false;
					goto nothing
				:: true -> preempt_off = false; was = 0
				fi
			}
			/* winpar_port_free_by_callback(): frees if A has the port. */
			atomic {
				lock();
				if
				:: state == OWNED && owner == FILE && !reused -> freed()
				:: else
				fi;
				unlock()
			}
		:: else
		fi;
nothing:	skip
	od;
	left_running--
}

active proctype closer()
{
	/* winpar_port_close(), winpar_drain_cancel() */
	atomic { lock(); closed = true; unlock() }
	atomic {
		lock();
		if
		:: waiting && fifo[0] == FILE -> take_first(); done_listed = true; kicked = true
		:: waiting == 2 && fifo[1] == FILE ->
			fifo[1] = 0; waiting--; done_listed = true; kicked = true
		:: else
		fi;
		unlock()
	}
	/* winpar_drain_wait() */
	atomic {
#ifdef BROKEN_FINISHING
		(!done_listed && fifo[0] != FILE && fifo[1] != FILE)
#else
		(!done_listed && fifo[0] != FILE && fifo[1] != FILE && finishing != FILE)
#endif
		-> skip
	}
	/* winpar_port_release() */
	atomic {
		lock();
		if
		:: state == OWNED && owner == FILE -> freed()
		:: else
		fi;
		forget();
		unlock()
	}
	/* kfree_rcu() */
#ifndef BROKEN_GRACE
	!preempt_off && !in_call;
#endif
	atomic {
		MUST(hold != HOLD_OWNED + FILE && owner != FILE && fifo[0] != FILE &&
		     fifo[1] != FILE && !done_listed, owned_by_closed);
		is_freed = true
	}
	left_running--
}

active proctype b()
{
	byte n = 2, file = OTHER;

	do
	:: n == 0 -> break
	:: else ->
		n--;
		atomic {
			if
			:: is_freed -> reused = true; file = FILE
			:: true
			fi
		}
		atomic {
			if
			:: hold == FREE -> hold = HOLD_OWNED + file; granted = true
			:: true ->
				lock();
				if
				:: state == HELD && !waiting ->
					state = OWNED; owner = file; granted = true
				:: else -> enqueue(file)
				fi;
				unlock()
			fi
		}
		granted;
		granted = false;
		atomic {
			if
			:: hold == HOLD_OWNED + file -> hold = FREE
			:: true ->
				lock();
				MUST(state == OWNED && owner == file, freed_a_stranger);
				freed();
				unlock()
			fi
		}
	od;
	left_running--
}

active proctype loop()
{
	byte c;
	bool had;

end:	do
	:: !left_running && !kicked -> break
	:: kicked -> kicked = false;
again:		atomic {
			lock();
			if
			:: done_listed ->
				done_listed = false; finishing = FILE; c = FILE
			:: !done_listed && waiting && state == HELD ->
				c = fifo[0];
				take_first();
				state = OWNED;
				owner = c;
				if
				:: c == OTHER || reused -> granted = true; c = OTHER
				:: else -> had = true
				fi;
				finishing = c
			:: else
			fi;
			unlock()
		}
		if
		:: !c -> goto nothing
		:: c == FILE ->
			/* A's routine submits again, also on a file that is being closed. */
			atomic {
				MUST(pending, completed_twice);
				pending = false;
				a_has = had;
				had = false
			}
			atomic {
				MUST(!is_freed, used_after_free);
				if
				:: !a_has && !in_call && !pending -> allocate_locked(true)
				:: a_has || in_call || pending
				fi
			}
		:: else
		fi;
		atomic { finishing = 0; c = 0 }
		goto again;
nothing:	skip
	od
}
