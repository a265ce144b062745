/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the attack guests take from the device tree (Devicetree Specification 5.4): bootargs, the number of vCPUs, the
 * end of RAM. State owned: none after the start.
 */
#include "lib/string.h"
#include "private.h"

#define FDT_BEGIN 1
#define FDT_END	  2
#define FDT_PROP  3
#define FDT_NOP	  4

unsigned int attack_cpus;
uint64_t attack_ram_end = RAM;
uint64_t attack_dtb = RAM; /* Trivet puts it at the start of RAM; x0's value is not kept (start.S) */

static uint32_t be32(const void *p)
{
	return __builtin_bswap32(*(const uint32_t *)p);
}

static const char *words(const char *bootargs)
{
	for (const char *s = bootargs; *s; s++)
		if (!strncmp(s, "attack=", 7) && (s == bootargs || s[-1] == ' '))
			return s + 7;
	return "";
}

/* A property of the node `node`. Addresses and sizes are two cells each in the trees that Trivet makes. */
static void property(const char *node, const char *name, const uint8_t *value, const char **args)
{
	if (!strcmp(name, "bootargs"))
		*args = words((const char *)value);
	else if (!strcmp(name, "reg") && !strncmp(node, "memory", 6))
		attack_ram_end = ((uint64_t)be32(value) << 32 | be32(value + 4)) +
				 ((uint64_t)be32(value + 8) << 32 | be32(value + 12));
}

const char *tree_read(void)
{
	const uint8_t *fdt = (const uint8_t *)(uintptr_t)attack_dtb, *p = fdt + be32(fdt + 8);
	const char *strings = (const char *)fdt + be32(fdt + 12), *node = "", *args = "";

	for (;;) {
		uint32_t token = be32(p);

		p += 4;
		if (token == FDT_BEGIN) {
			node = (const char *)p;
			attack_cpus += !strncmp(node, "cpu@", 4);
			p += ALIGN_UP(strlen(node) + 1, 4);
		} else if (token == FDT_PROP) {
			property(node, strings + be32(p + 4), p + 8, &args);
			p += 8 + ALIGN_UP(be32(p), 4u);
		} else if (token != FDT_END && token != FDT_NOP) {
			return args;
		}
	}
}
