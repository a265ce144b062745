/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG; see console.h. */
#include "role/spmc/console.h"

#include "core/log.h"
#include "core/time.h"
#include "ffa/console_log.h"

/* said: lines of this call so far, during which interrupts are masked. */
static bool may_say(struct console_line *line, const char *name, unsigned int said)
{
	const uint64_t now = time_now();

	if (now >= line->until) {
		line->until = now + time_freq();
		line->left = CONSOLE_LINES_PER_SECOND;
		if (line->dropped)
			log_warn("%s: %u lines more than %u a second", name, line->dropped, CONSOLE_LINES_PER_SECOND);
		line->dropped = 0;
	}
	if (line->left && said < CONSOLE_LINES_PER_CALL) {
		line->left--;
		return true;
	}
	line->dropped++;
	return false;
}

/* What could be mistaken for something else on a terminal does not get there. */
static void put(struct console_line *line, const char *name, char ch, unsigned int *said)
{
	if (ch != '\n' && ch != '\0')
		line->text[line->len++] = ch >= ' ' && ch <= '~' ? ch : '?';
	if (!line->len || (ch != '\n' && line->len < sizeof(line->text) - 1))
		return;
	line->text[line->len] = '\0';
	line->len = 0;
	if (may_say(line, name, (*said)++))
		log_info("%s: %s", name, line->text);
}

void console_call(struct console_line *line, const char *name, uint32_t version, struct ffa_regs *r)
{
	char text[FFA_CONSOLE_LOG_64_MAX];
	unsigned int n, said = 0;
	int rc = ffa_console_log_decode(r, version, text, &n);

	for (unsigned int i = 0; rc == OK && i < n; i++)
		put(line, name, text[i], &said);
	ffa_call_result(r, rc);
}
