/* test_emit_golden.c - every document of the five examples and of a description with every construct, as it was when
 * somebody last looked at it with their own eyes.
 *
 * With BERTH_GOLDEN=write the documents are written anew; then look at what changed. */
#include "description_files.h"

#include "description/emit/emit.h"

enum { COLUMNS = 78 };

static const struct application *application; /* of the description at hand */
static const struct tree *whole;

static int emit_this_form(const struct protocol *protocol, FILE *stream)
{
	return emit_form(application, protocol, stream);
}

static int emit_this_tree(const struct protocol *protocol, FILE *stream)
{
	(void)protocol;
	return emit_json(whole, stream);
}

static const struct document {
	const char *ending;
	int (*emit)(const struct protocol *protocol, FILE *stream);
	bool is_page;  /* fits a page */
	bool is_large; /* kept of two descriptions only */
} documents[] = {
	{ "form", emit_this_form, true, false }, { "types", emit_types, true, false },
	{ "boxes", emit_boxes, true, false },	 { "mermaid", emit_chart_mermaid, false, false },
	{ "dot", emit_chart_dot, false, false }, { "examples", emit_examples, true, false },
	{ "json", emit_this_tree, false, true },
};

static size_t columns_of(const char *line, size_t size)
{
	size_t columns = 0;

	for (size_t i = 0; i < size; i++) {
		columns += ((unsigned char)line[i] & 0xC0) != 0x80;
	}
	return columns;
}

/* Lines fit the page, and none ends in a space. */
static void check_lines(const char *name, const struct document *document, const char *text)
{
	unsigned number = 1;

	for (const char *line = text; *line != '\0'; number++) {
		size_t size = strcspn(line, "\n");
		if ((document->is_page && columns_of(line, size) > COLUMNS) || (size > 0 && line[size - 1] == ' ')) {
			fail_msg("%s.%s:%u: \"%.*s\"", name, document->ending, number, (int)size, line);
		}
		line += size + (line[size] == '\n');
	}
}

static void compare(const char *name, const struct document *document, const char *text)
{
	size_t size = 0;
	char *golden = read_golden(name, document->ending, &size);
	unsigned line = 1;

	if (golden == NULL) {
		fail_msg("there is no %s.%s", name, document->ending);
		return;
	}
	for (size_t i = 0; golden[i] == text[i] && golden[i] != '\0'; i++) {
		line += golden[i] == '\n';
	}
	if (strcmp(golden, text) != 0) {
		fail_msg("%s.%s differs from line %u on", name, document->ending, line);
	}
	free(golden);
}

static void write_golden(const char *name, const struct document *document, const char *text)
{
	char path[4096];

	golden_path(name, document->ending, path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void look_at(const char *name, const struct document *document, const struct protocol *protocol)
{
	const char *wanted = getenv("BERTH_GOLDEN");
	char *text = document_of(document->emit, protocol);

	check_lines(name, document, text);
	if (wanted != NULL && strcmp(wanted, "write") == 0) {
		write_golden(name, document, text);
	} else {
		compare(name, document, text);
	}
	free(text);
}

static void documents_are_as_they_were(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_NAMES; i++) {
		struct outcome outcome = accept_golden(golden_names[i]);
		application = outcome.tree->applications;
		whole = outcome.tree;
		for (size_t k = 0; k < sizeof(documents) / sizeof(documents[0]); k++) {
			bool is_kept =
				strcmp(golden_names[i], "exfiles") == 0 || strcmp(golden_names[i], "constructs") == 0;
			if (is_kept || !documents[k].is_large) {
				look_at(golden_names[i], &documents[k], outcome.tree->protocols);
			}
		}
		finish(&outcome);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
