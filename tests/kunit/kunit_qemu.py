# SPDX-License-Identifier: GPL-2.0
"""The guest of every variant, for kunit.py --qemu_config.

Filled from machines/<variant>.conf, whose keys the rig exports.
"""
import os
import shlex

from ..qemu_config import QemuArchParams

QEMU_ARCH = QemuArchParams(linux_arch=os.environ['ARCH'],
			   kconfig='',
			   qemu_arch='machine',  # qemu-system-machine, beside this
			   kernel_path=os.environ['KERNEL_IMAGE'],
			   kernel_command_line=os.environ.get('KUNIT_APPEND', ''),
			   extra_qemu_params=shlex.split(os.environ['QEMU_ARGS'] + ' ' +
							 os.environ.get('KUNIT_QEMU_ARGS', '')))
