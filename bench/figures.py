# SPDX-License-Identifier: GPL-2.0
"""The figures of make bench, as they stand in a file: variant, base or series, what was
measured, the figure, and "refused" if the kernel refused it, by tabs. Instead of base
or series it may say "about", then the figure is a text about the variant's run. A line
that starts with "#" is a comment."""

from collections import namedtuple

# What a figure may differ by: a changed instruction somewhere moves others, too.
MARGIN = 0.01
# But so many instructions, or bytes, always
SLACK = 4

GROUPS = {
    "hits": "Hits: instructions over an unprobed call",
    "names": "Resolving a name: instructions",
    "registration": "Registering: instructions",
    "events": "Creating an event: instructions",
    "boot": "Boot: instructions",
    "size": "Size: bytes",
    "build": "Build: instructions",
}

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


def slower(figures):
    """What the series is worse at than the base."""
    for (variant, kernel, what), series in figures.entries.items():
        base = figures.get(variant, "base", what)
        if kernel == "series" and base and is_worse(base, series):
            yield variant, what, base, series
