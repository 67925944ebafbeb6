/* xml_element.h - where the reader of XML stands, and what an element of IANA's says as text.  For the other files of
 * the reader. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "registry/records/rows.h"
#include "registry/records/xml_text.h"

#define IANA_NAMESPACE "http://www.iana.org/assignments"

struct _xmlTextReader; /* libxml2's xmlTextReader */

struct xml_source {
	struct _xmlTextReader *reader;
	struct complaint *complaint;
	size_t record; /* the number of the record that is read; 0: none */
	bool failed;   /* the complaint tells libxml2's first error */
	bool no_memory;
};

/* What stands before the complaint's sentence: record and line. */
int xml_complain(struct xml_source *source, const char *part, const char *fault);

/* Goes to the next node: 1, 0 at the end of the document, or a negative errno. */
int xml_next(struct xml_source *source);
/* Likewise within the element that stands at `depth`: 0 at its end. */
int xml_next_within(struct xml_source *source, int depth);

bool xml_is_element(const struct xml_source *source);
/* An element of IANA's namespace with this name. */
bool xml_is(const struct xml_source *source, const char *name);
const char *xml_local_name(const struct xml_source *source);

/* An attribute's value, borrowed until the next call, or NULL. */
const char *xml_attribute(const struct xml_source *source, const char *name);
bool xml_attribute_is(const struct xml_source *source, const char *name, const char *value);
/* Put behind the text; nothing when there is none. */
int xml_put_attribute(struct xml_source *source, const char *name, struct xml_text *text);

/* The text of the element, and of all within, put behind `text` (`part` is its name in complaints): references as
 * [RFC6335], white space settled unless xml:space="preserve". */
int xml_put_element(struct xml_source *source, const char *part, struct xml_text *text);
/* An xref as the CSV has it: [RFC6335], [Jon_Postel]. */
int xml_put_reference(struct xml_source *source, const char *part, struct xml_text *text);
