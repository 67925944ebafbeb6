/* rules_cases.h - for each rule, answers on which it fires and answers on which it does not, and the registry that
 * they are held against. */
#pragma once

#include "rules_forms.h"

enum { CHANGES_MAX = 5 };

/* ---- the registry that forms are held against ---- */

static const struct sample more_rows[] = {
	{ .name = "ldp", .port = "646", .transport = "tcp", .description = "LDP", .assignee = "[Bob_Thomas]" },
	{ .name = "edi_x", .port = "3000", .transport = "tcp", .description = "An old name" },
	{ .name = "keepbook", .port = "3001", .transport = "udp", .description = "Books", .assignee = "[Somebody]" },
	{ .name = "keepbook", .port = "3001", .transport = "tcp", .description = "Books", .assignee = "[Somebody]" },
	{ .name = "ada", .port = "3002", .transport = "tcp", .description = "Ada's", .assignee = "[Ada_Example]" },
	{ .name = "noport", .transport = "tcp", .description = "A name", .assignee = "[Ada_Example]" },
	{ .port = "3003", .transport = "tcp", .description = "Reserved" },
	{ .name = "datagram", .port = "3004", .transport = "udp", .description = "Over UDP alone" },
	{ .name = "misused", .port = "3005", .transport = "tcp", .description = "Misused" },
	{ .port = "3010-3020", .description = "Unassigned" },
	{ .port = "3011", .transport = "tcp", .description = "any private mail system" },
};

static inline void add_unauthorized(struct view_builder *builder)
{
	static const struct sample sample = { .port = "3006", .transport = "udp", .description = "Unassigned" };
	struct entry entry = entry_of_sample(&sample);

	entry.columns[ENTRY_UNAUTHORIZED] = "Known on 3006";
	entry_derive(&entry);
	assert_int_equal(view_builder_row(builder, &entry, NULL), 0);
}

static inline void build_view(struct view *ret_view)
{
	static const struct view_band bands[] = {
		{ 0, 1023, "system", "system", "board", 0, 2, "refuse" },
		{ 1024, 19999, "user", "user", "registrar", 1, 1, "refuse" },
		{ 20000, 20099, "team", "private", "anyone", 0, 1, "warn" },
		{ 20100, 20199, "kept", "closed", "none", 0, 1, "refuse" },
		{ 20200, 49151, "user", "user", "registrar", 1, 1, "refuse" },
		{ 49152, 65535, "dynamic", "dynamic", "none", 0, 1, "refuse" },
	};
	static const struct sample in_team[] = {
		{ .name = "theirs", .port = "20050", .transport = "tcp", .description = "Of the base" },
	};
	struct view_builder *builder = sample_builder();

	sample_rows(builder, "iana", SAMPLES(iana_samples), NULL);
	for (size_t i = 0; i < sizeof(more_rows) / sizeof(more_rows[0]); i++) {
		struct entry entry = entry_of_sample(&more_rows[i]);
		assert_int_equal(view_builder_row(builder, &entry, NULL), 0);
	}
	struct entry entry = entry_of_sample(&in_team[0]);
	assert_int_equal(view_builder_row(builder, &entry, NULL), 0);
	add_unauthorized(builder);
	sample_rows(builder, "own", SAMPLES(own_samples), "2026-03-01");
	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		assert_int_equal(view_builder_band(builder, &bands[i]), 0);
	}
	finish_builder(builder, ret_view);
}

/* ---- rule by rule ---- */

struct rule_case {
	const char *id;
	enum form_kind kind;
	bool fires;
	struct said changes[CHANGES_MAX];
};

static const struct rule_case cases[] = {
	{ "F1", FORM_USER, true, { { "formats", NULL } } },
	{ "F1", FORM_USER, true, { { "relocates", "69 tftp" } } },
	{ "F1", FORM_MODIFICATION, true, { { "about", "5254/tcp" }, { "port", "5255" } } },
	{ "F1", FORM_MODIFICATION, true, { { "about", "5254/tcp" }, { "service-code", "SC:fdpz" } } },
	{ "F1",
	  FORM_USER,
	  true,
	  { { "transport", "tcp udp" }, { "congestion", "One datagram at a time is under way." } } },
	{ "F1", FORM_NAME, false, { { "formats", NULL } } },
	{ "F2", FORM_USER, true, { { "applicant-email", "ada at example" } } },
	{ "F2", FORM_USER, true, { { "port", "3015, 3016" } } },
	{ "F2", FORM_USER, true, { { "specification", "book" } } },
	{ "F2", FORM_USER, true, { { "discovery-only", "perhaps" } } },
	{ "F2", FORM_USER, false, { { "port", "any" } } },
	{ "F3", FORM_USER, true, { { "short", "abcdefghijklmno" } } },
	{ "F3", FORM_USER, false, { { "short", "abcdefghijklmn" } } },
	{ "F4", FORM_USER, true, { { "description", "A service that needs very many words, 41." } } },
	{ "F4", FORM_USER, true, { { "title", "A service that needs very many words, 41." } } },
	{ "F4", FORM_USER, false, { { "description", "A service that needs this many words, 40" } } },
	{ "F5", FORM_RELOCATION, true, { { "relocates", "22 ftp" } } },
	{ "F5", FORM_RELOCATION, true, { { "relocates", "5254 logcabin" } } },
	{ "F5", FORM_RELOCATION, true, { { "relocates", "ftp" } } },
	{ "F5", FORM_RELOCATION, false, { { "relocates", "21 ftp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "5255/tcp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "logcabin 5254/tcp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "5254 tcp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "5254/tcp, 5254/tcp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "tcp/5254" } } },
	{ "F6", FORM_TRANSPORT, true, { { "about", "logcabin" } } },
	{ "F6", FORM_TRANSPORT, true, { { "about", "6000-6063/tcp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "6010/tcp" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "6000-6062" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "6000-6064/tcp" } } },
	{ "F6", FORM_RELEASE, false, { { "about", "6000-6063/tcp" } } },
	{ "F6", FORM_MODIFICATION, false, { { "about", "6000-6063" } } },
	{ "F6", FORM_RELEASE, false, { { "about", "5254/tcp" } } },
	{ "F6", FORM_RELEASE, false, { { "about", "LogCabin" } } },
	{ "F6", FORM_RELEASE, true, { { "about", "SC:DISC" } } },

	{ "N1", FORM_USER, true, { { "short", "abcdefghijklmnop" } } },
	{ "N1", FORM_USER, true, { { "short", NULL } } },
	{ "N1", FORM_USER, false, { { "short", "a" } } },
	{ "N2", FORM_USER, true, { { "short", "a_b" } } },
	{ "N2", FORM_USER, false, { { "short", "a-b" } } },
	{ "N3", FORM_USER, true, { { "short", "6000" } } },
	{ "N3", FORM_USER, false, { { "short", "6000x" } } },
	{ "N4", FORM_USER, true, { { "short", "a--b" } } },
	{ "N4", FORM_USER, false, { { "short", "a-b-c" } } },
	{ "N5", FORM_USER, true, { { "short", "LDP" } } },
	{ "N5", FORM_NAME, true, { { "short", "www" } } },
	{ "N5", FORM_USER, true, { { "short", "billing" } } },
	{ "N5", FORM_MODIFICATION, true, { { "about", "5254/tcp" }, { "short", "ldp" } } },
	{ "N5", FORM_USER, false, { { "short", "ldpx" } } },
	{ "N5", FORM_RELOCATION, false, { { "relocates", "21 ftp" }, { "short", "ftp" } } },
	{ "N5", FORM_NAME, true, { { "short", "noport" } } },
	{ "N5", FORM_USER, false, { { "short", "noport" } } },
	{ "N5", FORM_MODIFICATION, false, { { "about", "5254/tcp" }, { "short", "logcabin" } } },
	{ "N6", FORM_USER, true, { { "short", "edi-x" } } },
	{ "N6", FORM_USER, false, { { "short", "edix" } } },
	{ "N6", FORM_USER, false, { { "short", "sql-net" } } },
	{ "N7", FORM_USER, true, { { "short", "keep-port" } } },
	{ "N7", FORM_USER, true, { { "short", "keepservice" } } },
	{ "N7", FORM_USER, false, { { "short", "airport" } } },
	{ "N8", FORM_USER, true, { { "short", "keep-v2" } } },
	{ "N8", FORM_USER, true, { { "short", "keep-2" } } },
	{ "N8", FORM_USER, true, { { "description", "Files, version 3" } } },
	{ "N8", FORM_USER, false, { { "short", "3com-x11" } } },
	{ "N8", FORM_USER, false, { { "description", "Conversion of files" } } },
	{ "N9", FORM_USER, true, { { "transport", "udp" }, { "discovery-only", "yes" } } },
	{ "N9", FORM_USER, true, { { "transport", "udp" }, { "broadcast", "Multicast, to discover servers." } } },
	{ "N9", FORM_USER, false, { { "transport", "udp" }, { "discovery-only", "yes" }, { "short", "keep-disc" } } },
	{ "N9", FORM_USER, false, { { "discovery-only", "yes" } } },
	{ "N10", FORM_USER, true, { { "other", "It is an alias of \"logcabin\", for short." } } },
	{ "N10",
	  FORM_USER,
	  false,
	  { { "functions", "It keeps an alias of each file, which is what the name is for." } } },
	{ "N11", FORM_USER, true, { { "short", "logcabin-viewer" } } },
	{ "N11", FORM_USER, false, { { "short", "ada-viewer" } } },
	{ "N11", FORM_USER, false, { { "short", "other-viewer" } } },
	{ "N12", FORM_USER, true, { { "short", "logcabins" } } },
	{ "N12", FORM_USER, true, { { "short", "logcabin-tls" } } },
	{ "N12", FORM_USER, false, { { "short", "keeps" } } },
	{ "N13", FORM_NAME, true, { { "short", "_keepfile._tcp" } } },
	{ "N13", FORM_NAME, true, { { "txt-keys", "see _keepfile._sctp in the document" } } },
	{ "N13", FORM_NAME, false, { { "txt-keys", "see _keepfile._udp in the document" } } },

	{ "P1", FORM_USER, true, { { "port", "700" } } },
	{ "P1", FORM_SYSTEM, true, { { "port", "3012" } } },
	{ "P1", FORM_USER, true, { { "port", "70000" } } },
	{ "P1", FORM_USER, true, { { "port", "99999999999999999999" } } },
	{ "P1", FORM_SYSTEM, false, { { "port", "700" } } },
	{ "P2", FORM_USER, true, { { "port", "50000" } } },
	{ "P2", FORM_USER, true, { { "port", "20150" } } },
	{ "P2", FORM_USER, false, { { "port", "20200" } } },
	{ "P3", FORM_USER, true, { { "port", "1024" } } },
	{ "P3", FORM_USER, true, { { "port", "49151" } } },
	{ "P3", FORM_SYSTEM, true, { { "port", "0" } } },
	{ "P3", FORM_USER, false, { { "port", "1025" } } },
	{ "P4", FORM_SYSTEM, true, { { "port", "1022" } } },
	{ "P4", FORM_SYSTEM, false, { { "port", "1020" } } },
	{ "P5", FORM_USER, true, { { "port", "5254" } } },
	{ "P5", FORM_USER, true, { { "port", "7775" } } },
	{ "P5", FORM_USER, true, { { "port", "6001" } } },
	{ "P5", FORM_USER, true, { { "port", "20017" } } },
	{ "P5", FORM_USER, true, { { "port", "3011" } } },
	{ "P5", FORM_USER, true, { { "port", "6400" }, { "transport", "sctp" } } },
	{ "P5", FORM_TRANSPORT, true, { { "about", "3001/tcp" }, { "transport", "udp" } } },
	{ "P5", FORM_TRANSPORT, false, { { "about", "5254/tcp" }, { "transport", "udp" } } },
	{ "P5", FORM_USER, false, { { "port", "3012" } } },
	{ "P5", FORM_USER, false, { { "port", "3004" } } },
	{ "P6", FORM_USER, true, { { "port", "3003" } } },
	{ "P6",
	  FORM_USER,
	  true,
	  { { "port", "3003" }, { "why-reserved", "It was ours until 2020, and clients still call it." } } },
	{ "P6", FORM_SYSTEM, true, { { "port", "230" } } },
	{ "P6", FORM_TRANSPORT, false, { { "about", "5254/tcp" }, { "transport", "udp" } } },
	{ "P6", FORM_USER, false, { { "port", "3012" } } },
	{ "P8", FORM_USER, true, { { "short", "ada-admin" } } },
	{ "P8", FORM_USER, true, { { "other", "A separate port for statistics." } } },
	{ "P8", FORM_USER, false, { { "short", "keepbook-admin" } } },
	{ "P9", FORM_USER, true, { { "short", "ada" } } },
	{ "P9", FORM_USER, false, { { "short", "noport" } } },
	{ "P9", FORM_RELOCATION, false, { { "short", "ftp" }, { "relocates", "21 ftp" } } },
	{ "P11", FORM_USER, true, { { "port", "3006" } } },
	{ "P11", FORM_USER, true, { { "port", "3012" }, { "unauthorized-use", "A game is said to use it." } } },
	{ "P11", FORM_USER, false, { { "port", "3012" }, { "unauthorized-use", "none" } } },
	{ "P12", FORM_USER, true, { { "port", "6666" }, { "formats", "HTTP/1.1 requests with JSON inside them." } } },
	{ "P12", FORM_USER, false, { { "port", "6666" } } },
	{ "P12", FORM_USER, false, { { "port", "6664" }, { "formats", "HTTP/1.1 requests with JSON inside them." } } },
	{ "P12",
	  FORM_USER,
	  false,
	  { { "port", "6666" }, { "formats", "Unlike HTTP: a length, then octets as many." } } },
	{ "P13", FORM_USER, true, { { "port", "40000" } } },
	{ "P13", FORM_USER, false, { { "port", "32767" } } },

	{ "T1", FORM_USER, true, { { "transport", NULL } } },
	{ "T1", FORM_NAME, true, { { "transport", "udp-lite" } } },
	{ "T1", FORM_NAME, false, { { "transport", "sctp" } } },
	{ "T2", FORM_USER, true, { { "transport", "both" } } },
	{ "T2", FORM_USER, false, { { "transport", "tcp, udp" } } },
	{ "T3",
	  FORM_USER,
	  true,
	  { { "transport", "tcp udp" }, { "differs", "UDP carries statistics and TCP files." } } },
	{ "T3", FORM_USER, false, { { "transport", "tcp udp" }, { "differs", "Not at all." } } },
	{ "T4", FORM_USER, true, { { "transport", "udp" } } },
	{ "T4", FORM_USER, true, { { "transport", "udp" }, { "congestion", "none" } } },
	{ "T4",
	  FORM_USER,
	  true,
	  { { "transport", "udp" }, { "congestion", "UDP lets it bypass congestion control." } } },
	{ "T4",
	  FORM_USER,
	  false,
	  { { "transport", "udp" }, { "congestion", "One datagram is under way at a time." } } },
	{ "T5", FORM_USER, true, { { "broadcast", "Broadcast, to find servers of the same segment." } } },
	{ "T5", FORM_USER, false, { { "broadcast", "Multicast, not broadcast, to find servers." } } },
	{ "T6", FORM_TRANSPORT, true, { { "about", "5254/tcp" }, { "transport", "udp" } } },
	{ "T6", FORM_TRANSPORT, true, { { "about", "3002/tcp" }, { "transport", "udp" } } },
	{ "T6", FORM_USER, true, { { "short", "noport" } } },
	{ "T6", FORM_USER, false, { { "short", "keepfile" } } },
	{ "T7", FORM_USER, true, { { "port", "3004" } } },
	{ "T7", FORM_USER, false, { { "port", "3012" } } },
	{ "T9", FORM_USER, true, { { "transport", "sctp" } } },
	{ "T9",
	  FORM_USER,
	  true,
	  { { "transport", "sctp" },
	    { "short", "ada" },
	    { "port", "3012" },
	    { "sctp-why", "Several streams in one association." } } },
	{ "T9", FORM_USER, false, { { "transport", "sctp" }, { "sctp-why", "Several streams in one association." } } },

	{ "D1", FORM_USER, true, { { "service-code", "SC:keep" } } },
	{ "D1", FORM_NAME, true, { { "transport", "dccp" } } },
	{ "D1", FORM_NAME, false, { { "transport", "dccp" }, { "service-code", "SC:keep" } } },
	{ "D2", FORM_SERVICE_CODE, true, { { "service-code", "SC=0" } } },
	{ "D2", FORM_SERVICE_CODE, true, { { "service-code", "SC:?ab" } } },
	{ "D2", FORM_SERVICE_CODE, false, { { "service-code", "SC:keep" } } },
	{ "D3", FORM_SERVICE_CODE, true, { { "service-code", "keep" } } },
	{ "D3", FORM_SERVICE_CODE, true, { { "service-code", "SC=4294967296" } } },
	{ "D3", FORM_SERVICE_CODE, false, { { "service-code", "SC=x11" } } },
	{ "D4", FORM_SERVICE_CODE, true, { { "service-code", "SC:KEEP" } } },
	{ "D4", FORM_SERVICE_CODE, false, { { "service-code", "SC:keep" } } },
	{ "D5", FORM_SERVICE_CODE, true, { { "service-code", "SC:a, SC:b, SC:c, SC:d, SC:e, SC:f" } } },
	{ "D5", FORM_SERVICE_CODE, false, { { "service-code", "SC:a, SC:b, SC:c, SC:d, SC:e" } } },
	{ "D6", FORM_USER, true, { { "transport", "dccp" }, { "service-code", "SC:DISC" }, { "port", "3012" } } },
	{ "D6", FORM_USER, false, { { "transport", "dccp" }, { "service-code", "SC:keep" }, { "port", "3012" } } },
	{ "D7", FORM_USER, true, { { "transport", "dccp" } } },
	{ "D7", FORM_USER, false, { { "transport", "dccp" }, { "service-code", "SC:keep" } } },
	{ "D8", FORM_USER, true, { { "transport", "dccp" }, { "short", "ada" } } },
	{ "D8", FORM_USER, true, { { "transport", "dccp" }, { "short", "datagram" }, { "port", "3012" } } },
	{ "D8", FORM_USER, false, { { "transport", "dccp" }, { "short", "datagram" }, { "port", "3004" } } },

	{ "J1", FORM_USER, true, { { "why-not-dynamic", NULL } } },
	{ "J1", FORM_USER, true, { { "why-not-dynamic", "n/a" } } },
	{ "J1", FORM_USER, false, { { "why-not-dynamic", "Clients call before anything else is up." } } },
	{ "J2", FORM_SYSTEM, true, { { "why-not-user", NULL } } },
	{ "J2", FORM_SYSTEM, true, { { "why-not-dynamic", "Because." } } },
	{ "J2", FORM_SYSTEM, true, { { "reference", "tbd" } } },
	{ "J2", FORM_SYSTEM, false, { { "reference", "RFC 959" } } },
	{ "J3", FORM_USER, true, { { "broadcast", NULL } } },
	{ "J3", FORM_USER, true, { { "broadcast", "yes" } } },
	{ "J3", FORM_USER, true, { { "anycast", "yes" } } },
	{ "J3", FORM_USER, false, { { "broadcast", "no" } } },
	{ "J4", FORM_SYSTEM, true, { { "specification", "proprietary" } } },
	{ "J4", FORM_SYSTEM, true, { { "notes", "Under a non-disclosure agreement." } } },
	{ "J4", FORM_SYSTEM, false, { { "specification", "rfc" } } },
	{ "J4", FORM_USER, false, { { "specification", "proprietary" } } },
	{ "J5", FORM_USER, true, { { "formats", "See https://example.org/formats" } } },
	{ "J5", FORM_USER, true, { { "sequences", "tbd" } } },
	{ "J5", FORM_USER, false, { { "opcodes", "none" } } },
	{ "J6", FORM_USER, true, { { "functions", "A dashboard over HTTP for whoever has a browser." } } },
	{ "J6", FORM_USER, true, { { "functions", "The page calls the helper on localhost to have its files." } } },
	{ "J6", FORM_USER, true, { { "why-not-dynamic", "A default port is convenient for the users of it." } } },
	{ "J6",
	  FORM_USER,
	  true,
	  { { "why-not-dynamic", "A port of its own gives the transfers better performance." } } },
	{ "J6", FORM_USER, true, { { "why-not-dynamic", "There are multiple instances, one of which runs here." } } },
	{ "J6", FORM_USER, true, { { "other", "It is the successor of keepbook." } } },
	{ "J6", FORM_USER, true, { { "development", "A prototype." } } },
	{ "J6", FORM_USER, false, { { "development", "An alpha release that three companies run." } } },
	{ "J6", FORM_USER, false, { { "functions", "Not on localhost, and without HTTP: files by name." } } },
	{ "J7", FORM_USER, true, { { "security", NULL } } },
	{ "J7", FORM_USER, true, { { "security", "The network is trusted." } } },
	{ "J7", FORM_USER, true, { { "other", "The TLS variant has port 3012." } } },
	{ "J7", FORM_USER, true, { { "why-not-dynamic", "There are precedents in many lists of ports." } } },
	{ "J7", FORM_USER, false, { { "security", "Every message is signed." } } },
	{ "J8", FORM_USER, true, { { "development", "It is widely deployed." } } },
	{ "J8", FORM_USER, true, { { "port", "3012" }, { "other", "All servers listen on 3012." } } },
	{ "J8", FORM_USER, false, { { "port", "3012" }, { "other", "All servers have 13012 users." } } },
};
