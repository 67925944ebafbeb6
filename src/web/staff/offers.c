/* offers.c - what one person of the staff can do with an application now (offers.h).  Called by the dossier, its acts
 * and the queue. */
#include "web/staff/offers.h"

#include <string.h>

#include "web/site/visit.h"

#define REASONS "Reasons"

const struct offer_form offer_forms[] = {
	{ "take", "Take it", "The others see that you look after it.", NULL, 0 },
	{ "ask", "Ask the applicant", "The application waits for the answer, 30 days at most.", "Question",
	  OFFER_ABOUT },
	{ "to-expert", "Give it to an expert", "An expert examines it and recommends, within 14 days.", NULL,
	  OFFER_EXPERT },
	{ "name-expert", "Name an expert", "Beside those who are named already.", NULL, OFFER_EXPERT },
	{ "reassign", "Name another expert", "The expert who is named now stays named; the 14 days begin anew.", "Why",
	  OFFER_EXPERT },
	{ "to-board", "Give it to the board", "Two of the board decide.", "Why it is a matter for the board", 0 },
	{ "need-consent", "Ask the holder for consent",
	  "The present holder and the new contact are written to; each has 28 days to say yes.", NULL, 0 },
	{ "call", "Open it for public comments",
	  "It stands on the public page of calls for four weeks; then the board decides.",
	  "What shows that the assignment is not used", 0 },
	{ "comment", "Put a comment on record", "As it came by letter or telephone.", "The comment", 0 },
	{ "close", "Close the call for comments", "Then the board decides.", "Summary of the comments",
	  OFFER_TEXT_MAY },
	{ "recommend", "Recommend", "The registry decides; your recommendation and its reasons stay on record.",
	  REASONS, OFFER_VERDICT | OFFER_RULES },
	{ "recuse", "Step aside",
	  "Another expert is named. Do so if you, or those you work for, have an interest in it.", "Why you step aside",
	  0 },
	{ "propose-assign", "Decide to assign it", "It is assigned afterwards, with the number.", REASONS, 0 },
	{ "vote", "Vote", "Two of the board decide: your vote is recorded, and another person must decide the same.",
	  REASONS, OFFER_VERDICT | OFFER_RULES },
	{ "assign", "Assign", "The number or name is given and published, and all who are concerned are written to.",
	  NULL, OFFER_PORT },
	{ "hold-back", "Hold it back", "It is examined again; the decision stays on record.", "The new fact", 0 },
	{ "refuse", "Refuse it", "The applicant is told the reasons and can appeal within 60 days.", REASONS,
	  OFFER_RULES },
	{ "appeal", "Put an appeal on record", "Of somebody whom the assignment concerns.",
	  "The facts on which it rests", 0 },
	{ "hear", "Take up the appeal", "People of the board who were not heard before decide.", NULL, 0 },
	{ "uphold", "Uphold the decision", "The appeal has failed; the decision stands.", REASONS, 0 },
	{ "annul", "Annul the decision", "What was refused is examined again; what was assigned is de-assigned.",
	  REASONS, 0 },
	{ .act = NULL },
};

const struct offer_form *offer_form_find(const char *act)
{
	for (const struct offer_form *form = offer_forms; form->act != NULL; form++) {
		if (strcmp(form->act, act) == 0) {
			return form;
		}
	}
	return NULL;
}

/* ---- facts ---- */

static void read_vote(const json_t *vote, json_int_t round, struct offer_facts *facts)
{
	bool is_mine = row_integer(vote, "staff") == facts->staff;
	bool is_of_version = row_integer(vote, "material") == facts->material;
	bool is_now = row_integer(vote, "round") == round && is_of_version;
	const char *verdict = row_text(vote, "verdict");

	if (is_mine) {
		json_int_t bench = row_integer(vote, "bench");
		facts->sat_expert = facts->sat_expert || bench == 0;
		facts->sat_first = facts->sat_first || bench == 1;
		facts->sat_appeal = facts->sat_appeal || bench > 1;
	}
	if (strcmp(row_text(vote, "role"), "expert") == 0) {
		facts->was_heard = facts->was_heard || is_mine;
		if (is_of_version && row_integer(vote, "event") > facts->recommended_event) {
			facts->recommended_event = row_integer(vote, "event");
			facts->recommended = row_integer(vote, "staff");
			facts->recommends_assign = strcmp(verdict, "assign") == 0;
		}
		return;
	}
	facts->has_voted = facts->has_voted || (is_mine && is_now);
	facts->was_heard = facts->was_heard || (is_mine && row_integer(vote, "round") < round);
	if (!is_mine && is_now && strcmp(row_text(vote, "role"), "board") == 0) {
		facts->first_assigns = facts->first_assigns || strcmp(verdict, "assign") == 0;
		facts->first_refuses = facts->first_refuses || strcmp(verdict, "refuse") == 0;
		facts->first_annuls = facts->first_annuls || strcmp(verdict, "annul") == 0;
	}
}

static void read_votes(const json_t *dossier, struct offer_facts *facts)
{
	const json_t *decisions = json_object_get(dossier, "decisions");
	const json_t *last = json_array_get(decisions, json_array_size(decisions) - 1);
	json_t *vote;
	size_t i;

	facts->upheld = strcmp(row_text(last, "verdict"), "assign") == 0 ? "assign" : "refuse";
	json_array_foreach(json_object_get(dossier, "votes"), i, vote)
	{
		read_vote(vote, row_integer(last, "round") + 1, facts);
	}
}

static void read_steps(const json_t *dossier, struct offer_facts *facts)
{
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(dossier, "steps"), i, step)
	{
		facts->step = (int)row_integer(step, "n");
		if (strcmp(row_text(step, "act"), "hear") == 0) {
			facts->is_appeal = true;
		} else if (strcmp(row_text(step, "to_state"), "validating") == 0) {
			facts->is_appeal = false;
		}
	}
}

static void read_examiners(const json_t *dossier, struct offer_facts *facts)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier, "examiners"), i, row)
	{
		bool is_expert = json_is_string(json_object_get(row, "due")) &&
				 !json_is_integer(json_object_get(row, "recused"));
		facts->has_expert = facts->has_expert || is_expert;
		if (is_expert && row_integer(row, "staff") == facts->staff) {
			facts->actors |= ACTOR_EXPERT;
		}
	}
}

static size_t count_refusing(const json_t *dossier)
{
	size_t count = 0;
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier, "report"), i, row)
	{
		count += strcmp(row_text(row, "level"), "refuse") == 0;
	}
	return count;
}

static unsigned actors_of_roles(unsigned roles)
{
	return ((roles & ROLE_REGISTRAR) != 0 ? ACTOR_REGISTRAR | ACTOR_ANYONE : 0U) |
	       ((roles & ROLE_BOARD) != 0 ? ACTOR_BOARD | ACTOR_ANYONE : 0U);
}

void offer_facts_read(const json_t *dossier, int64_t staff, unsigned roles, const char *now,
		      struct offer_facts *ret_facts)
{
	*ret_facts = (struct offer_facts){
		.state = row_text(dossier, "state"),
		.kind = row_text(dossier, "kind"),
		.due = row_text(dossier, "due"),
		.now = now,
		.staff = staff,
		.actors = actors_of_roles(roles),
		.eyes = (int)row_integer(dossier, "eyes"),
		.expert = (int)row_integer(dossier, "expert"),
		.material = (int)row_integer(dossier, "material"),
		/* Of such a one the dossier says no more than to its applicant. */
		.is_own = json_object_get(dossier, "own_staff") == NULL || row_integer(dossier, "own_staff") == staff,
		.refusing = count_refusing(dossier),
	};
	read_votes(dossier, ret_facts);
	read_steps(dossier, ret_facts);
	read_examiners(dossier, ret_facts);
}

/* ---- who ---- */

static bool is_among(const char *word, const char *const words[])
{
	for (; *words != NULL; words++) {
		if (strcmp(*words, word) == 0) {
			return true;
		}
	}
	return false;
}

static unsigned actors_who_may(const struct offer_facts *facts, const char *act)
{
	static const char *const examined[] = { "validating", "expert-review", "board", NULL };
	bool is_beside = strcmp(act, "take") == 0 || strcmp(act, "name-expert") == 0;

	if (is_beside) {
		return is_among(facts->state, examined) ? ACTOR_REGISTRAR : 0U;
	}
	return process_move_actors(facts->state, act);
}

/* ---- guards: hidden where it makes no sense, else why not ---- */

static const char hidden[] = "";
#define FOUR_EYES \
	"This takes two of the board: your vote is recorded, and a second person of the board must decide the same."

static const char *guard_of_kind(const struct offer_facts *facts, const char *act)
{
	static const char *const free_of_consent[] = { "revocation", "name", "service-code", NULL };
	bool asks_expert = strcmp(act, "to-expert") == 0 || strcmp(act, "name-expert") == 0;

	if (asks_expert && facts->expert == 0) {
		return hidden;
	}
	if (strcmp(act, "need-consent") == 0 && is_among(facts->kind, free_of_consent)) {
		return hidden;
	}
	return strcmp(act, "call") == 0 && strcmp(facts->kind, "revocation") != 0 ? hidden : NULL;
}

/* Who was heard as something else. */
static const char *guard_seat(const struct offer_facts *facts)
{
	if (facts->sat_expert) {
		return "You recommended on it: somebody else decides.";
	}
	return facts->sat_appeal ? "You heard an appeal about it: somebody else decides." : NULL;
}

static const char *guard_registrar_assigns(const struct offer_facts *facts)
{
	if (facts->eyes != 1) {
		return "This takes two of the board: give it to the board.";
	}
	if (facts->refusing > 0) {
		return "Rules refuse it: see the report.";
	}
	if (facts->expert == 1 && facts->recommended == 0) {
		return facts->has_expert ? "An expert must recommend first, and one is named."
					 : "An expert must recommend first: give it to an expert.";
	}
	if (facts->expert == 1 && !facts->recommends_assign) {
		return "The expert recommends to refuse it.";
	}
	return guard_seat(facts);
}

static const char *guard_board_assigns(const struct offer_facts *facts)
{
	if (facts->is_appeal || !facts->first_assigns) {
		return hidden;
	}
	return facts->has_voted ? FOUR_EYES : guard_seat(facts);
}

static const char *guard_refuse(const struct offer_facts *facts)
{
	if (strcmp(facts->state, "board") == 0) {
		if (facts->is_appeal || !facts->first_refuses) {
			return hidden;
		}
		if (facts->has_voted) {
			return FOUR_EYES;
		}
	} else if (facts->expert == 1 && facts->recommended == 0) {
		return facts->has_expert ? "An expert must be heard first, and one is named."
					 : "An expert must be heard first: give it to an expert.";
	}
	return guard_seat(facts);
}

static const char heard_before[] = "An appeal is heard by people of no earlier round, and you were of one.";

static const char *guard_vote(const struct offer_facts *facts)
{
	if (facts->has_voted) {
		return FOUR_EYES;
	}
	if (facts->is_appeal) {
		return facts->was_heard ? heard_before : NULL;
	}
	return guard_seat(facts);
}

static const char *guard_appeal(const struct offer_facts *facts, bool first)
{
	if (!facts->is_appeal || !first) {
		return hidden;
	}
	if (facts->was_heard) {
		return heard_before;
	}
	return facts->has_voted ? FOUR_EYES : NULL;
}

static const char *guard_assign(const struct offer_facts *facts)
{
	bool revokes = strcmp(facts->kind, "revocation") == 0;

	return (facts->actors & (revokes ? ACTOR_BOARD : ACTOR_REGISTRAR)) == 0 ? hidden : NULL;
}

static const char *guard(const struct offer_facts *facts, const char *act)
{
	bool before_board = strcmp(facts->state, "board") == 0;

	if (strcmp(act, "propose-assign") == 0) {
		return before_board ? guard_board_assigns(facts) : guard_registrar_assigns(facts);
	}
	if (strcmp(act, "refuse") == 0) {
		return guard_refuse(facts);
	}
	if (strcmp(act, "vote") == 0) {
		return guard_vote(facts);
	}
	if (strcmp(act, "uphold") == 0) {
		bool first = strcmp(facts->upheld, "assign") == 0 ? facts->first_assigns : facts->first_refuses;
		return guard_appeal(facts, first);
	}
	if (strcmp(act, "annul") == 0) {
		return guard_appeal(facts, facts->first_annuls);
	}
	if (strcmp(act, "hear") == 0) {
		return facts->was_heard ? heard_before : NULL;
	}
	if (strcmp(act, "assign") == 0) {
		return guard_assign(facts);
	}
	if (strcmp(act, "recommend") == 0) {
		if (facts->sat_first || facts->sat_appeal) {
			return "You decided on it: somebody else recommends.";
		}
		return facts->recommended == facts->staff ? "You have recommended on this version." : NULL;
	}
	if (strcmp(act, "ask") == 0) {
		return facts->is_appeal ? hidden : NULL; /* what was decided stands until the appeal is */
	}
	if (strcmp(act, "close") == 0) {
		return strcmp(facts->due, facts->now) > 0 ? "The call is still open." : NULL;
	}
	return guard_of_kind(facts, act);
}

/* ---- made ---- */

size_t offers_make(const struct offer_facts *facts, struct offer ret_offers[static OFFERS_MAX])
{
	size_t count = 0;

	for (const struct offer_form *form = offer_forms; form->act != NULL && !facts->is_own; form++) {
		if ((actors_who_may(facts, form->act) & facts->actors) == 0) {
			continue;
		}
		const char *why_not = guard(facts, form->act);
		if (why_not != hidden) {
			ret_offers[count++] = (struct offer){ form, why_not };
		}
	}
	return count;
}

bool offers_findings(const struct offer_facts *facts)
{
	static const char *const examined[] = { "validating", "expert-review", "board", NULL };

	return !facts->is_own && is_among(facts->state, examined) &&
	       (facts->actors & (ACTOR_REGISTRAR | ACTOR_EXPERT | ACTOR_BOARD)) != 0;
}

/* ---- the queue ---- */

static bool has_number(const json_t *numbers, int64_t number)
{
	json_t *item;
	size_t i;

	json_array_foreach(numbers, i, item)
	{
		if (json_integer_value(item) == number) {
			return true;
		}
	}
	return false;
}

bool offers_waits(const json_t *row, int64_t staff, unsigned roles)
{
	const char *state = row_text(row, "state");
	const json_t *experts = json_object_get(row, "experts");
	bool revokes = strcmp(row_text(row, "kind"), "revocation") == 0;
	unsigned who = 0;

	if (row_integer(row, "own_staff") == staff) {
		return false;
	}
	if (strcmp(state, "validating") == 0) {
		who = ROLE_REGISTRAR;
	} else if (strcmp(state, "approved") == 0) {
		who = revokes ? ROLE_BOARD : ROLE_REGISTRAR;
	} else if (strcmp(state, "expert-review") == 0) {
		return has_number(experts, staff) || (json_array_size(experts) == 0 && (roles & ROLE_REGISTRAR) != 0);
	} else if (strcmp(state, "board") == 0) {
		who = has_number(json_object_get(row, "voted"), staff) ? 0 : ROLE_BOARD;
	} else if (strcmp(state, "appeal") == 0) {
		who = has_number(json_object_get(row, "heard"), staff) ? 0 : ROLE_BOARD;
	}
	return (roles & who) != 0;
}
