# SPDX-License-Identifier: GPL-2.0-only
"""winparctl trace on a tracefs that is a folder with a pipe in it."""
import io
import json
import os
import shutil
import signal
import threading
from unittest import mock

from fake import Case
from winparlib import record
from winparlib.system import System

LINE = " x-1 [000] d..1. 1.000000: winpar_interrupt: port=0 interrupts=1\n"
TRACING = "/sys/kernel/tracing"


class Record(Case):
    """Recordings, with a tracefs whose instances the test makes and removes."""

    def setUp(self):
        super().setUp()
        self.machine.port(state="owned", owner="cnc")
        self.machine.put(TRACING + "/events/winpar/enable", "0")
        self.machine.put(TRACING + "/instances/.keep")
        self.made = []
        self.fails = None
        self.left = None
        self.made_hook = lambda: None
        patch = mock.patch.multiple(record.Instance, make=self.make(),
                                    unmake=self.unmake())
        patch.start()
        self.addCleanup(patch.stop)

    def make(self):
        """Make an instance as the kernel does, with an event in the buffer."""
        def make(instance):
            path = instance.path
            os.makedirs(path + "/events/winpar")
            os.makedirs(path + "/per_cpu/cpu0")
            with open(path + "/per_cpu/cpu0/stats", "w",
                      encoding="ascii") as file:
                file.write("entries: 1\noverrun: 3\ndropped events: 2\n")
            os.mkfifo(path + "/trace_pipe")
            pipe = os.open(path + "/trace_pipe", os.O_RDWR)
            self.addCleanup(os.close, pipe)
            os.write(pipe, LINE.encode())
            self.made.append(path)
            if self.fails:
                os.mkdir(os.path.join(path, self.fails))
            self.made_hook()
        return make

    def unmake(self):
        """Remove an instance, and keep its last settings for the test."""
        def unmake(instance):
            self.left = System(instance.path).read("/tracing_on")
            shutil.rmtree(instance.path)
        return unmake

    def test_events_the_ports_at_the_start_and_what_was_lost(self):
        out = io.BytesIO()
        done, lost, seconds = record.record(System(self.machine.root), out,
                                            0.3, 512)
        self.assertEqual((done, lost), (1, 5))
        self.assertGreaterEqual(seconds, 0.3)
        text = out.getvalue().decode()
        self.assertIn("# port=0 lpt=LPT1 base=0x378 irq=7 state=owned "
                      "owner=cnc\n", text)
        self.assertIn(LINE, text)
        self.assertTrue(text.endswith("# lost=5\n"), text)
        self.assertFalse(os.path.exists(self.made[0]))
        self.assertEqual(self.left, "0")

    def test_a_signal_ends_the_recording_and_no_instance_stays(self):
        self.made_hook = threading.Timer(
            0.5, os.kill, (os.getpid(), signal.SIGINT)).start
        path = os.path.join(self.machine.root, "x.trace")
        status, out, _ = self.ctl("trace", "-o", path, "--json")
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(out)["events"], 1)
        self.assertFalse(os.path.exists(self.made[0]))
        with open(path, encoding="ascii") as file:
            self.assertIn("# to=", file.read())

    def test_a_recording_that_fails_leaves_no_instance(self):
        self.fails = "buffer_size_kb"
        status, _, err = self.ctl("trace", "--for", "0.1", "-o",
                                  os.path.join(self.machine.root, "x"))
        self.assertEqual(status, 1)
        self.assertIn("buffer_size_kb: Is a directory", err)
        self.assertFalse(os.path.exists(self.made[0]))

    def test_without_tracepoints_root_or_winpar_the_status_is_3(self):
        self.machine.drop(TRACING + "/events/winpar")
        self.assertIn("has no tracepoints", self.refused())
        self.machine.drop(TRACING)
        self.assertIn("mount -t tracefs", self.refused())
        self.machine.drop("/sys/module/winpar")
        self.assertIn("winpar is not loaded", self.refused())
        self.machine.says("id -u", "1000")
        self.assertIn("needs root", self.refused())

    def refused(self):
        """Run winparctl trace, which has to end with status 3: what it says."""
        path = os.path.join(self.machine.root, "x.trace")
        status, _, err = self.ctl("trace", "--for", "0.1", "-o", path)
        self.assertEqual(status, 3)
        self.assertFalse(os.path.exists(path))
        self.assertEqual(self.made, [])
        return err
