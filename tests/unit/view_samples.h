/* view_samples.h - small registries made up for tests, and IANA's own list where it is at hand. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "registry/records/csv.h"
#include "registry/records/derive.h"
#include "registry/view/view_build.h"

struct sample {
	const char *name, *port, *transport, *description, *assignee, *registered, *notes, *service_code;
};

/* What a row of IANA's looks like in each of its kinds. */
static const struct sample iana_samples[] = {
	{ .port = "0", .transport = "tcp", .description = "Reserved" },
	{ .name = "ftp",
	  .port = "21",
	  .transport = "tcp",
	  .description = "File Transfer Protocol [Control]",
	  .assignee = "[Jon_Postel]" },
	{ .name = "ssh", .port = "22", .transport = "tcp", .description = "The Secure Shell (SSH) Protocol" },
	{ .name = "ssh", .port = "22", .transport = "udp", .description = "The Secure Shell (SSH) Protocol" },
	{ .name = "sql-net", .port = "66", .transport = "tcp", .description = "Oracle SQL*NET" },
	{ .name = "sql*net",
	  .port = "66",
	  .transport = "tcp",
	  .description = "Oracle SQL*NET",
	  .notes = "This entry is an alias to \"sql-net\"." },
	{ .port = "77", .transport = "tcp", .description = "any private RJE service" },
	{ .name = "www",
	  .port = "80",
	  .transport = "tcp",
	  .description = "World Wide Web HTTP",
	  .notes = "This entry is an alias to \"http\"." },
	{ .name = "http",
	  .port = "80",
	  .transport = "tcp",
	  .description = "World Wide Web HTTP",
	  .assignee = "[IESG]",
	  .notes = "Defined TXT keys: u=<username>" },
	{ .name = "http",
	  .port = "80",
	  .transport = "udp",
	  .description = "World Wide Web HTTP",
	  .assignee = "[IESG]" },
	{ .name = "discard", .port = "9", .transport = "dccp", .description = "Discard", .service_code = "1145656131" },
	{ .port = "225-241", .description = "Reserved" },
	{ .name = "http-alt", .port = "591", .transport = "tcp", .description = "FileMaker, Inc. - HTTP Alternate" },
	{ .name = "logcabin",
	  .port = "5254",
	  .transport = "tcp",
	  .description = "LogCabin storage service",
	  .assignee = "[Diego_Ongaro]",
	  .registered = "2015-04-14" },
	{ .port = "5254", .transport = "udp", .description = "Reserved" },
	{ .port = "5255-5263", .description = "Unassigned" },
	{ .name = "x11", .port = "6000-6063", .transport = "tcp", .description = "X Window System" },
	{ .name = "boe-cms", .port = "6400", .description = "Business Objects CMS contact port" },
	{ .name = "Escale (Newton Dock)", .port = "7000", .transport = "tcp", .description = "A name with blanks" },
	{ .port = "7748-7776", .description = "Unassigned" },
	{ .name = "inetfs", .port = "7775", .transport = "tcp", .description = "A File System using TLS" },
	{ .name = "http-alt", .port = "8008", .transport = "tcp", .description = "HTTP Alternate" },
	{ .port = "49151", .description = "Reserved" },
	{ .name = "wot", .transport = "tcp", .description = "W3C WoT Thing Description" },
	{ .name = "presence", .description = "Peer-to-peer messaging" },
};

static const struct sample own_samples[] = {
	{ .name = "billing",
	  .port = "20017",
	  .transport = "tcp",
	  .description = "Invoices",
	  .assignee = "team-billing" },
	{ .name = "ftp",
	  .port = "2121",
	  .transport = "tcp",
	  .description = "Our file server",
	  .assignee = "team-files" },
	{ .name = "pages", .port = "80", .transport = "tcp", .description = "Our front end", .assignee = "team-web" },
	{ .name = "shards",
	  .port = "20020-20022",
	  .transport = "tcp",
	  .description = "Shards",
	  .assignee = "team-store" },
};

#define SAMPLES(array) array, sizeof(array) / sizeof((array)[0])

static inline const char *text_or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

static inline struct entry entry_of_sample(const struct sample *sample)
{
	struct entry entry = { .raw = NULL, .fold = "" };

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry.columns[i] = "";
	}
	entry.columns[ENTRY_NAME] = text_or_nothing(sample->name);
	entry.columns[ENTRY_PORT] = text_or_nothing(sample->port);
	entry.columns[ENTRY_TRANSPORT] = text_or_nothing(sample->transport);
	entry.columns[ENTRY_DESCRIPTION] = text_or_nothing(sample->description);
	entry.columns[ENTRY_ASSIGNEE] = text_or_nothing(sample->assignee);
	entry.columns[ENTRY_REGISTERED] = text_or_nothing(sample->registered);
	entry.columns[ENTRY_NOTES] = text_or_nothing(sample->notes);
	entry.columns[ENTRY_SERVICE_CODE] = text_or_nothing(sample->service_code);
	entry_derive(&entry);
	return entry;
}

static inline struct view_builder *sample_builder(void)
{
	const struct view_about about = { .day = "2026-02-25",
					  .registry = "example",
					  .notice = "No endorsement.",
					  .event = 17,
					  .event_hash = "c0ffee" };
	struct view_builder *builder;

	assert_int_equal(view_builder_create(&about, &builder), 0);
	return builder;
}

static inline void sample_rows(struct view_builder *builder, const char *source, const struct sample *samples,
			       size_t count, const char *since)
{
	assert_int_equal(view_builder_source(builder, source, "2026-02-24"), 0);
	for (size_t i = 0; i < count; i++) {
		struct entry entry = entry_of_sample(&samples[i]);
		assert_int_equal(view_builder_row(builder, &entry, since), 0);
	}
}

static inline void sample_bands(struct view_builder *builder)
{
	static const struct view_band bands[] = {
		{ 49152, 65535, "dynamic", "dynamic", "none", 0, 1, "refuse" },
		{ 0, 1023, "system", "system", "board", 0, 2, "refuse" },
		{ 1024, 19999, "user", "user", "registrar", 1, 1, "refuse" },
		{ 20000, 20099, "team", "private", "anyone", 0, 1, "warn" },
		{ 20100, 49151, "user", "user", "registrar", 1, 1, "refuse" },
	};

	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		assert_int_equal(view_builder_band(builder, &bands[i]), 0);
	}
}

/* The block is the caller's to free; it is ret_view->octets. */
static inline void finish_builder(struct view_builder *builder, struct view *ret_view)
{
	void *octets;
	size_t size;

	assert_int_equal(view_builder_finish(builder, &octets, &size), 0);
	assert_null(view_builder_destroy(builder));
	assert_int_equal(view_of(octets, size, ret_view), 0);
}

static inline void sample_view(struct view *ret_view)
{
	struct view_builder *builder = sample_builder();

	sample_rows(builder, "iana", SAMPLES(iana_samples), NULL);
	sample_rows(builder, "own", SAMPLES(own_samples), "2026-03-01");
	sample_bands(builder);
	finish_builder(builder, ret_view);
}

static inline void free_view(struct view *view)
{
	free((void *)(uintptr_t)view->octets);
	*view = (struct view){ 0 };
}

/* The first `size` octets of a file, to be freed, or NULL. */
static inline char *file_octets(const char *path, size_t *ret_size)
{
	struct stat status;
	FILE *file = fopen(path, "re");

	if (file == NULL || fstat(fileno(file), &status) < 0) {
		return NULL;
	}
	char *octets = malloc((size_t)status.st_size + 1);
	assert_non_null(octets);
	assert_int_equal(fread(octets, 1, (size_t)status.st_size, file), status.st_size);
	(void)fclose(file);
	octets[status.st_size] = '\0';
	*ret_size = (size_t)status.st_size;
	return octets;
}

/* A file of the data beside the source root, or in $BERTH_IANA_DATA; NULL when it is not there. */
static inline char *data_octets(const char *folder, const char *name, size_t *ret_size)
{
	const char *given = getenv("BERTH_IANA_DATA");
	const char *slash = strrchr(__FILE__, '/');
	char path[4096];

	if (given != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", given, name);
	} else {
		(void)snprintf(path, sizeof(path), "%.*s../../../shared/data/%s/%s",
			       slash != NULL ? (int)(slash + 1 - __FILE__) : 0, __FILE__, folder, name);
	}
	return file_octets(path, ret_size);
}

/* IANA's list of 2026-02-25; false when it is not there. */
static inline bool iana_rows(struct rows *ret_rows)
{
	struct complaint complaint;
	size_t size = 0;
	char *octets = data_octets("iana", "service-names-port-numbers-2026-02-25.csv", &size);

	*ret_rows = (struct rows){ .count = 0 };
	if (octets == NULL) {
		return false;
	}
	assert_int_equal(csv_read(octets, size, ret_rows, &complaint), 0);
	free(octets);
	return true;
}

/* A view of these rows, as view_octets of the caller's to free. */
static inline void view_of_rows(const struct rows *rows, struct view *ret_view)
{
	struct view_builder *builder = sample_builder();

	assert_int_equal(view_builder_source(builder, "iana", "2026-02-25"), 0);
	for (size_t i = 0; i < rows->count; i++) {
		assert_int_equal(view_builder_row(builder, &rows->entries[i], NULL), 0);
	}
	sample_bands(builder);
	finish_builder(builder, ret_view);
}
