/* process_form.c - an application's answers from and into the store, and what they ask for (process_private.h).
 *
 * Called by process_do.c and the handlers.  A version is never changed: what comes later is the next one. */
#include "registry/process/process_private.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/lookup/lookup.h"
#include "registry/records/service_code.h"

/* Which edition of the questions was answered. */
static const char edition[] = "1";

enum { LAST_PORT = 65535 };

const char *process_transport_word(unsigned index)
{
	return entry_transport_name(ENTRY_TCP + (int)index);
}

/* ---- what a form asks for ---- */

bool process_is_for_number(enum form_kind kind)
{
	return kind == FORM_USER || kind == FORM_SYSTEM || kind == FORM_RELOCATION;
}

bool process_is_change(enum form_kind kind)
{
	return kind == FORM_MODIFICATION || kind == FORM_TRANSPORT || kind == FORM_RELEASE || kind == FORM_REVOCATION ||
	       kind == FORM_RENEWAL;
}

const char *process_about(const struct form *form)
{
	const char *about = form_value(form, "about");

	return about[0] != '\0' ? about : form_value(form, "relocates");
}

int process_port(const struct form *form)
{
	const char *port = form_value(form, "port");
	char *end = NULL;
	long number = strtol(port, &end, 10);

	return isdigit((unsigned char)port[0]) && *end == '\0' && number <= LAST_PORT ? (int)number : -1;
}

static bool has_code(const struct service_codes *codes, uint32_t code)
{
	for (size_t i = 0; i < codes->count; i++) {
		if (codes->list[i] == code) {
			return true;
		}
	}
	return false;
}

struct service_codes process_service_codes(const struct form *form)
{
	struct service_codes codes = { .count = 0 };
	char words[256];
	char *rest;

	(void)snprintf(words, sizeof(words), "%s", form_value(form, "service-code"));
	for (char *word = strtok_r(words, " ,;", &rest); word != NULL; word = strtok_r(NULL, " ,;", &rest)) {
		uint32_t code = 0;
		if (service_code_read(word, &code) == 0 && !has_code(&codes, code) && codes.count < CODES_MAX) {
			codes.list[codes.count++] = code;
		}
	}
	return codes;
}

void process_fold(const struct form *form, char ret_fold[static FOLD_SIZE])
{
	const char *name = form_value(form, "short");

	ret_fold[0] = '\0';
	if (strlen(name) < FOLD_SIZE) {
		entry_fold(name, ret_fold);
	}
}

/* ---- from the store ---- */

static int take_answer(const struct application_answer *answer, void *context)
{
	struct form *form = context;

	if (strcmp(answer->field, "berth") == 0) {
		form->berth = arena_text(&form->arena, answer->value, strlen(answer->value));
		return form->berth != NULL ? 0 : -ENOMEM;
	}
	return form_set(form, answer->field, answer->value);
}

int process_form_load(struct store *store, const struct application *application, int v, struct form *ret_form)
{
	*ret_form = (struct form){ .berth = NULL };
	int r = form_kind_of(application->kind, &ret_form->kind);

	if (r == 0) {
		r = application_answers(store, application->id, v, take_answer, ret_form);
	}
	if (r < 0) {
		form_finish(ret_form);
	}
	return r;
}

/* ---- into the store ---- */

/* What an application about a number that is assigned concerns. */
static size_t wanted_of_about(const struct form *form, struct application_wanted *ret_wanted)
{
	struct question question;
	char complaint[128];
	size_t count = 0;

	if (question_read(form_value(form, "about"), &question, complaint, sizeof(complaint)) < 0 ||
	    question.kind != QUESTION_PORTS) {
		return 0;
	}
	unsigned transports = form->kind == FORM_TRANSPORT ? form_transports(form)
			      : question.transport != 0	   ? 1U << (question.transport - ENTRY_TCP)
							   : 0;
	for (unsigned i = 0; i < TRANSPORTS; i++) {
		if ((transports & 1U << i) != 0) {
			ret_wanted[count++] = (struct application_wanted){ process_transport_word(i), question.lo, 0 };
		}
	}
	return count;
}

static size_t wanted_of(const struct form *form, struct application_wanted ret_wanted[static TRANSPORTS])
{
	struct service_codes codes = process_service_codes(form);
	unsigned transports = form_transports(form);
	size_t count = 0;

	if (process_is_change(form->kind)) {
		return wanted_of_about(form, ret_wanted);
	}
	if (form->kind == FORM_SERVICE_CODE) {
		transports = 1U << (ENTRY_DCCP - ENTRY_TCP);
	}
	for (unsigned i = 0; i < TRANSPORTS; i++) {
		if ((transports & 1U << i) != 0) {
			ret_wanted[count++] = (struct application_wanted){
				.transport = process_transport_word(i),
				.port = process_is_for_number(form->kind) ? process_port(form) : -1,
				.service_code = i == ENTRY_DCCP - ENTRY_TCP && codes.count > 0 ? codes.list[0] : 0,
			};
		}
	}
	return count;
}

/* Who was asked for consent was asked about everything that stands there. */
bool process_differs_materially(const struct form *one, const struct form *other)
{
	char digests[2][65];

	if (!process_is_change(one->kind)) {
		return form_differs_materially(one, other);
	}
	form_digest(one, digests[0]);
	form_digest(other, digests[1]);
	return strcmp(digests[0], digests[1]) != 0;
}

int process_version_add(struct work *work, const struct form *form, const char *author, bool is_material)
{
	struct application_answer answers[FORM_FIELDS_MAX];
	struct application_wanted wanted[TRANSPORTS];
	char digest[65];
	struct application_version version = {
		.author = author,
		.form = edition,
		.is_material = is_material,
		.digest = digest,
		.berth = form->berth,
		.answers = answers,
		.wanted = wanted,
		.wanted_count = wanted_of(form, wanted),
	};

	form_digest(form, digest);
	for (size_t i = 0; form_fields[i].key != NULL; i++) {
		if (form->values[i] != NULL) {
			answers[version.answer_count++] =
				(struct application_answer){ form_fields[i].key, form->values[i] };
		}
	}
	int r = application_version_add(work->change, work->application.id, &version, &work->version);
	work->material = is_material ? work->version : work->material;
	return work_failed(work, r);
}
