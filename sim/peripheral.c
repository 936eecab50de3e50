// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all peripherals have: lines that they drive, conditions that a user can
 * put them in, faults, and the bytes that went each way.
 *
 * A peripheral is alive while it has power, its cable is in and no fault has
 * silenced it. Only then does it see the host's lines. One without power pulls
 * every line low; one whose cable is out leaves all of them high; one with a
 * fault leaves them as they are.
 *
 * Owner: its port, from sim_peripheral_new() to sim_peripheral_free().
 * Locking: see struct sim_peripheral.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim.h"

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
 * __sim_ring_put() - add a byte, if there is room
 * @ring: where
 * @byte: what
 *
 * Return: whether there was.
 */
bool __sim_ring_put(struct sim_ring *ring, u8 byte)
{
	if (ring->head - ring->tail == ring->size)
		return false;
	ring->buf[ring->head++ & (ring->size - 1)] = byte;
	return true;
}

/**
 * __sim_ring_force() - add a byte, in the place of the oldest if need be
 * @ring: where
 * @byte: what
 */
void __sim_ring_force(struct sim_ring *ring, u8 byte)
{
	if (ring->head - ring->tail == ring->size)
		ring->tail++;
	__sim_ring_put(ring, byte);
}

/* ----- life -------------------------------------------------------------- */

/**
 * sim_peripheral_kind() - find a kind of peripheral
 * @name: its name
 *
 * Return: the kind, or NULL.
 */
const struct sim_peripheral_ops *sim_peripheral_kind(const char *name)
{
	static const struct sim_peripheral_ops *const kind[] = {
		&sim_printer, &sim_epp, &sim_epp_raw, &sim_loopback,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kind); i++)
		if (!strcmp(kind[i]->name, name))
			return kind[i];
	return NULL;
}

static enum hrtimer_restart sim_peripheral_timer(struct hrtimer *timer)
{
	struct sim_peripheral *dev = container_of(timer, struct sim_peripheral,
						  timer);
	struct sim_port *port = dev->port;
	unsigned long flags = sim_port_lock(port);

	if (__sim_peripheral_alive(dev))
		__sim_modes_timer(dev);
	sim_port_unlock(port, flags);
	return HRTIMER_NORESTART;
}

/* Its device ID: who made it, what it is, where it is. */
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
 * sim_peripheral_new() - make a peripheral
 * @port: where it will be
 * @seat: its place there
 * @ops: what it is
 *
 * It is not connected yet.
 *
 * Context: process.
 * Return: the peripheral, or NULL for want of memory.
 */
struct sim_peripheral *sim_peripheral_new(struct sim_port *port, u8 seat,
					  const struct sim_peripheral_ops *ops)
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
	sim_timer_init(&dev->timer, sim_peripheral_timer);
	if (sim_ring_init(&dev->received) || sim_ring_init(&dev->feed) ||
	    sim_peripheral_name(dev)) {
		sim_peripheral_free(dev);
		return NULL;
	}
	return dev;
}

/**
 * sim_peripheral_free() - free a peripheral
 * @dev: which, or NULL; no longer connected
 *
 * Context: process.
 */
void sim_peripheral_free(struct sim_peripheral *dev)
{
	if (!dev)
		return;
	hrtimer_cancel(&dev->timer);
	kvfree(dev->received.buf);
	kvfree(dev->feed.buf);
	kfree(dev->id);
	kfree(dev);
}

/* ----- lines ------------------------------------------------------------- */

/**
 * __sim_peripheral_alive() - does it take part?
 * @dev: which
 *
 * Return: whether it does.
 */
bool __sim_peripheral_alive(const struct sim_peripheral *dev)
{
	if (!dev->condition.power || !dev->condition.plugged)
		return false;
	return dev->fault != SIM_FAULT_NO_ANSWER &&
	       !(dev->fault == SIM_FAULT_MIDDLE && !dev->fault_arg);
}

/**
 * __sim_peripheral_host() - the host's lines, as they arrive at a peripheral
 * @dev: which
 * @host: the lines
 */
void __sim_peripheral_host(struct sim_peripheral *dev,
			   const struct sim_host *host)
{
	struct sim_host was = dev->host;

	lockdep_assert_held(&dev->port->lock);
	dev->host = *host;
	if (__sim_peripheral_alive(dev))
		__sim_1284_host(dev, &was);
}

/**
 * __sim_peripheral_back() - what it gives back
 * @dev: which
 *
 * Return: the lines.
 */
struct sim_back __sim_peripheral_back(const struct sim_peripheral *dev)
{
	if (!dev->condition.plugged)
		return SIM_BACK_OPEN;
	if (!dev->condition.power)
		return (struct sim_back){ .lines = 0 };
	return dev->back;
}

/**
 * __sim_peripheral_lines() - move some of its lines
 * @dev: whose
 * @mask: which lines
 * @levels: where to
 * @event: which event that is
 */
void __sim_peripheral_lines(struct sim_peripheral *dev, u8 mask, u8 levels,
			    u8 event)
{
	lockdep_assert_held(&dev->port->lock);
	dev->back.lines = (dev->back.lines & ~mask) | (levels & mask);
	__sim_chip_sense(dev->port, dev->seat, event);
}

/**
 * __sim_peripheral_drive() - put a byte on the data lines
 * @dev: which peripheral
 * @byte: what
 */
void __sim_peripheral_drive(struct sim_peripheral *dev, u8 byte)
{
	lockdep_assert_held(&dev->port->lock);
	dev->back.data = byte;
	dev->back.driven = true;
	__sim_chip_sense(dev->port, dev->seat, SIM_EVENT_NONE);
}

/**
 * __sim_peripheral_release() - drive the data lines no longer
 * @dev: which peripheral
 */
void __sim_peripheral_release(struct sim_peripheral *dev)
{
	lockdep_assert_held(&dev->port->lock);
	dev->back.driven = false;
	__sim_chip_sense(dev->port, dev->seat, SIM_EVENT_NONE);
}

/* ----- bytes from the host ----------------------------------------------- */

/**
 * __sim_peripheral_write() - a byte has come
 * @dev: where to
 * @address: as an address, or a channel command
 * @byte: what
 */
void __sim_peripheral_write(struct sim_peripheral *dev, bool address, u8 byte)
{
	lockdep_assert_held(&dev->port->lock);
	if (address) {
		dev->addresses++;
		dev->reg_address = byte;
	} else {
		__sim_ring_force(&dev->received, byte);
	}
	if (dev->ops->write)
		dev->ops->write(dev, address, byte);
}

/* ----- bytes for the host ------------------------------------------------ */

/* The mode that it is in sends the device ID. */
static bool sim_peripheral_sends_id(const struct sim_peripheral *dev)
{
	return dev->state.phase >= SIM_NIBBLE &&
	       dev->state.phase <= SIM_ECP_REVERSE && dev->state.request & 0x04;
}

/**
 * __sim_peripheral_next() - the next byte for the host
 * @dev: whose
 * @byte: where to; it stays the next until __sim_peripheral_took()
 *
 * Return: whether there is one.
 */
bool __sim_peripheral_next(struct sim_peripheral *dev, u8 *byte)
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
 * @dev: whose
 *
 * Return: whether there is.
 */
bool __sim_peripheral_has_data(const struct sim_peripheral *dev)
{
	if (sim_peripheral_sends_id(dev))
		return dev->state.id_pos < dev->id_len + 2;
	return dev->feed.head != dev->feed.tail;
}

/**
 * __sim_peripheral_took() - the host has the byte, go on to the next
 * @dev: whose
 */
void __sim_peripheral_took(struct sim_peripheral *dev)
{
	lockdep_assert_held(&dev->port->lock);
	if (sim_peripheral_sends_id(dev))
		dev->state.id_pos++;
	else
		dev->feed.tail++;
}

/**
 * __sim_peripheral_feed() - give it bytes to send
 * @dev: which
 * @buf: the bytes
 * @len: how many
 *
 * Return: how many there was room for.
 */
unsigned int __sim_peripheral_feed(struct sim_peripheral *dev, const u8 *buf,
				   unsigned int len)
{
	unsigned int done;

	lockdep_assert_held(&dev->port->lock);
	for (done = 0; done < len; done++)
		if (dev->ops->fed)
			dev->ops->fed(dev, buf[done]);
		else if (!__sim_ring_put(&dev->feed, buf[done]))
			break;
	if (!done || !__sim_peripheral_alive(dev))
		return done;
	if (dev->state.phase == SIM_EPP) {
		__sim_peripheral_lines(dev, SIM_NACK, 0, SIM_EVENT_INTERRUPT);
		__sim_peripheral_lines(dev, SIM_NACK, SIM_NACK, SIM_EVENT_NONE);
	} else {
		__sim_modes_changed(dev);
	}
	return done;
}

/* ----- what a user does to it -------------------------------------------- */

/**
 * __sim_peripheral_step() - a byte's handshake begins
 * @dev: whose
 *
 * Counts down to the one that SIM_FAULT_MIDDLE breaks off.
 */
void __sim_peripheral_step(struct sim_peripheral *dev)
{
	if (dev->fault == SIM_FAULT_MIDDLE && dev->fault_arg)
		dev->fault_arg--;
}

/**
 * __sim_peripheral_set() - put it in another condition
 * @dev: which
 * @condition: the condition
 *
 * Power or a cable that comes back resets it. Without power it forgets what it
 * had to send.
 */
void __sim_peripheral_set(struct sim_peripheral *dev,
			  const struct sim_condition *condition)
{
	bool was = __sim_peripheral_alive(dev);

	lockdep_assert_held(&dev->port->lock);
	dev->condition = *condition;
	if (!condition->power)
		dev->feed.tail = dev->feed.head;
	if (!was || !__sim_peripheral_alive(dev)) {
		__sim_1284_reset(dev);
		__sim_cable_restart(dev->port);
	}
	if (__sim_peripheral_alive(dev))
		__sim_modes_changed(dev);
	__sim_chip_sense(dev->port, dev->seat, SIM_EVENT_CONDITION);
}

/**
 * __sim_peripheral_fault() - break it, or mend it
 * @dev: which
 * @fault: what is to be wrong with it
 * @arg: how, see struct sim_peripheral
 *
 * A fault that silences it leaves its lines as they are; mending resets it.
 */
void __sim_peripheral_fault(struct sim_peripheral *dev, enum sim_fault fault,
			    unsigned int arg)
{
	bool was = __sim_peripheral_alive(dev);

	lockdep_assert_held(&dev->port->lock);
	dev->fault = fault;
	dev->fault_arg = arg;
	if (was == __sim_peripheral_alive(dev))
		return;
	if (!was)
		__sim_1284_reset(dev);
	__sim_cable_restart(dev->port);
	__sim_chip_sense(dev->port, dev->seat, SIM_EVENT_CONDITION);
}
