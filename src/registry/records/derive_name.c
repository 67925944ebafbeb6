/* derive_name.c - service names by RFC 6335 (derive.h): in lower case, what is wrong with one, legacy ones well formed.
 *
 * base/name.h judges what a caller of the rendezvous port sends; here the fault is told, by its rule. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "registry/words/answers_text.h"
#include "registry/records/derive.h"

static bool is_digit(char octet)
{
	return octet >= '0' && octet <= '9';
}

static bool is_letter(char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

static bool is_allowed(char octet)
{
	return is_letter(octet) || is_digit(octet) || octet == '-';
}

void entry_fold(const char *name, char *ret_fold)
{
	size_t i = 0;

	for (; name[i] != '\0'; i++) {
		ret_fold[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
	}
	ret_fold[i] = '\0';
}

static const char *length_fault(const char *name, char *buffer, size_t size)
{
	size_t characters = utf8_count(name, strlen(name));

	if (characters == 0) {
		(void)snprintf(buffer, size, "N1 is empty, 1 to %d characters are allowed", FUNCTION_NAME_MAX);
		return buffer;
	}
	if (characters > FUNCTION_NAME_MAX) {
		(void)snprintf(buffer, size, "N1 has %zu characters, %d are allowed", characters, FUNCTION_NAME_MAX);
		return buffer;
	}
	return NULL;
}

static const char *character_fault(const char *name, char *buffer, size_t size)
{
	while (is_allowed(*name)) {
		name++;
	}
	if (*name == '\0') {
		return NULL;
	}
	struct shown shown;
	(void)shown_next(&name, &shown);
	(void)snprintf(buffer, size, "N2 has '%s', letters of ASCII, digits and '-' are allowed", shown.text);
	return buffer;
}

static const char *shape_fault(const char *name)
{
	bool has_letter = false;

	for (const char *at = name; *at != '\0'; at++) {
		has_letter = has_letter || is_letter(*at);
	}
	if (!has_letter) {
		return "N3 has no letter, one is needed";
	}
	if (name[0] == '-' || name[strlen(name) - 1] == '-') {
		return "N4 has '-' at an end, it may stand only between letters and digits";
	}
	return strstr(name, "--") != NULL ? "N4 has \"--\", one '-' is allowed between letters and digits" : NULL;
}

const char *service_name_fault(const char *name, char *buffer, size_t size)
{
	const char *fault = length_fault(name, buffer, size);

	if (fault == NULL) {
		fault = character_fault(name, buffer, size);
	}
	if (fault == NULL) {
		fault = shape_fault(name);
		if (fault != NULL) {
			(void)snprintf(buffer, size, "%s", fault);
			fault = buffer;
		}
	}
	return fault;
}

bool entry_well_formed(const char *name, char *ret_name, size_t size)
{
	char candidate[FUNCTION_NAME_MAX + 1];
	char fault[128];

	/* The one name that RFC 6335 maps otherwise: hyphens would leave nothing behind "whois". */
	if (strcmp(name, "whois++") == 0) {
		name = "whoispp";
	}
	if (strlen(name) >= sizeof(candidate)) {
		return false;
	}
	size_t i = 0;
	for (; name[i] != '\0'; i++) {
		candidate[i] = is_allowed(name[i]) ? name[i] : '-';
	}
	candidate[i] = '\0';
	if (service_name_fault(candidate, fault, sizeof(fault)) != NULL) {
		return false;
	}
	return (size_t)snprintf(ret_name, size, "%s", candidate) < size;
}
