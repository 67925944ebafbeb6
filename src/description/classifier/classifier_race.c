/* classifier_race.c - few messages side by side: the rules by which one of them is taken.
 *
 *	1  one has passed its author's `sure`, and no other protocol has (or none of its priority): taken
 *	2  one protocol is left, and its message has enough evidence (or, with a `sure`, has passed that): taken
 *	3  one protocol is left, and its message is whole with some evidence: taken; weak messages by this rule only
 *	4  what the window does not hold is read exactly
 *	5  a message that was whole while others lived on is taken when all of them have died
 *
 * and race_settle() for silence.  The automata were built as far as it takes to prove a message; one that is proved
 * while others live on is read exactly from then on.  Octets are looked at one by one, in their order, so that the
 * verdict cannot depend on how many have come. */
#include "description/classifier/classifier_race.h"

#include <string.h>

void runner_line_up(const struct classifier *classifier, uint32_t index, struct runner *ret_runner)
{
	const struct table_message *message = table_message(classifier, index);

	ret_runner->message = message;
	ret_runner->cells = table_at(classifier, message->cells_at);
	ret_runner->classes = table_at(classifier, message->classes_at);
	ret_runner->index = index;
	ret_runner->runs = table_at(classifier, message->runs_at);
	ret_runner->cell = message_start(message, ret_runner->cells);
	ret_runner->evidence = 0;
	ret_runner->proved_at = 0;
	ret_runner->whole_at = 0;
	ret_runner->alive = true;
	ret_runner->whole = false;
	ret_runner->sure = false;
	ret_runner->read = 0;
	ret_runner->sure_at = 0;
}

/* What it says of itself where it stands now. */
static void note_flags(struct runner *runner, uint32_t cell, uint32_t at)
{
	runner->alive = cell_row(cell) != 0;
	runner->whole = (cell & STATE_COMPLETE) != 0;
	runner->sure = (cell & STATE_SURE) != 0;
	runner->whole_at = runner->whole ? at : runner->whole_at;
	runner->proved_at = (cell & STATE_PROVED) != 0 ? at : 0;
}

static uint32_t weigh(uint32_t cell, uint8_t octet, int previous)
{
	uint32_t evidence = cell_evidence(cell);

	return octet == previous && evidence > EVIDENCE_PLAIN ? EVIDENCE_PLAIN : evidence;
}

/* One octet.  True when that may change the verdict. */
static bool step(struct runner *runner, uint8_t octet, int previous, uint32_t at)
{
	uint32_t cell = runner->cells[cell_row(runner->cell) + runner->classes[octet]];
	bool was_proved = runner->evidence >= EVIDENCE_DECIDES;

	runner->cell = cell;
	runner->evidence += weigh(cell, octet, previous);
	note_flags(runner, cell, at);
	return !runner->alive || (cell & CELL_FLAGS) != 0 || (!was_proved && runner->evidence >= EVIDENCE_DECIDES);
}

/* The octets behind the first `at` are this run. */
static bool is_run(const struct table_run *run, const struct course *course, uint32_t at, uint32_t end, int previous)
{
	uint64_t octets = 0;

	if (run->size > end - at || course->size - at < sizeof(octets)) {
		return false;
	}
	memcpy(&octets, course->octets + at, sizeof(octets));
	return ((octets ^ run->octets) & run->mask) == 0 && !(run->no_repeat != 0 && course->octets[at] == previous);
}

/* The innermost loop of all. */
uint32_t runner_take(struct runner *runner, const struct course *course, uint32_t at, uint32_t end)
{
	const uint32_t run_column = runner->message->columns - 1;
	const uint8_t *octets = course->octets;
	uint32_t evidence = runner->evidence;
	uint32_t evidence_wanted = evidence < EVIDENCE_DECIDES ? EVIDENCE_DECIDES : UINT32_MAX;
	uint32_t cell = runner->cell;
	int previous = at > 0 ? octets[at - 1] : -1;
	bool news = false;

	while (at < end && !news) {
		uint32_t row = cell_row(cell);
		const struct table_run *run =
			(cell & CELL_RUNS) != 0 ? &runner->runs[runner->cells[row + run_column] - 1] : NULL;
		if (run != NULL && is_run(run, course, at, end, previous) &&
		    evidence + run->evidence < evidence_wanted) {
			cell = run->cell;
			evidence += run->evidence;
			at += run->size;
		} else {
			cell = runner->cells[row + runner->classes[octets[at]]];
			evidence += weigh(cell, octets[at], previous);
			at++;
		}
		previous = octets[at - 1];
		news = (cell & CELL_FLAGS) != 0 || cell_row(cell) == 0 || evidence >= evidence_wanted;
	}
	runner->cell = cell;
	runner->evidence = evidence;
	note_flags(runner, cell, at);
	return at;
}

static const struct table_protocol *protocol_of(const struct course *course, const struct runner *runner)
{
	return table_protocol(course->classifier, runner->message->protocol);
}

int32_t runner_priority(const struct course *course, const struct runner *runner)
{
	return protocol_of(course, runner)->priority;
}

/* ---- the rules ---- */

/* Rules 2 and 3, for a message whose protocol is the only one left. */
static bool is_taken(const struct course *course, const struct runner *runner, uint32_t octets)
{
	const struct table_protocol *protocol = protocol_of(course, runner);
	bool some = runner->evidence >= EVIDENCE_WHOLE || protocol->alone != 0;
	bool proved = runner->message->sure != 0 ? runner->sure
						 : runner->evidence >= EVIDENCE_DECIDES || runner->proved_at != 0;

	if (protocol->at_once != 0 || (proved && runner->message->weak == 0)) {
		return true;
	}
	return runner->whole && some && (runner->message->weak == 0 || runner_ends_at(course, runner, octets));
}

static const struct runner *any_taken(const struct course *course, uint32_t octets)
{
	for (unsigned i = 0; i < course->count; i++) {
		if (course->runners[i].alive && is_taken(course, &course->runners[i], octets)) {
			return &course->runners[i];
		}
	}
	return NULL;
}

/* Rule 1: the runner that has passed its `sure`, alone or by priority; NULL: none. */
static const struct runner *surest(const struct course *course)
{
	const struct runner *best = NULL;
	bool tie = false;

	for (unsigned i = 0; i < course->count; i++) {
		const struct runner *runner = &course->runners[i];
		if (!runner->alive || runner->message->weak != 0 || !runner->sure) {
			continue;
		}
		if (best == NULL || runner_priority(course, runner) > runner_priority(course, best)) {
			best = runner;
			tie = false;
		} else if (runner->message->protocol != best->message->protocol &&
			   runner_priority(course, runner) == runner_priority(course, best)) {
			tie = true;
		}
	}
	return tie ? NULL : best;
}

/* Protocols that are left: 0, 1, or 2 for more. */
static unsigned protocols_left(const struct course *course)
{
	const struct runner *first = NULL;

	for (unsigned i = 0; i < course->count; i++) {
		const struct runner *runner = &course->runners[i];
		if (runner->alive && first != NULL && runner->message->protocol != first->message->protocol) {
			return 2;
		}
		first = runner->alive ? runner : first;
	}
	return first != NULL;
}

/* Those that were proved before, and have died since. */
static void bury(struct course *course, uint32_t octets)
{
	size_t window = course->size < WINDOW_MAX ? course->size : WINDOW_MAX;

	for (unsigned i = 0; i < course->count; i++) {
		struct runner *runner = &course->runners[i];
		if (runner->alive && runner->proved_at != 0 && runner->proved_at < octets) {
			runner_read(course, runner, octets, window);
			runner_bring_to(runner, octets);
		}
	}
}

enum race_verdict race_judge(struct course *course, uint32_t octets, struct race_result *ret_result)
{
	unsigned left = protocols_left(course);

	if (left == 0) {
		return race_fall_back(course, ret_result);
	}
	const struct runner *taken = left == 1 ? any_taken(course, octets) : surest(course);
	if (taken == NULL) {
		return RACE_MORE;
	}
	*ret_result = (struct race_result){ .message = taken->index, .octets = octets };
	return RACE_WON;
}

/* ---- the window ---- */

static void start_course(struct course *course, const struct classifier *classifier, const struct table_few *few,
			 const struct classifier_flow *flow)
{
	course->classifier = classifier;
	course->count = few->count;
	course->doubtful = false;
	course->remembered = flow->remembered;
	course->remembered_at = flow->remembered_at;
	for (unsigned i = 0; i < few->count; i++) {
		runner_line_up(classifier, few->messages[i], &course->runners[i]);
	}
}

static bool is_running(const struct runner *runner)
{
	return runner->alive && runner->proved_at == 0;
}

/* What all of them were while others lived; nobody looks whether they might be taken. */
static void catch_up(struct course *course, uint32_t octets)
{
	for (unsigned i = 0; i < course->count; i++) {
		struct runner *runner = &course->runners[i];
		for (uint32_t at = 0; at < octets && is_running(runner);) {
			at = runner_take(runner, course, at, octets);
		}
		course->doubtful = course->doubtful || (runner->proved_at != 0 && runner->alive);
	}
}

/* The only one that lives; NULL: there are more, or none. */
static struct runner *only_one(struct course *course)
{
	struct runner *only = NULL;

	for (unsigned i = 0; i < course->count; i++) {
		if (course->runners[i].alive && only != NULL) {
			return NULL;
		}
		only = course->runners[i].alive ? &course->runners[i] : only;
	}
	return only;
}

/* All that live take an octet; true when that may change the verdict. */
static bool step_all(struct course *course, uint32_t at)
{
	int previous = at > 0 ? course->octets[at - 1] : -1;
	bool news = false;

	for (unsigned i = 0; i < course->count; i++) {
		struct runner *runner = &course->runners[i];
		if (is_running(runner)) {
			news = step(runner, course->octets[at], previous, at + 1) || news;
			course->doubtful = course->doubtful || runner->proved_at != 0;
		}
	}
	return news;
}

/* The octets behind the first `at`, up to where the verdict may change.  Returns how many were taken then. */
static uint32_t run_on(struct course *course, uint32_t at, uint32_t window)
{
	struct runner *only = course->doubtful ? NULL : only_one(course);
	bool news = false;

	if (only != NULL) {
		at = runner_take(only, course, at, window);
		course->doubtful = only->proved_at != 0;
		return at;
	}
	while (at < window && !news) {
		news = course->doubtful;
		news = step_all(course, at++) || news;
	}
	if (course->doubtful) {
		bury(course, at);
	}
	return at;
}

enum race_verdict race(const struct classifier *classifier, const struct classifier_flow *flow,
		       const struct table_few *few, const uint8_t *octets, size_t size, struct race_result *ret_result)
{
	uint32_t window = size < WINDOW_MAX ? (uint32_t)size : WINDOW_MAX;
	UNFILLED struct course course;

	start_course(&course, classifier, few, flow);
	course.octets = octets;
	course.size = size;
	catch_up(&course, flow->offset);
	if (course.doubtful) {
		bury(&course, flow->offset);
	}
	for (uint32_t at = flow->offset;; at = run_on(&course, at, window)) {
		enum race_verdict verdict = race_judge(&course, at, ret_result);
		if (verdict != RACE_MORE) {
			return verdict;
		}
		if (at >= window) {
			return size >= WINDOW_MAX ? race_read_on(&course, ret_result) : RACE_MORE;
		}
	}
}
