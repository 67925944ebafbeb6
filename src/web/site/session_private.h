/* session_private.h - what the files session*.c share, and hold as long as the process lives (session.h). */
#pragma once

#include <sodium.h>
#include <stdint.h>

#include "web/site/session.h"

enum { HOUR_SIZE = sizeof("2026-11-21T08") };

struct refusals {
	char hour[HOUR_SIZE];
	unsigned strangers, staff;
};

struct sessions {
	unsigned char form_key[crypto_auth_KEYBYTES];
	struct refusals refusals;
};
