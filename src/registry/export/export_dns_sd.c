/* export_dns_sd.c - labels of DNS service discovery (RFC 6763, 7): "_name._tcp", and "_udp" for everything but TCP.
 *
 * Names that have no port belong here before all others.  A row without a transport does not say which label is meant:
 * both are written.  Names that are no service names (RFC 6335, 5.1) make no label. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

struct label {
	const char *name, *fold;
	uint32_t row;
	bool is_udp;
};

struct labels {
	struct label *items;
	size_t count;
};

static int compare(const void *left, const void *right)
{
	const struct label *a = left, *b = right;
	int order = strcmp(a->fold, b->fold);

	if (order != 0) {
		return order;
	}
	return a->is_udp != b->is_udp ? a->is_udp - b->is_udp : (a->row > b->row) - (a->row < b->row);
}

static void add(struct labels *labels, const struct view_row *row, uint32_t index)
{
	struct label label = { row->columns[ENTRY_NAME], row->fold, index, false };
	char fault[128];

	if (service_name_fault(label.name, fault, sizeof(fault)) != NULL) {
		return;
	}
	if (row->transport == ENTRY_TCP || row->transport == ENTRY_TRANSPORT_NONE) {
		labels->items[labels->count++] = label;
	}
	if (row->transport != ENTRY_TCP) {
		label.is_udp = true;
		labels->items[labels->count++] = label;
	}
}

/* What stands behind "TXT keys:" in the notes, up to the end of that paragraph; NULL when it says there are none. */
static const char *txt_keys(const char *notes, char *buffer, size_t size)
{
	static const char before[] = "TXT keys:";
	const char *keys = strcasestr(notes, before);

	if (keys == NULL) {
		return NULL;
	}
	export_line(keys + strlen(before), buffer, size);
	return *buffer == '\0' || strcasecmp(buffer, "none") == 0 ? NULL : buffer;
}

static void put_label(const struct view *view, const struct label *label, FILE *stream)
{
	char description[EXPORT_COMMENT_SIZE], keys[2 * EXPORT_COMMENT_SIZE];
	const char *defined;
	struct view_row row;

	fprintf(stream, "_%s._%s", label->name, label->is_udp ? "udp" : "tcp");
	if (view_row(view, label->row, &row)) {
		export_description(&row, description, sizeof(description));
		defined = txt_keys(row.columns[ENTRY_NOTES], keys, sizeof(keys));
		fprintf(stream, "%s%s", *description == '\0' ? "" : "\t# ", description);
		if (defined != NULL) {
			fprintf(stream, "%sTXT keys: %s", *description == '\0' ? "\t# " : "; ", defined);
		}
	}
	putc('\n', stream);
}

static bool is_same(const struct label *a, const struct label *b)
{
	return a->is_udp == b->is_udp && strcmp(a->fold, b->fold) == 0;
}

int export_dns_sd(const struct export_request *request, FILE *stream)
{
	struct labels labels = { calloc(2 * (size_t)view_count(request->view) + 1, sizeof(struct label)), 0 };
	struct view_row row;

	if (labels.items == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; export_next_assigned(request, &i, &row);) {
		add(&labels, &row, i - 1);
	}
	qsort(labels.items, labels.count, sizeof(labels.items[0]), compare);
	export_put_head(stream, request->view, "Labels of DNS service discovery.", "# ");
	for (size_t i = 0; i < labels.count; i++) {
		if (i == 0 || !is_same(&labels.items[i - 1], &labels.items[i])) {
			put_label(request->view, &labels.items[i], stream);
		}
	}
	free(labels.items);
	return export_end(stream);
}
