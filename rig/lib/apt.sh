# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Sourced, after common.sh, by scripts that fetch a package from the mirrors that
# apt is configured for, without a change to the machine's own lists and cache.

codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# The release that has what this one lacks
next_release=trixie
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# mirrors SUITES: "MIRROR SUITE" for each mirror that apt is configured for and each
# of its suites that the regular expression SUITES matches. Fails if there is none.
mirrors()
{
	local found

	found=$(apt-get update --print-uris |
		sed -n "s#^'\(.*\)/dists/\($1\)/InRelease' .*#\1 \2#p" | sort -u)
	[ -n "$found" ] ||
		die "apt is configured for no mirror that has $codename: add one to /etc/apt/sources.list"
	printf '%s\n' "$found"
}

# private_apt DIR: the options of apt in apt=() for lists and a cache below DIR,
# which are empty then, and the sources that DIR/sources.list has.
private_apt()
{
	rm -rf "$1/lists" "$1/cache"
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
	apt=(-o Dir::Etc::sourcelist="$1/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
		-o Dir::State::lists="$1/lists" -o Dir::Cache="$1/cache"
		-o APT::Sandbox::User=root -o Acquire::Languages=none)
}

# fetch_debs DIR LOG PACKAGE...: unpacks the packages, and all that they depend on, into
# DIR/root. DIR is that of private_apt, the logs are LOG-*.log.
fetch_debs()
{
	local dir=$1 log=$2 deb

	shift 2
	apt+=(-o Dir::State::status=/dev/null)
	run_logged "$log-lists.log" apt-get "${apt[@]}" update >&2 ||
		die "the download failed, type the same again"
	run_logged "$log-download.log" apt-get "${apt[@]}" --download-only -y \
		--no-install-recommends install "$@" >&2 ||
		die "the download failed, type the same again"
	mkdir -p "$dir/root"
	for deb in "$dir"/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$dir/root"
	done
}
