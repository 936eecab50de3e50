/* SPDX-License-Identifier: GPL-2.0-only */
/* The fixture on a port of winpar_sim: sim_port.c. */
#ifndef _WINPAR_SIM_PORT_H
#define _WINPAR_SIM_PORT_H

#include "fixture.h"

#define WPT_PNP		IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO
#define WPT_SET_MODE	IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE
#define WPT_CLEAR_MODE	IOCTL_INTERNAL_PARALLEL_CLEAR_CHIP_MODE
#define WPT_INIT_BUS	IOCTL_INTERNAL_INIT_1284_3_BUS
#define WPT_SELECT	IOCTL_INTERNAL_SELECT_DEVICE
#define WPT_DESELECT	IOCTL_INTERNAL_DESELECT_DEVICE

#define WPT_END		PAR_END_OF_CHAIN_DEVICE
#define WPT_KEEP	PAR_HAVE_PORT_KEEP_PORT

#define WPT_SIM_TEXT	(64 * 1024)

/**
 * struct wpt_sim - the fixture of a case on a port in software
 * @t: the fixture; must be the first
 * @linux_port: the Linux port, for rivals; only parts of it are filled in
 * @name: parportM; empty while there is none
 * @kept: the words that made the port, if the case leaves it to the next row
 * @text: what wpt_sim_show() read last
 * @pnp: what wpt_sim_pnp() got last
 */
struct wpt_sim {
	struct wpt t;
	struct fake_port linux_port;
	char name[16];
	const char *kept;
	char *text;
	PARALLEL_PNP_INFORMATION pnp;
};

static inline struct wpt_sim *to_sim(struct kunit *test)
{
	return container_of(to_wpt(test), struct wpt_sim, t);
}

int wpt_sim_prepare(struct kunit *test, struct wpt_sim *s);
int wpt_sim_init(struct kunit *test);
void wpt_sim_exit(struct kunit *test);
struct wpt_sim *wpt_sim_plug(struct kunit *test, const char *words);
struct wpt_sim *wpt_sim_plug_again(struct kunit *test, const char *words);
void wpt_sim_suite_exit(struct kunit_suite *suite);
void wpt_sim_add(struct wpt_sim *s, const char *words,
		 const struct wpt_sim *other);
void wpt_sim_drop(struct wpt_sim *s);
void wpt_sim_unplug(struct wpt_sim *s);

void wpt_sim_set(struct wpt_sim *s, const char *knob, const char *text);
const char *wpt_sim_show(struct wpt_sim *s, const char *knob);
void wpt_sim_put(struct wpt_sim *s, const char *knob, const void *buf,
		 size_t len);
size_t wpt_sim_get(struct wpt_sim *s, const char *knob, void *buf, size_t size);
unsigned long wpt_sim_number(struct wpt_sim *s, const char *knob,
			     const char *word);
int wpt_sim_selected(struct wpt_sim *s);
unsigned long wpt_sim_commands(struct wpt_sim *s);
bool wpt_sim_saw_packet(struct wpt_sim *s);

u8 wpt_sim_in(struct wpt_sim *s, unsigned int reg);
void wpt_sim_out(struct wpt_sim *s, unsigned int reg, u8 value);
void wpt_sim_print(struct wpt_sim *s, u8 byte);
void wpt_sim_packet(struct wpt_sim *s, u8 command);

const PARALLEL_PNP_INFORMATION *wpt_sim_pnp(struct wpt_sim *s);
NTSTATUS wpt_sim_mode(struct winpar_file *file, ULONG code, UCHAR mode);
NTSTATUS wpt_sim_command(struct winpar_file *file, ULONG code, UCHAR id,
			 ULONG flags);
NTSTATUS wpt_sim_try(struct wpt_sim *s, UCHAR id, ULONG flags);
NTSTATUS wpt_sim_undo(struct wpt_sim *s, UCHAR id, ULONG flags);
struct wpt_request *wpt_sim_queue(struct wpt_sim *s, struct winpar_file *file,
				  int event, UCHAR id, ULONG flags);

#endif /* _WINPAR_SIM_PORT_H */
