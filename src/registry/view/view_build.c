/* view_build.c - lays rows out as a view.  Called where a view is made (registry.h) and nowhere else.
 *
 * The same rows in the same order make the same octets: texts stand in the order in which they came, every list has one
 * order, and no octet is left to chance. */
#include "registry/view/view_build.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/view/view_format.h"
#include "registry/view/view_pool.h"

static_assert(VIEW_DIGEST_SIZE == crypto_hash_sha256_BYTES, "the digest is a SHA-256");

struct view_builder {
	struct packed_head head;
	struct list sections[VIEW_SECTIONS];
	struct view_pool pool; /* of the section VIEW_TEXTS */
	bool own;	       /* the rows that come now are the organisation's own */
};

static int put_text(struct view_builder *builder, const char *text, uint32_t *ret_offset)
{
	return view_pool_put(&builder->pool, text, ret_offset);
}

static int put_about(struct view_builder *builder, const struct view_about *about)
{
	struct packed_head *head = &builder->head;
	int r;

	memcpy(head->magic, VIEW_MAGIC, sizeof(head->magic));
	head->byte_order = VIEW_BYTE_ORDER;
	head->version = VIEW_VERSION;
	head->event = about->event;
	r = put_text(builder, about->day, &head->day);
	r = r < 0 ? r : put_text(builder, about->registry, &head->registry);
	r = r < 0 ? r : put_text(builder, about->notice, &head->notice);
	return r < 0 ? r : put_text(builder, about->event_hash, &head->event_hash);
}

int view_builder_create(const struct view_about *about, struct view_builder **ret_builder)
{
	struct view_builder *builder = calloc(1, sizeof(*builder));
	int r;

	if (builder == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < VIEW_SECTIONS; i++) {
		builder->sections[i].item_size = view_item_sizes[i];
	}
	r = view_pool_init(&builder->pool, &builder->sections[VIEW_TEXTS]);
	r = r < 0 ? r : put_about(builder, about);
	if (r < 0) {
		view_builder_destroy(builder);
		return r;
	}
	*ret_builder = builder;
	return 0;
}

struct view_builder *view_builder_destroy(struct view_builder *builder)
{
	if (builder != NULL) {
		for (size_t i = 0; i < VIEW_SECTIONS; i++) {
			free(builder->sections[i].items);
		}
		view_pool_finish(&builder->pool);
		free(builder);
	}
	return NULL;
}

int view_builder_source(struct view_builder *builder, const char *name, const char *dated)
{
	struct packed_source source = { 0 };
	struct packed_source *place;
	int r;

	if (builder->sections[VIEW_SOURCES].count > UINT16_MAX) {
		return -EFBIG;
	}
	r = put_text(builder, name, &source.name);
	r = r < 0 ? r : put_text(builder, dated, &source.dated);
	if (r < 0) {
		return r;
	}
	place = list_push(&builder->sections[VIEW_SOURCES], 1);
	if (place == NULL) {
		return -ENOMEM;
	}
	*place = source;
	builder->own = strcmp(name, "own") == 0;
	return 0;
}

int view_builder_band(struct view_builder *builder, const struct view_band *band)
{
	struct packed_band packed = {
		.lo = (uint16_t)band->lo,
		.hi = (uint16_t)band->hi,
		.expert = (uint16_t)band->expert,
		.eyes = (uint16_t)band->eyes,
	};
	struct packed_band *place;
	int r;

	r = put_text(builder, band->name, &packed.name);
	r = r < 0 ? r : put_text(builder, band->kind, &packed.kind);
	r = r < 0 ? r : put_text(builder, band->decides, &packed.decides);
	r = r < 0 ? r : put_text(builder, band->over, &packed.over);
	if (r < 0) {
		return r;
	}
	place = list_push(&builder->sections[VIEW_BANDS], 1);
	if (place == NULL) {
		return -ENOMEM;
	}
	*place = packed;
	return 0;
}

static int put_fold(struct view_builder *builder, const char *name, uint32_t *ret_offset)
{
	size_t size = strlen(name) + 1;
	char *fold = malloc(size);
	int r;

	if (fold == NULL) {
		return -ENOMEM;
	}
	entry_fold(name, fold);
	fold[size - 1] = '\0';
	r = put_text(builder, fold, ret_offset);
	free(fold);
	return r;
}

static int put_row_texts(struct view_builder *builder, const struct entry *entry, const char *since,
			 struct packed_row *ret_row)
{
	int r = put_fold(builder, entry->columns[ENTRY_NAME], &ret_row->fold);

	for (size_t i = 0; i < ENTRY_COLUMNS && r == 0; i++) {
		r = put_text(builder, entry->columns[i], &ret_row->columns[i]);
	}
	r = r < 0 ? r : put_text(builder, entry->raw != NULL ? entry->raw : "", &ret_row->raw);
	return r < 0 ? r : put_text(builder, since != NULL ? since : entry->columns[ENTRY_REGISTERED], &ret_row->since);
}

/* Puts a row into the lists by which it is found. */
static int put_indexes(struct view_builder *builder, const struct packed_row *row, uint32_t index)
{
	struct packed_span *span;
	uint32_t *name;

	if (row->fold != 0) {
		name = list_push(&builder->sections[VIEW_NAMES], 1);
		if (name == NULL) {
			return -ENOMEM;
		}
		*name = index;
	}
	if (row->has_port) {
		span = list_push(&builder->sections[row->lo == row->hi ? VIEW_NUMBERS : VIEW_RANGES], 1);
		if (span == NULL) {
			return -ENOMEM;
		}
		*span = (struct packed_span){ .lo = row->lo, .hi = row->hi, .row = index };
	}
	return 0;
}

int view_builder_row(struct view_builder *builder, const struct entry *entry, const char *since_or_null)
{
	struct list *rows = &builder->sections[VIEW_ROWS];
	struct list *sources = &builder->sections[VIEW_SOURCES];
	struct packed_row row = { 0 };
	struct packed_row *place;
	int r;

	if (sources->count == 0) {
		return -EINVAL;
	}
	if (rows->count >= UINT32_MAX) {
		return -EFBIG;
	}
	row.has_port = entry->lo != ENTRY_NO_PORT;
	row.lo = row.has_port ? (uint16_t)entry->lo : 0;
	row.hi = row.has_port ? (uint16_t)entry->hi : 0;
	row.source = (uint16_t)(sources->count - 1);
	row.own = builder->own;
	row.status = (uint8_t)entry->status;
	row.transport = (uint8_t)entry_transport(entry->columns[ENTRY_TRANSPORT]);
	row.oddities = (uint16_t)entry_oddities(entry);
	r = put_row_texts(builder, entry, since_or_null, &row);
	if (r < 0) {
		return r;
	}
	place = list_push(rows, 1);
	if (place == NULL) {
		return -ENOMEM;
	}
	*place = row;
	((struct packed_source *)sources->items)[row.source].rows++;
	return put_indexes(builder, &row, (uint32_t)(rows->count - 1));
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_spans(const void *a, const void *b)
{
	const struct packed_span *first = a;
	const struct packed_span *second = b;

	if (first->lo != second->lo) {
		return first->lo - second->lo;
	}
	if (first->hi != second->hi) {
		return first->hi - second->hi;
	}
	return compare_numbers(first->row, second->row);
}

static int compare_bands(const void *a, const void *b)
{
	const struct packed_band *first = a;
	const struct packed_band *second = b;

	return first->lo - second->lo;
}

static int compare_names(const void *a, const void *b, void *context)
{
	const struct view_builder *builder = context;
	const struct packed_row *rows = builder->sections[VIEW_ROWS].items;
	uint32_t first = *(const uint32_t *)a;
	uint32_t second = *(const uint32_t *)b;
	int order = 0;

	if (rows[first].fold != rows[second].fold) {
		order = strcmp(view_pool_text(&builder->pool, rows[first].fold),
			       view_pool_text(&builder->pool, rows[second].fold));
	} else if (rows[first].own != rows[second].own) {
		order = rows[second].own - rows[first].own;
	}
	return order != 0 ? order : compare_numbers(first, second);
}

/* An empty list may have no memory at all, which qsort must not see. */
static void sort_sections(struct view_builder *builder)
{
	struct list *sections = builder->sections;

	for (enum view_section i = VIEW_NUMBERS; i <= VIEW_RANGES; i++) {
		if (sections[i].count > 0) {
			qsort(sections[i].items, sections[i].count, sections[i].item_size, compare_spans);
		}
	}
	if (sections[VIEW_BANDS].count > 0) {
		qsort(sections[VIEW_BANDS].items, sections[VIEW_BANDS].count, sections[VIEW_BANDS].item_size,
		      compare_bands);
	}
	if (sections[VIEW_NAMES].count > 0) {
		qsort_r(sections[VIEW_NAMES].items, sections[VIEW_NAMES].count, sections[VIEW_NAMES].item_size,
			compare_names, builder);
	}
}

/* Gives every section its place behind the head; returns the size of the whole, or -EFBIG. */
static int64_t place_sections(struct view_builder *builder)
{
	uint64_t end = sizeof(builder->head);

	for (size_t i = 0; i < VIEW_SECTIONS; i++) {
		const struct list *list = &builder->sections[i];
		builder->head.sections[i] =
			(struct packed_section){ .offset = (uint32_t)end, .count = (uint32_t)list->count };
		end += (uint64_t)list->count * list->item_size;
		if (end > UINT32_MAX) {
			return -EFBIG;
		}
	}
	builder->head.size = end;
	return (int64_t)end;
}

int view_builder_finish(struct view_builder *builder, void **ret_octets, size_t *ret_size)
{
	struct packed_head *head = &builder->head;
	int64_t size;
	uint8_t *octets;

	sort_sections(builder);
	size = place_sections(builder);
	if (size < 0) {
		return (int)size;
	}
	octets = malloc((size_t)size);
	if (octets == NULL) {
		return -ENOMEM;
	}
	memcpy(octets, head, sizeof(*head));
	for (size_t i = 0; i < VIEW_SECTIONS; i++) {
		const struct list *list = &builder->sections[i];
		if (list->count > 0) {
			memcpy(octets + head->sections[i].offset, list->items, list->count * list->item_size);
		}
	}
	crypto_hash_sha256(head->digest, octets + VIEW_DIGESTED, (size_t)size - VIEW_DIGESTED);
	memcpy(octets + offsetof(struct packed_head, digest), head->digest, sizeof(head->digest));
	*ret_octets = octets;
	*ret_size = (size_t)size;
	return 0;
}
