"""What this machine and this user allow: who we are, free ports, accounts, time limits."""
import grp
import os
import pathlib
import pwd
import random
import shutil
import socket

import pytest

PROGRAMS = pathlib.Path(os.environ.get(
    'BERTH_BIN', pathlib.Path(__file__).resolve().parents[3] / 'build/sanitize/src'))
PYTHON = '/usr/bin/python3'
LONG = os.environ.get('BERTH_LONG') == '1'
ROOT = os.geteuid() == 0

needs_root = pytest.mark.skipif(not ROOT, reason='needs root')

# Below the ports that Linux uses for outgoing connections and those that berth lends by default.
PORTS_OF_TESTS = range(20000, 32000)


def needs(program):
    """Skips a test where a program of another project is missing."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f'needs {program}')


def as_often_as(short, long):
    """How often, or for how many seconds: the second number with BERTH_LONG=1."""
    return long if LONG else short


def is_free(port):
    """True when nobody listens on this port of the loopback addresses."""
    for family, host in ((socket.AF_INET, '0.0.0.0'), (socket.AF_INET6, '::')):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


def free_ports(count, numbers=PORTS_OF_TESTS):
    """The first of `count` neighbouring ports nobody uses."""
    for _ in range(1000):
        first = random.randrange(numbers.start, numbers.stop - count)
        if all(is_free(port) for port in range(first, first + count)):
            return first
    raise RuntimeError('no free ports')


def account(*, other_than=()):
    """The name of an account of Debian's that nothing of this machine runs as."""
    for name in ('games', 'news', 'uucp', 'proxy'):
        if name not in other_than:
            return name
    raise RuntimeError('no such account')


def identity(user, group=None):
    """What /proc/PID/status must say of a process of this account: Uid, Gid, Groups as sets of ids."""
    entry = pwd.getpwnam(user)
    gid = grp.getgrnam(group).gr_gid if group else entry.pw_gid
    return entry.pw_uid, gid, set(os.getgrouplist(user, gid))
