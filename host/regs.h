/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of a Linux port. See host/regs.c. */
#ifndef _WINPAR_HOST_REGS_H
#define _WINPAR_HOST_REGS_H

#include "host/host.h"

/*
 * Registers, as offsets from where a port begins; the ECP ones from
 * WINPAR_REG_FIFO on, which is where they begin.
 */
enum winpar_reg {
	WINPAR_REG_DATA = 0,
	WINPAR_REG_STATUS = 1,
	WINPAR_REG_CONTROL = 2,
	WINPAR_REG_FIFO = 0x400,
	WINPAR_REG_CONFIG_A = 0x400,
	WINPAR_REG_ECR = 0x402,
};

/* Bits of the control register. */
#define WINPAR_CTR_STROBE	0x01
#define WINPAR_CTR_INTEN	0x10
#define WINPAR_CTR_REVERSE	0x20
/* Those that can be read back. */
#define WINPAR_CTR_MASK		0x3f
/* nInit and nSelectIn as a port is left when nothing is sent. */
#define WINPAR_CTR_IDLE		0x0c

/* Bits of the status register. */
#define WINPAR_STS_FAULT	0x08
#define WINPAR_STS_SELECT	0x10
#define WINPAR_STS_PERROR	0x20
#define WINPAR_STS_ACK		0x40
#define WINPAR_STS_BUSY		0x80

/* Bits of the ECR. */
#define WINPAR_ECR_MODE		0xe0
/* Modes. In BYTE the data lines can be turned round; from FIFO on a FIFO is in use. */
#define WINPAR_ECR_BYTE		0x20
#define WINPAR_ECR_FIFO		0x40
#define WINPAR_ECR_FAST		0x40
#define WINPAR_ECR_ECP		0x60
#define WINPAR_ECR_TEST		0xc0
#define WINPAR_ECR_SERVICE	0x04
#define WINPAR_ECR_FULL		0x02
#define WINPAR_ECR_EMPTY	0x01
/* Mode 0, the chip's own interrupts masked. */
#define WINPAR_ECR_IDLE		0x14

u8 winpar_host_read(struct winpar_host *host, enum winpar_reg reg);
void winpar_host_write(struct winpar_host *host, enum winpar_reg reg, u8 value);
bool winpar_host_cookie_read(struct winpar_host *host, unsigned long cookie,
			     unsigned int width, u32 *value);
bool winpar_host_cookie_write(struct winpar_host *host, unsigned long cookie,
			      unsigned int width, u32 value);
void winpar_host_find_ecr(struct winpar_host *host);
void winpar_host_forget_ecr(struct winpar_host *host);
void winpar_host_set_mode(struct winpar_host *host, u8 mode);

u8 winpar_host_ecr(const struct winpar_host *host, u8 ecr);
void __winpar_host_save(struct winpar_host *host)
	__must_hold(&host->lock);
void __winpar_host_keep(struct winpar_host *host)
	__must_hold(&host->lock);
void winpar_host_restore(struct winpar_host *host);

void winpar_host_interrupt_off(struct winpar_host *host);
void winpar_host_suspend(struct winpar_host *host, bool read);
void winpar_host_resume(struct winpar_host *host, bool write);
bool winpar_host_amend(struct winpar_host *host, u8 bits, u8 control, const u8 *ecr);

#endif /* _WINPAR_HOST_REGS_H */
