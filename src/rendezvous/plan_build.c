/* plan_build.c - from settings to a plan: every reference resolved, every text in one sealed block.
 *
 * Called by the supervisor at each (re)load and by `berthd --check`.  It never changes anything but the function
 * register, so a plan that fails costs nothing. */
#include "rendezvous/plan_build.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log_line.h"
#include "base/text.h"
#include "os/filter.h"
#include "os/memory.h"
#include "rendezvous/blob.h"
#include "rendezvous/plan_relay.h"

static const char default_user[] = "nobody"; /* of a function that says none, when berthd is root */
static const char acceptors_user[] = "_berth";

struct build {
	const struct settings *settings;
	struct abilities abilities;
	struct complaints *complaints;
	struct function_register *function_register;
	uint64_t generation;
	struct blob blob;
	struct plan_function *functions; /* as many as settings->function_count */
	struct plan_account *accounts;
	size_t account_count;
	struct plan_queue *queues;
	size_t queue_count;
	uint32_t port_functions;
};

struct abilities abilities_probe(void)
{
	return (struct abilities){
		.change_user = privilege_is_root(),
		.filter_ports = filter_possible(),
	};
}

static struct plan_array put_words(struct blob *blob, const struct words *words)
{
	uint32_t at = blob_reserve(blob, words->count * sizeof(uint32_t));

	for (size_t i = 0; i < words->count; i++) {
		uint32_t text_at = blob_put_text(blob, words->items[i]);
		if (!blob->failed) {
			memcpy(blob->bytes + at + i * sizeof(uint32_t), &text_at, sizeof(text_at));
		}
	}
	return (struct plan_array){ at, (uint32_t)words->count };
}

static struct plan_array put_array(struct blob *blob, const void *items, size_t count, size_t item_size)
{
	return (struct plan_array){ blob_put(blob, items, count * item_size), (uint32_t)count };
}

/* ---- accounts ---- */

/* Functions that say no user run as nobody, and relays as the acceptors: both read what strangers say. */
static const char *user_of(const struct build *build, const struct function_settings *from)
{
	if (from->user != NULL || !build->abilities.change_user) {
		return from->user;
	}
	if (from->handover != SETTING_RELAY) {
		return default_user;
	}
	if (build->settings->user != NULL) {
		return build->settings->user;
	}
	return getpwnam(acceptors_user) != NULL ? acceptors_user : default_user;
}

static int identity_of(struct build *build, const struct function_settings *from, struct identity *ret_identity)
{
	struct identity current;
	int r = identity_current(&current);

	if (r < 0) {
		return r;
	}
	if (from->user == NULL && from->group == NULL && !build->abilities.change_user) {
		*ret_identity = current;
		return 0;
	}
	const char *user = user_of(build, from) != NULL ? user_of(build, from) : default_user;
	r = identity_look_up(user, from->group, ret_identity);
	if (r == -ENOENT || r == -ESRCH) {
		complain(build->complaints, &from->place, "[function %s] there is no %s \"%s\" on this machine",
			 from->name.text, r == -ENOENT ? "user" : "group", r == -ENOENT ? user : from->group);
		return 0;
	}
	if (r == 0 && !build->abilities.change_user &&
	    (ret_identity->user != current.user || ret_identity->group != current.group)) {
		complain(build->complaints, &from->place,
			 "[function %s] user = %s: only root can become another user; start berthd as root or "
			 "leave user and group out",
			 from->name.text, user);
	}
	return r;
}

/* By what was asked for, not by what it means, so that only the first function of an account has to look it up. */
static void account_name(const struct build *build, const struct function_settings *from, char *name, size_t size)
{
	const char *user = user_of(build, from);
	struct text text;

	text_init(&text, name, size);
	if (user != NULL) {
		text_put(&text, user);
	} else {
		text_put(&text, "uid-");
		text_put_unsigned(&text, getuid());
	}
	if (from->group != NULL) {
		text_put_char(&text, ':');
		text_put(&text, from->group);
	}
}

static int find_account(const struct build *build, const char *name)
{
	/* The last is looked at first: functions of one account mostly stand together. */
	for (size_t i = build->account_count; i > 0; i--) {
		if (strcmp(build->accounts[i - 1].name, name) == 0) {
			return (int)(i - 1);
		}
	}
	return -ENOENT;
}

static void add_account(struct build *build, const struct plan_account *account, uint32_t calls_max)
{
	struct plan_account *added = &build->accounts[build->account_count];

	*added = *account;
	added->queue = (uint32_t)build->queue_count;
	build->queues[build->queue_count++] = (struct plan_queue){
		.account = (uint32_t)build->account_count,
		.function = PLAN_NONE,
		.calls_max = calls_max,
	};
	build->account_count++;
}

/* Functions of one user and group share an account, its launchers and its call queue. */
static int account_for(struct build *build, const struct function_settings *from, uint32_t *ret_account)
{
	struct plan_account account = { 0 };

	account_name(build, from, account.name, sizeof(account.name));
	int index = find_account(build, account.name);
	if (index < 0) {
		int r = identity_of(build, from, &account.identity);
		if (r < 0) {
			return r;
		}
		if (build->account_count == ACCOUNTS_MAX) {
			complain(build->complaints, &from->place, "[function %s] more than %d accounts",
				 from->name.text, ACCOUNTS_MAX);
			return -EINVAL;
		}
		index = (int)build->account_count;
		add_account(build, &account, from->queue_max);
	}
	*ret_account = (uint32_t)index;
	return 0;
}

/* ---- functions ---- */

static void add_queue(struct build *build, const struct function_settings *from, struct plan_function *to,
		      uint32_t index)
{
	struct plan_queue *shared = &build->queues[build->accounts[to->account].queue];

	if (from->handover != SETTING_WORKER && from->handover != SETTING_RELAY) {
		to->queue = build->accounts[to->account].queue;
		if (from->queue_max > shared->calls_max) {
			shared->calls_max = from->queue_max;
		}
		return;
	}
	to->queue = (uint32_t)build->queue_count;
	build->queues[build->queue_count++] = (struct plan_queue){
		.account = to->account,
		.function = index,
		.calls_max = from->queue_max,
		.owner = to->id,
	};
	if (from->workers > 0) {
		build->accounts[to->account].worker_functions++;
	}
}

static void set_attach_group(struct build *build, const struct function_settings *from, struct plan_function *to)
{
	if (from->attach_group == NULL) {
		return;
	}
	struct group *group = getgrnam(from->attach_group);
	if (group == NULL) {
		complain(build->complaints, &from->place, "[function %s] there is no group \"%s\" on this machine",
			 from->name.text, from->attach_group);
		return;
	}
	to->attach = 1;
	to->attach_group = group->gr_gid;
}

static void set_port(struct build *build, const struct function_settings *from, struct plan_function *to)
{
	if (from->handover != SETTING_PORT) {
		return;
	}
	build->accounts[to->account].port_functions++;
	build->port_functions++;
	if (from->admit != SETTING_ADMIT_ANY && !build->abilities.filter_ports) {
		complain(build->complaints, &from->place,
			 "[function %s] admit: this kernel lets only CAP_NET_ADMIN put a filter on a port, and berthd "
			 "has it not; start it as root or say admit = any",
			 from->name.text);
	}
	to->bind = from->bind;
	to->share = from->share;
	to->admit = from->admit;
	to->admit_prefixes =
		put_array(&build->blob, from->admit_prefixes, from->admit_prefix_count, sizeof(struct prefix));
	to->port_first = from->port_first;
	to->port_last = from->port_last;
	to->idle_ms = from->idle_ms;
	to->wait_ms = from->wait_ms;
	to->quarantine_ms = from->quarantine_ms;
	to->ports_per_source = from->ports_per_source;
}

static void set_limits(const struct function_settings *from, struct plan_function *to)
{
	to->processes_max = from->processes_max;
	to->processes_per_source = from->processes_per_source;
	to->open_files = from->open_files;
	to->memory = from->memory;
	to->tasks = from->tasks;
	to->nice = from->nice;
	to->timeout_ms = from->timeout_ms;
	to->no_network = from->no_network;
	to->queue_timeout_ms = from->queue_timeout_ms;
	to->workers = from->handover == SETTING_WORKER || from->handover == SETTING_RELAY ? from->workers : 0;
}

static void set_detection(struct build *build, const struct function_settings *from, struct plan_function *to)
{
	uint32_t at = blob_reserve(&build->blob, from->condition_count * sizeof(struct plan_condition));

	for (size_t i = 0; i < from->condition_count; i++) {
		struct plan_condition condition = {
			.selector_at = blob_put_text(&build->blob, from->conditions[i].selector),
			.values = put_words(&build->blob, &from->conditions[i].values),
		};
		if (!build->blob.failed) {
			memcpy(build->blob.bytes + at + i * sizeof(condition), &condition, sizeof(condition));
		}
	}
	to->conditions = (struct plan_array){ at, (uint32_t)from->condition_count };
	to->description_at = blob_put_text(&build->blob, from->description != NULL ? from->description : "");
	to->priority = from->priority;
}

static int add_function(struct build *build, uint32_t index)
{
	const struct function_settings *from = &build->settings->functions[index];
	struct plan_function *to = &build->functions[index];
	int r = function_register_id(build->function_register, &from->name, build->generation, &to->id);

	if (r == 0) {
		r = account_for(build, from, &to->account);
	}
	if (r < 0 || build->account_count == 0) {
		return r;
	}
	to->name = from->name;
	to->handover = from->handover;
	to->as = from->as;
	to->greet = from->greet;
	set_limits(from, to);
	add_queue(build, from, to, index);
	set_attach_group(build, from, to);
	set_port(build, from, to);
	set_detection(build, from, to);
	to->access = put_array(&build->blob, from->access.items, from->access.count, sizeof(struct access_rule));
	to->command = from->handover == SETTING_RELAY ? plan_put_relay(&build->blob, from)
						      : put_words(&build->blob, &from->command);
	to->environment = put_words(&build->blob, &from->environment);
	to->read_only = put_words(&build->blob, &from->read_only);
	to->read_write = put_words(&build->blob, &from->read_write);
	to->directory_at = blob_put_text(&build->blob, from->directory);
	return 0;
}

/* ---- listens ---- */

struct named {
	struct name name;
	uint32_t index;
};

static int compare_named(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct name));
}

static const struct named *find_named(const struct named *all, size_t count, const char *text)
{
	struct named wanted = { 0 };

	if (text == NULL || name_parse(text, strlen(text), &wanted.name) < 0) {
		return NULL;
	}
	return bsearch(&wanted, all, count, sizeof(*all), compare_named);
}

/* An open-addressed table at most half full, so that a name not there is found missing in a look or two. */
static struct plan_array put_table(struct build *build, const uint32_t *indexes, uint32_t count)
{
	uint32_t size = 4;

	while (size < count * 2) {
		size *= 2;
	}
	uint32_t at = blob_reserve(&build->blob, size * sizeof(uint32_t));
	if (build->blob.failed) {
		return (struct plan_array){ 0 };
	}
	uint32_t *table = (uint32_t *)(void *)(build->blob.bytes + at);
	memset(table, 0xff, size * sizeof(uint32_t));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t slot = name_hash(&build->functions[indexes[i]].name) & (size - 1);
		while (table[slot] != PLAN_NONE) {
			slot = (slot + 1) & (size - 1);
		}
		table[slot] = indexes[i];
	}
	return (struct plan_array){ at, size };
}

static int put_listen_functions(struct build *build, const struct listen_settings *from, const struct named *all,
				struct plan_listen *to)
{
	size_t count = from->all_functions ? build->settings->function_count : from->functions.count;
	uint32_t *indexes = calloc(count + 1, sizeof(uint32_t));

	if (indexes == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct named *named = from->all_functions ? &all[i]
								: find_named(all, build->settings->function_count,
									     from->functions.items[i]);
		indexes[i] = named != NULL ? named->index : 0;
	}
	to->functions = put_array(&build->blob, indexes, count, sizeof(uint32_t));
	to->table = put_table(build, indexes, (uint32_t)count);
	free(indexes);
	return 0;
}

static int put_listens(struct build *build, const struct named *all, struct plan *plan)
{
	const struct settings *settings = build->settings;
	struct plan_listen *listens = calloc(settings->listen_count + 1, sizeof(*listens));
	int r = listens == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < settings->listen_count && r == 0; i++) {
		const struct listen_settings *from = &settings->listens[i];
		const struct named *silent = find_named(all, settings->function_count, from->silent);
		struct text text;

		text_init(&text, listens[i].name, sizeof(listens[i].name));
		text_put_bytes(&text, from->name, strnlen(from->name, sizeof(listens[i].name) - 1));
		listens[i].access =
			put_array(&build->blob, from->access.items, from->access.count, sizeof(struct access_rule));
		listens[i].proxies = put_array(&build->blob, from->proxies, from->proxy_count, sizeof(struct prefix));
		listens[i].dialects = from->dialects;
		listens[i].quiet_ms = from->quiet_ms;
		listens[i].silent = silent != NULL ? silent->index : PLAN_NONE;
		listens[i].first_message_ms = from->first_message_ms;
		listens[i].calls_max = from->calls_max;
		listens[i].calls_per_source = from->calls_per_source;
		listens[i].rate_per_second = from->rate_per_second;
		listens[i].rate_burst = from->rate_burst;
		listens[i].backlog = from->backlog;
		listens[i].defer_accept = from->defer_accept;
		r = put_listen_functions(build, from, all, &listens[i]);
	}
	if (r == 0) {
		plan->listens = put_array(&build->blob, listens, settings->listen_count, sizeof(*listens));
	}
	free(listens);
	return r;
}

static void put_sockets(struct build *build, struct plan *plan)
{
	struct plan_socket sockets[LISTENS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < build->settings->listen_count; i++) {
		const struct listen_settings *from = &build->settings->listens[i];
		for (size_t k = 0; k < from->addresses.count && count < LISTENS_MAX; k++) {
			const char *text = from->addresses.items[k];
			sockets[count++] = (struct plan_socket){
				.listen = (uint32_t)i,
				.is_unix = strncmp(text, "unix:", 5) == 0,
				.text_at = blob_put_text(&build->blob, text),
				.mode = from->socket_mode,
			};
		}
	}
	plan->sockets = put_array(&build->blob, sockets, count, sizeof(sockets[0]));
}

/* ---- the whole ---- */

static void put_places(struct build *build, struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < build->settings->function_count; i++) {
		uint32_t place = function_place(build->functions[i].id);
		count = place >= count ? (size_t)place + 1 : count;
	}
	uint32_t at = blob_reserve(&build->blob, count * sizeof(uint32_t));
	if (build->blob.failed) {
		return;
	}
	uint32_t *places = (uint32_t *)(void *)(build->blob.bytes + at);
	memset(places, 0xff, count * sizeof(uint32_t));
	for (size_t i = 0; i < build->settings->function_count; i++) {
		places[function_place(build->functions[i].id)] = (uint32_t)i;
	}
	plan->places = (struct plan_array){ at, (uint32_t)count };
}

static uint32_t acceptor_count(const struct settings *settings)
{
	long cores = settings->acceptors > 0 ? (long)settings->acceptors : sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > ACCEPTORS_MAX ? ACCEPTORS_MAX : (uint32_t)cores;
}

enum log_format plan_log_format(const struct settings *settings)
{
	if (settings->log == SETTING_LOG_STDERR_JSON) {
		return LOG_JSON;
	}
	/* The journal reads priorities only where it is what stands behind descriptor 2. */
	return settings->log == SETTING_LOG_JOURNAL && getenv("JOURNAL_STREAM") != NULL ? LOG_TEXT_WITH_PRIORITY
											: LOG_TEXT;
}

static int put_all(struct build *build)
{
	const struct settings *settings = build->settings;
	struct plan plan = {
		.magic = PLAN_MAGIC,
		.generation = build->generation,
		.acceptors = acceptor_count(settings),
		.launchers = settings->launchers,
		.log = plan_log_format(settings),
		.port_functions = build->port_functions,
	};
	struct named *all = calloc(settings->function_count + 1, sizeof(*all));
	if (all == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < settings->function_count; i++) {
		all[i] = (struct named){ build->functions[i].name, i };
	}
	qsort(all, settings->function_count, sizeof(*all), compare_named);
	int r = put_listens(build, all, &plan);
	free(all);
	if (r < 0) {
		return r;
	}
	put_sockets(build, &plan);
	put_places(build, &plan);
	plan.functions =
		put_array(&build->blob, build->functions, settings->function_count, sizeof(struct plan_function));
	plan.accounts = put_array(&build->blob, build->accounts, build->account_count, sizeof(struct plan_account));
	plan.queues = put_array(&build->blob, build->queues, build->queue_count, sizeof(struct plan_queue));
	if (build->blob.failed) {
		return -ENOMEM;
	}
	plan.size = (uint32_t)build->blob.used;
	memcpy(build->blob.bytes, &plan, sizeof(plan));
	return memory_create_sealed("berth-plan", build->blob.bytes, build->blob.used);
}

static int build_everything(struct build *build)
{
	const struct settings *settings = build->settings;
	size_t complaints_before = build->complaints->count;

	(void)blob_reserve(&build->blob, sizeof(struct plan));
	for (uint32_t i = 0; i < settings->function_count; i++) {
		int r = add_function(build, i);
		if (r == -ENOSPC) {
			complain(build->complaints, &settings->functions[i].place,
				 "more than %d functions were configured since berthd started", FUNCTIONS_MAX);
			return -EINVAL;
		}
		if (r < 0) {
			return r;
		}
	}
	if (build->complaints->count > complaints_before) {
		return -EINVAL;
	}
	return put_all(build);
}

int plan_build(const struct settings *settings, struct abilities abilities, struct function_register *function_register,
	       uint64_t generation, struct complaints *complaints)
{
	struct build build = {
		.settings = settings,
		.abilities = abilities,
		.complaints = complaints,
		.function_register = function_register,
		.generation = generation,
		.functions = calloc(settings->function_count + 1, sizeof(struct plan_function)),
		.accounts = calloc(ACCOUNTS_MAX, sizeof(struct plan_account)),
		.queues = calloc(settings->function_count + ACCOUNTS_MAX, sizeof(struct plan_queue)),
	};
	int r = -ENOMEM;

	if (build.functions != NULL && build.accounts != NULL && build.queues != NULL) {
		r = build_everything(&build);
	}
	free(build.functions);
	free(build.accounts);
	free(build.queues);
	blob_finish(&build.blob);
	return r;
}
