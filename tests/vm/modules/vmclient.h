/* SPDX-License-Identifier: GPL-2.0-only */
/* A function of vmclient with which vmleave uses a file that vmclient has open. */
#ifndef VMCLIENT_H
#define VMCLIENT_H

struct winpar_file;

struct winpar_file *vmclient_file(unsigned int opener);

#endif /* VMCLIENT_H */
