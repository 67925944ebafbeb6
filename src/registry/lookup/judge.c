/* judge.c - what listens somewhere, held against the registry (judge.h).  Called by `berth check --listening`. */
#include "registry/lookup/judge.h"

#include <stdio.h>
#include <string.h>

#include "registry/records/derive.h"

enum { DYNAMIC_FIRST = 49152, ALIKE_MIN = 2 };

struct judging {
	const char *program;
	int transport;
	bool assigned;
	bool alike;
	char *names;
	size_t used;
};

/* "sshd" and "ssh", "postgres" and "postgresql", "dnsmasq" and "domain" not. */
static bool is_alike(const char *program, const char *name)
{
	size_t length = strlen(program);

	if (length > ALIKE_MIN && program[length - 1] == 'd') {
		length--;
	}
	size_t shorter = strlen(name) < length ? strlen(name) : length;
	return shorter >= ALIKE_MIN && strncasecmp(program, name, shorter) == 0;
}

static bool note(const struct view_row *row, uint32_t index, void *context)
{
	struct judging *judging = context;
	const char *name = row->columns[ENTRY_NAME];

	(void)index;
	bool applies = row->transport == ENTRY_TRANSPORT_NONE || row->transport == judging->transport;
	if (row->status != ENTRY_ASSIGNED || !applies || name[0] == '\0') {
		return true;
	}
	judging->assigned = true;
	judging->alike = judging->alike || (judging->program != NULL && is_alike(judging->program, name));
	if (judging->used < JUDGED_NAMES_SIZE) {
		int length = snprintf(judging->names + judging->used, JUDGED_NAMES_SIZE - judging->used, "%s%s",
				      judging->used > 0 ? ", " : "", name);
		judging->used += length > 0 ? (size_t)length : 0;
	}
	return true;
}

enum judgement judge(const struct view *view, int port, int transport, const char *program,
		     char ret_names[static JUDGED_NAMES_SIZE])
{
	struct judging judging = { .program = program, .transport = transport, .names = ret_names };

	ret_names[0] = '\0';
	view_at_port(view, port, 0, note, &judging);
	if (judging.assigned) {
		return judging.alike || program == NULL ? JUDGED_REGISTERED : JUDGED_OTHER_NAME;
	}
	return port >= DYNAMIC_FIRST ? JUDGED_DYNAMIC : JUDGED_UNREGISTERED;
}

const char *judgement_name(enum judgement judgement)
{
	switch (judgement) {
	case JUDGED_OTHER_NAME:
		return "other name";
	case JUDGED_UNREGISTERED:
		return "unregistered";
	case JUDGED_DYNAMIC:
		return "dynamic range";
	case JUDGED_REGISTERED:
	default:
		return "registered";
	}
}
