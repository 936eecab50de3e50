/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Linux port goes away, or stays, while the host room, a Linux driver, interrupts, the
 * loop and a client are at work.
 *
 * The code: winpar_removed() (winpar.c), winpar_port_mark_gone(), winpar_port_remove(),
 * winpar_port_held(), winpar_port_away(), winpar_port_free_object() (port/life.c),
 * winpar_host_detach(), winpar_host_try_unregister(), winpar_host_free_registration()
 * (host/attach.c), winpar_host_leave(), winpar_host_claim(), winpar_host_release(),
 * winpar_host_work(), winpar_host_wakeup(), winpar_host_give(), winpar_host_want()
 * (host/claim.c), winpar_interrupt_connect(), winpar_interrupt_remove(),
 * winpar_interrupt_fan_out() (port/interrupt.c), __winpar_queue_serve() (port/queue.c),
 * winpar_drain_cancel(), winpar_drain_wait() (port/drain.c), winpar_select_request()
 * (port/select.c), winpar_file_end() (api/file.c), winpar_client_free() (api/client.c).
 *
 * The client connects an interrupt routine and a deferred routine, or does not. It allocates,
 * sends a packet and frees, twice, and waits for each request, or closes its file while a
 * request waits; and ends. The Linux driver claims once, takes the port if it can, and
 * releases it. If winpar has asked for the port it is on the core's waiting list; then the
 * core's release walks to winpar's device and calls winpar_host_wakeup(), by which winpar gets
 * the port back. That walk holds no lock, and may come late.
 *
 * The variants, each with one fault. BROKEN_TASKS: winpar's device is freed while the core
 * may still walk its lists. BROKEN_HELD: a claim makes a port HELD that is GONE.
 * BROKEN_KICK: removal does not schedule the loop. BROKEN_CHECK: removal does not wait for
 * the deferred routine. BROKEN_CAD: winpar's interrupt routines are called when the driver
 * has the port. BROKEN_SEAT: a seat has no reference to its port. BROKEN_EARLY: the
 * port room is told that winpar has the Linux port before it is claimed. BROKEN_CLAIMERS:
 * removal does not wait for a claim that the core's walk has begun. BROKEN_CONNECT: CONNECT
 * looks at the connection when it has let go of the lock. BROKEN_CLOSE: a close completes a
 * request and leaves it in the queue. BROKEN_WIRE: removal does not wait for a packet.
 * BROKEN_WANT: a wish for the Linux port is lost while winpar releases it.
 */
#include "common.pml"

/* enum winpar_port_state */
#define P_HELD		1
#define P_OWNED		2
#define P_GIVING	3
#define P_AWAY		4
#define P_GONE		5

/* enum winpar_host_state */
#define AWAY		1
#define CLAIMING	2
#define HELD		3
#define LOOKING		4
#define RELEASING	5
#define OFFERED		6
#define LEAVING		7
#define GONE		8

/* Who has the Linux port. */
#define NONE	0
#define WINPAR	1
#define DRIVER	2

hidden byte used_after_removal, used_after_free, granted_when_gone, called_after_removal,
	heard_when_away, completed_twice;

byte state = P_HELD, host = HELD, cad = WINPAR;
bool rival, driver_waits, listed;
bool due, wanted;		/* the host's work is queued; a client needs the port */
bool working, woken;		/* it runs; a wakeup came in CLAIMING or RELEASING */
byte claimers;
bool request, done, told, round;	/* it waits; it has ended; the client knows */
bool wire;			/* a packet is on the wires */
bool connected, checking, in_loop, kicked;
bool connection_freed;		/* taken off: another task of the client may have freed it */
bool detached;
/* The core's handler or walk is at winpar's device. */
bool walking;
/* References to the port object: the table's, the seat's, the registration's. */
#ifdef BROKEN_SEAT
byte references = 2;
#else
byte references = 3;
#endif
bool let_go;			/* winpar has dropped its reference to the Linux port */
bool unregistered, is_freed, removed;
byte left_running = 3;

/* A step uses the Linux port; a step uses winpar's port object. */
#define PARPORT()	MUST(!let_go, used_after_removal)
#define PORT()		MUST(!is_freed, used_after_free)

/* winpar_port_put(): the last reference waits for the loop (tasklet_kill()). */
inline put()
{
	references--;
	if :: references == 0 -> (!in_loop && !kicked); is_freed = true :: else fi
}

inline disconnect()
{
	atomic { connection_freed = connection_freed || connected; connected = false }
}

/* The client's completion routine is called. */
inline complete()
{
	MUST(!told, completed_twice);
	told = true
}

inline serve()
{
	if :: (state == P_HELD || state == P_GONE) && (request || rival || round) -> kicked = true
	:: else fi
}

/* __winpar_queue_serve_rival() */
inline serve_rival()
{
	if
	:: state == P_HELD && rival && !checking ->
		state = P_GIVING;
		/* winpar_host_give() */
		if :: host == HELD -> host = LOOKING; due = true :: else fi
	:: else -> serve()
	fi
}

/* winpar_host_want() */
inline want()
{
	if
	:: host == AWAY || host == OFFERED -> wanted = true; due = true
#ifdef BROKEN_WANT
	:: host == CLAIMING -> wanted = true
#else
	:: host == CLAIMING || host == RELEASING -> wanted = true
#endif
	:: else
	fi
}

/* winpar_host_ops.held */
inline tell_held()
{
	atomic {
		PORT();
		if
#ifdef BROKEN_HELD
		:: state == P_AWAY || state == P_GONE ->
#else
		:: state == P_AWAY ->
#endif
			state = P_HELD;
			serve_rival()
		:: else
		fi
	}
}

/* winpar_host_ops.away */
inline tell_away()
{
	atomic {
		PORT();
		if :: state != P_GONE -> state = P_AWAY :: else fi;
		rival = false
	}
}

/* parport_release(), in which the core gives the port to the driver. */
inline release()
{
	PARPORT();
	if :: driver_waits -> driver_waits = false; cad = DRIVER :: else -> cad = NONE fi
}

/* winpar_host_claim() */
inline claim()
{
	atomic {
		PORT();
		mine = false;
		if
		:: host == CLAIMING || host == RELEASING -> woken = true
		:: host == AWAY || host == OFFERED -> host = CLAIMING; woken = false; mine = true
		:: else
		fi
	}
	do
	:: !mine -> break
	:: else ->
#ifdef BROKEN_EARLY
		tell_held();
#endif
		/* parport_claim() */
		atomic {
			PARPORT();
			if
			:: cad == NONE -> cad = WINPAR; listed = false; got = true
			:: else -> listed = true
			fi
		}
		if
		:: got ->
			/* winpar_host_restore() writes the registers. */
			atomic { PARPORT(); PORT(); host = HELD; wanted = false; got = false; mine = false }
			tell_held()
		:: else ->
			atomic {
				PORT();
				if :: woken -> woken = false :: else -> host = AWAY; mine = false fi
			}
		fi
	od
}

active proctype remover()
{
	/* The port may also stay. */
	if :: goto out :: true fi;
	/* winpar_port_mark_gone() */
	atomic { state = P_GONE; rival = false; round = false }
#ifndef BROKEN_CHECK
	!checking;
#endif
#ifndef BROKEN_WIRE
	!wire;
#endif
#ifdef BROKEN_CLAIMERS
	host = LEAVING;
#else
	/* winpar_host_try_unregister() */
	atomic { host != CLAIMING && host != RELEASING -> host = LEAVING }
	/* winpar_host_leave() */
	claimers == 0;
#endif
	atomic { !working -> due = false }
	tell_away();
	if
	:: atomic { cad == WINPAR ->
		release() }
		tell_away()
	:: else
	fi;
	atomic { listed = false; unregistered = true; host = GONE }
	/* winpar_host_detach() */
	let_go = true;
	/* winpar_interrupt_remove() */
	disconnect();
	atomic {
		detached = true;
#ifndef BROKEN_KICK
		kicked = true
#endif
	}
	/* winpar_table_remove() */
	atomic { removed = true; put() }
out:	left_running--
}

/* winpar_host_free_registration(), by the work of the registration. */
active proctype registration()
{
end:	unregistered;
#ifndef BROKEN_TASKS
	/* synchronize_rcu_tasks() */
	!walking;
#endif
	atomic { put() }
}

/* The host room's work. */
active proctype work()
{
	bool mine, got, back;

end:	do
	:: left_running == 0 && !due -> break
	:: atomic { due -> due = false; working = true }
		if
		:: atomic { host == LOOKING -> host = RELEASING; woken = false; wanted = false }
			atomic { release() }
			/* It says whether winpar wants the port back: __winpar_queue_left(). */
			atomic { tell_away(); back = request || connected }
			/* winpar_host_end_release() */
			atomic {
				PORT();
				wanted = wanted || back;
				if
				:: woken -> host = AWAY
				:: !woken && cad == DRIVER -> host = AWAY; back = wanted
				:: !woken && cad != DRIVER -> host = OFFERED; due = true; back = false
				fi;
				back = back || woken
			}
			if :: back -> back = false; claim() :: else fi
		/* winpar_host_needs_asking() */
		:: atomic { host == AWAY || host == OFFERED ->
			PARPORT(); PORT();
			if :: cad == NONE || (wanted && !listed) -> back = true :: else -> host = AWAY fi }
			if :: back -> back = false; claim() :: else fi
		:: else
		fi;
		working = false
	od
}

/* A Linux driver: claims, has the port, releases it. */
active proctype driver()
{
	bool mine, got;

	/* parport_claim(): under cad_lock winpar's preempt is asked. */
	atomic {
		if
		:: cad == WINPAR ->
			PORT();
			driver_waits = true;
			if :: state != P_GONE -> rival = true; serve_rival() :: else fi
		:: cad == NONE -> cad = DRIVER
		:: else
		fi
	}
	cad == DRIVER;
	/* parport_release(): free first, then the walk of the waiting list. */
	atomic { cad = NONE; walking = listed }
	if
	:: walking ->
		/* winpar_host_wakeup(), maybe late. */
		atomic {
			PORT();
			if
			:: host == AWAY || host == OFFERED -> claimers++; got = true
			:: host == CLAIMING || host == RELEASING -> woken = true
			:: else
			fi
		}
		if
		:: got ->
			got = false; claim(); claimers--
		:: else
		fi;
		walking = false
	:: else
	fi;
	left_running--
}

/*
 * The port's interrupts: under cad_lock the core calls the handler of the device that has the
 * port.
 */
active proctype interrupt()
{
	byte n = 2;

end:	do
	:: n == 0 -> break
	:: n > 0 ->
		n--;
		atomic {
			if
#ifdef BROKEN_CAD
			:: cad && !unregistered ->
#else
			:: cad == WINPAR && !unregistered ->
#endif
				PORT();
				MUST(cad == WINPAR, heard_when_away);
				if :: connected -> MUST(!removed, called_after_removal) :: else fi
			:: else
			fi
		}
	od
}

active proctype client()
{
	byte n = 2;
	bool had;

	/* winpar_interrupt_connect() */
	atomic {
		if
		:: state != P_GONE ->
			PORT();
			connected = true;
			if :: state == P_AWAY -> want() :: else fi
		:: true
		fi
	}
#ifdef BROKEN_CONNECT
	MUST(!connection_freed, used_after_free);
#endif
	do
	:: n == 0 -> break
	:: else ->
		n--;
		/* winpar_port_allocate() */
		atomic {
			PORT();
			if
			:: state == P_GONE
			:: state == P_HELD && !rival && !request ->
				MUST(!let_go && cad == WINPAR, granted_when_gone);
				state = P_OWNED;
				had = true
			:: else ->
				request = true;
				told = false;
				if :: state == P_AWAY -> want() :: else -> serve() fi
			fi
		}
		if
		:: !had && request -> told
		:: !had && request -> break
		:: had || !request
		fi;
		/* winpar_select_request(), with PAR_HAVE_PORT_KEEP_PORT */
		atomic { if :: state == P_OWNED -> wire = true :: else fi }
		if
		:: wire ->
			PARPORT();
			atomic { PORT(); wire = false; serve() }
		:: else
		fi;
		/* winpar_port_free_callback(): a port that is GONE is not the client's. */
		atomic {
			PORT();
			if
			:: state == P_OWNED ->
				state = P_HELD;
				round = connected;
				serve_rival();
				serve()
			:: else
			fi;
			had = false
		}
	od;
	/* winpar_file_end(): winpar_drain_cancel() */
	atomic {
		if :: request -> done = true; kicked = true :: else fi;
#ifndef BROKEN_CLOSE
		request = false
#endif
	}
	/* winpar_interrupt_close() */
	atomic { if :: connected -> disconnect(); round = false; serve() :: else fi }
	!checking;
	/* winpar_drain_wait() */
	!done;
	/* winpar_port_release(): of what the loop has granted before */
	atomic { if :: state == P_OWNED -> state = P_HELD; serve_rival() :: else fi }
	/* winpar_client_free(): the seat's reference. */
#ifndef BROKEN_SEAT
	atomic { put() }
#endif
	left_running--
}

active proctype loop()
{
end:	do
	:: left_running == 0 && !kicked -> break
	:: atomic { kicked -> kicked = false; PORT(); in_loop = true }
again:		/* __winpar_queue_tell() */
		if
		:: atomic { done -> PORT(); done = false; complete() }
		:: else
		fi;
		if
		:: atomic { state == P_GONE && request && detached ->
			PORT(); request = false; complete() }
			goto again
		:: atomic { state == P_HELD && rival -> serve_rival() }
		:: atomic { state == P_HELD && request && !rival ->
			PORT();
			MUST(!let_go && cad == WINPAR, granted_when_gone);
			request = false; complete(); state = P_OWNED }
			goto again
		:: atomic { state == P_HELD && round && !request && !rival ->
			round = false;
			checking = connected }
			if
			:: checking ->
				/* The deferred routine. */
				atomic {
					PORT();
					MUST(!removed, called_after_removal);
					checking = false;
					serve_rival()
				}
			:: else
			fi;
			goto again
		:: else
		fi;
		in_loop = false
	od
}
