"""People, bands and settings as administrators change them in a browser; invitations; and that no secret is told."""
import email
import email.policy
import re

import pytest

from support.staff import COOKIE, attempt, enter, is_in, make_token, works
from support.web import PASSWORD, totp

OTHER = 'velvet tractor seven harbour'


@pytest.fixture(name='site')
def _site(web_site):
    return web_site


@pytest.fixture(name='ada')
def _ada(site):
    """(login, secret) of an administrator."""
    return 'ada', site.add_staff('ada', 'administrator', 'registrar')[1]


# ---- people, invited ----

def letters(site, template='invitation'):
    found = site.registry.sql('SELECT message FROM outbox WHERE template = ? ORDER BY id', template)
    return [email.message_from_string(message, policy=email.policy.default) for message, in found]


def link_in(letter):
    return re.search(r'/staff/enrol/([a-z2-7]{26})', letter.get_content())[1]


def invite(site, visitor, login='grace', role='registrar'):
    answer = visitor.post('/staff/people', {'act': 'add', 'login': login, 'name': 'Grace Example', 'role': role,
                                            'email': f'{login}@example.net'})
    assert answer.status == 303, answer.words
    letter = letters(site)[-1]
    assert letter['To'].endswith(f'<{login}@example.net>')
    token = link_in(letter)
    assert token not in answer.text and token not in visitor.get(answer.where).text, 'the letter alone has it'
    return token


def enrol(site, token, password=OTHER, **fields):
    """The answer, and the secret that was shown."""
    visitor = site.visitor()
    page = visitor.get(f'/staff/enrol/{token}')
    if page.status != 200:
        return page, None
    secret = page.field('secret')
    return visitor.send(f'/staff/enrol/{token}', {
        'token': page.field('token'), 'secret': secret, 'new-password': password, 'again': password,
        'new-code': totp(secret, site.moment()), **fields}), secret


def test_somebody_is_invited_and_chooses(site, ada):
    token = invite(site, enter(site, ada))
    for fields in [{'again': 'x'}, {'new-code': '000000'}, {'new-password': 'grace', 'again': 'grace'}]:
        answer, _ = enrol(site, token, **fields)
        assert answer.status == 400 and 'There is a problem' in answer.words
    answer, secret = enrol(site, token)
    assert answer.status == 303
    assert is_in(enter(site, ('grace', secret), OTHER))
    assert enrol(site, token)[0].status == 404, 'it works once'
    site.registry.verify()


def test_an_invitation_ends_and_a_newer_one_ends_it(site, ada):
    visitor = enter(site, ada)
    first = invite(site, visitor)
    again = visitor.post('/staff/people', {'act': 'invite', 'login': 'grace'}, page='/staff/people?login=grace')
    assert again.status == 303
    second = link_in(letters(site)[-1])
    assert enrol(site, first)[0].status == 404 and second != first
    site.later(4 * 86400)  # events are never dated before the ones that the commands wrote
    assert enrol(site, second)[0].status == 404
    for guess in ['a' * 26, 'x', '%00', '..']:
        assert site.get(f'/staff/enrol/{guess}').status in (400, 404)


def test_an_invitation_of_who_retired_leads_nowhere(site, ada):
    token = invite(site, enter(site, ada))
    site.registry.run('staff', 'retire', 'grace')
    assert enrol(site, token)[0].status == 404


def test_what_was_there_works_until_something_new_was_chosen(site, ada):
    secret = site.add_staff('grace', 'registrar')[1]
    admin, grace = enter(site, ada), enter(site, ('grace', secret))
    admin.post('/staff/people', {'act': 'invite', 'login': 'grace'}, page='/staff/people?login=grace')
    assert is_in(grace) and works(site, ('grace', secret))
    answer, new = enrol(site, link_in(letters(site)[-1]))
    assert answer.status == 303
    assert not is_in(grace) and not works(site, ('grace', secret))
    enter(site, ('grace', new), OTHER)


def test_who_has_no_address_is_not_invited(site, ada):
    visitor = enter(site, ada)
    site.registry.run('staff', 'add', 'linus', '--role', 'auditor')
    answer = visitor.post('/staff/people', {'act': 'invite', 'login': 'linus'}, page='/staff/people?login=linus')
    assert answer.status == 403 and 'berth staff password linus' in answer.words
    answer = visitor.post('/staff/people', {'act': 'add', 'login': 'eve', 'email': 'no address', 'role': 'auditor'})
    assert answer.status == 400 and answer.field('login') == 'eve', 'what was typed stays'
    assert 'no e-mail address' in answer.words and 'berth staff password' not in answer.words
    assert site.registry.sql("SELECT * FROM staff WHERE login = 'eve'") == []


def test_people_as_administrators_change_them(site, ada):
    visitor = enter(site, ada)
    invite(site, visitor)

    def act(name, **fields):
        return visitor.post('/staff/people', {'act': name, 'login': 'grace', **fields}, page='/staff/people?login=grace')
    assert act('grant', role='expert', scope='tcp').status == 303
    assert 'expert:tcp' in visitor.get('/staff/people').words
    assert act('grant', role='expert', scope='tcp').status == 409
    assert act('grant', role='emperor').status == 400
    answer = act('grant', role='expert', scope='tcpp')
    assert answer.status == 400 and 'there are *, tcp, udp, sctp, dccp' in answer.words
    assert act('revoke', role='board').status == 404
    assert act('revoke', role='expert', scope='tcp').status == 303
    assert act('explode').status == 400
    assert act('retire', why='has moved on').status == 303
    assert 'retired' in visitor.get('/staff/people?login=grace').words
    assert act_on_page(visitor, 'invite', 'grace').status == 403
    assert visitor.get('/staff/people?login=nobody').status == 404
    assert 'has moved on' in site.registry.text('audit', 'log')
    site.registry.verify()


def act_on_page(visitor, name, login):
    return visitor.post('/staff/people', {'act': name, 'login': login}, page='/staff/people')


def test_the_last_administrator_stays_one(site, ada):
    visitor = enter(site, ada)
    others = [login for login, in site.registry.sql(
        "SELECT s.login FROM staff s JOIN staff_role r ON r.staff = s.id WHERE r.role = 'administrator' AND s.active = 1")]
    for login in others:
        if login != 'ada':
            assert act_on_page(visitor, 'retire', login).status == 303
    answer = act_on_page(visitor, 'retire', 'ada')
    assert answer.status == 403 and 'last administrator' in answer.words
    answer = visitor.post('/staff/people', {'act': 'revoke', 'login': 'ada', 'role': 'administrator'})
    assert answer.status == 403 and is_in(visitor)


# ---- bands and settings ----

BAND = {'act': 'set', 'ports': '20000-24999', 'name': 'team', 'kind': 'private', 'decides': 'registrar', 'eyes': '1',
        'over': 'refuse', 'why': 'our own'}


def test_bands_are_cut_and_published(site, ada):
    visitor = enter(site, ada)
    assert visitor.post('/staff/bands', BAND).status == 303
    page = visitor.get('/staff/bands?name=team')
    assert '20000–24999 team private registrar no 1 refuse' in page.words and page.field('ports') == '20000-24999'
    assert '20000-24999' in site.registry.text('band', 'list')
    for fields, status in [({'ports': 'x'}, 400), ({'ports': '5-70000'}, 400), ({'name': ''}, 400),
                           ({'name': '<b>'}, 400), ({'kind': ''}, 400), ({'decides': 'me'}, 400), ({'eyes': '3'}, 400),
                           ({'kind': 'system', 'decides': 'anyone'}, 403), ({'act': 'remove', 'name': 'none'}, 404)]:
        answer = visitor.post('/staff/bands', {**BAND, **fields})
        assert answer.status == status, (fields, answer.words)
        assert answer.field('name') == {**BAND, **fields}['name'], 'what was typed stays'
    assert visitor.post('/staff/bands', {**BAND, 'act': 'remove'}).status == 303
    assert 'team' not in site.registry.text('band', 'list')
    assert 'band-remove' in site.registry.text('audit', 'log')
    site.registry.verify()


SETTINGS = {'name': 'Ports of <b>Example</b>', 'motto': 'For "everybody"', 'licence': 'CC0', 'comments': 'web@example.net',
            'edition': '2026-11-21', 'notice': 'One.\r\n\r\nTwo.', 'email': 'staff@example.net',
            'link': 'https://ports.example.net/'}


def test_the_words_of_the_registry(site, ada):
    visitor = enter(site, ada)
    for key, text in [('name', ''), ('email', ''), ('email', 'nobody'), ('comments', 'x'), ('edition', '21.11.2026'),
                      ('link', 'ftp://x/'), ('link', 'https://no-slash'), ('name', 'x' * 81), ('motto', 'a\u202eb'),
                      ('notice', 'x' * 1001)]:
        answer = visitor.post('/staff/settings', {**SETTINGS, key: text})
        assert answer.status == 400 and 'There is a problem' in answer.words, (key, text)
        assert answer.field('motto') == {**SETTINGS, key: text}['motto'], 'what was typed stays'
    assert site.registry.sql("SELECT value FROM setting WHERE key = 'name'") == [('Example',)]
    assert visitor.post('/staff/settings', SETTINGS).status == 303
    saved = dict(site.registry.sql('SELECT key, value FROM setting'))
    assert {key: saved[key] for key in SETTINGS} == {**SETTINGS, 'notice': 'One.\n\nTwo.'}
    site.stop()
    site.start().wait_for('event=ready', 2)
    page = site.get('/')
    assert 'Ports of &lt;b&gt;Example&lt;/b&gt;' in page.text and 'For &quot;everybody&quot;' in page.text.replace('&#34;', '&quot;')
    assert 'web@example.net' in page.text and 'CC0' in page.text
    site.registry.verify()


def test_the_command_says_the_same_words(site):
    site.registry.run('registry', 'set', 'motto', 'For everybody')
    site.registry.run('registry', 'set', 'motto', 'x' * 300, code=2)
    site.registry.run('registry', 'set', 'slogan', 'x', code=2)
    assert ('motto', 'For everybody') in site.registry.sql('SELECT key, value FROM setting')


# ---- nothing of it is told ----

def test_no_secret_in_events_log_or_letters(site, ada):
    visitor = enter(site, ada)
    bearer = make_token(site, ada, visitor)
    attempt(site, PASSWORD, 'canary-of-a-password', '123456')
    token = invite(site, visitor)
    answer, secret = enrol(site, token, 'canary of another one')
    assert answer.status == 303
    rows = site.registry.sql('SELECT password, totp_secret FROM staff WHERE password IS NOT NULL')
    assert len(rows) == 2 and all(hashed.startswith('$argon2id$') for hashed, _ in rows)
    told = str(site.registry.sql('SELECT * FROM event')) + site.log() + site.registry.text('audit', 'log')
    for canary in [PASSWORD, 'canary', bearer, secret, ada[1], visitor.cookies[COOKIE], token, *[hashed for hashed, _ in rows]]:
        assert canary not in told, canary
    assert token not in site.registry.text('mail', 'show', '1')
    site.registry.verify()


def test_pages_of_the_staff_are_kept_by_nobody(site, ada):
    visitor = enter(site, ada)
    for path in ['/staff/account', '/staff/people', '/staff/bands', '/staff/settings', '/staff/account?change=password']:
        assert visitor.get(path).headers['cache-control'] == 'no-store', path
    assert site.get('/staff/sign-in').headers['cache-control'] == 'no-store'
