#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Prints a made map of 200,000 symbols, always the same one, as nm -n does. With the
argument "opd" it is one of 60,000 with function descriptors, as in the ELF ABI v1 of
ppc64.

Most names are words of C, some what Rust and LTO make. Between them is what a
wrong search gets wrong: names of 511 characters, also so many side by side that
256 of them have more than 64 KB, beginnings of other names, '$' and '.' where
they differ, bytes above 127, many symbols of a name and many of an address.
"""
import random
import sys

OPD = sys.argv[1:] == ['opd']
rng = random.Random(1)
NUMBER = 30000 if OPD else 200000
WORDS = ('get put set init exit read write alloc free page folio inode dentry file sock skb net '
         'dev bus pci usb drm gpu mem cpu irq work queue list hash tree lock unlock wait wake '
         'start stop open close probe remove show store name data size count check update').split()
LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'


def one_of(values):
    return values[int(rng.random() * len(values))]


def letters(n):
    return ''.join(one_of(LETTERS) for _ in range(n))


def word_name():
    return '_'.join(one_of(WORDS) for _ in range(2 + int(rng.random() * 3)))


def name():
    kind = rng.random()
    if kind < 0.85:
        return word_name() + ('' if rng.random() < 0.4 else str(int(rng.random() * 1000)))
    if kind < 0.90:
        return word_name() + one_of(['.isra.', '.constprop.', '.part.', '.lto_priv.', '.llvm.',
                                     '.__uniq.']) + str(int(rng.random() * 10 ** 6))
    if kind < 0.97:
        return '_RNvNtCs' + letters(11) + '_4core' + letters(8) + ''.join(
            '%d%s' % (len(w), w) for w in (one_of(WORDS) for _ in range(int(rng.random() * 20))))
    return '__pfx_' + word_name()


edges = ['foo', 'foo', 'foo$', 'foo.', 'foo.cold', 'foo.isra.0', 'foo.isra.0.cold', 'foo0', 'fooa',
         'foo_', 'foob', 'fo', 'f', 'a', '$x', '.foo', '_', 'zzzz', '~', '\u00e9t\u00e9', 'et\u00e9',
         'a' * 511, 'a' * 510, 'a' * 510 + 'b', 'z' * 511]
edges += ['same_name'] * 300
edges += ['same_name' + 'x' * n for n in range(1, 40)]
if OPD:
    # A name with a dot in front is that of code
    edges.remove('.foo')
names = edges + [letters(511) for _ in range(600)]
names += [name() for _ in range(NUMBER - len(names) - 5)]
# those of 511 characters stay side by side
few, rest = names[:len(edges)], names[len(edges) + 600:]
for i in range(len(rest) - 1, 0, -1):
    k = int(rng.random() * (i + 1))
    rest[i], rest[k] = rest[k], rest[i]
names = rest[:1000] + few + names[len(edges):len(edges) + 600] + rest[1000:]

text = 0xc000000000000000 if OPD else 0xffffffff81000000
symbols = [(text, 'T', '_text'), (text, 'T', '_stext')]
descriptors = []
dot = '.' if OPD else ''
addr = text
for i, symbol in enumerate(names):
    if i == len(names) - 2000:
        symbols.append((addr, 'T', '_etext'))
        addr += 0x100000
        symbols.append((addr, 'T', '_sinittext'))
    # a type of assembly, and labels, have no descriptor
    label = OPD and rng.random() < 0.02
    kind = one_of('tttT')
    symbols.append((addr, kind, ('' if label else dot) + symbol[:510] if OPD else symbol))
    if OPD and not label:
        descriptors.append(('d' if kind == 't' else 'D', symbol[:510]))
    # some are aliases, once 200 of an address
    if rng.random() > 0.02 and not 5000 < i < 5200:
        addr += 16 * (1 + int(rng.random() * 30))
symbols.append((addr, 'T', '_einittext'))

if OPD:
    addr += 0x200000
    symbols += [(addr - 8, 'D', 'data_before'), (addr, 'D', '__start_opd')]
    for i, (kind, symbol) in enumerate(descriptors):
        symbols.append((addr, kind, symbol))
        if i % 3000 == 10:
            # no code of this name, at a descriptor that another one has as well
            symbols.append((addr, 'W', 'sys_not_there%d' % i))
        if i == 1000:
            symbols.append((addr + 8, 'd', '.TOC.'))
        addr += 24
    symbols += [(addr, 'D', '__end_opd'), (addr, 'R', 'data_behind')]

for addr, kind, symbol in symbols:
    print('%x %s %s' % (addr, kind, symbol))
