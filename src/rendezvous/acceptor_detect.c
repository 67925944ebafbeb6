/* acceptor_detect.c - the detect dialect: which function the first octets are for, by the descriptions of a listener.
 *
 * Called by acceptor_first.c with what was peeked.  Nothing is consumed and nothing is said; the classifier knows the
 * line dialect as one more protocol, and what is neither described nor a line is refused, in words only where the
 * listener speaks the line dialect. */
#include <sys/epoll.h>

#include "description/classifier/classifier.h"
#include "os/clock.h"
#include "rendezvous/acceptor.h"

static const struct plan_listen *listen_of(const struct call *call)
{
	return plan_listen(call->acceptor->kit.plan, call->listen);
}

static bool speaks_line(const struct call *call)
{
	return (listen_of(call)->dialects & 1U << SETTING_LINE) != 0;
}

/* The classifier's answer: a function, the line dialect, or a protocol none of whose functions is meant. */
static void serve_answer(struct call *call, const struct classifier_answer *answer, const uint8_t *octets, size_t size,
			 bool last)
{
	const struct plan *plan = call->acceptor->kit.plan;

	if (answer->function != CLASSIFIER_NONE) {
		call_serve(call, plan_function(plan, answer->function), CALL_DIALECT_DETECT, 0, "");
	} else if (answer->at_once) {
		first_message_read_line(call, octets, size, last);
	} else {
		call->mute = true;
		call_refuse(call, REFUSAL_UNKNOWN);
	}
}

/* No description begins like this.  As a line it is wrong too, but there are words to say so. */
static void serve_nobody(struct call *call, const uint8_t *octets, size_t size, bool last)
{
	if (speaks_line(call)) {
		first_message_read_line(call, octets, size, last);
	} else {
		call_refuse(call, REFUSAL_UNKNOWN);
	}
}

/* What has come may be a whole message that could also be the beginning of a longer one: if nothing more comes
 * for a while, it is not.  Whether it is whole is asked then, once, and not for every piece. */
static void wait_for_quiet(struct call *call)
{
	uint64_t due_ms = loop_now_ms(call->acceptor->loop) + listen_of(call)->quiet_ms;
	uint64_t deadline_ms = call->accepted_ns / NS_PER_MS + listen_of(call)->first_message_ms;

	first_message_wait(call); /* it is watched, and its deadline is known */
	if (call->state == CALL_UNFINISHED && due_ms < deadline_ms) {
		call_enter(call, CALL_QUIET, due_ms);
	}
}

void detect_look(struct call *call, const uint8_t *octets, size_t size, bool last)
{
	const struct classifier *classifier = call->acceptor->kit.classifiers[call->listen];
	struct classifier_answer answer;

	if (last) {
		detect_settle(call, octets, size, REFUSAL_MALFORMED);
		return;
	}
	if (call->state != CALL_FREE && size == call->octets_seen) {
		return; /* woken without news */
	}
	call->octets_seen = (uint32_t)size;
	switch (classifier_feed(classifier, &call->flow, octets, size, &answer)) {
	case CLASSIFIER_FUNCTION:
		serve_answer(call, &answer, octets, size, false);
		break;
	case CLASSIFIER_NOBODY:
		serve_nobody(call, octets, size, false);
		break;
	case CLASSIFIER_MORE:
	default:
		wait_for_quiet(call);
		break;
	}
}

void detect_settle(struct call *call, const uint8_t *octets, size_t size, enum refusal otherwise)
{
	const struct classifier *classifier = call->acceptor->kit.classifiers[call->listen];
	struct classifier_answer answer;

	if (classifier_settle(classifier, &call->flow, octets, size, &answer) == CLASSIFIER_FUNCTION) {
		serve_answer(call, &answer, octets, size, otherwise != REFUSAL_NONE);
	} else if (otherwise == REFUSAL_NONE) {
		first_message_wait(call);
	} else {
		call_refuse(call, otherwise);
	}
}
