"""Clients of the line dialect on plain sockets; nothing here takes longer than TIMEOUT."""
import contextlib
import socket
import struct
import time

TIMEOUT = 15


def connect(address, source=None, timeout=TIMEOUT):
    """A connection to (host, port) or to the path of a unix socket, from `source` if it is given."""
    if isinstance(address, (str, bytes)):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        connection.connect(address)
        return connection
    family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        if source is not None:
            connection.bind((source, 0))
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def read_all(connection, size_max=None):
    """Everything up to the end, or up to `size_max` octets."""
    octets = b''
    while size_max is None or len(octets) < size_max:
        piece = connection.recv(65536 if size_max is None else size_max - len(octets))
        if not piece:
            break
        octets += piece
    return octets


def read_line(connection):
    """One line with its end, and not an octet more."""
    line = b''
    while not line.endswith(b'\n'):
        octet = connection.recv(1)
        if not octet:
            break
        line += octet
    return line


def say(address, octets, source=None, timeout=TIMEOUT):
    """Says it, ends our side, and returns everything that comes back."""
    with connect(address, source, timeout) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


def ask(address, octets, source=None, timeout=TIMEOUT):
    """Says it and returns the first line of the answer; our side stays open until then."""
    with connect(address, source, timeout) as connection:
        connection.sendall(octets)
        return read_line(connection)


def call(address, name, source=None, timeout=TIMEOUT):
    """Calls a function; returns the connection and the line that answered."""
    connection = connect(address, source, timeout)
    try:
        connection.sendall(name.encode() + b'\r\n')
        return connection, read_line(connection)
    except BaseException:
        connection.close()
        raise


def reset(connection):
    """Ends a connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def redirected_to(line, address):
    """Where a ">" line sends a client that called `address`."""
    assert line.startswith(b'>') and line.endswith(b'\r\n'), line
    words = line[1:].decode().split()
    return (words[1] if len(words) > 1 else address[0], int(words[0]))


def answers(address, source=None, timeout=0.4):
    """How a port answers a connection: 'open', 'refused', or 'silent'."""
    try:
        connect(address, source, timeout).close()
    except ConnectionRefusedError:
        return 'refused'
    except TimeoutError:
        return 'silent'
    return 'open'


@contextlib.contextmanager
def many(count, address, source=None):
    """So many connections that say nothing."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(address, source)) for _ in range(count)]


def seconds_until_end(connection):
    """How long until the other side ends, and what it said meanwhile."""
    begin = time.monotonic()
    octets = read_all(connection)
    return time.monotonic() - begin, octets
