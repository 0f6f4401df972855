# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034
#
# Sourced by rig/splats, and in the guest: what a kernel says that complains, as an
# extended regular expression. A call trace is not in it: an allocation that is made to
# fail has one, too.

SPLAT='WARNING: |BUG: |\bOops\b|[Kk]ernel panic|ftrace[ _]bug|cut here'
SPLAT="$SPLAT|rcu: INFO:|INFO: rcu|INFO: task .* blocked|(soft|hard) ?lockup|HARD LOCKUP"
SPLAT="$SPLAT|possible (circular|recursive|irq)|inconsistent lock state|suspicious RCU"
SPLAT="$SPLAT|INFO: trying to register|turning off the locking|UBSAN: |list_(add|del) corruption"
SPLAT="$SPLAT|kmemleak: .*(suspected|disabled|[Cc]annot|pool empty)|unreferenced object|\bBUG [^ ]+ \("
SPLAT="$SPLAT|Unable to handle|Unrecoverable|stack-protector|general protection"
