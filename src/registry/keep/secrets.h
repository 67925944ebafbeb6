/* secrets.h - what proves who somebody is: passwords, one-time codes of an authenticator, links.  Pure but for random
 * octets.
 *
 * Passwords are kept as argon2id hashes (RFC 9106), codes are those of RFC 6238 as every authenticator makes them:
 * SHA-1, six digits, a new one each 30 seconds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry/words/complain.h"

enum {
	PASSWORD_MIN = 12,     /* characters */
	PASSWORD_MAX = 512,    /* octets */
	PASSWORD_LEFT_MIN = 6, /* different characters that are in nothing that everybody tries */
	PASSWORD_HASH_SIZE = 128,
	TOTP_SECRET_SIZE = 33, /* 160 random bits in base32, and NUL */
	TOTP_STEP_S = 30,
	TOTP_STEPS_AROUND = 1, /* clocks differ, and typing takes time */
	TOTP_LINK_SIZE = 1024,
	LINK_TOKEN_SIZE = 27,	   /* 128 random bits in base32, and NUL */
	LINK_TOKEN_HASH_SIZE = 65, /* SHA-256 in hex, and NUL */
};

/* ---- passwords ---- */

/* -EINVAL with a sentence: too short or long, or made of the login, the registry's name, what everybody tries.  No
 * kinds of characters are asked for. */
int password_judge(const char *password, const char *login, const char *registry, struct complaint *ret_complaint);
/* 0, or -ENOMEM: it takes 64 MiB for a moment. */
int password_hash(const char *password, char ret_hash[static PASSWORD_HASH_SIZE]);
/* Costs the same whether it fits or not.  An empty hash fits nothing, at that cost. */
bool password_fits(const char *hash, const char *password);

/* ---- one-time codes ---- */

void totp_secret_make(char ret_secret[static TOTP_SECRET_SIZE]);
/* One that totp_secret_make could have made. */
bool totp_secret_is_whole(const char *secret);
/* The step whose code this is, around `unix_time`; 0 when it is none's, at the same cost. */
int64_t totp_step_of(const char *secret, const char *code, int64_t unix_time);
/* "otpauth://totp/..." for an authenticator. */
void totp_link(const char *secret, const char *login, const char *registry, char ret_link[static TOTP_LINK_SIZE]);

/* ---- links and tokens: who has one is who it was made for; the store has only hashes ---- */

void link_token_make(char ret_token[static LINK_TOKEN_SIZE]);
void link_token_hash(const char *token, char ret_hash[static LINK_TOKEN_HASH_SIZE]);
