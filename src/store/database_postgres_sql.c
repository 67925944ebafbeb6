/* database_postgres_sql.c - the common text of SQL made into PostgreSQL's: $1, $2 ... where a ? stands for a value.
 *
 * Called by database_postgres.c; pure but for memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/database_postgres.h"

/* The end of what begins at `text` and may hold a ? that is none: quoted text, a comment; or `text` itself. */
static const char *skip_quoted(const char *text)
{
	const char *end = NULL;

	if (*text == '\'' || *text == '"') {
		end = strchr(text + 1, *text);
		end = end != NULL ? end + 1 : NULL;
	} else if (strncmp(text, "--", 2) == 0) {
		end = strchr(text, '\n');
	} else if (strncmp(text, "/*", 2) == 0) {
		end = strstr(text + 2, "*/");
		end = end != NULL ? end + 2 : NULL;
	} else {
		return text;
	}
	return end != NULL ? end : text + strlen(text);
}

/* Writes $1, $2 ... for each ?; returns their number. */
static size_t number_parameters(FILE *stream, const char *sql)
{
	size_t count = 0;

	while (*sql != '\0') {
		const char *end = skip_quoted(sql);

		if (end > sql) {
			fwrite(sql, 1, (size_t)(end - sql), stream);
			sql = end;
			continue;
		}
		if (*sql == '?') {
			fprintf(stream, "$%zu", ++count);
		} else {
			fputc(*sql, stream);
		}
		sql++;
	}
	return count;
}

char *postgres_numbered_sql(const char *sql, size_t *ret_count)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	size_t count;
	bool is_whole;

	if (stream == NULL) {
		return NULL;
	}
	count = number_parameters(stream, sql);
	is_whole = ferror(stream) == 0;
	if (fclose(stream) != 0 || !is_whole) {
		free(text);
		return NULL;
	}
	*ret_count = count;
	return text;
}
