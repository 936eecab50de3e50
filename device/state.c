// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a device that is open can be used, what its client has set, and how
 * long its requests wait for the port.
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "device/state.h"

static unsigned int winpar_state_lock_timeout = 5000;
module_param_named(device_lock_timeout, winpar_state_lock_timeout, uint, 0644);
MODULE_PARM_DESC(device_lock_timeout,
		 "How long a parallel device's request waits for the port, in ms (default: 5000)");

/**
 * winpar_state_patience() - how long a request waits for the port
 *
 * Context: any.
 * Return: that time, in jiffies.
 */
unsigned long winpar_state_patience(void)
{
	return msecs_to_jiffies(READ_ONCE(winpar_state_lock_timeout));
}

/**
 * winpar_state_is_daisy() - is a device one of a daisy chain?
 * @device: the device
 *
 * Context: any.
 * Return: whether its name has a number below .4.
 */
bool winpar_state_is_daisy(const struct winpar_device *device)
{
	return device->unit < WINPAR_1284_3_DEVICES;
}

/**
 * winpar_state_check() - can a device that is open be used?
 * @device: the device
 *
 * Context: any.
 * Return: STATUS_SUCCESS; STATUS_DELETE_PENDING the port is being detached;
 * STATUS_DEVICE_REMOVED the port has gone, or a scan has not found the device
 * again.
 */
NTSTATUS winpar_state_check(struct winpar_device *device)
{
	struct winpar_port *port = device->port;

	if (READ_ONCE(device->leaving))
		return READ_ONCE(port->leaving) ? STATUS_DELETE_PENDING :
						  STATUS_DEVICE_REMOVED;
	if (winpar_state_is_daisy(device) &&
	    READ_ONCE(port->lost[device->unit]) != device->lost)
		return STATUS_DEVICE_REMOVED;
	return READ_ONCE(device->vanished) ? STATUS_DEVICE_REMOVED :
					     STATUS_SUCCESS;
}

/**
 * winpar_state_settings() - what the client has set, as of now
 * @device: the device
 * @set: filled in
 *
 * Context: any; takes the device lock.
 */
void winpar_state_settings(struct winpar_device *device,
			   struct winpar_device_settings *set)
{
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	*set = device->set;
	spin_unlock_irqrestore(&device->lock, flags);
}
