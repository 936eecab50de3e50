// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time, dates, and the time since the system came up. A time of Windows' counts 100 ns from the
 * beginning of 1601, its fields are those of the Gregorian calendar. Local time is the time
 * zone that Linux's kernel was told (settimeofday()): where only programs know the zone it
 * is UTC.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time.h>

#include <winpar/compat.h>
#include <winpar/ddk/wdm.h>

#include "wdm/clock.h"

#define WDM_SECOND	10000000		/* in 100 ns */
#define WDM_MS		10000
/* From 1601 to 1970, in seconds. */
#define WDM_EPOCH	11644473600LL
#define WDM_FIRST_YEAR	1601
#define WDM_LAST_YEAR	30827

/**
 * wdm_system_time() - what time is it, as Windows counts it?
 *
 * Context: any but NMI.
 * Return: the time in 100 ns since 1601, UTC.
 */
LONGLONG wdm_system_time(void)
{
	return div_s64(ktime_get_real_ns(), 100) + WDM_EPOCH * WDM_SECOND;
}

/**
 * KeQuerySystemTime() - what time is it?
 * @time: where it goes, in 100 ns since 1601, UTC
 *
 * DDI page: wdm, KeQuerySystemTime
 *
 * Context: any.
 */
void KeQuerySystemTime(PLARGE_INTEGER time)
{
	time->QuadPart = wdm_system_time();
}
WINPAR_EXPORT(KeQuerySystemTime);

/* A tick, in ns. */
#define WDM_TICK	(NSEC_PER_SEC / HZ)

/**
 * KeQueryTickCount() - how long has the system been up, in ticks?
 * @count: where it goes; KeQueryTimeIncrement() says how long each is
 *
 * DDI page: wdm, KeQueryTickCount
 *
 * Context: any.
 */
void KeQueryTickCount(PLARGE_INTEGER count)
{
	count->QuadPart = div_s64(ktime_get_ns(), WDM_TICK);
}
WINPAR_EXPORT(KeQueryTickCount);

/**
 * KeQueryTimeIncrement() - how long is a tick?
 *
 * Context: any. DDI page: wdm, KeQueryTimeIncrement
 * Return: so many times 100 ns.
 */
ULONG KeQueryTimeIncrement(void)
{
	return WDM_TICK / 100;
}
WINPAR_EXPORT(KeQueryTimeIncrement);

/**
 * KeQueryPerformanceCounter() - a fine clock
 * @frequency: where its frequency goes, 10 MHz, or NULL
 *
 * DDI page: wdm, KeQueryPerformanceCounter
 *
 * Context: any.
 * Return: what it shows.
 */
LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER frequency)
{
	if (frequency)
		frequency->QuadPart = NSEC_PER_SEC / 100;
	return (LARGE_INTEGER){ .QuadPart = div_s64(ktime_get_ns(), 100) };
}
WINPAR_EXPORT(KeQueryPerformanceCounter);

/**
 * KeStallExecutionProcessor() - wait without giving the CPU away
 * @microseconds: how long; Windows asks for no more than 50
 *
 * DDI page: wdm, KeStallExecutionProcessor
 *
 * Context: any.
 */
void KeStallExecutionProcessor(ULONG microseconds)
{
	for (; microseconds >= 1000; microseconds -= 1000)
		mdelay(1);
	udelay(microseconds);
}
WINPAR_EXPORT(KeStallExecutionProcessor);

/**
 * KeQueryInterruptTime() - how long has the system been up?
 *
 * Context: any. DDI page: wdm, KeQueryInterruptTime
 * Return: so many times 100 ns, without the time in suspends.
 */
ULONGLONG KeQueryInterruptTime(void)
{
	return div_u64(ktime_get_ns(), 100);
}
WINPAR_EXPORT(KeQueryInterruptTime);

/**
 * RtlTimeToTimeFields() - take a time apart
 * @time: in 100 ns since 1601, not negative
 * @fields: where the date goes; Weekday is 0 on a Sunday
 *
 * DDI page: wdm, RtlTimeToTimeFields
 *
 * Context: any.
 */
void RtlTimeToTimeFields(PLARGE_INTEGER time, PTIME_FIELDS fields)
{
	struct tm date;
	s32 rest;
	s64 seconds = div_s64_rem(time->QuadPart, WDM_SECOND, &rest);

	time64_to_tm(seconds - WDM_EPOCH, 0, &date);
	*fields = (TIME_FIELDS){
		.Year = date.tm_year + 1900,
		.Month = date.tm_mon + 1,
		.Day = date.tm_mday,
		.Hour = date.tm_hour,
		.Minute = date.tm_min,
		.Second = date.tm_sec,
		.Milliseconds = rest / WDM_MS,
		.Weekday = date.tm_wday,
	};
}
WINPAR_EXPORT(RtlTimeToTimeFields);

static bool wdm_clock_within(CSHORT value, CSHORT least, CSHORT most)
{
	return value >= least && value <= most;
}

/* Is there such a day, and such a time of a day? */
static bool wdm_clock_exists(const TIME_FIELDS *fields)
{
	static const u8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	CSHORT year = fields->Year, last;

	if (!wdm_clock_within(year, WDM_FIRST_YEAR, WDM_LAST_YEAR) ||
	    !wdm_clock_within(fields->Month, 1, 12))
		return false;
	last = days[fields->Month - 1];
	if (fields->Month == 2 && !(year % 4) && (year % 100 || !(year % 400)))
		last++;
	return wdm_clock_within(fields->Day, 1, last) &&
	       wdm_clock_within(fields->Hour, 0, 23) &&
	       wdm_clock_within(fields->Minute, 0, 59) &&
	       wdm_clock_within(fields->Second, 0, 59) &&
	       wdm_clock_within(fields->Milliseconds, 0, 999);
}

/**
 * RtlTimeFieldsToTime() - put a time together
 * @fields: the date; Weekday is ignored
 * @time: where the time goes, in 100 ns since 1601
 *
 * DDI page: wdm, RtlTimeFieldsToTime
 *
 * Context: any.
 * Return: TRUE; FALSE there is no such date, and @time is as it was.
 */
BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS fields, PLARGE_INTEGER time)
{
	if (!wdm_clock_exists(fields))
		return FALSE;
	time->QuadPart = (mktime64(fields->Year, fields->Month, fields->Day,
				   fields->Hour, fields->Minute,
				   fields->Second) + WDM_EPOCH) * WDM_SECOND +
			 fields->Milliseconds * WDM_MS;
	return TRUE;
}
WINPAR_EXPORT(RtlTimeFieldsToTime);

/* How far local time is behind UTC, in 100 ns. */
static s64 wdm_clock_west(void)
{
	return sys_tz.tz_minuteswest * 60LL * WDM_SECOND;
}

/**
 * ExSystemTimeToLocalTime() - turn UTC into local time
 * @system: a time in UTC
 * @local: where the local time goes
 *
 * DDI page: wdm, ExSystemTimeToLocalTime
 *
 * Context: any.
 */
void ExSystemTimeToLocalTime(PLARGE_INTEGER system, PLARGE_INTEGER local)
{
	local->QuadPart = system->QuadPart - wdm_clock_west();
}
WINPAR_EXPORT(ExSystemTimeToLocalTime);

/**
 * ExLocalTimeToSystemTime() - turn local time into UTC
 * @local: a local time
 * @system: where the time in UTC goes
 *
 * DDI page: wdm, ExLocalTimeToSystemTime
 *
 * Context: any.
 */
void ExLocalTimeToSystemTime(PLARGE_INTEGER local, PLARGE_INTEGER system)
{
	system->QuadPart = local->QuadPart + wdm_clock_west();
}
WINPAR_EXPORT(ExLocalTimeToSystemTime);
