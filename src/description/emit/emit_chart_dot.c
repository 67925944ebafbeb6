/* emit_chart_dot.c - state charts in the language of Graphviz.  Called by emit_chart.c.
 *
 * Arrows between the same states become one with several lines, because dot(1) lays parallel ones upon each other. */
#include "description/emit/emit_chart.h"

/* A line break ends a line that stands at the left. */
static void put_dot_text(const char *text, FILE *stream)
{
	(void)fputc('"', stream);
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			(void)fputs("\\l", stream);
		} else {
			(void)fprintf(stream, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
		}
	}
	(void)fputc('"', stream);
}

static void put_dot_name(const char *name, const char *otherwise, FILE *stream)
{
	put_dot_text(name != NULL ? name : otherwise, stream);
}

static void dot_begin(const struct protocol *protocol, FILE *stream)
{
	(void)fputs("digraph ", stream);
	put_dot_text(protocol->name, stream);
	(void)fputs(" {\n"
		    "\tnode [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];\n"
		    "\tedge [fontname=\"sans-serif\", fontsize=9];\n"
		    "\t\"(start)\" [shape=point, width=0.15];\n"
		    "\t\"(end)\" [shape=doublecircle, label=\"\", style=filled, fillcolor=black, width=0.12];\n",
		    stream);
}

static void dot_state(const struct state *state, FILE *stream)
{
	(void)fputc('\t', stream);
	put_dot_text(state->name, stream);
	(void)fputs(state->final ? " [peripheries=2];\n" : ";\n", stream);
}

static void dot_opaque(FILE *stream)
{
	(void)fputs("\t\"" OPAQUE "\" [label=\"not inspected\\nfurther\", style=\"rounded,dashed\"];\n", stream);
}

static void dot_arrow(const char *from, const char *to, const struct rule *rule, const char *label, FILE *stream)
{
	(void)fputc('\t', stream);
	put_dot_name(from, "(start)", stream);
	(void)fputs(" -> ", stream);
	put_dot_name(to, "(end)", stream);
	(void)fputs(" [label=", stream);
	put_dot_text(label, stream);
	if (rule != NULL && rule->kind == RULE_AFTER) {
		(void)fputs(", style=dotted", stream);
	} else if (rule != NULL) {
		(void)fprintf(stream, ", color=%s%s", rule->role == ROLE_CLIENT ? "\"#1f4e8c\"" : "\"#a04010\"",
			      rule->late ? ", style=dashed" : "");
	}
	(void)fputs("];\n", stream);
}

static void dot_note(const char *state, const char *text, FILE *stream)
{
	(void)fputs("\t\"(note)\" [shape=note, style=\"\", fontsize=9, label=", stream);
	put_dot_text(text, stream);
	(void)fputs("];\n\t\"(note)\" -> ", stream);
	put_dot_text(state, stream);
	(void)fputs(" [arrowhead=none, style=dotted];\n", stream);
}

static void dot_finish(FILE *stream)
{
	(void)fputs("}\n", stream);
}

const struct chart_language chart_dot = {
	dot_begin, dot_state, dot_opaque, dot_arrow, dot_note, dot_finish, "\n   ", true,
};
