/* backup.c - the registry into a fresh file, and back (backup.h).
 *
 * Called by registry/.  The file is made beside its place under PATH.new, whose lock keeps two backups apart;
 * killed at any moment, it leaves the old file or the new one at the place.  Beside the tables the file has one
 * more, `backup`, with a hash over all of them: the seal. */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/replace.h"
#include "store/ask.h"
#include "store/backup_tables.h"
#include "store/database_engine.h"
#include "store/store_private.h"

enum { FILE_MODE = 0640, CLAIMS_MAX = 16 };

/* ---- what both ways need ---- */

/* Opens the SQLite file as a store; why it cannot be is complained of in `store`. */
static int open_file(struct store *store, const char *path, enum store_mode mode, struct store **ret_file)
{
	char complaint[STORE_COMPLAINT_MAX];
	char *url = NULL;

	if (asprintf(&url, "sqlite:%s", path) < 0) {
		return store_complain(store, -ENOMEM, NULL);
	}
	int r = store_open(url, mode, ret_file, complaint);
	free(url);
	return r < 0 ? store_complain(store, r, "%s", complaint) : 0;
}

/* What went wrong in the file's store is what people are told of. */
static int pass_on(struct store *store, const struct store *file, int r)
{
	const char *complaint = store_complaint(file);

	return r < 0 && *complaint != '\0' ? store_complain(store, r, "%s", complaint) : r;
}

static int check_integrity(struct store *file)
{
	struct statement *statement = NULL;
	int r = statement_prepare(file->database, "PRAGMA integrity_check", &statement);

	if (r == 0) {
		r = statement_step(statement);
	}
	if (r > 0) {
		const char *verdict = statement_text(statement, 0);
		r = verdict != NULL && strcmp(verdict, "ok") == 0
			    ? 0
			    : store_complain(file, -EBADMSG, "the file is damaged: %s", verdict);
	} else {
		r = store_complain(file, -EBADMSG, "the file is damaged: %s", database_complaint(file->database));
	}
	(void)statement_free(statement);
	return r;
}

/* ---- the seal ---- */

static int put_seal(struct store *file, const char *sha256)
{
	struct statement *statement = NULL;
	int r = database_run(file->database, "CREATE TABLE backup (sha256 TEXT NOT NULL)");

	if (r == 0) {
		r = statement_prepare(file->database, "INSERT INTO backup (sha256) VALUES (?)", &statement);
	}
	if (r == 0) {
		statement_bind_text(statement, 1, sha256);
		r = statement_run(statement);
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(file, r, NULL) : 0;
}

static int has_seal(struct store *file)
{
	int64_t count = 0;
	int r = ask_integer(file, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'backup'", 0,
			    NULL, &count);

	return r < 0 ? r : count > 0;
}

/* The file is whole when the seal is the one of its tables. */
static int check_seal(struct store *file, const struct backup_sums *sums)
{
	const char *sha256 = sums->sha256;
	int64_t count = 0;
	int r = has_seal(file);

	if (r == 0) {
		return store_complain(file, -EMEDIUMTYPE, "%s is a registry, but no backup",
				      database_place(file->database));
	}
	if (r > 0) {
		r = ask_integer(file, "SELECT count(*) FROM backup WHERE sha256 = ?", 1, &sha256, &count);
	}
	if (r < 0) {
		return r;
	}
	return count == 1 ? 0
			  : store_complain(file, -EBADMSG,
					   "the backup is damaged: its rows are not those it was sealed with");
}

/* ---- the fresh file ---- */

struct writing {
	struct store *store;
	char *place; /* where it goes */
	char *fresh; /* where it is made */
	int lock;    /* on the fresh file while it is made; -1 */
};

static const char *const companions[] = { "-wal", "-shm", "-journal" };
enum { COMPANIONS = sizeof(companions) / sizeof(companions[0]) };

/* What SQLite leaves beside a file is taken for part of whatever file stands there next. */
static int remove_companions(const char *path)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COMPANIONS; i++) {
		char *companion = NULL;
		if (asprintf(&companion, "%s%s", path, companions[i]) < 0) {
			return -ENOMEM;
		}
		r = unlink(companion) < 0 && errno != ENOENT ? -errno : 0;
		free(companion);
	}
	return r;
}

/* Somebody's writes that are not in the old file yet would be lost, or worse, be taken for the new one's. */
static int refuse_in_use(struct store *store, const char *place)
{
	struct stat found;

	for (size_t i = 0; i < COMPANIONS; i++) {
		char *companion = NULL;
		if (asprintf(&companion, "%s%s", place, companions[i]) < 0) {
			return store_complain(store, -ENOMEM, NULL);
		}
		bool is_there = strcmp(companions[i], "-shm") != 0 && stat(companion, &found) == 0 && found.st_size > 0;
		free(companion);
		if (is_there) {
			return store_complain(store, -EBUSY,
					      "%s is open as a registry, or was left so: there is a %s%s", place, place,
					      companions[i]);
		}
	}
	return 0;
}

static bool is_same_file(const char *path, const char *other)
{
	struct stat one;
	struct stat two;

	return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

static int find_place(struct writing *writing, const char *path)
{
	struct store *store = writing->store;
	int r = replace_place(path, &writing->place);

	if (r < 0) {
		return store_complain(store, r, "%s: %s", path, r == -EINVAL ? "not a file" : strerror(-r));
	}
	if (!database_is_postgres(store->database) && is_same_file(writing->place, database_place(store->database))) {
		return store_complain(store, -EINVAL, "%s is the registry itself", path);
	}
	if (asprintf(&writing->fresh, "%s.new", writing->place) < 0) {
		writing->fresh = NULL;
		return store_complain(store, -ENOMEM, NULL);
	}
	return refuse_in_use(store, writing->place);
}

/* Makes the file, or takes the lock of one that a killed backup left and removes it.  1 made, 0 to be tried again. */
static int try_claim(struct writing *writing)
{
	int file = open(writing->fresh, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	struct stat held;
	struct stat named;

	if (file < 0) {
		return -errno;
	}
	int r = flock(file, LOCK_EX | LOCK_NB) < 0 || fstat(file, &held) < 0 ? -errno : 0;
	bool is_ours = r == 0 && lstat(writing->fresh, &named) == 0 && named.st_ino == held.st_ino &&
		       named.st_dev == held.st_dev;
	if (is_ours && held.st_size == 0) {
		writing->lock = file;
		return 1;
	}
	if (is_ours) {
		r = unlink(writing->fresh) < 0 ? -errno : 0;
	}
	(void)close(file);
	return r;
}

static int claim(struct writing *writing)
{
	int r = 0;

	for (int i = 0; r == 0 && i < CLAIMS_MAX; i++) {
		r = try_claim(writing);
	}
	if (r == 0 || r == -EWOULDBLOCK) {
		return store_complain(writing->store, -EBUSY, "another backup to %s is being written", writing->place);
	}
	if (r > 0) {
		r = remove_companions(writing->fresh);
	}
	return r < 0 ? store_complain(writing->store, r, "%s: %s", writing->fresh, strerror(-r)) : 0;
}

/* ---- written, and compared ---- */

static int copy_into(struct store *store, struct store *file, struct backup_sums *ret_sums)
{
	int r = database_begin(file->database, true);

	if (r < 0) {
		return store_complain(file, r, NULL);
	}
	r = backup_tables_copy(store, file, ret_sums);
	if (r == 0) {
		r = put_seal(file, ret_sums->sha256);
	}
	if (r < 0) {
		database_rollback(file->database);
		return r;
	}
	r = database_commit(file->database);
	/* One file, without companions. */
	if (r == 0) {
		r = database_run(file->database, "PRAGMA journal_mode = DELETE");
	}
	return r < 0 ? store_complain(file, r, NULL) : 0;
}

static int write_file(struct writing *writing, struct backup_sums *ret_sums)
{
	struct store *file = NULL;
	int r = open_file(writing->store, writing->fresh, STORE_CREATE, &file);

	if (r < 0) {
		return r;
	}
	r = store_read_begin(writing->store);
	if (r == 0) {
		r = pass_on(writing->store, file, copy_into(writing->store, file, ret_sums));
		store_read_end(writing->store);
	}
	(void)store_close(file);
	return r;
}

static int compare_file(struct store *file, const struct backup_sums *expected)
{
	struct backup_sums sums;
	int r = check_integrity(file);

	if (r == 0) {
		r = backup_tables_sum(file, &sums);
	}
	if (r < 0) {
		return r;
	}
	const char *differs = backup_tables_differ(expected, &sums);
	if (differs != NULL) {
		return store_complain(file, -EBADMSG, "the copy is not what the registry has: table %s", differs);
	}
	return check_seal(file, &sums);
}

/* Read again as a restore will: the file alone, by somebody who may only read. */
static int check_file(struct writing *writing, const struct backup_sums *expected)
{
	struct store *file = NULL;
	int r = remove_companions(writing->fresh);

	if (r < 0) {
		return store_complain(writing->store, r, "%s: %s", writing->fresh, strerror(-r));
	}
	r = open_file(writing->store, writing->fresh, STORE_READ, &file);
	if (r < 0) {
		return r;
	}
	r = pass_on(writing->store, file, compare_file(file, expected));
	(void)store_close(file);
	return r;
}

static int put_in_place(struct writing *writing)
{
	int r = refuse_in_use(writing->store, writing->place);

	if (r < 0) {
		return r;
	}
	r = remove_companions(writing->place);
	if (r == 0) {
		r = replace_by(writing->fresh, writing->place);
	}
	return r < 0 ? store_complain(writing->store, r, "%s: %s", writing->place, strerror(-r)) : 0;
}

static int write_claimed(struct writing *writing)
{
	struct backup_sums sums;
	int r = write_file(writing, &sums);

	if (r == 0) {
		r = check_file(writing, &sums);
	}
	if (r == 0) {
		r = put_in_place(writing);
	}
	if (r < 0) {
		(void)unlink(writing->fresh);
		(void)remove_companions(writing->fresh);
	}
	return r;
}

int backup_write(struct store *store, const char *path)
{
	struct writing writing = { .store = store, .lock = -1 };
	int r = find_place(&writing, path);

	if (r == 0) {
		r = claim(&writing);
	}
	if (r == 0) {
		r = write_claimed(&writing);
	}
	if (writing.lock >= 0) {
		(void)close(writing.lock);
	}
	free(writing.fresh);
	free(writing.place);
	return r;
}

/* ---- back ---- */

/* A registry that was just made has the one event that made it. */
static int refuse_used(struct store *store)
{
	int64_t events = 0;
	int r = ask_integer(store, "SELECT n FROM chain", 0, NULL, &events);

	if (r >= 0 && events > 1) {
		return store_complain(store, -EEXIST, "the registry at %s is not empty",
				      database_place(store->database));
	}
	return r < 0 ? r : 0;
}

static int check_backup(struct store *file, struct backup_sums *ret_sums)
{
	int r = check_integrity(file);

	if (r == 0) {
		r = backup_tables_sum(file, ret_sums);
	}
	return r == 0 ? check_seal(file, ret_sums) : r;
}

static int copy_back(struct store *store, struct store *file, const struct backup_sums *expected)
{
	struct backup_sums read;
	struct backup_sums written;
	int r = refuse_used(store);

	if (r == 0) {
		r = backup_tables_copy(file, store, &read);
	}
	if (r == 0) {
		r = backup_tables_sum(store, &written);
	}
	if (r < 0) {
		return r;
	}
	const char *differs = backup_tables_differ(expected, &read);
	if (differs == NULL) {
		differs = backup_tables_differ(expected, &written);
	}
	return differs == NULL ? 0
			       : store_complain(store, -EBADMSG,
						"what was restored is not what the backup has: table %s", differs);
}

static int restore_from(struct store *store, struct store *file)
{
	struct backup_sums sums;
	int r = check_backup(file, &sums);

	if (r < 0) {
		return r;
	}
	r = database_begin(store->database, true);
	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	r = copy_back(store, file, &sums);
	if (r < 0) {
		database_rollback(store->database);
		return r;
	}
	r = database_commit(store->database);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

int backup_restore(struct store *store, const char *path)
{
	struct store *file = NULL;
	int r = open_file(store, path, STORE_READ, &file);

	if (r < 0) {
		return r;
	}
	r = store_read_begin(file);
	if (r == 0) {
		r = restore_from(store, file);
		store_read_end(file);
	}
	r = pass_on(store, file, r);
	(void)store_close(file);
	return r;
}
