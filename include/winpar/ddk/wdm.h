/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * <wdm.h> for Windows sources that are compiled for Linux.
 *
 * A source that includes no header of winpar's itself is a client of winpar_wdm.ko.
 * docs/wdm.md says of each function whether it is the same here, differs or is
 * absent. What is absent is declared nowhere.
 *
 * A source that has included <winpar/winpar.h> before is a client of winpar's own
 * interface (docs/porting.md), with winpar's IRP: it gets types, statuses and the
 * words of Windows prototypes here, and no function.
 */
#ifndef _WINPAR_DDK_WDM_H
#define _WINPAR_DDK_WDM_H

#include "ntdef.h"
#include "ntstatus.h"
#include "excpt.h"
#ifdef _WINPAR_IRP_H
#include "../portio.h"
#else
#include "wdm_ke.h"
#include "wdm_ex.h"
#include "wdm_rtl.h"
#include "wdm_large.h"
#include "wdm_look.h"
#include "wdm_mm.h"
#include "wdm_io.h"
#include "wdm_pnp.h"
#include "wdm_ps.h"
#include "wdm_reg.h"
#include "wdm_zw.h"
#include "csq.h"
#include "wdm_port.h"
#include "crt_text.h"
#endif

#endif /* _WINPAR_DDK_WDM_H */
