# SPDX-License-Identifier: GPL-2.0-only
"""Traces: read, sorted into lanes, drawn."""
import json
import os
import re
import unittest
import xml.etree.ElementTree as etree

from fake import DATA, TOP, Case
from winparlib import Trouble, events, lanes, timeline

SMALL = os.path.join(DATA, "small.trace")
HERE = "{http://www.w3.org/2000/svg}"


def line(time, event, fields, task="insmod-211"):
    """A line as tracefs has it."""
    return f" {task} [000] d..1. {time:.6f}: winpar_{event}: {fields}"


def laned(*lines):
    """The lanes of the first port of these lines: {name: Lane}."""
    trace = events.read(lines)
    port = lanes.ports_of(trace, *trace.span())[0]
    return {lane.name: lane for lane in port.lanes.values()}


def spans(lane):
    """The bars of a lane: kind, start, end in whole microseconds, and open."""
    return [(bar.kind, round(bar.start), round(bar.end), bar.open)
            for bar in lane.bars]


class Reading(unittest.TestCase):
    """Traces as several programs write them."""

    def test_the_three_formats_say_the_same(self):
        for one in (
                " winpar worker-40    [001] d.h1.   12.345678: "
                "winpar_free: port=0 client=cnc how=try",
                "   winpar worker-40    [001]    12.345678: winpar_free:   "
                "port=0 client=cnc how=try",
                "winpar worker    40 [001]    12.345678: winpar:winpar_free: "
                "port=0 client=cnc how=try"):
            event, = events.read([one]).events
            self.assertEqual((event.time, event.name, event.client()),
                             (12.345678, "free", "cnc"), one)
            self.assertEqual(event.task, "winpar worker-40")

    def test_bare_words_belong_to_the_number_before_them(self):
        self.assertEqual(
            events.fields_of("status=0xc0000120 STATUS_CANCELLED n=1"),
            {"status": "0xc0000120 STATUS_CANCELLED", "n": "1"})

    def test_other_lines_are_passed_over(self):
        trace = events.read(["# tracer: nop", "", line(1, "free", "no port"),
                             " x-1 [000] 1.0: sched_switch: port=0"])
        self.assertEqual(trace.events, [])

    def test_the_head_says_when_and_what_was_lost(self):
        trace = events.load(SMALL)
        self.assertEqual(trace.span(), (100.0, 100.01))
        self.assertEqual(trace.lost, 7)
        self.assertEqual(trace.ports[0]["owner"], "lp")
        self.assertEqual(trace.ports[1]["irq"], "none")

    def test_events_of_two_cpus_are_put_in_order(self):
        trace = events.read([line(2, "interrupt", "port=0"),
                             line(1, "interrupt", "port=0")])
        self.assertEqual([event.time for event in trace.events], [1, 2])


class Lanes(unittest.TestCase):
    """Bars and marks of a trace."""

    def test_from_allocate_to_free(self):
        lane = laned(line(1, "allocate", "port=0 client=a how=try"),
                     line(1.5, "free", "port=0 client=a how=try"))["a"]
        self.assertEqual(spans(lane), [("has", 0, 500000, False)])

    def test_what_began_before_the_trace(self):
        lane = laned(line(1, "interrupt", "port=0"),
                     line(1.5, "free", "port=0 client=a how=try"))["a"]
        self.assertEqual(spans(lane), [("has", 0, 500000, False)])

    def test_what_goes_on_after_the_trace(self):
        lane = laned(line(1, "allocate", "port=0 client=a how=try"),
                     line(3, "interrupt", "port=0"))["a"]
        self.assertEqual(spans(lane), [("has", 0, 2000000, True)])

    def test_a_request_waits_until_it_is_granted(self):
        lane = laned(line(1, "queue", "port=0 client=a request=1 on=port "
                                      "waiting=1"),
                     line(1.25, "grant", "port=0 client=a request=1 "
                                         "waited_us=250000"),
                     line(1.5, "complete", "port=0 client=a request=1 "
                                           "status=0x0 STATUS_SUCCESS"))["a"]
        self.assertEqual(spans(lane), [("wait", 0, 250000, False)])

    def test_a_request_waits_until_it_is_cancelled(self):
        lane = laned(line(1, "queue", "port=0 client=a request=1 on=port"),
                     line(1.2, "cancel", "port=0 client=a request=1"),
                     line(1.25, "complete", "port=0 client=a request=1 "
                                            "status=0xc0000120 X"))["a"]
        self.assertEqual(spans(lane), [("wait", 0, 250000, False)])
        self.assertEqual([mark.kind for mark in lane.marks],
                         ["cancel", "complete"])

    def test_requests_of_two_ports_are_told_apart(self):
        trace = events.load(SMALL)
        one, two = lanes.ports_of(trace, *trace.span())
        self.assertEqual((one.name, two.name),
                         ("LPT1 (parport0)", "LPT2 (parport1)"))
        self.assertEqual([lane.name for lane in one.sorted_lanes()],
                         ["interrupts", "scanner", "cnc", "lp"])
        rows = {lane.name: spans(lane) for lane in one.sorted_lanes()}
        self.assertEqual(rows["lp"], [("has", 0, 2000, False)])
        self.assertEqual(rows["scanner"], [("wait", 510, 2010, False),
                                           ("has", 2020, 4000, False)])
        self.assertEqual(rows["cnc"], [("has", 4020, 10000, True)])
        self.assertEqual(spans(two.lanes["client", "scanner"]),
                         [("job", 6010, 10000, True)])

    def test_a_part_is_cut_out(self):
        trace = events.load(SMALL)
        ports = lanes.ports_of(trace, *trace.span())
        lanes.cut(ports, 3000, 5000)
        rows = {lane.name: spans(lane) for lane in ports[0].sorted_lanes()}
        self.assertEqual(rows["lp"], [])
        self.assertEqual(rows["scanner"], [("has", 3000, 4000, False)])
        self.assertEqual(rows["cnc"], [("has", 4020, 5000, True)])


class Drawing(Case):
    """The files that winparctl timeline writes."""

    def draw(self, name, *words, source=SMALL):
        """Run winparctl timeline: the text of its file, and its status."""
        path = os.path.join(self.machine.root, name)
        status, out, err = self.ctl("timeline", source, "-o", path, *words)
        if status:
            return status, err
        with open(path, encoding="ascii") as file:
            return status, file.read()

    def test_the_picture_is_xml_with_each_bar_in_its_place(self):
        _, text = self.draw("x.svg")
        root = etree.fromstring(text)
        bars = [node for node in root.iter(HERE + "rect")
                if node.get("class", "").startswith("i ")]
        wide = timeline.WIDTH - timeline.LEFT - timeline.RIGHT
        for bar in bars:
            for side, time in (("x", bar.get("data-a")),):
                self.assertAlmostEqual(float(bar.get(side)), timeline.LEFT +
                                       float(time) * wide / 10000, delta=0.1)
        self.assertEqual([node.text for node in root.iter(HERE + "text")
                          if node.get("class") == "tick"],
                         ["0 us", "2 ms", "4 ms", "6 ms", "8 ms", "10 ms"])
        self.assertEqual([node.find(HERE + "title").text for node in bars][1],
                         "scanner: has the port for 1.98 ms, from 0.002020 s "
                         "to 0.004000 s (by a request)")

    def test_the_readmes_picture_is_drawn_from_its_trace(self):
        _, text = self.draw("x.svg", "--to", "0.075",
                            source=os.path.join(DATA, "page.trace"))
        picture = os.path.join(TOP, "docs", "pictures", "timeline.svg")
        with open(picture, encoding="ascii") as file:
            self.assertEqual(text, file.read(), "make docs draws it anew")
        self.assertLess(len(text), 100000)

    def test_names_of_the_trace_are_no_markup(self):
        evil = line(1, "allocate", "port=0 client=<script>alert(1)</script> "
                    "how=try")
        path = os.path.join(self.machine.root, "evil.trace")
        with open(path, "w", encoding="ascii") as file:
            file.write(evil + "\n" + line(2, "interrupt", "port=0"))
        for name in ("x.svg", "x.html"):
            _, text = self.draw(name, source=path)
            self.assertNotIn("<script>alert", text)
            self.assertIn("&lt;script&gt;alert", text)

    def test_the_page_asks_for_nothing_outside(self):
        _, text = self.draw("x.html")
        self.assertEqual(re.findall(r"(?:src|href)=\"(?!data:)", text), [])
        self.assertEqual(set(re.findall(r"https?://[^\"' ]*", text)),
                         {"http://www.w3.org/2000/svg"})
        self.assertIn("default-src 'none'", text)

    def test_the_page_has_the_figures_as_text(self):
        _, text = self.draw("x.html")
        self.assertIn("<tr><td>LPT1 (parport0)</td><td>scanner</td><td>1</td>"
                      "<td>1.98 ms</td><td>1.98 ms</td><td>1</td>"
                      "<td>1.5 ms</td><td>0</td></tr>", text)
        self.assertIn("7 events were lost", text)

    def test_a_picture_leaves_out_what_cannot_be_seen(self):
        trace = events.read([line(1 + n / 1e5, "interrupt", "port=0")
                             for n in range(60000)])
        text = timeline.make(trace, "x", True)
        self.assertLess(len(text), 400000)
        with self.assertRaisesRegex(Trouble, "60000 bars and marks"):
            timeline.make(trace, "x", False)
        self.assertIn("<svg", timeline.make(trace, "x", False, 0, 0.1))

    def test_what_cannot_be_drawn_is_said(self):
        status, err = self.draw("x.html", "--from", "5", "--to", "4")
        self.assertEqual(status, 1)
        self.assertIn("nothing is between", err)
        status, err = self.draw("x.html", source="/nowhere")
        self.assertEqual(status, 1)
        self.assertIn("/nowhere cannot be read: No such file", err)
        status, err = self.draw("x.html", source=os.devnull)
        self.assertEqual(status, 1)
        self.assertIn("has no event of winpar", err)

    def test_the_trace_is_not_overwritten(self):
        self.assertEqual(self.ctl("timeline", SMALL, "-o", SMALL)[0], 2)

    def test_json_says_what_was_made(self):
        path = os.path.join(self.machine.root, "x.html")
        _, out, _ = self.ctl("timeline", SMALL, "-o", path, "--json")
        self.assertEqual(json.loads(out), {"file": path, "events": 15,
                                           "lost": 7, "seconds": 0.01})
