# SPDX-License-Identifier: GPL-2.0-only
"""The doctor's checks of modules: installed, signed, loaded, loaded at boot."""
import re

from . import modules

SYS_MODULE = 16     # CAP_SYS_MODULE's bit

UNSIGNED = re.compile(
    r"Loading of (?:unsigned module|module with unsupported crypto|module with "
    r"unavailable key) is rejected|unsigned module loading is restricted|"
    r"Key was rejected.*")
STALE = re.compile(
    r"winpar: (?:disagrees about version of symbol \w+|version magic .*)")
CLIENT_STALE = re.compile(
    r"(\w+): (?:disagrees about version of symbol|Unknown symbol) (winpar_\w+)")
NEEDS = "winpar is built for each kernel, from its headers. "
# No archive of packages has winpar.
BUILD = ["# in the folder with winpar's sources:", "make deb",
         "apt-get install ./dist/winpar-dkms_*.deb"]
BY_HAND = [BUILD[0], "make", "make install"]


def permission(patient):
    """May this user, on this machine, load a module at all?"""
    system = patient.system
    if not system.is_root():
        yield patient.Finding(
            "not-root", "the doctor does not run as root",
            "The kernel's log, the programs that use a port and the lockdown "
            "may not be readable.", "sudo winparctl doctor", note=True)
    elif system.log() is None:
        yield patient.Finding(
            "no-log", "the kernel's log cannot be read",
            "What winpar and parport_pc said is not known: neither dmesg nor "
            "journalctl answers.", note=True)
    if system.read("/proc/sys/kernel/modules_disabled") == "1":
        yield patient.Finding(
            "modules-disabled", "this kernel loads no more modules",
            "The switch kernel.modules_disabled is on. It cannot be turned off "
            "until the next boot.",
            modules.sysctl(system, "kernel.modules_disabled") + ["reboot"])
    found = re.search(r"^CapBnd:\s*([0-9a-f]+)",
                      system.read("/proc/self/status") or "", re.M)
    if found and not int(found.group(1), 16) >> SYS_MODULE & 1:
        yield patient.Finding(
            "no-capability", "modules cannot be loaded from in here",
            "This is a container, or a service without CAP_SYS_MODULE: load "
            "modules on the host.")


def headers(patient):
    """The command that installs the headers of the kernel that runs."""
    return f"apt-get install linux-headers-{patient.release}"


def installed(patient):
    """Is there a winpar.ko for the kernel that runs?"""
    system, here = patient.system, patient.modules
    if not here.files and not here.builtin:
        yield patient.Finding(
            "no-modules", "the kernel that runs has no modules here",
            f"There is no {here.folder}/modules.dep. An upgrade has removed "
            f"the package of {patient.release}, or this kernel is not one of "
            "this system's.", "reboot")
        return
    if here.there("winpar"):
        return
    dkms = patient.dkms()
    build = ["dkms autoinstall"] if dkms else BY_HAND
    if here.lying("winpar"):
        yield patient.Finding(
            "depmod", "modprobe does not find winpar",
            f"{here.lying('winpar')[0]} is there, but the list of modules of "
            "this kernel is older.", "depmod")
        return
    others = [name for name in modules.releases(system)
              if name != patient.release and
              modules.Modules(system, name).there("winpar")]
    no_headers = not system.exists(here.folder + "/build/Makefile")
    if others or dkms:
        why = NEEDS + (
            f"It is there for {', '.join(others)}; "
            if others else "DKMS has its sources; ") + \
            f"the kernel that runs is {patient.release}"
        if no_headers:
            why += ", whose headers are not installed"
        elif any(state in ("added", "built", "broken")
                 for release, state in dkms
                 if release in ("", patient.release)):
            why += ": DKMS has not built it, or has not been able to. " \
                "/var/lib/dkms/winpar/*/build/make.log says why not"
        yield patient.Finding(
            "left-behind", "there is no winpar for this kernel", why + ".",
            ([headers(patient)] if no_headers else []) + build +
            ["modprobe winpar"])
        return
    yield patient.Finding(
        "not-installed", "winpar is not installed",
        NEEDS + "Either the package winpar-dkms is installed, which builds it "
        "at each kernel upgrade, or it is built by hand in winpar's sources: "
        "make, make install, depmod.",
        ([headers(patient)] if no_headers else []) +
        BUILD + ["modprobe winpar"])


def flavour(release):
    """The end of a Debian kernel's release, which its meta-packages are named by.

    It is amd64 for 6.1.0-56-amd64.
    """
    found = re.match(r"[\d.]+(?:\+\w+)?(?:-\d+)?-(.+)$", release)
    return found.group(1) if found else None


def next_kernel(patient):
    """Will winpar be there after the next boot, the next upgrade?"""
    system = patient.system
    if not patient.modules.there("winpar"):
        return
    there = modules.newest_first(
        [path[len("/boot/vmlinuz-"):] for path in
         system.glob("/boot/vmlinuz-*")])
    if there and there[0] != patient.release and \
            modules.newest_first([there[0], patient.release])[0] == there[0] \
            and not modules.Modules(system, there[0]).there("winpar"):
        yield patient.Finding(
            "next-boot", "after the next boot there is no winpar",
            NEEDS + f"The next boot starts {there[0]}, and winpar is there "
            f"for {patient.release} only.",
            [f"apt-get install linux-headers-{there[0]}"] +
            ([f"dkms autoinstall -k {there[0]}"] if patient.dkms() else
             [BUILD[0], f"make KDIR=/lib/modules/{there[0]}/build",
              f"make install KDIR=/lib/modules/{there[0]}/build"]))
    meta = f"linux-headers-{flavour(patient.release)}"
    if patient.dkms() and flavour(patient.release) and \
            system.run("dpkg-query", "-W", "-f", "${Package}", "dpkg") and \
            not system.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}",
                           meta):
        yield patient.Finding(
            "headers-meta", "the next kernel upgrade will leave winpar behind",
            f"An upgrade brings headers only if the package {meta} is "
            "installed.", f"apt-get install {meta}", note=True)


def lockdown(system):
    """How the kernel is locked down: none, integrity or confidentiality."""
    found = re.search(r"\[(\w+)\]",
                      system.read("/sys/kernel/security/lockdown") or "")
    return found.group(1) if found else "none"


def secure_boot(system):
    """Does the firmware start signed systems only?"""
    for path in system.glob("/sys/firmware/efi/efivars/SecureBoot-*"):
        data = system.read_bytes(path)
        return bool(data) and data[-1] == 1
    return False


def signature(patient):
    """Where modules must be signed: is winpar, by a key that the kernel knows?"""
    system = patient.system
    mode = lockdown(system)
    said = patient.last_said(UNSIGNED)
    enforced = system.read("/sys/module/module/parameters/sig_enforce") == "Y"
    bad = modules.options(system, "parport_pc", modules.ADDRESSES)
    if mode != "none" and bad:
        yield patient.Finding(
            "lockdown-options",
            "the options for parport_pc keep it from being loaded",
            f"The kernel is locked down ({mode}) and refuses module parameters "
            f"that name addresses or interrupts: {modules.said(bad)}.",
            modules.without(system, "parport_pc", modules.ADDRESSES) +
            ["modprobe parport_pc"])
    if system.loaded("winpar") or not patient.modules.there("winpar") or \
            (mode == "none" and not enforced):
        return
    why = "Secure Boot is on" if secure_boot(system) else \
        f"The kernel is locked down ({mode})" if mode != "none" else \
        "The kernel was started with module.sig_enforce"
    why += ", so that it loads modules only that are signed by a key it knows."
    if said:
        why += f" It has said: {said.group()}."
    signer = system.run("modinfo", "-F", "signer", "winpar")
    enrolled = system.run("mokutil", "--list-enrolled")
    enrol = ["apt-get install mokutil"] if enrolled is None else []
    enrol += ["mokutil --import /var/lib/dkms/mok.pub",
              "reboot    # in the blue screen: Enroll MOK, then that password"]
    if not signer:
        yield patient.Finding(
            "unsigned", "winpar is not signed, and this kernel wants it",
            why + (" DKMS signs what it builds." if not patient.dkms() else
                   " DKMS signs what it builds when openssl is installed."),
            (["apt-get install openssl"] + patient.dkms_build()
             if patient.dkms() else ["apt-get install openssl"] + BUILD)
            + enrol)
    elif signer not in (enrolled or "") and (said or enrolled is not None):
        pending = signer in (system.run("mokutil", "--list-new") or "")
        yield patient.Finding(
            "key", "winpar is signed by a key that this machine does not know",
            why + f" winpar's key, '{signer}', is " +
            ("to be enrolled at the next boot." if pending else
             "not enrolled."), enrol[-1:] if pending else enrol)


def loaded(patient):
    """Is winpar loaded, and if not, what did the kernel say?"""
    system = patient.system
    if system.loaded("winpar") or not patient.modules.there("winpar"):
        return
    stale = patient.last_said(STALE)
    forbidden = modules.forbidden(system, "winpar")
    if stale:
        yield patient.Finding(
            "stale", "the kernel refuses this winpar.ko",
            "It was built for another kernel than the one that runs: the "
            f"kernel has said '{stale.group()}'.",
            (patient.dkms_build() if patient.dkms() else BY_HAND) +
            ["modprobe winpar"])
    elif forbidden:
        yield patient.Finding(
            "forbidden", "winpar is not loaded, and may not be by itself",
            modules.said(forbidden) + ".",
            modules.taken_out(forbidden) + ["modprobe winpar"])
    else:
        yield patient.Finding(
            "not-loaded", "winpar is not loaded",
            "It is installed for this kernel, and nothing has loaded it.",
            "modprobe winpar")


def clients(patient):
    """Clients that the kernel refused, or that were not built for this kernel."""
    system, seen = patient.system, set()
    for line in reversed(patient.log):
        found = CLIENT_STALE.search(line)
        if not found or found.group(1) in seen or \
                system.loaded(found.group(1)):
            continue
        seen.add(found.group(1))
        if not system.loaded("winpar"):
            continue
        yield patient.Finding(
            "client-stale", f"{found.group(1)} could not be loaded",
            "The kernel has said '" + found.group() + "': it was loaded before "
            "winpar was, or was compiled for another winpar.",
            [f"modprobe {found.group(1)}",
             "# if that fails, compile it again with this winpar's headers"])
    for name, path in modules.at_boot(system):
        if name == "winpar" or patient.modules.there(name):
            continue
        for release in modules.releases(system):
            if name in modules.Modules(system, release).clients():
                yield patient.Finding(
                    "client-left-behind",
                    f"there is no {name} for this kernel",
                    f"{path} wants it at each boot. It is there for {release}, "
                    f"and the kernel that runs is {patient.release}.",
                    f"# build and install {name} for this kernel: give it a "
                    "dkms.conf and the next upgrade does so")
                break


def boot(patient):
    """Are winpar and parport_pc loaded at boot, and parport_pc first?"""
    system, here = patient.system, patient.modules
    listed = modules.at_boot(system)
    names = [name for name, _ in listed]
    users = [(name, path) for name, path in listed
             if name == "winpar" or "winpar" in here.needs.get(name, ())]
    if here.there("winpar") and not users:
        yield patient.Finding(
            "boot", "nothing loads winpar at boot",
            "No file in /etc/modules-load.d names winpar, or a client of it "
            f"(there are: {', '.join(here.clients()) or 'none installed'}).",
            "echo winpar >/etc/modules-load.d/winpar.conf", note=True)
    for name, path in users:
        # What winpar brings is unknown while it is not there.
        if not here.there("winpar") or \
                "parport_pc" in here.builtin or not here.there("parport_pc") or \
                here.brings("winpar", "parport_pc") or \
                "parport_pc" in names[:names.index(name)]:
            continue
        yield patient.Finding(
            "boot-order", f"at boot {name} is loaded before there is a port",
            f"{path} names {name}; parport_pc comes only when udev has found "
            "the port, some seconds later, and a client that looks for its "
            "port once has failed by then.",
            "echo parport_pc >/etc/modules-load.d/00-parport.conf")
        break
