/* secrets.c - hashes of passwords, one-time codes, links (secrets.h).  Called by sign_in.c, process_people.c, web/site
 * and cmd. */
#include "registry/keep/secrets.h"

#include <errno.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOTP_DIGITS = 6, TOTP_SECRET_OCTETS = 20, TOKEN_OCTETS = 16 };

_Static_assert((int)PASSWORD_HASH_SIZE == (int)crypto_pwhash_STRBYTES, "what libsodium writes");

/* ---- passwords ---- */

int password_hash(const char *password, char ret_hash[static PASSWORD_HASH_SIZE])
{
	return sodium_init() < 0 || crypto_pwhash_str(ret_hash, password, strlen(password),
						      crypto_pwhash_OPSLIMIT_INTERACTIVE,
						      crypto_pwhash_MEMLIMIT_INTERACTIVE) < 0
		       ? -ENOMEM
		       : 0;
}

bool password_fits(const char *hash, const char *password)
{
	char whole[crypto_pwhash_STRBYTES] = { 0 };

	if (hash[0] == '\0') {
		(void)password_hash(password, whole);
		return false;
	}
	(void)snprintf(whole, sizeof(whole), "%s", hash);
	return sodium_init() >= 0 && crypto_pwhash_str_verify(whole, password, strlen(password)) == 0;
}

/* ---- base32 ---- */

/* RFC 4648, without padding. */
static void write_base32(const unsigned char *octets, size_t size, const char *digits, char *ret_text)
{
	unsigned bits = 0;
	unsigned held = 0;
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		held = (held << 8 | octets[i]) & 0xFFFF;
		for (bits += 8; bits >= 5; bits -= 5) {
			ret_text[used++] = digits[held >> (bits - 5) & 31];
		}
	}
	if (bits > 0) {
		ret_text[used++] = digits[held << (5 - bits) & 31];
	}
	ret_text[used] = '\0';
}

/* ---- one-time codes ---- */

static const char secret_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void totp_secret_make(char ret_secret[static TOTP_SECRET_SIZE])
{
	unsigned char octets[TOTP_SECRET_OCTETS];

	randombytes_buf(octets, sizeof(octets));
	write_base32(octets, sizeof(octets), secret_digits, ret_secret);
	sodium_memzero(octets, sizeof(octets));
}

bool totp_secret_is_whole(const char *secret)
{
	return strlen(secret) == TOTP_SECRET_SIZE - 1 && strspn(secret, secret_digits) == TOTP_SECRET_SIZE - 1;
}

/* Authenticators show them in groups. */
static bool read_code(const char *text, char ret_code[static TOTP_DIGITS + 1])
{
	size_t used = 0;

	for (; *text != '\0'; text++) {
		if (*text == ' ') {
			continue;
		}
		if (*text < '0' || *text > '9' || used == TOTP_DIGITS) {
			return false;
		}
		ret_code[used++] = *text;
	}
	return used == TOTP_DIGITS;
}

/* All steps are looked at, so that the time it takes tells nothing. */
static int64_t find_step(const char *key, size_t key_size, const char *code, int64_t unix_time)
{
	int64_t found = 0;

	for (int64_t around = -TOTP_STEPS_AROUND; around <= TOTP_STEPS_AROUND; around++) {
		char right[TOTP_DIGITS + 1] = "";
		int64_t step = unix_time / TOTP_STEP_S + around;
		if (step > 0 &&
		    oath_hotp_generate(key, key_size, (uint64_t)step, TOTP_DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
				       right) == OATH_OK &&
		    sodium_memcmp(right, code, TOTP_DIGITS) == 0) {
			found = step;
		}
	}
	return found;
}

int64_t totp_step_of(const char *secret, const char *code, int64_t unix_time)
{
	static const char no_secret[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	bool is_somebodys = secret[0] != '\0';
	const char *known = is_somebodys ? secret : no_secret;
	char digits[TOTP_DIGITS + 1] = "";
	char *key = NULL;
	size_t key_size = 0;

	bool is_code = read_code(code, digits);
	if (oath_init() != OATH_OK || oath_base32_decode(known, strlen(known), &key, &key_size) != OATH_OK) {
		return 0;
	}
	int64_t step = find_step(key, key_size, digits, unix_time);
	sodium_memzero(key, key_size);
	free(key);
	return is_code && is_somebodys ? step : 0;
}

/* RFC 3986, 2.3: what is not unreserved is escaped. */
static void put_escaped(FILE *stream, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *text) != NULL) {
			(void)fputc(*text, stream);
		} else {
			(void)fprintf(stream, "%%%02X", (unsigned char)*text);
		}
	}
}

void totp_link(const char *secret, const char *login, const char *registry, char ret_link[static TOTP_LINK_SIZE])
{
	FILE *stream = fmemopen(ret_link, TOTP_LINK_SIZE, "w");

	ret_link[0] = '\0';
	if (stream == NULL) {
		return;
	}
	(void)fputs("otpauth://totp/", stream);
	put_escaped(stream, registry);
	(void)fputc(':', stream);
	put_escaped(stream, login);
	(void)fprintf(stream, "?secret=%s&issuer=", secret);
	put_escaped(stream, registry);
	(void)fclose(stream); /* what does not fit is cut: the issuer */
	ret_link[TOTP_LINK_SIZE - 1] = '\0';
}

/* ---- links ---- */

void link_token_make(char ret_token[static LINK_TOKEN_SIZE])
{
	unsigned char octets[TOKEN_OCTETS];

	randombytes_buf(octets, sizeof(octets));
	write_base32(octets, sizeof(octets), "abcdefghijklmnopqrstuvwxyz234567", ret_token);
	sodium_memzero(octets, sizeof(octets));
}

void link_token_hash(const char *token, char ret_hash[static LINK_TOKEN_HASH_SIZE])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
	(void)sodium_bin2hex(ret_hash, LINK_TOKEN_HASH_SIZE, digest, sizeof(digest));
}
