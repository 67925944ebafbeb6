/* registry_staff.c - `berth staff`: the people who run the registry. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cmd/registry_store.h"
#include "registry/words/answers_text.h"
#include "store/staff.h"

/* ---- list ---- */

struct listing {
	json_t *array; /* NULL: for people */
};

static int list_member(const struct staff_member *member, const char *const *roles, void *context)
{
	const struct listing *listing = context;
	char name[256];

	if (listing->array != NULL) {
		json_t *all = json_array();
		for (const char *const *role = roles; *role != NULL; role++) {
			(void)json_array_append_new(all, json_string(*role));
		}
		(void)json_array_append_new(listing->array,
					    json_pack("{s:s, s:s, s:s, s:b, s:o}", "login", member->login, "name",
						      member->name, "email", member->email, "active",
						      (int)member->active, "roles", all));
		return 0;
	}
	shown_text(member->name, name, sizeof(name));
	(void)printf("%-16s  %-24s  %s", member->login, name, member->active ? "" : "retired ");
	for (const char *const *role = roles; *role != NULL; role++) {
		(void)printf("%s%s", role == roles ? "" : ", ", *role);
	}
	(void)putchar('\n');
	return 0;
}

static int list(const struct request *request)
{
	struct listing listing = { .array = request->json ? json_array() : NULL };
	struct store *store = NULL;
	int status = registry_store_open(request, STORE_READ, &store);

	if (status == EXIT_DONE) {
		int r = staff_each(store, list_member, &listing);
		if (r < 0) {
			complain_about("%s", store_complaint(store));
			status = EXIT_COULD_NOT;
		} else if (listing.array != NULL) {
			(void)json_dumpf(listing.array, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
			(void)putchar('\n');
		}
		(void)store_close(store);
	}
	json_decref(listing.array);
	return status;
}

/* ---- changes ---- */

static int do_add(const struct request *request, struct change *change, const char *login)
{
	int64_t staff = 0;
	int r = staff_add(change, login, request->name != NULL ? request->name : login,
			  request->email != NULL ? request->email : "", &staff);

	if (r == 0 && request->role != NULL) {
		r = staff_grant(change, staff, request->role, request->scope != NULL ? request->scope : "*");
	}
	return r;
}

static int do_change(const struct request *request, struct change *change, const char *verb, const char *login)
{
	const char *scope = request->scope != NULL ? request->scope : "*";
	int64_t staff = 0;

	if (strcmp(verb, "add") == 0) {
		return do_add(request, change, login);
	}
	int r = staff_by_login(change_store(change), login, &staff);
	if (r < 0) {
		return r;
	}
	return strcmp(verb, "grant") == 0    ? staff_grant(change, staff, request->role, scope)
	       : strcmp(verb, "revoke") == 0 ? staff_revoke(change, staff, request->role, scope)
					     : staff_retire(change, staff);
}

static int told(struct store *store, const char *login, int error)
{
	if (store_complaint(store)[0] != '\0') {
		complain_about("%s", store_complaint(store));
	} else {
		complain_about("%s: %s", login, error == -ENOENT ? "not on the staff" : strerror(-error));
	}
	return error == -ENOENT || error == -EEXIST || error == -EPERM ? EXIT_NO : EXIT_COULD_NOT;
}

static int run_change(const struct request *request, struct store *store, int64_t staff, const char *verb,
		      const char *login)
{
	struct change *change = NULL;
	char act[32];
	char subject[128];

	(void)snprintf(act, sizeof(act), "staff-%s", verb);
	(void)snprintf(subject, sizeof(subject), "staff %s", login);
	const struct change_by by = { .staff = staff, .act = act, .subject = subject, .why = request->why };
	int r = change_begin(store, &by, &change);
	if (r == 0) {
		r = do_change(request, change, verb, login);
		if (r == 0) {
			r = change_commit(change, NULL);
		} else {
			(void)change_abandon(change);
		}
	}
	return r < 0 ? told(store, login, r) : EXIT_DONE;
}

static int change_staff(const struct request *request, const char *verb, const char *login)
{
	struct store *store = NULL;
	int64_t staff = 0;
	int status = registry_store_change(request, "administrator", NULL, &store, &staff);

	if (status == EXIT_DONE) {
		status = run_change(request, store, staff, verb, login);
		(void)store_close(store);
	}
	return status;
}

int registry_staff_verb(const struct request *request)
{
	static const char *const verbs_of_staff[] = { "add", "grant", "revoke", "retire" };
	const char *verb = request->word;

	if (verb == NULL || strcmp(verb, "list") == 0) {
		return list(request);
	}
	if (strcmp(verb, "password") == 0 && request->word_count == 2) {
		return registry_staff_password(request, request->words[1]);
	}
	for (size_t i = 0; i < sizeof(verbs_of_staff) / sizeof(verbs_of_staff[0]); i++) {
		bool takes_role = i == 1 || i == 2;
		if (strcmp(verb, verbs_of_staff[i]) == 0 && request->word_count == 2 &&
		    (!takes_role || request->role != NULL)) {
			return change_staff(request, verb, request->words[1]);
		}
	}
	complain_about("staff is list, add, grant, revoke, retire or password; see `berth help staff`");
	return EXIT_USAGE;
}
