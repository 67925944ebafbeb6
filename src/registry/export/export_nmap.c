/* export_nmap.c - the format of nmap-services, for nmap --datadir or --servicedb.
 *
 * How often a port is found open is nmap's knowledge, not the registry's: 0.000000 says so. */
#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

static bool is_same_number(const struct export_span *a, const struct export_span *b)
{
	return a->lo == b->lo && a->transport == b->transport;
}

static void put_line(const struct view *view, const struct export_span *span, FILE *stream)
{
	char description[EXPORT_COMMENT_SIZE];
	struct view_row row;

	fprintf(stream, "%s\t%d/%s\t0.000000", span->service, span->lo, entry_transport_name(span->transport));
	if (view_row(view, span->row, &row) && *export_description(&row, description, sizeof(description)) != '\0') {
		fprintf(stream, "\t# %s", description);
	}
	putc('\n', stream);
}

int export_nmap(const struct export_request *request, FILE *stream)
{
	static const struct export_choice choice = {
		.transports = 1U << ENTRY_TCP | 1U << ENTRY_UDP | 1U << ENTRY_SCTP,
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
	export_put_head(stream, request->view, "nmap-services.", "# ");
	for (size_t i = 0; i < spans.count; i++) {
		if (i == 0 || !is_same_number(&spans.items[i - 1], &spans.items[i])) {
			put_line(request->view, &spans.items[i], stream);
		}
	}
	export_spans_finish(&spans);
	return export_end(stream);
}
