/* berth_rules.c - an application block examined as the registry's staff will (berth_rules.h).  Nothing is stored. */
#include "cmd/berth_rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/registry.h"
#include "registry/rules/rules.h"

static json_t *json_of(const struct rule_report *report, const char *path)
{
	char *octets = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&octets, &size);

	if (stream == NULL) {
		return NULL;
	}
	int r = rule_report_write_json(report, path, stream);
	json_t *json = fclose(stream) == 0 && r == 0 ? json_loadb(octets, size, 0, NULL) : NULL;
	free(octets);
	return json;
}

static int examine(const struct form *form, const struct view *view_or_null, const char *path, json_t **ret_json)
{
	const struct rules_context context = { .view = view_or_null };
	struct rule_report report = { .count = 0 };
	int r = rules_examine(form, &context, &report);

	if (r == 0 && ret_json != NULL) {
		*ret_json = json_of(&report, path);
	} else if (r == 0) {
		r = rule_report_write(&report, path, stdout);
	}
	bool refused = report.counts[RULE_REFUSE] > 0;
	rule_report_finish(&report);
	if (r < 0) {
		complain_about("%s: %s", path, strerror(-r));
		return EXIT_COULD_NOT;
	}
	return refused ? EXIT_NO : EXIT_DONE;
}

static int examine_text(const struct request *request, const char *path, const char *text, size_t size,
			json_t **ret_json)
{
	struct registry_place place;
	struct view view;
	struct form form = { .kind = FORM_USER };
	struct complaint complaint = { "" };
	int r = form_read_berth(path, text, size, &form, &complaint);

	/* What is wrong with the text the description examiner has said already. */
	if (r < 0) {
		return r == -EBADMSG ? EXIT_NO : EXIT_COULD_NOT;
	}
	registry_place(request, &place);
	bool has_view = view_map(place.published, &view) == 0;
	int status = examine(&form, has_view ? &view : NULL, path, ret_json);
	if (has_view) {
		view_unmap(&view);
	}
	form_finish(&form);
	return status;
}

int application_examine(const struct request *request, const char *path, json_t **ret_json)
{
	FILE *stream = fopen(path, "re");
	char *text = stream == NULL ? NULL : malloc(FORM_BERTH_MAX);
	size_t size = text == NULL ? 0 : fread(text, 1, FORM_BERTH_MAX, stream);
	int status = EXIT_DONE;

	if (stream != NULL) {
		(void)fclose(stream);
	}
	if (size > 0) {
		status = examine_text(request, path, text, size, ret_json);
	}
	free(text);
	return status;
}
