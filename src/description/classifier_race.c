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
#include "description/classifier_race.h"

void runner_line_up(const struct classifier *classifier, uint32_t index, struct runner *ret_runner)
{
	const struct table_message *message = table_message(classifier, index);

	ret_runner->message = message;
	ret_runner->cells = table_at(classifier, message->cells_at);
	ret_runner->classes = table_at(classifier, message->classes_at);
	ret_runner->index = index;
	ret_runner->row = STATE_START * message->classes_count;
	ret_runner->evidence = 0;
	ret_runner->proved_at = 0;
	ret_runner->whole_at = 0;
	ret_runner->alive = true;
	ret_runner->whole = false;
	ret_runner->sure = false;
	ret_runner->read = 0;
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
			runner_read(course, runner, window);
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

/* All runners take an octet; true when that may change the verdict. */
static bool take(struct course *course, uint8_t octet, int previous, uint32_t at)
{
	bool news = false;

	for (unsigned i = 0; i < course->count; i++) {
		struct runner *runner = &course->runners[i];
		if (runner->alive && runner->proved_at == 0) {
			news = runner_take(runner, octet, previous, at) || news;
			course->doubtful = course->doubtful || runner->proved_at != 0;
		}
	}
	return news;
}

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

enum race_verdict race(const struct classifier *classifier, const struct classifier_flow *flow,
		       const struct table_few *few, const uint8_t *octets, size_t size, struct race_result *ret_result)
{
	uint32_t window = size < WINDOW_MAX ? (uint32_t)size : WINDOW_MAX;
	UNFILLED struct course course;
	int previous = -1;

	start_course(&course, classifier, few, flow);
	course.octets = octets;
	course.size = size;
	for (uint32_t at = 1; at <= window; at++) {
		bool was_doubtful = course.doubtful;
		bool news = take(&course, octets[at - 1], previous, at);
		previous = octets[at - 1];
		if (at < flow->offset || !(news || was_doubtful || at == flow->offset)) {
			continue;
		}
		if (was_doubtful) {
			bury(&course, at);
		}
		enum race_verdict verdict = race_judge(&course, at, ret_result);
		if (verdict != RACE_MORE) {
			return verdict;
		}
	}
	return size >= WINDOW_MAX ? race_read_on(&course, ret_result) : RACE_MORE;
}
