/* form_fields.c - the questions of the forms as the registry keeps their answers: who may see each, how long it may be,
 * which column of the entry it becomes.
 *
 * The questions themselves, and which kind of application asks which of them, stand in
 * description/language/application.c alone (form_question.c). */
#include <string.h>

#include "description/language/hints.h"
#include "registry/form/form.h"
#include "store/entry.h"

enum { LINE_OCTETS = 255, WORD_OCTETS = 63, SHORT_TEXT = 4096 };

/* "short" and other words are longer than what is right, so that what is wrong with them is found by its rule, beside
 * everything else; TXT keys are published in the notes. */
const struct form_field form_fields[] = {
	{ "applicant", 0, "Your Name", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "applicant-email", 0, "Your E-mail", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "assignee", 0, "Assignee's name", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_ASSIGNEE, FORM_LINE },
	{ "assignee-email", 0, "Assignee's e-mail", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "contact", 0, "Contact's name", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_CONTACT, FORM_LINE },
	{ "contact-email", 0, "Contact's e-mail", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "about", 0, "What it concerns", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "transport", 1, "Transports", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_TRANSPORT, FORM_TRANSPORTS },
	{ "formats", 2, "Message formats", HINT_FORMATS, FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "types", 3, "Message types", HINT_TYPES, FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "opcodes", 4, "Message op codes", HINT_OPCODES, FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "sequences", 5, "Message sequences", HINT_SEQUENCES, FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "functions", 6, "Functions", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "broadcast", 7, "Broadcast or multicast", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_NO_OR_TEXT },
	{ "reference", 8, "Documentation", "", SHORT_TEXT, FORM_PUBLIC, FORM_PUBLIC, ENTRY_REFERENCE, FORM_TEXT },
	{ "title", 9, "Proposed name", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_DESCRIPTION, FORM_LINE },
	{ "short", 10, "Short name", "", WORD_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_NAME, FORM_LINE },
	{ "description", 0, "Description", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_DESCRIPTION, FORM_LINE },
	{ "port", 0, "Port number", "", WORD_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_PORT, FORM_PORT },
	{ "service-code", 0, "Service code", "", WORD_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_SERVICE_CODE, FORM_LINE },
	{ "specification", 0, "Kind of documentation", "", WORD_OCTETS, FORM_STAFF, FORM_PUBLIC, -1, FORM_DOCUMENT },
	{ "why-not-dynamic", 0, "Why no dynamic port", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "why-not-user", 0, "Why no user port", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "why-reserved", 0, "Why a reserved number", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "relocates", 0, "Assignment that needs privilege", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "unauthorized-use", 0, "Known unauthorized uses", "", SHORT_TEXT, FORM_PUBLIC, FORM_PUBLIC,
	  ENTRY_UNAUTHORIZED, FORM_TEXT },
	{ "notes", 0, "Assignment notes", "", SHORT_TEXT, FORM_PUBLIC, FORM_PUBLIC, ENTRY_NOTES, FORM_TEXT },
	{ "anycast", 0, "Anycast", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_NO_OR_TEXT },
	{ "congestion", 0, "Congestion over UDP", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "discovery-only", 0, "Only discovery over UDP", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_YES_NO },
	{ "sctp-twin", 0, "The same over TCP or UDP", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "sctp-why", 0, "Why SCTP", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "versioning", 0, "Versions", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "security", 0, "Security", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "development", 0, "State of development", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "other", 0, "How it differs from others", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "differs", 0, "Differences between transports", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "txt-keys", 0, "TXT keys", "", SHORT_TEXT, FORM_PUBLIC, FORM_PUBLIC, -1, FORM_TEXT },
	{ "confidential", 0, "Confidential parts", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_NO_OR_TEXT },
	{ "change", 0, "Change", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "new-assignee", 0, "New assignee's name", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_ASSIGNEE,
	  FORM_LINE },
	{ "new-assignee-email", 0, "New assignee's e-mail", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "new-contact", 0, "New contact's name", "", LINE_OCTETS, FORM_PUBLIC, FORM_PUBLIC, ENTRY_CONTACT, FORM_LINE },
	{ "new-contact-email", 0, "New contact's e-mail", "", LINE_OCTETS, FORM_STAFF, FORM_STAFF, -1, FORM_LINE },
	{ "impact", 0, "Impact", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "evidence", 0, "Evidence", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ "reason", 0, "Reason", "", FORM_ANSWER_MAX, FORM_STAFF, FORM_STAFF, -1, FORM_TEXT },
	{ .key = NULL },
};

_Static_assert(sizeof(form_fields) / sizeof(form_fields[0]) - 1 <= FORM_FIELDS_MAX, "a form has room for all fields");

int form_field_find(const char *key)
{
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (strcmp(form_fields[i].key, key) == 0) {
			return i;
		}
	}
	return -1;
}

enum form_visibility form_visibility_of(const struct form_field *field, enum form_kind kind)
{
	return kind == FORM_SYSTEM ? field->visibility_system : field->visibility;
}
