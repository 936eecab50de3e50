# SPDX-License-Identifier: GPL-2.0-only
"""Manual page, completion and the list of rooms say what the program has."""
import argparse
import ast
import os
import re
import subprocess
import unittest

from fake import TOP, Case
import winparlib
from winparlib import command

MANUAL = os.path.join(TOP, "docs", "winparctl.1")
COMPLETION = os.path.join(TOP, "tools", "winparctl.bash")


def subcommands():
    """Each subcommand's name and parser."""
    for action in command.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return action.choices
    raise AssertionError("no subcommands")


def options(parser):
    """The long options of a subcommand."""
    return {option for action in parser._actions
            for option in action.option_strings if option.startswith("--")}


class Manual(unittest.TestCase):
    """docs/winparctl.1"""

    def test_mandoc_has_no_warning(self):
        done = subprocess.run(["mandoc", "-Tlint", MANUAL], check=False,
                              capture_output=True, text=True)
        # The pages that it refers to may not be installed yet.
        said = [line for line in done.stdout.splitlines()
                if "referenced manual not found" not in line]
        self.assertEqual(said, [])

    def test_the_page_has_every_command_and_option(self):
        text = subprocess.run(["mandoc", "-Tascii", MANUAL], check=True,
                              capture_output=True, text=True).stdout
        text = re.sub(".\b", "", text)
        for name, parser in subcommands().items():
            self.assertIn(f"winparctl {name}", text)
            for option in options(parser) - {"--help"}:
                self.assertIn(option, text)

    def test_the_page_has_no_option_that_is_not_there(self):
        with open(MANUAL, encoding="ascii") as file:
            named = set(re.findall(r"Fl (-[a-z]+)", file.read()))
        there = set().union(*(options(parser) for parser in
                              subcommands().values())) | {"--version"}
        self.assertEqual({"-" + name for name in named} - there, set())


class Rooms(unittest.TestCase):
    """The list of rooms in tools/winparlib/__init__.py"""

    def setUp(self):
        self.folder = os.path.dirname(winparlib.__file__)
        self.there = {name[:-3] for name in os.listdir(self.folder)
                      if name.endswith(".py")} - {"__init__"}
        self.row = {}
        for number, line in enumerate(winparlib.__doc__.splitlines()):
            for word in re.split("  ", line)[0].split():
                if word in self.there:
                    self.row.setdefault(word, number)

    def imported(self, room):
        """The rooms that a room imports."""
        with open(os.path.join(self.folder, room + ".py"),
                  encoding="ascii") as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                names = [node.module] if node.module else \
                    [name.name for name in node.names]
                yield from self.there.intersection(names)

    def test_each_room_is_on_the_list(self):
        self.assertEqual(self.there - set(self.row), set())

    def test_a_room_imports_only_rooms_above_it_on_the_list(self):
        for room in sorted(self.row):
            for other in self.imported(room):
                self.assertLess(self.row[other], self.row[room],
                                f"{room} imports {other}")


class Completion(Case):
    """tools/winparctl.bash"""

    def completed(self, *words):
        """What bash offers after these words."""
        script = f"""source {COMPLETION}
            COMP_WORDS=(winparctl "$@") COMP_CWORD=$#
            _winparctl
            printf '%s\\n' "${{COMPREPLY[@]}}" """
        done = subprocess.run(
            ["bash", "-c", script, "bash", *words], check=True,
            capture_output=True, text=True, cwd=self.machine.root,
            env=dict(os.environ, WINPARCTL_ROOT=self.machine.root))
        return set(done.stdout.split())

    def test_subcommands(self):
        self.assertEqual(self.completed(""),
                         set(subcommands()) | {"--help", "--version"})
        self.assertEqual(self.completed("t"), {"test", "trace", "timeline"})

    def test_the_options_of_each(self):
        for name, parser in subcommands().items():
            self.assertEqual(self.completed(name, "--"), options(parser), name)

    def test_ports_tests_and_files(self):
        self.machine.port("LPT1")
        self.machine.port("LPT2")
        self.machine.put("/winpar.trace")
        self.assertEqual(self.completed("status", "L"), {"LPT1", "LPT2"})
        self.assertEqual(self.completed("test", "p"), {"page"})
        self.assertEqual(self.completed("test", "page", "L"),
                         {"LPT1", "LPT2"})
        self.assertEqual(self.completed("test", "page", "LPT1", "--by", ""),
                         {"plug", "printer"})
        self.assertEqual(self.completed("timeline", "w"), {"winpar.trace"})
        self.assertEqual(self.completed("trace", "--output", "w"),
                         {"winpar.trace"})
        self.assertEqual(self.completed("trace", "--for", ""), set())
