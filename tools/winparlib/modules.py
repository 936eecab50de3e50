# SPDX-License-Identifier: GPL-2.0-only
"""Kernel modules on disk and in configuration: what depmod and modprobe know."""
import fnmatch
import os
import re

# Where modprobe, sysctl and systemd-modules-load look: of two files of a name, the
# first.
CONFIG = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
# Where DKMS, make install and other makes put modules.
PLACES = ("updates/dkms", "updates/winpar", "updates", "extra", "misc")
# The modules of winpar that need winpar and are no clients.
OWN = ("winpar_test", "winpar_wdm")
# The options of parport_pc that say where its ports are.
ADDRESSES = ("io", "io_hi", "irq", "dma")


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
        """The modules that need winpar, without those that come with it."""
        return sorted(name for name, needs in self.needs.items()
                      if "winpar" in needs and name not in OWN)

    def lying(self, name):
        """The files of a module, whether depmod has listed them or not."""
        return [path for place in PLACES
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
            [str(line) for line in config(self.system)]
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


class Line:
    """A line of modprobe.d; without a path, what the kernel's command line adds."""

    def __init__(self, words, path=None):
        self.words = words.split()
        self.path = path
        self.keyword = self.words[0]
        self.module = plain(self.words[1]) if len(self.words) > 1 else ""

    def __str__(self):
        return " ".join(self.words)


def config(system):
    """The Lines of modprobe.d, and what the kernel's command line adds."""
    lines = []
    for path in config_files(system, "modprobe.d"):
        lines += [Line(line, path) for line in
                  without_comment(system.lines(path))]
    for word in (system.read("/proc/cmdline") or "").split():
        name, _, value = word.partition("=")
        if name == "modprobe.blacklist":
            lines += [Line(f"blacklist {one}") for one in value.split(",")]
        elif "." in name and value:
            module, _, option = name.partition(".")
            lines.append(Line(f"options {module} {option}={value}"))
    return lines


def forbidden(system, name):
    """The Lines of configuration that keep the module from being loaded."""
    return [line for line in config(system) if line.module == name and (
        line.keyword == "blacklist" or line.keyword == "install" and
        line.words[-1] in ("/bin/true", "/bin/false", "/usr/bin/true",
                           "/usr/bin/false", ":"))]


def options(system, name, wanted):
    """The Lines that give a module an option whose name is in WANTED."""
    return [line for line in config(system) if line.module == name and
            line.keyword == "options" and any(
                word.partition("=")[0] in wanted for word in line.words[2:])]


def said(lines):
    """Who says these Lines, in a sentence."""
    return "; ".join(f"{line.path or 'the kernel command line'} says '{line}'"
                     for line in lines)


def commented(path, folder, pattern):
    """The command that makes comments of a file's lines with a pattern of sed.

    Only files in /etc are changed. A copy of another file in FOLDER there is read
    in its stead.
    """
    sed = f"'/^{pattern}/s/^/# /'"
    if path.startswith("/etc/"):
        return f"sed -Ei --follow-symlinks {sed} {path}"
    return f"sed -E {sed} {path} >/etc/{folder}/{os.path.basename(path)}"


def taken_out(lines, having=""):
    """The commands that make comments of these Lines, all of them of one module.

    HAVING is the pattern of what else has to be in a line for it.
    """
    commands = []
    for path in dict.fromkeys(line.path for line in lines):
        here = [line for line in lines if line.path == path]
        if not path:
            commands += [f"# take '{line}' out of GRUB_CMDLINE_LINUX in "
                         "/etc/default/grub, then: update-grub" for line in here]
            continue
        words = "|".join(dict.fromkeys(line.keyword for line in here))
        name = here[0].module.replace("_", "[-_]")
        commands.append(commented(
            path, "modprobe.d", rf"\s*({words})\s+{name}\b{having}"))
    return commands


def without(system, name, unwanted):
    """The commands after which nothing gives a module an option of such a name."""
    return taken_out(options(system, name, unwanted),
                     rf"\s(.*\s)?({'|'.join(unwanted)})=")


def give(system, name, unwanted, words):
    """The commands that give a module options; none sets those in UNWANTED else."""
    return without(system, name, unwanted) + [
        f"echo 'options {name} {words}' >>/etc/modprobe.d/{name}.conf"]


def sysctl(system, name):
    """The commands after which no file sets this switch of the kernel at boot."""
    # In the pattern the dot of the name stands for a slash, too.
    pattern = rf"\s*-?\s*{name}\b"
    paths = config_files(system, "sysctl.d") + ["/etc/sysctl.conf"]
    return [commented(path, "sysctl.d", pattern) for path in paths
            if any(re.match(pattern, line) for line in system.lines(path))]


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
