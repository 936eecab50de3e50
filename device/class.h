/* SPDX-License-Identifier: GPL-2.0-only */
/* The callbacks of a class driver: device/class.c. */
#ifndef _WINPAR_DEVICE_CLASS_H
#define _WINPAR_DEVICE_CLASS_H

#include "device/device.h"

void winpar_class_information(struct winpar_device *device,
			      PARCLASS_INFORMATION *info);

#endif /* _WINPAR_DEVICE_CLASS_H */
