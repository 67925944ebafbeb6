/* body.h - a request's body on its way into the request's fields, files or octets.
 *
 * Called by server_exchange.c.  Of multipart forms libmicrohttpd takes the parts apart; everything else is kept whole
 * and read once, at its end.  Never keeps more than it was told at its beginning. */
#pragma once

#include "web/http/request.h"

struct MHD_Connection;
struct body;

/* 0, -EINVAL a form whose type cannot be read, -ENOMEM. */
int body_begin(struct web_request *request, struct MHD_Connection *connection, size_t octets_max,
	       struct body **ret_body);
/* 0, or the status it is refused with: 413, 400, 500; then nothing more is kept. */
unsigned body_take(struct body *body, const char *octets, size_t size);
/* Nothing follows: the request has what was read.  As body_take. */
unsigned body_end(struct body *body);
struct body *body_finish(struct body *body);
