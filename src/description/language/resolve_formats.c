/* resolve_formats.c - formats within formats, and what a whole message holds.  Called by the other parts.
 *
 * Formats can include each other so often that following all paths would take forever; so each search visits a format
 * once, and all searches together have a limit. */
#include <errno.h>
#include <string.h>

#include "description/language/resolver.h"

enum { STEPS_MAX = 1000000 };

/* ---- formats that contain themselves ---- */

static void limit_depth(struct resolver *resolver, struct place place)
{
	resolver_limit(resolver, place, "put some of them into one", "formats stand too deep in formats", NESTING_MAX);
}

/* Without formats that are nested, a format that is met again while it is open contains itself. */
static void visit_plain(struct resolver *resolver, struct owner *owner, unsigned depth)
{
	owner->open = true;
	for (const struct inclusion *at = owner->inclusions; at != NULL && resolver->error == 0; at = at->next) {
		if (at->owner->open) {
			report_add(resolver->report, &resolver->tree->source, FINDING_ERROR, "E5", at->place, NULL,
				   report_text(resolver->report,
					       "write format %s nested 8 { ... } if it may stand in itself 8 times",
					       at->owner->name),
				   "the format %s contains itself", at->owner->name);
		} else if (at->owner->done || at->owner->format->nested > 0) {
			continue;
		} else if (depth < NESTING_MAX) {
			visit_plain(resolver, at->owner, depth + 1);
		} else {
			limit_depth(resolver, at->place);
		}
	}
	owner->open = false;
	owner->done = true;
}

static void visit_height(struct resolver *resolver, struct owner *owner, unsigned depth)
{
	owner->open = true;
	owner->height = 1;
	for (const struct inclusion *at = owner->inclusions; at != NULL && resolver->error == 0; at = at->next) {
		if (depth < NESTING_MAX && !at->owner->open && !at->owner->done) {
			visit_height(resolver, at->owner, depth + 1);
		}
		unsigned height = at->owner->open ? 1 : at->owner->height + 1;
		owner->height = height > owner->height ? height : owner->height;
		if (owner->height > NESTING_MAX || depth >= NESTING_MAX) {
			limit_depth(resolver, at->place);
		}
	}
	owner->open = false;
	owner->done = true;
}

static void forget_visits(struct resolver *resolver)
{
	for (struct owner *owner = resolver->owners; owner != NULL; owner = owner->next) {
		owner->done = false;
	}
}

void resolve_formats(struct resolver *resolver)
{
	for (struct owner *owner = resolver->owners; owner != NULL && resolver->error == 0; owner = owner->next) {
		if (owner->format != NULL && !owner->done) {
			visit_height(resolver, owner, 1);
		}
	}
	forget_visits(resolver);
	for (struct owner *owner = resolver->owners; owner != NULL && resolver->error == 0; owner = owner->next) {
		if (owner->format != NULL && !owner->done && owner->format->nested == 0) {
			visit_plain(resolver, owner, 1);
		}
	}
}

/* ---- searches ---- */

static void push(struct resolver *resolver, struct owner *owner)
{
	if (owner->stamp == resolver->stamp) {
		return;
	}
	owner->stamp = resolver->stamp;
	owner->queue = NULL;
	*(resolver->queue_last != NULL ? &resolver->queue_last->queue : &resolver->queue_first) = owner;
	resolver->queue_last = owner;
}

struct owner *reach_first(struct resolver *resolver, struct owner *owner)
{
	resolver->stamp++;
	resolver->queue_first = NULL;
	resolver->queue_last = NULL;
	push(resolver, owner);
	return reach_next(resolver);
}

static void count_step(struct resolver *resolver, struct place place)
{
	if (++resolver->steps == STEPS_MAX) {
		resolver_limit(resolver, place, "put fewer formats into formats",
			       "finding the fields of messages takes too many steps", STEPS_MAX);
	}
}

struct owner *reach_next(struct resolver *resolver)
{
	struct owner *owner = resolver->queue_first;

	if (owner == NULL || resolver->error != 0) {
		return NULL;
	}
	count_step(resolver, owner->place);
	for (const struct inclusion *at = owner->inclusions; at != NULL && resolver->error == 0; at = at->next) {
		count_step(resolver, at->place);
		push(resolver, at->owner);
	}
	if (owner->carrier != NULL) {
		push(resolver, owner->carrier);
	}
	resolver->queue_first = owner->queue;
	resolver->queue_last = owner->queue == NULL ? NULL : resolver->queue_last;
	return owner;
}

const struct field *message_field(struct resolver *resolver, struct owner *message, const char *name)
{
	const struct field *field = NULL;

	for (const struct owner *owner = reach_first(resolver, message); owner != NULL && field == NULL;
	     owner = reach_next(resolver)) {
		field = resolver_find(resolver, owner, name);
	}
	return field;
}

const struct field *message_selector(struct resolver *resolver, struct owner *message, const char *name)
{
	const struct field *field = NULL;

	for (const struct owner *owner = reach_first(resolver, message); owner != NULL && field == NULL;
	     owner = reach_next(resolver)) {
		field = resolver_find(resolver, &owner->fields, name);
	}
	return field;
}

void guess_fields(struct resolver *resolver, struct guess *guess, struct owner *message)
{
	for (const struct owner *owner = reach_first(resolver, message); owner != NULL && guess->tries > 0;
	     owner = reach_next(resolver)) {
		for (const struct field *field = owner->fields; field != NULL && guess->tries > 0;
		     field = field->next) {
			guess_try(guess, field->name);
		}
	}
}

/* ---- messages ---- */

static void check_carrier(struct resolver *resolver, const struct owner *message)
{
	unsigned bodies = 0;

	if (message->carrier == NULL) {
		return;
	}
	for (const struct owner *owner = reach_first(resolver, message->carrier); owner != NULL;
	     owner = reach_next(resolver)) {
		bodies += owner->bodies;
	}
	if (bodies != 1) {
		resolver_wrong(resolver, message->place,
			       report_text(resolver->report,
					   "write body[rest] once in the format %s, where the message stands",
					   message->carrier->name),
			       "the format %s carries %s, but has %s body[rest]", message->carrier->name, message->name,
			       bodies == 0 ? "no" : "more than one");
	}
}

static void check_body(struct resolver *resolver, const struct owner *message, const struct owner *owner)
{
	if (owner->bodies > 0) {
		resolver_wrong(resolver, owner->body,
			       "write payload[rest], or \"over\" behind the name of the message that it carries",
			       owner == message ? "body[rest] stands in the message %s itself"
						: "body[rest] stands in the message %s, which includes the format %s",
			       message->name, owner->name);
	}
}

void resolve_message(struct resolver *resolver, struct owner *message)
{
	struct owner *carrier = message->carrier;

	message->carrier = NULL;
	for (const struct owner *owner = reach_first(resolver, message); owner != NULL; owner = reach_next(resolver)) {
		message->message->sure = message->message->sure || owner->sure;
		message->message->weak = message->message->weak || owner->weak;
		check_body(resolver, message, owner);
	}
	message->carrier = carrier;
	if (message->message->sure && message->message->weak) {
		resolver_wrong(resolver, message->place, "a message can be told by content or not: keep one of them",
			       "\"sure\" and \"weak\" both stand in the message %s", message->name);
	}
	check_carrier(resolver, message);
}

static void miss_message(struct resolver *resolver, enum role role, const char *name, struct place place)
{
	enum role other = role == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT;
	struct guess guess;

	if (!resolver_misses(resolver, name)) {
		return;
	}
	if (resolver_find(resolver, &resolver->scopes[other == ROLE_CLIENT ? SCOPE_CLIENT : SCOPE_SERVER], name) !=
	    NULL) {
		resolver_wrong(resolver, place,
			       report_text(resolver->report, "name a message of the %s", role_word(role)),
			       "%s is a message of the %s, not of the %s", name, role_word(other), role_word(role));
		return;
	}
	guess_init(&guess, resolver, name);
	for (const struct message *message = resolver->protocol->messages; message != NULL && guess.tries > 0;
	     message = message->next) {
		if (message->role == role) {
			guess_try(&guess, message->name);
		}
	}
	resolver_wrong(resolver, place, guess_help(resolver, &guess, "declare it in \"types\""),
		       "there is no %s message %s", role_word(role), name);
}

struct owner *resolver_message(struct resolver *resolver, enum role role, const char *name, struct place place)
{
	struct owner *owner =
		resolver_find(resolver, &resolver->scopes[role == ROLE_CLIENT ? SCOPE_CLIENT : SCOPE_SERVER], name);

	if (owner == NULL) {
		miss_message(resolver, role, name, place);
	}
	return owner;
}
