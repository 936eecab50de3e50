# SPDX-License-Identifier: GPL-2.0-only
"""winparctl list and status, and what all subcommands have in common."""
import json
import os
import re
import unittest

from fake import TOP, Case


class Ports(Case):
    """The ports of a machine."""

    def test_list_has_a_line_for_each_port_in_order(self):
        self.machine.port("LPT10", parport="parport9", base="0x0", irq="none")
        self.machine.port("LPT2", parport="parport1", base="0x278", irq="5",
                          state="owned", owner="scanner", owner_ms="1500")
        self.machine.port("LPT1")
        status, out, err = self.ctl("list")
        self.assertEqual((status, err), (0, ""))
        rows = [line.split() for line in out.splitlines()]
        self.assertEqual(rows, [
            ["PORT", "PARPORT", "BASE", "IRQ", "STATE", "OWNER"],
            ["LPT1", "parport0", "0x378", "7", "idle", "-"],
            ["LPT2", "parport1", "0x278", "5", "owned", "scanner"],
            ["LPT10", "parport9", "0x0", "none", "idle", "-"]])

    def test_list_json_has_everything_with_its_type(self):
        self.machine.port(state="owned", owner="cnc", owner_ms="2500",
                          waiters="scanner a_Linux_driver", interrupts="17")
        status, out, _ = self.ctl("list", "--json")
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(out), [{
            "name": "LPT1", "parport": "parport0", "base": "0x378",
            "irq": "7", "connect": "allowed", "state": "owned",
            "owner": "cnc", "mode": "0x00", "owner_ms": 2500, "routines": 0,
            "files": 0, "allocations": 0, "frees": 0, "interrupts": 17,
            "handovers": 0, "waiters": ["scanner", "a_Linux_driver"]}])

    def test_list_without_a_port_says_where_to_ask(self):
        self.machine.put("/sys/module/winpar/refcnt", "0")
        self.machine.put("/sys/class/winpar/.keep")
        status, out, _ = self.ctl("list")
        self.assertEqual(status, 0)
        self.assertIn("winpar knows no port: 'winparctl doctor'", out)
        status, out, _ = self.ctl("list", "--json")
        self.assertEqual(json.loads(out), [])

    def test_status_shows_who_waits_for_whom(self):
        self.machine.port(state="owned", owner="cnc", owner_ms="90500",
                          waiters="scanner a_Linux_driver")
        status, out, _ = self.ctl("status")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"state +owned: a client has it")
        self.assertRegex(out, r"owner +cnc, for 90\.5 s")
        self.assertRegex(out, r"waiters +scanner a_Linux_driver")

    def test_status_of_one_port_by_either_name(self):
        self.machine.port("LPT1")
        self.machine.port("LPT3", parport="parport1", base="0xd010")
        for name in ("LPT3", "lpt3", "parport1"):
            status, out, _ = self.ctl("status", name)
            self.assertEqual(status, 0)
            self.assertIn("LPT3 ", out)
            self.assertNotIn("LPT1", out)

    def test_status_of_a_port_that_is_not_there_names_those_that_are(self):
        self.machine.port("LPT1")
        status, out, err = self.ctl("status", "LPT4")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("no port LPT4. These there are: LPT1", err)

    def test_a_value_in_brackets_is_printed_as_it_is(self):
        self.machine.port(state="owned", owner="[red]odd")
        self.assertIn("[red]odd", self.ctl("status")[1])
        self.assertIn("[red]odd", self.ctl("list")[1])

    def test_watch_shows_the_rates_between_two_looks(self):
        self.machine.port(interrupts="40")
        status, out, _ = self.ctl("status", "--watch", "--interval", "0.05",
                                  "--rounds", "3")
        self.assertEqual(status, 0)
        self.assertIn("interrupts   40  (0/s)", out)

    def test_watch_json_is_a_line_each_time(self):
        self.machine.port()
        status, out, _ = self.ctl("status", "--json", "--watch", "--interval",
                                  "0.01", "--rounds", "3")
        self.assertEqual(status, 0)
        self.assertEqual([json.loads(line)[0]["name"]
                          for line in out.splitlines()], ["LPT1"] * 3)

    def test_a_port_removed_in_the_middle_is_left_out(self):
        self.machine.port()
        self.machine.put("/sys/class/winpar/LPT2/.keep")
        self.assertNotIn("LPT2", self.ctl("list")[1])


class Common(Case):
    """Exit statuses, pipes, versions."""

    def test_without_winpar_the_status_is_3_and_the_cure_is_named(self):
        for words in (("list",), ("status",), ("list", "--json")):
            status, out, err = self.ctl(*words)
            self.assertEqual((status, out), (3, ""))
            self.assertIn("winpar is not loaded. 'modprobe winpar'", err)

    def test_a_winpar_without_the_class_is_told_apart(self):
        self.machine.put("/sys/module/winpar/refcnt", "0")
        status, _, err = self.ctl("list")
        self.assertEqual(status, 3)
        self.assertIn("older than this program", err)

    def test_usage_is_2(self):
        self.assertEqual(self.ctl("nonsense")[0], 2)
        self.assertEqual(self.ctl("status", "--interval", "0")[0], 2)
        self.assertEqual(self.program("list", "--root", "/nowhere")[0], 2)
        self.assertEqual(self.program()[0], 2)

    def test_the_version_is_that_of_the_module(self):
        with open(os.path.join(TOP, "include", "winpar", "version.h"),
                  encoding="ascii") as file:
            version = re.search(r'VERSION "(.*)"', file.read()).group(1)
        self.assertEqual(self.program("--version")[:2],
                         (0, f"winparctl {version}\n"))

    def test_no_colours_and_no_cut_lines_in_a_pipe(self):
        self.machine.port(owner="a" * 50, state="owned",
                          waiters=" ".join(["client"] * 40))
        status, out, err = self.program("status", "--root", self.machine.root)
        self.assertEqual((status, err), (0, ""))
        self.assertNotIn("\x1b", out)
        self.assertIn(" ".join(["client"] * 40), out)

    def test_a_reader_who_stops_early_is_no_error(self):
        for number in range(1, 400):
            self.machine.port(f"LPT{number}", parport=f"parport{number - 1}")
        _, _, err = self.program("status", "--root", self.machine.root,
                                 preexec_fn=close_stdout_reader)
        self.assertNotIn("Traceback", err)


def close_stdout_reader():
    """Make stdout a pipe whose reader is closed."""
    reader, writer = os.pipe()
    os.dup2(writer, 1)
    os.close(reader)


if __name__ == "__main__":
    unittest.main()
