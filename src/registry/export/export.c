/* export.c - the list of formats: the command, its help and its tests read it. */
#include "registry/export/export.h"

#include <string.h>

#include "registry/export/export_format.h"

const struct export_format export_formats[] = {
	{ "iana-csv", "IANA's CSV, twelve columns", false, export_iana_csv },
	{ "iana-xml", "IANA's XML", false, export_iana_xml },
	{ "services", "services(5), for /etc/services", false, export_services },
	{ "nmap", "nmap-services, for nmap --datadir", false, export_nmap },
	{ "nftables", "named sets of ports for nft -f; no rules", false, export_nftables },
	{ "firewalld", "a service of firewalld, or with -o DIR/ a file for each", true, export_firewalld },
	{ "ufw", "application profiles, for /etc/ufw/applications.d", false, export_ufw },
	{ "reserved-ports", "net.ipv4.ip_local_reserved_ports, for sysctl.d", false, export_reserved_ports },
	{ "dns-sd", "labels of DNS service discovery, with TXT keys", false, export_dns_sd },
	{ "json", "all columns and what is read from them", false, export_json },
	{ "nss", "the published file that libnss_berth reads", false, NULL },
	{ NULL, NULL, false, NULL },
};

const struct export_format *export_format_find(const char *name)
{
	for (const struct export_format *format = export_formats; format->name != NULL; format++) {
		if (strcmp(format->name, name) == 0) {
			return format;
		}
	}
	return NULL;
}
