#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""splats.py LOG: prints the lines of a console that complain, by splats.list; none if it has
nothing to say. Between the lines of FAULTS_BEGIN and FAULTS_END, which a test writes to /dev/kmsg,
allocations are made to fail: what says just that is no complaint, all else is."""

import pathlib
import re
import sys

LIST = pathlib.Path(__file__).with_name("splats.list")
FAULTS_BEGIN = "rig: allocations fail from here on"
FAULTS_END = "rig: allocations do not fail any more"
CALL_TRACE = re.compile("[Cc]all [Tt]race:")
# How long a report is before it comes to its call trace, in lines
REPORT = 40


def patterns(kind):
    """The expressions of a kind in the list, as one; those that complain have none."""
    found = []
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = re.match("(not|faults): (.*)", line)
        if (match.group(1) if match else None) == kind:
            found.append(match.group(2) if match else line)
    return re.compile("|".join(f"(?:{pattern})" for pattern in found))


def complaints(lines):
    """The complaints in a console, with the numbers of their lines."""
    bad, allowed, wanted = patterns(None), patterns("not"), patterns("faults")
    faults, excused = False, 0
    for number, line in enumerate(lines, 1):
        excused = max(excused - 1, 0)
        if FAULTS_BEGIN in line:
            faults = True
        elif FAULTS_END in line:
            faults = False
        elif faults and wanted.search(line):
            excused = REPORT
        elif excused and CALL_TRACE.search(line):
            excused = 0
        elif bad.search(line) and not allowed.search(line):
            yield number, line


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        for at, text in complaints(log):
            print(f"{at}:{text.rstrip()}")
