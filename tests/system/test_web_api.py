"""The registry in JSON: what is asked, sent and decided there is what the pages and the commands know."""
import json
import re
import subprocess
import urllib.parse

import pytest

from support.web import NOW, PROGRAM, totp

USER = {
    'applicant': 'Ada Example', 'applicant-email': 'ada@example.org', 'assignee': 'Example Society',
    'assignee-email': 'ports@example.org', 'contact': 'Ada Example', 'contact-email': 'ada@example.org',
    'transport': 'tcp', 'formats': 'Length, op code, argument, file name, null.', 'types': 'Request, reply, cancel.',
    'opcodes': 'read 1, write 2, delete 3', 'sequences': 'A request, then its reply.', 'functions': 'Files by name.',
    'broadcast': 'no', 'reference': 'https://example.org/exfiles.txt', 'title': 'Example file service',
    'short': 'exfiles', 'port': 'any', 'why-not-dynamic': 'Clients call before any directory answers.',
    'security': 'TLS 1.3 inside the protocol.', 'specification': 'document',
}


def call(site, path, body=None, token=None, **headers):
    """(status, what the JSON says) of one call."""
    if token:
        headers['Authorization'] = f'Bearer {token}'
    visitor = site.visitor()
    if body is None:
        answer = visitor.get('/api/v1/' + path, **headers)
    else:
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = visitor.ask('POST', '/api/v1/' + path, octets, **{'Content-Type': 'application/json', **headers})
    if answer.status >= 400:
        assert answer.headers['content-type'] == 'application/problem+json', (answer.headers, answer.text)
    return answer.status, json.loads(answer.octets)


# ---- reading ----

def test_every_answer_says_of_which_registry_and_day_it_speaks(web_site):
    for path in ('registry', 'ports/22', 'services/ssh', 'search?q=shell', 'next', 'history/ssh', 'audit'):
        status, told = call(web_site, path)
        assert status == 200, (path, told)
        assert told['registry'] and told['day'] == NOW[:10] and 'endorse' in told['notice'], path


def test_entries_are_what_the_command_tells(web_site):
    for path, words in (('ports/22', ['22']), ('ports/22?transport=tcp', ['22/tcp']), ('ports/6000-6010', ['6000-6010']),
                        ('services/HTTP', ['http']), ('services/_wot._tcp', ['_wot._tcp'])):
        status, told = call(web_site, path)
        assert status == 200, told
        assert told['entries'] == json.loads(web_site.registry.text('lookup', '--json', *words))


def test_words_are_found_and_what_is_not_there_is_a_problem(web_site):
    assert [entry['name'] for entry in call(web_site, 'search?q=shell+protocol')[1]['entries']] == ['ssh', 'ssh']
    status, told = call(web_site, 'search?q=nobodyhasthis')
    assert (status, told['entries']) == (200, [])
    status, told = call(web_site, 'services/shh')
    assert status == 404 and 'ssh' in told['detail']
    assert (told['status'], told['type']) == (404, 'about:blank')


@pytest.mark.parametrize('path', [
    'ports/65536', 'ports/http', 'ports/22?transport=carrier', 'search', 'search?q=', 'search?q=' + 'x' * 600,
    'search?q=' + 'ssh+' * 16 + 'more', 'next?count=0', 'next?count=101', 'next?from=-1', 'next?count=ten', 'changes', 'changes?from=yesterday',
    'services/' + 'n' * 300, 'history/%2F%2F'])
def test_what_cannot_be_read_says_what_would_be_right(web_site, path):
    status, told = call(web_site, path)
    assert status in (400, 404), told
    assert len(told['detail']) > 20


def test_free_numbers_are_those_of_the_command(web_site):
    told = call(web_site, 'next?count=5&from=6060')[1]
    assert [str(port) for port in told['free']] == web_site.registry.text('next', '--count', '5', '--from', '6060').split()


def test_changes_of_two_days(web_site):
    assert call(web_site, 'changes?from=2025-01-01')[0] == 404
    status, told = call(web_site, 'changes?from=2026-01-01')
    assert status == 200 and told['changes'] is not None


# ---- the document ----

def test_the_document_names_every_call_and_no_other(web_site):
    listed = subprocess.run([PROGRAM, '--routes'], check=True, capture_output=True, text=True).stdout
    routed = {(method.lower(), pattern) for method, pattern in re.findall(r'^(\S+)\s+(/api/\S+)', listed, re.MULTILINE)}
    document = call(web_site, 'openapi.json')[1]
    described = {(method, re.sub(r'{[a-z]+}', '{}', path)) for path, item in document['paths'].items() for method in item}
    assert routed == described


def test_parts_of_the_document_are_there(web_site):
    document = call(web_site, 'openapi.json')[1]
    for target in re.findall(r'"#(/[^"]+)"', json.dumps(document)):
        part = document
        for word in target.strip('/').split('/'):
            part = part[word]
    names = [operation['operationId'] for item in document['paths'].values() for operation in item.values()]
    assert len(names) == len(set(names))


def test_before_anything_is_published_calls_answer_as_the_document_says(make_web_site):
    site = make_web_site().start('--published', '/dev/null/none')
    document = call(site, 'openapi.json')[1]
    for path, question in (('ports/{port}', 'ports/22'), ('services/{name}', 'services/ssh'), ('search', 'search?q=ssh'),
                           ('next', 'next'), ('changes', 'changes?from=2026-01-01'), ('registry', 'registry')):
        status, told = call(site, question)
        assert status == 503 and '503' in document['paths']['/api/v1/' + path]['get']['responses'], (path, status, told)


def test_what_needs_a_token_says_so(web_site):
    document = call(web_site, 'openapi.json')[1]
    for path, item in document['paths'].items():
        for method, operation in item.items():
            if 'security' in operation:
                where = path.removeprefix('/api/v1/').replace('{reference}', 'B-1').replace('{act}', 'take')
                assert call(web_site, where, None if method == 'get' else {})[0] == 401, path
                assert call(web_site, where, None if method == 'get' else {}, token='a' * 26)[0] == 401, path


# ---- applying ----

def test_a_form_is_examined_and_nothing_is_sent(web_site):
    status, told = call(web_site, 'examine', {'kind': 'user', 'answers': {**USER, 'short': 'ssh', 'port': '22'}})
    assert status == 200
    assert {'N5', 'P1'} & {finding['id'] for finding in told['report']['findings']}
    assert json.loads(web_site.registry.text('review', 'list', '--json')) == []


@pytest.mark.parametrize('body, words', [
    (b'', 'empty'), (b'{', 'JSON'), (b'[]', 'object'), ({'kind': 'user'}, 'answers'),
    ({'kind': 'harbour', 'answers': {}}, 'harbour'), ({'kind': 'user', 'answers': {'state': 'approved'}}, 'state'),
    ({'kind': 'user', 'answers': {'short': 3}}, 'short'), ({'kind': 7, 'answers': {}}, 'kind'),
    (b'{"kind": "user", "answers": {"short": "a\\u0000b"}}', 'NUL')])
def test_a_body_that_cannot_be_read_is_refused_with_a_reason(web_site, body, words):
    status, told = call(web_site, 'examine', body)
    assert status == 400 and words in told['detail'], told


def test_another_type_of_body_is_refused(web_site):
    answer = web_site.visitor().ask('POST', '/api/v1/examine', b'kind=user',
                                    **{'Content-Type': 'application/x-www-form-urlencoded'})
    assert answer.status == 415


def test_rules_that_refuse_are_told_and_nothing_is_kept(web_site):
    status, told = call(web_site, 'applications', {'kind': 'user', 'answers': {**USER, 'short': '-bad-'}})
    assert status == 422 and told['title'] == 'Not sent'
    assert [finding for finding in told['report']['findings'] if finding['level'] == 'refuse']
    nobody = {key: answer for key, answer in USER.items() if key != 'applicant-email'}
    status, told = call(web_site, 'applications', {'kind': 'user', 'answers': nobody})
    assert status == 422 and [finding['field'] for finding in told['report']['findings']] == ['applicant-email']
    about = {'applicant': 'Ada', 'applicant-email': 'ada@example.org', 'about': '99999', 'transport': 'sctp', 'broadcast': 'no'}
    told = call(web_site, 'examine', {'kind': 'transport', 'answers': about})[1]
    assert ('about', '99999 is no port: the last one is 65535') in {
        (finding['field'], finding['sentence']) for finding in told['report']['findings']}


def link_of(site, purpose):
    """The newest secret for this purpose that a letter brings."""
    messages = '\n'.join(row[0] for row in site.registry.sql('SELECT message FROM outbox ORDER BY id'))
    return re.findall(rf'/{purpose}/([A-Za-z0-9]+)', messages)[-1]


def test_an_application_from_beginning_to_assignment(web_site):
    site = web_site
    site.registry.run('registry', 'set', '--link', site.base + '/')
    status, sent = call(site, 'applications', {'kind': 'user', 'answers': USER}, Idempotency_Key='one')
    assert status == 201 and sent['state'] == 'unconfirmed', sent
    again = call(site, 'applications', {'kind': 'user', 'answers': USER}, Idempotency_Key='one')
    assert again[0] == 200 and again[1]['reference'] == sent['reference']
    assert {'200', '201'} < set(call(site, 'openapi.json')[1]['paths']['/api/v1/applications']['post']['responses'])

    status, done = call(site, 'confirm/' + link_of(site, 'confirm'), {})
    assert status == 200 and done['state'] == 'validating', done
    track = done['track']
    assert call(site, f'track/{track}')[1]['state'] == 'validating'

    token = api_token(site, 'grace', site.add_staff('grace', 'registrar'), 10)
    reference = sent['reference']
    assert [row['ref'] for row in call(site, 'applications', token=token)[1]['applications']] == [reference]
    act = f'applications/{reference}/'
    assert call(site, act + 'ask', {'text': 'How long is a name?'}, token)[0] == 200
    assert call(site, f'track/{track}/answer', {'text': '255 octets at most.'})[0] == 200
    track = link_of(site, 'track')
    expert = api_token(site, 'alan', site.add_staff('alan', 'expert'), 20)
    assert call(site, act + 'to-expert', {'about': 'alan'}, token)[0] == 200
    for about in [f'question {number}' for number in range(1, 11)]:
        assert call(site, act + 'finding', {'about': about, 'verdict': 'understood'}, expert)[0] == 200, about
    assert call(site, act + 'assign', {}, expert)[0] == 403
    assert call(site, act + 'recommend', {'text': 'It fits.', 'verdict': 'assign'}, expert)[0] == 200
    status, done = call(site, act + 'propose-assign', {'text': 'Clear and needed.', 'verdict': 'assign'}, token)
    assert (status, done.get('state')) == (200, 'approved'), done
    status, done = call(site, act + 'assign', {}, token)
    assert status == 200 and done['assigned'].startswith('exfiles '), done
    assert call(site, 'services/exfiles')[1]['entries'][0]['status'] == 'assigned'


def api_token(site, login, secrets, minute, scope='review'):
    """Made on the account page by who proves to be that person, shown once."""
    password, secret = secrets
    visitor = site.sign_in(login, secret)
    site.set_clock(f'2026-11-21T09:{minute}:00Z')  # a code is good once
    fields = {'change': 'token', 'about': 'a test', 'scope': scope, 'days': '1', 'password': password,
              'code': totp(secret, site.moment())}
    made = visitor.post('/staff/account', fields, page='/staff/account?change=token')
    found = re.search(r'<code>([a-z2-7]{26,})</code>', made.text)
    assert found, made.words
    return found[1]


def test_a_guessed_link_is_one_same_404(web_site):
    told = {json.dumps(call(web_site, 'track/' + urllib.parse.quote(guess, safe='')))
            for guess in ('a', 'b' * 26, '../x', '%00', 'é')}
    assert len(told) <= 2
    assert all('404' in text or '400' in text for text in told)
