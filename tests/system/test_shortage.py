"""No descriptors, no processes: berthd rests instead of spinning, says so once, and is back when it can."""
import os
import subprocess
import time

import pytest

from support import client, machine, processes
from support.processes import strace, wait_until

CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
PATIENT = 'first-message = 60s\ncalls-per-source = off\nrate-per-source = off\n'
OBSERVED_SECONDS = 3


def limit_descriptors(pid, number):
    """Sets the soft limit of a process: as its own user, because that needs no privilege."""
    status = processes.status(pid)
    user = {'user': int(status['Uid'][0]), 'group': int(status['Gid'][0]), 'extra_groups': []} \
        if machine.ROOT else {}
    subprocess.run(['prlimit', '--pid', str(pid), f'--nofile={number}:'], check=True, timeout=10, **user)


def wait_until_served(berthd, seconds):
    """A call is served within so many seconds."""
    begin = time.monotonic()
    with client.connect(berthd.address) as connection:
        connection.sendall(b'cat\r\n')
        assert client.read_line(connection) == b'+\r\n'
    assert time.monotonic() - begin < seconds


# Room for some calls, and room for none.
@pytest.mark.parametrize('descriptors', [40, 8])
def test_an_acceptor_without_descriptors_rests(run_berthd, descriptors):
    berthd = run_berthd(CAT, general='acceptors = 1\n', listen=PATIENT)
    acceptor, = berthd.roles('acceptor')
    wait_until_served(berthd, client.TIMEOUT)
    limit_descriptors(acceptor, descriptors)
    lines_before = len(berthd.log().splitlines())
    with client.many(200, berthd.address):
        time.sleep(0.7)
        used = processes.cpu_seconds(acceptor)
        time.sleep(OBSERVED_SECONDS)
        used = processes.cpu_seconds(acceptor) - used
        lines = berthd.log().splitlines()[lines_before:]
        assert used < 0.05 * OBSERVED_SECONDS
        assert len(lines) <= OBSERVED_SECONDS + 2, lines
        limit_descriptors(acceptor, 1000)
        wait_until_served(berthd, 1.5)
    assert berthd.roles('acceptor') == [acceptor]


def test_silent_clients_give_way_to_those_who_speak(run_berthd):
    berthd = run_berthd(CAT, general='acceptors = 1\n', listen=PATIENT)
    acceptor, = berthd.roles('acceptor')
    wait_until_served(berthd, client.TIMEOUT)
    limit_descriptors(acceptor, 60)
    with client.many(200, berthd.address):
        for _ in range(20):
            assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'


@machine.needs('strace')
@pytest.mark.parametrize('error', ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])
def test_accept_fails(run_berthd, error):
    berthd = run_berthd(CAT, general='acceptors = 1\n', listen=PATIENT)
    acceptor, = berthd.roles('acceptor')
    if not processes.is_sanitized(acceptor):
        pytest.skip('a sandbox that kills takes an injected error for a violation')
    with strace(acceptor, '-e', 'trace=accept4', '-e', f'inject=accept4:error={error}'):
        lines_before = len(berthd.log().splitlines())
        waiting = [client.connect(berthd.address) for _ in range(20)]
        for connection in waiting:
            connection.sendall(b'cat\r\n')
        used = processes.cpu_seconds(acceptor)
        time.sleep(OBSERVED_SECONDS)
        assert processes.cpu_seconds(acceptor) - used < 0.1 * OBSERVED_SECONDS  # the tracer costs, too
        assert len(berthd.log().splitlines()) - lines_before <= OBSERVED_SECONDS + 2
    for connection in waiting:
        assert client.read_line(connection) == b'+\r\n'
        connection.close()
    assert berthd.roles('acceptor') == [acceptor]


@machine.needs_root
@machine.needs('strace')
@pytest.mark.parametrize('error', ['EAGAIN', 'ENOMEM'])
def test_no_process_can_be_started(run_berthd, error):
    """Whoever calls is told at once, and the function is not paused: the shortage passes."""
    berthd = run_berthd(CAT)
    wait_until_served(berthd, client.TIMEOUT)
    launcher, = berthd.roles('launcher')
    with strace(launcher, '-e', f'inject=clone,clone3,fork,vfork:error={error}'):
        for _ in range(20):
            begin = time.monotonic()
            assert client.ask(berthd.address, b'cat\r\n').startswith(b'-busy ')
            assert time.monotonic() - begin < 2
        assert len(berthd.events('start-short')) <= 22
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
    berthd.wait_for_functions(0)


@machine.needs_root
@machine.needs('strace')
@pytest.mark.parametrize('call', ['dup3', 'setpgid', 'execve', 'prlimit64', 'rt_sigprocmask'])
def test_a_step_between_clone_and_exec_fails(run_berthd, call):
    """Nothing runs half prepared, and the client is told; what fails behind the greeting is an end."""
    berthd = run_berthd(CAT)
    wait_until_served(berthd, client.TIMEOUT)
    wait_until(lambda: not berthd.functions())
    launcher, = berthd.roles('launcher')
    with strace(launcher, '-e', f'inject={call}:error=ENOMEM'):
        answer = client.say(berthd.address, b'cat\r\n')
        assert answer == b'+\r\n' if call == 'execve' else answer.startswith(b'-')
        berthd.wait_for_functions(0)
    wait_until(lambda: client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind', what='cat served again')
    assert os.path.exists(f'/proc/{launcher}')
