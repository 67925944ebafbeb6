/* application.c - the questions of the application forms.  Read by the examiner, the printed form and the registry. */
#include "description/language/application.h"

#include <string.h>

#define N NEED_NEVER
#define O NEED_OPTIONAL
#define R NEED_REQUIRED
#define D NEED_OVER_DCCP
#define U NEED_OVER_UDP
#define S NEED_OVER_SEVERAL

/* In the order of enum application_kind: user, system, relocation, name, service code; then of what is assigned
 * already: modification, transport, release, revocation, renewal. */
#define NEEDS(user, system, relocation, name, code, modification, transport, release, revocation, renewal)             \
	{                                                                                                              \
		[APPLICATION_USER] = (user), [APPLICATION_SYSTEM] = (system), [APPLICATION_RELOCATION] = (relocation), \
		[APPLICATION_NAME] = (name), [APPLICATION_SERVICE_CODE] = (code),                                      \
		[APPLICATION_MODIFICATION] = (modification), [APPLICATION_TRANSPORT] = (transport),                    \
		[APPLICATION_RELEASE] = (release), [APPLICATION_REVOCATION] = (revocation),                            \
		[APPLICATION_RENEWAL] = (renewal),                                                                     \
	}

const struct question questions[] = {
	{ "applicant", 0, false, ANSWER_IS_PERSON, NEEDS(R, R, R, R, R, R, R, R, R, R), "Your Name, Your E-mail",
	  "\"Ada Example\" \"ada@example.org\"" },
	{ "assignee", 0, false, ANSWER_IS_PERSON, NEEDS(O, O, O, O, O, N, N, N, N, N), "Assignee (else the applicant)",
	  "\"Example Society\" \"ports@example.org\"" },
	{ "contact", 0, false, ANSWER_IS_PERSON, NEEDS(O, O, O, O, O, N, N, N, N, N), "Contact (else the assignee)",
	  "\"Ada Example\" \"ada@example.org\"" },
	{ "about", 0, false, ANSWER_IS_TEXT, NEEDS(N, N, N, N, N, R, R, R, R, R),
	  "What does this concern: which port number and transport, or which service name?", "\"5254/tcp\"" },
	{ "transport", 1, true, ANSWER_IS_TRANSPORTS, NEEDS(R, R, R, R, O, N, R, N, N, N),
	  "What is the protocol-number between the user machine and the server machine?", "tcp" },
	{ "formats", 2, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O, O, N, O, N, N, N),
	  "What message formats are used? [" HINT_FORMATS "]", "described" },
	{ "types", 3, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O, O, N, O, N, N, N),
	  "What message types are used? [" HINT_TYPES "]", "described" },
	{ "opcodes", 4, false, ANSWER_IS_OPCODES, NEEDS(R, R, R, O, O, N, O, N, N, N),
	  "What message op codes are used? [" HINT_OPCODES "]", "described" },
	{ "sequences", 5, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O, O, N, O, N, N, N),
	  "What message sequences are used? [" HINT_SEQUENCES "]", "described" },
	{ "functions", 6, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O, O, N, O, N, N, N),
	  "What functions are performed by this protocol?", "described" },
	{ "broadcast", 7, true, ANSWER_IS_NO_OR_TEXT, NEEDS(R, R, R, R, O, N, R, N, N, N),
	  "Is either broadcast or multicast used? If yes, how and what for?", "no" },
	{ "reference", 8, true, ANSWER_IS_TEXT, NEEDS(R, R, R, R, O, O, O, N, N, O),
	  "Please give us a pointer to your documentation for the {port}.", "\"https://example.org/example.txt\"" },
	{ "title", 9, true, ANSWER_IS_TEXT, NEEDS(R, R, R, R, R, O, O, N, N, N),
	  "What is the proposed name of the {port}? (For example: Example System Port)", "\"Example file service\"" },
	{ "short", 10, true, ANSWER_IS_TEXT, NEEDS(R, R, R, R, N, O, O, N, N, N),
	  "What SHORT name (14 CHARACTER MAXIMUM) do you want associated with this port number? (For example: "
	  "example-port)",
	  "\"example-port\"" },
	{ "description", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, O, O, N, N, N),
	  "Description (else the proposed name)", "\"Files by name\"" },
	{ "port", 0, false, ANSWER_IS_PORT, NEEDS(O, O, O, N, N, N, N, N, N, N),
	  "Port Number (any: the registrar chooses)", "any" },
	{ "service-code", 0, false, ANSWER_IS_SERVICE_CODE, NEEDS(D, D, D, D, R, N, D, N, N, N), "Service Code",
	  "\"SC:fdpz\"" },
	{ "specification", 0, false, ANSWER_IS_DOCUMENT, NEEDS(R, R, R, R, O, O, O, N, N, N),
	  "What kind of document is the documentation: rfc, draft, document, proprietary?", "document" },
	{ "why-not-dynamic", 0, false, ANSWER_IS_TEXT, NEEDS(R, R, R, N, N, N, N, N, N, N),
	  "Why does a port of the range 49152-65535 not do?", "\"Clients call before any other service is up.\"" },
	{ "why-not-user", 0, false, ANSWER_IS_TEXT, NEEDS(N, R, N, N, N, N, N, N, N, N),
	  "Why does a port of the range 1024-49151 not do?",
	  "\"The server must be known to be run by the machine's owner.\"" },
	{ "why-reserved", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, N, N, N, N, N, N, N),
	  "Why this number, if it is a reserved one?", "\"It was ours until 2020, and clients still call it.\"" },
	{ "relocates", 0, false, ANSWER_IS_ASSIGNMENT, NEEDS(N, N, R, N, N, N, N, N, N, N),
	  "Which assignment needs privilege for its port now?", "69 tftp" },
	{ "unauthorized-use", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, O, O, N, N, N), "Known Unauthorized Uses",
	  "\"none\"" },
	{ "notes", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, O, O, N, N, N), "Assignment Notes", "\"none\"" },
	{ "anycast", 0, false, ANSWER_IS_NO_OR_TEXT, NEEDS(O, O, O, O, N, N, O, N, N, N),
	  "Is anycast used? If yes, how and what for?", "no" },
	{ "congestion", 0, false, ANSWER_IS_TEXT, NEEDS(U, U, U, O, N, N, U, N, N, N),
	  "Over UDP: how is traffic limited, and how does it react to congestion?",
	  "\"One datagram is under way at a time.\"" },
	{ "discovery-only", 0, false, ANSWER_IS_YES_OR_NO, NEEDS(U, U, U, O, N, N, U, N, N, N),
	  "Over UDP: is the {port} used solely for discovery of hosts?", "no" },
	{ "sctp-twin", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, N, N, O, N, N, N),
	  "Over SCTP: which name and number has the service over TCP or UDP?", "\"none\"" },
	{ "sctp-why", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, N, N, O, N, N, N),
	  "Over SCTP: for which of its capabilities would a user choose it?",
	  "\"Streams that do not wait for each other.\"" },
	{ "versioning", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, N, O, N, N, N),
	  "How does the protocol support versions?", "\"By op codes.\"" },
	{ "security", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, N, O, N, N, N),
	  "How does the protocol support security?", "\"TLS 1.3.\"" },
	{ "development", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, N, O, N, N, N),
	  "What is the state of development?", "\"Two implementations.\"" },
	{ "other", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O, O, N, O, N, N, N),
	  "How does it differ from assigned services?", "\"It keeps versions.\"" },
	{ "differs", 0, false, ANSWER_IS_TEXT, NEEDS(S, S, S, O, N, N, R, N, N, N),
	  "Over more than one transport: how does the protocol differ over each?", "\"Not at all.\"" },
	{ "txt-keys", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, R, N, O, O, N, N, N),
	  "Which TXT keys are defined (RFC 6763 section 6)?", "\"none\"" },
	{ "confidential", 0, false, ANSWER_IS_NO_OR_TEXT, NEEDS(O, N, O, N, N, N, N, N, N, N),
	  "Is part of the answers or of the documentation confidential? If yes, which, and until when?", "no" },
	{ "change", 0, false, ANSWER_IS_TEXT, NEEDS(N, N, N, N, N, R, N, N, N, N), "What shall change?",
	  "\"The contact leaves us at the end of the year.\"" },
	{ "new-assignee", 0, false, ANSWER_IS_PERSON, NEEDS(N, N, N, N, N, O, N, N, N, N),
	  "New assignee, if that changes", "\"Example Society\" \"ports@example.org\"" },
	{ "new-contact", 0, false, ANSWER_IS_PERSON, NEEDS(N, N, N, N, N, O, N, N, N, N),
	  "New contact, if that changes", "\"Bo Example\" \"bo@example.org\"" },
	{ "impact", 0, false, ANSWER_IS_TEXT, NEEDS(N, N, N, N, N, R, N, O, O, N), "Whom does it affect, and how?",
	  "\"Nobody: the number and the name stay.\"" },
	{ "evidence", 0, false, ANSWER_IS_TEXT, NEEDS(N, N, N, N, N, N, N, O, R, N),
	  "What shows that the assignment is not in use, or that the need for it outweighs its use?",
	  "\"No product with it has been sold since 2009.\"" },
	{ "reason", 0, false, ANSWER_IS_TEXT, NEEDS(N, N, N, N, N, R, O, R, R, R), "What is the reason?",
	  "\"The service was given up.\"" },
	{ .key = NULL },
};

const struct question *question_find(const char *key)
{
	for (const struct question *question = questions; question->key != NULL; question++) {
		if (strcmp(question->key, key) == 0) {
			return question;
		}
	}
	return NULL;
}

void question_put(const struct question *question, enum application_kind kind, struct text *text)
{
	static const char mark[] = "{port}";
	static const char *const ports[] = {
		[APPLICATION_USER] = "user port number",       [APPLICATION_SYSTEM] = "system port number",
		[APPLICATION_RELOCATION] = "user port number", [APPLICATION_NAME] = "service name",
		[APPLICATION_SERVICE_CODE] = "service code",   [APPLICATION_MODIFICATION] = "assignment",
		[APPLICATION_TRANSPORT] = "port number",       [APPLICATION_RELEASE] = "assignment",
		[APPLICATION_REVOCATION] = "assignment",       [APPLICATION_RENEWAL] = "assignment",
	};
	const char *found = strstr(question->text, mark);

	if (found == NULL) {
		text_put(text, question->text);
		return;
	}
	text_put_bytes(text, question->text, (size_t)(found - question->text));
	text_put(text, ports[kind]);
	text_put(text, found + strlen(mark));
}

const char *application_kind_word(enum application_kind kind)
{
	static const char *const words[] = {
		[APPLICATION_USER] = "user",
		[APPLICATION_SYSTEM] = "system",
		[APPLICATION_RELOCATION] = "relocation",
		[APPLICATION_NAME] = "name",
		[APPLICATION_SERVICE_CODE] = "service-code",
		[APPLICATION_MODIFICATION] = "modification",
		[APPLICATION_TRANSPORT] = "transport",
		[APPLICATION_RELEASE] = "release",
		[APPLICATION_REVOCATION] = "revocation",
		[APPLICATION_RENEWAL] = "renewal",
	};

	return words[kind];
}

const char *application_title(enum application_kind kind)
{
	static const char *const titles[] = {
		[APPLICATION_USER] = "Application for User (Registered) Port Number",
		[APPLICATION_SYSTEM] = "Application for System (Well-Known) Port Number",
		[APPLICATION_RELOCATION] =
			"Application for User (Registered) Port Number, beside one that needs privilege",
		[APPLICATION_NAME] = "Application for Service Name",
		[APPLICATION_SERVICE_CODE] = "Application for Service Code of DCCP",
		[APPLICATION_MODIFICATION] = "Application for Modification of an Assignment",
		[APPLICATION_TRANSPORT] = "Application for One More Transport of an Assignment",
		[APPLICATION_RELEASE] = "Application for Release of an Assignment",
		[APPLICATION_REVOCATION] = "Application for Revocation of an Assignment",
		[APPLICATION_RENEWAL] = "Application for Renewal of a Temporary Assignment",
	};

	return titles[kind];
}

const struct entry *application_answer(const struct application *application, const struct protocol *protocol,
				       const struct question *question)
{
	const struct entry *answer = entry_find(application->entries, question->key);

	if (answer != NULL || protocol == NULL || !question->is_header) {
		return answer;
	}
	return entry_find(protocol->headers, question->key);
}

unsigned entry_transports(const struct entry *entry)
{
	static const char *const words[] = { "tcp", "udp", "sctp", "dccp" };
	unsigned transports = 0;

	for (const struct answer *answer = entry->answers; answer != NULL; answer = answer->next) {
		for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (answer->kind == ANSWER_NAME && strcmp((const char *)answer->text.start, words[i]) == 0) {
				transports |= 1U << i;
			}
		}
	}
	return transports;
}

bool protocol_describes(const struct protocol *protocol, const char *key)
{
	const struct {
		const char *key;
		bool described;
	} sections[] = {
		{ "formats", protocol->formats != NULL || protocol->messages != NULL },
		{ "types", protocol->messages != NULL },
		{ "opcodes", protocol->code_sets != NULL },
		{ "sequences", protocol->has_sequences },
		{ "functions", protocol->functions != NULL },
	};

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strcmp(sections[i].key, key) == 0) {
			return sections[i].described;
		}
	}
	return false;
}
