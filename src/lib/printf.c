/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Formatted output into a buffer (C11 7.21.6.1, the part that Trivet uses). Pure, no state, no
 * lock. What differs: no floating point, no %n, no %o; %p is always 0x and hexadecimal digits; %s
 * of NULL is "(null)". A conversion that is not known is printed as it stands.
 */
#include "lib/printf.h"

#include "lib/string.h"

/* 64 bits in decimal are 20 digits. */
#define MAX_DIGITS 20

struct out {
	char *buf;
	size_t size;
	size_t len; /* of the whole text, also what did not fit */
};

enum length { LEN_CHAR, LEN_SHORT, LEN_INT, LEN_LONG };

struct spec {
	bool left, zero, alt, plus, space, upper;
	int width;
	int precision; /* < 0: not given */
	enum length length;
};

static void out_char(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void out_pad(struct out *o, char c, int n)
{
	for (; n > 0; n--)
		out_char(o, c);
}

/* Text of n characters in a field. */
static void out_text(struct out *o, const struct spec *sp, const char *s, size_t n)
{
	int pad = sp->width - (int)MIN(n, (size_t)INT32_MAX);

	if (!sp->left)
		out_pad(o, ' ', pad);
	for (size_t i = 0; i < n; i++)
		out_char(o, s[i]);
	if (sp->left)
		out_pad(o, ' ', pad);
}

/* A number in a field: blanks, prefix (sign or 0x), zeros, digits, blanks. */
static void out_number(struct out *o, const struct spec *sp, const char *prefix, uint64_t value, unsigned int base)
{
	const char *set = sp->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[MAX_DIGITS];
	int n = 0, zeros, pad;

	for (uint64_t v = value; v; v /= base)
		digits[n++] = set[v % base];
	zeros = (sp->precision < 0 ? 1 : sp->precision) - n;
	zeros = MAX(zeros, 0);
	pad = sp->width - (int)strlen(prefix) - zeros - n;
	if (sp->zero && !sp->left && sp->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!sp->left)
		out_pad(o, ' ', pad);
	while (*prefix)
		out_char(o, *prefix++);
	out_pad(o, '0', zeros);
	while (n)
		out_char(o, digits[--n]);
	if (sp->left)
		out_pad(o, ' ', pad);
}

static void out_signed(struct out *o, const struct spec *sp, int64_t v)
{
	const char *prefix = v < 0 ? "-" : sp->plus ? "+" : sp->space ? " " : "";

	out_number(o, sp, prefix, v < 0 ? -(uint64_t)v : (uint64_t)v, 10);
}

/* A decimal number, or * for an argument; INT32_MAX / 16 at most, which no format of ours comes near. */
static int parse_number(const char **fmt, va_list *ap)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(*ap, int);
	}
	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++) {
		if (n < INT32_MAX / 256)
			n = n * 10 + (**fmt - '0');
	}
	return n;
}

static bool parse_flag(struct spec *sp, char c)
{
	switch (c) {
	case '-':
		sp->left = true;
		return true;
	case '0':
		sp->zero = true;
		return true;
	case '#':
		sp->alt = true;
		return true;
	case '+':
		sp->plus = true;
		return true;
	case ' ':
		sp->space = true;
		return true;
	default:
		return false;
	}
}

static enum length parse_length(const char **fmt)
{
	enum length len = LEN_INT;

	for (;; (*fmt)++) {
		switch (**fmt) {
		case 'h':
			len = len == LEN_SHORT ? LEN_CHAR : LEN_SHORT;
			break;
		case 'l':
		case 'z':
		case 'j':
		case 't':
			len = LEN_LONG;
			break;
		default:
			return len;
		}
	}
}

/* What stands between % and the conversion's letter. */
static void parse_spec(struct spec *sp, const char **fmt, va_list *ap)
{
	*sp = (struct spec){ .precision = -1 };
	while (parse_flag(sp, **fmt))
		(*fmt)++;
	sp->width = parse_number(fmt, ap);
	if (sp->width < 0) {
		sp->left = true;
		sp->width = sp->width > -INT32_MAX ? -sp->width : 0;
	}
	if (**fmt == '.') {
		(*fmt)++;
		sp->precision = parse_number(fmt, ap);
	}
	sp->length = parse_length(fmt);
}

/* On the ABIs that Trivet is built for, long, long long, size_t and pointers all have 64 bits. */
_Static_assert(sizeof(long) == 8 && sizeof(long long) == 8 && sizeof(size_t) == 8, "LP64");

static uint64_t arg_unsigned(const struct spec *sp, va_list *ap)
{
	switch (sp->length) {
	case LEN_CHAR:
		return (unsigned char)va_arg(*ap, unsigned int);
	case LEN_SHORT:
		return (unsigned short)va_arg(*ap, unsigned int);
	case LEN_LONG:
		return va_arg(*ap, unsigned long);
	case LEN_INT:
	default:
		return va_arg(*ap, unsigned int);
	}
}

static int64_t arg_signed(const struct spec *sp, va_list *ap)
{
	switch (sp->length) {
	case LEN_CHAR:
		return (signed char)va_arg(*ap, int);
	case LEN_SHORT:
		return (short)va_arg(*ap, int);
	case LEN_LONG:
		return va_arg(*ap, long);
	case LEN_INT:
	default:
		return va_arg(*ap, int);
	}
}

static void convert_string(struct out *o, const struct spec *sp, const char *s)
{
	if (!s)
		s = "(null)";
	out_text(o, sp, s, sp->precision < 0 ? strlen(s) : strnlen(s, (size_t)sp->precision));
}

static void convert_hex(struct out *o, const struct spec *sp, uint64_t v)
{
	const char *prefix = !sp->alt || !v ? "" : sp->upper ? "0X" : "0x";

	out_number(o, sp, prefix, v, 16);
}

/* One conversion. False when the letter is not known. */
static bool convert(struct out *o, struct spec *sp, char letter, va_list *ap)
{
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		out_signed(o, sp, arg_signed(sp, ap));
		return true;
	case 'u':
		out_number(o, sp, "", arg_unsigned(sp, ap), 10);
		return true;
	case 'X':
		sp->upper = true;
		convert_hex(o, sp, arg_unsigned(sp, ap));
		return true;
	case 'x':
		convert_hex(o, sp, arg_unsigned(sp, ap));
		return true;
	case 'p':
		out_number(o, sp, "0x", (uintptr_t)va_arg(*ap, void *), 16);
		return true;
	case 'c':
		c = (char)va_arg(*ap, int);
		out_text(o, sp, &c, 1);
		return true;
	case 's':
		convert_string(o, sp, va_arg(*ap, const char *));
		return true;
	case '%':
		out_char(o, '%');
		return true;
	default:
		return false;
	}
}

int fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	va_list args;

	/* A va_list parameter may be an array: only a copy has an address of the right type. */
	va_copy(args, ap);
	while (*fmt) {
		const char *start = fmt;
		struct spec sp;

		if (*fmt++ != '%') {
			out_char(&o, *start);
			continue;
		}
		parse_spec(&sp, &fmt, &args);
		if (*fmt && convert(&o, &sp, *fmt, &args)) {
			fmt++;
			continue;
		}
		while (start < fmt)
			out_char(&o, *start++);
	}
	va_end(args);
	if (size)
		buf[MIN(o.len, size - 1)] = '\0';
	return (int)MIN(o.len, (size_t)INT32_MAX);
}

int fmt_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = fmt_vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
