# SPDX-License-Identifier: GPL-2.0
"""A tree in which each condition, statement and errno that some commits have added can be
changed when it boots.

code_mutants.py TREE ARCH OUT COMMIT...
	writes the C files that the commits touch into OUT, with a number for each change, and
	prints the list: number, what changes, FILE:LINE, the line

With rig_mutant=NUMBER on the command line of the kernel, a condition has the other result, a
statement is not executed, or 0 is returned in the place of an errno.
"""
import os
import re
import subprocess
import sys

# Tests, and what others build
LEFT_OUT = re.compile(r'^(tools|scripts|samples|lib/tests|Documentation)/|kunit|selftest')
# A change of these shows in no result: what is printed, and what other checkers look at
SILENT = re.compile(r'^(lockdep_|WARN|pr_|might_|kunit_|trace_printk|BUILD_BUG|ASSERT_|guard|scoped_guard|DEFINE_)')
KEYWORD = re.compile(r'^(return|goto|break|continue|case|default|if|else|for|while|switch|do)\b')
ASSIGNMENT = re.compile(r'^[*&]*[A-Za-z_][\w.>\[\]+-]* [|&+^-]?= |^[A-Za-z_][\w.>\[\]-]*(\+\+|--);')
CALL = re.compile(r'^[a-z_]\w*\(')
ERRNO = re.compile(r'^return (-E[A-Z]+);$')
DECLARED = '#include <linux/compiler.h>\nextern int rig_mutant;\n'
DEFINED = '''
int rig_mutant;
EXPORT_SYMBOL(rig_mutant);

static int __init rig_mutant_setup(char *arg)
{
	return kstrtoint(arg, 0, &rig_mutant);
}
early_param("rig_mutant", rig_mutant_setup);
'''


def git(tree, *args):
	return subprocess.run(['git', '-C', tree, '-c', 'safe.directory=*', *args], check=True,
			      stdout=subprocess.PIPE, text=True).stdout


def closing(text, at):
	"""Behind the bracket that closes the one at this place"""
	depth = 0
	for i in range(at, len(text)):
		depth += {'(': 1, ')': -1}.get(text[i], 0)
		if not depth:
			return i + 1
	return None


class Source:
	"""A C file, of which some lines may be changed"""
	def __init__(self, text, mine):
		self.text, self.mine, self.changes = text, mine, []

	def all_mine(self, start, end):
		first = self.text.count('\n', 0, start)
		return all(line in self.mine for line in range(first, self.text.count('\n', 0, end) + 1))

	def change(self, what, start, end, new):
		old = self.text[start:end]
		if self.all_mine(start, end) and '#' not in old and 'IS_ENABLED' not in old:
			self.changes.append((start, end, what, new))

	def find(self):
		at, body = 0, False
		for line in self.text.split('\n'):
			code = line.lstrip('\t')
			start = at + len(line) - len(code)
			at += len(line) + 1
			if line == '{':
				body = True
			elif line == '}':
				body = False
			if not body or start == at - len(line) - 1:
				continue
			match = re.match(r'(\} else )?if \(', code)
			if match:
				begin = start + match.end() - 1
				end = closing(self.text, begin)
				cond = self.text[begin:end]
				self.change('condition', begin, end, '(RIG_MUTANT(%d) ? !' + cond + ' : !!' + cond + ')')
			elif ERRNO.match(code):
				errno = ERRNO.match(code).group(1)
				self.change('errno', start, start + len(code), 'return RIG_MUTANT(%d) ? 0 : ' + errno + ';')
			elif not KEYWORD.match(code) and not SILENT.match(code) and \
			     (ASSIGNMENT.match(code) or CALL.match(code)):
				end = self.text.find(';', start) + 1
				text = self.text[start:end]
				if text.count('(') == text.count(')') and not re.search('[{}]', text):
					self.change('statement', start, end, 'do { if (!RIG_MUTANT(%d)) ' + text + ' } while (0);')

	def changed(self, first):
		"""The text, with numbers from the first on, and what each of them is"""
		text, listed, number = '', [], first
		at = 0
		for start, end, what, new in sorted(self.changes):
			if start < at:
				continue
			text += self.text[at:start] + new.replace('%d', str(number), 1)
			line = self.text.count('\n', 0, start) + 1
			listed.append((number, what, line, self.text.split('\n')[line - 1].strip()))
			at = end
			number += 1
		return text + self.text[at:], listed


def main():
	tree, arch, out, *commits = sys.argv[1:]
	full = set(git(tree, 'rev-parse', *commits).split())
	files = set(git(tree, 'log', '--no-walk', '--format=', '--name-only', '--diff-filter=d', *commits).split())
	number = 1
	for name in sorted(files):
		if not name.endswith('.c') or LEFT_OUT.search(name):
			continue
		if name.startswith('arch/') and not name.startswith('arch/' + arch + '/'):
			continue
		if not os.path.exists(os.path.join(tree, name)):
			continue
		blame = git(tree, 'blame', '-s', '-l', 'refs/rig/base..HEAD', '--', name).rstrip('\n').split('\n')
		mine = {i for i, line in enumerate(blame) if line.split(' ', 1)[0] in full}
		with open(os.path.join(tree, name)) as source:
			source = Source(source.read(), mine)
		source.find()
		text, listed = source.changed(number)
		if not listed:
			continue
		number += len(listed)
		path = os.path.join(out, name)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, 'w') as to:
			to.write(DECLARED + '#define RIG_MUTANT(n) (rig_mutant == (n))\n' + text)
		for n, what, line, text in listed:
			print(n, what, '%s:%d' % (name, line), text, sep='\t')
	with open(os.path.join(tree, 'init/main.c')) as source:
		text = source.read()
	os.makedirs(os.path.join(out, 'init'), exist_ok=True)
	with open(os.path.join(out, 'init/main.c'), 'w') as to:
		to.write(text + DEFINED)


main()
