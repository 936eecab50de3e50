// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chip modes on every kind of chip: which exist, and when they can be set or
 * cleared.
 */
#include "sim_port.h"

struct wpt_chip_row {
	const char *name;
	const char *words;
	bool ecr;
	u8 modes[8];	/* the modes that the chip has, beside 0 */
};

static const struct wpt_chip_row wpt_chip_rows[] = {
	{ "spp", "kind=spp", false, { } },
	{ "ps2", "kind=ps2", false, { 0x20 } },
	{ "epp", "kind=epp", false, { 0x20, 0x80 } },
	{ "ecp", "kind=ecp", true, { 0x20, 0x40, 0x60, 0xc0, 0xe0 } },
	{ "ecpepp", "kind=ecpepp", true,
	  { 0x20, 0x40, 0x60, 0x80, 0xc0, 0xe0 } },
};

WPT_ROWS(wpt_chip, wpt_chip_rows);

static bool wpt_mode_exists(const struct wpt_chip_row *row, u8 mode)
{
	return !mode || memchr(row->modes, mode, sizeof(row->modes));
}

static void wpt_own(struct wpt_sim *s, unsigned int n)
{
	KUNIT_ASSERT_EQ(s->t.test, wpt_ioctl(s->t.file[n], WPT_ALLOCATE),
			STATUS_SUCCESS);
}

/* CurrentMode is this mode, and so is the ECR's where there is one. */
static void wpt_expect_mode(struct wpt_sim *s, u8 mode)
{
	KUNIT_EXPECT_EQ(s->t.test, wpt_sim_pnp(s)->CurrentMode, (ULONG)mode);
	if (s->t.port->host.ecp_base)
		KUNIT_EXPECT_EQ(s->t.test, wpt_sim_in(s, WINPAR_REG_ECR) &
				WINPAR_ECR_MODE, mode);
}

/*
 * After the first open the chip is in mode 0; the core would leave it in byte
 * mode.
 */
static void winpar_test_mode_first_claim(struct kunit *test)
{
	const struct wpt_chip_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, row->words);

	wpt_expect_mode(s, 0);
	if (row->ecr)
		KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_ECR) & 0xfc,
				0x14);
}

/* Each of 256 values is set, by the request and by the callback. */
static void winpar_test_mode_every_byte(struct kunit *test)
{
	const struct wpt_chip_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, row->words);
	unsigned int byte, want, low, was;
	NTSTATUS status;
	u8 mode;

	wpt_sim_pnp(s);
	wpt_own(s, 0);
	was = wpt_sim_in(s, WINPAR_REG_ECR);
	low = 0x1c & was;
	for (byte = 0; byte < 256; byte++) {
		mode = byte && byte < 8 ? byte << 5 : byte & 0xe0;
		want = wpt_mode_exists(row, mode) ? STATUS_SUCCESS :
						    STATUS_NO_SUCH_DEVICE;
		if (byte & 1)
			status = wpt_sim_mode(s->t.file[0], WPT_SET_MODE, byte);
		else
			status = s->pnp.TrySetChipMode(s->pnp.Context, byte);
		KUNIT_EXPECT_EQ_MSG(test, (unsigned int)status, want,
				    "byte %#x", byte);
		if (!NT_SUCCESS(status))
			mode = 0;
		KUNIT_EXPECT_EQ_MSG(test, s->t.port->chip.mode, mode, "byte %#x",
				    byte);
		if (row->ecr && mode) {
			KUNIT_EXPECT_EQ_MSG(test, wpt_sim_in(s, WINPAR_REG_ECR)
					    & 0xfc, mode | low, "byte %#x",
					    byte);
		}
		if (byte & 2)
			status = wpt_sim_mode(s->t.file[0], WPT_CLEAR_MODE,
					      mode);
		else
			status = s->pnp.ClearChipMode(s->pnp.Context, mode);
		KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_ECR) & 0xfc,
			row->ecr ? low : 0xfc);
	wpt_free(&s->t);
}

/* Which mistake is reported: length, then no allocation, then state, then mode. */
static void winpar_test_mode_order_of_tests(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp");
	struct winpar_file *file = s->t.file[0];
	PARALLEL_PNP_INFORMATION pnp = *wpt_sim_pnp(s);

	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_TOO_SMALL,
			wpt_ioctl(file, WPT_SET_MODE));
	KUNIT_EXPECT_EQ(test, STATUS_BUFFER_TOO_SMALL,
			wpt_ioctl(file, WPT_CLEAR_MODE));
	/* No client has the port: even mode 0 is refused. */
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_SET_MODE, 0xa0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_SET_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_CLEAR_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			pnp.TrySetChipMode(pnp.Context, 0x60));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			pnp.ClearChipMode(pnp.Context, 0));
	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(file, WPT_SET_MODE, 0x60));
	/* A mode is set: no mode can be set now, that mode and 0 included. */
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_SET_MODE, 0xa0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_SET_MODE, 0x60));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_SET_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			pnp.TrySetChipMode(pnp.Context, HW_MODE_PS2));
	/* Only the mode that is set can be cleared. */
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_CLEAR_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_CLEAR_MODE, 0x20));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			pnp.ClearChipMode(pnp.Context, 0xa0));
	wpt_expect_mode(s, 0x60);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			pnp.ClearChipMode(pnp.Context, HW_MODE_ECP));
	wpt_expect_mode(s, 0);
	/* In mode 0, mode 0 can be set and cleared. */
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(file, WPT_SET_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(file, WPT_CLEAR_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(file, WPT_CLEAR_MODE, 0x20));
	wpt_free(&s->t);
}

/* The first SET_CHIP_MODE to ECP probes the chip; PNP information was not asked. */
static void winpar_test_mode_ecp_probed_when_set(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecpepp");
	u8 ecr = wpt_sim_in(s, WINPAR_REG_ECR);

	wpt_own(s, 1);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[1], WPT_SET_MODE, HW_MODE_ECP));
	KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_ECR) & 0x1c, ecr & 0x1c);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[1], WPT_CLEAR_MODE, 0x60));
	wpt_free(&s->t);
}

/* A mode stays set after a free; the next owner may clear it. */
static void winpar_test_mode_outlives_a_free(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecpepp");

	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[0], WPT_SET_MODE, HW_MODE_EPP));
	wpt_free(&s->t);
	wpt_expect_mode(s, 0x80);
	wpt_own(s, 1);
	wpt_expect_mode(s, 0x80);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
			wpt_sim_mode(s->t.file[1], WPT_SET_MODE, 0x20));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[1], WPT_CLEAR_MODE, 0x80));
	wpt_expect_mode(s, 0);
	wpt_free(&s->t);
}

/* The close of the file that set a mode clears it, at once or at the next free. */
static void winpar_test_mode_close_of_its_file(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp");

	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[0], WPT_SET_MODE, 0x40));
	wpt_free(&s->t);
	wpt_close(&s->t, 0);
	wpt_expect_mode(s, 0);
	wpt_own(s, 1);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[1], WPT_SET_MODE, 0x20));
	wpt_free(&s->t);
	wpt_own(s, 2);
	wpt_close(&s->t, 1);
	wpt_expect_mode(s, 0x20);
	wpt_free(&s->t);
	wpt_expect_mode(s, 0);
}

/*
 * After a Linux driver's turn the mode is set as before, whatever the driver
 * wrote.
 */
static void winpar_test_mode_survives_a_rival(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecpepp");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	u8 ecr;
	int i;

	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[0], WPT_SET_MODE, 0x80));
	wpt_sim_out(s, WINPAR_REG_CONTROL, 0x0e);
	ecr = wpt_sim_in(s, WINPAR_REG_ECR);
	wpt_free(&s->t);
	for (i = 0; i < 3; i++) {
		if (!fake_rival_claim(rival))
			KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		wpt_sim_out(s, WINPAR_REG_ECR, 0x34);
		wpt_sim_out(s, WINPAR_REG_CONTROL, 0x0c);
		KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->CurrentMode, 0x80U);
		KUNIT_EXPECT_EQ(test, STATUS_INVALID_DEVICE_STATE,
				wpt_sim_mode(s->t.file[0], WPT_CLEAR_MODE,
					     0x80));
		fake_rival_release(rival);
		wpt_own(s, 0);
		wpt_expect_mode(s, 0x80);
		KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_ECR), ecr);
		KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_CONTROL) & 0x3f,
				0x0e);
		wpt_free(&s->t);
	}
	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[0], WPT_CLEAR_MODE, 0x80));
	wpt_free(&s->t);
}

/*
 * The file that set a mode is closed in a Linux driver's turn: mode 0
 * afterwards.
 */
static void winpar_test_mode_closed_in_a_rivals_turn(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);

	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[0], WPT_SET_MODE, 0x40));
	wpt_free(&s->t);
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_sim_out(s, WINPAR_REG_ECR, 0x34);
	wpt_close(&s->t, 0);
	KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_ECR) & 0xfc, 0x34);
	fake_rival_release(rival);
	wpt_own(s, 1);
	wpt_expect_mode(s, 0);
	wpt_free(&s->t);
}

/* A port is removed with a mode set: the next life begins in mode 0. */
static void winpar_test_mode_removal(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp");

	wpt_sim_pnp(s);
	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_mode(s->t.file[0], WPT_SET_MODE, 0x60));
	wpt_sim_unplug(s);
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			wpt_sim_mode(s->t.file[0], WPT_CLEAR_MODE, 0x60));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			wpt_sim_mode(s->t.file[0], WPT_SET_MODE, 0));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			s->pnp.TrySetChipMode(s->pnp.Context, 0x20));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			s->pnp.ClearChipMode(s->pnp.Context, 0x60));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			s->pnp.TrySetChipMode(NULL, 0x20));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			s->pnp.ClearChipMode(NULL, 0x20));
}

/* A port without registers has mode 0 only. */
static void winpar_test_mode_no_registers(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(t->file[0], WPT_SET_MODE, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(t->file[0], WPT_SET_MODE, 0x60),
			STATUS_NO_SUCH_DEVICE);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(t->file[0], WPT_SET_MODE, 0x40),
			STATUS_NO_SUCH_DEVICE);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(t->file[0], WPT_CLEAR_MODE, 0x40),
			STATUS_INVALID_DEVICE_STATE);
	wpt_free(t);
}

/*
 * A file that is closed while its SET_CHIP_MODE is carried out sets none: no close would
 * clear it. Another file of the client has the port.
 */
static void winpar_test_mode_of_a_closed_file(struct kunit *test)
{
	NTSTATUS (*set)(struct winpar_holder *holder, UCHAR byte) =
		wpt_symbol(test, "winpar_mode_set");
	void (*close)(struct winpar_holder *holder) =
		wpt_symbol(test, "winpar_port_close");
	void (*admit)(struct winpar_holder *holder) =
		wpt_symbol(test, "winpar_port_admit");
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp");
	struct winpar_holder *holder = &s->t.file[1]->holder;

	wpt_own(s, 0);
	close(holder);
	KUNIT_EXPECT_EQ(test, set(holder, 0x20), STATUS_CANCELLED);
	/* This one probes the chip first. */
	KUNIT_EXPECT_EQ(test, set(holder, 0x60), STATUS_CANCELLED);
	KUNIT_EXPECT_PTR_EQ(test, s->t.port->chip.holder, NULL);
	wpt_expect_mode(s, 0);
	admit(holder);
	KUNIT_EXPECT_EQ(test, set(holder, 0x20), STATUS_SUCCESS);
	wpt_expect_mode(s, 0x20);
}

struct wpt_unknown_row {
	const char *name;
	const char *words;
	NTSTATUS asleep;
};

static const struct wpt_unknown_row wpt_unknown_rows[] = {
	{ "a chip with an ECR", "kind=ecp", STATUS_INVALID_DEVICE_STATE },
	{ "a chip without", "kind=epp", STATUS_NO_SUCH_DEVICE },
};

WPT_ROWS(wpt_unknown, wpt_unknown_rows);

/* While the machine sleeps no chip is probed: whether it has ECP is not known, and not denied. */
static void winpar_test_mode_asleep(struct kunit *test)
{
	void (*begin)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_fall_asleep");
	void (*end)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_wake_up");
	const struct wpt_unknown_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, row->words);
	struct winpar_file *file = s->t.file[0];

	wpt_own(s, 0);
	begin(s->t.port);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(file, WPT_SET_MODE, 0x60), row->asleep);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(file, WPT_SET_MODE, 0xa0), STATUS_NO_SUCH_DEVICE);
	end(s->t.port);
	if (row->asleep == STATUS_INVALID_DEVICE_STATE) {
		KUNIT_EXPECT_EQ(test, wpt_sim_mode(file, WPT_SET_MODE, 0x60), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_sim_mode(file, WPT_CLEAR_MODE, 0x60), STATUS_SUCCESS);
	}
	wpt_free(&s->t);
}

static struct kunit_case winpar_mode_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_mode_first_claim, wpt_chip_gen_params),
	KUNIT_CASE_PARAM(winpar_test_mode_every_byte, wpt_chip_gen_params),
	KUNIT_CASE(winpar_test_mode_order_of_tests),
	KUNIT_CASE(winpar_test_mode_ecp_probed_when_set),
	KUNIT_CASE(winpar_test_mode_outlives_a_free),
	KUNIT_CASE(winpar_test_mode_close_of_its_file),
	KUNIT_CASE(winpar_test_mode_survives_a_rival),
	KUNIT_CASE(winpar_test_mode_closed_in_a_rivals_turn),
	KUNIT_CASE(winpar_test_mode_removal),
	KUNIT_CASE(winpar_test_mode_of_a_closed_file),
	KUNIT_CASE_PARAM(winpar_test_mode_asleep, wpt_unknown_gen_params),
	{ }
};

static struct kunit_suite winpar_mode_suite = {
	.name = "winpar_mode",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_mode_cases,
};

static struct kunit_case winpar_mode_bare_cases[] = {
	KUNIT_CASE(winpar_test_mode_no_registers),
	{ }
};

static struct kunit_suite winpar_mode_bare_suite = {
	.name = "winpar_mode_bare",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_mode_bare_cases,
};

kunit_test_suites(&winpar_mode_suite, &winpar_mode_bare_suite);
