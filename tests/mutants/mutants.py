#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The wrong changes in *.mutants.

mutants.py list             a line for each: NAME, a digest, its file, its suites
mutants.py why              a line for each: NAME and what is wrong
mutants.py apply NAME TREE  make that change in a tree

A mutant in a *.mutants file is a line "= NAME FILE SUITES...", a line ": WHAT IS
WRONG", and then lines of FILE. Those with "-" are taken out, those with "+" are put
in their place, those with " " stay. What is taken out and stays must be in FILE
exactly once. Each command checks that of all mutants.
"""
import hashlib
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent


class Mutant:
    def __init__(self, words):
        if len(words) < 3:
            raise ValueError(f"{' '.join(words)}: no name, file and suites")
        self.name, self.file, *self.suites = words
        self.why = ""
        self.old = []
        self.new = []

    def add(self, line):
        """Read a line of the table."""
        mark, text = line[0], line[1:]
        if mark == ":":
            self.why = text.strip()
            return
        if mark not in " -+":
            raise ValueError(f"{self.name}: a line begins with {mark!r}")
        if mark != "+":
            self.old.append(text)
        if mark != "-":
            self.new.append(text)

    def digest(self):
        parts = [self.file, *self.suites, "", *self.old, "", *self.new]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def changed(self, tree):
        """The text of the mutant's file in a tree, with the change made."""
        path = tree / self.file
        if not path.is_file():
            raise ValueError(f"{self.name}: there is no {self.file}")
        lines = path.read_text().split("\n")
        size = len(self.old)
        places = [i for i in range(len(lines) - size + 1)
                  if lines[i:i + size] == self.old]
        if not self.old or not self.why or self.old == self.new:
            raise ValueError(f"{self.name}: changes nothing, or does not say what")
        if len(places) != 1:
            raise ValueError(f"{self.name}: its lines are {len(places)} times"
                             f" in {self.file}, not once")
        lines[places[0]:places[0] + size] = self.new
        return "\n".join(lines)


def read():
    mutants = {}
    for path in sorted(HERE.glob("*.mutants")):
        mutant = None
        for line in path.read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            if line.startswith("= "):
                mutant = Mutant(line[2:].split())
                if mutant.name in mutants:
                    raise ValueError(f"there are two mutants {mutant.name}")
                mutants[mutant.name] = mutant
            elif mutant:
                mutant.add(line)
            else:
                raise ValueError(f"{path.name}: begins without a mutant")
    return mutants


def main(args):
    mutants = read()
    wrong = []
    for mutant in mutants.values():
        try:
            mutant.changed(TREE)
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("\n".join(wrong))
    if args == ["list"]:
        for mutant in mutants.values():
            print(mutant.name, mutant.digest(), mutant.file, *mutant.suites)
    elif args == ["why"]:
        for mutant in mutants.values():
            print(mutant.name, mutant.why)
    elif len(args) == 3 and args[0] == "apply" and args[1] in mutants:
        mutant = mutants[args[1]]
        tree = pathlib.Path(args[2])
        text = mutant.changed(tree)
        (tree / mutant.file).write_text(text)
    else:
        raise ValueError("usage: mutants.py list | why | apply NAME TREE")


try:
    main(sys.argv[1:])
except ValueError as error:
    sys.exit(f"mutants: {error}")
