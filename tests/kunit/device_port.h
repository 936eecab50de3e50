/* SPDX-License-Identifier: GPL-2.0-only */
/* The fixture of cases about parallel devices: device_port.c. */
#ifndef _WINPAR_DEVICE_PORT_H
#define _WINPAR_DEVICE_PORT_H

#include <winpar/ntddser.h>

#include "sim_port.h"

/* The device without a unit in its name: LPTn, \Device\ParallelM. */
#define WPT_RAW		(-1)
#define WPT_DEV_FILES	16
#define WPT_DEV_BLOCKS	16

/* How long a request may take on a busy machine, and one of a million bytes. */
#define WPT_DEV_TIMEOUT	(40 * HZ * wpt_slowness)
#define WPT_DEV_LONG	(240 * HZ * wpt_slowness)

/* Codes as tests write them most. */
#define WPT_CLASS	IOCTL_INTERNAL_PARCLASS_CONNECT
#define WPT_UNCLASS	IOCTL_INTERNAL_PARCLASS_DISCONNECT
#define WPT_LOCK	IOCTL_INTERNAL_LOCK_PORT
#define WPT_UNLOCK	IOCTL_INTERNAL_UNLOCK_PORT
#define WPT_LOCK_ONLY	IOCTL_INTERNAL_LOCK_PORT_NO_SELECT
#define WPT_UNLOCK_ONLY	IOCTL_INTERNAL_UNLOCK_PORT_NO_DESELECT
#define WPT_IDLE	IOCTL_INTERNAL_DISCONNECT_IDLE

#define WPT_FORWARD_ALL	(BOUNDED_ECP | ECP_HW_NOIRQ | ECP_HW_IRQ | EPP_HW | \
			 EPP_SW | ECP_SW | IEEE_COMPATIBILITY | CENTRONICS)
#define WPT_REVERSE_ALL	(BOUNDED_ECP | ECP_HW_NOIRQ | ECP_HW_IRQ | EPP_HW | \
			 EPP_SW | ECP_SW | BYTE_BIDIR | NIBBLE | CHANNEL_NIBBLE)

/**
 * struct wpt_dev - the fixture of a case with parallel devices
 * @s: the port that they are on; must be the first
 * @second: another port, without openers, once wpt_dev_second() has made it
 * @file: open devices, which wpt_dev_exit() closes; NULL is a free place
 * @block: large buffers, which wpt_dev_exit() frees
 * @other_timeout: device_lock_timeout is not the default
 * @other_error_time: device_error_time is not the default
 */
struct wpt_dev {
	struct wpt_sim s;
	struct wpt_sim second;
	struct winpar_file *file[WPT_DEV_FILES];
	void *block[WPT_DEV_BLOCKS];
	bool other_timeout;
	bool other_error_time;
};

static inline struct wpt_dev *to_dev(struct kunit *test)
{
	return container_of(to_sim(test), struct wpt_dev, s);
}

int wpt_dev_init(struct kunit *test);
void wpt_dev_exit(struct kunit *test);
struct wpt_dev *wpt_dev_plug(struct kunit *test, const char *words);
struct wpt_dev *wpt_dev_plug_again(struct kunit *test, const char *words);
void wpt_dev_second(struct wpt_dev *d, const char *words);

/* ----- opening ----------------------------------------------------------- */

NTSTATUS wpt_dev_open_on(struct wpt_dev *d, struct wpt_sim *s, int unit,
			 struct winpar_file **file);
struct winpar_file *wpt_dev_open(struct wpt_dev *d, int unit);
void wpt_dev_keep(struct wpt_dev *d, struct winpar_file *file);
void wpt_dev_close(struct wpt_dev *d, struct winpar_file *file);

/* ----- bytes ------------------------------------------------------------- */

void *wpt_dev_block(struct wpt_dev *d, size_t size);
u8 *wpt_dev_pattern(struct wpt_dev *d, size_t size, u32 seed);
void wpt_dev_expect_same(struct kunit *test, const u8 *got, const u8 *want,
			 size_t len);
size_t wpt_dev_kept(void);
void wpt_dev_expect_received(struct wpt_dev *d, struct wpt_sim *s,
			     const char *knob, const u8 *want, size_t len);
unsigned long wpt_dev_received(struct wpt_dev *d);
bool wpt_dev_has_received(struct wpt_dev *d, unsigned long count);
bool wpt_dev_phase(struct wpt_dev *d, const char *knob, const char *phase);
bool wpt_dev_becomes_phase(struct wpt_dev *d, const char *knob,
			   const char *phase);

bool wpt_dev_waiters(struct wpt_dev *d, unsigned int count);

/* ----- requests ---------------------------------------------------------- */

struct wpt_request *wpt_dev_request(struct wpt_dev *d, int id, UCHAR major,
				    ULONG code, ULONG in_len, ULONG out_len);
struct wpt_request *wpt_dev_transfer(struct wpt_dev *d, int id, UCHAR major,
				     void *buf, ULONG len);
NTSTATUS wpt_dev_result_within(struct wpt_request *r, unsigned long timeout);
NTSTATUS wpt_dev_result(struct wpt_request *r);
NTSTATUS wpt_dev_run(struct wpt_request *r, struct winpar_file *file);
struct wpt_request *wpt_dev_queue(struct wpt_dev *d, struct winpar_file *file,
				  int id, UCHAR major, void *buf, ULONG len);

NTSTATUS wpt_dev_ask(struct wpt_dev *d, struct winpar_file *file, ULONG code);
NTSTATUS wpt_dev_negotiate(struct winpar_file *file, USHORT forward,
			   USHORT reverse);
NTSTATUS wpt_dev_modes(struct winpar_file *file, ULONG code, USHORT *forward,
		       USHORT *reverse);
NTSTATUS wpt_dev_caps(struct winpar_file *file, USHORT without, USHORT *caps);
NTSTATUS wpt_dev_address(struct winpar_file *file, ULONG code, UCHAR address);
NTSTATUS wpt_dev_timeouts(struct winpar_file *file, ULONG read, ULONG write);
NTSTATUS wpt_dev_set_timeouts(struct winpar_file *file,
			      const SERIAL_TIMEOUTS *timeouts);
NTSTATUS wpt_dev_byte(struct winpar_file *file, ULONG code, UCHAR *byte);
int wpt_dev_is_free(struct winpar_file *file);
void wpt_dev_expect_modes(struct kunit *test, struct winpar_file *file,
			  USHORT forward, USHORT reverse);
void wpt_dev_expect_works(struct wpt_dev *d, struct winpar_file *file,
			  const char *knob);
void wpt_dev_class(struct wpt_dev *d, struct winpar_file *file,
		   PARCLASS_INFORMATION *info);
struct wpt_dev *wpt_class_plug(struct kunit *test, const char *words, int unit,
			       struct winpar_file **file,
			       PARCLASS_INFORMATION *info);
void wpt_dev_lock_timeout(struct wpt_dev *d, unsigned int ms);
void wpt_dev_error_time(struct wpt_dev *d, unsigned int ms);

static inline struct wpt *wpt_of(struct wpt_dev *d)
{
	return &d->s.t;
}

/* Milliseconds since @then, rounded up. */
static inline unsigned long wpt_dev_ms_since(struct wpt_start then)
{
	return ktime_ms_delta(ktime_get(), then.time) + 1;
}

#endif /* _WINPAR_DEVICE_PORT_H */
