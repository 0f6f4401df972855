// SPDX-License-Identifier: GPL-2.0
#define FIRST 5
#include "functions.h"
