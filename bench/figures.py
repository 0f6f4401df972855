# SPDX-License-Identifier: GPL-2.0
"""The figures of make bench, as they stand in a file: variant, base or series, what was
measured, the figure, and "refused" if the kernel refused it, by tabs. Instead of base
or series it may say "about", then the figure is a text about the variant's run. A line
that starts with "#" is a comment."""

import fnmatch
import pathlib
import re
from collections import namedtuple

# What a figure may differ by: a changed instruction somewhere moves others, too.
MARGIN = 0.01
# But so many instructions, or bytes, always
SLACK = 4

GROUPS = {
    "hits": "Hits: instructions over an unprobed call",
    "names": "Resolving a name: instructions",
    "registration": "Registering: instructions",
    "arming": "Arming, where others are armed: instructions",
    "events": "Creating an event: instructions",
    "boot": "Boot: instructions",
    "size": "Size: bytes",
    "build": "Build: instructions",
}

# How long the search for a name takes depends on where it is in the table, and so on every
# other symbol. What makes how many of which search, on base and series; the registrations and
# events as a function trace of the ABIs without dot symbols has it.
SEARCH = "names/kallsyms_lookup_name()"
SEARCHES = (
    (r"names/[.]?foo(?! in a module).*", " of a function", 1),
    (r"names/missing [.]?foo", ", missing", 1),
    (r"names/[.]?foo in a module", " of a module's function", 1),
    (r"registration/register .*kprobe, by name.*", " of mktime64", 1),
    (r"registration/register .*kretprobe, by name", " of mktime64", 2),
    (r"events/p:[.]?mktime64", " of mktime64", 4),
    (r"events/r:[.]?mktime64", " of mktime64", 5),
    (r"events/p:[.]?bench_function", " of bench_function", 4),
)

Entry = namedtuple("Entry", "value refused")


class Figures:
    """What is in a file of figures."""

    def __init__(self, path):
        self.variants, self.about, self.entries = [], {}, {}
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("#"):
                    continue
                variant, kernel, what, figure, *refused = line.rstrip("\n").split("\t")
                if kernel == "about":
                    self.about.setdefault(variant, {})[what] = figure
                else:
                    self.entries[variant, kernel, what] = Entry(int(figure), bool(refused))
                if variant not in self.variants:
                    self.variants.append(variant)

    def get(self, variant, kernel, what):
        """One entry, or None."""
        return self.entries.get((variant, kernel, what))

    def rows(self, group):
        """What was measured of a group, in order, on any variant."""
        return list(dict.fromkeys(what for _, _, what in self.entries
                                  if what.startswith(group + "/")))


def is_worse(old, new):
    """Is new more than old, or refused where old is not?"""
    if new.refused != old.refused:
        return new.refused
    return new.value > max(old.value * (1 + MARGIN), old.value + SLACK)


def less_search(what, variant, old, new):
    """The entry of new, less what the search for the name costs more there than in old: each a
    pair of Figures and kernel. None if it is not in both."""
    old_entry, entry = (figures.get(variant, kernel, what) for figures, kernel in (old, new))
    if not old_entry or not entry:
        return None
    more = 0
    for pattern, which, times in SEARCHES:
        search = [figures.get(variant, kernel, SEARCH + which) for figures, kernel in (old, new)]
        if re.fullmatch(pattern, what) and all(search):
            more = times * (search[1].value - search[0].value)
    return entry._replace(value=entry.value - more)


FLOOR = "names/kallsyms_lookup_name() of a function"
MODULE_FLOOR = "names/kallsyms_lookup_name() of a module's function"
IN_MODULE = re.compile(r"module|\bmod:")

# A figure beside its budget: what the budget is, as text, and whether it has a line of its own
Row = namedtuple("Row", "variant what budget measured base good why")


def shown(entry):
    """An entry as text."""
    if not entry:
        return "-"
    return f"{entry.value:,}".replace(",", " ") + (" (refused)" if entry.refused else "")


class Budgets:
    """What is in bench/budgets, see there."""

    def __init__(self, path=pathlib.Path(__file__).with_name("budgets")):
        self.lines = []
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.startswith("#") or not line.strip():
                    continue
                words = line.rstrip("\n").split("\t")
                if len(words) == 3:
                    words.append("")
                if len(words) != 4 or not re.fullmatch(r"base|-|\d+|[\d.]+\*(lookup|base)", words[2]):
                    raise SystemExit(f"{path}:{number}: a line is VARIANT, WHAT, BUDGET and maybe WHY, by tabs")
                self.lines.append(words)

    def find(self, variant, what):
        """The budget of a figure, and why it is that."""
        for variants, whats, budget, why in self.lines:
            if fnmatch.fnmatchcase(variant, variants) and fnmatch.fnmatchcase(what, whats):
                return budget, why
        raise SystemExit(f"bench/budgets has no line for {variant}, {what}")

    def judge(self, figures, variants):
        """A row for each figure of the series."""
        for variant, kernel, what in figures.entries:
            if kernel != "series" or variant not in variants:
                continue
            entry, base = (figures.get(variant, kernel, what) for kernel in ("series", "base"))
            budget, why = self.find(variant, what)
            limit = entry
            if budget == "base" and base:
                less = less_search(what, variant, (figures, "base"), (figures, "series"))
                yield Row(variant, what, budget, shown(entry), shown(base), not is_worse(base, less), why)
                continue
            if budget.endswith("*lookup"):
                floor = figures.get(variant, "series", MODULE_FLOOR if IN_MODULE.search(what) else FLOOR)
                limit = Entry(int(float(budget.split("*")[0]) * floor.value), False)
            elif budget.endswith("*base") and base:
                limit = Entry(int(float(budget.split("*")[0]) * base.value), False)
            elif budget.isdigit():
                limit = Entry(int(budget), False)
            # Of what the base has not, and no line has a figure for, nobody knows what it may cost
            good = entry.value <= limit.value and (base is not None or not budget.endswith("base"))
            if base and entry.refused and not base.refused:
                good = False
            yield Row(variant, what, budget if budget == "-" else shown(limit), shown(entry), shown(base),
                      good, why)
