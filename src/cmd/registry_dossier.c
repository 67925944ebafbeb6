/* registry_dossier.c - applications printed for people (registry_dossier.h).  What others wrote never steers a
 * terminal. */
#include "cmd/registry_dossier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/answers_text.h"

enum { CELL_MAX = 96 };

/* ---- values ---- */

/* A text or a number as text; "-" where there is none. */
static const char *cell_of(const json_t *object, const char *key, char buffer[static CELL_MAX])
{
	const json_t *value = json_object_get(object, key);

	if (json_is_integer(value)) {
		(void)snprintf(buffer, CELL_MAX, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	} else if (json_is_string(value) && json_string_value(value)[0] != '\0') {
		shown_text(json_string_value(value), buffer, CELL_MAX);
	} else {
		(void)snprintf(buffer, CELL_MAX, "-");
	}
	return buffer;
}

/* Line by line, so that a text keeps its lines. */
static void print_text(const char *indent, const char *text)
{
	char *copy = strdup(text);
	char *rest = NULL;
	size_t size = strlen(text) * 6 + 1;
	char *shown = malloc(size);

	for (char *line = copy == NULL || shown == NULL ? NULL : strtok_r(copy, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		shown_text(line, shown, size);
		(void)printf("%s%s\n", indent, shown);
	}
	free(copy);
	free(shown);
}

/* ---- the queue ---- */

struct column {
	const char *heading;
	const char *key;
	const char *unit;
	int width;
};

static const struct column columns[] = {
	{ "REF", "ref", "", 0 },
	{ "KIND", "kind", "", 0 },
	{ "ASKS", "asks", "", 0 },
	{ "STATE", "state", "", 0 },
	{ "WAITS FOR", "waits_for", "", 0 },
	{ "AGE", "age_days", "d", 0 },
	{ "OWN", "own_days", "d", 0 },
	{ "DUE", "due", "", 0 },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void print_row(const json_t *row, const int widths[static COLUMNS])
{
	char cell[CELL_MAX];
	char with_unit[CELL_MAX + 4];

	for (size_t i = 0; i < COLUMNS; i++) {
		(void)snprintf(with_unit, sizeof(with_unit), "%s%s",
			       row == NULL ? columns[i].heading : cell_of(row, columns[i].key, cell),
			       row == NULL ? "" : columns[i].unit);
		(void)printf(i + 1 < COLUMNS ? "%-*s  " : "%-*s", i + 1 < COLUMNS ? widths[i] : 0, with_unit);
	}
	(void)putchar('\n');
}

static void measure(const json_t *queue, int ret_widths[static COLUMNS])
{
	char cell[CELL_MAX];
	size_t index;
	const json_t *row;

	for (size_t i = 0; i < COLUMNS; i++) {
		ret_widths[i] = (int)strlen(columns[i].heading);
		json_array_foreach(queue, index, row)
		{
			int width = (int)(strlen(cell_of(row, columns[i].key, cell)) + strlen(columns[i].unit));
			ret_widths[i] = width > ret_widths[i] ? width : ret_widths[i];
		}
	}
}

static void print_json(const json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
}

void registry_queue_print(const struct request *request, const json_t *queue)
{
	int widths[COLUMNS];
	size_t index;
	const json_t *row;

	if (request->json) {
		print_json(queue);
		return;
	}
	measure(queue, widths);
	print_row(NULL, widths);
	json_array_foreach(queue, index, row)
	{
		print_row(row, widths);
	}
}

/* ---- a dossier ---- */

static void print_value(const char *label, const json_t *value)
{
	if (json_is_integer(value)) {
		(void)printf("  %s: %" JSON_INTEGER_FORMAT "\n", label, json_integer_value(value));
	} else if (json_is_string(value) && strchr(json_string_value(value), '\n') != NULL) {
		(void)printf("  %s:\n", label);
		print_text("      ", json_string_value(value));
	} else if (json_is_string(value) && json_string_value(value)[0] != '\0') {
		char line[64];
		(void)snprintf(line, sizeof(line), "  %s: ", label);
		print_text(line, json_string_value(value));
	}
}

/* One question with its answer. */
static bool print_answer(const json_t *member)
{
	const char *label = json_string_value(json_object_get(member, "label"));
	const json_t *number = json_object_get(member, "number");
	char heading[CELL_MAX];

	if (label == NULL) {
		return false;
	}
	if (json_integer_value(number) > 0) {
		(void)snprintf(heading, sizeof(heading), "%2" JSON_INTEGER_FORMAT " %s", json_integer_value(number),
			       label);
	} else {
		(void)snprintf(heading, sizeof(heading), "   %s", label);
	}
	print_value(heading, json_object_get(member, "answer"));
	return true;
}

static bool is_long(const json_t *value)
{
	return json_is_string(value) &&
	       (strlen(json_string_value(value)) >= CELL_MAX / 2 || strchr(json_string_value(value), '\n') != NULL);
}

/* Of a list each member's values in one line, long texts below it; digests and what is empty are left out. */
static void print_member(json_t *member)
{
	const char *key;
	json_t *value;
	char cell[CELL_MAX];
	const char *gap = "  ";

	if (json_is_string(member)) {
		print_text("  ", json_string_value(member));
	}
	if (!json_is_object(member) || print_answer(member)) {
		return;
	}
	json_object_foreach(member, key, value)
	{
		bool is_told = json_is_integer(value) || (json_is_string(value) && json_string_value(value)[0] != '\0');
		if (is_told && !is_long(value)) {
			(void)printf("%s%s %s", gap, key, cell_of(member, key, cell));
			gap = ", ";
		}
	}
	(void)putchar('\n');
	json_object_foreach(member, key, value)
	{
		if (is_long(value) && strcmp(key, "digest") != 0 && strcmp(key, "berth") != 0) {
			print_text("      ", json_string_value(value));
		}
	}
}

static void print_section(const char *heading, json_t *section)
{
	size_t index;
	json_t *member;

	if (json_is_array(section) && json_array_size(section) > 0) {
		(void)printf("\n%s\n", heading);
		json_array_foreach(section, index, member)
		{
			print_member(member);
		}
	} else if (json_is_object(section) && json_object_size(section) > 0) {
		const char *key;
		(void)printf("\n%s\n", heading);
		json_object_foreach(section, key, member)
		{
			print_value(key, member);
		}
	}
}

void registry_dossier_print(const struct request *request, json_t *dossier)
{
	const char *key;
	json_t *value;

	if (request->json) {
		print_json(dossier);
		return;
	}
	json_object_foreach(dossier, key, value)
	{
		if (!json_is_array(value) && !json_is_object(value)) {
			print_value(key, value);
		}
	}
	json_object_foreach(dossier, key, value)
	{
		print_section(key, value);
	}
}
