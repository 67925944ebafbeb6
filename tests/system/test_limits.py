"""Every limit has a reply, holds for whom it is meant, and no failure of one caller or function touches another."""
import contextlib
import os
import socket
import time

import pytest

from support import client, machine, processes
from support.processes import wait_until

CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
OTHER = '127.0.0.2'


def section(name, command, **keys):
    """A [function] section; the underscore of a keyword is a dash."""
    lines = ''.join(f'{key.replace("_", "-")} = {value}\n' for key, value in keys.items())
    return f'[function {name}]\nhandover = spawn\ncommand = {command}\n{lines}'


def shell(name, script, **keys):
    """A function that is a line of shell."""
    return section(name, f'/bin/sh -c "{script}"', **keys)


def is_served(berthd, source=None, name=b'cat'):
    return client.say(berthd.address, name + b'\r\nbehind', source).startswith(b'+\r\n')


# ---- first messages ----

def test_the_deadline_of_a_first_message_is_absolute(run_berthd):
    """Single octets do not extend it."""
    berthd = run_berthd(CAT, listen='first-message = 1s')
    with client.connect(berthd.address) as connection:
        begin = time.monotonic()
        with contextlib.suppress(OSError):
            for octet in b'function-name':
                connection.sendall(bytes([octet]))
                if select_readable(connection, 0.2):
                    break
        assert client.read_all(connection).startswith(b'-timeout ')
        assert 0.8 < time.monotonic() - begin < 3


def select_readable(connection, seconds):
    """Waits so long for something to read."""
    connection.settimeout(seconds)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b''
    except TimeoutError:
        return False
    finally:
        connection.settimeout(client.TIMEOUT)


def test_the_oldest_gives_way(run_berthd):
    berthd = run_berthd(CAT, general='acceptors = 1\n', listen='calls-max = 5\nfirst-message = 60s')
    with client.many(5, berthd.address) as silent:
        with client.connect(berthd.address) as sixth:
            sixth.sendall(b'ca')
            assert client.read_all(silent[0]).startswith(b'-busy ')
            sixth.sendall(b't\r\n')
            assert client.read_line(sixth) == b'+\r\n'
        silent[1].sendall(b'cat\r\n')
        assert client.read_line(silent[1]) == b'+\r\n'


def test_calls_of_one_source(run_berthd):
    berthd = run_berthd(CAT, general='acceptors = 1\n', listen='calls-per-source = 3\nfirst-message = 60s')
    with client.many(3, berthd.address) as silent:
        assert client.read_all(client.connect(berthd.address)).startswith(b'-limit ')
        assert is_served(berthd, OTHER)
        silent[0].sendall(b'cat\r\n')
        assert client.read_line(silent[0]) == b'+\r\n'
        assert is_served(berthd)


def test_rate_of_one_source(run_berthd):
    berthd = run_berthd(CAT, listen='rate-per-source = 1/s burst 5')
    answers = [client.say(berthd.address, b'HELP\r\n').split()[0] for _ in range(12)]
    assert answers[:5] == [b'cat'] * 5
    assert answers.count(b'-limit') >= 5
    assert is_served(berthd, OTHER)
    time.sleep(2)
    assert is_served(berthd)


def test_silent_callers_get_the_silent_function(run_berthd):
    berthd = run_berthd(CAT + section('hello', '/bin/echo hello'), listen='silent = hello\nfirst-message = 500ms')
    assert client.read_all(client.connect(berthd.address)) == b'hello\n'
    assert is_served(berthd)
    with client.connect(berthd.address) as connection:
        connection.sendall(b'c')
        assert client.read_all(connection).startswith(b'-timeout ')


# ---- who may call ----

@pytest.mark.parametrize('rules,may,may_not', [
    ('allow = 127.0.0.2', ['127.0.0.2'], ['127.0.0.1', '127.0.0.3']),
    ('deny = 127.0.0.2', ['127.0.0.1', '127.0.0.3'], ['127.0.0.2']),
    ('allow = 127.0.0.0/8\ndeny = 127.0.0.0/30', ['127.0.0.4'], ['127.0.0.1', '127.0.0.3']),
    ('allow = 127.0.0.2\ndeny = 0.0.0.0/0', ['127.0.0.2'], ['127.0.0.1']),
    ('allow = ::/0', [], ['127.0.0.1']),
    ('allow = ::ffff:127.0.0.2', ['127.0.0.2'], ['127.0.0.1'])])
@pytest.mark.parametrize('place', ['listen', 'function'])
def test_allow_and_deny(run_berthd, rules, may, may_not, place):
    berthd = run_berthd(CAT + (rules if place == 'function' else ''), listen=rules if place == 'listen' else '')
    assert [source for source in may if not is_served(berthd, source)] == []
    for source in may_not:
        assert client.say(berthd.address, b'cat\r\n', source).startswith(b'-denied '), source


def test_ipv6_callers_meet_ipv6_rules(run_berthd):
    berthd = run_berthd(CAT, listen='address = 127.0.0.1:PORT, [::1]:PORT\ndeny = 0.0.0.0/0, ::1\nallow = 127.0.0.1')
    assert is_served(berthd)
    assert client.say(('::1', berthd.port), b'cat\r\n').startswith(b'-denied ')


# ---- processes ----

@pytest.mark.parametrize('key,word', [('processes-max', b'-busy '), ('processes-per-source', b'-limit ')])
def test_processes(run_berthd, key, word):
    berthd = run_berthd(CAT + f'{key} = 3\n')
    held = [client.call(berthd.address, 'cat') for _ in range(3)]
    assert [line for _, line in held] == [b'+\r\n'] * 3
    assert client.ask(berthd.address, b'cat\r\n').startswith(word)
    assert is_served(berthd, OTHER) == (key == 'processes-per-source')
    held[0][0].close()
    wait_until(lambda: is_served(berthd), what='a place free again')
    berthd.wait_for_functions(2)


def test_a_process_over_its_time_is_ended(run_berthd):
    berthd = run_berthd(section('sleep', '/bin/sleep 60', timeout='1s') + CAT)
    with client.call(berthd.address, 'sleep')[0] as connection, client.call(berthd.address, 'cat')[0]:
        seconds, octets = client.seconds_until_end(connection)
        assert octets == b'' and 0.5 < seconds < 6
        assert len(berthd.functions('/bin/cat')) == 1
    berthd.wait_for_event('timeout', function='sleep')


def test_a_process_that_does_not_want_to_end_is_killed(run_berthd):
    """It and what it started, as long as they stay in its group."""
    berthd = run_berthd(shell('stay', "trap '' TERM; sleep 61 & sleep 61; sleep 61", timeout='1s'))
    with client.call(berthd.address, 'stay')[0] as connection:
        assert client.seconds_until_end(connection)[1] == b''
    wait_until(lambda: not berthd.functions(), what='all of the group gone')


def test_resources(run_berthd):
    berthd = run_berthd(section('sleep', '/bin/sleep 60', open_files=77, memory='64M', tasks=333, nice=7))
    with client.call(berthd.address, 'sleep')[0]:
        pid, = berthd.wait_for_functions(1)
        with open(f'/proc/{pid}/limits', encoding='ascii') as file:
            limits = {line[:26].strip(): line[26:].split()[:2] for line in file}
        assert os.getpriority(os.PRIO_PROCESS, pid) == 7
    assert limits['Max open files'] == ['77', '77']
    assert limits['Max address space'] == [str(64 << 20)] * 2
    assert limits['Max processes'] == ['333', '333']


def test_files_of_a_function(run_berthd):
    files = {'read_only': '/bin, /usr, /lib, /lib64, DIR/read', 'read_write': 'DIR/write'}
    script = ('cat DIR/read/file DIR/write/file; cat DIR/file /etc/passwd 2>/dev/null && echo wrong; '
              'echo new >DIR/write/file && cat DIR/write/file; '
              '(echo new >DIR/read/file) 2>/dev/null || echo kept')
    berthd = run_berthd_with_files(run_berthd, shell('files', script, **files))
    assert client.say(berthd.address, b'files\r\n') == b'+\r\nin read\nin write\nnew\nkept\n'


def run_berthd_with_files(run_berthd, functions):
    """The folder exists only once the object does: so a first configuration, and then the one meant."""
    berthd = run_berthd(CAT)
    for name in ('read', 'write'):
        folder = berthd.directory / name
        folder.mkdir()
        folder.chmod(0o777)
        (folder / 'file').write_text(f'in {name}\n', encoding='ascii')
        (folder / 'file').chmod(0o666)
    berthd.write('file', 'outside\n')
    berthd.configure(CAT + functions)
    assert berthd.reload()
    return berthd


def test_a_function_without_network(run_berthd):
    script = 'import socket, sys\nfor family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET):\n' \
             '    try:\n        socket.socket(family)\n        print("open", flush=True)\n' \
             '    except OSError as error:\n        print(error.errno in (1, 13, 97), flush=True)\n' \
             'socket.socketpair()\nprint(sys.stdin.read(), flush=True)\n'
    berthd = run_berthd(CAT)
    berthd.write('probe', '#!/usr/bin/python3 -IS\n' + script)
    berthd.configure(section('probe', 'DIR/probe', no_network='yes'))
    assert berthd.reload()
    assert client.say(berthd.address, b'probe\r\nbehind') == b'+\r\nTrue\nTrue\nTrue\nbehind\n'


# ---- failures ----

def test_a_command_that_does_not_exist_is_failed_and_comes_back(run_berthd):
    berthd = run_berthd(CAT + section('later', 'DIR/later'))
    for _ in range(5):
        begin = time.monotonic()
        assert client.ask(berthd.address, b'later\r\n').startswith(b'-failed ')
        assert time.monotonic() - begin < 1
        assert is_served(berthd)
    berthd.write('later', '#!/bin/sh\necho there\n')
    wait_until(lambda: client.say(berthd.address, b'later\r\n') == b'+\r\nthere\n', what='the function back')


@pytest.mark.parametrize('text', ['', '#!/nowhere/interpreter\n', 'no program'], ids=['empty', 'interpreter', 'text'])
def test_a_command_that_is_no_program(run_berthd, text):
    berthd = run_berthd(CAT + section('wrong', 'DIR/wrong'))
    berthd.write('wrong', text)
    for _ in range(3):
        octets = client.say(berthd.address, b'wrong\r\n')
        assert octets in (b'+\r\n', b'') or octets.startswith(b'-failed '), octets
    berthd.wait_for_event('start-failed', function='wrong')
    assert client.ask(berthd.address, b'wrong\r\n').startswith(b'-failed ')
    assert is_served(berthd)


@pytest.mark.parametrize('keys', [
    {'directory': '/nowhere'}, {'open_files': 1 << 29}, {'nice': -5}, {'read_only': '/nowhere'}],
    ids=lambda keys: next(iter(keys)))
def test_what_cannot_be_kept_is_failed(run_berthd, keys):
    """Nothing runs outside its limits; each caller is told, also the first one."""
    berthd = run_berthd(CAT + section('odd', '/bin/cat', **keys))
    for _ in range(3):
        assert client.say(berthd.address, b'odd\r\nbehind').startswith(b'-failed ')
    assert is_served(berthd)


def test_the_pause_of_a_command_that_fails_grows(run_berthd):
    berthd = run_berthd(section('later', 'DIR/later'))
    end = time.monotonic() + 4.5
    while time.monotonic() < end:
        assert client.ask(berthd.address, b'later\r\n').startswith(b'-failed ')
        time.sleep(0.05)
    assert [event['pause_ms'] for event in berthd.events('start-failed')] == ['1000', '2000', '4000']


def test_failures_that_a_caller_brings_about_touch_no_other(run_berthd):
    berthd = run_berthd(shell('moody', 'test $REMOTE_ADDR != 127.0.0.2'), listen='rate-per-source = off')
    answers = [client.say(berthd.address, b'moody\r\n', OTHER) for _ in range(30)]
    assert answers[0] == b'+\r\n'
    assert answers[-1].startswith(b'-failed ')
    for _ in range(30):
        assert client.say(berthd.address, b'moody\r\n') == b'+\r\n'
    wait_until(lambda: client.say(berthd.address, b'moody\r\n', OTHER) == b'+\r\n', what='the end of the pause')


def test_callers_who_leave_early_touch_no_other(run_berthd):
    berthd = run_berthd(CAT, listen='rate-per-source = off')
    for _ in range(50):
        connection = client.connect(berthd.address, OTHER)
        connection.sendall(b'cat\r\n' + os.urandom(100))
        client.reset(connection)
    assert is_served(berthd)
    assert berthd.events('start-failed') == []
    wait_until(lambda: not berthd.functions(), what='all processes gone')
    wait_until(lambda: all(processes.lives(pid) for pid in processes.descendants(berthd.pid)), what='no zombie')
