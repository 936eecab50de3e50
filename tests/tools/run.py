# SPDX-License-Identifier: GPL-2.0-only
"""Run the tests that are named, or all; print "ok NAME" or "FAIL NAME" for each."""
import sys
import unittest

sys.dont_write_bytecode = True


class Lines(unittest.TestResult):
    """Prints a line for each case, and below it what went wrong."""

    def said(self, test, word, error=None):
        """Print the result of a case."""
        name = test.id() if hasattr(test, "id") else str(test)
        print(word, name.replace("test_", "", 1).replace(".test_", "."),
              flush=True)
        if error:
            print(self._exc_info_to_string(error, test), flush=True)

    def addSuccess(self, test):
        self.said(test, "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.said(test, "FAIL", err)

    def addError(self, test, err):
        super().addError(test, err)
        self.said(test, "FAIL", err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.said(subtest, "FAIL", err)

    def addSkip(self, test, reason):
        """A case that is left out has failed."""
        super().addSkip(test, reason)
        print("FAIL", test.id(), "was left out:", reason, flush=True)


loader = unittest.defaultTestLoader
suite = loader.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] \
    else loader.discover(".")
result = Lines()
suite.run(result)
sys.exit(not result.wasSuccessful() or not result.testsRun)
