/* examine_first.c - E9: first messages that collide, of different protocols in one file or where functions are
 * chosen by the message; and E11: after how many octets it is certain which function it is.
 *
 * Called by examine.c, last: what it costs grows with the square of the file. */
#include <errno.h>

#include "description/examine/examine_parts.h"

/* ---- what was found ---- */

/* "Get of http" where there is more than one protocol to mean. */
static const char *name_of(struct report *report, const struct specimen *specimen, bool with_protocol)
{
	return with_protocol ? report_text(report, "%s of %s", specimen->message->name, specimen->protocol->name)
			     : specimen->message->name;
}

static void say_both(struct examiner *examiner, const struct specimen *left, const struct specimen *right,
		     const struct collision_result *result)
{
	bool different = left->protocol != right->protocol;
	const char *right_name = name_of(examiner->report, right, different);

	report_add(examiner->report, right->protocol->source, result->confirmed ? FINDING_ERROR : FINDING_WARNING, "E9",
		   right->message->place, octets_shown(examiner->report, result->witness, result->witness_size),
		   "check what tells them apart, closed op codes or real limits; what collides can share no port",
		   "first message %s %s also %s, line %u", right_name,
		   result->confirmed ? "collides: these octets are" : "may collide: these octets may be",
		   name_of(examiner->report, left, different), (unsigned)left->message->place.line);
}

static void say_inside(struct examiner *examiner, const struct specimen *left, const struct specimen *right,
		       const struct collision_result *result)
{
	bool different = left->protocol != right->protocol;
	const struct specimen *ends = result->inside_is_left ? left : right;
	const struct specimen *goes_on = result->inside_is_left ? right : left;

	report_add(examiner->report, right->protocol->source, FINDING_WARNING, "E9", right->message->place,
		   octets_shown(examiner->report, result->witness, result->witness_size),
		   "let them differ before the shorter one ends: only silence tells them apart",
		   "first message %s, line %u, %s end where %s, line %u, goes on",
		   name_of(examiner->report, ends, different), (unsigned)ends->message->place.line,
		   result->confirmed ? "can" : "may", name_of(examiner->report, goes_on, different),
		   (unsigned)goes_on->message->place.line);
}

/* ---- functions ---- */

/* Functions of a protocol that are chosen by the message it is. */
static bool is_chosen_by(const struct protocol *protocol, const struct message *message)
{
	for (const struct function *function = protocol->functions; function != NULL; function = function->next) {
		if (function->message == message) {
			return true;
		}
	}
	return false;
}

/* Both begin a connection somewhere, and somebody has to know which it is. */
static bool must_differ(const struct specimen *left, const struct specimen *right)
{
	if (left->protocol != right->protocol) {
		return (left->protocol->transports & right->protocol->transports) != 0;
	}
	return is_chosen_by(left->protocol, left->message) || is_chosen_by(right->protocol, right->message);
}

/* ---- pairs ---- */

static void note_rival(struct rivals *rivals, uint32_t apart_at)
{
	rivals->apart_at = rivals->any && rivals->apart_at > apart_at ? rivals->apart_at : apart_at;
	rivals->any = true;
}

static void note_pair(struct specimen *left, struct specimen *right, uint32_t apart_at)
{
	bool same = left->protocol == right->protocol;

	note_rival(same ? &left->own : &left->others, apart_at);
	note_rival(same ? &right->own : &right->others, apart_at);
}

static int look_at_pair(struct examiner *examiner, struct specimen *left, struct specimen *right)
{
	struct collision_result result;
	int r = specimens_collide(examiner, left, right, &result);

	if (r == -E2BIG) {
		note_pair(left, right, APART_NEVER);
		return 0;
	}
	if (r < 0) {
		return r;
	}
	note_pair(left, right, result.kind == COLLISION_NONE && result.octets > 0 ? result.octets : APART_NEVER);
	if (result.kind == COLLISION_BOTH) {
		say_both(examiner, left, right, &result);
	} else if (result.kind == COLLISION_INSIDE && share_stream(left, right)) {
		say_inside(examiner, left, right, &result);
	}
	return 0;
}

static int look_at_pairs(struct examiner *examiner)
{
	int r = 0;

	for (uint32_t right = 1; right < examiner->count && r == 0; right++) {
		struct specimen *b = &examiner->list[right];
		for (uint32_t left = 0; left < right && b->examined != NULL && r == 0; left++) {
			struct specimen *a = &examiner->list[left];
			if (!effort_spend(&examiner->effort, 1)) {
				examiner_gives_up(examiner, b);
				return 0;
			}
			if (a->examined != NULL && must_differ(a, b)) {
				r = look_at_pair(examiner, a, b);
			}
		}
	}
	return r;
}

/* ---- E11 ---- */

static void add_rivals(struct rivals *rivals, const struct rivals *more)
{
	if (more->any) {
		note_rival(rivals, more->apart_at);
	}
}

/* What all first messages of a protocol have to be told apart from. */
static struct rivals rivals_of(const struct examiner *examiner, const struct specimens *protocol)
{
	struct rivals rivals = { .any = false };

	for (uint32_t i = protocol->first; i < protocol->first + protocol->count; i++) {
		add_rivals(&rivals, &examiner->list[i].others);
	}
	return rivals;
}

static int tell_functions(struct examiner *examiner, const struct specimens *protocol)
{
	struct examined_function **tail = &protocol->examined->functions;
	struct rivals of_all = rivals_of(examiner, protocol);

	for (const struct function *at = protocol->protocol->functions; at != NULL && protocol->count > 0;
	     at = at->next) {
		struct examined_function *examined = arena_take(&examiner->examination->arena, sizeof(*examined));
		struct rivals rivals = of_all;
		if (examined == NULL) {
			return -ENOMEM;
		}
		if (at->message != NULL) {
			const struct specimen *specimen = specimen_find(examiner, protocol, at->message);
			rivals = specimen->others;
			add_rivals(&rivals, &specimen->own);
		}
		*examined = (struct examined_function){
			.function = at,
			.alone = !rivals.any,
			.apart_at = rivals.apart_at,
		};
		*tail = examined;
		tail = &examined->next;
	}
	return 0;
}

int examine_first(struct examiner *examiner)
{
	int r = look_at_pairs(examiner);

	for (uint32_t i = 0; i < examiner->protocol_count && r == 0; i++) {
		r = tell_functions(examiner, &examiner->protocols[i]);
	}
	return r;
}
