// SPDX-License-Identifier: GPL-2.0-only
/* vmfuzz: the callbacks that winpar gives a client, and the routines that it calls. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/string.h>
#include <winpar/ntddser.h>

#include "vmfuzz.h"

unsigned long level_raise(enum level level)
{
	unsigned long flags = 0;

	if (level == LEVEL_SOFTIRQ)
		local_bh_disable();
	if (level == LEVEL_NO_INTERRUPTS)
		local_irq_save(flags);
	if (level == LEVEL_SOFTIRQ || level == LEVEL_NO_INTERRUPTS)
		atomic_inc(&fuzz_raised);
	return flags;
}

void level_lower(enum level level, unsigned long flags)
{
	if (level == LEVEL_NO_INTERRUPTS)
		local_irq_restore(flags);
	if (level == LEVEL_SOFTIRQ)
		local_bh_enable();
}

/* ----- routines ------------------------------------------------------------- */

/* The context is a struct opened: its file's close ends the connection. */
static BOOLEAN fuzz_routine(PKINTERRUPT object, PVOID context)
{
	struct opened *o = context;

	atomic_inc(&fuzz_interrupts);
	/* call_connected() writes before it what is read behind it. */
	if (!o || !smp_load_acquire(&o->is_connected))
		return FALSE;
	if (o->interrupt.TryAllocatePortAtInterruptLevel(o->interrupt.Context))
		o->interrupt.FreePortFromInterruptLevel(o->interrupt.Context);
	return TRUE;
}

static VOID fuzz_check(PVOID context)
{
	struct opened *o = context;

	if (o && o->info.TryAllocatePort(o->info.Context))
		o->info.FreePort(o->info.Context);
}

/* The input of CONNECT_INTERRUPT and DISCONNECT_INTERRUPT. */
void call_routines(void *buffer, u32 size, const struct command *c, struct opened *o)
{
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines = {
		.InterruptServiceRoutine = c->fill & 1 ? fuzz_routine : NULL,
		.InterruptServiceContext = c->fill & 8 && o->is_port ? o : NULL,
		.DeferredPortCheckRoutine = c->fill & 2 ? fuzz_check : NULL,
		.DeferredPortCheckContext = c->fill & 4 && o->is_port ? o : NULL,
	};

	memcpy(buffer, &routines, min_t(size_t, size, sizeof(routines)));
}

/* A connection has succeeded. What it gave is the same for all of the file's. */
void call_connected(struct opened *o, const void *buffer)
{
	if (!o->is_port || o->is_connected)
		return;
	memcpy(&o->interrupt, buffer, sizeof(o->interrupt));
	/* fuzz_routine() reads this first. */
	smp_store_release(&o->is_connected, true);
}

/* ----- callbacks ------------------------------------------------------------ */

/* Get the callbacks of a file that was just opened. */
void call_know(struct opened *o)
{
	o->is_connected = false;
	memset(&o->pnp, 0, sizeof(o->pnp));
	memset(&o->class, 0, sizeof(o->class));
	o->is_port = winpar_internal_ioctl(o->file, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					   NULL, 0, &o->info, sizeof(o->info),
					   NULL) == STATUS_SUCCESS;
	if (!o->is_port)
		winpar_internal_ioctl(o->file, IOCTL_INTERNAL_PARCLASS_CONNECT, NULL, 0,
				      &o->class, sizeof(o->class), NULL);
}

/* Those of PARALLEL_PNP_INFORMATION, which may scan the bus. */
static void call_pnp(struct opened *o, const struct command *c, bool sleeps)
{
	PARALLEL_1284_COMMAND select = {
		.ID = c->in,
		.Port = c->out,
		.CommandFlags = c->fill & 7,
	};

	if (!o->pnp.Context && o->file && sleeps && !(c->fill & 0x70))
		winpar_internal_ioctl(o->file, IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO,
				      NULL, 0, &o->pnp, sizeof(o->pnp), NULL);
	if (!o->pnp.Context)
		return;
	switch (c->wait % 4) {
	case 0:
		o->pnp.TrySetChipMode(o->pnp.Context, c->fill);
		break;
	case 1:
		o->pnp.ClearChipMode(o->pnp.Context, c->fill);
		break;
	case 2:
		o->pnp.TrySelectDevice(o->pnp.Context, c->fill & 8 ? NULL : &select);
		break;
	case 3:
		o->pnp.DeselectDevice(o->pnp.Context, c->fill & 8 ? NULL : &select);
		break;
	}
}

/*
 * Those of a device, with its lock or without, in a task, while none of its requests is
 * pending. Nothing would end a read that has no time-out.
 */
static void call_class(struct opened *o, const struct command *c)
{
	PARALLEL_1284_COMMAND select = { .ID = c->in, .CommandFlags = c->fill & 7 };
	SERIAL_TIMEOUTS times = {
		.ReadTotalTimeoutConstant = 20,
		.WriteTotalTimeoutConstant = 20,
	};
	PVOID context = o->class.ParclassContext;
	char buffer[4] = { };
	ULONG done;

	winpar_device_ioctl(o->file, IOCTL_SERIAL_SET_TIMEOUTS, &times, sizeof(times),
			    NULL, 0, NULL);
	switch (c->code % 8) {
	case 0:
		o->class.DetermineIeeeModes(context);
		break;
	case 1:
		o->class.NegotiateIeeeMode(context, c->in << 8 | c->out, c->fill << 8 | c->wait,
					   c->fill & 3, c->wait & 1);
		break;
	case 2:
		o->class.TerminateIeeeMode(context);
		break;
	case 3:
		o->class.IeeeFwdToRevMode(context);
		break;
	case 4:
		o->class.IeeeRevToFwdMode(context);
		break;
	case 5:
		o->class.ParallelRead(context, c->fill & 1 ? buffer : NULL,
				      c->in % sizeof(buffer), c->fill & 2 ? &done : NULL,
				      c->out);
		break;
	case 6:
		o->class.ParallelWrite(context, c->fill & 1 ? buffer : NULL,
				       c->in % sizeof(buffer), c->fill & 2 ? &done : NULL,
				       c->out);
		break;
	case 7:
		if (c->fill & 8)
			o->class.ParallelTryselect(context, select);
		else
			o->class.ParallelDeSelect(context, select);
		break;
	}
}

/*
 * Call one of the callbacks. Those of a port also when its file is closed: they are good
 * as long as this module. @s: in a task, where one may sleep; else NULL.
 */
void call_back(struct session *s, struct opened *o, const struct command *c)
{
	if (!o->is_port) {
		if (o->file && o->class.ParclassContext && s && session_settle(s))
			call_class(o, c);
		return;
	}
	switch (c->code % 4) {
	case 0:
		o->info.TryAllocatePort(o->info.Context);
		break;
	case 1:
		o->info.FreePort(o->info.Context);
		break;
	case 2:
		o->info.QueryNumWaiters(o->info.Context);
		break;
	case 3:
		call_pnp(o, c, s);
		break;
	}
}
