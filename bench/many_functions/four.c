// SPDX-License-Identifier: GPL-2.0
#define FIRST 4
#include "functions.h"
