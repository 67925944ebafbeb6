/* complain.h - a sentence put where a caller can show it, and the error handed on. */
#pragma once

enum { COMPLAINT_MAX = 512 };

/* Why a file was refused: one sentence with the place in it, "record 17 (line 23), column Description: a NUL octet". */
struct complaint {
	char sentence[COMPLAINT_MAX];
};

/* Returns `error`. */
int complain_of(struct complaint *complaint, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));
