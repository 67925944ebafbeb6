/* form_berth.c - the answers of an application block, and of the headers of the protocol beside it.
 *
 * The description's own parser reads the file, so there is one language.  Octets come from strangers: whoever runs a
 * service bounds the memory of reading them. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "description/language/application.h"
#include "registry/form/form_private.h"

struct reading {
	const char *name;
	const struct application *application;
	const struct protocol *protocol; /* the first of the file, or NULL */
	struct form form;
	struct complaint *complaint;
};

/* ---- one answer ---- */

static int set(struct reading *reading, const char *key, const struct entry *entry, const char *value, size_t size)
{
	int at = form_field_find(key);
	int r = strlen(value) != size ? -EILSEQ : form_set_at(&reading->form, at, value);
	char fault[128];

	if (r == 0 || r == -ENOMEM) {
		reading->form.lines[at] = entry->place.line;
		return r;
	}
	form_fault(at, r, fault, sizeof(fault));
	return complain_of(reading->complaint, -EBADMSG, "%s:%u: %s %s", reading->name, entry->place.line, key, fault);
}

static void put_answers(const struct answer *answer, FILE *stream)
{
	const char *gap = "";

	for (; answer != NULL; answer = answer->next) {
		(void)fputs(gap, stream);
		if (answer->kind == ANSWER_NUMBER) {
			(void)fprintf(stream, "%" PRId64, answer->number);
		} else {
			(void)fwrite(answer->text.start, 1, answer->text.size, stream);
		}
		gap = " ";
	}
}

/* The multicast groups of the protocol, a line each: they answer where the application leaves question 7 out. */
static void put_groups(const struct entry *group, FILE *stream)
{
	for (; group != NULL; group = entry_find(group->next, "multicast")) {
		(void)fputs("\nmulticast ", stream);
		put_answers(group->answers, stream);
	}
}

/* The answer in words: what was written, and for question 7 the groups. */
static int set_words(struct reading *reading, const struct question *question, const struct entry *entry,
		     const struct entry *group)
{
	char *words = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&words, &size);

	if (stream == NULL) {
		return -ENOMEM;
	}
	if (entry != NULL) {
		put_answers(entry->answers, stream);
	}
	put_groups(group, stream);
	int r = fclose(stream) != 0 ? -ENOMEM : set(reading, question->key, entry != NULL ? entry : group, words, size);
	free(words);
	return r;
}

static int set_person(struct reading *reading, const struct question *question, const struct entry *entry)
{
	const struct answer *name = entry->answers;
	const struct answer *email = name->next;
	char key[32];

	(void)snprintf(key, sizeof(key), "%s-email", question->key);
	if (name->kind == ANSWER_NUMBER || email == NULL || email->kind == ANSWER_NUMBER || email->next != NULL) {
		return complain_of(reading->complaint, -EBADMSG,
				   "%s:%u: %s takes a name and an e-mail address, both in quotes; for example: %s %s;",
				   reading->name, entry->place.line, question->key, question->key, question->example);
	}
	int r = set(reading, question->key, entry, (const char *)name->text.start, name->text.size);
	return r < 0 ? r : set(reading, key, entry, (const char *)email->text.start, email->text.size);
}

static int set_answer(struct reading *reading, const struct question *question)
{
	const struct entry *entry = application_answer(reading->application, reading->protocol, question);
	bool is_own = entry_find(reading->application->entries, question->key) != NULL;
	bool has_groups =
		question->form == ANSWER_IS_NO_OR_TEXT && question->is_header && reading->protocol != NULL && !is_own;
	const struct entry *group = has_groups ? entry_find(reading->protocol->headers, "multicast") : NULL;

	if (entry == NULL && group == NULL) {
		return 0;
	}
	return question->form == ANSWER_IS_PERSON ? set_person(reading, question, entry)
						  : set_words(reading, question, entry, group);
}

/* ---- the file ---- */

static int complain_of_report(const char *name, const struct report *report, struct complaint *complaint)
{
	const struct finding *finding = report->first;

	while (finding != NULL && finding->level != FINDING_ERROR) {
		finding = finding->next;
	}
	if (finding == NULL) {
		return -ENOMEM; /* only counted */
	}
	uint32_t line = finding->place.line > 0 ? finding->place.line : 1; /* 0: the file as a whole */
	return complain_of(complaint, -EBADMSG, "%s:%u: %s%s%s", name, line, finding->text,
			   finding->help != NULL ? "; " : "", finding->help != NULL ? finding->help : "");
}

static int demand_one_application(const char *name, const struct tree *tree, struct complaint *complaint)
{
	if (tree->applications == NULL) {
		return complain_of(
			complaint, -EBADMSG,
			"%s:1: there is no application block in this file; it begins like \"application user {\"",
			name);
	}
	if (tree->applications->next != NULL) {
		return complain_of(complaint, -EBADMSG,
				   "%s:%u: a second application block; put each application into a file of its own",
				   name, tree->applications->next->place.line);
	}
	return 0;
}

static int read_tree(struct reading *reading, const struct tree *tree, const char *octets, size_t size)
{
	int r = 0;

	reading->application = tree->applications;
	reading->protocol = tree->protocols;
	reading->form.kind = (enum form_kind)tree->applications->kind;
	reading->form.berth = arena_text(&reading->form.arena, octets, size);
	if (reading->form.berth == NULL) {
		return -ENOMEM;
	}
	for (const struct question *question = questions; question->key != NULL && r == 0; question++) {
		r = set_answer(reading, question);
	}
	return r;
}

int form_read_berth(const char *name, const char *octets, size_t size, struct form *ret_form,
		    struct complaint *ret_complaint)
{
	struct reading reading = { .name = name, .complaint = ret_complaint };
	struct report report = { .first = NULL };
	struct tree *tree = NULL;
	int r = form_check_octets(name, octets, size, ret_complaint);

	r = r < 0 ? r : tree_read(name, octets, size, &report, &tree);
	if (report.counts[FINDING_ERROR] > 0) {
		r = complain_of_report(name, &report, ret_complaint);
	} else if (r == 0) {
		r = demand_one_application(name, tree, ret_complaint);
		r = r < 0 ? r : read_tree(&reading, tree, octets, size);
	}
	report_finish(&report);
	tree_destroy(tree);
	if (r < 0) {
		form_finish(&reading.form);
		return r;
	}
	*ret_form = reading.form;
	return 0;
}
