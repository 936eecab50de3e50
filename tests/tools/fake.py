# SPDX-License-Identifier: GPL-2.0-only
"""A folder with the files of a machine, for the tests of winparctl."""
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
WINPARCTL = os.path.join(TOP, "tools", "winparctl")
DATA = os.path.join(TOP, "tests", "tools", "data")
sys.path.insert(0, os.path.join(TOP, "tools"))
sys.dont_write_bytecode = True

from winparlib import command  # noqa: E402

KERNEL = "6.1.0-56-amd64"

# A port that winpar has at rest.
IDLE = {"parport": "parport0", "base": "0x378", "irq": "7",
        "connect": "allowed", "state": "idle", "owner": "", "owner_ms": "0",
        "waiters": "", "routines": "0", "files": "0", "mode": "0x00",
        "allocations": "0", "frees": "0", "interrupts": "0", "handovers": "0"}


class Machine:
    """A folder with a machine's files."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="winparctl.")

    def put(self, name, text="", binary=b""):
        """Write a file of the machine, and the folders it is in."""
        path = os.path.join(self.root, name.lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(binary or text.encode() + b"\n")

    def link(self, name, target):
        """Make a symbolic link of the machine."""
        path = os.path.join(self.root, name.lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.islink(path):
            os.unlink(path)
        os.symlink(target, path)

    def drop(self, name):
        """Remove a file or folder of the machine."""
        path = os.path.join(self.root, name.lstrip("/"))
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)

    def says(self, words, text):
        """Set what a program prints on the machine."""
        self.put("/.run/" + words.replace("/", ","), text)

    def port(self, name="LPT1", **values):
        """Add a port of winpar's: as IDLE, with other values for those given."""
        self.put("/sys/module/winpar/refcnt", "0")
        for attribute, text in {**IDLE, **values}.items():
            self.put(f"/sys/class/winpar/{name}/{attribute}", text)

    def remove(self):
        """The path of the folder."""
        shutil.rmtree(self.root)


class Case(unittest.TestCase):
    """A test that has a machine, and winparctl to look at it with."""

    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)

    def ctl(self, *words):
        """Run winparctl in this process: status, stdout, stderr."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = command.main([*words, "--root", self.machine.root])
            except SystemExit as end:
                status = end.code
        return status, out.getvalue(), err.getvalue()

    def program(self, *words, **more):
        """Run the program itself: status, stdout, stderr."""
        done = subprocess.run([WINPARCTL, *words], capture_output=True,
                              text=True, timeout=60, check=False, **more)
        return done.returncode, done.stdout, done.stderr
