// SPDX-License-Identifier: GPL-2.0-only
/* vmstress: the model of who owns the port, and functions that all parties use. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/jhash.h>
#include <linux/spinlock.h>

#include "vmstress.h"

/* How many lives of the port the model can tell apart. */
#define LIVES		4096

#define REG_DATA	0
#define REG_STATUS	1
#define REG_CONTROL	2
#define CONTROL_READY	0x0c	/* nInit and nSelectIn */
#define CONTROL_INTEN	0x10

struct party parties[PARTIES];
const char *const stress_names[PARTIES] = {
	"no party", "async", "sync", "mode", "poll", "device", "opener",
	"select", "connect", "routine", "check", "timer",
};

atomic_t stress_told;

static struct life lives[LIVES];
static unsigned int nlives;
static DEFINE_SPINLOCK(lives_lock);
static atomic_t throws, freed, longest;

/* ----- the model ---------------------------------------------------------- */

/* A random number below @sides, from the seed. */
unsigned int stress_dice(unsigned int sides)
{
	return jhash_1word(atomic_inc_return(&throws), stress_seed) % sides;
}

static struct life *life_of(void *context)
{
	struct life *life;

	spin_lock_bh(&lives_lock);
	for (life = lives; life < lives + nlives; life++)
		if (life->context == context)
			break;
	if (life == lives + nlives) {
		if (nlives < LIVES - 1)
			nlives++;
		life->context = context;
	}
	spin_unlock_bh(&lives_lock);
	return life;
}

bool party_gone(const struct party *p)
{
	NTSTATUS status;

	atomic_inc(&stress_calls);
	status = winpar_internal_ioctl(p->file,
				       IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO,
				       NULL, 0, NULL, 0, NULL);
	if (status != STATUS_SUCCESS && status != STATUS_DELETE_PENDING)
		flaw("%s: the release of information: status %#x",
		     stress_names[p->who], status);
	return status != STATUS_SUCCESS;
}

/* Call it when the party has been granted the port. */
void model_grant(struct party *p)
{
	int old = atomic_cmpxchg(&p->life->owner, 0, p->who);

	if (old)
		flaw("%s was granted the port, which %s has",
		     stress_names[p->who], stress_names[old]);
	atomic_inc(&p->life->grants);
	p->granted++;
	if (p->blind)
		return;
	p->token = stress_dice(256);
	WRITE_PORT_UCHAR(p->info.Controller + REG_CONTROL, CONTROL_READY);
	WRITE_PORT_UCHAR(p->info.Controller + REG_DATA, p->token);
}

/*
 * Call it before the party frees the port. @sure: the port cannot be removed
 * now.
 */
void model_free(struct party *p, bool sure)
{
	int old;
	u8 now;

	if (!p->blind) {
		now = READ_PORT_UCHAR(p->info.Controller + REG_DATA);
		if (now != p->token && (sure || !party_gone(p)))
			flaw("%s has the port, whose data register is 0x%02x, not 0x%02x",
			     stress_names[p->who], now, p->token);
	}
	old = atomic_cmpxchg(&p->life->owner, p->who, 0);
	if (old != p->who)
		flaw("%s frees the port, which %s has", stress_names[p->who],
		     stress_names[old]);
	atomic_inc(&freed);
}

void party_free(struct party *p)
{
	model_free(p, false);
	atomic_inc(&stress_calls);
	p->info.FreePort(p->info.Context);
}

void model_waited(struct party *p, unsigned long since)
{
	int ms = jiffies_to_msecs(jiffies - since);

	if (ms > atomic_read(&longest))
		atomic_set(&longest, ms);
	if (ms > stress_patience)
		flaw("%s has waited for %d ms", stress_names[p->who], ms);
}

/**
 * model_copy() - let one party use the port of another one
 * @to: the party
 * @from: one that has a file on the port
 */
void model_copy(struct party *to, const struct party *from)
{
	spin_lock_bh(&lives_lock);
	to->info = from->info;
	to->life = from->life;
	spin_unlock_bh(&lives_lock);
}

static unsigned int model_grants(void)
{
	unsigned int i, grants = 0;

	for (i = 1; i < PARTIES; i++)
		grants += parties[i].granted;
	return grants;
}

void model_judge(void)
{
	unsigned int i, grants = model_grants();

	for (i = 0; i < nlives; i++)
		if (atomic_read(&lives[i].owner))
			flaw("at the end %s has the port",
			     stress_names[atomic_read(&lives[i].owner)]);
	if (grants != atomic_read(&freed))
		flaw("%u allocations and %d frees", grants,
		     atomic_read(&freed));
	if (atomic_read(&stress_submitted) != atomic_read(&stress_completed))
		flaw("%d requests were submitted, %d completed",
		     atomic_read(&stress_submitted),
		     atomic_read(&stress_completed));
}

void model_report(unsigned int arrivals, unsigned int removals)
{
	unsigned int i;

	for (i = 1; i < PARTIES; i++)
		if (i != OPENER && i != CONNECT)
			pr_info("%s was granted the port %u times\n",
				stress_names[i], parties[i].granted);
	pr_info("seed %u: %u flaws, %d calls, %d refusals, %u grants, %d requests, %u bytes, %u lives, %u arrivals, %u removals, longest wait %d ms\n",
		stress_seed, stress_flaws, atomic_read(&stress_calls),
		atomic_read(&stress_refusals), model_grants(),
		atomic_read(&stress_submitted), stress_moved, nlives,
		arrivals, removals, atomic_read(&longest));
}

/* ----- what the parties have in common ---------------------------------------- */

void stress_rest(unsigned int us)
{
	usleep_range(us, us + us / 4 + 1);
}

/*
 * QEMU's port interrupts when control is written with strobe clear and the interrupt was
 * enabled before, and lowers its line when the status is read.
 */
static void interrupts(const struct party *p)
{
	unsigned int n = stress_dice(stress_kick + 1);

	while (n--) {
		WRITE_PORT_UCHAR(p->info.Controller + REG_CONTROL,
				 CONTROL_READY | CONTROL_INTEN);
		READ_PORT_UCHAR(p->info.Controller + REG_STATUS);
	}
	WRITE_PORT_UCHAR(p->info.Controller + REG_CONTROL, CONTROL_READY);
}

/* A short time for which a party keeps the port. */
void stress_work(struct party *p)
{
	if (stress_kick)
		interrupts(p);
	if (stress_dice(4))
		udelay(stress_dice(50));
	else
		stress_rest(50 + stress_dice(500));
}

/* Under the lock with which model_copy(), in the timer, reads both. */
static void party_has(struct party *p, const PARALLEL_PORT_INFORMATION *info)
{
	struct life *life = life_of(info->Context);

	spin_lock_bh(&lives_lock);
	p->info = *info;
	p->life = life;
	spin_unlock_bh(&lives_lock);
}

/* For 80 of 200 ms the parties with requests make none, so that polls succeed. */
bool stress_lull(void)
{
	return jiffies_to_msecs(jiffies) % 200 < 80;
}

/* Has a call been refused for lack of memory, as fail=1 lets happen? */
bool stress_lacked(NTSTATUS status)
{
	if (!stress_fail || status != STATUS_INSUFFICIENT_RESOURCES)
		return false;
	atomic_inc(&stress_refusals);
	return true;
}

NTSTATUS party_open_name(struct party *p, const char *name)
{
	NTSTATUS status = winpar_open(name, &p->file);

	atomic_inc(&stress_calls);
	switch (status) {
	case STATUS_SUCCESS:
	case STATUS_OBJECT_NAME_NOT_FOUND:
	case STATUS_DELETE_PENDING:
	case STATUS_DEVICE_REMOVED:
		break;
	default:
		if (!stress_lacked(status))
			flaw("%s: the open of %s: status %#x", stress_names[p->who],
			     name, status);
	}
	return status;
}

bool party_try(struct party *p)
{
	atomic_inc(&stress_calls);
	return p->info.TryAllocatePort(p->info.Context);
}

NTSTATUS party_submit(struct party *p, IRP *irp)
{
	atomic_inc(&stress_calls);
	return winpar_irp_submit(p->file, irp);
}

void party_cancel(IRP *irp)
{
	atomic_inc(&stress_calls);
	winpar_irp_cancel(irp);
}

/* Open one of the ports, as soon as it is there. False: the thread is to end. */
bool party_open(struct party *p)
{
	PARALLEL_PORT_INFORMATION info;
	char name[40];
	NTSTATUS status;

	while (!stress_stopped()) {
		p->port = stress_port + stress_dice(stress_ports);
		snprintf(name, sizeof(name), "\\Device\\ParallelPort%u", p->port);
		if (party_open_name(p, name) != STATUS_SUCCESS) {
			stress_rest(2000);
			continue;
		}
		status = party_call(p, IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				    &info, 0, sizeof(info));
		if (status == STATUS_SUCCESS) {
			party_has(p, &info);
			return true;
		}
		if (status != STATUS_DELETE_PENDING && !stress_lacked(status))
			flaw("%s: information: status %#x", stress_names[p->who],
			     status);
		winpar_close(p->file);
		p->file = NULL;
	}
	return false;
}

void party_close(struct party *p)
{
	atomic_inc(&stress_calls);
	winpar_close(p->file);
	p->file = NULL;
}

int party_over(struct party *p)
{
	if (!stress_leave)
		party_close(p);
	while (!stress_stopped())
		stress_rest(1000);
	return 0;
}

NTSTATUS party_call(struct party *p, ULONG code, void *buffer, size_t in,
		    size_t out)
{
	atomic_inc(&stress_calls);
	return winpar_internal_ioctl(p->file, code, buffer, in, buffer, out,
				     NULL);
}
