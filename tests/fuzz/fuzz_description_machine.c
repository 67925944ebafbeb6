/* fuzz_description_machine.c - a description, a NUL, and octets: whatever compiles is read without harm, the same in
 * any pieces, and what is a whole message the automata do not refuse. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "description/automaton/automaton.h"
#include "description/machine/reader.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

enum { MESSAGES_MAX = 4, STATES = 3000, STEPS = 3000000 };

static struct reader whole;
static struct reader pieces;

/* Memory of exactly the piece's size: nobody may look behind it. */
static enum reader_verdict feed_piece(const uint8_t *octets, size_t size)
{
	uint8_t *piece = malloc(size);

	REQUIRE(piece != NULL);
	memcpy(piece, octets, size);
	enum reader_verdict verdict = reader_feed(&pieces, piece, size);
	free(piece);
	return verdict;
}

static void check_values(const struct reader *reader, const struct program *program)
{
	REQUIRE(reader->value_count <= READER_VALUES_MAX);
	for (uint32_t i = 0; i < reader->value_count; i++) {
		REQUIRE(reader->values[i].selector < program->selectors.count);
		REQUIRE(reader->values[i].at + reader->values[i].size <= READER_VALUES_OCTETS);
	}
}

static void check_same(enum reader_verdict verdict, enum reader_verdict of_pieces)
{
	REQUIRE(verdict == of_pieces && whole.offset == pieces.offset && whole.sure_at == pieces.sure_at);
	REQUIRE(whole.complete_at == pieces.complete_at && whole.value_count == pieces.value_count);
	for (uint32_t i = 0; i < whole.value_count; i++) {
		const struct reader_value *left = &whole.values[i];
		const struct reader_value *right = &pieces.values[i];
		uint32_t size = left->size < right->size ? left->size : right->size;
		REQUIRE(left->selector == right->selector);
		REQUIRE(left->size == right->size || left->cut || right->cut);
		REQUIRE(memcmp(whole.octets + left->at, pieces.octets + right->at, size) == 0);
	}
}

/* Also: what was not looked at is not refused. */
static void check_automaton(const struct program *program, unsigned message, enum automaton_extent extent,
			    const uint8_t *octets)
{
	struct effort effort = { .steps = STEPS, .states_max = STATES };
	struct automaton *automaton = NULL;
	uint32_t state = STATE_START;
	uint32_t at = 0;

	if (automaton_build_within(program, message, extent, &effort, NULL, &automaton) < 0) {
		return;
	}
	while (at < whole.complete_at && at < WINDOW_MAX && (automaton->flags[state] & STATE_PROVED) == 0) {
		state = automaton_step(automaton, state, octets[at++]);
		REQUIRE(state != STATE_DEAD && state < automaton->states);
		REQUIRE((automaton->flags[state] & STATE_SURE) == 0 || (whole.sure_at != 0 && whole.sure_at <= at));
	}
	if (at == whole.complete_at && at > 0) {
		REQUIRE((automaton->flags[state] & (STATE_COMPLETE | STATE_PROVED)) != 0);
	}
	automaton_destroy(automaton);
}

static void read_message(const struct program *program, unsigned message, const uint8_t *octets, size_t size)
{
	enum reader_verdict of_pieces = READER_MORE;

	reader_start(&whole, program, message);
	enum reader_verdict verdict = reader_feed(&whole, octets, size);
	REQUIRE(whole.offset <= size && whole.complete_at <= whole.offset && whole.sure_at <= whole.offset);
	check_values(&whole, program);
	reader_start(&pieces, program, message);
	for (size_t at = 0, next = 1; at < size && of_pieces == READER_MORE;
	     at += next, next = 1 + octets[at - 1] % 7) {
		next = next < size - at ? next : size - at;
		of_pieces = feed_piece(octets + at, next);
	}
	check_values(&pieces, program);
	check_same(verdict, of_pieces);
	check_automaton(program, message, AUTOMATON_WINDOW, octets);
	check_automaton(program, message, AUTOMATON_PROOF, octets);
}

static void read_protocol(const struct protocol *protocol, struct report *report, const uint8_t *octets, size_t size)
{
	struct program *program = NULL;

	if (program_compile(protocol, report, &program) < 0) {
		REQUIRE(report->counts[FINDING_ERROR] > 0);
		return;
	}
	for (unsigned i = 0; i < program->messages.count && i < MESSAGES_MAX; i++) {
		read_message(program, i, octets, size);
	}
	free(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\0', size);
	size_t text_size = end == NULL ? size : (size_t)(end - data);
	struct report report = { 0 };
	struct tree *tree = NULL;

	if (end == NULL || tree_read("fuzz.berth", (const char *)data, text_size, &report, &tree) < 0) {
		report_finish(&report);
		return 0;
	}
	if (report.counts[FINDING_ERROR] == 0 && tree->protocols != NULL) {
		read_protocol(tree->protocols, &report, end + 1, size - text_size - 1);
	}
	report_finish(&report);
	tree = tree_destroy(tree);
	return 0;
}
