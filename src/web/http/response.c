/* response.c - what a page answers (response.h).  Pure. */
#include "web/http/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void response_finish(struct response *response)
{
	html_finish(&response->body);
	for (size_t i = 0; i < response->header_count; i++) {
		free(response->headers[i]);
	}
	*response = (struct response){ 0 };
}

static bool is_one_line(const char *value)
{
	for (; *value != '\0'; value++) {
		if ((unsigned char)*value < 0x20 || *value == 0x7f) {
			return false;
		}
	}
	return true;
}

/* The header of this name that stands already, or a new one; NULL without room. */
static struct response_header *place_of(struct response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count && strcmp(name, "Set-Cookie") != 0; i++) {
		if (strcmp(response->headers[i]->name, name) == 0) {
			return response->headers[i];
		}
	}
	if (response->header_count == RESPONSE_HEADERS_MAX) {
		return NULL;
	}
	struct response_header *header = calloc(1, sizeof(*header));
	if (header != NULL) {
		response->headers[response->header_count++] = header;
	}
	return header;
}

void response_header(struct response *response, const char *name, const char *value)
{
	struct response_header *header = place_of(response, name);

	if (header == NULL || !is_one_line(value) || strlen(value) >= RESPONSE_HEADER_MAX) {
		response->failed = true;
		return;
	}
	header->name = name;
	(void)snprintf(header->value, sizeof(header->value), "%s", value);
}

void response_redirect(struct response *response, const char *location)
{
	response->status = 303;
	response_header(response, "Location", location);
}
