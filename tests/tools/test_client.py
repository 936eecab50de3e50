# SPDX-License-Identifier: GPL-2.0-only
"""client.mk takes the symbol versions of the kernel that it builds for."""
import os
import shutil
import subprocess
import tempfile
import unittest

from fake import TOP, Case


class SymversTest(Case):
    """A folder with winpar's sources, built for one kernel, and DKMS's for two."""

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(os.path.join(TOP, "client.mk"), self.folder)
        self.dkms = os.path.join(self.folder, "dkms")

    def put(self, name, text=""):
        """Make a file in the folder."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def built(self, release):
        """winpar was built in the folder, for this kernel."""
        self.put("winpar.ko", f"\0vermagic={release} SMP mod_unload \0")
        self.put("Module.symvers")

    def symvers(self, release):
        """The file that a client's build for this kernel reads; None: an error."""
        path = os.path.join(self.folder, "client.mk")
        done = subprocess.run(
            ["make", "-s", "-f", path, "--eval", "said:; @echo $(WINPAR_SYMVERS)",
             "KBUILD_EXTMOD=.", f"KERNELRELEASE={release}", "CONFIG_MODULES=y",
             f"WINPAR_DKMS={self.dkms}", "said"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            encoding="ascii")
        if done.returncode:
            return None
        return os.path.relpath(done.stdout.strip(), self.folder)

    def test_beside(self):
        """What was built here for this kernel goes before DKMS's."""
        self.built("6.1.0-1")
        self.put("dkms/kernel-6.1.0-1-x86_64/Module.symvers")
        self.assertEqual(self.symvers("6.1.0-1"), "Module.symvers")

    def test_another_kernel(self):
        """What was built here for another kernel is not taken."""
        self.built("6.1.0-1")
        self.assertIsNone(self.symvers("6.1.0-10"))
        self.put("dkms/kernel-6.1.0-10-x86_64/Module.symvers")
        self.assertEqual(self.symvers("6.1.0-10"),
                         "dkms/kernel-6.1.0-10-x86_64/Module.symvers")

    def test_package(self):
        """Without a module beside it, as in the package, DKMS's are taken."""
        self.assertIsNone(self.symvers("6.1.0-1"))
        self.put("dkms/kernel-6.1.0-1-x86_64/Module.symvers")
        self.assertEqual(self.symvers("6.1.0-1"),
                         "dkms/kernel-6.1.0-1-x86_64/Module.symvers")


if __name__ == "__main__":
    unittest.main()
