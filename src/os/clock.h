/* clock.h - the monotonic clock: the only one by which anything expires. */
#pragma once

#include <stdint.h>

enum { NS_PER_MS = 1000000 };

uint64_t clock_now_ns(void);
uint64_t clock_now_ms(void);
