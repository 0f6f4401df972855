# SPDX-License-Identifier: GPL-2.0
# What the oracle says, for a kernel without the series, which has one text for all places
# where there can be no probe, and no %clones.
/%clones/d
/\trefused /s/;.*//
s/\trefused .*: PLACE$/\trefused Failed to register probe event/
