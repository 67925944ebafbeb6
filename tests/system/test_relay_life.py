"""Relays as processes: targets that fail, what targets are told, reloads, ends, and what a relay may do."""
import contextlib
import os
import pathlib
import platform
import signal
import socket
import struct
import subprocess
import time

import pytest

from support import client, machine, processes
from support.command import Asker
from support.processes import wait_until
from support.target import is_reset, keep, other_end, relay_process, section, through


# ---- targets that fail ----

def test_a_target_that_is_down(run_berthd, target):
    port = machine.free_ports(1)
    berthd = run_berthd(section(port))
    for _ in range(3):
        assert client.say(berthd.address, b'over\r\nbehind').startswith(b'-failed ')
    with client.connect(berthd.address) as connection:  # the answer survives what is sent on
        connection.sendall(b'over\r\n' + bytes(60000))
        assert client.read_all(connection).startswith(b'-failed ')
    assert Asker(berthd).function('over')['relay']['connect_failed'] == 4
    assert berthd.wait_for_event('output', function='over')
    target(address=('127.0.0.1', port))
    assert client.say(berthd.address, b'over\r\nbehind') == b'+\r\nbehind'


@contextlib.contextmanager
def black_hole():
    """A port that neither accepts nor refuses: its backlog is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(('127.0.0.1', 0))
        listener.listen(0)
        for _ in range(20):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.2)
            try:
                filler.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            pytest.skip('the backlog does not fill')
        yield listener.getsockname()[1]


def test_a_target_that_does_not_answer(run_berthd):
    with black_hole() as port:
        berthd = run_berthd(section(port, connect_timeout='700ms'))
        with client.connect(berthd.address) as connection:
            begin = time.monotonic()
            connection.sendall(b'over\r\n')
            assert client.read_all(connection).startswith(b'-failed ')
            assert 0.6 < time.monotonic() - begin < 5
        relay = Asker(berthd).function('over')['relay']
        assert relay['connect_timeouts'] == 1 and relay['connect_failed'] == 0 and relay['open'] == 0


def test_a_target_that_has_no_address(run_berthd):
    berthd = run_berthd(section('nowhere.invalid:1'))
    berthd.wait_for_event('start-failed', function='over', seconds=30)
    assert client.say(berthd.address, b'over\r\n').startswith(b'-failed ')


def test_silence_ends_a_connection(run_berthd, target):
    server = target()
    berthd = run_berthd(section(server, idle_timeout='600ms'))
    with through(berthd) as connection:
        begin = time.monotonic()
        for _ in range(4):  # as long as something is said, either way, it lives
            time.sleep(0.3)
            connection.sendall(b'x')
            assert connection.recv(1) == b'x'
        assert client.read_all(connection) == b''
        assert 1.6 < time.monotonic() - begin < 8
    assert Asker(berthd).function('over')['relay']['idle_timeouts'] == 1


# ---- who calls ----

def headers_seen(target_factory):
    """A target that keeps what it is told first."""
    seen = []

    def serve(connection):
        seen.append(client.read_all(connection))
        connection.close()
    return target_factory(serve), seen


def v2_tcp4(source, source_port, called, called_port):
    return (b'\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c' + socket.inet_aton(source) + socket.inet_aton(called)
            + struct.pack('!HH', source_port, called_port))


@pytest.mark.parametrize('version', ['v1', 'v2'])
def test_the_target_is_told_who_calls(run_berthd, target, version):
    server, seen = headers_seen(target)
    berthd = run_berthd(section(server, proxy_protocol=version), listen='proxy-protocol = required-from 127.0.0.7')
    with client.connect(berthd.address, source='127.0.0.9') as connection:
        port = connection.getsockname()[1]
        connection.sendall(b'over\r\nbehind')
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == b'+\r\n'
    words = f'PROXY TCP4 127.0.0.9 127.0.0.1 {port} {berthd.port}\r\n'.encode()
    assert seen == [(words if version == 'v1' else v2_tcp4('127.0.0.9', port, '127.0.0.1', berthd.port)) + b'behind']
    # Told ourselves, we tell it on.
    assert client.say(berthd.address, b'PROXY TCP4 192.0.2.1 192.0.2.2 4711 1\r\nover\r\n', source='127.0.0.7') == \
        b'+\r\n'
    words = f'PROXY TCP4 192.0.2.1 127.0.0.1 4711 {berthd.port}\r\n'.encode()
    assert seen[1] == (words if version == 'v1' else v2_tcp4('192.0.2.1', 4711, '127.0.0.1', berthd.port))


def test_ipv6_and_paths_are_told_too(run_berthd, target):
    server, seen = headers_seen(target)
    berthd = run_berthd(section(server, 'one', proxy_protocol='v1') + section(server, 'two', proxy_protocol='v2'),
                        listen='address = [::1]:PORT, unix:DIR/call')
    with client.connect(('::1', berthd.port)) as connection:
        port = connection.getsockname()[1]
        connection.sendall(b'one\r\n')
        connection.shutdown(socket.SHUT_WR)
        client.read_all(connection)
    assert seen[-1] == f'PROXY TCP6 ::1 ::1 {port} {berthd.port}\r\n'.encode()
    path = str(berthd.directory / 'call')
    client.say(path, b'one\r\n')
    assert seen[-1] == b'PROXY UNKNOWN\r\n'
    client.say(path, b'two\r\n')
    assert seen[-1] == b'\r\n\r\n\0\r\nQUIT\n\x21\x31\x00\xd8' + bytes(108) + path.encode().ljust(108, b'\0')


# ---- living with it ----

def test_a_reload_leaves_connections_alone(run_berthd, target):
    server = target()
    berthd = run_berthd(section(server))
    pid = relay_process(berthd)
    with through(berthd) as connection:
        assert berthd.reload()
        connection.sendall(b'still')
        assert client.read_all(connection, 5) == b'still'
        assert berthd.functions() == [pid]


@pytest.mark.timeout(90)
def test_a_relay_that_is_replaced_serves_its_connections_out(run_berthd, target):
    old, new = target(), target(lambda connection: connection.sendall(b'new'))
    berthd = run_berthd(section(old))
    pid = relay_process(berthd)
    with through(berthd) as connection:
        berthd.configure(section(new))
        assert berthd.reload()
        successor, = set(berthd.wait_for_functions(2)) - {pid}
        for _ in range(5):
            with through(berthd) as other:
                assert client.read_all(other, 3) == b'new'
        time.sleep(6.5)  # what is told to end is killed after 5 s; this is not
        connection.sendall(b'still')
        assert client.read_all(connection, 5) == b'still'
        states = {entry['pid']: entry['state'] for entry in Asker(berthd).function('over')['running']}
        assert states == {pid: 'ending', successor: 'running'}
    assert berthd.wait_for_functions(1) == [successor]


def test_fewer_relays(run_berthd, target):
    server = target()
    berthd = run_berthd(section(server, workers=3))
    berthd.wait_for_functions(3)
    connections = [through(berthd) for _ in range(12)]
    berthd.configure(section(server, workers=1))
    assert berthd.reload()
    for connection in connections:
        connection.sendall(b'still')
        assert client.read_all(connection, 5) == b'still'
        connection.close()
    berthd.wait_for_functions(1)
    assert client.say(berthd.address, b'over\r\nx') == b'+\r\nx'


def test_a_function_that_goes_serves_its_connections_out(run_berthd, target):
    cat = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
    berthd = run_berthd(section(target()) + cat)
    with through(berthd) as connection:
        berthd.configure(cat)
        assert berthd.reload()
        assert client.say(berthd.address, b'over\r\n').startswith(b'-unknown ')
        connection.sendall(b'still')
        assert client.read_all(connection, 5) == b'still'
    berthd.wait_for_functions(0)


def test_berthd_ends_and_relays_with_it(run_berthd, target):
    server = target(keep)
    berthd = run_berthd(section(server))
    with through(berthd) as connection:
        far = other_end(server)
        begin = time.monotonic()
        berthd.stop()
        assert time.monotonic() - begin < 4
        assert client.read_all(connection) == b'' and client.read_all(far) == b''


def test_a_relay_that_dies_is_replaced(run_berthd, target):
    berthd = run_berthd(section(target()), general='queue-timeout = 20s\n')
    pid = relay_process(berthd)
    connection = through(berthd)
    time.sleep(1)
    os.kill(pid, signal.SIGKILL)
    assert is_reset(connection) or True  # its connections end
    connection.close()
    assert client.say(berthd.address, b'over\r\nx') == b'+\r\nx'
    assert Asker(berthd).function('over')['relay'] == {
        'open': 0, 'total': 2, 'octets_to_target': 1, 'octets_to_client': 1, 'connect_failed': 0,
        'connect_timeouts': 0, 'idle_timeouts': 0}


def test_what_is_counted_outlives_the_launcher(run_berthd, target):
    berthd = run_berthd(section(target()))
    with through(berthd) as connection:
        os.kill(berthd.roles('launcher')[0], signal.SIGKILL)
        berthd.wait_for_event('role-ended', role='launcher')
        wait_until(lambda: berthd.roles('launcher'), what='another launcher')
        connection.sendall(b'12345')
        assert client.read_all(connection, 5) == b'12345'
        relay = Asker(berthd).function('over')['relay']
        assert relay['open'] == 1 and relay['octets_to_target'] == 5 and relay['octets_to_client'] == 5


def test_status_and_metrics(run_berthd, target):
    berthd = run_berthd(section(target()) + '[function cat]\nhandover = spawn\ncommand = /bin/cat\n')
    asker = Asker(berthd)
    assert client.say(berthd.address, b'over\r\nsix by') == b'+\r\nsix by'
    with through(berthd):
        text = asker.text('status', 'over')
        assert 'relayed     open 1, all 2; octets to the target 6, to clients 6\n' in text
        assert 'handover    relay, as ' in text
        metrics = asker.metrics()
        of_over = (('function', 'over'),)
        assert metrics['berth_relay_connections'] == {of_over: 1}
        assert metrics['berth_relay_connections_total'] == {of_over: 2}
        assert metrics['berth_relay_to_target_octets_total'] == {of_over: 6}
        assert metrics['berth_relay_to_client_octets_total'] == {of_over: 6}
        assert metrics['berth_relay_target_failed_total'] == {of_over: 0}
    assert 'relay' not in asker.function('cat')


# ---- what it may do ----

def test_a_relay_has_next_to_nothing(run_berthd, target):
    berthd = run_berthd(section(target()))
    pid = relay_process(berthd)
    wait_until(lambda: processes.status(pid)['Seccomp'] == ['2'], what='the sandbox')
    status = processes.status(pid)
    assert status['NoNewPrivs'] == ['1']
    for name in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb', *(['CapBnd'] if machine.ROOT else [])):
        assert int(status[name][0], 16) == 0, name
    assert status['Uid'] == processes.status(berthd.roles('acceptor')[0])['Uid']
    if machine.ROOT:
        assert '0' not in status['Uid'] and '0' not in status['Gid']
        assert pathlib.Path(f'/proc/{pid}/maps').owner() == 'root'  # not dumpable


@machine.needs_root
def test_a_relay_runs_as_whom_it_is_told(run_berthd, target):
    user = machine.account()
    berthd = run_berthd(section(target(), user=user))
    uid, gid, _ = machine.identity(user)
    status = processes.status(relay_process(berthd))
    assert status['Uid'] == [str(uid)] * 4 and status['Gid'] == [str(gid)] * 4


# What syscall(2) is told on this architecture: files, programs, sockets of other kinds, listening, looking at others.
ATTEMPTS = {
    'openat': '257, -100, "/etc/passwd", 0', 'execve': '59, "/bin/sh", 0, 0', 'clone': '56, 17, 0, 0',
    'ipv6': '41, 10, 1, 0', 'unix': '41, 1, 1, 0', 'udp': '41, 2, 2, 0', 'raw': '41, 16, 3, 0',
    'bind': '49, 3, 0, 0', 'listen': '50, 3, 1', 'kill': '62, 1, 0', 'ptrace': '101, 0, 0, 0',
    'setsockopt': '54, 3, 1, 26, 0, 0', 'memory-to-execute': '9, 0, 4096, 7, 34, -1, 0', 'prctl': '157, 4, 1, 0',
    'io_uring_setup': '425, 1, 0',
}


@machine.needs_root
@machine.needs('gdb')
@pytest.mark.skipif(platform.machine() != 'x86_64', reason='knows the system calls of x86_64')
@pytest.mark.parametrize('attempt', ATTEMPTS)
def test_a_relay_that_was_taken_over_can_do_nothing(run_berthd, target, attempt):
    """R28: as if hostile octets had got control of it: it dies of it, and the next one serves."""
    berthd = run_berthd(section(target()), general='queue-timeout = 20s\n')
    assert client.say(berthd.address, b'over\r\nx') == b'+\r\nx'
    pid = relay_process(berthd)
    if processes.is_sanitized(pid):
        pytest.skip('in a build with sanitizers the sandbox does not kill')
    time.sleep(1)
    said = subprocess.run(['gdb', '-q', '-batch', '-nx', '-p', str(pid),
                           '-ex', f'print (long)syscall({ATTEMPTS[attempt]})'],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=50).stdout
    assert 'SIGSYS' in said, said
    wait_until(lambda: not processes.lives(pid), what='the end of that process')
    assert client.say(berthd.address, b'over\r\nx') == b'+\r\nx'


# ---- configuration ----

@pytest.mark.parametrize('text, words', [
    ('', 'needs "target'), ('target = nowhere\n', 'target'), ('target = host:0\n', 'target'),
    ('target = ::1:25\n', 'target'), ('target = [host]:25\n', 'target'), ('target = unix:relative\n', 'unix:'),
    ('target = a:1\ncommand = /bin/cat\n', '"command" has no meaning'), ('target = a:1\nworkers = 0\n', 'workers'),
    ('target = a:1\nproxy-protocol = v3\n', 'off, v1 or v2'), ('target = a:1\nread-only = /\n', 'has no meaning'),
    ('target = a:1\nprocesses-max = 3\n', 'has no meaning')])
def test_what_is_wrong_is_said(make_berthd, text, words):
    berthd = make_berthd('[function over]\nhandover = relay\n' + text)
    berthd.start(ready=False)
    assert berthd.process.wait(20) == 2
    assert words in berthd.log(), berthd.log()


def test_by_hand():
    program = str(machine.PROGRAMS / 'berth-relay')
    assert subprocess.run([program, '--help'], capture_output=True, check=True).stdout.startswith(b'Usage: ')
    for arguments in ([], ['--target'], ['--target', 'a:1', 'more'], ['--target', 'a:1', '--idle-timeout', 'x'],
                      ['--target', 'a:1', '--proxy-protocol', 'v3'], ['--nothing']):
        assert subprocess.run([program, *arguments], capture_output=True, check=False).returncode == 2, arguments
    ran = subprocess.run([program, '--target', '127.0.0.1:1'], capture_output=True, check=False)
    assert ran.returncode == 3 and b'BERTH_WORKER_FD' in ran.stderr
