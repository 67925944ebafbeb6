/* acceptor_proxy.c - callers that are proxies: they tell in a PROXY header who their client is.
 *
 * Called when a connection is accepted and before its first message is looked at.  Whether a header is there is never
 * guessed: a caller in a prefix of proxy-protocol = required-from owes one, and what anybody else sends is data.  The
 * told address serves access rules and limits; who is really at the other end is still the proxy. */
#include "rendezvous/acceptor.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "os/log.h"
#include "wire/proxy.h"

bool proxy_owes_header(const struct call *call)
{
	const struct plan *plan = call->acceptor->kit.plan;
	struct plan_array proxies = plan_listen(plan, call->listen)->proxies;
	const struct prefix *prefixes = plan_items(plan, proxies);

	for (uint32_t i = 0; i < proxies.count && !call->is_unix; i++) {
		if (prefix_holds(&prefixes[i], &call->address)) {
			return true;
		}
	}
	return false;
}

/* The octets were peeked just now, so they are there; anything else is a connection that broke meanwhile. */
static bool consume(const struct call *call, size_t size)
{
	uint8_t octets[PROXY_HEADER_MAX];

	return recv(call->source.descriptor, octets, size, MSG_DONTWAIT) == (ssize_t)size;
}

static void gone(struct call *call)
{
	counter_add(&call->acceptor->kit.counters->gone, 1);
	call_close(call);
}

/* From here on the caller is who the proxy says, with that caller's rules and limits. */
static bool believe(struct call *call, const struct proxy_header *header)
{
	if (header->kind == PROXY_TCP) {
		call->told = true;
		call->address = header->source;
		call->port = header->source_port;
		call->source_key = address_source_key(&call->address);
	}
	enum refusal refusal = caller_judge(call);
	if (refusal != REFUSAL_NONE) {
		call_refuse(call, refusal);
		return false;
	}
	return true;
}

static void refuse_malformed(struct call *call)
{
	char proxy[ADDRESS_TEXT_MAX];

	address_text(&call->address, proxy);
	log_event(LOG_LEVEL_WARNING, "proxy-header-malformed", "proxy", proxy, NULL);
	call_refuse(call, REFUSAL_MALFORMED);
}

bool proxy_look(struct call *call, uint32_t events)
{
	uint8_t octets[PROXY_HEADER_MAX];
	struct proxy_header header;
	size_t header_size = 0;
	ssize_t size = recv(call->source.descriptor, octets, sizeof(octets), MSG_PEEK | MSG_DONTWAIT);

	if (size < 0 && (errno == EAGAIN || errno == EINTR) && (events & (EPOLLHUP | EPOLLERR)) == 0) {
		first_message_wait(call);
		return false;
	}
	if (size <= 0 || (events & EPOLLHUP) != 0) {
		gone(call);
		return false;
	}
	enum proxy_verdict verdict = proxy_parse(octets, (size_t)size, &header, &header_size);
	if (verdict == PROXY_MORE && (events & EPOLLRDHUP) == 0) {
		first_message_wait(call);
		return false;
	}
	if (verdict != PROXY_WHOLE) {
		refuse_malformed(call);
		return false;
	}
	if (!consume(call, header_size)) {
		gone(call);
		return false;
	}
	call->header_owed = false;
	return believe(call, &header);
}
