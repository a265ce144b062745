/* SPDX-License-Identifier: BSD-3-Clause */
/* The very same contract: see there. */
#include "../../../arm64/include/arch/switch.h"
