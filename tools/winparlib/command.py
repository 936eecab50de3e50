# SPDX-License-Identifier: GPL-2.0-only
"""The command line: its parser, and a function for each subcommand."""
import argparse
import contextlib
import json
import os
import sys
import time

from . import (FAILED, OK, USAGE, VERSION, Trouble, doctor, events, ports,
               record, timeline, trial)
from .system import System


def as_json(value, lines=False):
    """Print a value as JSON; lines: on one line, for --watch."""
    print(json.dumps(value, indent=None if lines else 2), flush=True)


def show():
    """Import show, which prints for people: --json does without python3-rich."""
    from . import show as room
    return room


def port_list(system, args):
    """winparctl list"""
    found = ports.known(system)
    if args.json:
        as_json([port.as_json() for port in found])
    else:
        show().port_list(found)
    return OK


def port_status(system, args):
    """winparctl status"""
    def look():
        if args.port:
            return [ports.one(system, args.port)]
        return ports.known(system)

    if not args.watch:
        found = look()
        if args.json:
            as_json([port.as_json() for port in found])
        else:
            room = show()
            room.console().print(room.statuses(found))
    elif args.json:
        rounds = args.rounds
        while True:
            as_json([port.as_json() for port in look()], lines=True)
            rounds = rounds - 1 if rounds else rounds
            if rounds == 0:
                break
            time.sleep(args.interval)
    else:
        show().watch(look, args.interval, args.rounds)
    return OK


def port_doctor(system, args):
    """winparctl doctor"""
    if args.json:
        found = doctor.examine(system)
        as_json([finding.as_json() for finding in found])
    else:
        room = show()
        with room.spinner() as progress:
            found = doctor.examine(system, progress)
        room.findings(found, len(doctor.CHECKS))
    return OK if all(finding.note for finding in found) else FAILED


def port_test(system, args):
    """winparctl test"""
    system.need_root("a test")
    port = ports.one(system, args.port)
    with contextlib.ExitStack() as stack:
        if sys.stderr.isatty() and args.yes and not args.json:
            progress = stack.enter_context(show().spinner())
            progress(f"{args.test} on {port.name}")
        passed, said = trial.run(system, args.test, port, args.by, args.yes,
                                 args.module)
    if args.json:
        as_json({"test": args.test, "port": port.name, "passed": passed,
                 "said": said})
    else:
        for line in said:
            print("  " + line)
        print(f"{args.test} on {port.name}: "
              f"{'passed' if passed else 'FAILED'}")
    return OK if passed else FAILED


def port_trace(system, args):
    """winparctl trace"""
    system.need_root("recording")
    system.need_winpar()
    record.tracefs(system)
    to_stdout = args.output == "-"
    try:
        with contextlib.ExitStack() as stack:
            progress = stack.enter_context(show().recording(args.seconds)) \
                if not args.json and sys.stderr.isatty() else \
                lambda done, passed: None
            file = sys.stdout.buffer if to_stdout else \
                stack.enter_context(open(args.output, "wb"))
            done, lost, seconds = record.record(
                system, file, args.seconds, args.buffer, progress)
    except OSError as error:
        raise Trouble(f"{error.filename or args.output}: "
                      f"{error.strerror}") from error
    if to_stdout:
        return OK
    if args.json:
        as_json({"file": args.output, "events": done, "lost": lost,
                 "seconds": round(seconds, 3)})
    else:
        print(f"{args.output}: {done} events in {seconds:.1f} s" +
              (f", {lost} lost: record with a larger --buffer" if lost else "")
              + f"; 'winparctl timeline {args.output}' shows them")
    return OK


def port_timeline(_system, args):
    """winparctl timeline"""
    output = args.output or os.path.splitext(args.file)[0] + ".html"
    if os.path.realpath(output) == os.path.realpath(args.file):
        raise Trouble(f"{output} is the trace itself: name another file by -o",
                      USAGE)
    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(show().spinner()) \
            if sys.stderr.isatty() else lambda words: None
        trace = events.load(
            args.file, lambda done: progress(f"reading: {done} lines"))
        progress("drawing")
        text = timeline.make(trace, os.path.basename(args.file),
                             output.endswith(".svg"), args.first, args.last)
    try:
        with open(output, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise Trouble(f"{output} cannot be written: {error.strerror}") \
            from error
    start, end = trace.span()
    if args.json:
        as_json({"file": output, "events": len(trace.events),
                 "lost": trace.lost, "seconds": round(end - start, 6)})
    else:
        print(f"{output}: {len(trace.events)} events, {end - start:.3f} s" +
              (f", {trace.lost} events were lost" if trace.lost else ""))
    return OK


def positive(kind):
    """The type of an argument that is a number above 0."""
    def parse(text):
        value = kind(text)
        if not 0 < value < 1e9:
            raise ValueError(text)
        return value
    parse.__name__ = "positive number"
    return parse


def parser():
    """The parser of all subcommands and their options."""
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--json", action="store_true",
                      help="print JSON, for programs")
    both.add_argument("--root", metavar="FOLDER", default="/",
                      help="look at a copy of a machine's files, not at this "
                      "machine")
    top = argparse.ArgumentParser(
        prog="winparctl", description="Parallel ports as winpar has them.",
        epilog="Exit status: 0 done, nothing is wrong; 1 something is wrong, "
        "or it failed; 2 usage; 3 not root, or winpar is not loaded. "
        "More: man winparctl")
    top.add_argument("--version", action="version",
                     version=f"winparctl {VERSION}")
    subs = top.add_subparsers(dest="sub", metavar="COMMAND", required=True)

    one = subs.add_parser("list", parents=[both],
                          help="a line for each port",
                          description="A line for each port that winpar knows.")
    one.set_defaults(run=port_list)

    one = subs.add_parser("status", parents=[both],
                          help="everything that is known of a port",
                          description="Everything that winpar knows of a port, "
                          "or of all.")
    one.add_argument("port", metavar="PORT", nargs="?",
                     help="LPT1 or parport0; without it all ports")
    one.add_argument("--watch", action="store_true",
                     help="again and again, until Ctrl-C")
    one.add_argument("--interval", metavar="SECONDS", default=1.0,
                     type=positive(float), help="for --watch; default 1")
    one.add_argument("--rounds", metavar="N", type=positive(int),
                     help="for --watch: end after so many times")
    one.set_defaults(run=port_status)

    one = subs.add_parser("doctor", parents=[both],
                          help="what stands between this machine and a page",
                          description="What stands between this machine and a "
                          "printed page: each finding with its reason, and the "
                          "commands that mend it. Changes nothing.")
    one.set_defaults(run=port_doctor)

    one = subs.add_parser("test", parents=[both],
                          help="try a port out: a page, a loop-back, an "
                          "interrupt",
                          description="Try a port out, by loading the client "
                          "winpar_test. It writes to the port, and asks first.")
    one.add_argument("test", choices=("page", "loopback", "interrupt"),
                     help="what to try")
    one.add_argument("port", metavar="PORT", help="LPT1 or parport0")
    one.add_argument("--by", choices=("plug", "printer"), default="plug",
                     help="interrupt: what moves nAck; default plug")
    one.add_argument("--yes", action="store_true", help="do not ask")
    one.add_argument("--module", metavar="FILE",
                     help="the file winpar_test.ko, where it is not installed")
    one.set_defaults(run=port_test)

    one = subs.add_parser("trace", parents=[both],
                          help="record what winpar does",
                          description="Record winpar's tracepoints until "
                          "Ctrl-C, or for some time. As root.")
    one.add_argument("--for", dest="seconds", metavar="SECONDS",
                     type=positive(float), help="end after so long")
    one.add_argument("-o", "--output", metavar="FILE", default="winpar.trace",
                     help="default winpar.trace; - is the standard output")
    one.add_argument("--buffer", metavar="KIB", type=positive(int),
                     default=4096, help="the size of the kernel's buffer for "
                     "each CPU; default 4096")
    one.set_defaults(run=port_trace)

    one = subs.add_parser("timeline", parents=[both],
                          help="a recorded trace as a page or a picture",
                          description="A recorded trace as one HTML file "
                          "which needs no network, or as an SVG picture: a lane "
                          "for each client and Linux driver, who had the port "
                          "when, who waited, interrupts.")
    one.add_argument("file", metavar="FILE", help="the recorded trace")
    one.add_argument("-o", "--output", metavar="FILE",
                     help="NAME.html or NAME.svg; default: the trace's name "
                     "with .html")
    one.add_argument("--from", dest="first", metavar="SECONDS", type=float,
                     help="begin so long after the trace's beginning")
    one.add_argument("--to", dest="last", metavar="SECONDS", type=float,
                     help="end so long after the trace's beginning")
    one.set_defaults(run=port_timeline)
    return top


def main(words):
    """Run the command line; the result is the exit status."""
    args = parser().parse_args(words)
    try:
        system = System(args.root)
        if not os.path.isdir(system.root):
            raise Trouble(f"there is no folder {args.root}", USAGE)
        return args.run(system, args)
    except Trouble as trouble:
        print(f"winparctl: {trouble}", file=sys.stderr)
        return trouble.status
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has closed the pipe ("| head"): let the flush at exit not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
