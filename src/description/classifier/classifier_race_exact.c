/* classifier_race_exact.c - what the automata of a race do not know: what lies behind the window, whether a
 * message that was proved lives on, what was whole before all died, and who it is when nothing more comes.
 *
 * Messages are read exactly, all octets that are there, once; what was found is then looked at in the order of
 * the octets, as if they had come one by one. */
#include "description/classifier/classifier_race.h"
#include "description/machine/reader.h"

static enum reader_verdict read_exactly(const struct course *course, const struct runner *runner, size_t size,
					bool stops_at_sure, struct reader *reader)
{
	const struct table_protocol *protocol = table_protocol(course->classifier, runner->message->protocol);

	reader_start_plain(reader, table_at(course->classifier, protocol->program_at), runner->message->message,
			   stops_at_sure);
	return reader_feed(reader, course->octets, size);
}

static APART void read_runner(const struct course *course, struct runner *runner, size_t size, bool stops_at_sure)
{
	UNFILLED struct reader reader;
	enum reader_verdict verdict = read_exactly(course, runner, size, stops_at_sure, &reader);

	runner->read = verdict == READER_MORE ? reader.offset : (uint32_t)size;
	runner->dead_at = verdict == READER_MORE ? UINT32_MAX : reader.offset + 1;
	runner->ends_at = verdict == READER_COMPLETE ? reader.offset : 0;
	runner->sure_at = reader.sure_at;
	runner->last_end = reader.complete_at;
}

void runner_read(const struct course *course, struct runner *runner, uint32_t octets, size_t size)
{
	while (runner->read < octets && runner->read < size) {
		read_runner(course, runner, size, !runner->sure && runner->sure_at == 0);
	}
}

void runner_bring_to(struct runner *runner, uint32_t octets)
{
	runner->alive = octets < runner->dead_at;
	runner->sure = runner->sure_at != 0 && runner->sure_at <= octets;
	runner->whole = runner->ends_at == octets;
	if (!runner->alive) {
		runner->whole_at = runner->last_end;
	}
}

bool runner_ends_at(const struct course *course, const struct runner *runner, uint32_t octets)
{
	UNFILLED struct reader reader;

	return read_exactly(course, runner, octets, false, &reader) != READER_WRONG && reader.complete_at == octets;
}

/* ---- rule 5 ---- */

/* What a message was over its first octets. */
static struct runner run_again(const struct course *course, uint32_t index, size_t size)
{
	uint32_t window = size < WINDOW_MAX ? (uint32_t)size : WINDOW_MAX;
	UNFILLED struct runner runner;

	runner_line_up(course->classifier, index, &runner);
	for (uint32_t at = 0; at < window && runner.alive && runner.proved_at == 0;) {
		at = runner_take(&runner, course, at, window);
	}
	return runner;
}

/* Those that are not weak come first, then priority.  Above 0: the left one; 0: neither. */
static int compare(const struct course *course, const struct runner *left, const struct runner *right)
{
	int32_t left_priority = runner_priority(course, left);
	int32_t right_priority = runner_priority(course, right);

	if (left->message->weak != right->message->weak) {
		return left->message->weak == 0 ? 1 : -1;
	}
	return (left_priority > right_priority) - (left_priority < right_priority);
}

/* The runner that was whole last; what the deciding table remembers is later than that of any runner, or says
 * the same. NULL: it cannot be told, or none was. */
static const struct runner *longest(const struct course *course)
{
	const struct runner *best = NULL;
	bool tie = false;

	for (unsigned i = 0; i < course->count; i++) {
		const struct runner *runner = &course->runners[i];
		if (runner->whole_at == 0 || (best != NULL && runner->whole_at < best->whole_at)) {
			continue;
		}
		int above = best == NULL || runner->whole_at > best->whole_at ? 1 : compare(course, runner, best);
		if (above > 0) {
			best = runner;
			tie = false;
		} else if (above == 0) {
			tie = tie || best->message->protocol != runner->message->protocol;
		}
	}
	return tie ? NULL : best;
}

enum race_verdict race_fall_back(const struct course *course, struct race_result *ret_result)
{
	const struct runner *best = longest(course);
	uint32_t message = course->remembered - 1;
	uint32_t octets = course->remembered_at;
	bool sure_behind_the_window = false;

	if (best != NULL && best->whole_at > octets) {
		message = best->index;
		octets = best->whole_at;
		sure_behind_the_window = best->read > WINDOW_MAX && best->sure_at != 0 && best->sure_at <= octets;
	} else if (course->remembered == 0 || course->remembered == AMBIGUOUS) {
		return RACE_NOBODY;
	}
	struct runner then = run_again(course, message, octets);
	bool proved =
		then.sure || then.evidence >= EVIDENCE_DECIDES || (then.proved_at != 0 && then.message->sure == 0);
	if (then.message->weak != 0 || !(proved || sure_behind_the_window)) {
		return RACE_NOBODY;
	}
	*ret_result = (struct race_result){ .message = message, .octets = octets };
	return RACE_WON;
}

/* ---- rule 4 ---- */

/* The next place at which a runner dies, ends, or is sure; UINT32_MAX: none. */
static uint32_t next_event(const struct course *course, uint32_t octets)
{
	uint32_t next = UINT32_MAX;

	for (unsigned i = 0; i < course->count; i++) {
		const struct runner *runner = &course->runners[i];
		const uint32_t events[] = { runner->dead_at, runner->ends_at, runner->sure_at };
		for (unsigned e = 0; runner->alive && e < sizeof(events) / sizeof(*events); e++) {
			next = events[e] > octets && events[e] < next ? events[e] : next;
		}
	}
	return next;
}

static void read_all(struct course *course, uint32_t octets)
{
	for (unsigned i = 0; i < course->count; i++) {
		if (course->runners[i].alive) {
			runner_read(course, &course->runners[i], octets, course->size);
		}
	}
}

static void bring_all_to(struct course *course, uint32_t octets)
{
	for (unsigned i = 0; i < course->count; i++) {
		if (course->runners[i].alive) {
			runner_bring_to(&course->runners[i], octets);
		}
	}
}

enum race_verdict race_read_on(struct course *course, struct race_result *ret_result)
{
	uint32_t octets = WINDOW_MAX;

	read_all(course, octets);
	while (octets <= course->size) {
		bring_all_to(course, octets);
		enum race_verdict verdict = race_judge(course, octets, ret_result);
		if (verdict != RACE_MORE) {
			return verdict;
		}
		read_all(course, octets + 1);
		octets = next_event(course, octets);
	}
	return course->size < CLASSIFIER_OCTETS_MAX ? RACE_MORE : RACE_NOBODY;
}

/* ---- silence ---- */

static bool is_at_once(const struct course *course, const struct runner *runner)
{
	return table_protocol(course->classifier, runner->message->protocol)->at_once != 0;
}

/* Whole just at the last octet, with some evidence or nobody to be mistaken for. */
static bool is_finished(const struct course *course, const struct runner *runner)
{
	bool alone = table_protocol(course->classifier, runner->message->protocol)->alone != 0;
	bool some = runner->evidence >= EVIDENCE_WHOLE || runner->proved_at != 0 || alone;

	if (!runner->alive || !(some || is_at_once(course, runner))) {
		return false;
	}
	if (course->size <= WINDOW_MAX && runner->proved_at == 0 && !runner->whole) {
		return false;
	}
	return runner_ends_at(course, runner, (uint32_t)course->size);
}

enum race_verdict race_settle(const struct classifier *classifier, const uint8_t *octets, size_t size,
			      struct race_result *ret_result)
{
	struct course course = { .classifier = classifier, .octets = octets, .size = size };
	struct runner best = { .message = NULL };
	bool tie = false;

	for (uint32_t i = 0; i < classifier->message_count; i++) {
		struct runner runner = run_again(&course, i, size);
		if (!is_finished(&course, &runner)) {
			continue;
		}
		int above = best.message == NULL ? 1 : compare(&course, &runner, &best);
		above = above != 0 ? above : (int)is_at_once(&course, &runner) - (int)is_at_once(&course, &best);
		if (above > 0) {
			best = runner;
			tie = false;
		} else if (above == 0) {
			tie = tie || best.message->protocol != runner.message->protocol;
		}
	}
	if (best.message == NULL || tie) {
		return RACE_NOBODY;
	}
	*ret_result = (struct race_result){ .message = best.index, .octets = (uint32_t)size };
	return RACE_WON;
}
