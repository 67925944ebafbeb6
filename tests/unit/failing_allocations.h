/* failing_allocations.h - allocations that fail when a test wants them to.
 *
 * The linker puts the functions below in the place of malloc and its kin (and of tsearch, which allocates by itself),
 * in all that berth is made of; the C library's own allocations go their way.  A test that includes this is linked
 * with --wrap for each of them: see `wrapped` in meson.build. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_tsearch(const void *key, void **root, int (*compare)(const void *a, const void *b));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *a, const void *b));

static long allocations_left = -1; /* until the one that fails; less than 0: none does */

/* The allocation behind `left` others fails, and that one only. */
static inline void fail_allocation(long left)
{
	allocations_left = left;
}

/* From now on none does. */
static inline void allocations_succeed(void)
{
	allocations_left = -1;
}

/* The one that was to fail has. */
static inline bool allocation_failed(void)
{
	return allocations_left < 0;
}

static bool fails_now(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails_now() ? NULL : __real_realloc(memory, size);
}

void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *a, const void *b))
{
	return fails_now() ? NULL : __real_tsearch(key, root, compare);
}
