"""Processes of berthd are killed or stopped at any moment, and reloads come at any moment: callers do not notice."""
import contextlib
import os
import random
import signal
import time

import pytest

from support import client, machine
from support.command import Asker
from support.load import load
from support.processes import strace, wait_until

CAT = ('[function cat]\nhandover = spawn\ncommand = /bin/cat\nprocesses-max = 48\nprocesses-per-source = off\n')
PORT = ('[function port]\nhandover = port\nadmit = any\ncommand = /bin/sleep 60\nwait = 1s\nquarantine = 0s\n'
        'ports-per-source = 4000\nprocesses-max = 4000\nprocesses-per-source = off\n')
UNLIMITED = 'rate-per-source = off\ncalls-per-source = off\n'
SECONDS = machine.as_often_as(6, 60)
RELOADS = machine.as_often_as(20, 100)


def is_old_enough(pid):
    """Has it lived for half a second?  A process killed while it starts is paused with reason."""
    try:
        with open(f'/proc/{pid}/stat', 'rb') as file:
            ticks = int(file.read().rpartition(b')')[2].split()[19])
    except OSError:
        return False
    with open('/proc/uptime', 'rb') as file:
        uptime = float(file.read().split()[0])
    return uptime - ticks / os.sysconf('SC_CLK_TCK') > 0.5


def kill_some(berthd, role, seconds):
    """Kills processes of a role, one in a tenth of a second; returns how many."""
    kills = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        victims = [pid for pid in berthd.roles(random.choice(role)) if is_old_enough(pid)]
        if victims:
            os.kill(random.choice(victims), signal.SIGKILL)
            kills += 1
        time.sleep(0.1)
    return kills


def assert_slots_are_right(berthd, name, places):
    """No process is left, none is counted, and exactly so many can be had again."""
    berthd.wait_for_functions(0)
    asker = Asker(berthd)
    wait_until(lambda: asker.function(name)['processes']['call'] == 0, what='no process counted')
    with contextlib.ExitStack() as stack:
        for number in range(places):
            connection, line = client.call(berthd.address, name)
            stack.enter_context(connection)
            assert line == b'+\r\n', f'{line} for call {number + 1} of {places}'
        assert client.ask(berthd.address, name.encode() + b'\r\n').startswith(b'-busy ')
    berthd.wait_for_functions(0)


@pytest.mark.timeout(SECONDS + 90)
@pytest.mark.parametrize('role,launchers', [
    (['acceptor'], 1), (['launcher'], 1), (['launcher'], 3), (['acceptor', 'launcher', 'port-broker'], 1)])
def test_killed_at_any_moment(run_berthd, role, launchers):
    berthd = run_berthd(CAT + PORT, listen=UNLIMITED, general=f'launchers = {launchers}\n')
    names = [b'cat', b'cat', b'port'] if len(role) > 1 else [b'cat']
    with load(berthd.address, names) as clients:
        kills = kill_some(berthd, role, SECONDS / (1 if len(role) > 1 else 2))
    results = dict(clients.results)
    assert kills > SECONDS / 2
    assert results.get('not accepted', 0) + results.get('no connection', 0) + results.get('hung', 0) == 0, results
    # What the killed process held is lost, and no more: each of the four clients has one call at a time.
    assert results.get('lost', 0) + results.get('cut', 0) <= 4 * kills, results
    assert set(results) <= {'served', 'lost', 'cut', 'busy'}, results
    assert results['served'] > 4 * kills, results
    assert_slots_are_right(berthd, 'cat', 48)


def test_functions_outlive_their_launcher_and_their_slots_are_freed(run_berthd):
    berthd = run_berthd(CAT.replace('48', '2'))
    held = [client.call(berthd.address, 'cat')[0] for _ in range(2)]
    os.kill(berthd.roles('launcher')[0], signal.SIGKILL)
    berthd.wait_for_event('role-ended', role='launcher', signal=9)
    for connection in held:
        connection.sendall(b'still here')
        assert connection.recv(100) == b'still here'
    assert client.ask(berthd.address, b'cat\r\n').startswith(b'-busy ')
    for connection in held:
        connection.close()
    assert_slots_are_right(berthd, 'cat', 2)


def test_functions_may_write_errors_when_their_launcher_is_gone(run_berthd):
    """The launcher reads what they write to descriptor 2; that it died must not kill them."""
    berthd = run_berthd('[function late]\nhandover = spawn\n'
                        'command = /bin/sh -c "read line; echo error >&2; echo error >&2; echo $line"\n')
    connection, line = client.call(berthd.address, 'late')
    with connection:
        assert line == b'+\r\n'
        os.kill(berthd.roles('launcher')[0], signal.SIGKILL)
        berthd.wait_for_event('role-ended', role='launcher')
        connection.sendall(b'still here\n')
        assert client.read_all(connection) == b'still here\n'


def test_counts_of_a_dead_acceptor_are_taken_back(run_berthd):
    berthd = run_berthd(CAT, general='acceptors = 1\n', listen='calls-per-source = 3\nfirst-message = 60s')
    with client.many(3, berthd.address):
        assert client.say(berthd.address, b'cat\r\n').startswith(b'-limit ')
        victim, = berthd.roles('acceptor')
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: berthd.roles('acceptor') not in ([], [victim]), what='another acceptor')
        with client.many(2, berthd.address):
            assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


def test_calls_that_wait_outlive_the_launcher(run_berthd):
    """A launcher that is stopped leaves calls in the queue; the next one serves them."""
    berthd = run_berthd(CAT, general='queue-timeout = 20s\n')
    assert client.say(berthd.address, b'cat\r\n1') == b'+\r\n1'
    launcher, = berthd.roles('launcher')
    os.kill(launcher, signal.SIGSTOP)
    waiting = [client.connect(berthd.address) for _ in range(10)]
    for connection in waiting:
        connection.sendall(b'cat\r\n')
    time.sleep(0.3)
    os.kill(launcher, signal.SIGKILL)
    for connection in waiting:
        assert client.read_line(connection) == b'+\r\n'
        connection.close()


def test_each_of_several_launchers_is_replaced(run_berthd):
    """The first of them has duties beside serving calls: ending what is over its time, and keeping workers."""
    sleep = '[function sleep]\nhandover = spawn\ncommand = /bin/sleep 60\ntimeout = 1s\n'
    work = '[function work]\nhandover = worker\ncommand = /bin/sleep 61\n'
    berthd = run_berthd(CAT + sleep + work, general='launchers = 3\n')
    killed = None

    def three():
        roles = berthd.roles('launcher')
        return len(roles) == 3 and killed not in roles and roles
    for number in range(3):
        launchers = wait_until(three, what='three launchers')
        assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
        time.sleep(1)  # an early death would be a failure
        killed = launchers[0 if number == 0 else -1]
        os.kill(killed, signal.SIGKILL)
    wait_until(three, what='three launchers again')
    connection, line = client.call(berthd.address, 'sleep')
    with connection:
        assert line == b'+\r\n'
        assert client.read_all(connection) == b''
    worker, = berthd.functions('/bin/sleep')
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: berthd.functions('/bin/sleep') not in ([], [worker]), what='another worker')


def test_a_stopped_acceptor_is_replaced(run_berthd):
    berthd = run_berthd(CAT, general='acceptors = 1\n')
    stopped, = berthd.roles('acceptor')
    os.kill(stopped, signal.SIGSTOP)
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    assert stopped not in berthd.roles('acceptor')
    assert berthd.events('acceptor-stuck', process=stopped)


# ---- reload ----

@pytest.mark.timeout(machine.as_often_as(60, 300))
def test_reloads_under_load(run_berthd):
    berthd = run_berthd(CAT, listen=UNLIMITED)
    with load(berthd.address, [b'cat']) as clients:
        for number in range(RELOADS):
            berthd.configure(CAT + f'[function other-{number}]\nhandover = spawn\ncommand = /bin/cat\n',
                             listen=UNLIMITED)
            assert berthd.reload()
    assert set(clients.results) == {'served'}, clients.results
    assert client.say(berthd.address, b'HELP\r\n') == f'cat\r\nother-{RELOADS - 1}\r\n'.encode()
    wait_until(lambda: len(berthd.roles('acceptor')) == 2, what='old acceptors gone')
    assert_slots_are_right(berthd, 'cat', 48)


def test_many_signals_at_once_are_reloads_too(run_berthd):
    berthd = run_berthd(CAT, listen=UNLIMITED)
    berthd.configure(CAT.replace('cat]', 'dog]'), listen=UNLIMITED)
    with load(berthd.address, [b'HELP'], threads=2) as clients:
        for _ in range(50):
            berthd.process.send_signal(signal.SIGHUP)
            time.sleep(0.005)
        wait_until(lambda: client.say(berthd.address, b'HELP\r\n') == b'dog\r\n', what='the new configuration')
    assert set(clients.results) == {'cut'}, clients.results  # served, but it is no cat
    wait_until(lambda: len(berthd.roles('acceptor')) == 2, what='old acceptors gone')


def test_acceptors_killed_during_a_reload(run_berthd):
    berthd = run_berthd(CAT, listen=UNLIMITED)
    with load(berthd.address, [b'cat']) as clients:
        for _ in range(5):
            old = berthd.roles('acceptor')
            berthd.process.send_signal(signal.SIGHUP)
            for pid in wait_until(lambda: set(berthd.roles('acceptor')) - set(old), what='new acceptors'):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)
    assert not set(clients.results) & {'not accepted', 'no connection', 'hung'}, clients.results
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


@machine.needs('strace')
def test_a_reload_without_new_acceptors_leaves_the_old_ones(run_berthd):
    berthd = run_berthd(CAT, listen=UNLIMITED)
    acceptors = berthd.roles('acceptor')
    with strace(berthd.pid, '-e', 'inject=execveat:error=ENOMEM'):
        berthd.process.send_signal(signal.SIGHUP)
        berthd.wait_for_event('generation-abandoned')
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    time.sleep(1)
    assert berthd.roles('acceptor') == acceptors
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    assert berthd.reload()
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


def test_a_wrong_configuration_changes_nothing(run_berthd):
    berthd = run_berthd(CAT)
    acceptors = berthd.roles('acceptor')
    berthd.configure(CAT + '[function dog]\nhandover = spawn\ncomand = /bin/cat\n')
    assert not berthd.reload()
    assert 'command' in berthd.events('reload-refused')[0]['error']
    assert berthd.roles('acceptor') == acceptors
    assert client.say(berthd.address, b'HELP\r\n') == b'cat\r\n'
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


def test_listeners_and_functions_come_and_go(run_berthd):
    berthd = run_berthd(CAT)
    second = machine.free_ports(1)
    path = str(berthd.directory / 'call')
    more = f'[listen second]\naddress = 127.0.0.1:{second}, unix:{path}\nfunctions = dog\n'
    berthd.configure(CAT + more + '[function dog]\nhandover = spawn\ncommand = /bin/cat\n')
    assert berthd.reload()
    for address in (('127.0.0.1', second), path):
        assert client.say(address, b'dog\r\nbehind') == b'+\r\nbehind'
    assert client.say(berthd.address, b'dog\r\n') == b'+\r\n'
    berthd.configure(CAT)
    assert berthd.reload()
    wait_until(lambda: client.answers(('127.0.0.1', second)) == 'refused', what='the second listener gone')
    assert not os.path.exists(path)
    assert client.say(berthd.address, b'dog\r\n').startswith(b'-unknown ')


def test_a_refused_reload_leaves_no_listener_behind(run_berthd):
    berthd = run_berthd(CAT)
    second, third = machine.free_ports(1), machine.free_ports(1)
    berthd.configure(CAT + f'[listen more]\naddress = 127.0.0.1:{second}, 192.0.2.1:{third}\n')
    assert not berthd.reload()
    assert client.answers(('127.0.0.1', second)) == 'refused'
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


def test_running_functions_do_not_notice(run_berthd):
    user = f'user = {machine.account()}\n' if machine.ROOT else ''
    berthd = run_berthd(CAT + f'[function gone]\nhandover = spawn\ncommand = /bin/cat\n{user}')
    held = [client.call(berthd.address, name)[0] for name in ('cat', 'gone')]
    for functions in (CAT.replace('48', '47'), CAT):
        berthd.configure(functions)
        assert berthd.reload()
        for connection in held:
            connection.sendall(b'still here')
            assert connection.recv(100) == b'still here'
    assert len(berthd.functions('/bin/cat')) == 2
    berthd.stop()
    assert [client.read_all(connection) for connection in held] == [b'', b'']
