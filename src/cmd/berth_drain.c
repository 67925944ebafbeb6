/* berth_drain.c - `berth drain` and `berth resume`, which undo each other: refuse new calls, or take them again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/berth_control.h"

enum { PATIENCE_MS = 5000 };

static int explain(struct control *control, const struct name *name, int answer)
{
	struct status_view *view = NULL;

	if (answer != -ENOENT) {
		complain_about("%s", strerror(-answer));
		return EXIT_COULD_NOT;
	}
	if (control_status(control, &view) < 0) {
		return EXIT_COULD_NOT;
	}
	complain_about_function(view, name->text);
	status_view_destroy(view);
	return EXIT_NO;
}

static int tell(const struct request *request, enum control_kind kind, const char *done)
{
	struct name name = { .text = "" };
	struct control control;
	int answer;

	if (request->word != NULL && name_parse(request->word, strlen(request->word), &name) < 0) {
		complain_about(
			"no function can be called \"%s\": 1 to 15 letters, digits and single hyphens are a name",
			request->word);
		return EXIT_USAGE;
	}
	if (control_open(request, &control) < 0) {
		return EXIT_COULD_NOT;
	}
	int r = control_ask(&control, kind, &name, PATIENCE_MS, &answer);
	int status = r < 0 ? EXIT_COULD_NOT : answer < 0 ? explain(&control, &name, answer) : EXIT_DONE;
	control_close(&control);
	if (status == EXIT_DONE) {
		(void)printf("%s %s\n", request->word != NULL ? name.text : "all functions", done);
	}
	return status;
}

static int run_drain(const struct request *request)
{
	return tell(request, CONTROL_DRAIN, "refused from now on");
}

static int run_resume(const struct request *request)
{
	return tell(request, CONTROL_RESUME, "served from now on");
}

const struct verb verb_drain = {
	.name = "drain",
	.summary = "refuse new calls to a function, or to all, and let the others end",
	.usage = "berth drain [--run-dir DIR] [FUNCTION]\n"
		 "Refuses new calls to the function, or to all functions, as `draining`. Calls that were taken\n"
		 "already go on. `berth resume` takes calls again, and so does a reload.\n"
		 "\n"
		 "      --run-dir DIR  the run-dir of berthd\n",
	.options = TAKES_RUN_DIR,
	.word = WORD_OPTIONAL,
	.run = run_drain,
};

const struct verb verb_resume = {
	.name = "resume",
	.summary = "take calls again after drain",
	.usage = "berth resume [--run-dir DIR] [FUNCTION]\n"
		 "Takes calls to the function, or to all functions, again.\n"
		 "\n"
		 "      --run-dir DIR  the run-dir of berthd\n",
	.options = TAKES_RUN_DIR,
	.word = WORD_OPTIONAL,
	.run = run_resume,
};
