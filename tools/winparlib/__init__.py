# SPDX-License-Identifier: GPL-2.0-only
"""The rooms of winparctl, from the ground up: a room imports those above it here.

system                  the machine: files, programs, the kernel's log
modules ports events    kernel modules; winpar's ports in sysfs; recorded traces
lanes doctor_module doctor_port record trial
                        what each client did; the doctor's checks; trace; test
doctor show timeline    the list of checks; output for people; pages and pictures
command                 the command line

Here: the exit status, and how a room ends the program.
"""

# As in include/winpar/version.h: a test compares the two.
VERSION = "0.2.0"

# What the program's exit status means.
OK = 0          # done; the doctor has found nothing wrong
FAILED = 1      # something is wrong, a test failed, a file cannot be read
USAGE = 2       # as argparse has it: there is no such option or name
NOT_READY = 3   # not root, or winpar is not loaded


class Trouble(Exception):
    """Ends the program, with a sentence for the user and an exit status."""

    def __init__(self, words, status=FAILED):
        super().__init__(words)
        self.status = status
