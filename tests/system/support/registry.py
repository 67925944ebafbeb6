"""A registry of a test's own: the commands on it, and IANA's real files when they are at hand."""
import contextlib
import itertools
import json
import os
import pathlib
import sqlite3
import subprocess

import pytest

from support import machine

DONE, NO, USAGE, COULD_NOT = 0, 1, 2, 3
PROGRAM = str(machine.PROGRAMS / 'berth')
STORE_PROGRAM = str(machine.PROGRAMS / 'berth-registry')
SECONDS = 120
DATA = pathlib.Path(os.environ.get('BERTH_IANA_DATA') or pathlib.Path(__file__).resolve().parents[4] / 'shared/data/iana')
DAY = '2026-02-25'
CSV = DATA / f'service-names-port-numbers-{DAY}.csv'
XML = DATA / f'service-names-port-numbers-{DAY}.xml'

needs_data = pytest.mark.skipif(not (CSV.exists() and XML.exists()), reason='IANA\'s files are not here')

HEADER = ('Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,'
          'Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes')


def row(name='', port='', transport='', description='', notes='', **others):
    """One record of IANA's CSV, quoted where it must be."""
    cells = [name, port, transport, description, others.get('assignee', ''), others.get('contact', ''),
             others.get('registered', ''), others.get('modified', ''), others.get('reference', ''),
             others.get('code', ''), others.get('unauthorized', ''), notes]
    return ','.join('"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell for cell in map(str, cells))


def listing(*rows, eol='\n'):
    return eol.join([HEADER, *rows, '']).encode()


SMALL = listing(
    row(port=0, transport='tcp', description='Reserved', modified='2024-12-20', reference='[RFC6335]'),
    row('ssh', 22, 'tcp', 'The Secure Shell (SSH) Protocol', assignee='[Example]', reference='[RFC4251]'),
    row('ssh', 22, 'udp', 'The Secure Shell (SSH) Protocol'),
    row('http', 80, 'tcp', 'World Wide Web HTTP', assignee='[Example]', contact='[Example]'),
    row('www', 80, 'tcp', 'World Wide Web HTTP', notes='This is a duplicate of the "http" service and should not be used.'),
    row('x11', '6000-6063', 'tcp', 'X Window System', notes='one\ntwo "three"'),
    row(port='6064-6065', description='Unassigned'),
    row('wot', transport='tcp', description='W3C WoT', notes='Defined TXT keys: td, type'))


NUMBERS = itertools.count()
SERVER = os.environ.get('BERTH_TEST_POSTGRES')
needs_postgres = pytest.mark.skipif(SERVER is None, reason='run by tools/with-postgres')


def psql():
    """The installed client, or the one unpacked under build/clients."""
    unpacked = pathlib.Path(os.environ.get('BERTH_CLIENTS', pathlib.Path(__file__).resolve().parents[3] / 'build/clients'))
    found = [path for root in (pathlib.Path('/'), unpacked) for path in root.glob('usr/lib/postgresql/*/bin/psql')]
    return str(found[0])


@contextlib.contextmanager
def postgres():
    """The URL of an empty schema in the server beside which the tests run."""
    name = f'system_{os.getpid()}_{next(NUMBERS)}'
    command = [psql(), '-X', '-q', SERVER, '-c']
    subprocess.run([*command, f'CREATE SCHEMA {name}'], check=True)
    try:
        yield f'{SERVER}&options=-csearch_path%3D{name}'
    finally:
        subprocess.run([*command, f'DROP SCHEMA {name} CASCADE'], check=True, stderr=subprocess.DEVNULL)


class Registry:
    """A registry in a folder. Commands raise when their exit status is not the one that was expected."""

    def __init__(self, folder, url=None):
        self.folder = pathlib.Path(folder)
        self.path = self.folder / 'registry.db'
        self.url = url or f'sqlite:{self.path}'
        self.published = self.folder / 'registry.published'
        self.place = ['--registry', self.url, '--published', str(self.published)]

    def command(self, *arguments):
        return [PROGRAM, *map(str, arguments), *self.place]

    def run(self, *arguments, octets=b'', code=DONE, **options):
        ran = subprocess.run(self.command(*arguments), input=octets, capture_output=True, timeout=SECONDS, check=False,
                             **options)
        assert ran.returncode == code, (arguments, ran.returncode, ran.stdout[-2000:], ran.stderr[-2000:])
        return ran.stdout if code in (DONE, NO) and not ran.stderr else ran.stdout + ran.stderr

    def text(self, *arguments, **options):
        return self.run(*arguments, **options).decode()

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, '--json', **options))

    def init(self):
        self.run('registry', 'init', '--name', 'Example')
        return self

    def put(self, octets, *arguments, name='list.csv', code=DONE):
        """Writes a file and imports it."""
        path = self.folder / name
        path.write_bytes(octets)
        return self.text('import', path, *arguments, code=code)

    def sql(self, query, *values):
        """Asks the SQLite file itself, behind berth's back."""
        with sqlite3.connect(self.path) as connection:
            return connection.execute(query, values).fetchall()

    def verify(self, code=DONE, *arguments):
        return self.text('audit', 'verify', *arguments, code=code)
