/* holder.c - whether an assignee is an organisation (holder.h).  Called by pages that name one. */
#include "web/pages/holder.h"

#include <errno.h>
#include <string.h>

#include "store/snapshots.h"

struct sought {
	const char *id;
	size_t size;
	enum holder_kind kind;
};

static int compare_person(const struct entry_person *person, void *context)
{
	struct sought *sought = context;

	if (strlen(person->id) != sought->size || memcmp(person->id, sought->id, sought->size) != 0) {
		return 0;
	}
	sought->kind = strcmp(person->kind, "org") == 0	     ? HOLDER_ORGANISATION
		       : strcmp(person->kind, "person") == 0 ? HOLDER_PERSON
							     : HOLDER_UNKNOWN;
	return -ECANCELED; /* found */
}

enum holder_kind holder_kind(struct visit *visit, const char *source, const char *assignee)
{
	size_t size = strlen(assignee);
	struct sought sought = { .kind = HOLDER_UNKNOWN };

	/* IANA's rows have an id in brackets, of somebody its XML names. */
	if (size > 2 && assignee[0] == '[' && assignee[size - 1] == ']') {
		sought.id = assignee + 1;
		sought.size = size - 2;
		(void)snapshot_each_person(visit->site->store, source, compare_person, &sought);
	}
	return sought.kind;
}
