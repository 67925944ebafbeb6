/* keys.h - the one table of all keys.
 *
 * Parsing, defaults, hints, --keys and the test of the manual page read this table; a key
 * that is added here is known everywhere. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "config/document.h"

struct value;

/* Reads value->text into `target`, which lies at the key's offset in the struct of its section.
 * Returns 0, -EINVAL after complaining, or -ENOMEM. */
typedef int value_reader(const struct value *value, void *target);

struct key {
	const char *name;
	unsigned sections; /* bits 1 << enum section_kind */
	value_reader *read;
	const char *form;    /* how a value looks; of a choice: its words, in the order of the enum */
	const char *initial; /* the value when nothing is said, or NULL */
	const char *meaning;
	size_t offset; /* into the struct of its section; 0 where the reader takes the whole struct */
	int64_t low;   /* bounds of numbers, times (milliseconds) and sizes (octets) */
	int64_t high;
	const char *zero;   /* the word that stands for 0, or NULL */
	const char *later;  /* a word that this version knows but cannot do, or NULL */
	unsigned handovers; /* bits 1 << enum setting_handover where the key means something; 0: all */
	bool required;
	bool may_be_empty;
};

extern const struct key keys[];
extern const size_t key_count;

/* The key of this name in this kind of section, or NULL. */
const struct key *key_find(enum section_kind kind, const char *name);

/* The kind of section whose struct holds the value.  Keys of [berthd] that [function] may override
 * are held by the function. */
enum section_kind key_target_kind(const struct key *key);

/* "berthd", "listen", "function". */
const char *section_kind_word(enum section_kind kind);
