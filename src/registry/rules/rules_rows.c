/* rules_rows.c - what an application says of rows of the registry, and what is said of them to it.  Called by the
 * groups of rules. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "registry/rules/rules_check.h"

enum { DIGITS_MAX = 9, TOO_HIGH = 999999999, PERSON_SIZE = 256 };

int rules_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || text[digits] != '\0') {
		return ENTRY_NO_PORT;
	}
	return digits > DIGITS_MAX ? TOO_HIGH : (int)strtoul(text, NULL, 10);
}

bool rules_same_name(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

bool rules_is_new(const struct rules_check *check)
{
	enum form_kind kind = check->form->kind;

	return kind == FORM_USER || kind == FORM_SYSTEM || kind == FORM_RELOCATION || kind == FORM_NAME;
}

bool rules_wants_name(const struct rules_check *check)
{
	return (rules_is_new(check) || check->form->kind == FORM_MODIFICATION) && check->name[0] != '\0';
}

bool rules_wants_port(const struct rules_check *check)
{
	enum form_kind kind = check->form->kind;

	return kind == FORM_USER || kind == FORM_SYSTEM || kind == FORM_RELOCATION || kind == FORM_TRANSPORT;
}

/* ---- the assignment an answer names ---- */

static int number_until(char *word, char *end)
{
	char octet = *end;

	*end = '\0';
	int number = rules_number(word);
	*end = octet;
	return number;
}

/* "5254", "5254/tcp", "6000-6063/tcp" */
static bool read_number_of_subject(char *word, struct rules_subject *subject)
{
	char *slash = strchrnul(word, '/');
	char *dash = memchr(word, '-', (size_t)(slash - word));
	int port = number_until(word, dash != NULL ? dash : slash);
	int last = dash != NULL ? number_until(dash + 1, slash) : port;

	if (port == ENTRY_NO_PORT || last == ENTRY_NO_PORT) {
		return false;
	}
	subject->port = port;
	subject->last = last;
	if (*slash != '\0') {
		subject->transport = entry_transport(slash + 1);
	}
	return true;
}

static void read_word_of_subject(char *word, struct rules_subject *subject)
{
	int transport = entry_transport(word);

	if (transport >= ENTRY_TCP && transport <= ENTRY_DCCP) {
		subject->transport = transport;
	} else if (!read_number_of_subject(word, subject) && subject->name[0] == '\0') {
		char *slash = strchr(word, '/');
		transport = slash != NULL ? entry_transport(slash + 1) : ENTRY_TRANSPORT_NONE;
		if (transport >= ENTRY_TCP && transport <= ENTRY_DCCP) {
			subject->transport = transport;
			*slash = '\0';
		}
		subject->name = word;
	}
}

struct rules_subject rules_subject(struct rules_check *check, const char *key)
{
	struct rules_subject subject = { .port = ENTRY_NO_PORT, .last = ENTRY_NO_PORT, .name = "" };
	const char *answer = rules_answer(check, key);
	char *words = arena_text(&check->report->arena, answer, strlen(answer));
	char *rest;

	if (words == NULL) {
		check->no_memory = true;
		return subject;
	}
	for (char *word = strtok_r(words, " ,;\"\n", &rest); word != NULL; word = strtok_r(NULL, " ,;\"\n", &rest)) {
		read_word_of_subject(word, &subject);
	}
	return subject;
}

struct search {
	const struct rules_subject *subject;
	struct view_row *row;
	bool is_found;
};

static bool take_subject(const struct view_row *row, uint32_t index, void *context)
{
	struct search *search = context;
	const struct rules_subject *subject = search->subject;

	(void)index;
	if (row->status != ENTRY_ASSIGNED || !view_row_in_transport(row, subject->transport) ||
	    (subject->name[0] != '\0' && !rules_same_name(row->columns[ENTRY_NAME], subject->name)) ||
	    (subject->port != ENTRY_NO_PORT && (row->lo > subject->port || row->hi < subject->last))) {
		return true;
	}
	*search->row = *row;
	search->is_found = true;
	return false;
}

bool rules_subject_row(struct rules_check *check, const struct rules_subject *subject, struct view_row *ret_row)
{
	struct search search = { .subject = subject, .row = ret_row };
	const struct view *view = check->context->view;

	if (view == NULL) {
		return false;
	}
	if (subject->port != ENTRY_NO_PORT) {
		view_at_port(view, subject->port, subject->transport, take_subject, &search);
	} else if (subject->name[0] != '\0') {
		view_named(view, subject->name, take_subject, &search);
	}
	return search.is_found;
}

/* ---- who has a row ---- */

/* "[Diego_Ongaro]" and "Diego Ongaro" are both diegoongaro. */
static void fold_person(const char *text, size_t size, char folded[static PERSON_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < size && used < PERSON_SIZE - 1; i++) {
		char octet = text[i];
		bool is_upper = octet >= 'A' && octet <= 'Z';
		bool is_kept = is_upper || (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') ||
			       (octet & 0x80) != 0;
		if (is_kept) {
			folded[used++] = is_upper ? (char)(octet - 'A' + 'a') : octet;
		}
	}
	folded[used] = '\0';
}

static bool is_in_form(const struct rules_check *check, const char *folded)
{
	static const char *const keys[] = { "applicant", "assignee", "contact" };
	char person[PERSON_SIZE];

	for (size_t i = 0; folded[0] != '\0' && i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *answer = rules_answer(check, keys[i]);
		fold_person(answer, strlen(answer), person);
		if (strcmp(person, folded) == 0) {
			return true;
		}
	}
	return false;
}

/* A column has one person, or several, each in brackets. */
static bool has_somebody(const struct rules_check *check, const char *column)
{
	char person[PERSON_SIZE];

	while (*column != '\0') {
		size_t size = strcspn(column, "]");
		fold_person(column, size, person);
		if (is_in_form(check, person)) {
			return true;
		}
		column += size + (column[size] == ']');
	}
	return false;
}

bool rules_seems_holder(const struct rules_check *check, const struct view_row *row)
{
	return has_somebody(check, row->columns[ENTRY_ASSIGNEE]) || has_somebody(check, row->columns[ENTRY_CONTACT]);
}

/* ---- rows and bands in words ---- */

static const char *state_of(const struct view_row *row)
{
	return (row->oddities & ODD_REPLACED) != 0 ? "alias" : entry_status_name(row->status);
}

const char *rules_row(struct rules_check *check, const struct view_row *row)
{
	const char *name = row->columns[ENTRY_NAME];
	const char *transport = row->columns[ENTRY_TRANSPORT];
	const char *port = row->lo != ENTRY_NO_PORT ? row->columns[ENTRY_PORT] : "";

	return rules_text(check, "%s%s%s%s%s, %s%s", rules_quoted(check, name),
			  name[0] != '\0' && *port != '\0' ? " " : "", port, transport[0] != '\0' ? "/" : "", transport,
			  state_of(row), row->lo == ENTRY_NO_PORT ? " without a number" : "");
}

bool rules_band_at(const struct view *view, int port, struct view_band *ret_band)
{
	for (unsigned i = 0; view_band(view, i, ret_band); i++) {
		if (ret_band->lo <= port && port <= ret_band->hi) {
			return true;
		}
	}
	return false;
}
