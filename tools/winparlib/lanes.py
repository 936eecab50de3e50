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
    """A row of the picture: a client, a driver, or the interrupts.

    sort says which: client, driver or interrupts.
    """

    def __init__(self, name, sort):
        self.name = name
        self.sort = sort
        self.bars = []
        self.marks = []

    def total(self, kind):
        """How many bars of a kind there are, their sum, and the longest."""
        spans = [bar.end - bar.start for bar in self.bars if bar.kind == kind]
        return len(spans), sum(spans), max(spans, default=0)


class Port:
    """The lanes of one port, and the bars without an end yet."""

    def __init__(self, number, head):
        self.number = number
        self.name = f"parport{number}"
        if head and head.get("lpt"):
            self.name = f"{head['lpt']} ({self.name})"
        self.lanes = {}
        self.has = {}       # lane -> (since when, words)
        self.waits = {}     # request -> (lane, kind, since when, words)

    def lane(self, name, sort):
        """The lane of that name, made at the first call."""
        key = (sort, name)
        if key not in self.lanes:
            self.lanes[key] = Lane(name, sort)
        return self.lanes[key]

    def take(self, lane, time, words):
        """Begin the bar of a lane that has the port."""
        self.give(lane, time)
        self.has[lane] = (time, words)

    def give(self, lane, time, start=None):
        """End the bar of a lane that has the port.

        start: where the bar begins when the trace does not have its begin.
        """
        since, words = self.has.pop(lane, (start, "from before the trace"))
        if since is not None:
            lane.bars.append(Bar("has", since, time, words))

    def begin(self, request, lane, kind, time, words):
        """Begin the bar of a request that waits, or that a worker is at."""
        self.finish(request, time)
        self.waits[request] = (lane, kind, time, words)

    def finish(self, request, time, words=""):
        """End the bar of a request."""
        if request in self.waits:
            lane, kind, since, before = self.waits.pop(request)
            lane.bars.append(Bar(kind, since, time, before + words))

    def close(self, time):
        """Draw the bars that have no end to the end of the trace."""
        for lane, (since, words) in self.has.items():
            lane.bars.append(Bar("has", since, time, words, True))
        for lane, kind, since, words in self.waits.values():
            lane.bars.append(Bar(kind, since, time, words, True))

    def sorted_lanes(self):
        """The lanes in the order of the picture: interrupts, clients, drivers."""
        order = ("interrupts", "client", "driver")
        return sorted(self.lanes.values(), key=lambda lane:
                      order.index(lane.sort))


def words_of(event):
    """An event's name and fields, without its port and client."""
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
    """Begin the bar of the owner that the head of the trace names."""
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
    """Cut the lanes to what is between two times, in microseconds."""
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
