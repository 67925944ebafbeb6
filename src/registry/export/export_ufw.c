/* export_ufw.c - application profiles of ufw, all in one file.
 *
 * ufw passes over a profile whose name the C library knows as a service, and over a whole file in which a name stands
 * twice; so every name gets a prefix.  It has no rule for other transports than TCP and UDP, none for port 0, and
 * takes no value longer than 1,024 characters: a service with more ports goes on in a profile NAME.2. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_service.h"
#include "registry/export/export_text.h"

enum { UFW_NAME_MAX = 64, PREFIX_MAX = 16, PORTS_SIZE = 1024, DESCRIPTION_SIZE = 500 };

static_assert(PREFIX_MAX + EXPORT_IDENTIFIER_MAX + sizeof(".65535") <= UFW_NAME_MAX, "every name is one ufw takes");

static bool is_prefix(const char *prefix)
{
	static const char others[] = " _-.+";
	size_t size = strlen(prefix);

	for (size_t i = 0; i < size; i++) {
		bool is_alphanumeric = isascii(prefix[i]) && isalnum((unsigned char)prefix[i]);
		if (!is_alphanumeric && (i == 0 || strchr(others, prefix[i]) == NULL)) {
			return false;
		}
	}
	return size > 0 && size <= PREFIX_MAX;
}

/* The ports from the first span on, as far as they fit into one profile; returns how many spans that are. */
static size_t put_ports(const struct export_span *spans, size_t count, struct text *ports)
{
	size_t i = 0;
	int hi = 0;

	while (i < count && ports->used + sizeof("|65535:65535/tcp") < ports->size) {
		int lo = spans[i].lo == 0 ? 1 : spans[i].lo, transport = spans[i].transport;
		i += export_run(&spans[i], count - i, &hi);
		if (hi < lo) {
			continue;
		}
		text_put(ports, ports->used == 0 ? "" : "|");
		text_put_unsigned(ports, (uint64_t)lo);
		if (hi > lo) {
			text_put(ports, ":");
			text_put_unsigned(ports, (uint64_t)hi);
		}
		text_put(ports, "/");
		text_put(ports, entry_transport_name(transport));
	}
	return i;
}

static void put_service(const struct export_request *request, const struct export_service *service, FILE *stream)
{
	const char *prefix = request->set_name == NULL ? "berth-" : request->set_name;
	char ports[PORTS_SIZE], description[DESCRIPTION_SIZE];
	const char *about = export_service_text(request->view, service, description, sizeof(description));
	unsigned number = 1;
	struct text text;

	for (size_t i = 0; i < service->count; number++) {
		text_init(&text, ports, sizeof(ports));
		i += put_ports(&service->spans[i], service->count - i, &text);
		if (text.used == 0) {
			continue;
		}
		fprintf(stream, "\n[%s%s", prefix, service->identifier);
		if (number > 1) {
			fprintf(stream, ".%u", number);
		}
		fprintf(stream, "]\ntitle=%s\ndescription=%s\nports=%s\n", service->identifier, about, ports);
	}
}

int export_ufw(const struct export_request *request, FILE *stream)
{
	struct export_services services;
	int r;

	if (request->set_name != NULL && !is_prefix(request->set_name)) {
		return -EINVAL;
	}
	r = export_services_collect(request, 1U << ENTRY_TCP | 1U << ENTRY_UDP, &services);
	if (r < 0) {
		return r;
	}
	export_put_head(stream, request->view, "Application profiles of ufw.", "# ");
	for (size_t i = 0; i < services.count; i++) {
		put_service(request, &services.items[i], stream);
	}
	export_services_finish(&services);
	return export_end(stream);
}
