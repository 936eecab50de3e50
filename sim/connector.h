/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The port's connector: which lines there are, which side moves each, and the
 * structures in which the rooms pass sets of lines. No locks, no states.
 */
#ifndef _WINPAR_SIM_CONNECTOR_H
#define _WINPAR_SIM_CONNECTOR_H

#include <linux/bits.h>
#include <linux/types.h>

/*
 * Levels on the wire, not bits of a register: set means high. Each line has the
 * place that it has in its register.
 */
#define SIM_NSTROBE	BIT(0)	/* also HostClk, nWrite */
#define SIM_NAUTOFD	BIT(1)	/* HostBusy, HostAck, nDStrb */
#define SIM_NINIT	BIT(2)	/* nReverseRequest */
#define SIM_NSELECTIN	BIT(3)	/* 1284Active, nAStrb */
#define SIM_HOST_LINES	0x0f

#define SIM_NFAULT	BIT(3)	/* nDataAvail, nPeriphRequest */
#define SIM_SELECT	BIT(4)	/* XFlag */
#define SIM_PERROR	BIT(5)	/* AckDataReq, nAckReverse */
#define SIM_NACK	BIT(6)	/* PtrClk, PeriphClk, Intr */
#define SIM_BUSY	BIT(7)	/* PtrBusy, PeriphAck, nWait */
#define SIM_BACK_LINES	0xf8

/* Lines that a register shows inverted. */
#define SIM_CONTROL_INVERTED	(SIM_NSTROBE | SIM_NAUTOFD | SIM_NSELECTIN)
#define SIM_STATUS_INVERTED	SIM_BUSY

/* What moved a line. Seats 0 to 3 are the daisy-chain devices. */
#define SIM_SEATS	4
#define SIM_SEAT_END	SIM_SEATS
#define SIM_SEAT_HOST	(SIM_SEATS + 1)
#define SIM_SEAT_CABLE	(SIM_SEATS + 2)

/**
 * struct sim_host - the lines that the host drives
 * @lines: SIM_HOST_LINES
 * @data: the data lines
 * @driven: the host drives the data lines
 */
struct sim_host {
	u8 lines;
	u8 data;
	bool driven;
};

/**
 * struct sim_back - the lines that come back
 * @lines: SIM_BACK_LINES
 * @data: the data lines
 * @driven: a peripheral drives the data lines
 */
struct sim_back {
	u8 lines;
	u8 data;
	bool driven;
};

/* Nothing is connected: every line is pulled up. */
#define SIM_BACK_OPEN ((struct sim_back){ .lines = SIM_BACK_LINES, .data = 0xff })

#endif /* _WINPAR_SIM_CONNECTOR_H */
