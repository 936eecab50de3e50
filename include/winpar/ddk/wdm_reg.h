/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Part of <wdm.h>: the registry. Each client has one of its own, from a text file
 * (docs/wdm.md).
 */
#ifndef _WINPAR_DDK_WDM_REG_H
#define _WINPAR_DDK_WDM_REG_H

#include "wdm_ps.h"

/* ----- types of values, rights ------------------------------------------- */

#define REG_NONE			0
#define REG_SZ				1
#define REG_EXPAND_SZ			2
#define REG_BINARY			3
#define REG_DWORD			4
#define REG_DWORD_LITTLE_ENDIAN		4
#define REG_DWORD_BIG_ENDIAN		5
#define REG_LINK			6
#define REG_MULTI_SZ			7
#define REG_QWORD			11

#define KEY_QUERY_VALUE			0x0001
#define KEY_SET_VALUE			0x0002
#define KEY_CREATE_SUB_KEY		0x0004
#define KEY_ENUMERATE_SUB_KEYS		0x0008
#define KEY_NOTIFY			0x0010
#define KEY_CREATE_LINK			0x0020
#define KEY_READ			0x00020019
#define KEY_WRITE			0x00020006
#define KEY_EXECUTE			0x00020019
#define KEY_ALL_ACCESS			0x000f003f

/* DDI page: wdm, ZwCreateKey; the options are ignored here */
#define REG_OPTION_NON_VOLATILE		0
#define REG_OPTION_VOLATILE		1
#define REG_CREATED_NEW_KEY		1
#define REG_OPENED_EXISTING_KEY		2

/* ----- keys -------------------------------------------------------------- */

/* DDI page: wdm, KEY_VALUE_INFORMATION_CLASS */
typedef enum _KEY_VALUE_INFORMATION_CLASS {
	KeyValueBasicInformation,
	KeyValueFullInformation,
	KeyValuePartialInformation,
} KEY_VALUE_INFORMATION_CLASS;

/* DDI page: wdm, KEY_VALUE_BASIC_INFORMATION */
typedef struct _KEY_VALUE_BASIC_INFORMATION {
	ULONG TitleIndex;
	ULONG Type;
	ULONG NameLength;
	WCHAR Name[1];
} KEY_VALUE_BASIC_INFORMATION, *PKEY_VALUE_BASIC_INFORMATION;

/* DDI page: wdm, KEY_VALUE_FULL_INFORMATION */
typedef struct _KEY_VALUE_FULL_INFORMATION {
	ULONG TitleIndex;
	ULONG Type;
	ULONG DataOffset;
	ULONG DataLength;
	ULONG NameLength;
	WCHAR Name[1];
} KEY_VALUE_FULL_INFORMATION, *PKEY_VALUE_FULL_INFORMATION;

/* DDI page: wdm, KEY_VALUE_PARTIAL_INFORMATION */
typedef struct _KEY_VALUE_PARTIAL_INFORMATION {
	ULONG TitleIndex;
	ULONG Type;
	ULONG DataLength;
	UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION, *PKEY_VALUE_PARTIAL_INFORMATION;

NTSTATUS winpar_wdm_key_open(struct winpar_wdm_client *client, PHANDLE handle,
			     POBJECT_ATTRIBUTES attributes, BOOLEAN create,
			     PULONG disposition);
NTSTATUS winpar_wdm_key_query(struct winpar_wdm_client *client, HANDLE handle,
			      PUNICODE_STRING name,
			      KEY_VALUE_INFORMATION_CLASS information, PVOID to,
			      ULONG length, PULONG needed);
NTSTATUS winpar_wdm_key_set(struct winpar_wdm_client *client, HANDLE handle,
			    PUNICODE_STRING name, ULONG type, PVOID data,
			    ULONG size);

#define ZwOpenKey(handle, access, attributes)				\
	((void)(access),						\
	 winpar_wdm_key_open(winpar_ddk_client, handle, attributes, FALSE, \
			     NULL))
#define ZwCreateKey(handle, access, attributes, title, class, options,	\
		    disposition)					\
	((void)(access), (void)(title), (void)(class), (void)(options),	\
	 winpar_wdm_key_open(winpar_ddk_client, handle, attributes, TRUE, \
			     disposition))
#define ZwQueryValueKey(handle, name, information, to, length, needed)	\
	winpar_wdm_key_query(winpar_ddk_client, handle, name, information, to, \
			     length, needed)
#define ZwSetValueKey(handle, name, title, type, data, size)		\
	((void)(title),							\
	 winpar_wdm_key_set(winpar_ddk_client, handle, name, type, data, size))

/* DDI page: wdm, IoOpenDeviceRegistryKey */
#define PLUGPLAY_REGKEY_DEVICE		1
#define PLUGPLAY_REGKEY_DRIVER		2

NTSTATUS IoOpenDeviceRegistryKey(PDEVICE_OBJECT device, ULONG type,
				 ACCESS_MASK access, PHANDLE handle);

/* ----- by path ----------------------------------------------------------- */

#define RTL_REGISTRY_ABSOLUTE		0
#define RTL_REGISTRY_SERVICES		1
#define RTL_REGISTRY_CONTROL		2
#define RTL_REGISTRY_WINDOWS_NT		3
#define RTL_REGISTRY_DEVICEMAP		4
#define RTL_REGISTRY_USER		5
#define RTL_REGISTRY_HANDLE		0x40000000
#define RTL_REGISTRY_OPTIONAL		0x80000000

#define RTL_QUERY_REGISTRY_SUBKEY	0x00000001
#define RTL_QUERY_REGISTRY_TOPKEY	0x00000002
#define RTL_QUERY_REGISTRY_REQUIRED	0x00000004
#define RTL_QUERY_REGISTRY_NOVALUE	0x00000008
#define RTL_QUERY_REGISTRY_NOEXPAND	0x00000010
#define RTL_QUERY_REGISTRY_DIRECT	0x00000020
#define RTL_QUERY_REGISTRY_DELETE	0x00000040
#define RTL_QUERY_REGISTRY_TYPECHECK	0x00000100
#define RTL_QUERY_REGISTRY_TYPECHECK_SHIFT	24

typedef NTSTATUS RTL_QUERY_REGISTRY_ROUTINE(PWSTR ValueName, ULONG ValueType,
					    PVOID ValueData, ULONG ValueLength,
					    PVOID Context, PVOID EntryContext);
typedef RTL_QUERY_REGISTRY_ROUTINE *PRTL_QUERY_REGISTRY_ROUTINE;

/* DDI page: wdm, RtlQueryRegistryValues */
typedef struct _RTL_QUERY_REGISTRY_TABLE {
	PRTL_QUERY_REGISTRY_ROUTINE QueryRoutine;
	ULONG Flags;
	PWSTR Name;
	PVOID EntryContext;
	ULONG DefaultType;
	PVOID DefaultData;
	ULONG DefaultLength;
} RTL_QUERY_REGISTRY_TABLE, *PRTL_QUERY_REGISTRY_TABLE;

NTSTATUS winpar_wdm_values_query(struct winpar_wdm_client *client,
				 ULONG relative, PCWSTR path,
				 PRTL_QUERY_REGISTRY_TABLE table, PVOID context,
				 void *caller);
NTSTATUS winpar_wdm_value_write(struct winpar_wdm_client *client,
				ULONG relative, PCWSTR path, PCWSTR name,
				ULONG type, PVOID data, ULONG size);
NTSTATUS winpar_wdm_value_delete(struct winpar_wdm_client *client,
				 ULONG relative, PCWSTR path, PCWSTR name);

NTSTATUS winpar_wdm_path_find(struct winpar_wdm_client *client, ULONG relative,
			      PCWSTR path, BOOLEAN create);

#define RtlCheckRegistryKey(relative, path) \
	winpar_wdm_path_find(winpar_ddk_client, relative, path, FALSE)
#define RtlCreateRegistryKey(relative, path) \
	winpar_wdm_path_find(winpar_ddk_client, relative, path, TRUE)
#define RtlQueryRegistryValues(relative, path, table, context, environment) \
	((void)(environment),						\
	 winpar_wdm_values_query(winpar_ddk_client, relative, path, table, \
				 context, WINPAR_WDM_HERE))
#define RtlWriteRegistryValue(relative, path, name, type, data, size)	\
	winpar_wdm_value_write(winpar_ddk_client, relative, path, name, type, \
			       data, size)
#define RtlDeleteRegistryValue(relative, path, name)			\
	winpar_wdm_value_delete(winpar_ddk_client, relative, path, name)

#endif /* _WINPAR_DDK_WDM_REG_H */
