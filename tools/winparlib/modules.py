# SPDX-License-Identifier: GPL-2.0-only
"""Kernel modules on disk and in configuration: what depmod and modprobe know."""
import fnmatch
import os
import re

# Where modprobe and systemd-modules-load look: of two files of a name, the first.
CONFIG = ("/etc", "/run", "/usr/lib", "/lib")


def plain(name):
    """The name of a module as the kernel has it: with underscores."""
    return name.replace("-", "_")


def stem(path):
    """The name of the module in a file: a_b for updates/dkms/a-b.ko.xz."""
    return plain(os.path.basename(path).split(".ko")[0])


class Modules:
    """The modules of one kernel, by the files that depmod wrote for it."""

    def __init__(self, system, release):
        self.system = system
        self.release = release
        self.folder = f"/lib/modules/{release}"
        self.files = {}
        self.needs = {}
        self.aliases = None
        for line in system.lines(self.folder + "/modules.dep"):
            path, _, needs = line.partition(":")
            self.files[stem(path)] = f"{self.folder}/{path}"
            self.needs[stem(path)] = [stem(need) for need in needs.split()]
        self.builtin = {stem(path) for path in
                        system.lines(self.folder + "/modules.builtin")}

    def there(self, name):
        """Does modprobe find the module, or is it built in?"""
        return plain(name) in self.files or plain(name) in self.builtin

    def clients(self):
        """The modules that need winpar."""
        return sorted(name for name, needs in self.needs.items()
                      if "winpar" in needs)

    def lying(self, name):
        """The files of a module, whether depmod has listed them or not."""
        return [path for place in ("updates/dkms", "updates", "extra", "misc")
                for path in
                self.system.glob(f"{self.folder}/{place}/{name}.ko*")]

    def for_device(self, alias, names):
        """Which of the modules in names drive a device of that modalias."""
        if self.aliases is None:
            # There are tens of thousands.
            self.aliases = [line.split() for line in
                            self.system.lines(self.folder + "/modules.alias")
                            if line.startswith("alias pci:")]
        return {plain(words[2]) for words in self.aliases
                if len(words) == 3 and plain(words[2]) in names and
                fnmatch.fnmatchcase(alias, words[1])}

    def brings(self, name, other):
        """Does modprobe NAME load OTHER before it, by a softdep?"""
        lines = self.system.lines(self.folder + "/modules.softdep") + \
            config(self.system)
        for line in lines:
            words = line.split()
            if words[:1] == ["softdep"] and plain(words[1]) == name:
                before = " ".join(words[2:]).partition("post:")[0]
                if other in [plain(word) for word in before.split()]:
                    return True
        return False


def releases(system):
    """The kernels that have modules."""
    return [path.rsplit("/", 1)[1]
            for path in system.glob("/lib/modules/*")
            if system.exists(path + "/modules.dep")]


def newest_first(names):
    """Kernel releases as people order them: 6.1.0-9 before 6.1.0-10."""
    def key(name):
        return [(1, int(part), "") if part.isdigit() else (0, 0, part)
                for part in re.findall(r"\d+|\D+", name)]
    return sorted(names, key=key, reverse=True)


def config_files(system, folder):
    """The .conf files of FOLDER in CONFIG, in the order in which they are read."""
    by_name = {}
    for place in CONFIG:
        for path in system.glob(f"{place}/{folder}/*.conf"):
            by_name.setdefault(os.path.basename(path), path)
    return [by_name[name] for name in sorted(by_name)]


def without_comment(lines):
    """The lines that are no comments; one that ends in a backslash goes on."""
    said, before = [], ""
    for line in lines:
        line = before + line.strip()
        before = line[:-1] + " " if line.endswith("\\") else ""
        if line and not before and line[0] not in "#;":
            said.append(line)
    return said


def config(system):
    """The lines of modprobe.d, and what the kernel's command line adds."""
    lines = []
    for path in config_files(system, "modprobe.d"):
        lines += without_comment(system.lines(path))
    for word in (system.read("/proc/cmdline") or "").split():
        name, _, value = word.partition("=")
        if name == "modprobe.blacklist":
            lines += [f"blacklist {one}" for one in value.split(",")]
        elif "." in name and value:
            module, _, option = name.partition(".")
            lines.append(f"options {module} {option}={value}")
    return lines


def forbidden(system, name):
    """The line of configuration that keeps the module from being loaded."""
    for line in config(system):
        words = line.split()
        if len(words) > 1 and plain(words[1]) == name and (
                words[0] == "blacklist" or words[0] == "install" and
                words[-1] in ("/bin/true", "/bin/false", "/usr/bin/true",
                              "/usr/bin/false", ":")):
            return line
    return None


def options(system, name):
    """The options that a module is given."""
    return [option for line in config(system) for option in line.split()[2:]
            if line.split()[0] == "options" and plain(line.split()[1]) == name]


def at_boot(system):
    """The modules that are loaded at boot, in their order, each with its file."""
    found = []
    paths = config_files(system, "modules-load.d")
    if system.exists("/etc/modules") and not any(
            (system.link(path) or "").endswith("/modules") for path in paths):
        paths.append("/etc/modules")
    for path in paths:
        for line in without_comment(system.lines(path)):
            found.append((plain(line.split()[0]), path))
    return found
