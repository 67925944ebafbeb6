/* test_process_changes.c - what becomes of what is assigned: given back, changed, given a transport more, revoked,
 * renewed, appealed against (process.h). */
#include "process_case.h"

static int64_t standing(struct process_case *of, const char *where)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT count(*) FROM publication AS p JOIN entry AS e ON e.id = p.entry "
		       "WHERE p.until_event IS NULL AND %s",
		       where);
	return case_ask(of, sql);
}

static struct form about(enum form_kind kind, const char *what)
{
	struct form form = case_form(kind, NULL, NULL, "udp");

	case_set(&form, "about", what);
	if (form_needs(&form_fields[form_field_find("reason")], kind) != FORM_NEVER) {
		case_set(&form, "reason", "It is so.");
	}
	if (form_needs(&form_fields[form_field_find("change")], kind) != FORM_NEVER) {
		case_set(&form, "change", "The contact.");
	}
	if (form_needs(&form_fields[form_field_find("impact")], kind) != FORM_NEVER) {
		case_set(&form, "impact", "None.");
	}
	if (form_needs(&form_fields[form_field_find("evidence")], kind) != FORM_NEVER) {
		case_set(&form, "evidence", "Nobody answers, nothing listens.");
	}
	return form;
}

static void assign(struct process_case *of, const char *name, const char *port)
{
	case_begin(of, case_form(FORM_USER, name, port, "tcp"));
	case_approve(of);
	case_do(of, BY(of, ANN, "assign"), "assigned");
}

/* The newest link that a letter of this kind to this person has in it. */
static void link_in_letter(struct process_case *of, enum letter_kind kind, const char *to, const char *purpose,
			   char ret_token[static 64])
{
	struct statement *statement = NULL;
	char before[64];

	(void)snprintf(before, sizeof(before), "https://ports.example/%s/", purpose);
	assert_int_equal(
		statement_prepare(store_database(of->store),
				  "SELECT message FROM outbox WHERE template = ? AND rcpt = ? ORDER BY id DESC",
				  &statement),
		0);
	statement_bind_text(statement, 1, letter_kind_name(kind));
	statement_bind_text(statement, 2, to);
	assert_int_equal(statement_step(statement), 1);
	const char *at = strstr(statement_text(statement, 0), before);
	assert_non_null(at);
	(void)snprintf(ret_token, 64, "%.26s", at + strlen(before));
	(void)statement_free(statement);
}

/* ---- given back ---- */

static void run_release(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	assign(&of, "exfiles", "20017");
	/* Its own holder asks: nobody else has to be asked. */
	case_begin(&of, about(FORM_RELEASE, "20017/tcp"));
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "done");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim WHERE port = 20017 AND kind = 'assigned'"), 0);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim WHERE port = 20017 AND kind = 'reserved'"), 4);
	assert_int_equal(standing(&of, "e.lo = 20017 AND e.status = 'assigned'"), 0);
	assert_int_equal(
		standing(&of, "e.lo = 20017 AND e.transport = 'tcp' AND e.notes LIKE 'De-assigned%on 2030-03-01'"), 1);
	assert_int_equal(standing(&of, "e.fold = 'exfiles' AND e.lo IS NULL"), 1);

	/* Somebody else's release needs the holder's yes. */
	assign(&of, "others", "20018");
	struct form form = about(FORM_RELEASE, "others");
	case_set(&form, "applicant-email", "eager@example.org");
	case_begin(&of, form);
	case_find(&of, ANN);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "was not asked");
	case_do(&of, BY(&of, ANN, "need-consent"), "with-holder");
	char token[64];
	link_in_letter(&of, LETTER_CONSENT, "ada@example.org", "consent", token);
	case_refused(&of, &(const struct process_act){ .token = token, .act = "withdraw" }, "is there to consent");
	case_do(&of, &(const struct process_act){ .token = token, .act = "consent", .verdict = "yes" }, "validating");
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "done");
	case_audit(&of);
	case_close(&of);
}

static void test_given_back(void **state)
{
	(void)state;
	store_case_each(run_release);
}

/* ---- changed ---- */

/* What they are asked to agree to. */
static void expect_change(struct process_case *of, const char *token, const char *what, const char *after)
{
	json_t *asked = NULL;
	json_t *change;
	size_t i;
	bool found = false;

	assert_int_equal(process_asked(&of->process, token, &asked, &of->complaint), 0);
	json_array_foreach(json_object_get(asked, "changes"), i, change)
	{
		found = found ||
			(strcmp(row_text(change, "what"), what) == 0 && strcmp(row_text(change, "after"), after) == 0);
	}
	assert_true(found);
	json_decref(asked);
}

/* It is a decision like others, with a reason and a way to appeal. */
static void expect_decision_of_holder(struct process_case *of)
{
	json_t *dossier = NULL;

	assert_int_equal(case_ask(of, "SELECT count(*) FROM decision AS d JOIN consent AS c ON "
				      "c.application = d.application AND c.party = d.party AND c.refused = d.event "
				      "WHERE d.role = 'holder' AND d.verdict = 'refuse' AND d.first IS NULL"),
			 1);
	assert_int_equal(case_ask(of, "SELECT count(*) FROM step WHERE act = 'declined' AND decided = 1 AND "
				      "due = '2030-05-29T12:00:00Z'"),
			 1);
	assert_int_equal(case_ask(of, "SELECT count(*) FROM outbox WHERE template = 'refused' AND message LIKE "
				      "'%You can appeal until 2030-05-29%'"),
			 1);
	assert_int_equal(process_dossier(&of->process, of->ref, true, &dossier), 0);
	const json_t *decision = json_array_get(json_object_get(dossier, "decisions"), 0);
	assert_string_equal(json_string_value(json_object_get(decision, "rules")), "HOLDER");
	assert_null(json_object_get(decision, "party"));
	json_decref(dossier);
}

static void run_modification(const char *url)
{
	struct process_case of;
	char token[64];

	case_open(&of, url);
	assign(&of, "exfiles", "20017");
	struct form form = about(FORM_MODIFICATION, "20017/tcp");
	case_set(&form, "new-contact", "Bo Example");
	case_set(&form, "new-contact-email", "bo@example.org");
	case_set(&form, "short", "exfiles2");
	case_begin(&of, form);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "need-consent"), "with-holder");
	link_in_letter(&of, LETTER_CONSENT, "bo@example.org", "consent", token);
	case_refused(&of, &(const struct process_act){ .token = token, .act = "consent", .verdict = "perhaps" },
		     "yes or no");
	/* Nobody answers: silence is not consent. */
	case_later(&of, 29);
	assert_int_equal(process_tick(&of.process), 1);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "silence is not consent");
	case_refused(&of, BY(&of, ANN, "need-consent"), "asked about this version");
	form = about(FORM_MODIFICATION, "20017/tcp");
	case_set(&form, "new-contact", "Bo Example");
	case_set(&form, "new-contact-email", "bo@example.org");
	case_set(&form, "short", "exfiles3");
	case_set(&form, "notes", "Moved house.");
	case_set(&form, "txt-keys", "path, user");
	case_do(&of, LINKED(&of, "edit-return", .form = &form), "validating");
	form_finish(&form);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "need-consent"), "with-holder");
	link_in_letter(&of, LETTER_CONSENT, "bo@example.org", "consent", token);
	case_do(&of, &(const struct process_act){ .token = token, .act = "consent", .verdict = "yes" }, "validating");
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(standing(&of, "e.name = 'exfiles3' AND e.lo = 20017 AND e.contact = '[Bo_Example]' AND "
				       "e.notes = 'Moved house.\nDefined TXT keys: path, user'"),
			 1);
	assert_int_equal(standing(&of, "e.name = 'exfiles'"), 0);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE fold = 'exfiles' AND kind = 'alias' "
				       "AND alias_of = 'exfiles3'"),
			 1);

	/* The new contact says no. */
	form = about(FORM_MODIFICATION, "20017/tcp");
	case_set(&form, "txt-keys", "path");
	case_set(&form, "new-contact", "Cy Example");
	case_set(&form, "new-contact-email", "cy@example.org");
	case_begin(&of, form);
	case_do(&of, BY(&of, ANN, "need-consent"), "with-holder");
	link_in_letter(&of, LETTER_CONSENT, "cy@example.org", "consent", token);
	expect_change(&of, token, "Notes", "Moved house.\nDefined TXT keys: path");
	case_do(&of, &(const struct process_act){ .token = token, .act = "consent", .verdict = "no" }, "refused");
	expect_decision_of_holder(&of);
	case_do(&of, LINKED(&of, "appeal", .text = "They are no holder."), "appeal");
	case_audit(&of);
	case_close(&of);
}

static void test_changed(void **state)
{
	(void)state;
	store_case_each(run_modification);
}

/* ---- one transport more ---- */

static void run_transport(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	assign(&of, "exfiles", "20017");
	struct form form = about(FORM_TRANSPORT, "20017/tcp");
	case_set(&form, "differs", "Not at all.");
	case_set(&form, "reference", "https://example.org/over-udp.txt");
	case_set(&form, "notes", "Small files alone.");
	case_set(&form, "txt-keys", "size");
	case_begin(&of, form);
	assert_int_equal(case_ask(&of, "SELECT expert FROM application WHERE kind = 'transport'"), 1);
	case_approve(&of);
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(standing(&of, "e.name = 'exfiles' AND e.lo = 20017 AND e.status = 'assigned'"), 2);
	assert_int_equal(standing(&of, "e.transport = 'udp' AND e.reference = 'https://example.org/over-udp.txt' AND "
				       "e.notes = 'Small files alone.\nDefined TXT keys: size'"),
			 1);
	assert_int_equal(standing(&of, "e.transport = 'tcp' AND e.reference = 'https://example.org/exfiles.txt'"), 1);
	assert_int_equal(standing(&of, "e.lo = 20017 AND e.transport = 'udp' AND e.status = 'reserved'"), 0);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim WHERE port = 20017 AND kind = 'assigned'"), 2);

	/* A port over DCCP comes with its service codes. */
	form = about(FORM_TRANSPORT, "20017/tcp");
	case_set(&form, "differs", "Not at all.");
	case_set(&form, "transport", "dccp");
	case_set(&form, "service-code", "SC:fdpz, SC:abcd");
	case_begin(&of, form);
	case_approve(&of);
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(standing(&of, "e.transport = 'dccp' AND e.service_code = '1717858426, 1633837924'"), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM service_code"), 2);
	case_audit(&of);
	case_close(&of);
}

static void test_one_transport_more(void **state)
{
	(void)state;
	store_case_each(run_transport);
}

/* ---- revoked ---- */

static void run_revocation(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	assign(&of, "exfiles", "20017");
	struct form form = about(FORM_REVOCATION, "20017/tcp");
	case_set(&form, "applicant-email", "rae@elsewhere.example");
	case_begin(&of, form);
	/* Not without the public. */
	case_do(&of, BY(&of, ANN, "to-board", .text = "Nothing has answered."), "board");
	case_find(&of, KIM);
	case_refused(&of, BY(&of, KIM, "vote", .verdict = "assign", .text = "Revoke."), "public call");
	form = about(FORM_REVOCATION, "20017/tcp");
	case_set(&form, "applicant-email", "rae@elsewhere.example");
	case_set(&form, "evidence", "Nothing has answered for five years.");
	case_do(&of, LINKED(&of, "edit-return", .form = &form), "validating");
	form_finish(&form);
	case_do(&of, BY(&of, BO, "call", .text = "Nothing has answered for five years."), "call");
	case_do(&of, BY(&of, RAE, "comment", .text = "I use it."), "call");
	case_refused(&of, BY(&of, BO, "close", .text = "Enough."), "runs until");
	assert_int_equal(process_tick(&of.process), 0);
	case_later(&of, 28);
	assert_int_equal(process_tick(&of.process), 1);
	case_find(&of, KIM);
	case_do(&of, BY(&of, KIM, "vote", .verdict = "assign", .text = "Revoke."), "board");
	case_do(&of, BY(&of, LEA, "propose-assign", .text = "Revoke."), "approved");
	case_refused(&of, BY(&of, ANN, "assign"), "only a member of the board");
	case_do(&of, BY(&of, LEA, "assign"), "done");
	assert_int_equal(standing(&of, "e.lo = 20017 AND e.transport = 'tcp' AND e.notes LIKE 'Revoked on%'"), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM inbox"), 1);
	case_audit(&of);
	case_close(&of);
}

static void test_revoked(void **state)
{
	(void)state;
	store_case_each(run_revocation);
}

/* ---- renewed ---- */

static void renew(struct process_case *of)
{
	case_begin(of, about(FORM_RENEWAL, "771/tcp"));
	case_find(of, ANN);
}

static void run_renewal(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	struct form form = case_form(FORM_SYSTEM, "exsys", "771", "tcp");
	case_set(&form, "specification", "draft");
	case_set(&form, "reference", "draft-example-exsys-03");
	case_begin(&of, form);
	case_approve_by_board(&of, BO, IVY);
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	case_later(&of, 300);
	renew(&of);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM assignment WHERE renewals = 1 "
				       "AND temporary_until = '2032-02-29T12:00:00Z'"),
			 1);
	renew(&of);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "matter for the board");
	case_do(&of, BY(&of, ANN, "to-board", .text = "A second renewal."), "board");
	case_do(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Once more."), "board");
	case_do(&of, BY(&of, IVY, "propose-assign", .text = "Once more."), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	case_audit(&of);
	case_close(&of);
}

static void test_renewed(void **state)
{
	(void)state;
	store_case_each(run_renewal);
}

/* ---- of a base ---- */

static void import(struct store *store)
{
	static char folds[6][16];
	struct entry entries[] = {
		sample_entry("taken", "20017", "tcp", "A base's", "[Bea_Base]", folds[0]),
		sample_entry("", "20018", "udp", "Reserved", "", folds[1]),
		sample_entry("", "20019-20030", "", "Unassigned", "", folds[2]),
		sample_entry("legacy", "20031", "", "Of all", "[Nobody_Known]", folds[3]),
		sample_entry("tftp", "69", "udp", "Trivial", "[Bea_Base]", folds[4]),
		sample_entry("", "30002", "", "Unassigned", "", folds[5]),
	};
	static const struct entry_person people[] = {
		{ "Bea_Base", "person", "Bea Base", "mailto:bea&base.example", "" },
	};
	struct change *change = sample_begin(store, "import");

	entries[5].columns[ENTRY_UNAUTHORIZED] = "Used by a game";
	entry_derive(&entries[5]);
	sample_import(change, "2026-02-25", entries, 6, people, 1);
	sample_commit(store, change);
}

static void run_base(const char *url)
{
	struct process_case of;
	char token[64];

	case_open(&of, url);
	/* Decided, and then the base has it. */
	case_begin(&of, case_form(FORM_USER, "exfiles", "20017", "tcp"));
	case_approve(&of);
	import(of.store);
	case_do(&of, BY(&of, ANN, "assign"), "validating");
	assert_int_equal(of.done.free_near[0], 20016);

	/* A Reserved number is the board's. */
	struct form form = case_form(FORM_USER, "reserved", "20018", "udp");
	case_set(&form, "why-reserved", "It is the number of an older edition.");
	case_begin(&of, form);
	case_do(&of, BY(&of, ANN, "to-expert", .about = "tom"), "expert-review");
	case_find(&of, TOM);
	case_do(&of, BY(&of, TOM, "recommend", .text = "Yes."), "validating");
	case_refused(&of, BY(&of, ANN, "propose-assign"), "matter for the board");
	case_approve_by_board(&of, BO, IVY);
	case_do(&of, BY(&of, ANN, "assign"), "assigned");

	/* A row of the base is taken over before it changes; its people come with the XML. */
	form = about(FORM_RELEASE, "20017/tcp");
	case_begin(&of, form);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "need-consent"), "with-holder");
	link_in_letter(&of, LETTER_CONSENT, "bea@base.example", "consent", token);
	case_do(&of, &(const struct process_act){ .token = token, .act = "consent", .verdict = "yes" }, "validating");
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "done");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM assignment WHERE replaces IS NOT NULL"), 1);
	assert_int_equal(standing(&of, "e.lo = 20017 AND e.transport = 'tcp' AND e.status = 'reserved'"), 1);
	case_begin(&of, about(FORM_RELEASE, "legacy"));
	case_refused(&of, BY(&of, ANN, "need-consent"), "nobody knows the address");
	case_audit(&of);
	case_close(&of);
}

static void test_rows_of_a_base(void **state)
{
	(void)state;
	store_case_each(run_base);
}

/* ---- beside a port that needs privilege, and where nobody is asked ---- */

static int64_t letters_to(struct process_case *of, enum letter_kind kind, const char *to)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM outbox WHERE template = '%s' AND rcpt = '%s'",
		       letter_kind_name(kind), to);
	return case_ask(of, sql);
}

static void run_anyone(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	import(of.store);
	struct change *change = sample_begin(of.store, "bands");
	const struct band team = { 30000, 30009, "team", "private", "anyone", 0, 1, "refuse" };
	const struct band closed = { 1024, 29999, "closed", "closed", "none", 0, 1, "refuse" };
	const struct band few = { 30010, 49151, "closed", "closed", "none", 0, 1, "refuse" };
	sample_ok(of.store, band_set(change, &team));
	sample_ok(of.store, band_set(change, &closed));
	sample_ok(of.store, band_set(change, &few));
	sample_commit(of.store, change);

	struct form form = case_form(FORM_USER, "mine", "30000", "tcp");
	case_submit(&of, &form);
	case_confirm(&of, "assigned");
	assert_string_equal(of.done.assigned, "mine 30000/tcp");
	/* A user port beside a privileged one is never automatic, in any band; the holder is told. */
	form = case_form(FORM_RELOCATION, "tftp-alt", "30001", "udp");
	case_set(&form, "relocates", "69 tftp");
	case_submit(&of, &form);
	case_confirm(&of, "validating");
	assert_int_equal(letters_to(&of, LETTER_RELOCATION, "bea@base.example"), 1);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	/* Any number: not the one that others are known to use without asking. */
	form = case_form(FORM_USER, "any-one", "any", "tcp");
	case_submit(&of, &form);
	case_confirm(&of, "assigned");
	assert_string_equal(of.done.assigned, "any-one 30003/tcp");
	case_audit(&of);
	case_close(&of);
}

static void test_where_nobody_is_asked(void **state)
{
	(void)state;
	store_case_each(run_anyone);
}

/* ---- appeals ---- */

static void refuse(struct process_case *of, const char *name)
{
	case_begin(of, case_form(FORM_USER, name, "any", "tcp"));
	case_do(of, BY(of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_refused(of, BY(of, ANN, "refuse", .text = "It is HTTP.", .rules = "J6"), "must be heard");
	case_refused(of, BY(of, EVE, "recommend", .verdict = "refuse", .text = "It is HTTP."), "looked at");
	case_find(of, EVE);
	case_do(of, BY(of, EVE, "finding", .about = "1", .verdict = "unclear", .text = "Which?"), "expert-review");
	case_do(of, BY(of, EVE, "recommend", .verdict = "refuse", .text = "It is HTTP."), "validating");
	case_refused(of, BY(of, ANN, "propose-assign"), "understood");
	case_do(of, BY(of, ANN, "refuse", .text = "It is HTTP.", .rules = "J6, P9"), "refused");
}

static void run_appeals(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	assign(&of, "exfiles", "20017");
	/* What was assigned is annulled by two who were in no earlier round. */
	case_do(&of, LINKED(&of, "appeal", .text = "It is ours."), "appeal");
	case_do(&of, BY(&of, BO, "hear"), "board");
	case_refused(&of, BY(&of, BO, "propose-assign", .text = "No."), "upheld or annulled");
	case_refused(&of, BY(&of, BO, "annul", .text = "It is theirs."), "nobody has voted so yet");
	case_do(&of, BY(&of, BO, "vote", .verdict = "annul", .text = "It is theirs."), "board");
	case_refused(&of, BY(&of, BO, "annul", .text = "It is theirs."), "the first vote is yours");
	case_do(&of, BY(&of, IVY, "annul", .text = "It is theirs."), "de-assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim WHERE kind = 'assigned'"), 0);
	assert_int_equal(standing(&of, "e.lo = 20017 AND e.notes LIKE 'De-assigned on appeal%'"), 1);

	/* What was refused is upheld, appealed again, and then annulled by others. */
	assign(&of, "system", "20019");
	struct form form = case_form(FORM_SYSTEM, "sysname", "771", "tcp");
	case_begin(&of, form);
	case_do(&of, BY(&of, ANN, "to-board", .text = "Takes two."), "board");
	case_do(&of, BY(&of, BO, "vote", .verdict = "refuse", .text = "No.", .rules = "J2"), "board");
	case_refused(&of, BY(&of, IVY, "refuse", .text = "No."), "names the rules");
	case_refused(&of, BY(&of, IVY, "refuse", .text = "No.", .rules = "J2,Z99"), "\"Z99\" is no rule");
	case_do(&of, BY(&of, IVY, "refuse", .text = "No.", .rules = "J2"), "refused");
	case_do(&of, LINKED(&of, "appeal", .text = "Look again."), "appeal");
	case_refused(&of, BY(&of, IVY, "hear"), "no earlier round");
	case_do(&of, BY(&of, KIM, "hear"), "board");
	case_refused(&of, BY(&of, BO, "vote", .verdict = "refuse", .text = "No."), "no earlier round");
	case_refused(&of, BY(&of, KIM, "vote", .verdict = "assign", .text = "Yes."), "upheld (refuse) or annulled");
	case_do(&of, BY(&of, KIM, "vote", .verdict = "refuse", .text = "No."), "board");
	case_do(&of, BY(&of, LEA, "uphold", .text = "No."), "refused");
	/* Nobody of the board is left for another round. */
	case_do(&of, LINKED(&of, "appeal", .text = "Look once more."), "appeal");
	case_refused(&of, BY(&of, KIM, "hear"), "no earlier round");
	case_refused(&of, BY(&of, LEA, "hear"), "no earlier round");

	/* A refused one keeps its name until no appeal is possible. */
	refuse(&of, "web-thing");
	case_later(&of, 59);
	(void)process_tick(&of.process);
	/* A copy does not begin the time anew. */
	char track[64];
	(void)snprintf(track, sizeof(track), "%s", of.track);
	case_do(&of, LINKED(&of, "copy"), "draft");
	(void)snprintf(of.track, sizeof(of.track), "%s", track);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE fold = 'web-thing'"), 1);
	case_later(&of, 2);
	assert_true(process_tick(&of.process) >= 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE fold = 'web-thing'"), 0);
	case_refused(&of, LINKED(&of, "appeal", .text = "Too late."), "was possible until");
	case_audit(&of);
	case_close(&of);
}

static void test_appeals(void **state)
{
	(void)state;
	store_case_each(run_appeals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_given_back),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_one_transport_more),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_renewed),
		cmocka_unit_test(test_rows_of_a_base),
		cmocka_unit_test(test_where_nobody_is_asked),
		cmocka_unit_test(test_appeals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
