/* client_hello.h - ClientHellos for tests: any size, any names, in records of any size. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HELLO_ROOM = 40000 };

struct hello {
	uint8_t octets[HELLO_ROOM];
	size_t size;
};

static inline void hello_put(struct hello *hello, const void *octets, size_t size)
{
	memcpy(hello->octets + hello->size, octets, size);
	hello->size += size;
}

static inline void hello_number(struct hello *hello, size_t number, unsigned octets)
{
	for (unsigned i = octets; i-- > 0;) {
		hello->octets[hello->size++] = (uint8_t)(number >> 8 * i);
	}
}

/* The list of names, one extension; NULL: none. */
static inline void hello_sni(struct hello *hello, const char *sni)
{
	size_t size = sni == NULL ? 0 : strlen(sni);

	if (sni != NULL) {
		hello_number(hello, 0, 2);
		hello_number(hello, size + 5, 2);
		hello_number(hello, size + 3, 2);
		hello_number(hello, 0, 1);
		hello_number(hello, size, 2);
		hello_put(hello, sni, size);
	}
}

/* Offers with a comma between them. */
static inline void hello_alpn(struct hello *hello, const char *offers)
{
	if (offers == NULL) {
		return;
	}
	hello_number(hello, 16, 2);
	hello_number(hello, strlen(offers) + 3, 2);
	hello_number(hello, strlen(offers) + 1, 2);
	for (const char *offer = offers; *offer != '\0';) {
		size_t size = strcspn(offer, ",");
		hello_number(hello, size, 1);
		hello_put(hello, offer, size);
		offer += size + (offer[size] == ',');
	}
}

/* `padding` octets of extensions without meaning stand before the names, in extensions of at most `unit` octets. */
static inline void hello_padding(struct hello *hello, size_t padding, size_t unit)
{
	static const uint8_t zeros[1 << 16];

	while (padding > 0) {
		size_t size = padding < unit ? padding : unit;
		hello_number(hello, 0x2A2A, 2);
		hello_number(hello, size, 2);
		hello_put(hello, zeros, size);
		padding -= size;
	}
}

/* The handshake message, without records. */
static inline void hello_message(struct hello *hello, const char *sni, const char *alpn, size_t padding, size_t unit)
{
	static const uint8_t random[32] = "thirty-two octets of randomness";
	struct hello extensions = { .size = 0 };

	hello_padding(&extensions, padding, unit);
	hello_sni(&extensions, sni);
	hello_alpn(&extensions, alpn);
	hello->size = 0;
	hello_number(hello, 1, 1);
	hello_number(hello, 2 + 32 + 1 + 32 + 2 + 6 + 2 + 2 + extensions.size, 3);
	hello_number(hello, 0x0303, 2);
	hello_put(hello, random, sizeof(random));
	hello_number(hello, 32, 1);
	hello_put(hello, random, sizeof(random));
	hello_number(hello, 6, 2);
	hello_put(hello, "\x13\x01\x13\x02\xC0\x2F", 6);
	hello_number(hello, 0x0100, 2);
	hello_number(hello, extensions.size, 2);
	hello_put(hello, extensions.octets, extensions.size);
}

/* Into records of at most `record` octets. */
static inline void hello_cut(const struct hello *message, size_t record, struct hello *ret_hello)
{
	ret_hello->size = 0;
	for (size_t at = 0; at < message->size;) {
		size_t size = message->size - at < record ? message->size - at : record;
		hello_number(ret_hello, 22, 1);
		hello_number(ret_hello, 0x0301, 2);
		hello_number(ret_hello, size, 2);
		hello_put(ret_hello, message->octets + at, size);
		at += size;
	}
}

static const char tls_description[] =
	"protocol tls { transport tcp;\n"
	"  opcodes { Ext : u16 { server_name = 0, alpn = 16, ... } }\n"
	"  formats {\n"
	"    format Record { type: u8 = 22; version: u16 in 0x0300..0x0304; sized u16 in 1..16384 { body[rest]; } }\n"
	"    format Name { kind: u8 = 0; sni: bytes[u16 in 1..255]; }  format Offer { alpn: bytes[u8 in 1..255]; }\n"
	"    format Extension { kind: Ext; sized u16 { switch kind {\n"
	"      case server_name: { sized u16 { repeat until end { Name; } } }\n"
	"      case alpn: { sized u16 { repeat until end { Offer; } } }\n"
	"      default: { payload[rest]; } } } }\n"
	"  }\n"
	"  types { client request ClientHello over Record { kind: u8 = 1; sized u24 in 41..131072 {\n"
	"    legacy: u16 in 0x0300..0x0303; random: bytes[32]; session: bytes[u8 in 0..32]; ciphers: bytes[u16 in "
	"2..65534];\n"
	"    compression: bytes[u8 in 1..255]; maybe { sized u16 { repeat until end { Extension; } } } } } }\n"
	"}\n";
