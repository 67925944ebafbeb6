/* service_code.c - DCCP service codes between numbers and texts.  Called by questions and by the rules for
 * applications. */
#include "registry/records/service_code.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { CODE_OCTETS = 4, PRIVATE_OCTET = '?' };

static bool is_letter_or_digit(char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9');
}

static bool is_allowed(char octet)
{
	return is_letter_or_digit(octet) || (octet != '\0' && strchr("-_+.*?@/", octet) != NULL);
}

static int read_text(const char *text, uint32_t *ret_code)
{
	uint32_t code = 0;
	size_t size = strlen(text);

	if (size < 1 || size > CODE_OCTETS) {
		return -EINVAL;
	}
	for (size_t i = 0; i < CODE_OCTETS; i++) {
		if (i < size && !is_allowed(text[i])) {
			return -EINVAL;
		}
		code = code << 8 | (i < size ? (unsigned char)text[i] : ' ');
	}
	*ret_code = code;
	return 0;
}

/* -1 for what is no digit. */
static int digit_of(char octet)
{
	if (octet >= '0' && octet <= '9') {
		return octet - '0';
	}
	if (octet >= 'a' && octet <= 'f') {
		return octet - 'a' + 10;
	}
	return octet >= 'A' && octet <= 'F' ? octet - 'A' + 10 : -1;
}

static int read_number(const char *digits, int base, uint32_t *ret_code)
{
	uint64_t code = 0;

	if (*digits == '\0') {
		return -EINVAL;
	}
	for (; *digits != '\0'; digits++) {
		int digit = digit_of(*digits);
		if (digit < 0 || digit >= base) {
			return -EINVAL;
		}
		/* A number this long stays too long, and does not wrap. */
		code = code > UINT32_MAX ? code : code * (unsigned)base + (unsigned)digit;
	}
	if (code > UINT32_MAX) {
		return -ERANGE;
	}
	*ret_code = (uint32_t)code;
	return 0;
}

int service_code_read(const char *text, uint32_t *ret_code)
{
	if (strncmp(text, "SC:", 3) == 0) {
		return read_text(text + 3, ret_code);
	}
	if (strncmp(text, "SC=", 3) != 0) {
		return -EINVAL;
	}
	text += 3;
	return *text == 'x' || *text == 'X' ? read_number(text + 1, 16, ret_code) : read_number(text, 10, ret_code);
}

static char octet_of(uint32_t code, unsigned index)
{
	return (char)(code >> (8 * (CODE_OCTETS - 1 - index)) & 0xff);
}

/* RFC 4340, 8.1.2: 32, 45 to 57 and 65 to 90 in all four. */
static bool needs_specification(uint32_t code)
{
	for (unsigned i = 0; i < CODE_OCTETS; i++) {
		char octet = octet_of(code, i);
		if (octet != ' ' && !(octet >= '-' && octet <= '9') && !(octet >= 'A' && octet <= 'Z')) {
			return false;
		}
	}
	return true;
}

enum service_code_kind service_code_kind(uint32_t code)
{
	if (code == 0) {
		return SERVICE_CODE_RESERVED;
	}
	if (code == UINT32_MAX) {
		return SERVICE_CODE_INVALID;
	}
	if (octet_of(code, 0) == PRIVATE_OCTET) {
		return SERVICE_CODE_PRIVATE;
	}
	return needs_specification(code) ? SERVICE_CODE_SPECIFICATION : SERVICE_CODE_OPEN;
}

int service_code_text(uint32_t code, char ret_text[static SERVICE_CODE_TEXT_SIZE])
{
	char text[SERVICE_CODE_TEXT_SIZE] = "";
	uint32_t again;

	for (unsigned i = 0; i < CODE_OCTETS; i++) {
		text[i] = octet_of(code, i);
	}
	for (size_t size = CODE_OCTETS; size > 0 && text[size - 1] == ' '; size--) {
		text[size - 1] = '\0';
	}
	if (read_text(text, &again) < 0 || again != code) {
		return -EINVAL;
	}
	memcpy(ret_text, text, sizeof(text));
	return 0;
}

uint16_t service_code_port(uint32_t code)
{
	unsigned octets[CODE_OCTETS];

	for (unsigned i = 0; i < CODE_OCTETS; i++) {
		octets[i] = (unsigned char)octet_of(code, i);
	}
	uint16_t port = (uint16_t)(((octets[0] << 7) ^ (octets[1] << 5) ^ (octets[2] << 3) ^ octets[3]) | 0xC000);
	return port == UINT16_MAX ? 0xC000 : port;
}
