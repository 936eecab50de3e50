/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmstress: the types, variables and functions that its files share.
 *
 * vmstress_main.c	the module, its threads, routines, timer and watch
 * vmstress_device.c	the party that uses the parallel device
 * vmstress_port.c	the parties that use the port: requests, calls, polling
 * vmstress_model.c	the model, and what all parties do
 */
#ifndef VMSTRESS_H
#define VMSTRESS_H

#include <linux/atomic.h>
#include <linux/kthread.h>
#include <linux/printk.h>
#include <winpar/winpar.h>

/* How many requests the party ASYNC has at a time. */
#define STRESS_REQUESTS	4
/* How many requests of all parties can wait for the port at a time. */
#define STRESS_QUEUED	(STRESS_REQUESTS + 9)
/* How many flaws are written to the log; the later ones are only counted. */
#define STRESS_TOLD	20

/*
 * A life of the port: from an arrival to its removal. Each has a Context of its
 * own.
 */
struct life {
	void *context;
	atomic_t owner;		/* a party's number, or 0 */
	atomic_t grants;
};

enum who {
	ASYNC = 1, SYNC, MODE, POLL, DEVICE, OPENER, SELECT, CONNECT,
	ROUTINE, CHECK, TIMER,
	PARTIES
};

struct party {
	enum who who;
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	struct life *life;
	struct task_struct *task;
	u8 token;
	bool blind;		/* it leaves no byte in the data register */
	unsigned int port;	/* its number */
	unsigned int granted;
};

/* Module parameters: stress_NAME is the parameter NAME. */
extern unsigned int stress_port, stress_ports, stress_seed, stress_patience, stress_flaws;
extern unsigned int stress_kick;
extern bool stress_leave, stress_fail;
/* How often a party has called winpar. */
extern atomic_t stress_calls;
/* How often a call was refused for lack of memory. */
extern atomic_t stress_refusals;
/* Counts for the log: requests of ASYNC, and bytes to and from the device. */
extern atomic_t stress_submitted, stress_completed;
extern unsigned int stress_moved;
/* The module is being unloaded. */
extern bool stress_over;

extern struct party parties[PARTIES];
extern const char *const stress_names[PARTIES];
extern atomic_t stress_told;

#define flaw(fmt, ...)							\
do {									\
	WRITE_ONCE(stress_flaws, stress_flaws + 1);					\
	if (atomic_inc_return(&stress_told) <= STRESS_TOLD)				\
		pr_err("FLAW: " fmt "\n", ##__VA_ARGS__);		\
} while (0)

unsigned int stress_dice(unsigned int sides);
void stress_rest(unsigned int us);
void stress_work(struct party *p);
bool stress_lull(void);
bool stress_lacked(NTSTATUS status);

void model_grant(struct party *p);
void model_free(struct party *p, bool sure);
void model_waited(struct party *p, unsigned long since);
void model_copy(struct party *to, const struct party *from);
void model_judge(void);
void model_report(unsigned int arrivals, unsigned int removals);

bool party_gone(const struct party *p);
void party_free(struct party *p);
NTSTATUS party_open_name(struct party *p, const char *name);
bool party_open(struct party *p);
void party_close(struct party *p);
bool party_try(struct party *p);
NTSTATUS party_submit(struct party *p, IRP *irp);
void party_cancel(IRP *irp);
int party_over(struct party *p);
NTSTATUS party_call(struct party *p, ULONG code, void *buffer, size_t in,
		    size_t out);

void async_init(void);
int async_thread(void *data);
int sync_thread(void *data);
int mode_thread(void *data);
int poll_thread(void *data);
int opener_thread(void *data);
int select_thread(void *data);
int device_thread(void *data);

static inline bool stress_stopped(void)
{
	return kthread_should_stop();
}

#endif /* VMSTRESS_H */
