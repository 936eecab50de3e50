// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar_bench - what winpar costs, beside what its rivals do.
 *
 * A case is named by writing it to the module parameter "do"; its figures are
 * then read from there, one "NAME FIGURE" a line. They are nanoseconds. In a
 * guest that counts its instructions as time, they are instructions.
 *
 * Each figure is the median of "rounds" rounds, less the cost of an empty loop
 * or of reading the clock.
 *
 * Rivals have to be measured while winpar has no opener: otherwise a rival's
 * release would call winpar.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "winpar_bench.h"

WINPAR_CLIENT();

struct bench bench = { .rounds = 101, .transfers = 5, .bytes = 65536 };

static int port;
module_param(port, int, 0444);
MODULE_PARM_DESC(port, "Which port (default: 0)");

module_param_named(rounds, bench.rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "Of how many rounds the median is taken");

module_param_named(transfers, bench.transfers, uint, 0444);
MODULE_PARM_DESC(transfers, "Of how many rounds where a round is a transfer");

module_param_named(bytes, bench.bytes, uint, 0444);
MODULE_PARM_DESC(bytes, "How many bytes are written and read");

module_param_named(protocol, bench.protocol, uint, 0600);
MODULE_PARM_DESC(protocol, "The protocol to read in, as a Windows mask");

u64 bench_stamped;
module_param_named(stamp, bench_stamped, ullong, 0444);
MODULE_PARM_DESC(stamp, "When the last thing was done that a program times");

u64 bench_heard_at;
module_param_named(heard, bench_heard_at, ullong, 0444);
MODULE_PARM_DESC(heard, "When a program's interrupt was last heard");

module_param_named(took, bench_took, ullong, 0444);
MODULE_PARM_DESC(took, "How long the last transfer took");

/* The last answer; the parameter lock of the module guards it. */
static char answer[2048];
static size_t answer_length;

static int bench_compare(const void *a, const void *b)
{
	const u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* The median of the first so many samples. */
u64 bench_median_of(unsigned int count)
{
	sort(bench.samples, count, sizeof(bench.samples[0]), bench_compare,
	     NULL);
	return bench.samples[count / 2];
}

u64 bench_median(void)
{
	return bench_median_of(bench.rounds);
}

void bench_say(u64 hundredths, const char *fmt, ...)
{
	va_list args;
	u64 whole;
	u32 rest;

	va_start(args, fmt);
	answer_length += vscnprintf(answer + answer_length,
				    sizeof(answer) - answer_length, fmt, args);
	va_end(args);
	whole = div_u64_rem(hundredths, 100, &rest);
	answer_length += scnprintf(answer + answer_length,
				   sizeof(answer) - answer_length,
				   " %llu.%02u\n", whole, rest);
}

/* Note the time, for a program that reads the parameter "stamp". */
void bench_stamp(void)
{
	WRITE_ONCE(bench_stamped, bench_now());
}

/* ----- the two sides ----------------------------------------------------- */

int bench_open(void)
{
	char name[32];
	NTSTATUS status;

	if (bench.file)
		return 0;
	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", port);
	status = winpar_open(name, &bench.file);
	if (!NT_SUCCESS(status))
		return -ENODEV;
	status = winpar_internal_ioctl(bench.file,
				       IOCTL_INTERNAL_GET_PARALLEL_PORT_INFO,
				       NULL, 0, &bench.info,
				       sizeof(bench.info), NULL);
	if (!NT_SUCCESS(status)) {
		bench_close();
		return -EIO;
	}
	return 0;
}

static int bench_open_device(void)
{
	char name[16];

	if (bench.device)
		return 0;
	snprintf(name, sizeof(name), "LPT%d", port + 1);
	return NT_SUCCESS(winpar_open(name, &bench.device)) ? 0 : -ENODEV;
}

void bench_close(void)
{
	if (bench.device)
		winpar_close(bench.device);
	bench.device = NULL;
	if (bench.file)
		winpar_close(bench.file);
	bench.file = NULL;
}

static int bench_do_close(void)
{
	bench_close();
	return 0;
}

/* Register a device on the Linux port, as a Linux driver does. */
struct pardevice *bench_register(int id, void (*irq_func)(void *private),
				 void *private)
{
	const struct pardev_cb callbacks = {
		.irq_func = irq_func,
		.private = private,
	};

	return parport_register_dev_model(bench.parport, KBUILD_MODNAME,
					  &callbacks, id);
}

/* ----- commands ---------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(void);
	bool open;
	bool device;
} bench_cases[] = {
	{ "rival-claim", bench_rival_claim },
	{ "rival-interrupt", bench_rival_interrupt },
	{ "rival-grant", bench_rival_grant },
	{ "fire", bench_fire },
	{ "try", bench_try, true },
	{ "request", bench_request, true },
	{ "request-sync", bench_request_sync, true },
	{ "information", bench_information, true },
	{ "information-sync", bench_information_sync, true },
	{ "interrupt", bench_interrupt, true },
	{ "routines", bench_routines, true },
	{ "listen", bench_listen, true },
	{ "deaf", bench_deaf, true },
	{ "queue", bench_queue, true },
	{ "memory", bench_memory, true },
	{ "ending", bench_ending, true },
	{ "grant", bench_grant, true },
	{ "grant-dispatch", bench_grant_dispatch, true },
	{ "ask", bench_ask, true },
	{ "give", bench_give, true },
	{ "rival-write", bench_rival_write },
	{ "rival-read", bench_rival_read },
	{ "write", bench_write, .device = true },
	{ "call", bench_call, .device = true },
	{ "read", bench_read, .device = true },
	{ "scale", bench_scale },
	{ "scale-end", bench_scale_end },
	{ "slow", bench_slow, .device = true },
	{ "close", bench_do_close },
};

static int bench_run(const char *name)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(bench_cases); i++) {
		if (!sysfs_streq(name, bench_cases[i].name))
			continue;
		ret = bench_cases[i].open ? bench_open() :
		      bench_cases[i].device ? bench_open_device() : 0;
		return ret ?: bench_cases[i].run();
	}
	return -EINVAL;
}

static int bench_do_set(const char *val, const struct kernel_param *kp)
{
	int ret;

	/* The command line of insmod: too early. */
	if (!bench.parport)
		return -EAGAIN;
	answer_length = 0;
	answer[0] = '\0';
	ret = bench_run(val);
	if (ret)
		pr_err("%s: failed: %d\n", val, ret);
	return ret;
}

static int bench_do_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s", answer);
}

static const struct kernel_param_ops bench_do_ops = {
	.set = bench_do_set,
	.get = bench_do_get,
};
module_param_cb(do, &bench_do_ops, NULL, 0600);
MODULE_PARM_DESC(do, "A case to measure; its figures are read from here");

static int __init bench_init(void)
{
	unsigned int i;

	if (!bench.rounds || bench.rounds > BENCH_ROUNDS ||
	    !bench.transfers || bench.transfers > BENCH_ROUNDS || !bench.bytes)
		return -EINVAL;
	bench.parport = parport_find_number(port);
	if (!bench.parport) {
		pr_err("there is no port %d\n", port);
		return -ENODEV;
	}
	for (i = 0; i < bench_turns(); i++) {
		u64 from = bench_now();

		*bench_sample(i) = bench_now() - from;
	}
	bench.clock = bench_median();
	return 0;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	bench_fire_exit();
	bench_scale_end();
	bench_close();
	parport_put_port(bench.parport);
}
module_exit(bench_exit);

MODULE_DESCRIPTION("winpar's benchmark");
MODULE_LICENSE("GPL");
