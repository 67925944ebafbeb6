"""Functions found by the first octets: descriptions made for tests, and clients that cut what they say."""
import os
import pathlib
import random
import socket
import subprocess
import time

from support import client, machine

FOLDER = pathlib.Path(os.environ.get('BERTH_DESCRIPTIONS', pathlib.Path(__file__).resolve().parents[3] / 'protocols'))

# Protocols that nobody speaks. `alpha` and `beta` have nothing in common, `verbose` begins as the whole of `brief`,
# `lower` and `upper` have letters of their own and letters in common, `gamma` has fields to choose by.
PROTOCOLS = {
    'alpha': '"ALPHA/1 "; name: text[100] to eol;',
    'beta': '"BETA/1 "; name: text[100] to eol;',
    'brief': '"BRIEF-HELLO";',
    'verbose': '"BRIEF-HELLO"; " AND MORE"; eol;',
    'lower': '"COMMON "; text[1..20] of "a-p"; eol;',
    'upper': '"COMMON "; text[1..20] of "k-z"; eol;',
    'gamma': '"GAMMA "; verb: text[1..16] of "a-z"; " "; key: text[100] to eol;',
}
ALPHA = b'ALPHA/1 x\r\n'
BETA = b'BETA/1 x\r\n'


def describe(berthd, protocols=None):
    """Writes the descriptions where DIR/protocols is."""
    (berthd.directory / 'protocols').mkdir(exist_ok=True)
    for name, block in (protocols or PROTOCOLS).items():
        berthd.write(f'protocols/{name}.berth',
                     f'protocol {name} {{ types {{ client request First {{ {block} }} }} }}\n')
    return berthd


OWN = 'descriptions = DIR/protocols\n'  # for [berthd], as is the next: those that come with berth
BUNDLED = f'descriptions = {FOLDER}\n'


def cat(name, description, *lines):
    """A function that gives back what it gets."""
    return section(name, '/bin/cat', description, *lines)


def echo(name, description, *lines):
    """A function that says its name at once, and reads to the end, so that nothing is reset."""
    return section(name, f"/bin/sh -c 'echo {name}; exec /bin/cat >/dev/null'", description, *lines)


def section(name, command, description, *lines):
    return (f'[function {name}]\nhandover = spawn\ncommand = {command}\ndescription = {description}\n' +
            ''.join(f'{line}\n' for line in lines))


def check(berthd):
    """What `berthd --check` says of its configuration: exit status and text."""
    ran = subprocess.run([machine.PROGRAMS / 'berthd', '-c', berthd.configuration, '--check'], text=True, check=False,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return ran.returncode, ran.stdout


def say_in_pieces(address, pieces, pause=0.0):
    """Says them one by one, ends our side, and returns everything that comes back."""
    with client.connect(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        connection.shutdown(socket.SHUT_WR)
        return client.read_all(connection)


def cut(octets, chance, pieces=5):
    """The octets in at most so many pieces, at random."""
    places = sorted(chance.randrange(len(octets) + 1) for _ in range(pieces - 1))
    return [octets[begin:end] for begin, end in zip([0, *places], [*places, len(octets)]) if begin < end]


def one_by_one(octets):
    return [bytes([octet]) for octet in octets]


def chances(count):
    """So many sources of randomness, the same each time."""
    return (random.Random(seed) for seed in range(count))
