/* SPDX-License-Identifier: GPL-2.0-only */
/* <poppack.h>: ends what <pshpack1.h> and the others began; included often. */
#pragma pack(pop)
