/* question.c - reads questions about the registry, and says which rows they mean. */
#include "registry/lookup/question.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/answers_text.h"
#include "registry/records/derive.h"
#include "registry/records/service_code.h"

/* Where the sentence goes when a question is none. */
struct reader {
	const char *text;
	char *complaint;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static int refuse(const struct reader *reader, const char *format, ...)
{
	char shown[192];
	char sentence[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	shown_text(reader->text, shown, sizeof(shown));
	(void)snprintf(reader->complaint, reader->size, "\"%s\" %s", shown, sentence);
	return -EINVAL;
}

/* A number of at most 65535 up to `end`; or -ERANGE, or -EINVAL for what is none. */
static int read_port(const char *text, const char *end)
{
	int port = 0;

	if (text == end) {
		return -EINVAL;
	}
	for (; text < end; text++) {
		if (*text < '0' || *text > '9') {
			return -EINVAL;
		}
		port = port > UINT16_MAX ? port : port * 10 + (*text - '0');
	}
	return port <= UINT16_MAX ? port : -ERANGE;
}

/* ENTRY_TCP ... in any case; 0 for another word. */
static int read_transport(const char *text)
{
	char folded[8];
	int transport;

	if (strlen(text) >= sizeof(folded)) {
		return 0;
	}
	memset(folded, 0, sizeof(folded));
	entry_fold(text, folded);
	transport = entry_transport(folded);
	return transport == ENTRY_TRANSPORT_OTHER ? 0 : transport;
}

static void take_name(const char *text, size_t size, struct question *question)
{
	char name[sizeof(question->name)] = "";

	memcpy(name, text, size);
	entry_fold(name, question->name);
}

/* "5254", "6000-6010", "5254/tcp": digits and at most one "-" before the "/". */
static int read_ports(const struct reader *reader, struct question *question)
{
	const char *end = strchrnul(reader->text, '/');
	const char *dash = memchr(reader->text, '-', (size_t)(end - reader->text));

	question->kind = QUESTION_PORTS;
	question->lo = read_port(reader->text, dash != NULL ? dash : end);
	question->hi = dash != NULL ? read_port(dash + 1, end) : question->lo;
	if (question->lo < 0 || question->hi < 0) {
		return refuse(reader, "has a number above 65535, which no port has");
	}
	if (question->lo > question->hi) {
		return refuse(reader, "is a range that ends before it begins");
	}
	if (*end == '/') {
		question->transport = read_transport(end + 1);
		if (question->transport == 0) {
			return refuse(reader, "names no transport behind \"/\": tcp, udp, sctp or dccp");
		}
	}
	return 0;
}

static bool is_ports(const char *text)
{
	const char *end = strchrnul(text, '/');
	const char *dash = memchr(text, '-', (size_t)(end - text));

	return read_port(text, dash != NULL ? dash : end) != -EINVAL &&
	       (dash == NULL || read_port(dash + 1, end) != -EINVAL);
}

/* "_wot._tcp": RFC 6763, 7. */
static int read_dns_sd(const struct reader *reader, struct question *question)
{
	const char *name = reader->text + 1;
	const char *dot = strstr(name, "._");

	if (dot == NULL || dot == name) {
		return refuse(reader, "is no name of DNS-SD: those are like _ipp._tcp or _tftp._udp");
	}
	question->transport = read_transport(dot + 2);
	if (question->transport != ENTRY_TCP && question->transport != ENTRY_UDP) {
		return refuse(reader, "does not end in _tcp or _udp, as each name of DNS-SD does");
	}
	question->kind = QUESTION_DNS_SD;
	take_name(name, (size_t)(dot - name), question);
	return 0;
}

static int read_service_code(const struct reader *reader, struct question *question)
{
	int r = service_code_read(reader->text, &question->service_code);

	if (r == -ERANGE || (r == 0 && service_code_kind(question->service_code) == SERVICE_CODE_INVALID)) {
		return refuse(reader, "is no service code: the highest is SC=4294967294");
	}
	if (r < 0) {
		return refuse(reader,
			      "is no service code: those are like SC:fdpz (1 to 4 letters, digits or -_+.*?@/), "
			      "SC=1717858426 or SC=x6664707A");
	}
	question->kind = QUESTION_SERVICE_CODE;
	return 0;
}

/* A name, which may have "/tcp" behind it.  Names of former times hold nearly anything, so that nothing is refused. */
static int read_name(const struct reader *reader, struct question *question)
{
	size_t size = strlen(reader->text);
	const char *slash = strrchr(reader->text, '/');

	if (slash != NULL && slash != reader->text) {
		question->transport = read_transport(slash + 1);
		size = question->transport != 0 ? (size_t)(slash - reader->text) : size;
	}
	question->kind = QUESTION_NAME;
	take_name(reader->text, size, question);
	return 0;
}

static int read_any(const struct reader *reader, struct question *question)
{
	if (strlen(reader->text) >= sizeof(question->name)) {
		return refuse(reader, "is longer than any name");
	}
	if (is_ports(reader->text)) {
		return read_ports(reader, question);
	}
	if (reader->text[0] == '_') {
		return read_dns_sd(reader, question);
	}
	if (strncmp(reader->text, "SC:", 3) == 0 || strncmp(reader->text, "SC=", 3) == 0) {
		return read_service_code(reader, question);
	}
	if (reader->text[0] == '\0') {
		return refuse(reader,
			      "asks for nothing: give a name, a port, a range, a name of DNS-SD or a service code");
	}
	return read_name(reader, question);
}

int question_read(const char *text, struct question *ret_question, char *complaint, size_t size)
{
	const struct reader reader = { .text = text, .complaint = complaint, .size = size };
	struct question question = { .lo = ENTRY_NO_PORT, .hi = ENTRY_NO_PORT };
	int r = read_any(&reader, &question);

	if (r == 0) {
		*ret_question = question;
	}
	return r;
}

/* In DNS-SD "_udp" means everything but TCP. */
static bool takes_transport(const struct question *question, const struct view_row *row)
{
	if (question->kind == QUESTION_DNS_SD && question->transport == ENTRY_UDP) {
		return row->transport != ENTRY_TCP;
	}
	return view_row_in_transport(row, question->transport);
}

/* The column has the code in decimal, and at times its text beside it. */
static bool has_service_code(const char *column, uint32_t code)
{
	for (const char *place = column; *place != '\0'; place++) {
		char *end;
		bool begins = place == column || place[-1] < '0' || place[-1] > '9';
		if (begins && *place >= '0' && *place <= '9') {
			if (strtoull(place, &end, 10) == code) {
				return true;
			}
		}
	}
	return false;
}

bool question_takes(const struct question *question, const struct view_row *row)
{
	switch (question->kind) {
	case QUESTION_NAME:
	case QUESTION_DNS_SD:
		return row->fold[0] != '\0' && strcmp(question->name, row->fold) == 0 && takes_transport(question, row);
	case QUESTION_PORTS:
		return row->lo != ENTRY_NO_PORT && row->lo <= question->hi && row->hi >= question->lo &&
		       takes_transport(question, row);
	case QUESTION_SERVICE_CODE:
		break;
	}
	return has_service_code(row->columns[ENTRY_SERVICE_CODE], question->service_code);
}
