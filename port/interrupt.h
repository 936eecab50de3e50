/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt routines and deferred port check routines. See port/interrupt.c. */
#ifndef _WINPAR_INTERRUPT_H
#define _WINPAR_INTERRUPT_H

#include "port/port.h"

void winpar_interrupt_init(struct winpar_port *port);
const char *winpar_interrupt_parameter(const struct winpar_port *port);
bool winpar_interrupt_may_connect(const struct winpar_port *port);
void winpar_interrupt_fan_out(void *host);
struct winpar_connection *
__winpar_interrupt_next_check(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_interrupt_forget_round(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_interrupt_ask_round(struct winpar_port *port)
	__must_hold(&port->lock);
NTSTATUS winpar_interrupt_connect(struct winpar_file *file,
				  const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r);
NTSTATUS winpar_interrupt_disconnect(struct winpar_file *file,
				     const PARALLEL_INTERRUPT_SERVICE_ROUTINE *r);
unsigned int winpar_interrupt_close(struct winpar_file *file);
unsigned int winpar_interrupt_silence(struct winpar_port *port,
				      struct module *module);
void winpar_interrupt_remove(struct winpar_port *port);

#endif /* _WINPAR_INTERRUPT_H */
