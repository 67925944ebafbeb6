"""stage.py - what the demo plays on: a folder of its own, files to serve, a berthd, and the proof that nothing stays.

Used by `run`. It touches nothing outside its folder, and ends only processes that it started.
"""
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import string
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
PUBLISHED = ['README.md', 'LICENSE', 'include', 'src']
HELPERS = [HERE / 'git-through-berth', PROJECT / 'examples/worker.py', PROJECT / 'examples/listen-fd.py',
           PROJECT / 'examples/call.sh', *sorted((PROJECT / 'examples/registry').glob('*.csv'))]

# On every Debian; what acceptors run as must be nothing that a function runs as.
ACCEPTORS = 'daemon'
FUNCTIONS = 'nobody'

PATIENCE_S = 30


class Unexpected(Exception):
    """A client did not see what it should have seen."""


def contents(folder):
    """The digest of every file below a folder, by its path; .git left out."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob('*')) if path.is_file() and '.git' not in path.parts}


def wait_until(what, condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise Unexpected(f'{what}: not within {PATIENCE_S} seconds')
        time.sleep(0.02)


def descendants(ancestor):
    """The pids of all processes below this one."""
    children = {}
    for entry in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            parent = int(entry.read_text().rpartition(')')[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    found = list(children.get(ancestor, []))
    for process in found:
        found += children.get(process, [])
    return found


class Stage:
    """One berthd with its folder, from start() to clear()."""

    def __init__(self, programs):
        self.root = os.geteuid() == 0
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='berth-demo-'))
        self.folder.chmod(0o755)  # functions are other users, when there is root, and must read what is here
        os.umask(0o022)
        self.published = self.folder / 'published'
        self.port = self._free_port()
        self.admit = 'caller'
        self.daemon = None
        self.programs = programs
        self.environment = {
            'PATH': f'{programs}:/usr/bin:/bin', 'HOME': str(self.folder), 'LC_ALL': 'C.UTF-8',
            'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1',
            'BERTH_REGISTRY': str(self.folder / 'registry.db'),
        }

    @staticmethod
    def _free_port():
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            return probe.getsockname()[1]

    def shell(self, command):
        """Runs a command as shown to the reader; returns its ending with what it wrote."""
        return subprocess.run(['/bin/sh', '-c', command], cwd=self.folder, env=self.environment, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)

    # ---- files ----

    def _publish(self):
        """This project's own files, as a git repository, an rsync module and a web site in one."""
        self.published.mkdir()
        for name in PUBLISHED:
            source = PROJECT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, self.published / name)
        done = self.shell('cd published && git init -q -b main && git add . && '
                          'git -c user.name=demo -c user.email=demo@localhost commit -q -m "berth itself"')
        if done.returncode != 0:
            raise Unexpected(f'git could not make a repository: {done.stderr}')
        if self.root:  # git serves only what belongs to the user that it runs as
            for path in [self.published, *self.published.rglob('*')]:
                shutil.chown(path, FUNCTIONS)

    def _configure(self):
        """Writes the configuration; ports for one caller only are left out where the kernel refuses them."""
        template = string.Template((HERE / 'berthd.conf').read_text())
        for self.admit in ('caller', 'any'):
            (self.folder / 'berthd.conf').write_text(template.substitute(
                folder=self.folder, port=self.port, admit=self.admit,
                acceptors=f'user = {ACCEPTORS}' if self.root else '',
                account=f'user = {FUNCTIONS}' if self.root else ''))
            check = self.shell('berthd -c berthd.conf --check')
            if check.returncode == 0:
                return
        raise Unexpected(f'berthd does not take the configuration:\n{check.stderr}')

    def _prepare(self):
        for helper in HELPERS:
            pathlib.Path(shutil.copy(helper, self.folder)).chmod(0o755)
        (self.folder / 'rsyncd.conf').write_text(
            'use chroot = no\nreverse lookup = no\n'
            f'[published]\npath = {self.published}\nexclude = .git\n')
        self._publish()
        self._configure()

    # ---- berthd ----

    def _answers(self):
        if self.daemon.poll() is not None:
            raise Unexpected(f'berthd ended with status {self.daemon.returncode}')
        with socket.socket() as probe:
            return probe.connect_ex(('127.0.0.1', self.port)) == 0

    def start(self):
        self._prepare()
        with open(self.folder / 'berthd.log', 'wb') as log:
            self.daemon = subprocess.Popen(
                [self.programs / 'berthd', '-c', 'berthd.conf', '--run-dir', 'run'], cwd=self.folder,
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_until('berthd listens', self._answers)

    def log_end(self):
        log = self.folder / 'berthd.log'
        return log.read_text(errors='replace').splitlines()[-15:] if log.exists() else []

    def stop(self):
        """Ends berthd as a service manager would; returns how many processes went with it."""
        processes = descendants(self.daemon.pid)
        self.daemon.send_signal(signal.SIGTERM)
        status = self.daemon.wait(PATIENCE_S)
        left = [pid for pid in processes if pathlib.Path(f'/proc/{pid}').exists()]
        with socket.socket() as probe:
            listens = probe.connect_ex(('127.0.0.1', self.port)) == 0
        if status != 0 or left or listens:
            raise Unexpected(f'berthd ended with status {status}, processes left {left}, still listening: {listens}')
        return len(processes)

    def clear(self):
        """Whatever happened, nothing stays."""
        if self.daemon is not None and self.daemon.poll() is None:
            processes = descendants(self.daemon.pid)
            self.daemon.kill()
            self.daemon.wait()
            for process in processes:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        shutil.rmtree(self.folder)
