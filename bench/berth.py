"""berth.py - how berthd is configured and started for a row.

Every function takes the context and returns a started Server, as those of peers.py do.  Limits on one source
and on rates are off, as they are raised for the peers; everything else is what berthd does by default.
"""
import os
import pathlib
import pwd

import peers
from context import Unavailable
from processes import Server

FILES = 65536  # descriptors: silent clients need one each
DESCRIPTIONS = pathlib.Path(__file__).resolve().parent
GENERAL = """
[berthd]
user = {user}
acceptors = 1
run-dir = {run_dir}
log = stderr
descriptions = {descriptions}

[listen bench]
address = 127.0.0.1:{port}
dialects = {dialects}
functions = *
backlog = 4096
first-message = 120s
calls-max = 50000
calls-per-source = 1000
rate-per-source = off
"""


def service_user(context):
    """Functions run as nobody when root starts berthd, else as who starts it."""
    return context.user if os.geteuid() else pwd.getpwnam('nobody').pw_name


def section(context, name, settings):
    """One [function] section."""
    lines = {'user': service_user(context), **settings}
    return f'\n[function {name}]\n' + ''.join(f'{key} = {value}\n' for key, value in lines.items())


def berthd(context, functions, dialects='line'):
    """Starts berthd with these functions: {name: settings}."""
    program = context.programs / 'berthd'
    if not program.exists():
        raise Unavailable(f'{program} is not built')
    server = Server(context)
    run_dir = context.work / f'run-{server.port}'
    run_dir.mkdir(exist_ok=True)
    run_dir.chmod(0o755)
    text = GENERAL.format(user=service_user(context), run_dir=run_dir, port=server.port, dialects=dialects,
                          descriptions=DESCRIPTIONS)
    text += ''.join(section(context, name, settings) for name, settings in functions.items())
    server.run([program, '-c', context.write('berthd.conf', text)], files=FILES)
    return server


def spawn(context, service='tiny', greet='function'):
    """A process for each call."""
    return berthd(context, {'svc1': {
        'handover': 'spawn', 'command': f'{context.service(service)} reply', 'greet': greet,
        'processes-max': 1000, 'processes-per-source': 'off'}})


def worker(context, program='worker', greet='function'):
    """A worker that takes calls itself, or forks for each."""
    return berthd(context, {'svc1': {
        'handover': 'worker', 'command': context.service(program), 'workers': 1, 'greet': greet}})


def detect(context, protocols=()):
    """A worker whose calls are detected, beside functions of other protocols."""
    functions = {f'other{number}': {
        'handover': 'worker', 'command': context.service('worker'), 'workers': 1, 'description': name,
        'priority': number} for number, name in enumerate(protocols)}
    functions['svc1'] = {
        'handover': 'worker', 'command': f'{context.service("worker")} read', 'workers': 1, 'description': 'svc1'}
    return berthd(context, functions, dialects='detect')


def relay(context, service=peers.BARE, greet='function'):
    """A relay, with the same backend that the forwarders have."""
    backend = context.free_port()
    server = berthd(context, {'svc1': {
        'handover': 'relay', 'target': f'127.0.0.1:{backend}', 'greet': greet, 'idle-timeout': '30s'}})
    server.run([context.service(service[0]), *service[1:], backend])
    return server


def port(context):
    """Mode B: a process and a port for each call."""
    return berthd(context, {'svc1': {
        'handover': 'port', 'command': f'{context.service("tiny")} listen', 'share': 'call',
        'quarantine': '0s', 'ports-per-source': 1000, 'processes-max': 1000,
        'processes-per-source': 'off'}})


def shared_port(context):
    """Mode B: one instance for everybody, so that a call is a look-up."""
    return berthd(context, {'svc1': {
        'handover': 'port', 'command': f'{context.service("tiny")} serve', 'share': 'all',
        'quarantine': '0s', 'processes-max': 1000, 'processes-per-source': 'off'}})


def many(context, count):
    """Many functions; svc1 is the last."""
    tiny = f'{context.service("tiny")} reply'
    settings = {'handover': 'spawn', 'command': tiny, 'greet': 'function',
                'processes-max': 1000, 'processes-per-source': 'off'}
    names = [f'other{number}' for number in range(1, count)] + ['svc1']
    return berthd(context, {name: settings for name in names})
