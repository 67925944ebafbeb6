/* berth_control.h - the way from the command to berthd: finds its control socket, asks, and says what went wrong.
 *
 * All functions here complain on standard error themselves, in words that say what would be right. */
#pragma once

#include "base/name.h"
#include "cmd/verb.h"
#include "rendezvous/status_view.h"
#include "wire/control.h"

struct control {
	int channel;
	char path[128]; /* of the socket, for complaints */
};

/* Connects to the berthd of --run-dir, $BERTH_RUN_DIR, or the place where one would be.  0 or -errno. */
int control_open(const struct request *request, struct control *ret_control);
void control_close(struct control *control);

/* Asks for something that is answered by one CONTROL_DONE.  `name` may be NULL.  0 with berthd's answer, which is 0 or
 * -errno, in *ret_answer; a text that came with it was printed on standard error.  Or -errno. */
int control_ask(struct control *control, enum control_kind kind, const struct name *name, int patience_ms,
		int *ret_answer);

/* 0 once berthd has hung up; -ETIMEDOUT or -errno. */
int control_wait_for_end(struct control *control, int patience_ms);

/* 0 with the status, which the caller destroys, or -errno. */
int control_status(struct control *control, struct status_view **ret_view);

/* All three: connects, gets the status, hangs up.  EXIT_DONE or EXIT_COULD_NOT. */
int ask_status(const struct request *request, struct status_view **ret_view);

/* Says that there is no function of this name, and which was meant. */
void complain_about_function(const struct status_view *view, const char *name);
