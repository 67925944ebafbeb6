/* test_form_seeds.c - the forms of 2004, sentence by sentence: where each of their sentences, fields, hints, limits,
 * links and notices is in our forms.
 *
 * The two documents are read where they are ($BERTH_SEEDS, or beside the source root); without them the table alone is
 * held against our forms.  A sentence of theirs that the table lacks is a failure: nothing is forgotten. */
#include <ctype.h>
#include <stdbool.h>

#include "form_case.h"
#include "iana_files.h"

enum place {
	INTRODUCTION, /* the words above the form */
	QUESTION,     /* of the field `key` */
	HINT,
	LABEL,
	PRINTED,  /* in the plain-text form */
	NOT_OURS, /* belongs to that page: said in `words` why */
};

struct sentence {
	const char *seed;
	enum place place;
	const char *key;   /* of QUESTION, HINT, LABEL */
	const char *words; /* all of these are there, with '|' between them */
};

#define SEVERAL_FUNCTIONS                                                                                   \
	{                                                                                                   \
		"For applications or services that offer multiple functions it is usually possible to use " \
		"one port as a multiplexer or rendezvous service.",                                         \
			INTRODUCTION, NULL, "several functions|one port|multiplexer or rendezvous"          \
	}

#define FIRST_MESSAGE                                                                                                  \
	{                                                                                                              \
		"That is, the client always initiates the use of a service by contacting the rendezvous port"          \
		" and indicating in its first message which function is needed.",                                      \
			INTRODUCTION, NULL, "client always begins at the rendezvous port|first message|which function" \
	}

#define TWO_WAYS                                                                                            \
	{                                                                                                   \
		"The rendezvous service then either (A) creates (forks, spawns) a process to perform that " \
		"function and passes the connection to it; or (B) dynamically selects a (high-numbered) "   \
		"port and starts a process to perform the function listening on that port and sends a "     \
		"message back to the client telling it to call the new process on that port.",              \
			INTRODUCTION, NULL,                                                                 \
			"either (A)|(forks, spawns) a process|hands the connection over|or (B)|"            \
			"port with a high number|listens there|"                                            \
			"message that tells the client to call the new process on that port"                \
	}

#define COMMENTS                                                                                    \
	{                                                                                           \
		"Please send comments on this web site to: webmaster@iana.org", INTRODUCTION, NULL, \
			"Comments on these forms are welcome"                                       \
	}

#define UPDATED                                                                               \
	{                                                                                     \
		"Page Updated 09-July-2004.", NOT_OURS, NULL, "the day that page was changed" \
	}

#define COPYRIGHT                                                                             \
	{                                                                                     \
		"Copyright © 2004 The Internet Corporation for Assigned Names and Numbers. " \
		"All rights reserved.",                                                       \
			NOT_OURS, NULL, "the owner of that page"                              \
	}

static const struct sentence user[] = {
	{ "The User (Registered) Ports are those from 1024 through 49151.", INTRODUCTION, NULL,
	  "User (registered) ports|from 1024 through 49151" },
	{ "(See http://www.iana.org/assignments/port-numbers.)", INTRODUCTION, NULL,
	  "https://www.iana.org/assignments/service-names-port-numbers" },
	{ "Because of their limited number, registered ports are a scarce resource, "
	  "and therefore IANA must examine each "
	  "application carefully.",
	  INTRODUCTION, NULL, "few of them|scarce|each application is examined with care" },
	{ "At the same time, assignment of a port number does not in any way imply an endorsement of an appliction or "
	  "product, and the fact that network traffic is flowing to or from a registered port does not mean that it is "
	  "\"good\" traffic.",
	  INTRODUCTION, NULL, "no endorsement of an application or product in any way|to or from|\"good\" traffic" },
	{ "Firewall and system administrators should choose how to configure their systems based on their knowledge of "
	  "the traffic in question, and any other relevant criteria.",
	  INTRODUCTION, NULL,
	  "Administrators of firewalls and systems|know about the traffic in question|whatever else" },
	{ "The IANA needs a technical description on your proposed use of a user port number.", INTRODUCTION, NULL,
	  "needs a technical description|how the port is to be used" },
	{ "We require enough detail to understand how your application uses the network.", INTRODUCTION, NULL,
	  "enough detail|staff to understand how the application uses the network" },
	{ "Once we have the above information in hand, and understand it, we can assign a user port number.",
	  INTRODUCTION, NULL, "Once they have that, and have understood it, a port can be assigned" },
	{ "IESG STATEMENT to the IANA The IESG believes that IANA may allocate an "
	  "additional port in the 'user port' range "
	  "to protocols whose current port allocation requires access to a privileged port.",
	  INTRODUCTION, NULL, "statement of the IESG|additional user port|present port|with privilege" },
	{ "This allocation should not be automatic, but may occur upon application by an interested party whose "
	  "application would otherwise fit IANA's policies.",
	  INTRODUCTION, NULL, "never automatic|interested party applies|policies would let pass" },
	{ "Please note that a particular application or service should be able to "
	  "operate only one registered user port "
	  "number.",
	  INTRODUCTION, NULL, "particular application or service|one registered user port, and no more" },
	SEVERAL_FUNCTIONS,
	FIRST_MESSAGE,
	TWO_WAYS,
	{ "If you are applying for a DCCP port number, please review the guidelines "
	  "at the following: Datagram Congestion "
	  "Control Protocol (DCCP)",
	  INTRODUCTION, NULL,
	  "Datagram Congestion Control Protocol (DCCP)|guidelines|https://www.rfc-editor.org/rfc/rfc5595" },
	{ "Please see below for the application: We need at least the following "
	  "information, which is for our internal use "
	  "only.",
	  INTRODUCTION, NULL, "needs at least the answers below|internal use only" },
	COMMENTS,
	UPDATED,
	COPYRIGHT,
};

/* The fields of the other form were lost when that page was kept; they are asked for on both of ours. */
static const struct sentence system_port[] = {
	{ "Dedicated to preserving the central coordinating functions of the global Internet for the public good.",
	  NOT_OURS, NULL, "the motto of another registry" },
	{ "Application for System (Well-Known) Port Number", PRINTED, NULL,
	  "Application for System (Well-Known) Port Number" },
	{ "The System (Well-Known) Ports are those from 0 through 1023.", INTRODUCTION, NULL,
	  "System (well-known) ports|from 0 through 1023" },
	{ "(See http://www.iana.org/assignments/port-numbers.)", INTRODUCTION, NULL,
	  "https://www.iana.org/assignments/service-names-port-numbers" },
	{ "In order to obtain a system port number you need to have a specification "
	  "documented in the form of an RFC, an "
	  "Internet-Draft that is intended to be published as an RFC, or a permanently and readily available reference "
	  "that the IETF could standardize if it chose to.",
	  INTRODUCTION, NULL,
	  "must be a specification: an RFC|Internet-Draft that is intended to be published as an RFC|permanently and "
	  "readily available|IETF could standardize if it chose to" },
	{ "For more information about Internet-Drafts, please see the following: http://www.ietf.org/ID.html "
	  "http://www.ietf.org/ID-nits.html",
	  INTRODUCTION, NULL,
	  "On Internet-Drafts|https://www.ietf.org/standards/ids/|https://www.ietf.org/tools/idnits" },
	{ "For more information about RFCs, please see the following: www.rfc-editor.org", INTRODUCTION, NULL,
	  "On RFCs: https://www.rfc-editor.org" },
	{ "Please note that a particular application or service should be able to operate only one well-known assigned "
	  "system port.",
	  INTRODUCTION, NULL, "particular application or service|one well-known system port, and no more" },
	SEVERAL_FUNCTIONS,
	FIRST_MESSAGE,
	TWO_WAYS,
	{ "There is no opportunity for Non-disclosure agreements for System (Well-Known) port numbers.", INTRODUCTION,
	  NULL, "no opportunity for non-disclosure agreements for system ports" },
	{ "If you are unable to provide the above requested information and you would "
	  "like to apply for a user port number, "
	  "please see the following for an application: http://www.iana.org/cgi-bin/usr-port-number.pl",
	  INTRODUCTION, NULL,
	  "cannot give what is asked for above|apply for a user port instead|answers you have given go along" },
	{ "We need at least the following information, which is for our internal use, only.", INTRODUCTION, NULL,
	  "needs at least the answers below|internal use only" },
	{ "• Your Name:", LABEL, "applicant", "Your Name" },
	{ "• Your E-mail:", LABEL, "applicant-email", "Your E-mail" },
	{ "1. What is the protocol-number between the user machine and the server machine?", QUESTION, "transport",
	  "What is the protocol-number between the user machine and the server machine?" },
	{ "2. What message formats are used?", QUESTION, "formats", "What message formats are used?" },
	{ "[The sequence of fields in a message. For example, length, opcode, argument, filename, null.]", HINT,
	  "formats", "The sequence of fields in a message. For example, length, opcode, argument, filename, null." },
	{ "3. What message types are used?", QUESTION, "types", "What message types are used?" },
	{ "[The kinds of messages in the protocol. For example, request, reply, cancel, interrupt.]", HINT, "types",
	  "The kinds of messages in the protocol. For example, request, reply, cancel, interrupt." },
	{ "4. What message op codes are used?", QUESTION, "opcodes", "What message op codes are used?" },
	{ "[The operation codes in the protocol. For example, read, write, delete, restore.]", HINT, "opcodes",
	  "The operation codes in the protocol. For example, read, write, delete, restore." },
	{ "5. What message sequences are used?", QUESTION, "sequences", "What message sequences are used?" },
	{ "[The allowed sequences of messages. For example, a client sends a "
	  "request and must wait for a reply from the "
	  "server, except it can send a cancel.]",
	  HINT, "sequences",
	  "The allowed sequences of messages. For example, a client sends a request and must wait for a reply from the "
	  "server, except it can send a cancel." },
	{ "6. What functions are performed by this protocol?", QUESTION, "functions",
	  "What functions are performed by this protocol?" },
	{ "7. Is either broadcast or multicast used?", QUESTION, "broadcast",
	  "Is either broadcast or multicast used?" },
	{ "Yes No", PRINTED, NULL, "[ ] Yes [ ] No If yes, how and what for?" },
	{ "If yes, how and what for?", QUESTION, "broadcast", "If yes, how and what for?" },
	{ "8. Please give us a pointer to your documentation for the system port number.", QUESTION, "reference",
	  "Please give us a pointer to your documentation for the system port number." },
	{ "9. What is the proposed name of the system port number? (For example: Example System Port)", QUESTION,
	  "title", "What is the proposed name of the system port number? (For example: Example System Port)" },
	{ "10. What SHORT name (14 CHARACTER MAXIMUM) do you want associated with this port number? (For example: "
	  "example-port)",
	  QUESTION, "short",
	  "What SHORT name (14 CHARACTER MAXIMUM) do you want associated with this port number? (For example: "
	  "example-port)" },
	{ "(Pressing the submit button will cause your application to be transmitted by email to the IANA staff.)",
	  INTRODUCTION, NULL, "Pressing|transmits your application by e-mail to the registry's staff" },
	COMMENTS,
	UPDATED,
	COPYRIGHT,
};

/* ---- our side ---- */

/* One blank for each run of white space; in place. */
static char *even(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (!isspace((unsigned char)*from)) {
			*to++ = *from;
		} else if (to > text && to[-1] != ' ') {
			*to++ = ' ';
		}
	}
	*to = '\0';
	return text;
}

/* To be freed. */
static char *introduction_of(enum form_kind kind)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	for (const char *const *at = form_introduction(kind); *at != NULL; at++) {
		(void)fprintf(stream, "%s ", *at);
	}
	(void)fclose(stream);
	return even(text);
}

static char *place_of(const struct sentence *sentence, enum form_kind kind)
{
	struct form form = { .kind = kind };
	struct form_text_options options = { .to_fill_in = true };
	char words[512] = "";

	switch (sentence->place) {
	case INTRODUCTION:
		return introduction_of(kind);
	case PRINTED:
		return even(text_of(&form, &options));
	case QUESTION:
		form_question(&form_fields[form_field_find(sentence->key)], kind, words, sizeof(words));
		return strdup(words);
	case HINT:
		return strdup(form_fields[form_field_find(sentence->key)].hint);
	case LABEL:
		return strdup(form_fields[form_field_find(sentence->key)].label);
	case NOT_OURS:
		break;
	}
	return strdup(sentence->words);
}

static void assert_ours(const struct sentence *sentence, enum form_kind kind)
{
	char *place = place_of(sentence, kind);
	char *words = strdup(sentence->words);
	char *rest = NULL;

	for (char *word = strtok_r(words, "|", &rest); word != NULL; word = strtok_r(NULL, "|", &rest)) {
		if (strcasestr(place, word) == NULL) {
			fail_msg("%s\nour form lacks \"%s\"", sentence->seed, word);
		}
	}
	free(words);
	free(place);
}

static void every_sentence_has_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(user) / sizeof(user[0]); i++) {
		assert_ours(&user[i], FORM_USER);
	}
	for (size_t i = 0; i < sizeof(system_port) / sizeof(system_port[0]); i++) {
		assert_ours(&system_port[i], FORM_SYSTEM);
	}
}

/* The user form asks the same, in the same order; only the port is another one. */
static void both_forms_ask_the_same(void **state)
{
	(void)state;
	for (int i = 0; form_fields[i].key != NULL; i++) {
		char words[512];
		if (form_fields[i].seed > 0 || strncmp(form_fields[i].key, "applicant", 9) == 0) {
			assert_int_equal(form_needs(&form_fields[i], FORM_USER), FORM_REQUIRED);
			assert_int_equal(form_needs(&form_fields[i], FORM_SYSTEM), FORM_REQUIRED);
			form_question(&form_fields[i], FORM_USER, words, sizeof(words));
			assert_null(strstr(words, "system port"));
		}
	}
	assert_string_equal(form_title(FORM_USER), "Application for User (Registered) Port Number");
}

/* The door from one form to the other takes the answers along. */
static void the_door_is_open(void **state)
{
	struct form form = { .kind = FORM_SYSTEM };
	struct form through;

	(void)state;
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (form_needs(&form_fields[i], FORM_SYSTEM) == FORM_REQUIRED) {
			assert_int_equal(form_set(&form, form_fields[i].key, "an answer"), 0);
		}
	}
	assert_int_equal(form_as_user(&form, &through), 0);
	for (int i = 0; form_fields[i].key != NULL; i++) {
		bool is_asked = form_needs(&form_fields[i], FORM_USER) == FORM_REQUIRED;
		assert_true(!is_asked || through.values[i] != NULL);
	}
	form_finish(&form);
	form_finish(&through);
}

/* Fourteen as the form says, fifteen as RFC 6335 allows. */
static void short_names_have_room(void **state)
{
	struct form form = { .kind = FORM_USER };

	(void)state;
	assert_int_equal(form_set(&form, "short", "fourteen-chars"), 0);
	assert_int_equal(form_set(&form, "short", "fifteen-letters"), 0);
	form_finish(&form);
}

/* ---- their side ---- */

/* To be freed; NULL when it is not there. */
static char *read_seed(const char *name)
{
	char path[4096];
	char relative[256];
	size_t size = 0;
	const char *folder = getenv("BERTH_SEEDS");

	if (folder != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	} else {
		(void)snprintf(relative, sizeof(relative), "../../../shared/seeds/%s", name);
		source_path(relative, path);
	}
	char *text = read_file(path, &size);
	if (text != NULL) {
		text[size] = '\0';
	}
	return text;
}

static void assert_whole(const char *name, const struct sentence *sentences, size_t count)
{
	char *text = read_seed(name);

	if (text == NULL) {
		return;
	}
	even(text);
	for (size_t i = 0; i < count; i++) {
		char *found = strstr(text, sentences[i].seed);
		if (found == NULL) {
			fail_msg("%s does not say: %s", name, sentences[i].seed);
		}
		memset(found, ' ', strlen(sentences[i].seed));
	}
	for (const char *at = text; *at != '\0'; at++) {
		if (isalnum((unsigned char)*at)) {
			fail_msg("%s: the table lacks: %.200s", name, at);
		}
	}
	free(text);
}

static void nothing_of_theirs_is_forgotten(void **state)
{
	(void)state;
	assert_whole("000_c3b41d3f81f93404.txt", user, sizeof(user) / sizeof(user[0]));
	assert_whole("002_3b25f3a833c00254.txt", system_port, sizeof(system_port) / sizeof(system_port[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_has_its_place),
		cmocka_unit_test(both_forms_ask_the_same),
		cmocka_unit_test(the_door_is_open),
		cmocka_unit_test(short_names_have_room),
		cmocka_unit_test(nothing_of_theirs_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
