"""Who may what, in which order, and how often: guessed links, other people's applications, forged and repeated requests, several
at once. test_web_asvs.py says what the numbers mean.
"""
import concurrent.futures
import contextlib
import http.client
import json
import re
import signal
import sqlite3
import subprocess
import time
import urllib.parse

import pytest

from support import machine
from support.applicant import Applicant
from support.crawl import crawl
from support.forms import answers_of_call
from support.house import House
from support.web import PASSWORD, Visitor, totp

TOGETHER = 8
ACTS = ('take', 'ask', 'to-expert', 'reassign', 'name-expert', 'to-board', 'finding', 'recommend', 'recuse', 'propose-assign', 'assign',
        'refuse', 'vote', 'need-consent', 'call', 'hear', 'uphold', 'annul', 'hold-back')
OF_OTHERS = ('auto', 'release', 'confirm', 'withdraw', 'edit', 'lapse', 'declined', 'file', 'submit', 'expire')  # never the staff's


@pytest.fixture(name='house')
def _house(fresh):
    """Each test here has one of its own."""
    return fresh


class Twin:
    """A second berth-registryd on the same registry, as for a site that two machines serve."""

    def __init__(self, house):
        self.house, self.port = house, machine.free_ports(1)
        command = [f'127.0.0.1:{self.port}' if word == f'127.0.0.1:{house.port}' else word for word in house.command()]
        with open(house.folder / 'twin.log', 'ab') as log:
            self.process = subprocess.Popen(command, stderr=log)  # pylint: disable=consider-using-with
        deadline = time.monotonic() + 60
        while 'event=ready' not in (house.folder / 'twin.log').read_text():
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.02)

    def like(self, visitor):
        """The same browser, served by the other machine."""
        other = Visitor(self)
        other.cookies = dict(visitor.cookies)
        return other

    def close(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(name='twin')
def _twin(house):
    with contextlib.closing(Twin(house)) as twin:
        yield twin


def together(acts):
    """What each of these returned, all at once."""
    with concurrent.futures.ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(act) for act in acts]]


# ---- in order ----

@pytest.mark.asvs('2.3.1', '8.3.1')
def test_no_act_is_done_before_its_time(house):
    """Each act of the staff by each of them, whatever pages offer: only what the application's state allows changes anything."""
    reference, _ = house.begin()
    before = house.registry.json('review', 'show', reference)
    for login in ('eve', 'bo', 'ada', 'aud'):
        for act in ACTS + OF_OTHERS:
            if (login, act) == ('bo', 'finding'):
                continue
            answer = house.forge(login, reference, act, text='Now.', verdict='assign', port='7999', expert='eve')
            assert answer.status == (404 if act in OF_OTHERS and login in ('eve', 'bo') else 403), (login, act, answer.status)
    for act in ('propose-assign', 'assign', 'recommend', 'vote', 'uphold', 'annul', *OF_OTHERS):
        answer = house.forge('rae', reference, act, text='Now.', verdict='assign', port='7999')
        assert answer.status == (404 if act in OF_OTHERS else 403), (act, answer.status)
    assert house.registry.json('review', 'show', reference)['steps'] == before['steps']
    assert house.registry.sql('SELECT * FROM claim') == [] and house.registry.sql('SELECT * FROM decision') == []
    house.registry.verify()


@pytest.mark.asvs('2.3.1')
def test_nothing_is_with_the_staff_before_it_is_confirmed(house):
    house.send()
    reference = house.registry.sql('SELECT ref FROM application')[0][0]
    for act in ACTS + OF_OTHERS:
        assert house.forge('rae', reference, act, text='Now.').status == 404, act
    assert {reference in subject for _, subject, _, _ in house.events('refused')} == {True}
    assert [kind for kind, in house.registry.sql('SELECT template FROM outbox')] == ['confirm']
    assert house.registry.json('review') == [] and reference not in house.who('rae').get('/staff').text


@pytest.mark.asvs('2.3.1')
def test_an_applicant_skips_no_step(house):
    """What an applicant may do later or earlier is told so; what no applicant does is no act, by form and by call."""
    reference, path = house.begin()
    applicant = house.applicant()
    form = applicant.get(path).form('withdraw')
    not_now = {'answer': 422, 'reopen': 422, 'appeal': 422, 'copy': 422, 'submit': 400}
    for act, status in {**not_now, **dict.fromkeys(('assign', 'confirm', 'consent', 'edit-return', 'propose-assign', ''), 400)}.items():
        answer = applicant.send(form, {**form.fields, 'act': act, 'facts': 'x', 'answer-1': 'x', 'text': 'x', 'state': 'approved'}, {})
        assert answer.status == status, (act, answer.status, answer.text[:500])
        answer = house.visitor().ask('POST', f'/api/v1{path}/{act}', '{"text": "x", "answers": {}}', Content_Type='application/json')
        assert answer.status == (403 if act in not_now else 404), (act, answer.status, answer.text)
        assert house.state(reference) == 'validating', act


@pytest.mark.asvs('2.3.1', '7.2.3')
def test_a_link_works_for_what_it_was_sent_for_and_once(house):
    house.send()
    confirm, applicant = house.token('confirm'), house.applicant()
    page = applicant.get(f'/confirm/{confirm}')
    assert applicant.get(f'/track/{confirm}').status == 404 and applicant.get(f'/consent/{confirm}').status == 404
    assert applicant.post(page).status == 303
    for _ in range(2):
        assert applicant.post(page).status == 404
        assert applicant.get(f'/confirm/{confirm}').status == 404
    assert [kind for kind, in house.registry.sql('SELECT template FROM outbox ORDER BY id')] == ['confirm', 'staff', 'receipt']


@pytest.mark.asvs('2.3.3')
def test_what_is_interrupted_is_done_whole_or_not_at_all(house):
    """Killed in the middle of many submissions: each application there is has its events and its one letter."""
    pages = [house.fill(short=f'name{i}') for i in range(12)]

    def send(page):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return house.applicant().post(page, 'send').status
        return None

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        sent = [pool.submit(send, page) for page in pages]
        deadline = time.monotonic() + 30
        while house.registry.sql('SELECT count(*) FROM application')[0][0] < 3 and time.monotonic() < deadline:
            time.sleep(0.002)
        house.process.send_signal(signal.SIGKILL)
        assert all(future.result() in (303, None) for future in sent)
    house.process.wait()
    kept = house.registry.sql('SELECT count(*) FROM application')[0][0]
    assert 3 <= kept
    for query in ('SELECT count(DISTINCT application) FROM outbox', 'SELECT count(*) FROM version', 'SELECT count(*) FROM step',
                  "SELECT count(*) FROM event WHERE act = 'submit'", "SELECT count(*) FROM name WHERE kind = 'held'"):
        assert house.registry.sql(query)[0][0] in (kept, 0) and (house.registry.sql(query)[0][0] == kept or 'name' in query), query
    house.registry.run('publish')
    house.registry.verify()


@pytest.mark.asvs('2.3.3', '16.5.3')
def test_a_letter_that_cannot_be_written_undoes_its_act(house):
    """The outbox is the last thing written of an act; when it fails nothing of the act is there."""
    reference, _ = house.begin()
    before, form = house.registry.json('review', 'show', reference), house.form('rae', reference, 'ask')
    house.registry.sql('ALTER TABLE outbox RENAME COLUMN next_try TO other')
    answer = house.who('rae').send(form.action, {**form.fields, 'ask-text': 'Why?'})
    assert answer.status in (500, 503) and 'outbox' not in answer.words and 'next_try' not in answer.words
    house.registry.sql('ALTER TABLE outbox RENAME COLUMN other TO next_try')
    assert house.registry.json('review', 'show', reference) == before
    house.do('rae', reference, 'ask', text='Why?')
    house.registry.verify()


# ---- at once ----

@pytest.mark.asvs('2.3.4', '15.4.2')
def test_a_form_sent_from_many_windows_is_one_application(house, twin):
    """Half of them to the other machine."""
    page = house.fill()
    others = Applicant(f'http://127.0.0.1:{twin.port}')
    others.url = urllib.parse.urlsplit(house.base)

    def send(through):
        fields = {**page.form('send').fields, 'act': 'send'}
        body = urllib.parse.urlencode(fields)
        return Visitor(through).ask('POST', '/apply/user', body, Content_Type='application/x-www-form-urlencoded', Origin=house.base)

    answers = together([lambda i=i: send(house if i % 2 else twin) for i in range(TOGETHER)])
    mine = [answer for answer in answers if answer.status == 303]
    assert len({answer.where for answer in mine}) == 1 and len(mine) >= TOGETHER // 2
    # Of the other machine's answers some say that the form is not from there: nothing is lost, and nothing sent twice.
    assert {answer.status for answer in answers} <= {303, 403, 503}
    assert house.registry.sql('SELECT count(*) FROM application') == [(1,)]
    assert house.registry.sql('SELECT count(*) FROM outbox') == [(1,)]
    house.registry.verify()


@pytest.mark.asvs('2.3.4', '15.4.2')
def test_a_link_followed_many_times_at_once_confirms_once(house, twin):
    house.send()
    token = house.token('confirm')
    answers = together([lambda i=i: Visitor(house if i % 2 else twin).ask('POST', f'/api/v1/confirm/{token}', '{}',
                                                                          Content_Type='application/json') for i in range(TOGETHER)])
    codes = sorted(answer.status for answer in answers)
    assert codes.count(200) == 1 and set(codes) <= {200, 403, 404, 409, 503}, codes
    assert [kind for kind, in house.registry.sql('SELECT template FROM outbox ORDER BY id')] == ['confirm', 'staff', 'receipt']
    house.registry.verify()


@pytest.mark.asvs('2.3.4', '15.4.2')
def test_two_registrars_assign_one_number_at_once(house, twin):
    """To two applications, on two machines: one gets it, and the other application is looked at again."""
    references = [house.begin(short=name, port='7999')[0] for name in ('first', 'second')]
    for reference in references:
        house.approve(reference)
    for login in ('rae', 'rob'):
        house.who(login)
    forms = {login: house.form(login, reference, 'assign') for login, reference in zip(('rae', 'rob'), references)}
    tokens = {login: form.fields for login, form in forms.items()}
    tokens['rob'] = {**tokens['rob'], 'token': twin.like(house.who('rob')).get('/staff').field('token')}

    def assign(login, through):
        return through.send(forms[login].action, {**tokens[login], 'assign-port': '7999'}).status

    both = together([lambda: assign('rae', house.who('rae')), lambda: assign('rob', twin.like(house.who('rob')))] * 3)
    assert set(both) <= {303, 403, 404, 409, 422, 503}, both
    assert house.registry.sql("SELECT count(*) FROM claim WHERE port = 7999 AND kind = 'assigned'") == [(1,)]
    assert sorted(house.state(reference) for reference in references).count('assigned') == 1
    house.registry.verify()


@pytest.mark.asvs('2.3.4')
def test_a_name_is_held_for_one(house, twin):
    """Two applications with one name, confirmed at once on two machines."""
    for _ in range(2):
        house.send(short='wanted')
    tokens = house.tokens('confirm')
    together([lambda i=i: Visitor((house, twin)[i]).ask('POST', f'/api/v1/confirm/{tokens[i]}', '{}', Content_Type='application/json')
              for i in range(2)])
    assert house.registry.sql("SELECT count(*) FROM name WHERE fold = 'wanted'") == [(1,)]
    house.registry.verify()


@pytest.mark.asvs('6.3.3', '15.4.2')
def test_a_code_serves_once_also_at_once(house, twin):
    """The same code on two machines at the same moment: one session."""
    house.who('rae')
    house.later(31)
    code = totp(house.secrets['rae'], house.moment())
    house.registry.sql("DELETE FROM token WHERE purpose = 'session'")

    def enter(through):
        return Visitor(through).post('/staff/sign-in', {'login': 'rae', 'password': PASSWORD, 'code': code}).status

    codes = together([lambda i=i: enter(house if i % 2 else twin) for i in range(TOGETHER)])
    assert codes.count(303) == 1 and set(codes) <= {303, 403, 503}, codes
    assert house.registry.sql("SELECT count(*) FROM token WHERE purpose = 'session'") == [(1,)]


@pytest.mark.asvs('6.3.1', '15.4.2')
def test_guesses_at_once_are_all_counted(house, twin):
    house.who('rae')
    together([lambda i=i: Visitor(house if i % 2 else twin).post(
        '/staff/sign-in', {'login': 'rae', 'password': f'guess {i}', 'code': '000000'}) for i in range(TOGETHER)])
    house.later(31)
    answer = house.visitor().post('/staff/sign-in', {'login': 'rae', 'password': PASSWORD, 'code': totp(house.secrets['rae'], house.moment())})
    assert answer.status == 403, 'locked, by whichever machine they came'


# ---- two people ----

@pytest.mark.asvs('2.3.5')
def test_one_person_is_not_two(house, twin):
    """Neither in a second browser, nor on another machine, nor by a call, nor with more roles, nor both at once."""
    reference, _ = house.begin('system', port='853')
    house.do('rae', reference, 'to-board', text='A system port.')
    house.find('all', reference)
    house.do('all', reference, 'vote', verdict='assign', text='Needed.')
    bearer = bearer_of(house, 'all')
    second = house.enter('all')
    token = second.get('/staff').field('token')
    fields = {'token': token, 'vote-verdict': 'assign', 'vote-text': 'x', 'propose-assign-text': 'x', 'staff': '3', 'by': 'bo'}
    other = twin.like(second)
    there = other.get('/staff').field('token')
    tries = []
    for act in ('vote', 'propose-assign'):
        tries += [lambda act=act: second.send(f'/staff/application/{reference}/{act}', fields).status,
                  lambda act=act: other.send(f'/staff/application/{reference}/{act}', {**fields, 'token': there}, Origin=house.base).status,
                  lambda act=act: call(house, f'applications/{reference}/{act}', {'verdict': 'assign', 'text': 'x', 'staff': 3}, bearer)[0]]
    assert set(together(tries)) <= {400, 403, 404, 409, 422, 503}
    assert house.state(reference) == 'board' and house.registry.sql('SELECT count(*) FROM decision') == [(0,)]
    house.do('ivy', reference, 'propose-assign', text='Agreed.')
    assert house.state(reference) == 'approved'
    assert len({staff for staff, in house.registry.sql("SELECT staff FROM vote WHERE role = 'board'")}) == 2
    house.registry.verify()


# ---- as often as people do it ----

@pytest.mark.asvs('2.4.1')
def test_letters_to_strangers_are_few_by_whatever_way_they_are_asked_for(make_house):
    """By the form, by a call, by a comment: one limit, which is told."""
    house = make_house('--limit', 'submissions=1/2', '--limit', 'all-submissions=60/60')
    body = {'kind': 'user', 'answers': answers_of_call()}
    assert call(house, 'applications', body)[0] == 201
    house.send(short='second')
    status, told = call(house, 'applications', {**body, 'answers': {**body['answers'], 'short': 'third'}})
    assert status == 429 and told['detail'], told
    page = house.fill(short='fourth')
    assert house.applicant().post(page, 'send').status == 429
    answer = house.visitor().post('/appeal', {'reference': 'B-2026-0001', 'email': 'xqz@example.org', 'text': 'x'})
    assert answer.status == 429
    assert house.registry.sql('SELECT count(*) FROM outbox') == [(2,)]


@pytest.mark.asvs('2.4.1', '6.3.1')
def test_the_limits_hold_without_being_asked_for(tmp_path):
    """Those that stand in the program; other tests widen them."""
    house = House(tmp_path)
    house.command = lambda *options: [word for word in House.command(house, *options) if not word.startswith('--limit=')]
    try:
        house.start()
        assert {house.visitor().post('/staff/sign-in', {'login': 'x', 'password': 'x', 'code': 'x'}).status for _ in range(40)} == {403, 429}
    finally:
        house.clean_up()


@pytest.fixture(name='make_house')
def _make_house(tmp_path):
    with contextlib.ExitStack() as stack:
        def make(*options):
            house = House(tmp_path)
            stack.callback(house.clean_up)
            return house.start(*options)
        yield make


# ---- what is whose ----

def call(house, path, body=None, bearer=None):
    headers = {'Content-Type': 'application/json', **({'Authorization': f'Bearer {bearer}'} if bearer else {})}
    answer = house.visitor().ask('GET' if body is None else 'POST', f'/api/v1/{path}', None if body is None else json.dumps(body), **headers)
    return answer.status, json.loads(answer.text)


def bearer_of(house, login, scope='review'):
    visitor = house.who(login)
    answer = visitor.post('/staff/account', {'change': 'token', 'about': 'a test', 'scope': scope, 'days': '1', 'password': PASSWORD,
                                             'code': house.code(login)}, page='/staff/account?change=token')
    return re.search(r'<code>([a-z2-7]{26})</code>', answer.text)[1]


@pytest.fixture(name='two', scope='module')
def _two(tmp_path_factory):
    """Two applicants, each with a page; one was asked something."""
    house = House(tmp_path_factory.mktemp('two')).start()
    try:
        house.mine = house.begin(short='mine', applicant_email='mine@example.org', formats='canary-mine-zq')
        house.yours = house.begin(short='yours', applicant_email='yours@example.org', formats='canary-yours-zq')
        house.do('rae', house.yours[0], 'ask', text='What is canary-yours-zq?')
        yield house
    finally:
        house.clean_up()


@pytest.mark.asvs('8.2.2', '7.2.3')
def test_a_reference_is_no_key(two):
    """It stands in letters and on pages: whoever knows it reaches nothing by it, nor by what is near a token."""
    reference, token = two.yours[0], two.yours[1].rsplit('/', 1)[1]
    assert len(token) * 5 >= 128
    number = two.registry.sql('SELECT id FROM application WHERE ref = ?', reference)[0][0]
    digest = [row[0] for row in two.registry.sql('SELECT hash FROM token')]
    guesses = [reference, reference.lower(), str(number), '0', '1', '', '%', '*', token[:-1], token + 'a', token.upper(), token[::-1], 'a' * 26,
               token[:-1] + ('a' if token[-1] != 'a' else 'b'), *digest[:3], f'{token}%00', f'{token}/', f'{token} ', f' {token}', "' OR 1=1 --"]
    for guess in guesses:
        path = urllib.parse.quote(guess, safe='')
        for place in ('/track/', '/confirm/', '/consent/', '/api/v1/track/', '/apply/sent/', '/apply/', '/staff/enrol/', '/calls/'):
            answer = two.get(place + path)
            assert answer.status in (200, 400, 404, 405), (place, guess, answer.status)
            assert 'canary' not in answer.text and 'yours@' not in answer.text, (place, guess)
            assert answer.status != 200 or place in ('/apply/sent/', '/calls/'), (place, guess)
    assert two.get('/track/' + token).status == 200


@pytest.mark.asvs('8.2.2', '8.3.1')
def test_an_applicant_reaches_ones_own_alone(two):
    """With one's own link, whatever else the form says."""
    mine, yours = two.mine[1], two.yours[0]
    page = two.get(mine)
    assert 'canary-mine-zq' in page.text and 'canary-yours-zq' not in page.text
    applicant = two.applicant()
    form = applicant.get(mine).form('edit')
    before = two.registry.json('review', 'show', yours)
    for act in ('answer', 'withdraw-now', 'edit', 'appeal', 'copy'):
        answer = applicant.send(form, {**form.fields, 'act': act, 'reference': yours, 'ref': yours, 'application': '2', 'id': '2',
                                       'answer-1': 'forged', 'track': two.yours[1].rsplit('/', 1)[1]}, {})
        assert 'canary-yours' not in answer.raw, act
        if act == 'withdraw-now':
            assert two.state(two.mine[0]) == 'withdrawn', 'their own they may'
    assert two.registry.json('review', 'show', yours) == before
    assert two.get(mine + '?reference=' + yours).status == 200 and 'canary-yours' not in two.get(mine + '?reference=' + yours).text


@pytest.mark.asvs('8.2.2')
def test_others_are_not_told_apart(two):
    """A link that never was, one that was used, and one for another purpose get the same answer."""
    texts = {two.get(path).text.replace(path, '') for path in ('/track/' + 'a' * 26, '/track/' + two.token('confirm', 0))}
    assert len(texts) == 1


@pytest.mark.asvs('8.2.2', '8.3.1')
def test_the_staff_sees_its_own_application_as_any_applicant(house):
    """On pages, by calls, in letters: who examines it, what they found and how they voted is not theirs to see."""
    for login in ('rob', 'eve'):
        house.who(login)
    reference, _ = house.begin(applicant_email='rob@example.net')
    house.do('rae', reference, 'to-expert', expert='eve')
    form = house.form('eve', reference, 'finding')
    house.who('eve').send(form.action, {**form.fields, 'do': 'all', 'finding-5': 'objection', 'note-5': 'canary-note-zq'})
    house.do('eve', reference, 'recommend', verdict='refuse', text='canary-reason-zq')
    assert 'canary-reason-zq' in house.dossier('rae', reference).text
    bearer = bearer_of(house, 'rob')
    seen = [house.dossier('rob', reference).text, house.who('rob').get('/staff').text,
            house.visitor().get(f'/api/v1/applications/{reference}', Authorization=f'Bearer {bearer}').text]
    for text in seen:
        assert 'canary' not in text and reference in text
    status, told = call(house, f'applications/{reference}/refuse', {'text': 'x', 'rules': 'J6'}, bearer)
    assert status == 403 and 'own' in told['detail']
    letters = crawl(house.who('rob'), '/staff/mail', *(f'/staff/mail?letter={number}' for number in range(1, 20)), within='/staff/mail', of_a_kind=30)
    for path, answer in letters.items():
        assert 'canary' not in answer.text, path


@pytest.mark.asvs('8.2.1', '8.3.2')
def test_who_lost_a_role_acts_no_more(house):
    """A page that is open, and a token that was made, are worth nothing then."""
    reference, _ = house.begin()
    form = house.form('rae', reference, 'ask')
    bearer = bearer_of(house, 'rae')
    house.registry.run('staff', 'revoke', 'rae', '--role', 'registrar')
    house.registry.run('staff', 'grant', 'rae', '--role', 'auditor')
    assert house.who('rae').send(form.action, {**form.fields, 'ask-text': 'Still me?'}).status == 403
    assert call(house, f'applications/{reference}/ask', {'text': 'Still me?'}, bearer)[0] == 403
    assert house.state(reference) == 'validating'


# ---- fields that nobody asked for ----

@pytest.mark.asvs('15.3.3')
def test_a_form_says_nothing_but_its_fields(house):
    more = {'state': 'approved', 'status': 'approved', 'ref': 'B-1999-0001', 'id': '7', 'eyes': '1', 'own_staff': '0', 'created': '1999-01-01',
            'v': '9', 'assigned': '80/tcp', 'decision': 'assign', 'role': 'board', 'kind': 'release', 'author': 'staff', 'verdict': 'assign'}
    applicant = house.applicant()
    check = house.fill(**more)
    assert check.title.startswith('Check your answers')
    form = check.form('send')
    assert not set(form.fields) & {'state', 'status', 'ref', 'eyes', 'own_staff', 'role', 'author'}
    assert applicant.send(form, {**form.fields, **more, 'act': 'send'}, {}).status == 303
    (row,) = house.registry.sql('SELECT ref, kind, eyes, own_staff FROM application')
    assert row[0] != 'B-1999-0001' and row[1:3] == ('user', 1) and house.registry.sql('SELECT to_state FROM step') == [('unconfirmed',)]


@pytest.mark.asvs('15.3.3')
@pytest.mark.parametrize('member', ['state', 'ref', 'own_staff', 'eyes', 'author', 'id', 'key'])
def test_a_call_says_nothing_but_its_members(house, member):
    body = {'kind': 'user', 'answers': answers_of_call()}
    status, _ = call(house, 'applications', {**body, 'answers': {**body['answers'], member: 'approved'}})
    assert status == 400
    status, _ = call(house, 'applications', {**body, member: 'approved'})
    assert status in (201, 400)
    if status == 201:
        assert house.registry.sql('SELECT to_state FROM step') == [('unconfirmed',)]
        assert house.registry.sql('SELECT own_staff, kind FROM application') == [(0, 'user')]


@pytest.mark.asvs('15.3.3', '1.4.2')
def test_a_number_is_a_number_in_its_range(house):
    """2 to the 32nd and 7999 is not 7999."""
    reference, _ = house.begin(port='7999')
    house.approve(reference)
    bearer = bearer_of(house, 'rae')
    for port in (4294975295, -57537, 65536, 7999.5, '7999', True, None, [7999], 1 << 70):
        status, told = call(house, f'applications/{reference}/assign', {'port': port}, bearer)
        assert status == 400 and told['detail'], (port, told)
        assert house.registry.sql('SELECT * FROM claim') == [], port
    assert call(house, f'applications/{reference}/assign', {'port': 7999}, bearer)[0] == 200


@pytest.mark.asvs('15.3.3', '8.2.2')
def test_a_key_of_ones_own_is_not_anothers(house):
    """Two programs that both number what they send: neither learns of the other's, and nothing is dropped."""
    seen = []
    for email, short in (('ada@example.org', 'adas'), ('bob@example.org', 'bobs'), ('ada@example.org', 'adas')):
        body = json.dumps({'kind': 'user', 'answers': answers_of_call(applicant_email=email, short=short)})
        answer = house.visitor().ask('POST', '/api/v1/applications', body, Content_Type='application/json', Idempotency_Key='1')
        seen.append((answer.status, json.loads(answer.text)['reference']))
    assert [status for status, _ in seen] == [201, 201, 200]
    assert seen[0][1] == seen[2][1] != seen[1][1]
    long = house.visitor().ask('POST', '/api/v1/applications', json.dumps({'kind': 'user', 'answers': answers_of_call()}),
                               Content_Type='application/json', Idempotency_Key='k' * 101)
    assert long.status == 400


# ---- again ----

@pytest.mark.asvs('2.3.1', '15.4.2')
def test_what_was_recorded_does_nothing_a_second_time(house):
    """Each form of the way to an assignment, sent again when all is done."""
    sent = []
    visitors = {login: house.who(login) for login in ('rae', 'eve')}
    for visitor in visitors.values():
        def record(path, fields=(), files=None, visitor=visitor, send=visitor.send, **headers):
            sent.append((visitor, path, dict(fields)))
            return send(path, fields, files, **headers)
        visitor.send = record
    reference, _ = house.begin(port='7999')
    house.approve(reference)
    house.do('rae', reference, 'assign')
    assert house.state(reference) == 'assigned' and len(sent) >= 5
    before = house.registry.sql('SELECT count(*) FROM step') + house.registry.sql('SELECT count(*) FROM claim') + house.registry.sql(
        'SELECT count(*) FROM outbox')
    for visitor, path, fields in sent:
        assert Visitor.send(visitor, path, fields).status == 409, path
    assert house.registry.sql('SELECT count(*) FROM step') + house.registry.sql('SELECT count(*) FROM claim') + house.registry.sql(
        'SELECT count(*) FROM outbox') == before
    house.registry.verify()


@pytest.mark.asvs('16.5.2', '2.3.3')
def test_who_is_locked_out_by_another_writer_loses_nothing(house):
    """An act of the staff while the store is busy: 503, what was typed is there, and it works when sent again."""
    reference, _ = house.begin()
    form = house.form('rae', reference, 'ask')
    with contextlib.closing(sqlite3.connect(house.registry.path, isolation_level=None)) as writer:
        writer.execute('BEGIN IMMEDIATE')
        answer = house.who('rae').send(form.action, {**form.fields, 'ask-text': 'Why is it so?'})
        writer.execute('ROLLBACK')
    assert answer.status == 503 and answer.headers['retry-after'] and 'Why is it so?' in answer.text
    assert house.who('rae').send(form.action, {**form.fields, 'ask-text': 'Why is it so?'}).status == 303
