# SPDX-License-Identifier: GPL-2.0-only
"""The machine that is looked at: this one, or a copy of its files in a folder.

With a folder (--root) nothing of this machine is read and no program is run. What
a program said is the content of the file .run/NAME there, NAME being the command
line with each slash replaced by a comma; a command without such a file is one that
is not installed.
"""
import glob
import os
import subprocess

from . import NOT_READY, Trouble


class System:
    """Files and programs of one machine."""

    def __init__(self, root="/"):
        self.root = os.path.join(root, "")
        self.real = os.path.realpath(root) == "/"
        self._log = None

    def path(self, name):
        """Where the file of a name, which begins with a slash, is below root."""
        return self.root + name.lstrip("/")

    def read(self, name):
        """The text of a file without blanks at its end; None: not readable."""
        data = self.read_bytes(name)
        return data.decode("utf-8", "replace").rstrip() if data is not None \
            else None

    def read_bytes(self, name):
        """The bytes of a file; None: not readable."""
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except OSError:
            return None

    def lines(self, name):
        """The lines of a file; none when it cannot be read."""
        return (self.read(name) or "").splitlines()

    def exists(self, name):
        """Is there such a file or folder?"""
        return os.path.exists(self.path(name))

    def glob(self, pattern):
        """The files of a pattern, named as path() wants them, in order."""
        found = glob.glob(self.path(pattern))
        return sorted("/" + name[len(self.root):] for name in found)

    def link(self, name):
        """Where a symbolic link points to; None for another file."""
        try:
            return os.readlink(self.path(name))
        except OSError:
            return None

    def run(self, *command):
        """What a command prints on stdout, or None: not installed, or failed."""
        if not self.real:
            return self.read("/.run/" + " ".join(command).replace("/", ","))
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, timeout=120, check=False,
                env=dict(os.environ, LC_ALL="C"))
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode:
            return None
        return done.stdout.decode("utf-8", "replace").rstrip()

    def act(self, *command):
        """Run a command that changes something. Returns its status and its stderr.

        In a folder, nothing is changed: the file .run/NAME begins with the status.
        """
        if not self.real:
            status, _, words = (self.run(*command) or
                                "127 no such command").partition(" ")
            return int(status), words
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                                  capture_output=True,
                                  env=dict(os.environ, LC_ALL="C"))
        except OSError as error:
            return 127, str(error)
        return done.returncode, done.stderr.decode("utf-8", "replace").strip()

    def log(self):
        """The kernel's log since the boot, a list of lines; None: not readable."""
        if self._log is None:
            text = self.run("dmesg")
            if text is None:
                text = self.run("journalctl", "-kbq", "-o", "cat", "--no-pager")
            self._log = (text is not None, (text or "").splitlines())
        return self._log[1] if self._log[0] else None

    def release(self):
        """The kernel that runs, as uname -r has it."""
        return self.read("/proc/sys/kernel/osrelease") or ""

    def is_root(self):
        """Does root run this program?"""
        if self.real:
            return os.geteuid() == 0
        return (self.run("id", "-u") or "0") == "0"

    def loaded(self, module):
        """Is the module loaded, or built in with parameters?"""
        return self.exists("/sys/module/" + module.replace("-", "_"))

    def need_root(self, what):
        """End the program unless root runs it."""
        if not self.is_root():
            raise Trouble(f"{what} needs root: run it with sudo", NOT_READY)

    def need_winpar(self):
        """End the program unless winpar is loaded."""
        if not self.loaded("winpar"):
            raise Trouble("winpar is not loaded. 'modprobe winpar' loads it; "
                          "if that fails, 'winparctl doctor' says why",
                          NOT_READY)
