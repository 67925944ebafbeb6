/* berth_collide.c - `berth collide`: can the protocols that share a port be told apart, two by two? */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/berth_contest.h"
#include "cmd/berth_words.h"
#include "description/automaton/collide.h"

enum { STEPS_OF_MESSAGE = 200000000, STEPS_OF_PAIR = 50000000, STATES_OF_MESSAGE = 40960 };

/* From harmless to bad; of two protocols the worst pair of messages counts. */
enum outcome { OUTCOME_DISJOINT, OUTCOME_UNKNOWN, OUTCOME_INSIDE, OUTCOME_ALIKE, OUTCOME_COLLIDE, OUTCOMES };

static const char *const outcome_words[OUTCOMES] = {
	[OUTCOME_DISJOINT] = "disjoint", [OUTCOME_UNKNOWN] = "unknown", [OUTCOME_INSIDE] = "inside",
	[OUTCOME_ALIKE] = "alike",	 [OUTCOME_COLLIDE] = "collide",
};

/* A first message. */
struct entrant {
	size_t contestant;
	struct collidable collidable;
	struct automaton *automaton; /* NULL: it could not be looked at */
};

struct encounter {
	enum outcome outcome;
	const struct entrant *left, *right;
	struct collision_result result;
};

struct tournament {
	const struct contest *contest;
	struct entrant *entrants;
	size_t count;
	size_t counts[OUTCOMES];
	size_t confirmed;
	uint32_t apart_at; /* the most octets that any disjoint pair takes */
	bool all;	   /* disjoint pairs are printed, too */
	json_t *pairs;	   /* or NULL */
};

/* ---- entrants ---- */

static int add_entrant(struct tournament *tournament, size_t contestant, uint32_t message)
{
	const struct program *program = tournament->contest->list[contestant].program;
	struct effort effort = { .steps = STEPS_OF_MESSAGE, .states_max = STATES_OF_MESSAGE };
	struct entrant *entrants = reallocarray(tournament->entrants, tournament->count + 1, sizeof(*entrants));

	if (entrants == NULL) {
		return -ENOMEM;
	}
	tournament->entrants = entrants;
	struct entrant *entrant = &entrants[tournament->count++];
	*entrant = (struct entrant){ .contestant = contestant };
	int r = automaton_build_within(program, message, AUTOMATON_WINDOW, &effort, NULL, &entrant->automaton);
	entrant->collidable = (struct collidable){ program, message, entrant->automaton };
	return r == -E2BIG ? 0 : r;
}

static int add_entrants(struct tournament *tournament)
{
	int r = 0;

	for (size_t i = 0; i < tournament->contest->count; i++) {
		const struct program *program = tournament->contest->list[i].program;
		for (uint32_t m = 0; m < program->messages.count && r == 0; m++) {
			r = program_messages(program)[m].first ? add_entrant(tournament, i, m) : 0;
		}
	}
	return r;
}

static const char *protocol_of(const struct tournament *tournament, const struct entrant *entrant)
{
	return tournament->contest->list[entrant->contestant].protocol->name;
}

static const char *message_of(const struct entrant *entrant)
{
	return program_messages(entrant->collidable.program)[entrant->collidable.message].name;
}

/* ---- encounters ---- */

static int meet(const struct entrant *left, const struct entrant *right, struct encounter *ret_encounter)
{
	static const enum outcome outcomes[] = {
		[COLLISION_NONE] = OUTCOME_DISJOINT,
		[COLLISION_INSIDE] = OUTCOME_INSIDE,
		[COLLISION_BOTH] = OUTCOME_COLLIDE,
		[COLLISION_WINDOW] = OUTCOME_ALIKE,
	};
	struct effort effort = { .steps = STEPS_OF_PAIR };
	int r = -E2BIG;

	*ret_encounter = (struct encounter){ .outcome = OUTCOME_UNKNOWN, .left = left, .right = right };
	if (left->automaton != NULL && right->automaton != NULL) {
		r = collide_within(&left->collidable, &right->collidable, &effort, &ret_encounter->result);
	}
	if (r == 0) {
		ret_encounter->outcome = outcomes[ret_encounter->result.kind];
	}
	return r == -E2BIG ? 0 : r;
}

static bool is_worse(const struct encounter *encounter, const struct encounter *worst)
{
	if (worst->left == NULL || encounter->outcome != worst->outcome) {
		return worst->left == NULL || encounter->outcome > worst->outcome;
	}
	return encounter->result.confirmed > worst->result.confirmed ||
	       (encounter->outcome == OUTCOME_DISJOINT && encounter->result.octets > worst->result.octets);
}

/* The worst encounter of two protocols; none where one has no first messages. */
static int meet_all(const struct tournament *tournament, size_t left, size_t right, struct encounter *ret_worst)
{
	int r = 0;

	*ret_worst = (struct encounter){ .left = NULL };
	for (size_t i = 0; i < tournament->count && r == 0; i++) {
		for (size_t k = 0; k < tournament->count && r == 0; k++) {
			struct encounter encounter;
			if (tournament->entrants[i].contestant != left || tournament->entrants[k].contestant != right) {
				continue;
			}
			r = meet(&tournament->entrants[i], &tournament->entrants[k], &encounter);
			if (r == 0 && is_worse(&encounter, ret_worst)) {
				*ret_worst = encounter;
			}
		}
	}
	return r;
}

/* ---- telling ---- */

static void print_pair(const struct tournament *tournament, const struct encounter *encounter)
{
	const struct collision_result *result = &encounter->result;
	const char *left = message_of(encounter->left);
	const char *right = message_of(encounter->right);
	struct words_of_octets words;

	(void)printf("%-16s %-16s %-8s ", protocol_of(tournament, encounter->left),
		     protocol_of(tournament, encounter->right), outcome_words[encounter->outcome]);
	words_of_octets(&words, result->witness, result->witness_size);
	switch (encounter->outcome) {
	case OUTCOME_DISJOINT:
		(void)printf(result->octets > 0 ? "from octet %u\n" : "behind a text\n", (unsigned)result->octets);
		break;
	case OUTCOME_INSIDE:
		(void)printf("%s ends inside %s%s: %s\n", result->inside_is_left ? left : right,
			     result->inside_is_left ? right : left, result->confirmed ? "" : ", not confirmed",
			     words.text);
		break;
	case OUTCOME_ALIKE:
		(void)printf("%s and %s begin alike for %d octets: %s\n", left, right, WINDOW_MAX, words.text);
		break;
	case OUTCOME_COLLIDE:
		(void)printf("%s and %s%s: %s\n", left, right, result->confirmed ? "" : ", not confirmed", words.text);
		break;
	case OUTCOME_UNKNOWN:
	case OUTCOMES:
	default:
		(void)printf("too large to compare\n");
		break;
	}
}

static json_t *object_of_entrant(const struct tournament *tournament, const struct entrant *entrant)
{
	return json_pack("{s:s, s:s}", "protocol", protocol_of(tournament, entrant), "message", message_of(entrant));
}

static json_t *object_of_pair(const struct tournament *tournament, const struct encounter *encounter)
{
	const struct collision_result *result = &encounter->result;
	json_t *object = json_pack("{s:s, s:o, s:o}", "outcome", outcome_words[encounter->outcome], "left",
				   object_of_entrant(tournament, encounter->left), "right",
				   object_of_entrant(tournament, encounter->right));
	struct words_of_octets words;

	if (encounter->outcome == OUTCOME_DISJOINT) {
		(void)json_object_set_new(object, "octets", json_integer(result->octets));
	} else if (encounter->outcome != OUTCOME_UNKNOWN) {
		words_of_octets(&words, result->witness, result->witness_size);
		(void)json_object_set_new(object, "witness", json_string(words.hex));
	}
	if (encounter->outcome == OUTCOME_INSIDE) {
		(void)json_object_set_new(
			object, "ends",
			json_string(message_of(result->inside_is_left ? encounter->left : encounter->right)));
	}
	if (encounter->outcome == OUTCOME_INSIDE || encounter->outcome == OUTCOME_COLLIDE) {
		(void)json_object_set_new(object, "confirmed", json_boolean(result->confirmed));
	}
	return object;
}

static void tell(struct tournament *tournament, const struct encounter *encounter)
{
	tournament->counts[encounter->outcome]++;
	tournament->confirmed += encounter->outcome == OUTCOME_COLLIDE && encounter->result.confirmed;
	if (encounter->outcome == OUTCOME_DISJOINT && encounter->result.octets > tournament->apart_at) {
		tournament->apart_at = encounter->result.octets;
	}
	if (tournament->pairs != NULL) {
		(void)json_array_append_new(tournament->pairs, object_of_pair(tournament, encounter));
	} else if (tournament->all || encounter->outcome != OUTCOME_DISJOINT) {
		print_pair(tournament, encounter);
	}
}

static void sum_up(const struct tournament *tournament)
{
	const size_t *counts = tournament->counts;

	(void)printf("%zu disjoint, all by octet %u; %zu with one that ends inside the other; %zu alike for %d octets; "
		     "%zu collide, %zu of them confirmed",
		     counts[OUTCOME_DISJOINT], (unsigned)tournament->apart_at, counts[OUTCOME_INSIDE],
		     counts[OUTCOME_ALIKE], WINDOW_MAX, counts[OUTCOME_COLLIDE], tournament->confirmed);
	if (counts[OUTCOME_UNKNOWN] > 0) {
		(void)printf("; %zu too large to compare", counts[OUTCOME_UNKNOWN]);
	}
	(void)putchar('\n');
}

static void print_json(struct tournament *tournament)
{
	json_t *counts = json_object();

	for (size_t i = 0; i < OUTCOMES; i++) {
		(void)json_object_set_new(counts, outcome_words[i], json_integer((json_int_t)tournament->counts[i]));
	}
	(void)json_object_set_new(counts, "confirmed", json_integer((json_int_t)tournament->confirmed));
	json_t *object = json_pack("{s:O, s:o}", "pairs", tournament->pairs, "counts", counts);
	(void)json_dumpf(object, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(object);
}

/* ---- the verb ---- */

static int hold(struct tournament *tournament)
{
	int r = add_entrants(tournament);

	for (size_t right = 1; right < tournament->contest->count; right++) {
		for (size_t left = 0; left < right && r == 0; left++) {
			struct encounter worst;
			r = meet_all(tournament, left, right, &worst);
			if (r == 0 && worst.left != NULL) {
				tell(tournament, &worst);
			}
		}
	}
	return r;
}

static int collide_all(const struct request *request, const struct contest *contest)
{
	struct tournament tournament = { .contest = contest, .all = request->all };

	tournament.pairs = request->json ? json_array() : NULL;
	int r = hold(&tournament);
	if (r < 0) {
		complain_about("%s", strerror(-r));
	} else if (request->json) {
		print_json(&tournament);
	} else {
		sum_up(&tournament);
	}
	for (size_t i = 0; i < tournament.count; i++) {
		automaton_destroy(tournament.entrants[i].automaton);
	}
	free(tournament.entrants);
	json_decref(tournament.pairs);
	return r < 0 ? EXIT_COULD_NOT : tournament.counts[OUTCOME_COLLIDE] > 0 ? EXIT_NO : EXIT_DONE;
}

static int run(const struct request *request)
{
	struct contest contest;
	int status = contest_load(request, &contest);

	if (status != EXIT_DONE) {
		return status;
	}
	if (contest.count < 2) {
		complain_about("it takes two protocols over the same transport to collide");
		status = EXIT_USAGE;
	} else {
		status = collide_all(request, &contest);
	}
	contest_finish(&contest);
	return status;
}

const struct verb verb_collide = {
	.name = "collide",
	.kind = VERB_DESCRIPTION,
	.summary = "say which protocols could be mistaken for each other",
	.usage = "berth collide [OPTIONS] [FILE...]\n"
		 "Compares the first messages of the protocols of the description FILEs, else of those that come with\n"
		 "berth, two by two, and prints the pairs that cannot share a port without a thought: \"collide\"\n"
		 "where the same octets are whole messages of both, \"inside\" where one can end and the other goes\n"
		 "on, \"alike\" where they part too late. Disjoint ones are proved to be. The status is 1 if any\n"
		 "collide.\n"
		 "\n"
		 "      --all                   also print the disjoint pairs, and the octet from which they are\n"
		 "      --transport TRANSPORT   tcp, udp, sctp or dccp (default tcp)\n"
		 "      --descriptions FOLDERS  where descriptions are, with a colon between folders\n"
		 "      --json                  for programs\n",
	.options = TAKES_ALL | TAKES_TRANSPORT | TAKES_DESCRIPTIONS | TAKES_JSON,
	.word = WORD_MANY,
	.run = run,
};
