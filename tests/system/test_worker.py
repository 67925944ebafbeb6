"""Workers: processes that live on and take calls themselves, started by berthd or attached."""
import grp
import os
import signal
import socket
import subprocess
import time

import pytest

from support import client, machine, processes
from support.processes import wait_until
from support.programs import WORKER

GROUP = 'daemon'  # of those who may attach, where tests run as root


def section(name='work', command='DIR/worker', **keys):
    """A [function] section with workers; the underscore of a keyword is a dash."""
    lines = ''.join(f'{key.replace("_", "-")} = {value}\n' for key, value in keys.items())
    return f'[function {name}]\nhandover = worker\n{lines}' + (f'command = {command}\n' if command else '')


def own_group():
    """A group that this user is in."""
    return GROUP if machine.ROOT else grp.getgrgid(os.getgid()).gr_name


@pytest.fixture(name='start')
def _start(make_berthd):
    def start(*sections, **options):
        berthd = make_berthd(''.join(sections), **options)
        berthd.write('worker', WORKER)
        return berthd.start()
    return start


def call(berthd, line=b'work\r\n', words=b''):
    """One call in full: the pid of the worker, and what it said behind its first line."""
    octets = client.say(berthd.address, line + words)
    assert octets.startswith(b'+\r\n'), octets
    first, _, rest = octets[3:].partition(b'\n')
    return int(first.split()[0]), rest


class Attached:
    """A worker that attaches by itself, as another user if it is told."""

    def __init__(self, berthd, name='work', **identity):
        self.process = subprocess.Popen(
            [berthd.directory / 'worker', berthd.run_directory / 'workers' / name],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **identity)

    def is_in(self):
        """Waits until it is let in or not."""
        return self.process.stdout.readline() == b'attached\n'

    def end(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(name='attach')
def _attach():
    attached = []

    def attach(*arguments, **identity):
        attached.append(Attached(*arguments, **identity))
        return attached[-1]
    yield attach
    for worker in attached:
        worker.end()


# ---- started by berthd ----

def test_one_worker_serves_all_calls(start):
    berthd = start(section(environment='ONE=1'))
    pid, rest = call(berthd, b'WORK key=a.b\r\n', b'octets')
    assert rest == b'octets'
    assert [call(berthd)[0] for _ in range(20)] == [pid] * 20
    assert berthd.functions() == [pid]
    with client.connect(berthd.address) as connection:
        connection.sendall(b'work key=a.b\r\n')
        assert client.read_line(connection) == b'+\r\n'
        assert client.read_line(connection).split()[1:] == [b'work', b'a.b']


def test_workers_run_before_the_first_call_and_share_them(start):
    berthd = start(section(workers=2))
    pids = set(berthd.wait_for_functions(2))
    with client.connect(berthd.address) as first:
        first.sendall(b'work\r\n')
        client.read_line(first)
        one = int(client.read_line(first).split()[0])
        assert call(berthd)[0] in pids - {one}
    assert set(berthd.functions()) == pids


def test_a_worker_that_dies_is_replaced_and_calls_that_wait_are_served(start):
    berthd = start(section(), general='queue-timeout = 20s\n')
    victim, _ = call(berthd)
    time.sleep(1)  # an early death is a failure, and pauses
    waiting = []
    with client.connect(berthd.address) as busy:
        busy.sendall(b'work\r\n')
        client.read_line(busy)
        for _ in range(10):
            waiting.append(client.connect(berthd.address))
            waiting[-1].sendall(b'work\r\nbehind')
            waiting[-1].shutdown(socket.SHUT_WR)
        time.sleep(0.2)
        os.kill(victim, signal.SIGKILL)
        for connection in waiting:
            octets = client.read_all(connection)
            assert octets.startswith(b'+\r\n') and octets.endswith(b'\nbehind'), octets
            connection.close()
    assert victim not in berthd.functions()
    assert berthd.events('worker-ended')


def test_a_worker_that_ends_within_a_call_loses_that_call_only(start):
    berthd = start(section())
    pid, _ = call(berthd)
    time.sleep(1)
    assert call(berthd, words=b'die')[0] == pid
    assert call(berthd)[0] != pid


def test_workers_outlive_their_launcher(start):
    berthd = start(section(workers=2))
    pids = set(berthd.wait_for_functions(2))
    os.kill(berthd.roles('launcher')[0], signal.SIGKILL)
    berthd.wait_for_event('role-ended', role='launcher')
    for _ in range(5):
        assert call(berthd)[0] in pids
    time.sleep(1.2)
    assert set(berthd.functions()) == pids


def test_a_call_that_waits_too_long_is_told(start):
    berthd = start(section(queue_timeout='1s'))
    with client.connect(berthd.address) as busy:
        busy.sendall(b'work\r\n')
        client.read_line(busy)
        assert client.ask(berthd.address, b'work\r\n').startswith(b'-timeout ')


def test_a_full_queue_is_busy(start):
    berthd = start(section(command='/bin/sleep 60', queue_max=8, queue_timeout='20s'))
    waiting = [client.connect(berthd.address) for _ in range(8)]
    for connection in waiting:
        connection.sendall(b'work\r\n')
    time.sleep(0.3)
    assert client.ask(berthd.address, b'work\r\n').startswith(b'-busy ')
    for connection in waiting:
        connection.close()


def test_a_worker_that_cannot_start_is_failed(start):
    berthd = start(section(command='/nowhere/program'), section('ends', command='/bin/false'))
    berthd.wait_for_event('start-failed', function='work')
    berthd.wait_for_event('start-failed', function='ends')
    assert client.ask(berthd.address, b'work\r\n').startswith(b'-failed ')
    assert client.ask(berthd.address, b'ends\r\n').startswith(b'-failed ')


def test_a_reload_changes_how_many_and_which(start):
    berthd = start(section(workers=1))
    pid, = berthd.wait_for_functions(1)
    berthd.configure(section(workers=3))
    assert berthd.reload()
    assert pid in berthd.wait_for_functions(3)
    berthd.configure(section(workers=1, environment='NEW=1'))
    assert berthd.reload()
    wait_until(lambda: len(berthd.functions()) == 1 and
               'NEW=1' in processes.environment(berthd.functions()[0]), what='one new worker')
    assert call(berthd)[0] != pid


# ---- attached ----

def test_workers_that_attach(start, attach):
    berthd = start(section(command=None, workers=0, attach_group=own_group()))
    assert client.ask(berthd.address, b'work\r\n').startswith(b'-failed ')
    first, second = attach(berthd), attach(berthd)
    assert first.is_in() and second.is_in()
    berthd.wait_for_event('worker-attached', count=2)
    assert {call(berthd)[0] for _ in range(10)} <= {first.process.pid, second.process.pid}
    first.end()
    assert {call(berthd)[0] for _ in range(10)} == {second.process.pid}
    second.end()
    wait_until(lambda: client.ask(berthd.address, b'work\r\n').startswith(b'-failed '), what='no worker left')


@machine.needs_root
def test_who_may_attach(start, attach):
    berthd = start(section(command=None, workers=0, attach_group=GROUP))
    groups = {'group': 'nogroup', 'extra_groups': [GROUP]}
    assert not attach(berthd, user='games', group='games', extra_groups=[]).is_in()
    assert attach(berthd, user='games', **groups).is_in()
    # Workers of two users never share a queue: whoever reads one can shut it down for all.
    assert not attach(berthd, user='news', **groups).is_in()
    assert berthd.wait_for_event('worker-refused')


@machine.needs_root
def test_nobody_else_shares_with_started_workers(start, attach):
    berthd = start(section(user='games', attach_group=GROUP))
    groups = {'group': 'nogroup', 'extra_groups': [GROUP]}
    assert not attach(berthd, user='news', **groups).is_in()
    assert not attach(berthd).is_in()
    helper = attach(berthd, user='games', **groups)
    assert helper.is_in()
    started = call(berthd)[0]
    assert started in (helper.process.pid, *berthd.functions())


def test_a_worker_that_breaks_the_queue_hurts_nobody_for_long(start, attach):
    """A reader can shut the queue down for all; then there is another one."""
    berthd = start(section(workers=1), '[function cat]\nhandover = spawn\ncommand = /bin/cat\n')
    call(berthd)
    pid, = berthd.functions()
    program = ('import socket\n'
               'queue = socket.socket(fileno=3)\nqueue.shutdown(socket.SHUT_RD)\n'
               'import time; time.sleep(60)\n')
    berthd.write('breaker', '#!/usr/bin/python3 -IS\n' + program)
    berthd.configure(section(command='DIR/breaker') + '[function cat]\nhandover = spawn\ncommand = /bin/cat\n')
    assert berthd.reload()
    wait_until(lambda: pid not in berthd.functions(), what='the old worker gone')
    wait_until(lambda: client.ask(berthd.address, b'work\r\n').startswith(b'-failed '), what='the queue broken')
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    berthd.configure(section() + '[function cat]\nhandover = spawn\ncommand = /bin/cat\n')
    assert berthd.reload()
    wait_until(lambda: client.ask(berthd.address, b'work\r\n') == b'+\r\n', what='a queue that works')
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
