/* xml_parts.h - the parts of IANA's document: records, people, and the frame around them.  For xml.c and
 * xml_write.c. */
#pragma once

#include "registry/records/rows.h"
#include "registry/records/xml_element.h"

/* 0, or -EBADMSG with a complaint when parsing would cost more than the octets are worth. */
int xml_check_limits(const char *octets, size_t size, struct complaint *ret_complaint);

/* ---- one record ---- */

struct xml_record {
	struct xml_text columns[ENTRY_COLUMNS];
};

void xml_record_init(struct xml_record *record);
void xml_record_finish(struct xml_record *record);
/* The reader stands at a <record>; afterwards at its end.  The texts are copied into the arena. */
int xml_record_read(struct xml_source *source, struct xml_record *record, struct arena *arena, struct entry *ret_entry);

/* ---- people ---- */

struct xml_people {
	struct entry_person *people; /* from malloc; texts in the arena */
	size_t count;
	size_t capacity;
};

/* The reader stands at <people>.  A person's name has the organisation in a second line; several addresses likewise. */
int xml_people_read(struct xml_source *source, struct arena *arena, struct xml_people *people);
/* By id, octet by octet. */
void xml_people_sort(struct xml_people *people);

/* ---- the frame ---- */

/* The document without its records, people and day: where these go, a line says so. */
#define FRAME_UPDATED "<?updated?>\n"
#define FRAME_RECORDS "<?records?>\n"
#define FRAME_PEOPLE "<?people?>\n"
#define FRAME_ROOT "<registry xmlns=\"" IANA_NAMESPACE "\""

struct xml_frame {
	struct xml_text text;
	bool has_updated, has_records, has_people;
};

/* At the instructions before the root, at the root, at any other element of the document, and at the end. */
int xml_frame_instruction(struct xml_source *source, struct xml_frame *frame);
int xml_frame_root(struct xml_source *source, struct xml_frame *frame);
int xml_frame_element(struct xml_source *source, struct xml_frame *frame);
int xml_frame_end(struct xml_frame *frame);
/* Here they stand.  Once each counts. */
int xml_frame_updated(struct xml_frame *frame);
int xml_frame_records(struct xml_frame *frame);
int xml_frame_people(struct xml_frame *frame);
