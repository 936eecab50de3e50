# SPDX-License-Identifier: GPL-2.0-only
"""winparctl on the files that a guest has recorded (tests/vm/guest/tools).

make vmtest VM=tools runs this, with the folder of these files in WINPAR_SEEN.
"""
import contextlib
import io
import json
import os
import unittest

from fake import command
from winparlib import events, lanes

SEEN = os.environ.get("WINPAR_SEEN", "")


def ctl(situation, *words):
    """Run winparctl on a situation: its status, and what its JSON says."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = command.main([*words, "--json", "--root",
                               os.path.join(SEEN, situation)])
    return status, json.loads(out.getvalue())


class Real(unittest.TestCase):
    """The sysfs, the log and the trace of a guest."""

    def doctor(self, situation):
        """The names of the findings in a situation."""
        status, found = ctl(situation, "doctor")
        wrong = {one["name"]: one for one in found if one["level"] == "wrong"}
        self.assertEqual(status, 1 if wrong else 0)
        return wrong

    def test_a_port_at_rest(self):
        _, (port,) = ctl("idle", "list")
        self.assertEqual((port["name"], port["parport"], port["base"],
                          port["irq"], port["state"], port["owner"],
                          port["connect"]),
                         ("LPT1", "parport0", "0x378", "7", "idle", "",
                          "allowed"))
        self.assertEqual(self.doctor("idle"), {})

    def test_a_client_that_keeps_it(self):
        _, (port,) = ctl("client", "status")
        self.assertEqual((port["state"], port["owner"], port["waiters"],
                          port["files"]),
                         ("owned", "vmclient", ["vmclient"], 2))
        self.assertGreaterEqual(port["owner_ms"], 10000)
        found = self.doctor("client")
        self.assertEqual(set(found), {"client-keeps"})
        self.assertEqual(found["client-keeps"]["mend"],
                         ["modprobe -r vmclient"])

    def test_a_program_that_keeps_it(self):
        _, (port,) = ctl("ppdev", "status")
        self.assertEqual((port["state"], port["owner"]), ("away", "ppdev0"))
        found = self.doctor("ppdev")
        self.assertEqual(set(found), {"driver-has"})
        self.assertRegex(found["driver-has"]["mend"][0],
                         r"^kill \d+    # ppd$")

    def test_no_interrupt(self):
        self.assertEqual(set(self.doctor("none")), {"no-irq"})

    def test_the_wrong_interrupt(self):
        found = self.doctor("deaf")
        self.assertEqual(set(found), {"irq"})
        self.assertIn("irq 5", found["irq"]["what"])

    def test_a_page_and_lp_in_a_trace(self):
        trace = events.load(os.path.join(SEEN, "page.trace"))
        start, end = trace.span()
        port, = lanes.ports_of(trace, start, end)
        by_name = {lane.name: lane for lane in port.sorted_lanes()}
        self.assertEqual(set(by_name), {"interrupts", "winpar_print", "lp"})
        with open(os.path.join(SEEN, "interrupts"), encoding="ascii") as file:
            self.assertGreaterEqual(len(by_name["interrupts"].marks),
                                    int(file.read()))
        # winpar_print had a turn for each of its lines.
        self.assertEqual(by_name["winpar_print"].total("has")[0], 6)
        self.assertGreater(by_name["lp"].total("has")[0], 0)
        bars = sorted((bar.start, bar.end) for lane in by_name.values()
                      for bar in lane.bars if bar.kind == "has")
        for one, two in zip(bars, bars[1:]):
            self.assertLessEqual(one[1], two[0])
