"""A forwarder between a real client and a server, which sends the client's first octets one at a time."""
import contextlib
import socket
import threading
import time

from support import client


class Dribble:
    """Listens on 127.0.0.1 and calls `target` for each connection; each octet of the first `octets` goes alone.

    Both sides see the client's address.
    """

    def __init__(self, target, octets=1000, pause=0.0005):
        self.target = target
        self.octets = octets
        self.pause = pause
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.address = self.listener.getsockname()
        self.port = self.address[1]
        self.lock = threading.Lock()
        self.open = set()
        self.threads = [threading.Thread(target=self.listen)]
        self.threads[0].start()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self.start(self.serve, near)

    def start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments)
        self.threads.append(thread)
        thread.start()

    def serve(self, near):
        """One client: its octets here, the server's in a thread of their own."""
        source = near.getpeername()[0]
        with near, contextlib.suppress(OSError), client.connect(self.target, source) as far:
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for connection in (near, far):
                connection.settimeout(None)
            with self.lock:
                self.open |= {near, far}
            back = threading.Thread(target=pour, args=(far, near))
            back.start()
            try:
                pour(near, far, self.octets, self.pause)
                back.join()
            finally:
                end(near)
                end(far)
                back.join()
                with self.lock:
                    self.open -= {near, far}

    def close(self):
        end(self.listener)
        self.listener.close()
        with self.lock:
            for connection in self.open:
                end(connection)
        for thread in self.threads:
            thread.join()


def end(connection):
    """Wakes whoever reads from it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def pour(source, target, slowly=0, pause=0.0):
    """All octets from one to the other, the first ones alone, and then the end of them."""
    with contextlib.suppress(OSError):
        while True:
            octets = source.recv(65536)
            if not octets:
                break
            for octet in octets[:slowly]:
                target.sendall(bytes([octet]))
                time.sleep(pause)
            target.sendall(octets[slowly:])
            slowly = max(0, slowly - len(octets))
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def dribble(target, octets=1000, pause=0.0005):
    """A forwarder to `target` while the block runs."""
    forwarder = Dribble(target, octets, pause)
    try:
        yield forwarder
    finally:
        forwarder.close()
