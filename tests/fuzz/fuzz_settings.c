/* fuzz_settings.c - any octets as a configuration: no crash, no leak, and a complaint whenever one
 * is refused. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *discarded;
	struct complaints complaints = { 0 };
	struct settings *settings = NULL;
	int r;

	if (discarded == NULL) {
		discarded = fopen("/dev/null", "we");
	}
	complaints.stream = discarded;
	r = settings_parse("fuzz.conf", (const char *)data, size, &complaints, &settings);
	if ((r == 0) != (settings != NULL) || (r == -EINVAL) != (complaints.count > 0)) {
		abort();
	}
	(void)settings_destroy(settings);
	return 0;
}
