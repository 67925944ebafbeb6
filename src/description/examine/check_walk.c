/* check_walk.c - every item of a block.  The parser bounds how deep blocks stand within each other. */
#include "description/examine/check_walk.h"

void walk_block(const struct item *block, item_visit *visit, void *context)
{
	for (const struct item *item = block; item != NULL; item = item->next) {
		visit(item, context);
		walk_block(item->block, visit, context);
		walk_block(item->otherwise, visit, context);
		for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
			walk_block(branch->block, visit, context);
		}
	}
}

void walk_protocol(const struct protocol *protocol, item_visit *visit, void *context)
{
	for (const struct format *format = protocol->formats; format != NULL; format = format->next) {
		walk_block(format->block, visit, context);
	}
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		walk_block(message->block, visit, context);
	}
}
