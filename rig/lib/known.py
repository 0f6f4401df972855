#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""known.py STEP CONFIG [BASE_TESTS]: the lines of tests/known-results that hold for a step and
the kernel whose .config is CONFIG: TEST, result and reason, with a tab between them."""

import fnmatch
import pathlib
import re
import sys

LIST = pathlib.Path(__file__).resolve().parents[2] / "tests/known-results"
RESULTS = ("skip", "fail", "omit")
TOKEN = re.compile(r"CONFIG_\w+|BASE_TESTS|&&|\|\||[!()]")
WORDS = {"&&": " and ", "||": " or ", "!": " not ", "(": "(", ")": ")"}


def options(path):
    """The options that are y or m in a .config."""
    with open(path, encoding="utf-8") as file:
        return set(re.findall(r"^(CONFIG_\w+)=[ym]$", file.read(), re.M))


def holds(condition, are_set):
    """Whether an expression of options, !, &&, || and brackets holds."""
    if TOKEN.sub("", condition):
        raise ValueError(f"'{condition}' is no expression of options, !, &&, || and brackets")
    words = [WORDS.get(token) or str(token in are_set) for token in TOKEN.findall(condition)]
    try:
        return bool(eval("".join(words), {"__builtins__": {}}))
    except (SyntaxError, TypeError) as error:
        raise ValueError(f"'{condition}' is no expression: {error}") from error


def known(step, are_set, path=LIST):
    """What is known of the tests of a step: {test: (result, reason)}."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            words = line.split(None, 4)
            if len(words) != 5 or words[2] not in RESULTS:
                sys.exit(f"{path}:{number}: a line is STEP TEST skip|fail|omit CONDITION REASON")
            where, test, result, condition, reason = words
            try:
                if fnmatch.fnmatchcase(step, where) and holds(condition, are_set):
                    found[test] = (result, reason.strip())
            except ValueError as error:
                sys.exit(f"{path}:{number}: {error}")
    return found


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    for name, what in known(sys.argv[1], options(sys.argv[2]) | set(sys.argv[3:])).items():
        print(name, *what, sep="\t")
