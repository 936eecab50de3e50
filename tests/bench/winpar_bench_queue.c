// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues of various lengths: the time to submit an ALLOCATE, to cancel a
 * request in the middle, and to grant the port to the first, with the call of
 * its completion routine. Also how much memory requests that wait take.
 */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

#include "port/port.h"
#include "winpar_bench.h"

#define BENCH_WAITING	10000

struct bench_request {
	IRP irp;
	struct list_head entry;		/* in the order of the queue */
};

static struct bench_request *bench_requests;
static LIST_HEAD(bench_waiting);
static unsigned int bench_completed;

static NTSTATUS bench_request_done(PDEVICE_OBJECT device, PIRP irp,
				   PVOID context)
{
	bench_completed++;
	return STATUS_SUCCESS;
}

/* Submit an ALLOCATE while the port is allocated; returns how long that took. */
static u64 bench_wait(struct bench_request *request)
{
	u64 from;

	list_add_tail(&request->entry, &bench_waiting);
	bench_set_allocate(&request->irp, bench_request_done, NULL);
	from = bench_now();
	if (winpar_irp_submit(bench.file, &request->irp) != STATUS_PENDING)
		return 0;
	return bench_now() - from - bench.clock;
}

static u64 bench_cancel(struct bench_request *request)
{
	u64 from;

	list_del(&request->entry);
	bench_completed = 0;
	from = bench_now();
	local_bh_disable();
	winpar_irp_cancel(&request->irp);
	local_bh_enable();
	return bench_completed == 1 ? bench_now() - from - bench.clock : 0;
}

static u64 bench_pass_on(void)
{
	u64 from;

	bench_completed = 0;
	from = bench_now();
	local_bh_disable();
	bench.info.FreePort(bench.info.Context);
	local_bh_enable();
	return bench_completed == 1 ? bench_now() - from - bench.clock : 0;
}

static struct bench_request *bench_nth(unsigned int n)
{
	struct list_head *entry = bench_waiting.next;

	while (n--)
		entry = entry->next;
	return list_entry(entry, struct bench_request, entry);
}

enum { BENCH_ADD, BENCH_CANCEL, BENCH_GRANT, BENCH_STEPS };

/*
 * Before and after this, the case has the port and @depth requests wait. Submit
 * one more, cancel one in the middle, grant the first, and submit another in
 * its place.
 */
static int bench_step(unsigned int depth, struct bench_request **spare,
		      u64 took[BENCH_STEPS])
{
	struct bench_request *first;

	took[BENCH_ADD] = bench_wait(*spare);
	*spare = bench_nth(depth / 2);
	took[BENCH_CANCEL] = bench_cancel(*spare);
	first = bench_nth(0);
	list_del(&first->entry);
	took[BENCH_GRANT] = bench_pass_on();
	if (!took[BENCH_ADD] || !took[BENCH_CANCEL] || !took[BENCH_GRANT])
		return -EIO;
	return bench_wait(first) ? 0 : -EIO;
}

static const char * const bench_steps[BENCH_STEPS] = {
	"wait", "cancel", "pass-on",
};

/* One run for each figure, since there is one array of samples. */
static int bench_depth(unsigned int depth)
{
	struct bench_request *spare = &bench_requests[depth];
	u64 took[BENCH_STEPS];
	unsigned int step, i;
	int ret = 0;

	for (step = 0; step < BENCH_STEPS && !ret; step++) {
		for (i = 0; i < bench_turns() && !ret; i++) {
			ret = bench_step(depth, &spare, took);
			*bench_sample(i) = took[step];
		}
		if (!ret)
			bench_say(bench_median() * 100, "%s-%u",
				  bench_steps[step], depth);
	}
	return ret;
}

static void bench_cancel_all(void)
{
	struct bench_request *request, *next;

	list_for_each_entry_safe(request, next, &bench_waiting, entry)
		bench_cancel(request);
}

static int bench_fill(unsigned int depth)
{
	unsigned int i;

	if (!bench.info.TryAllocatePort(bench.info.Context))
		return -EBUSY;
	for (i = 0; i < depth; i++)
		if (!bench_wait(&bench_requests[i]))
			return -EIO;
	return 0;
}

static void bench_empty(void)
{
	bench_cancel_all();
	bench.info.FreePort(bench.info.Context);
}

static int bench_requests_alloc(void)
{
	bench_requests = vzalloc(array_size(BENCH_WAITING + 1,
					    sizeof(*bench_requests)));
	return bench_requests ? 0 : -ENOMEM;
}

/* allocate, cancel and grant while 1, 100, 10000 wait */
int bench_queue(void)
{
	static const unsigned int depths[] = { 1, 100, BENCH_WAITING };
	unsigned int i;
	int ret;

	ret = bench_requests_alloc();
	for (i = 0; i < ARRAY_SIZE(depths) && !ret; i++) {
		ret = bench_fill(depths[i]);
		if (!ret)
			ret = bench_depth(depths[i]);
		bench_empty();
	}
	vfree(bench_requests);
	return ret;
}

/* ----- memory ------------------------------------------------------------ */

/* How much memory the kernel's slabs take. */
static unsigned long bench_slab(void)
{
	return global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) * PAGE_SIZE;
}

/* How much memory 10000 waiting requests take, and a port. */
int bench_memory(void)
{
	unsigned long before = 0, with = 0;
	unsigned int i;
	int ret;

	ret = bench_requests_alloc();
	if (ret)
		return ret;
	/* The first run allocates what is kept for later. */
	for (i = 0; i < 2 && !ret; i++) {
		before = bench_slab();
		ret = bench_fill(BENCH_WAITING);
		with = bench_slab();
		bench_empty();
	}
	if (!ret)
		bench_say(with > before ? (with - before) * 100 / BENCH_WAITING :
			  0, "waiting-bytes");
	vfree(bench_requests);
	bench_say(sizeof(IRP) * 100, "irp-bytes");
	bench_say(sizeof(struct winpar_port) * 100, "port-bytes");
	bench_say(sizeof(struct winpar_file) * 100, "file-bytes");
	bench_say(sizeof(struct winpar_connection) * 100, "connection-bytes");
	return ret;
}
