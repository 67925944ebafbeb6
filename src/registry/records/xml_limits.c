/* xml_limits.c - what costs libxml2 more than its size, refused before it parses (xml_parts.h).  Called by xml.c.
 *
 * It compares each attribute of a tag with all others, looks a prefix up among all that are declared, and has one
 * name for a text that is too long and for want of memory.  Tags are found here as an XML parser finds them; where a
 * document is not well formed, libxml2 stops no later than this can go astray. */
#include <errno.h>
#include <string.h>

#include "registry/words/complain.h"
#include "registry/records/rows_text.h"
#include "registry/records/xml_parts.h"

enum {
	ATTRIBUTES_MAX = 256,	       /* of one tag */
	NAMESPACES_MAX = 256,	       /* of a document */
	TEXT_MAX = 8 * ENTRY_TEXT_MAX, /* between tags, escapes included */
};

struct scan {
	const char *octets;
	const char *at;
	const char *end;
	size_t namespaces;
	struct complaint *complaint;
};

static int refuse(const struct scan *scan, const char *what, int limit)
{
	size_t line = octets_line_ends(scan->octets, (size_t)(scan->at - scan->octets)) + 1;

	return complain_of(scan->complaint, -EBADMSG, "line %zu: more than %d %s", line, limit, what);
}

static bool starts(const struct scan *scan, const char *prefix)
{
	return (size_t)(scan->end - scan->at) >= strlen(prefix) && memcmp(scan->at, prefix, strlen(prefix)) == 0;
}

static void skip_to(struct scan *scan, const char *closing)
{
	const char *found = memmem(scan->at, (size_t)(scan->end - scan->at), closing, strlen(closing));

	scan->at = found == NULL ? scan->end : found + strlen(closing);
}

static int skip_tag(struct scan *scan)
{
	size_t attributes = 0;

	while (scan->at < scan->end && *scan->at != '>') {
		char octet = *scan->at;

		scan->namespaces += octet == 'x' && starts(scan, "xmlns");
		scan->at++;
		if (octet == '"' || octet == '\'') {
			const char *closing = memchr(scan->at, octet, (size_t)(scan->end - scan->at));

			scan->at = closing == NULL ? scan->end : closing + 1;
			attributes++;
		}
		if (attributes > ATTRIBUTES_MAX) {
			return refuse(scan, "attributes in one tag", ATTRIBUTES_MAX);
		}
	}
	return scan->namespaces > NAMESPACES_MAX ? refuse(scan, "namespaces", NAMESPACES_MAX) : 0;
}

/* From a "<" to what it opens. */
static int skip_markup(struct scan *scan)
{
	static const struct {
		const char *opening, *closing;
	} others[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (starts(scan, others[i].opening)) {
			const char *begin = scan->at;

			scan->at += strlen(others[i].opening);
			skip_to(scan, others[i].closing);
			return scan->at - begin > TEXT_MAX ? refuse(scan, "octets without a tag", TEXT_MAX) : 0;
		}
	}
	return skip_tag(scan);
}

int xml_check_limits(const char *octets, size_t size, struct complaint *ret_complaint)
{
	struct scan scan = { .octets = octets, .at = octets, .end = octets + size, .complaint = ret_complaint };
	int r = 0;

	while (r == 0 && scan.at < scan.end) {
		const char *tag = memchr(scan.at, '<', (size_t)(scan.end - scan.at));

		tag = tag == NULL ? scan.end : tag;
		if (tag - scan.at > TEXT_MAX) {
			return refuse(&scan, "octets without a tag", TEXT_MAX);
		}
		scan.at = tag;
		r = tag == scan.end ? 0 : skip_markup(&scan);
	}
	return r;
}
