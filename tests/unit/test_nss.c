/* test_nss.c - libnss_berth answers as glibc's manual asks, from a published file that may be replaced at any time.
 *
 * Its functions are called directly; and by glibc itself, when $BERTH_NSS_MODULE names the built module. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nss/nss_berth.h"
#include "view_samples.h"

static char folder[] = "/tmp/test_nss.XXXXXX";
static char path[64];

static void publish(const struct view *view)
{
	assert_int_equal(view_publish(path, view->octets, view->size), 0);
}

static int publish_samples(void **state)
{
	struct view view;

	(void)state;
	sample_view(&view);
	publish(&view);
	free_view(&view);
	return 0;
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL) {
		return -1;
	}
	(void)snprintf(path, sizeof(path), "%s/published", folder);
	return setenv("BERTH_PUBLISHED", path, 1);
}

static int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

/* "http 80/tcp www", as getent writes it. */
static void describe(const struct servent *entry, char *text, size_t size)
{
	(void)snprintf(text, size, "%s %d/%s", entry->s_name, ntohs((uint16_t)entry->s_port), entry->s_proto);
	for (char **alias = entry->s_aliases; *alias != NULL; alias++) {
		size_t used = strlen(text);
		(void)snprintf(text + used, size - used, " %s", *alias);
	}
}

static void expect_name(const char *name, const char *protocol, const char *expected)
{
	struct servent entry;
	char buffer[1024];
	char text[1024];
	int error = 0;

	enum nss_status status = _nss_berth_getservbyname_r(name, protocol, &entry, buffer, sizeof(buffer), &error);
	if (expected == NULL) {
		assert_int_equal(status, NSS_STATUS_NOTFOUND);
		assert_int_equal(error, ENOENT);
		return;
	}
	assert_int_equal(status, NSS_STATUS_SUCCESS);
	describe(&entry, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void expect_port(int port, const char *protocol, const char *expected)
{
	struct servent entry;
	char buffer[1024];
	char text[1024];
	int error = 0;

	enum nss_status status =
		_nss_berth_getservbyport_r(htons((uint16_t)port), protocol, &entry, buffer, sizeof(buffer), &error);
	if (expected == NULL) {
		assert_int_equal(status, NSS_STATUS_NOTFOUND);
		assert_int_equal(error, ENOENT);
		return;
	}
	assert_int_equal(status, NSS_STATUS_SUCCESS);
	describe(&entry, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_by_name(void **state)
{
	(void)state;
	expect_name("ssh", "tcp", "ssh 22/tcp");
	expect_name("ssh", "udp", "ssh 22/udp");
	expect_name("ssh", NULL, "ssh 22/tcp");
	expect_name("SSH", "tcp", "ssh 22/tcp");
	expect_name("ssh", "sctp", NULL);
	expect_name("ssh", "TCP", NULL);
	expect_name("ssh", "ddp", NULL);
	expect_name("sshd", "tcp", NULL);
	expect_name("", "tcp", NULL);
	expect_name("discard", NULL, "discard 9/dccp");
	/* The well-formed name first, whichever is asked for. */
	expect_name("sql*net", "tcp", "sql-net 66/tcp sql*net");
	expect_name("sql-net", "tcp", "sql-net 66/tcp sql*net");
	/* Of several numbers the first; of a range its first. */
	expect_name("http-alt", "tcp", "http-alt 591/tcp");
	expect_name("x11", "tcp", "x11 6000/tcp");
	/* A row without a transport means tcp and udp. */
	expect_name("boe-cms", NULL, "boe-cms 6400/tcp");
	expect_name("boe-cms", "udp", "boe-cms 6400/udp");
	expect_name("boe-cms", "sctp", NULL);
	/* Without a number, or with blanks. */
	expect_name("wot", "tcp", NULL);
	expect_name("presence", NULL, NULL);
	expect_name("Escale (Newton Dock)", "tcp", NULL);
}

static void test_by_port(void **state)
{
	struct servent entry;
	char buffer[256];
	int error = 0;

	(void)state;
	expect_port(22, "tcp", "ssh 22/tcp");
	expect_port(22, "udp", "ssh 22/udp");
	expect_port(22, NULL, "ssh 22/tcp");
	expect_port(22, "sctp", NULL);
	expect_port(66, "tcp", "sql-net 66/tcp sql*net");
	expect_port(6000, "tcp", "x11 6000/tcp");
	expect_port(6031, NULL, "x11 6031/tcp");
	expect_port(6063, "tcp", "x11 6063/tcp");
	expect_port(6064, "tcp", NULL);
	expect_port(6400, "udp", "boe-cms 6400/udp");
	expect_port(7000, "tcp", NULL);
	expect_port(5254, "udp", NULL);
	expect_port(5256, NULL, NULL);
	expect_port(7775, "tcp", "inetfs 7775/tcp");
	expect_port(0, "tcp", NULL);
	assert_int_equal(_nss_berth_getservbyport_r(65536 + 22, "tcp", &entry, buffer, sizeof(buffer), &error),
			 NSS_STATUS_NOTFOUND);
	assert_int_equal(_nss_berth_getservbyport_r(-1, "tcp", &entry, buffer, sizeof(buffer), &error),
			 NSS_STATUS_NOTFOUND);
}

/* What the organisation says of a number counts alone; where it says nothing, the base counts. */
static void test_own_rows_hide_others(void **state)
{
	(void)state;
	expect_port(80, "tcp", "pages 80/tcp");
	expect_port(80, "udp", "http 80/udp");
	expect_name("pages", "tcp", "pages 80/tcp");
	expect_name("http", "tcp", NULL);
	expect_name("http", "udp", "http 80/udp");
	expect_name("http", NULL, "http 80/udp");
	expect_name("ftp", "tcp", "ftp 2121/tcp");
	expect_port(21, "tcp", "ftp 21/tcp");
	expect_port(20022, "tcp", "shards 20022/tcp");
}

/* Everything that fits is in the buffer; what does not is refused without a mark outside of it. */
static void test_small_buffers(void **state)
{
	struct servent entry = { .s_name = NULL };
	enum nss_status status = NSS_STATUS_TRYAGAIN;
	char text[256];
	size_t size;

	(void)state;
	for (size = 0; status == NSS_STATUS_TRYAGAIN; size++) {
		for (size_t shift = 1; shift <= 8; shift++) {
			char *buffer = malloc(size + shift);
			int error = 0;
			assert_non_null(buffer);
			status = _nss_berth_getservbyname_r("sql-net", "tcp", &entry, buffer + shift, size, &error);
			if (status == NSS_STATUS_SUCCESS) {
				describe(&entry, text, sizeof(text));
				assert_string_equal(text, "sql-net 66/tcp sql*net");
			} else {
				assert_int_equal(status, NSS_STATUS_TRYAGAIN);
				assert_int_equal(error, ERANGE);
			}
			free(buffer);
		}
	}
	assert_in_range(size, 2 * sizeof(char *) + 20, 2 * sizeof(char *) + 40);
}

/* All services, each on a line; a buffer that is too small loses none. */
static size_t list_services(char *text, size_t text_size)
{
	struct servent entry;
	char buffer[256];
	char line[256];
	size_t count = 0;
	size_t size = 0;
	int error;

	text[0] = '\0';
	assert_int_equal(_nss_berth_setservent(0), NSS_STATUS_SUCCESS);
	for (;;) {
		enum nss_status status = _nss_berth_getservent_r(&entry, buffer, size, &error);
		if (status == NSS_STATUS_TRYAGAIN) {
			assert_int_equal(error, ERANGE);
			size++;
			assert_true(size < sizeof(buffer));
			continue;
		}
		if (status == NSS_STATUS_NOTFOUND) {
			break;
		}
		assert_int_equal(status, NSS_STATUS_SUCCESS);
		describe(&entry, line, sizeof(line));
		size_t used = strlen(text);
		(void)snprintf(text + used, text_size - used, "%s\n", line);
		count++;
		size = 0;
	}
	assert_int_equal(error, ENOENT);
	assert_int_equal(_nss_berth_endservent(), NSS_STATUS_SUCCESS);
	return count;
}

static void test_lists_each_once(void **state)
{
	static char text[16384];
	size_t count = list_services(text, sizeof(text));

	(void)state;
	assert_non_null(strstr(text, "ftp 21/tcp\nssh 22/tcp\nssh 22/udp\nsql-net 66/tcp sql*net\nhttp 80/udp\n"));
	assert_non_null(strstr(text, "x11 6000/tcp\nx11 6001/tcp\n"));
	assert_non_null(strstr(text, "x11 6063/tcp\nboe-cms 6400/tcp\nboe-cms 6400/udp\n"));
	assert_non_null(strstr(text, "billing 20017/tcp\nftp 2121/tcp\npages 80/tcp\nshards 20020/tcp\n"));
	/* 64 of x11, 3 of shards, two of boe-cms, and 13 others. */
	assert_int_equal(count, 82);
	assert_int_equal(list_services(text, sizeof(text)), 82);
}

static void test_a_new_file_is_seen(void **state)
{
	static const struct sample other[] = {
		{ .name = "other", .port = "22", .transport = "tcp" },
		{ .name = "www", .port = "80", .transport = "tcp", .notes = "This entry is an alias to \"http\"." },
		{ .name = "http", .port = "80", .transport = "tcp" },
	};
	struct view_builder *builder = sample_builder();
	struct view view;

	expect_port(22, "tcp", "ssh 22/tcp");
	sample_rows(builder, "iana", SAMPLES(other), NULL);
	finish_builder(builder, &view);
	publish(&view);
	free_view(&view);
	expect_port(22, "tcp", "other 22/tcp");
	expect_port(80, "tcp", "http 80/tcp www");
	expect_name("www", NULL, "http 80/tcp www");
	expect_name("ssh", "tcp", NULL);
	assert_int_equal(publish_samples(state), 0);
	expect_port(22, "tcp", "ssh 22/tcp");
}

static void expect_unavailable(int expected)
{
	struct servent entry;
	char buffer[256];
	int error = 0;

	assert_int_equal(_nss_berth_getservbyname_r("ssh", "tcp", &entry, buffer, sizeof(buffer), &error),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(error, expected);
	assert_int_equal(_nss_berth_getservbyport_r(htons(22), "tcp", &entry, buffer, sizeof(buffer), &error),
			 NSS_STATUS_UNAVAIL);
	assert_int_equal(_nss_berth_getservent_r(&entry, buffer, sizeof(buffer), &error), NSS_STATUS_UNAVAIL);
}

static void test_without_a_file(void **state)
{
	expect_name("ssh", "tcp", "ssh 22/tcp");
	assert_int_equal(unlink(path), 0);
	expect_unavailable(ENOENT);
	assert_int_equal(view_publish(path, "no view", 7), 0);
	expect_unavailable(EBADMSG);
	assert_int_equal(publish_samples(state), 0);
	expect_name("ssh", "tcp", "ssh 22/tcp");
}

enum { THREADS = 4, ROUNDS = 2000 };

static char text_of_failure[] = "another answer";

static void *ask_often(void *wrong)
{
	struct servent entry;
	char buffer[256];
	char text[256];
	int error;

	for (int i = 0; i < ROUNDS; i++) {
		if (_nss_berth_getservbyname_r("sql*net", "tcp", &entry, buffer, sizeof(buffer), &error) !=
		    NSS_STATUS_SUCCESS) {
			return wrong;
		}
		describe(&entry, text, sizeof(text));
		if (strcmp(text, "sql-net 66/tcp sql*net") != 0) {
			return wrong;
		}
	}
	return NULL;
}

/* Many threads ask while the file is replaced under them. */
static void test_threads(void **state)
{
	pthread_t threads[THREADS];
	void *wrong;

	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, text_of_failure), 0);
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(publish_samples(state), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
}

static void *ask_cancelled(void *nothing)
{
	(void)pthread_cancel(pthread_self());
	expect_name("ssh", "tcp", "ssh 22/tcp");
	pthread_testcancel();
	return nothing;
}

/* A thread is cancelled while it opens a new file: the others still get their answers. */
static void test_a_cancelled_thread(void **state)
{
	pthread_t thread;
	void *result;

	expect_name("ssh", "tcp", "ssh 22/tcp");
	assert_int_equal(publish_samples(state), 0);
	assert_int_equal(pthread_create(&thread, NULL, ask_cancelled, NULL), 0);
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, PTHREAD_CANCELED);
	(void)alarm(10);
	expect_name("ssh", "tcp", "ssh 22/tcp");
	(void)alarm(0);
}

static void expect_glibc(const struct servent *entry, const char *expected)
{
	char text[256];

	assert_non_null(entry);
	describe(entry, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_through_glibc(void **state)
{
	const char *module = getenv("BERTH_NSS_MODULE");
	size_t count = 0;

	(void)state;
	if (module == NULL) {
		skip();
	}
	/* What is loaded under its own name is not looked for again. */
	assert_non_null(dlopen(module, RTLD_NOW));
	assert_int_equal(__nss_configure_lookup("services", "berth"), 0);
	expect_glibc(getservbyname("sql*net", "tcp"), "sql-net 66/tcp sql*net");
	expect_glibc(getservbyname("SSH", NULL), "ssh 22/tcp");
	assert_null(getservbyname("ssh", "sctp"));
	expect_glibc(getservbyport(htons(6010), "tcp"), "x11 6010/tcp");
	assert_null(getservbyport(htons(6064), "tcp"));
	setservent(1);
	while (getservent() != NULL) {
		count++;
	}
	endservent();
	assert_int_equal(count, 82);
}

static void test_the_whole_of_iana(void **state)
{
	static char text[1024 * 1024];
	struct rows rows;
	struct view view;

	if (!iana_rows(&rows)) {
		skip();
	}
	view_of_rows(&rows, &view);
	publish(&view);
	expect_name("http", "tcp", "http 80/tcp www www-http");
	expect_port(63, "tcp", "whoispp 63/tcp whois++");
	expect_name("submissions", "tcp", "urd 465/tcp submissions");
	expect_port(27009, "tcp", "flex-lm 27009/tcp");
	assert_true(list_services(text, sizeof(text)) > 11000);
	rows_finish(&rows);
	free_view(&view);
	assert_int_equal(publish_samples(state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_by_name, publish_samples),
		cmocka_unit_test_setup(test_by_port, publish_samples),
		cmocka_unit_test_setup(test_own_rows_hide_others, publish_samples),
		cmocka_unit_test_setup(test_small_buffers, publish_samples),
		cmocka_unit_test_setup(test_lists_each_once, publish_samples),
		cmocka_unit_test_setup(test_a_new_file_is_seen, publish_samples),
		cmocka_unit_test_setup(test_without_a_file, publish_samples),
		cmocka_unit_test_setup(test_threads, publish_samples),
		cmocka_unit_test_setup(test_a_cancelled_thread, publish_samples),
		cmocka_unit_test_setup(test_through_glibc, publish_samples),
		cmocka_unit_test_setup(test_the_whole_of_iana, publish_samples),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
