# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# Sourced, after common.sh, series.sh and apt.sh, by scripts that need the source of a
# kernel which Debian has as a package.

# fetch_source PACKAGE VERSION SUITES SHA256 DIR HINT: DIR becomes a git repository with
# one commit, on branch base. The package comes from the mirror that apt is configured
# for, SUITES has lines of mirrors(). Where they have the version no more, or none is asked
# for, it is the newest one that is there. HINT says what to do without.
fetch_source()
{
	local package=$1 version=$2 suites=$3 sha256=$4 dir=$5 hint=$6
	local tmp=$5.tmp found='' reached='' newest='' deb mirror suite options there log

	[ ! -d "$dir" ] || return 0
	log=$LOGDIR/fetch-${dir##*/}
	mkdir -p "$CACHE" || die "cannot create $CACHE, set XDG_CACHE_HOME to a directory that can be written"
	exec 8>"$CACHE/.fetch-${dir##*/}.lock"
	flock 8
	[ ! -d "$dir" ] || return 0

	command -v apt-get >/dev/null ||
		die "apt-get is needed to fetch $package: $hint"
	need_space "$CACHE" 6000

	rm -rf "$tmp"
	# shellcheck disable=SC2064
	trap "rm -rf '$tmp'" EXIT
	mkdir -p "$tmp/tree"

	private_apt "$tmp"
	while read -r mirror suite; do
		options=
		[ ! -e "$KEYRING" ] || options="[signed-by=$KEYRING] "
		echo "deb $options$mirror $suite main" >"$tmp/sources.list"
		step "looking for $package${version:+ $version} in $suite"
		run_logged "$log-lists.log" apt-get "${apt[@]}" \
			-o APT::Update::Error-Mode=any update || continue
		reached=1
		there=$(apt-cache "${apt[@]}" madison "$package" | awk '{ print $3 }' | xargs)
		if [ -n "$version" ] && [[ " $there " = *" $version "* ]]; then
			found=$version
			break
		fi
		newest=$(xargs -n 1 <<<"$newest $there" | sort -V | tail -n 1)
	done <<<"$suites"
	[ -n "$reached" ] || die "the mirror that apt is configured for cannot be reached: type the same again, or $hint"
	if [ -z "$found" ]; then
		[ -n "$newest" ] ||
			die "$package is not in the configured mirror: $hint"
		[ -z "$version" ] ||
			step "$package $version is not there any more: $newest is taken, whose hash only apt has checked"
		version=$newest sha256=
	fi

	step "downloading $package $version (160 MB)"
	(
		cd "$tmp"
		run_logged "$log-download.log" apt-get "${apt[@]}" download "$package=$version"
	) || die "the download failed, type the same again"
	deb=$(find "$tmp" -maxdepth 1 -name '*.deb')
	[ -z "$sha256" ] || echo "$sha256  $deb" | sha256sum --quiet -c - >/dev/null 2>&1 ||
		die "$package $version as downloaded does not have the expected SHA256, nothing was kept"

	step "unpacking it"
	# shellcheck disable=SC2016
	run_logged "$log-unpack.log" bash -c 'set -o pipefail
		dpkg-deb --fsys-tarfile "$1" |
		tar -x --to-stdout "./usr/src/$2.tar.xz" | xz -dc -T0 |
		tar -x -C "$3" --strip-components=1 --no-same-owner' unpack "$deb" "$package" "$tmp/tree" ||
		die "unpacking failed, nothing was kept; is $CACHE full?"

	step "making a git repository of it"
	# Debian ignores all that is not its packaging: git add would miss new files.
	sed -i '/^\/\*$/d' "$tmp/tree/.gitignore"
	rgit -C "$tmp/tree" init -q -b base
	# The threshold sends every file straight into one pack instead of a file each.
	run_logged "$log-add.log" git -C "$tmp/tree" -c core.autocrlf=false \
		-c core.bigFileThreshold=1 -c core.compression=1 add -A -f
	rig_git -C "$tmp/tree" commit -q -m "$package $version"
	mv "$tmp/tree" "$dir"
	rm -rf "$tmp"
	trap - EXIT
	step "$package $version is in $dir"
}
