"""TLS ClientHellos of any size and cut, as octets: what clients send first, and nothing else of TLS."""
import os
import struct

SERVER_NAME, ALPN, PADDING, KEY_SHARE = 0, 16, 21, 51
RECORD_OCTETS_MAX = 16384


def counted(octets, size=2):
    """The octets behind their length."""
    return len(octets).to_bytes(size, 'big') + octets


def extension(kind, octets):
    return struct.pack('!H', kind) + counted(octets)


def message(sni=None, alpn=(), octets=None):
    """A ClientHello without its record; with `octets`, of just that size. The name stands behind what is large."""
    extensions = extension(KEY_SHARE, counted(b'\x11\xec' + counted(os.urandom(1216)))) if (octets or 0) > 1500 else b''
    named = b''
    if sni is not None:
        named += extension(SERVER_NAME, counted(b'\0' + counted(sni.encode())))
    if alpn:
        named += extension(ALPN, counted(b''.join(counted(name.encode(), 1) for name in alpn)))
    head = b'\x03\x03' + os.urandom(32) + counted(os.urandom(32), 1) + counted(b'\x13\x01\x13\x02\xc0\x2b') + b'\x01\0'
    if octets:
        rest = octets - 4 - len(head) - 2 - len(extensions) - len(named) - 4
        extensions += extension(PADDING, bytes(rest))
    return b'\x01' + counted(head + counted(extensions + named), 3)


def records(octets, count=1):
    """These octets of a handshake in so many records of about the same size."""
    size = -(-len(octets) // count)
    assert size <= RECORD_OCTETS_MAX
    return b''.join(b'\x16\x03\x01' + counted(octets[at:at + size]) for at in range(0, len(octets), size))


def client_hello(sni=None, alpn=(), octets=None, count=1):
    """A ClientHello in `count` records."""
    return records(message(sni, alpn, octets), count)
