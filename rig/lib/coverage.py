# SPDX-License-Identifier: GPL-2.0
"""Which lines that the series adds have run.

coverage.py count GCOV BUILD LOG...	how often each line and branch ran, by the .gcda that
					tests/lib/init has put into each LOG and the .gcno of BUILD,
					as JSON
coverage.py report TREE LISTED MISSING COUNTS...
					for each patch how many of its lines and branches have run;
					the others to MISSING. Fails if one of these is not LISTED.
"""
import base64
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile


def counted(gcov, gcno, gcda):
	"""What gcov says of an object file"""
	with tempfile.TemporaryDirectory() as place:
		shutil.copy(gcno, f'{place}/it.gcno')
		with open(f'{place}/it.gcda', 'wb') as file:
			file.write(gcda)
		out = subprocess.run([gcov, '--json-format', '--stdout', '--branch-probabilities', 'it.gcda'],
				     cwd=place, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
	return json.loads(out.stdout)['files']


def data_of(log):
	"""Yields the path and the contents of each .gcda in a log"""
	path, text = None, ''
	with open(log, encoding='ascii') as file:
		for line in file:
			if not line.startswith('rig-gcov'):
				text += line
				continue
			if path:
				yield path, base64.b64decode(text)
			path, text = line[len('rig-gcov '):].strip(), ''


def count(gcov, build, logs):
	"""{file: {line: [count, [count of each branch]]}}"""
	counts = collections.defaultdict(dict)
	for log in logs:
		for path, gcda in data_of(log):
			_, _, path = path.partition(build + '/')
			gcno = os.path.join(build, path[:-len('.gcda')] + '.gcno')
			if not path or not os.path.exists(gcno):
				continue
			for file in counted(gcov, gcno, gcda):
				add(counts[os.path.normpath('x/' + file['file'])], (
					(str(line['line_number']), line['count'],
					 [branch['count'] for branch in line['branches']])
					for line in file['lines']))
	json.dump(counts, sys.stdout)


def add(lines, more):
	for number, times, branches in more:
		had = lines.setdefault(number, [0, [0] * len(branches)])
		had[0] += times
		# A line may be in more than one function
		if len(had[1]) < len(branches):
			had[1] += [0] * (len(branches) - len(had[1]))
		for n, taken in enumerate(branches):
			had[1][n] += taken


def git(tree, *args):
	return subprocess.run(['git', '-C', tree, '-c', 'safe.directory=*', *args], check=True,
			      stdout=subprocess.PIPE, text=True, errors='replace').stdout


def report(tree, listed, missing, files):
	counts = collections.defaultdict(dict)
	for name in files:
		with open(name, encoding='utf-8') as file:
			for path, lines in json.load(file).items():
				add(counts[path], ((number, *rest) for number, rest in lines.items()))

	reasons = {}
	with open(listed, encoding='utf-8') as file:
		for line in file:
			if line.strip() and not line.startswith('#'):
				path, text, reason = line.rstrip('\n').split('\t')
				reasons[path, text] = reason

	commits = git(tree, 'rev-list', '--reverse', 'refs/rig/base..HEAD').split()
	sums = {commit: [0, 0, 0, 0] for commit in commits}
	unlisted, left = 0, []
	for path in sorted(counts):
		if not os.path.exists(f'{tree}/{path}'):
			continue
		blame = git(tree, 'blame', '-l', '-s', 'refs/rig/base..HEAD', '--', path).split('\n')
		for number, (times, branches) in sorted(counts[path].items(), key=lambda item: int(item[0])):
			by, _, text = blame[int(number) - 1].partition(') ')
			commit = by.split()[0]
			if commit not in sums:
				continue
			sums[commit][1] += 1
			# What only warns is there not to be taken
			if not re.match(r'\s*(if \()?\w*WARN_ON', text):
				sums[commit][3] += len(branches)
				sums[commit][2] += sum(1 for taken in branches if taken)
			if times:
				sums[commit][0] += 1
				continue
			key = path, text.strip()
			unlisted += key not in reasons
			left.append(f'{path}:{number}\t{text.strip()}\t{reasons.get(key, "")}')
	with open(missing, 'w', encoding='utf-8') as file:
		file.writelines(line + '\n' for line in left)

	print('lines run  branches taken')
	for commit in commits:
		run, lines, taken, branches = sums[commit]
		if lines:
			print(f'{run:4} of {lines:4}  {taken:4} of {branches:4}  '
			      + git(tree, 'log', '-1', '--format=%h %s', commit).strip())
	run, lines, taken, branches = (sum(column) for column in zip(*sums.values()))
	print(f'{run} of {lines} added lines run ({100 * run // max(lines, 1)}%), '
	      f'{taken} of {branches} branches taken ({100 * taken // max(branches, 1)}%), '
	      f'{unlisted} lines that do not are not listed')
	return unlisted == 0


def main():
	command, *args = sys.argv[1:]
	if command == 'count':
		count(args[0], args[1], args[2:])
	elif not report(args[0], args[1], args[2], args[3:]):
		sys.exit(1)


main()
