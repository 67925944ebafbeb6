"""processes.py - starts servers on their processor, adds up what they use, and ends them.

A Server is all the processes behind one row.  Whatever happens, stop() ends every process that was
started for it, by process id: the benchmark is a subreaper, so none of them can escape by losing its parent.
"""
import ctypes
import os
import pathlib
import resource
import signal
import subprocess
import time

from context import SERVER_CPU, Unavailable

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
END_WAIT_S = 3
libc = ctypes.CDLL(None)


def become_subreaper():
    """Orphans of the servers become children of this process."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def can_fifo():
    """Whether this user may use the real-time scheduler."""
    pid = os.fork()
    if pid == 0:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def raise_files(wanted):
    """As many open files as wanted, or as the hard limit lets."""
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    except (ValueError, OSError):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def placement(cpu, fifo, files=None):
    """What a child does before exec: its processor, the scheduler that all get alike, open files."""
    def apply():
        if files:
            raise_files(files)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        os.sched_setaffinity(0, {min(cpu, os.cpu_count() - 1)})
        if fifo:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return apply


def descendants(pid):
    """All processes below pid, children before grandchildren."""
    found = []
    try:
        for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
            for child in (task / 'children').read_text().split():
                found += [int(child), *descendants(int(child))]
    except OSError:
        pass  # ended meanwhile
    return found


def cpu_ns(pid):
    """Nanoseconds of processor time of all threads of a process; None when it has ended."""
    try:
        return sum(int((task / 'schedstat').read_text().split()[0])
                   for task in pathlib.Path(f'/proc/{pid}/task').iterdir())
    except (OSError, IndexError):
        return None


class Server:
    """The processes of one row, and the port where they are called."""

    def __init__(self, context):
        self.context = context
        self.port = context.free_port()
        self.started = []
        self.enter = []  # the words before a command that shall reach this server

    def run(self, command, files=None):
        """Starts one of its processes; what it prints goes to a log in the working directory."""
        name = pathlib.Path(command[0]).name
        command = [str(word) for word in command]
        self.begun_ns = time.monotonic_ns()  # its configuration is written by now
        with open(self.context.work / f'{name}.log', 'ab') as log:
            try:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.context.work,
                    start_new_session=True,
                    preexec_fn=placement(SERVER_CPU, self.context.fifo, files))
            except (OSError, subprocess.SubprocessError) as error:
                raise Unavailable(f'{name} could not be started: {error}') from error
        process.name = name
        self.started.append(process)
        return process

    def run_isolated(self, script, command):
        """Starts a shell script, with the command as $0 and so on, in a network of its own: for peers
        that insist on a well-known port of all addresses.  Only root can."""
        process = self.run(['/usr/bin/unshare', '--net', '--mount', '/bin/sh', '-ec',
                            f'ip link set lo up\n{script}', *command])
        namespace = pathlib.Path(f'/proc/{process.pid}/ns/net')
        deadline = time.monotonic() + END_WAIT_S
        while namespace.exists() and namespace.readlink() == pathlib.Path('/proc/self/ns/net').readlink():
            self.check()
            if time.monotonic() > deadline:
                raise Unavailable('no network of its own')
            time.sleep(0.001)
        self.enter = ['/usr/bin/nsenter', f'--net={namespace}']
        return process

    def processes(self):
        """All process ids, in the order in which they were born as far as the tree tells."""
        return [pid for process in self.started for pid in (process.pid, *descendants(process.pid))]

    def cpu_ns(self):
        """{process id: processor time} of what lives now."""
        return {pid: used for pid in self.processes() if (used := cpu_ns(pid)) is not None}

    def check(self):
        """Raises Unavailable when a process has ended by itself."""
        for process in self.started:
            if process.poll() is not None:
                raise Unavailable(
                    f'{process.name} ended with {process.returncode}: {self.last_words(process)}')

    def last_words(self, process):
        """The last line of a process's log."""
        lines = (self.context.work / f'{process.name}.log').read_text(errors='replace').splitlines()
        return lines[-1].strip()[:160] if lines else 'without a word'

    def stop(self):
        """Ends all processes and waits until they are gone."""
        for process in self.started:
            process.terminate()
        deadline = time.monotonic() + END_WAIT_S
        for process in self.started:
            try:
                process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.started = []
        end_orphans()


def end_orphans():
    """Kills and reaps all that is left below this process: servers run one at a time, so it is of this one."""
    while left := descendants(os.getpid()):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap()
        time.sleep(0.001)


def reap():
    """Takes the exit status of every child that has ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
