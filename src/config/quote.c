/* quote.c - where in quotes a text stands, octet by octet.  Called for every octet of a
 * configuration. */
#include "config/quote.h"

static enum quote next_outside(char octet)
{
	switch (octet) {
	case '\'':
		return QUOTE_SINGLE;
	case '"':
		return QUOTE_DOUBLE;
	case '\\':
		return QUOTE_BACKSLASH;
	default:
		return QUOTE_NONE;
	}
}

enum quote quote_next(enum quote state, char octet)
{
	switch (state) {
	case QUOTE_NONE:
		return next_outside(octet);
	case QUOTE_SINGLE:
		return octet == '\'' ? QUOTE_NONE : QUOTE_SINGLE;
	case QUOTE_DOUBLE:
		if (octet == '\\') {
			return QUOTE_BACKSLASH_IN_DOUBLE;
		}
		return octet == '"' ? QUOTE_NONE : QUOTE_DOUBLE;
	case QUOTE_BACKSLASH:
		return QUOTE_NONE;
	case QUOTE_BACKSLASH_IN_DOUBLE:
		break;
	}
	return QUOTE_DOUBLE;
}

bool quote_is_mark(enum quote before, enum quote after)
{
	return before != after && before != QUOTE_BACKSLASH && before != QUOTE_BACKSLASH_IN_DOUBLE;
}
