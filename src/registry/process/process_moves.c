/* process_moves.c - the table of moves: the only ways an application goes (process.h), and the same in the store.
 *
 * Read by process_do.c before each act.  The store's copy carries keys, so that nothing else can be written down even
 * by other means. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A ACTOR_APPLICANT
#define H ACTOR_HOLDER
#define R ACTOR_REGISTRAR
#define X ACTOR_EXPERT
#define B ACTOR_BOARD
#define T ACTOR_TIMER
#define M ACTOR_MACHINE
#define ANY ACTOR_ANYONE

/* A step that stays where it is keeps the day that was due, unless it sets its own. */
const struct process_move process_moves[] = {
	{ "new", "save", "draft", A, "applicant", 30 },
	{ "new", "submit", "unconfirmed", A, "applicant", 7 },
	{ "draft", "submit", "unconfirmed", A, "applicant", 7 },
	{ "new", "file", "validating", R, "own", 0 },
	{ "draft", "file", "validating", R, "own", 0 },
	{ "draft", "expire", "lapsed", T, "none", 0 },
	{ "unconfirmed", "confirm", "validating", A, "own", 0 },
	{ "unconfirmed", "expire", "lapsed", T, "none", 0 },

	{ "validating", "ask", "with-applicant", R, "applicant", 30 },
	{ "expert-review", "ask", "with-applicant", X, "applicant", 30 },
	{ "board", "ask", "with-applicant", B, "applicant", 30 },
	{ "with-applicant", "answer", "validating", A, "own", 0 },
	{ "with-applicant", "answer", "expert-review", A, "own", 14 },
	{ "with-applicant", "answer", "board", A, "own", 30 },
	{ "with-applicant", "remind", "with-applicant", T, "applicant", 0 },
	{ "with-applicant", "expire", "lapsed", T, "none", 90 },
	{ "lapsed", "reopen", "validating", A, "own", 0 },

	{ "validating", "need-consent", "with-holder", R, "other", 28 },
	{ "with-holder", "consented", "validating", M, "own", 0 },
	{ "with-holder", "declined", "refused", H, "none", 60 },
	{ "with-holder", "expire", "validating", T, "own", 0 },

	{ "validating", "to-expert", "expert-review", R, "own", 14 },
	{ "validating", "to-board", "board", R, "own", 30 },
	{ "validating", "call", "call", B, "other", 28 },
	{ "call", "comment", "call", ANY, "other", 0 },
	{ "call", "close", "board", T | B, "own", 30 },

	{ "expert-review", "recuse", "expert-review", X, "own", 0 },
	{ "expert-review", "remind", "expert-review", T, "own", 0 },
	{ "expert-review", "reassign", "expert-review", R, "own", 14 },
	{ "expert-review", "recommend", "validating", X, "own", 0 },

	{ "validating", "edit-return", "validating", A, "own", 0 },
	{ "board", "edit-return", "validating", A, "own", 0 },

	{ "validating", "propose-assign", "approved", R, "own", 0 },
	{ "validating", "auto", "approved", M, "own", 0 },
	{ "board", "vote", "board", B, "own", 0 },
	{ "board", "propose-assign", "approved", B, "own", 0 },
	{ "validating", "refuse", "refused", R, "none", 60 },
	{ "expert-review", "refuse", "refused", R, "none", 60 },
	{ "board", "refuse", "refused", B, "none", 60 },

	{ "approved", "assign", "assigned", R | M, "none", 0 },
	{ "approved", "assign", "done", R | B, "none", 0 },
	{ "approved", "number-taken", "validating", M, "own", 0 },
	{ "approved", "hold-back", "validating", R, "own", 0 },

	{ "validating", "withdraw", "withdrawn", A, "none", 0 },
	{ "with-applicant", "withdraw", "withdrawn", A, "none", 0 },
	{ "with-holder", "withdraw", "withdrawn", A, "none", 0 },
	{ "expert-review", "withdraw", "withdrawn", A, "none", 0 },
	{ "board", "withdraw", "withdrawn", A, "none", 0 },
	{ "approved", "withdraw", "withdrawn", A, "none", 0 },
	{ "withdrawn", "copy", "withdrawn", A, "none", 0 },
	{ "lapsed", "copy", "lapsed", A, "none", 0 },
	{ "refused", "copy", "refused", A, "none", 0 },

	{ "refused", "appeal", "appeal", A, "own", 30 },
	{ "assigned", "appeal", "appeal", ANY, "own", 30 },
	{ "appeal", "hear", "board", B, "own", 30 },
	{ "board", "uphold", "refused", B, "none", 60 },
	{ "board", "uphold", "assigned", B, "none", 0 },
	{ "board", "annul", "validating", B, "own", 0 },
	{ "board", "annul", "de-assigned", B, "none", 0 },
	{ .from = NULL },
};

enum { MOVES_MAX = 80, QUESTION_MAX = 1024 };

static const struct {
	unsigned actor;
	const char *word; /* in the store */
	const char *people;
} actors[] = {
	{ A, "applicant", "the applicant, by a link" },
	{ H, "holder", "the holder, by a link" },
	{ R, "registrar", "a registrar" },
	{ X, "expert", "an expert named for it" },
	{ B, "board", "a member of the board" },
	{ T, "timer", "the clock" },
	{ M, "machine", "the registry itself" },
	{ ANY, "anyone", "anybody whose address is confirmed" },
};

const char *process_actors_text(unsigned bits, bool for_people, char *buffer, size_t size)
{
	struct text text;

	text_init(&text, buffer, size);
	text_put(&text, "");
	for (size_t i = 0; i < sizeof(actors) / sizeof(actors[0]); i++) {
		if ((bits & actors[i].actor) == 0) {
			continue;
		}
		if (text.used > 0) {
			text_put(&text, for_people ? " or " : " ");
		}
		text_put(&text, for_people ? actors[i].people : actors[i].word);
	}
	return buffer;
}

const struct process_move *process_move_find(const char *from, const char *act, const char *to_or_null)
{
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		if (strcmp(move->from, from) == 0 && strcmp(move->act, act) == 0 &&
		    (to_or_null == NULL || strcmp(move->to, to_or_null) == 0)) {
			return move;
		}
	}
	return NULL;
}

unsigned process_move_actors(const char *from, const char *act)
{
	unsigned bits = 0;

	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		bits |= strcmp(move->from, from) == 0 && strcmp(move->act, act) == 0 ? move->actors : 0;
	}
	return bits;
}

const char *process_clock_of(const char *state)
{
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		if (strcmp(move->to, state) == 0) {
			return move->clock;
		}
	}
	return "none";
}

/* ---- the store's copy ---- */

struct copies {
	char words[MOVES_MAX][64];
	struct application_transition transitions[MOVES_MAX];
	size_t count;
	char questions[FORM_FIELDS_MAX][QUESTION_MAX];
	struct application_field fields[FORM_FIELDS_MAX];
	size_t field_count;
};

static const char *visibility_name(enum form_visibility visibility)
{
	switch (visibility) {
	case FORM_PUBLIC:
		return "public";
	case FORM_APPLICANT:
		return "applicant";
	case FORM_EXPERT:
		return "expert";
	case FORM_STAFF:
	default:
		return "staff";
	}
}

static void copy(struct copies *copies)
{
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		size_t i = copies->count++;
		copies->transitions[i] = (struct application_transition){
			.from_state = move->from,
			.act = move->act,
			.to_state = move->to,
			.actor = process_actors_text(move->actors, false, copies->words[i], sizeof(copies->words[i])),
			.clock = move->clock,
		};
	}
	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		size_t i = copies->field_count++;
		form_question(field, FORM_USER, copies->questions[i], sizeof(copies->questions[i]));
		copies->fields[i] = (struct application_field){
			.name = field->key,
			.question = copies->questions[i],
			.seed = (int)field->seed,
			.visibility = visibility_name(field->visibility),
		};
	}
}

static int put(struct process *process, const struct copies *copies)
{
	const struct change_by by = { .staff = BERTH, .act = "moves", .subject = "transition", .at = process->now };
	struct change *change = NULL;
	int r = change_begin(process->store, &by, &change);

	if (r < 0) {
		return r;
	}
	r = application_transitions_put(change, copies->transitions, copies->count);
	if (r == 0) {
		r = application_fields_put(change, copies->fields, copies->field_count);
	}
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

int process_prepare(struct process *process)
{
	struct copies *copies = calloc(1, sizeof(*copies));

	if (copies == NULL) {
		return -ENOMEM;
	}
	copy(copies);
	int r = application_transitions_compare(process->store, copies->transitions, copies->count);
	int missing = r < 0 ? r : application_fields_missing(process->store, copies->fields, copies->field_count);
	if (r >= 0 && missing < 0) {
		r = missing;
	} else if (r == 0 || (r > 0 && missing > 0)) {
		r = put(process, copies);
	}
	free(copies);
	return r < 0 ? r : 0;
}
