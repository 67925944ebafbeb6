/* api_json.c - parts that calls share (api_json.h). */
#include "web/api/api_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool api_output_begin(struct api_output *output)
{
	*output = (struct api_output){ .octets = NULL };
	output->stream = open_memstream(&output->octets, &output->size);
	return output->stream != NULL;
}

json_t *api_output_end(struct api_output *output)
{
	json_t *json = fclose(output->stream) == 0 ? json_loadb(output->octets, output->size, 0, NULL) : NULL;

	free(output->octets);
	return json;
}

json_t *api_about(const struct visit *visit, const struct view *view, json_t *more)
{
	json_t *about = json_pack("{s:s, s:s, s:s}", "registry", visit->site->words.name, "day", view_day(view),
				  "notice", visit->site->words.notice);

	if (about != NULL && json_object_update_missing(about, more) < 0) {
		json_decref(about);
		about = NULL;
	}
	json_decref(more);
	return about;
}

void api_answer(struct visit *visit, const struct answers *answers, int found, const char *nothing)
{
	struct api_output output;
	json_t *json = NULL;

	if (found < 0) {
		visit_refused(visit, found, &(struct complaint){ "" });
		return;
	}
	if (found == 0 && nothing != NULL) {
		visit_problem(visit, 404, "Not found", nothing);
		return;
	}
	if (api_output_begin(&output)) {
		int r = answers_write(answers, ANSWER_JSON, output.stream);
		json = api_output_end(&output);
		if (r < 0) {
			json_decref(json);
			json = NULL;
		}
	}
	visit_json(visit, 200,
		   json == NULL ? NULL : api_about(visit, &visit->site->view, json_pack("{s:o}", "entries", json)));
}

json_t *api_body(struct visit *visit)
{
	const struct web_request *request = visit->request;
	const char *type = web_value(&request->headers, "content-type");
	json_error_t error;

	if (strncmp(type, "application/json", strlen("application/json")) != 0) {
		visit_problem(visit, 415, "Unsupported media type", "The body must be application/json.");
		return NULL;
	}
	json_t *body = request->body == NULL
			       ? NULL
			       : json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(body)) {
		struct complaint complaint = { "" };
		(void)complain_of(&complaint, -EINVAL,
				  request->body == NULL ? "The body is empty; it must be a JSON object.%s"
				  : body != NULL	? "The body must be a JSON object.%s"
							: "The body is no JSON: %s.",
				  request->body == NULL || body != NULL ? "" : error.text);
		json_decref(body);
		visit_refused(visit, -EINVAL, &complaint);
		return NULL;
	}
	return body;
}

const char *api_text(struct visit *visit, json_t *body, const char *name)
{
	json_t *value = json_object_get(body, name);
	struct complaint complaint = { "" };

	if (value == NULL || json_is_null(value)) {
		return "";
	}
	if (!json_is_string(value)) {
		(void)complain_of(&complaint, -EINVAL, "\"%s\" must be a text.", name);
		visit_refused(visit, -EINVAL, &complaint);
		return NULL;
	}
	return json_string_value(value);
}
