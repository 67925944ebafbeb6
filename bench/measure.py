"""measure.py - one measurement of one row: start the server, drive it, read its processor time, stop it.

Called by run.py for each row and round.  Returns a plain dictionary; raises Unavailable when the row cannot
be measured here.
"""
import json
import subprocess
import time

from context import LOAD_CPU, Unavailable
from processes import placement

READY_S = 5
WARM_UP_S = 0.1
ATTEMPTS_A_SECOND = 1000


def load(context, server, arguments, seconds):
    """Runs the load generator against a server and returns what it printed."""
    command = [*server.enter, context.build / 'load', '-p', str(server.port), '-t', str(seconds), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          preexec_fn=placement(LOAD_CPU, context.fifo))
    return json.loads(done.stdout)


def wait_ready(context, server, arguments):
    """Waits for the first right answer; returns the CLOCK_MONOTONIC nanosecond of it."""
    result = load(context, server, [*arguments, '-c', '1', '-R', str(ATTEMPTS_A_SECOND), '--first'],
                  READY_S)
    server.check()
    if result['transactions'] == 0:
        faults = ', '.join(f'{result[kind]} {kind}' for kind in ('refused', 'reset', 'wrong', 'timeouts')
                           if result[kind])
        words = server.last_words(server.started[-1])
        raise Unavailable(f'no right answer within {READY_S} s: {faults}; it said: {words}')
    return result['ended_ns']


def drive(context, server, arguments):
    """A warm-up, then the measured run with the processor time of every process that outlived it."""
    load(context, server, arguments, WARM_UP_S)
    before = server.cpu_ns()
    result = load(context, server, arguments, context.seconds)
    after = server.cpu_ns()
    server.check()
    calls = max(1, result['transactions'])
    used = sum(after[pid] - before[pid] for pid in after.keys() & before.keys())
    result['cpu_us'] = used / 1000 / calls
    result['wall_us'] = 1e6 / max(1, result['per_second'])
    return result


def calls(context, row):
    """The ordinary measurement: calls a second, latency, processor time."""
    server = row.start(context)
    try:
        wait_ready(context, server, row.load)
        return drive(context, server, row.load)
    finally:
        server.stop()


def bulk(context, row):
    """Long answers: octets a second, and processor time for each gigabyte."""
    server = row.start(context)
    try:
        wait_ready_for_bulk(context, server, row.load)
        before = server.cpu_ns()
        result = bulk_call(context, server, row.load, context.seconds)
        after = server.cpu_ns()
        server.check()
        used = sum(after[pid] - before[pid] for pid in after.keys() & before.keys())
        result['cpu_us'] = used / 1000 / max(1, result['octets']) * 1e9
        return result
    finally:
        server.stop()


def bulk_call(context, server, arguments, seconds):
    """Runs the callers of long answers against a server and returns what they printed."""
    command = [context.build / 'bulk', 'call', '-p', str(server.port), '-t', str(seconds), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          preexec_fn=placement(LOAD_CPU, context.fifo))
    return json.loads(done.stdout)


def wait_ready_for_bulk(context, server, arguments):
    """Waits until octets come."""
    deadline = time.monotonic() + READY_S
    while bulk_call(context, server, arguments, WARM_UP_S)['octets'] == 0:
        server.check()
        if time.monotonic() > deadline:
            raise Unavailable(f'no answer within {READY_S} s')


def ready(context, row):
    """As calls, and how long the server took from exec to its first right answer."""
    server = row.start(context)
    try:
        ready_ms = (wait_ready(context, server, row.load) - server.begun_ns) / 1e6
        return {**drive(context, server, row.load), 'ready_ms': ready_ms}
    finally:
        server.stop()
