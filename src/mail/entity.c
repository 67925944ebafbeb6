/* entity.c - headers found, parts taken apart (entity.h).
 *
 * Everything is a look at the message's own octets; nothing is copied.  Parts within parts are looked at to a depth
 * that no honest message has, so a hostile one costs no more than its size times that. */
#include "mail/entity.h"

#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 8 };

/* ---- lines ---- */

/* The line at `octets` with its end. */
static struct span first_line(struct span octets)
{
	const char *end = octets.size > 0 ? memchr(octets.at, '\n', octets.size) : NULL;

	return (struct span){ octets.at, end != NULL ? (size_t)(end - octets.at) + 1 : octets.size };
}

static struct span behind(struct span octets, size_t size)
{
	return (struct span){ octets.at + size, octets.size - size };
}

static struct span without_end(struct span line)
{
	if (line.size > 0 && line.at[line.size - 1] == '\n') {
		line.size--;
	}
	if (line.size > 0 && line.at[line.size - 1] == '\r') {
		line.size--;
	}
	return line;
}

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

static struct span trimmed(struct span span)
{
	while (span.size > 0 && is_blank(span.at[0])) {
		span = behind(span, 1);
	}
	while (span.size > 0 && is_blank(span.at[span.size - 1])) {
		span.size--;
	}
	return span;
}

/* ---- headers ---- */

/* Octets of a header's name; 0: the line begins none. */
static size_t name_size(struct span line)
{
	size_t i = 0;

	while (i < line.size && line.at[i] > 0x20 && line.at[i] < 0x7f && line.at[i] != ':') {
		i++;
	}
	return i < line.size && line.at[i] == ':' ? i : 0;
}

bool entity_of(struct span octets, struct entity *ret_entity)
{
	struct span rest = octets;
	struct span line = first_line(rest);

	if (without_end(line).size > 0 && name_size(line) == 0) {
		return false;
	}
	while (rest.size > 0 && without_end(line).size > 0) {
		rest = behind(rest, line.size);
		line = first_line(rest);
	}
	ret_entity->headers = (struct span){ octets.at, octets.size - rest.size };
	ret_entity->body = behind(rest, line.size);
	return true;
}

static bool is_continued(struct span rest)
{
	return rest.size > 0 && (rest.at[0] == ' ' || rest.at[0] == '\t');
}

struct span entity_header(const struct entity *entity, const char *name)
{
	struct span rest = entity->headers;

	while (rest.size > 0) {
		struct span line = first_line(rest);
		size_t size = name_size(line);
		size_t whole = line.size;
		while (is_continued(behind(rest, whole))) {
			whole += first_line(behind(rest, whole)).size;
		}
		if (size > 0 && span_is((struct span){ line.at, size }, name)) {
			return trimmed((struct span){ line.at + size + 1, whole - size - 1 });
		}
		rest = behind(rest, whole);
	}
	return (struct span){ "", 0 };
}

/* ---- Content-Type ---- */

struct span entity_type(const struct entity *entity)
{
	static const char plain[] = "text/plain";
	struct span type = entity_header(entity, "Content-Type");
	const char *end = memchr(type.at, ';', type.size);

	if (type.size == 0) {
		return (struct span){ plain, sizeof(plain) - 1 };
	}
	return trimmed((struct span){ type.at, end != NULL ? (size_t)(end - type.at) : type.size });
}

/* To the ";" behind a parameter, or the end; one within quotes is none. */
static struct span first_parameter(struct span text)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < text.size && (quoted || text.at[i] != ';'); i++) {
		quoted = text.at[i] == '"' ? !quoted : quoted;
	}
	return (struct span){ text.at, i };
}

static struct span unquoted(struct span value)
{
	if (value.size > 1 && value.at[0] == '"' && value.at[value.size - 1] == '"') {
		return (struct span){ value.at + 1, value.size - 2 };
	}
	return value;
}

struct span entity_parameter(const struct entity *entity, const char *name)
{
	struct span rest = entity_header(entity, "Content-Type");

	while (rest.size > 0) {
		struct span parameter = first_parameter(rest);
		const char *equals = memchr(parameter.at, '=', parameter.size);
		size_t size = equals != NULL ? (size_t)(equals - parameter.at) : parameter.size;
		if (equals != NULL && span_is(trimmed((struct span){ parameter.at, size }), name)) {
			return unquoted(trimmed(behind(parameter, size + 1)));
		}
		rest = behind(rest, parameter.size + (parameter.size < rest.size));
	}
	return (struct span){ "", 0 };
}

/* ---- parts ---- */

static bool is_boundary(struct span line, struct span boundary, bool *ret_last)
{
	struct span text = without_end(line);

	if (boundary.size == 0 || text.size < boundary.size + 2 || memcmp(text.at, "--", 2) != 0 ||
	    memcmp(text.at + 2, boundary.at, boundary.size) != 0) {
		return false;
	}
	struct span rest = behind(text, boundary.size + 2);
	*ret_last = rest.size >= 2 && memcmp(rest.at, "--", 2) == 0;
	return *ret_last || trimmed(rest).size == 0;
}

/* The next part behind a boundary; `rest` begins behind it afterwards.  False when no boundary is left. */
static bool next_part(struct span *rest, struct span boundary, struct span *ret_part)
{
	bool is_last = false;
	struct span line = first_line(*rest);

	while (rest->size > 0 && !is_boundary(line, boundary, &is_last)) {
		*rest = behind(*rest, line.size);
		line = first_line(*rest);
	}
	if (rest->size == 0 || is_last) {
		return false;
	}
	*rest = behind(*rest, line.size);
	ret_part->at = rest->at;
	for (line = first_line(*rest); rest->size > 0 && !is_boundary(line, boundary, &is_last);
	     line = first_line(*rest)) {
		*rest = behind(*rest, line.size);
	}
	/* The line end before a boundary belongs to it. */
	*ret_part = without_end((struct span){ ret_part->at, (size_t)(rest->at - ret_part->at) });
	return true;
}

static bool find_text(const struct entity *entity, unsigned depth, struct entity *ret_text)
{
	struct span type = entity_type(entity);
	struct span rest = entity->body;
	struct span part;
	struct entity inner;

	if (span_is(type, "text/plain")) {
		*ret_text = *entity;
		return true;
	}
	if (depth == DEPTH_MAX || type.size < 10 || strncasecmp(type.at, "multipart/", 10) != 0) {
		return false;
	}
	struct span boundary = entity_parameter(entity, "boundary");
	while (next_part(&rest, boundary, &part)) {
		if (entity_of(part, &inner) && find_text(&inner, depth + 1, ret_text)) {
			return true;
		}
	}
	return false;
}

bool entity_text(const struct entity *entity, struct entity *ret_text)
{
	return find_text(entity, 0, ret_text);
}
