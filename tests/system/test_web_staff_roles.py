"""Who reaches what: every page and call of the staff for every role, as the program itself lists them; and forms that
come from elsewhere."""
import re
import subprocess

import pytest

from support.staff import enter, make_token
from support.web import PROGRAM

ROLES = ('registrar', 'expert', 'board', 'administrator', 'auditor')
ALL = set(ROLES)
DECIDE = {'registrar', 'expert', 'board'}

# What is meant, beside what the program says of itself: a page that is not here fails.
MEANT = {
    'GET /staff': ALL,
    'GET /staff/application/{}': ALL,
    'POST /staff/application/{}/{}': DECIDE,
    'GET /staff/statistics': ALL,
    'GET /staff/mail': {'registrar', 'administrator'},
    'POST /staff/mail': {'registrar', 'administrator'},
    'GET /staff/audit': {'administrator', 'auditor'},
    'POST /staff/audit': {'administrator', 'auditor'},
    'GET /staff/account': ALL,
    'POST /staff/account': ALL,
    'GET /staff/people': {'administrator'},
    'POST /staff/people': {'administrator'},
    'GET /staff/bands': {'registrar', 'administrator'},
    'POST /staff/bands': {'registrar', 'administrator'},
    'GET /staff/settings': {'administrator'},
    'POST /staff/settings': {'administrator'},
    'GET /api/v1/applications': ALL,
    'GET /api/v1/applications/{}': ALL,
    'POST /api/v1/applications/{}/{}': DECIDE,
}
# Of everybody, though they stand among the pages of the staff.
WAYS_IN = {'GET /staff/sign-in', 'POST /staff/sign-in', 'POST /staff/sign-out', 'GET /staff/enrol/{}',
           'POST /staff/enrol/{}'}
NOT_YOURS = 'Your roles do not reach this page'


def listed():
    """[(method, pattern, roles)] of --routes."""
    text = subprocess.run([PROGRAM, '--routes'], check=True, capture_output=True).stdout.decode()
    rows = [re.match(r'(\S+)\s+(\S+)\s+(\S+) - ', line).groups() for line in text.splitlines()]
    assert len(rows) > 50
    return rows


def person(site, *roles, login='ada'):
    return enter(site, (login, site.add_staff(login, *roles)[1]))


def events(site, act=None):
    rows = site.registry.sql('SELECT act, subject, staff, why FROM event ORDER BY n')
    return [row for row in rows if act is None or row[0] == act]


def path_of(pattern):
    return pattern.replace('{}', 'B-2026-0099', 1).replace('{}', 'take')


def call(visitor, method, pattern, bearer=None):
    """Asks for it with all that a form of one's own has: the token of one's session."""
    path = path_of(pattern)
    headers = {'Authorization': f'Bearer {bearer}'} if bearer else {}
    if method == 'GET':
        return visitor.ask('GET', path, **headers)
    if pattern.startswith('/api/'):
        return visitor.ask('POST', path, '{}', Content_Type='application/json', **headers)
    token = visitor.get('/staff/account?change=end').field('token') or visitor.get('/staff/sign-in').field('token')
    return visitor.send(path, {'token': token})


# ---- the matrix ----

def test_every_page_of_the_staff_is_known_here():
    of_staff = {f'{method} {pattern}': roles for method, pattern, roles in listed()
                if roles != 'everybody' or pattern.startswith('/staff')}
    assert set(of_staff) == set(MEANT) | WAYS_IN
    for name, roles in of_staff.items():
        said = set() if roles == 'everybody' else ALL if roles == 'staff' else set(roles.split(','))
        assert said == MEANT.get(name, set()), name


@pytest.mark.asvs('8.2.1', '16.3.2')
@pytest.mark.parametrize('role', ROLES)
def test_each_role_reaches_its_pages_alone(web_site, role):
    secret = web_site.add_staff('ada', role)[1]
    visitor = enter(web_site, ('ada', secret))
    bearer = make_token(web_site, ('ada', secret), visitor)
    number = web_site.registry.sql("SELECT id FROM staff WHERE login = 'ada'")[0][0]
    for name, roles in MEANT.items():
        method, pattern = name.split()
        before = len(events(web_site, 'refused'))
        answer = call(visitor, method, pattern, bearer if pattern.startswith('/api/') else None)
        is_refused = answer.status == 403 and NOT_YOURS in answer.text
        assert is_refused == (role not in roles), (role, name, answer.status, answer.words[:200])
        assert answer.status not in (401, 500, 503) and '/staff/sign-in' not in (answer.where or ''), (role, name)
        told = events(web_site, 'refused')[before:]
        mine = [row for row in told if row[1] == f'{method} {pattern}']
        assert [row[2] for row in mine] == ([number] if is_refused else []), (name, told)
    web_site.registry.verify()


@pytest.mark.asvs('8.2.1')
def test_a_stranger_reaches_none(web_site):
    before = events(web_site)
    for name in MEANT:
        method, pattern = name.split()
        answer = call(web_site.visitor(), method, pattern)
        if pattern.startswith('/api/'):
            assert answer.status == 401 and answer.headers['www-authenticate'].startswith('Bearer'), name
        elif method == 'GET':
            assert answer.status == 303 and answer.where.startswith('/staff/sign-in?to='), name
        else:
            assert answer.status == 403, name
    assert events(web_site) == before, 'whoever is not signed in leaves the chain alone'


def test_who_has_no_role_reaches_none(web_site):
    visitor = person(web_site)
    for name in MEANT:
        method, pattern = name.split()
        if not pattern.startswith('/api/'):
            assert NOT_YOURS in call(visitor, method, pattern).text, name


@pytest.mark.asvs('3.5.3')
def test_no_get_changes_anything(web_site):
    visitor = person(web_site, *ROLES)
    before = events(web_site)
    for method, pattern, _ in listed():
        if method == 'GET' and '/enrol/' not in pattern:
            assert visitor.get(path_of(pattern)).status < 500, pattern
    assert [row for row in events(web_site) if row not in before and row[0] != 'refused'] == []


@pytest.mark.asvs('13.4.4')
def test_other_methods_are_not_known(web_site):
    visitor = person(web_site, *ROLES)
    for method in ('PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'):
        for pattern in ('/staff/people', '/staff/account', '/staff/application/{}'):
            assert visitor.ask(method, path_of(pattern)).status in (400, 405), (method, pattern)
    head = visitor.ask('HEAD', '/staff/people')
    assert head.status == 200 and head.octets == b''


# ---- forms from elsewhere ----

FORMS = [('/staff/people', {'act': 'retire', 'login': 'grace'}),
         ('/staff/people', {'act': 'grant', 'login': 'grace', 'role': 'board'}),
         ('/staff/bands', {'act': 'set', 'ports': '20000-24999', 'name': 'team', 'kind': 'private', 'decides': 'registrar',
                           'eyes': '1', 'over': 'refuse'}),
         ('/staff/settings', {'name': 'Mine now', 'email': 'eve@example.net'}),
         ('/staff/sign-out', {})]


@pytest.fixture(name='office')
def _office(web_site):
    """(site, a visitor who may everything, the token of another's session)."""
    visitor = person(web_site, *ROLES)
    other = person(web_site, 'administrator', login='grace')
    token = other.get('/staff/people').field('token')
    assert token
    return web_site, visitor, token


def unchanged(site, visitor, before):
    assert [row for row in events(site) if row[0] != 'refused'] == before
    return visitor.get('/staff/account').status == 200


@pytest.mark.asvs('3.5.1')
@pytest.mark.parametrize('path, fields', FORMS)
def test_a_form_needs_the_token_of_its_own_session(office, path, fields):
    site, visitor, foreign = office
    before = [row for row in events(site) if row[0] != 'refused']
    mine = visitor.get('/staff/people').field('token')
    time, _, mac = mine.partition('.')
    nobodys = site.visitor().get('/staff/sign-in').field('token')
    for token in [None, '', 'x', foreign, nobodys, mac, f'{time}.', f'{int(time) + 1}.{mac}', f'{time}.{mac[:-1]}',
                  f'{time}.{"0" * len(mac)}', f'-{time}.{mac}', mine + '0']:
        answer = visitor.send(path, fields if token is None else {**fields, 'token': token})
        assert answer.status == 403, (token, answer.words)
        assert unchanged(site, visitor, before), token
    assert visitor.send(path, {**fields, 'token': mine}).status in (303, 400), 'and with it, it is taken'


@pytest.mark.parametrize('path, fields', FORMS)
def test_a_form_from_another_site_is_refused(office, path, fields):
    site, visitor, _ = office
    before = [row for row in events(site) if row[0] != 'refused']
    mine = visitor.get('/staff/people').field('token')
    for headers in [{'Origin': 'https://evil.example'}, {'Origin': 'null'}, {'Origin': site.base + '.evil.example'},
                    {'Origin': site.base.replace('http:', 'https:')}, {'Sec-Fetch-Site': 'cross-site'},
                    {'Sec-Fetch-Site': 'same-site'}, {'Origin': site.base, 'Sec-Fetch-Site': 'cross-site'}]:
        answer = visitor.send(path, {**fields, 'token': mine}, **headers)
        assert answer.status == 403, (headers, answer.words)
        assert unchanged(site, visitor, before), headers
    right = {'Origin': site.base, 'Sec-Fetch-Site': 'same-origin'}
    assert visitor.send(path, {**fields, 'token': mine}, **right).status in (303, 400)


def test_a_token_ends_with_its_time_and_with_the_program(office):
    site, visitor, _ = office
    form = site.visitor().get('/staff/sign-in').field('token')
    site.later(12 * 3600 + 1)
    answer = site.visitor().send('/staff/sign-in', {'token': form, 'login': 'ada'})
    assert answer.status == 403 and 'open for too long' in answer.words and answer.field('login') == 'ada'
    form = site.visitor().get('/staff/sign-in').field('token')
    site.later(-3600)
    assert 'open for too long' in site.visitor().send('/staff/sign-in', {'token': form}).words, 'of the future'
    form = site.visitor().get('/staff/sign-in').field('token')
    site.stop()
    site.start().wait_for('event=ready', 2)
    assert 'open for too long' in site.visitor().send('/staff/sign-in', {'token': form}).words
    assert visitor


def test_what_was_typed_comes_again_when_the_token_is_wrong(office):
    _, visitor, _ = office
    answer = visitor.send('/staff/settings', {'name': 'A name', 'notice': 'A <long> notice\nof two lines', 'token': 'x'})
    assert answer.field('name') == 'A name' and 'A &lt;long&gt; notice\nof two lines</textarea>' in answer.text
    answer = visitor.send('/staff/bands', {'name': 'team', 'ports': '2-1', 'why': 'because & so', 'token': 'x'})
    assert answer.field('name') == 'team' and answer.field('ports') == '2-1' and 'because &amp; so' in answer.text
    answer = visitor.send('/staff/people', {'act': 'add', 'login': 'eve', 'email': '"><script>', 'token': 'x'})
    assert answer.field('login') == 'eve' and answer.field('email') == '"><script>'
    assert answer.text.count('Send it once more') >= 1 and '<title>Error: ' in answer.text


# ---- who decides ----

@pytest.mark.asvs('8.3.1', '15.3.3')
def test_administrators_never_decide(web_site):
    """Also not by a form that they make themselves, or by a word of another act."""
    secret = web_site.add_staff('ada', 'administrator')[1]
    visitor = enter(web_site, ('ada', secret))
    bearer = make_token(web_site, ('ada', secret), visitor)
    web_site.add_staff('grace', 'registrar')
    token = visitor.get('/staff/people').field('token')
    for act in ('take', 'ask', 'finding', 'to-expert', 'recommend', 'vote', 'propose-assign', 'assign', 'refuse', 'annul',
                'uphold', 'call', 'release', 'auto', 'confirm', 'withdraw', 'anything'):
        path = f'/staff/application/B-2026-0001/{act}'
        assert NOT_YOURS in visitor.send(path, {'token': token, 'verdict': 'assign', 'text': 'x'}).text, act
        answer = visitor.ask('POST', f'/api/v1/applications/B-2026-0001/{act}', '{"verdict": "assign"}',
                             Content_Type='application/json', Authorization=f'Bearer {bearer}')
        assert answer.status == 403, act
    # Fields that a form has not are not taken for roles, states or people.
    fields = {'token': token, 'act': 'grant', 'login': 'grace', 'role': 'auditor', 'staff': '1', 'roles': '31', 'by': 'grace'}
    assert visitor.send('/staff/people', fields).status == 303
    assert web_site.registry.sql("SELECT role FROM staff_role r JOIN staff s ON s.id = r.staff WHERE s.login = 'grace' "
                                 'ORDER BY role') == [('auditor',), ('registrar',)]
    assert [row[2] for row in events(web_site, 'staff-grant')][-1] == web_site.registry.sql(
        "SELECT id FROM staff WHERE login = 'ada'")[0][0]


# ---- refusals are told, and cannot fill the chain ----

@pytest.mark.asvs('16.3.3')
def test_strangers_cannot_fill_the_chain(web_site):
    for number in range(30):
        assert web_site.get(f'/staff/enrol/{"a" * 25}{"abcdefghijklmnopqrstuvwxyz234567"[number]}').status == 404
    refused = events(web_site, 'refused')
    assert len(refused) == 20 and {row[2] for row in refused} == {0}
    assert 'aaaaaaaa' not in str(refused) and 'aaaaaaaaaaaa' not in web_site.log()
    web_site.later(3600)
    assert web_site.get('/staff/enrol/aaaa').status == 404
    assert len(events(web_site, 'refused')) == 21, 'an hour later'
    web_site.registry.verify()


@pytest.mark.asvs('16.3.2')
def test_a_staff_member_who_tries_is_named(web_site):
    visitor = person(web_site, 'auditor')
    assert visitor.get('/staff/people').status == 403
    assert visitor.get('/staff/settings').status == 403
    ada = web_site.registry.sql("SELECT id FROM staff WHERE login = 'ada'")[0][0]
    assert [row[:3] for row in events(web_site, 'refused')] == [
        ('refused', 'GET /staff/people', ada), ('refused', 'GET /staff/settings', ada)]
    assert 'event=refused login=ada' in web_site.log()


def test_one_token_is_not_anothers(office):
    """Two people in one browser, one behind the other: what is open in a tab of the first does nothing for the second."""
    site, visitor, _ = office
    token = visitor.get('/staff/people').field('token')
    visitor.post('/staff/sign-out', page='/staff/account')
    secret = site.add_staff('linus', 'administrator')[1]
    second = enter(site, ('linus', secret))
    assert second.send('/staff/people', {'token': token, 'act': 'retire', 'login': 'grace'}).status == 403
