// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all devices have: the lines that they drive, and the bytes that went
 * each way.
 *
 * A device is alive while it has power, its cable is in and no fault has
 * silenced it. Only then does it see the host's lines. A device without power
 * pulls every line low, a device whose cable is out leaves all of them high, a
 * device with a fault leaves them as they are.
 *
 * A device tells the chip of a line that it moved by the pointer
 * sim_cable.moved: the chip is above this room.
 *
 * Owner: the device's port, from sim_peripheral_new() to sim_peripheral_free().
 * Locking: the port's lock, but for these two functions.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "peripheral.h"

static unsigned int buffer_kib = 128;
module_param(buffer_kib, uint, 0444);
MODULE_PARM_DESC(buffer_kib, "how many KiB a peripheral keeps of what came, and may be fed, 1 to 16384 (128)");

/* ----- bytes ------------------------------------------------------------- */

static int sim_ring_init(struct sim_ring *ring)
{
	ring->size = roundup_pow_of_two(clamp(buffer_kib, 1U, 16384U)) * SZ_1K;
	ring->buf = kvmalloc(ring->size, GFP_KERNEL);
	return ring->buf ? 0 : -ENOMEM;
}

/**
 * sim_ring_put() - add a byte, if there is room
 * @ring: the ring
 * @byte: the byte
 *
 * Return: whether there was.
 */
bool sim_ring_put(struct sim_ring *ring, u8 byte)
{
	if (ring->head - ring->tail == ring->size)
		return false;
	ring->buf[ring->head++ & (ring->size - 1)] = byte;
	return true;
}

/**
 * sim_ring_force() - add a byte, in the place of the oldest if need be
 * @ring: the ring
 * @byte: the byte
 */
void sim_ring_force(struct sim_ring *ring, u8 byte)
{
	if (ring->head - ring->tail == ring->size)
		ring->tail++;
	sim_ring_put(ring, byte);
}

/* Make the device ID, with the device's kind and its place on the cable. */
static int sim_peripheral_name(struct sim_peripheral *dev)
{
	char place[16] = "";

	if (dev->seat < SIM_SEATS)
		snprintf(place, sizeof(place), " %u", dev->seat);
	dev->id = kasprintf(GFP_KERNEL,
			    "MFG:winpar;MDL:Simulated %s%s;CLS:%s;DES:winpar_sim %s%s;",
			    dev->ops->model, place, dev->ops->class,
			    dev->ops->name, place);
	if (!dev->id)
		return -ENOMEM;
	dev->id_len = strlen(dev->id);
	return 0;
}

/**
 * sim_peripheral_new() - make a device, which is not connected yet
 * @port: the port that it is for
 * @seat: its place there
 * @ops: its kind
 * @byte_over: called in hard interrupt context when the time that a byte takes
 *	is over
 * @late_due: called in hard interrupt context when a change of the host's lines
 *	is due that was kept
 *
 * Context: process.
 * Return: the device, or NULL for want of memory.
 */
struct sim_peripheral *
sim_peripheral_new(struct sim_port *port, u8 seat,
		   const struct sim_peripheral_ops *ops,
		   enum hrtimer_restart (*byte_over)(struct hrtimer *timer),
		   enum hrtimer_restart (*late_due)(struct hrtimer *timer))
{
	struct sim_peripheral *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	dev->ops = ops;
	dev->port = port;
	dev->seat = seat;
	dev->can = ops->can;
	dev->condition = (struct sim_condition) {
		.paper = true, .online = true, .power = true, .plugged = true,
	};
	winpar_hrtimer_setup(&dev->timer, byte_over, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_HARD);
	winpar_hrtimer_setup(&dev->late.timer, late_due, CLOCK_MONOTONIC,
			     HRTIMER_MODE_ABS_HARD);
	if (sim_ring_init(&dev->received) || sim_ring_init(&dev->feed) ||
	    sim_peripheral_name(dev)) {
		sim_peripheral_free(dev);
		return NULL;
	}
	return dev;
}

/**
 * sim_peripheral_free() - free a device
 * @dev: the device, no longer connected; or NULL
 *
 * Context: process.
 */
void sim_peripheral_free(struct sim_peripheral *dev)
{
	if (!dev)
		return;
	/* A late answer may have the device wait for something else. */
	hrtimer_cancel(&dev->late.timer);
	hrtimer_cancel(&dev->timer);
	kvfree(dev->received.buf);
	kvfree(dev->feed.buf);
	kfree(dev->id);
	kfree(dev);
}

/* ----- lines ------------------------------------------------------------- */

/**
 * __sim_peripheral_is_alive() - does the device take part?
 * @dev: the device
 *
 * Return: whether it does.
 */
bool __sim_peripheral_is_alive(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (!dev->condition.power || !dev->condition.plugged)
		return false;
	return dev->fault != SIM_FAULT_NO_ANSWER &&
	       !(dev->fault == SIM_FAULT_MIDDLE && !dev->fault_arg);
}

/**
 * __sim_peripheral_back() - the lines that the device gives back
 * @dev: the device
 *
 * Return: the lines.
 */
struct sim_back __sim_peripheral_back(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (!dev->condition.plugged)
		return SIM_BACK_OPEN;
	if (!dev->condition.power)
		return (struct sim_back){ .lines = 0 };
	return dev->back;
}

/* Tell the chip, by the pointer: chip.c is a room above this one. */
static void sim_peripheral_moved(struct sim_peripheral *dev, u8 event)
{
	dev->port->cable.moved(dev->port, dev->seat, event);
}

/**
 * __sim_peripheral_heard() - say which event the host's change was
 * @dev: the device, which is looking at that change
 * @event: a number of IEEE 1284's, or SIM_EVENT_...
 */
void __sim_peripheral_heard(struct sim_peripheral *dev, u8 event)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	sim_log_name(&dev->port->log, dev->heard, event);
}

/**
 * __sim_peripheral_lines() - move some of the device's lines
 * @dev: the device
 * @mask: which lines
 * @levels: which of these are to be high
 * @event: which event that is
 */
void __sim_peripheral_lines(struct sim_peripheral *dev, u8 mask, u8 levels,
			    u8 event)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	dev->back.lines = (dev->back.lines & ~mask) | (levels & mask);
	sim_peripheral_moved(dev, event);
}

/**
 * __sim_peripheral_drive() - put a byte on the data lines
 * @dev: the device
 * @byte: the byte
 */
void __sim_peripheral_drive(struct sim_peripheral *dev, u8 byte)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	dev->back.data = byte;
	dev->back.driven = true;
	sim_peripheral_moved(dev, SIM_EVENT_NONE);
}

/**
 * __sim_peripheral_release() - drive the data lines no longer
 * @dev: the device
 */
void __sim_peripheral_release(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	dev->back.driven = false;
	sim_peripheral_moved(dev, SIM_EVENT_NONE);
}

/* ----- bytes from the host ----------------------------------------------- */

/**
 * __sim_peripheral_write() - a byte has come from the host
 * @dev: the device
 * @address: the byte is an address, or a channel command
 * @byte: the byte
 */
void __sim_peripheral_write(struct sim_peripheral *dev, bool address, u8 byte)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (address) {
		dev->addresses++;
		dev->reg_address = byte;
	} else {
		sim_ring_force(&dev->received, byte);
	}
	if (dev->ops->write)
		dev->ops->write(dev, address, byte);
}

/* ----- bytes for the host ------------------------------------------------ */

/* Does the mode that the device is in send its ID? */
static bool sim_peripheral_sends_id(const struct sim_peripheral *dev)
{
	return dev->state.phase >= SIM_NIBBLE &&
	       dev->state.phase <= SIM_ECP_REVERSE && dev->state.request & 0x04;
}

/**
 * __sim_peripheral_next() - the next byte for the host
 * @dev: the device
 * @byte: where the byte goes to
 *
 * The byte stays the next until __sim_peripheral_took().
 *
 * Return: whether there is one.
 */
bool __sim_peripheral_next(struct sim_peripheral *dev, u8 *byte)
	__must_hold(&dev->port->lock)
{
	unsigned int length = dev->id_len + 2, pos = dev->state.id_pos;

	lockdep_assert_held(&dev->port->lock);
	if (!sim_peripheral_sends_id(dev)) {
		if (dev->feed.head == dev->feed.tail)
			return false;
		*byte = dev->feed.buf[dev->feed.tail & (dev->feed.size - 1)];
		return true;
	}
	if (pos >= length)
		return false;
	if (dev->fault == SIM_FAULT_CHECKSUM)
		length = dev->fault_arg;
	if (pos == 0)
		*byte = length >> 8;
	else if (pos == 1)
		*byte = length;
	else
		*byte = dev->id[pos - 2];
	return true;
}

/**
 * __sim_peripheral_has_data() - is there a byte for the host?
 * @dev: the device
 *
 * Return: whether there is.
 */
bool __sim_peripheral_has_data(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (sim_peripheral_sends_id(dev))
		return dev->state.id_pos < dev->id_len + 2;
	return dev->feed.head != dev->feed.tail;
}

/**
 * __sim_peripheral_run() - how many of the next bytes for the host are equal?
 * @dev: the device, with a byte for the host
 *
 * Return: 1 to 128, which is what one count can say. The device ID has no runs.
 */
unsigned int __sim_peripheral_run(const struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	const struct sim_ring *feed = &dev->feed;
	unsigned long mask = feed->size - 1, run = 1;

	lockdep_assert_held(&dev->port->lock);
	if (sim_peripheral_sends_id(dev))
		return 1;
	while (run < 128 && feed->tail + run != feed->head &&
	       feed->buf[(feed->tail + run) & mask] ==
	       feed->buf[feed->tail & mask])
		run++;
	return run;
}

/**
 * __sim_peripheral_took() - the host has the byte: go on to the next
 * @dev: the device
 */
void __sim_peripheral_took(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (sim_peripheral_sends_id(dev))
		dev->state.id_pos++;
	else
		dev->feed.tail++;
}

/**
 * __sim_peripheral_step() - a byte's handshake begins
 * @dev: the device
 *
 * Counts down to the handshake that SIM_FAULT_MIDDLE breaks off.
 */
void __sim_peripheral_step(struct sim_peripheral *dev)
	__must_hold(&dev->port->lock)
{
	lockdep_assert_held(&dev->port->lock);
	if (dev->fault == SIM_FAULT_MIDDLE && dev->fault_arg)
		dev->fault_arg--;
}

