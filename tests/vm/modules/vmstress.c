// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmstress - clients of all kinds on one port at once, and a model of who owns it.
 *
 * Seven threads, an interrupt routine, a deferred port check routine, a timer and a
 * watch use \Device\ParallelPortN and the device on it until the module is
 * unloaded: requests with completion routines, cancelled and submitted again from
 * inside; synchronous calls; chip modes; TryAllocatePort; reads, writes and locks of
 * the device; files that are closed with requests pending. When the port goes they
 * open it again as soon as it is back.
 *
 * What the model says, and what is a flaw otherwise:
 *	- a party that is granted a port is its only owner (by the model, and by a
 *	  byte that it leaves in the data register and finds there before it frees);
 *	- a request completes exactly once, and when submitting it has given its
 *	  final status, its routine has been called;
 *	- a request that waits is overtaken by no request that came later;
 *	- no request waits longer than "patience";
 *	- at the end there were as many frees as allocations.
 *
 * With leave=1 the module leaves everything as it is when it is unloaded: the port
 * allocated, requests pending, routines connected, files and the watch on.
 *
 * The log has the seed, a line for each of the first flaws ("vmstress: FLAW") and
 * at the end the figures.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jhash.h>
#include <linux/kthread.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <winpar/ntddser.h>
#include <winpar/winpar.h>

WINPAR_CLIENT();

/* Lives of the port that the model can tell apart. */
#define LIVES		4096
/* Requests that the party with completion routines has at a time. */
#define REQUESTS	4
/* Requests that can wait for the port at a time, of all parties. */
#define QUEUED		(REQUESTS + 8)
/* Flaws that the log has a line for. */
#define TOLD		20

#define REG_DATA	0
#define REG_CONTROL	2
#define CONTROL_READY	0x0c	/* nInit and nSelectIn */

static unsigned int port;
module_param(port, uint, 0444);
MODULE_PARM_DESC(port, "Which port (default: 0)");

static unsigned int seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "What the parties' choices depend on; 0: random");

static bool leave;
module_param(leave, bool, 0444);
MODULE_PARM_DESC(leave, "Leave everything open when unloaded");

static unsigned int patience = 10000;
module_param(patience, uint, 0444);
MODULE_PARM_DESC(patience, "How long a request may wait, in ms");

static unsigned int flaws;
module_param(flaws, uint, 0444);
MODULE_PARM_DESC(flaws, "How many flaws were found");

/* A life of the port; a Context is never that of another one. */
struct life {
	void *context;
	atomic_t owner;		/* a party's number, or 0 */
	atomic_t grants;
};

enum who {
	ASYNC = 1, SYNC, MODE, POLL, DEVICE, OPENER, CONNECT,
	ROUTINE, CHECK, TIMER,
	PARTIES
};

static const char *const names[PARTIES] = {
	"nobody", "async", "sync", "mode", "poll", "device", "opener",
	"connect", "routine", "check", "timer",
};

struct party {
	enum who who;
	struct winpar_file *file;
	PARALLEL_PORT_INFORMATION info;
	struct life *life;
	struct task_struct *task;
	u8 token;
	bool blind;		/* it does not look at the data register */
	unsigned int granted;
};

enum {
	REQUEST_DONE,
	REQUEST_SUBMITTED,
};

struct request {
	IRP irp;
	atomic_t state;
	unsigned long since;
	bool again;		/* to be submitted again from its routine */
};

static struct party parties[PARTIES];
static struct life lives[LIVES];
static unsigned int nlives;
static DEFINE_SPINLOCK(lives_lock);
static struct request requests[REQUESTS];
/* The party ASYNC has the port, and its thread is to free it. */
static bool held;
static PARALLEL_INTERRUPT_INFORMATION interrupt;
static struct hrtimer timer;
static bool over;
static atomic_t throws, freed, submitted, completed, longest, told;
static unsigned int grants, arrivals, removals, moved;

/* ----- the model ---------------------------------------------------------- */

#define flaw(fmt, ...)							\
do {									\
	WRITE_ONCE(flaws, flaws + 1);					\
	if (atomic_inc_return(&told) <= TOLD)				\
		pr_err("FLAW: " fmt "\n", ##__VA_ARGS__);		\
} while (0)

/* A number below @sides. */
static unsigned int dice(unsigned int sides)
{
	return jhash_1word(atomic_inc_return(&throws), seed) % sides;
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

static bool is_gone(const struct party *p)
{
	return winpar_internal_ioctl(p->file,
				     IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO,
				     NULL, 0, NULL, 0, NULL) != STATUS_SUCCESS;
}

/* The party has been granted the port. */
static void model_grant(struct party *p)
{
	int old = atomic_cmpxchg(&p->life->owner, 0, p->who);

	if (old)
		flaw("%s was granted the port, which %s has", names[p->who],
		     names[old]);
	atomic_inc(&p->life->grants);
	p->granted++;
	if (p->blind)
		return;
	p->token = dice(256);
	WRITE_PORT_UCHAR(p->info.Controller + REG_CONTROL, CONTROL_READY);
	WRITE_PORT_UCHAR(p->info.Controller + REG_DATA, p->token);
}

/* The party is about to free the port. @sure: it cannot have been removed. */
static void model_free(struct party *p, bool sure)
{
	int old;
	u8 now;

	if (!p->blind) {
		now = READ_PORT_UCHAR(p->info.Controller + REG_DATA);
		if (now != p->token && (sure || !is_gone(p)))
			flaw("%s has the port and left 0x%02x in its data register, which is 0x%02x",
			     names[p->who], p->token, now);
	}
	old = atomic_cmpxchg(&p->life->owner, p->who, 0);
	if (old != p->who)
		flaw("%s frees the port, which %s has", names[p->who],
		     names[old]);
	atomic_inc(&freed);
}

static void party_free(struct party *p)
{
	model_free(p, false);
	p->info.FreePort(p->info.Context);
}

static void model_waited(struct party *p, unsigned long since)
{
	int ms = jiffies_to_msecs(jiffies - since);

	if (ms > atomic_read(&longest))
		atomic_set(&longest, ms);
	if (ms > patience)
		flaw("%s has waited for %d ms", names[p->who], ms);
}

/* ----- what the threads have in common -------------------------------------- */

static bool stopped(void)
{
	return kthread_should_stop();
}

static void rest(unsigned int us)
{
	usleep_range(us, us + us / 4 + 1);
}

/* A short time with the port. */
static void work(void)
{
	if (dice(4))
		udelay(dice(50));
	else
		rest(50 + dice(500));
}

/* What the timer takes from a thread, it takes whole. */
static void party_has(struct party *p, const PARALLEL_PORT_INFORMATION *info)
{
	struct life *life = life_of(info->Context);

	spin_lock_bh(&lives_lock);
	p->info = *info;
	p->life = life;
	spin_unlock_bh(&lives_lock);
}

/* Open the port of today, however long that takes. False: the end has come. */
static bool party_open(struct party *p)
{
	PARALLEL_PORT_INFORMATION info;
	char name[40];
	NTSTATUS status;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%u", port);
	while (!stopped()) {
		if (winpar_open(name, &p->file) != STATUS_SUCCESS) {
			rest(2000);
			continue;
		}
		status = winpar_internal_ioctl(p->file,
					       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
					       NULL, 0, &info, sizeof(info),
					       NULL);
		if (status == STATUS_SUCCESS) {
			party_has(p, &info);
			return true;
		}
		if (status != STATUS_DELETE_PENDING)
			flaw("%s: information: status %#x", names[p->who],
			     status);
		winpar_close(p->file);
		p->file = NULL;
	}
	return false;
}

static void party_close(struct party *p)
{
	winpar_close(p->file);
	p->file = NULL;
}

static int party_over(struct party *p)
{
	if (!leave)
		party_close(p);
	while (!stopped())
		rest(1000);
	return 0;
}

/* ----- requests with completion routines ------------------------------------ */

static NTSTATUS async_done(PDEVICE_OBJECT object, PIRP irp, PVOID context);

static void async_submit(struct party *p, struct request *r, bool inside)
{
	NTSTATUS status;

	atomic_inc(&submitted);
	winpar_irp_set_ioctl(&r->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_set_completion(&r->irp, async_done, r);
	r->since = jiffies;
	if (atomic_xchg(&r->state, REQUEST_SUBMITTED) != REQUEST_DONE)
		flaw("a request was submitted twice: the test is wrong");
	status = winpar_irp_submit(p->file, &r->irp);
	if (status == STATUS_PENDING)
		return;
	if (inside && status == STATUS_SUCCESS)
		flaw("an allocation inside a routine has succeeded at once");
	/* Inside a routine it is not called again when the file closes. */
	if (inside && status == STATUS_CANCELLED) {
		atomic_set(&r->state, REQUEST_DONE);
		atomic_inc(&completed);
	}
}

static NTSTATUS async_done(PDEVICE_OBJECT object, PIRP irp, PVOID context)
{
	struct party *p = &parties[ASYNC];
	struct request *r = context;
	NTSTATUS status = irp->IoStatus.Status;
	bool again = r->again;

	model_waited(p, r->since);
	if (status == STATUS_SUCCESS)
		model_grant(p);
	else if (status != STATUS_CANCELLED && status != STATUS_DELETE_PENDING)
		flaw("an allocation has ended with %#x", status);
	atomic_inc(&completed);
	if (atomic_xchg(&r->state, REQUEST_DONE) != REQUEST_SUBMITTED)
		flaw("a request has completed twice");
	if (status != STATUS_SUCCESS)
		return STATUS_SUCCESS;
	if (!dice(3)) {
		smp_store_release(&held, true);
		return STATUS_SUCCESS;
	}
	party_free(p);
	if (again && !READ_ONCE(over))
		async_submit(p, r, true);
	return STATUS_SUCCESS;
}

static bool async_is_idle(void)
{
	unsigned int i;

	for (i = 0; i < REQUESTS; i++)
		if (atomic_read(&requests[i].state) != REQUEST_DONE)
			return false;
	return true;
}

static void async_unhold(struct party *p)
{
	if (!smp_load_acquire(&held))
		return;
	work();
	WRITE_ONCE(held, false);
	party_free(p);
}

static void async_step(struct party *p)
{
	struct request *r = &requests[dice(REQUESTS)];

	if (atomic_read(&r->state) == REQUEST_DONE) {
		/* Its routine may still be running, but not with it. */
		r->again = dice(2);
		async_submit(p, r, false);
	} else if (!dice(4)) {
		winpar_irp_cancel(&r->irp);
	}
	async_unhold(p);
	if (!dice(8))
		rest(200);
}

/* Have no request and not the port. */
static void async_settle(struct party *p)
{
	unsigned int i;

	for (i = 0; i < REQUESTS; i++)
		requests[i].again = false;
	while (!async_is_idle() || READ_ONCE(held)) {
		for (i = 0; i < REQUESTS; i++)
			if (atomic_read(&requests[i].state) != REQUEST_DONE)
				winpar_irp_cancel(&requests[i].irp);
		async_unhold(p);
		rest(200);
	}
}

/* Have the port, and requests that wait for it, for those who clean up. */
static void async_litter(struct party *p)
{
	unsigned int i, tries = 100;

	while (!READ_ONCE(held) && tries--) {
		for (i = 0; i < REQUESTS; i++)
			if (atomic_read(&requests[i].state) == REQUEST_DONE)
				async_submit(p, &requests[i], false);
		rest(500);
	}
}

static int async_thread(void *data)
{
	struct party *p = data;

	while (party_open(p)) {
		while (!stopped() && !is_gone(p))
			async_step(p);
		if (leave && stopped()) {
			async_litter(p);
			return 0;
		}
		async_settle(p);
		party_close(p);
	}
	return party_over(p);
}

/* ----- synchronous calls ----------------------------------------------------- */

/* An allocation that is waited for. Is it overtaken? */
static NTSTATUS sync_allocate(struct party *p)
{
	unsigned long since = jiffies;
	int before, passed;
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	status = winpar_irp_submit(p->file, &irp);
	if (status != STATUS_PENDING)
		return status;
	before = atomic_read(&p->life->grants);
	if (!dice(16))
		winpar_irp_cancel(&irp);
	status = winpar_irp_wait(&irp);
	passed = atomic_read(&p->life->grants) - before;
	if (status == STATUS_SUCCESS && passed > QUEUED)
		flaw("%s was passed by %d others in the queue", names[p->who],
		     passed);
	model_waited(p, since);
	return status;
}

static NTSTATUS sync_call(struct party *p, ULONG code, void *buffer,
			  size_t in, size_t out)
{
	return winpar_internal_ioctl(p->file, code, buffer, in, buffer, out,
				     NULL);
}

static void sync_step(struct party *p)
{
	NTSTATUS status = dice(2) ? sync_allocate(p) :
			  sync_call(p, IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE,
				    NULL, 0, 0);

	if (status == STATUS_SUCCESS) {
		model_grant(p);
		work();
		if (dice(2)) {
			party_free(p);
		} else {
			model_free(p, false);
			status = sync_call(p, IOCTL_INTERNAL_PARALLEL_PORT_FREE,
					   NULL, 0, 0);
		}
	}
	if (status != STATUS_SUCCESS && status != STATUS_CANCELLED &&
	    status != STATUS_DELETE_PENDING)
		flaw("%s: status %#x", names[p->who], status);
	if (!dice(8))
		rest(200);
}

/* With the port: a chip mode set and cleared. */
static void mode_step(struct party *p)
{
	PARALLEL_PNP_INFORMATION pnp;
	PARALLEL_CHIP_MODE mode = { .ModeFlags = 0x20 };
	NTSTATUS status;

	if (!dice(8))
		sync_call(p, IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO, &pnp, 0,
			  sizeof(pnp));
	if (sync_allocate(p) != STATUS_SUCCESS)
		return;
	model_grant(p);
	status = sync_call(p, IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE, &mode,
			   sizeof(mode), 0);
	if (status == STATUS_SUCCESS) {
		work();
		status = sync_call(p, IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE,
				   &mode, sizeof(mode), 0);
	}
	if (status != STATUS_SUCCESS && status != STATUS_DELETE_PENDING)
		flaw("%s: the chip mode: status %#x", names[p->who], status);
	party_free(p);
	rest(200);
}

static void poll_step(struct party *p)
{
	if (p->info.TryAllocatePort(p->info.Context)) {
		model_grant(p);
		work();
		party_free(p);
	} else if (p->info.QueryNumWaiters(p->info.Context) > QUEUED + 1) {
		flaw("more requests wait than there are");
	}
	rest(100 + dice(400));
}

/* A file that is closed with a request pending. */
static void opener_step(struct party *p)
{
	IRP irp;

	winpar_irp_init(&irp);
	winpar_irp_set_ioctl(&irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE, NULL, 0, 0);
	winpar_irp_submit(p->file, &irp);
	if (dice(2))
		rest(dice(300));
	party_close(p);
	/* The close has ended it, one way or the other. */
	if (irp.IoStatus.Status == STATUS_PENDING)
		flaw("close has returned with a request pending");
}

/* ----- the device ------------------------------------------------------------- */

static bool device_open(struct party *p)
{
	char name[16];

	snprintf(name, sizeof(name), "LPT%u", port + 1);
	while (!stopped()) {
		if (winpar_open(name, &p->file) == STATUS_SUCCESS)
			return true;
		rest(2000);
	}
	return false;
}

static bool device_is_well(NTSTATUS status)
{
	switch (status) {
	case STATUS_SUCCESS:
	case STATUS_TIMEOUT:
	case STATUS_CANCELLED:
	case STATUS_IO_DEVICE_ERROR:
		return true;
	case STATUS_DELETE_PENDING:
	case STATUS_DEVICE_REMOVED:
		return false;
	default:
		flaw("device: status %#x", status);
		return false;
	}
}

/* A write that is cancelled somewhere in the middle. */
static NTSTATUS device_write_cancelled(struct party *p, u8 *buffer, ULONG len)
{
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	irp.AssociatedIrp.SystemBuffer = buffer;
	irp.Stack.MajorFunction = IRP_MJ_WRITE;
	irp.Stack.Parameters.Write.Length = len;
	status = winpar_irp_submit(p->file, &irp);
	if (status != STATUS_PENDING)
		return status;
	rest(dice(500));
	winpar_irp_cancel(&irp);
	return winpar_irp_wait(&irp);
}

/* False: the device is gone. */
static bool device_step(struct party *p)
{
	u8 buffer[64] = { };
	ULONG done = 0;
	bool locked, well;

	locked = !dice(3) &&
		 sync_call(p, IOCTL_INTERNAL_LOCK_PORT, NULL, 0, 0) ==
		 STATUS_SUCCESS;
	if (locked && p->life)
		model_grant(p);
	if (!dice(3))
		well = device_is_well(device_write_cancelled(p, buffer,
							     sizeof(buffer)));
	else if (dice(2))
		well = device_is_well(winpar_write(p->file, buffer,
						   dice(sizeof(buffer)), &done));
	else
		well = device_is_well(winpar_read(p->file, buffer, 8, &done));
	moved += done;
	if (locked) {
		if (p->life)
			model_free(p, true);
		sync_call(p, IOCTL_INTERNAL_UNLOCK_PORT, NULL, 0, 0);
	}
	rest(200);
	return well;
}

/*
 * Which life the device is of is known as long as a port file of this party's is
 * open that was opened before the device and is not gone after it.
 */
static int device_thread(void *data)
{
	SERIAL_TIMEOUTS times = {
		.ReadTotalTimeoutConstant = 20,
		.WriteTotalTimeoutConstant = 200,
	};
	struct party *p = data;
	struct winpar_file *file;
	struct life *life;

	p->blind = true;
	while (party_open(p)) {
		file = p->file;
		life = p->life;
		if (!device_open(p)) {
			winpar_close(file);
			break;
		}
		swap(file, p->file);
		p->life = is_gone(p) ? NULL : life;
		swap(file, p->file);
		winpar_device_ioctl(p->file, IOCTL_SERIAL_SET_TIMEOUTS, &times,
				    sizeof(times), NULL, 0, NULL);
		while (!stopped() && device_step(p))
			if (!dice(64))
				break;
		if (leave && stopped())
			return 0;
		party_close(p);
		winpar_close(file);
	}
	p->file = NULL;
	return party_over(p);
}

/* ----- routines, timer, watch ----------------------------------------------------- */

static BOOLEAN routine(PKINTERRUPT object, PVOID context)
{
	PPARALLEL_TRY_ALLOCATE_ROUTINE try;
	struct party *p = context;

	/* Interrupts may come before the first connection has returned. */
	try = smp_load_acquire(&interrupt.TryAllocatePortAtInterruptLevel);
	if (!try || !try(p->info.Context))
		return TRUE;
	model_grant(p);
	model_free(p, true);
	interrupt.FreePortFromInterruptLevel(p->info.Context);
	return TRUE;
}

static VOID check(PVOID context)
{
	struct party *p = context;

	if (!p->info.TryAllocatePort(p->info.Context))
		return;
	model_grant(p);
	party_free(p);
}

static NTSTATUS connect_change(struct party *p, ULONG code)
{
	union {
		PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
		PARALLEL_INTERRUPT_INFORMATION information;
	} both = { .routines = {
		.InterruptServiceRoutine = routine,
		.InterruptServiceContext = &parties[ROUTINE],
		.DeferredPortCheckRoutine = check,
		.DeferredPortCheckContext = &parties[CHECK],
	} };
	bool connect = code == IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT;
	NTSTATUS status;

	status = sync_call(p, code, &both, sizeof(both),
			   connect ? sizeof(both) : 0);
	if (!connect || status != STATUS_SUCCESS)
		return status;
	interrupt.FreePortFromInterruptLevel =
		both.information.FreePortFromInterruptLevel;
	smp_store_release(&interrupt.TryAllocatePortAtInterruptLevel,
			  both.information.TryAllocatePortAtInterruptLevel);
	return status;
}

static int connect_thread(void *data)
{
	struct party *p = data, *r = &parties[ROUTINE], *c = &parties[CHECK];

	while (party_open(p)) {
		/* Nothing is connected: these are not in use. */
		r->file = c->file = p->file;
		r->info = c->info = p->info;
		r->life = c->life = p->life;
		while (!stopped() && !is_gone(p)) {
			if (connect_change(p, IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT) !=
			    STATUS_SUCCESS)
				break;
			rest(5000 + dice(20000));
			if (leave && stopped())
				return 0;
			if (connect_change(p, IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT) !=
			    STATUS_SUCCESS)
				flaw("connect: it could not disconnect");
			if (!dice(8))
				rest(3000);
		}
		party_close(p);
	}
	return party_over(p);
}

/* The timer has the port's information from the thread that polls, and no file. */
static enum hrtimer_restart timer_fires(struct hrtimer *unused)
{
	struct party *p = &parties[TIMER];

	spin_lock(&lives_lock);
	p->info = parties[POLL].info;
	p->life = parties[POLL].life;
	spin_unlock(&lives_lock);
	if (p->life && p->info.TryAllocatePort(p->info.Context)) {
		model_grant(p);
		udelay(dice(20));
		party_free(p);
	}
	if (READ_ONCE(over))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(&timer, ms_to_ktime(1 + dice(4)));
	return HRTIMER_RESTART;
}

static void arrived(struct winpar_watch *watch, const char *name)
{
	struct winpar_file *file;

	arrivals++;
	if (winpar_open(name, &file) == STATUS_SUCCESS)
		winpar_close(file);
}

static void removed(struct winpar_watch *watch, const char *name)
{
	removals++;
}

static struct winpar_watch watch = { .arrived = arrived, .removed = removed };

/* ----- threads --------------------------------------------------------------------- */

/* One that only opens the port and does steps until it is gone. */
static int step_thread(struct party *p, void (*step)(struct party *p))
{
	while (party_open(p)) {
		while (p->file && !stopped() && !is_gone(p))
			step(p);
		if (leave && stopped())
			break;
		party_close(p);
	}
	return party_over(p);
}

static int sync_thread(void *data)
{
	return step_thread(data, sync_step);
}

static int mode_thread(void *data)
{
	return step_thread(data, mode_step);
}

static int poll_thread(void *data)
{
	return step_thread(data, poll_step);
}

static int opener_thread(void *data)
{
	return step_thread(data, opener_step);
}

/* In the order in which they end: with the last one goes who frees the port. */
static const struct {
	enum who who;
	int (*run)(void *data);
} threads[] = {
	{ SYNC, sync_thread },
	{ MODE, mode_thread },
	{ POLL, poll_thread },
	{ DEVICE, device_thread },
	{ OPENER, opener_thread },
	{ CONNECT, connect_thread },
	{ ASYNC, async_thread },
};

static void threads_stop(void)
{
	struct task_struct *task;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		task = parties[threads[i].who].task;
		if (task)
			kthread_stop(task);
	}
}

static int threads_start(void)
{
	struct task_struct *task;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		task = kthread_run(threads[i].run, &parties[threads[i].who],
				   "vmstress/%s", names[threads[i].who]);
		if (IS_ERR(task))
			return PTR_ERR(task);
		parties[threads[i].who].task = task;
	}
	return 0;
}

/* ----- life -------------------------------------------------------------------------- */

static void stress_judge(void)
{
	unsigned int i;

	for (i = 0; i < nlives; i++)
		if (atomic_read(&lives[i].owner))
			flaw("at the end %s has the port",
			     names[atomic_read(&lives[i].owner)]);
	if (grants != atomic_read(&freed))
		flaw("%u allocations and %d frees", grants,
		     atomic_read(&freed));
	if (atomic_read(&submitted) != atomic_read(&completed))
		flaw("%d requests were submitted, %d completed",
		     atomic_read(&submitted), atomic_read(&completed));
}

static void stress_report(void)
{
	unsigned int i;

	for (i = 1; i < PARTIES; i++)
		pr_info("%s was granted the port %u times\n", names[i],
			parties[i].granted);
	pr_info("seed %u: %u flaws, %u grants, %d requests, %u bytes, %u lives, %u arrivals, %u removals, longest wait %d ms\n",
		seed, flaws, grants, atomic_read(&submitted), moved, nlives,
		arrivals, removals, atomic_read(&longest));
}

static void stress_end(void)
{
	unsigned int i;

	WRITE_ONCE(over, true);
	hrtimer_cancel(&timer);
	threads_stop();
	if (!leave)
		winpar_unwatch_ports(&watch);
	for (i = 1; i < PARTIES; i++)
		grants += parties[i].granted;
	if (!leave)
		stress_judge();
	stress_report();
}

static int __init stress_init(void)
{
	unsigned int i;
	int ret;

	if (!seed)
		seed = get_random_u32();
	pr_info("seed %u\n", seed);
	for (i = 0; i < PARTIES; i++)
		parties[i].who = i;
	for (i = 0; i < REQUESTS; i++)
		winpar_irp_init(&requests[i].irp);
	/* It cannot ask whether the port is gone. */
	parties[TIMER].blind = true;
	winpar_hrtimer_setup(&timer, timer_fires, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_SOFT);
	if (winpar_watch_ports(&watch) != STATUS_SUCCESS)
		return -ENODEV;
	ret = threads_start();
	if (ret) {
		stress_end();
		return ret;
	}
	hrtimer_start(&timer, ms_to_ktime(1), HRTIMER_MODE_REL_SOFT);
	return 0;
}

static void __exit stress_exit(void)
{
	stress_end();
}

module_init(stress_init);
module_exit(stress_exit);
MODULE_DESCRIPTION("winpar clients of all kinds at once, and a model of who owns the port");
MODULE_LICENSE("GPL");

