/* machine_number.c - numbers, octet by octet: which may still become legal, and which need not be told apart.
 *
 * In a window, what has been read of a number is replaced by the lowest value that has the same future: every bound
 * of the number, cut to the digits that were read, divides the values into classes. */
#include "description/machine/machine_number.h"

enum { DECIMAL_DIGITS_MAX = 20, VARINT_OCTETS_MAX = 5, HAS_DIGIT = 1, IS_NEGATIVE = 2, BER_LONG = 0x100 };

static unsigned octets_of(const struct number_spec *spec)
{
	static const unsigned octets[] = { 1, 2, 3, 4, 8 };

	return spec->kind <= NUMBER_U64 ? octets[spec->kind] : 0;
}

/* True when some value from low to high is legal. */
static bool any_legal(const struct machine *machine, const struct number_spec *spec, uint64_t low, uint64_t high)
{
	const struct bounds_range *ranges = program_ranges(machine->program) + spec->ranges.first;

	for (uint32_t i = 0; i < spec->ranges.count; i++) {
		if (ranges[i].high >= 0 && (uint64_t)ranges[i].high >= low &&
		    (ranges[i].low < 0 || (uint64_t)ranges[i].low <= high)) {
			return true;
		}
	}
	return spec->ranges.count == 0;
}

static bool is_legal(const struct machine *machine, const struct number_spec *spec, int64_t value)
{
	const struct bounds_range *ranges = program_ranges(machine->program) + spec->ranges.first;

	for (uint32_t i = 0; i < spec->ranges.count; i++) {
		if (value >= ranges[i].low && value <= ranges[i].high) {
			return true;
		}
	}
	return spec->ranges.count == 0;
}

/* The largest candidate that is not above the value. */
static void nearer(uint64_t candidate, uint64_t value, uint64_t *best)
{
	if (candidate <= value && candidate > *best) {
		*best = candidate;
	}
}

/* The whole value is known. */
static int64_t class_of(const struct machine *machine, const struct number_spec *spec, int64_t value)
{
	const int64_t *bounds = program_bounds(machine->program) + spec->bounds.first;
	int64_t best = INT64_MIN;

	if (machine->exact) {
		return value;
	}
	for (uint32_t i = 0; i < spec->bounds.count && bounds[i] <= value; i++) {
		best = bounds[i];
	}
	return best == INT64_MIN ? (value < 0 ? -1 : 0) : best;
}

/* Its first digits are known, `rest` bits are not. */
static uint64_t class_of_high(const struct machine *machine, const struct number_spec *spec, uint64_t value,
			      unsigned rest)
{
	const int64_t *bounds = program_bounds(machine->program) + spec->bounds.first;
	uint64_t best = 0;

	if (machine->exact) {
		return value;
	}
	for (uint32_t i = 0; i < spec->bounds.count; i++) {
		if (bounds[i] >= 0) {
			nearer((uint64_t)bounds[i] >> rest, value, &best);
			nearer(((uint64_t)bounds[i] >> rest) + 1, value, &best);
		}
	}
	return best;
}

/* Its last digits are known: `bits` bits. */
static uint64_t class_of_low(const struct machine *machine, const struct number_spec *spec, uint64_t value,
			     unsigned bits)
{
	const int64_t *bounds = program_bounds(machine->program) + spec->bounds.first;
	uint64_t mask = bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	uint64_t best = 0;

	if (machine->exact) {
		return value;
	}
	for (uint32_t i = 0; i < spec->bounds.count; i++) {
		nearer((uint64_t)bounds[i] & mask, value, &best);
	}
	return best;
}

static enum taken finish(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
			 uint64_t value)
{
	int64_t number = value > INT64_MAX ? INT64_MAX : (int64_t)value;

	if (!is_legal(machine, spec, number)) {
		return TAKEN_WRONG;
	}
	strand->value = class_of(machine, spec, number);
	return TAKEN_LAST;
}

static enum taken take_big(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
			   uint64_t digit, unsigned bits_of_digit, unsigned digits)
{
	uint64_t value = (uint64_t)strand->value << bits_of_digit | digit;
	unsigned rest = (digits - strand->count - 1) * bits_of_digit;

	if (rest == 0) {
		return finish(machine, spec, strand, value);
	}
	if (!any_legal(machine, spec, value << rest, value << rest | ((UINT64_C(1) << rest) - 1))) {
		return TAKEN_WRONG;
	}
	strand->count++;
	strand->value = (int64_t)class_of_high(machine, spec, value, rest);
	return TAKEN;
}

/* Some legal value ends in these bits. */
static bool any_legal_with_low(const struct machine *machine, const struct number_spec *spec, uint64_t low,
			       unsigned bits)
{
	const struct bounds_range *ranges = program_ranges(machine->program) + spec->ranges.first;
	uint64_t step = UINT64_C(1) << bits;

	for (uint32_t i = 0; i < spec->ranges.count; i++) {
		uint64_t from = ranges[i].low < 0 ? 0 : (uint64_t)ranges[i].low;
		uint64_t first = (from & ~(step - 1)) | low;
		if (ranges[i].high >= 0 && (first >= from ? first : first + step) <= (uint64_t)ranges[i].high) {
			return true;
		}
	}
	return spec->ranges.count == 0;
}

static enum taken take_little(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
			      uint8_t octet)
{
	unsigned bits = 8U * strand->count + 8;
	uint64_t value = (uint64_t)strand->value | (uint64_t)octet << (bits - 8);

	if (strand->count + 1U == octets_of(spec)) {
		return finish(machine, spec, strand, value);
	}
	if (!any_legal_with_low(machine, spec, value, bits)) {
		return TAKEN_WRONG;
	}
	strand->count++;
	strand->value = (int64_t)class_of_low(machine, spec, value, bits);
	return TAKEN;
}

static enum taken take_varint(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
			      uint8_t octet)
{
	unsigned bits = 7U * strand->count + 7;
	uint64_t value = (uint64_t)strand->value | (uint64_t)(octet & 0x7F) << (bits - 7);

	if ((octet & 0x80) == 0) {
		return finish(machine, spec, strand, value);
	}
	if (strand->count + 1 == VARINT_OCTETS_MAX) {
		return TAKEN_WRONG;
	}
	strand->count++;
	strand->value = (int64_t)class_of_low(machine, spec, value, bits);
	return TAKEN;
}

/* The count is the number of octets still to come, once the long form has begun. */
static enum taken take_ber(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
			   uint8_t octet)
{
	if ((strand->count & BER_LONG) == 0) {
		if (octet < 0x80) {
			return finish(machine, spec, strand, octet);
		}
		strand->count = (uint16_t)(BER_LONG | (octet & 0x7F));
		return octet >= 0x81 && octet <= 0x84 ? TAKEN : TAKEN_WRONG;
	}
	unsigned rest = (strand->count & 0xFFU) - 1;
	uint64_t value = (uint64_t)strand->value << 8 | octet;
	if (rest == 0) {
		return finish(machine, spec, strand, value);
	}
	if (!any_legal(machine, spec, value << 8 * rest, value << 8 * rest | ((UINT64_C(1) << 8 * rest) - 1))) {
		return TAKEN_WRONG;
	}
	strand->count--;
	strand->value = (int64_t)class_of_high(machine, spec, value, 8 * rest);
	return TAKEN;
}

/* Any number of digits may follow, so every bound counts with all its first digits. */
static int64_t class_of_decimal(const struct machine *machine, const struct number_spec *spec, uint64_t value)
{
	const int64_t *bounds = program_bounds(machine->program) + spec->bounds.first;
	uint64_t best = value > 0; /* 1 is the lowest of those that are not 0 */

	if (machine->exact) {
		return (int64_t)value;
	}
	for (uint32_t i = 0; i < spec->bounds.count; i++) {
		uint64_t digits = bounds[i] < 0 ? (uint64_t)0 - (uint64_t)bounds[i] : (uint64_t)bounds[i];
		for (; digits > 0; digits /= 10) {
			nearer(digits, value, &best);
			nearer(digits + 1, value, &best);
		}
	}
	return (int64_t)best;
}

static int64_t decimal_value(const struct strand *strand)
{
	return (strand->count & IS_NEGATIVE) != 0 ? -strand->value : strand->value;
}

/* Digits only make a number larger. */
static bool decimal_may_become_legal(const struct machine *machine, const struct number_spec *spec,
				     const struct strand *strand)
{
	const struct bounds_range *ranges = program_ranges(machine->program) + spec->ranges.first;

	for (uint32_t i = 0; i < spec->ranges.count; i++) {
		if ((strand->count & IS_NEGATIVE) != 0 ? ranges[i].low <= -strand->value
						       : ranges[i].high >= strand->value) {
			return true;
		}
	}
	return spec->ranges.count == 0;
}

static enum taken take_decimal(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
			       uint8_t octet)
{
	if (octet == '-' && strand->count == 0 && spec->is_signed) {
		strand->count = IS_NEGATIVE;
		return TAKEN;
	}
	if (octet < '0' || octet > '9') {
		return TAKEN_NOT;
	}
	uint64_t digit = octet - '0';
	uint64_t most = ((uint64_t)INT64_MAX - digit) / 10;
	uint64_t value = (uint64_t)strand->value > most ? INT64_MAX : (uint64_t)strand->value * 10 + digit;
	strand->count |= HAS_DIGIT;
	strand->value = (int64_t)value;
	if (!decimal_may_become_legal(machine, spec, strand)) {
		return TAKEN_WRONG;
	}
	strand->value = class_of_decimal(machine, spec, value);
	return TAKEN;
}

static int hex_digit(uint8_t octet)
{
	if (octet >= '0' && octet <= '9') {
		return octet - '0';
	}
	if (octet >= 'a' && octet <= 'f') {
		return octet - 'a' + 10;
	}
	return octet >= 'A' && octet <= 'F' ? octet - 'A' + 10 : -1;
}

enum taken number_take(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
		       uint8_t octet)
{
	switch ((enum number_kind)spec->kind) {
	case NUMBER_DECIMAL:
		return take_decimal(machine, spec, strand, octet);
	case NUMBER_HEX4: {
		int digit = hex_digit(octet);
		return digit < 0 ? TAKEN_WRONG : take_big(machine, spec, strand, (uint64_t)digit, 4, 4);
	}
	case NUMBER_VARINT:
		return take_varint(machine, spec, strand, octet);
	case NUMBER_BER:
		return take_ber(machine, spec, strand, octet);
	case NUMBER_U8:
	case NUMBER_U16:
	case NUMBER_U24:
	case NUMBER_U32:
	case NUMBER_U64:
	default:
		return spec->little ? take_little(machine, spec, strand, octet)
				    : take_big(machine, spec, strand, octet, 8, octets_of(spec));
	}
}

bool number_leave(const struct machine *machine, const struct number_spec *spec, struct strand *strand)
{
	int64_t value = decimal_value(strand);

	if (spec->kind != NUMBER_DECIMAL || (strand->count & HAS_DIGIT) == 0 || !is_legal(machine, spec, value)) {
		return false;
	}
	strand->value = class_of(machine, spec, value);
	return true;
}
