/* berth_stop.c - `berth stop`: ends berthd, and waits until it has ended. */
#include <stdio.h>

#include "cmd/berth_control.h"

enum { ANSWER_PATIENCE_MS = 5000, END_PATIENCE_MS = 30000 };

static int stop(struct control *control)
{
	int answer;
	int r = control_ask(control, CONTROL_STOP, NULL, ANSWER_PATIENCE_MS, &answer);

	if (r == 0 && answer < 0) {
		r = answer; /* its text was printed */
	}
	return r < 0 ? r : control_wait_for_end(control, END_PATIENCE_MS);
}

static int run(const struct request *request)
{
	struct control control;

	if (control_open(request, &control) < 0) {
		return EXIT_COULD_NOT;
	}
	int r = stop(&control);
	control_close(&control);
	if (r < 0) {
		return EXIT_COULD_NOT;
	}
	(void)puts("stopped");
	return EXIT_DONE;
}

const struct verb verb_stop = {
	.name = "stop",
	.summary = "end berthd and all functions",
	.usage = "berth stop [--run-dir DIR]\n"
		 "Has berthd end, with every process that it has started, and waits until it has. Processes are\n"
		 "asked to end first and have 5 seconds for it.\n"
		 "\n"
		 "      --run-dir DIR  the run-dir of berthd\n",
	.options = TAKES_RUN_DIR,
	.word = WORD_NONE,
	.run = run,
};
