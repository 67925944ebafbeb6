/* pipes.h - the pipes through which bulk data is moved without being copied.
 *
 * A pipe of the usual 64 KiB gains nothing, so all are PIPE_OCTETS; the kernel gives a user only so many of those, and
 * so does this pool.  A stream has a pipe only while octets are in it. */
#pragma once

enum {
	PIPE_OCTETS = 1 << 20,
	PIPES_MAX = 32, /* at one time; further streams are copied */
};

struct pipe_ends {
	int reading;
	int writing;
};

struct pipe_pool {
	struct pipe_ends unused[PIPES_MAX];
	unsigned unused_count;
	unsigned made; /* all that exist */
	unsigned rest; /* so often the kernel, which had none, is not asked */
};

/* An empty pipe.  -EAGAIN when there is none to be had: then octets are copied. */
int pipe_take(struct pipe_pool *pool, struct pipe_ends *ret_pipe);

/* The caller is done with it: it is empty and kept, or is not and closed. */
void pipe_give_back(struct pipe_pool *pool, struct pipe_ends pipe);
void pipe_throw_away(struct pipe_pool *pool, struct pipe_ends pipe);

/* Closes those that nobody has. */
void pipe_pool_finish(struct pipe_pool *pool);
