/* fuzz_form_text.c - the plain-text form: any octets are refused with a sentence, or read; and whatever a form says,
 * its plain text and its .berth file say the same. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registry/form/form.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

enum { COLUMNS_MAX = 72 };

static void check_sentence(const char *sentence)
{
	REQUIRE(sentence[0] != '\0');
	for (; *sentence != '\0'; sentence++) {
		REQUIRE((unsigned char)*sentence >= ' ' && *sentence != 0x7f);
	}
}

static void check_same(const struct form *a, const struct form *b)
{
	REQUIRE(a->kind == b->kind);
	for (int i = 0; form_fields[i].key != NULL; i++) {
		REQUIRE((a->values[i] == NULL) == (b->values[i] == NULL));
		REQUIRE(a->values[i] == NULL || strcmp(a->values[i], b->values[i]) == 0);
	}
}

/* Runs of blanks are never broken; all else has room. */
static void check_columns(const char *text)
{
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t columns = 0;
		bool has_run = false;
		for (const char *at = line; *at != '\n'; at++) {
			columns += ((unsigned char)*at & 0xC0) != 0x80;
			has_run = has_run || *at == '\t';
		}
		REQUIRE(columns <= COLUMNS_MAX || has_run);
	}
}

static void check_text(const struct form *form, bool to_fill_in)
{
	struct form_text_options options = { .to_fill_in = to_fill_in, .reference = "B-2026-0017" };
	struct form again;
	struct complaint complaint = { "" };
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	REQUIRE(stream != NULL && form_write_text(form, &options, stream) == 0 && fclose(stream) == 0);
	check_columns(text);
	REQUIRE(form_read_text(text, size, &again, &complaint) == 0);
	check_same(form, &again);
	form_finish(&again);
	free(text);
}

static void check_berth(const struct form *form, int (*write)(const struct form *form, FILE *stream))
{
	struct form again;
	struct complaint complaint = { "" };
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	REQUIRE(stream != NULL && write(form, stream) == 0 && fclose(stream) == 0);
	REQUIRE(form_read_berth("again.berth", text, size, &again, &complaint) == 0);
	check_same(form, &again);
	form_finish(&again);
	free(text);
}

static void check_form(const struct form *form)
{
	check_text(form, false);
	check_text(form, true);
	check_berth(form, form_write_berth);
	check_berth(form, form_write_template);
}

/* Octets as what a person mailed. */
static void check_read(const char *title, const uint8_t *data, size_t size)
{
	size_t before = strlen(title);
	char *octets = malloc(before + size + 1);
	struct form form;
	struct complaint complaint = { "" };

	REQUIRE(octets != NULL);
	memcpy(octets, title, before);
	memcpy(octets + before, data, size);
	int r = form_read_text(octets, before + size, &form, &complaint);
	REQUIRE(r == 0 || r == -EBADMSG);
	if (r == 0) {
		check_form(&form);
		form_finish(&form);
	} else {
		check_sentence(complaint.sentence);
	}
	free(octets);
}

/* Octets as answers: a field, its text up to a NUL, and so on. */
static void check_answers(const uint8_t *data, size_t size)
{
	struct form form = { .kind = size > 0 ? (enum form_kind)(data[0] % FORM_KINDS) : FORM_USER };
	char *text = calloc(1, size + 1);
	int fields = 0;

	REQUIRE(text != NULL);
	memcpy(text, data, size);
	while (form_fields[fields].key != NULL) {
		fields++;
	}
	for (size_t at = 1; at + 1 < size; at += strlen(text + at) + 1) {
		int r = form_set(&form, form_fields[data[at] % fields].key, text + at + 1);
		REQUIRE(r == 0 || r == -E2BIG || r == -EILSEQ);
	}
	check_form(&form);
	form_finish(&form);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_read("", data, size);
	check_read("Application for User (Registered) Port Number\n", data, size);
	check_answers(data, size);
	return 0;
}
