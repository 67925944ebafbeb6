"""A berthd for one test: its configuration, its process, its log, and that it ends as it should."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from support import machine, processes
from support.processes import wait_until

START_SECONDS = 30
STOP_SECONDS = 15
SANITIZER = re.compile(r'Sanitizer|runtime error:')
FIELD = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|[^ ]*)')


def parse_event(line):
    """A line of the log as a dictionary."""
    return {name: value[1:-1] if value.startswith('"') else value
            for name, value in FIELD.findall(line)}


class Berthd:
    """One berthd in the foreground.

    functions	text of [function] sections, and of further [listen] sections
    general	further lines of [berthd]
    listen	further lines of [listen main], which listens on 127.0.0.1 unless it has an address
    """

    def __init__(self, functions='', general='', listen='', prefix=(), environment=None, **options):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='berth-'))
        self.directory.chmod(0o755)
        self.run_directory = self.directory / 'run'
        self.configuration = self.directory / 'berthd.conf'
        self.port = machine.free_ports(1)
        self.address = ('127.0.0.1', self.port)
        self.log_path = self.directory / 'log'
        self.prefix = list(prefix)
        self.environment = environment
        self.options = options
        self.process = None
        self.configure(functions, general, listen)

    # ---- its configuration ----

    def configure(self, functions, general='', listen=''):
        """Writes the configuration; DIR stands for the test's folder, PORT for the first port."""
        if not re.search(r'^address *=', listen, re.MULTILINE):
            listen = 'address = 127.0.0.1:PORT\n' + listen
        if 'acceptors' not in general:
            general = 'acceptors = 2\n' + general
        if 'log' not in general:
            general = 'log = stderr\n' + general
        text = (f'[berthd]\nrun-dir = {self.run_directory}\n{general}\n'
                f'[listen main]\n{listen}\n{functions}\n')
        self.configuration.write_text(self.fill_in(text), encoding='utf-8')

    def fill_in(self, text):
        return text.replace('PORT', str(self.port)).replace('DIR', str(self.directory))

    def write(self, name, text):
        """A file in the test's folder that everybody may read and execute."""
        path = self.directory / name
        path.write_text(self.fill_in(text), encoding='utf-8')
        path.chmod(0o755)
        return path

    # ---- its process ----

    def start(self, *, ready=True):
        """Starts it and, unless told otherwise, waits until it is ready."""
        program = machine.PROGRAMS / 'berthd'
        environment = dict(os.environ)
        environment.pop('NOTIFY_SOCKET', None)
        environment.update(self.environment or {})
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(
                [*self.prefix, program, '-c', self.configuration], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=environment, start_new_session=True, **self.options)
        if ready:
            wait_until(lambda: self.events('ready') or self.process.poll() is not None,
                       START_SECONDS, 'berthd ready')
            assert self.process.poll() is None, f'berthd ended: {self.log()}'
        return self

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        """Ends it in good order; nothing of it may live on, and no sanitizer may have complained."""
        family = processes.descendants(self.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f'berthd does not end: {self.log()}') from error
        left = [(pid, processes.command(pid)) for pid in family if processes.lives(pid)]
        assert not left, f'left running: {left}'
        assert code == 0, f'berthd ended with {code}: {self.log()}'
        self.check_log()

    def check_log(self):
        assert not SANITIZER.search(self.log()), self.log()

    def clean_up(self):
        """Whatever state it is in: nothing stays."""
        try:
            if self.process is not None and self.process.poll() is None:
                self.stop()
        finally:
            self.kill()
            shutil.rmtree(self.directory, ignore_errors=True)

    def kill(self):
        if self.process is None:
            return
        family = [] if self.process.poll() is not None else processes.descendants(self.pid)
        for pid in [*family, self.pid]:
            if self.process.poll() is None or pid != self.pid:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.process.wait()

    # ---- its parts ----

    def roles(self, name):
        """The pids of its acceptors, launchers or port-broker, the oldest first."""
        return [pid for pid in processes.children(self.pid)
                if processes.command(pid)[1:3] == ['--role', name] and processes.lives(pid)]

    def functions(self, program=None):
        """The pids of functions' processes: what stems from berthd and executes something else."""
        own = processes.executable(self.pid)
        return [pid for pid in processes.descendants(self.pid)
                if processes.lives(pid) and processes.executable(pid) not in (own, None)
                and (program is None or processes.command(pid)[:1] == [program])]

    def wait_for_functions(self, count, program=None, seconds=10):
        """Waits until so many processes of functions run, and returns them."""
        found = []

        def as_many():
            found[:] = self.functions(program)
            return len(found) == count
        wait_until(as_many, seconds, f'{count} functions running')
        return found

    # ---- its log ----

    def log(self):
        return self.log_path.read_text(encoding='utf-8', errors='replace') if self.log_path.exists() else ''

    def events(self, name=None, **fields):
        """The events of its log with this name and these fields, as dictionaries."""
        found = []
        for line in self.log().splitlines():
            event = json.loads(line) if line.startswith('{') else parse_event(line)
            wanted = dict(fields, **({'event': name} if name else {}))
            if all(event.get(key) == str(value) for key, value in wanted.items()):
                found.append(event)
        return found

    def wait_for_event(self, name, seconds=10, count=1, **fields):
        """Waits until it was logged `count` times; returns the events."""
        wait_until(lambda: len(self.events(name, **fields)) >= count, seconds,
                   f'{count} times {name} {fields} in the log')
        return self.events(name, **fields)

    # ---- what an operator does ----

    def reload(self):
        """Reloads by signal and waits for the answer in the log: True when it was taken."""
        before = len(self.events('reloaded')), len(self.events('reload-refused'))
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: (len(self.events('reloaded')), len(self.events('reload-refused'))) != before,
                   START_SECONDS, 'an end of the reload')
        return len(self.events('reloaded')) > before[0]
