/* hints.h - the bracketed examples of the forms of 2004, which stand in questions and beside fields of a page. */
#pragma once

#define HINT_FORMATS "The sequence of fields in a message. For example, length, opcode, argument, filename, null."
#define HINT_TYPES "The kinds of messages in the protocol. For example, request, reply, cancel, interrupt."
#define HINT_OPCODES "The operation codes in the protocol. For example, read, write, delete, restore."
#define HINT_SEQUENCES                                                                                                 \
	"The allowed sequences of messages. For example, a client sends a request and must wait for a reply from the " \
	"server, except it can send a cancel."
