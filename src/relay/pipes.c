/* pipes.c - the pool of pipes.  Called by stream.c.  Pipes are made when they are first needed and kept. */
#include "relay/pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { REST = 1000 };

static int make(struct pipe_ends *ret_pipe)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		return -errno;
	}
	if (fcntl(ends[0], F_SETPIPE_SZ, PIPE_OCTETS) < PIPE_OCTETS) {
		close(ends[0]);
		close(ends[1]);
		return -EAGAIN;
	}
	*ret_pipe = (struct pipe_ends){ ends[0], ends[1] };
	return 0;
}

int pipe_take(struct pipe_pool *pool, struct pipe_ends *ret_pipe)
{
	if (pool->unused_count > 0) {
		*ret_pipe = pool->unused[--pool->unused_count];
		return 0;
	}
	if (pool->made == PIPES_MAX || pool->rest > 0) {
		pool->rest -= pool->rest > 0;
		return -EAGAIN;
	}
	if (make(ret_pipe) < 0) {
		pool->rest = REST;
		return -EAGAIN;
	}
	pool->made++;
	return 0;
}

void pipe_give_back(struct pipe_pool *pool, struct pipe_ends pipe)
{
	pool->unused[pool->unused_count++] = pipe;
}

void pipe_throw_away(struct pipe_pool *pool, struct pipe_ends pipe)
{
	close(pipe.reading);
	close(pipe.writing);
	pool->made--;
}

void pipe_pool_finish(struct pipe_pool *pool)
{
	while (pool->unused_count > 0) {
		pipe_throw_away(pool, pool->unused[--pool->unused_count]);
	}
}
