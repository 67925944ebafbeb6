"""Letters in a registry's outbox, the mailer that brings them, and those who take them: an inspector, a faulty server.

The real servers are Debian's exim and postfix's smtp-sink, each without privilege in a folder of its own.
"""
import contextlib
import dataclasses
import pwd
import shutil
import socket
import ssl
import subprocess
import threading
import time

from support import machine
from support.registry import DONE, Registry
from support.servers import LIBRARIES, USER

MAILER = str(machine.PROGRAMS / 'berth-mailer')
SENDER = 'ports@example.net'
START = '2026-11-21T09:00:00Z'
SECONDS = 120

EXIM = 'usr/sbin/exim4'
SINK = 'usr/sbin/smtp-sink'
WRAPPER = f'{LIBRARIES}/libnss_wrapper.so'
PROGRAMS = (EXIM, SINK, WRAPPER)


def letter(number, recipient='ann@example.org', body='Hello,\r\n\r\nthis is it.\r\n'):
    """A message with an id of its own."""
    return (f'From: Example <{SENDER}>\r\nTo: {recipient}\r\nSubject: [B-2026-0017] {number}\r\n'
            f'Message-ID: <{number}@example.net>\r\n\r\n{body}')


class Office:
    """A registry with letters, and its mailer."""

    def __init__(self, folder, url='smtp://127.0.0.1:9'):
        self.registry = Registry(folder).init()
        self.folder = folder
        self.url = url
        self.count = 0

    def add(self, recipient='ann@example.org', message=None):
        """Puts a letter into the outbox; returns its number."""
        self.count += 1
        self.registry.sql(
            'INSERT INTO outbox (id, event, message_id, rcpt, template, message, next_try) VALUES (?, 1, ?, ?, ?, ?, ?)',
            self.count, f'{self.count}@example.net', recipient, f'test-{self.count}',
            message or letter(self.count, recipient), START)
        return self.count

    def command(self, *options, now=START):
        return [MAILER, '--registry', self.registry.url, '--server', self.url, '--from', SENDER, '--timeout', '20',
                *(['--now', now] if now else []), *map(str, options)]

    def run(self, *options, now=START, code=DONE):
        """One round; what the mailer logged."""
        ran = subprocess.run(self.command('--once', *options, now=now), capture_output=True, timeout=SECONDS, check=False,
                             text=True)
        assert ran.returncode == code, (ran.returncode, ran.stdout, ran.stderr)
        return ran.stderr

    @contextlib.contextmanager
    def start(self, *options, now=START):
        """A mailer that runs meanwhile."""
        process = subprocess.Popen(self.command(*options, now=now), stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def letters(self):
        """[(state, tries)] in their order."""
        return self.registry.sql('SELECT state, tries FROM outbox ORDER BY id')

    def error(self, number=1):
        return self.registry.sql('SELECT last_error FROM outbox WHERE id = ?', number)[0][0]

    def next_time(self):
        """When something is due, or None; a letter waits for those before it to the same person."""
        return self.registry.sql("SELECT min(next_try) FROM outbox WHERE id IN (SELECT min(id) FROM outbox "
                                 "WHERE state = 'waiting' GROUP BY rcpt) ")[0][0]


# ---- those who take letters ----

@dataclasses.dataclass
class Taken:
    sender: str
    recipients: list
    octets: bytes

    @property
    def id(self):
        return self.octets.partition(b'Message-ID: <')[2].partition(b'>')[0].decode()


class Faulty:
    """An SMTP server of our own that answers as it is told.

    replies: {verb, or 'greeting', or 'message': the answer, or '' to cut the connection}.  `pace`: seconds for each octet
    it sends.  `taken`: whole messages, whatever was answered.  `told`: called before a message is answered.
    """

    def __init__(self, replies=(), pace=0, told=lambda: None):
        self.replies = {'greeting': '220 faulty', 'EHLO': '250 faulty', 'MAIL': '250 ok', 'RCPT': '250 ok',
                        'DATA': '354 go on', 'message': '250 taken', 'QUIT': '221 bye', **dict(replies)}
        self.pace = pace
        self.told = told
        self.taken = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'smtp://127.0.0.1:{self.listener.getsockname()[1]}'
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def answer(self, connection, what):
        """False when that ends the connection."""
        text = self.replies.get(what, '502 what?')
        if not text:
            return False
        octets = (text + '\r\n').encode()
        if not self.pace:
            connection.sendall(octets)
        for octet in octets if self.pace else b'':
            connection.sendall(bytes([octet]))
            time.sleep(self.pace)
        return True

    def take(self, lines, sender, recipients):
        octets = b''
        for line in lines:
            if line == b'.\r\n':
                self.taken.append(Taken(sender, recipients, octets))
                self.told()
                return True
            octets += line[1:] if line.startswith(b'.') else line
        return False

    def talk(self, connection):
        sender, recipients = '', []
        with connection, connection.makefile('rb') as lines, contextlib.suppress(OSError):
            goes_on = self.answer(connection, 'greeting')
            while goes_on:
                line = lines.readline().decode('latin-1')
                verb = line[:4].upper()
                sender = line[10:].strip() if verb == 'MAIL' else sender
                recipients = recipients + [line[8:].strip()] if verb == 'RCPT' else recipients
                goes_on = bool(line) and self.answer(connection, verb)
                if goes_on and verb == 'DATA' and self.replies['DATA'].startswith('3'):
                    goes_on = self.take(lines, sender, recipients) and self.answer(connection, 'message')

    def close(self):
        """shutdown() wakes who waits in accept()."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def ids(self):
        return [taken.id for taken in self.taken]


@contextlib.contextmanager
def faulty(*arguments, **options):
    server = Faulty(*arguments, **options)
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def inspector(**options):
    """aiosmtpd: (its port, the messages it took). `options` are those of its protocol."""
    from aiosmtpd.controller import Controller  # pylint: disable=import-outside-toplevel

    taken = []

    class Handler:
        async def handle_DATA(self, server, session, envelope):  # pylint: disable=invalid-name
            del server, session
            taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
            return '250 taken'

    controller = Controller(Handler(), hostname='127.0.0.1', port=machine.free_ports(1), **options)
    controller.start()
    try:
        yield controller.port, taken
    finally:
        controller.stop()


def certificate(folder, name):
    """(a context for a server of this name, the file that vouches for it)."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                    '-subj', '/CN=tests', '-addext', f'subjectAltName={name}', '-keyout', folder / 'key', '-out',
                    folder / 'certificate'], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / 'certificate', folder / 'key')
    return context, folder / 'certificate'


# ---- real servers ----

EXIM_CONFIGURATION = '''
primary_hostname = mx.example.org
exim_path = {folder}/exim
exim_user = {user}
exim_group = {group}
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
keep_environment =
add_environment =
deliver_drop_privilege
never_users =
tls_advertise_hosts =
acl_smtp_rcpt = recipient
acl_smtp_data = content
begin acl
recipient:
  deny local_parts = nobody
       message = no such user here
  defer local_parts = later
        message = come back later
  accept
content:
  accept
begin routers
all:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  create_directory
  user = {user}
  group = {group}
'''


def exim(servers):
    """(its port, the folder that letters come into)."""
    port, = servers.take_ports(1)
    folder = servers.make_folder('exim')
    user = pwd.getpwuid(folder.stat().st_uid)
    # Its own account must exist; ours has that name here.  A copy is not set-user-id, so it can be told.
    shutil.copyfile(servers.find(EXIM), folder / 'exim')
    (folder / 'exim').chmod(0o755)
    accounts = ''.join(f'{name}:x:{user.pw_uid}:{user.pw_gid}::{folder}:/bin/sh\n' for name in ('Debian-exim', USER))
    servers.make_folder('exim', {
        'configuration': EXIM_CONFIGURATION.format(folder=folder, user=user.pw_uid, group=user.pw_gid, port=port),
        'passwd': f'{accounts}root:x:0:0::/:/bin/sh\n',
        'group': f'Debian-exim:x:{user.pw_gid}:\nroot:x:0:\n'})
    servers.start(folder, [port], folder / 'exim', '-C', folder / 'configuration', '-bdf',
                  LD_PRELOAD=servers.find(WRAPPER), NSS_WRAPPER_PASSWD=f'{folder}/passwd', NSS_WRAPPER_GROUP=f'{folder}/group')
    return port, folder / 'mail' / 'new'


def sink(servers, name, *options):
    """postfix's smtp-sink: (its port, the folder that letters come into)."""
    port, = servers.take_ports(1)
    folder = servers.make_folder(name)
    libraries = f'{servers.find(LIBRARIES)}:{servers.find("usr/lib/postfix")}'
    servers.start(folder, [port], servers.find(SINK), *options, '-d', folder / 'letter-%M.', f'127.0.0.1:{port}', '10',
                  LD_LIBRARY_PATH=libraries)
    return port, folder
