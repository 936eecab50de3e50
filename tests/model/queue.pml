/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The port: allocate, Try, free, the FIFO, cancel, the loop and a rival.
 *
 * The code: winpar_port_lock(), winpar_port_unlock() (port/port.h),
 * winpar_port_allocate(), winpar_port_try(), winpar_port_free_callback()
 * (port/allocate.c), __winpar_queue_wait(), __winpar_queue_end(),
 * __winpar_queue_freed(), __winpar_queue_rival_is_next(), winpar_queue_loop()
 * (port/queue.c), winpar_port_rival(), winpar_port_kept(), winpar_port_away(),
 * winpar_port_held() (port/life.c).
 *
 * Three clients. The first one has a file and callbacks: its task allocates by a request
 * or by TryAllocatePort, and its interrupt routine, which may come on either of two CPUs
 * at any time, tries at interrupt level. The two others send requests, which a further
 * task cancels. The Linux driver claims the port twice. Whether the rival has waited for
 * WINPAR_QUEUE_PATIENCE is open at each look.
 *
 * The exchange of the fast paths may fail here although the hold word would allow it: as
 * when another CPU holds the port lock at that moment.
 *
 * The variants, each with one fault. BROKEN_LIFO: the loop grants to the request that came
 * last. BROKEN_PUBLISH: the hold word says FREE although a request waits. BROKEN_FREE: the
 * hold word says OWNED although a request waits, so that a free without the lock leaves
 * the request waiting. BROKEN_GIVE: the port is given to the rival while a client has it.
 * BROKEN_KICK: a cancel does not schedule the loop. BROKEN_KEPT: when the host room finds
 * that the rival is dead, winpar forgets a claim that has come since, too.
 */
#include "common.pml"

#define CLIENTS		3
/* Holders: the files 1 to 3, and the first client's seat. */
#define NO_HOLDER	0
#define SEAT		4

/* enum winpar_port_state. STALE: @hold says what the state is, and who the owner. */
#define STALE		0
#define HELD		1
#define OWNED		2
#define GIVING		3
#define AWAY		4

/* The hold word: FREE, SLOW, or HOLD_OWNED plus the holder. */
#define FREE		0
#define SLOW		1
#define HOLD_OWNED	2

hidden byte two_owners, overtaken, not_in_order, completed_twice, freed_a_stranger;

byte hold = FREE, state = STALE, owner;
byte fifo[CLIENTS], waiting;
/* How many requests of the FIFO came before the rival. */
byte before_rival;
bool rival_waits, rival_again;
bool done[4];
bool kicked;
/* seat->last of the first client. */
byte last;

/* The Linux driver waits for the port; it has the port. */
bool driver_waits, driver_has;

/* How many clients have the port; how each request ended: 1 granted, 2 cancelled. */
byte users;
byte told[4];

/* How many cancels, claims of the driver, interrupts. */
#ifndef CANCELS
#define CANCELS		1
#endif
#ifndef CLAIMS
#define CLAIMS		1
#endif
#ifndef INTERRUPTS
#define INTERRUPTS	2
#endif
byte left_running = CLIENTS + INTERRUPTS + 1;

/* ----- the port lock ------------------------------------------------------- */

inline lock()
{
	if
	:: hold == FREE -> state = HELD; owner = NO_HOLDER
	:: hold >= HOLD_OWNED -> state = OWNED; owner = hold - HOLD_OWNED
	:: else
	fi;
	hold = SLOW
}

inline publish(word)
{
	hold = word;
	state = STALE;
	owner = NO_HOLDER
}

inline unlock()
{
	if
#ifdef BROKEN_PUBLISH
	:: state == HELD && !rival_waits -> publish(FREE)
#else
	:: state == HELD && !rival_waits && !waiting -> publish(FREE)
#endif
#ifdef BROKEN_FREE
	:: state == OWNED && !rival_waits -> publish(HOLD_OWNED + owner)
#else
	:: state == OWNED && !rival_waits && !waiting -> publish(HOLD_OWNED + owner)
#endif
	:: else
	fi
}

/* __winpar_port_serve() */
inline serve()
{
	if :: state == HELD && (waiting || rival_waits) -> kicked = true :: else fi
}

/* ----- the FIFO ------------------------------------------------------------ */

inline take_from_fifo(i)
{
	if :: i < before_rival -> before_rival-- :: else fi;
	if :: i == 0 -> fifo[0] = fifo[1] :: else fi;
	if :: i <= 1 -> fifo[1] = fifo[2] :: else fi;
	fifo[2] = 0;
	waiting--
}

/* __winpar_queue_wait() */
inline wait(c)
{
	fifo[waiting] = c;
	waiting++;
	serve()
}

/* ----- the rival ----------------------------------------------------------- */

/* __winpar_queue_give(), when __winpar_queue_rival_is_next() says so. */
inline give()
{
	if
#ifdef BROKEN_GIVE
	:: rival_waits && (state == HELD || state == OWNED) &&
#else
	:: rival_waits && state == HELD &&
#endif
	   (!waiting || !before_rival) ->
		state = GIVING; owner = NO_HOLDER; rival_again = false
	/* The rival has waited for 200 ms: it goes before requests that came earlier. */
	:: rival_waits && state == HELD && waiting && before_rival ->
		state = GIVING; owner = NO_HOLDER; rival_again = false
	:: rival_waits && state == HELD && waiting && before_rival
	:: !rival_waits || state != HELD
	fi
}

/* __winpar_queue_serve_rival() */
inline serve_rival()
{
	give();
	if :: state == HELD -> serve() :: else fi
}

inline add_rival()
{
	rival_again = rival_waits;
	if
	:: !rival_waits -> rival_waits = true; before_rival = waiting
	:: else
	fi
}

inline forget_rival()
{
	rival_waits = false;
	before_rival = 0
}

/* __winpar_queue_freed() */
inline freed()
{
	state = HELD;
	owner = NO_HOLDER;
	if :: rival_waits -> serve_rival() :: else -> serve() fi
}

/* ----- clients ------------------------------------------------------------- */

/* A client has the port: no other client and no driver may have it. */
inline have()
{
	users++;
	MUST(users == 1 && !driver_has, two_owners)
}

/* Allocate by the fast path, or by __winpar_port_take(). @got: the holder has the port. */
inline take(holder, may_wait)
{
	atomic {
		if
		:: hold == FREE ->
			MUST(!waiting, overtaken);
			hold = HOLD_OWNED + holder;
			have();
			got = true
		:: true ->
			lock();
			if
			:: state == HELD && !waiting && !rival_waits ->
				state = OWNED;
				owner = holder;
				have();
				got = true
			:: else ->
				if :: may_wait -> wait(holder) :: else -> serve() fi
			fi;
			unlock()
		fi
	}
}

/* winpar_port_free_callback() of the client whose file is @file. */
inline free_port(file)
{
	if :: file == 1 -> was = last :: else -> was = file fi;
	atomic {
		users--;
		if
		:: was && hold == HOLD_OWNED + was -> hold = FREE
		:: true ->
			lock();
			MUST(state == OWNED && (owner == file || (file == 1 && owner == SEAT)),
			     freed_a_stranger);
			freed();
			unlock()
		fi;
		was = 0;
		got = false
	}
}

/* ALLOCATE on a file, and FreePort. */
inline allocate_and_free(file)
{
	take(file, true);
	if
	:: got
	:: else ->
		/* Wait for the request: "forgotten" if nothing ends it. */
		atomic { told[file] -> got = told[file] == 1; told[file] = 0 }
	fi;
	if :: got -> free_port(file) :: else fi
}

/* Try, and FreePort. */
inline try_and_free()
{
	take(SEAT, false);
	if :: got -> free_port(1) :: else fi
}

active proctype first_client()
{
	bool got;
	byte was;

	if
	:: last = 1; allocate_and_free(1)
	:: last = SEAT; try_and_free()
	fi;
	left_running--
}

/* The interrupt routine of the first client, on a CPU that gets the interrupt. */
proctype interrupt(byte others)
{
	bool got;
	byte was;

	/* The two CPUs are alike: so it is enough to try that this one comes first. */
	atomic {
		if
		:: others -> run interrupt(others - 1)
		:: else
		fi;
		others = 0;
		last = SEAT
	}
	try_and_free();
	left_running--
}

proctype client(byte file)
{
	bool got;
	byte was;

	/* Clients 2 and 3 are alike: so it is enough to try that client 2 comes first. */
	if
	:: file == 2 -> run client(3)
	:: else
	fi;
	allocate_and_free(file);
	left_running--
}

init {
	atomic {
		run client(2);
		if
		:: INTERRUPTS -> run interrupt(INTERRUPTS - 1)
		:: else
		fi
	}
}

/* winpar_irp_cancel() of any request, at any time. */
active proctype canceller()
{
	byte n = CANCELS, i = 0;

end:	do
	:: n == 0 || !left_running -> break
	:: atomic { n > 0 && waiting ->
		n--;
		lock();
		if
		:: i = 0
		:: waiting > 1 -> i = 1
		:: waiting > 2 -> i = 2
		fi;
		done[fifo[i]] = true;
		take_from_fifo(i);
		i = 0;
#ifndef BROKEN_KICK
		kicked = true;
#endif
		unlock() }
	od
}

/* ----- the loop ------------------------------------------------------------ */

/* A request is complete: its routine is called. */
inline tell(c, how)
{
	MUST(!told[c], completed_twice);
	told[c] = how
}

active proctype loop()
{
	byte c, i;
	bool did;

end:	do
	:: !left_running && !kicked -> break
	:: kicked -> kicked = false;
		do
		:: /* __winpar_queue_tell() */
			atomic {
				did = false;
				if
				:: done[1] -> c = 1
				:: done[2] -> c = 2
				:: done[3] -> c = 3
				:: else
				fi;
				if
				:: c -> done[c] = false; did = true; tell(c, 2); c = 0
				:: else
				fi
			}
			/* __winpar_queue_serve() */
			atomic {
				lock();
				give();
				if
				:: state == HELD && waiting ->
#ifdef BROKEN_LIFO
					i = waiting - 1;
#endif
					c = fifo[i];
					MUST(c == fifo[0], not_in_order);
					take_from_fifo(i);
					state = OWNED;
					owner = c;
					have();
					tell(c, 1);
					did = true
				:: else
				fi;
				i = 0;
				c = 0;
				unlock()
			}
			if :: did :: !did -> break fi
		od
	od
}

/* ----- the Linux driver, and the host room --------------------------------- */

/* parport_claim() by a Linux driver while winpar has the port: refused, reported. */
active proctype driver()
{
	bool killed;
	byte n = CLAIMS;

	do
	:: n == 0 -> break
	:: else ->
		n--;
		atomic {
			lock();
			add_rival();
			driver_waits = true;
			serve_rival();
			unlock();
			if :: killed = true :: killed = false fi
		}
		if
		:: !killed -> /* The driver waits for the port: "forgotten" if it is not given. */
			/* parport_release(): winpar's wakeup claims. */
			atomic {
				driver_has;
				driver_has = false;
				lock();
				state = HELD;
				serve_rival();
				unlock()
			}
		:: killed -> /* The process that waits is killed. */
			atomic {
				if
				:: driver_waits -> driver_waits = false
				:: driver_has ->
					driver_has = false;
					lock();
					state = HELD;
					serve_rival();
					unlock()
				fi
			}
		fi
	od;
	left_running--
}

/* The host room's work: it releases the port to the rival, or keeps the port. */
active proctype host()
{
	bool back, dead;

end:	do
	:: !left_running && state != GIVING -> break
	:: atomic { state == GIVING -> dead = !driver_waits }
		if
		:: dead ->
			/* winpar_port_kept() */
			atomic {
				lock();
#ifdef BROKEN_KEPT
				forget_rival();
#else
				if
				:: !rival_again -> forget_rival()
				:: else
				fi;
#endif
				state = HELD;
				serve_rival();
				unlock();
				dead = false
			}
		:: else ->
			/* winpar_port_away(): then the driver has the port, or has died. */
			atomic {
				lock();
				state = AWAY;
				forget_rival();
				if
				:: driver_waits ->
					driver_waits = false;
					driver_has = true;
					MUST(!users, two_owners)
				:: else ->
					/* None has taken it: winpar claims it back. */
					state = HELD;
					serve_rival()
				fi;
				unlock()
			}
		fi
	od
}
