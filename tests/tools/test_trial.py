# SPDX-License-Identifier: GPL-2.0-only
"""winparctl test: what it asks, loads and says. The module itself is tried in a
guest (make vmtest VM=simclient)."""
import io
import json
import sys
from unittest import mock

from healthy import DEP, MODULES, DoctorCase
from winparlib import NOT_READY, Trouble
from winparlib.trial import Log


class Trial(DoctorCase):
    """On a healthy machine on which winpar_test is installed."""

    def setUp(self):
        super().setUp()
        self.machine.put(f"{MODULES}/modules.dep", DEP +
                         "\nextra/winpar_test.ko: updates/dkms/winpar.ko.xz")
        self.machine.says("rmmod winpar_test", "0")

    def test_a_page(self):
        self.machine.says("modprobe winpar_test what=page device=LPT1", "0")
        self.machine.says("kmsg", "winpar_test: LPT1 has taken 49 bytes\n"
                          "usb 1-1: new device")
        status, out, err = self.ctl("test", "page", "parport0", "--yes")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out, "  LPT1 has taken 49 bytes\n"
                         "page on LPT1: passed\n")

    def test_a_test_that_fails(self):
        self.machine.says("modprobe winpar_test what=interrupt port=0 by=plug",
                          "1 could not insert: Input/output error")
        self.machine.says("kmsg", "winpar_test: 0 interrupts heard of 8")
        status, out, _ = self.ctl("test", "interrupt", "LPT1", "--yes",
                                  "--json")
        self.assertEqual(status, 1)
        self.assertEqual(json.loads(out), {
            "test": "interrupt", "port": "LPT1", "passed": False,
            "said": ["0 interrupts heard of 8"]})

    def test_a_module_that_is_refused(self):
        self.machine.says("modprobe winpar_test what=loopback port=0",
                          "1 Key was rejected by service")
        self.machine.says("kmsg", "")
        status, _, err = self.ctl("test", "loopback", "LPT1", "--yes")
        self.assertEqual(status, 1)
        self.assertIn("Key was rejected by service. 'winparctl doctor'", err)

    def test_the_program_asks_before_it_writes(self):
        status, _, err = self.ctl("test", "loopback", "LPT1")
        self.assertEqual(status, 2)
        self.assertIn("D3-nAck (5-10)", err)
        self.assertIn("say --yes", err)

    def test_the_answer_no_ends_the_program(self):
        class Terminal(io.StringIO):
            """A person who types."""
            def isatty(self):
                return True
        with mock.patch.object(sys, "stdin", Terminal("n\n")):
            status, out, err = self.ctl("test", "page", "LPT1")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("prints two lines", err)
        self.assertIn("nothing was done", err)
        self.machine.says("modprobe winpar_test what=page device=LPT1", "0")
        self.machine.says("kmsg", "winpar_test: LPT1 has taken 49 bytes")
        with mock.patch.object(sys, "stdin", Terminal("y\n")):
            self.assertEqual(self.ctl("test", "page", "LPT1")[0], 0)

    def test_an_impossible_test_ends_before_the_question(self):
        for values, words in (
                ({"irq": "none"}, "has no interrupt"),
                ({"connect": "not allowed"}, "enable_connect_interrupt"),
                ({"base": "0x0"}, "has no registers"),
                ({"state": "gone"}, "has been removed")):
            self.machine.port(**values)
            status, _, err = self.ctl("test", "interrupt", "LPT1")
            self.assertEqual(status, 1)
            self.assertIn(words, err)

    def test_where_the_module_comes_from(self):
        self.machine.put(f"{MODULES}/modules.dep", DEP)
        status, _, err = self.ctl("test", "page", "LPT1", "--yes")
        self.assertEqual(status, 1)
        self.assertIn("'make' builds examples/winpar_test.ko", err)
        self.assertEqual(self.ctl("test", "page", "LPT1", "--yes",
                                  "--module", "/nowhere.ko")[0], 2)

    def test_it_needs_root_winpar_and_the_port(self):
        self.assertEqual(self.ctl("test", "page", "LPT7", "--yes")[0], 2)
        self.machine.says("id -u", "1000")
        self.assertEqual(self.ctl("test", "page", "LPT1", "--yes")[0], 3)
        self.machine.says("id -u", "0")
        self.machine.unloaded()
        self.assertEqual(self.ctl("test", "page", "LPT1", "--yes")[0], 3)

    def test_a_machine_without_the_kernels_log_as_a_file(self):
        with mock.patch("os.open", side_effect=FileNotFoundError(2, "gone")), \
                self.assertRaises(Trouble) as raised:
            Log(mock.Mock(real=True))
        self.assertIn("cannot be read", str(raised.exception))
        self.assertEqual(raised.exception.status, NOT_READY)
