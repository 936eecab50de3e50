/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a device can be used, and what its client has set: device/state.c. */
#ifndef _WINPAR_DEVICE_STATE_H
#define _WINPAR_DEVICE_STATE_H

#include "device/device.h"
#include "host/regs.h"

/* All five lines of the status register. Busy is inverted on its way. */
#define WINPAR_STS_LINES	(WINPAR_STS_FAULT | WINPAR_STS_SELECT | \
				 WINPAR_STS_PERROR | WINPAR_STS_ACK | \
				 WINPAR_STS_BUSY)
/* WINPAR_STS_LINES as read without a cable (OPEN), and without power (OFF). */
#define WINPAR_STS_OPEN		(WINPAR_STS_LINES & ~WINPAR_STS_BUSY)
#define WINPAR_STS_OFF		WINPAR_STS_BUSY

unsigned long winpar_state_patience(void);
bool winpar_state_is_daisy(const struct winpar_device *device);
NTSTATUS winpar_state_check(struct winpar_device *device);
void winpar_state_settings(struct winpar_device *device,
			   struct winpar_device_settings *set);

#endif /* _WINPAR_DEVICE_STATE_H */
