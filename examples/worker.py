#!/usr/bin/python3
"""worker.py - a worker without libberth: reads the call queue itself and answers each call with a line.

    [function hello]
    handover = worker
    command = /usr/local/lib/worker.py

What lies in the queue is in libberth(3), "THE CALL QUEUE".
"""
import array
import os
import select
import socket
import struct
import time

# magic, dialect, flags, function id, accepted (ns), source, queue time-out (ms), first message (ms), function, key
CALL = struct.Struct('=IHHQQQII16s33s23x')
MAGIC = 0x62437631
GREET = 1
LINE = 1  # the dialect of callers that understand "-"


def text(octets):
    return octets.split(b'\0')[0].decode('ascii')


def receive(queue):
    """Returns one message and its descriptor (-1: none), or None when another worker was faster."""
    try:
        message, control, _, _ = queue.recvmsg(
            CALL.size, socket.CMSG_LEN(4), socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC)
    except BlockingIOError:
        return None
    descriptors = array.array('i')
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[:4])
    return message, descriptors[0] if descriptors else -1


def calls(queue):
    """Yields (connection, function, key) until berthd closes the queue."""
    waiting = select.poll()
    waiting.register(queue, select.POLLIN)
    while True:
        # Not a blocking receive: a process that dies while it is woken would take the wake-up with it.
        waiting.poll()
        received = receive(queue)
        if received is None:
            continue
        message, descriptor = received
        if not message:
            return
        if len(message) != CALL.size or descriptor < 0:
            raise ValueError('not a call')
        connection = socket.socket(fileno=descriptor)
        magic, dialect, flags, _, accepted, _, timeout, first, function, key = CALL.unpack(message)
        if magic != MAGIC:
            raise ValueError('not a call')
        waited = (time.monotonic_ns() - accepted) // 1_000_000 - first
        try:
            if waited > timeout:
                if dialect == LINE:
                    connection.send(b'-timeout this took too long\r\n')
                connection.close()
                continue
            if flags & GREET:
                connection.send(b'+\r\n')
        except OSError:  # the caller is gone
            connection.close()
            continue
        yield connection, text(function), text(key)


def serve(connection, function, key):
    connection.sendall(f'hello {key or "world"}, this is {function}\n'.encode())


def main():
    queue = socket.socket(fileno=int(os.environ['BERTH_WORKER_FD']))
    queue.set_inheritable(False)
    for connection, function, key in calls(queue):
        with connection:
            try:
                serve(connection, function, key)
            except OSError:
                pass  # the caller is gone


main()
