/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The structure of a parallel device, and its lock.
 *
 * Each file of this folder that offers something to another has a header with
 * its name; the order of the files is in docs/design.md.
 *
 * Lock order: the port's file mutex, the device lock, the port lock.
 */
#ifndef _WINPAR_DEVICE_H
#define _WINPAR_DEVICE_H

#include <linux/completion.h>
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

#include "host/bytes.h"
#include "host/engine.h"
#include "host/host.h"
#include "port/port.h"

/* Units of a port: daisy-chain devices have their numbers. */
#define WINPAR_UNIT_END		4	/* .4, the end-of-chain device */
#define WINPAR_UNIT_RAW		5	/* the raw device, whose name has no number */

/* Why a job has to stop, the weakest reason first; NONE: it may go on. */
enum winpar_stop {
	WINPAR_STOP_NONE,
	WINPAR_STOP_SLEEP,	/* only until the machine has woken up */
	WINPAR_STOP_TIME,	/* its time has run out */
	WINPAR_STOP_CANCEL,	/* cancelled, or its file is being closed */
	WINPAR_STOP_GONE,	/* the port is going away */
};

/**
 * struct winpar_device - one parallel device
 * @port: what it is on
 * @unit: WINPAR_UNIT_... or the number of a daisy-chain device
 * @name: "LPT1", "LPT1.0"
 * @object: what clients see
 * @file: the file that has it open, or NULL; under @lock, and set under the port's
 *        file mutex too, which keeps the file from being freed
 * @lost: the port's @lost counter of this unit when it was opened
 * @worker: the thread that does its requests, while it is open
 * @reports: how often the log is told of its client and of why requests fail
 * @ending: the worker is to end when @fifo is empty
 * @ended: completed when it has given the port back and uses @engine no more
 * @wake: the worker waits here
 * @waiters: tasks wait here until the worker has finished a request
 * @lock: the device lock. Guards all down to @set.
 * @queue: what a request that waits for the worker, or that the worker is at, is
 *         queued on
 * @fifo: requests that wait for the worker, in order
 * @cursor: where winpar_worker_silence() is on its way through @fifo, an entry
 *          that is no request
 * @running: the one that the worker is at
 * @stop: why @running has to stop
 * @locked: the file holds the lock; written by the worker
 * @locking: a LOCK request of the file waits, or is being done
 * @driving: the worker uses @engine for @running
 * @expired: when @engine was told to stop, in jiffies
 * @set: what the client set, for IOCTL_SERIAL_GET_TIMEOUTS and so on
 * @time: ends @running when its time has run out
 * @deadline: when that is
 * @interrupt: sends the worker a signal, when a signal may end the engine's call
 * @claim: the worker's own request for the port. Only the worker uses this and
 *         what follows.
 * @claimed: @claim is complete
 * @has_port: the worker has the port for this device
 * @engine: Linux's transfer engine while @has_port
 * @shows_mode: since the mode on the wire was negotiated the worker has seen PError
 *              high, as the mode wants it, so that winpar_transfer_is_lost() may
 *              tell by the lines whether the device has left the mode
 * @scans: the port's @scans when the end-of-chain device was last found
 * @vanished: the end-of-chain device was not found again after a scan
 * @rcu: for kfree_rcu()
 *
 * Made when its name is first opened, and freed with the port.
 */
struct winpar_device {
	struct winpar_port *port;
	int unit;
	char name[16];
	DEVICE_OBJECT object;
	struct winpar_file *file;
	u16 lost;
	struct task_struct *worker;
	bool ending;
	struct completion ended;
	struct ratelimit_state reports;
	wait_queue_head_t wake;
	wait_queue_head_t waiters;

	spinlock_t lock;	/* the device lock */
	struct winpar_queue queue;
	struct list_head fifo;
	struct list_head cursor;
	IRP *running;
	enum winpar_stop stop;
	bool locked;
	bool locking;
	bool driving;
	unsigned long expired;
	ktime_t deadline;
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
	struct rcu_head rcu;
};

#endif /* _WINPAR_DEVICE_H */
