/* reader.c - reads one message exactly: the machine without a window, and the values it passes by.
 *
 * Called by the classifier once a protocol is known, and by whoever wants to know whether octets are a message. */
#include "description/machine/reader.h"

#include <string.h>

static struct notes *notes_of(struct reader *reader)
{
	return reader->wants_values ? &reader->notes : NULL;
}

static void start(struct reader *reader, const struct program *program, unsigned message)
{
	reader->machine = (struct machine){ .program = program, .exact = true };
	reader->notes.count = 0;
	reader->notes.used = 0;
	reader->notes.room = READER_VALUES_OCTETS;
	reader->wrong = false;
	reader->offset = 0;
	reader->complete_at = 0;
	reader->sure_at = 0;
	reader->value_count = 0;
	reader->machine.notes = notes_of(reader);
	machine_start(&reader->machine, message, &reader->now);
	reader->machine.notes = NULL;
}

void reader_start(struct reader *reader, const struct program *program, unsigned message)
{
	reader->wants_values = true;
	reader->stops_at_sure = false;
	start(reader, program, message);
}

void reader_start_plain(struct reader *reader, const struct program *program, unsigned message, bool stops_at_sure)
{
	reader->wants_values = false;
	reader->stops_at_sure = stops_at_sure;
	start(reader, program, message);
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

/* As many octets at once as mean the same; 0: that cannot be told. */
static uint32_t skip(struct reader *reader, const uint8_t *octets, size_t size)
{
	const struct configuration *now = &reader->now.items[0];

	for (uint32_t taken = machine_skippable(&reader->machine, now, octets, size); taken > 1; taken--) {
		configurations_clear(&reader->next);
		reader->notes.wanted = 0;
		machine_skip(&reader->machine, now, taken, &reader->next);
		if (reader->next.count > 0) {
			return taken;
		}
		/* What comes behind cannot be: the last octet shows it. */
	}
	return 0;
}

static void step(struct reader *reader, uint8_t octet)
{
	configurations_clear(&reader->next);
	reader->notes.wanted = 0;
	for (unsigned i = 0; i < reader->now.count; i++) {
		(void)machine_step(&reader->machine, &reader->now.items[i], octet, &reader->next);
	}
}

/* Where nobody asks for values, what was before is not needed any more. */
static bool step_in_place(struct reader *reader, uint8_t octet)
{
	struct configurations *now = &reader->now;

	now->count = 0;
	(void)machine_step(&reader->machine, &now->items[0], octet, now);
	return now->count > 0;
}

/* Octets of values are kept behind each other. */
static void keep_octets(struct reader *reader, const uint8_t *octets)
{
	struct notes *notes = &reader->notes;

	memcpy(reader->octets + notes->used, octets, notes->wanted);
	notes->used += notes->wanted;
	notes->room = READER_VALUES_OCTETS - notes->used;
}

/* Returns how many octets were taken, 0 when the next one is wrong. */
static uint32_t advance(struct reader *reader, const uint8_t *octets, size_t size)
{
	bool only = reader->now.count == 1;
	uint32_t taken = only ? skip(reader, octets, size) : 0;

	if (taken == 0) {
		taken = 1;
		if (only && !reader->wants_values) {
			return step_in_place(reader, octets[0]);
		}
		step(reader, octets[0]);
	}
	if (reader->next.count == 0) {
		return 0;
	}
	if (reader->notes.wanted > 0) {
		keep_octets(reader, octets);
	}
	reader->now.count = reader->next.count;
	memcpy(reader->now.items, reader->next.items, reader->next.count * sizeof(reader->next.items[0]));
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
		if (may_end(reader)) {
			reader->complete_at = reader->offset;
		}
		if (reader->sure_at == 0 && is_sure(reader)) {
			reader->sure_at = reader->offset;
			if (reader->stops_at_sure) {
				break;
			}
		}
	}
	return is_at_end(reader) ? READER_COMPLETE : READER_MORE;
}

enum reader_verdict reader_feed(struct reader *reader, const uint8_t *octets, size_t size)
{
	if (reader->wrong) {
		return READER_WRONG;
	}
	reader->machine.notes = notes_of(reader);
	enum reader_verdict verdict = read_on(reader, octets, size);
	reader->wrong = verdict == READER_WRONG;
	if (reader->wants_values) {
		find_values(reader);
	}
	reader->machine.notes = NULL;
	return verdict;
}
