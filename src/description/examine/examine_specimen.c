/* examine_specimen.c - messages made ready for examination, two of them beside each other, and their octets in words.
 * Called by the other examine*.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "description/examine/examine_parts.h"

enum {
	STEPS_OF_INSTRUCTION = 64, /* to compile one, and to keep it */
	OCTETS_SHOWN_MAX = WINDOW_MAX,
};

/* ---- making ---- */

static int add_message(struct examiner *examiner, const struct specimens *protocol, const struct message *message)
{
	if (examiner->count == examiner->room) {
		uint32_t room = examiner->room == 0 ? 64 : examiner->room * 2;
		struct specimen *moved = reallocarray(examiner->list, room, sizeof(*moved));
		if (moved == NULL) {
			return -ENOMEM;
		}
		examiner->list = moved;
		examiner->room = room;
	}
	examiner->list[examiner->count++] = (struct specimen){
		.protocol = protocol->protocol,
		.message = message,
		.program = protocol->program,
		.index = (uint32_t)program_message_find(protocol->program, message->role, message->name),
	};
	return 0;
}

int specimens_add(struct examiner *examiner, struct specimens *protocol)
{
	int r = program_compile(protocol->protocol, examiner->report, &protocol->program);

	protocol->first = examiner->count;
	if (r < 0) {
		return r == -EINVAL ? 0 : r;
	}
	(void)effort_spend(&examiner->effort, (uint64_t)protocol->program->instructions.count * STEPS_OF_INSTRUCTION);
	for (const struct message *at = protocol->protocol->messages; at != NULL && r == 0; at = at->next) {
		r = add_message(examiner, protocol, at);
	}
	protocol->count = examiner->count - protocol->first;
	return r;
}

/* Messages stand in the order of the text. */
static int by_place(const void *left, const void *right)
{
	struct place a = ((const struct specimen *)left)->message->place;
	struct place b = ((const struct specimen *)right)->message->place;

	return a.line != b.line ? (a.line > b.line) - (a.line < b.line) : (a.column > b.column) - (a.column < b.column);
}

struct specimen *specimen_find(const struct examiner *examiner, const struct specimens *protocol,
			       const struct message *message)
{
	struct specimen wanted = { .message = message };

	return bsearch(&wanted, examiner->list + protocol->first, protocol->count, sizeof(wanted), by_place);
}

/* ---- beside each other ---- */

bool share_stream(const struct specimen *left, const struct specimen *right)
{
	return (left->protocol->transports & right->protocol->transports & TRANSPORT_TCP) != 0;
}

int specimens_collide(struct examiner *examiner, const struct specimen *left, const struct specimen *right,
		      struct collision_result *ret_result)
{
	if (left->automaton == NULL || right->automaton == NULL) {
		return -E2BIG;
	}
	const struct collidable a = { left->program, left->index, left->automaton };
	const struct collidable b = { right->program, right->index, right->automaton };
	return collide_within(&a, &b, &examiner->effort, ret_result);
}

/* ---- words ---- */

void examiner_gives_up(struct examiner *examiner, const struct specimen *specimen)
{
	if (examiner->gave_up) {
		return;
	}
	examiner->gave_up = true;
	report_add(examiner->report, specimen->protocol->source, FINDING_WARNING, "E6", specimen->message->place, NULL,
		   "put protocols into files of their own, and count less at one time",
		   "the file asks for more work than an examination may take: not all of "
		   "what comes behind message %s of %s was examined",
		   specimen->message->name, specimen->protocol->name);
}

const char *octets_shown(struct report *report, const uint8_t *octets, uint32_t size)
{
	char hex[3 * OCTETS_SHOWN_MAX + 1] = "";
	char text[4 * OCTETS_SHOWN_MAX + 1] = "";
	uint32_t shown = size < OCTETS_SHOWN_MAX ? size : OCTETS_SHOWN_MAX;
	const char *more = size > shown ? " .." : "";
	size_t hex_size = 0;
	size_t text_size = 0;

	for (uint32_t i = 0; i < shown; i++) {
		bool plain = octets[i] >= ' ' && octets[i] <= '~' && octets[i] != '"' && octets[i] != '\\';
		hex_size +=
			(size_t)snprintf(hex + hex_size, sizeof(hex) - hex_size, i > 0 ? " %02x" : "%02x", octets[i]);
		text_size += (size_t)snprintf(text + text_size, sizeof(text) - text_size, plain ? "%c" : "\\x%02x",
					      octets[i]);
	}
	return report_text(report, "%s%s (\"%s\"%s)", hex, more, text, more);
}
