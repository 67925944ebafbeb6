/* test_process.c - whole stories of applications: from the form to the number, and what becomes of it (process.h). */
#include "process_case.h"

#include "registry/view/view.h"

/* ---- a user port ---- */

static int64_t letters(struct process_case *of, const char *kind, const char *to)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT count(*) FROM outbox AS o JOIN application AS a ON a.id = o.application "
		       "WHERE o.template = '%s' AND o.rcpt = '%s' AND a.ref = '%s'",
		       kind, to, of->ref);
	return case_ask(of, sql);
}

static void expect_reserved_beside(struct process_case *of, int port)
{
	char sql[256];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM claim WHERE port = %d AND kind = 'reserved'", port);
	assert_int_equal(case_ask(of, sql), 3);
	(void)snprintf(sql, sizeof(sql),
		       "SELECT count(*) FROM publication AS p JOIN entry AS e ON e.id = p.entry "
		       "WHERE e.lo = %d AND e.status = 'reserved' AND p.until_event IS NULL",
		       port);
	assert_int_equal(case_ask(of, sql), 3);
}

static void run_user_port(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	struct form form = case_form(FORM_USER, "ExFiles", "20017", "tcp");
	case_submit(&of, &form);
	assert_string_equal(of.ref, "B-2030-0001");
	assert_int_equal(letters(&of, letter_kind_name(LETTER_CONFIRM), "ada@example.org"), 1);
	assert_int_equal(letters(&of, letter_kind_name(LETTER_STAFF), "ports@registry.example"), 0);
	case_confirm(&of, "validating");
	assert_int_equal(letters(&of, letter_kind_name(LETTER_STAFF), "ports@registry.example"), 1);
	assert_int_equal(letters(&of, letter_kind_name(LETTER_RECEIPT), "ada@example.org"), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE fold = 'exfiles' AND kind = 'held'"), 1);
	assert_int_equal(case_ask(&of, "SELECT expert FROM application"), 1);

	case_do(&of, BY(&of, RAE, "take"), "validating");
	case_do(&of, BY(&of, RAE, "ask", .about = "question 5", .text = "May a Cancel cross the Reply?"),
		"with-applicant");
	/* The link is in the applicant's letter alone: nobody of the staff can act with it. */
	assert_string_equal(of.done.track, "");
	case_do(&of, LINKED(&of, "answer", .about = "1", .text = "Yes; it is then ignored."), "validating");
	assert_int_equal(letters(&of, letter_kind_name(LETTER_ANSWERED), "ports@registry.example"), 1);
	case_refused(&of, BY(&of, ANN, "propose-assign"), "question 1");
	case_approve(&of);
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_string_equal(of.done.assigned, "ExFiles 20017/tcp");
	assert_int_equal(letters(&of, letter_kind_name(LETTER_ASSIGNED), "ada@example.org"), 1);
	assert_int_equal(letters(&of, letter_kind_name(LETTER_ASSIGNED), "society@example.org"), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim WHERE port = 20017 AND transport = 'tcp' "
				       "AND kind = 'assigned'"),
			 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE fold = 'exfiles' AND spelled = 'ExFiles' "
				       "AND kind = 'assigned'"),
			 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM entry WHERE name = 'ExFiles' AND port = '20017' "
				       "AND assignee = '[Example_Society]' AND contact = '[Ada_Example]' "
				       "AND description = 'Example file server' AND registered = '2030-03-01'"),
			 1);
	expect_reserved_beside(&of, 20017);
	case_audit(&of);
	case_close(&of);
}

static void test_a_user_port(void **state)
{
	(void)state;
	store_case_each(run_user_port);
}

/* ---- a system port ---- */

static void run_system_port(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	struct form form = case_form(FORM_SYSTEM, "exsys", "771", "tcp udp");
	case_set(&form, "specification", "draft");
	case_set(&form, "reference", "draft-example-exsys-03");
	case_begin(&of, form);
	case_refused(&of, BY(&of, ANN, "propose-assign", .text = "Agreed."), "two of the board");
	case_do(&of, BY(&of, ANN, "to-board", .text = "A system port."), "board");
	case_find(&of, BO);
	case_refused(&of, BY(&of, BO, "propose-assign", .text = "Yes."), "nobody has voted");
	case_do(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Yes."), "board");
	case_refused(&of, BY(&of, BO, "propose-assign", .text = "Yes."), "the first vote is yours");
	case_refused(&of, BY(&of, BO, "vote", .verdict = "assign", .text = "Yes."), "voted on this version already");
	case_do(&of, BY(&of, IVY, "propose-assign", .text = "Yes, too."), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_string_equal(of.done.assigned, "exsys 771/tcp 771/udp");

	/* What a draft gets is for a year: letters, the word in the row, once each. */
	assert_int_equal(
		case_ask(&of, "SELECT count(*) FROM assignment WHERE temporary_until = '2031-03-01T12:00:00Z'"), 1);
	assert_int_equal(process_tick(&of.process), 0);
	case_later(&of, 310);
	assert_int_equal(process_tick(&of.process), 1);
	assert_int_equal(process_tick(&of.process), 0);
	case_later(&of, 45);
	assert_int_equal(process_tick(&of.process), 1);
	case_later(&of, 20);
	assert_int_equal(process_tick(&of.process), 1);
	assert_int_equal(process_tick(&of.process), 0);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM publication AS p JOIN entry AS e ON e.id = p.entry "
				       "WHERE p.until_event IS NULL AND e.notes LIKE '%expired 2031-03-01%'"),
			 1);
	assert_int_equal(letters(&of, letter_kind_name(LETTER_EXPIRES), "ada@example.org"), 2);
	case_audit(&of);
	case_close(&of);
}

static void test_a_system_port(void **state)
{
	(void)state;
	store_case_each(run_system_port);
}

/* ---- names alone ---- */

static void run_names(const char *url)
{
	struct process_case of;
	char name[24];
	char state[32];

	case_open(&of, url);
	for (int i = 0; i < 6; i++) {
		(void)snprintf(name, sizeof(name), "ex-name-%d", i);
		struct form form = case_form(FORM_NAME, name, NULL, "tcp");
		case_submit(&of, &form);
		case_confirm(&of, i < 5 ? "assigned" : "validating");
	}
	/* The sixth of a day is a person's. */
	assert_string_equal(case_state(&of, state), "validating");
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE kind = 'assigned'"), 6);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM claim"), 0);

	/* First come, first served: the same name is refused by its rule, and in a race by the one who holds it. */
	struct form first = case_form(FORM_USER, "racing", "20100", "tcp");
	struct form second = case_form(FORM_USER, "Racing", "20101", "tcp");
	case_submit(&of, &first);
	char confirm[64];
	(void)snprintf(confirm, sizeof(confirm), "%s", of.started.confirm);
	case_submit(&of, &second);
	case_do(&of, &(const struct process_act){ .token = confirm, .act = "confirm" }, "validating");
	case_refused(&of, &(const struct process_act){ .token = of.started.confirm, .act = "confirm" }, "came first");
	struct form third = case_form(FORM_USER, "racing", "20102", "tcp");
	assert_int_equal(case_submit_as(&of, &third, "third", 0, 0), -EPERM);
	assert_non_null(strstr(of.complaint.sentence, "N5"));
	form_finish(&third);
	case_audit(&of);
	case_close(&of);
}

static void test_names_alone(void **state)
{
	(void)state;
	store_case_each(run_names);
}

/* ---- the beginning ---- */

static void run_beginning(const char *url)
{
	struct process_case of;
	struct form form = case_form(FORM_USER, "twice", "any", "tcp");

	case_open(&of, url);
	/* Sent twice it is one; without a rule's blessing it is none. */
	assert_int_equal(case_submit_as(&of, &form, "a-key", 0, 0), 0);
	assert_false(of.started.was_there);
	assert_int_equal(case_submit_as(&of, &form, "a-key", 0, 0), 0);
	assert_true(of.started.was_there);
	assert_string_equal(of.started.reference, "B-2030-0001");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM application"), 1);
	case_set(&form, "short", "-wrong-");
	assert_int_equal(case_submit_as(&of, &form, "b-key", 0, 0), -EPERM);
	case_set(&form, "short", "twice");
	case_set(&form, "applicant-email", "nobody");
	assert_int_equal(case_submit_as(&of, &form, "b-key", 0, 0), -EPERM);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM application"), 1);
	form_finish(&form);

	/* A link to confirm serves once, for seven days, and for nothing else; only hashes are stored. */
	form = case_form(FORM_USER, "links", "any", "tcp");
	case_submit(&of, &form);
	const struct process_act confirm = { .token = of.started.confirm, .act = "confirm" };
	case_refused(&of, &(const struct process_act){ .token = of.started.confirm, .act = "withdraw" }, "is there to");
	case_refused(&of, LINKED(&of, "confirm"), "is there to");
	assert_int_equal(process_do(&of.process, &(const struct process_act){ .token = "aaaa", .act = "confirm" },
				    &of.done, &of.complaint),
			 -ENOENT);
	case_do(&of, &confirm, "validating");
	case_refused(&of, &confirm, "was used");
	form = case_form(FORM_USER, "too-late", "any", "tcp");
	case_submit(&of, &form);
	case_later(&of, 8);
	case_refused(&of, &(const struct process_act){ .token = of.started.confirm, .act = "confirm" }, "ended on");
	/* Its clock goes on: both unconfirmed ones lapse, without a name held. */
	assert_int_equal(process_tick(&of.process), 2);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM application_state WHERE state = 'lapsed'"), 2);
	case_audit(&of);
	case_close(&of);
}

static void test_the_beginning(void **state)
{
	(void)state;
	store_case_each(run_beginning);
}

/* ---- drafts and copies ---- */

static void run_drafts(const char *url)
{
	struct process_case of;
	struct form form = case_form(FORM_USER, "drafted", "20030", "tcp");
	char about[128];

	case_open(&of, url);
	case_do(&of, &(const struct process_act){ .act = "save", .form = &form }, "draft");
	(void)snprintf(of.ref, sizeof(of.ref), "%s", of.done.reference);
	case_set(&form, "port", "20031");
	case_do(&of, LINKED(&of, "submit", .form = &form), "unconfirmed");
	assert_int_equal(case_ask(&of, "SELECT port FROM wanted WHERE v = 2"), 20031);
	case_set(&form, "short", "forgotten");
	case_do(&of, &(const struct process_act){ .act = "save", .form = &form }, "draft");
	form_finish(&form);
	case_later(&of, 31);
	assert_int_equal(process_tick(&of.process), 2);
	/* A draft's answers are erased when it lapses, and the chain is whole all the same. */
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM answer WHERE application = 2 AND value <> ''"), 0);
	assert_true(case_ask(&of, "SELECT count(*) FROM answer WHERE application = 1 AND value <> ''") > 0);
	case_audit(&of);

	form = case_form(FORM_USER, "copied", "20040", "tcp");
	case_begin(&of, form);
	case_do(&of, LINKED(&of, "withdraw"), "withdrawn");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name"), 0);
	case_do(&of, LINKED(&of, "copy"), "draft");
	assert_string_not_equal(of.done.reference, of.ref);
	(void)snprintf(about, sizeof(about), "SELECT count(*) FROM application WHERE about = 'application %s'", of.ref);
	assert_int_equal(case_ask(&of, about), 1);
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM step WHERE act = 'copy'"), 1);
	case_do(&of, LINKED(&of, "submit"), "unconfirmed");
	case_audit(&of);
	case_close(&of);
}

static void test_drafts_and_copies(void **state)
{
	(void)state;
	store_case_each(run_drafts);
}

/* ---- numbers ---- */

static void run_numbers(const char *url)
{
	struct process_case of;

	case_open(&of, url);
	struct change *change = sample_begin(of.store, "bands");
	const struct band team = { 20000, 20002, "team", "private", "registrar", 0, 1, "refuse" };
	sample_ok(of.store, band_set(change, &team));
	sample_ok(of.store, sample_assign(change, "here-first", "20000", "tcp", "team-a"));
	sample_commit(of.store, change);

	/* Somebody else was decided first. */
	case_begin(&of, case_form(FORM_USER, "one", "20001", "tcp"));
	char one[32];
	char track[64];
	(void)snprintf(one, sizeof(one), "%s", of.ref);
	(void)snprintf(track, sizeof(track), "%s", of.track);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	struct form form = case_form(FORM_USER, "other", "20001", "tcp");
	case_set(&form, "applicant-email", "otto@example.org");
	case_begin(&of, form);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_do(&of, BY(&of, ANN, "assign"), "assigned");
	assert_int_equal(letters(&of, letter_kind_name(LETTER_NUMBER_GONE), "ada@example.org"), 1);
	(void)snprintf(of.ref, sizeof(of.ref), "%s", one);
	case_do(&of, BY(&of, ANN, "assign"), "validating");
	assert_int_equal(of.done.free_count, 1);
	assert_int_equal(of.done.free_near[0], 20002);
	assert_string_equal(of.done.assigned, "");
	/* Another one is asked for, and everything looked at again. */
	case_refused(&of, BY(&of, ANN, "propose-assign"), "refuses it");
	(void)snprintf(of.track, sizeof(of.track), "%s", track);
	form = case_form(FORM_USER, "one", "49151", "tcp");
	case_refused(&of, LINKED(&of, "edit-return", .form = &form), "1 rule refuses it; the first is P3: 49151");
	form_finish(&form);
	form = case_form(FORM_USER, "one", "any", "tcp");
	case_do(&of, LINKED(&of, "edit-return", .form = &form), "validating");
	form_finish(&form);
	case_find(&of, ANN);
	case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
	case_refused(&of, BY(&of, ANN, "assign", .port = 20001), "20001 is taken");
	case_refused(&of, BY(&of, ANN, "assign", .port = 771), "no user port");
	case_refused(&of, BY(&of, ANN, "assign", .port = 5000), "asks for more");
	case_refused(&of, BY(&of, ANN, "assign", .port = 50000), "no band");
	case_do(&of, BY(&of, ANN, "assign", .port = 20002), "assigned");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM decision WHERE application = 1"), 2);
	case_audit(&of);
	case_close(&of);
}

/* The lowest number that is wholly free, and what was given back only when there is no other (P14). */
static void run_lowest(const char *url)
{
	struct process_case of;
	static const char *const names[] = { "low-a", "low-b", "low-c", "low-d" };
	static const char *const given[] = { "low-a 1027/tcp", "low-b 1028/tcp", "low-c 1026/tcp", "low-d 1025/tcp" };

	case_open(&of, url);
	struct change *change = sample_begin(of.store, "bands");
	const struct band closed = { 1029, 49151, "rest", "closed", "none", 0, 1, "refuse" };
	const struct band open = { 1024, 1028, "few", "user", "registrar", 0, 1, "refuse" };
	sample_ok(of.store, band_set(change, &closed));
	sample_ok(of.store, band_set(change, &open));
	sample_ok(of.store, sample_assign(change, "given-back", "1025", "tcp", "team-a"));
	sample_ok(of.store, sample_assign(change, "other", "1026", "udp", "team-b"));
	sample_commit(of.store, change);
	sample_ok(of.store, registry_release(of.store, ANN, 1025, 1025, ENTRY_TCP, "no more used", SAMPLE_DAY));
	for (size_t i = 0; i < 4; i++) {
		case_begin(&of, case_form(FORM_USER, names[i], "any", "tcp"));
		case_find(&of, ANN);
		case_do(&of, BY(&of, ANN, "propose-assign"), "approved");
		case_do(&of, BY(&of, ANN, "assign"), "assigned");
		assert_string_equal(of.done.assigned, given[i]);
	}
	case_audit(&of);
	case_close(&of);
}

static void test_the_lowest_number(void **state)
{
	(void)state;
	store_case_each(run_lowest);
}

static void test_numbers(void **state)
{
	(void)state;
	store_case_each(run_numbers);
}

/* ---- what stays inside ---- */

/* Every answer that is not public has a word in it that occurs nowhere else. */
static size_t plant(struct form *form)
{
	size_t planted = 0;
	char text[128];

	for (size_t i = 0; form_fields[i].key != NULL; i++) {
		enum form_visibility visibility =
			form->kind == FORM_SYSTEM ? form_fields[i].visibility_system : form_fields[i].visibility;
		bool is_free_text = form_fields[i].answer == FORM_TEXT || strcmp(form_fields[i].key, "relocates") == 0;
		if (visibility == FORM_PUBLIC || form_needs(&form_fields[i], form->kind) == FORM_NEVER ||
		    !is_free_text) {
			continue;
		}
		(void)snprintf(text, sizeof(text),
			       "The canary%zu sings here, before any other server of the site is up.", i);
		case_set(form, form_fields[i].key, text);
		planted++;
	}
	return planted;
}

static bool is_inside(const char *recipient)
{
	return strstr(recipient, "@registry.example") != NULL || strcmp(recipient, "ada@example.org") == 0;
}

static void expect_no_canary_outside(struct process_case *of)
{
	struct statement *statement = NULL;
	void *octets = NULL;
	size_t size = 0;
	size_t inside = 0;

	assert_int_equal(case_ask(of, "SELECT count(*) FROM event WHERE body LIKE '%canary%' OR why LIKE '%canary%' "
				      "OR subject LIKE '%canary%'"),
			 0);
	assert_int_equal(registry_view(of->store, NULL, &octets, &size), 0);
	assert_null(memmem(octets, size, "canary", strlen("canary")));
	free(octets);
	assert_int_equal(statement_prepare(store_database(of->store), "SELECT rcpt, message FROM outbox ORDER BY id",
					   &statement),
			 0);
	while (statement_step(statement) > 0) {
		bool sings = strstr(statement_text(statement, 1), "canary") != NULL;
		inside += sings;
		if (sings && !is_inside(statement_text(statement, 0))) {
			fail_msg("a letter to %s has a canary in it", statement_text(statement, 0));
		}
	}
	(void)statement_free(statement);
	assert_true(inside > 0); /* the staff does get it */
}

static void expect_dossiers(struct process_case *of)
{
	static const char *const hidden[] = { "findings", "votes", "examiners", "letters", "consents", "by", "staff" };
	json_t *dossier = NULL;
	json_t *queue = NULL;

	assert_int_equal(process_dossier(&of->process, of->ref, true, &dossier), 0);
	char *text = json_dumps(dossier, 0);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		char key[32];
		(void)snprintf(key, sizeof(key), "\"%s\":", hidden[i]);
		if (strstr(text, key) != NULL) {
			fail_msg("an applicant is shown %s", key);
		}
	}
	assert_null(strstr(text, "\"eve\""));
	assert_non_null(strstr(text, "canary"));
	free(text);
	json_decref(dossier);
	assert_int_equal(process_dossier(&of->process, of->ref, false, &dossier), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_true(json_array_size(json_object_get(dossier, hidden[i])) > 0);
	}
	json_decref(dossier);
	assert_int_equal(process_dossier(&of->process, "B-2030-9999", false, &dossier), -ENOENT);
	assert_int_equal(process_queue(&of->process, &queue), 0);
	text = json_dumps(queue, 0);
	assert_null(strstr(text, "canary"));
	free(text);
	json_decref(queue);
}

static void run_canaries(const char *url)
{
	static const enum form_kind kinds[] = { FORM_USER, FORM_SYSTEM };
	struct process_case of;

	case_open(&of, url);
	for (size_t i = 0; i < 2; i++) {
		struct form form = case_form(kinds[i], i == 0 ? "inside" : "sysinside", "any", "tcp udp");
		assert_true(plant(&form) > 10);
		case_begin(&of, form);
		case_do(&of, BY(&of, ANN, "ask", .text = "How?"), "with-applicant");
		case_do(&of, LINKED(&of, "answer", .text = "The canary of answers sings."), "validating");
		if (i == 0) {
			case_approve(&of);
			expect_dossiers(&of);
		} else {
			case_approve_by_board(&of, BO, IVY);
		}
		case_do(&of, BY(&of, ANN, "assign"), "assigned");
		case_do(&of, LINKED(&of, "appeal", .text = "The canary of appeals sings."), "appeal");
		expect_no_canary_outside(&of);
	}
	case_audit(&of);
	case_close(&of);
}

static void test_what_stays_inside(void **state)
{
	(void)state;
	store_case_each(run_canaries);
}

/* ---- the clock ---- */

static void run_clock(const char *url)
{
	struct process_case of;
	json_t *queue = NULL;
	char state[32];

	case_open(&of, url);
	case_begin(&of, case_form(FORM_USER, "waiting", "any", "tcp"));
	case_later(&of, 3);
	case_do(&of, BY(&of, ANN, "ask", .text = "How?"), "with-applicant");
	case_do(&of, LINKED(&of, "answer", .text = "So."), "validating");
	case_do(&of, BY(&of, ANN, "ask", .text = "And why?"), "with-applicant");
	assert_int_equal(process_queue(&of.process, &queue), 0);
	assert_int_equal(json_array_size(queue), 1);
	const json_t *waiting = json_array_get(queue, 0);
	assert_string_equal(json_string_value(json_object_get(waiting, "asks")), "any/tcp");
	assert_string_equal(json_string_value(json_object_get(waiting, "waits_for")), "applicant");
	assert_int_equal(json_integer_value(json_object_get(waiting, "own_days")), 3);
	json_decref(queue);

	/* Two reminders, one each, then the end; and a way back for ninety days, with the name held again. */
	case_later(&of, 13);
	assert_int_equal(process_tick(&of.process), 0);
	case_later(&of, 1);
	assert_int_equal(process_tick(&of.process), 1);
	assert_int_equal(process_tick(&of.process), 0);
	case_later(&of, 14);
	assert_int_equal(process_tick(&of.process), 1);
	assert_int_equal(process_tick(&of.process), 0);
	assert_int_equal(letters(&of, letter_kind_name(LETTER_REMINDER), "ada@example.org"), 2);
	case_later(&of, 2);
	assert_int_equal(process_tick(&of.process), 1);
	assert_string_equal(case_state(&of, state), "lapsed");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name"), 0);
	case_later(&of, 89);
	case_do(&of, LINKED(&of, "reopen"), "validating");
	assert_int_equal(case_ask(&of, "SELECT count(*) FROM name WHERE kind = 'held'"), 1);

	/* An expert is reminded once, and the one who comes in place of him too. */
	case_do(&of, BY(&of, ANN, "to-expert", .about = "eve"), "expert-review");
	case_later(&of, 15);
	assert_int_equal(process_tick(&of.process), 1);
	assert_int_equal(process_tick(&of.process), 0);
	case_refused(&of, BY(&of, ANN, "reassign", .about = "eve"), "has 21 days");
	case_do(&of, BY(&of, EVE, "recuse", .text = "A friend of mine."), "expert-review");
	case_refused(&of, BY(&of, EVE, "recommend", .text = "Yes."), "only an expert named for it");
	case_refused(&of, BY(&of, ANN, "reassign", .about = "tom"), "no expert for its transports");
	case_refused(&of, BY(&of, ANN, "reassign", .about = "bo"), "no expert for its transports");
	case_close(&of);
}

static void test_the_clock(void **state)
{
	(void)state;
	store_case_each(run_clock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_user_port),	  cmocka_unit_test(test_a_system_port),
		cmocka_unit_test(test_names_alone),	  cmocka_unit_test(test_the_beginning),
		cmocka_unit_test(test_drafts_and_copies), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_the_lowest_number), cmocka_unit_test(test_what_stays_inside),
		cmocka_unit_test(test_the_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
