"""Real servers of Debian's on loopback: each in a folder of its own, as a user without privilege, ended by its pid.

They are unpacked under build/clients, not installed, so that nothing else on the machine begins to run them.
"""
import contextlib
import itertools
import os
import pathlib
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile

from support import machine, processes
from support.processes import wait_until

UNPACKED = pathlib.Path(os.environ.get(
    'BERTH_CLIENTS', pathlib.Path(__file__).resolve().parents[3] / 'build/clients'))
LIBRARIES = f'usr/lib/{platform.machine()}-linux-gnu'
USER = machine.account() if machine.ROOT else pwd.getpwuid(os.getuid()).pw_name
START_SECONDS = 30
STOP_SECONDS = 10
PORTS = 30  # more than all servers need



def everybody_reaches(path):
    """True when every user may execute what is below this folder."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def first_of(roots, path):
    """Where there is such a file or folder; None when there is none."""
    return next((root / path for root in roots if (root / path).exists()), None)


def missing(paths):
    """Those of these paths in Debian packages that are neither unpacked nor installed."""
    return [path for path in paths if not first_of((UNPACKED, pathlib.Path('/')), path)]


class Servers:
    """The folder, the ports and the processes; each server is started by the first who asks for it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='berth-servers-'))
        self.folder.chmod(0o755)
        self.root = UNPACKED
        if machine.ROOT and UNPACKED.exists() and not everybody_reaches(UNPACKED):
            self.root = self.folder / 'unpacked'
            shutil.copytree(UNPACKED, self.root, symlinks=True)
        self.ports = itertools.count(machine.free_ports(PORTS))
        self.running = []
        self.started = {}

    def once(self, start):
        """What `start(self)` returned when it was first asked for."""
        if start not in self.started:
            self.started[start] = start(self)
        return self.started[start]

    # ---- what is there ----

    def find(self, path):
        """A program or folder by its path in a Debian package: unpacked, or else installed."""
        return str(first_of((self.root, pathlib.Path('/')), path))

    # ---- folders and processes ----

    def make_folder(self, name, files=()):
        """A folder of the servers' user, with these files."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        for file, text in dict(files).items():
            (folder / file).write_text(text, encoding='utf-8')
        if machine.ROOT:
            for entry in (folder, *folder.iterdir()):
                shutil.chown(entry, USER)
        return folder

    def environment(self, folder, **more):
        return {'PATH': '/usr/bin:/bin', 'HOME': str(folder), 'LC_ALL': 'C',
                'LD_LIBRARY_PATH': str(self.root / LIBRARIES), **more}

    def identity(self):
        return {'user': USER, 'group': pwd.getpwnam(USER).pw_gid, 'extra_groups': []} if machine.ROOT else {}

    def run(self, folder, *words, check=True):
        """Runs a program as the servers' user, to its end; True when all went well."""
        ran = subprocess.run([*map(str, words)], cwd=folder, env=self.environment(folder), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=START_SECONDS, check=False,
                             **self.identity())
        assert ran.returncode == 0 or not check, ran.stdout.decode(errors='replace')
        return ran.returncode == 0

    def start(self, folder, ports, *words, end=signal.SIGTERM, **environment):
        """Starts a server and waits until it listens on all these ports."""
        with open(folder / 'output', 'wb') as output:
            process = subprocess.Popen([*map(str, words)], cwd=folder, env=self.environment(folder, **environment),
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                       start_new_session=True, **self.identity())
        self.running.append((process, end))

        def ready():
            assert process.poll() is None, f'{words[0]} ended: {(folder / "output").read_text(errors="replace")}'
            return all(listens(port) for port in ports)
        wait_until(ready, START_SECONDS, f'{words[0]} listening')

    def take_ports(self, count):
        return [next(self.ports) for _ in range(count)]

    def stop(self):
        """Ends all of them, whatever state they are in, and their children with them."""
        family = [pid for process, _ in self.running for pid in (process.pid, *processes.descendants(process.pid))]
        for process, end in self.running:
            process.send_signal(end)
        for process, _ in self.running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
        for pid in filter(processes.lives, family):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process, _ in self.running:
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


@contextlib.contextmanager
def servers():
    """A place for servers while the block runs."""
    all_of_them = Servers()
    try:
        yield all_of_them
    finally:
        all_of_them.stop()
