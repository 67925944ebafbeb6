/* outbox_row.h - a row of the outbox as the letter it holds.  For outbox.c and newest.c. */
#pragma once

#include "store/database.h"
#include "store/outbox.h"

/* The columns of "outbox AS o" that outbox_row reads, from 0. */
#define OUTBOX_COLUMNS                                                                                               \
	"o.id, o.event, coalesce(o.application, 0), o.message_id, o.rcpt, o.template, o.message, o.state, o.tries, " \
	"o.next_try, o.last_error, o.sent"

/* Of the statement's row; its texts live until the next step. */
struct outbox_letter outbox_row(struct statement *statement);
