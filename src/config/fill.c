/* fill.c - from what the files say to typed settings.  Called by settings_load.c when all files are
 * read.
 *
 * Defaults come first, then [berthd], then each other section on a copy of what there is so far: so
 * the order of sections means nothing, and a default is read once however many functions there are.
 */
#include "config/fill.h"

#include <errno.h>
#include <string.h>

#include "config/check.h"
#include "config/keys.h"
#include "config/value.h"

struct filling {
	struct document *document;
	struct settings *settings;
	struct arena *arena;
	struct listen_settings listen; /* what a [listen] is before it says anything */
	struct function_settings function;
};

static int read_key(const struct filling *filling, const struct key *key, const char *text,
		    const struct place_in_file *place, void *object)
{
	const struct value value = {
		.key = key,
		.text = text,
		.place = place,
		.complaints = filling->document->complaints,
		.arena = filling->arena,
	};

	return key->read(&value, (char *)object + key->offset);
}

/* The struct that a key of [berthd], or a default, is written to. */
static void *base_object(struct filling *filling, const struct key *key)
{
	switch (key_target_kind(key)) {
	case SECTION_LISTEN:
		return &filling->listen;
	case SECTION_FUNCTION:
		return &filling->function;
	case SECTION_BERTHD:
	case SECTION_KINDS:
		break;
	}
	return filling->settings;
}

static int set_defaults(struct filling *filling)
{
	static const struct place_in_file place = { .file = "(default)" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < key_count; i++) {
		if (keys[i].initial != NULL) {
			r = read_key(filling, &keys[i], keys[i].initial, &place, base_object(filling, &keys[i]));
		}
	}
	return r;
}

/* An empty value is an error for most keys, because two readers would expect two things of it. */
static int read_said(const struct filling *filling, struct said *said, void *object)
{
	int r;

	if (*said->value == '\0') {
		if (!said->key->may_be_empty) {
			complain(filling->document->complaints, &said->place,
				 "\"%s\" has no value; leave the line out for the default (%s)", said->key->name,
				 said->key->initial != NULL ? said->key->initial : "none");
		}
		return 0;
	}
	r = read_key(filling, said->key, said->value, &said->place, object);
	said->accepted = r == 0;
	return r == -ENOMEM ? r : 0;
}

/* `object` is NULL for [berthd], whose keys go to different places. */
static int read_section(struct filling *filling, const struct section *section, void *object)
{
	struct said *said;
	int r;

	STAILQ_FOREACH(said, &section->said, link) {
		r = read_said(filling, said, object != NULL ? object : base_object(filling, said->key));
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int add_listen(struct filling *filling, const struct section *section)
{
	struct settings *settings = filling->settings;
	struct listen_settings *listen = &settings->listens[settings->listen_count++];
	int r;

	*listen = filling->listen;
	listen->place = section->place;
	listen->name = arena_text(filling->arena, section->name.text, strlen(section->name.text));
	if (listen->name == NULL) {
		return -ENOMEM;
	}
	r = read_section(filling, section, listen);
	if (r == 0) {
		check_listen(section, listen, filling->document->complaints);
	}
	return r;
}

static int add_function(struct filling *filling, const struct section *section)
{
	struct settings *settings = filling->settings;
	struct function_settings *function = &settings->functions[settings->function_count++];
	int r;

	*function = filling->function;
	function->place = section->place;
	function->name = section->name;
	r = read_section(filling, section, function);
	if (r == 0) {
		check_function(section, function, filling->document->complaints);
	}
	return r;
}

static int add_section(struct filling *filling, const struct section *section)
{
	switch (section->kind) {
	case SECTION_LISTEN:
		return add_listen(filling, section);
	case SECTION_FUNCTION:
		return add_function(filling, section);
	case SECTION_BERTHD:
	case SECTION_KINDS:
		break;
	}
	return 0;
}

static int take_arrays(struct filling *filling)
{
	const size_t *counts = filling->document->counts;
	struct settings *settings = filling->settings;

	settings->listens = arena_take(filling->arena, (counts[SECTION_LISTEN] + 1) * sizeof(*settings->listens));
	settings->functions = arena_take(filling->arena, (counts[SECTION_FUNCTION] + 1) * sizeof(*settings->functions));
	return settings->listens != NULL && settings->functions != NULL ? 0 : -ENOMEM;
}

int settings_fill(struct document *document, struct settings *settings, struct arena *arena)
{
	struct filling filling = { .document = document, .settings = settings, .arena = arena };
	const struct section *section;
	int r = take_arrays(&filling);

	if (r == 0) {
		r = set_defaults(&filling);
	}
	STAILQ_FOREACH(section, &document->sections, link) {
		if (r == 0 && section->kind == SECTION_BERTHD) {
			r = read_section(&filling, section, NULL);
		}
	}
	STAILQ_FOREACH(section, &document->sections, link) {
		if (r == 0) {
			r = add_section(&filling, section);
		}
	}
	return r == 0 ? check_whole(document, settings) : r;
}
