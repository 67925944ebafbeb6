/* address.c - the one reader of mail addresses, and the maker of message ids (message.h).
 *
 * Stricter than RFC 5321: no quoted local parts, no literals instead of a domain, nothing that begins like an
 * option.  What it lets through can stand in a header, in an SMTP command and in a list of arguments as it is. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "mail/characters.h"
#include "base/utf8.h"
#include "mail/message.h"

enum { LOCAL_MAX = 64, LABEL_MAX = 63, ID_OCTETS = 16 };

static const char letters_digits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char atom[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~";

/* Words of `characters` with one dot between them. */
static bool is_dotted(const char *text, size_t size, const char *characters, size_t word_max)
{
	size_t word = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] == '.') {
			if (word == 0) {
				return false;
			}
			word = 0;
		} else if (text[i] == '\0' || strchr(characters, text[i]) == NULL || ++word > word_max) {
			return false;
		}
	}
	return word > 0;
}

static bool is_domain(const char *text)
{
	static const char edge[] = "-";
	size_t size = strlen(text);
	char characters[sizeof(letters_digits) + 1];

	(void)snprintf(characters, sizeof(characters), "%s-", letters_digits);
	if (!is_dotted(text, size, characters, LABEL_MAX) || text[0] == edge[0] || text[size - 1] == edge[0]) {
		return false;
	}
	return strstr(text, ".-") == NULL && strstr(text, "-.") == NULL;
}

static bool is_name(const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < size;) {
		uint32_t character = 0;
		size_t length = utf8_read(name + i, size - i, &character);
		if (length == 0 || character < 0x20 || utf8_steers(character)) {
			return false;
		}
		i += length;
	}
	return size <= MAIL_NAME_MAX;
}

int mail_address_read(const char *address, const char *name_or_null, struct mail_address *ret_address)
{
	const char *at = strrchr(address, '@');
	const char *name = name_or_null != NULL ? name_or_null : "";

	if (at == NULL || strlen(address) > MAIL_ADDRESS_MAX || address[0] == '-' || !is_name(name) ||
	    !is_dotted(address, (size_t)(at - address), atom, LOCAL_MAX) || at - address > LOCAL_MAX ||
	    !is_domain(at + 1)) {
		return -EINVAL;
	}
	memset(ret_address, 0, sizeof(*ret_address));
	(void)snprintf(ret_address->address, sizeof(ret_address->address), "%s", address);
	(void)snprintf(ret_address->name, sizeof(ret_address->name), "%s", name);
	return 0;
}

void mail_message_id(const struct mail_address *from, char ret_id[static MAIL_ID_MAX])
{
	unsigned char octets[ID_OCTETS];
	char hex[2 * ID_OCTETS + 1];
	const char *domain = strrchr(from->address, '@');

	domain = domain != NULL ? domain + 1 : "localhost";
	/* A domain that is too long loses its first labels. */
	while (strlen(domain) + sizeof(hex) + 1 > MAIL_ID_MAX) {
		domain = strchr(domain, '.') + 1;
	}
	randombytes_buf(octets, sizeof(octets));
	(void)sodium_bin2hex(hex, sizeof(hex), octets, sizeof(octets));
	(void)snprintf(ret_id, MAIL_ID_MAX, "%s@%s", hex, domain);
}
