/* compile.h - from the tree to a program.  Private to compile*.c.
 *
 *	compile.c	   the builder, messages, the finished block
 *	compile_items.c	   items of a block become instructions
 *	compile_fields.c   those that hold no others,
 *	compile_bits.c	   bits { },
 *	compile_switch.c   and switch
 *	compile_needed.c   values that are needed later, and their registers
 *	compile_values.c   expressions, and which values of a number must be told apart
 *	compile_minimum.c  how often something can be repeated within the window */
#pragma once

#include <stdlib.h>

#include "description/machine/program.h"

/* An array that grows. */
struct list {
	void *items;
	uint32_t count;
	uint32_t room;
};

/* A field whose value is needed later, as long as it is. */
struct held {
	const struct item *item; /* NULL: the register is free */
	const char *bit_name;	 /* of a field of bits { }, else NULL */
	uint32_t order;		 /* of being taken */
};

struct builder {
	const struct protocol *protocol;
	struct report *report;
	uint32_t slack;	       /* struct program */
	struct list lists[16]; /* in the order of PROGRAM_ARRAYS */
	struct held registers[REGISTERS_MAX];
	const struct item *list; /* the items that are being compiled */
	const struct item *root; /* the block whose names can be seen: of the message, or of a format in it */
	unsigned scopes;	 /* open here */
	unsigned depth;		 /* of formats within formats, */
	const struct format *formats[NESTING_MAX + 1]; /* these */
	uint32_t taken;				       /* registers so far */
	uint32_t taken_before;			       /* the format that is being compiled: those are not its own */
	unsigned registers_used;		       /* the highest of this message and one */
	unsigned reserved;			       /* registers of the carrier */
	bool in_carrier;
	int failed; /* the first negative errno, or 0 */
};

#define LIST_INDEX(type, array) LIST_##array,
enum { PROGRAM_ARRAYS(LIST_INDEX) LISTS };
#undef LIST_INDEX

/* Adds one item of `size` octets and returns its index; after a failure 0. */
uint32_t builder_add(struct builder *builder, unsigned list, const void *item, size_t size);

/* ADD(builder, sets, set): the same, for one of the arrays. */
#define ADD(builder, array, item) builder_add((builder), LIST_##array, (item), sizeof(*(item)))

/* The index of the next instruction, and an instruction already there. */
uint32_t builder_here(const struct builder *builder);
struct instruction *builder_instruction(struct builder *builder, uint32_t index);

uint32_t emit(struct builder *builder, const struct item *item, enum operation operation, uint32_t a, uint32_t b,
	      int64_t c);

/* Reports what cannot be compiled. */
void builder_refuse(struct builder *builder, struct place place, const char *id, const char *help, const char *text);

/* The set to which a code belongs, and its place in it from 1: what registers hold of a word. */
const struct code_set *code_set_of(const struct builder *builder, const struct code *code, int64_t *ret_index);

/* ---- compile_items.c ---- */

void compile_block(struct builder *builder, const struct item *block);

/* ---- compile_fields.c ---- */

uint32_t compile_set(struct builder *builder, const uint8_t octets[32]);
void set_put(uint8_t octets[32], unsigned octet);

/* Around the octets of a named text or bytes: they are a selector's. */
void select_begin(struct builder *builder, const struct item *item);
void select_end(struct builder *builder, const struct item *item);

void compile_number_item(struct builder *builder, const struct item *item);
void compile_code(struct builder *builder, const struct item *item);
void compile_literal(struct builder *builder, const struct item *item);
void compile_text(struct builder *builder, const struct item *item);
void compile_any_of(struct builder *builder, const struct item *item);

/* ---- compile_bits.c and compile_switch.c ---- */

void compile_bits(struct builder *builder, const struct item *item);
void compile_switch(struct builder *builder, const struct item *item);

/* ---- compile_minimum.c ---- */

/* How many of this block may fit into the window: never too few. */
uint32_t repeats_in_window(const struct item *block);

/* ---- compile_needed.c ---- */

/* The register that holds this field, or -1. */
int held_find(const struct builder *builder, const struct item *item, const char *bit_name);

/* A register for it from now on; 0 after reporting that there are too many. */
uint32_t held_take(struct builder *builder, const struct item *item, const char *bit_name);

/* The value that was just read goes into a register. */
void held_store(struct builder *builder, const struct item *item, const char *bit_name);
void held_store_if_needed(struct builder *builder, const struct item *item);

/* Registers that nothing behind this item of the list needs. */
void held_let_go_after(struct builder *builder, const struct item *list, const struct item *user);

/* Those that only said how long an item is, or how often it comes: they are not needed while it does. */
void held_let_go_of_measure(struct builder *builder, const struct item *item);

/* All that a format took and still holds at its end. */
void held_let_go_of_format(struct builder *builder);

/* True when nothing behind `user` in its list needs the field; uses from outside of the list keep it for ever. */
bool held_is_last_use(const struct builder *builder, const struct item *list, const struct item *user,
		      const struct item *item, const char *bit_name);

/* True when an expression or switch somewhere in this list of items needs the field; formats have names of
 * their own. */
bool block_needs(const struct item *block, const struct item *item, const char *bit_name);
bool item_needs(const struct item *user, const struct item *item, const char *bit_name);
bool expression_needs(const struct expression *expression, const struct item *item, const char *bit_name);

/* The name of the field of bits { } that an expression means, or NULL. */
const char *bit_name_of(const struct expression *expression);

/* ---- compile_values.c ---- */

/* `most`: what it is told apart up to, where it is a size or a count. */
uint32_t compile_expression(struct builder *builder, const struct expression *expression, uint32_t most);

/* The number of an item; `size_adjust` is not NULL when the value becomes the size of a block or string. */
uint32_t compile_number(struct builder *builder, const struct item *item, struct number_type type,
			const int64_t *size_adjust);

/* True when octets of this number are all the same: nothing is tested and the value is not needed. */
bool number_is_blank(const struct builder *builder, const struct item *item);

/* What `rest` is compared with, or lessened by, somewhere in the protocol. */
uint32_t find_slack(const struct protocol *protocol);
