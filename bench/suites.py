"""suites.py - what is measured: suites of rows.

A suite says which figure counts, and which rows the others are held against.  A row names a peer, how to
start it, how to drive it, and how to measure it.
"""
import dataclasses
import functools
from typing import Callable

import berth
import classify
import measure
import peers
import services
import silent

REPLY = ('-n', '22')  # octets of the service's reply, at least
PASSES_ON = 'whole server side: forwarder and backend'


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of a suite."""

    suite: str
    name: str
    peer: str
    start: Callable
    load: tuple = ('-m', peers.MESSAGE, *REPLY)
    measure: Callable = measure.calls
    note: str = ''

    @property
    def key(self):
        """How the row is called in results and targets."""
        return f'{self.suite}/{self.name}'


@dataclasses.dataclass(frozen=True)
class Suite:
    """Rows that are measured in one go and may be compared."""

    title: str
    metric: str   # the field that counts
    label: str    # what that field is, for people
    lower: bool   # whether less of it is better
    base: str     # the row that is 1.00
    subject: str  # the row of berth that the others are compared with
    cost: str     # the processor time to show: cpu_us, or wall_us where processes come and go


NINE = ('ssh', 'tls', 'http1', 'postgresql', 'redis', 'git', 'mqtt', 'ldap')  # and the benchmark's own
SUITES = {
    'spawn': Suite('A process for each call', 'per_second', 'calls/s', False, 'bare', 'berth', 'wall_us'),
    'glibc': Suite('A process for each call, program with the C library', 'per_second', 'calls/s', False,
                   'tcpserver', 'berth_worker_fork', 'wall_us'),
    'select': Suite('Selecting by the first message', 'cpu_us', 'µs of server CPU a call', True,
                    'bare', 'berth worker', 'cpu_us'),
    'relay': Suite('Relaying to a server that must be called', 'per_second', 'calls/s', False,
                   'direct', 'berth relay', 'cpu_us'),
    'bulk': Suite('Relaying 64 MiB answers, one caller', 'gb_per_second', 'GB/s', False,
                  'direct', 'berth relay', 'cpu_us'),
    'bulk8': Suite('Relaying 64 MiB answers, eight callers', 'gb_per_second', 'GB/s', False,
                   'direct', 'berth relay', 'cpu_us'),
    'classifier': Suite('Knowing a first message (50 protocols; names by SNI)', 'decision_ns', 'ns a decision', True,
                        'table', 'table', 'wall_us'),
    'services': Suite('Asking the C library for a service', 'wall_us', 'µs a call', True, 'files', 'berth', 'none'),
    'port': Suite('Calling back on a port of its own', 'per_second', 'calls/s', False,
                  'berth spawn', 'berth port', 'wall_us'),
    'lookup': Suite('Asking for a port', 'cpu_us', 'µs of server CPU a call', True,
                    'rpcbind', 'berth port, shared', 'cpu_us'),
    'functions': Suite('Many functions', 'ready_ms', 'ms from exec to the first answer', True,
                       'berth, 10 functions', 'berth, 10000 functions', 'wall_us'),
    'silent': Suite(f'Beside {silent.CLIENTS:,} silent clients', 'p99_us', 'µs that 99 % of new calls did not exceed', True,
                    'bare', 'berth worker', 'none'),
}


def relays(suite, service, how, hello, more):
    """The forwarders with one backend.  berth takes the line that chooses, so its caller says what the backend waits
    for behind it."""
    with_ = functools.partial
    message = ('-m', peers.MESSAGE, *more)
    return [
        Row(suite, 'direct', 'bare', with_(peers.direct, service=service), message, how, note='nothing in between'),
        Row(suite, 'berth relay', 'berth', with_(berth.relay, service=service),
            ('-m', peers.MESSAGE + peers.MESSAGE, *more), how, note='acceptor, relay and backend'),
        Row(suite, 'sslh', 'sslh', with_(peers.sslh, service=service), message, how, note=PASSES_ON),
        Row(suite, 'haproxy', 'haproxy', with_(peers.haproxy, service=service), message, how, note=PASSES_ON),
        Row(suite, 'haproxy, splice-auto', 'haproxy', with_(peers.haproxy, service=service, option='option splice-auto'),
            message, how, note=PASSES_ON),
        Row(suite, 'nginx', 'nginx', with_(peers.nginx, service=service), (*hello[:2], *more), how,
            note=f'ClientHello; {PASSES_ON}'),
    ]


def rows(context):
    """All rows in the order in which they are shown."""
    hello = ('-M', str(context.write('client-hello', peers.client_hello())), *REPLY)
    getport = ('-M', str(context.write('getport', peers.rpc_getport())), '-e', b'\x80', '-b', '32')
    with_ = functools.partial
    return [
        Row('spawn', 'bare', 'bare', peers.bare, note='no process: the limit of the load generator'),
        Row('spawn', 'berth', 'berth', berth.spawn),
        Row('spawn', 'berth, greeting', 'berth', with_(berth.spawn, greet='berth'),
            note='berth sends "+" itself'),
        Row('spawn', 'tcpserver', 'tcpserver', peers.tcpserver),
        Row('spawn', 'xinetd', 'xinetd', peers.xinetd),
        Row('spawn', 'openbsd-inetd', 'openbsd-inetd', peers.openbsd_inetd),
        Row('spawn', 'inetutils-inetd', 'inetutils-inetd', peers.inetutils_inetd,
            note='sleeps 1 s when a child ends while it waits'),
        Row('spawn', 'inetutils tcpmux', 'inetutils-inetd', peers.inetutils_tcpmux,
            note='sleeps 1 s when a child ends while it waits'),
        Row('spawn', 'socat', 'socat', peers.socat, note='fork and exec, no relay'),

        Row('glibc', 'tcpserver', 'tcpserver', with_(peers.tcpserver, service='glibc_service')),
        Row('glibc', 'berth', 'berth', with_(berth.spawn, service='glibc_service')),
        Row('glibc', 'berth_worker_fork', 'berth', with_(berth.worker, program='fork_worker'),
            note='started once, forks for each call'),

        Row('select', 'bare', 'bare', peers.bare, note='nothing selects'),
        Row('select', 'bare, deferred', 'bare', lambda context: peers.bare(context, '--defer'),
            note='nothing selects; TCP_DEFER_ACCEPT'),
        Row('select', 'bare, ClientHello', 'bare', peers.bare, hello, note='nothing selects'),
        Row('select', 'berth worker', 'berth', berth.worker, note='acceptor and worker'),
        Row('select', 'berth worker, greeting', 'berth', with_(berth.worker, greet='berth'),
            note='berth sends "+" itself'),
        Row('select', 'berth worker, detect', 'berth', berth.detect, note='by its description, alone'),
        Row('select', 'berth worker, detect 9', 'berth', with_(berth.detect, protocols=NINE),
            note='among nine protocols'),
        Row('select', 'sslh', 'sslh', peers.sslh, note=PASSES_ON),
        Row('select', 'haproxy', 'haproxy', peers.haproxy, note=PASSES_ON),
        Row('select', 'nginx', 'nginx', peers.nginx, hello, note=f'ClientHello; {PASSES_ON}'),

        *relays('relay', peers.BARE, measure.calls, hello, REPLY),
        *relays('bulk', peers.BULK, measure.bulk, hello[:2], ('-c', '1')),
        *relays('bulk8', peers.BULK, measure.bulk, hello[:2], ('-c', '8')),

        Row('classifier', 'table', 'berth', None, ('table',), classify.measure, note='what a listener uses'),
        Row('classifier', 'readers', 'bare', None, ('readers',), classify.measure,
            note='the same descriptions, read exactly one after another'),
        *[Row('classifier', f'{count} names', 'berth', None, ('names', str(count)), classify.measure,
              note='a ClientHello, exactly') for count in (10, 1000, 10000)],

        *[Row('services', name, peer, None, (name,), services.measure, note=f'services: {name}')
          for name, peer in (('files', 'bare'), ('berth', 'berth'))],

        Row('port', 'berth spawn', 'berth', berth.spawn, note='the measure: the same service, no port'),
        Row('port', 'berth port', 'berth', berth.port,
            ('-m', peers.MESSAGE, '--follow', *REPLY), note='call, follow the port, read'),

        Row('lookup', 'berth port, shared', 'berth', berth.shared_port,
            ('-m', peers.MESSAGE, '-e', '>', '-b', '7'), note='one instance for everybody'),
        Row('lookup', 'rpcbind', 'rpcbind', peers.rpcbind, getport, note='GETPORT; starts nothing'),

        Row('functions', 'berth, 10 functions', 'berth', with_(berth.many, count=10),
            measure=measure.ready, note='the last one is called'),
        Row('functions', 'berth, 10000 functions', 'berth', with_(berth.many, count=10000),
            measure=measure.ready, note='the last one is called'),

        Row('silent', 'bare', 'bare', peers.bare, measure=silent.measure, note='nothing selects'),
        Row('silent', 'berth worker', 'berth', berth.worker, measure=silent.measure),
    ]
