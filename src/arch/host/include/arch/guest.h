/* SPDX-License-Identifier: BSD-3-Clause */
/* The very same contract: there is nothing of the CPU in it but sysreg_read and sysreg_write, which are the host's. */
#include "../../../arm64/include/arch/guest.h"
