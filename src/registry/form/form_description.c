/* form_description.c - answers written out from the description that came with an application (form_description.h). */
#include "registry/form/form_description.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "description/emit/emit.h"
#include "description/emit/emit_page.h"

struct form_description {
	struct report report;
	struct tree *tree; /* without errors, or NULL */
};

int form_description_open(const char *berth, struct form_description **ret_description)
{
	struct form_description *description = calloc(1, sizeof(*description));
	int r = description == NULL ? -ENOMEM : 0;

	if (r == 0 && berth != NULL) {
		r = tree_read("description", berth, strlen(berth), &description->report, &description->tree);
		r = r == -E2BIG ? 0 : r;
	}
	if (r < 0) {
		form_description_close(description);
		return r;
	}
	if (description->report.counts[FINDING_ERROR] > 0) {
		description->tree = tree_destroy(description->tree);
	}
	*ret_description = description;
	return 0;
}

void form_description_close(struct form_description *description)
{
	if (description != NULL) {
		report_finish(&description->report);
		tree_destroy(description->tree);
		free(description);
	}
}

/* Takes the page's indentation away: the form has its own. */
static void move_left(char *words)
{
	char *to = words;

	for (const char *line = words; *line != '\0';) {
		size_t blanks = strspn(line, " ");
		line += blanks < INDENT ? blanks : INDENT;
		size_t size = strcspn(line, "\n");
		size += line[size] == '\n';
		memmove(to, line, size);
		to += size;
		line += size;
	}
	while (to > words && strchr(" \n", to[-1]) != NULL) {
		to--;
	}
	*to = '\0';
}

int form_description_answer(struct form_description *description, const char *key, const char *answer, char **ret_words)
{
	char *words = NULL;
	size_t size = 0;

	*ret_words = NULL;
	if (description->tree == NULL || description->tree->protocols == NULL || strcmp(answer, "described") != 0) {
		return 0;
	}
	FILE *stream = open_memstream(&words, &size);
	if (stream == NULL) {
		return -ENOMEM;
	}
	int r = emit_answer(description->tree->protocols, key, stream);
	if (fclose(stream) != 0 || r < 0) {
		free(words);
		return r == -ENOENT ? 0 : -ENOMEM;
	}
	move_left(words);
	*ret_words = words;
	return 0;
}

/* ---- the protocol blocks ---- */

static const char *offset_of(const char *text, struct place place)
{
	for (uint32_t line = 1; line < place.line; line++) {
		text = strchr(text, '\n') + 1;
	}
	return text + place.column - 1;
}

/* The next application behind `start`, or the end. */
static const char *end_of(const struct tree *tree, const char *start)
{
	const char *end = tree->source.text + tree->source.size;

	for (const struct application *at = tree->applications; at != NULL; at = at->next) {
		const char *application = offset_of(tree->source.text, at->place);
		if (application > start && application < end) {
			end = application;
		}
	}
	return end;
}

void form_description_put(const struct form_description *description, FILE *stream)
{
	const char *written = NULL;
	const struct protocol *protocol = description->tree != NULL ? description->tree->protocols : NULL;

	for (; protocol != NULL; protocol = protocol->next) {
		const char *start = offset_of(description->tree->source.text, protocol->place);
		if (written == NULL || start >= written) {
			written = end_of(description->tree, start);
			(void)fprintf(stream, "\nprotocol %.*s", (int)(written - start), start);
		}
	}
}
