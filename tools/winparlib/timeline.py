# SPDX-License-Identifier: GPL-2.0-only
"""A recorded trace as one file: an SVG picture, or a page around that picture.

The picture is drawn here, for the whole trace. On the page, timeline.js moves and
stretches its bars and marks when the user zooms; each has its times in data-a and
data-b, in microseconds. The page loads nothing from elsewhere.
"""
import html
import math
import os

from . import VERSION, Trouble, lanes

WIDTH = 1000        # of the picture
LEFT = 130          # left margin: the lanes' names
RIGHT = 36          # right margin
TOP = 44            # top margin: the legend and the axis
LANE = 26           # the height of a lane
HEAD = 24           # the height of a port's name

# So many bars and marks a browser can move without a pause.
MOST = 50000

# Where in a lane the bars of a kind begin, from the top, and how high they are.
BARS = {"has": (6, 14), "job": (1, 4), "wait": (21, 4)}

# The shapes of marks, around 0,0 in the middle of a lane.
SHAPES = {
    "interrupt": "M0 -9V9",
    "submit": "M-3 -11H3L0 -6Z",
    "complete": "M-3 11H3L0 6Z",
    "cancel": "M-4 -4L4 4M4 -4L-4 4",
    "deferred_check": "M-3 0A3 3 0 1 0 3 0A3 3 0 1 0 -3 0Z",
    "error": "M0 -8L7 6H-7Z",
    "mode": "M-3 -3H3V3H-3Z",
    "select": "M-3 -3H3V3H-3Z",
    "negotiate": "M0 -4L4 0L0 4L-4 0Z",
    "transfer": "M-4 -4L4 0L-4 4Z",
}

STYLE = """
svg{font:12px sans-serif;background:#fff;color:#222}
text{fill:currentColor} .port{font-weight:bold} .axis{stroke:#bbb;fill:none}
.tick{fill:#555;font-size:11px;text-anchor:middle} .lane{fill:#f4f5f7}
.has{fill:#2a6fa8} .driver .has{fill:#c1751a} .wait{fill:#c0392b}
.job{fill:#7a9a4a} .m{fill:#111;stroke:#fff;stroke-width:.7}
.interrupt{stroke:#7d3c98;stroke-width:1.2;fill:none} .error{fill:#e00000}
.cancel{stroke:#e00000;stroke-width:1.6;fill:none} .submit,.complete{fill:#777}
.chosen{stroke:#000;stroke-width:2}
"""


def time_words(microseconds):
    """A time as text: in s, ms or us, with four digits."""
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if abs(microseconds) >= size:
            return f"{microseconds / size:.4g} {unit}"
    return f"{microseconds:.4g} us"


def steps(span):
    """The distance of the axis' numbers: about eight numbers in a span."""
    size = 1.0
    while size * 10 <= span / 8:
        size *= 10
    return next(size * by for by in (1, 2, 5, 10) if size * by >= span / 8)


def at(time):
    """A time in a tooltip: in seconds, to the microsecond."""
    return f"{time / 1e6:.6f} s"


def bar_words(lane, bar):
    """The tooltip of a bar."""
    verb = {"has": "has the port", "wait": "waits for the port",
            "job": "a request to a device is under way"}[bar.kind]
    still = ", and still does at the end" if bar.open else ""
    return f"{lane.name}: {verb} for {time_words(bar.end - bar.start)}" \
        f"{still}, from {at(bar.start)} to {at(bar.end)}" + \
        (f" ({bar.words})" if bar.words else "")


def mark_words(lane, mark):
    """The tooltip of a mark."""
    name = "" if lane.sort == "interrupts" else f"{lane.name}: "
    return f"{name}{mark.words}, at {at(mark.time)}"


def escape(text):
    """Quote a text for attributes and text of an ASCII file."""
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()


class Picture:
    """The SVG: lines of it, and where the next lane goes."""

    def __init__(self, first, last, thin):
        self.first = first
        self.last = max(last, first + 1)
        self.thin = thin        # leave out marks and bars that cannot be told apart
        self.y = TOP
        self.lines = []

    def x(self, time):
        """The x coordinate of a time."""
        wide = WIDTH - LEFT - RIGHT
        return LEFT + (time - self.first) * wide / (self.last - self.first)

    def add(self, line):
        """Add a line to the file."""
        self.lines.append(line)

    def axis(self):
        """Draw the numbers above the lanes; timeline.js draws them anew."""
        self.add('<g id="axis">')
        distance = steps(self.last - self.first)
        number = math.ceil(self.first / distance)
        while number * distance <= self.last:
            x = self.x(number * distance)
            self.add(f'<path class="axis" d="M{x:.1f} {TOP - 4}V{self.y}"/>'
                     f'<text class="tick" x="{x:.1f}" y="{TOP - 8}">'
                     f'{time_words(number * distance)}</text>')
            number += 1
        self.add("</g>")

    def legend(self):
        """Draw what the colours mean."""
        x = LEFT
        for group, kind, words in (
                ("", "has", "a client has the port"),
                ("driver", "has", "a Linux driver has it"),
                ("", "wait", "waits for it"),
                ("", "job", "request to a device")):
            self.add(f'<g class="{group}"><rect class="{kind}" x="{x}" y="6" '
                     'width="12" height="10"/></g>'
                     f'<text x="{x + 16}" y="15">{words}</text>')
            x += 150
        for kind, words in (("interrupt", "interrupt"), ("error", "error")):
            self.add(f'<path class="m {kind}" d="{SHAPES[kind]}" '
                     f'transform="translate({x + 4} 11)"/>'
                     f'<text x="{x + 16}" y="15">{words}</text>')
            x += 90

    def port(self, port):
        """Draw a port: its name and its lanes."""
        self.y += HEAD
        self.add(f'<text class="port" x="4" y="{self.y - 7}">'
                 f"{escape(port.name)}</text>")
        for lane in port.sorted_lanes():
            self.lane(port, lane)

    def lane(self, port, lane):
        """Draw a lane."""
        name = lane.name if len(lane.name) < 20 else lane.name[:18] + ".."
        self.add(f'<g class="{lane.sort}" role="group" '
                 f'aria-label="{escape(port.name)}, {escape(lane.name)}">'
                 f'<rect class="lane" x="{LEFT}" y="{self.y}" '
                 f'width="{WIDTH - LEFT - RIGHT}" height="{LANE - 2}"/>'
                 f'<text x="8" y="{self.y + 17}">{escape(name)}</text>')
        right = {}
        for bar in sorted(lane.bars, key=lambda one: one.start):
            x = self.x(bar.start)
            wide = max(self.x(bar.end) - x, 1)
            if self.hidden(right, bar.kind, x + wide):
                continue
            below, high = BARS[bar.kind]
            self.add(f'<rect class="i {bar.kind}" data-a="{bar.start:.0f}" '
                     f'data-b="{bar.end:.0f}" x="{x:.1f}" '
                     f'y="{self.y + below - 1}" width="{wide:.1f}" '
                     f'height="{high}"><title>{escape(bar_words(lane, bar))}'
                     '</title></rect>')
        middle = self.y + LANE // 2 - 1
        for mark in sorted(lane.marks, key=lambda one: one.time):
            x = self.x(mark.time)
            if self.hidden(right, mark.kind, x):
                continue
            self.add(f'<path class="i m {mark.kind}" data-a="{mark.time:.0f}" '
                     f'data-y="{middle}" d="{SHAPES[mark.kind]}" '
                     f'transform="translate({x:.1f} {middle})">'
                     f"<title>{escape(mark_words(lane, mark))}</title></path>")
        self.add("</g>")
        self.y += LANE

    def hidden(self, right, kind, x):
        """Leave out what is under half a pixel right of the last of its kind?"""
        if self.thin and x - right.get(kind, -9) < 0.5:
            return True
        right[kind] = x
        return False

    def text(self):
        """The whole file."""
        return (f'<svg xmlns="http://www.w3.org/2000/svg" id="chart" '
                f'viewBox="0 0 {WIDTH} {self.y + 6}" '
                f'data-a="{self.first:.0f}" data-b="{self.last:.0f}" '
                f'data-left="{LEFT}" data-right="{WIDTH - RIGHT}" '
                f'data-top="{TOP}" data-bottom="{self.y}">\n'
                "<!-- SPDX-License-Identifier: GPL-2.0-only; by winparctl "
                f"timeline -->\n<style>{STYLE}</style>\n" +
                "\n".join(self.lines) + "\n</svg>\n")


def drawn(ports, first, last, thin):
    """The SVG of these ports."""
    picture = Picture(first, last, thin)
    picture.legend()
    head, picture.lines = picture.lines, []
    for port in ports:
        picture.port(port)
    body, picture.lines = picture.lines, head
    picture.axis()
    picture.lines += body
    return picture.text()


def summary(ports):
    """The table of the page: how often and how long each had the port."""
    rows = []
    for port in ports:
        for lane in port.sorted_lanes():
            if lane.sort == "interrupts":
                rows.append((port.name, "interrupts", len(lane.marks),
                             "", "", "", "", ""))
                continue
            had, has, longest = lane.total("has")
            times, waited, worst = lane.total("wait")
            errors = sum(mark.kind == "error" for mark in lane.marks)
            rows.append((port.name, lane.name, had, time_words(has),
                         time_words(longest), times, time_words(worst),
                         errors))
    heads = ("port", "who", "times", "had the port for", "longest",
             "had to wait", "longest wait", "errors")
    cells = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>"
                                     for cell in row) + "</tr>\n"
                    for row in rows)
    return "<table><thead><tr>" + "".join(
        f'<th scope="col">{head}</th>' for head in heads) + \
        f"</tr></thead>\n<tbody>{cells}</tbody></table>\n"


def page(name, ports, first, last, lost):
    """The HTML file around the picture."""
    here = os.path.dirname(os.path.abspath(__file__))
    parts = {}
    for part in ("timeline.css", "timeline.js"):
        with open(os.path.join(here, part), encoding="ascii") as file:
            parts[part] = file.read()
    warning = f"<p class=\"lost\">{lost} events were lost while this was " \
        "recorded: bars may be too long. Record with a larger --buffer.</p>" \
        if lost else ""
    buttons = "".join(
        f'<button id="{one}" title="{words} (key {key})">{label}</button>'
        for one, label, words, key in (
            ("in", "+", "zoom in", "+"), ("out", "-", "zoom out", "-"),
            ("all", "all", "the whole trace", "0"),
            ("left", "&lt;", "earlier", "Page Up"),
            ("right", "&gt;", "later", "Page Down")))
    return f"""<!DOCTYPE html>
<!-- SPDX-License-Identifier: GPL-2.0-only; by winparctl {VERSION} timeline -->
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width">
<title>{escape(name)}: ports over time</title>
<style>{parts["timeline.css"]}</style></head><body>
<h1>{escape(name)}</h1>
{warning}<nav>{buttons}
<span id="range"></span></nav>
<div id="view" tabindex="0" role="application" aria-describedby="help"
aria-label="timeline">
{drawn(ports, first, last, False)}</div>
<output id="details" aria-live="polite">Point at something, or press an arrow key
in the picture.</output>
<p id="help">Wheel or + and - zoom, drag or Page Up and Page Down move, 0 shows all.
Left and Right go to the next thing in a lane, Up and Down to the next lane, Enter
zooms to it.</p>
<h2>In numbers</h2>
{summary(ports)}<script>{parts["timeline.js"]}</script>
</body></html>
"""


def make(trace, name, picture, first=None, last=None):
    """The text of the file.

    first, last: seconds from the beginning of the trace.
    """
    start, end = trace.span()
    ports = lanes.ports_of(trace, start, end)
    first = 0 if first is None else first * 1e6
    last = (end - start) * 1e6 if last is None else last * 1e6
    if first >= last:
        raise Trouble(f"nothing is between {time_words(first)} and "
                      f"{time_words(last)}: the trace has {end - start:.6f} s")
    lanes.cut(ports, first, last)
    items = sum(len(lane.bars) + len(lane.marks)
                for port in ports for lane in port.lanes.values())
    if picture:
        return drawn(ports, first, last, True)
    if items > MOST:
        raise Trouble(
            f"{items} bars and marks are too many for one page (at most "
            f"{MOST}): choose a part of the {end - start:.1f} s by --from and "
            "--to, or ask for a picture (-o FILE.svg)")
    return page(name, ports, first, last, trace.lost)
