"""`berth call` and `berth list`: clients for people, against berthd and against servers that misbehave."""
import os
import select
import socket
import subprocess
import threading

import pytest

from support import client, machine
from support.command import COULD_NOT, DONE, NO, PROGRAM, SECONDS, Asker, berth

CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
DOG = '[function dog]\nhandover = spawn\ncommand = /bin/cat\n'


@pytest.fixture(name='asker')
def _asker(run_berthd):
    return Asker(run_berthd(CAT + DOG))


def test_call_joins_both_ways(asker):
    octets = os.urandom(3 << 20)
    assert asker.call('cat', octets=octets) == octets


def test_call_by_unix_socket(run_berthd):
    berthd = run_berthd(CAT, listen='address = unix:DIR/port')
    assert berth('call', '--at', f'unix:{berthd.directory}/port', 'cat', octets=b'x') == b'x'
    assert berth('list', '--at', f'unix:{berthd.directory}/port') == b'cat\n'


def test_call_refused(asker):
    assert asker.call('nope', code=NO).startswith('berth: nope: refused: unknown ')
    asker.ask('drain', 'cat')
    assert asker.call('cat', code=NO).startswith('berth: cat: refused: draining ')


def test_call_nobody_there():
    address = f'127.0.0.1:{machine.free_ports(1)}'
    assert 'nobody listens' in berth('call', '--at', address, 'cat', code=COULD_NOT)
    assert 'nobody listens' in berth('list', '--at', address, code=COULD_NOT)
    assert 'no such host' in berth('call', '--at', 'unix:/nonexistent/socket', 'cat', code=COULD_NOT)


def server_that(serve):
    """A server for one connection; returns its address and the thread to join."""
    listener = socket.create_server(('127.0.0.1', 0))

    def run():
        with listener:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(SECONDS)
                serve(connection)
    thread = threading.Thread(target=run)
    thread.start()
    return f'127.0.0.1:{listener.getsockname()[1]}', thread


def test_call_times_out():
    over = threading.Event()
    address, thread = server_that(lambda connection: over.wait(SECONDS))
    assert 'no answer in time' in berth('call', '--at', address, '--timeout', '0.2', 'cat', code=COULD_NOT)
    over.set()
    thread.join()


def test_call_what_is_no_rendezvous_port():
    def serve(connection):
        connection.sendall(b'220 smtp ready!\r\n')
        client.read_line(connection)
    for verb in (['call', 'cat'], ['list']):
        address, thread = server_that(serve)
        assert 'not as a rendezvous port' in berth(*verb, '--at', address, code=COULD_NOT)
        thread.join()


def test_end_of_input_closes_one_half_only():
    def serve(connection):
        client.read_line(connection)
        connection.sendall(b'+\r\n')
        assert client.read_all(connection) == b'question'
        connection.sendall(b'answer')
    address, thread = server_that(serve)
    assert berth('call', '--at', address, 'cat', octets=b'question') == b'answer'
    thread.join()


def test_the_other_end_closes_first():
    def serve(connection):
        client.read_line(connection)
        connection.sendall(b'+\r\nbye')
    address, thread = server_that(serve)
    with subprocess.Popen([PROGRAM, 'call', '--at', address, 'cat'], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        # Its input stays open.
        assert process.stdout.read() == b'bye'
        assert process.wait(SECONDS) == DONE
    thread.join()


def test_a_connection_broken_off_is_no_good_end():
    def serve(connection):
        client.read_line(connection)
        connection.sendall(b'+\r\n')
        client.read_all(connection, 4)
        client.reset(connection)
    address, thread = server_that(serve)
    assert 'broke the connection off' in berth('call', '--at', address, 'cat', octets=b'1234', code=COULD_NOT)
    thread.join()


def test_call_whose_output_nobody_reads(asker):
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen([PROGRAM, 'call', *asker.at, 'cat'], stdin=subprocess.PIPE, stdout=writing,
                          stderr=subprocess.PIPE) as process:
        os.close(writing)
        _, said = process.communicate(b'x' * 100000, timeout=SECONDS)
    assert process.returncode == COULD_NOT and b'standard output: Broken pipe' in said


def test_neither_way_waits_for_the_other(asker):
    """We write all before we read anything, and it is more than all buffers hold that stand still."""
    octets = os.urandom(1 << 20)
    with subprocess.Popen([PROGRAM, 'call', *asker.at, 'cat'], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        received = b''
        os.set_blocking(process.stdin.fileno(), False)
        sent = 0
        while sent < len(octets):
            readable, writable, _ = select.select([process.stdout], [process.stdin], [], SECONDS)
            assert readable or writable
            if writable:
                sent += os.write(process.stdin.fileno(), octets[sent:sent + 70000])
            if readable and not writable:
                received += os.read(process.stdout.fileno(), 5000)
        process.stdin.close()
        received += process.stdout.read()
        assert received == octets
        assert process.wait(SECONDS) == DONE


@pytest.mark.parametrize('closed', ['<&-', '>&-', '2>&-', '<&- >&- 2>&-'])
def test_call_without_standard_descriptors(asker, closed):
    words = f"'{PROGRAM}' call {' '.join(asker.at)} cat {closed}"
    ran = subprocess.run(['/bin/sh', '-c', words], input=b'x', capture_output=True, timeout=SECONDS, check=False)
    assert ran.returncode == DONE and ran.stderr == b''
    assert ran.stdout == (b'x' if closed == '2>&-' else b'')


# ---- list ----

def test_list(asker):
    assert berth('list', *asker.at) == b'cat\ndog\n'


def test_list_refused(run_berthd):
    asker = Asker(run_berthd(CAT, listen='deny = 127.0.0.0/8'))
    assert berth('list', *asker.at, code=NO).startswith('berth: refused: denied ')


@pytest.mark.parametrize('answer, code, said', [
    (b'-busy \x1b[31m\xff\r\n', NO, 'berth: refused: busy ?[31m?\n'),
    (b'cat\r\n\x1b[31m\r\n', COULD_NOT, 'not as a rendezvous port does\n'),
    (b'c' * 600, COULD_NOT, 'not as a rendezvous port does\n')])
def test_list_shows_nothing_that_drives_a_terminal(answer, code, said):
    def serve(connection):
        assert client.read_line(connection) == b'HELP\r\n'
        connection.sendall(answer)
    address, thread = server_that(serve)
    assert berth('list', '--at', address, code=code).endswith(said)
    thread.join()
