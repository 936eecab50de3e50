/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rounds of deferred port checks: a client whose Try call was refused is called when the
 * port is free.
 *
 * The code: winpar_port_try_locked(), __winpar_port_take() (port/allocate.c),
 * __winpar_queue_refused(), __winpar_queue_freed(), __winpar_queue_rival_is_next(),
 * __winpar_queue_may_grant(), __winpar_queue_serve(), __winpar_queue_check(),
 * __winpar_queue_left() (port/queue.c), __winpar_interrupt_ask_round(),
 * __winpar_interrupt_next_check(), winpar_interrupt_end() (port/interrupt.c),
 * __winpar_trial_is_kept(), __winpar_trial_ask() (port/trial.c), __winpar_wire_give()
 * (port/wire.c), __winpar_daisy_ready(), __winpar_daisy_have_settled() (port/daisy.c),
 * winpar_select_scan() (port/select.c), winpar_port_rival(),
 * winpar_port_held(), winpar_port_away() (port/life.c).
 *
 * Client 1 tries, also at interrupt level. If it is refused it waits for its deferred
 * routine, which tries again and frees. Client 2 tries and frees, and then disconnects its
 * deferred routine. Client 3 has a request that waits and may be cancelled. Client 4 has the
 * bus scanned, which takes the port and the wires for a while, and may free the port in the
 * middle. The Linux driver claims once, and has the port until winpar asks for the port. With
 * FEW there are only clients 1 and 2, for the search for cycles.
 *
 * The variants, each with one fault. BROKEN_REFUSED: a refusal while a request waits makes
 * no round due. BROKEN_WIRES: the scan gives the wires back and does not schedule the
 * loop. BROKEN_ASKED: winpar asks the driver for the port for a request, and not for a Try
 * call or a deferred routine. (These three are ways of the first edition's fault "lost".)
 * BROKEN_DISCONNECT: a DISCONNECT does not wait for the routine. BROKEN_OWN: a free by the
 * deferred routine that runs makes a round due. BROKEN_GIVE: the port is given to the rival
 * while a deferred routine runs. BROKEN_LISTED: a DISCONNECT leaves the connection on the
 * list.
 */
#include "common.pml"

#ifndef TRIES
#define TRIES	1
#endif

/* enum winpar_port_state */
#define HELD	1
#define OWNED	2
#define GIVING	3
#define AWAY	4

hidden byte called_after_disconnect, used_after_free, two_owners;

byte state = HELD, owner;
bool request, done;		/* client 3's request waits; was cancelled, not told yet */
bool rival;
bool round_first;		/* the round that is due came before the rival */
bool request_first;		/* client 3's request came before the rival */
bool trial, trial_first, trial_over;	/* port/trial.c; came before the rival; 20 ms over */
bool due, open;			/* a round is due; a round has begun */
bool called_in[3];		/* the client's routine was called in this round */
bool connected[3];
byte checking;			/* the client whose routine runs */
bool is_freed[3];		/* the client's connection was freed */
bool wire, strayed, settling;
bool kicked, asked, driver_has;	/* the loop is scheduled; the driver is asked, has it */
/* Client 1 has been refused, and its routine has not begun since. */
bool refused;
bool told_3;			/* client 3's request has ended */
#ifdef FEW
byte left_running = 2;
#else
byte left_running = 5;
#endif

#define NWAITING	(request || rival)
#define CHECKS		(connected[1] || connected[2])

inline serve()
{
	if
	:: state == HELD && (NWAITING || due || open || settling) -> kicked = true
	:: else
	fi
}

inline ask_round()
{
	if
	:: CHECKS && !due -> due = true; round_first = !rival
	:: else
	fi
}

/* __winpar_queue_give(), when __winpar_queue_rival_is_next() says so. */
inline give()
{
	if
#ifdef BROKEN_GIVE
	:: state == HELD && rival && !wire && !(due && round_first) &&
#else
	:: state == HELD && rival && !wire && !(open || (due && round_first)) && !checking &&
#endif
	   !(request && request_first) && (request || !(trial && trial_first && !trial_over)) ->
		state = GIVING
	/* The rival has waited for 200 ms: before requests, and rounds that these hold up. */
	:: state == HELD && rival && !wire && !checking && request -> state = GIVING
	:: else
	fi
}

inline serve_rival()
{
	give();
	serve()
}

/* __winpar_queue_freed() */
inline freed(own)
{
	state = HELD;
	owner = 0;
#ifdef BROKEN_OWN
	ask_round();
#else
	if :: !own -> ask_round() :: else fi;
#endif
	if :: rival -> serve_rival() :: else -> serve() fi
}

/* A Try call, in one step with the packet that may be due. @got is set. */
inline try(client, interrupt, inside)
{
	if
	:: state == HELD && !wire && !request && !(interrupt && strayed) &&
	   (!rival || inside || (trial && trial_first && !trial_over)) ->
		MUST(!owner && !driver_has, two_owners);
		trial = false;
		trial_first = false;
		state = OWNED;
		owner = client;
		strayed = false;
		settling = false;
		got = true
	:: else ->
		got = false;
		/* __winpar_daisy_have_settled() */
		if :: interrupt && strayed && state == HELD -> settling = true :: else fi;
		if :: client == 1 -> refused = true :: else fi;
#ifdef BROKEN_REFUSED
		if :: !request -> ask_round() :: else fi;
#else
		ask_round();
#endif
		if
		:: state == AWAY || state == GIVING ->
			if :: !trial -> trial = true; trial_first = !rival; trial_over = false :: else fi;
#ifndef BROKEN_ASKED
			if :: state == AWAY -> asked = true :: else fi
#endif
		:: else ->
			/* __winpar_trial_want() */
			if
			:: rival && !trial -> trial = true; trial_first = false; trial_over = false
			:: else
			fi;
			serve()
		fi
	fi
}

proctype client_1()
{
	bool got, at_interrupt;
	byte n = TRIES;

	do
	:: n == 0 -> break
	:: else ->
		n--;
		atomic {
			if :: at_interrupt = true :: at_interrupt = false fi;
			try(1, at_interrupt, false);
			at_interrupt = false
		}
		if
		:: got -> atomic { freed(false); got = false }
		/* Wait for the deferred routine: "forgotten" if it is not called. */
		:: else -> !refused
		fi
	od;
	left_running--
}

proctype client_2()
{
	bool got;

	atomic { try(2, false, false) }
	if
	:: got -> atomic { freed(false); got = false }
	:: else
	fi;
	/* winpar_interrupt_end() */
	atomic {
#ifndef BROKEN_LISTED
		connected[2] = false;
#endif
		if
		:: !CHECKS ->
			due = false; open = false; round_first = false;
			called_in[1] = false; called_in[2] = false;
			serve()
		:: else
		fi
	}
#ifndef BROKEN_DISCONNECT
	checking != 2;
#endif
	is_freed[2] = true;
	left_running--
}

/* Client 3's request waits while the port is not free. It is granted, or cancelled. */
proctype client_3()
{
	atomic {
		if
		:: state != HELD || rival || wire ->
			request = true;
			request_first = !rival;
			if
			:: state == AWAY -> asked = true
			:: else -> serve()
			fi
		:: else -> told_3 = true; goto out
		fi
	}
	if
	:: atomic { request -> request = false; request_first = false; done = true; kicked = true }
	:: true
	fi;
	told_3;
	atomic {
		if
		:: state == OWNED && owner == 3 -> freed(false)
		:: else
		fi
	}
out:	left_running--
}

/* INIT_1284_3_BUS on a free port: it takes the port and the wires. */
proctype scan()
{
	if
	:: atomic { state == HELD && !wire && !request && !rival ->
		MUST(!owner && !driver_has, two_owners);
		trial = false;
		trial_first = false;
		state = OWNED;
		owner = 4;
		wire = true }
		/* A FreePort of client 4 while the packets go out. */
		if
		:: atomic { state == OWNED && owner == 4 -> freed(false) }
		:: true
		fi;
		/* The end of __winpar_select_use(), with __winpar_wire_give() */
		atomic {
			if :: state == OWNED && owner == 4 -> freed(true) :: else fi;
			wire = false;
			strayed = false;
			settling = false;
#ifndef BROKEN_WIRES
			serve()
#endif
		}
	:: true
	fi;
	left_running--
}

proctype loop()
{
	byte c;
	bool got, served, packet;

end:	do
	:: left_running == 0 && !kicked -> break
	:: kicked -> kicked = false;
again:		atomic {
			served = false;
			if :: done -> done = false; told_3 = true :: else fi;
			if
			:: state != HELD || wire
			:: state == HELD && !wire && settling ->
				/* __winpar_daisy_ready() */
				settling = false;
				served = true;
				if :: strayed -> wire = true; packet = true :: else fi
			:: state == HELD && !wire && !settling ->
				give();
				if
				:: state != HELD
				:: state == HELD && request &&
				   !(rival && (open || (due && round_first)) && !request_first) ->
					MUST(!owner && !driver_has, two_owners);
					request = false;
					request_first = false;
					state = OWNED;
					owner = 3;
					strayed = false;
					told_3 = true;
					served = true
				:: state == HELD && (open || due) ->
					served = true;
					if
					:: !open ->
						due = false;
						round_first = false;
						open = true
					:: else
					fi;
					if
					:: connected[1] && !called_in[1] -> c = 1
					:: !(connected[1] && !called_in[1]) &&
					   connected[2] && !called_in[2] -> c = 2
					:: else -> open = false; called_in[1] = false; called_in[2] = false
					fi;
					if
					:: c ->
						MUST(!is_freed[c], called_after_disconnect);
						called_in[c] = true;
						checking = c;
						if :: c == 1 -> refused = false :: else fi
					:: else
					fi
				:: else
				fi
			fi
		}
		if
		:: packet ->
			/* The packet has gone out. */
			atomic { packet = false; wire = false; strayed = false; serve() }
		:: c == 1 ->
			/* The routine tries, and frees. */
			atomic { try(1, false, true) }
			if
			:: got -> atomic { freed(true); got = false }
			:: else
			fi
		:: else
		fi;
		if
		:: c ->
			atomic {
				MUST(!is_freed[c], used_after_free);
				checking = 0;
				c = 0
			}
		:: else
		fi;
		if :: served -> goto again :: else fi
	od
}

/* The port's timer (@later): the 20 ms for which the port is kept for a Try call are over. */
proctype timer()
{
end:	do
	:: left_running == 0 -> break
	:: atomic { trial && trial_first && rival && state == HELD && !trial_over ->
		trial_over = true; trial = false;
		serve() }
	od
}

proctype driver()
{
	/* Refused, and reported. */
	atomic {
		rival = true;
		request_first = request;
		round_first = due;
		trial_first = trial;
		serve_rival()
	}
	/* The host room releases the port, and the driver takes it. */
	atomic {
		state == GIVING ->
		MUST(!owner && !wire && !checking, two_owners);
		state = AWAY;
		rival = false;
		request_first = false;
		round_first = false;
		trial_first = false;
		trial_over = false;
		driver_has = true;
		/* __winpar_queue_left() */
#ifdef BROKEN_ASKED
		asked = request
#else
		asked = trial || request || CHECKS
#endif
	}
	/* The driver has the port until winpar asks for it. */
	asked;
	atomic {
		driver_has = false;
		asked = false;
		state = HELD;
		strayed = true;
		serve()
	}
	left_running--
}

init {
	atomic {
		connected[1] = true;
		connected[2] = true;
		run client_1();
		run client_2();
		run loop();
#ifndef FEW
		run client_3();
		run scan();
		run timer();
		run driver()
#endif
	}
}

/* Rounds come to an end: at some time the loop is not scheduled any more. */
ltl rounds_go_on { <>[] !kicked }
