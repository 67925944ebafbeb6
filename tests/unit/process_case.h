/* process_case.h - a registry with people in it, forms to be sent, and acts in one line, for tests of the process. */
#pragma once

#include <errno.h>
#include <time.h>

#include "registry/process/letters.h"
#include "registry/process/process.h"
#include "registry/keep/registry.h"
#include "registry_sample.h"
#include "store/applications.h"
#include "store/applications_parts.h"

/* Behind whatever the clock of the machine says: events are never dated before the one before them. */
#define CASE_NOW "2030-03-01T12:00:00Z"

/* ann files and decides, rae too; eve and tom are experts (tom of udp alone); bo, ivy, kim and lea sit on the board. */
enum { NOBODY, BERTH, ANN, RAE, EVE, TOM, BO, IVY, KIM, LEA };

struct process_case {
	struct store *store;
	struct process process;
	char now[32];
	struct process_started started;
	struct process_done done;
	struct complaint complaint;
	char ref[32];
	char track[64]; /* the last one */
};

static inline void case_staff(struct store *store)
{
	static const struct {
		const char *login, *role, *scope;
	} people[] = {
		{ "rae", "registrar", "*" }, { "eve", "expert", "*" }, { "tom", "expert", "udp" },
		{ "bo", "board", "*" },	     { "ivy", "board", "*" },  { "kim", "board", "*" },
		{ "lea", "board", "*" },
	};
	struct change *change = sample_begin(store, "staff");

	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		char email[64];
		int64_t id = 0;
		(void)snprintf(email, sizeof(email), "%s@registry.example", people[i].login);
		sample_ok(store, staff_add(change, people[i].login, people[i].login, email, &id));
		assert_int_equal(id, RAE + (int64_t)i);
		sample_ok(store, staff_grant(change, id, people[i].role, people[i].scope));
	}
	sample_commit(store, change);
}

/* All but the store. */
static inline void case_about(struct process_case *of)
{
	*of = (struct process_case){ .store = NULL };
	(void)snprintf(of->now, sizeof(of->now), "%s", CASE_NOW);
	of->process = (struct process){
		.now = of->now,
		.registry = "Ports of Example",
		.staff_address = "ports@registry.example",
		.link = "https://ports.example/",
	};
}

static inline void case_join(struct process_case *of, const char *url)
{
	case_about(of);
	of->store = sample_open(url, STORE_WRITE);
	of->process.store = of->store;
}

static inline void case_open(struct process_case *of, const char *url)
{
	struct store *store = sample_open(url, STORE_CREATE);

	sample_ok(store, registry_init(store, "Ports of Example", "ann"));
	case_staff(store);
	(void)store_close(store);
	case_join(of, url);
	sample_ok(of->store, process_prepare(&of->process));
}

static inline void case_close(struct process_case *of)
{
	of->store = store_close(of->store);
}

static inline int64_t case_ask(struct process_case *of, const char *sql)
{
	return store_case_ask(store_database(of->store), sql);
}

/* ---- forms ---- */

static inline void case_set(struct form *form, const char *key, const char *value)
{
	if (form_set(form, key, value) != 0) {
		fail_msg("%s cannot be \"%s\"", key, value);
	}
}

static inline struct form case_form(enum form_kind kind, const char *name, const char *port, const char *transports)
{
	static const char *const answers[][2] = {
		{ "applicant", "Ada Example" },
		{ "applicant-email", "ada@example.org" },
		{ "assignee", "Example Society" },
		{ "assignee-email", "society@example.org" },
		{ "contact", "Ada Example" },
		{ "contact-email", "ada@example.org" },
		{ "formats", "Length, op code, file's name, null." },
		{ "types", "Request, reply, cancel." },
		{ "opcodes", "Read 1, write 2, delete 3, restore 4." },
		{ "sequences", "A client sends a request and waits for the reply; it may cancel." },
		{ "functions", "Reading, writing, deleting and restoring files by name." },
		{ "broadcast", "no" },
		{ "reference", "https://example.org/exfiles.txt" },
		{ "specification", "document" },
		{ "why-not-dynamic", "Clients call before any other server of the site is up." },
		{ "security", "TLS 1.3 within; plain text is refused." },
		{ "versioning", "Newer op codes are 8 or above." },
		{ "congestion", "One datagram is under way at a time." },
		{ "discovery-only", "no" },
		{ "differs", "Not at all." },
		{ "why-not-user", "The server must be known to be run by the machine's owner." },
		{ "txt-keys", "none" },
	};
	struct form form = { .kind = kind };

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		int at = form_field_find(answers[i][0]);
		assert_true(at >= 0);
		bool over_udp = strstr(transports, "udp") != NULL;
		bool several = strchr(transports, ' ') != NULL;
		bool fits = (over_udp || (strcmp(answers[i][0], "congestion") != 0 &&
					  strcmp(answers[i][0], "discovery-only") != 0)) &&
			    (several || strcmp(answers[i][0], "differs") != 0);
		if (form_needs(&form_fields[at], kind) != FORM_NEVER && fits) {
			case_set(&form, answers[i][0], answers[i][1]);
		}
	}
	if (form_needs(&form_fields[form_field_find("short")], kind) != FORM_NEVER && name != NULL) {
		case_set(&form, "short", name);
		case_set(&form, "title", "Example file server");
	}
	if (form_needs(&form_fields[form_field_find("port")], kind) != FORM_NEVER && port != NULL) {
		case_set(&form, "port", port);
	}
	if (form_needs(&form_fields[form_field_find("transport")], kind) != FORM_NEVER) {
		case_set(&form, "transport", transports);
	}
	return form;
}

/* ---- acts ---- */

static inline int case_try(struct process_case *of, const struct process_act *act)
{
	int r = process_do(&of->process, act, &of->done, &of->complaint);

	if (r == 0 && of->done.track[0] != '\0') {
		(void)snprintf(of->track, sizeof(of->track), "%s", of->done.track);
	}
	return r;
}

static inline void case_do(struct process_case *of, const struct process_act *act, const char *state)
{
	int r = case_try(of, act);

	if (r < 0) {
		fail_msg("%s: %s (%s)", act->act, of->complaint.sentence, strerror(-r));
	}
	assert_string_equal(of->done.state, state);
}

/* The state stays as it was. */
static inline void case_refused(struct process_case *of, const struct process_act *act, const char *sentence)
{
	int r = case_try(of, act);

	if (r != -EPERM && r != -EEXIST) {
		fail_msg("%s gave %d: %s", act->act, r, of->complaint.sentence);
	}
	if (strstr(of->complaint.sentence, sentence) == NULL) {
		fail_msg("%s: \"%s\" does not say \"%s\"", act->act, of->complaint.sentence, sentence);
	}
}

/* An act's word, and what else it says. */
#define BY(of, who, ...)                                                   \
	&(const struct process_act)                                        \
	{                                                                  \
		.reference = (of)->ref, .staff = (who), .act = __VA_ARGS__ \
	}
#define LINKED(of, ...)                                  \
	&(const struct process_act)                      \
	{                                                \
		.token = (of)->track, .act = __VA_ARGS__ \
	}

static inline int case_submit_as(struct process_case *of, const struct form *form, const char *key, int64_t own,
				 int64_t by)
{
	const struct process_submission submission = { form, key, own, by };
	struct rule_report report = { .count = 0 };
	int r = process_submit(&of->process, &submission, &of->started, &report, &of->complaint);

	rule_report_finish(&report);
	if (r == 0) {
		(void)snprintf(of->ref, sizeof(of->ref), "%s", of->started.reference);
		(void)snprintf(of->track, sizeof(of->track), "%s", of->started.track);
	}
	return r;
}

static inline void case_submit(struct process_case *of, struct form *form)
{
	static unsigned keys;
	char key[64];

	(void)snprintf(key, sizeof(key), "key-%d-%u", getpid(), keys++);
	int r = case_submit_as(of, form, key, 0, 0);
	form_finish(form);
	if (r < 0) {
		fail_msg("submit: %s (%s)", of->complaint.sentence, strerror(-r));
	}
}

static inline void case_confirm(struct process_case *of, const char *state)
{
	case_do(of, &(const struct process_act){ .token = of->started.confirm, .act = "confirm" }, state);
}

/* Sent and confirmed. */
static inline void case_begin(struct process_case *of, struct form form)
{
	case_submit(of, &form);
	case_confirm(of, "validating");
}

/* What the rules leave to people is accepted, every question understood. */
static inline void case_find(struct process_case *of, int64_t staff)
{
	json_t *dossier = NULL;
	json_t *row;
	size_t i;

	assert_int_equal(process_dossier(&of->process, of->ref, false, &dossier), 0);
	json_array_foreach(json_object_get(dossier, "report"), i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));
		if (strcmp(json_string_value(json_object_get(row, "level")), "human") == 0) {
			case_do(of, BY(of, staff, "finding", .about = id, .verdict = "accepted", .text = "looked at"),
				json_string_value(json_object_get(dossier, "state")));
		}
	}
	json_array_foreach(json_object_get(dossier, "form"), i, row)
	{
		char about[32];
		json_int_t number = json_integer_value(json_object_get(row, "number"));
		(void)snprintf(about, sizeof(about), "question %d", (int)number);
		if (number > 0) {
			case_do(of, BY(of, staff, "finding", .about = about, .verdict = "understood"),
				json_string_value(json_object_get(dossier, "state")));
		}
	}
	json_decref(dossier);
}

/* From validating to approved, by an expert and a registrar. */
static inline void case_approve(struct process_case *of)
{
	case_do(of, BY(of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_find(of, EVE);
	case_do(of, BY(of, EVE, "recommend", .text = "It is new and well described."), "validating");
	case_do(of, BY(of, ANN, "propose-assign", .text = "Agreed."), "approved");
}

/* From validating to approved, by two of the board. */
static inline void case_approve_by_board(struct process_case *of, int64_t one, int64_t other)
{
	case_do(of, BY(of, ANN, "to-board", .text = "Takes two."), "board");
	case_find(of, one);
	case_do(of, BY(of, one, "vote", .verdict = "assign", .text = "Yes."), "board");
	case_do(of, BY(of, other, "propose-assign", .text = "Yes."), "approved");
}

static inline void case_later(struct process_case *of, int days)
{
	struct tm utc = { 0 };
	time_t time;

	assert_non_null(strptime(of->now, "%Y-%m-%dT%H:%M:%SZ", &utc));
	time = timegm(&utc) + (time_t)days * 24 * 60 * 60;
	assert_non_null(gmtime_r(&time, &utc));
	assert_true(strftime(of->now, sizeof(of->now), "%Y-%m-%dT%H:%M:%SZ", &utc) > 0);
}

static inline void case_note_fault(const char *sentence, void *context)
{
	(void)context;
	print_error("%s\n", sentence);
}

static inline int case_derive(struct entry *entry)
{
	entry_derive(entry);
	return 0;
}

/* The chain is whole, and the tables are what it says. */
static inline void case_audit(struct process_case *of)
{
	struct audit_result result = { 0 };

	sample_ok(of->store, audit_verify(of->store, case_derive, NULL, 0, case_note_fault, NULL, &result));
	assert_int_equal(result.faults, 0);
}

static inline const char *case_state(struct process_case *of, char state[static 32])
{
	json_t *dossier = NULL;

	assert_int_equal(process_dossier(&of->process, of->ref, false, &dossier), 0);
	(void)snprintf(state, 32, "%s", json_string_value(json_object_get(dossier, "state")));
	json_decref(dossier);
	return state;
}
