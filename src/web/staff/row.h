/* row.h - texts and numbers as they stand in an object that the process tells, or as they were typed.  Pure. */
#pragma once

#include <jansson.h>
#include <stdint.h>

const char *staff_text(const json_t *row, const char *key);  /* "" when it is none */
json_int_t staff_number(const json_t *row, const char *key); /* 0 when it is none */

/* The number of a letter or an event, 1 or more; 0: it is none. */
int64_t staff_number_typed(const char *text);
