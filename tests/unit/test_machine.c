/* test_machine.c - what each construct of the language reads: verdict, octets and selector values; and the same
 * instructions in a window, which must never refuse what the exact reader takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "described_program.h"

#define MESSAGE(block) "protocol p { types { client request M { " block " } } }"
#define WITH(before, block) "protocol p { " before " types { client request M { " block " } } }"
#define OCTETS(text) (text), sizeof(text) - 1
#define VERB "opcodes { Verb : text { get = \"GET\", gets = \"GETS\", put = \"PUT\" } }"
#define OPEN "opcodes { Head : text nocase { host = \"Host:\", get = \"get\", gets = \"gets\", ... } }"
#define OP "opcodes { Op : u8 { read = 1, write = 2, ping = 9 } }"

struct reading {
	const char *text; /* the description */
	const char *octets;
	size_t size;
	enum reader_verdict verdict;
	uint32_t offset;
	const char *values;
};

static const struct reading literals[] = {
	{ MESSAGE("\"abc\";"), OCTETS("abc"), READER_COMPLETE, 3, "" },
	{ MESSAGE("\"abc\";"), OCTETS("abcd"), READER_COMPLETE, 3, "" },
	{ MESSAGE("\"abc\";"), OCTETS("ab"), READER_MORE, 2, "" },
	{ MESSAGE("\"abc\";"), OCTETS("abC"), READER_WRONG, 2, "" },
	{ MESSAGE("\"abc\";"), OCTETS(""), READER_MORE, 0, "" },
	{ MESSAGE("x\"00 ff\"; \"z\";"), OCTETS("\x00\xFFz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("\"aBc1\" nocase;"), OCTETS("AbC1"), READER_COMPLETE, 4, "" },
	{ MESSAGE("\"a[\" nocase;"), OCTETS("a{"), READER_WRONG, 1, "" },
	{ MESSAGE("\"a\"; eol; \"b\"; eol;"), OCTETS("a\r\nb\n"), READER_COMPLETE, 5, "" },
	{ MESSAGE("\"a\"; eol;"), OCTETS("a\rb"), READER_WRONG, 2, "" },
	{ MESSAGE("\"a\"; eol;"), OCTETS("a\r\r\n"), READER_WRONG, 2, "" },
	{ MESSAGE("sized u8 { any of \"xy\"; }"),
	  OCTETS("\x03"
		 "aya"),
	  READER_COMPLETE, 4, "" },
	{ MESSAGE("sized u8 { any of \"xy\"; }"),
	  OCTETS("\x03"
		 "aaa"),
	  READER_WRONG, 3, "" },
	{ MESSAGE("sized u8 { any of \"xy\"; }"), OCTETS("\x00"), READER_WRONG, 0, "" },
	{ MESSAGE("maybe { \"a\"; } \"b\";"), OCTETS("ab"), READER_COMPLETE, 2, "" },
	{ MESSAGE("maybe { \"a\"; } \"b\";"), OCTETS("b"), READER_COMPLETE, 1, "" },
	{ MESSAGE("maybe { \"ab\"; } \"ac\";"), OCTETS("abac"), READER_COMPLETE, 4, "" },
	{ MESSAGE("maybe { \"ab\"; } \"ac\";"), OCTETS("ac"), READER_COMPLETE, 2, "" },
	{ MESSAGE("maybe { \"ab\"; } \"ac\";"), OCTETS("ad"), READER_WRONG, 1, "" },
	{ MESSAGE("\"a\"; maybe { \"b\"; }"), OCTETS("a"), READER_MORE, 1, "" },
	{ MESSAGE("\"a\"; maybe { \"b\"; }"), OCTETS("ab"), READER_COMPLETE, 2, "" },
	{ MESSAGE("\"a\"; maybe { \"b\"; maybe { \"c\"; } } \"d\";"), OCTETS("abd"), READER_COMPLETE, 3, "" },
};

static const struct reading numbers[] = {
	{ MESSAGE("u8; u16; u24; u32; u64;"), OCTETS("012345678901234567"), READER_COMPLETE, 18, "" },
	{ MESSAGE("u8 = 7;"), OCTETS("\x07"), READER_COMPLETE, 1, "" },
	{ MESSAGE("u8 = 7;"), OCTETS("\x08"), READER_WRONG, 0, "" },
	{ MESSAGE("u8 in 3..5, 9;"), OCTETS("\x09"), READER_COMPLETE, 1, "" },
	{ MESSAGE("u8 in 3..5, 9;"), OCTETS("\x06"), READER_WRONG, 0, "" },
	{ MESSAGE("u16 in 0x1234..0x1300;"), OCTETS("\x12\x34"), READER_COMPLETE, 2, "" },
	{ MESSAGE("u16 in 0x1234..0x1300;"), OCTETS("\x12\x33"), READER_WRONG, 1, "" },
	{ MESSAGE("u16 in 0x1234..0x1300;"), OCTETS("\x11\xFF"), READER_WRONG, 0, "" },
	{ MESSAGE("u16 in 0x1234..0x1300;"), OCTETS("\x13\x01"), READER_WRONG, 1, "" },
	{ MESSAGE("u16 le in 0x1234..0x1300;"), OCTETS("\x34\x12"), READER_COMPLETE, 2, "" },
	{ MESSAGE("u16 le in 0x1234..0x1300;"), OCTETS("\x33"), READER_WRONG, 0, "" },
	{ MESSAGE("u16 le in 0x1234..0x1300;"), OCTETS("\x35\x11"), READER_WRONG, 1, "" },
	{ MESSAGE("u16 le in 0x1234..0x1235;"), OCTETS("\x33"), READER_WRONG, 0, "" },
	{ MESSAGE("u24 le = 0x010203;"), OCTETS("\x03\x02\x01"), READER_COMPLETE, 3, "" },
	{ MESSAGE("u32 be in 1..0x10000;"), OCTETS("\x00\x01\x00\x00"), READER_COMPLETE, 4, "" },
	{ MESSAGE("u32 be in 1..0x10000;"), OCTETS("\x00\x01\x00\x01"), READER_WRONG, 3, "" },
	{ MESSAGE("u32 be in 1..0x10000;"), OCTETS("\x00\x00\x00\x00"), READER_WRONG, 3, "" },
	{ MESSAGE("u32 le in 0..255;"), OCTETS("\x41\x00\x00\x00"), READER_COMPLETE, 4, "" },
	{ MESSAGE("u32 le in 0..255;"), OCTETS("\x41\x00\x01\x00"), READER_WRONG, 2, "" },
	{ MESSAGE("u64 in 5..6;"), OCTETS("\0\0\0\0\0\0\0\x06"), READER_COMPLETE, 8, "" },
	{ MESSAGE("u64 in 5..6;"), OCTETS("\x80\0\0\0\0\0\0\x06"), READER_WRONG, 0, "" },
	{ MESSAGE("u64 le in 5..6;"), OCTETS("\x06\0\0\0\0\0\0\x80"), READER_WRONG, 7, "" },
	{ MESSAGE("decimal; \" \";"), OCTETS("0 "), READER_COMPLETE, 2, "" },
	{ MESSAGE("decimal; \" \";"), OCTETS("18446744073709551616 "), READER_COMPLETE, 21, "" },
	{ MESSAGE("decimal; \" \";"), OCTETS(" "), READER_WRONG, 0, "" },
	{ MESSAGE("decimal; \" \";"), OCTETS("-1 "), READER_WRONG, 0, "" },
	{ MESSAGE("decimal in 10..12; \" \";"), OCTETS("11 "), READER_COMPLETE, 3, "" },
	{ MESSAGE("decimal in 10..12; \" \";"), OCTETS("011 "), READER_COMPLETE, 4, "" },
	{ MESSAGE("decimal in 10..12; \" \";"), OCTETS("1 "), READER_WRONG, 1, "" },
	{ MESSAGE("decimal in 10..12; \" \";"), OCTETS("13 "), READER_WRONG, 1, "" },
	{ MESSAGE("decimal in 10..12; \" \";"), OCTETS("111"), READER_WRONG, 2, "" },
	{ MESSAGE("decimal in -5..5; \" \";"), OCTETS("-5 "), READER_COMPLETE, 3, "" },
	{ MESSAGE("decimal in -5..5; \" \";"), OCTETS("-6 "), READER_WRONG, 1, "" },
	{ MESSAGE("decimal in -5..5; \" \";"), OCTETS("--5"), READER_WRONG, 1, "" },
	{ MESSAGE("decimal in -5..5; \" \";"), OCTETS("- "), READER_WRONG, 1, "" },
	{ MESSAGE("hex4;"), OCTETS("00fF"), READER_COMPLETE, 4, "" },
	{ MESSAGE("hex4;"), OCTETS("00fg"), READER_WRONG, 3, "" },
	{ MESSAGE("hex4 in 5..0x10;"), OCTETS("0010"), READER_COMPLETE, 4, "" },
	{ MESSAGE("hex4 in 5..0x10;"), OCTETS("0011"), READER_WRONG, 3, "" },
	{ MESSAGE("hex4 in 5..0x10;"), OCTETS("0004"), READER_WRONG, 3, "" },
	{ MESSAGE("hex4 in 5..0x10;"), OCTETS("01"), READER_WRONG, 1, "" },
	{ MESSAGE("varint in 100..300;"), OCTETS("\x7F"), READER_COMPLETE, 1, "" },
	{ MESSAGE("varint in 100..300;"), OCTETS("\xAC\x02"), READER_COMPLETE, 2, "" },
	{ MESSAGE("varint in 100..300;"), OCTETS("\xAD\x02"), READER_WRONG, 1, "" },
	{ MESSAGE("varint;"), OCTETS("\x80\x80\x80\x80\x01"), READER_COMPLETE, 5, "" },
	{ MESSAGE("varint;"), OCTETS("\x80\x80\x80\x80\x80\x01"), READER_WRONG, 4, "" },
	{ MESSAGE("ber in 3..200;"), OCTETS("\x03"), READER_COMPLETE, 1, "" },
	{ MESSAGE("ber in 3..200;"), OCTETS("\x02"), READER_WRONG, 0, "" },
	{ MESSAGE("ber in 3..200;"), OCTETS("\x81\xC8"), READER_COMPLETE, 2, "" },
	{ MESSAGE("ber in 3..200;"), OCTETS("\x81\xC9"), READER_WRONG, 1, "" },
	{ MESSAGE("ber in 3..200;"), OCTETS("\x84\0\0\0\x10"), READER_COMPLETE, 5, "" },
	{ MESSAGE("ber in 3..200;"), OCTETS("\x84\0\0\x01"), READER_WRONG, 3, "" },
	{ MESSAGE("ber;"), OCTETS("\x80"), READER_WRONG, 0, "" },
	{ MESSAGE("ber;"), OCTETS("\x85"), READER_WRONG, 0, "" },
	{ MESSAGE("ber;"), OCTETS("\x84\xFF\xFF\xFF\xFF"), READER_COMPLETE, 5, "" },
};

static const struct reading blocks[] = {
	{ MESSAGE("sized u8 { \"ab\"; }"),
	  OCTETS("\x02"
		 "ab"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("sized u8 { maybe { \"ab\"; } }"), OCTETS("\x00"), READER_COMPLETE, 1, "" },
	{ MESSAGE("sized u8 { maybe { \"ab\"; } }"),
	  OCTETS("\x02"
		 "ab"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("sized u8 { maybe { \"ab\"; } }"),
	  OCTETS("\x03"
		 "ab"),
	  READER_WRONG, 2, "" },
	{ MESSAGE("sized u16 - 2 in 4 { u16; }"), OCTETS("\0\x04zz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("sized u16 - 4 { payload[rest]; }"), OCTETS("\0\x03zz"), READER_WRONG, 1, "" },
	{ MESSAGE("sized u8 + 1 { payload[rest]; }"), OCTETS("\x01zz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("n: sized u8 { payload[rest]; } bytes[n];"), OCTETS("\x01zz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("sized u8 { sized u8 { payload[rest]; } \"!\"; }"), OCTETS("\x03\x01z!"), READER_COMPLETE, 4, "" },
	{ MESSAGE("sized u8 { sized u8 { payload[rest]; } }"), OCTETS("\x03\x03"), READER_WRONG, 1, "" },
	{ MESSAGE("n: u8; \"-\"; within n * 2 { text[9] of \"a-z\"; }"), OCTETS("\x02-abcd"), READER_COMPLETE, 6, "" },
	{ MESSAGE("n: u8; within n - 3 { payload[rest]; }"), OCTETS("\x02"), READER_WRONG, 0, "" },
	{ MESSAGE("n: decimal; eol; within n { text[9] of \"a-z\"; } eol;"), OCTETS("2\r\nab\r\n"), READER_COMPLETE, 7,
	  "" },
	{ MESSAGE("n: decimal; eol; within n { text[9] of \"a-z\"; } eol;"), OCTETS("2\r\na\r\n"), READER_WRONG, 4,
	  "" },
	{ MESSAGE("n: u8 in 0..9; t: u8; payload[n]; payload[t];"), OCTETS("\x02\x01zzy"), READER_COMPLETE, 5, "" },
	{ MESSAGE("b: bytes[u8 in 1..3]; \".\";"), OCTETS("\x03zzz."), READER_COMPLETE, 5, "b=zzz" },
	{ MESSAGE("b: bytes[u8 in 1..3]; \".\";"), OCTETS("\x04zzz"), READER_WRONG, 0, "" },
	{ MESSAGE("b: bytes[u8]; \".\";"), OCTETS("\x00."), READER_COMPLETE, 2, "b=" },
	{ MESSAGE("b: bytes[3]; c: bytes[rest];"), OCTETS("abcde"), READER_MORE, 5, "b=abc,c=de" },
	{ MESSAGE("sized u8 { \"a\"; c: bytes[rest]; } \"!\";"),
	  OCTETS("\x03"
		 "axy!"),
	  READER_COMPLETE, 5, "c=xy" },
	{ MESSAGE("sized u8 { \"a\"; c: bytes[rest]; } \"!\";"),
	  OCTETS("\x01"
		 "a!"),
	  READER_COMPLETE, 3, "c=" },
	{ MESSAGE("payload[u16 le];"), OCTETS("\x02\0zz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("n: u16; payload[n - 2];"), OCTETS("\0\x04zz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("payload[rest];"), OCTETS("anything"), READER_MORE, 8, "" },
	{ MESSAGE("n: u8; if n > 3 and n < 9 or n = 20 { \"y\"; } else { \"n\"; }"), OCTETS("\x08y"), READER_COMPLETE,
	  2, "" },
	{ MESSAGE("n: u8; if n > 3 and n < 9 or n = 20 { \"y\"; } else { \"n\"; }"), OCTETS("\x09y"), READER_WRONG, 1,
	  "" },
	{ MESSAGE("n: u8; if n > 3 and n < 9 or n = 20 { \"y\"; } else { \"n\"; }"), OCTETS("\x14y"), READER_COMPLETE,
	  2, "" },
};

/* Values that the window cannot tell apart must not lead astray. */
static const struct reading expressions[] = {
	{ MESSAGE("n: u8; m: u8; payload[n - m];"), OCTETS("\x42\x40zz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("n: u16; m: u16; payload[n - m]; \"!\";"), OCTETS("\x42\x40\x42\x3Fz!"), READER_COMPLETE, 6, "" },
	{ MESSAGE("n: u8; payload[n & 3];"), OCTETS("\xFEzz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("n: u16; payload[n & 3];"), OCTETS("\xFE\xFEzz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("n: u8; payload[n >> 6];"), OCTETS("\x80zz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("n: u32; payload[n >> 30]; \"!\";"), OCTETS("\x80\0\0\0zz!"), READER_COMPLETE, 7, "" },
	{ MESSAGE("h: u8; l: u8; payload[(h << 8) + l - 256];"), OCTETS("\x01\x02zz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("n: u16; payload[n - 300];"), OCTETS("\x01\x2Ezz"), READER_COMPLETE, 4, "" },
	{ MESSAGE("n: u16; m: u8; payload[(n - 300) * m];"), OCTETS("\x01\x2D\x02zz"), READER_COMPLETE, 5, "" },
	{ MESSAGE("n: u8; payload[200 - n];"), OCTETS("\xC6zz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("n: u8; payload[200 - n];"), OCTETS("\xC9zz"), READER_WRONG, 0, "" },
	{ MESSAGE("n: u8 in 126..130; m: u8; if n < m { \"y\"; } else { \"n\"; }"), OCTETS("\x80\x81y"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("n: u8 in 126..130; m: u8; if n = m { \"y\"; } else { \"n\"; }"), OCTETS("\x80\x81n"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("n: u16; m: u16; if n = m { \"y\"; } else { \"n\"; }"), OCTETS("\x80\x81\x80\x81y"), READER_COMPLETE,
	  5, "" },
	{ MESSAGE("n: u8; if (n & 0x40) != 0 { \"y\"; } else { \"n\"; }"), OCTETS("\xC0y"), READER_COMPLETE, 2, "" },
	{ MESSAGE("n: u8; if (n & 0x40) != 0 { \"y\"; } else { \"n\"; }"), OCTETS("\xB0n"), READER_COMPLETE, 2, "" },
	{ MESSAGE("n: u16; if (n & 0x40) != 0 { \"y\"; } else { \"n\"; }"), OCTETS("\xC0\x41y"), READER_COMPLETE, 3,
	  "" },
	{ MESSAGE("n: u16; if 300 < n and n < 400 { \"y\"; } else { \"n\"; }"), OCTETS("\x01\x2Dy"), READER_COMPLETE, 3,
	  "" },
	{ MESSAGE("n: u16; if n - 500 > 3 { \"y\"; } else { \"n\"; }"), OCTETS("\x01\xF8y"), READER_COMPLETE, 3, "" },
	{ MESSAGE("n: u16; if n - 500 > 3 { \"y\"; } else { \"n\"; }"), OCTETS("\x01\xF7n"), READER_COMPLETE, 3, "" },
	{ MESSAGE("n: decimal in -9..9; eol; payload[n + 5];"), OCTETS("-3\nzz"), READER_COMPLETE, 5, "" },
	{ MESSAGE("n: decimal in -9..9; eol; if n < 0 { \"-\"; } else { payload[n]; }"), OCTETS("-3\n-"),
	  READER_COMPLETE, 4, "" },
	{ MESSAGE("n: decimal in -9..9; eol; payload[n];"), OCTETS("-1\n"), READER_WRONG, 2, "" },
	{ MESSAGE("sized u8 { if rest > 1 { \"l\"; payload[rest]; } else { \"s\"; } }"), OCTETS("\x01s"),
	  READER_COMPLETE, 2, "" },
	{ MESSAGE("sized u8 { if rest > 1 { \"l\"; payload[rest]; } else { \"s\"; } }"), OCTETS("\x02lx"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("sized u8 { if rest > 1 { \"l\"; payload[rest]; } else { \"s\"; } }"), OCTETS("\x02s"), READER_WRONG,
	  1, "" },
	{ MESSAGE("sized u8 { if rest > 60 { \"l\"; payload[rest]; } else { \"s\"; payload[rest]; } }"),
	  OCTETS("\x32s0123456789012345678901234567890123456789012345678"), READER_COMPLETE, 51, "" },
	{ MESSAGE("sized u8 { if rest > 60 { \"l\"; payload[rest]; } else { \"s\"; payload[rest]; } }"),
	  OCTETS("\x3Cs"), READER_MORE, 2, "" },
	{ MESSAGE("sized u8 { if rest > 60 { \"l\"; payload[rest]; } else { \"s\"; payload[rest]; } }"),
	  OCTETS("\x3Dl"), READER_MORE, 2, "" },
	{ MESSAGE("sized u16 { if rest > 1000 { \"l\"; } else { \"s\"; } payload[rest]; }"), OCTETS("\0\x02s!"),
	  READER_COMPLETE, 4, "" },
	{ MESSAGE("sized u8 { payload[rest - 1]; \"!\"; }"), OCTETS("\x03zz!"), READER_COMPLETE, 4, "" },
	{ MESSAGE("sized u8 { payload[rest - 1]; \"!\"; }"), OCTETS("\x03zzz"), READER_WRONG, 3, "" },
	{ MESSAGE("sized u8 { within rest - 60 { payload[rest]; } payload[rest]; }"),
	  OCTETS("\x3E"
		 "01234567890123456789012345678901234567890123456789012345678901"),
	  READER_COMPLETE, 63, "" },
	{ MESSAGE("n: u8; sized u8 { payload[rest - n]; \"!\"; }"), OCTETS("\x01\x03zz!"), READER_COMPLETE, 5, "" },
	{ MESSAGE("sized u64 + 1 { \"a\"; }"),
	  OCTETS("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
		 "a"),
	  READER_WRONG, 8, "" },
	{ MESSAGE("n: u64; payload[n * n];"),
	  OCTETS("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
		 "a"),
	  READER_MORE, 9, "" },
	{ WITH(VERB, "v: Verb; if v = gets or v = put { \"1\"; } else { \"2\"; }"), OCTETS("PUT1"), READER_COMPLETE, 4,
	  "v=PUT" },
	{ WITH(VERB, "v: Verb; if v = gets or v = put { \"1\"; } else { \"2\"; }"), OCTETS("GETS1"), READER_COMPLETE, 5,
	  "v=GETS" },
	{ WITH(VERB, "v: Verb; if v = gets or v = put { \"1\"; } else { \"2\"; }"), OCTETS("GET2"), READER_COMPLETE, 4,
	  "v=GET" },
};

static const struct reading texts[] = {
	{ MESSAGE("t: text[5] to \" \"; \"!\";"), OCTETS("ab !"), READER_COMPLETE, 4, "t=ab" },
	{ MESSAGE("t: text[5] to \" \"; \"!\";"), OCTETS(" !"), READER_COMPLETE, 2, "t=" },
	{ MESSAGE("t: text[5] to \" \"; \"!\";"), OCTETS("abcde !"), READER_COMPLETE, 7, "t=abcde" },
	{ MESSAGE("t: text[5] to \" \"; \"!\";"), OCTETS("abcdef"), READER_WRONG, 5, "" },
	{ MESSAGE("t: text[5] to \" \"; \"!\";"), OCTETS("a\nb"), READER_WRONG, 1, "" },
	{ MESSAGE("t: text[2..5] to \" \"; \"!\";"), OCTETS("a !"), READER_WRONG, 1, "" },
	{ MESSAGE("t: text[2..5] to \" \"; \"!\";"), OCTETS("ab !"), READER_COMPLETE, 4, "t=ab" },
	{ MESSAGE("t: text[9] to x\"00\";"), OCTETS("a\r\n\xFF\0"), READER_COMPLETE, 5, "t=a\r\n\xFF" },
	{ MESSAGE("t: text[9] to eol;"), OCTETS("ab\r\n"), READER_COMPLETE, 4, "t=ab" },
	{ MESSAGE("t: text[9] to eol;"), OCTETS("ab\n"), READER_COMPLETE, 3, "t=ab" },
	{ MESSAGE("t: text[9] to eol;"), OCTETS("\n"), READER_COMPLETE, 1, "t=" },
	{ MESSAGE("t: text[9] to eol;"), OCTETS("a\rb"), READER_WRONG, 2, "" },
	{ MESSAGE("t: text[9] to eol;"), OCTETS("a\0b"), READER_WRONG, 1, "" },
	{ MESSAGE("t: text[2..9] to eol;"), OCTETS("a\r\n"), READER_WRONG, 1, "" },
	{ MESSAGE("t: text[4] of \"a-c\"; \"!\";"), OCTETS("abc!"), READER_COMPLETE, 4, "t=abc" },
	{ MESSAGE("t: text[4] of \"a-c\"; \"!\";"), OCTETS("!"), READER_COMPLETE, 1, "t=" },
	{ MESSAGE("t: text[4] of \"a-c\"; \"!\";"), OCTETS("aaaa!"), READER_COMPLETE, 5, "t=aaaa" },
	{ MESSAGE("t: text[4] of \"a-c\"; \"!\";"), OCTETS("aaaaa"), READER_WRONG, 4, "t=aaaa" },
	{ MESSAGE("t: text[2..4] of \"a-c\"; \"!\";"), OCTETS("a!"), READER_WRONG, 1, "" },
	{ MESSAGE("t: text[2..4] of \"a-c-\"; \"!\";"), OCTETS("a-!"), READER_COMPLETE, 3, "t=a-" },
	{ MESSAGE("t: text[3] of \"a\"; u: text[3] of \"b\"; v: text[3] of \"c\"; \"!\";"), OCTETS("!"),
	  READER_COMPLETE, 1, "t=,u=,v=" },
	{ MESSAGE("t: text[3] of \"a\"; u: text[3] of \"b\"; v: text[3] of \"c\"; \"!\";"), OCTETS("ac!"),
	  READER_COMPLETE, 3, "t=a,u=,v=c" },
	{ MESSAGE("t: text[3] of \"a\"; u: text[3] of \"b\";"), OCTETS("ab"), READER_MORE, 2, "t=a,u=b" },
	{ MESSAGE("t: text[9] of \"a\"; maybe { \"b\"; }"), OCTETS("aab"), READER_COMPLETE, 3, "t=aa" },
	{ MESSAGE("sized u8 { t: text[9] of \"a\"; } \"a\";"),
	  OCTETS("\x02"
		 "aaa"),
	  READER_COMPLETE, 4, "t=aa" },
	{ MESSAGE("t: text[100] to \" \"; \"!\";"),
	  OCTETS("0123456789012345678901234567890123456789012345678901234567890 !"), READER_COMPLETE, 63,
	  "t=0123456789012345678901234567890123456789012345678901234567890" },
};

static const struct reading codes[] = {
	{ WITH(VERB, "v: Verb; \" \";"), OCTETS("GET "), READER_COMPLETE, 4, "v=GET" },
	{ WITH(VERB, "v: Verb; \" \";"), OCTETS("GETS "), READER_COMPLETE, 5, "v=GETS" },
	{ WITH(VERB, "v: Verb; \" \";"), OCTETS("get "), READER_WRONG, 0, "" },
	{ WITH(VERB, "v: Verb; \" \";"), OCTETS("GETX "), READER_WRONG, 3, "v=GET" },
	{ WITH(VERB, "v: Verb in get, put; \" \";"), OCTETS("GETS "), READER_WRONG, 3, "v=GET" },
	{ WITH(VERB, "v: Verb; \"SX\";"), OCTETS("GETSX"), READER_COMPLETE, 5, "v=GET" },
	{ WITH(VERB, "v: Verb; switch v { case get: { \"1\"; } case gets: { \"2\"; } default: { \"3\"; } }"),
	  OCTETS("GETS2"), READER_COMPLETE, 5, "v=GETS" },
	{ WITH(VERB, "v: Verb; switch v { case get: { \"1\"; } case gets: { \"2\"; } default: { \"3\"; } }"),
	  OCTETS("PUT3"), READER_COMPLETE, 4, "v=PUT" },
	{ WITH(VERB, "v: Verb; switch v { case get: { \"1\"; } case gets: { \"2\"; } default: { \"3\"; } }"),
	  OCTETS("GET2"), READER_WRONG, 3, "v=GET" },
	{ WITH(VERB, "sized u8 { v: Verb; }"), OCTETS("\x03GET"), READER_COMPLETE, 4, "v=GET" },
	{ WITH(VERB, "sized u8 { v: Verb; }"), OCTETS("\x04GET"), READER_MORE, 4, "" },
	{ WITH(OPEN, "h: Head; \" \";"), OCTETS("hOST: "), READER_COMPLETE, 6, "h=hOST:" },
	{ WITH(OPEN, "h: Head; text[9] of \"a-z\"; \"!\";"), OCTETS("Host:abc!"), READER_COMPLETE, 9, "h=Host:" },
	{ WITH(OPEN, "h: Head; \" \";"), OCTETS("GETS "), READER_COMPLETE, 5, "h=GETS" },
	{ WITH(OPEN, "h: Head; \" \";"), OCTETS("getx-y_z "), READER_COMPLETE, 9, "h=getx-y_z" },
	{ WITH(OPEN, "h: Head; \" \";"), OCTETS("ge "), READER_COMPLETE, 3, "h=ge" },
	{ WITH(OPEN, "h: Head; \" \";"), OCTETS("Hostile: "), READER_COMPLETE, 9, "h=Hostile:" },
	{ WITH(OPEN, "h: Head; \" \";"), OCTETS(" "), READER_WRONG, 0, "" },
	{ WITH(OPEN, "h: Head; switch h { case host: { \"1\"; } case get: { \"2\"; } default: { \"3\"; } }"),
	  OCTETS("Host:1"), READER_COMPLETE, 6, "h=Host:" },
	{ WITH(OPEN, "h: Head; \" \"; switch h { case host: { \"1\"; } case get: { \"2\"; } default: { \"3\"; } }"),
	  OCTETS("GET 2"), READER_COMPLETE, 5, "h=GET" },
	{ WITH(OPEN, "h: Head; \" \"; switch h { case host: { \"1\"; } case get: { \"2\"; } default: { \"3\"; } }"),
	  OCTETS("got 3"), READER_COMPLETE, 5, "h=got" },
	{ WITH(OP, "o: Op; \"!\";"), OCTETS("\x09!"), READER_COMPLETE, 2, "o=ping" },
	{ WITH(OP, "o: Op; \"!\";"), OCTETS("\x03!"), READER_WRONG, 0, "" },
	{ WITH(OP, "o: Op = write; p: Op in read..write;"), OCTETS("\x02\x01"), READER_COMPLETE, 2, "o=write,p=read" },
	{ WITH("opcodes { D : decimal { one = 1, two = 2 } Op : u8 { x = 3 } }", "d: D; o: Op; \"!\";"),
	  OCTETS("2\x03!"), READER_COMPLETE, 3, "d=two,o=x" },
	{ WITH("opcodes { Op : u16 { a = 1, ... } }", "o: Op; \"!\";"), OCTETS("\0\x01!"), READER_COMPLETE, 3, "o=a" },
	{ WITH("opcodes { Op : u16 { a = 1, ... } }", "o: Op; \"!\";"), OCTETS("\0\x02!"), READER_COMPLETE, 3, "" },
	{ WITH(OP, "o: Op; switch o { case read: { \"r\"; } case write, ping: { \"w\"; } }"), OCTETS("\x09w"),
	  READER_COMPLETE, 2, "o=ping" },
	{ WITH(OP, "o: Op; if o = read { \"r\"; } else { \"x\"; }"), OCTETS("\x02x"), READER_COMPLETE, 2, "o=write" },
};

static const struct reading branches[] = {
	{ MESSAGE("bits { a: 4 bits = 4; b: 4 bits in 5..15; }"), OCTETS("\x45"), READER_COMPLETE, 1, "" },
	{ MESSAGE("bits { a: 4 bits = 4; b: 4 bits in 5..15; }"), OCTETS("\x44"), READER_WRONG, 0, "" },
	{ MESSAGE("bits { a: 1 bit = 1; b: 14 bits = 0x1234; c: 1 bit; }"), OCTETS("\xA4\x69"), READER_COMPLETE, 2,
	  "" },
	{ MESSAGE("bits { a: 1 bit = 1; b: 14 bits = 0x1234; c: 1 bit; }"), OCTETS("\xA4\x6B"), READER_WRONG, 1, "" },
	{ MESSAGE("bits { a: 2 bits; b: 6 bits; } payload[b];"), OCTETS("\xC2zz"), READER_COMPLETE, 3, "" },
	{ MESSAGE("bits { a: 3 bits; b: 5 bits; } switch a { case 1: { \"1\"; } case 2, 3, 5: { \"2\"; } default: { "
		  "\"3\"; } }"),
	  OCTETS("\xBF"
		 "2"),
	  READER_COMPLETE, 2, "" },
	{ MESSAGE("bits { a: 3 bits; b: 5 bits; } switch a { case 1: { \"1\"; } case 2, 3, 5: { \"2\"; } default: { "
		  "\"3\"; } }"),
	  OCTETS("\xFF"
		 "3"),
	  READER_COMPLETE, 2, "" },
	{ MESSAGE("k: u16; switch k { case 1: { \"a\"; } case 300, 400: { \"b\"; } default: { \"c\"; } }"),
	  OCTETS("\x01\x2C"
		 "b"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("k: u16; switch k { case 1: { \"a\"; } case 300, 400: { \"b\"; } default: { \"c\"; } }"),
	  OCTETS("\x01\x2B"
		 "c"),
	  READER_COMPLETE, 3, "" },
	{ MESSAGE("k: u16; switch k { case 1: { \"a\"; } case 300, 400: { \"b\"; } }"),
	  OCTETS("\x01\x2D"
		 "b"),
	  READER_WRONG, 1, "" },
	{ MESSAGE("if 1 > 0 { \"a\"; } \"b\";"), OCTETS("ab"), READER_COMPLETE, 2, "" },
	{ MESSAGE("repeat 3 { \"a\"; } \"b\";"), OCTETS("aaab"), READER_COMPLETE, 4, "" },
	{ MESSAGE("repeat 3 { \"a\"; } \"b\";"), OCTETS("aab"), READER_WRONG, 2, "" },
	{ MESSAGE("n: u8; repeat n { \"a\"; } \"b\";"), OCTETS("\0b"), READER_COMPLETE, 2, "" },
	{ MESSAGE("n: u8; repeat n - 1 { t: text[9] to \";\"; } \"b\";"), OCTETS("\x03x;yy;b"), READER_COMPLETE, 7,
	  "t=x,t=yy" },
	{ MESSAGE("n: u8 in 0..3; m: u8 in 0..3; repeat n { repeat m { \"a\"; } \";\"; }"),
	  OCTETS("\x02\x02"
		 "aa;aa;"),
	  READER_COMPLETE, 8, "" },
	{ MESSAGE("sized u8 { repeat until end { bytes[u8]; } }"), OCTETS("\x05\x01z\x02zz"), READER_COMPLETE, 6, "" },
	{ MESSAGE("sized u8 { repeat until end { bytes[u8]; } }"), OCTETS("\x05\x01z\x03"), READER_WRONG, 3, "" },
	{ MESSAGE("sized u8 { repeat until end { bytes[u8]; } }"), OCTETS("\0"), READER_COMPLETE, 1, "" },
	{ MESSAGE("repeat until eol { h: text[1..9] of \"a-z\"; eol; }"), OCTETS("ab\r\nc\r\n\r\n"), READER_COMPLETE, 9,
	  "h=ab,h=c" },
	{ MESSAGE("repeat until eol { h: text[1..9] of \"a-z\"; eol; }"), OCTETS("\n"), READER_COMPLETE, 1, "" },
	{ MESSAGE("repeat until x\"00\" { l: bytes[u8 in 1..63]; } \"!\";"),
	  OCTETS("\x03www\x02"
		 "de\0!"),
	  READER_COMPLETE, 9, "l=www,l=de" },
	{ MESSAGE("repeat until \"end\" { \"e\"; \"x\"; }"), OCTETS("exexend"), READER_COMPLETE, 7, "" },
	{ WITH("formats { format V nested 2 { \"(\"; maybe { V; } \")\"; } }", "V;"), OCTETS("((()))"), READER_COMPLETE,
	  6, "" },
	{ WITH("formats { format V nested 2 { \"(\"; maybe { V; } \")\"; } }", "V;"), OCTETS("(((("), READER_WRONG, 3,
	  "" },
	{ WITH("formats { format V { n: u8 in 0..5; payload[n]; } }", "n: u8; V; V; payload[n];"),
	  OCTETS("\x01\x02"
		 "aa\x01"
		 "bc"),
	  READER_COMPLETE, 7, "" },
	{ WITH("formats { format V nested 3 { n: u8 in 0..2; repeat n { V; } \";\"; } }", "V;"),
	  OCTETS("\x02\x01\0;;\0;;"), READER_COMPLETE, 8, "" },
	{ MESSAGE("\"a\"; sure; \"b\";"), OCTETS("ab"), READER_COMPLETE, 2, "" },
};

#define RECORD "formats { format R { x\"17\"; sized u16 in 1..99 { body[rest]; } } }"
#define OVER(block) "protocol p { " RECORD " types { client request M over R { " block " } } }"

static const struct reading carried[] = {
	{ OVER("\"ab\"; n: u16 = 0x0102;"),
	  OCTETS("\x17\0\x04"
		 "ab\x01\x02"),
	  READER_COMPLETE, 7, "" },
	{ OVER("\"ab\"; n: u16 = 0x0102;"),
	  OCTETS("\x17\0\x03"
		 "ab\x01\x17\0\x01\x02"),
	  READER_COMPLETE, 10, "" },
	{ OVER("\"ab\"; n: u16 = 0x0102;"),
	  OCTETS("\x17\0\x03"
		 "ab\x01\x18"),
	  READER_WRONG, 6, "" },
	{ OVER("\"ab\"; n: u16 = 0x0102;"),
	  OCTETS("\x17\0\x01"
		 "a\x17\0\x01"
		 "b\x17\0\x02\x01\x02"),
	  READER_COMPLETE, 13, "" },
	{ OVER("s: bytes[u8]; \"!\";"), OCTETS("\x17\0\x03\x04www\0"), READER_WRONG, 6, "" },
	{ OVER("s: bytes[u8]; \"!\";"), OCTETS("\x17\0\x03\x04ww\x17\0\x03ww!"), READER_COMPLETE, 12, "s=wwww" },
	{ OVER("s: text[9] to \";\"; t: text[9] of \"a-z\"; \"!\";"),
	  OCTETS("\x17\0\x02"
		 "ab\x17\0\x03"
		 "c;x\x17\0\x02y!"),
	  READER_COMPLETE, 16, "s=abc,t=xy" },
	{ OVER("s: text[9] of \"a-z\"; t: text[9] of \"0-9\"; \"!\";"),
	  OCTETS("\x17\0\x02"
		 "ab\x17\0\x01"
		 "1\x17\0\x01!"),
	  READER_COMPLETE, 13, "s=ab,t=1" },
	{ OVER("sized u16 { s: bytes[rest]; }"), OCTETS("\x17\0\x01\0\x17\0\x02\x03w\x17\0\x02xy"), READER_COMPLETE, 14,
	  "s=wxy" },
	{ OVER("sized u16 { s: bytes[rest]; }"), OCTETS("\x17\0\x05\0\x03wxy\x17"), READER_COMPLETE, 8, "s=wxy" },
	{ OVER("decimal in 10..99; \"!\";"),
	  OCTETS("\x17\0\x01"
		 "1\x17\0\x02"
		 "2!"),
	  READER_COMPLETE, 9, "" },
	{ "protocol p { " VERB RECORD " types { client request M over R { v: Verb; \" \"; } } }",
	  OCTETS("\x17\0\x03GET\x17\0\x02S "), READER_COMPLETE, 11, "v=GETS" },
	{ "protocol p { " VERB RECORD " types { client request M over R { v: Verb; \" \"; } } }",
	  OCTETS("\x17\0\x03GET\x17\0\x01 "), READER_COMPLETE, 10, "v=GET" },
	{ OVER("\"ab\";"), OCTETS("\x17\0\0"), READER_WRONG, 2, "" },
};

/* ---- how they are read ---- */

static bool is_as_expected(const struct reading *reading, const struct program *program, const struct reader *reader,
			   enum reader_verdict verdict)
{
	char values[4096];

	print_values(reader, program, values, sizeof(values));
	if (verdict == reading->verdict && reader->offset == reading->offset && strcmp(values, reading->values) == 0) {
		return true;
	}
	print_error("%s: verdict %d after %u with \"%s\", expected %d after %u with \"%s\"\n", reading->text,
		    (int)verdict, reader->offset, values, (int)reading->verdict, reading->offset, reading->values);
	return false;
}

/* Octets that were changed a little: whatever of it is still a message, the automata know. */
static void read_changed(const struct reading *reading, const struct program *program,
			 struct automaton *const automata[2])
{
	const unsigned rounds = getenv("BERTH_LONG") != NULL ? 2000 : 20;
	uint8_t octets[80];
	struct reader reader;

	for (unsigned round = 0; round < rounds && reading->size > 0 && reading->size <= 64; round++) {
		size_t size = reading->size;
		memcpy(octets, reading->octets, size);
		for (int changes = rand() % 3; changes >= 0; changes--) {
			size_t at = (size_t)rand() % size;
			switch (rand() % 4) {
			case 0:
				octets[at] = (uint8_t)rand();
				break;
			case 1:
				octets[at] = (uint8_t)(octets[at] + rand() % 5 - 2);
				break;
			case 2:
				memmove(octets + at + 1, octets + at, size - at);
				size++;
				break;
			default:
				memmove(octets + at, octets + at + 1, size - at - 1);
				size -= size > 1;
				break;
			}
		}
		reader_start(&reader, program, 0);
		(void)reader_feed(&reader, octets, size);
		check_automaton(automata[0], octets, &reader);
		check_automaton(automata[1], octets, &reader);
	}
}

static void read_by_octets(const struct reading *reading, const struct program *program, struct reader *reader,
			   enum reader_verdict *ret_verdict)
{
	*ret_verdict = READER_MORE;
	reader_start(reader, program, 0);
	for (size_t i = 0; i < reading->size && *ret_verdict == READER_MORE; i++) {
		*ret_verdict = reader_feed(reader, (const uint8_t *)reading->octets + i, 1);
	}
}

static bool read_one(const struct reading *reading, const struct program *program, struct automaton *const automata[2])
{
	const uint8_t *octets = (const uint8_t *)reading->octets;
	struct reader reader;

	reader_start(&reader, program, 0);
	enum reader_verdict verdict = reader_feed(&reader, octets, reading->size);
	bool expected = is_as_expected(reading, program, &reader, verdict);
	uint32_t whole = reader.complete_at;
	check_automaton(automata[0], octets, &reader);
	check_automaton(automata[1], octets, &reader);
	read_by_octets(reading, program, &reader, &verdict);
	expected = is_as_expected(reading, program, &reader, verdict) && expected;
	assert_int_equal(reader.complete_at, whole);
	read_changed(reading, program, automata);
	return expected;
}

/* Readings of one description stand behind each other. */
static void read_all(const struct reading *readings, size_t count)
{
	bool expected = true;

	for (size_t i = 0; i < count;) {
		const char *text = readings[i].text;
		struct described described = describe_well(text);
		struct automaton *automata[2] = {
			automaton_of(described.program, 0, AUTOMATON_WINDOW),
			automaton_of(described.program, 0, AUTOMATON_PROOF),
		};
		for (; i < count && strcmp(text, readings[i].text) == 0; i++) {
			expected = read_one(&readings[i], described.program, automata) && expected;
		}
		automaton_destroy(automata[0]);
		automaton_destroy(automata[1]);
		described_finish(&described);
	}
	assert_true(expected);
}

#define READ_ALL(list)                                        \
	static void list##_are_read(void **state)             \
	{                                                     \
		(void)state;                                  \
		read_all(list, sizeof(list) / sizeof(*list)); \
	}

READ_ALL(literals)
READ_ALL(numbers)
READ_ALL(blocks)
READ_ALL(expressions)
READ_ALL(texts)
READ_ALL(codes)
READ_ALL(branches)
READ_ALL(carried)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_are_read), cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(blocks_are_read),   cmocka_unit_test(expressions_are_read),
		cmocka_unit_test(texts_are_read),    cmocka_unit_test(codes_are_read),
		cmocka_unit_test(branches_are_read), cmocka_unit_test(carried_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
