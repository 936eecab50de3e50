// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of parallel devices: which can be opened, before and after a scan
 * of the bus, by how many openers; and open devices that a removal or a scan
 * loses.
 */
#include "device_port.h"

/* ----- every form of a name ---------------------------------------------- */

struct wpt_form_row {
	const char *name;	/* %d is M, %u is n = M + 1 */
	NTSTATUS status;
};

#define FOUND(n)	{ n, STATUS_SUCCESS }
#define UNKNOWN(n)	{ n, STATUS_OBJECT_NAME_NOT_FOUND }
#define MALFORMED(n)	{ n, STATUS_OBJECT_NAME_INVALID }

/* On a port with two daisy-chain devices and one at the end. */
static const struct wpt_form_row wpt_form_rows[] = {
	FOUND("\\Device\\Parallel%d"),
	FOUND("\\DEVICE\\PARALLEL%d"),
	FOUND("\\device\\parallel%d"),
	FOUND("LPT%u"),
	FOUND("lpt%u"),
	FOUND("lPt%u"),
	FOUND("\\DosDevices\\LPT%u"),
	FOUND("\\dosdevices\\lpt%u"),
	FOUND("\\??\\LPT%u"),
	FOUND("\\??\\lpt%u"),
	FOUND("\\Device\\Parallel%d.0"),
	FOUND("\\device\\PARALLEL%d.1"),
	FOUND("\\Device\\Parallel%d.4"),
	FOUND("LPT%u.0"),
	FOUND("LPT%u.1"),
	FOUND("lpt%u.4"),
	FOUND("\\DosDevices\\LPT%u.0"),
	FOUND("\\DosDevices\\LPT%u.4"),
	FOUND("\\??\\LPT%u.1"),
	FOUND("\\??\\LPT%u.4"),
	UNKNOWN("\\Device\\Parallel%d.2"),
	UNKNOWN("\\Device\\Parallel%d.3"),
	UNKNOWN("\\Device\\Parallel%d.5"),
	UNKNOWN("\\Device\\Parallel%d.10"),
	UNKNOWN("\\Device\\Parallel%d.99999"),
	UNKNOWN("\\Device\\Parallel77"),
	UNKNOWN("\\Device\\Parallel77.0"),
	UNKNOWN("LPT0"),
	UNKNOWN("LPT0.0"),
	UNKNOWN("LPT78"),
	UNKNOWN("LPT78.4"),
	UNKNOWN("LPT%u.2"),
	UNKNOWN("\\DosDevices\\LPT%u.3"),
	UNKNOWN("\\??\\LPT%u.6"),
	MALFORMED("\\Device\\Parallel%d."),
	MALFORMED("\\Device\\Parallel%d.0.0"),
	MALFORMED("\\Device\\Parallel%d.00"),
	MALFORMED("\\Device\\Parallel%d.04"),
	MALFORMED("\\Device\\Parallel%d.-1"),
	MALFORMED("\\Device\\Parallel%d.x"),
	MALFORMED("\\Device\\Parallel%d.0x"),
	MALFORMED("\\Device\\Parallel%d. 0"),
	MALFORMED("\\Device\\Parallel%d "),
	MALFORMED("\\Device\\Parallel0%d"),
	MALFORMED("\\Device\\Parallel"),
	MALFORMED("\\Device\\Parallel.0"),
	MALFORMED("\\Device\\ParallelPort%d.0"),
	MALFORMED("\\Device\\LPT%u"),
	MALFORMED("\\DosDevices\\Parallel%d"),
	MALFORMED("\\DosDevices\\\\LPT%u"),
	MALFORMED("\\??\\Device\\Parallel%d"),
	MALFORMED("\\LPT%u"),
	MALFORMED("LPT"),
	MALFORMED("LPT%u:"),
	MALFORMED("LPT%u.4:"),
	MALFORMED("LPT0%u"),
	MALFORMED("LPT.4"),
	MALFORMED("Parallel%d"),
	UNKNOWN("\\Device\\Parallel4294967296"),
	UNKNOWN("LPT%u.4294967296"),
};

static void wpt_form_name(const struct wpt_form_row *row, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "'%*pE'", (int)strlen(row->name),
		 row->name);
}

KUNIT_ARRAY_PARAM(wpt_form, wpt_form_rows, wpt_form_name);

/* Put the port's number where the name has a place for it. */
static char *wpt_form_fill(char *buf, size_t size, const char *name, int number)
{
	const char *place = strchr(name, '%');

	if (place)
		snprintf(buf, size, "%.*s%d%s", (int)(place - name), name,
			 place[1] == 'u' ? number + 1 : number, place + 2);
	else
		strscpy(buf, name, size);
	return buf;
}

static void winpar_test_device_name_form(struct kunit *test)
{
	const struct wpt_form_row *row = test->param_value;
	struct winpar_file *file = (void *)0x1234;
	struct wpt_dev *d = to_dev(test);
	char buf[80];
	int number = 0;

	if (row->status != STATUS_OBJECT_NAME_INVALID) {
		wpt_dev_plug_again(test, "daisy=printer+epp");
		number = d->s.linux_port.parport->number;
	}
	wpt_form_fill(buf, sizeof(buf), row->name, number);
	KUNIT_EXPECT_EQ(test, row->status, winpar_open(buf, &file));
	if (!NT_SUCCESS(row->status)) {
		KUNIT_EXPECT_NULL(test, file);
		return;
	}
	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_EXPECT_PTR_NE(test, winpar_device_object(file),
			    winpar_device_object(wpt_of(d)->file[0]));
	winpar_close(file);
	KUNIT_EXPECT_EQ(test, winpar_open(buf, &file), STATUS_SUCCESS);
	winpar_close(file);
}

/* ----- what the scan finds ----------------------------------------------- */

struct wpt_found_row {
	const char *words;
	const char *supports;	/* by the end-of-chain device; NULL: all */
	unsigned int daisies;
	bool end;
};

static const struct wpt_found_row wpt_found_rows[] = {
	{ "daisy=none peripheral=none", NULL, 0, false },
	{ "daisy=none peripheral=printer", NULL, 0, true },
	{ "daisy=none peripheral=epp", NULL, 0, true },
	{ "daisy=none peripheral=loopback", NULL, 0, true },
	{ "daisy=none peripheral=printer", "nothing", 0, false },
	{ "daisy=printer peripheral=none", NULL, 1, false },
	{ "daisy=printer+epp peripheral=printer", NULL, 2, true },
	{ "daisy=printer+epp peripheral=printer", "nothing", 2, false },
	{ "daisy=printer+printer+epp peripheral=none", NULL, 3, false },
	{ "daisy=epp+epp+epp+epp peripheral=epp", NULL, 4, true },
	{ "kind=spp daisy=printer+printer peripheral=printer", NULL, 2, true },
	{ "kind=ps2 daisy=printer peripheral=printer irq=0", NULL, 1, true },
	{ "kind=epp daisy=epp peripheral=epp", NULL, 1, true },
	{ "kind=ecp daisy=loopback peripheral=printer", NULL, 1, true },
};

static void wpt_found_name(const struct wpt_found_row *row, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s%s%s", row->words,
		 row->supports ? " supports=" : "", row->supports ?: "");
}

KUNIT_ARRAY_PARAM(wpt_found, wpt_found_rows, wpt_found_name);

static void wpt_expect_found(struct wpt_dev *d, const struct wpt_found_row *row)
{
	struct kunit *test = wpt_of(d)->test;
	struct winpar_file *file;
	bool there;
	int unit;

	for (unit = 5; unit >= WPT_RAW; unit--) {
		there = unit < (int)row->daisies || (unit == 4 && row->end);
		KUNIT_EXPECT_EQ_MSG(test, there ? STATUS_SUCCESS :
				    STATUS_OBJECT_NAME_NOT_FOUND,
				    wpt_dev_open_on(d, &d->s, unit, &file),
				    "unit %d", unit);
		if (file)
			wpt_dev_close(d, file);
	}
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
}

/* Opening a name with a unit scans; opening one without does not. */
static void winpar_test_device_name_found(struct kunit *test)
{
	const struct wpt_found_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);

	if (row->supports)
		wpt_sim_set(&d->s, "supports", row->supports);
	wpt_sim_set(&d->s, "events", "");
	wpt_dev_close(d, wpt_dev_open(d, WPT_RAW));
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(&d->s));
	wpt_expect_found(d, row);
	KUNIT_EXPECT_TRUE(test, wpt_sim_saw_packet(&d->s));
	/* INIT_1284_3_BUS scans again: it finds them again. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(wpt_of(d)->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_expect_found(d, row);
}

static void wpt_may_scan(struct kunit *test, bool may)
{
	KUNIT_EXPECT_EQ(test, 0, wpt_write_file
		("/sys/module/winpar/parameters/scan_1284_3", may ? "1" : "0"));
}

/* With scan_1284_3=0 only LPTn can be opened, and no packet is sent. */
static void winpar_test_device_name_scan_forbidden(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	struct winpar_file *file;
	int unit;

	wpt_may_scan(test, false);
	wpt_sim_set(&d->s, "events", "");
	for (unit = 0; unit < 4; unit++)
		KUNIT_EXPECT_EQ_MSG(test, STATUS_OBJECT_NAME_NOT_FOUND,
				    wpt_dev_open_on(d, &d->s, unit, &file),
				    "unit %d", unit);
	KUNIT_EXPECT_EQ(test, wpt_dev_open_on(d, &d->s, WPT_RAW, &file),
			STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(&d->s));
	wpt_may_scan(test, true);
	KUNIT_EXPECT_EQ(test, wpt_dev_open_on(d, &d->s, 1, &file),
			STATUS_SUCCESS);
}

/* ----- one opener at a time ---------------------------------------------- */

/* A device that is open cannot be opened. */
static void winpar_test_device_name_exclusive(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+epp");
	static const int units[] = { WPT_RAW, 0, 1, 4 };
	struct winpar_file *file[4], *other;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		file[i] = wpt_dev_open(d, units[i]);
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		KUNIT_EXPECT_EQ_MSG(test, STATUS_ACCESS_DENIED,
				    wpt_dev_open_on(d, &d->s, units[i], &other),
				    "unit %d", units[i]);
		KUNIT_EXPECT_PTR_NE(test, winpar_device_object(file[i]),
				    winpar_device_object(file[(i + 1) % 4]));
	}
	/* The port is not a device: it is shared. */
	winpar_close(wpt_open(wpt_of(d)));
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		wpt_dev_close(d, file[i]);
		file[i] = wpt_dev_open(d, units[i]);
		wpt_dev_close(d, file[i]);
	}
}

/* A device that is open by one of its names cannot be opened by another. */
static void winpar_test_device_name_aliases(struct kunit *test)
{
	static const char *const names[] = {
		"\\Device\\Parallel%d", "\\device\\parallel%d", "LPT%u",
		"\\DosDevices\\LPT%u", "\\??\\lpt%u",
	};
	struct wpt_dev *d = wpt_dev_plug(test, "");
	int number = d->s.linux_port.parport->number;
	struct winpar_file *file, *other;
	unsigned int i, j;
	char buf[80];

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		wpt_form_fill(buf, sizeof(buf), names[i], number);
		KUNIT_ASSERT_EQ(test, winpar_open(buf, &file), STATUS_SUCCESS);
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			wpt_form_fill(buf, sizeof(buf), names[j], number);
			KUNIT_EXPECT_EQ_MSG(test, STATUS_ACCESS_DENIED,
					    winpar_open(buf, &other), "%s",
					    buf);
			KUNIT_EXPECT_NULL(test, other);
		}
		winpar_close(file);
	}
}

/* A client opens, writes and closes 50 times. */
static void winpar_test_device_name_again_and_again(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file;
	u8 byte = 'x';
	int i;

	for (i = 0; i < 50; i++) {
		file = wpt_dev_open(d, i % 2 ? 4 : WPT_RAW);
		KUNIT_EXPECT_EQ(test, winpar_write(file, &byte, 1, NULL),
				STATUS_SUCCESS);
		wpt_dev_close(d, file);
	}
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 50UL);
}

/* ----- devices that vanish ----------------------------------------------- */

static NTSTATUS wpt_dev_query(struct wpt_dev *d, struct winpar_file *file)
{
	struct wpt_request *r = wpt_request(wpt_of(d), 90, 0);
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(&r->irp);

	stack->MajorFunction = IRP_MJ_QUERY_INFORMATION;
	memset(&stack->Parameters, 0, sizeof(stack->Parameters));
	stack->Parameters.QueryFile.FileInformationClass =
		FilePositionInformation;
	stack->Parameters.QueryFile.Length = sizeof(FILE_POSITION_INFORMATION);
	return wpt_dev_run(r, file);
}

/* Every request to the file fails as removed, before its arguments are tested. */
static void wpt_expect_removed(struct wpt_dev *d, struct winpar_file *file)
{
	struct kunit *test = wpt_of(d)->test;
	struct wpt_request *r;
	ULONG done = 5;
	u8 byte = 0;

	KUNIT_EXPECT_EQ(test, winpar_write(file, &byte, 1, &done),
			STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, winpar_read(file, &byte, 1, &done),
			STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, winpar_write(file, NULL, 0, &done),
			STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, wpt_dev_query(d, file), STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK),
			STATUS_DEVICE_REMOVED);
	/* PARCLASS_DISCONNECT succeeds: the removal has disconnected. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNCLASS), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, 1), STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_ANY, ECP_ANY),
			STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 1, 1),
			STATUS_DEVICE_REMOVED);
	/* A length that is too short does not matter any more. */
	r = wpt_dev_request(d, 91, IRP_MJ_DEVICE_CONTROL,
			    IOCTL_SERIAL_GET_TIMEOUTS, 0, 0);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, file), STATUS_DEVICE_REMOVED);
}

/* The port is removed: open devices answer so, and their names are unknown. */
static void winpar_test_device_name_port_removed(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *raw = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *daisy = wpt_dev_open(d, 0), *other;

	wpt_sim_unplug(&d->s);
	wpt_expect_removed(d, raw);
	wpt_expect_removed(d, daisy);
	KUNIT_EXPECT_EQ(test, wpt_dev_open_on(d, &d->s, 4, &other),
			STATUS_OBJECT_NAME_NOT_FOUND);
	wpt_dev_close(d, raw);
	KUNIT_EXPECT_EQ(test, wpt_dev_open_on(d, &d->s, WPT_RAW, &other),
			STATUS_OBJECT_NAME_NOT_FOUND);
	wpt_expect_removed(d, daisy);
}

/*
 * The port comes back under its number: its old files stay removed, new ones
 * work.
 */
static void winpar_test_device_name_port_comes_back(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	int number = d->s.linux_port.parport->number, i;
	struct winpar_file *old[2], *file[2];

	for (i = 0; i < 2; i++)
		old[i] = wpt_dev_open(d, i - 1);
	wpt_sim_drop(&d->s);
	wpt_sim_add(&d->s, "daisy=printer", NULL);
	KUNIT_ASSERT_EQ(test, d->s.linux_port.parport->number, number);
	for (i = 0; i < 2; i++) {
		wpt_expect_removed(d, old[i]);
		/* A device can be opened while its old file is still open. */
		file[i] = wpt_dev_open(d, i - 1);
		KUNIT_EXPECT_EQ(test, winpar_write(file[i], "new", 3, NULL),
				STATUS_SUCCESS);
		wpt_expect_removed(d, old[i]);
		wpt_dev_close(d, old[i]);
		KUNIT_EXPECT_EQ(test, winpar_write(file[i], "er", 2, NULL),
				STATUS_SUCCESS);
	}
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 5UL);
	KUNIT_EXPECT_EQ(test, 5UL, wpt_sim_number(&d->s, "daisy0/modes",
						  "received"));
	for (i = 0; i < 2; i++)
		wpt_dev_close(d, file[i]);
}

/* A scan does not find an open device: its file is removed, other devices work. */
static void winpar_test_device_name_scan_loses(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer+printer");
	struct winpar_file *near = wpt_dev_open(d, 0), *other;
	struct winpar_file *far = wpt_dev_open(d, 1);
	struct winpar_file *end = wpt_dev_open(d, 4);
	struct wpt *t = wpt_of(d);

	wpt_sim_set(&d->s, "daisy", "printer");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_expect_removed(d, far);
	KUNIT_EXPECT_EQ(test, winpar_write(near, "near", 4, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(end, "e", 1, NULL), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 4UL, wpt_sim_number(&d->s, "daisy0/modes",
						  "received"));
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 1UL);
	wpt_dev_close(d, far);
	KUNIT_EXPECT_EQ(test, wpt_dev_open_on(d, &d->s, 1, &other),
			STATUS_OBJECT_NAME_NOT_FOUND);
	/* When a scan finds it again it can be opened anew. */
	wpt_sim_set(&d->s, "daisy", "printer+printer");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	far = wpt_dev_open(d, 1);
	KUNIT_EXPECT_EQ(test, winpar_write(far, "far", 3, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, 3UL, wpt_sim_number(&d->s, "daisy1/modes",
						  "received"));
}

/* A scan lost an open device, the next one found it: its file stays removed. */
static void winpar_test_device_name_lost_and_found(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, 0);
	struct wpt *t = wpt_of(d);

	wpt_sim_set(&d->s, "daisy", "none");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_sim_set(&d->s, "daisy", "printer");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_expect_removed(d, file);
	wpt_dev_close(d, file);
	file = wpt_dev_open(d, 0);
	KUNIT_EXPECT_EQ(test, winpar_write(file, "x", 1, NULL),
			STATUS_SUCCESS);
}

/* A scan loses a device whose request waits for the port: the request ends. */
static void winpar_test_device_name_lost_while_waiting(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, 0);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;
	u8 byte = 'x';

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, &byte, 1);
	wpt_sim_set(&d->s, "daisy", "none");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_DEVICE_REMOVED);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 0UL);
}

static struct kunit_case winpar_device_name_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_name_form, wpt_form_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_name_found, wpt_found_gen_params),
	KUNIT_CASE(winpar_test_device_name_scan_forbidden),
	KUNIT_CASE(winpar_test_device_name_exclusive),
	KUNIT_CASE(winpar_test_device_name_aliases),
	KUNIT_CASE(winpar_test_device_name_again_and_again),
	KUNIT_CASE(winpar_test_device_name_port_removed),
	KUNIT_CASE(winpar_test_device_name_port_comes_back),
	KUNIT_CASE(winpar_test_device_name_scan_loses),
	KUNIT_CASE(winpar_test_device_name_lost_and_found),
	KUNIT_CASE(winpar_test_device_name_lost_while_waiting),
	{ }
};

static struct kunit_suite winpar_device_name_suite = {
	.name = "winpar_device_name",
	.suite_exit = wpt_sim_suite_exit,
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_name_cases,
};

kunit_test_suite(winpar_device_name_suite);
