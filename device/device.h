/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A parallel device: what is on a port, as the rooms above the port share it.
 *
 * Who knows whom, from the top:
 *
 *	device/ioctl.c	its requests, one table
 *	device/settings.c	those that only set something
 *	device/data.c	those that move data
 *	device/class.c	the callbacks of PARCLASS_INFORMATION
 *	device/open.c		which devices there are; opening, closing, removal
 *	device/worker.c	its requests' FIFO, its worker
 *	device/hold.c	how it has the port
 *	device/id.c	device IDs
 *	device/status.c	what a device shows, and resetting it
 *	device/transfer.c	reading, writing
 *	device/negotiate.c	protocols
 *	device/protocol.c	which protocol is which mode of Linux
 *	host/engine.c	Linux's transfer engine
 *
 * Lock order: the port's file mutex, the device lock, the port lock.
 */
#ifndef _WINPAR_DEVICE_H
#define _WINPAR_DEVICE_H

#include <linux/list.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/irp.h>
#include <winpar/ntddpar.h>
#include <winpar/ntddser.h>
#include <winpar/parallel.h>

#include "port/port.h"

/* Units of a port: daisy-chain devices have their numbers. */
#define WINPAR_UNIT_END		4	/* .4, the end-of-chain device */
#define WINPAR_UNIT_RAW		5	/* the raw device, whose name has no number */

/* All five lines of the status register. Busy is inverted on its way. */
#define WINPAR_STS_LINES	(WINPAR_STS_FAULT | WINPAR_STS_SELECT | \
				 WINPAR_STS_PERROR | WINPAR_STS_ACK | \
				 WINPAR_STS_BUSY)
/* What they are where no cable is, and where no power is. */
#define WINPAR_STS_OPEN		(WINPAR_STS_LINES & ~WINPAR_STS_BUSY)
#define WINPAR_STS_OFF		WINPAR_STS_BUSY

/* Why a job has to stop; WINPAR_STOP_NONE: it may go on. */
enum winpar_stop {
	WINPAR_STOP_NONE,
	WINPAR_STOP_TIME,	/* its time has run out */
	WINPAR_STOP_CANCEL,	/* cancelled, or its file is being closed */
	WINPAR_STOP_GONE,	/* the port is going away */
};

/**
 * struct winpar_job - what the worker does for a request
 * @handle: does it, with the port allocated and the device selected unless
 *          @bare; returns the request's status and sets its Information
 * @bare: comes without the port: LOCK, UNLOCK, looking for a device, and
 *        selecting one, which see to it themselves
 * @locks: is a LOCK
 * @locked: only while the file holds the lock: a callback
 * @information: Information on success; 0 when the routine sets it
 *
 * The routine of a job runs in the worker's thread, may sleep, and looks at
 * winpar_device_stop() between what it does on the wires.
 */
struct winpar_job {
	NTSTATUS (*handle)(struct winpar_device *device, IRP *irp);
	bool bare;
	bool locks;
	bool locked;
	u16 information;
};

/**
 * struct winpar_device - one parallel device
 * @port: what it is on
 * @unit: WINPAR_UNIT_... or the number of a daisy-chain device
 * @name: "LPT1", "LPT1.0"
 * @object: what clients see
 * @file: who has it open, NULL when nobody has; under the port's file mutex and
 *        @lock both
 * @older: the device of that name in an earlier life of the port, which somebody
 *         still had open when this one was opened
 * @lost: the port's @lost counter of this unit when it was opened
 * @worker: the thread that does its requests, while it is open
 * @reports: how often the log is told why its requests fail
 * @wake: the worker waits here
 * @waiters: who waits for the worker to be done with something
 * @lock: the device lock. Guards all down to @set.
 * @fifo: requests that wait for the worker, in order
 * @running: the one that the worker is at
 * @stop: why @running has to stop
 * @locked: the file holds the lock; written by the worker
 * @locking: a LOCK request of the file waits, or is being done
 * @leaving: the port is going away, or has gone
 * @driving: the worker uses @engine for @running
 * @expired: when that was told to stop, in jiffies
 * @set: what the client set, for IOCTL_SERIAL_GET_TIMEOUTS and so on
 * @time: ends @running when its time has run out
 * @interrupt: signals the worker, when its engine may be
 * @claim: the worker's own request for the port. It and all that follows is the
 *         worker's.
 * @claimed: that request is over
 * @has_port: the worker has the port for this device
 * @engine: Linux's transfer engine while @has_port
 * @shows_mode: in the mode on the wire the device has shown the lines by which
 *              one that is not in it can be told; see device/transfer.c
 * @scans: the port's @scans when .4 was last seen to be there
 * @vanished: it was not there when it was looked for again
 *
 * Lives from the first opening of its name to the exit of the module, so that
 * the callbacks that clients hold stay good.
 */
struct winpar_device {
	struct winpar_port *port;
	int unit;
	char name[16];
	DEVICE_OBJECT object;
	struct winpar_file *file;
	struct winpar_device *older;
	u16 lost;
	struct task_struct *worker;
	struct ratelimit_state reports;
	wait_queue_head_t wake;
	wait_queue_head_t waiters;

	spinlock_t lock;	/* the device lock */
	struct list_head fifo;
	IRP *running;
	enum winpar_stop stop;
	bool locked;
	bool locking;
	bool leaving;
	bool driving;
	unsigned long expired;
	struct winpar_device_settings {
		SERIAL_TIMEOUTS timeouts;
		USHORT forward;		/* current protocols */
		USHORT reverse;
		USHORT excluded;	/* not to be used */
		UCHAR write_address;
		UCHAR read_address;
		bool has_write_address;
		bool has_read_address;
	} set;

	struct delayed_work time;
	struct delayed_work interrupt;
	IRP claim;
	bool claimed;
	bool has_port;
	struct winpar_engine engine;
	bool shows_mode;
	unsigned int scans;
	bool vanished;
};

/* device/open.c */
extern unsigned int winpar_device_lock_timeout;	/* a parameter, in ms */
unsigned long winpar_device_patience(void);
NTSTATUS __winpar_device_open(struct winpar_file *file, int unit);
NTSTATUS winpar_device_look(struct winpar_file *file);
unsigned int winpar_device_close(struct winpar_file *file, bool *locked);
NTSTATUS winpar_device_state(struct winpar_device *device);
void winpar_device_detach(struct winpar_port *port);
void winpar_device_detached(struct winpar_port *port);
unsigned int winpar_device_end_client(struct winpar_port *port,
				      struct module *module);
void winpar_device_destroy(struct winpar_port *port);

/* device/ioctl.c */
struct winpar_request;

NTSTATUS winpar_device_dispatch(struct winpar_file *file, IRP *irp);
const struct winpar_request *winpar_device_find_request(UCHAR major,
							ULONG code);

/* device/settings.c */
NTSTATUS winpar_ioctl_ieee1284_get_mode(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_par_get_default_modes(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_par_set_read_address(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_serial_get_timeouts(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_ioctl_serial_set_timeouts(struct winpar_file *file, IRP *irp);

/* device/data.c */
NTSTATUS winpar_device_transfer(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_device_query_information(IRP *irp);
NTSTATUS winpar_job_par_query_device_id(struct winpar_device *device, IRP *irp);
NTSTATUS winpar_job_par_query_raw_device_id(struct winpar_device *device,
					    IRP *irp);
NTSTATUS winpar_job_par_query_device_id_size(struct winpar_device *device,
					     IRP *irp);

/* device/class.c */
void winpar_class_information(struct winpar_device *device,
			      PARCLASS_INFORMATION *info);

/* device/worker.c */
NTSTATUS __winpar_device_queue(struct winpar_file *file, IRP *irp,
			       const struct winpar_job *job);
NTSTATUS winpar_device_queue(struct winpar_file *file, IRP *irp,
			     const struct winpar_job *job);
bool winpar_device_cancel(struct winpar_device *device, IRP *irp);
void winpar_device_prepare(struct winpar_file *file, IRP *irp, u8 *told);
NTSTATUS winpar_device_wait(struct winpar_device *device, IRP *irp, u8 *told);
unsigned int winpar_device_silence(struct winpar_device *device,
				   struct module *module);
NTSTATUS winpar_device_start(struct winpar_device *device);
unsigned int winpar_device_shut(struct winpar_device *device);
void winpar_device_halt(struct winpar_device *device);
void winpar_device_queue_init(struct winpar_device *device);

void winpar_device_drive(struct winpar_device *device, bool driving);

/* device/hold.c: the worker's thread only */
NTSTATUS winpar_device_take_port(struct winpar_device *device,
				 unsigned long timeout, bool select);
void winpar_device_give_port(struct winpar_device *device);
bool winpar_device_begin(struct winpar_device *device);
void winpar_device_end(struct winpar_device *device);
bool winpar_device_find(struct winpar_device *device);

/* device/worker.c: what a job may call; the worker's thread only */
enum winpar_stop winpar_device_stop(struct winpar_device *device);
NTSTATUS winpar_device_stop_status(enum winpar_stop stop);
void winpar_device_set_time(struct winpar_device *device, unsigned int ms);
void winpar_device_clear_time(struct winpar_device *device);
bool winpar_device_nap(struct winpar_device *device, unsigned int ms);

/* device/negotiate.c: the worker's thread, the port allocated */
NTSTATUS winpar_transfer_stopped(struct winpar_device *device);
void winpar_transfer_settings(struct winpar_device *device,
			      struct winpar_device_settings *set);
NTSTATUS winpar_transfer_enter(struct winpar_device *device, int mode);
NTSTATUS winpar_transfer_connect(struct winpar_device *device, bool forward);
void winpar_transfer_disconnect(struct winpar_device *device);
NTSTATUS winpar_transfer_negotiate(struct winpar_device *device,
				   USHORT forward, USHORT reverse);
USHORT winpar_transfer_protocols(struct winpar_device *device);

/* device/transfer.c: likewise */
void winpar_transfer_set_time(struct winpar_device *device, ULONG multiplier,
			      ULONG constant, ULONG length);
NTSTATUS winpar_transfer_address(struct winpar_device *device);
NTSTATUS winpar_transfer_write(struct winpar_device *device, const void *buffer,
			       ULONG length, ULONG *done);
NTSTATUS winpar_transfer_read(struct winpar_device *device, void *buffer,
			      ULONG length, ULONG *done);

/* device/status.c: likewise */
UCHAR winpar_transfer_status(struct winpar_device *device);
void winpar_status_report(struct winpar_device *device, const char *what);
NTSTATUS winpar_transfer_initialise(struct winpar_device *device);

/* device/id.c: likewise */
#define WINPAR_ID_MAX	65536
NTSTATUS winpar_device_read_id(struct winpar_device *device, UCHAR *raw,
			       size_t *length);

/* device/protocol.c */
int winpar_protocol_mode(USHORT protocol);
USHORT winpar_protocol_forward(USHORT mask);
USHORT winpar_protocol_reverse(USHORT mask);
USHORT winpar_protocol_fastest(USHORT mask);

#endif /* _WINPAR_DEVICE_H */
