/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 10,000 functions that ftrace can trace. Their names start with FIRST, which the
 * file that includes this defines.
 */

#include <linux/compiler.h>

#define F1(n)				\
	void many_##n(void);		\
	noinline void many_##n(void)	\
	{				\
		barrier();		\
	}
#define F10(n)		F1(n##0) F1(n##1) F1(n##2) F1(n##3) F1(n##4) F1(n##5) F1(n##6) F1(n##7) F1(n##8) F1(n##9)
#define F100(n)		F10(n##0) F10(n##1) F10(n##2) F10(n##3) F10(n##4) F10(n##5) F10(n##6) F10(n##7) F10(n##8) F10(n##9)
#define F1000(n)	F100(n##0) F100(n##1) F100(n##2) F100(n##3) F100(n##4) F100(n##5) F100(n##6) F100(n##7) F100(n##8) F100(n##9)
#define F10000(n)	F1000(n##0) F1000(n##1) F1000(n##2) F1000(n##3) F1000(n##4) F1000(n##5) F1000(n##6) F1000(n##7) F1000(n##8) F1000(n##9)
#define ALL_OF(n)	F10000(n)

ALL_OF(FIRST)
