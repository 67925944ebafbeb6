/* sanitized.h - whether this is a build with AddressSanitizer: it tests everything but what a process gives up, because
 * its leak checker stops threads and reads /proc. */
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#if !defined(SANITIZED)
#define SANITIZED false
#endif
