"""A registry on the web with everybody in it: applicants, all of the staff, and somebody who may look at every page."""
import datetime
import email
import email.policy
import re

from support.applicant import Applicant, Reader
from support.forms import answers
from support.web import TIME, Site, totp

ROLES = ('registrar', 'expert', 'board', 'administrator', 'auditor')
PEOPLE = {'rae': ['registrar'], 'rob': ['registrar'], 'eve': ['expert'], 'bo': ['board'], 'ivy': ['board'], 'kim': ['board'],
          'lea': ['board'], 'ada': ['administrator'], 'aud': ['auditor'], 'all': ROLES}
STEP = 31  # seconds after which a one-time code is another one
DAY = 86400


class House(Site):
    """Its clock begins with the machine's, by which the commands go, and goes on when it is told to."""

    def __init__(self, folder, url=None):
        super().__init__(folder, url)
        self.registry.run('registry', 'set', '--link', self.base + '/')
        self.secrets, self.inside = {}, {}
        self.set_clock(datetime.datetime.now(datetime.timezone.utc).strftime(TIME))

    def restart(self, *options, **environment):
        """Its memory is gone; the registry is there."""
        count = self.log().count('event=ready')
        assert self.stop() == 0
        self.start(*options, **environment)
        self.wait_for('event=ready', count + 1)

    # ---- applicants ----

    def applicant(self):
        return Applicant(self.base)

    def fill(self, kind='user', /, **changes):
        """The form filled in and gone on from, which takes people a while."""
        applicant = self.applicant()
        page = applicant.get(f'/apply/{kind}')
        self.later(60)
        asked = set(page.form('continue').fields) | page.form('continue').boxes
        given = {key: value for key, value in answers(kind).items() if key in asked}
        return applicant.post(page, 'continue', **given | {key.replace('_', '-'): value for key, value in changes.items()})

    def send(self, kind='user', /, **changes):
        """As far as the letter that asks for a confirmation."""
        page = self.fill(kind, **changes)
        assert page.title.startswith('Check your answers'), page.text[:3000]
        sent = self.applicant().post(page, 'send')
        assert sent.status == 303, (sent.status, sent.text[:2000])
        return sent

    def confirm(self):
        """By the newest letter: where the application has its page."""
        applicant = self.applicant()
        page = applicant.post(applicant.get('/confirm/' + self.token('confirm')))
        assert page.status == 303, page.text[:2000]
        return page.headers['Location']

    def begin(self, kind='user', /, **changes):
        """A confirmed application: (reference, the path of its page)."""
        self.send(kind, **changes)
        path = self.confirm()
        return re.search(r'B-\d{4}-\d{4,}', self.applicant().get(path).title)[0], path.partition('?')[0]

    def token(self, kind, number=-1):
        """The token of the newest link in a letter of this kind that is not sent yet."""
        return self.tokens(kind)[number]

    def tokens(self, kind):
        found = [re.search(r'/(?:confirm|track|consent)/([a-z2-7]{26})', text) for text in self.messages(kind)]
        return [one[1] for one in found if one]

    def messages(self, kind='%'):
        return [row[0] for row in self.registry.sql('SELECT message FROM outbox WHERE template LIKE ? ORDER BY id', kind)]

    def letters(self, kind='%'):
        """As whoever reads them sees them."""
        return [email.message_from_bytes(text.encode(), policy=email.policy.default) for text in self.messages(kind)]

    # ---- the staff ----

    def who(self, login):
        """Somebody of the staff, signed in; one of PEOPLE comes to be when first asked for."""
        if login not in self.secrets:
            self.secrets[login] = self.add_staff(login, *PEOPLE[login])[1]
        if login not in self.inside:
            self.enter(login)
        return self.inside[login]

    def enter(self, login):
        self.later(STEP)
        self.inside[login] = self.sign_in(login, self.secrets[login])
        assert self.inside[login].cookies, f'{login} is not in'
        return self.inside[login]

    def code(self, login):
        """A code that was not used yet."""
        self.later(STEP)
        return totp(self.secrets[login], self.moment())

    def dossier(self, login, reference):
        return self.who(login).get(f'/staff/application/{reference}')

    def form(self, login, reference, act):
        """The act's form on the dossier, or None when it is not offered."""
        action = f'/staff/application/{reference}/{act}'
        return next((form for form in Reader(self.dossier(login, reference).text).forms if form.action == action), None)

    def act(self, login, reference, act, **fields):
        """Sends what the form has, with these changes."""
        form = self.form(login, reference, act)
        assert form is not None, f'{act} is not offered to {login}'
        mine = {f'{act}-{name.replace("_", "-")}': value for name, value in fields.items()}
        return self.who(login).send(form.action, {**form.fields, **mine})

    def do(self, login, reference, act, **fields):
        answer = self.act(login, reference, act, **fields)
        assert answer.status == 303, (act, answer.status, answer.words[:1500])

    def forge(self, login, reference, act, **fields):
        """A form that no page has, with a token that is right."""
        mine = {f'{act}-{name}': value for name, value in fields.items()}
        token = self.who(login).get('/staff').field('token')
        return self.who(login).send(f'/staff/application/{reference}/{act}', {'token': token, **mine})

    def find(self, login, reference):
        """Every question understood, every rule that is left to people accepted."""
        form = self.form(login, reference, 'finding')
        fields = dict(form.fields)
        for name in form.boxes:
            if re.fullmatch('finding-[A-Z][0-9]+', name):
                fields |= {name: 'accepted', name.replace('finding', 'note'): 'Looked at.'}
        answer = self.who(login).send(form.action, {**fields, 'do': 'all'})
        assert answer.status == 303, answer.words[:1500]

    def recommend(self, reference, text='New and well described.'):
        """By an expert, as user ports need it."""
        self.do('rae', reference, 'to-expert', expert=self.number_of('eve'))
        self.find('eve', reference)
        self.do('eve', reference, 'recommend', verdict='assign', text=text)

    def approve(self, reference):
        self.recommend(reference)
        self.do('rae', reference, 'propose-assign', text='Agreed.')

    def number_of(self, login):
        """What stands for somebody in a form: the login; whoever is named must be there."""
        self.who(login)
        return login

    def review(self, *arguments):
        """By the command."""
        return self.registry.text('review', *arguments)

    def state(self, reference):
        ((state,),) = self.registry.sql('SELECT s.state FROM application_state AS s JOIN application AS a ON a.id = s.application '
                                        'WHERE a.ref = ?', reference)
        return state

    def events(self, act='%'):
        """[(act, subject, login, why)] in their order."""
        return self.registry.sql('SELECT act, subject, login, why FROM event JOIN staff ON staff.id = staff WHERE act LIKE ? '
                                 'ORDER BY n', act)
