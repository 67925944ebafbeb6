/* fuzz_classifier.c - first octets at a port with many protocols: one verdict however they arrive, and nobody only
 * when it really is nobody. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "description/classifier/classifier.h"
#include "description/machine/reader.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

/* A bit of everything: text, lengths of all kinds, carriers, `sure`, weak ones, messages that begin alike. */
static const char descriptions[] =
	"protocol ssh { types { client notice I { \"SSH-\"; v: text[1..9] to \"-\"; text[253] to eol; } } }\n"
	"protocol http { opcodes { M : text { get = \"GET\", post = \"POST\", put = \"PUT\" }  H : text "
	"nocase { host = \"Host:\", ... } }\n"
	"  types { client request R { m: M; \" \"; path: text[1..300] to \" \"; \"HTTP/1.\"; sure; "
	"decimal in 0..1; eol;\n"
	"    repeat until eol { h: H; switch h { case host: { host: text[255] to eol; "
	"} default: { text[900] to eol; } } } } } }\n"
	"protocol rtsp { opcodes { M : text { options = \"OPTIONS\", get = \"GET\" } }\n"
	"  types { client request R { M; \" \"; text[99] to \" \"; \"RTSP/1.0\"; sure; eol; eol; } } }\n"
	"protocol redis { opcodes { P : text nocase { ping = \"PING\", info = \"INFO\" } }\n"
	"  types { client request C { \"*\"; c: decimal in 1..9; eol; repeat c { \"$\"; n: decimal in 0..99; "
	"eol; payload[n]; eol; } }\n"
	"    client request I { weak; P; eol; } } }\n"
	"protocol mqtt { types { client request C { x\"10\"; sized varint in 10..65535 { x\"0004\"; "
	"\"MQTT\"; level: u8 in 3..5; u8; u16; payload[rest]; } } } }\n"
	"protocol memcache { types { client request B { x\"80\"; u8 in 0..0x24; k: u16 in 0..250; "
	"u8 in 0..20; u8 = 0; u16; t: u32 in 0..1048576; u32; u64; payload[t]; } } }\n"
	"protocol tls { opcodes { E : u16 { name = 0, ... } }\n"
	"  formats { format Record { x\"16 03\"; u8 in 0..4; sized u16 in 1..16384 { body[rest]; } } }\n"
	"  types { client request H over Record { x\"01\"; sized u24 in 41..131072 { u16 in 0x0300..0x0303; "
	"bytes[32]; bytes[u8 in 0..32]; bytes[u16 in 2..65534];\n"
	"    bytes[u8 in 1..255]; maybe { sized u16 { repeat until end { e: E; sized u16 { switch e {\n"
	"      case name: { sized u16 { repeat until end { x\"00\"; sni: bytes[u16 in 1..255]; "
	"} } } default: { payload[rest]; } } } } } } } } } }\n"
	"protocol postgresql { types { client request S { sized u32 - 4 in 8 { u32 in 80877103..80877104; } }\n"
	"  client request U { sized u32 - 4 in 9..10000 { x\"00 03 00 00\"; sure; "
	"repeat until x\"00\" { k: text[64] to x\"00\"; v: text[1024] to x\"00\"; } } } } }\n"
	"protocol dns { types { client request Q { sized u16 in 17..65535 { id: u16; bits { q: 1 bit = 0; "
	"o: 4 bits in 0..5; f: 11 bits; } u16 = 1; u16 = 0; u16 = 0; u16 in 0..3;\n"
	"  repeat until x\"00\" { l: bytes[u8 in 1..63]; } u16 in 1..1024; u16 in 1..4; sure; payload[rest]; "
	"} } } }\n"
	"protocol ldap { types { client request B { x\"30\"; sized ber in 12..9999 { x\"02 01\"; "
	"u8 in 1..127; x\"60\"; sized ber { x\"02 01 03 04\"; bytes[ber]; payload[rest]; } payload[rest]; "
	"} } } }\n"
	"protocol git { types { client request P { sized hex4 - 4 in 9..999 { \"git-upload-pack \"; "
	"text[200] to x\"00\"; payload[rest]; } } } }\n"
	"protocol socks { types { client request G { weak; x\"05\"; n: u8 in 1..10; repeat n { u8 in 0..9; } } } }\n"
	"protocol twin { types { client request A { weak; x\"05\"; n: u16 in 1..300; m: u16 in 1..300; "
	"payload[n]; if n = m { x\"01\"; } else { x\"02\"; } } } }\n"
	"protocol brief { types { client notice H { \"BRIEF-HELLO\"; } } }\n"
	"protocol verbose { types { client notice H { \"BRIEF-HELLO\"; \" AND MORE\"; eol; } } }\n"
	"protocol chatty { types { client notice H { \"BRIEF-HELLO\"; text[99] of \" -~\"; \"!\\n\"; "
	"payload[60]; } } }\n"
	"protocol late { types { client notice H { \"BRIEF-\"; u8 in 'A'..'H'; payload[60]; \"L\"; sure; "
	"payload[9]; } } }\n"
	"protocol line { types { client request L { weak; text[1..15] of \"A-Za-z0-9-\"; maybe { \" \"; "
	"text[99] of \" -~\"; } eol; } } }\n";

enum { HERE_MAX = 32, OCTETS_MAX = 6000 };

static struct tree *tree;
static struct classifier_protocol protocols[HERE_MAX];
static size_t protocol_count;
static struct classifier *classifier;

struct outcome {
	enum classifier_verdict verdict;
	struct classifier_answer answer;
};

static void build(void)
{
	static const char *const hosts[] = { "*.example.org", "a.example.org" };
	static const struct classifier_condition conditions[] = { { "host", hosts, 2 }, { "sni", hosts, 2 } };
	struct classifier_function functions[HERE_MAX + 2];
	struct classifier_costs costs;
	struct report report = { 0 };
	struct text offender;
	char room[64];

	REQUIRE(tree_read("fuzz.berth", descriptions, strlen(descriptions), &report, &tree) == 0);
	REQUIRE(report.counts[FINDING_ERROR] == 0);
	for (const struct protocol *protocol = tree->protocols; protocol != NULL; protocol = protocol->next) {
		struct program *program = NULL;
		REQUIRE(program_compile(protocol, &report, &program) == 0);
		functions[protocol_count] = (struct classifier_function){
			.id = (uint32_t)protocol_count,
			.protocol = (uint32_t)protocol_count,
		};
		protocols[protocol_count++] = (struct classifier_protocol){
			.program = program,
			.at_once = strcmp(protocol->name, "line") == 0,
		};
	}
	functions[protocol_count] = (struct classifier_function){
		.id = 100, .protocol = 1, .conditions = &conditions[0], .condition_count = 1
	};
	functions[protocol_count + 1] = (struct classifier_function){
		.id = 101, .protocol = 6, .conditions = &conditions[1], .condition_count = 1
	};
	text_init(&offender, room, sizeof(room));
	REQUIRE(classifier_build(protocols, protocol_count, functions, protocol_count + 2, &offender, &costs,
				 &classifier) == 0);
	report_finish(&report);
}

/* `cuts` says after which octets a piece ends, by its bits; 0: one piece. */
static struct outcome outcome_of(const uint8_t *octets, size_t size, uint64_t cuts)
{
	struct outcome outcome = { .verdict = CLASSIFIER_MORE };
	struct classifier_flow flow = { .state = 0 };

	for (size_t have = 1; have <= size && outcome.verdict == CLASSIFIER_MORE; have++) {
		if (have < size && (cuts >> have % 61 & 1) == 0) {
			continue;
		}
		uint8_t *piece = malloc(have);
		REQUIRE(piece != NULL);
		memcpy(piece, octets, have);
		outcome.verdict = classifier_feed(classifier, &flow, piece, have, &outcome.answer);
		free(piece);
	}
	if (outcome.verdict == CLASSIFIER_MORE) {
		outcome.verdict = classifier_settle(classifier, &flow, octets, size, &outcome.answer);
	}
	return outcome;
}

static void check_same(const struct outcome *left, const struct outcome *right)
{
	REQUIRE(left->verdict == right->verdict);
	if (left->verdict == CLASSIFIER_FUNCTION) {
		REQUIRE(left->answer.protocol == right->answer.protocol);
		REQUIRE(left->answer.function == right->answer.function);
		REQUIRE(left->answer.octets == right->answer.octets);
	}
}

/* When nobody is left, no message goes on behind these octets or ends with them. */
static void check_nobody(const uint8_t *octets, size_t size)
{
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;

	if (classifier_feed(classifier, &flow, octets, size, &answer) != CLASSIFIER_NOBODY) {
		return;
	}
	for (size_t i = 0; i < protocol_count; i++) {
		for (unsigned m = 0; m < protocols[i].program->messages.count; m++) {
			static struct reader reader;
			reader_start(&reader, protocols[i].program, m);
			enum reader_verdict verdict = reader_feed(&reader, octets, size);
			REQUIRE(verdict == READER_WRONG || (verdict == READER_COMPLETE && reader.offset < size));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t cuts = size < 8 ? 0x5A5A5A5A5A5A5A5A : 0;

	if (classifier == NULL) {
		build();
	}
	if (size == 0 || size > OCTETS_MAX) {
		return 0;
	}
	if (cuts == 0) {
		memcpy(&cuts, data + size - 8, sizeof(cuts));
	}
	struct outcome whole = outcome_of(data, size, 0);
	REQUIRE(whole.verdict != CLASSIFIER_FUNCTION ||
		(whole.answer.protocol < protocol_count && whole.answer.octets <= size));
	struct outcome pieces = outcome_of(data, size, cuts);
	check_same(&whole, &pieces);
	if (size < 600) {
		pieces = outcome_of(data, size, UINT64_MAX);
		check_same(&whole, &pieces);
	}
	check_nobody(data, size);
	return 0;
}
