/* export_reserved_ports.c - one line for sysctl: ports the kernel shall not give to those who ask for any.
 *
 * The kernel has one list for all transports.  Only this one line, so that `sysctl -w` takes it as well as sysctl.d.
 * The kernel takes one page of it and passes over the rest in silence; so when there is more, the highest numbers are
 * kept, because it gives ports away from the upper half, and a comment before the line says which are left out. */
#include <stdlib.h>

#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

enum { VALUE_MAX = 4094 };

/* Each run becomes one item; returns how many there are. */
static size_t merge(struct export_spans *spans)
{
	size_t merged = 0;
	int hi = 0;

	for (size_t i = 0; i < spans->count; i++) {
		spans->items[i].transport = 0;
	}
	for (size_t i = 0; i < spans->count;) {
		struct export_span *run = &spans->items[merged++];
		*run = spans->items[i];
		i += export_run(&spans->items[i], spans->count - i, &hi);
		run->hi = hi;
	}
	return merged;
}

static size_t octets_of(const struct export_span *run)
{
	char text[sizeof(",65535-65535")];

	return (size_t)(run->hi > run->lo ? snprintf(text, sizeof(text), ",%u-%u", (uint16_t)run->lo, (uint16_t)run->hi)
					  : snprintf(text, sizeof(text), ",%u", (uint16_t)run->lo));
}

/* The first of the runs that fit together with all that follow. */
static size_t first_that_fits(const struct export_span *runs, size_t count)
{
	size_t octets = 0, first = count;

	while (first > 0 && octets + octets_of(&runs[first - 1]) <= VALUE_MAX) {
		octets += octets_of(&runs[--first]);
	}
	return first;
}

static void put_runs(const struct export_span *runs, size_t count, FILE *stream)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(stream, "%c%d", i == 0 ? ' ' : ',', runs[i].lo);
		if (runs[i].hi > runs[i].lo) {
			fprintf(stream, "-%d", runs[i].hi);
		}
	}
}

int export_reserved_ports(const struct export_request *request, FILE *stream)
{
	static const struct export_choice choice = {
		.transports = 1U << ENTRY_TCP | 1U << ENTRY_UDP,
		.order = EXPORT_BY_PORT,
	};
	struct export_spans spans;
	size_t first, count;
	int r;

	r = export_spans_collect(request, &choice, &spans);
	if (r < 0) {
		return r;
	}
	count = merge(&spans);
	first = first_that_fits(spans.items, count);
	if (first > 0) {
		fprintf(stream, "# Left out, because the kernel takes %d octets: %d-%d.\n", VALUE_MAX,
			spans.items[0].lo, spans.items[first - 1].hi);
	}
	fputs("net.ipv4.ip_local_reserved_ports =", stream);
	if (first < count) {
		put_runs(&spans.items[first], count - first, stream);
	}
	putc('\n', stream);
	export_spans_finish(&spans);
	return export_end(stream);
}
