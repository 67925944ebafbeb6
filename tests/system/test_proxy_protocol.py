"""Listeners that trusted proxies call: the header is owed by them, and nobody else's octets are ever taken for one."""
import ipaddress
import re
import socket
import struct
import subprocess
import time

import pytest

from support import client, machine
from support.command import Asker

PROXY = '127.0.0.7'  # tests bind here to be the proxy
CLIENT = '192.0.2.66'
SHOW = '[function show]\nhandover = spawn\ncommand = /usr/bin/env\n'
CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
REQUIRED = f'proxy-protocol = required-from {PROXY}\nrate-per-source = off\n'
SIGNATURE = b'\r\n\r\n\0\r\nQUIT\n'


def v1(source=CLIENT, port=4711):
    family = 'TCP6' if ':' in source else 'TCP4'
    called = '2001:db8::1' if ':' in source else '198.51.100.1'
    return f'PROXY {family} {source} {called} {port} 1\r\n'.encode()


def v2(source=CLIENT, port=4711, command=0x21, extensions=b''):
    address = ipaddress.ip_address(source)
    called = ipaddress.ip_address('2001:db8::1' if address.version == 6 else '198.51.100.1')
    block = address.packed + called.packed + struct.pack('!HH', port, 1) + extensions
    family = 0x21 if address.version == 6 else 0x11
    return SIGNATURE + struct.pack('!BBH', command, family, len(block)) + block


def local(command=0x20, family=0, block=b''):
    return SIGNATURE + struct.pack('!BBH', command, family, len(block)) + block


HEADERS = {
    'v1': v1(), 'v2': v2(), 'v2 with extensions': v2(extensions=b'\x02\x00\x0bexample.com\x04\x00\x03\0\0\0'),
}


def shown(octets):
    """What the function's process saw of its caller."""
    assert octets.startswith(b'+\r\n'), octets
    return dict(line.split('=', 1) for line in octets[3:].decode().splitlines())


@pytest.fixture(name='berthd')
def _berthd(run_berthd):
    return run_berthd(SHOW + CAT, listen=REQUIRED)


def say(berthd, octets, source=PROXY):
    return client.say(berthd.address, octets, source=source)


# ---- the header ----

@pytest.mark.parametrize('header', HEADERS.values(), ids=HEADERS.keys())
def test_the_told_address_is_the_callers(berthd, header):
    variables = shown(say(berthd, header + b'show\r\n'))
    assert variables['PROTO'] == 'TCP'
    assert variables['TCPREMOTEIP'] == variables['REMOTE_ADDR'] == CLIENT
    assert variables['TCPREMOTEPORT'] == variables['REMOTE_PORT'] == '4711'
    assert variables['TCPLOCALIP'] == '127.0.0.1'
    assert variables['BERTH_PROXY'] == PROXY


@pytest.mark.parametrize('make', [v1, v2])
def test_ipv6_is_told(berthd, make):
    assert shown(say(berthd, make('2001:db8::5') + b'show\r\n'))['REMOTE_ADDR'] == '2001:db8::5'


@pytest.mark.parametrize('header', [b'PROXY UNKNOWN\r\n', b'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', local(),
                                    local(block=b'anything'), local(0x21, 0x00), local(0x21, 0x31, bytes(216)),
                                    local(0x20, 0x11, bytes(12)), local(0x21, 0x12, bytes(12))])
def test_the_proxys_own_connections_keep_their_address(berthd, header):
    variables = shown(say(berthd, header + b'show\r\n'))
    assert variables['REMOTE_ADDR'] == PROXY
    assert 'BERTH_PROXY' not in variables


@pytest.mark.parametrize('header', HEADERS.values(), ids=HEADERS.keys())
def test_one_octet_at_a_time(berthd, header):
    message = header + b'cat\r\nbehind'
    with client.connect(berthd.address, PROXY) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in message:
            connection.sendall(bytes([octet]))
            time.sleep(0.001)
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == b'+\r\nbehind'


@pytest.mark.parametrize('header', HEADERS.values(), ids=HEADERS.keys())
def test_cut_at_every_octet(berthd, header):
    message = header + b'cat\r\nbehind'
    for at in range(len(message) + 1):
        with client.connect(berthd.address, PROXY) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(message[:at])
            time.sleep(0.005)
            connection.sendall(message[at:])
            connection.shutdown(socket.SHUT_WR)
            assert client.read_all(connection) == b'+\r\nbehind', at


@pytest.mark.parametrize('octets', [
    b'cat\r\n', b'HELP\r\n', b'PROXY\r\n', b'PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n', b'PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n',
    b'PROXY TCP4 1.2.3.4 1.2.3.4 1 70000\r\n', b'PROXY TCP4 1.2.3.04 1.2.3.4 1 1\r\n', b'PROXY TCP4 ::1 ::1 1 1\r\n',
    b'PROXY TCP4  1.2.3.4 1.2.3.4 1 1\r\n', b'PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n', b'PROXY UNKNOWN' + b'x' * 107,
    local(0x11), local(0x22), local(0x21, 0x41, bytes(216)), local(0x21, 0x13, bytes(36)), local(0x21, 0x11, bytes(11)),
    SIGNATURE + b'\x21\x11\xff\xff', SIGNATURE[:6] + b'\r\n'])
def test_what_is_no_header_ends_the_call(berthd, octets):
    assert say(berthd, octets + b'cat\r\n').startswith(b'-malformed ')
    assert berthd.wait_for_event('proxy-header-malformed', proxy=PROXY)


def test_one_deadline_for_header_and_first_message(run_berthd):
    berthd = run_berthd(CAT, listen=REQUIRED + 'first-message = 1s\nsilent = cat\n')
    for octets in (b'', b'PROXY TCP4', v1() + b'ca'):
        begin = time.monotonic()
        with client.connect(berthd.address, PROXY) as connection:
            time.sleep(0.5)
            connection.sendall(octets)
            seconds, answer = client.seconds_until_end(connection)
            assert answer.startswith(b'-timeout ')
            assert 0.8 < time.monotonic() - begin < 5, seconds
    with client.connect(berthd.address, PROXY) as connection:  # a told client that says nothing: the silent function
        connection.sendall(v1())
        time.sleep(1.3)
        connection.sendall(b'echo')
        assert connection.recv(10) == b'echo'


# ---- forged ----

@pytest.mark.timeout(machine.as_often_as(60, 1200))
def test_headers_from_elsewhere_change_nothing(run_berthd):
    """R27: 127.0.0.1 is no proxy here, so what it sends is its first message."""
    berthd = run_berthd(SHOW + CAT + f'allow = {CLIENT}\n', listen=REQUIRED)
    for _ in range(machine.as_often_as(100, 20000)):
        for header in (v1(), v2()):
            assert client.say(berthd.address, header + b'cat\r\n').startswith(b'-malformed ')
    variables = shown(client.say(berthd.address, b'show\r\n'))
    assert variables['REMOTE_ADDR'] == '127.0.0.1'
    assert client.say(berthd.address, b'cat\r\n').startswith(b'-denied ')


def test_a_second_header_is_a_first_message(berthd):
    assert say(berthd, v1() + v1('192.0.2.1') + b'cat\r\n').startswith(b'-malformed ')
    assert say(berthd, v1() + v2() + b'cat\r\n').startswith(b'-malformed ')


def test_without_the_key_a_header_is_a_first_message(run_berthd):
    berthd = run_berthd(CAT)
    assert say(berthd, v1() + b'cat\r\n').startswith(b'-malformed ')


def test_unix_callers_are_no_proxies(run_berthd):
    berthd = run_berthd(CAT, listen='address = 127.0.0.1:PORT, unix:DIR/call\n'
                                    'proxy-protocol = required-from 0.0.0.0/0, ::/0\n')
    path = str(berthd.directory / 'call')
    assert client.say(path, b'cat\r\nbehind') == b'+\r\nbehind'
    assert client.say(path, v1() + b'cat\r\n').startswith(b'-malformed ')
    assert client.say(berthd.address, v1() + b'cat\r\nbehind') == b'+\r\nbehind'


# ---- rules and limits ----

def test_access_rules_see_the_told_address(run_berthd):
    berthd = run_berthd(CAT + 'deny = 192.0.2.2\n' + SHOW,
                        listen=REQUIRED + 'allow = 192.0.2.0/24\ndeny = 192.0.2.1, ::/0\n')
    assert say(berthd, v1('192.0.2.3') + b'cat\r\n') == b'+\r\n'
    assert say(berthd, v1('192.0.2.1') + b'cat\r\n').startswith(b'-denied ')  # by the listener
    assert say(berthd, v1('192.0.2.2') + b'cat\r\n').startswith(b'-denied ')  # by the function
    assert say(berthd, v1('::ffff:192.0.2.1') + b'cat\r\n').startswith(b'-denied ')
    assert say(berthd, v1('198.51.100.1') + b'cat\r\n').startswith(b'-denied ')
    assert say(berthd, b'PROXY UNKNOWN\r\ncat\r\n').startswith(b'-denied ')  # the proxy for itself
    assert say(berthd, v1('192.0.2.2') + b'HELP\r\n') == b'show\r\n'
    assert client.say(berthd.address, b'cat\r\n').startswith(b'-denied ')


def test_sources_are_those_told(run_berthd):
    berthd = run_berthd(CAT, listen=f'proxy-protocol = required-from {PROXY}\ncalls-per-source = 2\n'
                                    'rate-per-source = off\n')
    held = [client.connect(berthd.address, PROXY) for _ in range(4)]
    for connection, source in zip(held, ('192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.2')):
        connection.sendall(v1(source))
    time.sleep(0.3)
    assert say(berthd, v1('192.0.2.1') + b'cat\r\n').startswith(b'-limit ')
    assert say(berthd, v2('192.0.2.2') + b'cat\r\n').startswith(b'-limit ')
    assert say(berthd, v1('192.0.2.3') + b'cat\r\n') == b'+\r\n'
    for connection in held:
        connection.close()


def test_processes_are_counted_for_the_told_source(run_berthd):
    berthd = run_berthd('[function one]\nhandover = spawn\ncommand = /bin/cat\nprocesses-per-source = 1\n',
                        listen=REQUIRED)
    with client.connect(berthd.address, PROXY) as first:
        first.sendall(v1('192.0.2.1') + b'one\r\n')
        assert client.read_line(first) == b'+\r\n'
        assert say(berthd, v1('192.0.2.1') + b'one\r\n').startswith(b'-limit ')
        assert say(berthd, v1('192.0.2.2') + b'one\r\n') == b'+\r\n'


def test_proxies_do_not_fill_the_listener_for_others(run_berthd):
    """Connections whose header is owed are unfinished calls like others: the oldest gives way."""
    berthd = run_berthd(CAT, general='acceptors = 1', listen=REQUIRED + 'calls-max = 10\n')
    with client.many(12, berthd.address, PROXY) as held:
        assert say(berthd, v1() + b'cat\r\nbehind') == b'+\r\nbehind'
        assert client.read_all(held[0]).startswith(b'-busy ')


def test_a_told_address_gives_no_right_to_a_port(run_berthd):
    section = '[function {0}]\nhandover = port\ncommand = /bin/sleep 5\nadmit = {1}\n'
    admits = ['any'] + (['caller'] if machine.ROOT else [])
    berthd = run_berthd(''.join(section.format(f'to-{admit}', admit) for admit in admits), listen=REQUIRED)
    answer = say(berthd, v1() + b'to-any\r\n')
    assert re.fullmatch(rb'>[0-9]+ 127\.0\.0\.1\r\n', answer), answer  # the caller called the proxy, not us
    if machine.ROOT:
        assert say(berthd, v1() + b'to-caller\r\n').startswith(b'-denied ')
        assert say(berthd, b'PROXY UNKNOWN\r\nto-caller\r\n').startswith(b'>')


# ---- proxies of others ----

@machine.needs('curl')
def test_curl(berthd):
    """A gopher selector is a line; curl puts its own addresses into the header, all in one segment."""
    ran = subprocess.run(['curl', '-s', '--max-time', '10', '--haproxy-protocol', '--interface', PROXY,
                          f'gopher://127.0.0.1:{berthd.port}/0show'], capture_output=True, timeout=20, check=True)
    variables = shown(ran.stdout)
    assert variables['REMOTE_ADDR'] == PROXY and variables['BERTH_PROXY'] == PROXY


def test_who_calls_is_counted_once(berthd):
    for _ in range(3):
        assert say(berthd, v2() + b'cat\r\nx') == b'+\r\nx'
    assert Asker(berthd).function('cat')['calls'] == 3


# ---- configuration ----

@pytest.mark.parametrize('value, words', [
    ('on', 'required-from'), ('required-from', 'required-from'), ('required-from host', 'numeric address'),
    ('required-from 10.0.0.1/8', 'numeric address'), ('v1', 'required-from')])
def test_wrong_values(make_berthd, value, words):
    berthd = make_berthd(CAT, listen=f'proxy-protocol = {value}')
    berthd.start(ready=False)
    assert berthd.process.wait(20) == 2
    assert words in berthd.log() and 'proxy-protocol' in berthd.log()


def test_unix_listeners_cannot_require(make_berthd):
    berthd = make_berthd(CAT, listen='address = unix:DIR/call\nproxy-protocol = required-from 10.0.0.0/8')
    berthd.start(ready=False)
    assert berthd.process.wait(20) == 2
    assert 'unix' in berthd.log()


def test_a_reload_changes_who_is_trusted(make_berthd):
    berthd = make_berthd(CAT).start()
    assert say(berthd, b'cat\r\nx') == b'+\r\nx'
    berthd.configure(CAT, listen=REQUIRED)
    assert berthd.reload()
    assert say(berthd, b'cat\r\nx').startswith(b'-malformed ')
    assert say(berthd, v1() + b'cat\r\nx') == b'+\r\nx'
