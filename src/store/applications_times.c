/* applications_times.c - when each application went from state to state (applications_times.h).  Called by
 * registry/process/process_statistics.c. */
#include "store/applications_times.h"

#include "store/ask.h"

int application_times(struct store *store, int (*each)(const struct application_time *time, void *context),
		      void *context)
{
	struct statement *statement = NULL;
	int r = ask(store,
		    "SELECT s.application, a.kind, e.at, s.to_state, t.clock FROM step AS s "
		    "JOIN application AS a ON a.id = s.application JOIN event AS e ON e.n = s.event "
		    "JOIN transition AS t ON t.from_state = s.from_state AND t.act = s.act "
		    "AND t.to_state = s.to_state ORDER BY s.application, s.n",
		    &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		const struct application_time time = {
			.application = statement_integer(statement, 0),
			.kind = statement_text(statement, 1),
			.at = statement_text(statement, 2),
			.state = statement_text(statement, 3),
			.clock = statement_text(statement, 4),
		};
		r = each(&time, context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}
