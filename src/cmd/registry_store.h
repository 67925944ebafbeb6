/* registry_store.h - the store as the verbs of berth-registry open it: who calls, what they may, and what is
 * published after. */
#pragma once

#include "cmd/registry.h"
#include "registry/records/rows.h"
#include "store/store.h"

/* EXIT_DONE, or EXIT_ after saying why not. */
int registry_store_open(const struct request *request, enum store_mode mode, struct store **ret_store);

/* The login that calls, as the system knows it. */
const char *registry_login(void);

/* Opens for writing; whoever calls must be on the staff with one of these roles (two words, or one and NULL).
 * EXIT_. */
int registry_store_change(const struct request *request, const char *role, const char *other_role,
			  struct store **ret_store, int64_t *ret_staff);

/* After a change: the view is published again.  A failure is told, not fatal: the change stands.  EXIT_. */
int registry_store_publish(const struct request *request, struct store *store);

/* A file whole in memory, at most FILE_OCTETS_MAX; "-" is standard input.  The caller frees.  EXIT_ after
 * saying why not. */
int registry_file_read(const char *path, char **ret_octets, size_t *ret_size);

/* The rows of IANA's CSV or XML; the caller finishes them.  EXIT_NO after saying what is wrong with the file. */
int registry_rows_read(const char *path, const char *octets, size_t size, struct rows *ret_rows);

/* ---- verbs ---- */

int registry_import_verb(const struct request *request);
int registry_release_verb(const struct request *request);
int registry_export_verb(const struct request *request);
int registry_diff_verb(const struct request *request);
int registry_history_verb(const struct request *request);
int registry_publish_verb(const struct request *request);
int registry_backup_verb(const struct request *request);
int registry_restore_verb(const struct request *request);
int registry_audit_verb(const struct request *request);
int registry_band_verb(const struct request *request);
int registry_staff_verb(const struct request *request);
int registry_staff_password(const struct request *request, const char *login);
int registry_registry_verb(const struct request *request);
int registry_apply_verb(const struct request *request);
int registry_track_verb(const struct request *request);
int registry_review_verb(const struct request *request);
int registry_mail_verb(const struct request *request);
