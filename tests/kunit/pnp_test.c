// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lengths and buffers of the requests for chip modes, Plug and Play information
 * and daisy-chain devices; PARALLEL_PNP_INFORMATION of every kind of port;
 * scans.
 */
#include "sim_port.h"

#define CHIP_LEN	sizeof(PARALLEL_CHIP_MODE)
#define CMD_LEN		sizeof(PARALLEL_1284_COMMAND)
#define PNP_LEN		sizeof(PARALLEL_PNP_INFORMATION)

/* ----- lengths and buffers ----------------------------------------------- */

struct wpt_pnp_row {
	const char *name;
	ULONG code;
	ULONG in;
	ULONG out;
	bool no_buffer;
	NTSTATUS status;
	ULONG_PTR information;
};

#define ROW(text, request, in_len, out_len, missing, result, info)	\
	{ text, request, in_len, out_len, missing, STATUS_##result, info }

static const struct wpt_pnp_row wpt_pnp_rows[] = {
	ROW("pnp, none", WPT_PNP, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("pnp, none and no buffer", WPT_PNP, 0, 0, true, BUFFER_TOO_SMALL,
	    0),
	ROW("pnp, 1 short", WPT_PNP, 0, PNP_LEN - 1, false, BUFFER_TOO_SMALL,
	    0),
	ROW("pnp, input only", WPT_PNP, PNP_LEN, 0, false, BUFFER_TOO_SMALL, 0),
	/* Deviation: Information is the structure's size; Windows' page says 0. */
	ROW("pnp, exact", WPT_PNP, 0, PNP_LEN, false, SUCCESS, PNP_LEN),
	ROW("pnp, longer", WPT_PNP, 16, PNP_LEN + 16, false, SUCCESS, PNP_LEN),
	ROW("pnp, no buffer", WPT_PNP, 0, PNP_LEN, true, INVALID_PARAMETER, 0),
	ROW("init, nothing", WPT_INIT_BUS, 0, 0, true, SUCCESS, 0),
	ROW("init, longer", WPT_INIT_BUS, 64, 64, false, SUCCESS, 0),
	ROW("init, lengths without a buffer", WPT_INIT_BUS, 64, 64, true,
	    SUCCESS, 0),
	ROW("set mode, none", WPT_SET_MODE, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("set mode, none and no buffer", WPT_SET_MODE, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("set mode, 1 short", WPT_SET_MODE, CHIP_LEN - 1, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("set mode, output only", WPT_SET_MODE, 0, CHIP_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("set mode, exact", WPT_SET_MODE, CHIP_LEN, 0, false, SUCCESS, 0),
	ROW("set mode, longer", WPT_SET_MODE, CHIP_LEN + 16, 16, false,
	    SUCCESS, 0),
	ROW("set mode, no buffer", WPT_SET_MODE, CHIP_LEN, 0, true,
	    INVALID_PARAMETER, 0),
	ROW("clear mode, none", WPT_CLEAR_MODE, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("clear mode, none and no buffer", WPT_CLEAR_MODE, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("clear mode, 1 short", WPT_CLEAR_MODE, CHIP_LEN - 1, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("clear mode, output only", WPT_CLEAR_MODE, 0, CHIP_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("clear mode, exact", WPT_CLEAR_MODE, CHIP_LEN, 0, false, SUCCESS, 0),
	ROW("clear mode, longer", WPT_CLEAR_MODE, CHIP_LEN + 16, 16, false,
	    SUCCESS, 0),
	ROW("clear mode, no buffer", WPT_CLEAR_MODE, CHIP_LEN, 0, true,
	    INVALID_PARAMETER, 0),
	ROW("select, none", WPT_SELECT, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("select, none and no buffer", WPT_SELECT, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("select, 1 short", WPT_SELECT, CMD_LEN - 1, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("select, output only", WPT_SELECT, 0, CMD_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("select, exact", WPT_SELECT, CMD_LEN, 0, false, SUCCESS, 0),
	ROW("select, longer", WPT_SELECT, CMD_LEN + 16, 16, false,
	    SUCCESS, 0),
	ROW("select, no buffer", WPT_SELECT, CMD_LEN, 0, true,
	    INVALID_PARAMETER, 0),
	ROW("deselect, none", WPT_DESELECT, 0, 0, false, BUFFER_TOO_SMALL, 0),
	ROW("deselect, none and no buffer", WPT_DESELECT, 0, 0, true,
	    BUFFER_TOO_SMALL, 0),
	ROW("deselect, 1 short", WPT_DESELECT, CMD_LEN - 1, 0, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("deselect, output only", WPT_DESELECT, 0, CMD_LEN, false,
	    BUFFER_TOO_SMALL, 0),
	ROW("deselect, exact", WPT_DESELECT, CMD_LEN, 0, false, SUCCESS, 0),
	ROW("deselect, longer", WPT_DESELECT, CMD_LEN + 16, 16, false,
	    SUCCESS, 0),
	ROW("deselect, no buffer", WPT_DESELECT, CMD_LEN, 0, true,
	    INVALID_PARAMETER, 0),
};

WPT_ROWS(wpt_pnp, wpt_pnp_rows);

/* In a state in which each request succeeds that has right lengths and a buffer. */
static void winpar_test_pnp_lengths(struct kunit *test)
{
	const struct wpt_pnp_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug_again(test, "daisy=printer");
	struct wpt_request *r = wpt_request(&s->t, 1, row->code);
	PARALLEL_1284_COMMAND command = { .CommandFlags = WPT_KEEP };
	unsigned long commands = wpt_sim_commands(s);
	unsigned int i;

	if (row->code == WPT_SELECT || row->code == WPT_DESELECT)
		memcpy(r->buffer, &command, sizeof(command));
	for (i = PNP_LEN; i < WPT_BUFFER; i++)
		r->buffer[i] = 0xa5;
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	winpar_irp_set_ioctl(&r->irp, IRP_MJ_INTERNAL_DEVICE_CONTROL, row->code,
			     row->no_buffer ? NULL : r->buffer, row->in,
			     row->out);
	r->irp.IoStatus.Information = 12345;
	KUNIT_EXPECT_EQ(test, wpt_submit(r, s->t.file[0]), row->status);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Status, row->status);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, row->information);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	for (i = PNP_LEN; i < WPT_BUFFER; i++)
		KUNIT_EXPECT_EQ(test, r->buffer[i], 0xa5);
	if (!NT_SUCCESS(row->status))
		KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	WPT_EXPECT_STATE(&s->t, WINPAR_PORT_OWNED);
	wpt_free(&s->t);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), -1);
}

/* ----- the chip ---------------------------------------------------------- */

struct wpt_kind_row {
	const char *name;
	const char *words;
	ULONG capabilities;
	bool ecr;
	bool ecp;
};

static const struct wpt_kind_row wpt_kind_rows[] = {
	{ "spp", "kind=spp", 0, false, false },
	{ "ps2", "kind=ps2", PPT_BYTE_PRESENT, false, false },
	{ "epp", "kind=epp", PPT_BYTE_PRESENT | PPT_EPP_PRESENT, false,
	  false },
	{ "ecp", "kind=ecp", PPT_BYTE_PRESENT | PPT_ECP_PRESENT, true, true },
	{ "ecpepp", "kind=ecpepp",
	  PPT_BYTE_PRESENT | PPT_EPP_PRESENT | PPT_ECP_PRESENT, true, true },
	{ "ecpepp, no irq, a chain", "kind=ecpepp irq=0 daisy=epp+printer",
	  PPT_BYTE_PRESENT | PPT_EPP_PRESENT | PPT_ECP_PRESENT |
	  PPT_1284_3_PRESENT, true, true },
};

WPT_ROWS(wpt_kind, wpt_kind_rows);

static void winpar_test_pnp_every_member(struct kunit *test)
{
	const struct wpt_kind_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, row->words);
	u8 ecr = wpt_sim_in(s, WINPAR_REG_ECR);
	const PARALLEL_PNP_INFORMATION *pnp = wpt_sim_pnp(s);
	unsigned long ecp = row->ecr ? s->linux_port.parport->base_hi : 0;
	int number = s->linux_port.parport->number + 1;
	char want[12];
	unsigned int i;

	KUNIT_EXPECT_EQ(test, (unsigned long)pnp->OriginalEcpController.QuadPart,
			ecp);
	KUNIT_EXPECT_EQ(test, (unsigned long)pnp->EcpController, ecp);
	if (row->ecr)
		KUNIT_EXPECT_EQ(test, ecp,
				(unsigned long)s->t.info.Controller + 0x400);
	KUNIT_EXPECT_EQ(test, pnp->SpanOfEcpController, row->ecr ? 3U : 0U);
	KUNIT_EXPECT_EQ(test, pnp->PortNumber, 0U);
	KUNIT_EXPECT_EQ(test, pnp->HardwareCapabilities, row->capabilities);
	KUNIT_EXPECT_EQ(test, pnp->FifoDepth, row->ecp ? 16U : 0U);
	KUNIT_EXPECT_EQ(test, pnp->FifoWidth, row->ecp ? 8U : 0U);
	KUNIT_EXPECT_EQ(test, pnp->EppControllerPhysicalAddress.QuadPart, 0LL);
	KUNIT_EXPECT_EQ(test, pnp->SpanOfEppController, 0U);
	KUNIT_EXPECT_EQ(test, pnp->CurrentMode, 0U);
	KUNIT_EXPECT_PTR_EQ(test, pnp->Context, s->t.info.Context);
	KUNIT_EXPECT_NOT_NULL(test, pnp->TrySetChipMode);
	KUNIT_EXPECT_NOT_NULL(test, pnp->ClearChipMode);
	KUNIT_EXPECT_NOT_NULL(test, pnp->TrySelectDevice);
	KUNIT_EXPECT_NOT_NULL(test, pnp->DeselectDevice);
	/* UTF-16, terminated. */
	snprintf(want, sizeof(want), "LPT%d", number);
	for (i = 0; i <= strlen(want); i++)
		KUNIT_EXPECT_EQ(test, (int)pnp->PortName[i], (int)want[i]);
	/* The probe has left the chip as it was, and the port free. */
	KUNIT_EXPECT_EQ(test, wpt_sim_in(s, WINPAR_REG_ECR), ecr);
	WPT_EXPECT_STATE(&s->t, WINPAR_PORT_HELD);
}

/*
 * The chip is probed and the bus scanned later if a driver has the port at
 * first.
 */
static void winpar_test_pnp_when_asked(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp daisy=printer+epp");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	unsigned long commands;

	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	commands = wpt_sim_commands(s);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->HardwareCapabilities,
			(ULONG)PPT_BYTE_PRESENT);
	KUNIT_EXPECT_EQ(test, s->pnp.Ieee1284_3DeviceCount, 0U);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	fake_rival_release(rival);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[2], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->HardwareCapabilities,
			(ULONG)(PPT_BYTE_PRESENT | PPT_ECP_PRESENT |
				PPT_1284_3_PRESENT));
	KUNIT_EXPECT_EQ(test, s->pnp.Ieee1284_3DeviceCount, 2U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(&s->t), s->t.file[2]);
	/* The second request does not scan again. */
	commands = wpt_sim_commands(s);
	wpt_sim_pnp(s);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	wpt_free(&s->t);
}

/* PNP information knows of no device, probes no chip and sends no packet. */
static void wpt_expect_unknown(struct wpt_sim *s)
{
	struct kunit *test = s->t.test;

	wpt_sim_set(s, "events", "");
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 0U);
	KUNIT_EXPECT_EQ(test, s->pnp.HardwareCapabilities,
			(ULONG)PPT_BYTE_PRESENT);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(s));
	KUNIT_EXPECT_FALSE(test, s->t.port->chip.probed);
	WPT_EXPECT_STATE(&s->t, WINPAR_PORT_OWNED);
}

/* Another file has the port: no scan. The client's Try call has it: a scan. */
static void winpar_test_pnp_port_of_another_file(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp daisy=printer+epp");
	struct wpt *t = &s->t;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_expect_unknown(s);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 2U);
	KUNIT_EXPECT_EQ(test, s->pnp.FifoDepth, 16U);
	wpt_free(t);
}

struct wpt_lender {
	struct delayed_work work;
	struct wpt *t;
	ktime_t freed;
};

static void wpt_lend(struct work_struct *work)
{
	struct wpt_lender *lender = container_of(to_delayed_work(work),
						 struct wpt_lender, work);

	lender->freed = ktime_get();
	wpt_free(lender->t);
}

/* PNP information waits for a port that is freed within 100 ms. */
static void winpar_test_pnp_waits_a_moment(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp daisy=printer+epp");
	struct wpt_lender *lender = kunit_kzalloc(test, sizeof(*lender),
						  GFP_KERNEL);
	ktime_t asked;

	KUNIT_ASSERT_NOT_NULL(test, lender);
	lender->t = &s->t;
	INIT_DELAYED_WORK(&lender->work, wpt_lend);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	schedule_delayed_work(&lender->work, msecs_to_jiffies(20));
	asked = ktime_get();
	wpt_sim_pnp(s);
	flush_delayed_work(&lender->work);
	/* The free may have come after the 100 ms: then the next request probes. */
	if (!s->pnp.FifoDepth) {
		KUNIT_EXPECT_GE(test, ktime_ms_delta(lender->freed, asked),
				100LL);
		wpt_sim_pnp(s);
	}
	KUNIT_EXPECT_EQ(test, s->pnp.Ieee1284_3DeviceCount, 2U);
	KUNIT_EXPECT_EQ(test, s->pnp.FifoDepth, 16U);
	WPT_EXPECT_STATE(&s->t, WINPAR_PORT_HELD);
}

/* A file of an earlier life is open: it does not count as another file. */
static void winpar_test_pnp_file_of_an_earlier_life(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp daisy=printer+epp");
	struct wpt *t = &s->t;
	struct winpar_file *old = t->file[0];

	wpt_close(t, 1);
	wpt_close(t, 2);
	wpt_sim_unplug(s);
	parport_put_port(s->linux_port.parport);
	s->linux_port.parport = NULL;
	wpt_sim_plug(test, "kind=ecp daisy=printer+epp");
	wpt_close(t, 0);
	wpt_close(t, 1);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 2U);
	wpt_free(t);
	winpar_close(old);
}

/* ----- INIT_1284_3_BUS --------------------------------------------------- */

/* INIT_1284_3_BUS scans each time, on a free port or for the file that has it. */
static void winpar_test_pnp_init_bus(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	unsigned long commands;

	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 1U);
	wpt_sim_set(s, "daisy", "epp+printer+loopback");
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 1U);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 3U);
	WPT_EXPECT_STATE(&s->t, WINPAR_PORT_HELD);
	/* The nearest device has number 0. */
	KUNIT_EXPECT_EQ(test, 0, strncmp(wpt_sim_show(s, "daisy"),
					 "epp 0\nprinter 1\nloopback 2\n", 27));

	/* The port is allocated: only its owner may scan, and keeps it. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_sim_set(s, "daisy", "none");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[1], WPT_INIT_BUS),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 3U);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 0U);
	KUNIT_EXPECT_EQ(test, s->pnp.HardwareCapabilities & PPT_1284_3_PRESENT,
			0U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(&s->t), s->t.file[0]);
	wpt_free(&s->t);

	/* A Linux driver has the port. */
	wpt_sim_set(s, "daisy", "printer+epp");
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	commands = wpt_sim_commands(s);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[1], WPT_INIT_BUS),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	fake_rival_release(rival);
}

/* A scan finds the selected device too, and deselects it. */
static void winpar_test_pnp_init_bus_while_selected(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp+printer+epp");

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_sim_command(s->t.file[0], WPT_SELECT, 2, 0));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), 2);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), -1);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 4U);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(&s->t), s->t.file[0]);
	wpt_free(&s->t);
}

static void wpt_may_scan(struct kunit *test, bool may)
{
	KUNIT_EXPECT_EQ(test, 0, wpt_write_file
		("/sys/module/winpar/parameters/scan_1284_3", may ? "1" : "0"));
}

/* With scan_1284_3=0 no packet is sent. */
static void winpar_test_pnp_scan_forbidden(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	unsigned long commands = wpt_sim_commands(s);

	wpt_may_scan(test, false);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 0U);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			wpt_sim_command(s->t.file[0], WPT_SELECT, 0, 0));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			wpt_sim_try(s, 0, 0));
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	wpt_may_scan(test, true);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(s)->Ieee1284_3DeviceCount, 1U);
}

/* The port is removed: DELETE_PENDING. */
static void winpar_test_pnp_removal(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	PARALLEL_PNP_INFORMATION pnp;

	wpt_sim_pnp(s);
	wpt_sim_unplug(s);
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			winpar_internal_ioctl(s->t.file[0], WPT_PNP, NULL, 0,
					      &pnp, sizeof(pnp), NULL));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(s->t.file[0], WPT_INIT_BUS),
			STATUS_DELETE_PENDING);
	/* The structure that was filled in before can still be read. */
	KUNIT_EXPECT_EQ(test, (int)s->pnp.PortName[0], (int)'L');
}

static struct kunit_case winpar_pnp_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_pnp_lengths, wpt_pnp_gen_params),
	KUNIT_CASE_PARAM(winpar_test_pnp_every_member, wpt_kind_gen_params),
	KUNIT_CASE(winpar_test_pnp_when_asked),
	KUNIT_CASE(winpar_test_pnp_port_of_another_file),
	KUNIT_CASE(winpar_test_pnp_waits_a_moment),
	KUNIT_CASE(winpar_test_pnp_file_of_an_earlier_life),
	KUNIT_CASE(winpar_test_pnp_init_bus),
	KUNIT_CASE(winpar_test_pnp_init_bus_while_selected),
	KUNIT_CASE(winpar_test_pnp_scan_forbidden),
	KUNIT_CASE(winpar_test_pnp_removal),
	{ }
};

static struct kunit_suite winpar_pnp_suite = {
	.name = "winpar_pnp",
	.suite_exit = wpt_sim_suite_exit,
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_pnp_cases,
};

kunit_test_suite(winpar_pnp_suite);
