/* fuzz_view.c - any octets as a view: whatever is asked of it, nothing outside of them is touched.
 *
 * What view_of would refuse at once is put right in a second round, so that what lies behind the head is reached. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nss/service.h"
#include "registry/records/derive.h"
#include "registry/lookup/lookup.h"
#include "registry/view/view_build.h"
#include "registry/view/view_format.h"

enum { ROWS_MAX_ASKED = 200 };

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static size_t octets_read;

static bool read_row(const struct view_row *row, uint32_t index, void *context)
{
	(void)index;
	(void)context;
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		octets_read += strlen(row->columns[i]);
	}
	octets_read += strlen(row->fold) + strlen(row->since) + (row->raw != NULL ? strlen(row->raw) : 0);
	REQUIRE(row->lo <= row->hi && row->hi <= UINT16_MAX && row->status <= ENTRY_UNCLEAR);
	REQUIRE(row->transport >= ENTRY_TRANSPORT_NONE && row->transport <= ENTRY_TRANSPORT_OTHER);
	return true;
}

static void read_everything(const struct view *view)
{
	struct view_source source;
	struct view_band band;
	struct view_row row;

	octets_read += strlen(view_day(view)) + strlen(view_registry(view)) + strlen(view_notice(view));
	octets_read += strlen(view_event_hash(view)) + view_event(view);
	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		(void)read_row(&row, i, NULL);
		view_named(view, row.columns[ENTRY_NAME], read_row, NULL);
		view_at_port(view, row.lo, row.transport, read_row, NULL);
	}
	for (unsigned i = 0; view_source(view, i, &source); i++) {
		octets_read += strlen(source.name) + strlen(source.dated);
	}
	for (unsigned i = 0; view_band(view, i, &band); i++) {
		octets_read += strlen(band.name) + strlen(band.kind) + strlen(band.decides) + strlen(band.over);
		REQUIRE(band.lo <= band.hi);
	}
}

static void ask(const struct view *view, const char *text, struct answers *answers)
{
	char sentence[256];
	struct question question;

	REQUIRE(question_read(text, &question, sentence, sizeof(sentence)) == 0);
	REQUIRE(answers_ask(answers, &question) >= 0);
	(void)answers_nearest(answers, &question, sentence, sizeof(sentence));
	octets_read += view->size;
}

static void ask_everything(const struct view *view)
{
	static const char *const questions[] = { "http",       "HTTP/tcp", "80",      "80/udp", "5256",
						 "50000",      "40000",	   "0-65535", "1-2",	"_http._tcp",
						 "_http._udp", "SC:DISC",  "SC=0" };
	const char *const words[] = { "http", "a" };
	struct answers *answers;
	char *text = NULL;
	size_t size = 0;

	REQUIRE(answers_create(view, &answers) == 0);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		ask(view, questions[i], answers);
	}
	REQUIRE(answers_search(answers, NULL, words, 2) >= 0);
	REQUIRE(answers_search(answers, &(struct selection){ .own = true, .band = "user" }, words, 0) >= 0);
	for (enum answer_form form = ANSWER_ALIGNED; form <= ANSWER_JSON; form++) {
		FILE *stream = open_memstream(&text, &size);
		REQUIRE(stream != NULL);
		REQUIRE(answers_write(answers, form, stream) == 0);
		(void)fclose(stream);
		REQUIRE(memchr(text, '\x1b', size) == NULL);
		free(text);
	}
	REQUIRE(answers_destroy(answers) == NULL);
}

static void serve(const struct view *view)
{
	struct service service;
	struct servent entry;
	char buffer[512];

	for (int transport = 0; transport <= ENTRY_DCCP; transport++) {
		if (service_named(view, "http", transport, &service)) {
			(void)service_write(&service, &entry, buffer, sizeof(buffer));
		}
		if (service_at_port(view, 80, transport, &service)) {
			REQUIRE(service.port == 80 && service.count > 0);
			(void)service_write(&service, &entry, buffer, sizeof(buffer));
		}
	}
}

static void try_view(const uint8_t *octets, size_t size)
{
	uint16_t ports[8];
	struct view view;

	if (view_of(octets, size, &view) < 0) {
		return;
	}
	(void)view_verify(&view);
	/* Few rows can do all that many can, sooner. */
	if (view_count(&view) <= ROWS_MAX_ASKED) {
		read_everything(&view);
		ask_everything(&view);
		serve(&view);
		(void)next_free(&view, "team", ENTRY_TCP, 0, 8, ports);
	}
}

static void put_right(uint8_t *octets, size_t size)
{
	struct packed_head head;

	memcpy(&head, octets, sizeof(head));
	memcpy(head.magic, VIEW_MAGIC, sizeof(head.magic));
	head.byte_order = VIEW_BYTE_ORDER;
	head.version = VIEW_VERSION;
	head.size = size;
	memcpy(octets, &head, sizeof(head));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *octets = calloc(size + 1, 1);

	REQUIRE(octets != NULL);
	if (size > 0) {
		memcpy(octets, data, size);
	}
	try_view(octets, size);
	if (size >= sizeof(struct packed_head)) {
		put_right(octets, size);
		try_view(octets, size);
	}
	free(octets);
	return 0;
}
