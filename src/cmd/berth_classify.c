/* berth_classify.c - `berth classify`: which protocol some octets begin, by the rules of a rendezvous port. */
#include <jansson.h>
#include <stdio.h>

#include "cmd/berth_contest.h"
#include "cmd/berth_octets.h"
#include "description/automaton/automaton.h"
#include "description/machine/reader.h"

struct classification {
	const struct contest *contest;
	bool json;
	bool any; /* something was recognised */
};

/* ---- as JSON ---- */

/* A string, or where it is none "hex" instead of "text". */
static json_t *value_object(const struct program *program, const struct reader *reader,
			    const struct reader_value *value)
{
	const uint8_t *octets = reader->octets + value->at;
	json_t *object = json_pack("{s:s}", "selector", program_selectors(program)[value->selector].name);
	json_t *text = json_stringn((const char *)octets, value->size);
	char hex[2 * READER_VALUES_OCTETS + 1];

	if (text != NULL) {
		(void)json_object_set_new(object, "text", text);
		return object;
	}
	for (uint32_t i = 0; i < value->size; i++) {
		(void)snprintf(hex + (size_t)2 * i, 3, "%02x", octets[i]);
	}
	(void)json_object_set_new(object, "hex", json_stringn(hex, (size_t)2 * value->size));
	return object;
}

/* What is known of the message that was recognised: its name, selectors and evidence. */
static void add_message(json_t *object, const struct contest *contest, const struct classifier_answer *answer,
			const uint8_t *octets, size_t size)
{
	const struct program *program = contest->list[answer->protocol].program;
	uint32_t count = classifier_message_count(contest->classifier);
	json_t *values = json_array();
	struct reader reader;

	for (uint32_t i = 0; i < count; i++) {
		struct classifier_standing standing;
		classifier_hold(contest->classifier, i, octets, answer->octets, &standing);
		if (standing.protocol != answer->protocol || standing.kind == STANDING_DEAD) {
			continue;
		}
		reader_start(&reader, program, standing.message);
		(void)reader_feed(&reader, octets, size);
		for (uint32_t v = 0; v < reader.value_count; v++) {
			(void)json_array_append_new(values, value_object(program, &reader, &reader.values[v]));
		}
		(void)json_object_set_new(object, "message",
					  json_string(program_messages(program)[standing.message].name));
		(void)json_object_set_new(object, "evidence_bits", json_real((double)standing.evidence / EVIDENCE_BIT));
		break;
	}
	(void)json_object_set_new(object, "values", values);
}

static void print_object(const struct contest *contest, const struct classifier_answer *answer, bool settled,
			 const uint8_t *octets, size_t size)
{
	json_t *object = json_pack("{s:s?, s:i, s:b}", "protocol",
				   answer == NULL ? NULL : contest->list[answer->protocol].protocol->name, "octets",
				   answer == NULL ? (int)size : (int)answer->octets, "settled", (int)settled);

	if (answer != NULL) {
		add_message(object, contest, answer, octets, size);
	}
	(void)json_dumpf(object, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(object);
}

/* ---- the verb ---- */

static int classify(const uint8_t *octets, size_t size, void *data)
{
	struct classification *classification = data;
	const struct contest *contest = classification->contest;
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;
	enum classifier_verdict verdict = classifier_feed(contest->classifier, &flow, octets, size, &answer);
	bool settled = verdict == CLASSIFIER_MORE;

	if (settled) {
		verdict = classifier_settle(contest->classifier, &flow, octets, size, &answer);
	}
	bool known = verdict == CLASSIFIER_FUNCTION;
	classification->any = classification->any || known;
	if (classification->json) {
		print_object(contest, known ? &answer : NULL, settled, octets, size);
	} else {
		(void)printf("%s\t%zu\n", known ? contest->list[answer.protocol].protocol->name : "-",
			     known ? (size_t)answer.octets : size);
	}
	return EXIT_DONE;
}

static int run(const struct request *request)
{
	struct contest contest;
	struct classification classification = { .contest = &contest, .json = request->json };
	int status = contest_load(request, &contest);

	if (status != EXIT_DONE) {
		return status;
	}
	status = contest_classify(&contest);
	if (status == EXIT_DONE) {
		status = octets_each(request, classify, &classification);
	}
	contest_finish(&contest);
	return status == EXIT_DONE && !classification.any ? EXIT_NO : status;
}

const struct verb verb_classify = {
	.name = "classify",
	.kind = VERB_DESCRIPTION,
	.summary = "say which protocol some octets begin",
	.usage =
		"berth classify [OPTIONS] [FILE...]\n"
		"Reads octets from standard input and prints the name of the protocol that they begin, a tab, and how\n"
		"many of them it took to know it; \"-\" and how many there were if it is none of them. The protocols\n"
		"are those of the description FILEs, else those that come with berth. The status is 1 if nothing was\n"
		"recognised.\n"
		"\n"
		"      --hex-lines FILE        read octets in hex from FILE (\"-\": standard input), a first message\n"
		"                              a line; print a line for each that holds some\n"
		"      --transport TRANSPORT   tcp, udp, sctp or dccp (default tcp)\n"
		"      --descriptions FOLDERS  where descriptions are, with a colon between folders\n"
		"      --json                  for programs: an object a line, with the message, its evidence in bits\n"
		"                              and the values of its selectors\n",
	.options = TAKES_HEX_LINES | TAKES_TRANSPORT | TAKES_DESCRIPTIONS | TAKES_JSON,
	.word = WORD_MANY,
	.run = run,
};
