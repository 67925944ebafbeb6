/* view_build.h - makes a view: collects rows, then lays them out once.
 *
 * The only writer of the format of view.h. */
#pragma once

#include "registry/view/view.h"

struct view_builder;

struct view_about {
	const char *day;
	const char *registry;
	const char *notice;
	uint64_t event;
	const char *event_hash;
};

int view_builder_create(const struct view_about *about, struct view_builder **ret_builder);
struct view_builder *view_builder_destroy(struct view_builder *builder);

/* Sources in the order in which they are shown; rows that follow belong to it.  Texts are copied (each once). */
int view_builder_source(struct view_builder *builder, const char *name, const char *dated);
int view_builder_row(struct view_builder *builder, const struct entry *entry, const char *since_or_null);
int view_builder_band(struct view_builder *builder, const struct view_band *band);

/* The block, from malloc, the caller's; the builder can only be destroyed afterwards. */
int view_builder_finish(struct view_builder *builder, void **ret_octets, size_t *ret_size);

/* The same rows always make the same octets.  0 when the SHA-256 in the head is that of the rest; -EBADMSG. */
int view_verify(const struct view *view);

/* Writes it in place of `path`, readable by everyone (mode 0644), as a whole or not at all. */
int view_publish(const char *path, const void *octets, size_t size);
