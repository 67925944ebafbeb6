/* holder.h - which program holds a socket, as far as /proc shows it to who asks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct holders;

enum { HOLDER_NAME_SIZE = 16 };

/* Reads /proc once.  Processes of others are left out without a word when they may not be seen.  0 or -errno. */
int holders_read(struct holders **ret_holders);
struct holders *holders_destroy(struct holders *holders);

/* The name of a program that holds the socket of this inode; NULL: nobody that can be seen. */
const char *holders_find(const struct holders *holders, uint32_t inode);
