/* value_network.c - values that speak of the network: addresses, prefixes, ports, rates.  Called by
 * settings_fill.c through the table of keys.  Never asks the network: names of hosts are refused.
 */
#include "config/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/text.h"
#include "os/filter.h"

enum { TARGET_HOST_MAX = 253 };

/* ---- listening addresses ---- */

static const char unix_word[] = "unix:";

static int check_unix_path(const struct value *value, const char *text)
{
	const char *path = text + strlen(unix_word);
	size_t size_max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (*path != '/') {
		return value_wrong(value, "\"%s\" needs a path that starts with /, like unix:/run/berth/call", text);
	}
	if (strlen(path) > size_max) {
		return value_wrong(value, "\"%s\": a socket's path has at most %zu octets", text, size_max);
	}
	return 0;
}

/* Takes "[v6]:port" or "v4:port" apart; cuts the text. */
static int parse_host_and_port(char *text, struct address *ret_address, uint16_t *ret_port)
{
	char *colon = strrchr(text, ':');
	bool brackets = *text == '[';
	struct prefix prefix;
	uint64_t port;

	if (colon == NULL || strchr(text, '/') != NULL || number_parse(colon + 1, 1, UINT16_MAX, &port) < 0) {
		return -EINVAL;
	}
	*colon = '\0';
	if (brackets) {
		if (colon[-1] != ']') {
			return -EINVAL;
		}
		colon[-1] = '\0';
		text++;
	}
	if (brackets != (strchr(text, ':') != NULL) || prefix_parse(text, &prefix) < 0) {
		return -EINVAL;
	}
	*ret_address = prefix.address;
	*ret_port = (uint16_t)port;
	return 0;
}

/* One address has one form, so that equal ones are equal texts. */
static char *write_address(struct arena *arena, const struct address *address, uint16_t port)
{
	char host[ADDRESS_TEXT_MAX];
	char whole[ADDRESS_TEXT_MAX + sizeof("[]:65535")];
	bool brackets = !address_is_ipv4(address);
	struct text text;

	address_text(address, host);
	text_init(&text, whole, sizeof(whole));
	text_put(&text, brackets ? "[" : "");
	text_put(&text, host);
	text_put(&text, brackets ? "]:" : ":");
	text_put_unsigned(&text, port);
	return arena_text(arena, whole, text.used);
}

static int read_address(const struct value *value, char **item)
{
	struct address address;
	uint16_t port;
	char *copy;

	if (strncmp(*item, unix_word, strlen(unix_word)) == 0) {
		return check_unix_path(value, *item);
	}
	copy = arena_text(value->arena, *item, strlen(*item));
	if (copy == NULL) {
		return -ENOMEM;
	}
	if (parse_host_and_port(copy, &address, &port) < 0) {
		return value_wrong(
			value, "\"%s\" must be a numeric address with a port, like 0.0.0.0:1 or [::]:1, or unix:/path",
			*item);
	}
	copy = write_address(value->arena, &address, port);
	if (copy == NULL) {
		return -ENOMEM;
	}
	*item = copy;
	return 0;
}

int read_addresses(const struct value *value, void *target)
{
	struct words *ret_words = target;
	struct words words;
	int r = value_split(value, ',', &words);

	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < words.count && r != -ENOMEM; i++) {
		int of_this = read_address(value, &words.items[i]);

		r = of_this < 0 ? of_this : r;
	}
	if (r == 0) {
		*ret_words = words;
	}
	return r;
}

/* ---- the target of a relay ---- */

/* The host may be a name; it is looked up by the relay. */
static bool is_host(const char *host, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	struct prefix prefix;
	char text[ADDRESS_TEXT_MAX];

	if (size > 2 && host[0] == '[' && host[size - 1] == ']' && size - 2 < sizeof(text)) {
		memcpy(text, host + 1, size - 2);
		text[size - 2] = '\0';
		return strchr(text, ':') != NULL && strchr(text, '/') == NULL && prefix_parse(text, &prefix) == 0;
	}
	return size > 0 && size <= TARGET_HOST_MAX && strspn(host, letters) == size;
}

int read_target(const struct value *value, void *target)
{
	char **ret_target = target;
	const char *colon = strrchr(value->text, ':');
	uint64_t port;
	char *copy;

	if (strncmp(value->text, unix_word, strlen(unix_word)) == 0) {
		if (check_unix_path(value, value->text) < 0) {
			return -EINVAL;
		}
	} else if (colon == NULL || !is_host(value->text, (size_t)(colon - value->text)) ||
		   number_parse(colon + 1, 1, UINT16_MAX, &port) < 0) {
		return value_wrong(value, "must be a host and a port, like 127.0.0.1:22 or mail.example:25, or "
					  "unix:/path");
	}
	copy = arena_text(value->arena, value->text, strlen(value->text));
	if (copy == NULL) {
		return -ENOMEM;
	}
	*ret_target = copy;
	return 0;
}

/* ---- prefixes ---- */

static int wrong_prefix(const struct value *value, const char *text, const char *needed)
{
	return value_wrong(
		value,
		"\"%s\" %s a numeric address or prefix whose bits behind the length are zero, like 192.0.2.7, "
		"192.0.2.0/24 or 2001:db8::/32",
		text, needed);
}

static int read_access(const struct value *value, struct access_rules *rules, bool allow)
{
	struct access_rule *items;
	struct words words;
	int r = value_split(value, ',', &words);

	if (r < 0) {
		return r;
	}
	items = arena_take(value->arena, (rules->count + words.count) * sizeof(*items));
	if (items == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < words.count; i++) {
		struct access_rule *item = &items[rules->count + i];

		item->allow = allow;
		if (prefix_parse(words.items[i], &item->prefix) < 0) {
			r = wrong_prefix(value, words.items[i], "must be");
		}
	}
	if (r < 0) {
		return r;
	}
	if (rules->count > 0) {
		memcpy(items, rules->items, rules->count * sizeof(*items));
	}
	*rules = (struct access_rules){ .items = items, .count = rules->count + words.count };
	return 0;
}

int read_allow(const struct value *value, void *target)
{
	return read_access(value, target, true);
}

int read_deny(const struct value *value, void *target)
{
	return read_access(value, target, false);
}

/* `needed` says what else an entry may be. */
static int read_prefixes(const struct value *value, const char *needed, struct prefix **ret_prefixes, size_t *ret_count)
{
	struct prefix *prefixes;
	struct words words;
	int r = value_split(value, ',', &words);

	if (r < 0) {
		return r;
	}
	if (words.count > FILTER_PREFIXES_MAX) {
		return value_wrong(value, "has %zu prefixes; at most %d", words.count, FILTER_PREFIXES_MAX);
	}
	prefixes = arena_take(value->arena, words.count * sizeof(*prefixes));
	if (prefixes == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < words.count; i++) {
		if (prefix_parse(words.items[i], &prefixes[i]) < 0) {
			r = wrong_prefix(value, words.items[i], needed);
		}
	}
	*ret_prefixes = prefixes;
	*ret_count = words.count;
	return r;
}

int read_admit(const struct value *value, void *target)
{
	struct function_settings *function = target;
	int r = 0;

	if (strcmp(value->text, "caller") == 0) {
		function->admit = SETTING_ADMIT_CALLER;
	} else if (strcmp(value->text, "any") == 0) {
		function->admit = SETTING_ADMIT_ANY;
	} else {
		function->admit = SETTING_ADMIT_PREFIXES;
		r = read_prefixes(value, "must be caller, any, or", &function->admit_prefixes,
				  &function->admit_prefix_count);
	}
	return r;
}

int read_proxies(const struct value *value, void *target)
{
	static const char word[] = "required-from ";
	struct listen_settings *listen = target;
	struct value prefixes = *value;

	if (strcmp(value->text, value->key->zero) == 0) {
		listen->proxies = NULL;
		listen->proxy_count = 0;
		return 0;
	}
	if (strncmp(value->text, word, strlen(word)) != 0) {
		return value_wrong(value, "must be off, or required-from and the proxies' addresses or prefixes, like "
					  "required-from 192.0.2.7, 2001:db8::/32");
	}
	prefixes.text += strlen(word);
	return read_prefixes(&prefixes, "must be", &listen->proxies, &listen->proxy_count);
}

/* ---- ports and rates ---- */

int read_ports(const struct value *value, void *target)
{
	struct function_settings *function = target;
	uint64_t low = (uint64_t)value->key->low;
	uint64_t high = (uint64_t)value->key->high;
	char *copy = arena_text(value->arena, value->text, strlen(value->text));
	uint64_t first;
	uint64_t last;
	char *dash;

	if (copy == NULL) {
		return -ENOMEM;
	}
	dash = strchr(copy, '-');
	if (dash != NULL) {
		*dash = '\0';
		if (number_parse(copy, low, high, &first) == 0 && number_parse(dash + 1, first, high, &last) == 0) {
			function->port_first = (uint16_t)first;
			function->port_last = (uint16_t)last;
			return 0;
		}
	}
	return value_wrong(value, "must be FIRST-LAST, not below %llu and not above %llu, like 61000-65535",
			   (unsigned long long)low, (unsigned long long)high);
}

/* "200/s" */
static int parse_rate(char *text, const struct key *key, uint64_t *ret_rate)
{
	char *slash = strchr(text, '/');

	if (slash == NULL || strcmp(slash, "/s") != 0) {
		return -EINVAL;
	}
	*slash = '\0';
	return number_parse(text, (uint64_t)key->low, (uint64_t)key->high, ret_rate);
}

int read_rate(const struct value *value, void *target)
{
	struct listen_settings *listen = target;
	uint64_t high = (uint64_t)value->key->high;
	struct words words;
	uint64_t rate = 0;
	uint64_t burst;
	int r;

	if (strcmp(value->text, value->key->zero) == 0) {
		listen->rate_per_second = 0;
		listen->rate_burst = 0;
		return 0;
	}
	r = value_split(value, ' ', &words);
	if (r < 0) {
		return r;
	}
	r = parse_rate(words.items[0], value->key, &rate);
	burst = 2 * rate;
	if (words.count == 3 && strcmp(words.items[1], "burst") == 0 && r == 0) {
		r = number_parse(words.items[2], rate, 2 * high, &burst);
	} else if (words.count != 1) {
		r = -EINVAL;
	}
	if (r < 0) {
		return value_wrong(value,
				   "must be like 200/s or 200/s burst 400 (the burst not below the rate), or off");
	}
	listen->rate_per_second = (uint32_t)rate;
	listen->rate_burst = (uint32_t)burst;
	return 0;
}
