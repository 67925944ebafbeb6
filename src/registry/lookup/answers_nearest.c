/* answers_nearest.c - what was probably meant by a name that nobody has.  Called when a look-up found nothing. */
#include "registry/lookup/answers.h"

#include <string.h>

#include "base/text.h"
#include "config/nearest.h"
#include "registry/words/answers_text.h"
#include "registry/records/derive.h"
#include "registry/records/service_code.h"

/* The nearest names so far, the best first.  Of names equally near, those with the same first letter go before others,
 * and then those that come first in the registry. */
struct near {
	const char *word;
	const char *names[ANSWERS_NEAR_MAX];
	size_t ranks[ANSWERS_NEAR_MAX];
	size_t count;
};

static bool is_there(const struct near *near, const char *name)
{
	for (size_t i = 0; i < near->count; i++) {
		if (strcmp(near->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static void insert(struct near *near, const char *name, size_t rank)
{
	size_t place = near->count < ANSWERS_NEAR_MAX ? near->count++ : ANSWERS_NEAR_MAX - 1;

	for (; place > 0 && near->ranks[place - 1] > rank; place--) {
		near->names[place] = near->names[place - 1];
		near->ranks[place] = near->ranks[place - 1];
	}
	near->names[place] = name;
	near->ranks[place] = rank;
}

static void consider(struct near *near, const char *name)
{
	struct nearest nearest;

	nearest_init(&nearest, near->word);
	/* Nothing farther away than the worst one kept is looked at closely. */
	if (near->count == ANSWERS_NEAR_MAX && near->ranks[ANSWERS_NEAR_MAX - 1] / 2 + 1 < nearest.distance) {
		nearest.distance = near->ranks[ANSWERS_NEAR_MAX - 1] / 2 + 1;
	}
	nearest_try(&nearest, name);
	if (nearest.best == NULL) {
		return;
	}
	size_t rank = nearest.distance * 2 + (name[0] != near->word[0]);
	if ((near->count < ANSWERS_NEAR_MAX || rank < near->ranks[ANSWERS_NEAR_MAX - 1]) && !is_there(near, name)) {
		insert(near, name, rank);
	}
}

static void find_near(const struct view *view, struct near *near)
{
	const char *before = "";
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		/* The same text stands in a view once: rows of one service, side by side, share it. */
		if (row.fold != before && row.fold[0] != '\0') {
			consider(near, row.fold);
		}
		before = row.fold;
	}
}

static void put_shown(struct text *text, const char *string)
{
	char shown[sizeof(((struct question *)NULL)->name) * 2];

	shown_text(string, shown, sizeof(shown));
	text_put(text, shown);
}

static bool take_transport(const struct view_row *row, uint32_t index, void *context)
{
	unsigned *transports = context;

	(void)index;
	*transports |= 1U << row->transport;
	return true;
}

/* "there is no "htp"; near: http, ftp", or, where the name is there for others, "there is no "ssh" for dccp, only
 * for tcp, udp". */
static void put_name(const struct view *view, const struct question *question, struct text *text)
{
	struct near near = { .word = question->name };
	unsigned transports = 0;

	text_put(text, "there is no \"");
	put_shown(text, question->name);
	text_put(text, "\"");
	view_named(view, question->name, take_transport, &transports);
	if (transports != 0) {
		text_put(text, " for ");
		text_put(text, entry_transport_name(question->transport));
		for (int i = ENTRY_TCP, count = 0; i <= ENTRY_DCCP; i++) {
			if ((transports >> i & 1) != 0) {
				text_put(text, count++ == 0 ? ", only for " : ", ");
				text_put(text, entry_transport_name(i));
			}
		}
		return;
	}
	find_near(view, &near);
	for (size_t i = 0; i < near.count; i++) {
		text_put(text, i == 0 ? "; near: " : ", ");
		put_shown(text, near.names[i]);
	}
}

/* "nobody has the service code SC=1717858426 (SC:fdpz); its default port is 64634/dccp (RFC 5595, 2.7)". */
static void put_code(const struct question *question, struct text *text)
{
	enum service_code_kind kind = service_code_kind(question->service_code);
	char code[SERVICE_CODE_TEXT_SIZE];

	text_put(text, "nobody has the service code SC=");
	text_put_unsigned(text, question->service_code);
	if (service_code_text(question->service_code, code) == 0) {
		text_put(text, " (SC:");
		text_put(text, code);
		text_put(text, ")");
	}
	if (kind == SERVICE_CODE_PRIVATE) {
		text_put(text, ", which is for private use");
	}
	if (kind == SERVICE_CODE_RESERVED || kind == SERVICE_CODE_INVALID) {
		return;
	}
	text_put(text, "; its default port is ");
	text_put_unsigned(text, service_code_port(question->service_code));
	text_put(text, "/dccp (RFC 5595, 2.7)");
}

size_t answers_near(const struct answers *answers, const struct question *question,
		    const char *ret_names[static ANSWERS_NEAR_MAX])
{
	struct near near = { .word = question->name };

	if (question->kind == QUESTION_NAME || question->kind == QUESTION_DNS_SD) {
		find_near(answers->view, &near);
		memcpy(ret_names, near.names, sizeof(near.names));
	}
	return near.count;
}

bool answers_nearest(const struct answers *answers, const struct question *question, char *ret_sentence, size_t size)
{
	struct text text;

	text_init(&text, ret_sentence, size);
	switch (question->kind) {
	case QUESTION_NAME:
	case QUESTION_DNS_SD:
		put_name(answers->view, question, &text);
		break;
	case QUESTION_SERVICE_CODE:
		put_code(question, &text);
		break;
	case QUESTION_PORTS:
		return false;
	}
	return true;
}
