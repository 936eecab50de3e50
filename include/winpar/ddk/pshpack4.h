/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack4.h>: aligns members to 4 bytes at most, until <poppack.h>; included often. */
#pragma pack(push, 4)
