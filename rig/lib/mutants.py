# SPDX-License-Identifier: GPL-2.0
"""The hunks of patches, each of them taken out of the tree that has them all.

mutants.py list TREE COMMIT...	for each hunk: its hash, the commit, FILE:LINE and, if it makes
				no mutant, why
mutants.py make TREE COMMIT HASH	the file that it is in, without it, on stdout
"""
import hashlib
import re
import subprocess
import sys

# What is no code, tests itself, or would have every file compiled again
LEFT_OUT = ['Documentation', 'tools', 'scripts', 'samples', 'lib/tests', '*kunit*', '*selftest*', '*Kconfig*',
	    '*Makefile']
SILENT = re.compile(r'\s*($|//|/\*|\*|#include)')


def git(tree, *args):
	return subprocess.run(['git', '-C', tree, '-c', 'safe.directory=*', *args], check=True,
			      stdout=subprocess.PIPE, text=True).stdout


def diff(tree, old, new, *paths):
	"""Yields (file, old start, old lines, new start, new lines)"""
	name, hunk = None, None
	for line in git(tree, 'diff', '-U0', '--no-renames', '--no-ext-diff', old, new, '--', *paths).split('\n'):
		if line.startswith('+++ '):
			name = line[6:]
		elif line.startswith('@@ '):
			if hunk:
				yield hunk
			old_at, new_at = re.match(r'@@ -(\d+)(?:,\d+)? \+(\d+)', line).groups()
			hunk = name, int(old_at), [], int(new_at), []
		elif line.startswith('diff '):
			if hunk:
				yield hunk
			hunk = None
		elif hunk and line[:1] in '-+' and line:
			hunk[2 if line[0] == '-' else 4].append(line[1:])
	if hunk:
		yield hunk


def now_at(tree, commit, name, first, count):
	"""Where these lines of a commit are in HEAD, or None if they are not there as they were"""
	shift = 0
	for _, at, old, _, new in diff(tree, commit, 'HEAD', name):
		# An insertion is behind its line
		start = at if old else at + 1
		if start > max(first, first + count - 1):
			break
		if old and at + len(old) > first and count:
			return None
		if not old and first < start <= first + count - 1:
			return None
		shift += len(new) - len(old)
	return first + shift


def mutants(tree, commit):
	parent = commit + '^'
	subject = git(tree, 'log', '-1', '--format=%s', commit).strip()
	for name, _, old, new_at, new in diff(tree, parent, commit, '.', *[':!' + p for p in LEFT_OUT]):
		text = '\n'.join([subject, name, *old, '', *new])
		digest = hashlib.sha256(text.encode()).hexdigest()[:12]
		first = new_at if new else new_at + 1
		why, at = '', now_at(tree, commit, name, first, len(new))
		if all(SILENT.match(line) for line in old + new):
			why = 'no code'
		elif name.endswith('.h') and name.startswith('include/'):
			why = 'a header, of which everything would be compiled again'
		elif at is None:
			why = 'a later patch has written there'
		yield digest, name, at or first, old, new, why


def main():
	command, tree, *args = sys.argv[1:]
	if command == 'list':
		for commit in args:
			for digest, name, at, _, _, why in mutants(tree, commit):
				print(digest, commit, f'{name}:{at}', why, sep='\t')
		return
	commit, wanted = args
	for digest, name, at, old, new, _ in mutants(tree, commit):
		if digest != wanted:
			continue
		with open(f'{tree}/{name}', encoding='utf-8') as file:
			lines = file.read().split('\n')
		here = lines[at - 1:at - 1 + len(new)]
		if here != new:
			sys.exit(f'{name}:{at}: not what the patch has written')
		lines[at - 1:at - 1 + len(new)] = old
		sys.stdout.write('\n'.join(lines))
		return
	sys.exit(f'no hunk {wanted}')


main()
