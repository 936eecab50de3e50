/* SPDX-License-Identifier: GPL-2.0-only */
/* Device objects that drivers create: names, references. See wdm/device.c. */
#ifndef _WINPAR_WDM_DEVICE_H
#define _WINPAR_WDM_DEVICE_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

/**
 * struct wdm_next - which IRP of a device queue DriverStartIo is to be given next
 * @cancelable: the driver's IRPs have cancel routines
 * @by_key: the one that KeRemoveByKeyDeviceQueue() finds by @key; else the first
 * @key: see there
 */
struct wdm_next {
	bool cancelable;
	bool by_key;
	ULONG key;
};

/**
 * struct wdm_device - a device object that a driver has created
 * @object: what the driver sees
 * @entry: on the list of all devices, until the device is freed
 * @client: the driver; NULL: it has ended
 * @handles: how many handles programs and other drivers have open
 * @name: the device's name in UTF-8; NULL without a name, and after IoDeleteDevice()
 * @deleted: IoDeleteDevice() was called
 * @kept: IoDeleteDevice() has left the driver's reference, since another device was attached;
 *        under wdm_device_lock
 * @closed: the device cannot be opened: the stack that AddDevice has made on the port below is
 *          not started, or the port has gone; under wdm_device_lock
 * @power: what PoSetPowerState() was told last; under wdm_device_lock
 * @starting: how many calls of DriverStartIo have not returned; under the device queue's lock
 * @owed: so many IRPs are given to DriverStartIo when calls of it return (wdm/packet.c);
 *        under that lock
 * @next: which IRP, if one is owed; under that lock
 * @size: how many bytes this structure has, with the driver's memory
 * @freeing: frees it, when the DPCs have returned that run when its last reference is given back
 * @extension: the driver's memory, to which DeviceExtension points
 */
struct wdm_device {
	DEVICE_OBJECT object;
	struct list_head entry;
	struct winpar_wdm_client *client;
	unsigned int handles;
	char *name;
	bool deleted;
	bool kept;
	bool closed;
	POWER_STATE power[DevicePowerState + 1];
	unsigned int starting;
	unsigned int owed;
	struct wdm_next next;
	size_t size;
	KDPC freeing;
	u64 extension[] __aligned(16);
};

extern spinlock_t wdm_device_lock;
extern struct list_head wdm_device_ports;

static inline struct wdm_device *to_device(PDEVICE_OBJECT object)
{
	return container_of(object, struct wdm_device, object);
}

bool wdm_device_is_own(PDEVICE_OBJECT device);
struct winpar_wdm_client *wdm_device_client(PDEVICE_OBJECT device);
struct wdm_device *__wdm_device_find(const char *name)
	__must_hold(&wdm_device_lock);
void wdm_device_get(PDEVICE_OBJECT device);
bool __wdm_device_get_live(PDEVICE_OBJECT device)
	__must_hold(&wdm_device_lock);
LONG wdm_device_put(PDEVICE_OBJECT device);
void wdm_device_detached(PDEVICE_OBJECT device);
void wdm_device_started(struct winpar_wdm_client *client);
void wdm_device_end(struct winpar_wdm_client *client);
void wdm_device_exit(void);

#endif /* _WINPAR_WDM_DEVICE_H */
