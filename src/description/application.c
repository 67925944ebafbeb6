/* application.c - the questions of the application forms.  Read by the examiner, the printed form and the registry. */
#include "description/application.h"

#include <string.h>

#define O NEED_OPTIONAL
#define R NEED_REQUIRED
#define N NEED_NEVER
#define NEEDS(user, system, relocation, name)                                                                          \
	{                                                                                                              \
		[APPLICATION_USER] = (user), [APPLICATION_SYSTEM] = (system), [APPLICATION_RELOCATION] = (relocation), \
		[APPLICATION_NAME] = (name),                                                                           \
	}

const struct question questions[] = {
	{ "applicant", 0, false, ANSWER_IS_PERSON, NEEDS(R, R, R, R), "Your Name, Your E-mail",
	  "\"Ada Example\" \"ada@example.org\"" },
	{ "assignee", 0, false, ANSWER_IS_PERSON, NEEDS(O, O, O, O), "Assignee (else the applicant)",
	  "\"Example Society\" \"ports@example.org\"" },
	{ "contact", 0, false, ANSWER_IS_PERSON, NEEDS(O, O, O, O), "Contact (else the assignee)",
	  "\"Ada Example\" \"ada@example.org\"" },
	{ "transport", 1, true, ANSWER_IS_TRANSPORTS, NEEDS(R, R, R, R),
	  "What is the protocol-number between the user machine and the server machine?", "tcp" },
	{ "formats", 2, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O),
	  "What message formats are used? [The sequence of fields in a message. For example, length, opcode, argument, "
	  "filename, null.]",
	  "described" },
	{ "types", 3, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O),
	  "What message types are used? [The kinds of messages in the protocol. For example, request, reply, cancel, "
	  "interrupt.]",
	  "described" },
	{ "opcodes", 4, false, ANSWER_IS_OPCODES, NEEDS(R, R, R, O),
	  "What message op codes are used? [The operation codes in the protocol. For example, read, write, delete, "
	  "restore.]",
	  "described" },
	{ "sequences", 5, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O),
	  "What message sequences are used? [The allowed sequences of messages. For example, a client sends a request "
	  "and must wait for a reply from the server, except it can send a cancel.]",
	  "described" },
	{ "functions", 6, false, ANSWER_IS_SECTION, NEEDS(R, R, R, O), "What functions are performed by this protocol?",
	  "described" },
	{ "broadcast", 7, true, ANSWER_IS_NO_OR_TEXT, NEEDS(R, R, R, R),
	  "Is either broadcast or multicast used? If yes, how and what for?", "no" },
	{ "reference", 8, true, ANSWER_IS_TEXT, NEEDS(R, R, R, R),
	  "Please give us a pointer to your documentation for the {port}.", "\"https://example.org/example.txt\"" },
	{ "title", 9, true, ANSWER_IS_TEXT, NEEDS(R, R, R, R),
	  "What is the proposed name of the {port}? (For example: Example System Port)", "\"Example file service\"" },
	{ "short", 10, true, ANSWER_IS_TEXT, NEEDS(R, R, R, R),
	  "What SHORT name (14 CHARACTER MAXIMUM) do you want associated with this port number? (For example: "
	  "example-port)",
	  "\"example-port\"" },
	{ "description", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "Description (else the proposed name)",
	  "\"Files by name\"" },
	{ "port", 0, false, ANSWER_IS_PORT, NEEDS(O, O, O, N), "Port Number (any: the registrar chooses)", "any" },
	{ "service-code", 0, false, ANSWER_IS_SERVICE_CODE,
	  NEEDS(NEED_OVER_DCCP, NEED_OVER_DCCP, NEED_OVER_DCCP, NEED_OVER_DCCP), "Service Code", "\"SC:fdpz\"" },
	{ "specification", 0, false, ANSWER_IS_DOCUMENT, NEEDS(R, R, R, R),
	  "What kind of document is the documentation: rfc, draft, document, proprietary?", "document" },
	{ "why-not-dynamic", 0, false, ANSWER_IS_TEXT, NEEDS(R, R, R, N),
	  "Why does a port of the range 49152-65535 not do?", "\"Clients call before any other service is up.\"" },
	{ "why-not-user", 0, false, ANSWER_IS_TEXT, NEEDS(N, R, N, N),
	  "Why does a port of the range 1024-49151 not do?",
	  "\"The server must be known to be run by the machine's owner.\"" },
	{ "relocates", 0, false, ANSWER_IS_ASSIGNMENT, NEEDS(N, N, R, N),
	  "Which assignment needs privilege for its port now?", "69 tftp" },
	{ "unauthorized-use", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "Known Unauthorized Uses", "\"none\"" },
	{ "notes", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "Assignment Notes", "\"none\"" },
	{ "congestion", 0, false, ANSWER_IS_TEXT, NEEDS(NEED_OVER_UDP, NEED_OVER_UDP, NEED_OVER_UDP, O),
	  "Over UDP: how is traffic limited, and how does it react to congestion?",
	  "\"One datagram is under way at a time.\"" },
	{ "discovery-only", 0, false, ANSWER_IS_YES_OR_NO, NEEDS(NEED_OVER_UDP, NEED_OVER_UDP, NEED_OVER_UDP, O),
	  "Over UDP: is the {port} used solely for discovery of hosts?", "no" },
	{ "versioning", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "How does the protocol support versions?",
	  "\"By op codes.\"" },
	{ "security", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "How does the protocol support security?",
	  "\"TLS 1.3.\"" },
	{ "development", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "What is the state of development?",
	  "\"Two implementations.\"" },
	{ "other", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, O), "How does it differ from assigned services?",
	  "\"It keeps versions.\"" },
	{ "differs", 0, false, ANSWER_IS_TEXT, NEEDS(NEED_OVER_SEVERAL, NEED_OVER_SEVERAL, NEED_OVER_SEVERAL, O),
	  "Over more than one transport: how does the protocol differ over each?", "\"Not at all.\"" },
	{ "txt-keys", 0, false, ANSWER_IS_TEXT, NEEDS(O, O, O, R), "Which TXT keys are defined (RFC 6763 section 6)?",
	  "\"none\"" },
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
		[APPLICATION_USER] = "user port number",
		[APPLICATION_SYSTEM] = "system port number",
		[APPLICATION_RELOCATION] = "user port number",
		[APPLICATION_NAME] = "service name",
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
	};

	return words[kind];
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
