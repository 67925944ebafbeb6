/* check_form.c - E13: the application answers what its form asks, in the form that is asked for, and says the same
 * as the protocol beside it.
 *
 * A protocol without an application answers no form; what it leaves open of the ten questions is a note. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "description/language/application.h"
#include "description/examine/check.h"

enum {
	DESCRIPTION_ADVISED = 40, /* characters */
	SYSTEM_PORT_MAX = 1023,
	USER_PORT_MAX = 49151,
	QUESTION_TEXT_MAX = 512,
};

struct form {
	const struct application *application;
	const struct protocol *protocol; /* the first of the file, or NULL */
	struct report *report;
	unsigned transports;
};

#define WRONG(form, place, help, ...)                                                                        \
	report_add((form)->report, (form)->application->source, FINDING_ERROR, "E13", (place), NULL, (help), \
		   __VA_ARGS__)

/* ---- the forms of answers ---- */

static size_t answers_count(const struct entry *entry)
{
	size_t count = 0;

	for (const struct answer *answer = entry->answers; answer != NULL; answer = answer->next) {
		count++;
	}
	return count;
}

static bool is_blank(const struct answer *answer)
{
	for (size_t i = 0; i < answer->text.size; i++) {
		if (strchr(" \t\r\n", answer->text.start[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static bool is_text(const struct answer *answer)
{
	return answer->kind == ANSWER_TEXT && !is_blank(answer);
}

static bool is_word(const struct answer *answer, const char *word)
{
	return answer->kind == ANSWER_NAME && strcmp((const char *)answer->text.start, word) == 0;
}

static bool is_person(const struct entry *entry)
{
	const struct answer *name = entry->answers;
	const struct answer *mail = name->next;

	if (answers_count(entry) != 2 || !is_text(name) || !is_text(mail)) {
		return false;
	}
	const uint8_t *at = memchr(mail->text.start, '@', mail->text.size);
	return at != NULL && at != mail->text.start && at + 1 < mail->text.start + mail->text.size;
}

/* "SC:" and at most 4 characters, "SC=" and a decimal number or 'x' and a hexadecimal one; 0 and 4294967295 are no
 * codes (RFC 4340 section 8.1.2). */
static bool is_service_code(const char *text)
{
	char *end;

	if (strncmp(text, "SC", 2) != 0) {
		return false;
	}
	if (text[2] == ':') {
		size_t size = strlen(text) - 3;
		return size >= 1 && size <= 4 &&
		       strspn(text + 3, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_+.*/?@") == size;
	}
	bool is_hex = text[2] == '=' && (text[3] == 'x' || text[3] == 'X');
	const char *digits = text + (is_hex ? 4 : 3);
	if (text[2] != '=' || strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits)) {
		return false;
	}
	errno = 0;
	unsigned long long code = strtoull(digits, &end, is_hex ? 16 : 10);
	return errno == 0 && end != digits && code > 0 && code < UINT32_MAX;
}

/* One, or several with commas or blanks between them. */
static bool are_service_codes(const struct answer *answer)
{
	static const char gaps[] = " ,;";
	const char *text = (const char *)answer->text.start;
	char code[16];
	bool are_right = answer->kind == ANSWER_TEXT && strlen(text) == answer->text.size;

	if (!are_right || text[strspn(text, gaps)] == '\0') {
		return false;
	}
	for (text += strspn(text, gaps); are_right && *text != '\0'; text += strspn(text, gaps)) {
		size_t size = strcspn(text, gaps);
		(void)snprintf(code, sizeof(code), "%.*s", (int)size, text);
		are_right = size < sizeof(code) && is_service_code(code);
		text += size;
	}
	return are_right;
}

static bool is_one_of(const struct answer *answer, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (is_word(answer, *words)) {
			return true;
		}
	}
	return false;
}

static bool has_form(const struct entry *entry, enum answer_form form)
{
	static const char *const documents[] = { "rfc", "draft", "document", "proprietary", NULL };
	static const char *const yes_or_no[] = { "yes", "no", NULL };
	const struct answer *answer = entry->answers;
	size_t count = answers_count(entry);

	switch (form) {
	case ANSWER_IS_PERSON:
		return is_person(entry);
	case ANSWER_IS_TRANSPORTS:
		return (unsigned)__builtin_popcount(entry_transports(entry)) == count;
	case ANSWER_IS_SECTION:
		return count == 1 && (is_text(answer) || is_word(answer, "described"));
	case ANSWER_IS_OPCODES:
		return count == 1 && (is_text(answer) || is_word(answer, "described") || is_word(answer, "none"));
	case ANSWER_IS_NO_OR_TEXT:
		return count == 1 && (is_text(answer) || is_word(answer, "no"));
	case ANSWER_IS_TEXT:
		return count == 1 && is_text(answer);
	case ANSWER_IS_PORT:
		return count == 1 && (answer->kind == ANSWER_NUMBER || is_word(answer, "any"));
	case ANSWER_IS_SERVICE_CODE:
		return count == 1 && are_service_codes(answer);
	case ANSWER_IS_DOCUMENT:
		return count == 1 && is_one_of(answer, documents);
	case ANSWER_IS_ASSIGNMENT:
		return count == 2 && answer->kind == ANSWER_NUMBER && answer->next->kind == ANSWER_NAME;
	case ANSWER_IS_YES_OR_NO:
		return count == 1 && is_one_of(answer, yes_or_no);
	}
	return false;
}

static const char *form_text(enum answer_form form)
{
	static const char *const texts[] = {
		[ANSWER_IS_PERSON] = "a name and an e-mail address, both in quotes",
		[ANSWER_IS_TRANSPORTS] = "tcp, udp, sctp, dccp, each at most once",
		[ANSWER_IS_SECTION] = "a text, or described",
		[ANSWER_IS_OPCODES] = "a text, described, or none",
		[ANSWER_IS_NO_OR_TEXT] = "no, or a text that says how and what for",
		[ANSWER_IS_TEXT] = "a text",
		[ANSWER_IS_PORT] = "a number, or any",
		[ANSWER_IS_SERVICE_CODE] = "a service code like \"SC:fdpz\", \"SC=17\" or \"SC=x11\"",
		[ANSWER_IS_DOCUMENT] = "rfc, draft, document or proprietary",
		[ANSWER_IS_ASSIGNMENT] = "a port number and a service name, like 69 tftp",
		[ANSWER_IS_YES_OR_NO] = "yes or no",
	};

	return texts[form];
}

/* ---- answers that are missing, or not asked for ---- */

static bool is_required(const struct form *form, enum need need)
{
	switch (need) {
	case NEED_REQUIRED:
		return true;
	case NEED_OVER_DCCP:
		return (form->transports & TRANSPORT_DCCP) != 0;
	case NEED_OVER_UDP:
		return (form->transports & TRANSPORT_UDP) != 0;
	case NEED_OVER_SEVERAL:
		return __builtin_popcount(form->transports) > 1;
	case NEED_NEVER:
	case NEED_OPTIONAL:
		break;
	}
	return false;
}

static bool is_allowed(const struct form *form, enum need need)
{
	return need != NEED_NEVER && (need != NEED_OVER_DCCP || is_required(form, need));
}

static void add_missing(const struct form *form, const struct question *question)
{
	char buffer[QUESTION_TEXT_MAX];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	question_put(question, form->application->kind, &text);
	const char *help = report_text(form->report, "add for example: %s %s;", question->key, question->example);
	if (question->number > 0) {
		WRONG(form, form->application->place, help, "question %u is not answered: %s (%s)", question->number,
		      buffer, question->key);
	} else {
		WRONG(form, form->application->place, help, "%s is not answered: %s", question->key, buffer);
	}
}

static void check_presence(const struct form *form, const struct question *question)
{
	enum need need = question->needs[form->application->kind];
	const struct entry *own = entry_find(form->application->entries, question->key);

	if (own == NULL && is_required(form, need) &&
	    application_answer(form->application, form->protocol, question) == NULL) {
		add_missing(form, question);
	} else if (own != NULL && !is_allowed(form, need)) {
		WRONG(form, own->place, "take it away",
		      need == NEED_OVER_DCCP ? "%s belongs to transport dccp" : "%s has no place in this application",
		      question->key);
	}
}

/* ---- answers that cannot be ---- */

static bool is_port_in_range(enum application_kind kind, int64_t port)
{
	int64_t lowest = kind == APPLICATION_SYSTEM ? 0 : SYSTEM_PORT_MAX + 1;
	int64_t highest = kind == APPLICATION_SYSTEM ? SYSTEM_PORT_MAX : USER_PORT_MAX;

	return port >= lowest && port <= highest;
}

static void check_port(const struct form *form, const struct entry *entry)
{
	const struct answer *answer = entry->answers;
	enum application_kind kind = form->application->kind;

	if (answer->kind == ANSWER_NUMBER && !is_port_in_range(kind, answer->number)) {
		WRONG(form, entry->place, "choose one of the range, or write any", "%s",
		      kind == APPLICATION_SYSTEM ? "system ports are 0 to 1023" : "user ports are 1024 to 49151");
	}
}

static void check_meaning(const struct form *form, const struct question *question, const struct entry *entry)
{
	const struct answer *answer = entry->answers;

	if (is_word(answer, "described") &&
	    (form->protocol == NULL || !protocol_describes(form->protocol, question->key))) {
		WRONG(form, entry->place, "write the section in the protocol block, or answer in words",
		      "\"described\", but no protocol block here has %s", question->key);
	} else if (question->form == ANSWER_IS_PORT) {
		check_port(form, entry);
	} else if (question->form == ANSWER_IS_ASSIGNMENT && (answer->number < 0 || answer->number > SYSTEM_PORT_MAX)) {
		WRONG(form, entry->place, "name the assignment whose port is 0 to 1023",
		      "only ports up to 1023 need privilege");
	} else if (is_word(answer, "proprietary") && form->application->kind == APPLICATION_SYSTEM) {
		WRONG(form, entry->place, "document it in an RFC, a draft or another permanent document",
		      "a system port needs a specification that is open to everybody");
	} else if (strcmp(question->key, "description") == 0 && answer->text.size > DESCRIPTION_ADVISED) {
		report_add(form->report, form->application->source, FINDING_WARNING, "E13", entry->place, NULL,
			   "shorten it", "the description has %zu characters; at most %d are advised",
			   answer->text.size, DESCRIPTION_ADVISED);
	}
}

static void check_entry(const struct form *form, const struct entry *entry)
{
	const struct question *question = question_find(entry->key);

	if (question == NULL) {
		WRONG(form, entry->place, "what has no key of its own stands under \"notes\" or \"other\"",
		      "the form has no question \"%s\"", entry->key);
	} else if (!has_form(entry, question->form)) {
		WRONG(form, entry->place,
		      report_text(form->report, "for example: %s %s;", entry->key, question->example), "%s takes %s",
		      entry->key, form_text(question->form));
	} else {
		check_meaning(form, question, entry);
	}
}

/* ---- application and protocol side by side ---- */

static bool same_answers(const struct entry *left, const struct entry *right)
{
	const struct answer *a = left->answers;
	const struct answer *b = right->answers;

	while (a != NULL && b != NULL && a->text.size == b->text.size && a->number == b->number &&
	       memcmp(a->text.start, b->text.start, a->text.size) == 0) {
		a = a->next;
		b = b->next;
	}
	return a == NULL && b == NULL;
}

static void add_difference(const struct form *form, const struct entry *own, const struct entry *header)
{
	WRONG(form, own->place, "let both be equal, or leave it out here",
	      "%s differs from what protocol %s says in line %u", own->key, form->protocol->name, header->place.line);
	report_add(form->report, form->protocol->source, FINDING_NOTE, "E13", header->place, NULL, NULL,
		   "this says something else than the application in line %u", own->place.line);
}

static void check_difference(const struct form *form, const struct question *question)
{
	const struct entry *own = entry_find(form->application->entries, question->key);
	const struct entry *header = entry_find(form->protocol->headers, question->key);
	const struct entry *multicast = entry_find(form->protocol->headers, "multicast");

	if (own == NULL) {
		return;
	}
	if (question->form == ANSWER_IS_NO_OR_TEXT && multicast != NULL && is_word(own->answers, "no")) {
		add_difference(form, own, multicast);
	}
	if (header == NULL) {
		return;
	}
	bool same = question->form == ANSWER_IS_TRANSPORTS ? entry_transports(own) == entry_transports(header)
							   : same_answers(own, header);
	if (!same) {
		add_difference(form, own, header);
	}
}

static void check_application(const struct application *application, const struct protocol *protocol,
			      struct report *report)
{
	struct form form = { .application = application, .protocol = protocol, .report = report };
	const struct entry *transport = application_answer(application, protocol, question_find("transport"));

	form.transports = transport != NULL ? entry_transports(transport) : 0;
	for (const struct question *question = questions; question->key != NULL; question++) {
		check_presence(&form, question);
		if (protocol != NULL && question->is_header) {
			check_difference(&form, question);
		}
	}
	for (const struct entry *entry = application->entries; entry != NULL; entry = entry->next) {
		check_entry(&form, entry);
	}
	check_short(application->source, application->entries, report);
}

/* ---- protocols ---- */

static bool has_text(const struct entry *entry)
{
	for (const struct answer *answer = entry->answers; answer != NULL; answer = answer->next) {
		if (is_text(answer)) {
			return true;
		}
	}
	return false;
}

/* Whoever says that broadcast or multicast is used says what for. */
static void check_reasons(const struct protocol *protocol, struct report *report)
{
	for (const struct entry *entry = protocol->headers; entry != NULL; entry = entry->next) {
		bool is_broadcast = strcmp(entry->key, "broadcast") == 0 && !is_word(entry->answers, "no");
		bool is_multicast = strcmp(entry->key, "multicast") == 0 && !is_word(entry->answers, "no");
		if ((is_broadcast || is_multicast) && !has_text(entry)) {
			report_add(report, protocol->source, FINDING_ERROR, "E13", entry->place, NULL,
				   "say it in quotes behind it, or write no",
				   "question 7 is half answered: how is %s used, and what for?", entry->key);
		}
	}
}

static bool answers_question(const struct protocol *protocol, const struct question *question)
{
	if (question->form == ANSWER_IS_TRANSPORTS) {
		return true; /* tcp when nothing is said */
	}
	if (question->form == ANSWER_IS_NO_OR_TEXT && entry_find(protocol->headers, "multicast") != NULL) {
		return true;
	}
	return question->is_header ? entry_find(protocol->headers, question->key) != NULL
				   : protocol_describes(protocol, question->key);
}

static void note_open_questions(const struct protocol *protocol, struct report *report)
{
	char buffer[QUESTION_TEXT_MAX];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	for (const struct question *question = questions; question->key != NULL; question++) {
		if (question->number > 0 && !answers_question(protocol, question)) {
			text_put(&text, text.used > 0 ? ", " : "");
			text_put_unsigned(&text, question->number);
			text_put(&text, " (");
			text_put(&text, question->key);
			text_put(&text, ")");
		}
	}
	if (text.used > 0) {
		report_add(report, protocol->source, FINDING_NOTE, "E13", protocol->place, NULL, NULL,
			   "protocol %s leaves questions of the form open: %s", protocol->name, buffer);
	}
}

int check_form(const struct tree *tree, struct report *report)
{
	for (const struct application *at = tree->applications; at != NULL; at = at->next) {
		check_application(at, tree->protocols, report);
	}
	for (const struct protocol *at = tree->protocols; at != NULL; at = at->next) {
		check_reasons(at, report);
		if (tree->applications == NULL) {
			note_open_questions(at, report);
		}
	}
	return 0;
}
