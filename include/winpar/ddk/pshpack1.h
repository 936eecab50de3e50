/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack1.h>: aligns members to 1 byte at most, until <poppack.h>; included often. */
#pragma pack(push, 1)
