/* own_list_row.c - one row of an own list: an entry for each transport, or what is wrong with it (own_list_parts.h). */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "config/nearest.h"
#include "registry/words/answers_text.h"
#include "registry/words/complain.h"
#include "registry/words/day.h"
#include "registry/records/derive.h"
#include "registry/records/own_list_parts.h"
#include "registry/records/rows_text.h"

enum { DYNAMIC_FIRST = 49152, SHOWN_TEXT_SIZE = 80 };

/* One row while it is looked at. */
struct row {
	struct own_list_reader *reader;
	size_t line;
	const char *texts[OWN_FIELDS]; /* trimmed; "" where nothing stands */
	bool refused;
	struct entry port; /* lo and hi */
	bool transports[ENTRY_TRANSPORT_OTHER];
	int error;
};

__attribute__((format(printf, 3, 4))) static void find(struct row *row, bool refuses, const char *format, ...)
{
	char sentence[COMPLAINT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	row->refused = row->refused || refuses;
	int r = own_list_find(row->reader, row->line, refuses, "%s", sentence);
	row->error = row->error < 0 ? row->error : r;
}

/* ---- texts ---- */

static void gather_texts(struct row *row, const struct csv_record *record)
{
	struct own_list_reader *reader = row->reader;
	char shown[SHOWN_TEXT_SIZE];

	for (size_t i = 0; i < record->count; i++) {
		enum own_field field = i < reader->column_count ? reader->fields[i] : OWN_NO_FIELD;
		const char *text = own_list_trim(reader, record->fields[i]);

		if (text == NULL) {
			row->error = -ENOMEM;
			return;
		}
		if (field != OWN_NO_FIELD) {
			row->texts[field] = text;
		} else if (*text != '\0' && (i >= reader->column_count || reader->names[i][0] == '\0')) {
			shown_text(text, shown, sizeof(shown));
			find(row, false, "\"%s\" stands in column %zu, which has no header, and is kept out", shown,
			     i + 1);
		}
	}
}

/* ---- port ---- */

/* 0, 1023, 1024 and 49151 stay free at the edges of IANA's ranges. */
static void check_edges(struct row *row)
{
	static const int edges[] = { 0, 1023, 1024, 49151 };

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		if (row->port.lo <= edges[i] && edges[i] <= row->port.hi) {
			find(row, true,
			     "P3: port %d is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges",
			     edges[i]);
		}
	}
}

static void read_port(struct row *row, const char *text)
{
	char shown[SHOWN_TEXT_SIZE];
	struct entry entry = { .raw = NULL };

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry.columns[i] = i == ENTRY_PORT ? text : "";
	}
	entry_derive(&entry);
	row->port = entry;
	if (*text == '\0') {
		return;
	}
	if (entry.lo == ENTRY_NO_PORT) {
		shown_text(text, shown, sizeof(shown));
		find(row, true, "port \"%s\" is neither a number up to 65535 nor a range like 20000-20010", shown);
		return;
	}
	if (entry.hi >= DYNAMIC_FIRST) {
		find(row, true, "P2: ports 49152 to 65535 are dynamic and never assigned");
	}
	check_edges(row);
}

/* ---- transport ---- */

static void take_transport(struct row *row, const char *word)
{
	int transport = entry_transport(word);
	struct nearest nearest;
	char shown[SHOWN_TEXT_SIZE];
	char hint[NEAREST_HINT_MAX];

	if (strcasecmp(word, "both") == 0) {
		row->transports[ENTRY_TCP] = true;
		row->transports[ENTRY_UDP] = true;
		return;
	}
	if (transport != ENTRY_TRANSPORT_OTHER) {
		row->transports[transport] = true;
		return;
	}
	nearest_init(&nearest, word);
	for (int i = ENTRY_TCP; i < ENTRY_TRANSPORT_OTHER; i++) {
		nearest_try(&nearest, entry_transport_name(i));
	}
	shown_text(word, shown, sizeof(shown));
	find(row, true, "transport \"%s\" is none of tcp, udp, sctp, dccp, both%s", shown,
	     nearest_hint(&nearest, hint));
}

/* "tcp/udp", "tcp, udp", "both" */
static void take_transports(struct row *row, const char *text)
{
	static const char separators[] = "/,+&;| \t";

	while (text != NULL && *(text += strspn(text, separators)) != '\0') {
		size_t size = strcspn(text, separators);
		char *word = arena_text(&row->reader->rows.arena, text, size);

		if (word == NULL) {
			row->error = -ENOMEM;
			return;
		}
		take_transport(row, word);
		text += size;
	}
}

static bool has_transport(const struct row *row)
{
	return row->transports[ENTRY_TCP] || row->transports[ENTRY_UDP] || row->transports[ENTRY_SCTP] ||
	       row->transports[ENTRY_DCCP];
}

/* "20017/tcp" says both; the column of transports may only repeat it. */
static void read_port_and_transport(struct row *row)
{
	const char *text = row->texts[OWN_PORT];
	const char *slash = strchr(text, '/');
	const char *port = slash == NULL ? text : arena_text(&row->reader->rows.arena, text, (size_t)(slash - text));

	if (port == NULL) {
		row->error = -ENOMEM;
		return;
	}
	read_port(row, port);
	take_transports(row, row->texts[OWN_TRANSPORT]);
	if (slash != NULL) {
		bool before[ENTRY_TRANSPORT_OTHER];
		bool had = has_transport(row);

		memcpy(before, row->transports, sizeof(before));
		memset(row->transports, 0, sizeof(row->transports));
		take_transports(row, slash + 1);
		if (had && memcmp(before, row->transports, sizeof(before)) != 0) {
			find(row, true, "the transport in the port's column is not that in the transport's");
		}
	}
	if (!row->refused && !has_transport(row)) {
		take_transports(row, row->reader->transport);
	}
	if (!row->refused && !has_transport(row)) {
		find(row, true, "T1: no transport; tcp, udp, sctp, dccp or both would be right");
	}
}

/* ---- name and date ---- */

static void check_name(struct row *row)
{
	static const char *const redundant[] = { "port", "service", "protocol" };
	const char *name = row->texts[OWN_NAME];
	char shown[SHOWN_TEXT_SIZE];
	char fault[128];

	if (*name == '\0') {
		if (row->port.lo == ENTRY_NO_PORT && !row->refused) {
			find(row, true, "neither a port nor a name");
		}
		return;
	}
	shown_text(name, shown, sizeof(shown));
	if (service_name_fault(name, fault, sizeof(fault)) != NULL) {
		find(row, true, "%.2s: name \"%s\"%s", fault, shown, fault + 2);
		return;
	}
	for (size_t i = 0; i < sizeof(redundant) / sizeof(redundant[0]); i++) {
		if (strcasestr(name, redundant[i]) != NULL) {
			find(row, false, "N7: name \"%s\" has \"%s\" in it, which every name could have", shown,
			     redundant[i]);
		}
	}
}

static void check_since(struct row *row)
{
	const char *since = row->texts[OWN_SINCE];
	char day[DAY_SIZE];
	char shown[SHOWN_TEXT_SIZE];

	if (*since != '\0' && !day_read(since, false, day)) {
		shown_text(since, shown, sizeof(shown));
		find(row, true, "date \"%s\" is no day; written YYYY-MM-DD it would be right", shown);
	}
}

/* ---- the same port twice ---- */

/* Ports up to the first that is taken become this line's, even so: no port is looked at twice for nothing. */
static void take_ports(struct row *row, int transport)
{
	struct own_list_reader *reader = row->reader;

	if (row->port.lo == ENTRY_NO_PORT) {
		return;
	}
	if (reader->taken == NULL) {
		reader->taken = calloc(OWN_TRANSPORTS, sizeof(*reader->taken));
	}
	if (reader->taken == NULL) {
		row->error = -ENOMEM;
		return;
	}
	uint32_t *taken = reader->taken[transport - ENTRY_TCP];
	for (int port = row->port.lo; port <= row->port.hi; port++) {
		if (taken[port] != 0) {
			find(row, true, "%d/%s stands in line %u already", port, entry_transport_name(transport),
			     taken[port]);
			return;
		}
		taken[port] = (uint32_t)row->line;
	}
}

/* ---- entries ---- */

static const char *port_text(struct row *row)
{
	char text[32] = "";

	if (row->port.lo != ENTRY_NO_PORT) {
		(void)snprintf(text, sizeof(text), row->port.lo == row->port.hi ? "%d" : "%d-%d", row->port.lo,
			       row->port.hi);
	}
	return arena_text(&row->reader->rows.arena, text, strlen(text));
}

static int make_room(struct own_list_reader *reader)
{
	struct entry *entries =
		array_grow(reader->rows.entries, reader->rows.count, &reader->capacity, sizeof(*entries));
	size_t *lines = array_grow(reader->lines, reader->rows.count, &reader->lines_capacity, sizeof(*lines));

	reader->rows.entries = entries == NULL ? reader->rows.entries : entries;
	reader->lines = lines == NULL ? reader->lines : lines;
	return entries == NULL || lines == NULL ? -ENOMEM : 0;
}

static int add_entry(struct row *row, int transport, const char *port)
{
	struct own_list_reader *reader = row->reader;
	struct rows *rows = &reader->rows;
	int r = make_room(reader);

	if (r < 0) {
		return r;
	}
	struct entry *entry = &rows->entries[rows->count];
	*entry = (struct entry){
		.columns = {
			[ENTRY_NAME] = row->texts[OWN_NAME],
			[ENTRY_PORT] = port,
			[ENTRY_TRANSPORT] = entry_transport_name(transport),
			[ENTRY_DESCRIPTION] = row->texts[OWN_DESCRIPTION],
			[ENTRY_ASSIGNEE] = row->texts[OWN_HOLDER],
			[ENTRY_CONTACT] = row->texts[OWN_CONTACT],
			[ENTRY_REGISTERED] = row->texts[OWN_SINCE],
			[ENTRY_MODIFIED] = "",
			[ENTRY_REFERENCE] = row->texts[OWN_REFERENCE],
			[ENTRY_SERVICE_CODE] = "",
			[ENTRY_UNAUTHORIZED] = "",
			[ENTRY_NOTES] = row->texts[OWN_NOTES],
		},
	};
	r = rows_complete(&rows->arena, entry);
	reader->lines[rows->count] = row->line;
	rows->count += r == 0;
	return r;
}

static int add_entries(struct row *row)
{
	const char *port = port_text(row);
	int r = port == NULL ? -ENOMEM : 0;

	for (int i = ENTRY_TCP; i < ENTRY_TRANSPORT_OTHER && r == 0; i++) {
		r = row->transports[i] ? add_entry(row, i, port) : 0;
	}
	if (r == 0) {
		enum entry_status status = row->reader->rows.entries[row->reader->rows.count - 1].status;

		if (status != ENTRY_ASSIGNED) {
			find(row, false, "without a name this row reads as %s", entry_status_name(status));
		}
	}
	return r < 0 ? r : row->error;
}

int own_list_take_row(struct own_list_reader *reader, const struct csv_record *record)
{
	struct row row = { .reader = reader, .line = record->line };

	if (record->number > OWN_ROWS_MAX) {
		return complain_of(reader->complaint, -EBADMSG, "line %zu: %d rows are the limit", record->line,
				   OWN_ROWS_MAX);
	}
	for (size_t i = 0; i < OWN_FIELDS; i++) {
		row.texts[i] = "";
	}
	gather_texts(&row, record);
	read_port_and_transport(&row);
	check_name(&row);
	check_since(&row);
	for (int i = ENTRY_TCP; i < ENTRY_TRANSPORT_OTHER; i++) {
		if (row.transports[i]) {
			take_ports(&row, i);
		}
	}
	if (row.error < 0) {
		return row.error;
	}
	return row.refused ? 0 : add_entries(&row);
}
