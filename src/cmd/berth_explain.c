/* berth_explain.c - `berth explain`: who wins some octets on a rendezvous port, and why the others do not. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/berth_contest.h"
#include "cmd/berth_octets.h"
#include "cmd/berth_words.h"
#include "description/automaton/automaton.h"

struct explanation {
	const struct contest *contest;
	bool json;
	bool any; /* something was recognised */
};

static const struct program_message *message_of(const struct contest *contest,
						const struct classifier_standing *standing)
{
	return program_messages(contest->list[standing->protocol].program) + standing->message;
}

static double bits_of(const struct classifier_standing *standing)
{
	return (double)standing->evidence / EVIDENCE_BIT;
}

/* ---- for people ---- */

static void print_verdict(const struct contest *contest, const struct classifier_answer *answer, bool settled,
			  size_t size)
{
	if (answer == NULL) {
		(void)printf("nobody, after all %zu octets\n", size);
		return;
	}
	(void)printf("%s, after %u of %zu octets%s\n", contest->list[answer->protocol].protocol->name,
		     (unsigned)answer->octets, size, settled ? ", since no more came" : "");
}

static void print_dead(const struct contest *contest, const struct classifier_standing *standing, const uint8_t *octets)
{
	struct octet_set came = { { 0 } };
	struct words_of_set got;
	struct words_of_set expected;
	uint8_t octet = octets[standing->octets];

	came.bits[octet >> 6] = UINT64_C(1) << (octet & 63);
	words_of_set(&got, &came);
	words_of_set(&expected, &standing->expected);
	(void)printf("out at octet %u: %s came, expected %s (%s:%u)\n", (unsigned)standing->octets + 1, got.text,
		     expected.text, contest->list[standing->protocol].protocol->source->name, (unsigned)standing->line);
}

static void print_alive(const struct classifier_standing *standing, size_t size)
{
	bool may_end = standing->kind == STANDING_ALIVE && standing->whole_at == size;

	(void)printf("%s", standing->kind == STANDING_WHOLE ? "whole" : may_end ? "may be whole" : "may go on");
	if (standing->kind == STANDING_WHOLE && standing->octets < size) {
		(void)printf(" after octet %u", (unsigned)standing->octets);
	}
	if (standing->sure_at > 0) {
		(void)printf(", sure at octet %u", (unsigned)standing->sure_at);
	} else if (standing->sure) {
		(void)printf(", not sure yet");
	}
	(void)printf("%s\n", standing->weak ? ", weak: taken only whole and alone" : "");
}

static void print_standing(const struct contest *contest, const struct classifier_standing *standing,
			   const uint8_t *octets, size_t size)
{
	(void)printf("  %-16s %-16s %5.1f bits%s  ", contest->list[standing->protocol].protocol->name,
		     message_of(contest, standing)->name, bits_of(standing), standing->proved_at > 0 ? "+" : " ");
	if (standing->kind == STANDING_DEAD) {
		print_dead(contest, standing, octets);
	} else {
		print_alive(standing, size);
	}
}

/* ---- as JSON ---- */

static json_t *object_of(const struct contest *contest, const struct classifier_standing *standing,
			 const uint8_t *octets, size_t size)
{
	static const char *const words[] = {
		[STANDING_DEAD] = "out",
		[STANDING_ALIVE] = "alive",
		[STANDING_WHOLE] = "whole",
	};
	json_t *object = json_pack("{s:s, s:s, s:s, s:i, s:f, s:b, s:b}", "protocol",
				   contest->list[standing->protocol].protocol->name, "message",
				   message_of(contest, standing)->name, "standing", words[standing->kind], "octets",
				   (int)standing->octets, "evidence_bits", bits_of(standing), "proved",
				   (int)(standing->proved_at > 0), "weak", (int)standing->weak);

	if (standing->kind == STANDING_DEAD) {
		struct words_of_set expected;
		words_of_set(&expected, &standing->expected);
		(void)json_object_set_new(object, "octet", json_integer(octets[standing->octets]));
		(void)json_object_set_new(object, "expected", json_string(expected.text));
		(void)json_object_set_new(object, "line", json_integer(standing->line));
	} else {
		(void)json_object_set_new(object, "may_end", json_boolean(standing->whole_at == size));
	}
	if (standing->sure_at > 0) {
		(void)json_object_set_new(object, "sure_at", json_integer(standing->sure_at));
	}
	return object;
}

static void print_json(const struct contest *contest, const struct classifier_answer *answer, bool settled,
		       const struct classifier_standing *standings, uint32_t count, const uint8_t *octets, size_t size)
{
	json_t *messages = json_array();

	for (uint32_t i = 0; i < count; i++) {
		(void)json_array_append_new(messages, object_of(contest, &standings[i], octets, size));
	}
	json_t *object = json_pack("{s:s?, s:i, s:b, s:o}", "protocol",
				   answer == NULL ? NULL : contest->list[answer->protocol].protocol->name, "octets",
				   answer == NULL ? (int)size : (int)answer->octets, "settled", (int)settled,
				   "messages", messages);
	(void)json_dumpf(object, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(object);
}

/* ---- the verb ---- */

/* Those that live come first, then those that lived longest. */
static int by_life(const void *left, const void *right)
{
	const struct classifier_standing *a = left;
	const struct classifier_standing *b = right;

	if ((a->kind == STANDING_DEAD) != (b->kind == STANDING_DEAD)) {
		return a->kind == STANDING_DEAD ? 1 : -1;
	}
	if (a->octets != b->octets) {
		return a->octets < b->octets ? 1 : -1;
	}
	if (a->protocol != b->protocol) {
		return a->protocol < b->protocol ? -1 : 1;
	}
	return (a->message > b->message) - (a->message < b->message);
}

static int explain(const uint8_t *octets, size_t size, void *data)
{
	struct explanation *explanation = data;
	const struct contest *contest = explanation->contest;
	uint32_t count = classifier_message_count(contest->classifier);
	struct classifier_standing *standings = calloc(count + 1, sizeof(*standings));
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;

	if (standings == NULL) {
		complain_about("there is no memory");
		return EXIT_COULD_NOT;
	}
	enum classifier_verdict verdict = classifier_feed(contest->classifier, &flow, octets, size, &answer);
	bool settled = verdict == CLASSIFIER_MORE;
	if (settled) {
		verdict = classifier_settle(contest->classifier, &flow, octets, size, &answer);
	}
	const struct classifier_answer *winner = verdict == CLASSIFIER_FUNCTION ? &answer : NULL;
	explanation->any = explanation->any || winner != NULL;
	for (uint32_t i = 0; i < count; i++) {
		classifier_hold(contest->classifier, i, octets, size, &standings[i]);
	}
	qsort(standings, count, sizeof(*standings), by_life);
	if (explanation->json) {
		print_json(contest, winner, settled, standings, count, octets, size);
	} else {
		print_verdict(contest, winner, settled, size);
		for (uint32_t i = 0; i < count; i++) {
			print_standing(contest, &standings[i], octets, size);
		}
	}
	free(standings);
	return EXIT_DONE;
}

static int run(const struct request *request)
{
	struct contest contest;
	struct explanation explanation = { .contest = &contest, .json = request->json };
	int status = contest_load(request, &contest);

	if (status != EXIT_DONE) {
		return status;
	}
	status = contest_classify(&contest);
	if (status == EXIT_DONE) {
		status = octets_each(request, explain, &explanation);
	}
	contest_finish(&contest);
	return status == EXIT_DONE && !explanation.any ? EXIT_NO : status;
}

const struct verb verb_explain = {
	.name = "explain",
	.kind = VERB_DESCRIPTION,
	.summary = "say why some octets are taken for a protocol, and not for others",
	.usage =
		"berth explain [OPTIONS] [FILE...]\n"
		"Reads octets from standard input and prints which protocol they begin, then for each first message\n"
		"how it stands: how many bits of evidence speak for it (\"+\": more were not counted), whether it may\n"
		"go on, or the octet at which it was out and what was expected there. The protocols are those of the\n"
		"description FILEs, else those that come with berth. The status is 1 if nothing was recognised.\n"
		"\n"
		"      --hex-lines FILE        read octets in hex from FILE (\"-\": standard input), a first message\n"
		"                              a line\n"
		"      --transport TRANSPORT   tcp, udp, sctp or dccp (default tcp)\n"
		"      --descriptions FOLDERS  where descriptions are, with a colon between folders\n"
		"      --json                  for programs: an object a line\n",
	.options = TAKES_HEX_LINES | TAKES_TRANSPORT | TAKES_DESCRIPTIONS | TAKES_JSON,
	.word = WORD_MANY,
	.run = run,
};
