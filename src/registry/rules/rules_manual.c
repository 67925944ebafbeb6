/* rules_manual.c - berth-rules(7) in scdoc's language, made from the table so that both say the same.  Called by
 * tests/unit/test_rules_manual.c, which holds the page against it or writes it anew; never at run time. */
#include <errno.h>
#include <string.h>

#include "registry/rules/rules.h"

struct group {
	char letter;
	const char *title;
	const char *words;
};

static const struct group groups[] = {
	{ 'F', "THE FORM", "What the two forms of 2004 and RFC 6335 ask for." },
	{ 'N', "NAMES", "Short names are service names, in the syntax of RFC 6335." },
	{ 'P', "NUMBERS", "Which number, and how many." },
	{ 'T', "TRANSPORTS", "A number is assigned for each transport by itself." },
	{ 'D', "SERVICE CODES", "What DCCP needs beside a port." },
	{ 'J', "REASONS", "Why there should be a port at all, and what documents it." },
};

static const char head[] =
	"berth-rules(7)\n\n# NAME\n\nberth-rules - the rules by which applications for ports and names are "
	"examined\n\n"
	"# DESCRIPTION\n\n"
	"*berth check*, *berth apply* and the pages of a registry hold an application against these rules "
	"before it is sent, "
	"and the examiner sees the same report. A refusal names rules. Each rule has a level:\n\n"
	"*refuse*\n\tThe application goes back to the applicant.\n\n"
	"*warn*\n\tThe examiner is told; a warning refuses nothing.\n\n"
	"*human*\n\tA person must record a finding before anything is assigned.\n\n"
	"*automatic*\n\tThe registry does it by itself; nobody has to look.\n\n"
	"What the description of a protocol breaks stands in the same report, with the ids of *berth-language*(5).\n";

static const char foot[] = "\n# SEE ALSO\n\n*berth*(1), *berth-registry*(8), *berth-language*(5), *berthd.conf*(5)\n";

/* What means something to scdoc is text here. */
static void put_text(const char *text, FILE *stream)
{
	for (; *text != '\0'; text++) {
		if (strchr("*_\\`<#", *text) != NULL) {
			(void)fputc('\\', stream);
		}
		(void)fputc(*text, stream);
	}
}

static void put_rule(const struct rule *rule, FILE *stream)
{
	(void)fprintf(stream, "\n*%s* (%s)\n\t", rule->id, rule_level_name(rule->level));
	put_text(rule->text, stream);
	(void)fputs(" [", stream);
	put_text(rule->source, stream);
	(void)fputs("]\n", stream);
}

int rules_write_manual(FILE *stream)
{
	(void)fputs(head, stream);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		(void)fprintf(stream, "\n# %s\n\n%s\n", groups[i].title, groups[i].words);
		for (const struct rule *rule = rules; rule->id != NULL; rule++) {
			if (rule->id[0] == groups[i].letter) {
				put_rule(rule, stream);
			}
		}
	}
	(void)fputs(foot, stream);
	return ferror(stream) != 0 ? -EIO : 0;
}
