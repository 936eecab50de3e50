/* SPDX-License-Identifier: GPL-2.0-only */
/* A Try call that a Linux driver keeps from the port. See port/trial.c. */
#ifndef _WINPAR_TRIAL_H
#define _WINPAR_TRIAL_H

#include "port/port.h"

void __winpar_trial_later(struct winpar_port *port, unsigned long delay)
	__must_hold(&port->lock);
bool __winpar_trial_is_kept(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_trial_want(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_trial_refused(struct winpar_seat *seat)
	__must_hold(&seat->port->lock);
void __winpar_trial_begin(struct winpar_port *port)
	__must_hold(&port->lock);
bool __winpar_trial_is_wanted(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_trial_meet(struct winpar_port *port)
	__must_hold(&port->lock);
void __winpar_trial_took(struct winpar_holder *holder)
	__must_hold(&holder->seat->port->lock);
void __winpar_trial_end(struct winpar_seat *seat)
	__must_hold(&seat->port->lock);

#endif /* _WINPAR_TRIAL_H */
