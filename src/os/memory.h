/* memory.h - memory shared between processes of berth, as anonymous files (memfd). */
#pragma once

#include <stddef.h>

/* A zeroed shared file of `size` octets, close-on-exec, mode 0600.  Pages cost nothing until used.
 * Returns the descriptor or -errno. */
int memory_create(const char *name, size_t size);

/* A file of these bytes that nobody can change or resize any more (sealed).  Descriptor or -errno. */
int memory_create_sealed(const char *name, const void *bytes, size_t size);

/* A second descriptor of the same file that can only be read.  Descriptor or -errno. */
int memory_reopen_read_only(int descriptor);

/* Maps the whole file, shared.  0 or -errno.  Unmap with memory_unmap. */
int memory_map(int descriptor, size_t *ret_size, void **ret_start);
int memory_map_read_only(int descriptor, size_t *ret_size, const void **ret_start);
void memory_unmap(const void *start, size_t size);
