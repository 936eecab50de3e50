/* SPDX-License-Identifier: GPL-2.0-only */
/* IEEE 1284.3 daisy-chain devices. See port/daisy.c. */
#ifndef _WINPAR_DAISY_H
#define _WINPAR_DAISY_H

#include "port/port.h"

bool winpar_daisy_is_unknown(const struct winpar_port *port);
void __winpar_daisy_ready(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock);
bool __winpar_daisy_settle(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock);
bool __winpar_daisy_must_wait(const struct winpar_port *port,
			      const PARALLEL_1284_COMMAND *command)
	__must_hold(&port->lock);
bool __winpar_daisy_scan(struct winpar_port *port, unsigned long *flags)
	__must_hold(&port->lock);
NTSTATUS __winpar_daisy_check(struct winpar_port *port,
			      const PARALLEL_1284_COMMAND *command)
	__must_hold(&port->lock);
NTSTATUS __winpar_daisy_select(struct winpar_port *port,
			       const PARALLEL_1284_COMMAND *command,
			       unsigned long *flags)
	__must_hold(&port->lock);
NTSTATUS __winpar_daisy_granted(struct winpar_port *port, IRP *irp,
				unsigned long *flags)
	__must_hold(&port->lock);
bool __winpar_daisy_holds_up(const struct winpar_port *port, const IRP *irp)
	__must_hold(&port->lock);
NTSTATUS __winpar_daisy_deselect(struct winpar_port *port,
				 const PARALLEL_1284_COMMAND *command,
				 unsigned long *flags)
	__must_hold(&port->lock);
void __winpar_daisy_stray(struct winpar_port *port)
	__must_hold(&port->lock);
bool __winpar_daisy_have_settled(struct winpar_port *port)
	__must_hold(&port->lock);

bool winpar_daisy_may_scan(void);

#endif /* _WINPAR_DAISY_H */
