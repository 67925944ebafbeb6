/* classifier.c - which function a first message is for: octets in, verdict out.
 *
 * Called by the acceptor at each arrival, and by `berth classify`.  Three steps:
 *
 *	walk()	  the deciding table, an octet a look-up, until few messages are left
 *	race()	  the automata of these few: is there enough evidence that it is one of them? (classifier_race.c)
 *	choose()  the functions of its protocol, by the names in the message (classifier_names.c)
 *
 * Allocates nothing. */
#include "description/classifier/classifier.h"

#include <string.h>

#include "description/classifier/classifier_table.h"
#include "description/machine/reader.h"

/* ---- names ---- */

static unsigned values_of(const struct reader *reader, struct named_value values[CLASSIFIER_VALUES_MAX])
{
	for (uint32_t i = 0; i < reader->value_count; i++) {
		values[i] = (struct named_value){
			.selector = reader->values[i].selector,
			.size = reader->values[i].size,
			.cut = reader->values[i].cut,
			.octets = reader->octets + reader->values[i].at,
		};
	}
	return reader->value_count;
}

/* The message of this protocol that the octets are, read exactly as far as they go; if they are none, the one
 * that they are for longest. */
static enum reader_verdict read_message(const struct classifier *classifier, const struct table_protocol *protocol,
					const uint8_t *octets, size_t size, struct reader *reader,
					uint32_t *ret_message)
{
	const struct program *program = table_at(classifier, protocol->program_at);
	uint32_t longest = 0;

	for (uint32_t i = 0; i < protocol->message_count; i++) {
		uint32_t message = table_message(classifier, protocol->first_message + i)->message;
		reader_start(reader, program, message);
		enum reader_verdict verdict = reader_feed(reader, octets, size);
		if (verdict != READER_WRONG) {
			*ret_message = message;
			return verdict;
		}
		if (i == 0 || reader->offset > longest) {
			longest = reader->offset;
			*ret_message = message;
		}
	}
	reader_start(reader, program, *ret_message);
	return reader_feed(reader, octets, size);
}

static enum classifier_verdict answer(const struct classifier *classifier, uint32_t protocol, uint32_t function,
				      size_t octets, struct classifier_answer *ret_answer)
{
	const struct table_function *functions = table_at(classifier, classifier->functions_at);

	*ret_answer = (struct classifier_answer){
		.protocol = protocol,
		.function = function == CLASSIFIER_NONE ? CLASSIFIER_NONE : functions[function].id,
		.octets = (uint32_t)octets,
		.at_once = table_protocol(classifier, protocol)->at_once != 0,
	};
	return CLASSIFIER_FUNCTION;
}

/* Names are waited for as long as the message may have more of them. */
static APART enum classifier_verdict choose_by_names(const struct classifier *classifier, uint32_t index,
						     const uint8_t *octets, size_t size, size_t octets_needed,
						     bool last, struct classifier_answer *ret_answer)
{
	const struct table_protocol *protocol = table_protocol(classifier, index);
	UNFILLED struct named_value values[CLASSIFIER_VALUES_MAX];
	UNFILLED struct reader reader;
	uint32_t message = 0;

	enum reader_verdict verdict = read_message(classifier, protocol, octets, size, &reader, &message);
	bool whole = last && reader.complete_at == size;
	if (verdict == READER_MORE && !whole && size < CLASSIFIER_OCTETS_MAX) {
		return CLASSIFIER_MORE;
	}
	uint32_t function = names_choose(classifier, protocol, message, values, values_of(&reader, values));
	return answer(classifier, index, function, reader.offset > octets_needed ? reader.offset : octets_needed,
		      ret_answer);
}

/* The protocol is known after `octets_needed`. */
static enum classifier_verdict choose(const struct classifier *classifier, uint32_t index, const uint8_t *octets,
				      size_t size, size_t octets_needed, bool last,
				      struct classifier_answer *ret_answer)
{
	const struct table_protocol *protocol = table_protocol(classifier, index);

	if (protocol->conditions != 0) {
		return choose_by_names(classifier, index, octets, size, octets_needed, last, ret_answer);
	}
	return answer(classifier, index, protocol->otherwise, octets_needed, ret_answer);
}

/* ---- the table ---- */

static void remember(struct classifier_flow *flow, uint16_t whole, size_t octets)
{
	if (whole != 0) {
		flow->remembered = whole;
		flow->remembered_at = (uint8_t)octets;
	}
}

/* Goes on where the flow stopped; afterwards flow->state is a state, or names the few. */
static void walk(const struct classifier *classifier, struct classifier_flow *flow, const uint8_t *octets, size_t size)
{
	const uint16_t *next = table_at(classifier, classifier->next_at);
	const uint16_t *whole = table_at(classifier, classifier->whole_at);
	const uint32_t classes_count = classifier->classes_count;
	size_t window = size < WINDOW_MAX ? size : WINDOW_MAX;
	size_t at = flow->offset;
	uint32_t cell = flow->state;

	while (at < window && (cell & CELL_FEW) == 0) {
		cell = next[cell * classes_count + classifier->classes[octets[at]]];
		at++;
		if ((cell & CELL_FEW) == 0) {
			remember(flow, whole[cell], at);
		}
	}
	flow->offset = (uint8_t)at;
	flow->state = (uint16_t)cell;
}

/* ---- one look ---- */

static enum classifier_verdict verdict_of(const struct classifier *classifier, enum race_verdict verdict,
					  const struct race_result *result, const uint8_t *octets, size_t size,
					  bool last, struct classifier_answer *ret_answer)
{
	if (verdict != RACE_WON) {
		return verdict == RACE_MORE ? CLASSIFIER_MORE : CLASSIFIER_NOBODY;
	}
	uint32_t protocol = table_message(classifier, result->message)->protocol;
	return choose(classifier, protocol, octets, size, result->octets, last, ret_answer);
}

/* ---- how often ---- */

enum { LOOKS_FREE = 24, LOOK_UNIT = 256 };

/* Behind the window every look begins anew: an honest message takes a few, and a hostile one shall not take one
 * for each octet. */
static bool is_too_early(const struct classifier_flow *flow, size_t size)
{
	return flow->looks == LOOKS_FREE && size < (size_t)flow->look_at * LOOK_UNIT && size < CLASSIFIER_OCTETS_MAX;
}

static void count_look(struct classifier_flow *flow, size_t size)
{
	if (size > WINDOW_MAX && flow->looks < LOOKS_FREE) {
		flow->looks++;
	}
	flow->look_at = (uint8_t)((size + size / 8) / LOOK_UNIT + 1);
}

/* ---- from outside ---- */

static enum classifier_verdict look(const struct classifier *classifier, struct classifier_flow *flow,
				    const uint8_t *octets, size_t size, bool last, struct classifier_answer *ret_answer)
{
	struct race_result result;

	walk(classifier, flow, octets, size);
	if ((flow->state & CELL_FEW) == 0) {
		return flow->offset < WINDOW_MAX || size < CLASSIFIER_OCTETS_MAX ? CLASSIFIER_MORE : CLASSIFIER_NOBODY;
	}
	const struct table_few *few = table_at(classifier, classifier->few_at);
	enum race_verdict verdict = race(classifier, flow, &few[flow->state & ~CELL_FEW], octets, size, &result);
	return verdict_of(classifier, verdict, &result, octets, size, last, ret_answer);
}

enum classifier_verdict classifier_feed(const struct classifier *classifier, struct classifier_flow *flow,
					const uint8_t *octets, size_t size, struct classifier_answer *ret_answer)
{
	if (is_too_early(flow, size)) {
		return CLASSIFIER_MORE;
	}
	enum classifier_verdict verdict = look(classifier, flow, octets, size, false, ret_answer);
	if (verdict == CLASSIFIER_MORE) {
		count_look(flow, size);
	}
	return verdict;
}

enum classifier_verdict classifier_settle(const struct classifier *classifier, struct classifier_flow *flow,
					  const uint8_t *octets, size_t size, struct classifier_answer *ret_answer)
{
	struct race_result result;
	enum classifier_verdict verdict = look(classifier, flow, octets, size, true, ret_answer);

	if (verdict != CLASSIFIER_MORE) {
		return verdict;
	}
	enum race_verdict settled = race_settle(classifier, octets, size, &result);
	return verdict_of(classifier, settled, &result, octets, size, true, ret_answer);
}

size_t classifier_size(const struct classifier *classifier)
{
	return classifier->size;
}
