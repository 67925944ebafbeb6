/* tree.c - reads a description: text in, linked tree and report out.  Called by everything that needs one.
 *
 * Reads no files and looks at nothing but the text. */
#include "description/language/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/language/parse.h"
#include "description/language/resolve.h"

static const char *const kind_words[] = {
	[KIND_REQUEST] = "request",	[KIND_REPLY] = "reply",	  [KIND_CANCEL] = "cancel",
	[KIND_INTERRUPT] = "interrupt", [KIND_NOTICE] = "notice", [KIND_DATA] = "data",
};

static const char *const role_words[] = { [ROLE_CLIENT] = "client", [ROLE_SERVER] = "server" };

const char *message_kind_word(enum message_kind kind)
{
	return kind_words[kind];
}

const char *role_word(enum role role)
{
	return role_words[role];
}

const struct entry *entry_find(const struct entry *entries, const char *key)
{
	while (entries != NULL && strcmp(entries->key, key) != 0) {
		entries = entries->next;
	}
	return entries;
}

/* True if one of the rules lets the client begin with the message. */
static bool starts_with(const struct rule *rule, const struct message *message)
{
	while (rule != NULL && (rule->kind != RULE_MESSAGE || rule->message != message || rule->late)) {
		rule = rule->next;
	}
	return rule != NULL;
}

bool message_is_first(const struct protocol *protocol, const struct message *message)
{
	if (message->role != ROLE_CLIENT) {
		return false;
	}
	if (!protocol->has_sequences || starts_with(protocol->always, message)) {
		return true;
	}
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		if (state->start && starts_with(state->rules, message)) {
			return true;
		}
	}
	return false;
}

struct tree *tree_destroy(struct tree *tree)
{
	if (tree != NULL) {
		arena_finish(&tree->arena);
		free(tree);
	}
	return NULL;
}

/* Copies name and text into `arena`. */
static int copy_source(struct arena *arena, const char *name, const char *text, size_t size, struct source *ret_source)
{
	char *name_copy = arena_text(arena, name, strlen(name));
	char *text_copy = arena_text(arena, text, size);

	if (name_copy == NULL || text_copy == NULL) {
		return -ENOMEM;
	}
	*ret_source = (struct source){ .name = name_copy, .text = text_copy, .size = size };
	return 0;
}

static int read_text(struct tree *tree, struct report *report)
{
	struct parser parser;

	parse_init(&parser, tree, report);
	parse_file(&parser);
	int r = parser.error;
	if (r == 0) {
		r = resolve_tree(tree, report, &parser.damaged);
	}
	parse_finish(&parser);
	return r;
}

/* Findings of a tree that is given up get a source of the report's own. */
static void keep_source(struct report *report, const struct source *source)
{
	struct source *copy = arena_take(&report->arena, sizeof(*copy));

	if (copy == NULL || copy_source(&report->arena, source->name, source->text, source->size, copy) < 0) {
		report->no_memory = true;
		copy = NULL;
	}
	for (struct finding *finding = report->first; finding != NULL; finding = finding->next) {
		finding->source = finding->source == source ? copy : finding->source;
	}
}

int tree_read(const char *name, const char *text, size_t size, struct report *report, struct tree **ret_tree)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	bool too_large = size > SOURCE_SIZE_MAX;
	int r = tree == NULL ? -ENOMEM : copy_source(&tree->arena, name, text, too_large ? 0 : size, &tree->source);

	if (r < 0) {
		goto destroy_tree;
	}
	if (too_large) {
		report_add(report, &tree->source, FINDING_ERROR, "syntax", (struct place){ 0 }, NULL, "divide the file",
			   "a file has at most %d octets", SOURCE_SIZE_MAX);
		r = -E2BIG;
	} else {
		r = read_text(tree, report);
	}
	if (r < 0) {
		keep_source(report, &tree->source);
		goto destroy_tree;
	}
	*ret_tree = tree;
	return 0;
destroy_tree:
	(void)tree_destroy(tree);
	return r;
}
