"""Relays carry octets: a server that knows nothing of berth, octet for octet, end for end."""
import contextlib
import hashlib
import os
import random
import resource
import socket
import struct
import threading
import time

import pytest

from support import client, machine, processes
from support.command import Asker
from support.processes import wait_until
from support.target import echo, is_reset, keep, other_end, relay_process, resident_kb, section, through

MANY = 2000
BIG = machine.as_often_as(100, 1000) << 20
WITHOUT_READER_KB = 20 << 10  # what a relay may grow by for the sake of readers who do not read


# ---- octets ----

def test_octets_go_both_ways(run_berthd, target):
    berthd = run_berthd(section(target()))
    for size in (0, 1, 7, 16383, 16384, 16385, 70000, 1 << 20):
        octets = random.Random(size).randbytes(size)
        assert client.say(berthd.address, b'OVER\r\n' + octets) == b'+\r\n' + octets, size


def test_pieces_go_at_once(run_berthd, target):
    berthd = run_berthd(section(target()))
    with through(berthd) as connection:
        for number in range(50):
            words = b'%d.' % number
            connection.sendall(words)
            assert client.read_all(connection, len(words)) == words


def test_a_target_that_speaks_first(run_berthd, target):
    berthd = run_berthd(section(target(lambda connection: connection.sendall(b'220 ready\r\n'))))
    with through(berthd) as connection:
        assert client.read_line(connection) == b'220 ready\r\n'


def test_the_target_may_greet(run_berthd, target):
    berthd = run_berthd(section(target(lambda connection: connection.sendall(b'+ it is me\r\n')), greet='function'))
    connection, answer = client.call(berthd.address, 'over')
    assert answer == b'+ it is me\r\n'
    connection.close()


def test_nothing_is_said_to_callers_who_said_nothing(run_berthd, target):
    """The silent function: no greeting, and no word when the target is down."""
    up = target(lambda connection: connection.sendall(b'220 ready\r\n'))
    second = machine.free_ports(1)
    berthd = run_berthd(section(up) + section(machine.free_ports(1), 'down')
                        + f'[listen second]\naddress = 127.0.0.1:{second}\nsilent = down\nfirst-message = 300ms\n',
                        listen='silent = over\nfirst-message = 300ms\n')
    with client.connect(berthd.address) as connection:
        assert client.read_line(connection) == b'220 ready\r\n'
    with client.connect(('127.0.0.1', second)) as connection:
        assert client.read_all(connection) == b''


def test_paths(run_berthd, target, tmp_path):
    path = str(tmp_path / 'socket')
    server = target(family=socket.AF_UNIX, address=path)
    os.chmod(path, 0o777)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    berthd = run_berthd(section(f'unix:{path}'), listen='address = 127.0.0.1:PORT, unix:DIR/call')
    for address in (berthd.address, str(berthd.directory / 'call')):
        with through(berthd, address=address) as connection:
            sums = []
            pouring = threading.Thread(target=lambda: sums.append(pour(connection, 8 << 20)))
            pouring.start()
            digest, octets = digest_of(connection)
            pouring.join()
            assert octets == 8 << 20 and sums == [digest]
    server.close()
    assert client.say(berthd.address, b'over\r\n').startswith(b'-failed ')


def test_a_path_whose_backlog_is_full(run_berthd, target, tmp_path):
    """The kernel does not let a connect to a path wait; the relay does."""
    path = str(tmp_path / 'socket')
    gate = threading.Event()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(0)
    os.chmod(path, 0o777)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    berthd = run_berthd(section(f'unix:{path}', connect_timeout='1500ms'))

    def serve():
        gate.wait(20)
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(accepted,), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    waiting = [client.connect(berthd.address) for _ in range(5)]
    for connection in waiting:
        connection.sendall(b'over\r\n')
    time.sleep(0.3)
    gate.set()
    for connection in waiting:
        assert client.read_line(connection) == b'+\r\n'
        connection.close()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize('family, text', [(socket.AF_INET6, '[::1]'), (socket.AF_INET, 'localhost')])
def test_names_and_families(run_berthd, target, family, text):
    server = target(family=family)
    berthd = run_berthd(section(f'{text}:{server.port}'))
    assert client.say(berthd.address, b'over\r\nbehind') == b'+\r\nbehind'


# ---- ends ----

def test_the_callers_end_is_passed_on(run_berthd, target):
    def answer_at_the_end(connection):
        octets = client.read_all(connection)
        connection.sendall(b'%d' % len(octets))
        connection.close()
    berthd = run_berthd(section(target(answer_at_the_end)))
    for size in (0, 5, 5 << 20):
        assert client.say(berthd.address, b'over\r\n' + bytes(size)) == b'+\r\n%d' % size


def test_the_targets_end_is_passed_on(run_berthd, target):
    server = target(keep)
    berthd = run_berthd(section(server))
    with through(berthd) as connection:
        far = other_end(server)
        far.sendall(b'last words')
        far.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == b'last words'
        for _ in range(3):  # the other direction lives on
            connection.sendall(b'more')
            assert client.read_all(far, 4) == b'more'
            time.sleep(0.05)
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(far) == b''


def test_a_reset_is_passed_on(run_berthd, target):
    server = target(keep)
    berthd = run_berthd(section(server))
    for number, caller_resets in enumerate((True, False), 1):
        near = through(berthd)
        far = other_end(server, number)
        near.sendall(b'x')
        assert far.recv(1) == b'x'
        one, another = (near, far) if caller_resets else (far, near)
        client.reset(one)
        assert is_reset(another), caller_resets
        near.close()


def test_what_was_said_before_a_reset_arrives(run_berthd, target):
    """A server that answers without reading everything closes with a reset; its answer counts all the same."""
    def answer_and_go(connection):
        connection.recv(1)
        connection.sendall(b'413 too much' * 1000)
        time.sleep(0.2)
        connection.close()
    berthd = run_berthd(section(target(answer_and_go)))
    with through(berthd) as connection:
        connection.sendall(bytes(50000))
        octets = b''
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                octets += piece
        assert octets == b'413 too much' * 1000


# ---- slow ones ----

def pour(connection, octets, seed=1):
    """Sends so many octets that are not alike, then ends; returns their digest."""
    digest = hashlib.sha256()
    block = random.Random(seed).randbytes(1 << 20)
    for number in range(octets >> 20):
        piece = struct.pack('!I', number) + block[4:]
        digest.update(piece)
        connection.sendall(piece)
    connection.shutdown(socket.SHUT_WR)
    return digest.hexdigest()


def digest_of(connection):
    digest, octets = hashlib.sha256(), 0
    while piece := connection.recv(1 << 20):
        digest.update(piece)
        octets += len(piece)
    return digest.hexdigest(), octets


@pytest.mark.timeout(machine.as_often_as(120, 1200))
@pytest.mark.parametrize('caller_pours', [True, False])
def test_a_slow_reader_stops_a_fast_writer(run_berthd, target, caller_pours):
    server = target(keep)
    berthd = run_berthd(section(server))
    pid = relay_process(berthd)
    near = through(berthd)
    far = other_end(server)
    before = resident_kb(pid)
    writer, reader = (near, far) if caller_pours else (far, near)
    writer.settimeout(60)
    sums = []
    pouring = threading.Thread(target=lambda: sums.append(pour(writer, BIG)), daemon=True)
    pouring.start()
    time.sleep(1)
    assert pouring.is_alive()  # it waits for the reader
    assert resident_kb(pid) - before < WITHOUT_READER_KB
    used = processes.cpu_seconds(pid)
    time.sleep(0.5)
    assert processes.cpu_seconds(pid) - used < 0.2  # and so does the relay
    for _ in range(20):
        time.sleep(0.01)
        reader.recv(1, socket.MSG_PEEK)
    digest, octets = digest_of(reader)
    pouring.join(60)
    assert octets == BIG and [digest] == sums
    assert resident_kb(pid) - before < WITHOUT_READER_KB
    near.close()


@pytest.mark.timeout(120)
def test_bulk_both_ways_at_once_beside_others(run_berthd, target):
    berthd = run_berthd(section(target()), listen='rate-per-source = off\n')
    size = 32 << 20
    results = []

    def through_and_back(seed):
        with through(berthd) as connection:
            connection.settimeout(100)
            sums = []
            pouring = threading.Thread(target=lambda: sums.append(pour(connection, size, seed)))
            pouring.start()
            results.append(digest_of(connection)[0])
            pouring.join()
            results.append(sums[0])
    threads = [threading.Thread(target=through_and_back, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    waits = []
    while any(thread.is_alive() for thread in threads):
        begin = time.monotonic()
        assert client.say(berthd.address, b'over\r\nquick') == b'+\r\nquick'
        waits.append(time.monotonic() - begin)
    assert len(results) == 6 and len(set(results)) == 3
    assert sorted(waits)[len(waits) // 2] < 2


def test_readers_who_do_not_read_cost_little(run_berthd, target):
    """Each costs at most a chunk; pipes are few."""
    server = target(lambda connection: connection.sendall(bytes(16 << 20)))
    berthd = run_berthd(section(server), listen='rate-per-source = off\n')
    pid = relay_process(berthd)
    before = resident_kb(pid)
    count = 100
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(through(berthd))
        time.sleep(1)
        assert resident_kb(pid) - before < count * 64 + 1024
        assert len(processes.descriptors(pid)) < 2 * count + 100
    wait_until(lambda: Asker(berthd).function('over')['relay']['open'] == 0, what='all closed')


# ---- many ----

def test_many_connections_in_one_process(run_berthd, target):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    many = min(MANY, hard // 8)
    server = target(keep)
    berthd = run_berthd(section(server, queue_max=2 * MANY, connections_per_source='off'),
                        listen='rate-per-source = off\ncalls-per-source = off\n')
    pid = relay_process(berthd)
    before = resident_kb(pid)
    try:
        with contextlib.ExitStack() as stack:
            near = [stack.enter_context(client.connect(berthd.address)) for _ in range(many)]
            for connection in near:
                connection.sendall(b'over\r\n')
            assert all(client.read_line(connection) == b'+\r\n' for connection in near)
            wait_until(lambda: len(server.connections) == many, 30, 'all of them')
            assert berthd.functions() == [pid]
            assert Asker(berthd).function('over')['relay']['open'] == many
            if not processes.is_sanitized(pid):
                assert resident_kb(pid) - before < many  # less than a kilobyte each
            used = processes.cpu_seconds(pid)
            time.sleep(1)
            assert processes.cpu_seconds(pid) - used < 0.2
            for number, connection in enumerate(near):
                connection.sendall(b'%08d' % number)
            said = {client.read_all(connection, 8) for connection in server.connections}
            assert said == {b'%08d' % number for number in range(many)}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    server.close()
    wait_until(lambda: Asker(berthd).function('over')['relay']['open'] == 0, 30, 'all closed')


def test_calls_beyond_connections_max_wait(run_berthd, target):
    berthd = run_berthd(section(target(), connections_max=2, queue_timeout='20s'))
    first, second = through(berthd), through(berthd)
    with client.connect(berthd.address) as third:
        third.sendall(b'over\r\nthird')
        third.settimeout(0.5)
        with pytest.raises(TimeoutError):
            third.recv(1)
        third.settimeout(client.TIMEOUT)
        first.close()
        assert client.read_all(third, 8) == b'+\r\nthird'
    second.close()


def test_a_call_that_waited_too_long_is_told(run_berthd, target):
    berthd = run_berthd(section(target(), connections_max=1, queue_timeout='500ms'))
    with through(berthd), client.connect(berthd.address) as second:
        second.sendall(b'over\r\n')
        assert client.read_all(second).startswith(b'-timeout ')


def test_one_source_has_its_share_only(run_berthd, target):
    berthd = run_berthd(section(target(), connections_per_source=3))
    held = [through(berthd) for _ in range(3)]
    assert client.ask(berthd.address, b'over\r\n').startswith(b'-limit ')
    with client.connect(berthd.address, source='127.0.0.2') as other:
        other.sendall(b'over\r\nx')
        assert client.read_all(other, 4) == b'+\r\nx'
    held.pop().close()
    wait_until(lambda: client.say(berthd.address, b'over\r\nx') == b'+\r\nx', what='room for it')
    for connection in held:
        connection.close()
