"""berth-registryd beside a registry of a test's own, and who visits it: plain HTTP, sockets that say anything, people.

One request a connection, as the program has it.
"""
import base64
import contextlib
import dataclasses
import datetime
import hashlib
import hmac
import html
import http.client
import http.cookies
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time
import urllib.parse

from support import machine
from support.registry import DONE, SMALL, Registry

PROGRAM = str(machine.PROGRAMS / 'berth-registryd')
NOW = '2026-11-21T09:00:00Z'
TIME = '%Y-%m-%dT%H:%M:%SZ'
EMAIL = 'ports@example.net'
PASSWORD = 'plum kettle orbit sandal'
SECONDS = 60

# A test that is not about them meets no limit.
WIDE = [f'--limit={name}=1000000/1000000' for name in ('requests', 'slow', 'posts', 'submissions', 'all-submissions',
                                                       'sign-ins', 'all-sign-ins')]


@dataclasses.dataclass
class Answer:
    """What came back: header names in lower case, of several the last."""
    status: int
    headers: dict
    octets: bytes

    @property
    def text(self):
        return self.octets.decode()

    @property
    def words(self):
        """The page's text alone, blanks folded."""
        body = re.sub(r'(?s)<(style|script)\b.*?</\1>', ' ', self.text)
        return ' '.join(html.unescape(re.sub(r'<[^>]+>', ' ', body)).split())

    @property
    def where(self):
        """Where a redirect goes."""
        return self.headers.get('location')

    def field(self, name):
        """The value of the first input with this name."""
        found = re.search(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*>', self.text)
        value = found and re.search(r'\bvalue="([^"]*)"', found[0])
        return html.unescape(value[1]) if value else None


def answer_of(octets):
    """An answer out of what a socket gave."""
    head, _, body = octets.partition(b'\r\n\r\n')
    lines = head.decode().split('\r\n')
    headers = dict(line.split(': ', 1) for line in lines[1:])
    return Answer(int(lines[0].split()[1]), {name.lower(): value for name, value in headers.items()}, body)


def multipart(fields, files=()):
    """(type, body) of multipart/form-data; files: {name: (file name, octets)}."""
    boundary = 'berth-tests-boundary'
    parts = [(f'name="{name}"', value.encode() if isinstance(value, str) else value) for name, value in dict(fields).items()]
    parts += [(f'name="{name}"; filename="{file}"', octets) for name, (file, octets) in dict(files).items()]
    body = b''.join(f'--{boundary}\r\nContent-Disposition: form-data; {name}\r\n\r\n'.encode() + octets + b'\r\n'
                    for name, octets in parts)
    return f'multipart/form-data; boundary={boundary}', body + f'--{boundary}--\r\n'.encode()


def totp(secret, moment):
    """RFC 6238: the six digits of this moment."""
    key = base64.b32decode(secret + '=' * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack('>Q', int(moment) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f'{(struct.unpack(">I", digest[start:start + 4])[0] & 0x7fffffff) % 1000000:06d}'


class Visitor:
    """Somebody with a browser's memory: cookies, and the token of the form that is on the screen."""

    def __init__(self, site, **headers):
        self.site = site
        self.headers = {name.replace('_', '-'): value for name, value in headers.items()}
        self.cookies = {}

    def ask(self, method, path, body=None, **headers):
        headers = {**self.headers, **{name.replace('_', '-'): value for name, value in headers.items()}}
        if self.cookies:
            headers['Cookie'] = '; '.join(f'{name}={value}' for name, value in self.cookies.items())
        connection = http.client.HTTPConnection('127.0.0.1', self.site.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            octets = response.read()
        for name, value in response.getheaders():
            if name.lower() == 'set-cookie':
                self.take_cookie(value)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, octets)

    def take_cookie(self, text):
        for name, morsel in http.cookies.SimpleCookie(text).items():
            if morsel['max-age'] == '0' or morsel.value == '':
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value

    def get(self, path, **headers):
        return self.ask('GET', path, **headers)

    def send(self, path, fields=(), files=None, **headers):
        """A form as it is, with no token but one among its fields."""
        kind, body = ('application/x-www-form-urlencoded', urllib.parse.urlencode(dict(fields)))
        if files is not None:
            kind, body = multipart(fields, files)
        return self.ask('POST', path, body, **{'Content-Type': kind, **headers})

    def post(self, path, fields=(), files=None, page=None, **headers):
        """A form with the token of the page that has it: `page`, or the path itself."""
        token = self.get(page or path).field('token')
        assert token, f'no form on {page or path}'
        return self.send(path, {'token': token, **dict(fields)}, files, **headers)


class Site:
    """The program on a free port, with the clock in a file.  `registry` is its registry, for commands."""

    def __init__(self, folder, url=None):
        self.folder = pathlib.Path(folder)
        self.registry = Registry(folder, url).init()
        self.registry.run('registry', 'set', '--email', EMAIL)
        self.registry.put(SMALL, '--dated', '2026-01-01')
        self.clock = self.folder / 'clock'
        self.log_path = self.folder / 'log'
        self.port = machine.free_ports(1)
        self.base = f'http://127.0.0.1:{self.port}'
        self.process = None
        self.set_clock(NOW)

    def set_clock(self, moment):
        """Replaced whole, so that nobody reads half of it."""
        new = self.clock.with_suffix('.new')
        new.write_text(moment + '\n')
        os.replace(new, self.clock)

    @property
    def now(self):
        return datetime.datetime.fromisoformat(self.clock.read_text().strip().replace('Z', '+00:00'))

    def moment(self):
        """The clock as seconds since 1970."""
        return int(self.now.timestamp())

    def later(self, seconds):
        """Turns the clock on."""
        self.set_clock((self.now + datetime.timedelta(seconds=seconds)).strftime(TIME))

    # ---- the program ----

    def command(self, *options):
        return [PROGRAM, *self.registry.place, '--url', self.base, '--now', str(self.clock),
                '--listen', f'127.0.0.1:{self.port}', *WIDE, *map(str, options)]

    def start(self, *options, **environment):
        with open(self.log_path, 'ab') as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(self.command(*options), stdin=subprocess.DEVNULL, stderr=log,
                                            env={**os.environ, **environment})
        self.wait_for('event=ready')
        return self

    def log(self):
        return self.log_path.read_text() if self.log_path.exists() else ''

    def wait_for(self, words, count=1):
        """Until the log has these words so often."""
        deadline = time.monotonic() + SECONDS
        while self.log().count(words) < count:
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, (words, self.log()[-3000:])
            time.sleep(0.02)

    def stop(self):
        """By a signal, as a service manager does it; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def clean_up(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    # ---- who visits ----

    def visitor(self, **headers):
        return Visitor(self, **headers)

    def get(self, path, **headers):
        return self.visitor().get(path, **headers)

    def connect(self):
        return socket.create_connection(('127.0.0.1', self.port), timeout=SECONDS)

    def raw(self, octets, end=False):
        """All that comes back for these octets, to the end of the connection.  `end`: we say that nothing follows."""
        with self.connect() as connection:
            connection.sendall(octets)
            if end:
                connection.shutdown(socket.SHUT_WR)
            return everything(connection)

    def metrics(self):
        """{name: value} of GET /metrics."""
        lines = [line for line in self.get('/metrics').text.splitlines() if not line.startswith('#')]
        return {line.rsplit(' ', 1)[0].removeprefix('berth_registryd_'): float(line.rsplit(' ', 1)[1]) for line in lines}

    # ---- the staff ----

    def add_staff(self, login, *roles, scope=None):
        """A person with these roles, a password and a second factor: (password, its secret)."""
        self.registry.run('staff', 'add', login, '--email', f'{login}@example.net')
        for role in roles:
            self.registry.run('staff', 'grant', login, '--role', role, *(['--scope', scope] if scope else []))
        told = self.registry.text('staff', 'password', login, octets=PASSWORD.encode() + b'\n', code=DONE)
        return PASSWORD, re.search(r'\b[A-Z2-7]{32,}\b', told)[0]

    def sign_in(self, login, secret, password=PASSWORD):
        """A visitor who is signed in; the clock goes on, because a code is good once."""
        visitor = self.visitor()
        visitor.post('/staff/sign-in', {'login': login, 'password': password, 'code': totp(secret, self.moment())})
        return visitor


def everything(connection):
    """What comes until the other end closes; a reset ends it too."""
    octets = b''
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            octets += piece
    return octets
