# SPDX-License-Identifier: GPL-2.0-only
"""From events to lanes: who had a port when, who waited, what else happened.

A port has a lane for its interrupts, one for each client and one for each Linux
driver, in the order in which they appear. A lane has bars (from when to when) and
marks (at one time). Times are microseconds from the beginning of the trace.
"""
# Events that are a mark in their client's lane.
MARKS = ("submit", "complete", "cancel", "deferred_check", "mode", "select",
         "negotiate", "transfer", "error")


class Bar:
    """Something that takes time: kind is has, wait or job."""

    __slots__ = ("kind", "start", "end", "words", "open")

    def __init__(self, kind, start, end, words, still=False):
        self.kind = kind
        self.start = start
        self.end = end
        self.words = words
        self.open = still


class Mark:
    """Something that happens at one time; kind is its event's name."""

    __slots__ = ("kind", "time", "words")

    def __init__(self, kind, time, words):
        self.kind = kind
        self.time = time
        self.words = words


class Lane:
    """One who can have the port (client, driver), or the interrupts."""

    def __init__(self, name, sort):
        self.name = name
        self.sort = sort
        self.bars = []
        self.marks = []

    def total(self, kind):
        """How often, for how long in all, and the longest."""
        spans = [bar.end - bar.start for bar in self.bars if bar.kind == kind]
        return len(spans), sum(spans), max(spans, default=0)


class Port:
    """The lanes of one port, and what is open while events are read."""

    def __init__(self, number, head):
        self.number = number
        self.name = f"parport{number}"
        if head and head.get("lpt"):
            self.name = f"{head['lpt']} ({self.name})"
        self.lanes = {}
        self.has = {}       # lane -> (since when, words)
        self.waits = {}     # request -> (lane, kind, since when, words)

    def lane(self, name, sort):
        """The lane of that name, made when it is first asked for."""
        key = (sort, name)
        if key not in self.lanes:
            self.lanes[key] = Lane(name, sort)
        return self.lanes[key]

    def take(self, lane, time, words):
        """From now on that lane has the port."""
        self.give(lane, time)
        self.has[lane] = (time, words)

    def give(self, lane, time, start=None):
        """That lane has it no more; start: since when, if that was not seen."""
        since, words = self.has.pop(lane, (start, "from before the trace"))
        if since is not None:
            lane.bars.append(Bar("has", since, time, words))

    def begin(self, request, lane, kind, time, words):
        """A request waits, or is under way."""
        self.finish(request, time)
        self.waits[request] = (lane, kind, time, words)

    def finish(self, request, time, words=""):
        """It does so no more."""
        if request in self.waits:
            lane, kind, since, before = self.waits.pop(request)
            lane.bars.append(Bar(kind, since, time, before + words))

    def close(self, time):
        """The trace is over: what is open stays so to its end."""
        for lane, (since, words) in self.has.items():
            lane.bars.append(Bar("has", since, time, words, True))
        for lane, kind, since, words in self.waits.values():
            lane.bars.append(Bar(kind, since, time, words, True))

    def sorted_lanes(self):
        """Interrupts, clients, drivers."""
        order = ("interrupts", "client", "driver")
        return sorted(self.lanes.values(), key=lambda lane:
                      order.index(lane.sort))


def words_of(event):
    """An event for people: its name and fields, but for those of its lane."""
    return " ".join([event.name] + [
        f"{name}={value}" for name, value in event.fields.items()
        if name not in ("port", "client")])


def step(port, event, time, whole):
    """Put one event into the lanes of its port."""
    fields, name = event.fields, event.name
    request = fields.get("request")
    lane = port.lane(event.client(), "client") if event.client() else None
    if name == "interrupt":
        port.lane("interrupts", "interrupts").marks.append(
            Mark(name, time, words_of(event)))
    elif name in ("handover_to", "handover_from"):
        driver = port.lane(fields.get("driver", "unknown"), "driver")
        if name == "handover_to":
            port.take(driver, time, "")
        else:
            port.give(driver, time, whole)
    elif name == "allocate" and lane:
        port.take(lane, time, "by a callback" if fields.get("how") == "try"
                  else "by a request")
    elif name == "free" and lane:
        port.give(lane, time, whole)
    elif name == "queue" and lane:
        for_port = fields.get("on", "port") == "port"
        port.begin(request, lane, "wait" if for_port else "job", time,
                   f"request {request}" + (
                       f", {fields['waiting']} wait" if for_port and
                       "waiting" in fields else ""))
    elif name == "grant":
        port.finish(request, time, ", granted")
    if name == "complete":
        port.finish(request, time, f": {fields.get('status', '')}")
    if name in MARKS and lane:
        lane.marks.append(Mark(name, time, words_of(event)))


def at_start(port, head):
    """Who had the port when the trace began."""
    owner, state = head.get("owner"), head.get("state")
    if not owner or state not in ("owned", "away"):
        return
    lane = port.lane(owner, "client" if state == "owned" else "driver")
    port.take(lane, 0.0, "from before the trace")


def ports_of(trace, start, end):
    """The ports of a trace, with their lanes, in the order of their numbers."""
    made = {}
    for number, head in trace.ports.items():
        made[number] = Port(number, head)
        at_start(made[number], head)
    for event in trace.events:
        number = int(event.fields["port"])
        if number not in made:
            made[number] = Port(number, None)
        step(made[number], event, (event.time - start) * 1e6, 0.0)
    for port in made.values():
        port.close((end - start) * 1e6)
    return [made[number] for number in sorted(made)]


def cut(ports, first, last):
    """Keep what is between two times, in microseconds."""
    for port in ports:
        for lane in port.lanes.values():
            lane.bars = [bar for bar in lane.bars
                         if bar.end >= first and bar.start <= last]
            for bar in lane.bars:
                bar.start = max(bar.start, first)
                bar.open = bar.open or bar.end > last
                bar.end = min(bar.end, last)
            lane.marks = [mark for mark in lane.marks
                          if first <= mark.time <= last]
