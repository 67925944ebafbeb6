/* typed.c - answers from a request, and back into a page (typed.h).  Called by the pages of applications.
 *
 * Only names of form_fields are looked for: whatever else somebody posts is never read. */
#include "web/apply/typed.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "mail/message.h"
#include "web/site/session.h"

enum { KEY_OCTETS = 16, KEY_DIGITS = 2 * KEY_OCTETS };

static const char *const transports[] = { "tcp", "udp", "sctp", "dccp" };

static const char *keep(struct typed *typed, const char *value)
{
	return arena_text(&typed->arena, value, strlen(value));
}

static bool is_choice(const struct form_field *field)
{
	return field->answer == FORM_NO_OR_TEXT;
}

const char *typed_control(const struct form_field *field, char ret_name[static 64])
{
	(void)snprintf(ret_name, 64, "%s%s", field->key, is_choice(field) ? "-is" : "");
	return ret_name;
}

bool typed_is_email(const struct form_field *field)
{
	const char *end = strrchr(field->key, '-');

	return end != NULL && strcmp(end, "-email") == 0;
}

/* ---- what it is worth ---- */

static const char *fault_of(struct typed *typed, const struct form_field *field, int error)
{
	bool is_text = field->answer == FORM_TEXT || field->answer == FORM_NO_OR_TEXT;
	char sentence[256];

	if (error == -E2BIG) {
		(void)snprintf(sentence, sizeof(sentence),
			       "This answer is too long: it may have %zu octets. Say the rest in your documentation.",
			       field->octets_max);
	} else {
		(void)snprintf(sentence, sizeof(sentence), "This answer holds control characters%s",
			       is_text ? "; line ends and tabs may stand, others not."
				       : " or line ends; it is one line.");
	}
	return arena_text(&typed->arena, sentence, strlen(sentence));
}

/* "No" and how it is used cannot both be meant. */
static const char *whole_of(const struct form_field *field, const struct typed_field *typed, const char **ret_error)
{
	if (!is_choice(field) || typed->choice[0] == '\0') {
		return typed->text;
	}
	bool has_text = typed->text[strspn(typed->text, " \n\t")] != '\0';
	if (strcmp(typed->choice, "no") == 0 && has_text) {
		*ret_error = "You said No, and how and what for: take one of them away.";
	}
	return has_text ? typed->text : typed->choice;
}

/* Letters go there, so it must be an address for them. */
static const char *address_fault(const struct typed *typed, const struct form_field *field)
{
	const char *value = form_value(&typed->form, field->key);
	struct mail_address address;

	return typed_is_email(field) && value[0] != '\0' && mail_address_read(value, NULL, &address) < 0
		       ? "This is no e-mail address that letters can go to; ada@example.org would be one."
		       : NULL;
}

static bool settle(struct typed *typed, int at)
{
	struct typed_field *field = &typed->fields[at];
	const char *error = NULL;
	int r = form_set(&typed->form, form_fields[at].key, whole_of(&form_fields[at], field, &error));

	if (r == -ENOMEM) {
		return false;
	}
	error = error != NULL ? error : address_fault(typed, &form_fields[at]);
	field->error = error != NULL ? error : r < 0 ? fault_of(typed, &form_fields[at], r) : NULL;
	typed->errors += field->error != NULL;
	return r == 0 || field->error != NULL;
}

static void refuse_file(struct typed *typed)
{
	typed->berth_error =
		"The file is no text in UTF-8, as a description is: save it as UTF-8, and choose it once more.";
	typed->errors++;
}

static void settle_berth(struct typed *typed)
{
	if (strlen(typed->berth) > FORM_BERTH_MAX) {
		typed->berth_error = "The description is too long: it may have 1 MiB.";
		typed->errors++;
	}
	typed->form.berth = typed->berth[0] != '\0' && typed->berth_error == NULL ? typed->berth : NULL;
}

/* ---- from a request ---- */

static const char *read_transports(struct typed *typed, const struct visit *visit, const char *key)
{
	char words[32] = "";
	char name[64];

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s-%s", key, transports[i]);
		if (visit_field(visit, name)[0] != '\0') {
			size_t used = strlen(words);
			(void)snprintf(words + used, sizeof(words) - used, "%s%s", used > 0 ? " " : "", transports[i]);
		}
	}
	return keep(typed, words[0] != '\0' ? words : visit_field(visit, key));
}

static bool read_field(struct typed *typed, int at, const struct visit *visit)
{
	const struct form_field *field = &form_fields[at];
	struct typed_field *into = &typed->fields[at];
	char name[64];

	into->text = field->answer == FORM_TRANSPORTS ? read_transports(typed, visit, field->key)
						      : keep(typed, visit_field(visit, field->key));
	into->choice = is_choice(field) ? keep(typed, visit_field(visit, typed_control(field, name))) : "";
	return into->text != NULL && into->choice != NULL && settle(typed, at);
}

static bool is_hexadecimal(const char *key)
{
	return strlen(key) == KEY_DIGITS && strspn(key, "0123456789abcdef") == KEY_DIGITS;
}

/* Of the first page; what is posted stays as it is, so that the same form sent twice is one application. */
static bool read_beginning(struct typed *typed, const struct visit *visit)
{
	unsigned char octets[KEY_OCTETS];
	char key[KEY_DIGITS + 1];
	char token[SESSION_FORM_TOKEN];
	const char *posted = visit_field(visit, TYPED_KEY);
	const char *begun = visit_field(visit, TYPED_BEGUN);

	if (!is_hexadecimal(posted)) {
		randombytes_buf(octets, sizeof(octets));
		posted = sodium_bin2hex(key, sizeof(key), octets, sizeof(octets));
	}
	if (begun[0] == '\0') {
		session_form_token(visit, token);
		begun = token;
	}
	typed->key = keep(typed, posted);
	typed->begun = keep(typed, begun);
	typed->trap = keep(typed, visit_field(visit, TYPED_TRAP));
	return typed->key != NULL && typed->begun != NULL && typed->trap != NULL;
}

bool typed_begin(struct typed *typed, enum form_kind kind, const struct visit *visit)
{
	*typed = (struct typed){ .form = { .kind = kind }, .berth = "" };
	for (int i = 0; form_fields[i].key != NULL; i++) {
		typed->fields[i] = (struct typed_field){ .text = "", .choice = "" };
	}
	return read_beginning(typed, visit);
}

bool typed_read(struct typed *typed, enum form_kind kind, const struct visit *visit)
{
	const char *file = web_value(&visit->request->files, TYPED_FILE);
	bool read = typed_begin(typed, kind, visit);

	for (int i = 0; read && form_fields[i].key != NULL; i++) {
		read = read_field(typed, i, visit);
	}
	typed->has_file = file[0] != '\0';
	const char *berth = read ? keep(typed, typed->has_file ? file : visit_field(visit, TYPED_BERTH)) : NULL;
	if (berth != NULL) {
		berth += form_mark_size(berth, strlen(berth));
		typed->berth = berth[strspn(berth, " \n\t")] != '\0' ? berth : "";
		settle_berth(typed);
	}
	if (visit->request->has_unreadable_file && typed->berth_error == NULL) {
		refuse_file(typed);
	}
	return berth != NULL;
}

/* ---- from a form ---- */

bool typed_put(struct typed *typed, int at, const char *value)
{
	bool is_word = strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
	struct typed_field *into = &typed->fields[at];

	typed->errors -= into->error != NULL;
	into->text = keep(typed, value);
	if (is_choice(&form_fields[at]) && value[0] != '\0') {
		into->choice = is_word ? into->text : "yes";
		into->text = is_word ? "" : into->text;
	}
	return into->text != NULL && into->choice != NULL && settle(typed, at);
}

bool typed_of_form(struct typed *typed, const struct form *form, const struct visit *visit)
{
	bool done = typed_begin(typed, form->kind, visit);

	for (int i = 0; done && form_fields[i].key != NULL; i++) {
		done = form->values[i] == NULL || typed_put(typed, i, form->values[i]);
	}
	const char *berth = done ? keep(typed, form->berth != NULL ? form->berth : "") : NULL;
	if (berth != NULL) {
		typed->berth = berth;
		settle_berth(typed);
	}
	return berth != NULL;
}

void typed_finish(struct typed *typed)
{
	form_finish(&typed->form);
	arena_finish(&typed->arena);
}

/* ---- into a page ---- */

static void hide(struct html *html, const char *name, const char *value)
{
	if (value[0] != '\0') {
		html_print(html, "<input type=\"hidden\" name=\"%s\" value=\"", name);
		html_value(html, value);
		html_print(html, "\">\n");
	}
}

void typed_hide(const struct typed *typed, struct html *html)
{
	char name[64];

	for (int i = 0; form_fields[i].key != NULL; i++) {
		hide(html, form_fields[i].key, typed->fields[i].text);
		if (is_choice(&form_fields[i])) {
			hide(html, typed_control(&form_fields[i], name), typed->fields[i].choice);
		}
	}
	hide(html, TYPED_BERTH, typed->berth);
	hide(html, TYPED_KEY, typed->key);
	hide(html, TYPED_BEGUN, typed->begun);
	hide(html, TYPED_TRAP, typed->trap);
}
