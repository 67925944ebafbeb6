/* filter.c - a list of prefixes as a program of the kernel's classic packet filter.  Called by the port
 * broker on sockets that do not listen yet.
 *
 * A filter of a TCP socket sees each segment from its TCP header on; what stands before is reached through
 * SKF_NET_OFF.  The program: which version?  then, for each prefix of that version, compare the source word
 * by word and return.  It says yes exactly where prefix_holds() does; it never looks behind the address. */
#include "os/filter.h"

#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	IPV4_SOURCE = 12, /* octets from the start of the header to the source address */
	IPV6_SOURCE = 8,
	IPV4_WORD = 3, /* the last word of the canonical form is the IPv4 address */
	WORDS = 4,
	WORD_BITS = 32,
	MAPPED_BITS = 96,
	PREFIX_STEPS = 3 * WORDS + 1,
	STEPS_MAX = 16 + FILTER_PREFIXES_MAX * PREFIX_STEPS,
	ADMIT = 0x7fffffff, /* this many octets of the segment */
};

struct steps {
	struct sock_filter items[STEPS_MAX];
	unsigned short count;
};

static void add(struct steps *steps, unsigned code, uint32_t operand)
{
	steps->items[steps->count++] = (struct sock_filter){ .code = (unsigned short)code, .k = operand };
}

/* Leaves the next `steps_left_out` steps out unless the accumulator is `value`. */
static void add_unless_equal(struct steps *steps, uint32_t value, unsigned steps_left_out)
{
	steps->items[steps->count++] =
		(struct sock_filter){ .code = BPF_JMP | BPF_JEQ | BPF_K, .jf = (uint8_t)steps_left_out, .k = value };
}

static uint32_t word_of(const struct address *address, unsigned word)
{
	const uint8_t *bytes = address->bytes + (size_t)4 * word;

	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The bits of a word that a prefix of this length looks at. */
static uint32_t mask_of(unsigned length, unsigned word)
{
	unsigned before = word * WORD_BITS;

	if (length <= before) {
		return 0;
	}
	return length - before >= WORD_BITS ? UINT32_MAX : ~(UINT32_MAX >> (length - before));
}

/* "Admit if the source lies in the prefix", from the given word of the canonical form on. */
static void add_prefix(struct steps *steps, const struct prefix *prefix, unsigned first_word, uint32_t offset)
{
	unsigned words = 0; /* that count */

	while (first_word + words < WORDS && mask_of(prefix->length, first_word + words) != 0) {
		words++;
	}
	for (unsigned i = 0; i < words; i++) {
		unsigned word = first_word + i;

		add(steps, BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF + offset + 4 * i);
		add(steps, BPF_ALU | BPF_AND | BPF_K, mask_of(prefix->length, word));
		add_unless_equal(steps, word_of(&prefix->address, word), 3 * (words - 1 - i) + 1);
	}
	add(steps, BPF_RET | BPF_K, ADMIT);
}

static bool is_ipv4(const struct prefix *prefix)
{
	return prefix->length >= MAPPED_BITS && address_is_ipv4(&prefix->address);
}

/* The prefixes of one version; falls through when none of them holds. */
static void add_version(struct steps *steps, const struct prefix *prefixes, size_t count, bool ipv4)
{
	for (size_t i = 0; i < count; i++) {
		if (is_ipv4(&prefixes[i]) != ipv4) {
			continue;
		}
		if (ipv4) {
			add_prefix(steps, &prefixes[i], IPV4_WORD, IPV4_SOURCE);
		} else {
			add_prefix(steps, &prefixes[i], 0, IPV6_SOURCE);
		}
	}
	add(steps, BPF_RET | BPF_K, 0);
}

static void build(struct steps *steps, const struct prefix *prefixes, size_t count)
{
	unsigned ipv4_start;

	steps->count = 0;
	add(steps, BPF_LD | BPF_B | BPF_ABS, (uint32_t)SKF_NET_OFF);
	add(steps, BPF_ALU | BPF_RSH | BPF_K, 4);
	ipv4_start = steps->count;
	add_unless_equal(steps, 4, 0);
	add_version(steps, prefixes, count, true);
	steps->items[ipv4_start].jf = (uint8_t)(steps->count - ipv4_start - 1);
	add_unless_equal(steps, 6, 0);
	steps->items[steps->count - 1].jt = 1;
	add(steps, BPF_RET | BPF_K, 0);
	add_version(steps, prefixes, count, false);
}

/* All prefixes being IPv4 is the longest way a conditional jump must reach. */
static_assert(FILTER_PREFIXES_MAX * 4 + 1 <= UINT8_MAX, "jumps of the packet filter have eight bits");

static int attach(int descriptor, struct steps *steps)
{
	const struct sock_fprog program = { .len = steps->count, .filter = steps->items };
	const int lock = 1;

	if (setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ||
	    setsockopt(descriptor, SOL_SOCKET, SO_LOCK_FILTER, &lock, sizeof(lock)) < 0) {
		return -errno;
	}
	return 0;
}

int filter_admit(int descriptor, const struct prefix *prefixes, size_t count)
{
	struct steps steps;

	if (count > FILTER_PREFIXES_MAX) {
		return -E2BIG;
	}
	build(&steps, prefixes, count);
	return attach(descriptor, &steps);
}

bool filter_possible(void)
{
	int probe;
	int r;

	probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (probe < 0) {
		return false;
	}
	r = filter_admit(probe, NULL, 0);
	close(probe);
	return r == 0;
}
