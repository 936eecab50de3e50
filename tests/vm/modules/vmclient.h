/* SPDX-License-Identifier: GPL-2.0-only */
/* What vmclient lends to other tests' modules. */
#ifndef VMCLIENT_H
#define VMCLIENT_H

struct winpar_file;

struct winpar_file *vmclient_file(unsigned int opener);

#endif /* VMCLIENT_H */
