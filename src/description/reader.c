/* reader.c - reads one message exactly: the machine without a window, and the values it passes by.
 *
 * Called by the classifier once a protocol is known, and by whoever wants to know whether octets are a message. */
#include "description/reader.h"

#include <string.h>

void reader_start(struct reader *reader, const struct program *program, unsigned message)
{
	reader->machine = (struct machine){ .program = program, .exact = true };
	reader->notes.count = 0;
	reader->notes.used = 0;
	reader->wrong = false;
	reader->offset = 0;
	reader->complete_at = 0;
	reader->sure_at = 0;
	reader->value_count = 0;
	reader->machine.notes = &reader->notes;
	machine_start(&reader->machine, message, &reader->now);
	reader->machine.notes = NULL;
}

/* ---- values ---- */

/* Octets of a value stay, names of codes are put behind them and may be overwritten later. */
static void put_value(struct reader *reader, const struct note *note, uint32_t place, uint32_t *used)
{
	struct reader_value *value = &reader->values[place];

	*value = (struct reader_value){ note->selector, note->at, note->size, note->cut };
	if (note->code != 0) {
		const char *name = program_code_names(reader->machine.program)[note->code - 1].name;
		uint32_t size = (uint32_t)strlen(name);
		value->at = *used;
		value->size = size < READER_VALUES_OCTETS - *used ? size : READER_VALUES_OCTETS - *used;
		value->cut = value->size < size;
		memcpy(reader->octets + value->at, name, value->size);
		*used += value->size;
	}
}

static void put_values(struct reader *reader, const struct configuration *configuration)
{
	const struct note *notes = reader->notes.items;
	uint32_t used = reader->notes.used;
	uint32_t count = 0;

	for (uint32_t at = configuration->notes; at != 0; at = notes[at - 1].before) {
		count++;
	}
	reader->value_count = count < READER_VALUES_MAX ? count : READER_VALUES_MAX;
	for (uint32_t at = configuration->notes; at != 0; at = notes[at - 1].before) {
		if (count-- <= READER_VALUES_MAX) {
			put_value(reader, &notes[at - 1], count, &used);
		}
	}
}

/* Of the reading that may end here; else of the first, if there is more than one. */
static void find_values(struct reader *reader)
{
	uint32_t notes_before = reader->notes.count;
	struct configuration end = reader->now.items[0];
	bool found = false;

	if (reader->now.count == 0) {
		return;
	}
	for (unsigned i = 0; i < reader->now.count && !found && !reader->wrong; i++) {
		found = machine_end(&reader->machine, &reader->now.items[i], &end);
	}
	put_values(reader, found ? &end : &reader->now.items[0]);
	reader->notes.count = notes_before;
}

/* ---- reading ---- */

static bool may_end(const struct reader *reader)
{
	for (unsigned i = 0; i < reader->now.count; i++) {
		if (machine_complete(&reader->machine, &reader->now.items[i])) {
			return true;
		}
	}
	return false;
}

static bool is_sure(const struct reader *reader)
{
	for (unsigned i = 0; i < reader->now.count; i++) {
		if (!reader->now.items[i].sure) {
			return false;
		}
	}
	return reader->now.count > 0;
}

static bool is_at_end(const struct reader *reader)
{
	for (unsigned i = 0; i < reader->now.count; i++) {
		const struct configuration *configuration = &reader->now.items[i];
		const struct strand *strand =
			configuration->in_carrier ? &configuration->carrier : &configuration->message;
		if (program_instructions(reader->machine.program)[strand->at].operation != DO_ACCEPT) {
			return false;
		}
	}
	return reader->now.count > 0;
}

/* As many octets at once as mean the same. */
static uint32_t step(struct reader *reader, const uint8_t *octets, size_t size, struct configurations *ret_next)
{
	const struct configuration *now = &reader->now.items[0];
	uint32_t taken = reader->now.count == 1 ? machine_skippable(&reader->machine, now, octets, size) : 0;

	configurations_clear(ret_next);
	for (; taken > 1; taken--) {
		reader->notes.wanted = 0;
		machine_skip(&reader->machine, &reader->now.items[0], taken, ret_next);
		if (ret_next->count > 0) {
			return taken;
		}
		/* What comes behind cannot be: the last octet shows it. */
	}
	reader->notes.wanted = 0;
	for (unsigned i = 0; i < reader->now.count; i++) {
		(void)machine_step(&reader->machine, &reader->now.items[i], octets[0], ret_next);
	}
	return 1;
}

/* Returns how many octets were taken, 0 when the next one is wrong. */
static uint32_t advance(struct reader *reader, const uint8_t *octets, size_t size)
{
	struct notes *notes = &reader->notes;
	UNFILLED struct configurations next;

	notes->room = READER_VALUES_OCTETS - notes->used;
	notes->wanted = 0;
	uint32_t taken = step(reader, octets, size, &next);
	if (next.count == 0) {
		return 0;
	}
	memcpy(reader->octets + notes->used, octets, notes->wanted);
	notes->used += notes->wanted;
	reader->now.count = next.count;
	memcpy(reader->now.items, next.items, next.count * sizeof(next.items[0]));
	return taken;
}

static enum reader_verdict read_on(struct reader *reader, const uint8_t *octets, size_t size)
{
	for (size_t at = 0; at < size;) {
		if (is_at_end(reader)) {
			return READER_COMPLETE;
		}
		uint32_t taken = advance(reader, octets + at, size - at);
		if (taken == 0) {
			return READER_WRONG;
		}
		at += taken;
		reader->offset += taken;
		if (reader->sure_at == 0 && is_sure(reader)) {
			reader->sure_at = reader->offset;
		}
		if (may_end(reader)) {
			reader->complete_at = reader->offset;
		}
	}
	return is_at_end(reader) ? READER_COMPLETE : READER_MORE;
}

enum reader_verdict reader_feed(struct reader *reader, const uint8_t *octets, size_t size)
{
	if (reader->wrong) {
		return READER_WRONG;
	}
	reader->machine.notes = &reader->notes;
	enum reader_verdict verdict = read_on(reader, octets, size);
	reader->wrong = verdict == READER_WRONG;
	find_values(reader);
	reader->machine.notes = NULL;
	return verdict;
}
