"""An office on the web: a registry whose clock goes when it is told to, and applications on their way in one line."""
import datetime
import re

from support.applicant import Applicant
from support.web import Site

KINDS = ['user', 'system', 'relocation', 'name', 'service-code', 'modification', 'transport', 'release', 'revocation',
         'renewal']

# What answers every question of every form that must be answered.
ANSWERS = {
    'applicant': 'Ada Example', 'applicant-email': 'ada@example.org', 'about': '80/tcp', 'transport-tcp': 'yes',
    'formats': 'A length of two octets, an op code, an argument.', 'types': 'Request and reply.',
    'opcodes': 'read 1, write 2', 'sequences': 'A client sends a request and waits for the reply.',
    'functions': 'Reading and writing files by name.', 'broadcast-is': 'no',
    'reference': 'https://example.org/exfiles.txt', 'title': 'Example file service', 'short': 'exfiles', 'port': 'any',
    'service-code': 'SC:fdpz', 'specification': 'document', 'why-not-dynamic': 'Packet filters admit listed numbers only.',
    'why-not-user': 'The server must be known to be run by the owner of the machine.', 'relocates': '22 ssh',
    'txt-keys': 'none', 'differs': 'Not at all.', 'congestion': 'One datagram is under way at a time.',
    'discovery-only': 'no', 'change': 'The contact leaves us.', 'new-contact': 'Bo Example',
    'new-contact-email': 'bo@example.org', 'impact': 'Nobody else.', 'evidence': 'No product with it was sold since 2009.',
    'reason': 'The service was given up.', 'security': 'TLS 1.3 with client certificates.',
    'versioning': 'By op codes.', 'development': 'Two implementations.'}
# The RFC's fields that only the kinds with a transport over UDP or DCCP take.
ONLY = {'service-code': {'service-code'}, 'differs': {'transport'}, 'congestion': {'transport'},
        'discovery-only': {'transport'}, 'transport-tcp': set(KINDS) - {'service-code', 'transport'}}


def answers(kind, /, **changes):
    given = {key: value for key, value in ANSWERS.items() if kind in ONLY.get(key, KINDS)}
    if kind == 'transport':
        given |= {'transport-udp': 'yes', 'about': '80/tcp'}
        del given['short']
    if kind == 'modification':
        del given['short']
    return given | {key.replace('_', '-'): value for key, value in changes.items()}


class Office(Site):
    """A registry on the web, whose clock goes when it is told to; its root is the registrar."""

    def __init__(self, folder):
        super().__init__(folder)
        self.registry.run('registry', 'set', '--link', self.base + '/')
        self.moment_now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.later(0)

    def later(self, seconds):
        """The clock goes on.  It began with the machine's, by which the commands go."""
        self.moment_now += datetime.timedelta(seconds=seconds)
        self.set_clock(self.moment_now.strftime('%Y-%m-%dT%H:%M:%SZ'))

    def applicant(self):
        return Applicant(self.base)

    def token(self, template, number=-1):
        """The token of a letter of this kind, which the commands do not show."""
        rows = self.registry.sql('SELECT message FROM outbox WHERE template = ? ORDER BY id', template)
        return re.search(r'/(confirm|track|consent)/([a-z2-7]{26})', rows[number][0])[2]

    def review(self, *arguments, **options):
        return self.registry.text('review', *arguments, **options)

    def fill(self, kind='user', /, **changes):
        """The form of this kind, filled in and gone on from, which takes people a while."""
        applicant = self.applicant()
        page = applicant.get(f'/apply/{kind}')
        asked = set(page.form('continue').fields) | page.form('continue').boxes
        self.later(60)
        given = {key: value for key, value in answers(kind).items() if key in asked}
        return applicant.post(page, 'continue', **given | {key.replace('_', '-'): value for key, value in changes.items()})

    def send(self, kind='user', /, **changes):
        """To "we have written to you"."""
        page = self.fill(kind, **changes)
        assert page.title.startswith('Check your answers'), page.text[:400]
        return self.applicant().post(page, 'send')

    def confirm(self):
        """By the newest letter; the page of the application."""
        applicant = self.applicant()
        return applicant.follow(applicant.post(applicant.get('/confirm/' + self.token('confirm'))))

    def begin(self, kind='user', /, **changes):
        """A confirmed application: its page and its reference."""
        assert self.send(kind, **changes).status == 303
        page = self.confirm()
        return page, re.search(r'B-\d{4}-\d{4}', page.title)[0]
