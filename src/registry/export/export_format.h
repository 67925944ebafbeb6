/* export_format.h - the writers of the formats, one in each export_*.c, for the table in export.c. */
#pragma once

#include "registry/export/export.h"

int export_iana_csv(const struct export_request *request, FILE *stream);
int export_iana_xml(const struct export_request *request, FILE *stream);
int export_services(const struct export_request *request, FILE *stream);
int export_nmap(const struct export_request *request, FILE *stream);
int export_nftables(const struct export_request *request, FILE *stream);
int export_firewalld(const struct export_request *request, FILE *stream);
int export_ufw(const struct export_request *request, FILE *stream);
int export_reserved_ports(const struct export_request *request, FILE *stream);
int export_dns_sd(const struct export_request *request, FILE *stream);
int export_json(const struct export_request *request, FILE *stream);
