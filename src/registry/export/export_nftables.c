/* export_nftables.c - named sets of ports for nft -f.
 *
 * Sets, and no rule that uses one: what may pass is the administrator's to say.  One transaction makes what is not
 * there, empties the sets and fills them, so that loading it again changes nothing and rules that use them go on
 * working. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

/* The kernel keeps comments of elements up to 127 octets. */
enum { SET_NAME_MAX = 64, ELEMENT_COMMENT_SIZE = 100 };

static bool is_set_name(const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < size; i++) {
		if (!isascii(name[i]) || (!isalnum((unsigned char)name[i]) && name[i] != '_')) {
			return false;
		}
	}
	return size > 0 && size <= SET_NAME_MAX && isalpha((unsigned char)name[0]);
}

/* The names of a range, each once where they follow each other, as far as there is room. */
static void put_comment(const struct export_span *spans, size_t count, FILE *stream)
{
	char buffer[ELEMENT_COMMENT_SIZE];
	const char *last = "";
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	for (size_t i = 0; i < count; i++) {
		size_t size = strlen(spans[i].service);
		if (strcmp(spans[i].service, last) == 0 || !export_name_is_plain(spans[i].service)) {
			continue;
		}
		if (text.used + size + sizeof("  ...") > sizeof(buffer)) {
			text_put(&text, " ...");
			break;
		}
		text_put(&text, text.used == 0 ? "" : " ");
		text_put(&text, spans[i].service);
		last = spans[i].service;
	}
	if (text.used > 0) {
		fprintf(stream, " comment \"%s\"", buffer);
	}
}

static void put_elements(const struct export_spans *spans, int transport, const char *set, FILE *stream)
{
	const char *before = "";
	int hi = 0;

	for (size_t i = 0, count; i < spans->count; i += count) {
		count = export_run(&spans->items[i], spans->count - i, &hi);
		if (spans->items[i].transport != transport) {
			continue;
		}
		if (*before == '\0') {
			fprintf(stream, "add element inet berth %s_%s {\n", set, entry_transport_name(transport));
		}
		fprintf(stream, "%s\t%d", before, spans->items[i].lo);
		if (hi > spans->items[i].lo) {
			fprintf(stream, "-%d", hi);
		}
		put_comment(&spans->items[i], count, stream);
		before = ",\n";
	}
	fputs(*before == '\0' ? "" : "\n}\n", stream);
}

int export_nftables(const struct export_request *request, FILE *stream)
{
	static const struct export_choice choice = {
		.transports = 1U << ENTRY_TCP | 1U << ENTRY_UDP,
		.order = EXPORT_BY_TRANSPORT,
	};
	const char *set = request->set_name == NULL ? "berth_ports" : request->set_name;
	struct export_spans spans;
	int r;

	if (!is_set_name(set)) {
		return -EINVAL;
	}
	r = export_spans_collect(request, &choice, &spans);
	if (r < 0) {
		return r;
	}
	fputs("#!/usr/sbin/nft -f\n", stream);
	export_put_head(stream, request->view, "Sets of ports for nftables; rules are not here.", "# ");
	fputs("add table inet berth\n", stream);
	for (int transport = ENTRY_TCP; transport <= ENTRY_UDP; transport++) {
		const char *name = entry_transport_name(transport);
		fprintf(stream, "add set inet berth %s_%s { type inet_service; flags interval; }\n", set, name);
		fprintf(stream, "flush set inet berth %s_%s\n", set, name);
		put_elements(&spans, transport, set, stream);
	}
	export_spans_finish(&spans);
	return export_end(stream);
}
