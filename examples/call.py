#!/usr/bin/python3
"""call.py HOST PORT FUNCTION [KEY] - calls a function: standard input to it, what it says to standard output."""
import os
import socket
import sys
import threading


class Refused(Exception):
    """What the server said behind "-"."""


def read_line(connection):
    """Reads one line and not an octet more: what follows is the function's."""
    line = b''
    while not line.endswith(b'\n'):
        octet = connection.recv(1)
        if not octet or len(line) >= 512:
            raise OSError('not a rendezvous port')
        line += octet
    return line.decode('ascii', 'replace').strip()


def call(host, port, function, key=None, timeout=10):
    """Returns a socket that is connected to the function, wherever it is."""
    connection = socket.create_connection((host, port), timeout)
    attribute = f' key={key}' if key else ''
    connection.sendall(f'{function}{attribute}\r\n'.encode('ascii'))
    reply = read_line(connection)
    if reply.startswith('-'):
        raise Refused(reply[1:])
    if reply.startswith('>'):
        number, *words = reply[1:].split()
        there = connection.getpeername()[0]
        # The port may exist for the address that called only, so we come from there again.
        here = (connection.getsockname()[0], 0)
        if words and '=' not in words[0]:
            there, here = words[0], None
        connection.close()
        connection = socket.create_connection((there, int(number)), timeout, here)
    elif not reply.startswith('+'):
        raise OSError('not a rendezvous port')
    connection.settimeout(None)
    return connection


def send_input(connection):
    """When the input ends, only our direction of the connection does."""
    try:
        while octets := os.read(0, 65536):
            connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the function has enough


def main():
    connection = call(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
    threading.Thread(target=send_input, args=[connection], daemon=True).start()
    while octets := connection.recv(65536):
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()


if __name__ == '__main__':
    try:
        main()
    except (Refused, OSError) as error:
        sys.exit(f'call.py: {error}')
