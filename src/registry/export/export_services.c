/* export_services.c - services(5), for /etc/services.
 *
 * The C library compares names octet for octet and takes the first line that fits, so names are in lower case, and an
 * organisation's own lines stand before those of its bases. */
#include <string.h>

#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

/* What readers with a table of their own have room for since 4.2BSD. */
enum { ALIASES_MAX = 35 };

static size_t same_number(const struct export_span *spans, size_t count)
{
	size_t length = 1;

	while (length < count && spans[length].lo == spans[0].lo && spans[length].transport == spans[0].transport) {
		length++;
	}
	return length;
}

static void put_aliases(const struct export_span *spans, size_t count, FILE *stream)
{
	const char *put[1 + ALIASES_MAX] = { spans[0].service };
	size_t known, put_count = 1;

	for (size_t i = 1; i < count && put_count < sizeof(put) / sizeof(put[0]); i++) {
		for (known = 0; known < put_count && strcmp(put[known], spans[i].service) != 0; known++) {
		}
		if (known == put_count) {
			put[put_count++] = spans[i].service;
			fprintf(stream, " %s", spans[i].service);
		}
	}
}

static void put_line(const struct view *view, const struct export_span *spans, size_t count, FILE *stream)
{
	char description[EXPORT_COMMENT_SIZE];
	struct view_row row;

	fprintf(stream, "%-15s %d/%s", spans[0].service, spans[0].lo, entry_transport_name(spans[0].transport));
	put_aliases(spans, count, stream);
	if (view_row(view, spans[0].row, &row) && *export_description(&row, description, sizeof(description)) != '\0') {
		fprintf(stream, "\t# %s", description);
	}
	putc('\n', stream);
}

static void put_lines(const struct export_request *request, const struct export_spans *spans, bool own, FILE *stream)
{
	struct view_row row;

	for (size_t i = 0, count; i < spans->count; i += count) {
		count = same_number(&spans->items[i], spans->count - i);
		if (view_row(request->view, spans->items[i].row, &row) && row.own == own) {
			put_line(request->view, &spans->items[i], count, stream);
		}
	}
}

int export_services(const struct export_request *request, FILE *stream)
{
	static const struct export_choice choice = {
		.transports = 1U << ENTRY_TCP | 1U << ENTRY_UDP | 1U << ENTRY_SCTP | 1U << ENTRY_DCCP,
		.takes = export_name_is_plain,
		.spell_out = true,
		.order = EXPORT_BY_PORT,
	};
	struct export_spans spans;
	int r;

	r = export_spans_collect(request, &choice, &spans);
	if (r < 0) {
		return r;
	}
	export_put_head(stream, request->view, "services(5).", "# ");
	put_lines(request, &spans, true, stream);
	put_lines(request, &spans, false, stream);
	export_spans_finish(&spans);
	return export_end(stream);
}
