#!/usr/bin/python3
"""listen-fd.py - a service that is given its socket as descriptor 3, as systemd does it too.

Given one connection (LISTEN_FDNAMES=connection) it serves that one and ends; given a listening socket (listener) it
serves whoever comes, until it is told to end.

    [function clock-once]
    handover = spawn
    as = listen-fd
    command = /usr/local/lib/listen-fd.py

    [function clock]
    handover = port
    share = all
    command = /usr/local/lib/listen-fd.py
"""
import os
import socket
import sys
import time

FIRST_DESCRIPTOR = 3


def serve(connection):
    with connection:
        try:
            connection.sendall(f'{time.strftime("%H:%M:%S")}\n'.encode())
        except OSError:
            pass  # the caller is gone


def main():
    if os.environ.get('LISTEN_PID') not in (None, str(os.getpid())) or os.environ.get('LISTEN_FDS') != '1':
        sys.exit('listen-fd.py: no socket was given')
    given = socket.socket(fileno=FIRST_DESCRIPTOR)
    given.set_inheritable(False)
    if os.environ.get('LISTEN_FDNAMES') == 'connection':
        serve(given)
        return
    while True:
        serve(given.accept()[0])


main()
