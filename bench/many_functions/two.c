// SPDX-License-Identifier: GPL-2.0
#define FIRST 2
#include "functions.h"
