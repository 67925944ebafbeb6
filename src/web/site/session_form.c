/* session_form.c - tokens of forms (session.h): what was sent comes from a page that we showed to whoever sends it.
 *
 * "TIME.MAC": the MAC is over the time and the session, with a key that dies with the process.  Nothing is kept. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "web/site/session_private.h"

enum { MAC_SIZE = 2 * crypto_auth_BYTES + 1, TEXT_MAX = 128, CLOCK_MAY_DIFFER_S = 60 };

static void sign(const struct visit *visit, int64_t at, char ret_mac[static MAC_SIZE])
{
	unsigned char mac[crypto_auth_BYTES];
	char text[TEXT_MAX];
	int size = snprintf(text, sizeof(text), "%lld %s", (long long)at, visit->session.hash);

	(void)crypto_auth(mac, (const unsigned char *)text, (unsigned long long)size, visit->site->sessions->form_key);
	(void)sodium_bin2hex(ret_mac, MAC_SIZE, mac, sizeof(mac));
}

void session_form_token(const struct visit *visit, char ret_token[static SESSION_FORM_TOKEN])
{
	int64_t now = moment_seconds(visit->site->now);
	char mac[MAC_SIZE];

	sign(visit, now, mac);
	(void)snprintf(ret_token, SESSION_FORM_TOKEN, "%lld.%s", (long long)now, mac);
}

int session_form_check(const struct visit *visit, const char *token, long *ret_age_s)
{
	int64_t now = moment_seconds(visit->site->now);
	char mac[MAC_SIZE];
	char *end = NULL;
	long long at = strtoll(token, &end, 10);

	if (token[0] < '0' || token[0] > '9' || *end != '.' || strlen(end + 1) != MAC_SIZE - 1) {
		return -EACCES;
	}
	sign(visit, at, mac);
	if (sodium_memcmp(mac, end + 1, MAC_SIZE - 1) != 0 || at > now + CLOCK_MAY_DIFFER_S) {
		return -EACCES;
	}
	*ret_age_s = (long)(now - at);
	return now - at > SESSION_FORM_S ? -ETIMEDOUT : 0;
}
