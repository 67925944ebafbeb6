/* check_section.c - rules between the keys of one section.  Called by fill.c when the section is
 * read.
 *
 * A value that could not be read was complained about already; rules that need it are left out, so
 * that one mistake is not reported twice. */
#include "config/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/keys.h"

static bool is_set(const struct section *section, const char *key_name)
{
	const struct said *said = section_find(section, key_name);

	return said != NULL && said->accepted;
}

/* Not set and not attempted either. */
static bool is_left_out(const struct section *section, const char *key_name)
{
	const struct said *said = section_find(section, key_name);

	return said == NULL || *said->value == '\0';
}

/* Where to point for a rule about this key: to its line, or to the heading when a default broke the
 * rule. */
static const struct place_in_file *place_of(const struct section *section, const char *key_name)
{
	const struct said *said = section_find(section, key_name);

	return said != NULL ? &said->place : &section->place;
}

static void check_required(const struct section *section, struct complaints *complaints)
{
	for (size_t i = 0; i < key_count; i++) {
		if (keys[i].required && (keys[i].sections & 1U << section->kind) != 0 &&
		    section_find(section, keys[i].name) == NULL) {
			complain(complaints, &section->place, "%s needs \"%s = %s\"", section->label, keys[i].name,
				 keys[i].form);
		}
	}
}

/* ---- allow and deny ---- */

static int compare_rules(const void *a, const void *b)
{
	return memcmp(&((const struct access_rule *)a)->prefix, &((const struct access_rule *)b)->prefix,
		      sizeof(struct prefix));
}

/* Sorts the rules, so that what stands twice stands together. */
static void check_access(const struct section *section, const struct access_rules *rules, struct complaints *complaints)
{
	char host[ADDRESS_TEXT_MAX];

	if (rules->count > 0) {
		qsort(rules->items, rules->count, sizeof(*rules->items), compare_rules);
	}
	for (size_t i = 1; i < rules->count; i++) {
		const struct prefix *prefix = &rules->items[i].prefix;

		if (compare_rules(&rules->items[i - 1], &rules->items[i]) != 0) {
			continue;
		}
		address_text(&prefix->address, host);
		complain(complaints, &section->place, "%s %s/%d stands twice in allow and deny; keep one of them",
			 section->label, host, prefix->length - (address_is_ipv4(&prefix->address) ? 96 : 0));
	}
}

/* ---- [listen] ---- */

static bool has_address(const struct listen_settings *listen)
{
	for (size_t i = 0; i < listen->addresses.count; i++) {
		if (strncmp(listen->addresses.items[i], "unix:", 5) != 0) {
			return true;
		}
	}
	return listen->addresses.count == 0; /* complained about already */
}

void check_listen(const struct section *section, const struct listen_settings *listen, struct complaints *complaints)
{
	check_required(section, complaints);
	check_access(section, &listen->access, complaints);
	if (listen->silent != NULL && listen->defer_accept) {
		complain(complaints, place_of(section, "defer-accept"),
			 "defer-accept = yes waits for the client's first octet, so \"silent\" would never be called; "
			 "leave one of them out");
	}
	if (listen->proxy_count > 0 && !has_address(listen)) {
		complain(complaints, place_of(section, "proxy-protocol"),
			 "proxy-protocol: proxies are known by their addresses, and callers of unix sockets have none; "
			 "leave it out or listen on an address with a port");
	}
}

/* ---- [function] ---- */

static const char *handover_word(enum setting_handover handover)
{
	static const char *const words[] = { "spawn", "worker", "port", "relay" };

	return words[handover];
}

static void write_handovers(unsigned handovers, char *words, size_t size)
{
	struct text text;

	text_init(&text, words, size);
	for (enum setting_handover handover = SETTING_SPAWN; handover <= SETTING_RELAY; handover++) {
		if ((handovers & 1U << handover) != 0) {
			text_put(&text, text.used > 0 ? " or " : "");
			text_put(&text, handover_word(handover));
		}
	}
}

static void check_meaning(const struct section *section, enum setting_handover handover, struct complaints *complaints)
{
	const struct said *said;
	char words[64];

	STAILQ_FOREACH(said, &section->said, link) {
		if (said->key->handovers == 0 || (said->key->handovers & 1U << handover) != 0) {
			continue;
		}
		write_handovers(said->key->handovers, words, sizeof(words));
		complain(complaints, &said->place,
			 "\"%s\" has no meaning with handover = %s; leave it out, it is for handover = %s",
			 said->key->name, handover_word(handover), words);
	}
}

static void check_workers(const struct section *section, const struct function_settings *function,
			  struct complaints *complaints)
{
	bool others_bring_them = function->handover == SETTING_WORKER && function->workers == 0;

	if (others_bring_them && is_left_out(section, "attach-group")) {
		complain(complaints, place_of(section, "workers"),
			 "workers = 0 leaves nobody to take calls; set attach-group for workers that others start");
	}
	if (function->handover != SETTING_RELAY && !others_bring_them && section_find(section, "command") == NULL) {
		complain(complaints, &section->place, "%s needs \"command = PATH WORD...\"", section->label);
	}
}

/* What a function is known by means something only with a description. */
static void check_detection(const struct section *section, const struct function_settings *function,
			    struct complaints *complaints)
{
	if (function->condition_count > 0 && function->description == NULL) {
		complain(complaints, &section->place,
			 "%s says which calls it is for, but not what they speak; add \"description = PROTOCOL\"",
			 section->label);
	}
}

/* A relay has a program of berth's own, and needs two descriptors for each connection. */
static void check_relay(const struct section *section, struct function_settings *function,
			struct complaints *complaints)
{
	if (is_left_out(section, "target")) {
		complain(complaints, &section->place, "%s needs \"target = HOST:PORT\" or \"target = unix:PATH\"",
			 section->label);
	}
	if (is_set(section, "workers") && function->workers == 0) {
		complain(complaints, place_of(section, "workers"),
			 "workers = 0 leaves no relay to take calls; set 1 or more");
	}
	if (is_left_out(section, "open-files")) {
		function->open_files = 0;
	}
}

static bool mentions(const struct words *words, const char *placeholder)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strstr(words->items[i], placeholder) != NULL) {
			return true;
		}
	}
	return false;
}

/* Which program runs is never the client's choice. */
static void check_program(const struct section *section, const struct words *command, struct complaints *complaints)
{
	if (command->count > 0 &&
	    (strstr(command->items[0], "{port}") != NULL || strstr(command->items[0], "{key}") != NULL)) {
		complain(complaints, place_of(section, "command"),
			 "command: {port} and {key} may stand in arguments, not in the program's path");
	}
}

static void check_placeholders(const struct section *section, const struct function_settings *function,
			       struct complaints *complaints)
{
	const struct place_in_file *place = place_of(section, "command");
	bool port = mentions(&function->command, "{port}");
	bool key = mentions(&function->command, "{key}");

	check_program(section, &function->command, complaints);
	if (function->handover != SETTING_PORT && (port || key)) {
		complain(complaints, place, "command: %s is known only with handover = port",
			 port ? "{port}" : "{key}");
		return;
	}
	if (key && function->share != SETTING_SHARE_KEY) {
		complain(complaints, place, "command: {key} is known only with share = key");
	}
	if (function->handover != SETTING_PORT || !is_set(section, "command")) {
		return;
	}
	if (function->bind == SETTING_BIND_SELF && !port) {
		complain(complaints, place,
			 "command: with bind = self the program must be told its port; write {port} where it expects "
			 "it");
	}
	if (function->bind == SETTING_BIND_BERTH && port) {
		complain(complaints, place,
			 "command: {port} is for bind = self; with bind = berth the program gets the open port as "
			 "descriptor 3");
	}
}

static void check_admit(const struct section *section, struct function_settings *function,
			struct complaints *complaints)
{
	bool one_caller = function->share == SETTING_SHARE_CALL && function->bind == SETTING_BIND_BERTH;

	if (is_left_out(section, "admit")) {
		function->admit = one_caller ? SETTING_ADMIT_CALLER : SETTING_ADMIT_ANY;
		return;
	}
	if (!is_set(section, "admit")) {
		return;
	}
	if (function->admit == SETTING_ADMIT_CALLER && !one_caller) {
		complain(complaints, place_of(section, "admit"),
			 "admit = caller needs share = call and bind = berth; write admit = any here");
	}
	if (function->admit == SETTING_ADMIT_PREFIXES && function->bind == SETTING_BIND_SELF) {
		complain(complaints, place_of(section, "admit"),
			 "admit: berthd can put a filter only on a port that it opens itself; with bind = self write "
			 "admit = any");
	}
}

void check_function(const struct section *section, struct function_settings *function, struct complaints *complaints)
{
	check_required(section, complaints);
	check_access(section, &function->access, complaints);
	if (!is_set(section, "handover")) {
		return;
	}
	check_meaning(section, function->handover, complaints);
	check_workers(section, function, complaints);
	check_placeholders(section, function, complaints);
	check_detection(section, function, complaints);
	if (function->handover == SETTING_RELAY) {
		check_relay(section, function, complaints);
	}
	if (function->handover == SETTING_PORT) {
		check_admit(section, function, complaints);
	}
}
