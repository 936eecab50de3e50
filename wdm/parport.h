/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device objects of ports and of devices on them. See wdm/parport.c. A parport is one
 * that a client has opened; it is nothing of Linux's parport core.
 */
#ifndef _WINPAR_WDM_PARPORT_H
#define _WINPAR_WDM_PARPORT_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include <winpar/ddk/wdm.h>

struct winpar_file;
struct winpar_wdm_client;

/**
 * struct wdm_parport - a port, or a device on one, that a client has opened
 * @object: the device object that the client sends IRPs to
 * @entry: on the client's list of devices; when the client has ended on that of wdm/device.c,
 *         while other clients have references to @object
 * @client: the client that has opened it
 * @file: what winpar_open() gave last; of use while @open
 * @open: 1: IRPs may be sent to it
 * @senders: how many calls are sending an IRP to it just now
 * @files: how many file objects are not given back; guarded by the client's lock
 * @refused: IRPs that were sent while it is closed; guarded by the client's lock
 * @refusal: completes these
 * @closed: what is attached to it cannot be opened, as in struct wdm_device
 * @number: the port's number, if it is a port
 * @is_port: a port, which stays open until the client ends; else a device on it,
 *           which closes with the last of its file objects, and may be opened again
 */
struct wdm_parport {
	DEVICE_OBJECT object;
	struct list_head entry;
	struct winpar_wdm_client *client;
	struct winpar_file *file;
	atomic_t open;
	atomic_t senders;
	unsigned int files;
	LIST_ENTRY refused;
	struct work_struct refusal;
	bool closed;
	unsigned int number;
	bool is_port;
};

struct wdm_parport *wdm_parport_of(PDEVICE_OBJECT device);
struct wdm_parport *wdm_parport_create(struct winpar_wdm_client *client,
				       struct winpar_file *file, void *context,
				       CCHAR stack, bool is_port);
bool wdm_parport_open(struct wdm_parport *parport, struct winpar_file *file);
void wdm_parport_close(struct wdm_parport *parport);
void wdm_parport_end(struct winpar_wdm_client *client);
void wdm_parport_free(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_PARPORT_H */
