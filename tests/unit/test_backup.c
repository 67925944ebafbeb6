/* test_backup.c - what is backed up is there again, in every table and on either engine, or the backup is refused.
 *
 * The registry of these cases has rows in each table of tables.h, so that none is left out. */
#include "snapshot_case.h"

#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store/backup.h"
#include "store/backup_tables.h"
#include "store/tables.h"

enum { ROWS = 100, PAGES_ROWS = 9000, STEP = 1000, KILLS = 30, PATH_SIZE = 300, LIMIT = 100 * 1024 };

/* ---- a registry with something in each table ---- */

static const char *const fillings[] = {
	"INSERT INTO staff (id, login, name, email, password, totp_secret, active, salt) "
	"VALUES (2, 'anna', 'Anna \"A\"', 'anna@example.org', 'x', NULL, 1, 's')",
	"INSERT INTO staff_role (staff, role, scope) VALUES (2, 'registrar', '*'), (2, 'expert', 'tcp')",
	"INSERT INTO sign_in (staff, totp_last, failures, locked_until) VALUES (2, 4294967296, 1, NULL)",
	"INSERT INTO anchor (n, hash, at, witness) VALUES (1, 'h', '2026-01-01T00:00:00Z', 'w')",
	"INSERT INTO person (source, pid, kind, name, uri, updated, snapshot, seq, salt, digest) "
	"VALUES (1, 'A', 'person', 'A', '', '', 1, 1, '', "
	"'0000000000000000000000000000000000000000000000000000000000000000')",
	"INSERT INTO band (lo, name, kind, decides, expert, eyes, over) "
	"VALUES (1024, 'user', 'user', 'registrar', 1, 1, 'refuse')",
	"INSERT INTO field (name, question, seed, visibility) VALUES ('why', 'Why?', NULL, 'public')",
	"INSERT INTO application (id, ref, kind, eyes, expert, own_staff, about, key, created) "
	"VALUES (1, 'B-1', 'user', 1, 0, 0, '', 'k', '2026-01-01T00:00:00Z')",
	"INSERT INTO admission (application, kind, eyes, expert, own_staff, event) VALUES (1, 'user', 1, 0, 0, 1)",
	"INSERT INTO version (application, v, material, at, author, form, digest, berth, salt) "
	"VALUES (1, 1, 1, '2026-01-01T00:00:00Z', 'applicant', 'f', 'd', NULL, 's'), "
	"(1, 2, 1, '2026-01-01T00:00:00Z', 'staff', 'f', 'd', 'b', 's')",
	"INSERT INTO answer (application, v, field, value, salt) VALUES (1, 1, 'why', 'line\n\tand line', 's')",
	"INSERT INTO wanted (application, v, transport, port, service_code) VALUES (1, 1, 'dccp', NULL, 4294967294)",
	"INSERT INTO transition (from_state, act, to_state, actor, clock) "
	"VALUES ('new', 'send', 'z', 'applicant', 'own'), ('z', 'end', 'a', 'staff', 'none')",
	"INSERT INTO step (application, n, prev, from_state, act, to_state, v, material, due, event) "
	"VALUES (1, 1, NULL, 'new', 'send', 'z', 1, 1, NULL, 1), (1, 2, 1, 'z', 'end', 'a', 2, 1, '2026-01-01', 2)",
	"INSERT INTO question (application, q, v, field, rule, text, asked, answer, answered, salt) "
	"VALUES (1, 1, 1, 'why', NULL, 'How?', 1, NULL, NULL, 's')",
	"INSERT INTO finding (application, material, staff, about, verdict, note, event) "
	"VALUES (1, 1, 2, 'rule P6', 'accepted', 'good', 1)",
	"INSERT INTO examiner (application, staff, due, since, recused) VALUES (1, 2, NULL, 1, 2)",
	"INSERT INTO seat (application, staff, bench, event) VALUES (1, 2, 1, 1)",
	"INSERT INTO vote (application, material, round, bench, staff, role, verdict, reasons, rules, event) "
	"VALUES (1, 1, 1, 1, 2, 'registrar', 'assign', 'good', '', 1)",
	"INSERT INTO decision (application, round, material, verdict, kind, eyes, expert, own_staff, role, bench, "
	"recommended, first, second, event) VALUES (1, 1, 1, 'assign', 'user', 1, 0, 0, 'registrar', 1, NULL, 2, NULL, "
	"1)",
	"INSERT INTO assignment (id, basis, application, round, verdict, replaces, temporary_until, renewals, event) "
	"VALUES (1, 'decision', 1, 1, 'assign', 1, NULL, 0, 1), (2, 'list', NULL, NULL, NULL, NULL, NULL, 0, 1)",
	"INSERT INTO claim (transport, port, kind, assignment, event) VALUES ('tcp', 5254, 'assigned', 1, 1)",
	/* The alias stands before what it is one of. */
	"INSERT INTO name (fold, spelled, kind, alias_of, application, assignment, event) "
	"VALUES ('berth', 'Berth', 'assigned', NULL, 1, 1, 1), ('a', 'a', 'alias', 'berth', 1, 1, 1)",
	"INSERT INTO service_code (code, phrase, assignment, event) VALUES (4294967294, 'BRTH', 1, 1)",
	"INSERT INTO publication (id, assignment, entry, since_day, since_event, until_day, until_event) "
	"VALUES (1, 1, 1, '2026-01-01', 1, NULL, NULL)",
	"INSERT INTO consent (application, material, party, needed, given, refused) "
	"VALUES (1, 1, 'holder', 1, NULL, NULL)",
	"INSERT INTO outbox (id, event, application, message_id, rcpt, template, message, state, tries, next_try, "
	"last_error) VALUES (1, 1, 1, 'm', 'r', 't', '', 'waiting', 0, '2026-01-01T00:00:00Z', '')",
	"INSERT INTO inbox (message_id, application, at, message) VALUES ('m', 1, '2026-01-01T00:00:00Z', 'text')",
	"INSERT INTO token (hash, purpose, staff, application, party, scope, created, seen, ends, used) "
	"VALUES ('0000000000000000000000000000000000000000000000000000000000000000', 'api', 2, NULL, '', '', "
	"'2026-01-01T00:00:00Z', NULL, '2026-01-01T00:00:00Z', NULL)",
	"INSERT INTO remark (token, act, sender, message) "
	"VALUES ('0000000000000000000000000000000000000000000000000000000000000000', 'comment', 'a', 'm')",
	"INSERT INTO setting (key, value) VALUES "
	"('name', 'Harbour \xc3\xa9\xe2\x80\x98'), ('Name', ''), ('n\xc3\xa4me', 'x')",
};

static void assert_none_empty(struct store *store)
{
	for (size_t i = 0; tables[i].name != NULL; i++) {
		char sql[128];
		(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", tables[i].name);
		if (store_case_ask(store_database(store), sql) == 0) {
			fail_msg("table %s has no row in this test", tables[i].name);
		}
	}
}

static struct store *make_registry(const char *url, size_t row_count)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct database *database = store_database(store);
	struct snapshot_case rows = snapshot_case_make(row_count);

	(void)snapshot_case_add(store, "iana", "2026-01-01", 'a', &rows);
	(void)snapshot_case_add(store, "iana", "2026-01-02", 'b', &rows);
	snapshot_case_free(&rows);
	assert_int_equal(database_begin(database, true), 0);
	for (size_t i = 0; i < sizeof(fillings) / sizeof(fillings[0]); i++) {
		if (database_run(database, fillings[i]) < 0) {
			fail_msg("%s: %s", fillings[i], database_complaint(database));
		}
	}
	assert_int_equal(database_commit(database), 0);
	assert_none_empty(store);
	return store;
}

static struct backup_sums sums_of(struct store *store)
{
	struct backup_sums sums;

	assert_int_equal(backup_tables_sum(store, &sums), 0);
	return sums;
}

static void assert_same(const struct backup_sums *one, const struct backup_sums *other)
{
	const char *table = backup_tables_differ(one, other);

	if (table != NULL) {
		fail_msg("table %s differs", table);
	}
	assert_string_equal(one->sha256, other->sha256);
}

/* ---- a folder for the backups ---- */

struct place {
	char folder[PATH_SIZE / 3];
	char path[PATH_SIZE / 2]; /* of the backup */
	char fresh[PATH_SIZE];	  /* while it is made */
	char url[PATH_SIZE];	  /* of a registry in SQLite */
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	(void)snprintf(place->folder, sizeof(place->folder), "/tmp/berth-backup-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	(void)snprintf(place->path, sizeof(place->path), "%s/backup", place->folder);
	(void)snprintf(place->fresh, sizeof(place->fresh), "%s.new", place->path);
	(void)snprintf(place->url, sizeof(place->url), "sqlite:%s/registry.db", place->folder);
	*state = place;
	return 0;
}

static int free_place(void **state)
{
	struct place *place = *state;

	store_case_remove_folder(place->folder);
	free(place);
	return 0;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void write_backup(struct store *store, const char *path)
{
	if (backup_write(store, path) < 0) {
		fail_msg("%s", store_complaint(store));
	}
}

/* The registry of the backup at `path`, made in SQLite beside it. */
static struct backup_sums sums_restored(const struct place *place, const char *path)
{
	static unsigned restored;
	char url[PATH_SIZE];

	(void)snprintf(url, sizeof(url), "sqlite:%s/restored-%u.db", place->folder, restored++);
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	if (backup_restore(store, path) < 0) {
		fail_msg("%s", store_complaint(store));
	}
	struct backup_sums sums = sums_of(store);
	(void)store_close(store);
	return sums;
}

/* ---- there and back ---- */

/* store_case_each takes no context. */
static const struct place *place_of_case;

static void run_comes_back_to_sqlite(const char *url)
{
	struct store *store = make_registry(url, PAGES_ROWS);
	struct backup_sums before = sums_of(store);
	struct stat found;

	write_backup(store, place_of_case->path);
	assert_int_equal(stat(place_of_case->path, &found), 0);
	assert_int_equal(found.st_mode & 07777 & ~0640, 0);
	assert_false(is_there(place_of_case->fresh));
	struct backup_sums after = sums_restored(place_of_case, place_of_case->path);
	assert_same(&before, &after);
	(void)store_close(store);
}

static void comes_back_to_sqlite(void **state)
{
	place_of_case = *state;
	store_case_each(run_comes_back_to_sqlite);
}

static void run_comes_back_to_either(const char *url)
{
	struct store *store = snapshot_case_open(url, STORE_CREATE);
	struct store *of_backup = NULL;

	if (backup_restore(store, place_of_case->path) < 0) {
		fail_msg("%s", store_complaint(store));
	}
	char backup_url[PATH_SIZE];
	(void)snprintf(backup_url, sizeof(backup_url), "sqlite:%s", place_of_case->path);
	of_backup = snapshot_case_open(backup_url, STORE_READ);
	struct backup_sums restored = sums_of(store);
	struct backup_sums expected = sums_of(of_backup);
	assert_same(&restored, &expected);
	assert_none_empty(store);

	/* It goes on from there. */
	struct snapshot_case rows = snapshot_case_make(3);
	snapshot_case_expect(store, snapshot_case_add(store, "iana", "2026-03-01", 'c', &rows), &rows);
	assert_int_equal(backup_restore(store, place_of_case->path), -EEXIST);
	snapshot_case_free(&rows);
	(void)store_close(of_backup);
	(void)store_close(store);
}

static void comes_back_to_either(void **state)
{
	place_of_case = *state;
	struct store *store = make_registry(place_of_case->url, ROWS);
	write_backup(store, place_of_case->path);
	(void)store_close(store);
	store_case_each(run_comes_back_to_either);
}

static void run_has_one_state(const char *url)
{
	struct store *store = make_registry(url, ROWS);
	struct store *writer = snapshot_case_open(url, STORE_WRITE);
	struct backup_sums before = sums_of(store);
	struct snapshot_case rows = snapshot_case_make(5);
	struct snapshot snapshot = snapshot_case_of("iana", "2026-04-01", 'd', rows.count);
	struct change *change = snapshot_case_begin(writer);
	int64_t id = 0;

	assert_int_equal(snapshot_add(change, &snapshot, rows.entries, rows.count, &id), 0);
	write_backup(store, place_of_case->path);
	snapshot_case_commit(change);
	struct backup_sums after = sums_restored(place_of_case, place_of_case->path);
	assert_same(&before, &after);
	snapshot_case_free(&rows);
	(void)store_close(writer);
	(void)store_close(store);
}

static void has_one_state(void **state)
{
	place_of_case = *state;
	store_case_each(run_has_one_state);
}

/* ---- the place ---- */

static void replaces_what_was_there(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, ROWS);
	char link[PATH_SIZE];
	struct stat found;

	write_backup(store, place->path);
	assert_int_equal(database_run(store_database(store), "DELETE FROM setting"), 0);
	(void)snprintf(link, sizeof(link), "%s/link", place->folder);
	assert_int_equal(symlink("backup", link), 0);
	/* What a killed backup left. */
	FILE *leftover = fopen(place->fresh, "we");
	assert_non_null(leftover);
	(void)fputs("something", leftover);
	(void)fclose(leftover);
	write_backup(store, link);
	assert_int_equal(lstat(link, &found), 0);
	assert_true(S_ISLNK(found.st_mode));
	struct backup_sums expected = sums_of(store);
	struct backup_sums restored = sums_restored(place, place->path);
	assert_same(&restored, &expected);
	assert_false(is_there(place->fresh));
	(void)store_close(store);
}

static void assert_refused(struct store *store, const char *path, int error)
{
	assert_int_equal(backup_write(store, path), error);
	assert_string_not_equal(store_complaint(store), "");
}

static void refuses_wrong_places(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, ROWS);
	char path[PATH_SIZE];

	assert_refused(store, "/dev/null", -EINVAL);
	assert_refused(store, place->folder, -EINVAL);
	assert_refused(store, place->url + strlen("sqlite:"), -EINVAL);
	(void)snprintf(path, sizeof(path), "%s/no/backup", place->folder);
	assert_refused(store, path, -ENOENT);
	write_backup(store, place->path);
	(void)store_close(store);
}

static void waits_for_nobody_else(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, ROWS);
	char companion[PATH_SIZE];
	int other = open(place->fresh, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(other >= 0);
	assert_int_equal(flock(other, LOCK_EX), 0);
	assert_refused(store, place->path, -EBUSY);
	assert_true(is_there(place->fresh));
	(void)close(other);
	write_backup(store, place->path);

	(void)snprintf(companion, sizeof(companion), "%s-wal", place->path);
	other = open(companion, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(other >= 0);
	assert_int_equal(write(other, "x", 1), 1);
	assert_refused(store, place->path, -EBUSY);
	assert_int_equal(ftruncate(other, 0), 0);
	(void)close(other);
	write_backup(store, place->path);
	assert_false(is_there(companion));
	(void)store_close(store);
}

/* ---- when the world fails ---- */

static void a_full_disk_keeps_the_old(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, PAGES_ROWS);
	const struct rlimit limit = { .rlim_cur = LIMIT, .rlim_max = RLIM_INFINITY };
	struct rlimit before;
	struct backup_sums expected = sums_of(store);

	write_backup(store, place->path);
	assert_int_equal(database_run(store_database(store), "DELETE FROM setting"), 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	int r = backup_write(store, place->path);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(r < 0);
	assert_string_not_equal(store_complaint(store), "");
	assert_false(is_there(place->fresh));
	struct backup_sums restored = sums_restored(place, place->path);
	assert_same(&restored, &expected);
	(void)store_close(store);
}

static void killed_it_is_the_old_or_the_new(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, ROWS);
	struct backup_sums expected = sums_of(store);
	int status = 0;

	write_backup(store, place->path);
	(void)store_close(store);
	for (int i = 0; i < KILLS; i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			store = snapshot_case_open(place->url, STORE_READ);
			while (backup_write(store, place->path) == 0) {
			}
			_exit(1);
		}
		(void)nanosleep(&(struct timespec){ .tv_nsec = 3000000 + 3170000 * i }, NULL);
		(void)kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		struct backup_sums restored = sums_restored(place, place->path);
		assert_same(&restored, &expected);
	}
	store = snapshot_case_open(place->url, STORE_READ);
	write_backup(store, place->path);
	assert_false(is_there(place->fresh));
	(void)store_close(store);
}

/* ---- damaged ---- */

struct octets {
	unsigned char *octets;
	size_t size;
};

static struct octets read_octets(const char *path)
{
	struct stat found;
	FILE *stream = fopen(path, "re");

	assert_non_null(stream);
	assert_int_equal(fstat(fileno(stream), &found), 0);
	struct octets read = { malloc((size_t)found.st_size), (size_t)found.st_size };
	assert_non_null(read.octets);
	assert_int_equal(fread(read.octets, 1, read.size, stream), read.size);
	(void)fclose(stream);
	return read;
}

static void write_octets(const char *path, const struct octets *written)
{
	FILE *stream = fopen(path, "we");

	assert_non_null(stream);
	assert_int_equal(fwrite(written->octets, 1, written->size, stream), written->size);
	assert_int_equal(fclose(stream), 0);
}

/* Into `target`, which stays as empty as it was when the backup is refused.  True: it was taken, and nothing is
 * another. */
static bool is_taken(struct store *target, const char *path, const struct backup_sums *empty,
		     const struct backup_sums *expected)
{
	int r = backup_restore(target, path);
	struct backup_sums sums = sums_of(target);

	if (r < 0) {
		assert_string_not_equal(store_complaint(target), "");
		assert_same(&sums, empty);
		return false;
	}
	assert_same(&sums, expected);
	return true;
}

static void a_flipped_octet_is_found(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, ROWS);
	struct backup_sums expected = sums_of(store);
	char target_url[PATH_SIZE];
	unsigned made = 0;
	struct store *target = NULL;
	struct backup_sums empty = { .sha256 = "" };
	size_t refused = 0;

	write_backup(store, place->path);
	struct octets whole = read_octets(place->path);
	for (size_t at = 0; at < whole.size; at += STEP) {
		if (target == NULL) {
			(void)snprintf(target_url, sizeof(target_url), "sqlite:%s/target-%u.db", place->folder, made++);
			target = snapshot_case_open(target_url, STORE_CREATE);
			empty = sums_of(target);
		}
		unsigned char right = whole.octets[at];
		whole.octets[at] = (unsigned char)(right ^ (1U << (at / STEP % 8)));
		write_octets(place->path, &whole);
		whole.octets[at] = right;
		if (is_taken(target, place->path, &empty, &expected)) {
			target = store_close(target);
		} else {
			refused++;
		}
	}
	assert_true(refused > 0);
	(void)store_close(target);
	free(whole.octets);
	(void)store_close(store);
}

static void what_is_no_backup_is_refused(void **state)
{
	const struct place *place = *state;
	struct store *store = make_registry(place->url, ROWS);
	char url[PATH_SIZE];

	write_backup(store, place->path);
	struct octets whole = read_octets(place->path);
	(void)snprintf(url, sizeof(url), "sqlite:%s/target.db", place->folder);
	struct store *target = snapshot_case_open(url, STORE_CREATE);
	struct backup_sums empty = sums_of(target);
	char missing[PATH_SIZE];

	(void)snprintf(missing, sizeof(missing), "%s/missing", place->folder);
	assert_int_equal(backup_restore(target, missing), -ENOENT);
	assert_false(is_there(missing));
	assert_int_equal(backup_restore(target, place->url + strlen("sqlite:")), -EMEDIUMTYPE);
	for (size_t size = 0; size < whole.size; size += whole.size / 7) {
		struct octets part = { whole.octets, size };
		write_octets(place->path, &part);
		assert_false(is_taken(target, place->path, &empty, &empty));
	}
	memset(whole.octets, 'x', whole.size);
	write_octets(place->path, &whole);
	assert_int_equal(backup_restore(target, place->path), -EMEDIUMTYPE);
	free(whole.octets);
	(void)store_close(target);
	(void)store_close(store);
}

/* Sealed like a true one, but with answers to an application that is not there. */
static void forge(const struct place *place)
{
	char url[PATH_SIZE];
	char sql[PATH_SIZE];

	(void)snprintf(url, sizeof(url), "sqlite:%s", place->path);
	struct store *store = snapshot_case_open(url, STORE_WRITE);
	assert_int_equal(database_run(store_database(store), "PRAGMA foreign_keys = OFF; DELETE FROM application"), 0);
	struct backup_sums sums = sums_of(store);
	(void)snprintf(sql, sizeof(sql), "UPDATE backup SET sha256 = '%s'", sums.sha256);
	assert_int_equal(database_run(store_database(store), sql), 0);
	(void)store_close(store);
}

static void run_what_breaks_a_rule_changes_nothing(const char *url)
{
	struct store *target = snapshot_case_open(url, STORE_CREATE);
	struct backup_sums empty = sums_of(target);

	assert_false(is_taken(target, place_of_case->path, &empty, &empty));
	(void)store_close(target);
}

static void what_breaks_a_rule_changes_nothing(void **state)
{
	place_of_case = *state;
	struct store *store = make_registry(place_of_case->url, ROWS);

	write_backup(store, place_of_case->path);
	(void)store_close(store);
	forge(place_of_case);
	store_case_each(run_what_breaks_a_rule_changes_nothing);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, free_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(comes_back_to_sqlite),
		WITH_PLACE(comes_back_to_either),
		WITH_PLACE(has_one_state),
		WITH_PLACE(replaces_what_was_there),
		WITH_PLACE(refuses_wrong_places),
		WITH_PLACE(waits_for_nobody_else),
		WITH_PLACE(a_full_disk_keeps_the_old),
		WITH_PLACE(killed_it_is_the_old_or_the_new),
		WITH_PLACE(a_flipped_octet_is_found),
		WITH_PLACE(what_is_no_backup_is_refused),
		WITH_PLACE(what_breaks_a_rule_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
