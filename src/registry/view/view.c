/* view.c - reads a view: everything that looks something up goes through here, libnss_berth too.
 *
 * Uses libc alone and allocates nothing.  The octets may come from a damaged file: whatever is fetched is first
 * found to lie inside of them, and a number that means nothing is read as the nearest thing that does no harm. */
#include "registry/view/view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry/records/derive.h"
#include "registry/view/view_format.h"

static const struct packed_head *head_of(const struct view *view)
{
	return view->octets;
}

static bool section_fits(const struct packed_section *section, uint32_t item_size, size_t size)
{
	uint64_t end = section->offset + (uint64_t)section->count * item_size;

	return section->offset >= sizeof(struct packed_head) && end <= size &&
	       (item_size == 1 || section->offset % sizeof(uint32_t) == 0);
}

int view_of(const void *octets, size_t size, struct view *ret_view)
{
	const struct packed_head *head = octets;

	if (size < sizeof(*head) || memcmp(head->magic, VIEW_MAGIC, sizeof(head->magic)) != 0 ||
	    head->byte_order != VIEW_BYTE_ORDER || head->version != VIEW_VERSION || head->size != size) {
		return -EBADMSG;
	}
	for (size_t i = 0; i < VIEW_SECTIONS; i++) {
		if (!section_fits(&head->sections[i], view_item_sizes[i], size)) {
			return -EBADMSG;
		}
	}
	/* With a NUL at its end, every text of the pool ends somewhere. */
	const struct packed_section *texts = &head->sections[VIEW_TEXTS];
	if (texts->count == 0 || ((const char *)octets)[texts->offset + texts->count - 1] != '\0') {
		return -EBADMSG;
	}
	*ret_view = (struct view){ .octets = octets, .size = size };
	return 0;
}

static int map_file(int descriptor, struct view *ret_view)
{
	struct stat status;
	void *octets;
	int r;

	if (fstat(descriptor, &status) < 0) {
		return -errno;
	}
	if (!S_ISREG(status.st_mode) || status.st_size < (off_t)sizeof(struct packed_head)) {
		return -EBADMSG;
	}
	octets = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
	if (octets == MAP_FAILED) {
		return -errno;
	}
	r = view_of(octets, (size_t)status.st_size, ret_view);
	if (r < 0) {
		(void)munmap(octets, (size_t)status.st_size);
	}
	return r;
}

int view_map(const char *path, struct view *ret_view)
{
	/* Nobody is waited for at a path that turns out to be a pipe. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (descriptor < 0) {
		return -errno;
	}
	r = map_file(descriptor, ret_view);
	(void)close(descriptor);
	return r;
}

void view_unmap(struct view *view)
{
	if (view->octets != NULL) {
		/* munmap asks for a pointer without const, and writes nothing. */
		(void)munmap((void *)(uintptr_t)view->octets, view->size);
	}
	*view = (struct view){ 0 };
}

const void *view_item(const struct view *view, enum view_section section, uint32_t index)
{
	const struct packed_section *place = &head_of(view)->sections[section];

	if (index >= place->count) {
		return NULL;
	}
	return (const char *)view->octets + place->offset + (size_t)index * view_item_sizes[section];
}

const char *view_text(const struct view *view, uint32_t offset)
{
	const char *text = view_item(view, VIEW_TEXTS, offset);

	return text != NULL ? text : "";
}

uint32_t view_items(const struct view *view, enum view_section section)
{
	return head_of(view)->sections[section].count;
}

const char *view_day(const struct view *view)
{
	return view_text(view, head_of(view)->day);
}

const char *view_registry(const struct view *view)
{
	return view_text(view, head_of(view)->registry);
}

const char *view_notice(const struct view *view)
{
	return view_text(view, head_of(view)->notice);
}

uint64_t view_event(const struct view *view)
{
	return head_of(view)->event;
}

const char *view_event_hash(const struct view *view)
{
	return view_text(view, head_of(view)->event_hash);
}

const char *view_texts(const struct view *view, size_t *ret_size)
{
	const struct packed_head *head = view->octets;

	*ret_size = head->sections[VIEW_TEXTS].count;
	return (const char *)view->octets + head->sections[VIEW_TEXTS].offset;
}

uint32_t view_count(const struct view *view)
{
	return view_items(view, VIEW_ROWS);
}

unsigned view_source_count(const struct view *view)
{
	return view_items(view, VIEW_SOURCES);
}

unsigned view_band_count(const struct view *view)
{
	return view_items(view, VIEW_BANDS);
}

/* The higher number of a range, never below the lower one. */
static int upper(uint16_t lo, uint16_t hi)
{
	return hi >= lo ? hi : lo;
}

bool view_row(const struct view *view, uint32_t index, struct view_row *ret_row)
{
	const struct packed_row *packed = view_item(view, VIEW_ROWS, index);

	if (packed == NULL) {
		return false;
	}
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		ret_row->columns[i] = view_text(view, packed->columns[i]);
	}
	ret_row->raw = packed->raw != 0 ? view_text(view, packed->raw) : NULL;
	ret_row->fold = view_text(view, packed->fold);
	ret_row->since = view_text(view, packed->since);
	ret_row->lo = packed->has_port ? packed->lo : ENTRY_NO_PORT;
	ret_row->hi = packed->has_port ? upper(packed->lo, packed->hi) : ENTRY_NO_PORT;
	ret_row->transport = packed->transport <= ENTRY_TRANSPORT_OTHER ? packed->transport : ENTRY_TRANSPORT_OTHER;
	ret_row->status = packed->status <= ENTRY_UNCLEAR ? (enum entry_status)packed->status : ENTRY_UNCLEAR;
	ret_row->source = packed->source;
	ret_row->own = packed->own != 0;
	ret_row->oddities = packed->oddities;
	return true;
}

bool view_source(const struct view *view, unsigned index, struct view_source *ret_source)
{
	const struct packed_source *packed = view_item(view, VIEW_SOURCES, index);

	if (packed == NULL) {
		return false;
	}
	*ret_source = (struct view_source){
		.name = view_text(view, packed->name),
		.dated = view_text(view, packed->dated),
		.rows = packed->rows,
	};
	return true;
}

bool view_band(const struct view *view, unsigned index, struct view_band *ret_band)
{
	const struct packed_band *packed = view_item(view, VIEW_BANDS, index);

	if (packed == NULL) {
		return false;
	}
	*ret_band = (struct view_band){
		.lo = packed->lo,
		.hi = upper(packed->lo, packed->hi),
		.name = view_text(view, packed->name),
		.kind = view_text(view, packed->kind),
		.decides = view_text(view, packed->decides),
		.expert = packed->expert,
		.eyes = packed->eyes,
		.over = view_text(view, packed->over),
	};
	return true;
}
