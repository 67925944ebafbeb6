"""Sign-in, sessions, second factor, account: what a browser and a stranger can do with them, with the clock turned."""
import re
import time

import pytest

from support.registry import DONE, NO, needs_postgres, postgres
from support.staff import COOKIE, STEP, ask, attempt, change, enter, is_in, make_token, proof, works
from support.web import PASSWORD, totp

LOCK = 15 * 60
IDLE = 30 * 60
WHOLE = 12 * 3600
OTHER = 'velvet tractor seven harbour'


@pytest.fixture(name='site')
def _site(web_site):
    return web_site


@pytest.fixture(name='ada')
def _ada(site):
    """(login, secret) of an administrator."""
    return 'ada', site.add_staff('ada', 'administrator', 'registrar')[1]


# ---- the cookie and the way in ----

@pytest.mark.asvs('3.3.1', '3.3.2', '3.3.3', '3.3.4', '7.2.3')
def test_the_cookie_is_bound_to_the_host(site, ada):
    site.later(STEP)
    answer = attempt(site, ada[0], PASSWORD, totp(ada[1], site.moment()))
    assert answer.status == 303 and answer.where == '/staff'
    cookie = answer.headers['set-cookie']
    assert cookie.startswith(COOKIE + '=')
    assert {part.strip() for part in cookie.split(';')[1:]} == {'Path=/', 'HttpOnly', 'SameSite=Strict', 'Secure'}
    assert len(cookie.split(';')[0].split('=')[1]) * 5 >= 128


def test_a_plain_site_elsewhere_has_another_cookie(make_web_site):
    site = make_web_site()
    secret = site.add_staff('ada', 'administrator')[1]
    site.base = 'http://ports.example.net'
    site.start()
    visitor = site.visitor(Origin='http://ports.example.net')
    answer = attempt(site, 'ada', PASSWORD, totp(secret, site.moment()), visitor)
    assert answer.status == 303
    assert answer.headers['set-cookie'].startswith('berth-session=')
    assert 'Secure' not in answer.headers['set-cookie'] and is_in(visitor)


@pytest.mark.asvs('7.2.4')
def test_each_sign_in_has_a_new_token_and_the_old_one_ends(site, ada):
    visitor = enter(site, ada)
    first = visitor.cookies[COOKIE]
    site.later(STEP)
    # Somebody who is in is sent on; a browser may still send the form.
    form = site.visitor().get('/staff/sign-in').field('token')
    assert visitor.get('/staff/sign-in').where == '/staff'
    fields = {'login': 'ada', 'password': PASSWORD, 'code': totp(ada[1], site.moment())}
    assert visitor.send('/staff/sign-in', {**fields, 'token': form}).status == 403, 'a form of nobody\'s session'
    token = visitor.get('/staff/account?change=password').field('token')
    assert visitor.send('/staff/sign-in', {**fields, 'token': token}).status == 303
    assert visitor.cookies[COOKIE] != first
    old = site.visitor()
    old.cookies[COOKIE] = first
    assert is_in(visitor) and not is_in(old)


@pytest.mark.asvs('7.2.4')
def test_a_token_that_somebody_made_up_is_not_taken_over(site, ada):
    visitor = site.visitor()
    visitor.cookies[COOKIE] = 'abcdefghijklmnopqrstuvwxyz'
    site.later(STEP)
    assert not is_in(visitor)
    visitor.cookies[COOKIE] = 'abcdefghijklmnopqrstuvwxyz'
    answer = attempt(site, ada[0], PASSWORD, totp(ada[1], site.moment()), visitor)
    assert answer.status == 303
    assert visitor.cookies[COOKIE] != 'abcdefghijklmnopqrstuvwxyz' and is_in(visitor)


@pytest.mark.asvs('7.2.3')
def test_only_the_hash_of_a_token_is_kept(site, ada):
    visitor = enter(site, ada)
    rows = site.registry.sql("SELECT * FROM token WHERE purpose = 'session'")
    assert len(rows) == 1
    assert visitor.cookies[COOKIE] not in str(rows)


@pytest.mark.asvs('1.2.2')
@pytest.mark.parametrize('to, where', [
    ('/staff/people', '/staff/people'), ('/staff?kind=user', '/staff?kind=user'), ('', '/staff'),
    ('//evil.example', '/staff'), ('https://evil.example/staff', '/staff'), ('/staff@evil.example', '/staff'),
    ('/\\evil.example', '/staff'), ('/staff/\r\nSet-Cookie: a=b', '/staff'), ('/staff/sign-out', '/staff'),
    ('/staff/\\..', '/staff'), ('javascript:alert(1)', '/staff'), ('/staffä', '/staff')])
def test_one_is_sent_on_to_our_own_pages_alone(site, ada, to, where):
    site.later(STEP)
    visitor = site.visitor()
    fields = {'login': ada[0], 'password': PASSWORD, 'code': totp(ada[1], site.moment()), 'to': to}
    assert visitor.post('/staff/sign-in', fields).where == where


def test_who_is_not_in_is_asked_and_comes_back(site, ada):
    visitor = site.visitor()
    sent = visitor.get('/staff/people')
    assert sent.status == 303 and sent.where == '/staff/sign-in?to=%2Fstaff%2Fpeople'
    page = visitor.get(sent.where)
    assert page.field('to') == '/staff/people'
    site.later(STEP)
    answer = visitor.post('/staff/sign-in', {'login': 'ada', 'password': PASSWORD, 'to': page.field('to'),
                                             'code': totp(ada[1], site.moment())})
    assert answer.where == '/staff/people'


# ---- nobody learns what was wrong ----

def shape(answer):
    """All that comes back but what is new each time."""
    text = re.sub(r'name="token" value="[^"]*"', '', answer.text)
    headers = {name: value for name, value in answer.headers.items() if name not in ('date', 'content-length')}
    return answer.status, re.sub(r'nonce-\S+', '', str(headers)), text


@pytest.mark.asvs('6.3.8')
def test_wrong_is_wrong_whatever_was(site, ada):
    site.add_staff('grace', 'registrar')
    site.registry.run('staff', 'retire', 'grace')
    site.registry.run('staff', 'add', 'linus', '--role', 'auditor')  # never had a password
    site.later(STEP)
    right = totp(ada[1], site.moment())
    wrong = f'{(int(right) + 1) % 1000000:06d}'
    later_code = totp(ada[1], site.moment() + 10 * STEP)
    answers = [attempt(site, 'ada', password, code) for password, code in
               [(PASSWORD, wrong), (OTHER, right), (OTHER, wrong), (PASSWORD, later_code)]]
    assert len({shape(answer) for answer in answers}) == 1
    # The login is shown again as it was typed; but for it these are the same page.
    known = [(status, headers, text.replace('"ada"', '""')) for status, headers, text in map(shape, answers)]
    for login in ['grace', 'linus', 'nobody', '(berth)', '(nobody)', 'x' * 300]:
        status, headers, text = shape(attempt(site, login, PASSWORD, right))
        assert (status, headers, text.replace(f'"{login}"', '""')) == known[0], login
    assert answers[0].status == 403 and 'That was not right' in answers[0].words


def test_what_is_in_no_field_is_wrong_too(site, ada):
    for fields in [{}, {'login': 'ada'}, {'login': 'ada', 'password': PASSWORD},
                   {'login': 'ada', 'password': '', 'code': ''}, {'login': 'ada', 'password': PASSWORD, 'code': 'ab cd'}]:
        answer = site.visitor().post('/staff/sign-in', fields)
        assert answer.status == 403, fields
    assert ada


@pytest.mark.asvs('6.3.8')
def test_an_unknown_login_does_the_same_work(site, ada):
    """The same statements are written: a row of the one, or of nobody."""
    for login in ('ada', 'nobody'):
        attempt(site, login, OTHER, '000000')
    rows = dict(site.registry.sql('SELECT staff, failures FROM sign_in'))
    number = site.registry.sql("SELECT id FROM staff WHERE login = 'ada'")[0][0]
    assert rows == {0: 1, number: 1}
    assert ada


# ---- codes work once, failures lock ----

@pytest.mark.asvs('6.3.3')
def test_a_code_works_once(site, ada):
    site.later(STEP)
    code = totp(ada[1], site.moment())
    assert attempt(site, 'ada', PASSWORD, code).status == 303
    assert attempt(site, 'ada', PASSWORD, code).status == 403
    # Nor does an older one that would still be in time.
    assert attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment() - STEP)).status == 403
    site.later(STEP)
    assert attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment())).status == 303


def test_clocks_may_differ_by_a_step(site, ada):
    site.later(3 * STEP)
    assert attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment() - 2 * STEP)).status == 403
    assert attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment() - STEP)).status == 303
    assert attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment() + 2 * STEP)).status == 403
    assert attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment() + STEP)).status == 303


def fail(site, count, login='ada'):
    for _ in range(count):
        attempt(site, login, OTHER, '000000')


@pytest.mark.asvs('6.3.1')
def test_failures_lock_longer_each_time(site, ada):
    fail(site, 4)
    assert works(site, ada)
    fail(site, 5)
    assert not works(site, ada), 'locked, also for who is right'
    site.later(LOCK - 3 * STEP)
    assert not works(site, ada)
    site.later(STEP)
    fail(site, 5)
    assert not works(site, ada), 'locked by the tenth in a row'
    site.later(LOCK)
    assert not works(site, ada), 'longer than before'
    site.later(LOCK)
    assert works(site, ada)
    fail(site, 4)
    assert works(site, ada), 'counted from the start again'


def test_a_password_from_the_machine_opens_a_lock(site, ada):
    fail(site, 5)
    assert not works(site, ada)
    told = site.registry.text('staff', 'password', 'ada', octets=PASSWORD.encode() + b'\n')
    assert works(site, ('ada', re.search(r'^secret (\S+)$', told, re.M)[1]))
    assert not works(site, ada), 'the old authenticator'


@pytest.mark.asvs('6.3.1', '2.4.1')
def test_a_source_waits_whatever_logins_it_tries(make_web_site):
    site = make_web_site().start('--limit=sign-ins=1/6')
    ada = ('ada', site.add_staff('ada', 'administrator')[1])
    for number in range(6):
        assert attempt(site, f'somebody-{number}', OTHER, '000000').status == 403
    answer = attempt(site, 'ada', PASSWORD, totp(ada[1], site.moment()))
    assert answer.status == 429 and 0 < int(answer.headers['retry-after']) <= 60 and answer.field('login') == 'ada'
    assert site.registry.sql('SELECT staff, failures FROM sign_in') == [(0, 5)], 'nobody is locked as anybody is'


@pytest.mark.asvs('6.3.1', '2.4.1')
def test_all_sources_together_wait_too(make_web_site):
    site = make_web_site().start('--limit=all-sign-ins=1/2')
    ada = ('ada', site.add_staff('ada', 'administrator')[1])
    visitor = enter(site, ada)
    attempt(site, 'nobody', OTHER, '000000')
    assert not works(site, ada)
    assert change(visitor, 'password', {'new-password': OTHER, 'again': OTHER, **proof(site, ada)}).status == 429
    assert is_in(visitor), 'who is in is in'


# ---- the end ----

@pytest.mark.asvs('7.4.1')
def test_signing_out_ends_the_token(site, ada):
    visitor = enter(site, ada)
    stolen = site.visitor()
    stolen.cookies.update(visitor.cookies)
    assert is_in(stolen)
    answer = visitor.post('/staff/sign-out', page='/staff/account')
    assert answer.where == '/staff/sign-in?said=out'
    assert 'Max-Age=0' in answer.headers['set-cookie'] and COOKIE not in visitor.cookies
    assert not is_in(stolen)
    assert site.registry.sql('SELECT * FROM token') == []


@pytest.mark.asvs('7.3.1')
def test_who_does_nothing_is_out(site, ada):
    visitor = enter(site, ada)
    site.later(IDLE - 1)
    assert is_in(visitor)
    site.later(IDLE - 1)
    assert is_in(visitor), 'counted from the last click'
    site.later(IDLE)
    assert not is_in(visitor)
    site.later(-IDLE)
    assert not is_in(visitor), 'it is gone, not only too old'


@pytest.mark.asvs('7.3.2')
def test_a_session_ends_also_for_who_never_pauses(site, ada):
    visitor = enter(site, ada)
    for _ in range(WHOLE // 1200 - 1):
        site.later(1200)
        assert is_in(visitor)
    site.later(1200)
    assert not is_in(visitor)


@pytest.mark.asvs('7.4.2')
def test_who_retires_is_out_at_once(site, ada):
    secret = site.add_staff('grace', 'registrar')[1]
    visitor = enter(site, ('grace', secret))
    bearer = make_token(site, ('grace', secret), visitor)
    assert is_in(visitor)
    site.registry.run('staff', 'retire', 'grace')
    assert not is_in(visitor)
    assert ask(site, bearer).status == 401
    assert not works(site, ('grace', secret))
    assert site.registry.sql('SELECT * FROM token') == []
    assert ada


@pytest.mark.asvs('8.3.2')
def test_a_role_that_is_taken_away_is_gone_with_the_next_click(site, ada):
    visitor = enter(site, ada)
    assert visitor.get('/staff/people').status == 200
    site.add_staff('grace', 'administrator')
    site.registry.run('staff', 'revoke', 'ada', '--role', 'administrator')
    assert visitor.get('/staff/people').status == 403
    assert is_in(visitor)


# ---- one's own account ----

@pytest.mark.asvs('6.2.2', '6.2.3')
def test_a_new_password_ends_all_sessions(site, ada):
    first, second = enter(site, ada), enter(site, ada)
    bearer = make_token(site, ada, first)
    new = {'new-password': OTHER, 'again': OTHER}
    assert change(first, 'password', {**new, **proof(site, ada, OTHER)}).status == 403
    assert change(first, 'password', {**proof(site, ada), 'new-password': OTHER, 'again': 'x'}).status == 400
    assert change(first, 'password', {**proof(site, ada), 'new-password': 'short', 'again': 'short'}).status == 400
    assert is_in(first) and is_in(second)
    answer = change(first, 'password', {**new, **proof(site, ada)})
    assert answer.status == 303 and answer.where == '/staff/sign-in?said=new'
    assert 'From now on' in first.get(answer.where).words
    assert not is_in(first) and not is_in(second) and ask(site, bearer).status == 401
    assert not works(site, ada)
    enter(site, ada, OTHER)


@pytest.mark.asvs('6.2.1', '6.2.4', '6.2.11')
@pytest.mark.parametrize('password, sentence', [
    ('eleven char', 'at least 12'), ('x' * 600, 'at most 512'), ('password1234', 'guessed first'),
    ('Password-Password!', 'guessed first'), ('adaadaadaada', 'guessed first'), ('Example2026Example', 'guessed first'),
    ('aaaaaaaaaaaaaaa', 'guessed first'), ('qwertyuiopasdf', 'guessed first'), ('123456789012', 'guessed first'),
    ('correct horse battery staple', 'guessed first')])
def test_passwords_that_are_guessed_first_are_refused(site, ada, password, sentence):
    answer = site.registry.text('staff', 'password', 'ada', octets=password.encode() + b'\n', code=3 if len(password) > 512 else NO)
    assert sentence in answer
    assert works(site, ada), 'nothing was changed'


@pytest.mark.asvs('6.2.5', '6.2.8')
@pytest.mark.parametrize('password', ['zwölf Zeichen', 'nine lives and a tail', 'x9$kQ!m2vP7r', ' leading and trailing '])
def test_other_passwords_are_taken_as_they_are(site, ada, password):
    told = site.registry.text('staff', 'password', 'ada', octets=password.encode() + b'\n', code=DONE)
    who = ('ada', re.search(r'^secret (\S+)$', told, re.M)[1])
    site.later(STEP)
    assert attempt(site, 'ada', password.strip() + 'x', totp(who[1], site.moment())).status == 403
    enter(site, who, password)
    assert ada


def test_another_authenticator(site, ada):
    visitor = enter(site, ada)
    page = visitor.get('/staff/account?change=authenticator')
    secret = page.field('secret')
    assert re.fullmatch('[A-Z2-7]{32}', secret) and f'secret={secret}' in page.text and 'otpauth://totp/Example:ada' in page.text
    wrong = change(visitor, 'authenticator', {'secret': secret, 'new-code': '000000', **proof(site, ada)})
    assert wrong.status == 400 and wrong.field('secret') == secret, 'the same secret again'
    code = totp(secret, site.moment())
    answer = visitor.send('/staff/account', {'change': 'authenticator', 'token': wrong.field('token'), 'secret': secret,
                                             'new-code': code, **proof(site, ada)})
    assert answer.status == 303 and not is_in(visitor)
    assert not works(site, ada) and works(site, ('ada', secret))
    assert 'staff-authenticator' in site.registry.text('audit', 'log')


def test_a_secret_that_is_none_is_not_taken(site, ada):
    visitor = enter(site, ada)
    for secret in ['', 'AAAA', '<script>', 'a' * 32]:
        answer = change(visitor, 'authenticator', {'secret': secret, 'new-code': '000000', **proof(site, ada)})
        assert answer.status == 400 and re.fullmatch('[A-Z2-7]{32}', answer.field('secret'))
    assert works(site, ada)


def test_sessions_are_listed_and_ended_by_whom_they_are(site, ada):
    first, second = enter(site, ada), enter(site, ada)
    grace = ('grace', site.add_staff('grace', 'auditor')[1])
    stranger = enter(site, grace)
    hashes = re.findall(r'of=([0-9a-f]{64})', first.get('/staff/account').text)
    assert len(hashes) == 2
    assert first.get('/staff/account').words.count('(this one)') == 1
    assert change(stranger, 'end', {'of': hashes[0], **proof(site, grace)}).status == 404, 'not theirs'
    assert is_in(first) and is_in(second)
    assert change(first, 'end', {'of': hashes[0], 'password': OTHER, 'code': '000000'}).status == 403
    mine = [number for number in hashes if change(first, 'end', {'of': number, **proof(site, ada)}).status == 303][:1]
    assert mine and not is_in(second)


# ---- tokens of the API ----

def test_a_token_of_the_api_is_shown_once_and_ends(site, ada):
    visitor = enter(site, ada)
    bearer = make_token(site, ada, visitor)
    assert bearer not in visitor.get('/staff/account').text and 'a program' in visitor.get('/staff/account').text
    assert ask(site, bearer).status == 200
    assert ask(site, bearer[:-1] + 'ab'[bearer[-1] == 'a']).status == 401 and ask(site, '').status == 401
    events = site.registry.text('audit', 'log')
    assert 'token-add' in events and bearer not in events
    site.later(30 * 86400)
    assert ask(site, bearer).status == 401


def test_a_token_is_ended_by_hand(site, ada):
    visitor = enter(site, ada)
    bearer = make_token(site, ada, visitor)
    number = [number for number in re.findall(r'of=([0-9a-f]{64})', visitor.get('/staff/account').text)][-1]
    assert change(visitor, 'end', {'of': number, **proof(site, ada)}).status == 303
    assert ask(site, bearer).status == 401
    assert 'token-end' in site.registry.text('audit', 'log')


def test_a_token_that_reads_changes_nothing(site, ada):
    visitor = enter(site, ada)
    bearer = make_token(site, ada, visitor, 'read')
    assert ask(site, bearer).status == 200
    assert ask(site, bearer, 'POST', '/api/v1/applications/B-2026-0001/take').status == 403


def test_a_token_is_no_cookie_and_a_cookie_no_token(site, ada):
    visitor = enter(site, ada)
    bearer = make_token(site, ada, visitor)
    other = site.visitor()
    other.cookies[COOKIE] = bearer
    assert not is_in(other)
    assert visitor.get('/api/v1/applications').status == 401, 'a browser sends its cookie for anybody'
    assert ask(site, visitor.cookies[COOKIE]).status == 401
    assert site.visitor().get('/staff/account', Authorization=f'Bearer {bearer}').status == 303


@pytest.mark.parametrize('fields', [{'about': ''}, {'scope': ''}, {'scope': 'all'}, {'days': '0'}, {'days': '366'},
                                    {'days': '-1'}, {'days': 'x'}, {'days': ''}])
def test_tokens_that_are_not_made(site, ada, fields):
    visitor = enter(site, ada)
    right = {'about': 'a program', 'scope': 'read', 'days': '30'}
    answer = change(visitor, 'token', {**right, **proof(site, ada), **fields})
    assert answer.status == 400 and 'There is a problem' in answer.words
    assert site.registry.sql("SELECT * FROM token WHERE purpose = 'api'") == []


# ---- the log ----

@pytest.mark.asvs('16.3.1')
def test_what_fails_and_what_works_stands_in_the_log(site, ada):
    visitor = enter(site, ada)
    fail(site, 1)
    visitor.post('/staff/sign-out', page='/staff/account')
    deadline = time.monotonic() + 10
    while 'signed-out' not in site.log() and time.monotonic() < deadline:
        time.sleep(0.05)
    for line in ['event=signed-in login=ada', 'event=sign-in-failed login=ada', 'event=signed-out login=ada']:
        assert line in site.log(), site.log()


@needs_postgres
def test_the_same_on_a_server(make_web_site):
    with postgres() as url:
        site = make_web_site(url=url).start()
        ada = ('ada', site.add_staff('ada', 'administrator')[1])
        visitor = enter(site, ada)
        assert is_in(visitor) and not works(site, ('ada', 'A' * 32))
        bearer = make_token(site, ada, visitor, 'read')
        assert ask(site, bearer).status == 200
        answer = visitor.post('/staff/people', {'act': 'add', 'login': 'grace', 'email': 'grace@example.net', 'role': 'board'})
        assert answer.status == 303
        assert visitor.post('/staff/application/B-2026-0001/take', page='/staff/people').status == 403
        fail(site, 5)
        assert not works(site, ada)
        site.later(LOCK)
        enter(site, ada)
        visitor.post('/staff/sign-out', page='/staff/account')
        assert not is_in(visitor) and ask(site, bearer).status == 200
        site.registry.verify()
        site.stop()
