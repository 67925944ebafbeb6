/* classify.c - how long it takes to know a first message: prints one line of JSON.
 *
 *	classify table SECONDS PROTOCOLS EXAMPLES     the classifier of a listener with many protocols
 *	classify readers SECONDS PROTOCOLS EXAMPLES   the same descriptions, read exactly one after another
 *	classify names SECONDS COUNT                  so many functions behind one protocol, by SNI
 *
 * PROTOCOLS is a folder of descriptions, EXAMPLES one of first messages in hex.  Started by classify.py; nothing is
 * sent. */
#include <dirent.h>
#include <errno.h>
#include <error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client_hello.h"
#include "description/classifier/classifier.h"
#include "description/machine/reader.h"

enum { PROTOCOLS_IN_USE = 50, MESSAGES_MAX = 512, OCTETS_MAX = 4096, HELLOS = 64, HELLO_PADDING = 300 };

struct sample {
	uint8_t *octets;
	size_t size;
	uint32_t expected; /* the protocol, or the function */
};

struct bench {
	struct classifier_protocol protocols[PROTOCOLS_IN_USE];
	const char *names[PROTOCOLS_IN_USE];
	size_t protocol_count;
	struct sample messages[MESSAGES_MAX];
	size_t message_count;
	struct classifier *classifier;
	struct classifier_costs costs;
	double build_ms;
	uint64_t decisions;
	uint64_t errors;
};

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- descriptions and messages ---- */

static char *read_file(const char *folder, const char *name, size_t *ret_size)
{
	enum { ROOM = 1 << 20 };
	char *path = NULL;
	char *text = calloc(1, ROOM);

	if (asprintf(&path, "%s/%s", folder, name) < 0 || text == NULL) {
		error(EXIT_FAILURE, errno, "%s", name);
	}
	FILE *file = fopen(path, "re");
	*ret_size = file == NULL ? 0 : fread(text, 1, ROOM - 1, file);
	if (file != NULL) {
		(void)fclose(file);
	}
	free(path);
	return text;
}

/* What is read here stays until the end. */
static void add_text(struct bench *bench, const char *name, const char *text, size_t size)
{
	struct report report = { .first = NULL };
	struct tree *tree = NULL;

	if (tree_read(name, text, size, &report, &tree) < 0 || report.counts[FINDING_ERROR] > 0) {
		report_print(&report, stderr);
		error(EXIT_FAILURE, 0, "%s", name);
	}
	for (const struct protocol *protocol = tree->protocols;
	     protocol != NULL && bench->protocol_count < PROTOCOLS_IN_USE; protocol = protocol->next) {
		struct program *program = NULL;
		if ((protocol->transports & TRANSPORT_TCP) == 0 || program_compile(protocol, &report, &program) < 0) {
			continue;
		}
		bench->names[bench->protocol_count] = protocol->name;
		bench->protocols[bench->protocol_count++] = (struct classifier_protocol){ .program = program };
	}
}

static int is_description(const struct dirent *entry)
{
	const char *ending = strrchr(entry->d_name, '.');

	return ending != NULL && strcmp(ending, ".berth") == 0;
}

static void add_protocols(struct bench *bench, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_description, alphasort);

	for (int i = 0; i < count; i++) {
		size_t size = 0;
		char *text = read_file(folder, entries[i]->d_name, &size);
		add_text(bench, entries[i]->d_name, text, size);
	}
	if (bench->protocol_count == 0) {
		error(EXIT_FAILURE, 0, "%s: no descriptions", folder);
	}
}

static size_t parse_hex(const char *line, uint8_t *octets)
{
	size_t size = 0;
	unsigned octet = 0;

	while (size < OCTETS_MAX && sscanf(line, "%2x", &octet) == 1) {
		octets[size++] = (uint8_t)octet;
		line += 2;
	}
	return size;
}

static void add_examples(struct bench *bench, const char *folder, uint32_t protocol)
{
	char name[300];
	size_t size = 0;

	(void)snprintf(name, sizeof(name), "%s.hex", bench->names[protocol]);
	char *text = read_file(folder, name, &size);
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		struct sample *message = &bench->messages[bench->message_count];
		message->octets = malloc(OCTETS_MAX);
		if (message->octets == NULL || bench->message_count == MESSAGES_MAX - 1) {
			error(EXIT_FAILURE, ENOMEM, "%s", name);
		}
		message->size = line[0] == '#' ? 0 : parse_hex(line, message->octets);
		message->expected = protocol;
		bench->message_count += message->size > 0;
	}
}

/* ---- the classifier ---- */

static void build(struct bench *bench, const struct classifier_function *functions, size_t count)
{
	char room[64];
	struct text offender;

	text_init(&offender, room, sizeof(room));
	double begun_ms = now_ms();
	int r = classifier_build(bench->protocols, bench->protocol_count, functions, count, &offender, &bench->costs,
				 &bench->classifier);
	if (r < 0) {
		error(EXIT_FAILURE, -r, "the classifier: %s", room);
	}
	bench->build_ms = now_ms() - begun_ms;
}

static enum classifier_verdict decide(const struct bench *bench, const struct sample *message,
				      struct classifier_answer *ret_answer)
{
	struct classifier_flow flow = { .state = 0 };

	return classifier_feed(bench->classifier, &flow, message->octets, message->size, ret_answer);
}

/* Some are only known by the silence behind them: there is no time to take. */
static void keep_decided(struct bench *bench)
{
	size_t kept = 0;

	for (size_t i = 0; i < bench->message_count; i++) {
		struct classifier_answer answer;
		if (decide(bench, &bench->messages[i], &answer) == CLASSIFIER_FUNCTION &&
		    answer.protocol == bench->messages[i].expected) {
			bench->messages[kept++] = bench->messages[i];
		}
	}
	bench->message_count = kept;
	if (kept == 0) {
		error(EXIT_FAILURE, 0, "no messages");
	}
}

static void prepare_protocols(struct bench *bench, const char *protocols, const char *examples)
{
	struct classifier_function functions[PROTOCOLS_IN_USE];

	add_protocols(bench, protocols);
	for (uint32_t i = 0; i < bench->protocol_count; i++) {
		functions[i] = (struct classifier_function){ .id = i, .protocol = i };
		add_examples(bench, examples, i);
	}
	build(bench, functions, bench->protocol_count);
	keep_decided(bench);
}

static void prepare_names(struct bench *bench, uint32_t count)
{
	struct classifier_function *functions = calloc(count, sizeof(*functions));
	struct classifier_condition *conditions = calloc(count, sizeof(*conditions));
	const char **names = calloc(count, sizeof(*names));

	if (functions == NULL || conditions == NULL || names == NULL) {
		error(EXIT_FAILURE, ENOMEM, "%u names", count);
	}
	add_text(bench, "tls", tls_description, strlen(tls_description));
	for (uint32_t i = 0; i < count; i++) {
		char *name = NULL;
		if (asprintf(&name, "name-%05u.example.org", i) < 0) {
			error(EXIT_FAILURE, errno, "%u names", count);
		}
		names[i] = name;
		conditions[i] = (struct classifier_condition){ "sni", &names[i], 1 };
		functions[i] =
			(struct classifier_function){ .id = i, .conditions = &conditions[i], .condition_count = 1 };
	}
	build(bench, functions, count);
	for (uint32_t i = 0; i < HELLOS; i++) {
		static struct hello message;
		static struct hello hello;
		uint32_t function = (uint32_t)((uint64_t)i * count / HELLOS);
		hello_message(&message, names[function], "h2,http/1.1", HELLO_PADDING, HELLO_PADDING);
		hello_cut(&message, 16384, &hello);
		uint8_t *octets = malloc(hello.size);
		if (octets == NULL) {
			error(EXIT_FAILURE, ENOMEM, "%u names", count);
		}
		memcpy(octets, hello.octets, hello.size);
		bench->messages[bench->message_count++] = (struct sample){ octets, hello.size, function };
	}
}

/* ---- what is timed ---- */

static void by_table(struct bench *bench)
{
	for (size_t i = 0; i < bench->message_count; i++) {
		struct classifier_answer answer;
		enum classifier_verdict verdict = decide(bench, &bench->messages[i], &answer);
		bench->errors += verdict != CLASSIFIER_FUNCTION || answer.function != bench->messages[i].expected;
	}
}

static bool is_it(const struct program *program, unsigned index, const struct sample *message)
{
	static struct reader reader;

	reader_start(&reader, program, index);
	return reader_feed(&reader, message->octets, message->size) != READER_WRONG;
}

static void by_readers(struct bench *bench)
{
	for (size_t i = 0; i < bench->message_count; i++) {
		bool found = false;
		for (size_t p = 0; p < bench->protocol_count && !found; p++) {
			const struct program *program = bench->protocols[p].program;
			for (unsigned m = 0; m < program->messages.count && !found; m++) {
				found = program_messages(program)[m].first && is_it(program, m, &bench->messages[i]);
			}
		}
		bench->errors += !found;
	}
}

static double measure(struct bench *bench, double seconds, void (*all)(struct bench *bench))
{
	double begun_ms = now_ms();
	double elapsed_ms = 0;

	all(bench); /* once, so that everything is warm */
	bench->errors = 0;
	for (begun_ms = now_ms(); elapsed_ms < seconds * 1e3; elapsed_ms = now_ms() - begun_ms) {
		all(bench);
		bench->decisions += bench->message_count;
	}
	return elapsed_ms;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	bool names = argc == 4 && strcmp(argv[1], "names") == 0;

	if (!names && argc != 5) {
		error(EXIT_FAILURE, 0,
		      "usage: classify table|readers SECONDS PROTOCOLS EXAMPLES; classify names SECONDS COUNT");
	}
	if (names) {
		prepare_names(&bench, (uint32_t)strtoul(argv[3], NULL, 10));
	} else {
		prepare_protocols(&bench, argv[3], argv[4]);
	}
	bool readers = strcmp(argv[1], "readers") == 0;
	double elapsed_ms = measure(&bench, strtod(argv[2], NULL), readers ? by_readers : by_table);
	(void)printf("{\"per_second\": %.1f, \"decision_ns\": %.2f, \"transactions\": %ju, \"errors\": %ju, "
		     "\"protocols\": %zu, "
		     "\"messages\": %zu, \"states\": %u, \"table_kb\": %.1f, \"whole_kb\": %.1f, \"build_ms\": %.1f}\n",
		     (double)bench.decisions / elapsed_ms * 1e3, elapsed_ms * 1e6 / (double)bench.decisions,
		     (uintmax_t)bench.decisions, (uintmax_t)bench.errors, bench.protocol_count, bench.message_count,
		     bench.costs.states, bench.costs.size / 1024.0, bench.costs.whole / 1024.0, bench.build_ms);
	return EXIT_SUCCESS;
}
