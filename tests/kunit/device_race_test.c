// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four threads open, use and close the devices of a port that is removed and
 * added again: each call returns, with a status that it may have, and at the
 * end nothing is open or allocated.
 */
#include <linux/kthread.h>

#include "device_port.h"

#define RACE_THREADS	4
#define RACE_LIVES	8

struct wpt_racer {
	struct wpt *t;
	int number;
	unsigned int id;
	struct task_struct *task;
	unsigned int rounds;
	unsigned int opened;
	unsigned int moved;
	NTSTATUS strange;
};

static bool wpt_race_knows(NTSTATUS status)
{
	switch (status) {
	case STATUS_SUCCESS:
	case STATUS_TIMEOUT:
	case STATUS_DELETE_PENDING:
	case STATUS_DEVICE_REMOVED:
	case STATUS_ACCESS_DENIED:
	case STATUS_OBJECT_NAME_NOT_FOUND:
	case STATUS_DEVICE_BUSY:
	case STATUS_UNSUCCESSFUL:
	case STATUS_INVALID_DEVICE_STATE:
	case STATUS_IO_DEVICE_ERROR:
	case STATUS_DEVICE_PROTOCOL_ERROR:
	case STATUS_CANCELLED:
		return true;
	}
	return false;
}

static NTSTATUS wpt_race_note(struct wpt_racer *racer, NTSTATUS status)
{
	if (!wpt_race_knows(status))
		racer->strange = status;
	return status;
}

static void wpt_race_moved(struct wpt_racer *racer, NTSTATUS status)
{
	racer->moved += wpt_race_note(racer, status) == STATUS_SUCCESS;
}

/* Call the callbacks; the lock may be lost and the port removed by now. */
static void wpt_race_callbacks(struct wpt_racer *racer,
			       const PARCLASS_INFORMATION *info)
{
	PVOID context = info->ParclassContext;
	ULONG done;
	u8 byte;

	info->DetermineIeeeModes(context);
	wpt_race_note(racer, info->NegotiateIeeeMode(context, ECP_ANY, ECP_ANY,
						     SAFE_MODE, TRUE));
	wpt_race_moved(racer, info->ParallelWrite(context, "x", 1, &done, 0));
	wpt_race_note(racer, info->IeeeFwdToRevMode(context));
	wpt_race_moved(racer, info->ParallelRead(context, &byte, 1, &done, 0));
	wpt_race_note(racer, info->TerminateIeeeMode(context));
}

static void wpt_race_use(struct wpt_racer *racer, struct winpar_file *file)
{
	PARCLASS_INFORMATION info = { };
	u8 buf[16] = "";
	ULONG done;

	wpt_race_note(racer, wpt_dev_timeouts(file, 30, 30));
	wpt_race_moved(racer, winpar_write(file, buf, sizeof(buf), &done));
	wpt_race_moved(racer, winpar_read(file, buf, sizeof(buf), &done));
	wpt_race_note(racer, wpt_dev_negotiate(file, MAXUSHORT, MAXUSHORT));
	wpt_race_note(racer, winpar_internal_ioctl(file, WPT_CLASS, NULL, 0,
						   &info, sizeof(info), NULL));
	wpt_race_note(racer, wpt_ioctl(file, WPT_LOCK));
	if (info.ParclassContext)
		wpt_race_callbacks(racer, &info);
	wpt_race_moved(racer, winpar_write(file, buf, sizeof(buf), &done));
	if (racer->rounds % 2)
		wpt_race_note(racer, wpt_ioctl(file, WPT_UNLOCK));
}

static int wpt_race(void *arg)
{
	static const char *const units[] = { "", ".0", ".4" };
	struct wpt_racer *racer = arg;
	struct winpar_file *file;
	char name[16];

	while (!kthread_should_stop()) {
		snprintf(name, sizeof(name), "LPT%d%s", racer->number + 1,
			 units[(racer->rounds + racer->id) %
			       ARRAY_SIZE(units)]);
		if (wpt_race_note(racer, winpar_open(name, &file)) ==
		    STATUS_SUCCESS) {
			WRITE_ONCE(racer->opened, racer->opened + 1);
			wpt_race_use(racer, file);
			winpar_close(file);
		}
		racer->rounds++;
		cond_resched();
	}
	return 0;
}

/* Has each thread that was made opened a device? */
static bool wpt_race_all_opened(const struct wpt_racer *racer)
{
	unsigned int n;

	for (n = 0; n < RACE_THREADS; n++)
		if (racer[n].task && !READ_ONCE(racer[n].opened))
			return false;
	return true;
}

static void winpar_test_device_race_removal(struct kunit *test)
{
	static const char words[] = "daisy=loopback peripheral=loopback";
	struct wpt_dev *d = wpt_dev_plug(test, words);
	int number = d->s.linux_port.parport->number, life;
	struct wpt_racer *racer;
	unsigned int n, moved = 0;
	unsigned long end;

	wpt_dev_lock_timeout(d, 500);
	racer = kunit_kcalloc(test, RACE_THREADS, sizeof(*racer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racer);
	for (n = 0; n < RACE_THREADS; n++) {
		racer[n].t = wpt_of(d);
		racer[n].number = number;
		racer[n].id = n;
		racer[n].task = kthread_run(wpt_race, &racer[n],
					    "winpar-kunit");
		if (IS_ERR(racer[n].task))
			racer[n].task = NULL;
	}
	for (life = 0; life < RACE_LIVES; life++) {
		wpt_nap(60 + 37 * life);
		wpt_sim_drop(&d->s);
		wpt_nap(life % 2 ? 20 : 0);
		wpt_sim_add(&d->s, words, NULL);
	}
	end = jiffies + WPT_DEV_TIMEOUT;
	wpt_nap(300);
	/* On a busy machine one may have had no turn while the port was there. */
	while (!wpt_race_all_opened(racer) && time_before(jiffies, end))
		wpt_nap(10);
	for (n = 0; n < RACE_THREADS; n++) {
		if (!racer[n].task)
			continue;
		kthread_stop(racer[n].task);
		KUNIT_EXPECT_GT(test, racer[n].opened, 0U);
		moved += racer[n].moved;
		KUNIT_EXPECT_EQ_MSG(test, racer[n].strange, 0, "%x",
				    racer[n].strange);
	}
	KUNIT_EXPECT_GT(test, moved, 0U);
	wpt_dev_lock_timeout(d, 5000);
	wpt_sim_set(&d->s, "peripheral", "printer");
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_write(wpt_dev_open(d, WPT_RAW), "x", 1, NULL));
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 1UL);
}

static struct kunit_case winpar_device_race_cases[] = {
	KUNIT_CASE(winpar_test_device_race_removal),
	{ }
};

static struct kunit_suite winpar_device_race_suite = {
	.name = "winpar_device_race",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_race_cases,
};

kunit_test_suite(winpar_device_race_suite);
