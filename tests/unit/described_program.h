/* described_program.h - a program from a description that stands in a test, and what its reader says of some octets. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "description/automaton/automaton.h"
#include "description/machine/reader.h"

struct described {
	struct report report;
	struct tree *tree;
	struct program *program; /* of the first protocol; NULL: it cannot be compiled */
	int error;
};

/* Reads and compiles; a text that is not understood fails the test. */
static inline struct described describe(const char *text)
{
	struct described described = { .program = NULL };

	assert_int_equal(tree_read("test.berth", text, strlen(text), &described.report, &described.tree), 0);
	if (described.report.counts[FINDING_ERROR] > 0) {
		report_print(&described.report, stderr);
		fail_msg("not understood: %s", text);
	}
	described.error = program_compile(described.tree->protocols, &described.report, &described.program);
	return described;
}

static inline struct described describe_well(const char *text)
{
	struct described described = describe(text);

	if (described.error < 0) {
		report_print(&described.report, stderr);
		fail_msg("not compiled: %s", text);
	}
	return described;
}

static inline void described_finish(struct described *described)
{
	free(described->program);
	described->tree = tree_destroy(described->tree);
	report_finish(&described->report);
}

/* "name=value,name=value" in `room`. */
static inline void print_values(const struct reader *reader, const struct program *program, char *room, size_t size)
{
	size_t used = 0;

	room[0] = '\0';
	for (uint32_t i = 0; i < reader->value_count; i++) {
		const struct reader_value *value = &reader->values[i];
		used += (size_t)snprintf(room + used, size - used, "%s%s=%.*s", i == 0 ? "" : ",",
					 program_selectors(program)[value->selector].name, (int)value->size,
					 (const char *)reader->octets + value->at);
	}
}

static inline struct automaton *automaton_of(const struct program *program, unsigned message,
					     enum automaton_extent extent)
{
	struct effort effort = { .steps = UINT64_MAX, .states_max = 4000 };
	struct automaton *automaton = NULL;
	int r = automaton_build_within(program, message, extent, &effort, NULL, &automaton);

	if (r == -E2BIG) { /* a proof cannot be cut short */
		r = automaton_build(program, message, extent, NULL, &automaton);
	}
	assert_int_equal(r, 0);
	return automaton;
}

/* Whole messages, and beginnings of them that the author is sure of: the automaton must agree as far as it looks. */
static inline void check_automaton(const struct automaton *automaton, const uint8_t *octets,
				   const struct reader *reader)
{
	uint32_t state = STATE_START;
	uint32_t at = 0;

	while (at < reader->complete_at && at < WINDOW_MAX && (automaton->flags[state] & STATE_PROVED) == 0) {
		state = automaton_step(automaton, state, octets[at++]);
		if (state == STATE_DEAD) {
			fail_msg("the automaton refuses octet %u of a whole message", at - 1);
		}
		if ((automaton->flags[state] & STATE_SURE) != 0 && (reader->sure_at == 0 || reader->sure_at > at)) {
			fail_msg("the automaton is sure after %u octets, the reader after %u", at, reader->sure_at);
		}
	}
	if (at > 0 && at == reader->complete_at && (automaton->flags[state] & (STATE_COMPLETE | STATE_PROVED)) == 0) {
		fail_msg("the automaton does not know that the message ends after %u octets", at);
	}
}
