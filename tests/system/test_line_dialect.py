"""The line dialect on the wire: what clients may say, what they are told, and not one octet more or less."""
import concurrent.futures
import random
import shutil
import socket
import subprocess
import time

import pytest

from support import client, machine
from support.command import Asker

CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
CUTS = machine.as_often_as(300, 10000)


@pytest.fixture(name='cat')
def _cat(run_berthd):
    return run_berthd(CAT, listen='rate-per-source = off')


@pytest.mark.parametrize('line', [b'cat\r\n', b'CAT\r\n', b'Cat\n', b'cat key=a.B_9-\r\n',
                                  b'cat key=' + b'k' * 32 + b'\n'])
def test_a_name_is_accepted(cat, line):
    assert client.say(cat.address, line + b'octets') == b'+\r\noctets'


@pytest.mark.parametrize('line', [
    b'\r\n', b'\n', b' cat\r\n', b'cat \r\n', b'cat\r\r\n', b'cat\x00\r\n', b'\x00', b'c\xc3\xa4t\r\n',
    b'-cat\r\n', b'cat-\r\n', b'c--t\r\n', b'123\r\n', b'cat+\r\n', b'+\r\n', b'../cat\r\n', b'cat cat\r\n',
    b'cat key=\r\n', b'cat key=a b\r\n', b'cat key=a/b\r\n', b'cat key=' + b'k' * 33 + b'\r\n', b'cat Key=a\r\n',
    b'cat host=a\r\n', b'cat  key=a\r\n', b'HELP me\r\n', b'sixteen-letters-\r\n', b'a' * 16, b'a' * 600,
    b'GET / HTTP/1.1\r\nHost: cat\r\n\r\n', b'\x16\x03\x01\x02\x00\x01', b'SSH-2.0-x\r\n', b'\xff' * 700])
def test_malformed_is_said_at_once(cat, line):
    assert client.ask(cat.address, line).startswith(b'-malformed ')


@pytest.mark.parametrize('line', [b'ca\r\n', b'cats\r\n', b'c-at\r\n', b'x' * 15 + b'\n', b'helper\r\n',
                                  b'c4t key=a\r\n'])
def test_unknown(cat, line):
    assert client.say(cat.address, line).startswith(b'-unknown ')


def test_help_lists_what_may_be_called_here(run_berthd):
    second = machine.free_ports(1)
    berthd = run_berthd(CAT + '[function dog]\nhandover = spawn\ncommand = /bin/cat\n'
                        '[function cow]\nhandover = spawn\ncommand = /bin/cat\ndeny = 127.0.0.2\n'
                        f'[listen second]\naddress = 127.0.0.1:{second}\nfunctions = DOG\n')
    assert client.say(berthd.address, b'HELP\r\n') == b'cat\r\ncow\r\ndog\r\n'
    assert client.say(berthd.address, b'help\n') == b'cat\r\ncow\r\ndog\r\n'
    assert client.say(berthd.address, b'Help\n', source='127.0.0.2') == b'cat\r\ndog\r\n'
    assert client.say(('127.0.0.1', second), b'HELP\r\n') == b'dog\r\n'
    assert client.say(('127.0.0.1', second), b'cat\r\n').startswith(b'-unknown ')


def test_help_of_many_functions_is_read_slowly(make_berthd):
    names = sorted(f'function-{number}' for number in range(10000))
    command = 'handover = spawn\ncommand = /bin/cat\n'
    berthd = make_berthd(''.join(f'[function {name}]\n{command}' for name in names)).start()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(client.TIMEOUT)
        connection.connect(berthd.address)
        connection.sendall(b'HELP\r\n')
        octets = b''
        for _ in range(40):
            time.sleep(0.02)
            octets += connection.recv(1000)
        octets += client.read_all(connection)
    assert octets == ''.join(f'{name}\r\n' for name in names).encode()


def test_every_refusal_is_one_line_and_an_end(run_berthd):
    berthd = run_berthd(
        CAT + 'deny = 127.0.0.2\n'
        '[function busy]\nhandover = spawn\ncommand = /bin/sleep 60\nprocesses-max = 1\n'
        '[function limit]\nhandover = spawn\ncommand = /bin/sleep 60\nprocesses-per-source = 1\n'
        '[function failed]\nhandover = spawn\ncommand = /nowhere/program\n',
        listen='first-message = 500ms')
    held = [client.call(berthd.address, name) for name in ('busy', 'limit')]
    assert [line for _, line in held] == [b'+\r\n', b'+\r\n']
    for name, word in (('nobody', 'unknown'), ('busy', 'busy'), ('limit', 'limit'), ('failed', 'failed'),
                       ('failed', 'failed'), ('cat extra', 'malformed'), (None, 'timeout')):
        octets = client.read_all(client.connect(berthd.address)) if name is None else \
            client.say(berthd.address, name.encode() + b'\r\n')
        assert octets.startswith(f'-{word} '.encode()), (name, octets)
        assert octets.endswith(b'\r\n') and octets.count(b'\n') == 1
    assert client.say(berthd.address, b'cat\r\n', source='127.0.0.2').startswith(b'-denied ')
    Asker(berthd).ask('drain', 'cat')
    assert client.say(berthd.address, b'cat\r\n').startswith(b'-draining ')


# ---- the wire ----

def test_cut_at_every_octet(cat):
    message = b'CAT key=abc\r\nbehind'
    for at in range(len(message) + 1):
        with client.connect(cat.address) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(message[:at])
            time.sleep(0.02)
            connection.sendall(message[at:])
            connection.shutdown(socket.SHUT_WR)
            assert client.read_all(connection) == b'+\r\nbehind', at


def test_one_octet_at_a_time(cat):
    with client.connect(cat.address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in b'CAT\r\nbehind':
            connection.sendall(bytes([octet]))
            time.sleep(0.005)
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == b'+\r\nbehind'


def send_in_pieces(address, message, chance):
    """Sends the message cut at random places, some with a pause between them."""
    with client.connect(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while message:
            size = chance.choice((1, 2, 3, 5, 20, 500, 5000))
            connection.sendall(message[:size])
            message = message[size:]
            if chance.random() < 0.1:
                time.sleep(0.002)
        connection.shutdown(socket.SHUT_WR)
        return client.read_all(connection)


@pytest.mark.timeout(machine.as_often_as(60, 900))
def test_not_one_octet_is_eaten(cat):
    def once(seed):
        chance = random.Random(seed)
        behind = chance.randbytes(chance.choice((0, 1, 2, 10, 600, 4000)))
        line = chance.choice((b'cat\r\n', b'CAT\n', b'cat key=k\r\n'))
        return send_in_pieces(cat.address, line + behind, chance) == b'+\r\n' + behind

    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        wrong = [seed for seed, right in zip(range(CUTS), threads.map(once, range(CUTS))) if not right]
    assert wrong == []


def test_half_closed_clients(cat):
    assert client.say(cat.address, b'cat\r\n') == b'+\r\n'
    assert client.say(cat.address, b'cat').startswith(b'-malformed ')
    assert client.say(cat.address, b'cat\r').startswith(b'-malformed ')
    assert client.say(cat.address, b'') == b''


def test_a_refusal_is_read_although_more_was_sent(cat):
    for _ in range(20):
        with client.connect(cat.address) as connection:
            connection.sendall(b'nobody\r\n' + bytes(60 * 1024))
            assert client.read_all(connection).startswith(b'-unknown ')
            connection.sendall(b'more')


def test_all_families(run_berthd):
    berthd = run_berthd(CAT, listen='address = 127.0.0.1:PORT, [::1]:PORT, unix:DIR/call')
    for address in (berthd.address, ('::1', berthd.port), str(berthd.directory / 'call')):
        assert client.say(address, b'cat\r\nbehind') == b'+\r\nbehind'
        assert client.say(address, b'HELP\r\n') == b'cat\r\n'


@pytest.mark.parametrize('mode', [None, 0o600, 0o622])
def test_who_may_connect_to_a_unix_socket(run_berthd, mode):
    line = '' if mode is None else f'\nsocket-mode = {mode:04o}'
    berthd = run_berthd(CAT, listen='address = unix:DIR/call' + line)
    path = berthd.directory / 'call'
    assert path.stat().st_mode & 0o777 == (0o666 if mode is None else mode)
    assert client.say(str(path), b'cat\r\nbehind') == b'+\r\nbehind'


def test_a_kernel_that_holds_connections_until_something_is_said(run_berthd):
    berthd = run_berthd(CAT, listen='defer-accept = yes')
    with client.connect(berthd.address) as connection:
        time.sleep(0.2)
        connection.sendall(b'cat\r\nbehind')
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == b'+\r\nbehind'


def test_a_function_that_greets_by_itself(run_berthd):
    berthd = run_berthd('[function own]\nhandover = spawn\ngreet = function\ncommand = /bin/echo +mine\n')
    assert client.say(berthd.address, b'own\r\n') == b'+mine\n'


# ---- clients of others ----

def run(*words, say=b''):
    return subprocess.run(words, input=say, capture_output=True, timeout=20, check=False).stdout


@pytest.mark.parametrize('words,say', [
    (['curl', '-s', 'gopher://127.0.0.1:{port}/1HELP'], b''),
    (['nc', '-C', '-N', '127.0.0.1', '{port}'], b'HELP\n'),
    (['socat', '-t5', '-', 'TCP4:127.0.0.1:{port},crnl'], b'HELP\n'),
    (['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/{port}; echo HELP >&3; cat <&3'], b'')])
def test_clients_of_others(cat, words, say):
    if shutil.which(words[0]) is None:
        pytest.skip(f'needs {words[0]}')
    assert run(*(word.format(port=cat.port) for word in words), say=say).split() == [b'cat']


def test_curl_gets_what_a_function_says(run_berthd):
    berthd = run_berthd('[function motd]\nhandover = spawn\ncommand = /bin/echo hello\n')
    assert run('curl', '-s', f'gopher://127.0.0.1:{berthd.port}/0motd') == b'+\r\nhello\n'


@machine.needs_root
@machine.needs('finger')
def test_finger_is_a_client(run_berthd):
    host = f'127.79.{random.randrange(256)}.{random.randrange(1, 255)}'
    run_berthd('[function motd]\nhandover = spawn\ncommand = /bin/echo hello\n', listen=f'address = {host}:79')
    assert b'hello' in run('finger', f'motd@{host}')
