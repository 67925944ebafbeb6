/* applications.c - applications as rows: made, versions, steps, the table of moves, and reading (applications.h).
 *
 * Called by registry/process*.c. What may follow what is said by the table transition, through keys: a step that is
 * none of its rows, or does not begin where the last one ended, cannot be written. */
#include "store/applications.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/ask.h"
#include "store/store_private.h"

/* ---- made ---- */

/* 1 with its number and reference, 0 when nobody sent it. */
static int find_key(struct store *store, const char *key, int64_t *ret_id, char *ret_ref, size_t size)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "SELECT id, ref FROM application WHERE key = ?", 1, &key, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		*ret_id = statement_integer(statement, 0);
		(void)snprintf(ret_ref, size, "%s", statement_text(statement, 1));
	}
	(void)statement_free(statement);
	return r;
}

int application_of_key(struct store *store, const char *key, char *ret_ref, size_t size)
{
	int64_t id = 0;

	return find_key(store, key, &id, ret_ref, size);
}

/* Numbers begin anew each year; nothing is ever deleted, so counting finds the next. */
static int next_reference(struct change *change, char *ret_ref, size_t size, int64_t *ret_id)
{
	struct store *store = change_store(change);
	char year[16];
	const char *prefix = year;
	int64_t count = 0;

	(void)snprintf(year, sizeof(year), "B-%.4s-", change_at(change));
	int r = ask_integer(store, "SELECT count(*) FROM application WHERE substr(ref, 1, 7) = ?", 1, &prefix, &count);
	if (r >= 0) {
		r = ask_integer(store, "SELECT coalesce(max(id), 0) + 1 FROM application", 0, NULL, ret_id);
	}
	(void)snprintf(ret_ref, size, "%s%04u", prefix, (unsigned)count + 1);
	return r < 0 ? r : 0;
}

int application_add(struct change *change, const char *kind, const char *key, int64_t own_staff, const char *about,
		    int64_t *ret_id)
{
	struct store *store = change_store(change);
	char ref[32];
	int64_t id = 0;
	int r = find_key(store, key, ret_id, ref, sizeof(ref));

	if (r != 0) {
		return r < 0 ? r : store_complain(store, -EEXIST, "this application was sent before");
	}
	r = next_reference(change, ref, sizeof(ref), &id);
	if (r == 0) {
		r = change_insert_new(change, "application",
				      json_pack("{s:I, s:s, s:s, s:i, s:i, s:I, s:s, s:s, s:s}", "id", id, "ref", ref,
						"kind", kind, "eyes", strcmp(kind, "system") == 0 ? 2 : 1, "expert", 0,
						"own_staff", own_staff, "about", about, "key", key, "created",
						change_at(change)));
	}
	if (r < 0) {
		return r;
	}
	*ret_id = id;
	return 0;
}

/* The admission says the application's terms once more. */
static int add_admission(struct change *change, int64_t application)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	json_t *row = NULL;
	int r = ask_with_integers(store, "SELECT kind, eyes, expert, own_staff FROM application WHERE id = ?", 1,
				  &application, &statement);

	if (r == 0) {
		r = ask_step(store, statement);
	}
	if (r > 0) {
		row = json_pack("{s:I, s:s, s:I, s:I, s:I, s:I}", "application", application, "kind",
				statement_text(statement, 0), "eyes", statement_integer(statement, 1), "expert",
				statement_integer(statement, 2), "own_staff", statement_integer(statement, 3), "event",
				change_event(change));
	}
	(void)statement_free(statement);
	return r < 0 ? r : change_insert_new(change, "admission", row);
}

int application_admit(struct change *change, int64_t application, int eyes, int expert)
{
	int r = change_update_new(change, "application",
				  json_pack("{s:I, s:i, s:i}", "id", application, "eyes", eyes, "expert", expert));

	return r < 0 ? r : add_admission(change, application);
}

/* ---- versions ---- */

static int put_answer(struct change *change, int64_t application, int v, const struct application_answer *answer)
{
	return change_insert_new(change, "answer",
				 json_pack("{s:I, s:i, s:s, s:s}", "application", application, "v", v, "field",
					   answer->field, "value", answer->value));
}

static int put_wanted(struct change *change, int64_t application, int v, const struct application_wanted *wanted)
{
	json_t *port = wanted->port >= 0 ? json_integer(wanted->port) : json_null();
	json_t *code = wanted->service_code != 0 ? json_integer(wanted->service_code) : json_null();

	return change_insert_new(change, "wanted",
				 json_pack("{s:I, s:i, s:s, s:o, s:o}", "application", application, "v", v, "transport",
					   wanted->transport, "port", port, "service_code", code));
}

/* The number of the last version, and of the last material one; 0 without any. */
static int last_version(struct store *store, int64_t application, int64_t *ret_v, int64_t *ret_material)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store,
				  "SELECT coalesce(max(v), 0), coalesce(max(material), 0) FROM version "
				  "WHERE application = ?",
				  1, &application, &statement);

	if (r == 0) {
		r = ask_step(store, statement);
	}
	if (r > 0) {
		*ret_v = statement_integer(statement, 0);
		*ret_material = statement_integer(statement, 1);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_version_add(struct change *change, int64_t application, const struct application_version *version,
			    int *ret_v)
{
	int64_t v = 0;
	int64_t material = 0;
	int r = last_version(change_store(change), application, &v, &material);

	v++;
	if (r == 0) {
		r = change_insert_new(change, "version",
				      json_pack("{s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:s?}", "application", application,
						"v", v, "material", version->is_material || v == 1 ? v : material, "at",
						change_at(change), "author", version->author, "form", version->form,
						"digest", version->digest, "berth", version->berth));
	}
	for (size_t i = 0; r == 0 && i < version->answer_count; i++) {
		r = put_answer(change, application, (int)v, &version->answers[i]);
	}
	for (size_t i = 0; r == 0 && i < version->wanted_count; i++) {
		r = put_wanted(change, application, (int)v, &version->wanted[i]);
	}
	if (r < 0) {
		return r;
	}
	*ret_v = (int)v;
	return 0;
}

/* ---- steps ---- */

/* What the step rests on: its version's material one, and the admission or decision that is of the same change. */
static int rest_on(struct change *change, int64_t application, int v, json_t *row)
{
	static const char *const columns[] = { "material", "admitted", "decided", "bench" };
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	const int64_t event = change_event(change);
	const int64_t integers[] = { event, event, application, v };
	int r = ask_with_integers(store,
				  "SELECT v.material, a.application, d.round, d.bench FROM version AS v "
				  "LEFT JOIN admission AS a ON a.application = v.application AND a.event = ? "
				  "LEFT JOIN decision AS d ON d.application = v.application AND d.event = ? "
				  "WHERE v.application = ? AND v.v = ?",
				  4, integers, &statement);

	if (r == 0) {
		r = ask_step(store, statement);
	}
	for (int i = 0; r > 0 && i < 4; i++) {
		json_t *value =
			statement_is_null(statement, i) ? json_null() : json_integer(statement_integer(statement, i));
		(void)json_object_set_new(row, columns[i], value);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_step(struct change *change, int64_t application, const char *act, const char *to_state, int v,
		     const char *due_or_null)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask_with_integers(store, "SELECT n, state FROM application_state WHERE application = ?", 1,
				  &application, &statement);

	if (r == 0) {
		r = ask_step(store, statement);
	}
	if (r < 0) {
		(void)statement_free(statement);
		return r;
	}
	int64_t last = r > 0 ? statement_integer(statement, 0) : 0;
	json_t *row = json_pack("{s:I, s:I, s:o, s:s, s:s, s:s, s:i, s:s?, s:I}", "application", application, "n",
				last + 1, "prev", last > 0 ? json_integer(last) : json_null(), "from_state",
				last > 0 ? statement_text(statement, 1) : "new", "act", act, "to_state", to_state, "v",
				v, "due", due_or_null, "event", change_event(change));
	(void)statement_free(statement);
	r = row != NULL ? rest_on(change, application, v, row) : 0;
	if (r < 0) {
		json_decref(row);
		return r;
	}
	return change_insert_new(change, "step", row);
}

/* ---- the table of moves ---- */

static bool is_same(struct statement *statement, const struct application_transition *transitions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct application_transition *at = &transitions[i];
		if (strcmp(at->from_state, statement_text(statement, 0)) == 0 &&
		    strcmp(at->act, statement_text(statement, 1)) == 0 &&
		    strcmp(at->to_state, statement_text(statement, 2)) == 0) {
			return strcmp(at->actor, statement_text(statement, 3)) == 0 &&
			       strcmp(at->clock, statement_text(statement, 4)) == 0;
		}
	}
	return false;
}

/* Each row of the store is one of ours, and there are as many. */
int application_transitions_compare(struct store *store, const struct application_transition *transitions, size_t count)
{
	struct statement *statement = NULL;
	size_t same = 0;
	size_t rows = 0;
	int r = ask(store, "SELECT from_state, act, to_state, actor, clock FROM transition", &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		same += is_same(statement, transitions, count);
		rows++;
	}
	(void)statement_free(statement);
	if (r < 0 || rows == 0) {
		return r;
	}
	return same == rows && rows == count
		       ? 1
		       : store_complain(
				 store, -EPROTONOSUPPORT,
				 "the registry's table of moves differs from this program's: %zu rows of %zu agree",
				 same, count > rows ? count : rows);
}

int application_transitions_put(struct change *change, const struct application_transition *transitions, size_t count)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = application_transitions_compare(store, transitions, count);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	r = ask(store, "INSERT INTO transition (from_state, act, to_state, actor, clock) VALUES (?, ?, ?, ?, ?)",
		&statement);
	for (size_t i = 0; r == 0 && i < count; i++) {
		statement_bind_text(statement, 1, transitions[i].from_state);
		statement_bind_text(statement, 2, transitions[i].act);
		statement_bind_text(statement, 3, transitions[i].to_state);
		statement_bind_text(statement, 4, transitions[i].actor);
		statement_bind_text(statement, 5, transitions[i].clock);
		r = statement_run(statement);
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

int application_fields_missing(struct store *store, const struct application_field *fields, size_t count)
{
	struct statement *statement = NULL;
	int missing = 0;
	int r = ask(store, "SELECT count(*) FROM field WHERE name = ? AND question = ? AND visibility = ?", &statement);

	for (size_t i = 0; r >= 0 && i < count; i++) {
		statement_bind_text(statement, 1, fields[i].name);
		statement_bind_text(statement, 2, fields[i].question);
		statement_bind_text(statement, 3, fields[i].visibility);
		r = ask_step(store, statement);
		missing += r > 0 && statement_integer(statement, 0) == 0;
		statement_reset(statement);
	}
	(void)statement_free(statement);
	return r < 0 ? r : missing;
}

int application_fields_put(struct change *change, const struct application_field *fields, size_t count)
{
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask(store,
		    "INSERT INTO field (name, question, seed, visibility) VALUES (?, ?, ?, ?) ON CONFLICT (name) "
		    "DO UPDATE SET question = excluded.question, seed = excluded.seed, "
		    "visibility = excluded.visibility",
		    &statement);

	for (size_t i = 0; r == 0 && i < count; i++) {
		statement_bind_text(statement, 1, fields[i].name);
		statement_bind_text(statement, 2, fields[i].question);
		if (fields[i].seed > 0) {
			statement_bind_integer(statement, 3, fields[i].seed);
		} else {
			statement_bind_null(statement, 3);
		}
		statement_bind_text(statement, 4, fields[i].visibility);
		r = statement_run(statement);
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* ---- reading ---- */

/* clang-format off */
#define APPLICATION \
	"SELECT a.id, a.ref, a.kind, a.eyes, a.expert, a.own_staff, a.about, a.key, a.created, s.state, s.n, s.v, " \
	"s.material, s.due FROM application AS a JOIN application_state AS s ON s.application = a.id "
/* clang-format on */

static int give(struct statement *statement, int (*each)(const struct application *application, void *context),
		void *context)
{
	const struct application application = {
		.id = statement_integer(statement, 0),
		.ref = statement_text(statement, 1),
		.kind = statement_text(statement, 2),
		.eyes = (int)statement_integer(statement, 3),
		.expert = (int)statement_integer(statement, 4),
		.own_staff = statement_integer(statement, 5),
		.about = statement_text(statement, 6),
		.key = statement_text(statement, 7),
		.created = statement_text(statement, 8),
		.state = statement_text(statement, 9),
		.step = (int)statement_integer(statement, 10),
		.version = (int)statement_integer(statement, 11),
		.material = (int)statement_integer(statement, 12),
		.due = statement_text(statement, 13),
	};

	return each(&application, context);
}

/* With a text bound, or none. Returns how many were given, or -errno. */
static int give_all(struct store *store, const char *sql, const char *text_or_null,
		    int (*each)(const struct application *application, void *context), void *context)
{
	struct statement *statement = NULL;
	int given = 0;
	int r = ask_with_texts(store, sql, text_or_null != NULL, &text_or_null, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give(statement, each, context);
		given++;
	}
	(void)statement_free(statement);
	return r < 0 ? r : given;
}

int application_get(struct store *store, const char *ref,
		    int (*found)(const struct application *application, void *context), void *context)
{
	int r = give_all(store, APPLICATION "WHERE a.ref = ?", ref, found, context);

	if (r == 0) {
		return store_complain(store, -ENOENT, "there is no application \"%s\"", ref);
	}
	return r < 0 ? r : 0;
}

int application_each(struct store *store, const char *state_or_null,
		     int (*each)(const struct application *application, void *context), void *context)
{
	int r = give_all(store,
			 state_or_null != NULL ? APPLICATION "WHERE s.state = ? ORDER BY a.id"
					       : APPLICATION "ORDER BY a.id",
			 state_or_null, each, context);

	return r < 0 ? r : 0;
}

int application_reference(struct store *store, int64_t application, char *ret_ref, size_t size)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, "SELECT ref FROM application WHERE id = ?", 1, &application, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		(void)snprintf(ret_ref, size, "%s", statement_text(statement, 0));
	}
	(void)statement_free(statement);
	return r == 0 ? -ENOENT : r < 0 ? r : 0;
}

int application_answers(struct store *store, int64_t application, int v,
			int (*each)(const struct application_answer *answer, void *context), void *context)
{
	struct statement *statement = NULL;
	const int64_t integers[] = { application, v, application, v };
	int r = ask_with_integers(
		store,
		"SELECT field, value FROM answer WHERE application = ? AND v = ? UNION ALL "
		"SELECT 'berth', berth FROM version WHERE application = ? AND v = ? AND berth IS NOT NULL",
		4, integers, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct application_answer answer = { statement_text(statement, 0), statement_text(statement, 1) };
		r = each(&answer, context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}
