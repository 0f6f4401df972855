#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""junit.py NAME=FILE...: prints JUnit XML of the results in each FILE (a step's .tests), as the
suite NAME."""

import sys
from xml.etree import ElementTree

# What XML 1.0 has no way to write
UNPRINTABLE = {code: "?" for code in range(32) if chr(code) not in "\t\n\r"}


def suite(name, path):
    """A suite with all its tests."""
    node = ElementTree.Element("testsuite", name=name)
    counts = {"pass": 0, "fail": 0, "skip": 0}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            result, test, why = line.rstrip("\n").translate(UNPRINTABLE).split("\t", 2)
            counts[result] += 1
            case = ElementTree.SubElement(node, "testcase", classname=name, name=test)
            if result != "pass":
                ElementTree.SubElement(case, "failure" if result == "fail" else "skipped", message=why)
    node.set("tests", str(sum(counts.values())))
    node.set("failures", str(counts["fail"]))
    node.set("skipped", str(counts["skip"]))
    return node


def main():
    root = ElementTree.Element("testsuites")
    for argument in sys.argv[1:]:
        root.append(suite(*argument.split("=", 1)))
    ElementTree.indent(root)
    print('<?xml version="1.0" encoding="UTF-8"?>')
    print("<!-- SPDX-License-Identifier: GPL-2.0 -->")
    print(ElementTree.tostring(root, encoding="unicode"))


if __name__ == "__main__":
    main()
