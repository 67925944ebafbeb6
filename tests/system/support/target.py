"""Servers that relays connect to, and sections of functions that do."""
import contextlib
import socket
import threading

from support import client, processes
from support.processes import wait_until

BACKLOG = 4096


class Target:
    """A server in this process: `serve(connection)` runs in a thread for each connection."""

    def __init__(self, serve, family=socket.AF_INET, address=None, backlog=BACKLOG):
        self.serve = serve
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(address or (('::1' if family == socket.AF_INET6 else '127.0.0.1'), 0))
        self.listener.listen(backlog)
        self.connections = []
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def port(self):
        return self.listener.getsockname()[1]

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(client.TIMEOUT)
            self.connections.append(connection)
            threading.Thread(target=self.run, args=(connection,), daemon=True).start()

    def run(self, connection):
        with contextlib.suppress(OSError):
            self.serve(connection)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.close()


def echo(connection):
    while octets := connection.recv(65536):
        connection.sendall(octets)
    connection.close()


def keep(_):
    """The test itself speaks on the connection."""


def section(target, name='over', **keys):
    """A [function] section that relays to a Target, a port, or a text; the underscore of a keyword is a dash."""
    where = target if isinstance(target, str) else \
        f'127.0.0.1:{target if isinstance(target, int) else target.port}'
    lines = ''.join(f'{key.replace("_", "-")} = {value}\n' for key, value in keys.items())
    return f'[function {name}]\nhandover = relay\ntarget = {where}\n{lines}'


def through(berthd, name='over', address=None):
    """A connection that stands."""
    connection, answer = client.call(address or berthd.address, name)
    assert answer == b'+\r\n', answer
    return connection


def other_end(target, number=1):
    """The target's end of its newest connection."""
    wait_until(lambda: len(target.connections) >= number, what='a connection at the target')
    return target.connections[number - 1]


def relay_process(berthd):
    pid, = berthd.wait_for_functions(1)
    return pid


def resident_kb(pid):
    """What it has in memory of its own."""
    return int(processes.status(pid)['RssAnon'][0])


def is_reset(connection):
    """Waits for the end: True when it is a reset."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        return True
    return False
