# SPDX-License-Identifier: GPL-2.0-only
"""Reads a trace that winparctl trace, tracefs, trace-cmd or perf has recorded."""
import re

from . import Trouble

# TASK-PID [CPU] FLAGS TIME: EVENT: FIELDS. trace-cmd has no flags, perf writes
# "TASK PID" and "winpar:EVENT".
LINE = re.compile(
    r"^\s*(?P<task>.+?)[-\s]\s*(?P<pid>\d+)\s+(?:\(\s*[-\d]+\)\s+)?"
    r"\[(?P<cpu>\d+)\]\s+(?:[^\s:]+\s+)?(?P<time>\d+\.\d+):\s+"
    r"(?:winpar:)?winpar_(?P<name>\w+):\s*(?P<fields>.*)$")
LOST = re.compile(r"\[LOST (\d+) EVENTS\]")

# What winparctl trace writes at the head: "# port=0 lpt=LPT1 ...".
HEAD = re.compile(r"^# (port=\d+ .*|from=[\d.]+|to=[\d.]+|lost=\d+)$")


def fields_of(text):
    """An event's name=value pairs; a bare word belongs to the value before it."""
    fields, last = {}, None
    for word in text.split():
        name, equals, value = word.partition("=")
        if equals and re.fullmatch(r"\w+", name):
            fields[name] = value
            last = name
        elif last:
            fields[last] += " " + word
    return fields


class Event:
    """One event: its time in seconds, its name without winpar_, its fields."""

    __slots__ = ("time", "name", "task", "fields")

    def __init__(self, time, name, task, fields):
        self.time = time
        self.name = name
        self.task = task
        self.fields = fields

    def client(self):
        """The module of the event's client, or None."""
        client = self.fields.get("client")
        return None if client in (None, "none") else client


class Trace:
    """All events of a file in the order of time, and what its head says."""

    def __init__(self):
        self.events = []
        self.ports = {}     # a port's number: what the head says of the port
        self.start = None
        self.end = None
        self.lost = 0

    def span(self):
        """When the recording began and ended: by the head, else by the events."""
        times = [event.time for event in self.events]
        start = min([self.start] + times[:1] if self.start is not None
                    else times[:1], default=0)
        end = max([self.end] + times[-1:] if self.end is not None
                  else times[-1:], default=start)
        return start, end


def read(lines, progress=lambda done: None):
    """Make a Trace of a file's lines, without the events of other modules."""
    trace = Trace()
    for number, line in enumerate(lines):
        if not number % 4096:
            progress(number)
        found = LINE.match(line)
        if found:
            fields = fields_of(found["fields"])
            if fields.get("port", "").isdigit():
                trace.events.append(Event(
                    float(found["time"]), found["name"],
                    f"{found['task'].strip()}-{found['pid']}", fields))
            continue
        found = LOST.search(line)
        if found:
            trace.lost += int(found.group(1))
            continue
        found = HEAD.match(line.rstrip())
        if found:
            fields = fields_of(found.group(1))
            if "port" in fields:
                trace.ports[int(fields["port"])] = fields
            elif "from" in fields:
                trace.start = float(fields["from"])
            elif "to" in fields:
                trace.end = float(fields["to"])
            else:
                trace.lost = max(trace.lost, int(fields["lost"]))
    trace.events.sort(key=lambda event: event.time)
    return trace


def load(path, progress=lambda done: None):
    """Make a Trace of a file; end the program when the file has none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            trace = read(file, progress)
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}") from error
    if not trace.events and not trace.ports:
        raise Trouble(f"{path} has no event of winpar: record one with "
                      "'winparctl trace', or with the recipes of "
                      "docs/tracing.md")
    return trace
