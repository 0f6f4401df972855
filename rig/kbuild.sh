# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Sourced, after common.sh and once there is a tree, by what runs the kernel's
# make. Sets make (the command), commit, dirty and release_tail.

# The release names the commit, so that a guest can tell a stale kernel.
commit=$(rgit -C "$TREE" rev-parse --short=12 HEAD)
dirty=$(rgit -C "$TREE" status --porcelain)
release_tail=-rig-$VARIANT-${BASE:+base-}$commit${dirty:+-dirty}

export KBUILD_BUILD_TIMESTAMP='2024-01-01 00:00:00 UTC' KBUILD_BUILD_VERSION=1
export KBUILD_BUILD_USER=rig KBUILD_BUILD_HOST=rig
make=(make -C "$TREE" "O=build-$VARIANT" "ARCH=$ARCH" "CROSS_COMPILE=$CROSS_COMPILE"
	"CC=ccache ${CROSS_COMPILE}gcc" "HOSTCC=ccache gcc" "LOCALVERSION=$release_tail"
	${W:+"W=$W"})
