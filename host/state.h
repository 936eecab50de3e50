/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a Linux port, and its deadline. See host/state.c. */
#ifndef _WINPAR_HOST_STATE_H
#define _WINPAR_HOST_STATE_H

#include <linux/jiffies.h>
#include <linux/lockdep.h>

#include "host/host.h"

/* How long a released port stays free for a rival to take it. */
#define WINPAR_HOST_COURTESY	msecs_to_jiffies(200)
/* A waiter without a sleeper is dead when seen so this often, this far apart. */
#define WINPAR_HOST_LOOKS	5
#define WINPAR_HOST_LOOK	msecs_to_jiffies(20)

/* The name of a driver, with its 0; a longer one is cut off. */
#define WINPAR_HOST_NAME	32

/**
 * struct winpar_host_registration - winpar's device on a Linux port
 * @work: frees the device after it was unregistered: a task in parport_release()
 *	may still read it then
 * @host: the port
 * @pardev: the device, with a reference
 * @driver: the Linux driver that winpar last saw have the port, for the event
 *	winpar_handover_from; under the host's lock. "": none since winpar had it, or
 *	the events of a hand-over were switched off
 */
struct winpar_host_registration {
	struct delayed_work work;
	struct winpar_host *host;
	struct pardevice *pardev;
	char driver[WINPAR_HOST_NAME];
};

int winpar_host_init_room(void);
void winpar_host_exit_room(void);
void winpar_host_queue(struct delayed_work *work, unsigned long delay);

bool winpar_host_is_busy(struct winpar_host *host);
void winpar_host_wake(void *var);
void __winpar_host_set_due(struct winpar_host *host, unsigned long delay)
	__must_hold(&host->lock);
void __winpar_host_set_wanted(struct winpar_host *host)
	__must_hold(&host->lock);
unsigned long __winpar_host_ask_delay(const struct winpar_host *host)
	__must_hold(&host->lock);
unsigned long __winpar_host_look_delay(struct winpar_host *host)
	__must_hold(&host->lock);

void winpar_host_owner(struct winpar_host *host, char *name, size_t size);
void winpar_host_see(struct winpar_host *host);
void winpar_host_check_patience(struct winpar_host *host);

static inline void __winpar_host_set_state(struct winpar_host *host,
					   enum winpar_host_state state)
	__must_hold(&host->lock)
{
	lockdep_assert_held(&host->lock);
	WRITE_ONCE(host->state, state);
}

#endif /* _WINPAR_HOST_STATE_H */
