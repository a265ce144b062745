/* SPDX-License-Identifier: BSD-3-Clause */
/* What SP1 hello can be told in w3 of a direct request: for it and for those who test with it. */
#ifndef HELLO_H
#define HELLO_H

#define HELLO_SPIN    0x5b1a0001
#define HELLO_FAULT   0x5b1a0002
#define HELLO_LOOP    0x5b1a0003
#define HELLO_NOWHERE 0x0ef00000 /* secure RAM that is nobody's */

#endif
