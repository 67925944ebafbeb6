/* rules_names.c - rules N1 to N4, N7 to N9 and N13: a name as it is written.  rules_names_beside.c has the others. */
#include <string.h>
#include <strings.h>

#include "registry/rules/rules_words.h"

enum { NAME_SIZE = 64, FAULT_SIZE = 128 };

/* ---- as it is written ---- */

/* "_wot._tcp" is how DNS-SD writes the name wot. */
static bool is_dns_sd(struct rules_check *check)
{
	if (check->name[0] != '_') {
		return false;
	}
	size_t size = strcspn(check->name + 1, ".");
	rules_find(check, "N13", "short", rules_text(check, "Write \"%.*s\".", (int)size, check->name + 1),
		   "\"%s\" is how DNS-SD writes a name", rules_quoted(check, check->name));
	return true;
}

/* True when it may stand as it is. */
static bool check_written(struct rules_check *check)
{
	char fault[FAULT_SIZE];
	char well_formed[NAME_SIZE];

	if (is_dns_sd(check)) {
		return false;
	}
	if (service_name_fault(check->name, fault, sizeof(fault)) == NULL) {
		return true;
	}
	const char *help = entry_well_formed(check->name, well_formed, sizeof(well_formed))
				   ? rules_text(check, "\"%s\" would be right.", well_formed)
				   : "";
	char *sentence = strchr(fault, ' ');
	*sentence++ = '\0';
	rules_find(check, fault, "short", help, "name \"%s\" %s", rules_quoted(check, check->name), sentence);
	return false;
}

/* Calls `each` with every part between hyphens until it returns true; then true. */
static bool any_part(const char *name, bool (*each)(const char *part, size_t size, bool is_first))
{
	for (const char *at = name;;) {
		size_t size = strcspn(at, "-");
		if (size > 0 && each(at, size, at == name)) {
			return true;
		}
		if (at[size] == '\0') {
			return false;
		}
		at += size + 1;
	}
}

static bool ends_in(const char *part, size_t size, const char *word)
{
	size_t length = strlen(word);

	return size >= length && strncasecmp(part + size - length, word, length) == 0;
}

/* "port" stands in too many other words to be looked for in them. */
static bool is_redundant(const char *part, size_t size, bool is_first)
{
	(void)is_first;
	return (size == 4 && strncasecmp(part, "port", 4) == 0) || (size == 5 && strncasecmp(part, "ports", 5) == 0) ||
	       ends_in(part, size, "service") || ends_in(part, size, "services") || ends_in(part, size, "protocol");
}

/* "v2" anywhere, "2" behind another part, "foov2". */
static bool is_version(const char *part, size_t size, bool is_first)
{
	size_t digits = 0;

	while (digits < size && part[size - 1 - digits] >= '0' && part[size - 1 - digits] <= '9') {
		digits++;
	}
	if (digits == 0) {
		return false;
	}
	return digits == size ? !is_first : part[size - digits - 1] == 'v' || part[size - digits - 1] == 'V';
}

static void check_description_version(struct rules_check *check)
{
	static const char *const phrases[] = { "v0*", "v1*", "v2*", "v3*", "v4*",      "v5*",
					       "v6*", "v7*", "v8*", "v9*", "version*", NULL };
	const char *key = rules_answer(check, "description")[0] != '\0' ? "description" : "title";
	const char *found = answer_says(check, rules_words(check, key), phrases);

	if (found != NULL) {
		rules_find(check, "N8", key, "Let the protocol itself tell versions apart.",
			   "the description speaks of \"%s\"", found);
	}
}

static void check_words(struct rules_check *check)
{
	if (any_part(check->name, is_redundant)) {
		rules_find(check, "N7", "short", "What has a name here is a service with a port: leave the word away.",
			   "name \"%s\" says port, service or protocol", rules_quoted(check, check->name));
	}
	if (any_part(check->name, is_version)) {
		rules_find(check, "N8", "short", "Let the protocol itself tell versions apart.",
			   "name \"%s\" seems to hold a version", rules_quoted(check, check->name));
	}
	check_description_version(check);
}

static void check_discovery(struct rules_check *check)
{
	static const char *const discovers[] = { "discover*", NULL };
	bool is_only = strcmp(rules_answer(check, "discovery-only"), "yes") == 0;

	if (check->name[0] == '\0' || (check->transports & 1U << ENTRY_UDP) == 0 ||
	    ends_in(check->name, strlen(check->name), "-disc")) {
		return;
	}
	if (is_only || answer_says(check, rules_words(check, "broadcast"), discovers) != NULL) {
		rules_find(check, "N9", "short",
			   "Give discovery a name of its own: that of the service with -disc behind it.",
			   "name \"%s\" is for a discovery over UDP and does not end in -disc",
			   rules_quoted(check, check->name));
	}
}

static void check_labels(struct rules_check *check)
{
	static const char *const keys[] = { "txt-keys", "other", "functions", "notes", "reference", "description" };
	static const char *const wrong[] = { "sctp", "dccp" };

	for (size_t i = 0; check->name[0] != '\0' && i < sizeof(keys) / sizeof(keys[0]); i++) {
		for (size_t j = 0; j < sizeof(wrong) / sizeof(wrong[0]); j++) {
			const char *label = rules_text(check, "_%s._%s", check->name, wrong[j]);
			if (strcasestr(rules_answer(check, keys[i]), label) != NULL) {
				rules_find(check, "N13", keys[i], rules_text(check, "Write _%s._udp.", check->name),
					   "\"%s\" is no name of DNS-SD", rules_quoted(check, label));
			}
		}
	}
}

void rules_check_names(struct rules_check *check)
{
	if (!rules_wants_name(check)) {
		return;
	}
	if (check_written(check)) {
		check_words(check);
	}
	check_discovery(check);
	check_labels(check);
}
