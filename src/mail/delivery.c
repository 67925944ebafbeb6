/* delivery.c - one letter brought to a mail server by libcurl, or put into a folder (delivery.h).  Called by
 * berth-mailer.
 *
 * Whether a letter may be tried again hangs on what the server said last and on how far the letter came: a refusal
 * counts as one only when it answers the letter (its recipient or content), not when the server refuses everybody, or
 * the sender, who is that of all letters.  Where the connection ends after the letter went out, nobody knows; then it
 * goes again, with the same id. Nothing here is taken from the environment: no proxy, no .netrc. */
#include "mail/delivery.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/characters.h"
#include "mail/delivery_folder.h"
#include "mail/message.h"

enum {
	CONNECT_TIMEOUT_MS = 30000,
	SLOW_OCTETS_PER_S = 10, /* slower than this for so long is no delivery */
	SLOW_S = 60,
	REPLY_MAX = 512,
	PASSWORD_MAX = 1024,
	AUTHENTICATION_REQUIRED = 530,
};

struct delivery {
	const char *message;
	size_t size;
	size_t given; /* of the message, to libcurl */
	char reply[REPLY_MAX];
	bool needs_login;     /* until it was asked for */
	bool knows_sender;    /* the server was told the sender */
	bool knows_recipient; /* and took it, and was told the recipient */
};

/* ---- what libcurl calls ---- */

static bool begins(const char *octets, size_t size, const char *word)
{
	return size >= strlen(word) && memcmp(octets, word, strlen(word)) == 0;
}

static size_t give(char *buffer, size_t size, size_t count, void *context)
{
	struct delivery *delivery = context;
	size_t left = delivery->size - delivery->given;
	size_t part = size * count < left ? size * count : left;

	memcpy(buffer, delivery->message + delivery->given, part);
	delivery->given += part;
	return part;
}

static bool is_without_login(const struct delivery *delivery)
{
	return delivery->needs_login && delivery->knows_sender;
}

/* Each line of the server's; the last one counts that does not answer our good-bye.  libcurl goes on without a login
 * where the server offers none; we do not. */
static size_t take_reply(char *octets, size_t size, size_t count, void *context)
{
	struct delivery *delivery = context;

	if (!begins(octets, size * count, "221")) {
		(void)snprintf(delivery->reply, sizeof(delivery->reply), "%.*s", (int)(size * count), octets);
	}
	return is_without_login(delivery) ? 0 : size * count;
}

/* What goes to the server: how far the letter came.  Nothing of it is kept, for the password is among it. */
static int see_command(CURL *curl, curl_infotype type, char *octets, size_t size, void *context)
{
	struct delivery *delivery = context;

	(void)curl;
	if (type == CURLINFO_HEADER_OUT) {
		delivery->needs_login = delivery->needs_login && !begins(octets, size, "AUTH ");
		delivery->knows_sender = delivery->knows_sender || begins(octets, size, "MAIL FROM:");
		delivery->knows_recipient = delivery->knows_recipient || begins(octets, size, "RCPT TO:");
	}
	return 0;
}

/* ---- what came of it ---- */

static bool is_refused(const struct delivery *delivery, CURLcode code, long reply)
{
	/* Asked for the recipient or the beginning of DATA; or for the message, once it was there. */
	bool is_about_letter = code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && delivery->given > 0);

	return delivery->knows_recipient && is_about_letter && reply >= 500 && reply <= 599 &&
	       reply != AUTHENTICATION_REQUIRED;
}

/* One line of text, whatever the server says. */
static void put_error(const char *error, const char *reply, char *ret_error, size_t error_size)
{
	char *clean = characters_clean(reply, strcspn(reply, "\r\n"), true);

	(void)snprintf(ret_error, error_size, "%s%s%s", error, clean != NULL && clean[0] != '\0' ? ": " : "",
		       clean != NULL ? clean : "");
	free(clean);
}

static enum mail_outcome outcome_of(CURL *curl, const struct delivery *delivery, CURLcode code, char *ret_error,
				    size_t error_size)
{
	long reply = 0;

	if (code == CURLE_OK) {
		return MAIL_DELIVERED;
	}
	if (is_without_login(delivery)) {
		put_error("the server offers no login (AUTH), and --user was given: nothing is sent without it", "",
			  ret_error, error_size);
		return MAIL_LATER;
	}
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
	/* A server may repeat what it was told; so nothing of it is kept when that was the password. */
	put_error(curl_easy_strerror(code), code == CURLE_LOGIN_DENIED ? "" : delivery->reply, ret_error, error_size);
	return is_refused(delivery, code, reply) ? MAIL_NEVER : MAIL_LATER;
}

/* ---- options ---- */

static int set_route(CURL *curl, const struct mail_route *route)
{
	long slow_s = route->timeout_ms / 1000 < SLOW_S ? route->timeout_ms / 1000 + 1 : SLOW_S;
	CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, route->url);

	code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	code |= curl_easy_setopt(curl, CURLOPT_PROXY, "");
	code |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	code |= curl_easy_setopt(curl, CURLOPT_USE_SSL,
				 (long)(route->starttls_required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	code |= curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (route->authority != NULL) {
		code |= curl_easy_setopt(curl, CURLOPT_CAINFO, route->authority);
		code |= curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	code |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	code |= curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)route->timeout_ms);
	code |= curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_OCTETS_PER_S);
	code |= curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, slow_s);
	return code == CURLE_OK ? 0 : -EINVAL;
}

static int set_letter(CURL *curl, const struct mail_route *route, struct curl_slist *recipients,
		      struct delivery *delivery)
{
	char sender[MAIL_ADDRESS_MAX + 3];
	CURLcode code = CURLE_OK;

	(void)snprintf(sender, sizeof(sender), "<%s>", route->sender);
	code |= curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender);
	code |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	code |= curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	code |= curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)delivery->size);
	code |= curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	code |= curl_easy_setopt(curl, CURLOPT_READDATA, delivery);
	code |= curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
	code |= curl_easy_setopt(curl, CURLOPT_HEADERDATA, delivery);
	code |= curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, see_command);
	code |= curl_easy_setopt(curl, CURLOPT_DEBUGDATA, delivery);
	code |= curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* else libcurl does not call it */
	return code == CURLE_OK ? 0 : -ENOMEM;
}

/* The first line of its file, which nobody but its owner and group may read. */
static int set_password(CURL *curl, const struct mail_route *route)
{
	char password[PASSWORD_MAX] = "";
	FILE *file = fopen(route->password_file, "re");

	if (file == NULL) {
		return -errno;
	}
	(void)setvbuf(file, NULL, _IONBF, 0); /* stdio's buffer would keep it */
	int r = fgets(password, sizeof(password), file) != NULL ? 0 : -ENODATA;
	(void)fclose(file);
	password[strcspn(password, "\r\n")] = '\0';
	if (r == 0 && (curl_easy_setopt(curl, CURLOPT_USERNAME, route->user) != CURLE_OK ||
		       curl_easy_setopt(curl, CURLOPT_PASSWORD, password) != CURLE_OK)) {
		r = -ENOMEM;
	}
	explicit_bzero(password, sizeof(password));
	return r;
}

/* ---- by SMTP ---- */

static enum mail_outcome send_letter(CURL *curl, const struct mail_route *route, struct curl_slist *recipients,
				     struct delivery *delivery, char *ret_error, size_t error_size)
{
	int r = set_route(curl, route);

	if (r == 0) {
		r = set_letter(curl, route, recipients, delivery);
	}
	if (r < 0) {
		(void)snprintf(ret_error, error_size, "the route to the mail server: %s", strerror(-r));
		return MAIL_LATER;
	}
	r = route->user != NULL ? set_password(curl, route) : 0;
	if (r < 0) {
		(void)snprintf(ret_error, error_size, "%s: %s", route->password_file, strerror(-r));
		return MAIL_LATER;
	}
	return outcome_of(curl, delivery, curl_easy_perform(curl), ret_error, error_size);
}

static enum mail_outcome by_smtp(const struct mail_route *route, const char *recipient, const char *message,
				 size_t size, char *ret_error, size_t error_size)
{
	struct delivery delivery = { .message = message, .size = size, .needs_login = route->user != NULL };
	char bracketed[MAIL_ADDRESS_MAX + 3];
	enum mail_outcome outcome = MAIL_LATER;

	(void)snprintf(bracketed, sizeof(bracketed), "<%s>", recipient);
	struct curl_slist *recipients = curl_slist_append(NULL, bracketed);
	CURL *curl = curl_easy_init();
	if (curl != NULL && recipients != NULL) {
		outcome = send_letter(curl, route, recipients, &delivery, ret_error, error_size);
	} else {
		(void)snprintf(ret_error, error_size, "%s", strerror(ENOMEM));
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(recipients);
	return outcome;
}

/* ---- either way ---- */

enum mail_outcome mail_deliver(const struct mail_route *route, const char *recipient, const char *message_id,
			       const char *message, size_t size, char *ret_error, size_t error_size)
{
	static const char folder[] = "file://";
	struct mail_address read;

	(void)snprintf(ret_error, error_size, "%s", "");
	if (mail_address_read(recipient, NULL, &read) < 0) {
		(void)snprintf(ret_error, error_size, "the recipient is no address");
		return MAIL_NEVER;
	}
	if (strncmp(route->url, folder, sizeof(folder) - 1) != 0) {
		return by_smtp(route, recipient, message, size, ret_error, error_size);
	}
	int r = delivery_to_folder(route->url + sizeof(folder) - 1, message_id, message, size);
	if (r < 0) {
		(void)snprintf(ret_error, error_size, "%s: %s", route->url, strerror(-r));
	}
	return r < 0 ? MAIL_LATER : MAIL_DELIVERED;
}
