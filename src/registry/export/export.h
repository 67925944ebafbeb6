/* export.h - a view in the formats other programs read.
 *
 * Each format is one file export_*.c and one row of the table here.  Every format is written so that its real reader
 * takes it: names in lower case with aliases where case matters, ranges spelled out where the reader knows none, rows
 * with only a name left out where they make no sense.  Text from rows never ends a comment or a line, and never
 * carries control characters. */
#pragma once

#include <stdio.h>

#include "registry/lookup/select.h"

struct export_request {
	const struct view *view;
	const struct selection *selection;
	/* nftables: name of the sets; ufw: prefix of profile names; NULL: "berth_ports", "berth-" */
	const char *set_name;
	const char *folder; /* for formats of one file for each service (-o DIR/); else NULL */
	/* iana-xml: people, and what stood in the file beside records; may be NULL/0 */
	const struct entry_person *people;
	size_t person_count;
	const char *header;
};

struct export_format {
	const char *name;    /* "services" ... */
	const char *summary; /* for --help: "services(5), for /etc/services" */
	bool many_files;     /* firewalld: a file for each service */
	/* NULL: written elsewhere (nss).  0 or -errno: -EINVAL a set_name its reader does not take; firewalld to a
	 * stream: -E2BIG more than one service is meant, -ENOENT none that has a port; -EFBIG ranges spelled out are
	 * millions of lines. */
	int (*write)(const struct export_request *request, FILE *stream);
};

/* iana-csv iana-xml services nmap nftables firewalld ufw reserved-ports dns-sd json nss; NULL name at the end. */
extern const struct export_format export_formats[];
const struct export_format *export_format_find(const char *name);

/* firewalld into a folder: FILE.xml for each service, each replaced as a whole.  0 or -errno; ret_count files. */
int export_firewalld_folder(const struct export_request *request, size_t *ret_count);
