// SPDX-License-Identifier: GPL-2.0
#define FIRST 3
#include "functions.h"
