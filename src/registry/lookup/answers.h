/* answers.h - the rows found so far.  Private to answers*.c. */
#pragma once

#include "registry/lookup/lookup.h"

#define NO_ROW UINT32_MAX

struct answer {
	uint32_t row; /* or NO_ROW */
	/* One line about numbers that nobody has: `row` is what covers them, and these are what was asked. */
	bool is_free;
	int lo, hi;
	int transport;
};

struct answers {
	const struct view *view;
	struct answer *items;
	size_t count;
	size_t room;
};

/* 0 or -ENOMEM. */
int answers_add(struct answers *answers, const struct answer *answer);

/* The answer's row with "" in each text when it has none. */
void answer_row(const struct answers *answers, const struct answer *answer, struct view_row *ret_row);

/* What stands in the columns of a line.  Texts point into the view, or into `port`. */
enum answer_column {
	COLUMN_PORT, /* "5254/tcp", "6000-6063/tcp", "-/tcp", or "-"; a star for any transport */
	COLUMN_NAME,
	COLUMN_STATUS,
	COLUMN_SINCE,
	COLUMN_HOLDER,
	COLUMN_DESCRIPTION,
	ANSWER_COLUMNS
};

struct cells {
	const char *texts[ANSWER_COLUMNS];
	char port[64];
};

void answer_cells(const struct answers *answers, const struct answer *answer, struct cells *ret_cells);

/* How a port that nobody has is told of: "unassigned (in the range 23458-23545)". */
void answer_free_text(const struct answers *answers, const struct answer *answer, char *ret_text, size_t size);

void answers_write_aligned(const struct answers *answers, int width_or_0, FILE *stream);
/* 0, -ENOMEM or -EIO. */
int answers_write_json(const struct answers *answers, FILE *stream);
