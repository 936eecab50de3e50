// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fixture: each case has a fake port of its own, open three times. At its
 * end the files are closed, the port is removed, and the fixture expects that
 * nothing is allocated, connected, queued or open any more.
 */
#include <linux/delay.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "fixture.h"

WINPAR_CLIENT();
MODULE_DESCRIPTION("winpar's tests");
MODULE_LICENSE("GPL");

/* ----- the record -------------------------------------------------------- */

/* Does the caller hold a lock? False when lockdep is off, as after a splat. */
static bool wpt_holds(spinlock_t *lock)
{
#ifdef CONFIG_LOCKDEP
	return lockdep_is_held(lock) == LOCK_STATE_HELD;
#else
	return false;
#endif
}

/*
 * Make an entry in the record. @calls, if any, goes up under the record's lock
 * too: a case that has waited for one of the two finds the other.
 */
static void wpt_enter(struct wpt *t, int id, NTSTATUS status,
		      ULONG_PTR information, unsigned int *calls)
{
	struct wpt_log *log = &t->log;
	struct wpt_event *event;
	unsigned long flags;

	spin_lock_irqsave(&log->lock, flags);
	if (log->count < WPT_EVENTS) {
		event = &log->events[log->count];
		event->id = id;
		event->status = status;
		event->information = information;
		event->level = wpt_level();
		event->port_lock = wpt_holds(&t->port->lock);
		event->interrupt_lock = wpt_holds(&t->port->interrupt.lock);
	}
	log->count++;
	if (calls)
		WRITE_ONCE(*calls, *calls + 1);
	spin_unlock_irqrestore(&log->lock, flags);
	wake_up_all(&log->wait);
}

void wpt_note(struct wpt *t, int id, NTSTATUS status, ULONG_PTR information)
{
	wpt_enter(t, id, status, information, NULL);
}

unsigned int wpt_noted(struct wpt *t)
{
	unsigned long flags;
	unsigned int count;

	spin_lock_irqsave(&t->log.lock, flags);
	count = t->log.count;
	spin_unlock_irqrestore(&t->log.lock, flags);
	return count;
}

/* Wait until the record has so many events. */
bool wpt_reaches(struct wpt *t, unsigned int count)
{
	return wait_event_timeout(t->log.wait, wpt_noted(t) >= count, WPT_TIMEOUT);
}

/* Wait for the nth event; expect that it has this id and this status. */
void wpt_expect(struct wpt *t, unsigned int n, int id, NTSTATUS status)
{
	struct kunit *test = t->test;

	KUNIT_ASSERT_TRUE_MSG(test, wpt_reaches(t, n + 1),
			      "event %u, of %d, has not happened", n, id);
	KUNIT_EXPECT_EQ_MSG(test, t->log.events[n].id, id, "event %u", n);
	KUNIT_EXPECT_EQ_MSG(test, t->log.events[n].status, status, "event %u",
			    n);
	KUNIT_EXPECT_FALSE_MSG(test, t->log.events[n].port_lock, "event %u", n);
}

/* Expect events with these ids, each a success, and no other. */
void wpt_expect_order(struct wpt *t, const int *ids, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		wpt_expect(t, i, ids[i], STATUS_SUCCESS);
	wpt_expect_quiet(t, count);
}

/* Expect so many events once the loop and the port's work are idle. */
void wpt_expect_quiet(struct wpt *t, unsigned int count)
{
	wpt_settle(t);
	KUNIT_EXPECT_EQ_MSG(t->test, wpt_noted(t), count,
			    "the last is of %d",
			    wpt_noted(t) > 0 && wpt_noted(t) <= WPT_EVENTS ?
			    t->log.events[wpt_noted(t) - 1].id : -1);
}

/* ----- the port ---------------------------------------------------------- */

/* A copy of some of the port's fields, made under the port lock. */
struct wpt_seen {
	enum winpar_port_state state;
	struct winpar_holder *owner;
	unsigned long allocations;
	unsigned int nwaiting;
	unsigned int checks;
};

static void wpt_look(struct wpt *t, struct wpt_seen *copy)
{
	unsigned long flags;

	winpar_port_lock(t->port, &flags);
	copy->state = t->port->state;
	copy->owner = t->port->state == WINPAR_PORT_OWNED ? t->port->owner :
							    NULL;
	copy->allocations = t->port->allocations;
	copy->nwaiting = t->port->nwaiting;
	copy->checks = t->port->checks;
	winpar_port_unlock(t->port, flags);
}

enum winpar_port_state wpt_state(struct wpt *t)
{
	struct wpt_seen copy;

	wpt_look(t, &copy);
	return copy.state;
}

/* The file whose request has the port; NULL also when a Try call has it. */
struct winpar_file *wpt_owner(struct wpt *t)
{
	struct wpt_seen copy;

	wpt_look(t, &copy);
	if (!copy.owner || copy.owner == &copy.owner->seat->holder)
		return NULL;
	return container_of(copy.owner, struct winpar_file, holder);
}

/* How many files are open on the port. */
unsigned int wpt_files(struct wpt *t)
{
	struct winpar_seat *seat;
	struct list_head *entry;
	unsigned int count = 0;

	mutex_lock(&t->port->mutex);
	list_for_each_entry(seat, &t->port->seats, port_entry)
		list_for_each(entry, &seat->files)
			count++;
	mutex_unlock(&t->port->mutex);
	return count;
}

unsigned long wpt_allocations(struct wpt *t)
{
	struct wpt_seen copy;

	wpt_look(t, &copy);
	return copy.allocations;
}

unsigned int wpt_connections(struct wpt *t)
{
	struct list_head *entry;
	unsigned int count = 0;

	mutex_lock(&t->port->mutex);
	list_for_each(entry, &t->port->connections)
		count++;
	mutex_unlock(&t->port->mutex);
	return count;
}

/* Wait for a state. */
bool wpt_becomes(struct wpt *t, enum winpar_port_state state)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_state(t) != state) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(100, 200);
	}
	return true;
}

static bool wpt_is_busy(struct wpt *t)
{
	struct delayed_work *work = &t->port->host.work;

	if (READ_ONCE(t->port->loop.state))
		return true;
	/* A work that waits for its timer does nothing now. */
	return work_busy(&work->work) && !timer_pending(&work->timer);
}

/* Wait until the port's loop and its work have nothing to do. */
void wpt_settle(struct wpt *t)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_is_busy(t) && time_before(jiffies, end))
		usleep_range(100, 200);
}

/* ----- requests ---------------------------------------------------------- */

NTSTATUS wpt_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct wpt_request *request = context;

	if (&request->irp != irp || device != request->device)
		KUNIT_FAIL(request->t->test,
			   "wrong arguments of a completion routine");
	wpt_enter(request->t, request->id, irp->IoStatus.Status,
		  irp->IoStatus.Information, &request->calls);
	if (request->then)
		request->then(request);
	return STATUS_SUCCESS;
}

/* Set up a request whose completion routine makes an entry in the record. */
struct wpt_request *wpt_request(struct wpt *t, int id, ULONG code)
{
	struct wpt_request *request =
		kunit_kzalloc(t->test, sizeof(*request), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, request);
	request->t = t;
	request->id = id;
	winpar_irp_init(&request->irp);
	winpar_irp_set_ioctl(&request->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL,
			     code, request->buffer, sizeof(request->buffer),
			     sizeof(request->buffer));
	winpar_irp_set_completion(&request->irp, wpt_completed, request);
	return request;
}

NTSTATUS wpt_submit(struct wpt_request *request, struct winpar_file *file)
{
	request->device = winpar_device_object(file);
	request->returned = winpar_irp_submit(file, &request->irp);
	return request->returned;
}

/* Submit an ALLOCATE; it has to be pending then. */
struct wpt_request *wpt_queue(struct wpt *t, struct winpar_file *file, int id)
{
	struct wpt_request *request = wpt_request(t, id, WPT_ALLOCATE);

	KUNIT_EXPECT_EQ(t->test, wpt_submit(request, file), STATUS_PENDING);
	return request;
}

/* ----- interrupt and deferred routines ----------------------------------- */

static BOOLEAN wpt_interrupted(PKINTERRUPT object, PVOID context)
{
	struct wpt_hook *hook = context;

	hook->interrupts++;
	hook->object = object;
	if (!hook->quiet)
		wpt_note(hook->t, hook->id, STATUS_SUCCESS, 0);
	if (hook->on_interrupt)
		hook->on_interrupt(hook);
	return hook->result;
}

static VOID wpt_checked(PVOID context)
{
	struct wpt_hook *hook = context;

	hook->checks++;
	if (!hook->quiet)
		wpt_note(hook->t, WPT_CHECK(hook->id), STATUS_SUCCESS, 0);
	if (hook->on_check)
		hook->on_check(hook);
}

struct wpt_hook *wpt_hook(struct wpt *t, int id, int which)
{
	struct wpt_hook *hook = kunit_kzalloc(t->test, sizeof(*hook),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(t->test, hook);
	hook->t = t;
	hook->id = id;
	hook->result = TRUE;
	if (which & WPT_ISR) {
		hook->routines.InterruptServiceRoutine = wpt_interrupted;
		hook->routines.InterruptServiceContext = hook;
	}
	if (which & WPT_DEFERRED) {
		hook->routines.DeferredPortCheckRoutine = wpt_checked;
		hook->routines.DeferredPortCheckContext = hook;
	}
	return hook;
}

NTSTATUS wpt_connect(struct wpt_hook *hook, struct winpar_file *file)
{
	return winpar_internal_ioctl(file, WPT_CONNECT, &hook->routines,
				     sizeof(hook->routines), &hook->info,
				     sizeof(hook->info), NULL);
}

NTSTATUS wpt_disconnect(struct wpt_hook *hook, struct winpar_file *file)
{
	return winpar_internal_ioctl(file, WPT_DISCONNECT, &hook->routines,
				     sizeof(hook->routines), NULL, 0, NULL);
}

/* Make a hook, and connect it. */
struct wpt_hook *wpt_connected(struct wpt *t, struct winpar_file *file, int id,
			       int which)
{
	struct wpt_hook *hook = wpt_hook(t, id, which);

	KUNIT_ASSERT_EQ(t->test, wpt_connect(hook, file), STATUS_SUCCESS);
	return hook;
}

/* ----- setting up -------------------------------------------------------- */

struct winpar_file *wpt_open(struct wpt *t)
{
	struct winpar_file *file = NULL;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->fake->parport->number);
	KUNIT_ASSERT_EQ(t->test, winpar_open(name, &file), STATUS_SUCCESS);
	return file;
}

void wpt_close(struct wpt *t, unsigned int n)
{
	winpar_close(t->file[n]);
	t->file[n] = NULL;
}

/* Make a fake port. wpt_fill() finds winpar's object of it. */
void wpt_plug(struct wpt *t, const struct fake_config *config)
{
	t->fake = fake_port_create(t->test, config);
}

/* Open the port so many times; set @t->info and @t->port. */
void wpt_fill(struct wpt *t, unsigned int files)
{
	struct kunit *test = t->test;
	unsigned int i;

	for (i = 0; i < files; i++)
		t->file[i] = wpt_open(t);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(t->file[0], WPT_INFO, NULL, 0,
					      &t->info, sizeof(t->info),
					      NULL));
	t->port = wpt_port_of(t->info.Context);
}

/*
 * Make a port with the registers of the emulated LPT that the kernel's command
 * line names, as one of parport_pc's. Skips the case where there is no such
 * LPT.
 */
void wpt_plug_lpt(struct kunit *test, unsigned int files, bool ecr)
{
	struct fake_config config = {
		.base = wpt_cmdline_number("winpar.lpt="),
		.ecr = ecr ? wpt_cmdline_number("winpar.ecr=") : 0,
		.span = 3,
		.modes = PARPORT_MODE_PCSPP | PARPORT_MODE_SAFEININT |
			 PARPORT_MODE_TRISTATE,
		.builtin = true,
	};

	if (!config.base)
		kunit_skip(test, "no emulated LPT");
	wpt_plug(to_wpt(test), &config);
	wpt_fill(to_wpt(test), files);
}

/* Make a Linux driver, and wait until it has got the port. */
struct fake_rival *wpt_taken(struct wpt *t)
{
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(t->test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(t->test, wpt_becomes(t, WINPAR_PORT_AWAY));
	reinit_completion(&rival->got);
	return rival;
}

/* Make the record only; the case makes its port itself. */
int wpt_init_bare(struct kunit *test)
{
	struct wpt *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	wpt_learn_slowness();
	t->test = test;
	spin_lock_init(&t->log.lock);
	init_waitqueue_head(&t->log.wait);
	test->priv = t;
	return 0;
}

int wpt_init_with(struct kunit *test, const struct fake_config *config)
{
	int ret = wpt_init_bare(test);

	if (ret)
		return ret;
	wpt_plug(to_wpt(test), config);
	wpt_fill(to_wpt(test), WPT_FILES);
	wpt_set_connect(to_wpt(test), true, -1);
	return 0;
}

/* A port with an interrupt to which routines may be connected, open three times. */
int wpt_init(struct kunit *test)
{
	return wpt_init_with(test, NULL);
}

int wpt_init_no_irq(struct kunit *test)
{
	return wpt_init_with(test, &(struct fake_config){ .no_irq = true });
}

/* Expect that nothing waits, runs, is connected, open or allocated. */
static void wpt_expect_balance(struct wpt *t)
{
	struct winpar_port *port = t->port;
	unsigned long end = jiffies + WPT_TIMEOUT;
	struct kunit *test = t->test;
	struct wpt_seen copy;

	do {
		wpt_settle(t);
		wpt_look(t, &copy);
	} while (copy.nwaiting && time_before(jiffies, end));

	KUNIT_EXPECT_EQ(test, copy.nwaiting, 0U);
	KUNIT_EXPECT_NE_MSG(test, (int)copy.state, (int)WINPAR_PORT_OWNED,
			    "allocated once more than freed");
	KUNIT_EXPECT_EQ(test, copy.checks, 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&port->fifo));
	KUNIT_EXPECT_TRUE(test, list_empty(&port->done));
	KUNIT_EXPECT_EQ(test, wpt_files(t), 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&port->connections));
	KUNIT_EXPECT_NULL(test, port->checking);
	KUNIT_EXPECT_NULL(test, port->finishing);
}

void wpt_exit(struct kunit *test)
{
	struct wpt *t = test->priv;
	int i;

	if (!t)
		return;
	if (t->info.Context)
		wpt_kmsg_all(wpt_client(t), false);
	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	if (t->fake)
		fake_port_drop_rivals(t->fake);
	if (t->port) {
		wpt_expect_balance(t);
		wpt_set_connect(t, false, -1);
	}
	if (t->fake)
		fake_port_remove(t->fake);
	if (t->port)
		KUNIT_EXPECT_EQ(test, t->port->host.users, 0U);
}
