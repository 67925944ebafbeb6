"""Who a function's process is and what it has: exactly what the configuration says, by every way it is started."""
import contextlib
import os

import pytest

from support import client, machine, processes
from support.processes import strace, wait_until

USER = machine.account()
AS_USER = f'user = {USER}\ngroup = daemon\n' if machine.ROOT else ''
VARIABLES = 'environment = ONE=1 TWO=two\n'
SLEEP = '/bin/sleep'

# section, how it is called, descriptors, environment; {port} is the one of the call, {here} and {there} the ends
BY_CALL = ['PROTO=TCP', 'TCPREMOTEIP=127.0.0.1', 'TCPREMOTEPORT={there}', 'TCPLOCALIP=127.0.0.1',
           'TCPLOCALPORT={here}', 'REMOTE_ADDR=127.0.0.1', 'REMOTE_PORT={there}']
ALWAYS = ['BERTH_FUNCTION=sleep', 'ONE=1', 'TWO=two']
WAYS = {
    'stdio': ('handover = spawn\ncommand = /bin/sleep 60\n', ['socket', 'socket', 'pipe'], [*BY_CALL, *ALWAYS]),
    'listen-fd': ('handover = spawn\ncommand = /bin/sleep 60\nas = listen-fd\n',
                  ['/dev/null', '/dev/null', 'pipe', 'socket'],
                  [*BY_CALL, 'LISTEN_FDS=1', 'LISTEN_FDNAMES=connection', *ALWAYS, 'LISTEN_PID={pid}']),
    'worker': ('handover = worker\ncommand = /bin/sleep 60\n', ['/dev/null', '/dev/null', 'pipe', 'socket'],
               ['BERTH_WORKER_FD=3', *ALWAYS]),
    'port-berth': ('handover = port\nadmit = any\ncommand = /bin/sleep 60\n',
                   ['/dev/null', '/dev/null', 'pipe', 'socket'],
                   ['LISTEN_FDS=1', 'LISTEN_FDNAMES=listener', 'BERTH_PORT={port}', *ALWAYS, 'LISTEN_PID={pid}']),
    'port-self': ('handover = port\nbind = self\ncommand = /bin/sleep {port}\n', ['/dev/null', '/dev/null', 'pipe'],
                  ['BERTH_PORT={port}', *ALWAYS]),
}


def kind(text):
    """What a descriptor is, without its number."""
    return text.partition(':')[0]


def is_bare(status):
    """True when it holds no capability, cannot get any, and no signal is blocked or ignored."""
    sets = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'SigBlk', 'SigIgn'] + (['CapBnd'] if machine.ROOT else [])
    return all(int(status[name][0], 16) == 0 for name in sets) and status['NoNewPrivs'] == ['1']


@contextlib.contextmanager
def started(berthd, way):
    """Calls and yields the connection, the pid, and the port that berthd answered."""
    with client.connect(berthd.address) as connection:
        connection.sendall(b'sleep\r\n')
        pid, = berthd.wait_for_functions(1, SLEEP)
        port = processes.command(pid)[1]
        if way != 'port-self':
            answer = client.read_line(connection) if way != 'worker' else b''
            port = answer[1:].strip().decode()
        yield connection, pid, port


@pytest.mark.parametrize('way', WAYS)
def test_a_process_is_who_it_should_be_and_has_what_it_should_have(run_berthd, way):
    section, descriptors, variables = WAYS[way]
    berthd = run_berthd(f'[function sleep]\n{AS_USER}{VARIABLES}{section}')
    with started(berthd, way) as (connection, pid, port):
        status = processes.status(pid)
        uid, gid, groups = machine.identity(USER, 'daemon') if machine.ROOT else \
            (os.getuid(), os.getgid(), set(os.getgroups()))
        assert status['Uid'] == [str(uid)] * 4
        assert status['Gid'] == [str(gid)] * 4
        assert {int(group) for group in status['Groups']} == groups
        assert is_bare(status)
        assert [kind(text) for _, text in sorted(processes.descriptors(pid).items())] == descriptors
        assert processes.environment(pid) == [
            variable.format(pid=pid, port=port, here=berthd.port, there=connection.getsockname()[1])
            for variable in variables]
        assert os.readlink(f'/proc/{pid}/cwd') == '/'
        assert os.getpgid(pid) == pid


@machine.needs_root
def test_without_a_user_it_is_nobody(run_berthd):
    berthd = run_berthd('[function status]\nhandover = spawn\ncommand = /bin/cat /proc/self/status\n')
    lines = client.say(berthd.address, b'status\r\n').decode().splitlines()
    assert lines[0] == '+'
    uid, gid, _ = machine.identity('nobody')
    assert '\t'.join(['Uid:', *[str(uid)] * 4]) in lines
    assert '\t'.join(['Gid:', *[str(gid)] * 4]) in lines


def test_a_function_sees_its_key_and_the_family(run_berthd):
    berthd = run_berthd('[function env]\nhandover = spawn\ncommand = /usr/bin/env\n',
                        listen='address = 127.0.0.1:PORT, [::1]:PORT, unix:DIR/call')
    assert b'BERTH_KEY=a.b' in client.say(berthd.address, b'env key=a.b\r\n').split()
    assert {b'PROTO=TCP', b'TCPREMOTEIP=::1', b'TCPLOCALIP=::1'} <= \
        set(client.say(('::1', berthd.port), b'env\r\n').split())
    assert client.say(str(berthd.directory / 'call'), b'env\r\n') == b'+\r\nPROTO=UNIX\nBERTH_FUNCTION=env\n'


def test_descriptor_0_is_blocking_and_the_first_octet_is_behind_the_line(run_berthd):
    berthd = run_berthd('[function flags]\nhandover = spawn\ncommand = /bin/sh -c "cat /proc/self/fdinfo/0"\n')
    lines = client.say(berthd.address, b'flags\r\n').decode().splitlines()
    flags = int(next(line for line in lines if line.startswith('flags:')).split()[1], 8)
    assert flags & os.O_NONBLOCK == 0


# ---- when becoming the user fails ----

@machine.needs_root
@machine.needs('strace')
@pytest.mark.parametrize('injected', ['setgroups', 'setresgid', 'setresuid', 'capset', 'prctl', 'setresuid:retval=0'])
def test_a_drop_that_fails_starts_nothing(run_berthd, injected):
    """Also when the system call says that it was done and it was not."""
    berthd = run_berthd(f'[function id]\nhandover = spawn\nuser = {USER}\ncommand = /usr/bin/id -u\n'
                        '[function other]\nhandover = spawn\nuser = daemon\ncommand = /usr/bin/id -u\n')
    assert client.say(berthd.address, b'other\r\n') == b'+\r\n1\n'
    name, _, result = injected.partition(':')
    with strace(berthd.pid, '-e', f'inject={name}:{result or "error=EPERM"}'):
        launchers = berthd.roles('launcher')
        assert client.ask(berthd.address, b'id\r\n').startswith(b'-failed ')
        assert berthd.roles('launcher') == launchers
        assert berthd.functions() == []
        assert client.say(berthd.address, b'other\r\n') == b'+\r\n1\n'
    uid, _, _ = machine.identity(USER)
    wait_until(lambda: client.say(berthd.address, b'id\r\n') == f'+\r\n{uid}\n'.encode(), what='id works again')
