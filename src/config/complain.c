/* complain.c - says what is wrong and where.  Called by everything that judges a configuration,
 * also outside this folder.  It never ends anything: all complaints of a run are made, then
 * somebody looks at the count. */
#include "config/settings.h"

#include <stdarg.h>

static void write_place(FILE *stream, const struct place_in_file *place)
{
	if (place == NULL) {
		return;
	}
	(void)fputs(place->file, stream);
	if (place->line > 0) {
		(void)fprintf(stream, ":%u", place->line);
	}
	(void)fputs(": ", stream);
}

void complain(struct complaints *complaints, const struct place_in_file *place, const char *format, ...)
{
	va_list arguments;

	complaints->count++;
	write_place(complaints->stream, place);
	va_start(arguments, format);
	(void)vfprintf(complaints->stream, format, arguments);
	va_end(arguments);
	(void)fputc('\n', complaints->stream);
}
