/* question.h - which rows a question means.  What question_read (lookup.h) has read, it answers for one row at a
 * time. */
#pragma once

#include "registry/lookup/lookup.h"

bool question_takes(const struct question *question, const struct view_row *row);
