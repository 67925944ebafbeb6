"""A registry that people act on by commands: a registrar, who is whoever runs the tests, an expert, and an applicant."""
import email
import email.policy
import os
import pathlib
import re

from support import machine
from support.registry import SMALL, Registry

EXFILES = pathlib.Path(__file__).resolve().parents[3] / 'examples/applications/exfiles.berth'


class Office(Registry):
    """A registry with an expert, and an applicant who is not on its staff."""

    def __init__(self, folder):
        super().__init__(folder)
        self.expert, self.stranger = machine.account(), machine.account(other_than=(machine.account(),))
        os.umask(0)

    def open(self):
        self.init()
        self.run('registry', 'set', '--email', 'registry@example.org')
        self.put(SMALL, '--dated', '2026-01-01')
        self.run('staff', 'add', self.expert, '--email', 'expert@example.org', '--role', 'expert', '--scope', 'tcp')
        for path in [self.folder, *self.folder.iterdir()]:
            os.chmod(path, 0o777 if path.is_dir() else 0o666)
        for parent in self.folder.parents:
            if parent.is_relative_to('/tmp') and parent != parent.parent:
                os.chmod(parent, os.stat(parent).st_mode | 0o055)
        return self

    def as_account(self, account, *arguments, **options):
        return self.text(*arguments, user=account, group='nogroup', extra_groups=[], **options)

    def letters(self):
        return self.json('mail', 'list')

    def letter(self, number):
        return email.message_from_bytes(self.run('mail', 'show', number), policy=email.policy.default)

    def token(self, kind):
        """The token of the newest letter of this kind; `berth mail show` would hide it."""
        ((message,),) = self.sql('SELECT message FROM outbox WHERE template = ? ORDER BY id DESC LIMIT 1', kind)
        return re.search(r'berth (?:apply --confirm|track(?: --consent)?) ([a-z0-9]{20,})', message)[1]

    def apply(self, path=EXFILES):
        return self.as_account(self.stranger, 'apply', path)

    def confirm(self):
        return self.as_account(self.stranger, 'apply', '--confirm', self.token('confirm'))


# ---- acts of several commands ----

def write(office, text, name='form.berth'):
    path = office.folder / name
    path.write_text(text)
    return path


def examine(office, text):
    """Sent, confirmed: its reference."""
    told = office.apply(write(office, text))
    office.confirm()
    return told.split()[0]


def recommend(office, ref, verdict='assign'):
    office.run('review', 'to-expert', ref, office.expert)
    office.as_account(office.expert, 'review', 'finding', ref, 'all', 'understood')
    office.as_account(office.expert, 'review', 'recommend', ref, verdict, '--because', 'J6', '-m', 'Because.')


def assign(office, text):
    ref = examine(office, text)
    recommend(office, ref)
    office.run('review', 'assign', ref, '-m', 'Complete.')
    return ref


def newest(office, kind):
    return office.letter([one['letter'] for one in office.letters() if one['kind'] == kind][-1])


def words(office, kind):
    return ' '.join(newest(office, kind).get_content().split())
