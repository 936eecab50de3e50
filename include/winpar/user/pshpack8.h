/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack8.h> for programs. */
#include "../ddk/pshpack8.h"
