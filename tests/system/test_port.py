"""Calling back: the port that a client is told works at once, for whom it should, and for nobody else."""
import concurrent.futures
import contextlib
import http.client
import os
import signal
import subprocess
import time

import pytest

from support import client, machine, processes
from support.processes import wait_until
from support.programs import BINDER, LISTENER

CALLS = machine.as_often_as(200, 1000)
OTHER = '127.0.0.2'


def section(name='port', command='DIR/listener', **keys):
    """A [function] section that calls back; the underscore of a keyword is a dash."""
    keys.setdefault('admit', 'any')
    lines = ''.join(f'{key.replace("_", "-")} = {value}\n' for key, value in keys.items())
    return f'[function {name}]\nhandover = port\ncommand = {command}\n{lines}'


@pytest.fixture(name='start')
def _start(make_berthd):
    """A berthd with these sections, and the programs they may execute."""
    def start(*sections, **options):
        berthd = make_berthd(**options)
        berthd.write('listener', LISTENER)
        berthd.write('binder', BINDER)
        berthd.configure(''.join(sections), options.get('general', ''), options.get('listen', ''))
        return berthd.start()
    return start


def call_back(berthd, line=b'port\r\n', source=None, address=None):
    """Calls a function and returns where it says to call."""
    address = address or berthd.address
    return client.redirected_to(client.say(address, line, source), address)


def talk(address, source=None):
    """What an instance says of itself."""
    with client.connect(address, source) as connection:
        return int(client.read_line(connection))


# ---- whose instance ----

def test_one_instance_for_each_call(start):
    berthd = start(section())
    first, second = call_back(berthd), call_back(berthd)
    assert first[1] != second[1]
    assert 61000 <= first[1] <= 65535
    assert talk(first) != talk(second)
    assert talk(first) == talk(first)


def test_one_instance_for_each_key(start):
    berthd = start(section(share='key', command='DIR/listener {key}'))
    one, again, two, none = (call_back(berthd, line) for line in
                             (b'port key=one\r\n', b'PORT key=one\r\n', b'port key=two\r\n', b'port\r\n'))
    assert one == again and len({one, two, none}) == 3
    assert processes.command(talk(two))[-1] == 'two'


def test_one_instance_for_everybody(start):
    berthd = start(section(share='all'))
    assert call_back(berthd) == call_back(berthd, source=OTHER) == call_back(berthd, b'port key=a\r\n')


def test_many_at_the_same_time_share_one_that_starts(start):
    berthd = start(section(share='all', bind='self', command='DIR/binder {port} 0.5'))
    with concurrent.futures.ThreadPoolExecutor(20) as threads:
        told = set(threads.map(lambda _: call_back(berthd), range(20)))
    assert len(told) == 1
    assert berthd.functions() == [talk(told.pop())]


# ---- who opens the port ----

def test_a_program_that_binds_its_port_is_waited_for(start):
    berthd = start(section(bind='self', command='/usr/bin/python3 -m http.server {port}', directory='DIR'))
    host, port = call_back(berthd)
    web = http.client.HTTPConnection(host, port, timeout=client.TIMEOUT)
    web.request('GET', '/listener')
    assert web.getresponse().read() == LISTENER.encode()
    web.close()


def test_a_program_that_never_listens_is_failed(start):
    berthd = start(section(bind='self', command='/bin/sleep {port}', wait='1s'),
                   section('ends', bind='self', command='/bin/false {port}'))
    assert client.ask(berthd.address, b'ends\r\n').startswith(b'-failed ')
    assert client.ask(berthd.address, b'port\r\n').startswith(b'-failed ')
    wait_until(lambda: not berthd.functions(), what='the program gone')


def test_a_program_that_cannot_start_is_failed(start):
    berthd = start(section(command='/nowhere/program'))
    for _ in range(3):
        assert client.ask(berthd.address, b'port\r\n').startswith(b'-failed ')


# ---- for whom ----

@machine.needs_root
def test_a_port_for_the_caller_exists_for_nobody_else(start):
    berthd = start(section(admit='caller', wait='2s', idle='1s'))
    ports = range(61000, 65536)
    assert client.answers(('127.0.0.1', ports[0]), OTHER) == 'refused'  # nothing there: so silence means a filter
    address = call_back(berthd)
    assert client.answers(address, OTHER) == 'silent'
    with client.connect(address) as connection:
        pid = int(client.read_line(connection))
        assert client.answers(address, OTHER) == 'silent'
    assert client.answers(('127.0.0.2', address[1]), '127.0.0.1') in ('silent', 'refused')
    assert talk(address) == pid
    wait_until(lambda: not processes.lives(pid), what='the idle end')
    assert client.answers(address, OTHER) != 'open'
    assert client.answers(address) != 'open'


@machine.needs_root
def test_each_caller_has_a_port_of_its_own(start):
    berthd = start(section(admit='caller'))
    mine, other = call_back(berthd), call_back(berthd, source=OTHER)
    assert talk(mine) != talk(other, OTHER)
    assert client.answers(other) == 'silent'
    assert client.answers(mine, OTHER) == 'silent'


@machine.needs_root
def test_a_port_for_some_prefixes(start):
    berthd = start(section(admit='127.0.0.2/31, 127.0.1.0/24'))
    address = call_back(berthd)
    for source, answer in (('127.0.0.1', 'silent'), ('127.0.0.2', 'open'), ('127.0.0.3', 'open'),
                           ('127.0.0.4', 'silent'), ('127.0.1.77', 'open'), ('127.0.2.1', 'silent')):
        assert client.answers(address, source) == answer, source


def test_a_port_for_anybody(start):
    address = call_back(start(section()))
    assert client.answers(address) == client.answers(address, OTHER) == 'open'


def test_ipv6_and_unix_callers(start):
    admit = 'caller' if machine.ROOT else 'any'
    berthd = start(section(admit=admit), listen='address = 127.0.0.1:PORT, [::1]:PORT, unix:DIR/call')
    assert talk(call_back(berthd, address=('::1', berthd.port)))
    answer = client.say(str(berthd.directory / 'call'), b'port\r\n')
    assert answer.endswith(b' 127.0.0.1\r\n')
    assert talk(client.redirected_to(answer, None))


# ---- how many ----

def test_ports_of_one_source(start):
    berthd = start(section(ports_per_source=3))
    for _ in range(3):
        call_back(berthd)
    assert client.ask(berthd.address, b'port\r\n').startswith(b'-limit ')
    assert call_back(berthd, source=OTHER)


def test_all_ports_lent_is_busy_and_others_are_served(start):
    first = machine.free_ports(4, range(61000, 65000))
    berthd = start(section(ports=f'{first}-{first + 3}'), '[function cat]\nhandover = spawn\ncommand = /bin/cat\n')
    assert {call_back(berthd)[1] for _ in range(4)} == set(range(first, first + 4))
    begin = time.monotonic()
    assert client.ask(berthd.address, b'port\r\n').startswith(b'-busy ')
    assert time.monotonic() - begin < 2
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


@pytest.mark.timeout(machine.as_often_as(60, 200))
def test_many_calls_at_the_same_time(start):
    berthd = start(section(command='/bin/sleep 60', ports_per_source=2000, processes_max=2000,
                           processes_per_source=2000), listen='rate-per-source = off\n')
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        told = list(threads.map(lambda _: call_back(berthd), range(CALLS)))
        assert len(set(told)) == CALLS
        assert set(threads.map(client.answers, told)) == {'open'}
    assert len(berthd.functions('/bin/sleep')) == CALLS


# ---- until when ----

def test_an_instance_that_nobody_calls_ends(start):
    berthd = start(section(wait='1s', quarantine='0s'))
    address = call_back(berthd)
    pid, = berthd.wait_for_functions(1)
    wait_until(lambda: not processes.lives(pid), what='the end of an instance nobody called')
    wait_until(lambda: client.answers(address) == 'refused', what='the port closed')
    assert berthd.events('instance-ends', reason='not called')


def test_an_instance_that_is_called_stays_until_it_is_idle(start):
    berthd = start(section(wait='1s', idle='2s', quarantine='0s'))
    address = call_back(berthd)
    with client.connect(address) as connection:
        pid = int(client.read_line(connection))
        time.sleep(3.5)
        assert processes.lives(pid)
    wait_until(lambda: not processes.lives(pid), what='the idle end')
    assert berthd.events('instance-ends', reason='idle')


def squat(port, **identity):
    """True when another process can listen on this port, on any address."""
    program = ('import socket, sys\n'
               f'for family, host in ((2, "127.0.0.1"), (2, ""), (10, "::1"), (10, "")):\n'
               '    probe = socket.socket(family)\n'
               '    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n'
               '    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)\n'
               '    try:\n'
               f'        probe.bind((host, {port}))\n'
               '        probe.listen()\n'
               '        sys.exit(1)\n'
               '    except OSError:\n'
               '        pass\n')
    return subprocess.run([machine.PYTHON, '-I', '-c', program], check=False, timeout=20, **identity).returncode != 0


@pytest.mark.parametrize('bind', ['berth', 'self'])
def test_a_port_that_was_used_is_in_quarantine(start, bind):
    """Nobody gets it, not even another user who waits for it."""
    first = machine.free_ports(2, range(61000, 65000))
    command = 'DIR/listener' if bind == 'berth' else 'DIR/binder {port} 0'
    berthd = start(section(bind=bind, command=command, ports=f'{first}-{first + 1}', quarantine='4s'))
    address = call_back(berthd)
    pid = talk(address)
    other = {'user': machine.account(), 'group': 'nogroup', 'extra_groups': []} if machine.ROOT else {}
    assert bind == 'self' or not squat(address[1], **other)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not processes.lives(pid))
    for _ in range(3 if bind == 'berth' else 0):
        assert not squat(address[1], **other)
        assert client.answers(address) != 'open'
        time.sleep(0.4)
    second = call_back(berthd)
    assert second[1] != address[1]
    assert client.ask(berthd.address, b'port\r\n').startswith(b'-busy ')
    wait_until(lambda: client.ask(berthd.address, b'port\r\n').startswith(b'>'), 10, 'the end of the quarantine')


def test_an_instance_for_all_outlives_the_launcher_that_started_it(start):
    """Whoever calls while it starts, and its launcher is gone, waits for it and is told."""
    berthd = start(section(bind='self', command='DIR/binder {port} 1', share='all'))
    with client.connect(berthd.address) as connection:
        connection.sendall(b'port\r\n')
        pid, = berthd.wait_for_functions(1)
        os.kill(berthd.roles('launcher')[0], signal.SIGKILL)
        address = call_back(berthd)
    assert talk(address) == pid
    assert call_back(berthd) == address


def test_an_instance_that_its_launcher_left_behind_ends(start):
    berthd = start(section(bind='self', command='/bin/sleep {port}', wait='1s'))
    with client.connect(berthd.address) as connection:
        connection.sendall(b'port\r\n')
        berthd.wait_for_functions(1)
        os.kill(berthd.roles('launcher')[0], signal.SIGKILL)
    berthd.wait_for_functions(0)


def test_what_the_port_broker_had_lent_is_known_to_the_next_one(start):
    first = machine.free_ports(3, range(61000, 65000))
    berthd = start(section(ports=f'{first}-{first + 2}'))
    lent = [call_back(berthd) for _ in range(2)]
    broker, = berthd.roles('port-broker')
    os.kill(broker, signal.SIGKILL)
    wait_until(lambda: berthd.roles('port-broker') not in ([], [broker]), what='another port broker')
    third = wait_until(lambda: client.ask(berthd.address, b'port\r\n').startswith(b'>') and 1, what='a port')
    assert third
    assert client.ask(berthd.address, b'port\r\n').startswith(b'-busy ')
    assert len({talk(address) for address in lent}) == 2


def test_a_caller_who_leaves_early_costs_nothing_for_long(start):
    berthd = start(section(bind='self', command='DIR/binder {port} 0.3', wait='1s'))
    for _ in range(5):
        with contextlib.closing(client.connect(berthd.address)) as connection:
            connection.sendall(b'port\r\n')
            client.reset(connection)
    wait_until(lambda: not berthd.functions(), 15, 'instances that nobody knows gone')


def test_the_socket_of_an_instance_is_blocking(start):
    berthd = start(section(command='/bin/sleep 60'))
    _, port = call_back(berthd)
    pid, = berthd.wait_for_functions(1)
    with open(f'/proc/{pid}/fdinfo/3', encoding='utf-8') as file:
        flags = next(int(line.split()[1], 8) for line in file if line.startswith('flags:'))
    assert flags & os.O_NONBLOCK == 0
    assert f'BERTH_PORT={port}' in processes.environment(pid)
