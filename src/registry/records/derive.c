/* derive.c - what a row means, read from its texts (derive.h): port, status, oddities.
 *
 * Called for every row that comes in and again when the store is proved; so the same texts must give the same meaning
 * in every version of this file.  Names are judged in derive_name.c. */
#include "registry/records/derive.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "registry/words/day.h"

enum { PORT_MAX = 65535, DESCRIPTION_CHARACTERS_MAX = 40 };

/* ---- port ---- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t\r\n");
}

/* A number up to PORT_MAX; *text goes behind it. */
static bool read_port(const char **text, int *ret_port)
{
	const char *at = skip_blanks(*text);
	size_t digits = strspn(at, "0123456789");
	int port = 0;

	for (size_t i = 0; i < digits && port <= PORT_MAX; i++) {
		port = port * 10 + (at[i] - '0');
	}
	if (digits == 0 || port > PORT_MAX) {
		return false;
	}
	*ret_port = port;
	*text = skip_blanks(at + digits);
	return true;
}

/* "80", "225-241"; blanks may stand around the numbers, as IANA's grammar for them allows. */
static void derive_port(struct entry *entry)
{
	const char *text = entry->columns[ENTRY_PORT];
	int lo = ENTRY_NO_PORT;
	int hi = ENTRY_NO_PORT;

	bool read = read_port(&text, &lo);
	hi = lo;
	if (read && *text == '-') {
		text++;
		read = read_port(&text, &hi);
	}
	read = read && *text == '\0' && lo <= hi;
	entry->lo = read ? lo : ENTRY_NO_PORT;
	entry->hi = read ? hi : ENTRY_NO_PORT;
}

/* ---- status ---- */

/* A row with a name is assigned, whatever its description says ("RemoteWare Unassigned" is a product's, and
 * 14001/udp is "De-Registered" but still listed under its name).  A row without one is what the first of these words
 * says that its description has; else it is assigned when it has an assignee; else nobody can say.  "Unassigned"
 * stands first since "(unassigned) Possibly assigned" is unassigned; what is removed from the list, or open to
 * anyone's private use, is neither free nor held. */
static const struct status_word {
	const char *word; /* in lower case */
	bool anywhere;	  /* else at the beginning */
	enum entry_status status;
} status_words[] = {
	{ "unassigned", true, ENTRY_UNASSIGNED },    { "reserved", false, ENTRY_RESERVED },
	{ "any private ", false, ENTRY_UNCLEAR },    { "possibly ", false, ENTRY_UNCLEAR },
	{ "de-registered", false, ENTRY_UNCLEAR },   { "de-assigned", false, ENTRY_UNCLEAR },
	{ "de-commissioned", false, ENTRY_UNCLEAR }, { "decommissioned", false, ENTRY_UNCLEAR },
	{ "decomissioned", false, ENTRY_UNCLEAR },   { "deprecated", false, ENTRY_UNCLEAR },
	{ "removed", false, ENTRY_UNCLEAR },
};

static const struct status_word *find_status_word(const char *description)
{
	for (size_t i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++) {
		const struct status_word *word = &status_words[i];
		bool found = word->anywhere ? strcasestr(description, word->word) != NULL
					    : strncasecmp(description, word->word, strlen(word->word)) == 0;
		if (found) {
			return word;
		}
	}
	return NULL;
}

static enum entry_status derive_status(const struct entry *entry)
{
	if (entry->columns[ENTRY_NAME][0] != '\0') {
		return ENTRY_ASSIGNED;
	}
	const struct status_word *word = find_status_word(entry->columns[ENTRY_DESCRIPTION]);
	if (word != NULL) {
		return word->status;
	}
	return entry->columns[ENTRY_ASSIGNEE][0] != '\0' ? ENTRY_ASSIGNED : ENTRY_UNCLEAR;
}

void entry_derive(struct entry *entry)
{
	derive_port(entry);
	entry->status = derive_status(entry);
	entry_digest(entry, entry->digest);
}

/* ---- transport ---- */

static const char *const transport_names[] = {
	[ENTRY_TRANSPORT_NONE] = "", [ENTRY_TCP] = "tcp",   [ENTRY_UDP] = "udp",
	[ENTRY_SCTP] = "sctp",	     [ENTRY_DCCP] = "dccp", [ENTRY_TRANSPORT_OTHER] = "other",
};

int entry_transport(const char *text)
{
	for (int i = ENTRY_TRANSPORT_NONE; i < ENTRY_TRANSPORT_OTHER; i++) {
		if (strcasecmp(text, transport_names[i]) == 0) {
			return i;
		}
	}
	return ENTRY_TRANSPORT_OTHER;
}

const char *entry_transport_name(int transport)
{
	return transport_names[transport];
}

/* ---- oddities ---- */

/* The status of a row without a name stands in one of two words; a named row has none in its description. */
static bool hides_status(const struct entry *entry)
{
	const char *description = entry->columns[ENTRY_DESCRIPTION];

	if (entry->columns[ENTRY_NAME][0] != '\0') {
		const struct status_word *word = find_status_word(description);
		return word != NULL && !word->anywhere && word->status == ENTRY_UNCLEAR;
	}
	return entry->status != ENTRY_ASSIGNED && strcmp(description, "Unassigned") != 0 &&
	       strcmp(description, "Reserved") != 0;
}

static bool has_long_description(const char *description)
{
	return utf8_count(description, strlen(description)) > DESCRIPTION_CHARACTERS_MAX;
}

static bool is_no_date(const char *text)
{
	char day[DAY_SIZE];

	return *text != '\0' && !day_read(text, true, day);
}

unsigned entry_oddities(const struct entry *entry)
{
	const char *name = entry->columns[ENTRY_NAME];
	char buffer[128];
	unsigned odd = 0;

	odd |= *name != '\0' && service_name_fault(name, buffer, sizeof(buffer)) != NULL ? ODD_NAME : 0;
	odd |= hides_status(entry) ? ODD_STATUS_TEXT : 0;
	odd |= entry->status == ENTRY_ASSIGNED && entry->lo != ENTRY_NO_PORT &&
			       entry->columns[ENTRY_TRANSPORT][0] == '\0'
		       ? ODD_NO_TRANSPORT
		       : 0;
	odd |= has_long_description(entry->columns[ENTRY_DESCRIPTION]) ? ODD_LONG_DESCRIPTION : 0;
	odd |= is_no_date(entry->columns[ENTRY_REGISTERED]) || is_no_date(entry->columns[ENTRY_MODIFIED]) ? ODD_DATE
													  : 0;
	odd |= strstr(entry->columns[ENTRY_NOTES], "This entry is an alias to ") != NULL ? ODD_REPLACED : 0;
	odd |= entry->columns[ENTRY_UNAUTHORIZED][0] != '\0' ? ODD_UNAUTHORIZED : 0;
	return odd;
}
