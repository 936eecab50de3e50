/* SPDX-License-Identifier: GPL-2.0-only */
/* The fixture of the suites: a fake port, files on it, and a record of calls. */
#ifndef _WINPAR_FIXTURE_H
#define _WINPAR_FIXTURE_H

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <winpar/winpar.h>

#include "fail.h"
#include "fake_port.h"
#include "kmsg.h"
#include "private.h"
#include "slow.h"

struct tracepoint;

/* How long a case waits for an event before it fails. */
#define WPT_TIMEOUT	(10 * HZ * wpt_slowness)
#define WPT_FILES	3
#define WPT_EVENTS	64
#define WPT_BUFFER	192

/* Codes as tests write them most. */
#define WPT_ALLOCATE	IOCTL_INTERNAL_PARALLEL_PORT_ALLOCATE
#define WPT_FREE	IOCTL_INTERNAL_PARALLEL_PORT_FREE
#define WPT_INFO	IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO
#define WPT_MORE_INFO	IOCTL_INTERNAL_GET_MORE_PARALLEL_PORT_INFO
#define WPT_RELEASE	IOCTL_INTERNAL_RELEASE_PARALLEL_PORT_INFO
#define WPT_CONNECT	IOCTL_INTERNAL_PARALLEL_CONNECT_INTERRUPT
#define WPT_DISCONNECT	IOCTL_INTERNAL_PARALLEL_DISCONNECT_INTERRUPT

/* In which context a function is called. */
enum wpt_level {
	WPT_PROCESS,
	WPT_LOCKED,	/* a spinlock held, interrupts off */
	WPT_SOFTIRQ,
	WPT_HARDIRQ,	/* on PREEMPT_RT a thread, as of interrupts there */
};

/* What wpt_level() gives in the handler of an interrupt. */
#define WPT_IN_HANDLER	(IS_ENABLED(CONFIG_PREEMPT_RT) ? WPT_PROCESS : WPT_HARDIRQ)

/**
 * struct wpt_event - a call of one of the test's routines by winpar
 * @id: which routine
 * @status: IoStatus.Status, for a completion routine
 * @information: IoStatus.Information, likewise
 * @level: in what context
 * @port_lock: the port lock was held
 * @interrupt_lock: the interrupt lock was held
 */
struct wpt_event {
	int id;
	NTSTATUS status;
	ULONG_PTR information;
	enum wpt_level level;
	bool port_lock;
	bool interrupt_lock;
};

/* The record: the calls in their order. */
struct wpt_log {
	spinlock_t lock;	/* guards the rest */
	wait_queue_head_t wait;
	unsigned int count;
	struct wpt_event events[WPT_EVENTS];
};

/**
 * struct wpt - the fixture of a case
 * @test: the case
 * @fake: the Linux port
 * @port: winpar's object of it
 * @file: three openers; a test that closes one sets it to NULL
 * @info: the port's callbacks
 * @log: the record
 */
struct wpt {
	struct kunit *test;
	struct fake_port *fake;
	struct winpar_port *port;
	struct winpar_file *file[WPT_FILES];
	PARALLEL_PORT_INFORMATION info;
	struct wpt_log log;
};

/*
 * Defines PARAM_gen_params() for KUNIT_CASE_PARAM(), from an array of
 * structures with a member "name", which is the name of the row in the results.
 */
#define WPT_ROWS(param, rows)						\
static void param##_row_name(typeof(&(rows)[0]) row, char *name)	\
{									\
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);		\
}									\
KUNIT_ARRAY_PARAM(param, rows, param##_row_name)

int wpt_init(struct kunit *test);
int wpt_init_no_irq(struct kunit *test);
int wpt_init_with(struct kunit *test, const struct fake_config *config);
int wpt_init_bare(struct kunit *test);
void wpt_exit(struct kunit *test);
void wpt_plug(struct wpt *t, const struct fake_config *config);
void wpt_fill(struct wpt *t, unsigned int files);
void wpt_plug_lpt(struct kunit *test, unsigned int files, bool ecr);
struct fake_rival *wpt_taken(struct wpt *t);
void wpt_rival_is_patient(struct wpt *t);
bool wpt_has_waiters(struct wpt *t, unsigned int count);
bool wpt_is_told(struct wpt *t);
struct winpar_file *wpt_open(struct wpt *t);
void wpt_close(struct wpt *t, unsigned int n);

static inline struct wpt *to_wpt(struct kunit *test)
{
	return test->priv;
}

/* ----- the port ---------------------------------------------------------- */

/* winpar's port, from the Context that a client was given. */
static inline struct winpar_port *wpt_port_of(PVOID context)
{
	return ((struct winpar_seat *)context)->port;
}

enum winpar_port_state wpt_state(struct wpt *t);

#define WPT_EXPECT_STATE(t, wanted) do {				\
	struct wpt *_t = (t);						\
									\
	KUNIT_EXPECT_EQ(_t->test, (int)wpt_state(_t), (int)(wanted));	\
} while (0)

struct winpar_file *wpt_owner(struct wpt *t);
unsigned long wpt_allocations(struct wpt *t);
unsigned int wpt_connections(struct wpt *t);
unsigned int wpt_files(struct wpt *t);
bool wpt_becomes(struct wpt *t, enum winpar_port_state state);
void wpt_settle(struct wpt *t);

static inline bool wpt_try(struct wpt *t)
{
	return t->info.TryAllocatePort(t->info.Context);
}

static inline void wpt_free(struct wpt *t)
{
	t->info.FreePort(t->info.Context);
}

static inline unsigned int wpt_waiters(struct wpt *t)
{
	return t->info.QueryNumWaiters(t->info.Context);
}

/* Send a request without buffers, and wait for it. */
static inline NTSTATUS wpt_ioctl(struct winpar_file *file, ULONG code)
{
	return winpar_internal_ioctl(file, code, NULL, 0, NULL, 0, NULL);
}

/* ----- time -------------------------------------------------------------- */

/**
 * struct wpt_start - when something began that is to last some time
 * @time: by the clock
 * @jiffy: in jiffies
 */
struct wpt_start {
	ktime_t time;
	unsigned long jiffy;
};

static inline struct wpt_start wpt_start(void)
{
	return (struct wpt_start){ ktime_get(), READ_ONCE(jiffies) };
}

/*
 * Has it lasted for @ms? winpar's times are jiffies. On a busy machine
 * several may come at once, after they were due: they are no measure then.
 */
static inline bool wpt_has_lasted(struct wpt_start start, unsigned int ms)
{
	u64 jiffies_us = jiffies_to_usecs(READ_ONCE(jiffies) - start.jiffy);
	s64 us = ktime_us_delta(ktime_get(), start.time);

	return us >= (s64)ms * USEC_PER_MSEC ||
	       jiffies_us > us + jiffies_to_usecs(1);
}

/*
 * Has less than @ms passed since @start, by the clock that winpar has? If so, what winpar
 * does after @ms has not been done.
 */
static inline bool wpt_is_within(struct wpt_start start, unsigned int ms)
{
	return time_before(READ_ONCE(jiffies), start.jiffy + msecs_to_jiffies(ms));
}

/* ----- the record -------------------------------------------------------- */

enum wpt_level wpt_level(void);
void wpt_note(struct wpt *t, int id, NTSTATUS status, ULONG_PTR information);
unsigned int wpt_noted(struct wpt *t);
bool wpt_reaches(struct wpt *t, unsigned int count);
void wpt_expect(struct wpt *t, unsigned int n, int id, NTSTATUS status);
void wpt_expect_order(struct wpt *t, const int *ids, unsigned int count);
void wpt_expect_quiet(struct wpt *t, unsigned int count);

#define WPT_EXPECT_ORDER(t, ...) do {					\
	const int __ids[] = { __VA_ARGS__ };				\
									\
	wpt_expect_order((t), __ids, ARRAY_SIZE(__ids));		\
} while (0)

/* ----- requests ---------------------------------------------------------- */

/**
 * struct wpt_request - a request of a recorded client
 * @irp: the request
 * @t: the fixture
 * @id: its id in the record
 * @calls: how often its completion routine was called
 * @returned: what the last submission returned
 * @device: the device object of the file that it was submitted to last
 * @then: called by the completion routine, after it has been noted
 * @arg: for @then
 * @buffer: its buffer
 */
struct wpt_request {
	IRP irp;
	struct wpt *t;
	int id;
	unsigned int calls;
	NTSTATUS returned;
	PDEVICE_OBJECT device;
	void (*then)(struct wpt_request *request);
	void *arg;
	u8 buffer[WPT_BUFFER] __aligned(8);
};

struct wpt_request *wpt_request(struct wpt *t, int id, ULONG code);
NTSTATUS wpt_submit(struct wpt_request *request, struct winpar_file *file);
struct wpt_request *wpt_queue(struct wpt *t, struct winpar_file *file, int id);
NTSTATUS wpt_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context);

/* ----- interrupt and deferred routines ----------------------------------- */

/**
 * struct wpt_hook - a client's interrupt routine and deferred routine
 * @t: the fixture
 * @id: the interrupt routine's id in the record; the deferred routine's is @id
 *	+ 100
 * @quiet: their calls are not recorded
 * @result: what the interrupt routine returns
 * @interrupts: how often the interrupt routine was called
 * @checks: how often the deferred routine was called
 * @object: the interrupt object that the interrupt routine was given
 * @on_interrupt: called by the interrupt routine, after it was recorded
 * @on_check: called by the deferred routine, after it was recorded
 * @arg: for @on_interrupt and @on_check
 * @routines: what CONNECT is given
 * @info: what CONNECT gave back
 */
struct wpt_hook {
	struct wpt *t;
	int id;
	bool quiet;
	BOOLEAN result;
	unsigned int interrupts;
	unsigned int checks;
	PKINTERRUPT object;
	void (*on_interrupt)(struct wpt_hook *hook);
	void (*on_check)(struct wpt_hook *hook);
	void *arg;
	PARALLEL_INTERRUPT_SERVICE_ROUTINE routines;
	PARALLEL_INTERRUPT_INFORMATION info;
};

#define WPT_CHECK(id)	((id) + 100)
#define WPT_ISR		1
#define WPT_DEFERRED	2
#define WPT_BOTH	3

struct wpt_hook *wpt_hook(struct wpt *t, int id, int which);
NTSTATUS wpt_connect(struct wpt_hook *hook, struct winpar_file *file);
NTSTATUS wpt_disconnect(struct wpt_hook *hook, struct winpar_file *file);
struct wpt_hook *wpt_connected(struct wpt *t, struct winpar_file *file, int id,
			       int which);

/* ----- contexts, files of the kernel ------------------------------------- */

void wpt_run(struct kunit *test, enum wpt_level level, void (*fn)(void *arg),
	     void *arg);
const char *wpt_level_name(enum wpt_level level);
int wpt_other_cpu(struct kunit *test);
struct file *wpt_open_file(const char *path, int flags);
int wpt_write_file(const char *path, const char *text);
int wpt_read_file(const char *path, char *buf, size_t size);
int wpt_user_write(const char *path, const void *buf, size_t len);
ssize_t wpt_user_read(const char *path, void *buf, size_t size);
int wpt_show_file(const char *path, char *buf, size_t size);
void *wpt_symbol(struct kunit *test, const char *name);
void *wpt_symbol_of(struct kunit *test, const char *module, const char *name);
struct tracepoint *wpt_trace_begin(struct kunit *test, const char *name,
				   void *probe, void *data);
void wpt_trace_end(struct tracepoint *tracepoint, void *probe, void *data);

/* The client of the fixture's files. */
static inline struct winpar_client *wpt_client(const struct wpt *t)
{
	const struct winpar_seat *seat = t->info.Context;

	return seat->client;
}

void wpt_kmsg_all(struct winpar_client *client, bool all);
void wpt_set_connect(struct wpt *t, bool all, int own);
unsigned long wpt_cmdline_number(const char *word);
void wpt_learn_slowness(void);

/* Sleep, without allocating memory. */
static inline void wpt_nap(unsigned int ms)
{
	schedule_timeout_uninterruptible(msecs_to_jiffies(ms));
}

#endif /* _WINPAR_FIXTURE_H */
