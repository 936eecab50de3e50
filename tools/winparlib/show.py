# SPDX-License-Identifier: GPL-2.0-only
"""Prints for people, by python3-rich: tables, and what changes while one looks."""
import contextlib
import sys
import textwrap
import time

from . import Trouble
from .ports import STATES

try:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress import (BarColumn, Progress, SpinnerColumn,
                               TextColumn)
    from rich.table import Table
    from rich.text import Text
except ImportError as error:
    raise Trouble("python3-rich is missing: apt-get install "
                  "python3-rich") from error

STYLES = {"idle": "green", "owned": "cyan", "giving": "yellow",
          "away": "yellow", "gone": "red"}


def console(file=None):
    """A console; where the output is no terminal, it cuts no line."""
    file = file or sys.stdout
    return Console(file=file, highlight=False, markup=False, emoji=False,
                   width=None if file.isatty() else 4096)


def table(*heads):
    """A table without lines, so that its rows can be read by a program too."""
    made = Table(box=None, pad_edge=False, header_style="bold",
                 padding=(0, 2, 0, 0))
    for head in heads:
        made.add_column(head, overflow="fold", no_wrap=head != heads[-1])
    return made


def span(milliseconds):
    """A time as text: ms, s, min or h."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 \
        else f"{seconds / 3600:.1f} h"


def state(port):
    """A port's state, in its colour."""
    return Text(port.state, STYLES.get(port.state, ""))


def port_list(ports):
    """winparctl list."""
    if not ports:
        console().print("winpar knows no port: 'winparctl doctor' says why")
        return
    made = table("PORT", "PARPORT", "BASE", "IRQ", "STATE", "OWNER")
    for port in ports:
        made.add_row(port.name, port.parport, port.base, port.irq,
                     state(port), port.owner or "-")
    console().print(made)


def owner(port):
    """Who has the port, and since when."""
    if not port.owner:
        return "none"
    return f"{port.owner}, for {span(port.owner_ms)}"


def rate(port, before, seconds, name):
    """A count, and by how much it grows in a second."""
    now = getattr(port, name)
    if not before or not seconds:
        return str(now)
    return f"{now}  ({max(0, now - getattr(before, name)) / seconds:.0f}/s)"


def port_status(port, before=None, seconds=0):
    """A table of all that is known of a port, a line for each fact."""
    made = Table(box=None, show_header=False, pad_edge=False,
                 padding=(0, 2, 0, 0))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    irq = "no interrupt" if port.irq == "none" else f"irq {port.irq}"
    made.add_row(port.name, f"{port.parport}, base {port.base}, {irq}")
    said = state(port)
    if port.state in STATES:
        said.append(f": {STATES[port.state]}", style="default")
    made.add_row("state", said)
    made.add_row("owner", Text(owner(port)))
    made.add_row("waiters", Text(" ".join(port.waiters) or "none"))
    made.add_row("connect", f"{port.connect}: clients' interrupt routines")
    made.add_row("routines", f"{port.routines} connected")
    made.add_row("files", f"{port.files} open")
    made.add_row("mode", port.mode)
    for name in ("allocations", "frees", "interrupts", "handovers"):
        made.add_row(name, rate(port, before, seconds, name))
    return made


def statuses(ports, before=(), seconds=0):
    """All these ports, one below the other."""
    old = {port.name: port for port in before}
    blocks = []
    for port in ports:
        if blocks:
            blocks.append(Text(""))
        blocks.append(port_status(port, old.get(port.name), seconds))
    return Group(*blocks) if blocks else \
        Text("winpar knows no port: 'winparctl doctor' says why")


def watch(look, interval, rounds):
    """Show statuses() of what look() returns, anew after each interval."""
    out = console()
    then, before = time.monotonic(), look()
    with Live(statuses(before), console=out, auto_refresh=False,
              screen=False) as live:
        live.refresh()
        while rounds is None or rounds > 1:
            time.sleep(interval)
            now, ports = time.monotonic(), look()
            if not out.is_terminal:
                out.print()
            live.update(statuses(ports, before, now - then), refresh=True)
            then, before = now, ports
            rounds = rounds - 1 if rounds else rounds


@contextlib.contextmanager
def spinner():
    """Yield a function that shows on a terminal what the program is at."""
    out = console(sys.stderr)
    if not out.is_terminal:
        yield lambda words: None
        return
    with out.status("looking ...") as status:
        yield lambda words: status.update(f"{words} ...")


@contextlib.contextmanager
def recording(seconds):
    """Yield a function that shows how far a recording has come."""
    parts = [SpinnerColumn()] if seconds is None else [BarColumn()]
    with Progress(*parts, TextColumn("{task.description}"),
                  console=console(sys.stderr), transient=True) as progress:
        task = progress.add_task("recording", total=seconds)

        def tell(events, passed):
            words = f"{passed:.0f} s" + (
                f" of {seconds:g} s" if seconds else "") + f", {events} events"
            progress.update(task, completed=passed,
                            description=words + " (Ctrl-C ends it)")
        yield tell


def findings(found, looked):
    """winparctl doctor: a block a finding, with commands that can be copied."""
    out = console()
    for finding in found:
        word, style = ("note", "yellow") if finding.note else ("WRONG", "red")
        out.print(Text(f"{word:6}", f"bold {style}"), Text(finding.what, "bold"),
                  sep="", soft_wrap=True)
        for number, line in enumerate(textwrap.wrap(
                finding.why, max(20, out.width - 6))):
            out.print("      " if number else "why   ", line, sep="")
        # The terminal folds a command, not this: so a copy of it is whole.
        for number, command in enumerate(finding.mend):
            out.print(Text("      " if number else "mend  "),
                      Text(command, "cyan"), sep="", soft_wrap=True)
        out.print()
    wrong = sum(not finding.note for finding in found)
    out.print(f"{looked} checks: " + (
        f"{wrong} wrong" if wrong else "nothing is wrong") +
        (f", {len(found) - wrong} to know" if len(found) > wrong else ""))
