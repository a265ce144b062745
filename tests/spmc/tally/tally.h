/* SPDX-License-Identifier: BSD-3-Clause */
/* What tally can be asked: x3 of a direct request; argument and result in x4. */
#ifndef TALLY_H
#define TALLY_H

enum { TALLY_COUNT, TALLY_ADD, TALLY_ALARM, TALLY_RINGS, TALLY_ASK_HELLO, TALLY_LETTERS, TALLY_WRITE };

#endif
