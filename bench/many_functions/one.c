// SPDX-License-Identifier: GPL-2.0
#define FIRST 1
#include "functions.h"
