/* process_rules.c - the rules asked about a form, with what is assigned, what is on its way, and what its description
 * shows (process_private.h).  Called before the change of an act begins. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdlib.h>

#include "registry/process/process_describe.h"
#include "registry/keep/registry.h"

static int ask(struct process *process, const struct form *form, const char *ref_or_null,
	       const struct report *described, const struct view *view, struct rule_report *ret_report)
{
	struct arena arena = { 0 };
	struct rules_pending *pending = NULL;
	size_t count = 0;
	int r = process_pending(process->store, &arena, &pending, &count);

	if (r == 0) {
		const struct rules_context context = {
			.view = view,
			.pending = pending,
			.pending_count = count,
			.own_reference = ref_or_null,
			.description = described,
		};
		r = rules_examine(form, &context, ret_report);
	}
	arena_finish(&arena);
	return r;
}

int process_examine(struct process *process, const struct form *form, const char *ref_or_null,
		    struct rule_report *ret_report, struct complaint *complaint)
{
	struct described *described = NULL;
	struct view view;
	void *octets = NULL;
	size_t size = 0;
	int r = form->berth != NULL ? process_describe(form->berth, &described) : 0;

	if (r == 0) {
		r = registry_view(process->store, NULL, &octets, &size);
	}
	if (r == 0) {
		r = view_of(octets, size, &view);
	}
	if (r == 0) {
		r = ask(process, form, ref_or_null, described != NULL ? described_report(described) : NULL, &view,
			ret_report);
	}
	(void)described_destroy(described);
	free(octets);
	return r < 0 ? complain_of(complaint, r, "the rules could not be asked: %s", store_complaint(process->store))
		     : 0;
}

const char *work_refusal(struct work *work)
{
	const struct rule_report *report = &work->report;
	size_t count = report->counts[RULE_REFUSE];

	for (size_t i = 0; i < report->count; i++) {
		const struct rule_finding *finding = &report->findings[i];
		if (finding->level == RULE_REFUSE) {
			return work_format(work, "%zu rule%s it; the first is %s: %s", count,
					   count == 1 ? " refuses" : "s refuse", finding->id, finding->sentence);
		}
	}
	return "";
}
