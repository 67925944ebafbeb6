"""Processes as /proc shows them, to look at berthd's from outside."""
import contextlib
import os
import pathlib
import signal
import subprocess
import time


def status(pid):
    """/proc/PID/status as a dictionary of words; empty when the process is gone."""
    try:
        text = pathlib.Path(f'/proc/{pid}/status').read_text(encoding='utf-8', errors='replace')
    except OSError:
        return {}
    return dict((name, value.split()) for name, _, value in
                (line.partition(':') for line in text.splitlines()))


def lives(pid):
    """True for a process that is neither gone nor a zombie."""
    return status(pid).get('State', ['Z'])[0] not in 'ZX'


def command(pid):
    """Its arguments; empty when it is gone."""
    try:
        return pathlib.Path(f'/proc/{pid}/cmdline').read_bytes().decode().split('\0')[:-1]
    except OSError:
        return []


def executable(pid):
    """What identifies the file it executes; None when it is gone, or is berthd's and we may not ask."""
    try:
        info = os.stat(f'/proc/{pid}/exe')
    except OSError:
        return None
    return info.st_dev, info.st_ino


def environment(pid):
    """The environment it was executed with, as a list in its order; empty when it is gone."""
    try:
        return pathlib.Path(f'/proc/{pid}/environ').read_bytes().decode().split('\0')[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return []


def descriptors(pid):
    """{number: what it is} of its open descriptors."""
    found = {}
    for entry in os.scandir(f'/proc/{pid}/fd'):
        try:
            found[int(entry.name)] = os.readlink(entry.path)
        except OSError:
            pass
    return found


def is_sanitized(pid):
    """True for a build with sanitizers: in it, what the sandbox denies does not kill."""
    with open(f'/proc/{pid}/maps', encoding='utf-8') as file:
        return 'libasan' in file.read()


def cpu_seconds(pid):
    """User and system time it has used."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def families():
    """{pid: its children} of all processes, zombies too, in one look."""
    found = {}
    for entry in os.scandir('/proc'):
        if entry.name.isdigit():
            try:
                with open(f'/proc/{entry.name}/stat', 'rb') as file:
                    parent = int(file.read().rpartition(b')')[2].split()[1])
            except OSError:
                continue
            found.setdefault(parent, []).append(int(entry.name))
    return found


def children(pid):
    """Its children, zombies too, the oldest first as long as pids do not come round."""
    return sorted(families().get(pid, []))


def descendants(pid):
    """All that stem from it, itself not among them."""
    family = families()
    found = []
    parents = [pid]
    while parents:
        found += sorted(family.get(parents[0], []))
        parents += sorted(family.get(parents.pop(0), []))
    return found


def wait_until(true, seconds=10, what='it'):
    """Waits for `true()` and returns what it said."""
    end = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f'{what} did not come true within {seconds} s')
        time.sleep(0.01)


@contextlib.contextmanager
def strace(pid, *options):
    """Attached to a process and what it starts, until the block ends."""
    tracer = subprocess.Popen(['strace', '-f', '-qq', '-o', '/dev/null', *options, '-p', str(pid)],
                              stderr=subprocess.PIPE)
    try:
        wait_until(lambda: status(pid).get('TracerPid') == [str(tracer.pid)], what='strace attached')
        time.sleep(0.1)
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=10)
