/* kit.c - collecting what the supervisor hands to a role.  Called by acceptors, launchers and the port broker. */
#include "rendezvous/kit.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "description/classifier/classifier.h"
#include "os/memory.h"
#include "rendezvous/channel.h"

void kit_init(struct kit *kit)
{
	*kit = (struct kit){ .returns = -1, .broker = -1, .account_index = PLAN_NONE };
}

static void close_all(const int *descriptors, uint32_t count)
{
	for (uint32_t i = 0; descriptors != NULL && i < count; i++) {
		if (descriptors[i] >= 0) {
			close(descriptors[i]);
		}
	}
}

static void close_one(int descriptor)
{
	close_all(&descriptor, 1);
}

void kit_finish(struct kit *kit)
{
	if (kit->plan != NULL) {
		close_all(kit->sockets, kit->plan->sockets.count);
		close_all(kit->queues, kit->plan->queues.count);
		close_all(kit->relays, kit->plan->queues.count);
		for (uint32_t i = 0; i < kit->plan->accounts.count && kit->accounts != NULL; i++) {
			memory_unmap(kit->accounts[i], sizeof(struct account));
		}
	}
	for (uint32_t i = 0; kit->plan != NULL && kit->classifiers != NULL && i < kit->plan->listens.count; i++) {
		if (kit->classifiers[i] != NULL) {
			memory_unmap(kit->classifiers[i], classifier_size(kit->classifiers[i]));
		}
	}
	free(kit->classifiers);
	free(kit->sockets);
	free(kit->queues);
	free(kit->relays);
	free(kit->accounts);
	memory_unmap(kit->account, sizeof(struct account));
	memory_unmap(kit->sources, sizeof(struct sources));
	memory_unmap(kit->counters, sizeof(struct counters));
	close_one(kit->returns);
	close_one(kit->broker);
	kit->plan = plan_unmap(kit->plan);
	kit_init(kit);
}

static int *unset_descriptors(uint32_t count)
{
	int *descriptors = calloc(count + 1, sizeof(int));

	for (uint32_t i = 0; descriptors != NULL && i < count; i++) {
		descriptors[i] = -1;
	}
	return descriptors;
}

static int take_plan(struct kit *kit, int descriptor)
{
	int r = kit->plan == NULL ? plan_map(descriptor, &kit->plan) : -EBADMSG;

	close(descriptor);
	if (r < 0) {
		return r;
	}
	kit->sockets = unset_descriptors(kit->plan->sockets.count);
	kit->queues = unset_descriptors(kit->plan->queues.count);
	kit->relays = unset_descriptors(kit->plan->queues.count);
	kit->accounts = calloc(kit->plan->accounts.count + 1, sizeof(struct account *));
	kit->classifiers = calloc(kit->plan->listens.count + 1, sizeof(struct classifier *));
	bool whole = kit->classifiers != NULL && kit->sockets != NULL && kit->queues != NULL && kit->relays != NULL &&
		     kit->accounts != NULL;
	return whole ? 0 : -ENOMEM;
}

static int take_descriptor(int *descriptors, uint32_t count, uint32_t index, int descriptor)
{
	if (descriptors == NULL || index >= count || descriptors[index] >= 0) {
		close(descriptor);
		return -EBADMSG;
	}
	descriptors[index] = descriptor;
	return 0;
}

/* Maps shared memory for writing and lets its descriptor go. */
static int take_memory(int descriptor, size_t wanted, void **memory)
{
	size_t size;
	void *start = NULL;
	int r = *memory == NULL ? memory_map(descriptor, &size, &start) : -EBADMSG;

	close(descriptor);
	if (r == 0 && size != wanted) {
		memory_unmap(start, size);
		r = -EBADMSG;
	}
	if (r == 0) {
		*memory = start;
	}
	return r;
}

/* The account a launcher works for comes writable and alone; the others come read-only. */
static int take_account(struct kit *kit, const struct control_message *message, int descriptor)
{
	size_t size;
	const void *start;

	if (kit->plan == NULL || message->index >= kit->plan->accounts.count || kit->accounts[message->index] != NULL) {
		close(descriptor);
		return -EBADMSG;
	}
	if (message->number == 1) {
		kit->account_index = message->index;
		return take_memory(descriptor, sizeof(struct account), (void **)&kit->account);
	}
	int r = memory_map_read_only(descriptor, &size, &start);
	close(descriptor);
	if (r == 0 && size != sizeof(struct account)) {
		memory_unmap(start, size);
		return -EBADMSG;
	}
	if (r == 0) {
		kit->accounts[message->index] = start;
	}
	return r;
}

static int take_classifier(struct kit *kit, uint32_t index, int descriptor)
{
	size_t size = 0;
	const void *start = NULL;
	bool wanted = kit->plan != NULL && index < kit->plan->listens.count && kit->classifiers[index] == NULL;
	int r = wanted ? memory_map_read_only(descriptor, &size, &start) : -EBADMSG;

	close(descriptor);
	if (r == 0 && classifier_check(start, size) < 0) {
		memory_unmap(start, size);
		r = -EBADMSG;
	}
	if (r == 0) {
		kit->classifiers[index] = start;
	}
	return r;
}

int kit_take(struct kit *kit, const struct control_message *message, int descriptor)
{
	if (descriptor < 0) {
		return -EBADMSG;
	}
	switch (message->kind) {
	case CONTROL_PLAN:
		return take_plan(kit, descriptor);
	case CONTROL_SOCKET:
		return take_descriptor(kit->sockets, kit->plan != NULL ? kit->plan->sockets.count : 0, message->index,
				       descriptor);
	case CONTROL_QUEUE:
		return take_descriptor(kit->queues, kit->plan != NULL ? kit->plan->queues.count : 0, message->index,
				       descriptor);
	case CONTROL_RELAY:
		return take_descriptor(kit->relays, kit->plan != NULL ? kit->plan->queues.count : 0, message->index,
				       descriptor);
	case CONTROL_CLASSIFIER:
		return take_classifier(kit, message->index, descriptor);
	case CONTROL_ACCOUNT:
		return take_account(kit, message, descriptor);
	case CONTROL_SOURCES:
		return take_memory(descriptor, sizeof(struct sources), (void **)&kit->sources);
	case CONTROL_COUNTERS:
		kit->column = message->index;
		return take_memory(descriptor, sizeof(struct counters), (void **)&kit->counters);
	case CONTROL_RETURNS:
		return take_descriptor(&kit->returns, 1, 0, descriptor);
	case CONTROL_BROKER:
		return take_descriptor(&kit->broker, 1, 0, descriptor);
	default:
		close(descriptor);
		return -EBADMSG;
	}
}

int kit_receive(struct kit *kit, int channel)
{
	struct pollfd readable = { .fd = channel, .events = POLLIN };
	struct control_message message;
	int descriptor;

	for (;;) {
		int r = channel_receive(channel, KIT_KINDS, &message, &descriptor);
		if (r == -EAGAIN) {
			(void)poll(&readable, 1, -1);
			continue;
		}
		if (r == 0 && message.kind == CONTROL_START) {
			kit->number = message.index;
			return kit->plan != NULL ? 0 : -EBADMSG;
		}
		if (r == 0) {
			r = kit_take(kit, &message, descriptor);
		}
		if (r < 0) {
			return r;
		}
	}
}
