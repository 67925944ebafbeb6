/* document.h - what the files say, section by section, before it is given a meaning.
 *
 * Made by lines.c from any number of files, read by settings_fill.c and check*.c.  Keys are known
 * here, values are still text: so sections may stand in any order, and defaults are settled before
 * functions. */
#pragma once

#include <stddef.h>
#include <sys/queue.h>

#include "config/arena.h"
#include "config/settings.h"

struct key; /* keys.h */

enum section_kind { SECTION_BERTHD, SECTION_LISTEN, SECTION_FUNCTION, SECTION_KINDS };

enum { SECTION_LABEL_MAX = 32 };

/* One "key = value". */
struct said {
	const struct key *key;
	const char *value; /* as it was written, quotes included */
	struct place_in_file place;
	bool accepted; /* the value could be read */
	STAILQ_ENTRY(said) link;
};

struct section {
	enum section_kind kind;
	struct name name;	       /* "" for [berthd] */
	char label[SECTION_LABEL_MAX]; /* "[function git]" for complaints */
	struct place_in_file place;
	STAILQ_HEAD(, said) said; /* in the order of the file */
	STAILQ_ENTRY(section) link;
};

struct document {
	struct arena arena; /* holds the sections and what they say */
	struct complaints *complaints;
	STAILQ_HEAD(, section) sections; /* in the order they were read */
	size_t counts[SECTION_KINDS];
	struct section *current; /* NULL before the first section and in one that was refused */
	bool skipping;		 /* the last heading was refused, so what follows is not judged */
};

void document_init(struct document *document, struct complaints *complaints);
void document_finish(struct document *document);

/* A section ends with its file. */
void document_begin_file(struct document *document);

/* A heading, without its brackets.  0 (complaints included) or -ENOMEM. */
int document_heading(struct document *document, const char *title, const struct place_in_file *place);

/* A heading that is none: what follows it is not judged. */
void document_skip(struct document *document);

/* "key = value" of the current section.  0 (complaints included) or -ENOMEM. */
int document_say(struct document *document, const char *name, const char *value, const struct place_in_file *place);

/* What the section says about the key of this name, or NULL. */
struct said *section_find(const struct section *section, const char *key_name);

/* Complains about sections that stand twice, whichever files they are in.  0 or -ENOMEM. */
int document_check_twice(struct document *document);
