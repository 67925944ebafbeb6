/* answers.c - collects the rows that answer a question.  Called by berth lookup, pages and the API;
 * answers_write.c shows them. */
#include "registry/lookup/answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "registry/lookup/question.h"
#include "registry/records/derive.h"

int answers_create(const struct view *view, struct answers **ret_answers)
{
	struct answers *answers = calloc(1, sizeof(*answers));

	if (answers == NULL) {
		return -ENOMEM;
	}
	answers->view = view;
	*ret_answers = answers;
	return 0;
}

struct answers *answers_destroy(struct answers *answers)
{
	if (answers != NULL) {
		free(answers->items);
		free(answers);
	}
	return NULL;
}

int answers_add(struct answers *answers, const struct answer *answer)
{
	struct answer *items = array_grow(answers->items, answers->count, &answers->room, sizeof(*items));

	if (items == NULL) {
		return -ENOMEM;
	}
	answers->items = items;
	answers->items[answers->count++] = *answer;
	return 0;
}

/* One question while its rows are gathered. */
struct asking {
	struct answers *answers;
	const struct question *question;
	int found;	/* rows that somebody has */
	uint32_t cover; /* the first that says Unassigned, or NO_ROW */
	int error;
};

static bool take(const struct view_row *row, uint32_t index, void *context)
{
	struct asking *asking = context;

	if (!question_takes(asking->question, row)) {
		return true;
	}
	if (row->status != ENTRY_UNASSIGNED) {
		asking->found++;
	} else if (asking->cover == NO_ROW) {
		asking->cover = index;
	}
	asking->error = answers_add(asking->answers, &(struct answer){ .row = index });
	return asking->error == 0;
}

static void take_all(struct asking *asking)
{
	const struct view *view = asking->answers->view;
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row) && take(&row, i, asking); i++) {
	}
}

/* By number, then own rows first, then as the files have them. */
static int compare_by_port(const void *a, const void *b, void *context)
{
	const struct answer *first = a;
	const struct answer *second = b;
	const struct answers *answers = context;
	struct view_row first_row, second_row;

	answer_row(answers, first, &first_row);
	answer_row(answers, second, &second_row);
	if (first_row.lo != second_row.lo) {
		return first_row.lo - second_row.lo;
	}
	if (first_row.own != second_row.own) {
		return second_row.own - first_row.own;
	}
	return (first->row > second->row) - (first->row < second->row);
}

static void ask_ports(struct asking *asking)
{
	const struct question *question = asking->question;
	struct answers *answers = asking->answers;
	size_t before = answers->count;

	if (question->lo == question->hi) {
		view_at_port(answers->view, question->lo, question->transport, take, asking);
	} else {
		take_all(asking);
		if (answers->count > before) {
			qsort_r(answers->items + before, answers->count - before, sizeof(*answers->items),
				compare_by_port, answers);
		}
	}
	/* What only says that a number is free is told in one line. */
	if (asking->error == 0 && asking->found == 0 && (question->lo == question->hi || answers->count == before)) {
		answers->count = before;
		asking->error = answers_add(answers, &(struct answer){ .row = asking->cover,
								       .is_free = true,
								       .lo = question->lo,
								       .hi = question->hi,
								       .transport = question->transport });
	}
}

int answers_ask(struct answers *answers, const struct question *question)
{
	struct asking asking = { .answers = answers, .question = question, .cover = NO_ROW };

	switch (question->kind) {
	case QUESTION_NAME:
	case QUESTION_DNS_SD:
		view_named(answers->view, question->name, take, &asking);
		break;
	case QUESTION_PORTS:
		ask_ports(&asking);
		break;
	case QUESTION_SERVICE_CODE:
		take_all(&asking);
		break;
	}
	return asking.error < 0 ? asking.error : asking.found;
}

size_t answers_count(const struct answers *answers)
{
	return answers->count;
}

void answers_at(const struct answers *answers, size_t index, struct view_row *ret_row, char *ret_free, size_t size)
{
	const struct answer *answer = &answers->items[index];

	ret_free[0] = '\0';
	answer_row(answers, answer, ret_row);
	if (answer->is_free) {
		ret_row->lo = answer->lo;
		ret_row->hi = answer->hi;
		ret_row->columns[ENTRY_TRANSPORT] = entry_transport_name(answer->transport);
		answer_free_text(answers, answer, ret_free, size);
	}
}
