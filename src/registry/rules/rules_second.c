/* rules_second.c - rules P8 and P9: a second port for a service that has one, and the rendezvous that is
 * offered instead.
 *
 * "For applications or services that offer multiple functions it is usually possible to use one port as a multiplexer
 * or rendezvous service": the help is a piece of berthd.conf(5) that does so under the port that is there. */
#include <string.h>
#include <strings.h>

#include "registry/rules/rules_words.h"

enum { STEM_MIN = 4, NAME_SIZE = 64 };

struct second {
	struct rules_check *check;
	struct view_row row;
	bool is_found;
};

/* ---- the rendezvous ---- */

static const char *function_section(struct rules_check *check, const char *name)
{
	return rules_text(check, "[function %s]\nhandover = spawn\ncommand = /usr/local/bin/%s\n", name, name);
}

/* A name that a function can have: old ones are spelled as today. */
static const char *function_name(struct rules_check *check, const char *name)
{
	char buffer[NAME_SIZE];
	bool is_right = entry_well_formed(name, buffer, sizeof(buffer)) && strcasecmp(buffer, "help") != 0;

	return is_right ? rules_text(check, "%s", buffer) : "second";
}

static const char *rendezvous_at(struct rules_check *check, const char *existing, int port)
{
	const char *own = function_name(check, check->name);
	bool is_same = rules_same_name(existing, own);
	/* The same name twice: what the second port was for becomes a function with a name of its own. */
	const char *second = is_same ? "second" : own;

	return rules_text(
		check,
		"One port is enough: callers name the function they want. In berthd.conf(5), under port %d:\n\n"
		"[listen %s]\naddress = 0.0.0.0:%d, [::]:%d\nfunctions = %s, %s\n\n%s\n%s",
		port, existing, port, port, existing, second, function_section(check, existing),
		function_section(check, second));
}

static const char *rendezvous(struct rules_check *check, const struct view_row *row_or_null)
{
	if (row_or_null != NULL) {
		return rendezvous_at(check, function_name(check, row_or_null->columns[ENTRY_NAME]), row_or_null->lo);
	}
	return rules_text(check, "One port is enough: callers name the function they want. In berthd.conf(5):\n\n%s",
			  function_section(check, function_name(check, check->name)));
}

/* ---- P9: the same name at another number ---- */

static bool take_elsewhere(const struct view_row *row, uint32_t index, void *context)
{
	struct second *second = context;
	int port = second->check->port;

	(void)index;
	second->is_found = row->lo != ENTRY_NO_PORT && row->status == ENTRY_ASSIGNED &&
			   (port < row->lo || port > row->hi) && rules_seems_holder(second->check, row);
	second->row = *row;
	return !second->is_found;
}

/* The IESG allows an additional user port for what needs privilege now; nothing else keeps its name at a second one. */
static bool is_allowed_twice(const struct rules_check *check)
{
	return check->form->kind == FORM_RELOCATION || check->form->kind == FORM_TRANSPORT;
}

static bool find_same_name(struct rules_check *check)
{
	struct second second = { .check = check };

	view_named(check->context->view, check->name, take_elsewhere, &second);
	if (second.is_found) {
		rules_find(check, "P9", "short", rendezvous(check, &second.row), "\"%s\" has a port: %s",
			   rules_quoted(check, check->name), rules_row(check, &second.row));
	}
	return second.is_found;
}

/* ---- P8: the same service, as far as one can see ---- */

/* "exfiles" and "exfiles-admin", "exfiles" and "exfiled". */
static bool is_alike(const char *a, const char *b)
{
	size_t same = 0;

	while (a[same] != '\0' && strncasecmp(a, b, same + 1) == 0) {
		same++;
	}
	bool is_part = (a[same] == '\0' || a[same] == '-') && (b[same] == '\0' || b[same] == '-');
	return same > 0 && (is_part || (same >= STEM_MIN && same * 4 >= strlen(a) * 3));
}

static bool find_alike(struct rules_check *check, struct view_row *ret_row)
{
	const struct view *view = check->context->view;

	for (uint32_t i = 0; view_row(view, i, ret_row); i++) {
		if (ret_row->status == ENTRY_ASSIGNED && ret_row->lo != ENTRY_NO_PORT && ret_row->lo != check->port &&
		    is_alike(ret_row->columns[ENTRY_NAME], check->name) && rules_seems_holder(check, ret_row)) {
			return true;
		}
	}
	return false;
}

static const char *find_saying(struct rules_check *check, const char **ret_key)
{
	static const char *const keys[] = {
		"functions", "why-not-dynamic", "why-not-user", "other", "notes", "differs"
	};
	static const char *const phrases[] = {
		"second port", "additional port", "another port", "separate port", "one more port",
		"two ports",   "further port",	  "own port",	  "several ports", "second user port",
		NULL
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *found = answer_says(check, rules_words(check, keys[i]), phrases);
		if (found != NULL) {
			*ret_key = keys[i];
			return found;
		}
	}
	return NULL;
}

static void check_alike(struct rules_check *check)
{
	struct view_row row;
	const char *key;
	bool has_row = check->context->view != NULL && check->name[0] != '\0' && find_alike(check, &row);
	const char *said = find_saying(check, &key);

	if (has_row) {
		rules_find(check, "P8", "short", rendezvous(check, &row), "second port for one service? %s",
			   rules_row(check, &row));
	} else if (said != NULL) {
		rules_find(check, "P8", key, rendezvous(check, NULL), "second port for one service? It says \"%s\"",
			   said);
	}
}

void rules_check_second(struct rules_check *check)
{
	if (!rules_wants_port(check) || is_allowed_twice(check)) {
		return;
	}
	if (check->context->view == NULL || check->name[0] == '\0' || !find_same_name(check)) {
		check_alike(check);
	}
}
