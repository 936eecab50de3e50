/* SPDX-License-Identifier: GPL-2.0-only */
/* The states of a request, for the rooms that move it from one to the next. */
#ifndef _WINPAR_IRP_PRIVATE_H
#define _WINPAR_IRP_PRIVATE_H

#include <linux/module.h>

#include <winpar/irp.h>

#include "port/port.h"

/**
 * enum winpar_irp_state - where a request is
 * @WINPAR_IRP_IDLE: the client's; never submitted, or set up anew
 * @WINPAR_IRP_SUBMITTING: being carried out in its submitter's context
 * @WINPAR_IRP_QUEUED: in the port's or a device's FIFO; can be cancelled
 * @WINPAR_IRP_RUNNING: a device's worker is at it; can be cancelled
 * @WINPAR_IRP_FINISHING: its result stands, its client does not know yet
 * @WINPAR_IRP_DONE: the client's again
 *
 * Changed under the port lock, or the device lock where the device has it, but for
 * the steps from and to IDLE and DONE, which are made by whoever has the request
 * to themselves. The step from QUEUED or RUNNING to FINISHING is made once: the
 * first result wins.
 */
enum winpar_irp_state {
	WINPAR_IRP_IDLE,
	WINPAR_IRP_SUBMITTING,
	WINPAR_IRP_QUEUED,
	WINPAR_IRP_RUNNING,
	WINPAR_IRP_FINISHING,
	WINPAR_IRP_DONE,
};

/* It is winpar's from now on, sent to what @file has opened. */
static inline void winpar_irp_prepare(IRP *irp, struct winpar_file *file)
{
	irp->winpar.state = WINPAR_IRP_SUBMITTING;
	irp->winpar.cancelled = false;
	irp->winpar.silent = false;
	irp->winpar.own = false;
	irp->winpar.file = file;
	irp->winpar.device = file->device;
	irp->Stack.DeviceObject = file->object;
	if (!irp->Stack.CompletionRoutine)
		init_completion(&irp->winpar.done);
	/* Last: who cancels looks at it first. */
	smp_store_release(&irp->winpar.port, file->port);
}

/* Is its completion routine in that module's code? */
static inline bool winpar_irp_is_module(const IRP *irp, struct module *module)
{
	return within_module((unsigned long)irp->Stack.CompletionRoutine,
			     module);
}

static inline void winpar_irp_set_result(IRP *irp, NTSTATUS status,
					 ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
}

/*
 * Tell the client. The request may be gone when this returns. A request that
 * was waited for is made DONE by the waiter, who could otherwise free it while
 * complete() still works on it.
 */
static inline void winpar_irp_tell(IRP *irp)
{
	PIO_COMPLETION_ROUTINE routine = irp->Stack.CompletionRoutine;

	if (routine) {
		WRITE_ONCE(irp->winpar.state, WINPAR_IRP_DONE);
		routine(irp->Stack.DeviceObject, irp, irp->Stack.Context);
	} else {
		complete(&irp->winpar.done);
	}
}

#endif /* _WINPAR_IRP_PRIVATE_H */
