#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""reasons.py TREE: is each reason for which there can be no probe told, documented and tested?

In the kernel a reason is a constant of enum kprobe_why. place_err[] of trace_kprobe.c has the
error of each, but for that of a bad name, and trace_probe.h the text of each error. The table in
kprobe-address.rst has to have these texts and no other, and kprobe_refusals.tc, or another
test, those that a guest can be made to say.
"""

import pathlib
import re
import sys

tree = pathlib.Path(sys.argv[1])
tests = tree / "tools/testing/selftests/ftrace/test.d"

# Told by trace_kprobe.c itself, or of an event that has a place
OTHERS = {"BAD_PROBE_OFFS", "BAD_ADDR_SUFFIX", "NO_MOD_NAME", "NO_SYMBOL", "SYMBOL_TOO_LONG",
          "NO_ARG_SYMBOL", "CLONE_ARGS", "SAME_PROBE", "DIFF_PROBE_TYPE", "DIFF_ARG_TYPE",
          "EVENT_EXIST", "EVENT_OVERRIDDEN", "NO_MODULE", "TOO_MANY_CLONES"}
# What no test makes a guest say, and why
UNTESTED = {
    "FAIL_REG_PROBE": "a refusal without a reason is what is to be found",
    "MODULE_GOING": "for a moment only",
    "NO_RETPROBE": "x86 has such functions, __switch_to",
    "FTRACE_SITE": "where ftrace serves no probes, and the site is behind the entry",
    "STATIC_CALL": "x86 and 32-bit powerpc patch them",
    "CFI_PREFIX": "x86 with a CFI has them",
    "LIVEPATCHED": "no event has a post_handler",
    "FTRACE_DEAD": "the guest would be no good any more",
    "LOCKED_DOWN": "make security DEBUG=lockdown",
    "BAD_INSN": "kprobes_lookup_kunit.c has the instruction for it",
    "BAD_DESCRIPTOR": "kprobes_lookup_kunit.c has the descriptor for it",
}
bad = []


def text_of(path):
    return (tree / path).read_text()


header = text_of("include/linux/kprobes.h")
reasons = re.findall(r"^\t(KPROBE_WHY_\w+),", header, re.M)
source = text_of("kernel/trace/trace_kprobe.c")
table = re.search(r"place_err\[\] = \{(.*?)\n\};", source, re.S)
errors = dict(re.findall(r"\[(KPROBE_WHY_\w+)\]\s*= TP_ERR_(\w+),", table[1]))
texts = dict(re.findall(r'C\((\w+),\s*"((?:[^"\\]|\\.)*)"\)', text_of("kernel/trace/trace_probe.h")))

for reason in reasons:
    if reason != "KPROBE_WHY_NAME" and reason not in errors:
        bad.append(f"{reason} has no error in place_err[]")
    users = [text_of(p) for p in ("kernel/kprobes.c", "kernel/kprobe_lookup.c",
                                  "kernel/trace/trace_kprobe_clone.c", "kernel/trace/trace_kprobe.c")]
    if not any(reason in re.sub(r"place_err\[\] = \{.*?\n\};", "", user, flags=re.S)
               for user in users):
        bad.append(f"{reason} is never set")

told = set(errors.values()) | OTHERS
for error in told - texts.keys():
    bad.append(f"{error} has no text in trace_probe.h")
for name in errors.values():
    if list(errors.values()).count(name) > 1 and name != "FAIL_REG_PROBE":
        bad.append(f"{name} stands for more than one reason")

# A row starts where the first column has something, the third is its text
page = text_of("Documentation/trace/kprobe-address.rst")
rule, rows = re.search(r"^(=+ =+ =+ =+)$\n.*?^\1$\n(.*?)^\1$", page, re.M | re.S).groups()
columns = [m.span() for m in re.finditer("=+", rule)]
documented = []
for line in rows.splitlines():
    if line[:columns[0][1]].strip():
        documented.append("")
    documented[-1] += " " + line[slice(*columns[2])].strip()
documented = {text.strip() for row in documented for text in row.split(";")} - {""}
for error in sorted(told & texts.keys()):
    if texts[error] not in documented:
        bad.append(f'kprobe-address.rst lacks "{texts[error]}"')
for text in sorted(documented - {texts.get(error) for error in told}):
    bad.append(f'kprobe-address.rst has "{text}", which is no text of a reason')

said = "".join(p.read_text() for p in tests.rglob("*.tc"))
for error in sorted(set(errors.values())):
    tested = texts[error] in said
    if tested == (error in UNTESTED):
        bad.append(f'"{texts[error]}" is ' + ("in a test, and said not to be" if tested else "in no test"))

for line in bad:
    print(line)
sys.exit(bool(bad))
