# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Sourced, after common.sh, by the scripts that turn patches/ and the new files
# into commits and back.

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
		die "KDIR=$KDIR is Linux ${have#.} and the series is for $BASE_VERSION: give a Linux $BASE_VERSION tree, or leave KDIR= out"

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

# patch_files ROOT: the patches of a project, in order.
patch_files()
{
	[ ! -d "$1/patches" ] || find "$1/patches" -maxdepth 1 -name '*.patch' | sort
}

# created_by PATCH: "mode path" of each file that the patch creates.
created_by()
{
	sed -n -e '1,/^---$/d' -e '/^diff --git /q' \
		-e 's/^ create mode \([0-7]\{6\}\) \(.*\)$/\1 \2/p' "$1"
}

# created_by_all ROOT: the same for all patches of a project.
created_by_all()
{
	local patch

	patch_files "$1" | while read -r patch; do
		created_by "$patch"
	done
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

# file_mode PATH: its mode as git writes it.
file_mode()
{
	if [ -L "$1" ]; then
		echo 120000
	elif [ -x "$1" ]; then
		echo 100755
	else
		echo 100644
	fi
}

# inputs_hash: changes with patches/ and with every new file that they claim.
inputs_hash()
{
	(
		cd "$RIG_ROOT" || exit
		patch_files . | while read -r patch; do
			sha256sum "$patch"
		done
		created_by_all . | while read -r mode path; do
			[ -e "$path" ] || [ -L "$path" ] || continue
			printf '%s %s %s %s\n' "$mode" "$(file_mode "$path")" "$path" \
				"$(rgit hash-object --no-filters -- "$path")"
		done
	) | sha256sum | cut -d ' ' -f 1
}

# attr_worktree GITDIR COMMIT DIR: an empty work tree with only .gitattributes,
# which decide the function names after @@.
attr_worktree()
{
	mkdir -p "$3"
	rgit --git-dir="$1" show "$2:.gitattributes" >"$3/.gitattributes" 2>/dev/null || true
}

# format_series GITDIR BASE TIP OUT: one file per commit, whole, git-am-able.
format_series()
{
	local wt=$4.attr

	mkdir -p "$4"
	attr_worktree "$1" "$3" "$wt"
	(
		cd "$wt" || exit
		GIT_DIR=$1 GIT_WORK_TREE=$wt GIT_INDEX_FILE=$wt/.index \
			rgit "${FORMAT_PATCH[@]}" -o "$4" "$2..$3"
	)
	rm -rf "$wt"
}

# export_series GITDIR BASE TIP DEST: the commits as this project keeps them:
# DEST/patches without the hunks of new files, and those files whole.
export_series()
{
	local repo=$1 base=$2 tip=$3 dest=$4 commit who path mode patch n
	local created=$4.created touched=$4.touched

	rgit --git-dir="$repo" merge-base --is-ancestor "$base" "$tip" ||
		die "the series does not start at its base: rebase it onto refs/rig/base"
	[ -z "$(rgit --git-dir="$repo" rev-list --merges "$base..$tip")" ] ||
		die "the series has a merge: rebase it onto refs/rig/base"

	mkdir -p "$dest/patches"
	: >"$created"
	: >"$touched"
	for commit in $(rgit --git-dir="$repo" rev-list --reverse "$base..$tip"); do
		n=$(rgit --git-dir="$repo" log -1 --format='"%s"' "$commit")
		who=$(rgit --git-dir="$repo" log -1 --format='%an <%ae>' "$commit")
		rgit --git-dir="$repo" log -1 --format='%(trailers:key=Signed-off-by,valueonly)' "$commit" |
			grep -qFx -- "$who" ||
			die "$n has no 'Signed-off-by: $who': git commit --amend -s (or rebase --exec with it)"
		rgit --git-dir="$repo" diff-tree -r --no-renames --no-commit-id "$commit" >"$dest.raw"
		[ -s "$dest.raw" ] || die "$n changes nothing: drop it"
		sed 's/^[^\t]*\t//' "$dest.raw" >>"$touched"
		sed -n 's/^:000000 \([0-7]*\) [^\t]* A\t\(.*\)$/\1 \2/p' "$dest.raw" >>"$created"
	done
	rm -f "$dest.raw"

	while read -r mode path; do
		[ "$(grep -cFx -- "$path" "$touched")" -eq 1 ] ||
			die "new file $path is touched by more than one patch: move all of it into the patch that creates it"
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
	done <"$created"

	format_series "$repo" "$base" "$tip" "$dest.full"
	for patch in "$dest.full"/*.patch; do
		[ -e "$patch" ] || continue
		awk '/^diff --git / { head = $0; next }
		     head != "" { skip = /^new file mode /; if (!skip) print head; head = "" }
		     !skip' "$patch" >"$dest/patches/${patch##*/}"
	done
	rm -rf "$dest.full" "$created" "$touched"
}
