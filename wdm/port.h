/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * winpar's own interface, as the other rooms of wdm/ call it. winpar and the layer each
 * have a type IRP: wdm/port.c alone includes winpar's, and this header names neither.
 */
#ifndef _WINPAR_WDM_PORT_H
#define _WINPAR_WDM_PORT_H

#include <linux/list.h>

#include <winpar/nt.h>

/* How much memory wdm_port_send() needs for a request, in words. */
#define WDM_PORT_WORDS	32

struct module;
struct wdm_watch;
struct winpar_file;

/**
 * struct wdm_call - a request to winpar
 * @major: its major function
 * @code: the control code, or the class of file information
 * @buffer: its buffer
 * @in_len: bytes of input, or of what is read or written
 * @out_len: bytes of output
 * @offset: where a read or a write begins
 * @waits: called once when winpar has queued the request, before @done
 * @done: called once when the request is complete, at DISPATCH_LEVEL; its argument
 *        @pending says whether wdm_port_send() returns STATUS_PENDING
 * @arg: the first argument of @waits and @done
 */
struct wdm_call {
	UCHAR major;
	ULONG code;
	void *buffer;
	ULONG in_len;
	ULONG out_len;
	LONGLONG offset;
	void (*waits)(void *arg);
	void (*done)(void *arg, NTSTATUS status, ULONG_PTR information,
		     bool pending);
	void *arg;
};

NTSTATUS wdm_port_open(const char *name, struct module *owner,
		       struct winpar_file **file, void **context, CCHAR *stack);
void wdm_port_close(struct winpar_file *file);
NTSTATUS wdm_port_send(struct winpar_file *file, void *space, size_t size,
		       const struct wdm_call *call);
void wdm_port_cancel(void *space);
NTSTATUS wdm_port_names(struct module *owner,
			void (*name)(void *arg, const char *name), void *arg);
struct wdm_watch *
wdm_port_watch_alloc(void (*changed)(void *arg, const char *name, bool arrived),
		     void *arg);
NTSTATUS wdm_port_watch(struct wdm_watch *watch, struct module *owner);
void wdm_port_unwatch(struct wdm_watch *watch);
BOOLEAN wdm_port_synchronize(PKINTERRUPT interrupt,
			     PKSYNCHRONIZE_ROUTINE routine, PVOID context);
void wdm_port_interrupt_lock(PKINTERRUPT interrupt, unsigned long *flags);
void wdm_port_interrupt_unlock(PKINTERRUPT interrupt, unsigned long flags);
const char *wdm_port_status_name(NTSTATUS status);

#endif /* _WINPAR_WDM_PORT_H */
