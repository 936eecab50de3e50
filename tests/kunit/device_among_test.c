// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device transfers while clients of the port, other devices and the parport
 * core use the port: nothing of theirs reaches the wires of the transfer, and
 * the transfer leaves the registers as it found them.
 */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "device_port.h"

#define AMONG_BYTES	400

/* ----- registers --------------------------------------------------------- */

struct wpt_regs_row {
	const char *name;
	const char *words;
	USHORT forward;
	USHORT reverse;
	u8 control;
	u8 mode;	/* the chip mode that a client of the port has set */
};

static const struct wpt_regs_row wpt_regs_rows[] = {
	{ "centronics, nibble", "", CENTRONICS, NIBBLE },
	{ "centronics, nibble, interrupts on", "", CENTRONICS, NIBBLE,
	  WINPAR_CTR_INTEN },
	{ "centronics, byte, no interrupt", "irq=0", CENTRONICS, BYTE_BIDIR },
	{ "ecp", "", BOUNDED_ECP, BOUNDED_ECP },
	{ "ecp, interrupts on", "", ECP_SW, ECP_SW, WINPAR_CTR_INTEN },
	{ "epp", "", EPP_HW, EPP_HW },
	{ "epp, interrupts on", "", EPP_HW, EPP_HW, WINPAR_CTR_INTEN },
	{ "epp in software, byte", "", EPP_SW, BYTE_BIDIR },
	{ "ecp, chip in byte mode", "", ECP_SW, ECP_SW, 0, ECR_BYTE_MODE },
	{ "epp, chip in EPP mode", "", EPP_HW, EPP_HW, 0, ECR_EPP_MODE },
	{ "centronics, chip in byte mode", "", CENTRONICS, BYTE_BIDIR,
	  WINPAR_CTR_INTEN, ECR_BYTE_MODE },
	{ "spp", "kind=spp", CENTRONICS, NIBBLE, WINPAR_CTR_INTEN },
};

WPT_ROWS(wpt_regs, wpt_regs_rows);

/*
 * After a transfer interrupt enable, direction and ECR are as the client left
 * them.
 */
static void winpar_test_device_among_registers(struct kunit *test)
{
	const struct wpt_regs_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 50, 1), got[50], control, ecr;
	struct wpt *t = wpt_of(d);
	int i;

	wpt_sim_set(&d->s, "peripheral", "loopback");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	if (row->mode)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_sim_mode(t->file[0], WPT_SET_MODE,
					     row->mode));
	wpt_sim_out(&d->s, WINPAR_REG_CONTROL, WINPAR_CTR_IDLE | row->control);
	wpt_free(t);
	control = wpt_sim_in(&d->s, WINPAR_REG_CONTROL);
	ecr = wpt_sim_in(&d->s, WINPAR_REG_ECR);
	KUNIT_EXPECT_EQ(test, control & WINPAR_CTR_MASK,
			WINPAR_CTR_IDLE | row->control);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->forward, row->reverse));
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 50, NULL),
				STATUS_SUCCESS);
		KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_CONTROL),
				control);
		KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_ECR), ecr);
		KUNIT_EXPECT_EQ(test, winpar_read(file, got, 50, NULL),
				STATUS_SUCCESS);
		wpt_dev_expect_same(test, got, bytes, 50);
		KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
		KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_CONTROL),
				control);
		KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_ECR), ecr);
	}
	if (row->mode)
		KUNIT_EXPECT_EQ(test, wpt_sim_pnp(&d->s)->CurrentMode,
				(ULONG)row->mode);
}

/* ----- clients of the port ----------------------------------------------- */

struct wpt_meddle_row {
	const char *name;
	const char *words;
	USHORT forward;
	USHORT reverse;
	int unit;
	const char *knob;
	bool locked;
};

static const struct wpt_meddle_row wpt_meddle_rows[] = {
	{ "centronics", "daisy=printer+epp peripheral=loopback", CENTRONICS,
	  NIBBLE, WPT_RAW, "received" },
	{ "ecp", "daisy=printer+epp peripheral=loopback", ECP_SW, ECP_SW,
	  WPT_RAW, "received" },
	{ "epp", "daisy=printer+epp peripheral=loopback", EPP_HW, EPP_HW,
	  WPT_RAW, "received" },
	{ "of a chain", "daisy=printer+loopback", ECP_SW, BYTE_BIDIR, 1,
	  "daisy1/received" },
	{ "of a chain, epp", "daisy=loopback+printer", EPP_SW, NIBBLE, 0,
	  "daisy0/received" },
	{ "ecp, locked", "daisy=printer+epp peripheral=loopback", ECP_SW,
	  ECP_SW, WPT_RAW, "received", true },
};

WPT_ROWS(wpt_meddle, wpt_meddle_rows);

struct wpt_meddler {
	struct wpt_dev *d;
	bool locked;
	unsigned int rounds;
};

/* Send the port all that a client may send which does not have it. */
static int wpt_meddle(void *arg)
{
	struct wpt_meddler *m = arg;
	struct wpt_sim *s = &m->d->s;
	struct winpar_file *file = s->t.file[0];

	while (!kthread_should_stop()) {
		wpt_ioctl(file, WPT_INIT_BUS);
		wpt_sim_pnp(s);
		wpt_free(&s->t);
		wpt_ioctl(file, WPT_FREE);
		/* The holder of a lock and this task are one client to these. */
		if (!m->locked) {
			wpt_sim_try(s, 0, WPT_KEEP);
			wpt_sim_undo(s, 0, 0);
		}
		wpt_sim_command(file, WPT_SELECT, 0, WPT_KEEP);
		wpt_sim_command(file, WPT_DESELECT, 0, 0);
		if (wpt_try(&s->t))
			wpt_free(&s->t);
		m->rounds++;
		usleep_range(100, 300);
	}
	return 0;
}

static void winpar_test_device_among_meddlers(struct kunit *test)
{
	const struct wpt_meddle_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, row->unit);
	struct wpt_meddler meddler = { .d = d, .locked = row->locked };
	u8 *bytes = wpt_dev_pattern(d, 4 * AMONG_BYTES, 1);
	u8 *got = wpt_dev_block(d, 4 * AMONG_BYTES);
	struct task_struct *task;
	int i;

	wpt_sim_pnp(&d->s);
	wpt_dev_lock_timeout(d, 60000);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->forward, row->reverse));
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
	task = kthread_run(wpt_meddle, &meddler, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_write(file, bytes + i * AMONG_BYTES,
					     AMONG_BYTES, NULL));
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_read(file, got + i * AMONG_BYTES,
					    AMONG_BYTES, NULL));
	}
	kthread_stop(task);
	KUNIT_EXPECT_GT(test, meddler.rounds, 0U);
	wpt_dev_expect_same(test, got, bytes, 4 * AMONG_BYTES);
	wpt_dev_expect_received(d, &d->s, row->knob, bytes, 4 * AMONG_BYTES);
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK),
				STATUS_SUCCESS);
}

static void wpt_among_count(struct wpt_hook *hook)
{
	struct wpt_sim *s = container_of(hook->t, struct wpt_sim, t);

	/* As interrupt routines do: read the status register. */
	wpt_sim_in(s, WINPAR_REG_STATUS);
}

/* Interrupt routines are called during a transfer, which moves every byte. */
static void winpar_test_device_among_interrupts(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt *t = wpt_of(d);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_BOTH);
	u8 *bytes = wpt_dev_pattern(d, AMONG_BYTES, 1);
	u8 *got = wpt_dev_block(d, AMONG_BYTES);
	static const USHORT modes[] = { ECP_SW, EPP_HW, BYTE_BIDIR, NIBBLE };
	unsigned int i;

	hook->quiet = true;
	hook->on_interrupt = wpt_among_count;
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]), STATUS_SUCCESS);
	wpt_sim_out(&d->s, WINPAR_REG_CONTROL,
		    WINPAR_CTR_IDLE | WINPAR_CTR_INTEN);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		wpt_sim_set(&d->s, "fault", "irq-storm 5000 100");
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				wpt_dev_negotiate(file, modes[i] & EPP_ANY ?
						  modes[i] : ECP_SW,
						  modes[i]));
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_write(file, bytes, AMONG_BYTES, NULL));
		/* In reverse idle the core takes any interrupt for data. */
		wpt_sim_set(&d->s, "fault", "none");
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				winpar_read(file, got, AMONG_BYTES, NULL));
		wpt_dev_expect_same(test, got, bytes, AMONG_BYTES);
	}
	KUNIT_EXPECT_GT(test, hook->interrupts, 0U);
	KUNIT_EXPECT_GT(test, hook->checks, 0U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
}

/* ----- failing on the way ------------------------------------------------ */

/* A NEGOTIATE that fails leaves a locked device in the mode that it is in. */
static void winpar_test_device_among_refused(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 300, 1), got[100];

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, ECP_SW),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, EPP_ANY, 0),
			STATUS_UNSUCCESSFUL);
	wpt_dev_expect_modes(test, file, ECP_SW, ECP_SW);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes + 100, 100, NULL),
			STATUS_SUCCESS);
	wpt_sim_put(&d->s, "feed", bytes, 100);
	KUNIT_EXPECT_EQ(test, winpar_read(file, got, 100, NULL),
			STATUS_SUCCESS);
	wpt_dev_expect_same(test, got, bytes, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, CENTRONICS, EPP_ANY),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes + 200, 100, NULL),
			STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 300);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
}

/* INIT_1284_3_BUS sends no packet while a device is locked. */
static void winpar_test_device_among_scan_while_locked(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	struct winpar_file *file = wpt_dev_open(d, 0);
	u8 *bytes = wpt_dev_pattern(d, 200, 1);

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, NULL),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "events", "");
	wpt_ioctl(wpt_of(d)->file[0], WPT_INIT_BUS);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(&d->s));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), 0);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes + 100, 100, NULL),
			STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "daisy0/received", bytes, 200);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(wpt_of(d)->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
}

/* ----- many threads ------------------------------------------------------ */

#define USERS		4
#define USER_ROUNDS	25

struct wpt_user {
	struct wpt_dev *d;
	struct winpar_file *file;	/* NULL: opens one for each round */
	struct task_struct *task;
	unsigned int moved;
	unsigned int refused;
	unsigned int wrong;
};

static void wpt_user_round(struct wpt_user *user, struct winpar_file *file)
{
	NTSTATUS status;
	ULONG done = 0;

	status = winpar_write(file, "four", 4, &done);
	user->moved += done;
	if (status != STATUS_SUCCESS || done != 4)
		user->wrong++;
}

static int wpt_user_work(void *arg)
{
	struct wpt_user *user = arg;
	struct winpar_file *file;
	NTSTATUS status;
	unsigned int i;
	char name[16];

	snprintf(name, sizeof(name), "LPT%d",
		 user->d->s.linux_port.parport->number + 1);
	for (i = 0; i < USER_ROUNDS; i++) {
		if (user->file) {
			wpt_user_round(user, user->file);
			continue;
		}
		status = winpar_open(name, &file);
		if (status == STATUS_SUCCESS) {
			wpt_user_round(user, file);
			winpar_close(file);
		} else if (status == STATUS_ACCESS_DENIED) {
			user->refused++;
		} else {
			user->wrong++;
		}
	}
	return 0;
}

static void wpt_users(struct wpt_dev *d, struct wpt_user *user,
		      struct winpar_file *file)
{
	struct kunit *test = wpt_of(d)->test;
	unsigned int n;

	for (n = 0; n < USERS; n++) {
		user[n].d = d;
		user[n].file = file;
		user[n].task = kthread_create(wpt_user_work, &user[n],
					      "winpar-kunit");
		KUNIT_ASSERT_FALSE(test, IS_ERR(user[n].task));
		get_task_struct(user[n].task);
	}
	for (n = 0; n < USERS; n++)
		wake_up_process(user[n].task);
	/* A thread that has begun goes on to its end. */
	for (n = 0; n < USERS; n++) {
		while (!READ_ONCE(user[n].task->exit_state))
			wpt_nap(10);
		kthread_stop(user[n].task);
		put_task_struct(user[n].task);
	}
}

/* Four threads write to one file: the bytes of each write stay together. */
static void winpar_test_device_among_threads(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct wpt_user user[USERS] = { };
	u8 *got = wpt_dev_block(d, 4 * USERS * USER_ROUNDS + 1);
	unsigned int n;

	wpt_users(d, user, wpt_dev_open(d, WPT_RAW));
	for (n = 0; n < USERS; n++) {
		KUNIT_EXPECT_EQ(test, user[n].wrong, 0U);
		KUNIT_EXPECT_EQ(test, user[n].moved, 4U * USER_ROUNDS);
	}
	KUNIT_EXPECT_EQ(test, (size_t)(4 * USERS * USER_ROUNDS),
			wpt_sim_get(&d->s, "received", got,
				    4 * USERS * USER_ROUNDS + 1));
	for (n = 0; n < USERS * USER_ROUNDS; n++)
		KUNIT_EXPECT_EQ(test, 0, memcmp(got + 4 * n, "four", 4));
}

/* Four threads open one name: the others are refused while one has it open. */
static void winpar_test_device_among_openers(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct wpt_user user[USERS] = { };
	unsigned int n, moved = 0;

	wpt_users(d, user, NULL);
	for (n = 0; n < USERS; n++) {
		KUNIT_EXPECT_EQ(test, user[n].wrong, 0U);
		KUNIT_EXPECT_EQ(test, user[n].moved / 4 + user[n].refused,
				(unsigned int)USER_ROUNDS);
		moved += user[n].moved;
	}
	KUNIT_EXPECT_GT(test, moved, 0U);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), (unsigned long)moved);
}

static struct kunit_case winpar_device_among_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_among_registers,
			 wpt_regs_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_among_meddlers,
			 wpt_meddle_gen_params),
	KUNIT_CASE(winpar_test_device_among_interrupts),
	KUNIT_CASE(winpar_test_device_among_refused),
	KUNIT_CASE(winpar_test_device_among_scan_while_locked),
	KUNIT_CASE(winpar_test_device_among_threads),
	KUNIT_CASE(winpar_test_device_among_openers),
	{ }
};

static struct kunit_suite winpar_device_among_suite = {
	.name = "winpar_device_among",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_among_cases,
};

kunit_test_suite(winpar_device_among_suite);
