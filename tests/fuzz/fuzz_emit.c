/* fuzz_emit.c - any description without errors: every document and example is made, soon and within its room. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "description/emit/emit.h"
#include "description/example/example.h"
#include "description/language/report.h"

enum { ROOM = 512, SEEDS = 4 };

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static void write_examples(const struct protocol *protocol, const struct message *message)
{
	uint8_t *octets = malloc(ROOM);
	const char *what = NULL;

	REQUIRE(octets != NULL);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		size_t size = 0;
		enum example_size how = (enum example_size)(seed % 3);
		struct example example;
		if (example_make(protocol, message, seed, how, ROOM, &example) == 0) {
			REQUIRE(example.size <= ROOM);
			example_finish(&example);
		}
		if (example_mutate(protocol, message, seed, ROOM, octets, &size, &what) == 0) {
			REQUIRE(size <= ROOM && what != NULL);
		}
	}
	free(octets);
}

static void emit_all(const struct tree *tree)
{
	char *printed = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&printed, &size);

	REQUIRE(stream != NULL);
	for (const struct application *at = tree->applications; at != NULL; at = at->next) {
		REQUIRE(emit_form(at, tree->protocols, stream) == 0);
	}
	for (const struct protocol *protocol = tree->protocols; protocol != NULL; protocol = protocol->next) {
		REQUIRE(emit_form(NULL, protocol, stream) == 0 && emit_types(protocol, stream) == 0);
		REQUIRE(emit_boxes(protocol, stream) == 0);
		REQUIRE(emit_examples(protocol, stream) == 0 && emit_broken(protocol, stream) == 0);
		REQUIRE(emit_chart_mermaid(protocol, stream) == 0 && emit_chart_dot(protocol, stream) == 0);
		for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
			write_examples(protocol, message);
		}
	}
	REQUIRE(emit_json(tree, stream) == 0);
	(void)fclose(stream);
	free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report report = { .first = NULL };
	struct tree *tree = NULL;

	if (tree_read("fuzz.berth", (const char *)data, size, &report, &tree) == 0 &&
	    report.counts[FINDING_ERROR] == 0) {
		emit_all(tree);
	}
	report_finish(&report);
	(void)tree_destroy(tree);
	return 0;
}
