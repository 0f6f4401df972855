# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Sourced, after common.sh, by the scripts that turn patches/ into commits and back.

# Where new kernel files may stand, here and in the kernel.
KERNEL_DIRS="arch Documentation drivers fs include init kernel lib mm samples scripts tools"

# All that git prints into a patch, whatever the user's configuration says.
FORMAT_PATCH=(format-patch --quiet --zero-commit --no-signature --no-numbered
	--abbrev=12 --no-renames --subject-prefix=PATCH --no-cover-letter
	--no-thread --no-attach --no-base --no-notes --no-color --unified=3
	--src-prefix=a/ --dst-prefix=b/ --diff-algorithm=myers)

# rig_git ARGS...: rgit with a fixed identity, so that commit ids are the same everywhere.
rig_git()
{
	GIT_AUTHOR_NAME=rig GIT_AUTHOR_EMAIL=rig@localhost \
	GIT_AUTHOR_DATE='1700000000 +0000' \
	GIT_COMMITTER_NAME=rig GIT_COMMITTER_EMAIL=rig@localhost \
	GIT_COMMITTER_DATE='1700000000 +0000' rgit "$@"
}

# source_repo: sets SRC_COMMIT, the commit that the series goes onto, and
# SRC_OBJECTS, the object directory that has it. Fetches the base, or reads
# KDIR, which is never written to.
source_repo()
{
	local have

	if [ -z "$KDIR" ]; then
		"$RIG_ROOT/rig/fetch-base"
		SRC_OBJECTS=$BASE_TREE/.git/objects
		SRC_COMMIT=$(rgit -C "$BASE_TREE" rev-parse --verify -q refs/heads/base)
		return
	fi

	[ -f "$KDIR/Kbuild" ] ||
		die "KDIR=$KDIR is not a kernel tree: give the directory of a Linux $BASE_VERSION source"
	have=$(awk '$2 == "=" && $1 == "VERSION" { v = $3 }
		    $2 == "=" && $1 == "PATCHLEVEL" { p = $3 }
		    $2 == "=" && $1 == "NAME" { exit }
		    END { print v "." p }' "$KDIR/Makefile")
	[ "$have" = "$BASE_VERSION" ] ||
		step "KDIR=$KDIR is Linux ${have#.} and the series is made for $BASE_VERSION: it is tried"

	if [ -e "$KDIR/.git" ]; then
		SRC_OBJECTS=$(rgit -C "$KDIR" rev-parse --path-format=absolute --git-path objects)
		SRC_COMMIT=$(rgit -C "$KDIR" rev-parse --verify -q 'HEAD^{commit}') ||
			die "KDIR=$KDIR has no commit: commit its files there, or remove its .git"
		[ -z "$(rgit --no-optional-locks -C "$KDIR" status --porcelain -uno)" ] ||
			step "KDIR=$KDIR has uncommitted changes: they are left out, its HEAD is used"
	else
		kdir_snapshot
	fi
}

# A KDIR without git: its files, less what a build in it made, as one commit in a
# repository of ours.
kdir_snapshot()
{
	local repo=$O/kdir.git
	local -a kgit=(rgit -c core.bare=false -c core.bigFileThreshold=1
		-c core.compression=1 --git-dir="$repo" --work-tree="$KDIR" -C "$KDIR")

	need_space "$O" 3000
	step "reading $KDIR"
	[ -f "$repo/HEAD" ] || rgit init -q --bare "$repo"
	if ! grep -qx '/\*' "$KDIR/.gitignore" 2>/dev/null; then
		"${kgit[@]}" add -A .
	else
		# Debian's, which ignores all that is not its packaging, and
		# the dot files that the kernel's own keeps.
		{
			sed '/^\/\*$/d' "$KDIR/.gitignore"
			printf '!%s\n' .clang-format .clippy.toml .cocciconfig .editorconfig \
				.get_maintainer.ignore .gitattributes .gitignore .kunitconfig \
				.mailmap .pylintrc .renames.txt .rustfmt.toml .yamllint
		} >"$repo/ignore"
		"${kgit[@]}" add -A -f .
		"${kgit[@]}" ls-files -c -i -z --exclude-from="$repo/ignore" |
			"${kgit[@]}" update-index --force-remove -z --stdin
	fi || die "could not read all of KDIR=$KDIR"
	SRC_OBJECTS=$repo/objects
	SRC_COMMIT=$(rig_git --git-dir="$repo" commit-tree -m base \
		"$(rgit --git-dir="$repo" write-tree)")
}

# read_source GITDIR: lets a repository of ours read the objects of SRC_OBJECTS.
# What is so already is not written again: another script may be reading it.
read_source()
{
	local list=$1/objects/info/alternates dir

	mkdir -p "$1/objects/info"
	{
		echo "$SRC_OBJECTS"
		[ ! -f "$list" ] || cat "$list"
	} | awk '!seen[$0]++' | while read -r dir; do
		[ ! -d "$dir" ] || echo "$dir"
	done >"$list.$$"
	if cmp -s "$list.$$" "$list"; then
		rm -f "$list.$$"
	else
		mv "$list.$$" "$list"
	fi
	if [ ! -f "$SRC_OBJECTS/../shallow" ]; then
		rm -f "$1/shallow"
	elif ! cmp -s "$SRC_OBJECTS/../shallow" "$1/shallow"; then
		cp "$SRC_OBJECTS/../shallow" "$1/shallow"
	fi
}

# topics: the directories of patches/, in the order in which they compose.
topics()
{
	find "$RIG_ROOT/patches" -mindepth 1 -maxdepth 1 -type d -name '[0-9][0-9]-*' -printf '%f\n' | sort
}

# header TOPIC NAME: what the cover of a topic says in the line "NAME: ".
header()
{
	sed -n -e '/^$/q' -e "s/^$2: *//p" "$RIG_ROOT/patches/$1/0000-cover"
}

# topic_named NAME: the directory of a topic, which may be named without its number.
topic_named()
{
	topics | grep -xE -- "([0-9][0-9]-)?$1" ||
		die "there is no topic '$1', use TOPIC= one of: $(topics | sed 's/^...//' | xargs)"
}

# with_needs TOPIC: the topics that it needs, and itself, in the order of topics. A topic
# needs only what comes before it, so there is no cycle.
with_needs()
{
	local topic need needed

	needed=$'\n'$1$'\n'
	for topic in $(topics | sort -r); do
		[[ $needed == *$'\n'$topic$'\n'* ]] || continue
		for need in $(header "$topic" Needs); do
			need=$(topic_named "$need") || exit
			[[ $need < $topic ]] ||
				die "patches/$topic/0000-cover needs $need, which comes later: give them numbers in the order in which they compose"
			needed+=$need$'\n'
		done
	done
	xargs -n 1 <<<"$needed" | sort -u
}

# composed_topics: those of the series or, with TOPIC=, of that one and what it needs.
composed_topics()
{
	if [ -n "$TOPIC" ]; then
		with_needs "$(topic_named "$TOPIC")"
	else
		topics
	fi
}

# patch_files TOPIC: its patches, in order.
patch_files()
{
	find "$RIG_ROOT/patches/$1" -maxdepth 1 -name '*.patch' | sort
}

# kernel_files ROOT: every file that stands at a kernel path in the project.
kernel_files()
{
	local dir

	for dir in $KERNEL_DIRS; do
		[ ! -d "$1/$dir" ] ||
			(cd "$1" && find "$dir" \( -type f -o -type l \) -print)
	done | sort
}

# inputs_hash: changes with the patches that are composed. A topic that is to get its first
# patch does not count.
inputs_hash()
{
	local topic

	for topic in $(composed_topics); do
		[ -n "$(patch_files "$topic")" ] || continue
		echo "$topic"
		patch_files "$topic" | xargs -rd '\n' cat
	done | sha256sum | cut -d ' ' -f 1
}

# attr_worktree GITDIR COMMIT DIR: an empty work tree with only .gitattributes,
# which decide the function names after @@.
attr_worktree()
{
	mkdir -p "$3"
	rgit --git-dir="$1" show "$2:.gitattributes" >"$3/.gitattributes" 2>/dev/null || true
}

# format_patches GITDIR BASE TIP OUT [OPTION...]: one file per commit, git-am-able.
format_patches()
{
	local git=$1 base=$2 tip=$3 out=$4 wt=$4.attr

	shift 4
	mkdir -p "$out"
	attr_worktree "$git" "$tip" "$wt"
	(
		cd "$wt" || exit
		GIT_DIR=$git GIT_WORK_TREE=$wt GIT_INDEX_FILE=$wt/.index \
			rgit "${FORMAT_PATCH[@]}" "$@" -o "$out" "$base..$tip"
	)
	rm -rf "$wt"
}

# topic_of SUBJECTS SUBJECT: the topic of the patch with this subject, if it has one.
# SUBJECTS has lines of a topic, a tab and a subject.
topic_of()
{
	awk -F '\t' -v subject="$2" '$2 == subject { print $1; exit }' "$1"
}

# subjects: such lines of all patches that are composed.
subjects()
{
	local topic patch

	for topic in $(composed_topics); do
		while read -r patch; do
			printf '%s\t%s\n' "$topic" "$(rgit mailinfo -k /dev/null /dev/null <"$patch" |
				sed -n 's/^Subject: \(\[PATCH\] \)\?//p')"
		done < <(patch_files "$topic")
	done
}

# export_series GITDIR BASE TIP DEST: the commits as this project keeps them, in
# DEST/patches/TOPIC.
# A commit whose subject no patch has goes to NEW_TOPIC=, or to the topic of the one
# before it.
export_series()
{
	local repo=$1 base=$2 tip=$3 dest=$4 commit who n topic='' next start=$2

	rgit --git-dir="$repo" merge-base --is-ancestor "$base" "$tip" ||
		die "the series does not start at its base: rebase it onto refs/rig/base"
	[ -z "$(rgit --git-dir="$repo" rev-list --merges "$base..$tip")" ] ||
		die "the series has a merge: rebase it onto refs/rig/base"

	mkdir -p "$dest/patches"
	subjects >"$dest.subjects"
	for commit in $(rgit --git-dir="$repo" rev-list --reverse "$base..$tip"); do
		n=$(rgit --git-dir="$repo" log -1 --format='%s' "$commit")
		who=$(rgit --git-dir="$repo" log -1 --format='%an <%ae>' "$commit")
		rgit --git-dir="$repo" log -1 --format='%(trailers:key=Signed-off-by,valueonly)' "$commit" |
			grep -qFx -- "$who" ||
			die "\"$n\" has no 'Signed-off-by: $who': git commit --amend -s (or rebase --exec with it)"
		[ -n "$(rgit --git-dir="$repo" diff-tree -r --no-commit-id --name-only "$commit")" ] ||
			die "\"$n\" changes nothing: drop it"
		next=$(topic_of "$dest.subjects" "$n")
		next=${next:-${NEW_TOPIC:-${topic:-$(composed_topics | head -n 1)}}}
		[[ ! $next < $topic ]] ||
			die "\"$n\" is of $next and comes after one of $topic: git rebase -i refs/rig/base puts it where it belongs"
		if [ -n "$topic" ] && [ "$next" != "$topic" ]; then
			format_patches "$repo" "$start" "$commit^" "$dest/patches/$topic"
			start=$commit^
		fi
		topic=$next
	done
	[ -z "$topic" ] || format_patches "$repo" "$start" "$tip" "$dest/patches/$topic"
	rm -f "$dest.subjects"
}

# export_new_files GITDIR BASE TIP DEST: the files that the series creates, as its last
# patch leaves them, at their kernel paths in DEST.
export_new_files()
{
	local repo=$1 base=$2 tip=$3 dest=$4 mode path

	mkdir -p "$dest"
	while IFS=$'\t' read -r mode path; do
		mode=${mode#* } mode=${mode%% *}
		case " $KERNEL_DIRS " in
		*" ${path%%/*} "*) ;;
		*) die "new file $path: new files must stand under one of: $KERNEL_DIRS" ;;
		esac
		mkdir -p "$dest/$(dirname "$path")"
		rgit --git-dir="$repo" cat-file blob "$tip:$path" >"$dest/$path"
		case $mode in
		100755) chmod 755 "$dest/$path" ;;
		100644) chmod 644 "$dest/$path" ;;
		*) die "new file $path has mode $mode: only plain files are kept" ;;
		esac
	done < <(rgit --git-dir="$repo" diff-tree -r --no-renames --diff-filter=A "$base" "$tip")
}

# topic_state TOPIC: a name for what the topic and those that it needs change, which
# other messages or line numbers leave as it is.
topic_state()
{
	local part

	for part in $(with_needs "$1"); do
		cat "$RIG_ROOT/patches/$part"/*.patch
	done | rgit patch-id --stable | cut -c 1-40 | rgit hash-object --stdin | cut -c 1-12
}
