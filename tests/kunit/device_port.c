// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fixture of cases about parallel devices: each case has a port of
 * winpar_sim of its own, opens the devices on it by name, and sends them
 * requests. winpar_sim, not winpar, says what went over the wires.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

#include "device_port.h"
#include "wdm_calls.h"

#define WPT_DEV_PARAMETER "/sys/module/winpar/parameters/device_lock_timeout"
#define WPT_DEV_DEFAULT	"5000"
#define WPT_DEV_ERROR	"/sys/module/winpar/parameters/device_error_time"
#define WPT_DEV_BORNE	"2000"
#define WPT_DEV_BUFFER	"/sys/module/winpar_sim/parameters/buffer_kib"

/* ----- opening ----------------------------------------------------------- */

/* Have wpt_dev_exit() close this file. */
void wpt_dev_keep(struct wpt_dev *d, struct winpar_file *file)
{
	unsigned int i;

	for (i = 0; i < WPT_DEV_FILES; i++) {
		if (d->file[i])
			continue;
		d->file[i] = file;
		return;
	}
	winpar_close(file);
	KUNIT_FAIL(wpt_of(d)->test, "too many devices are open");
}

NTSTATUS wpt_dev_open_on(struct wpt_dev *d, struct wpt_sim *s, int unit,
			 struct winpar_file **file)
{
	int number = s->linux_port.parport->number + 1;
	char name[16];
	NTSTATUS status;

	if (unit == WPT_RAW)
		snprintf(name, sizeof(name), "LPT%d", number);
	else
		snprintf(name, sizeof(name), "LPT%d.%d", number, unit);
	*file = (void *)0x1234;
	status = winpar_open(name, file);
	if (status == STATUS_SUCCESS)
		wpt_dev_keep(d, *file);
	else
		KUNIT_EXPECT_NULL(wpt_of(d)->test, *file);
	return status;
}

struct winpar_file *wpt_dev_open(struct wpt_dev *d, int unit)
{
	struct winpar_file *file;

	KUNIT_ASSERT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			wpt_dev_open_on(d, &d->s, unit, &file));
	return file;
}

void wpt_dev_close(struct wpt_dev *d, struct winpar_file *file)
{
	unsigned int i;

	for (i = 0; i < WPT_DEV_FILES; i++)
		if (d->file[i] == file)
			d->file[i] = NULL;
	winpar_close(file);
}

/* ----- bytes ------------------------------------------------------------- */

/* Memory of zeroes that the end of the case frees. */
void *wpt_dev_block(struct wpt_dev *d, size_t size)
{
	struct kunit *test = wpt_of(d)->test;
	unsigned int i = 0;

	while (i < WPT_DEV_BLOCKS && d->block[i])
		i++;
	KUNIT_ASSERT_LT(test, i, (unsigned int)WPT_DEV_BLOCKS);
	d->block[i] = vzalloc(size ?: 1);
	KUNIT_ASSERT_NOT_NULL(test, d->block[i]);
	return d->block[i];
}

/* Pseudo-random bytes: always the same ones for a seed. */
u8 *wpt_dev_pattern(struct wpt_dev *d, size_t size, u32 seed)
{
	u8 *buf = wpt_dev_block(d, size);
	u32 x = seed * 2654435761U + 1;
	size_t i;

	for (i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		buf[i] = x >> 24;
	}
	return buf;
}

void wpt_dev_expect_same(struct kunit *test, const u8 *got, const u8 *want,
			 size_t len)
{
	size_t i = 0;

	while (i < len && got[i] == want[i])
		i++;
	if (i < len)
		KUNIT_FAIL(test, "byte %zu of %zu is %02x, not %02x", i, len,
			   got[i], want[i]);
}

/*
 * How many bytes a device of winpar_sim keeps. Read from winpar_sim's parameter
 * in sysfs: parameters of this module are not set yet when the cases run.
 */
size_t wpt_dev_kept(void)
{
	struct file *file = wpt_open_file(WPT_DEV_BUFFER, O_RDONLY);
	unsigned int kib = 0;
	char text[16] = "";
	loff_t pos = 0;

	if (IS_ERR(file))
		return 0;
	if (kernel_read(file, text, sizeof(text) - 1, &pos) > 0)
		sscanf(text, "%u", &kib);
	filp_close(file, NULL);
	return kib * SZ_1K;
}

/*
 * The device has received the @len bytes at @want; those that it keeps are
 * compared.
 */
void wpt_dev_expect_received(struct wpt_dev *d, struct wpt_sim *s,
			     const char *knob, const u8 *want, size_t len)
{
	struct kunit *test = wpt_of(d)->test;
	size_t size = wpt_dev_kept(), kept = min(len, size), came;
	u8 *got = wpt_dev_block(d, size + 1);

	came = wpt_sim_get(s, knob, got, size + 1);
	KUNIT_EXPECT_EQ_MSG(test, came, kept, "%s", knob);
	if (came == kept)
		wpt_dev_expect_same(test, got, want + len - kept, kept);
}

/* Was make kunit told --long? Then each device keeps a million bytes. */
bool wpt_is_long(void)
{
	return wpt_dev_kept() >= 1000000;
}

/* How many bytes the end-of-chain device has received, ever. */
unsigned long wpt_dev_received(struct wpt_dev *d)
{
	return wpt_sim_number(&d->s, "modes", "received");
}

/*
 * Wait until the end-of-chain device has received so many bytes. It counts its last byte when it
 * has printed it.
 */
bool wpt_dev_has_received(struct wpt_dev *d, unsigned long count)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (wpt_dev_received(d) < count) {
		if (time_after(jiffies, end))
			return false;
		wpt_nap(10);
	}
	return true;
}

/* Is the device in this phase of IEEE 1284? @knob: "modes" or "daisyN/modes". */
bool wpt_dev_phase(struct wpt_dev *d, const char *knob, const char *phase)
{
	const char *text = wpt_sim_show(&d->s, knob);
	size_t len = strlen(phase);

	return !strncmp(text, "now ", 4) && !strncmp(text + 4, phase, len) &&
	       text[4 + len] == '\n';
}

/*
 * Wait for a phase: the worker ends a mode some time after the request is
 * complete.
 */
bool wpt_dev_becomes_phase(struct wpt_dev *d, const char *knob,
			   const char *phase)
{
	unsigned long end = jiffies + WPT_TIMEOUT;

	while (!wpt_dev_phase(d, knob, phase)) {
		if (time_after(jiffies, end))
			return false;
		wpt_nap(10);
	}
	return true;
}

/* Wait until QueryNumWaiters says @count. */
bool wpt_dev_waiters(struct wpt_dev *d, unsigned int count)
{
	return wpt_has_waiters(wpt_of(d), count);
}

/* ----- requests ---------------------------------------------------------- */

struct wpt_request *wpt_dev_request(struct wpt_dev *d, int id, UCHAR major,
				    ULONG code, ULONG in_len, ULONG out_len)
{
	struct wpt_request *r = wpt_request(wpt_of(d), id, code);

	winpar_irp_set_ioctl(&r->irp, major, code, r->buffer, in_len, out_len);
	return r;
}

/* Set up a read or a write. */
struct wpt_request *wpt_dev_transfer(struct wpt_dev *d, int id, UCHAR major,
				     void *buf, ULONG len)
{
	struct wpt_request *r = wpt_request(wpt_of(d), id, 0);
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(&r->irp);

	stack->MajorFunction = major;
	memset(&stack->Parameters, 0, sizeof(stack->Parameters));
	stack->Parameters.Write.Length = len;
	r->irp.AssociatedIrp.SystemBuffer = buf;
	return r;
}

/* Wait until a request has called its completion routine; returns its status. */
NTSTATUS wpt_dev_result_within(struct wpt_request *r, unsigned long timeout)
{
	struct kunit *test = r->t->test;

	KUNIT_ASSERT_TRUE_MSG(test,
			      wait_event_timeout(r->t->log.wait,
						 READ_ONCE(r->calls), timeout),
			      "request %d is not complete", r->id);
	KUNIT_EXPECT_EQ_MSG(test, r->calls, 1U, "request %d", r->id);
	if (r->returned != STATUS_PENDING)
		KUNIT_EXPECT_EQ(test, r->returned, r->irp.IoStatus.Status);
	return r->irp.IoStatus.Status;
}

NTSTATUS wpt_dev_result(struct wpt_request *r)
{
	return wpt_dev_result_within(r, WPT_DEV_TIMEOUT);
}

NTSTATUS wpt_dev_run(struct wpt_request *r, struct winpar_file *file)
{
	wpt_submit(r, file);
	return wpt_dev_result(r);
}

/* Submit a read or a write; it has to be pending then. */
struct wpt_request *wpt_dev_queue(struct wpt_dev *d, struct winpar_file *file,
				  int id, UCHAR major, void *buf, ULONG len)
{
	struct wpt_request *r = wpt_dev_transfer(d, id, major, buf, len);

	KUNIT_EXPECT_EQ(wpt_of(d)->test, wpt_submit(r, file), STATUS_PENDING);
	return r;
}

/* As wpt_ioctl(), but fails the case if the request is not complete in time. */
NTSTATUS wpt_dev_ask(struct wpt_dev *d, struct winpar_file *file, ULONG code)
{
	return wpt_dev_run(wpt_dev_request(d, 99,
					   IRP_MJ_INTERNAL_DEVICE_CONTROL,
					   code, 0, 0), file);
}

NTSTATUS wpt_dev_negotiate(struct winpar_file *file, USHORT forward,
			   USHORT reverse)
{
	PARCLASS_NEGOTIATION_MASK mask = {
		.usReadMask = reverse, .usWriteMask = forward,
	};

	return winpar_device_ioctl(file, IOCTL_IEEE1284_NEGOTIATE, &mask,
				   sizeof(mask), &mask, sizeof(mask), NULL);
}

/* GET_MODE or GET_DEFAULT_MODES. */
NTSTATUS wpt_dev_modes(struct winpar_file *file, ULONG code, USHORT *forward,
		       USHORT *reverse)
{
	PARCLASS_NEGOTIATION_MASK mask = { };
	NTSTATUS status = winpar_device_ioctl(file, code, NULL, 0, &mask,
					      sizeof(mask), NULL);

	*forward = mask.usWriteMask;
	*reverse = mask.usReadMask;
	return status;
}

void wpt_dev_expect_modes(struct kunit *test, struct winpar_file *file,
			  USHORT forward, USHORT reverse)
{
	USHORT have_forward, have_reverse;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_modes(file, IOCTL_IEEE1284_GET_MODE,
				      &have_forward, &have_reverse));
	KUNIT_EXPECT_EQ_MSG(test, have_forward, forward, "forward");
	KUNIT_EXPECT_EQ_MSG(test, have_reverse, reverse, "reverse");
}

NTSTATUS wpt_dev_caps(struct winpar_file *file, USHORT without, USHORT *caps)
{
	return winpar_device_ioctl(file, IOCTL_PAR_GET_DEVICE_CAPS, &without,
				   sizeof(without), caps, sizeof(*caps), NULL);
}

/* SET_READ_ADDRESS or SET_WRITE_ADDRESS. */
NTSTATUS wpt_dev_address(struct winpar_file *file, ULONG code, UCHAR address)
{
	return winpar_device_ioctl(file, code, &address, sizeof(address), NULL,
				   0, NULL);
}

NTSTATUS wpt_dev_set_timeouts(struct winpar_file *file,
			      const SERIAL_TIMEOUTS *timeouts)
{
	return winpar_device_ioctl(file, IOCTL_SERIAL_SET_TIMEOUTS, timeouts,
				   sizeof(*timeouts), NULL, 0, NULL);
}

/* Let a read and a write of any length take so many ms; 0: no limit. */
NTSTATUS wpt_dev_timeouts(struct winpar_file *file, ULONG read, ULONG write)
{
	return wpt_dev_set_timeouts(file, &(SERIAL_TIMEOUTS){
		.ReadTotalTimeoutConstant = read,
		.WriteTotalTimeoutConstant = write,
	});
}

/* Send a request with one byte, which is input and output. */
NTSTATUS wpt_dev_byte(struct winpar_file *file, ULONG code, UCHAR *byte)
{
	return winpar_device_ioctl(file, code, byte, 1, byte, 1, NULL);
}

/* What IS_PORT_FREE says, or -1. */
int wpt_dev_is_free(struct winpar_file *file)
{
	BOOLEAN is_free = 77;
	NTSTATUS status = winpar_device_ioctl(file, IOCTL_PAR_IS_PORT_FREE,
					      NULL, 0, &is_free,
					      sizeof(is_free), NULL);

	return status == STATUS_SUCCESS ? is_free : -1;
}

/*
 * Expect that a printer without a fault prints, that a client can allocate the
 * port, and that the port is free afterwards.
 */
void wpt_dev_expect_works(struct wpt_dev *d, struct winpar_file *file,
			  const char *knob)
{
	struct kunit *test = wpt_of(d)->test;
	u8 *bytes = wpt_dev_pattern(d, 20, 77);
	ULONG done = 0;

	wpt_sim_set(&d->s, knob, "");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_IDLE), STATUS_SUCCESS);
	wpt_dev_expect_modes(test, file, CENTRONICS, NIBBLE);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 30000, 30000),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 20, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 20U);
	wpt_dev_expect_received(d, &d->s, knob, bytes, 20);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(wpt_of(d)->file[2], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_free(wpt_of(d));
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
}

void wpt_dev_class(struct wpt_dev *d, struct winpar_file *file,
		   PARCLASS_INFORMATION *info)
{
	ULONG_PTR information = 0;

	memset(info, 0xa5, sizeof(*info));
	KUNIT_ASSERT_EQ(wpt_of(d)->test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_CLASS, NULL, 0, info,
					      sizeof(*info), &information));
	KUNIT_EXPECT_EQ(wpt_of(d)->test, information, sizeof(*info));
}

/* ----- setting up -------------------------------------------------------- */

/* Set device_lock_timeout, in ms, until the end of the case. */
void wpt_dev_lock_timeout(struct wpt_dev *d, unsigned int ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ms);
	d->other_timeout = true;
	KUNIT_EXPECT_EQ(wpt_of(d)->test, 0,
			wpt_write_file(WPT_DEV_PARAMETER, text));
}

/* Set device_error_time, in ms, until the end of the case. */
void wpt_dev_error_time(struct wpt_dev *d, unsigned int ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ms);
	d->other_error_time = true;
	KUNIT_EXPECT_EQ(wpt_of(d)->test, 0,
			wpt_write_file(WPT_DEV_ERROR, text));
}

int wpt_dev_init(struct kunit *test)
{
	struct wpt_dev *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	if (!d || wpt_sim_prepare(test, &d->s) ||
	    wpt_sim_prepare(test, &d->second))
		return -ENOMEM;
	test->priv = wpt_of(d);
	return 0;
}

struct wpt_dev *wpt_dev_plug(struct kunit *test, const char *words)
{
	wpt_sim_plug(test, words);
	return to_dev(test);
}

/* As wpt_sim_plug_again(). */
struct wpt_dev *wpt_dev_plug_again(struct kunit *test, const char *words)
{
	wpt_sim_plug_again(test, words);
	return to_dev(test);
}

void wpt_dev_second(struct wpt_dev *d, const char *words)
{
	wpt_sim_add(&d->second, words, &d->s);
}

void wpt_dev_exit(struct kunit *test)
{
	struct wpt_dev *d;
	unsigned int i;

	if (!test->priv)
		return;
	d = to_dev(test);
	for (i = 0; i < WPT_DEV_FILES; i++)
		winpar_close(d->file[i]);
	if (d->other_timeout)
		KUNIT_EXPECT_EQ(test, 0, wpt_write_file(WPT_DEV_PARAMETER,
							WPT_DEV_DEFAULT));
	if (d->other_error_time)
		KUNIT_EXPECT_EQ(test, 0, wpt_write_file(WPT_DEV_ERROR,
							WPT_DEV_BORNE));
	wpt_sim_drop(&d->second);
	wpt_sim_exit(test);
	for (i = 0; i < WPT_DEV_BLOCKS; i++)
		vfree(d->block[i]);
}

/* Make a port by these words, open a device, get its callbacks and lock it. */
struct wpt_dev *wpt_class_plug(struct kunit *test, const char *words, int unit,
			       struct winpar_file **file,
			       PARCLASS_INFORMATION *info)
{
	struct wpt_dev *d = wpt_dev_plug(test, words);

	*file = wpt_dev_open(d, unit);
	wpt_dev_class(d, *file, info);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(*file, WPT_LOCK), STATUS_SUCCESS);
	return d;
}
