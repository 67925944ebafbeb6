"""context.py - what every part of the benchmark shares: where things are and how processes are placed.

Made once by run.py.  Holds no results.
"""
import dataclasses
import os
import pathlib
import pwd
import shutil
import socket
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVER_CPU = 0
LOAD_CPU = 1
FIRST_PORT = 21000  # below Linux's range for outgoing connections, and below the ports of mode B
CLIENTS = 8


class Unavailable(Exception):
    """A row cannot be measured here; the text says why and becomes the row."""


@dataclasses.dataclass
class Context:
    """Places, programs and the one choice of scheduling."""

    fifo: bool
    seconds: float
    build: pathlib.Path = ROOT / 'build' / 'bench'
    programs: pathlib.Path = pathlib.Path(os.environ.get('BERTH_BIN', ROOT / 'build' / 'bin'))
    peers: pathlib.Path = pathlib.Path(os.environ.get('BERTH_PEERS', ROOT / 'build' / 'peers'))
    work: pathlib.Path = None  # configuration, logs, services: readable for any user, gone afterwards
    port: int = FIRST_PORT

    def __post_init__(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix='berth-bench-'))
        self.work.chmod(0o755)

    def close(self):
        """Removes the working directory."""
        shutil.rmtree(self.work, ignore_errors=True)

    @property
    def user(self):
        """The name of who runs the benchmark; peers serve as this user, which is their cheapest way."""
        return pwd.getpwuid(os.geteuid()).pw_name

    def free_port(self):
        """A port number of loopback that nothing listens on; never the same twice."""
        while True:
            self.port += 1
            with socket.socket() as probe:
                try:
                    probe.bind(('127.0.0.1', self.port))
                except OSError:
                    continue
                return self.port

    def write(self, name, text):
        """A file in the working directory; returns its path."""
        path = self.work / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o644)
        return path

    def peer(self, name):
        """The path of a peer's program: unpacked under build/peers, or installed."""
        for folder in ('usr/sbin', 'usr/bin', 'sbin', 'bin'):
            path = self.peers / folder / name
            if path.exists():
                return path
        found = shutil.which(name, path='/usr/sbin:/usr/bin:/sbin:/bin')
        if not found:
            raise Unavailable(f'{name} is not here (./dev bench unpacks it)')
        return pathlib.Path(found)

    def service(self, name):
        """A copy of a program in the working directory, where every user may execute it."""
        copy = self.work / name
        if not copy.exists():
            source = self.build / name
            if not source.exists():
                raise Unavailable(f'{name} was not compiled')
            shutil.copy(source, copy)
            copy.chmod(0o755)
        return copy
