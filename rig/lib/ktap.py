#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ktap.py TREE STEP CONFIG BASE LOG [KNOWN]: judges the KTAP in LOG, which the kernel's own kunit_parser
of TREE reads. Prints a line for each test: pass, fail or skip, its name and why, with a tab
between them.

A failure is also a test that was planned and did not run, one that was not planned, one out of
order, a program without a plan, "Bail out!", a skip that tests/known-results does not list for the
kernel of CONFIG, and a test that it lists as skipped or failing and that is not. One that it lists
as failing, and that does, counts as skipped. With BASE not empty skips
are skips: the unpatched kernel is only counted. KNOWN is a list instead of tests/known-results."""

import pathlib
import sys

import known

# Below a suite KUnit has the parameters of a test, of which it may not know how many there are
PLANNED_DEPTH = 2


class Errors:
    """A kunit_printer.Printer that keeps what the parser finds wrong with the KTAP itself."""

    def __init__(self):
        self.errors = []

    def print_with_timestamp(self, message):
        if message.startswith("[ERROR]"):
            self.errors.append(message.split(":", 1)[1].strip())

    def plain(self, text):
        return text

    red = yellow = green = plain

    def color_len(self):
        return 0


class Judge:
    """The results of the tests of one log."""

    def __init__(self, parser, expected, base):
        self.status, self.parser = parser.TestStatus, parser
        self.expected, self.base = expected, base
        self.results, self.errors = [], []
        self.known_failures = 0

    def add(self, result, name, why=""):
        self.results.append((result, name.replace("\t", " ") or "?", " ".join(why.split())))

    def leaf(self, test, name):
        """A test that has no others below it."""
        want, reason = self.expected.get(name.replace(" ", "_"), ("pass", ""))
        if test.status == self.status.SKIPPED:
            if self.base or want == "skip":
                self.add("skip", name, reason or test.skip_reason)
            else:
                self.add("fail", name, f"skipped, which tests/known-results does not list: "
                         f"{test.skip_reason or ' '.join(test.log[-1:])}")
        elif test.status == self.status.SUCCESS:
            if want == "pass" or self.base:
                self.add("pass", name)
            else:
                self.add("fail", name, f"passes, listed as {want}: {reason}")
        elif test.status == self.status.FAILURE and want == "fail" and not self.base:
            self.known_failures += 1
            self.add("skip", name, f"known to fail: {reason}")
        elif test.status == self.status.FAILURE:
            self.add("fail", name, "; ".join(test.log[-3:]))
        else:
            self.add("fail", name, "planned, and did not run to its end")

    def walk(self, test, path, depth):
        """A test with all below it."""
        if not test.subtests and test.expected_count in (0, None) and depth:
            self.leaf(test, ".".join(path) or "?")
            return
        if depth < PLANNED_DEPTH and test.expected_count is None:
            self.add("fail", ".".join(path) or "all", "there is no plan")
        before, known_before = len(self.results), self.known_failures
        for number, sub in enumerate(test.subtests, 1):
            # ksft_test_result_skip() has the name behind "# SKIP"
            name = sub.name or sub.skip_reason or f"test {number} of {test.expected_count}"
            self.walk(sub, path + [name], depth + 1)
        good = all(result[0] != "fail" for result in self.results[before:])
        if depth and good and test.status == self.status.FAILURE and self.known_failures == known_before:
            self.add("fail", ".".join(path), "fails, and nothing in it does")

    def judge(self, text):
        """Adds what is in a log."""
        printer = Errors()
        lines = self.parser.extract_tap_lines(text)
        if not lines:
            self.add("fail", "all", "there is no KTAP")
            return
        main = self.parser.parse_test(lines, 0, [], False, printer)
        self.walk(main, [], 0)
        for error in printer.errors:
            # That has a line already
            if not error.endswith("missing expected subtest!"):
                self.add("fail", "KTAP", error)
        for line in lines:
            if self.parser.TEST_RESULT.match(line):
                self.add("fail", line.strip(), "was not planned")
        for line in text:
            if line.startswith("Bail out!"):
                self.add("fail", "all", line)


def main():
    if len(sys.argv) not in (6, 7):
        sys.exit(__doc__)
    tree, step, config, base, log = sys.argv[1:6]
    sys.path.insert(0, str(pathlib.Path(tree) / "tools/testing/kunit"))
    import kunit_parser
    judge = Judge(kunit_parser, known.known(step, known.options(config), *sys.argv[6:]), base)
    with open(log, encoding="utf-8", errors="replace") as file:
        judge.judge([line.rstrip("\r\n") for line in file if not line.startswith("rig-exit ")])
    for result in judge.results:
        print(*result, sep="\t")


if __name__ == "__main__":
    main()
