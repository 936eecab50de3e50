# SPDX-License-Identifier: GPL-2.0-only
"""What stands between this machine and a printed page: the list of all checks.

A check is a function that is given a Patient and yields Findings. What makes a
finding, and where it does not appear, is in tests/tools/test_doctor*.py.
"""
from . import doctor_module, doctor_port, modules, ports


class Finding:
    """One thing that is wrong or, as a note, worth to know."""

    def __init__(self, name, what, why, mend=(), note=False):
        self.name = name
        self.what = what
        self.why = why
        self.mend = [mend] if isinstance(mend, str) else list(mend)
        self.note = note

    def as_json(self):
        """Everything, for json.dumps()."""
        return {"name": self.name, "level": "note" if self.note else "wrong",
                "what": self.what, "why": self.why, "mend": self.mend}


class Patient:
    """The machine, with what several checks ask of it."""

    def __init__(self, system):
        self.system = system
        self.release = system.release()
        self.modules = modules.Modules(system, self.release)
        self.ports = ports.every(system)
        self.log = system.log() or []
        self.Finding = Finding
        self._dkms = None

    def last_said(self, pattern):
        """The last match of a pattern in the kernel's log, or None."""
        for line in reversed(self.log):
            found = pattern.search(line)
            if found:
                return found
        return None

    def dkms(self):
        """The kernels DKMS has winpar for: pairs of release (or "") and state."""
        return [(release, state) for _, release, state in self.dkms_lines()]

    def dkms_name(self):
        """What DKMS calls winpar: winpar/VERSION."""
        return "winpar/" + next(
            (version for version, _, _ in self.dkms_lines()), "VERSION")

    def dkms_lines(self):
        """Version, kernel release and state, from dkms' lines; dkms runs once.

        These are "winpar/1, 6.1, x86_64: installed"; before dkms 3 the slash was a
        comma.
        """
        if self._dkms is not None:
            return self._dkms
        found = self._dkms = []
        for line in (self.system.run("dkms", "status", "-m", "winpar")
                     or "").splitlines():
            place, _, state = line.partition(":")
            words = place.replace("/", ", ").split(", ")
            if words[0] == "winpar" and len(words) > 1 and state:
                found.append((words[1].strip(),
                              words[2].strip() if len(words) > 2 else "",
                              state.split()[0].strip(",")))
        return found

    def dkms_build(self):
        """The commands that have DKMS build winpar anew for the kernel that runs.

        "install --force" alone installs again what is built already.
        """
        return [f"dkms {act} --force {self.dkms_name()} -k {self.release}"
                for act in ("build", "install")]

    def holders(self, module):
        """The modules loaded now that use a module."""
        return [path.rsplit("/", 1)[1] for path in
                self.system.glob(f"/sys/module/{module}/holders/*")]

    def users(self, module):
        """The modules that use a module or one of its users, these before those."""
        above = set(self.holders(module))
        for name in self.holders(module):
            above.update(self.users(name))
        # Each has fewer users than what it uses.
        return sorted(above, key=lambda name: (len(self.users(name)), name))

    def reload(self):
        """The commands that unload all that uses parport_pc, and load it again."""
        users = self.users("winpar")
        down = users + [
            name for name in ("winpar", "lp", "ppdev", "parport_serial",
                              "parport_pc") if self.system.loaded(name)]
        up = ["parport_pc"] + (["winpar"] if "winpar" in down else [])
        # modprobe loads what they use.
        up += [name for name in users if not self.holders(name)]
        commands = ["modprobe -r " + " ".join(down)] if down else []
        return commands + [f"modprobe {name}" for name in up]


CHECKS = [
    ("may modules be loaded", doctor_module.permission),
    ("winpar for this kernel", doctor_module.installed),
    ("winpar for the next kernel", doctor_module.next_kernel),
    ("signatures", doctor_module.signature),
    ("winpar loaded", doctor_module.loaded),
    ("clients", doctor_module.clients),
    ("boot", doctor_module.boot),
    ("parport_pc", doctor_port.driver),
    ("PCI cards", doctor_port.pci),
    ("ports", doctor_port.none_found),
    ("a port that went", doctor_port.not_back),
    ("interrupts", doctor_port.interrupts),
    ("who has the port", doctor_port.owners),
    ("programs that want a port alone", doctor_port.exclusive),
    ("the peripheral", doctor_port.peripheral),
]


def examine(system, progress=lambda words: None):
    """The findings of all checks; notes come last."""
    progress("reading")
    patient = Patient(system)
    found = []
    for words, check in CHECKS:
        progress(words)
        found += check(patient)
    return sorted(found, key=lambda finding: finding.note)
