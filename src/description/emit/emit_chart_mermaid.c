/* emit_chart_mermaid.c - state charts in the language of Mermaid: stateDiagram-v2.  Called by emit_chart.c. */
#include <string.h>

#include "description/emit/emit_chart.h"

/* Characters that end a label or begin markup are written as their codes. */
static void put_mermaid_text(const char *text, FILE *stream)
{
	for (; *text != '\0'; text++) {
		bool is_markup = *text == '<' && text[1] != ' ' && text[1] != '=';
		if (strchr("#;:", *text) != NULL || is_markup) {
			(void)fprintf(stream, "#%d;", *text);
		} else {
			(void)fputc(*text, stream);
		}
	}
}

/* Some names mean something to Mermaid. */
static bool is_mermaid_name(const char *name)
{
	static const char *const taken[] = { "state",	"note",	  "end",   "as",    "class",	"classDef", "direction",
					     "default", "style",  "click", "href",  "hide",	"scale",    "fork",
					     "join",	"choice", "left",  "right", "of",	"TB",	    "BT",
					     "LR",	"RL",	  "title", "root",  "accTitle", "accDescr" };

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (strcasecmp(name, taken[i]) == 0) {
			return false;
		}
	}
	return true;
}

static void put_mermaid_name(const char *name, FILE *stream)
{
	if (name == NULL) {
		(void)fputs("[*]", stream);
		return;
	}
	(void)fprintf(stream, is_mermaid_name(name) ? "%s" : "%s_state", name);
}

static void mermaid_begin(const struct protocol *protocol, FILE *stream)
{
	(void)protocol;
	(void)fputs("stateDiagram-v2\n", stream);
}

static void mermaid_state(const struct state *state, FILE *stream)
{
	if (state->final || !is_mermaid_name(state->name)) {
		(void)fprintf(stream, "    state \"%s%s\" as ", state->name, state->final ? " (may end here)" : "");
		put_mermaid_name(state->name, stream);
		(void)fputc('\n', stream);
	}
}

static void mermaid_opaque(FILE *stream)
{
	(void)fputs("    state \"not inspected further\" as " OPAQUE "\n", stream);
}

static void mermaid_arrow(const char *from, const char *to, const struct rule *rule, const char *label, FILE *stream)
{
	(void)rule;
	(void)fputs("    ", stream);
	put_mermaid_name(from, stream);
	(void)fputs(" --> ", stream);
	put_mermaid_name(to, stream);
	if (label[0] != '\0') {
		(void)fputs(": ", stream);
		put_mermaid_text(label, stream);
	}
	(void)fputc('\n', stream);
}

static void mermaid_note(const char *state, const char *text, FILE *stream)
{
	(void)fputs("    note right of ", stream);
	put_mermaid_name(state, stream);
	(void)fputs("\n        ", stream);
	put_mermaid_text(text, stream);
	(void)fputs("\n    end note\n", stream);
}

static void mermaid_finish(FILE *stream)
{
	(void)stream;
}

const struct chart_language chart_mermaid = {
	mermaid_begin, mermaid_state, mermaid_opaque, mermaid_arrow, mermaid_note, mermaid_finish, " ", false,
};
