"""What berthd's own processes may still do once they serve: next to nothing."""
import platform
import re
import signal
import subprocess

import pytest

from support import client, machine, processes
from support.processes import wait_until

CAP_NET_ADMIN = 1 << 12
FUNCTIONS = ('[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
             '[function port]\nhandover = port\nadmit = any\ncommand = /bin/sleep 60\n')
# What an acceptor holds: sockets, shared memory, its loop, no file but the log and /dev/null.
HARMLESS = re.compile(r'(socket:\[\d+\]|/memfd:berth-.*|anon_inode:\[\w+\]|/dev/null)$')

FOR_DEVELOPERS = {'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'LLVM_PROFILE_FILE', 'BERTH_SECCOMP'}


@pytest.fixture(name='berthd')
def _berthd(run_berthd):
    berthd = run_berthd(FUNCTIONS)
    assert client.say(berthd.address, b'cat\r\n') == b'+\r\n'
    assert client.say(berthd.address, b'port\r\n').startswith(b'>')
    return berthd


def capabilities(pid):
    """All five sets of a process."""
    status = processes.status(pid)
    return {name: int(status[name][0], 16) for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')}


def test_acceptors(berthd):
    acceptors = berthd.roles('acceptor')
    assert len(acceptors) == 2
    for pid in acceptors:
        status = processes.status(pid)
        assert status['Seccomp'] == ['2'] and status['NoNewPrivs'] == ['1']
        assert status['Uid'] == [status['Uid'][0]] * 4
        assert (status['Uid'][0] != '0') == machine.ROOT or not machine.ROOT
        sets = capabilities(pid)
        assert sets['CapEff'] == sets['CapPrm'] == sets['CapInh'] == sets['CapAmb'] == 0
        assert sets['CapBnd'] == 0 or not machine.ROOT
        strange = [text for text in processes.descriptors(pid).values()
                   if not HARMLESS.match(text) and text != str(berthd.log_path)]
        assert strange == []
        assert {variable.partition('=')[0] for variable in processes.environment(pid)} <= FOR_DEVELOPERS


def test_the_port_broker_keeps_one_capability(berthd):
    pid, = berthd.roles('port-broker')
    status = processes.status(pid)
    assert status['Seccomp'] == ['2'] and status['NoNewPrivs'] == ['1']
    wanted = CAP_NET_ADMIN if machine.ROOT else 0
    sets = capabilities(pid)
    assert sets['CapEff'] == sets['CapPrm'] == wanted
    assert sets['CapBnd'] & ~wanted == 0 or not machine.ROOT
    if machine.ROOT:
        assert '0' not in status['Uid'] and status['Gid'][0] != '0'


@machine.needs_root
def test_launchers_are_their_account_and_cannot_be_looked_into(run_berthd):
    user = machine.account()
    berthd = run_berthd(f'[function cat]\nhandover = spawn\nuser = {user}\ncommand = /bin/cat\n')
    assert client.say(berthd.address, b'cat\r\n') == b'+\r\n'
    pid, = berthd.roles('launcher')
    uid, gid, groups = machine.identity(user)
    status = processes.status(pid)
    assert status['Uid'] == [str(uid)] * 4 and status['Gid'] == [str(gid)] * 4
    assert {int(group) for group in status['Groups']} == groups
    assert status['NoNewPrivs'] == ['1']
    assert set(capabilities(pid).values()) == {0}
    look = subprocess.run(['cat', f'/proc/{pid}/environ'], user=uid, group=gid, extra_groups=[],
                          capture_output=True, check=False, timeout=10)
    assert look.returncode != 0


@machine.needs_root
def test_no_role_is_root_and_the_supervisor_listens_but_does_not_read(berthd):
    for role in ('acceptor', 'launcher', 'port-broker'):
        for pid in berthd.roles(role):
            assert '0' not in processes.status(pid)['Uid'], role


# Name, and what syscall(2) is told on this architecture; each tries to get something that a role must not have.
ATTEMPTS = {
    'openat': '257, -100, "/etc/passwd", 0', 'socket': '41, 16, 3, 0', 'connect': '42, 0, 0, 0',
    'clone': '56, 17, 0, 0',
    'execve': '59, "/bin/sh", 0, 0', 'kill': '62, 1, 0', 'ptrace': '101, 0, 0, 0', 'setuid': '105, 0',
    'mmap-to-execute': '9, 0, 4096, 7, 34, -1, 0', 'prctl': '157, 4, 1, 0', 'unlinkat': '263, -100, "/x", 0',
    'process_vm_readv': '310, 1, 0, 0, 0, 0, 0', 'bpf': '321, 0, 0, 0', 'io_uring_setup': '425, 1, 0',
}


@machine.needs_root
@machine.needs('gdb')
@pytest.mark.skipif(platform.machine() != 'x86_64', reason='knows the system calls of x86_64')
@pytest.mark.parametrize('attempt', ATTEMPTS)
def test_a_role_that_was_taken_over_can_do_nothing(berthd, attempt):
    """As if hostile octets had got control of an acceptor: it dies of it, and the service goes on."""
    pid = berthd.roles('acceptor')[0]
    if processes.is_sanitized(pid):
        pytest.skip('in a build with sanitizers the sandbox does not kill')
    said = subprocess.run(['gdb', '-q', '-batch', '-nx', '-p', str(pid),
                           '-ex', f'print (long)syscall({ATTEMPTS[attempt]})'],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=50).stdout
    assert 'SIGSYS' in said, said
    wait_until(lambda: pid not in berthd.roles('acceptor'), what='the end of that process')
    berthd.wait_for_event('role-ended', process=pid, signal=int(signal.SIGSYS))
    assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
