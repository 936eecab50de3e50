// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers of many bytes: written in compatibility mode by winpar_write() and
 * by ParallelWrite, and read in a protocol of the user's choice; and by the
 * parport core's calls on a device that is registered directly. Timed from the
 * claim or request for the port until the bytes are moved; for ParallelWrite
 * the device is locked before.
 */
#include <linux/err.h>
#include <linux/vmalloc.h>

#include "winpar_bench.h"

/* One transfer, before those that count. */
#define BENCH_WARM_TRANSFERS	1

/* How long the last one took. */
u64 bench_took;

static u8 *bench_bytes_alloc(void)
{
	u8 *bytes = vmalloc(bench.bytes);
	unsigned int i;

	for (i = 0; bytes && i < bench.bytes; i++)
		bytes[i] = i ^ i >> 8;
	return bytes;
}

/* The median of what @once notes for a transfer of these bytes. */
static int bench_transfers(const char *name, int (*once)(u8 *bytes, void *arg),
			   void *arg)
{
	u8 *bytes = bench_bytes_alloc();
	unsigned int i;
	int ret = 0;

	if (!bytes)
		return -ENOMEM;
	for (i = 0; i < BENCH_WARM_TRANSFERS + bench.transfers && !ret; i++) {
		ret = once(bytes, arg);
		bench.samples[i < BENCH_WARM_TRANSFERS ? 0 :
			      i - BENCH_WARM_TRANSFERS] = bench_took;
	}
	vfree(bytes);
	if (!ret)
		bench_say(bench_median_of(bench.transfers) * 100, "%s", name);
	return ret;
}

/* ----- writing ----------------------------------------------------------- */

static int bench_rival_write_once(u8 *bytes, void *arg)
{
	struct pardevice *dev = arg;
	ssize_t done;
	u64 from;

	from = bench_now();
	if (parport_claim(dev))
		return -EBUSY;
	done = parport_write(dev->port, bytes, bench.bytes);
	parport_release(dev);
	bench_took = bench_now() - from - bench.clock;
	return done == bench.bytes ? 0 : -EIO;
}

/* parport_write() */
int bench_rival_write(void)
{
	struct pardevice *dev = bench_register(0, NULL, NULL);
	int ret;

	if (!dev)
		return -ENOMEM;
	ret = bench_transfers("parport-write", bench_rival_write_once, dev);
	parport_unregister_device(dev);
	return ret;
}

static int bench_write_once(u8 *bytes, void *arg)
{
	NTSTATUS status;
	ULONG done;
	u64 from;

	from = bench_now();
	status = winpar_write(bench.device, bytes, bench.bytes, &done);
	bench_took = bench_now() - from - bench.clock;
	return status == STATUS_SUCCESS && done == bench.bytes ? 0 : -EIO;
}

/* winpar_write() */
int bench_write(void)
{
	return bench_transfers("winpar-write", bench_write_once, NULL);
}

static int bench_call_once(u8 *bytes, void *arg)
{
	PARCLASS_INFORMATION *info = arg;
	NTSTATUS status;
	ULONG done;
	u64 from;

	from = bench_now();
	status = info->ParallelWrite(info->ParclassContext, bytes, bench.bytes,
				     &done, 0);
	bench_took = bench_now() - from - bench.clock;
	return status == STATUS_SUCCESS && done == bench.bytes ? 0 : -EIO;
}

/* ParallelWrite */
int bench_call(void)
{
	PARCLASS_INFORMATION info;
	NTSTATUS status;
	int ret;

	status = winpar_internal_ioctl(bench.device,
				       IOCTL_INTERNAL_PARCLASS_CONNECT,
				       NULL, 0, &info, sizeof(info), NULL);
	if (status == STATUS_SUCCESS)
		status = winpar_internal_ioctl(bench.device,
					       IOCTL_INTERNAL_LOCK_PORT,
					       NULL, 0, NULL, 0, NULL);
	if (status != STATUS_SUCCESS)
		return -EIO;
	ret = bench_transfers("winpar-call", bench_call_once, &info);
	winpar_internal_ioctl(bench.device, IOCTL_INTERNAL_UNLOCK_PORT,
			      NULL, 0, NULL, 0, NULL);
	return ret;
}

/* ----- reading back ------------------------------------------------------ */

/* The parport core's mode for the parameter "protocol", or negative. */
static int bench_linux_mode(void)
{
	switch (bench.protocol) {
	case NIBBLE:
		return IEEE1284_MODE_NIBBLE;
	case BYTE_BIDIR:
		return IEEE1284_MODE_BYTE;
	case EPP_HW:
		return IEEE1284_MODE_EPP;
	case BOUNDED_ECP:
		return IEEE1284_MODE_ECP;
	}
	return -EINVAL;
}

static int bench_rival_read_once(struct pardevice *dev, int mode, u8 *bytes)
{
	ssize_t done = 0;
	u64 from;

	from = bench_now();
	if (parport_claim(dev))
		return -EBUSY;
	if (!parport_negotiate(dev->port, mode))
		done = parport_read(dev->port, bytes, bench.bytes);
	bench_took = bench_now() - from - bench.clock;
	parport_negotiate(dev->port, IEEE1284_MODE_COMPAT);
	parport_release(dev);
	return done == bench.bytes ? 0 : -EIO;
}

/* parport_negotiate() and parport_read(), once: a program feeds the device */
int bench_rival_read(void)
{
	int mode = bench_linux_mode(), ret = -ENOMEM;
	struct pardevice *dev;
	u8 *bytes;

	if (mode < 0)
		return mode;
	dev = bench_register(0, NULL, NULL);
	bytes = bench_bytes_alloc();
	if (dev && bytes)
		ret = bench_rival_read_once(dev, mode, bytes);
	vfree(bytes);
	if (dev)
		parport_unregister_device(dev);
	return ret;
}

static int bench_read_once(u8 *bytes)
{
	PARCLASS_NEGOTIATION_MASK mask = { .usReadMask = bench.protocol };
	NTSTATUS status;
	ULONG done;
	u64 from;

	status = winpar_device_ioctl(bench.device, IOCTL_IEEE1284_NEGOTIATE,
				     &mask, sizeof(mask), &mask, sizeof(mask),
				     NULL);
	if (status != STATUS_SUCCESS || mask.usReadMask != bench.protocol)
		return -EOPNOTSUPP;
	from = bench_now();
	status = winpar_read(bench.device, bytes, bench.bytes, &done);
	bench_took = bench_now() - from - bench.clock;
	return status == STATUS_SUCCESS && done == bench.bytes ? 0 : -EIO;
}

/* winpar_read(), once */
int bench_read(void)
{
	u8 *bytes = bench_bytes_alloc();
	int ret;

	if (!bytes)
		return -ENOMEM;
	ret = bench_read_once(bytes);
	vfree(bytes);
	return ret;
}
