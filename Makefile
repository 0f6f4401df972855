# SPDX-License-Identifier: GPL-2.0

VARIANT ?= ppc64-elfv1

export VARIANT DEBUG KDIR BASE BASE_TESTS TEST TOPIC NEW_TOPIC FUZZ SEED FROM ONLY V O W

.NOTPARALLEL:
.PHONY: help demo check series tree kernel kunit ftracetest kallsyms-test kallsyms-lookup-test sweep entry-test livepatch-test bpftrace-test bpf-selftests \
	probe-all fuzz faults security stress tarball tarball-test debug-kernels perf perf-test perf-shell-test shell refresh \
	series-check rig-test topic-check bisect-check stable-check build-check lint w1 sparse coccicheck bench bench-accept coverage mutants code-mutants results deps clean

help:
	@echo "Kprobes by name on ppc64 and arm64: a patch series for Linux 7.3, and the"
	@echo "guests that prove it."
	@echo ""
	@echo "Start here; what is missing is installed (as root) and fetched:"
	@echo "  demo          build a kernel with the series, boot it in QEMU, place and fire"
	@echo "                probes there; demo BASE=1 does the same without the series"
	@echo "  check         what proves the series on the main variants, on one with VARIANT=,"
	@echo "                on all of them with CHECK_VARIANTS=all; ends with \"N passed, N failed, N skipped\""
	@echo ""
	@echo "The series:"
	@echo "  series        \$$(O)/series/*.mbx: the mails of each topic, or of TOPIC="
	@echo "  tree          the same as commits in \$$(O)/tree, to read and to edit"
	@echo "  refresh       the commits of \$$(O)/tree back into patches/ and the new files"
	@echo "  series-check  patches/ is complete and applies, whole and by topic"
	@echo "  rig-test      what judges the tests, on logs that must fail and that must not"
	@echo "  topic-check   TOPIC= alone builds, boots and passes what it brings (long)"
	@echo "  bisect-check  each patch, or each one of TOPIC=, by itself builds with W=1,"
	@echo "                boots and passes KUnit (long)"
	@echo "  stable-check  each patch with Cc: stable: does it apply on Linux 6.12, and compile?"
	@echo "  build-check   the files that the series changes, with W=1 on each architecture and"
	@echo "                with what turns code off (rig/build-check.list); uses \$$(ONLY)"
	@echo "  debug-kernels the suites on kernels that check themselves (long)"
	@echo "  lint          shellcheck, checkpatch --strict, kernel-doc, Sphinx"
	@echo "  results       what the last make check found, into results/ and README.md"
	@echo ""
	@echo "One kernel and its guest (uses \$$VARIANT):"
	@echo "  kernel        build \$$(O)/tree/build-\$$VARIANT"
	@echo "  kunit         boot it and run the KUnit suites"
	@echo "  ftracetest    boot it and run ftracetest (uses \$$TEST); BASE_TESTS=1: the tests"
	@echo "                as they are without the series"
	@echo "  kallsyms-test the kallsyms program on its symbols, beside the base's"
	@echo "  kallsyms-lookup-test  the searches of kernel/kallsyms.c on this machine, each name and"
	@echo "                address of some tables, and their instructions beside the base's"
	@echo "  sweep         place a probe on every function, in every way to write it, and"
	@echo "                compare with the ELF file (some minutes)"
	@echo "  entry-test    probes beside tracers and live patches, and what BPF sees; not"
	@echo "                ppc64-elfv1, whose entry is one instruction"
	@echo "  livepatch-test  upstream's own tests of live patches, as they are and with probes"
	@echo "                on what they patch; on the variants that have livepatch.config"
	@echo "  bpftrace-test what users of bpftrace meet, by the programs of two Debian releases;"
	@echo "                arm64 and ppc64le (uses \$$RELEASE)"
	@echo "  bpf-selftests upstream's own BPF selftests of kprobes; x86_64-btf"
	@echo "  probe-all     fire a probe in every function that may be probed (some minutes)"
	@echo "  stress        probes come and go on functions that run on every CPU, beside"
	@echo "                tracers, live patches, modules, CPU hotplug, and thousands of"
	@echo "                events (long; uses \$$SEED and \$$ROUNDS)"
	@echo "  fuzz          write \$$FUZZ definitions, most of them wrong, to kprobe_events and"
	@echo "                compare what comes of each with what may (some minutes)"
	@echo "  faults        probes without memory, modules and ftrace (DEBUG is checks)"
	@echo "  security      who may place probes and who sees addresses; DEBUG=lockdown has more"
	@echo "  tarball       sweep, fuzz, stress and entry-test for a machine with its own kernel:"
	@echo "                static programs and a README; tarball-test tries it on Debian's kernel,"
	@echo "                arm64 and ppc64le"
	@echo "  coverage      which lines that the series adds no test runs (a kernel of its own, long)"
	@echo "  mutants       the fixes, or TOPIC=, with one change at a time taken out: does a"
	@echo "                test fail? (some minutes for each; goes on where it was)"
	@echo "  code-mutants  the conditions, statements and errnos of TOPIC=, one changed at a time:"
	@echo "                does a test fail? (a boot for each; goes on where it was)"
	@echo "  w1            what the compiler says with W=1 about the series: nothing new"
	@echo "  sparse        what sparse says about the series: nothing"
	@echo "  coccicheck    what the kernel's semantic patches say about it: nothing (long)"
	@echo "  perf          cross-build the tree's own perf for the guest"
	@echo "  perf-test     boot it and type what a user of perf probe types"
	@echo "  perf-shell-test  boot it and run upstream's own shell tests of perf probe;"
	@echo "                arm64 and ppc64le, which Debian has programs for"
	@echo "  shell         boot it to a prompt, tracefs is mounted"
	@echo ""
	@echo "What the series costs, in instructions, beside the base:"
	@echo "  bench         measure both kernels of four variants, or of the one of VARIANT=;"
	@echo "                fails if the series got worse than results/bench says"
	@echo "  bench-accept  what the last make bench found, into results/bench"
	@echo ""
	@echo "  deps          install the packages that all this needs"
	@echo "  clean         remove what was made in \$$(O); the downloads stay cached"
	@echo ""
	@echo "Variables, and what they are now:"
	@echo "  VARIANT = $(VARIANT)"
	@echo "            one of: $(sort $(patsubst machines/%.conf,%,$(wildcard machines/*.conf)))"
	@echo "  DEBUG   = $(DEBUG)"
	@echo "            a kernel with the options of machines/debug-\$$DEBUG.config, one of:"
	@echo "            $(patsubst machines/debug-%.config,%,$(wildcard machines/debug-*.config))"
	@echo "  TOPIC   = $(TOPIC)"
	@echo "            the base with this topic and what it needs, in \$$(O)/topics, one of:"
	@echo "            $(sort $(patsubst patches/%/0000-cover,%,$(wildcard patches/*/0000-cover)))"
	@echo "  KDIR    = $(KDIR)"
	@echo "            your own Linux 7.3 tree instead of the packaged one; only read"
	@echo "  BASE    = $(BASE)"
	@echo "            1: the unpatched kernel, to compare with"
	@echo "  TEST    = $(TEST)"
	@echo "            for ftracetest: files or directories below"
	@echo "            tools/testing/selftests/ftrace; for kunit: a suite glob. What comes"
	@echo "            of a part is in \$$(O)/result/*-part"
	@echo "  FUZZ    = $(or $(FUZZ),200000)"
	@echo "            for fuzz: how many inputs; the SEED= is $(or $(SEED),1), and FROM= is the"
	@echo "            number of the first one; for probe-all: an address or a name"
	@echo "  CHECK_VARIANTS, BENCH_VARIANTS, DEBUG_KERNELS, KEEP, ROUNDS, STRESS, SWEEP_EVERY,"
	@echo "  SWEEP_ONLY, BATCH, LIMIT, COVERAGE_STEPS, MUTANTS and COMMITS: see the comment at the top"
	@echo "            of rig/check, bench, debug-kernels, stress, sweep, probe-all, coverage"
	@echo "            mutants and code-mutants; W=1: for kernel"
	@echo "  O       = $(or $(O),out)"
	@echo "            where everything is made"
	@echo "  V       = $(V)"
	@echo "            1: show the output of each step, not only its log's path"

series:
	@rig/series

tree:
	@rig/tree
	@echo "$(or $(O),out)/tree$(if $(filter 1,$(BASE)),-base)"

# All main variants, unless one is asked for
asked_for := $(if $(filter file,$(origin VARIANT)),,$(VARIANT))
check: export CHECK_VARIANTS := $(or $(CHECK_VARIANTS),$(asked_for))
bench: export BENCH_VARIANTS := $(or $(BENCH_VARIANTS),$(asked_for))

kernel perf faults tarball tarball-test refresh series-check rig-test topic-check bisect-check stable-check build-check debug-kernels lint check bench bench-accept coverage mutants code-mutants results clean:
	@rig/$@

deps:
	@rig/deps checkers

demo kunit ftracetest kallsyms-test kallsyms-lookup-test sweep entry-test livepatch-test bpftrace-test bpf-selftests probe-all fuzz security stress perf-test perf-shell-test w1 sparse coccicheck shell: kernel
	@rig/$@
