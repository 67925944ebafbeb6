/* value.h - reads the text of one value into its type.  One function for each type; the table of
 * keys says which key has which.  Each complains itself, at the line of the value, and says what
 * would be right. */
#pragma once

#include "config/keys.h"

struct value {
	const struct key *key;
	const char *text;
	const struct place_in_file *place;
	struct complaints *complaints;
	struct arena *arena; /* holds what the reading leaves behind */
};

/* Complains 'KEY = TEXT: ...' and returns -EINVAL. */
int value_wrong(const struct value *value, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Digits only, low to high.  0 or -EINVAL, without complaint. */
int number_parse(const char *text, uint64_t low, uint64_t high, uint64_t *ret_number);

/* Splits at white space (' ') or commas (',') and takes quotes off.  Returns like a value_reader.
 */
int value_split(const struct value *value, char separator, struct words *ret_words);

/* value.c: one thing */
value_reader read_count;     /* uint32_t */
value_reader read_signed;    /* int32_t */
value_reader read_mode;	     /* uint32_t, octal */
value_reader read_duration;  /* uint32_t, milliseconds */
value_reader read_size;	     /* uint64_t, octets */
value_reader read_choice;    /* any enum whose values count from 0 */
value_reader read_switch;    /* bool */
value_reader read_path;	     /* char *, absolute */
value_reader read_account;   /* char *, a user or group */
value_reader read_silent;    /* char *, a function name in lower case */
value_reader read_store_url; /* char *: sqlite:FILE, postgresql://... or an absolute path; NULL when empty */

/* value_list.c: several things */
value_reader read_command;     /* struct words */
value_reader read_environment; /* struct words */
value_reader read_paths;       /* struct words, absolute */
value_reader read_choices;     /* unsigned: a bit for each word of the form */
value_reader read_functions;   /* struct listen_settings */

/* value_detect.c: what a function is known by */
value_reader read_description; /* char *, the name of a protocol */
value_reader read_selector;    /* struct function_settings; a condition on the selector that the key names */
value_reader read_when;	       /* struct function_settings; conditions on any selectors */

/* value_network.c: addresses and what goes with them */
value_reader read_addresses; /* struct words */
value_reader read_allow;     /* struct access_rules; adds to them */
value_reader read_deny;	     /* likewise */
value_reader read_admit;     /* struct function_settings */
value_reader read_proxies;   /* struct listen_settings */
value_reader read_target;    /* char *, "host:port" or "unix:/path" */
value_reader read_ports;     /* struct function_settings */
value_reader read_rate;	     /* struct listen_settings */
