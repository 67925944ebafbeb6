"""Clients that call again and again from several threads, and count how it went."""
import collections
import contextlib
import socket
import threading

from support import client


def call_once(address, name, payload):
    """One call in full: 'served', a refusal's word, or how the connection broke."""
    try:
        connection = client.connect(address)
    except ConnectionRefusedError:
        return 'not accepted'
    except OSError:
        return 'no connection'
    with connection:
        try:
            connection.sendall(name + b'\r\n' + payload)
            connection.shutdown(socket.SHUT_WR)
            octets = client.read_all(connection)
        except TimeoutError:
            return 'hung'
        except OSError:
            return 'lost'
    if octets == b'+\r\n' + payload or octets.startswith(b'>'):
        return 'served'
    if octets.startswith(b'-'):
        return octets[1:].split()[0].decode()
    return 'cut' if octets else 'lost'


class Load:
    """Runs until stopped; `results` counts the outcomes."""

    def __init__(self, address, names, threads=4):
        self.results = collections.Counter()
        self.address = address
        self.names = names
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.go, args=(number,)) for number in range(threads)]

    def go(self, number):
        turn = number
        while not self.over.is_set():
            turn += 1
            result = call_once(self.address, self.names[turn % len(self.names)], b'x' * (turn % 300))
            with self.lock:
                self.results[result] += 1


@contextlib.contextmanager
def load(address, names, threads=4):
    """Load while the block runs."""
    running = Load(address, names, threads)
    for thread in running.threads:
        thread.start()
    try:
        yield running
    finally:
        running.over.set()
        for thread in running.threads:
            thread.join(client.TIMEOUT + 5)
