/* init.c - a registry's first event: its name, IANA's three bands, its first person.  Called by
 * cmd/registry_init.c. */
#include "registry/keep/registry.h"

#include "store/bands.h"
#include "store/settings.h"
#include "store/staff.h"

/* RFC 6335, 6 and 8.1.2: system ports take the board and two people, user ports an expert's word, dynamic ones
 * are never assigned. */
static const struct band bands[] = {
	{ 0, 1023, "system", "system", "board", 0, 2, "refuse" },
	{ 1024, 49151, "user", "user", "registrar", 1, 1, "refuse" },
	{ 49152, 65535, "dynamic", "dynamic", "none", 0, 1, "refuse" },
};

static int put_bands(struct change *change)
{
	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		int r = band_set(change, &bands[i]);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int put_first_person(struct change *change, const char *login)
{
	int64_t staff;
	int r = staff_add(change, login, login, "", &staff);

	if (r == 0) {
		r = staff_grant(change, staff, "administrator", "*");
	}
	return r < 0 ? r : staff_grant(change, staff, "registrar", "*");
}

int registry_init(struct store *store, const char *name, const char *login)
{
	const struct change_by by = { .staff = 1, .act = "init", .subject = "registry" };
	struct change *change = NULL;
	int r = change_begin(store, &by, &change);

	if (r < 0) {
		return r;
	}
	r = setting_put(change, "name", name);
	if (r == 0) {
		r = put_bands(change);
	}
	if (r == 0) {
		r = put_first_person(change, login);
	}
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}
