"""Start and end: configurations that are wrong, without root, under a service manager, and nothing left behind."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest

from support import client, machine, processes
from support.processes import wait_until

CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
PORT = '[function port]\nhandover = port\nadmit = any\ncommand = /bin/sleep 60\n'
WORK = '[function work]\nhandover = worker\nworkers = 2\ncommand = /bin/sleep 60\n'
DONE, USAGE, COULD_NOT = 0, 2, 3


def run(*words, **options):
    """Runs berthd to its end: exit status and what it said."""
    ran = subprocess.run([machine.PROGRAMS / 'berthd', *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False, timeout=30, **options)
    return ran.returncode, ran.stdout


# ---- configurations ----

WRONG = '''[berthd]
acceptor = 2
[listen main]
address = localhost:1
dialects = detekt
[function cat]
handover = spam
[function dog]
handover = spawn
command = cat
procesess-max = 5
[function no--name]
handover = spawn
command = /bin/cat
[funktion cow]
'''
COMPLAINTS = [(2, 'acceptors'), (4, 'localhost'), (5, 'detect'), (7, 'spawn'), (10, 'cat'), (11, 'processes-max'),
              (12, 'no--name'), (15, 'function')]


def test_check_prints_everything_that_is_wrong(tmp_path):
    path = tmp_path / 'wrong.conf'
    path.write_text(WRONG, encoding='ascii')
    code, said = run('-c', path, '--check')
    assert code == USAGE
    for line, word in COMPLAINTS:
        assert [text for text in said.splitlines() if text.startswith(f'{path}:{line}:') and word in text], (line, said)
    assert run('-c', path)[0] == USAGE


def test_check_of_a_right_configuration(make_berthd):
    berthd = make_berthd(CAT + PORT + WORK)
    code, said = run('-c', berthd.configuration, '--check')
    assert (code, said) == (DONE, f'{berthd.configuration}: nothing wrong\n')
    assert not berthd.run_directory.exists()


def test_files_beside_the_configuration_are_read(make_berthd):
    berthd = make_berthd(CAT)
    (berthd.directory / 'functions.d').mkdir()
    (berthd.directory / 'functions.d' / 'dog.conf').write_text(CAT.replace('cat]', 'dog]'), encoding='ascii')
    berthd.start()
    assert client.say(berthd.address, b'HELP\r\n') == b'cat\r\ndog\r\n'


@pytest.mark.parametrize('words,code', [
    (['-c', '/nowhere/berthd.conf'], USAGE), (['--wrong'], USAGE), (['more'], USAGE), (['--help'], DONE),
    (['--version'], DONE), (['--keys'], DONE), (['--role', 'acceptor', '0', 'x'], None)])
def test_arguments(words, code):
    ran, said = run(*words)
    assert ran == code or (code is None and ran != DONE)
    assert said


def test_an_address_in_use_is_said(make_berthd):
    berthd = make_berthd(CAT)
    with socket.create_server(berthd.address):
        code, said = run('-c', berthd.configuration)
    assert code == COULD_NOT
    assert f'127.0.0.1:{berthd.port}' in said and 'in use' in said


def test_a_second_berthd_in_the_same_run_dir_refuses(run_berthd):
    berthd = run_berthd(CAT)
    second = berthd.directory / 'second.conf'
    second.write_text(berthd.configuration.read_text(encoding='utf-8').replace(
        str(berthd.port), str(machine.free_ports(1))), encoding='utf-8')
    code, said = run('-c', second)
    assert code == COULD_NOT and 'another berthd' in said
    assert (berthd.run_directory / 'control').exists()
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


def test_a_run_dir_of_others_is_refused(make_berthd):
    berthd = make_berthd(CAT)
    berthd.run_directory.mkdir()
    berthd.run_directory.chmod(0o777)
    code, said = run('-c', berthd.configuration)
    assert code == COULD_NOT and str(berthd.run_directory) in said


def test_what_a_killed_berthd_left_does_not_matter(make_berthd):
    berthd = make_berthd(CAT, listen='address = 127.0.0.1:PORT, unix:DIR/call').start()
    roles = processes.descendants(berthd.pid)
    berthd.process.kill()
    berthd.process.wait()
    wait_until(lambda: not any(processes.lives(pid) for pid in roles), what='the end of its processes')
    berthd.log_path.unlink()
    berthd.start()
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    assert client.say(str(berthd.directory / 'call'), b'cat\r\nbehind') == b'+\r\nbehind'


# ---- without root ----

NOBODY = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []} if machine.ROOT else {}


def for_nobody(berthd, monkeypatch):
    """Lets another user use this folder, and a copy of the program in it."""
    shutil.copy(machine.PROGRAMS / 'berthd', berthd.directory)
    monkeypatch.setattr(machine, 'PROGRAMS', berthd.directory)
    if machine.ROOT:
        shutil.chown(berthd.directory, 'nobody', 'nogroup')


def test_without_root(make_berthd, monkeypatch):
    berthd = make_berthd(CAT + PORT + WORK, **NOBODY)
    for_nobody(berthd, monkeypatch)
    berthd.start()
    status = processes.status(berthd.pid)
    assert '0' not in status['Uid']
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    address = client.redirected_to(client.say(berthd.address, b'port\r\n'), berthd.address)
    assert client.answers(address) == 'open'
    for pid in berthd.functions():
        assert processes.status(pid)['Uid'] == status['Uid']
        assert processes.status(pid)['NoNewPrivs'] == ['1']
    assert berthd.events('not-root')


@pytest.mark.parametrize('section,word', [(CAT + 'user = daemon\n', 'root'), (PORT.replace('any', 'caller'), 'admit')])
def test_without_root_what_cannot_be_is_refused(make_berthd, monkeypatch, section, word):
    berthd = make_berthd(section, **NOBODY)
    for_nobody(berthd, monkeypatch)
    code, said = run('-c', berthd.configuration, **NOBODY)
    assert code == USAGE and word in said


# ---- under a service manager ----

def test_the_service_manager_is_told(make_berthd):
    berthd = make_berthd(CAT)
    berthd.environment = {'NOTIFY_SOCKET': str(berthd.directory / 'notify')}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(berthd.environment['NOTIFY_SOCKET'])
        manager.settimeout(20)
        berthd.start()
        assert manager.recv(4096) == b'READY=1'
        assert berthd.reload()
        before = time.monotonic() * 1e6
        reloading, _, monotonic = manager.recv(4096).partition(b'\nMONOTONIC_USEC=')
        assert reloading == b'RELOADING=1' and 0 <= before - int(monotonic) < 20e6
        assert manager.recv(4096) == b'READY=1'
        berthd.stop()
        assert manager.recv(4096) == b'STOPPING=1'
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(4096)


def test_a_refused_reload_is_ready_again(make_berthd):
    berthd = make_berthd(CAT)
    berthd.environment = {'NOTIFY_SOCKET': '@' + berthd.directory.name}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind('\0' + berthd.directory.name)
        manager.settimeout(20)
        berthd.start()
        berthd.configure('[function cat]\n')
        assert not berthd.reload()
        states = [manager.recv(4096).split(b'\n')[0] for _ in range(3)]
    assert states == [b'READY=1', b'RELOADING=1', b'READY=1']


def test_sockets_of_the_service_manager(make_berthd):
    """A small service manager: descriptor 3 listens already, and stays open when berthd ends."""
    berthd = make_berthd(CAT)
    with socket.create_server(berthd.address) as listener:
        number = listener.fileno()
        berthd.prefix = ['/bin/bash', '-c',
                         f'export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@" 3<&{number} {number}<&-', 'sh']
        berthd.options = {'pass_fds': [number]}
        berthd.start()
        assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
        with client.call(berthd.address, 'cat')[0]:
            pid, = berthd.wait_for_functions(1)
            assert not [text for text in processes.environment(pid) if text.startswith('LISTEN_')]
        assert berthd.reload()
        assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
        berthd.stop()
        client.connect(berthd.address).close()


# ---- what functions inherit, and the end ----

def test_what_berthd_inherited_reaches_nobody(make_berthd):
    berthd = make_berthd(CAT)
    secret = berthd.write('secret', 'secret\n')
    with open(secret, encoding='ascii') as file:
        number = file.fileno()
        berthd.prefix = ['/bin/bash', '-c', f'trap "" HUP USR1; umask 0; exec "$@" 9<&{number} 3<&{number}', 'sh']
        berthd.options = {'pass_fds': [number]}
        berthd.environment = {'SECRET': 'secret'}
        berthd.start()
        with client.call(berthd.address, 'cat')[0]:
            pid, = berthd.wait_for_functions(1)
            assert sorted(processes.descriptors(pid)) == [0, 1, 2]
            assert int(processes.status(pid)['SigIgn'][0], 16) == 0
            launchers = berthd.roles('launcher') if machine.ROOT else []  # others cannot look into them
            for role in [*berthd.roles('acceptor'), *launchers, pid]:
                assert str(secret) not in processes.descriptors(role).values()
                assert 'SECRET=secret' not in processes.environment(role)
        assert berthd.reload()


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_the_end_leaves_nothing(run_berthd, number):
    berthd = run_berthd(CAT + PORT + WORK)
    held, line = client.call(berthd.address, 'cat')
    assert line == b'+\r\n'
    assert client.say(berthd.address, b'port\r\n').startswith(b'>')
    assert len(berthd.wait_for_functions(4)) == 4
    family = processes.descendants(berthd.pid)
    berthd.process.send_signal(number)
    assert berthd.process.wait(10) == 0
    assert not any(processes.lives(pid) for pid in family)
    assert client.read_all(held) == b''
    assert client.answers(berthd.address) == 'refused'
    assert list(pathlib.Path(berthd.run_directory).rglob('control')) == []


def test_the_end_may_come_while_processes_start(make_berthd):
    """A process that was started just then is told to end like all others, and not killed later."""
    for delay in range(0, 30, 2):
        berthd = make_berthd(CAT + WORK.replace('= 2', '= 20')).start()
        connection = client.connect(berthd.address)
        connection.sendall(b'cat\r\n')
        time.sleep(delay / 1000)
        begin = time.monotonic()
        berthd.stop()
        assert time.monotonic() - begin < 4
        connection.close()


def test_the_end_does_not_wait_for_ever(run_berthd):
    berthd = run_berthd('[function stay]\nhandover = spawn\ncommand = /bin/sh -c "trap \'\' TERM; echo; read line; '
                        'while :; do sleep 61; done"\n')
    with client.call(berthd.address, 'stay')[0] as connection:
        assert client.read_line(connection) == b'\n'
        begin = time.monotonic()
        family = processes.descendants(berthd.pid)
        berthd.process.send_signal(signal.SIGTERM)
        assert berthd.process.wait(15) == 0
        assert time.monotonic() - begin < 10
        wait_until(lambda: not any(processes.lives(pid) for pid in family), 2, 'the end of all')


def test_asked_twice_it_ends_at_once(run_berthd):
    berthd = run_berthd('[function stay]\nhandover = spawn\ncommand = /bin/sh -c "trap \'\' TERM; echo; read line; '
                        'while :; do sleep 61; done"\n')
    with client.call(berthd.address, 'stay')[0] as connection:
        assert client.read_line(connection) == b'\n'
        begin = time.monotonic()
        berthd.process.send_signal(signal.SIGTERM)
        berthd.wait_for_event('stopping')
        berthd.process.send_signal(signal.SIGTERM)
        assert berthd.process.wait(10) == 0
        assert time.monotonic() - begin < 4
    assert not os.path.exists(berthd.run_directory / 'control')
