/* complain.c - a sentence put where a caller can show it (complain.h).  Called by what registry/ does on its store. */
#include "registry/words/complain.h"

#include <stdarg.h>
#include <stdio.h>

int complain_of(struct complaint *complaint, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(complaint->sentence, sizeof(complaint->sentence), format, arguments);
	va_end(arguments);
	return error;
}
