/* test_random_descriptions.c - descriptions made by chance, all the way: read, examined, compiled, some of them put
 * together behind one listener, and messages made from them given to it.
 *
 *	every message	is whole to the exact reader, and its automaton begins with it
 *	its classifier	gives it to its own protocol when it is alone, or shows enough of itself; never to one that is
 *			proved disjoint from it, and never to one that cannot begin like that
 *	any octets	get one verdict, however they arrive
 *	broken ones	are not whole to the reader
 *
 * BERTH_SEED=n begins at listener n, BERTH_LONG=1 makes many.  What fails is told with its listener. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>

#include <cmocka.h>

#include "example_octets.h"
#include "random_listener.h"

#include "description/example/example.h"
#include "description/machine/reader.h"

enum {
	LISTENERS = 16,
	LISTENERS_LONG = 20000,
	ROOM = 3000,  /* of a message, */
	BEHIND = 20,  /* and what may follow it */
	EXAMPLES = 4, /* of each size, of each message */
};

/* What a message must show, and a little more: the tables round. */
static const double bits_when_whole = 12 + 1.5;
static const double bits_to_decide = 24 + 3;

static struct {
	size_t messages, not_made, known, soon, given, broken;
} counts;

/* Of the sanitizers, when they are there: what to call before they end the process. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* ---- how a message stands ---- */

/* Places are octets from the first on; 0: nowhere. */
struct fate {
	bool begins;	   /* all of the octets begin this message, or are it */
	bool whole;	   /* they may be it */
	bool ends_inside;  /* some of the first are it, to the reader */
	size_t dead_at;	   /* from there on they cannot be it, whoever looks */
	size_t sure_at;	   /* at the latest */
	size_t decides_at; /* they show enough there; never when it is weak */
	double bits;	   /* of evidence, in the window */
};

/* One octet of those that are allowed, without the roundings of tables. */
static double bits_of(const struct automaton *automaton, uint32_t state, const uint8_t *octets, size_t at)
{
	unsigned allowed = 0;
	uint8_t octet = octets[at];
	bool letter = (octet >= '0' && octet <= '9') || ((octet | 0x20) >= 'a' && (octet | 0x20) <= 'z');

	for (unsigned other = 0; other < 256; other++) {
		allowed += automaton_step(automaton, state, (uint8_t)other) != STATE_DEAD;
	}
	double bits = log2(256.0 / allowed);
	double most = octet == 0 || (at > 0 && octet == octets[at - 1]) ? 2 : letter ? 5 : 8;
	return bits < most ? bits : most;
}

static bool read_exactly(const struct member *member, unsigned message, const uint8_t *octets, size_t size,
			 struct fate *fate)
{
	static struct reader reader;

	reader_start(&reader, member->program, message);
	enum reader_verdict verdict = reader_feed(&reader, octets, size);
	fate->sure_at = reader.sure_at;
	fate->whole = verdict != READER_WRONG && reader.complete_at == size;
	fate->begins = fate->whole || verdict == READER_MORE;
	fate->ends_inside = reader.complete_at != 0;
	fate->dead_at = fate->begins || reader.offset == size ? 0 : reader.offset + 1;
	return fate->whole;
}

/* As far as the automaton goes: it ends where enough is known. */
static void weigh(const struct member *member, unsigned message, const uint8_t *octets, size_t size, struct fate *fate)
{
	const struct program_message *described = message_at(member, message);
	const struct automaton *proof = member->proofs[message];
	uint32_t state = STATE_START;
	size_t at = 0;

	while (at < size && at < WINDOW_MAX && state != STATE_DEAD && (proof->flags[state] & STATE_PROVED) == 0) {
		fate->bits += bits_of(proof, state, octets, at);
		state = automaton_step(proof, state, octets[at++]);
		bool proved = fate->bits >= bits_to_decide || (proof->flags[state] & STATE_PROVED) != 0;
		fate->decides_at = fate->decides_at == 0 && proved ? at : fate->decides_at;
	}
	fate->decides_at = described->sure ? fate->sure_at : fate->decides_at;
	if (described->weak) {
		fate->sure_at = 0;
		fate->decides_at = 0;
	}
}

/* The same by the automaton, as far as it looks: that may know sooner that a message cannot end well, or later that it
 * is none.  What either of them takes for possible is. */
static struct fate fate_of(const struct member *member, unsigned message, const uint8_t *octets, size_t size)
{
	const struct automaton *automaton = member->automata[message];
	struct fate fate = { .bits = 0 };
	uint32_t state = STATE_START;
	size_t sure_at = 0;
	size_t at = 0;

	bool whole = read_exactly(member, message, octets, size, &fate);
	while (at < size && at < WINDOW_MAX && state != STATE_DEAD) {
		state = automaton_step(automaton, state, octets[at++]);
		sure_at = sure_at == 0 && (automaton->flags[state] & STATE_SURE) != 0 ? at : sure_at;
	}
	require(!whole || state != STATE_DEAD, "the automaton refuses a whole message");
	if (size <= WINDOW_MAX) {
		fate.begins = fate.begins || state != STATE_DEAD;
		fate.whole = whole || (automaton->flags[state] & STATE_COMPLETE) != 0;
		require(!whole || (automaton->flags[state] & STATE_COMPLETE) != 0, "the automaton knows no end there");
	}
	size_t known_dead_at = state == STATE_DEAD ? at : WINDOW_MAX + 1;
	if (fate.dead_at != 0 && fate.dead_at < known_dead_at) {
		fate.dead_at = known_dead_at <= size ? known_dead_at : 0;
	}
	fate.sure_at = sure_at > fate.sure_at ? sure_at : fate.sure_at;
	weigh(member, message, octets, size, &fate);
	return fate;
}

/* ---- verdicts ---- */

static int member_named(const char *protocol)
{
	return protocol[0] == 'p' ? atoi(protocol + 1) : -1;
}

/* Whoever is given the octets must be able to begin like that. */
static struct outcome verdict_on(const struct listener *listener, const uint8_t *octets, size_t size)
{
	now.what = "one verdict however they arrive";
	struct outcome outcome = outcome_of(&listener->together, octets, size);
	int index = member_named(outcome.protocol);
	bool begins = index < 0;

	for (unsigned m = 0; !begins && m < MESSAGES_MAX; m++) {
		const struct member *member = &listener->members[index];
		begins = is_first(member, m) && fate_of(member, m, octets, outcome.octets).begins;
	}
	require(begins, "given to somebody who does not begin like this");
	require(strcmp(outcome.protocol, "?") != 0, "nothing is left open when all is said");
	return outcome;
}

/* What all the others are to a whole message. */
struct others {
	bool sure;	/* one is, on the way */
	bool whole;	/* one may be whole just at the end */
	bool all_dead;	/* none can be meant any more, */
	size_t dead_at; /* from there on */
};

static void look_at_other(struct others *others, const struct fate *fate, bool apart)
{
	others->sure = others->sure || fate->sure_at != 0;
	others->whole = others->whole || fate->whole;
	others->all_dead = others->all_dead && fate->dead_at != 0;
	others->dead_at = fate->dead_at > others->dead_at ? fate->dead_at : others->dead_at;
	require(!apart || !fate->ends_inside, "proved disjoint, but one begins with the other");
}

static struct others others_of(const struct listener *listener, unsigned index, unsigned message, const uint8_t *octets,
			       size_t size)
{
	struct others others = { .all_dead = true };

	for (unsigned i = 0; i < listener->count; i++) {
		for (unsigned m = 0; i != index && m < MESSAGES_MAX; m++) {
			if (is_first(&listener->members[i], m)) {
				struct fate fate = fate_of(&listener->members[i], m, octets, size);
				look_at_other(&others, &fate, listener->apart[index][message][i][m]);
			}
		}
	}
	return others;
}

/* True when all first messages of another member are proved disjoint from this one, and none was sure of it. */
static bool is_foreign(const struct listener *listener, unsigned index, unsigned message, unsigned other,
		       const uint8_t *octets, size_t size)
{
	const struct member *member = &listener->members[other];
	bool foreign = true;

	for (unsigned m = 0; m < MESSAGES_MAX; m++) {
		foreign = foreign && (!is_first(member, m) || (listener->apart[index][message][other][m] &&
							       fate_of(member, m, octets, size).sure_at == 0));
	}
	return foreign;
}

/* Rules 2, 3 and 6 of the classifier: it must be known when all is said, or when the others are out and it has shown
 * enough. */
static void demand_outcome(const struct listener *listener, unsigned index, unsigned message, const uint8_t *octets,
			   size_t size, const struct outcome *outcome)
{
	struct fate fate = fate_of(&listener->members[index], message, octets, size);
	struct others others = others_of(listener, index, message, octets, size);
	bool given = member_named(outcome->protocol) == (int)index;
	size_t until = fate.decides_at > others.dead_at ? fate.decides_at : others.dead_at;

	if (!others.sure && !others.whole && fate.bits >= bits_when_whole) {
		require(given, "not known although it shows enough of itself");
		counts.known++;
	}
	if (!others.sure && others.all_dead && fate.decides_at != 0) {
		require(given && outcome->octets <= until && !outcome->settled, "known too late");
		counts.soon++;
	}
	counts.given += given;
}

/* A whole first message: whose is it? */
static void classify_message(const struct listener *listener, unsigned index, unsigned message, const uint8_t *octets,
			     size_t size)
{
	const struct member *member = &listener->members[index];

	now.what = "alone";
	struct outcome alone = outcome_of(&member->alone, octets, size);
	require(strcmp(alone.protocol, member->program->name) == 0, "not known when it is alone");
	struct outcome outcome = verdict_on(listener, octets, size);
	int given = member_named(outcome.protocol);
	if (given >= 0 && (unsigned)given != index) {
		require(!is_foreign(listener, index, message, (unsigned)given, octets, size),
			"given to one that is disjoint");
	}
	demand_outcome(listener, index, message, octets, size, &outcome);
}

/* ---- messages ---- */

/* What comes in front of the next message, in one piece with this. */
static void classify_with_more(const struct listener *listener, uint8_t *octets, size_t size, uint64_t seed)
{
	struct author chance = { .random = seed };
	size_t more = author_pick(&chance, 1, BEHIND);

	for (size_t i = 0; i < more; i++) {
		octets[size + i] = (uint8_t)author_pick(&chance, 0, 255);
	}
	now.size = size + more;
	(void)verdict_on(listener, octets, size + more);
	if (size > 1) {
		now.size = author_pick(&chance, 1, (unsigned)size - 1);
		(void)verdict_on(listener, octets, now.size);
	}
}

static void try_example(const struct listener *listener, unsigned index, const struct message *message, uint64_t seed,
			enum example_size extent)
{
	const struct member *member = &listener->members[index];
	int number = program_message_find(member->program, message->role, message->name);
	static uint8_t octets[ROOM + BEHIND];
	struct fate fate = { .bits = 0 };
	size_t size = 0;
	int r = example_write(member->tree->protocols, message, seed, extent, ROOM, octets, &size);

	counts.messages++;
	counts.not_made += r == -EDOM;
	require(r == 0 || r == -EDOM, "making a message");
	if (r < 0) {
		return;
	}
	look_at(member, message->name, octets, size);
	require(read_exactly(member, (unsigned)number, octets, size, &fate), "a message is not whole to the reader");
	if (is_first(member, (unsigned)number) && size > 0) {
		classify_message(listener, index, (unsigned)number, octets, size);
		classify_with_more(listener, octets, size, seed);
	}
}

static void try_broken(const struct listener *listener, unsigned index, const struct message *message, uint64_t seed)
{
	const struct member *member = &listener->members[index];
	int number = program_message_find(member->program, message->role, message->name);
	static uint8_t octets[ROOM];
	struct fate fate = { .bits = 0 };
	const char *what = NULL;
	size_t size = 0;
	int r = example_mutate(member->tree->protocols, message, seed, ROOM, octets, &size, &what);

	require(r == 0 || r == -EDOM, "breaking a message");
	if (r < 0) {
		return;
	}
	look_at(member, what, octets, size);
	require(!read_exactly(member, (unsigned)number, octets, size, &fate), "a broken message is whole");
	if (size > 0) {
		(void)verdict_on(listener, octets, size);
	}
	counts.broken++;
}

static void try_messages(const struct listener *listener, unsigned index)
{
	const struct message *message = listener->members[index].tree->protocols->messages;

	for (; message != NULL; message = message->next) {
		for (unsigned i = 0; i < EXAMPLES; i++) {
			uint64_t seed = now.listener * EXAMPLES + i;
			try_example(listener, index, message, seed, EXAMPLE_SMALLEST);
			try_example(listener, index, message, seed, EXAMPLE_TYPICAL);
			try_example(listener, index, message, seed, EXAMPLE_LARGEST);
			try_broken(listener, index, message, seed);
		}
	}
}

/* ---- listeners ---- */

static void try_listener(uint64_t number)
{
	static struct listener listener;

	srand((unsigned)number); /* where outcome_of cuts */
	listener_make(&listener, number);
	for (unsigned i = 0; i < listener.count; i++) {
		try_messages(&listener, i);
	}
	listener_finish(&listener);
}

static void random_descriptions(void **state)
{
	const char *seed = getenv("BERTH_SEED");
	uint64_t first = seed == NULL ? 1 : strtoull(seed, NULL, 10);
	unsigned listeners = getenv("BERTH_LONG") != NULL ? LISTENERS_LONG : LISTENERS;

	(void)state;
	for (unsigned i = 0; i < listeners; i++) {
		try_listener(first + i);
	}
	print_message(
		"%zu descriptions: %zu refused, %zu too large, %zu collide\n%zu messages: %zu not made, %zu had to be "
		"known, %zu before their end, %zu were; %zu broken ones\n",
		made.all, made.refused, made.too_large, made.colliding, counts.messages, counts.not_made, counts.known,
		counts.soon, counts.given, counts.broken);
	assert_true((made.refused + made.too_large + made.colliding) * 2 < made.all);
	assert_true(counts.not_made * 10 < counts.messages);
	assert_true(counts.known * 2 > counts.given);
}

static int tell(void **state)
{
	(void)state;
	tell_of_failure();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(random_descriptions, tell),
	};

	if (__sanitizer_set_death_callback != NULL) {
		__sanitizer_set_death_callback(tell_of_failure);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
