/* test_export.c - each format of berth export.
 *
 * What rows must not be able to do to them: test_export_text.c.  That the real readers take these files is
 * tests/system/test_registry_exports.py's to show. */
#include "export_view.h"

#include <dirent.h>
#include <jansson.h>
#include <unistd.h>

#include "registry/records/csv.h"

static const struct sample samples[] = {
	{ "discard", "9", "sctp", "Discard", NULL, false },
	{ "sql*net", "66", "tcp", "Oracle SQL*NET", "This entry is an alias to \"sql-net\".", false },
	{ "sql-net", "66", "tcp",
	  "Oracle SQL*NET\nIANA assigned this well-formed service name as a replacement for \"sql*net\".", NULL,
	  false },
	{ "HTTP", "80", "tcp", "World Wide Web", "Defined TXT keys: u=<username>\np=<password>", false },
	{ "www", "80", "tcp", NULL, NULL, false },
	{ "WWW", "80", "tcp", NULL, NULL, false },
	{ "shell", "514", "tcp", "cmd", NULL, false },
	{ "syslog", "514", "udp", NULL, NULL, false },
	{ "", "515", "tcp", "Reserved", NULL, false },
	{ "", "516-520", "", "Unassigned", NULL, false },
	{ "Apple (Dock)", "3283", "tcp", "blanks", NULL, false },
	{ "has#mark", "3284", "tcp", "mark", NULL, false },
	{ "active-net", "3322-3323", "", "Active Networks", NULL, false },
	{ "next-net", "3324", "tcp", "touches it", NULL, false },
	{ "x11", "6000-6002", "tcp", "X Window System", NULL, false },
	{ "one-code", "7000", "dccp", "DCCP", NULL, false },
	{ "wot", "", "tcp", "Web of Things", "Defined TXT keys: td", false },
	{ "1password", "", "", "Passwords", "Defined TXT keys: None", false },
	{ "http", "20017", "tcp", "ours", NULL, true },
	{ "billing", "514", "tcp", "Billing", NULL, true },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

static void expect(const char *format, const char *expected)
{
	char *text = exported_samples(format, samples);

	assert_string_equal(behind_head(text), expected);
	free(text);
}

static void test_services(void **state)
{
	(void)state;
	expect("services", "billing         514/tcp shell\t# Billing\n"
			   "http            20017/tcp\t# ours\n"
			   "discard         9/sctp\t# Discard\n"
			   "sql-net         66/tcp sql*net\t# Oracle SQL*NET\n"
			   "http            80/tcp www\t# World Wide Web\n"
			   "syslog          514/udp\n"
			   "active-net      3322/tcp\t# Active Networks\n"
			   "active-net      3322/udp\t# Active Networks\n"
			   "active-net      3323/tcp\t# Active Networks\n"
			   "active-net      3323/udp\t# Active Networks\n"
			   "next-net        3324/tcp\t# touches it\n"
			   "x11             6000/tcp\t# X Window System\n"
			   "x11             6001/tcp\t# X Window System\n"
			   "x11             6002/tcp\t# X Window System\n"
			   "one-code        7000/dccp\t# DCCP\n");
}

static void test_nmap(void **state)
{
	(void)state;
	expect("nmap", "discard\t9/sctp\t0.000000\t# Discard\n"
		       "sql-net\t66/tcp\t0.000000\t# Oracle SQL*NET\n"
		       "http\t80/tcp\t0.000000\t# World Wide Web\n"
		       "billing\t514/tcp\t0.000000\t# Billing\n"
		       "syslog\t514/udp\t0.000000\n"
		       "active-net\t3322/tcp\t0.000000\t# Active Networks\n"
		       "active-net\t3322/udp\t0.000000\t# Active Networks\n"
		       "active-net\t3323/tcp\t0.000000\t# Active Networks\n"
		       "active-net\t3323/udp\t0.000000\t# Active Networks\n"
		       "next-net\t3324/tcp\t0.000000\t# touches it\n"
		       "x11\t6000/tcp\t0.000000\t# X Window System\n"
		       "x11\t6001/tcp\t0.000000\t# X Window System\n"
		       "x11\t6002/tcp\t0.000000\t# X Window System\n"
		       "http\t20017/tcp\t0.000000\t# ours\n");
}

static void test_nftables(void **state)
{
	(void)state;
	expect("nftables", "add table inet berth\n"
			   "add set inet berth berth_ports_tcp { type inet_service; flags interval; }\n"
			   "flush set inet berth berth_ports_tcp\n"
			   "add element inet berth berth_ports_tcp {\n"
			   "\t66 comment \"sql-net sql*net\",\n"
			   "\t80 comment \"http www\",\n"
			   "\t514 comment \"billing shell\",\n"
			   "\t3283-3284,\n"
			   "\t3322-3324 comment \"active-net next-net\",\n"
			   "\t6000-6002 comment \"x11\",\n"
			   "\t20017 comment \"http\"\n"
			   "}\n"
			   "add set inet berth berth_ports_udp { type inet_service; flags interval; }\n"
			   "flush set inet berth berth_ports_udp\n"
			   "add element inet berth berth_ports_udp {\n"
			   "\t514 comment \"syslog\",\n"
			   "\t3322-3323 comment \"active-net\"\n"
			   "}\n");
}

static void test_reserved_ports(void **state)
{
	(void)state;
	expect("reserved-ports", "net.ipv4.ip_local_reserved_ports = 66,80,514,3283-3284,3322-3324,6000-6002,20017\n");
}

static void test_ufw(void **state)
{
	(void)state;
	expect("ufw", "\n[berth-active-net]\ntitle=active-net\ndescription=Active Networks\n"
		      "ports=3322:3323/tcp|3322:3323/udp\n"
		      "\n[berth-apple-dock]\ntitle=apple-dock\ndescription=blanks\nports=3283/tcp\n"
		      "\n[berth-billing]\ntitle=billing\ndescription=Billing\nports=514/tcp\n"
		      "\n[berth-has-mark]\ntitle=has-mark\ndescription=mark\nports=3284/tcp\n"
		      "\n[berth-http]\ntitle=http\ndescription=World Wide Web\nports=80/tcp|20017/tcp\n"
		      "\n[berth-next-net]\ntitle=next-net\ndescription=touches it\nports=3324/tcp\n"
		      "\n[berth-shell]\ntitle=shell\ndescription=cmd\nports=514/tcp\n"
		      "\n[berth-sql-net]\ntitle=sql-net\ndescription=Oracle SQL*NET\nports=66/tcp\n"
		      "\n[berth-syslog]\ntitle=syslog\ndescription=syslog\nports=514/udp\n"
		      "\n[berth-www]\ntitle=www\ndescription=www\nports=80/tcp\n"
		      "\n[berth-x11]\ntitle=x11\ndescription=X Window System\nports=6000:6002/tcp\n");
}

static void test_dns_sd(void **state)
{
	(void)state;
	expect("dns-sd", "_1password._tcp\t# Passwords\n"
			 "_1password._udp\t# Passwords\n"
			 "_active-net._tcp\t# Active Networks\n"
			 "_active-net._udp\t# Active Networks\n"
			 "_billing._tcp\t# Billing\n"
			 "_discard._udp\t# Discard\n"
			 "_HTTP._tcp\t# World Wide Web; TXT keys: u=<username> p=<password>\n"
			 "_next-net._tcp\t# touches it\n"
			 "_one-code._udp\t# DCCP\n"
			 "_shell._tcp\t# cmd\n"
			 "_sql-net._tcp\t# Oracle SQL*NET\n"
			 "_syslog._udp\n"
			 "_wot._tcp\t# Web of Things; TXT keys: td\n"
			 "_www._tcp\n"
			 "_x11._tcp\t# X Window System\n");
}

/* ---- firewalld ---- */

static char *firewalld(const struct sample *rows, const char *name, int result)
{
	struct view view = view_of_samples("2026-02-25", rows);
	const char *const names[] = { name };
	const struct selection selection = { .names = names, .name_count = 1 };
	const struct export_request request = { .view = &view, .selection = &selection };
	char *text = exported("firewalld", &request, result);

	view_free(&view);
	return text;
}

static void test_firewalld(void **state)
{
	char *text = firewalld(samples, "active-net", 0);

	(void)state;
	assert_string_equal(text, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
				  "<!--\n"
				  "  A service of firewalld. Made by berth from the registry example.org as of\n"
				  "  2026-02-25.\n"
				  "  No endorsement - -> of anything.\n"
				  "-->\n"
				  "<service>\n"
				  "  <short>active-net</short>\n"
				  "  <description>Active Networks</description>\n"
				  "  <port protocol=\"tcp\" port=\"3322-3323\"/>\n"
				  "  <port protocol=\"udp\" port=\"3322-3323\"/>\n"
				  "</service>\n");
	free(text);
	free(firewalld(samples, "nobody", -ENOENT));
	free(firewalld(samples, "wot", -ENOENT)); /* a name only */
	free(firewalld(samples, "514", -E2BIG));
}

static size_t files_in(const char *folder, const char *expected)
{
	size_t count = 0;
	DIR *directory = opendir(folder);

	assert_non_null(directory);
	for (struct dirent *file = readdir(directory); file != NULL; file = readdir(directory)) {
		if (*file->d_name != '.') {
			assert_non_null(strstr(expected, file->d_name));
			assert_int_equal(unlinkat(dirfd(directory), file->d_name, 0), 0);
			count++;
		}
	}
	closedir(directory);
	return count;
}

static void test_firewalld_folder(void **state)
{
	static const char *const hostile = "../../etc/passwd";
	const struct sample rows[] = {
		{ hostile, "1", "tcp", NULL, NULL, false }, { "a+b", "2", "tcp", NULL, NULL, false },
		{ "a-b", "3", "tcp", NULL, NULL, false },   { ".", "4", "tcp", NULL, NULL, false },
		{ "é", "5", "tcp", NULL, NULL, false },	    { NULL, NULL, NULL, NULL, NULL, false },
	};
	char folder[] = "/tmp/berth-export-XXXXXX";
	struct view view = view_of_samples("2026-02-25", rows);
	const struct export_request request = { .view = &view, .folder = mkdtemp(folder) };
	size_t count = 0;
	char *text;

	(void)state;
	assert_non_null(request.folder);
	assert_int_equal(export_firewalld_folder(&request, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(files_in(folder, "a-b.xml etc-passwd.xml"), 2);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(export_firewalld_folder(&request, &count), -ENOENT);
	view_free(&view);
	/* Of names that are one service to a firewall, none gets the other's ports. */
	text = exported_samples("ufw", rows);
	assert_non_null(strstr(text, "\n[berth-a-b]\ntitle=a-b\ndescription=a-b\nports=3/tcp\n"));
	assert_null(strstr(text, "2/tcp"));
	free(text);
}

static void test_names_of_sets(void **state)
{
	static const char *const bad[] = { "", "1a", "a b", "a-b", "a{", "a\n", "é", "a;flush" };
	struct view view = view_of_samples("2026-02-25", samples);
	struct export_request request = { .view = &view };
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.set_name = bad[i];
		free(exported("nftables", &request, -EINVAL));
	}
	request.set_name = "]\n";
	free(exported("ufw", &request, -EINVAL));
	request.set_name = "team_ports";
	text = exported("nftables", &request, 0);
	assert_non_null(strstr(text, "\nadd set inet berth team_ports_tcp {"));
	free(text);
	request.set_name = "Team ";
	text = exported("ufw", &request, 0);
	assert_non_null(strstr(text, "\n[Team x11]\n"));
	free(text);
	view_free(&view);
}

/* ---- selection ---- */

static void test_selection(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples);
	struct selection selection = { .own = true };
	const struct export_request request = { .view = &view, .selection = &selection };
	char *text = exported("services", &request, 0);

	(void)state;
	assert_string_equal(behind_head(text),
			    "billing         514/tcp\t# Billing\nhttp            20017/tcp\t# ours\n");
	free(text);
	selection = (struct selection){ .band = "team" };
	text = exported("reserved-ports", &request, 0);
	assert_string_equal(text, "net.ipv4.ip_local_reserved_ports = 20017\n");
	free(text);
	selection = (struct selection){ .statuses = 1U << ENTRY_RESERVED };
	text = exported("reserved-ports", &request, 0);
	assert_string_equal(text, "net.ipv4.ip_local_reserved_ports = 515\n");
	free(text);
	selection = (struct selection){ .own = true, .band = "system", .statuses = 1U << ENTRY_UNASSIGNED };
	text = exported("nftables", &request, 0);
	assert_null(strstr(text, "add element"));
	free(text);
	text = exported("reserved-ports", &request, 0);
	assert_string_equal(text, "net.ipv4.ip_local_reserved_ports =\n");
	free(text);
	view_free(&view);
}

/* ---- JSON, CSV ---- */

static void test_json(void **state)
{
	char *text = exported_samples("json", samples);
	json_t *whole = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	json_t *entries = json_object_get(whole, "entries"), *entry;

	(void)state;
	assert_string_equal(json_string_value(json_object_get(whole, "notice")), "No endorsement --> of anything.");
	assert_string_equal(json_string_value(json_object_get(whole, "day")), "2026-02-25");
	assert_int_equal(json_array_size(entries), sizeof(samples) / sizeof(samples[0]) - 1);
	entry = json_array_get(entries, 1);
	assert_string_equal(json_string_value(json_object_get(entry, "name")), "sql*net");
	assert_int_equal(json_integer_value(json_object_get(entry, "port")), 66);
	assert_string_equal(json_string_value(json_object_get(entry, "source")), "iana");
	assert_string_equal(json_string_value(json_object_get(entry, "band")), "system");
	assert_int_equal(json_object_size(entry), 19);
	entry = json_array_get(entries, 16);
	assert_true(json_is_null(json_object_get(entry, "port")));
	assert_true(json_is_null(json_object_get(entry, "band")));
	entry = json_array_get(entries, 18);
	assert_string_equal(json_string_value(json_object_get(entry, "since")), "2026-11-01");
	json_decref(whole);
	free(text);
}

static void test_csv_comes_back(void **state)
{
	char *text = exported_samples("iana-csv", samples);
	struct complaint complaint;
	struct rows rows;

	(void)state;
	assert_int_equal(csv_read(text, strlen(text), &rows, &complaint), 0);
	assert_int_equal(rows.count, sizeof(samples) / sizeof(samples[0]) - 1);
	for (size_t i = 0; i < rows.count; i++) {
		assert_string_equal(rows.entries[i].columns[ENTRY_NAME], samples[i].name);
		assert_string_equal(rows.entries[i].columns[ENTRY_PORT], samples[i].port);
		assert_string_equal(rows.entries[i].columns[ENTRY_DESCRIPTION],
				    samples[i].description == NULL ? "" : samples[i].description);
	}
	rows_finish(&rows);
	free(text);
}

/* ---- the list, and failures ---- */

static void test_formats(void **state)
{
	(void)state;
	assert_null(export_format_find("nothing"));
	assert_null(export_format_find("nss")->write);
	assert_true(export_format_find("firewalld")->many_files);
	for (const struct export_format *format = export_formats; format->name != NULL; format++) {
		assert_ptr_equal(export_format_find(format->name), format);
		assert_non_null(format->summary);
	}
}

static void test_empty_views(void **state)
{
	const struct sample none[] = { { NULL, NULL, NULL, NULL, NULL, false } };

	(void)state;
	for (const struct export_format *format = export_formats; format->name != NULL; format++) {
		if (format->write != NULL && !format->many_files) {
			free(exported_samples(format->name, none));
		}
	}
}

static void test_full_disk(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples);
	const struct export_request request = { .view = &view };

	(void)state;
	for (const struct export_format *format = export_formats; format->name != NULL; format++) {
		if (format->write != NULL && !format->many_files) {
			FILE *stream = fopen("/dev/full", "we");
			assert_non_null(stream);
			assert_in_range(-format->write(&request, stream), 1, 4095);
			fclose(stream);
		}
	}
	view_free(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),      cmocka_unit_test(test_nmap),
		cmocka_unit_test(test_nftables),      cmocka_unit_test(test_reserved_ports),
		cmocka_unit_test(test_ufw),	      cmocka_unit_test(test_dns_sd),
		cmocka_unit_test(test_firewalld),     cmocka_unit_test(test_firewalld_folder),
		cmocka_unit_test(test_names_of_sets), cmocka_unit_test(test_selection),
		cmocka_unit_test(test_json),	      cmocka_unit_test(test_csv_comes_back),
		cmocka_unit_test(test_formats),	      cmocka_unit_test(test_empty_views),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
