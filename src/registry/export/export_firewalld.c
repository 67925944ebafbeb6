/* export_firewalld.c - services of firewalld: one to a stream, or a file for each into a folder.
 *
 * The name of the file is the service's name, so a stream can hold only one. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "os/replace.h"
#include "registry/records/derive.h"
#include "registry/export/export_format.h"
#include "registry/export/export_service.h"
#include "registry/export/export_text.h"

enum { DESCRIPTION_SIZE = 1024, PATH_SIZE = 4096, FILE_MODE = 0644 };

static void put_ports(const struct export_service *service, FILE *stream)
{
	int hi = 0;

	for (size_t i = 0; i < service->count;) {
		int lo = service->spans[i].lo, transport = service->spans[i].transport;
		fprintf(stream, "  <port protocol=\"%s\" port=\"%d", entry_transport_name(transport), lo);
		i += export_run(&service->spans[i], service->count - i, &hi);
		if (hi > lo) {
			fprintf(stream, "-%d", hi);
		}
		fputs("\"/>\n", stream);
	}
}

static int put_service(const struct view *view, const struct export_service *service, FILE *stream)
{
	char description[DESCRIPTION_SIZE];

	fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!--\n", stream);
	export_put_head(stream, view, "A service of firewalld.", "  ");
	fprintf(stream, "-->\n<service>\n  <short>%s</short>\n  <description>", service->identifier);
	export_put_xml(stream, export_service_text(view, service, description, sizeof(description)));
	fputs("</description>\n", stream);
	put_ports(service, stream);
	fputs("</service>\n", stream);
	return export_end(stream);
}

static int collect(const struct export_request *request, struct export_services *ret_services)
{
	unsigned transports = 1U << ENTRY_TCP | 1U << ENTRY_UDP | 1U << ENTRY_SCTP | 1U << ENTRY_DCCP;

	return export_services_collect(request, transports, ret_services);
}

int export_firewalld(const struct export_request *request, FILE *stream)
{
	struct export_services services;
	int r;

	r = collect(request, &services);
	if (r < 0) {
		return r;
	}
	if (services.count == 1) {
		r = put_service(request->view, &services.items[0], stream);
	} else {
		r = services.count == 0 ? -ENOENT : -E2BIG;
	}
	export_services_finish(&services);
	return r;
}

static int put_file(const struct export_request *request, const struct export_service *service)
{
	struct replacement *replacement;
	char path[PATH_SIZE];
	struct text text;
	FILE *stream;
	int r;

	text_init(&text, path, sizeof(path));
	text_put(&text, request->folder);
	text_put(&text, "/");
	text_put(&text, service->identifier);
	text_put(&text, ".xml");
	if (text.cut) {
		return -ENAMETOOLONG;
	}
	r = replace_begin(path, FILE_MODE, &replacement, &stream);
	if (r < 0) {
		return r;
	}
	r = put_service(request->view, service, stream);
	if (r < 0) {
		replace_abandon(replacement);
		return r;
	}
	return replace_commit(replacement);
}

int export_firewalld_folder(const struct export_request *request, size_t *ret_count)
{
	struct export_services services;
	size_t count = 0;
	int r;

	r = collect(request, &services);
	if (r < 0) {
		return r;
	}
	while (r == 0 && count < services.count) {
		r = put_file(request, &services.items[count]);
		count += r == 0;
	}
	export_services_finish(&services);
	if (r < 0) {
		return r;
	}
	*ret_count = count;
	return 0;
}
