/* classifier_explain.c - a classifier looked at: how each first message stands against some octets, for people
 * who want to know why.
 *
 * Called by commands, never on the way of a call.  Evidence is that of the race (classifier_race.c): it is
 * counted as far as the message's automaton goes, which ends where enough is known.  Whether a message may
 * begin with the octets is asked of the exact reader, which also knows what it waited for. */
#include <errno.h>
#include <string.h>

#include "description/classifier/classifier_table.h"
#include "description/machine/reader.h"

/* ---- what stood to reason ---- */

/* Octets that could have come behind the first `size`. */
static void find_expected(const struct program *program, uint32_t message, const uint8_t *octets, size_t size,
			  struct classifier_standing *standing)
{
	struct reader reader;

	reader_start(&reader, program, message);
	(void)reader_feed(&reader, octets, size);
	for (unsigned octet = 0; octet < 256; octet++) {
		struct configurations to;
		configurations_clear(&to);
		for (unsigned i = 0; i < reader.now.count; i++) {
			machine_step(&reader.machine, &reader.now.items[i], (uint8_t)octet, &to);
		}
		if (to.count > 0) {
			standing->expected.bits[octet >> 6] |= UINT64_C(1) << (octet & 63);
		}
	}
	if (reader.now.count > 0) {
		const struct configuration *first = &reader.now.items[0];
		const struct strand *strand = first->in_carrier ? &first->carrier : &first->message;
		standing->line = program_instructions(program)[strand->at].line;
	}
}

static void read_exactly(const struct program *program, uint32_t message, const uint8_t *octets, size_t size,
			 struct classifier_standing *standing)
{
	struct reader reader;

	reader_start(&reader, program, message);
	enum reader_verdict verdict = reader_feed(&reader, octets, size);
	standing->octets = reader.offset;
	standing->whole_at = reader.complete_at;
	standing->sure_at = reader.sure_at;
	standing->kind = verdict == READER_WRONG      ? STANDING_DEAD
			 : verdict == READER_COMPLETE ? STANDING_WHOLE
						      : STANDING_ALIVE;
	if (verdict == READER_WRONG) {
		find_expected(program, message, octets, reader.offset, standing);
	}
}

/* ---- evidence ---- */

static void weigh(const struct classifier *classifier, const struct table_message *message, const uint8_t *octets,
		  struct classifier_standing *standing)
{
	const uint8_t *classes = table_at(classifier, message->classes_at);
	const uint32_t *cells = table_at(classifier, message->cells_at);
	uint32_t row = cell_row(message_start(message, cells));
	int previous = -1;

	for (uint32_t i = 0; i < standing->octets && i < WINDOW_MAX && standing->proved_at == 0; i++) {
		uint32_t cell = cells[row + classes[octets[i]]];
		uint32_t weight = cell_evidence(cell);
		row = cell_row(cell);
		standing->evidence += octets[i] == previous && weight > EVIDENCE_PLAIN ? EVIDENCE_PLAIN : weight;
		previous = octets[i];
		if ((cell & STATE_PROVED) != 0) {
			standing->proved_at = i + 1;
		}
	}
}

/* ---- from outside ---- */

uint32_t classifier_message_count(const struct classifier *classifier)
{
	return classifier->message_count;
}

void classifier_hold(const struct classifier *classifier, uint32_t index, const uint8_t *octets, size_t size,
		     struct classifier_standing *ret_standing)
{
	const struct table_message *message = table_message(classifier, index);
	const struct program *program = table_at(classifier, table_protocol(classifier, message->protocol)->program_at);

	*ret_standing = (struct classifier_standing){
		.protocol = message->protocol,
		.message = message->message,
		.weak = message->weak != 0,
		.sure = message->sure != 0,
	};
	read_exactly(program, message->message, octets, size, ret_standing);
	weigh(classifier, message, octets, ret_standing);
}
