"""The staff's work on the web, without scripts: from the queue to the assigned number, and what is refused on the way."""
import pathlib
import re
import urllib.parse

import pytest

from support.applicant import Reader
from support.registry import needs_postgres, postgres

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / 'examples/applications'
EXFILES = (EXAMPLES / 'exfiles.berth').read_text()
PEOPLE = {'rae': ['registrar'], 'rob': ['registrar'], 'eve': ['expert'], 'fay': ['expert'], 'bo': ['board'],
          'ivy': ['board'], 'kim': ['board'], 'lea': ['board'], 'ada': ['administrator'], 'aud': ['auditor']}
SECOND, DAY = 1, 86400
CANARIES = {key: f'canary-{key}-zq' for key in ('functions', 'why-not-dynamic', 'security', 'versioning', 'development')}


def unfolded(form):
    """A page's form as a browser sends it."""
    return dict(form.fields)


class Office:
    """A registry on the web with its people, applications filed on paper, and who is signed in."""

    def __init__(self, site):
        self.site, self.registry = site, site.registry
        self.secrets = {login: site.add_staff(login, *roles)[1] for login, roles in PEOPLE.items()}
        self.seconds = site.moment()
        self.visitors = {}

    def later(self, seconds):
        """Turns the clock; whoever was signed in for longer than a session lives signs in again."""
        self.seconds += seconds
        self.site.set_clock(self.now())
        if seconds >= DAY:
            self.visitors.clear()

    def now(self):
        import datetime  # pylint: disable=import-outside-toplevel
        return datetime.datetime.fromtimestamp(self.seconds, datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')

    def file(self, text=EXFILES, **changes):
        """A form that came on paper; its reference."""
        for old, new in changes.items():
            text = text.replace(old, new)
        path = self.site.folder / 'paper.berth'
        path.write_text(text)
        return re.match(r'B-\d{4}-\d{4}', self.registry.text('apply', '--filed', path))[0]

    def who(self, login):
        if login not in self.visitors:
            self.later(31)  # a one-time code serves once
            self.visitors[login] = self.site.sign_in(login, self.secrets[login])
        return self.visitors[login]

    def dossier(self, login, ref):
        answer = self.who(login).get(f'/staff/application/{ref}')
        assert answer.status == 200, answer.words
        return answer

    def form(self, login, ref, act):
        """The act's form on the dossier, or None when it is not offered."""
        action = f'/staff/application/{ref}/{act}'
        return next((form for form in Reader(self.dossier(login, ref).text).forms if form.action == action), None)

    def offers(self, login, ref):
        forms = Reader(self.dossier(login, ref).text).forms
        return {form.action.rsplit('/', 1)[1] for form in forms if form.action.startswith(f'/staff/application/{ref}/')}

    def send(self, login, ref, act, **fields):
        """What the form has, with these changes: "text" is the act's own."""
        form = self.form(login, ref, act)
        assert form is not None, f'{act} is not offered to {login}: {self.offers(login, ref)}'
        mine = {f'{act}-{name.replace("_", "-")}': value for name, value in fields.items()}
        return self.who(login).send(form.action, {**unfolded(form), **mine})

    def do(self, login, ref, act, state, **fields):
        answer = self.send(login, ref, act, **fields)
        assert answer.status == 303, (act, answer.status, answer.words[:1500])
        shown = self.who(login).get(answer.where)
        assert f'It is now {state}.' in shown.words, shown.words[:1000]
        return shown

    def forge(self, login, ref, act, **fields):
        """A POST that no page offers, with a token that is right."""
        token = self.who(login).get('/staff').field('token')
        mine = {f'{act}-{name}': value for name, value in fields.items()}
        return self.who(login).send(f'/staff/application/{ref}/{act}', {'token': token, **mine})

    def find(self, login, ref):
        """Every question understood, every rule that is left to people accepted."""
        form = self.form(login, ref, 'finding')
        fields = unfolded(form)
        for name in form.boxes:
            if re.fullmatch('finding-[A-Z][0-9]+', name):
                fields[name] = 'accepted'
                fields[name.replace('finding', 'note')] = 'Looked at.'
        answer = self.who(login).send(form.action, {**fields, 'do': 'all'})
        assert answer.status == 303, answer.words[:1500]

    def recommend(self, ref, verdict='assign'):
        self.do('rae', ref, 'to-expert', 'with an expert', expert='eve')
        self.find('eve', ref)
        self.do('eve', ref, 'recommend', 'being examined', verdict=verdict, text='New and well described.')

    def approve(self, ref):
        self.recommend(ref)
        self.do('rae', ref, 'propose-assign', 'decided, to be assigned', text='Agreed.')

    def events(self, **query):
        return self.who('aud').get('/staff/audit?' + urllib.parse.urlencode(query)).words

    def token(self, ref, kind):
        """Of the newest link in a letter of this kind."""
        ((message,),) = self.registry.sql(
            'SELECT message FROM outbox JOIN application AS a ON a.id = application WHERE template = ? AND ref = ? '
            'ORDER BY outbox.id DESC LIMIT 1', kind, ref)
        return re.search(r'(?:/track/|/confirm/|berth track |--confirm )([a-z0-9]{20,})', message.replace('=\r\n', ''))[1]


@pytest.fixture(name='office')
def _office(web_site):
    return Office(web_site)


def system_form():
    """The example as an application for a system port."""
    text = EXFILES.replace('application user', 'application system').replace('port any;', 'port 853;')
    return text.replace('why-not-dynamic', 'why-not-user "It must be known to be run by the machine\'s owner."; why-not-dynamic')


# ---- the way of an application ----

def test_a_user_port_from_the_queue_to_the_list(office):
    ref = office.file()
    queue = office.who('rae').get('/staff')
    assert 'exfiles any/tcp' in queue.words and ref in queue.words
    assert 'Applications that wait for you: nothing' in office.who('bo').get('/staff').words
    office.do('rae', ref, 'take', 'being examined')
    assert 'propose-assign' not in office.offers('rae', ref)
    assert 'An expert must recommend first' in office.dossier('rae', ref).words
    office.do('rae', ref, 'to-expert', 'with an expert', expert='eve')
    mine = office.who('eve').get('/staff?show=mine')
    assert ref in mine.words and 'eve' in mine.words
    office.find('eve', ref)
    office.do('eve', ref, 'recommend', 'being examined', verdict='assign', text='New and\r\nwell described.')
    office.do('rae', ref, 'propose-assign', 'decided, to be assigned', text='Agreed.')
    form = office.form('rae', ref, 'assign')
    assert form.fields['assign-port'] == '0'
    office.do('rae', ref, 'assign', 'assigned', port='0', other='7999')
    assert '7999' in office.site.get('/service/exfiles').words
    (row,) = office.registry.json('lookup', '7999/tcp')
    assert row['name'] == 'exfiles' and row['status'] == 'assigned'
    assert ref in office.who('rae').get('/staff').words.split('Closed last')[1]
    office.registry.verify()


def test_what_is_offered_hangs_on_who_looks(office):
    ref = office.file()
    assert {'ask', 'to-expert', 'to-board', 'take', 'finding'} <= office.offers('rae', ref)
    for login in ('eve', 'ada', 'aud'):
        assert office.offers(login, ref) == set()
        assert 'does not wait for you' in office.dossier(login, ref).words
    assert office.offers('bo', ref) == {'finding'}
    office.do('rae', ref, 'to-expert', 'with an expert', expert='eve')
    assert {'recommend', 'recuse', 'ask', 'finding'} == office.offers('eve', ref)
    assert office.offers('fay', ref) == set()


@pytest.mark.asvs('2.3.5')
def test_a_system_port_takes_two_of_the_board(office):
    ref = office.file(system_form())
    assert 'This takes two of the board' in office.dossier('rae', ref).words
    office.do('rae', ref, 'to-board', 'before the board', text='A system port.')
    office.find('bo', ref)
    office.do('bo', ref, 'vote', 'before the board', verdict='assign', text='Needed.')
    shown = office.dossier('bo', ref)
    assert 'a second person of the board must decide the same' in shown.words
    assert not {'vote', 'propose-assign', 'refuse'} & office.offers('bo', ref)
    again = office.forge('bo', ref, 'propose-assign', text='Needed.')
    assert again.status == 403 and 'the first vote is yours' in again.words
    assert 'a second vote of the board' in office.who('ivy').get('/staff').words
    assert ref not in office.who('bo').get('/staff?show=mine').words
    office.do('ivy', ref, 'propose-assign', 'decided, to be assigned', text='Agreed.')
    office.do('rae', ref, 'assign', 'assigned')
    assert office.registry.json('lookup', '853/tcp')[0]['name'] == 'exfiles'
    office.registry.verify()


def test_two_who_differ_are_not_two(office):
    ref = office.file(system_form())
    office.do('rae', ref, 'to-board', 'before the board', text='A system port.')
    office.find('bo', ref)
    office.do('bo', ref, 'vote', 'before the board', verdict='assign', text='Needed.')
    form = office.form('ivy', ref, 'vote')
    assert 'vote-verdict' in form.boxes
    page = office.dossier('ivy', ref).text
    assert 'value="refuse"' in page and not re.search(r'name="vote-verdict" value="assign"', page)
    office.do('ivy', ref, 'vote', 'before the board', verdict='refuse', text='Not needed.', rules_J6='yes', others_J6='yes')
    office.do('kim', ref, 'refuse', 'refused', text='Not needed.', rules_J6='yes', others_J6='yes')
    assert 'J6' in office.dossier('rae', ref).words


# ---- nobody decides for themselves ----

@pytest.mark.asvs('8.2.2')
def test_an_application_of_ones_own_is_shown_as_to_its_applicant(office):
    ref = office.file(EXFILES.replace('ada@example.org', 'rae@example.net'))
    shown = office.dossier('rae', ref)
    assert 'This application is your own' in shown.words and office.offers('rae', ref) == set()
    assert 'Your finding' not in shown.words and 'rob' not in shown.words
    refused = office.forge('rae', ref, 'to-expert', expert='eve')
    assert refused.status == 403 and 'nobody of the staff acts on an application of their own' in refused.words
    assert f'application {ref}' in office.events(act='refused', who='rae')
    assert 'to-expert' in office.offers('rob', ref)


def test_who_recommended_does_not_decide(office):
    office.registry.run('staff', 'grant', 'eve', '--role', 'registrar')
    ref = office.file()
    office.recommend(ref)
    assert 'You recommended on it' in office.dossier('eve', ref).words
    assert office.forge('eve', ref, 'propose-assign', text='Mine.').status == 403
    office.do('rae', ref, 'propose-assign', 'decided, to be assigned', text='Agreed.')


# ---- forged, skipped, late ----

@pytest.mark.asvs('2.3.1')
def test_a_state_cannot_be_skipped(office):
    ref = office.file()
    for login, act, fields in (('rae', 'assign', {'port': '7999'}), ('rae', 'propose-assign', {'text': 'Now.'}),
                               ('eve', 'recommend', {'verdict': 'assign', 'text': 'Mine.'}),
                               ('bo', 'vote', {'verdict': 'assign', 'text': 'Yes.'}), ('eve', 'finding', {})):
        answer = office.forge(login, ref, act, **fields)
        assert answer.status == 403, (act, answer.status, answer.words[:500])
        assert 'There is a problem' in answer.words and answer.text.count('<h1>') == 1
    assert 'being examined' in office.dossier('rae', ref).words
    events = office.events(act='refused')
    assert events.count(f'application {ref}') == 5 and 'eve' in events and 'bo' in events
    office.registry.run('lookup', '--quiet', '7999', code=1)
    assert office.forge('rae', ref, 'no-such-act').status == 404
    assert office.forge('rae', 'B-1999-0001', 'ask', text='?').status == 404
    office.registry.verify()


@pytest.mark.asvs('15.3.3')
def test_a_forged_status_is_no_field(office):
    ref = office.file()
    form = office.form('rae', ref, 'ask')
    answer = office.who('rae').send(form.action, {**unfolded(form), 'ask-text': 'Why?', 'state': 'approved', 'act': 'assign',
                                                  'staff': '5', 'status': 'assigned'})
    assert answer.status == 303
    assert 'waiting for the applicant' in office.dossier('rae', ref).words


def test_who_comes_late_keeps_what_was_typed(office):
    ref = office.file()
    form = office.form('rae', ref, 'ask')
    office.do('rob', ref, 'to-expert', 'with an expert', expert='eve')
    late = office.who('rae').send(form.action, {**unfolded(form), 'ask-text': 'What does <op> 7 mean?'})
    assert late.status == 409 and 'it moved meanwhile and is with an expert;' in late.words
    assert 'What does &lt;op&gt; 7 mean?' in late.text and '<title>Error: ' in late.text
    assert 'refused' not in office.events(act='refused', who='rae').split('Newest')[0].split('Why')[-1]
    again = office.form('eve', ref, 'ask')
    assert office.who('eve').send(again.action, {**unfolded(again), 'ask-text': 'What does op 7 mean?'}).status == 303


def test_a_vote_typed_twice_keeps_its_second_reasons(office):
    ref = office.file(system_form())
    office.do('rae', ref, 'to-board', 'before the board', text='A system port.')
    office.find('bo', ref)
    form = office.form('bo', ref, 'vote')
    office.do('bo', ref, 'vote', 'before the board', verdict='assign', text='Needed.')
    late = office.who('bo').send(form.action, {**unfolded(form), 'vote-verdict': 'refuse', 'vote-text': 'On second thoughts.'})
    assert late.status == 409 and 'What you had written: On second thoughts.' in late.words


def test_what_is_missing_is_said_at_its_field(office):
    ref = office.file()
    asked = office.send('rae', ref, 'ask', text='')
    assert asked.status == 422 and 'href="#ask-text"' in asked.text and 'what is the question?' in asked.words
    assert 'id="ask-text-error"' in asked.text and '<details class="act" open>' in asked.text
    board = office.send('rae', ref, 'to-board', text=' ')
    assert board.status == 422 and 'why is this a matter for the board?' in board.words
    expert = office.form('rae', ref, 'to-expert')
    told = office.who('rae').send(expert.action, unfolded(expert))
    assert told.status == 422 and 'href="#to-expert-expert"' in told.text
    findings = office.form('rae', ref, 'finding')
    told = office.who('rae').send(findings.action, {**unfolded(findings), 'do': 'some', 'finding-5': 'unclear', 'note-6': 'a <b>note'})
    assert told.status == 422 and 'id="note-5-error"' in told.text and 'a &lt;b&gt;note' in told.text
    assert 'being examined' in office.dossier('rae', ref).words
    assert f'application {ref}' not in office.events(act='refused')


def test_a_token_that_is_none_loses_nothing(office):
    ref = office.file()
    form = office.form('rae', ref, 'ask')
    for token in ('', 'x' * 40):
        told = office.who('rae').send(form.action, {**unfolded(form), 'token': token, 'ask-text': 'What is op 7?'})
        assert told.status == 403 and 'Nothing was changed' in told.words and 'What is op 7?' in told.text
    assert 'being examined' in office.dossier('rae', ref).words


@pytest.mark.asvs('3.5.3')
def test_a_get_changes_nothing(office):
    ref = office.file()
    before = office.registry.json('review')
    for act in ('take', 'ask', 'to-board', 'finding', 'assign'):
        assert office.who('rae').get(f'/staff/application/{ref}/{act}').status in (404, 405)
    assert office.registry.json('review') == before


# ---- experts ----

def test_an_expert_steps_aside_and_another_comes(office):
    ref = office.file()
    office.do('rae', ref, 'to-expert', 'with an expert', expert='eve')
    assert office.send('eve', ref, 'recuse', text='').status == 422
    office.do('eve', ref, 'recuse', 'with an expert', text='My employer asks for it.')
    assert office.offers('eve', ref) == set()
    assert 'My employer asks for it.' in office.dossier('rae', ref).words
    assert 'an expert to be named' in office.who('rae').get('/staff').words
    assert ref in office.who('rae').get('/staff?show=mine').words
    office.do('rae', ref, 'reassign', 'with an expert', expert='fay', text='Eve stepped aside.')
    office.find('fay', ref)
    office.do('fay', ref, 'recommend', 'being examined', verdict='assign', text='Sound.')
    office.do('rae', ref, 'propose-assign', 'decided, to be assigned', text='Agreed.')


def test_an_objection_stays_and_holds(office):
    ref = office.file()
    office.do('rae', ref, 'to-expert', 'with an expert', expert='eve')
    form = office.form('eve', ref, 'finding')
    answer = office.who('eve').send(form.action, {**unfolded(form), 'do': 'all', 'finding-5': 'objection', 'note-5': 'No way back.'})
    assert answer.status == 303
    shown = office.dossier('rae', ref).words
    assert 'objection , eve' in shown and 'No way back.' in shown and shown.count('understood , eve') == 9
    refused = office.send('eve', ref, 'recommend', verdict='assign', text='Yet.')
    assert refused.status == 422 and 'question 5' in refused.words and 'Yet.' in refused.text


# ---- questions, versions ----

def test_a_question_and_its_answer(office):
    ref = office.file()
    office.do('rae', ref, 'ask', 'waiting for the applicant', text='How long may a name be?', about='functions')
    assert 'Not answered yet' in office.dossier('rae', ref).words
    office.registry.run('track', office.token(ref, 'questions'), 'answer', '1', '-m', 'At most <255> octets.')
    shown = office.dossier('rae', ref)
    assert 'At most <255> octets.' in shown.words and 'At most &lt;255&gt; octets.' in shown.text
    assert 'waiting for the applicant' in shown.words.rsplit('Its way so far', 1)[1]


def test_versions_and_what_they_changed(office):
    ref = office.file()
    track = office.token(ref, 'receipt')
    office.recommend(ref)
    changed = office.site.folder / 'changed.berth'
    changed.write_text(EXFILES.replace('three versions', 'four versions'))
    office.registry.run('track', track, 'edit', changed)
    shown = office.dossier('rae', ref)
    versions = shown.words.rsplit('Versions', 1)[1].split('Recommendations, votes')[0]
    assert 'Version 2' in versions and 'that keeps the last three versions' in versions and 'the last four versions' in versions
    assert 'counts no more' in shown.words and 'An expert must recommend first' in shown.words
    office.registry.run('track', track, 'withdraw')
    draft = re.search('berth track ([a-z0-9]{26})', office.registry.text('track', track, 'copy'))[1]
    copied = office.dossier('rae', ref).words.rsplit('Other applications', 1)[1]
    copy = re.search(r'Copied into (B-\d{4}-\d{4})', copied)[1]
    assert office.who('rae').get(f'/staff/application/{copy}').status == 404, 'nobody sees it before it is confirmed'
    office.registry.run('track', draft, 'submit')
    office.registry.run('apply', '--confirm', office.token(copy, 'confirm'))
    assert f'A copy of {ref}' in office.dossier('rae', copy).words
    assert f'{ref} , user port: withdrawn' in office.who('rae').get('/staff').words


# ---- revocations ----

REVOCATION = """application revocation {
  applicant "Una Example" "una@example.org";
  about "80/tcp";
  evidence "No product with it has been sold since 2009.";  reason "It is wanted for another.";
}
"""


def test_a_revocation_is_called_and_decided(office):
    ref = office.file(REVOCATION)
    assert office.who('rae').get(f'/calls/{ref}').status == 404
    assert 'need-consent' not in office.offers('rae', ref) and office.offers('bo', ref) == {'call', 'finding'}
    office.do('bo', ref, 'call', 'open for comments', text='Nobody answers there.')
    assert office.offers('rae', ref) == {'comment'} and 'The call is still open' in office.dossier('bo', ref).words
    assert office.forge('bo', ref, 'close').status == 403
    assert office.who('rae').get(f'/calls/{ref}').status == 200
    office.do('rae', ref, 'comment', 'open for comments', text='We use it <daily>.')
    assert 'We use it &lt;daily&gt;.' in office.dossier('bo', ref).text
    assert 'the public' in office.who('bo').get('/staff').words
    office.later(29 * DAY)
    assert 'overdue' in office.who('bo').get('/staff?show=overdue').words
    office.do('bo', ref, 'close', 'before the board', text='One uses it.')
    office.find('bo', ref)
    office.do('bo', ref, 'vote', 'before the board', verdict='refuse', text='It is used.', others_J6='yes')
    office.do('ivy', ref, 'refuse', 'refused', text='It is used.', others_J6='yes')
    office.registry.verify()


# ---- numbers ----

@pytest.mark.asvs('2.3.4')
def test_a_number_that_is_gone_meanwhile(office):
    first = office.file(EXFILES.replace('port any;', 'port 7999;'))
    second = office.file(EXFILES.replace('port any;', 'port 7999;').replace('exfiles', 'otherfiles'))
    assert 'wants the same number' in office.dossier('rae', first).words
    office.approve(first)
    office.approve(second)
    office.do('rae', first, 'assign', 'assigned', port='7999')
    answer = office.send('rae', second, 'assign', port='7999')
    assert answer.status == 303
    shown = office.who('rae').get(answer.where)
    assert 'the number was taken meanwhile' in shown.words and 'Free and near: 8000 8001' in shown.words
    assert 'Rules refuse it' in shown.words and 'propose-assign' not in office.offers('rae', second)
    office.registry.verify()


def test_a_registrar_chooses_another_number(office):
    first = office.file(EXFILES.replace('port any;', 'port 7999;'))
    second = office.file(EXFILES.replace('port any;', 'port 7999;').replace('exfiles', 'otherfiles'))
    office.approve(first)
    office.approve(second)
    office.do('rae', first, 'assign', 'assigned', port='7999')
    page = office.dossier('rae', second)
    assert '7999, as asked for; taken by now' in page.words
    offered = set(re.findall(r'name="assign-port" value="(\d+)"', page.text))
    assert {'0', '7999', '8000', '8001'} <= offered
    refused = office.send('rae', second, 'assign', port='8000', other='seventy')
    assert refused.status == 422 and 'href="#assign-other"' in refused.text and 'value="seventy"' in refused.text
    assert office.send('rae', second, 'assign', port='771').status == 422
    office.do('rae', second, 'assign', 'assigned', port='8000')
    assert office.registry.json('lookup', '8000/tcp')[0]['name'] == 'otherfiles'
    office.registry.verify()


# ---- appeals ----

def test_an_appeal_is_heard_by_others(office):
    ref = office.file(system_form())
    office.do('rae', ref, 'to-board', 'before the board', text='A system port.')
    for login, act in (('bo', 'vote'), ('ivy', 'refuse')):
        office.do(login, ref, act, 'before the board' if act == 'vote' else 'refused', text='Not needed.', others_J6='yes',
                  **({'verdict': 'refuse'} if act == 'vote' else {}))
    office.registry.run('track', office.token(ref, 'refused'), 'appeal', '-m', 'The facts were others.')
    for login in ('bo', 'ivy'):
        assert 'hear' not in office.offers(login, ref)
        assert 'heard by people of no earlier round' in office.dossier(login, ref).words
        assert office.forge(login, ref, 'hear').status == 403
        assert ref not in office.who(login).get('/staff?show=mine').words
    assert 'The facts were others.' in office.dossier('kim', ref).words
    office.do('kim', ref, 'hear', 'before the board')
    office.do('kim', ref, 'vote', 'before the board', verdict='annul', text='They were.')
    assert not {'uphold', 'annul', 'vote'} & office.offers('kim', ref)
    assert office.forge('bo', ref, 'annul', text='Me too.').status == 403
    office.do('lea', ref, 'annul', 'being examined', text='They were indeed.')
    office.registry.verify()


# ---- figures ----

def test_statistics_of_a_turned_clock(office):
    office.later(400 * DAY)
    first, second = (office.file(EXFILES.replace('exfiles', name)) for name in ('onefiles', 'twofiles'))
    begun = office.now()[:7]
    del second
    office.later(2 * DAY)
    office.do('rae', first, 'ask', 'waiting for the applicant', text='How?')
    office.later(10 * DAY)
    shown = office.who('rae').get('/staff/statistics')
    assert 'Applications opened and closed' in shown.words and begun >= '2026'
    rows = re.findall(r'(\d{4}-\d{2}) all kinds (\d+) (\d+) (\d+)', shown.words)
    assert sum(int(row[1]) for row in rows) == 2 and rows[0][3] == '2'


# ---- letters and the log ----

def test_letters_are_shown_without_their_links(office):
    ref = office.file()
    token = office.token(ref, 'receipt')
    letters = office.who('rae').get('/staff/mail')
    assert 'receipt' in letters.words and 'waiting (2)' in letters.words
    numbers = sorted(set(re.findall(r'/staff/mail\?letter=(\d+)', letters.text)))
    pages = [office.who('rae').get(f'/staff/mail?letter={number}').text for number in numbers]
    assert not any(token in page for page in pages) and any('*' * 26 in page for page in pages)
    assert token not in office.dossier('rae', ref).text
    for login in ('eve', 'aud', 'bo'):
        assert office.who(login).get('/staff/mail').status == 403
    assert office.who('ada').get('/staff/mail').status == 200
    assert office.who('rae').get('/staff/mail?letter=999').status == 404


def test_a_letter_that_failed_is_sent_again(office):
    office.file()
    office.registry.sql("UPDATE outbox SET state = 'failed', last_error = '550 <no such person>', tries = 9 WHERE id = 1")
    shown = office.who('rae').get('/staff/mail?state=failed')
    assert '550 <no such person>' in shown.words and 'failed (1)' in shown.words
    form = next(form for form in Reader(shown.text).forms if form.fields.get('letter') == '1')
    assert office.who('rae').send('/staff/mail', unfolded(form)).status == 303
    assert office.registry.sql('SELECT state, tries FROM outbox WHERE id = 1') == [('waiting', 0)]
    assert office.who('rae').send('/staff/mail', {**unfolded(form), 'letter': 'x'}).status == 400


def test_the_log_is_read_and_proved(office):
    ref = office.file()
    office.do('rae', ref, 'to-board', 'before the board', text='Because <so>.')
    for login in ('rae', 'eve', 'bo'):
        assert office.who(login).get('/staff/audit').status == 403
    shown = office.who('aud').get('/staff/audit')
    head = office.registry.sql('SELECT n, hash FROM chain')[0]
    assert head[1] in shown.text and 'Because <so>.' in shown.words
    assert 'the registry itself' in shown.words and '(berth)' not in shown.words
    assert f'application {ref}' in office.events(subject='application')
    assert 'There is none' in office.events(subject='applicatio')
    assert 'There is none' in office.events(who='rae', act='vote')
    events = office.registry.sql("SELECT n FROM event WHERE act = 'file'")
    body = office.who('aud').get(f'/staff/audit?event={events[0][0]}').text
    assert 'Clients call the server' not in body and 'ada@example.org' not in body
    assert office.who('aud').get('/staff/audit?event=999999').status == 404
    assert office.who('aud').post('/staff/audit').status == 303
    for _ in range(1000):
        proof = office.who('aud').get('/staff/audit').words
        if 'under way' not in proof:
            break
    assert 'the chain is whole, and the tables equal their replay' in proof


@pytest.mark.asvs('16.4.2')
def test_the_log_tells_of_what_was_changed(office):
    office.file()
    office.registry.sql("UPDATE event SET why = 'another <reason>' WHERE n = 3")
    assert office.who('aud').post('/staff/audit').status == 303
    for _ in range(1000):
        proof = office.who('aud').get('/staff/audit').words
        if 'under way' not in proof:
            break
    assert 'event 3 was changed' in proof


@needs_postgres
def test_the_same_on_postgresql(make_web_site):
    with postgres() as url:
        site = make_web_site(url=url).start()
        office = Office(site)
        ref = office.file()
        office.approve(ref)
        office.do('rae', ref, 'assign', 'assigned', port='0', other='7999')
        for path in ('/staff', '/staff/statistics', '/staff/mail', '/staff/mail?state=waiting', '/staff/mail?letter=1'):
            assert office.who('rae').get(path).status == 200
        assert ref in office.events(subject=f'application {ref}', who='eve')
        assert office.who('aud').post('/staff/audit').status == 303
        proof = 'under way'
        while 'under way' in proof:
            proof = office.who('aud').get('/staff/audit').words
        assert 'the chain is whole' in proof
        site.stop()


# ---- what others never see ----

@pytest.mark.asvs('8.2.3')
def test_answers_stay_with_the_staff(office):
    text = EXFILES
    for key, canary in CANARIES.items():
        text = re.sub(rf'({key}\s+)("""|")', lambda match, canary=canary: f'{match[1]}{match[2]}{canary} ', text)
    ref = office.file(text)
    office.approve(ref)
    office.do('rae', ref, 'assign', 'assigned', port='0', other='7999')
    shown = office.dossier('rae', ref).text
    paths = ['/', '/search?q=exfiles', '/port/7999', '/service/exfiles', '/statistics', '/changes', '/audit', '/map',
             '/organisation?name=Example+Society', '/download/json', '/download/services', '/download/iana-csv',
             f'/staff/application/{ref}', '/staff', '/staff/mail', '/staff/audit']
    public = [office.site.get(path) for path in paths]
    for canary in CANARIES.values():
        assert canary in shown
        for path, answer in zip(paths, public):
            assert canary not in answer.octets.decode(errors='replace'), path
    assert all(answer.status in (303, 302, 401, 403) for answer in public[-4:])
    assert canary not in office.site.log() and canary not in office.events()


def test_what_strangers_write_is_text(office):
    ref = office.file(EXFILES.replace('Two implementations since 2025.', '<script>alert(1)</script> \u202e &amp; %s'))
    shown = office.dossier('rae', ref).text
    assert '&lt;script&gt;alert(1)&lt;/script&gt; [U+202E] &amp;amp; %s' in shown and '<script>alert' not in shown
