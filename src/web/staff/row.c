/* row.c - texts and numbers as they stand in an object that the process tells, or as they were typed (row.h). */
#include "web/staff/row.h"

#include <errno.h>
#include <stdlib.h>

enum { NUMBER_BASE = 10 };

const char *staff_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

json_int_t staff_number(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

int64_t staff_number_typed(const char *text)
{
	char *end = NULL;

	errno = 0;
	long long number = strtoll(text, &end, NUMBER_BASE);
	return errno != 0 || text[0] == '\0' || *end != '\0' || number < 1 ? 0 : number;
}
