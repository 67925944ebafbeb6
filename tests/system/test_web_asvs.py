"""The requirements of OWASP's ASVS 5.0 that decide the web part, each with the tests that show it; here the ones of HTTP.
test_web_asvs_text.py has those of texts, test_web_asvs_access.py those of who may what, test_web_asvs_sign_in.py those of passwords and
sessions, test_web_asvs_log.py those of memory, the log and errors.
"""
import ast
import http.cookies
import pathlib
import re
import subprocess
import urllib.parse

import pytest

from support.crawl import crawl
from support.house import House
from support.web import PASSWORD, PROGRAM, Visitor, answer_of, totp

# Each in our own words: what must be so.
REQUIREMENTS = {
    '1.2.1': 'What is written into a page or a file is escaped for the place where it stands.',
    '1.2.2': 'An address made of a text is encoded, and leads to the web or to our own pages alone.',
    '1.2.3': 'JSON is written by a writer of JSON, so that no text can add a member or a script.',
    '1.2.4': 'No text becomes part of a statement to the database.',
    '1.3.11': 'No text adds a header, a recipient or a letter.',
    '1.4.1': 'Functions that write past the end of their memory are not used, and the compiler\'s guards are on.',
    '1.4.2': 'Numbers are checked for their range before they are used.',
    '1.4.3': 'What a request took is given back when it ends.',
    '1.5.3': 'A kind of text is read in one way, wherever it comes from.',
    '2.2.1': 'What is typed is held against what may stand there: characters, lengths, ranges, lists.',
    '2.3.1': 'Steps are taken in their order, and none is left out or taken twice.',
    '2.3.3': 'An act is done whole or not at all.',
    '2.3.4': 'What there is once is given away once.',
    '2.3.5': 'What weighs much takes two people.',
    '2.4.1': 'What people do now and then is not done by programs all the time.',
    '3.3.1': 'Cookies are Secure and named so that a browser insists on it.',
    '3.3.2': 'Cookies are not sent along from other sites.',
    '3.3.3': 'Cookies belong to this host alone.',
    '3.3.4': 'No script reads the cookie of a session.',
    '3.4.1': 'Browsers are told to come by TLS for at least a year.',
    '3.4.3': 'A policy says what a page may load and run: nothing from elsewhere, nothing inline, no plug-ins, no other base.',
    '3.4.4': 'Browsers take an answer for what it says it is.',
    '3.4.5': 'What stands in an address is not told to other sites.',
    '3.4.6': 'No other site shows a page of ours inside its own.',
    '3.4.8': 'Windows of other sites have no hold of ours.',
    '3.5.1': 'A form that comes from elsewhere changes nothing.',
    '3.5.3': 'Looking at something changes nothing.',
    '4.1.3': 'What only a proxy may say is believed from no one else.',
    '4.2.1': 'Where a request ends is never in doubt.',
    '6.2.1': 'Passwords have a length that cannot be tried out.',
    '6.2.2': 'People change their own passwords.',
    '6.2.3': 'Who changes a password proves the old one.',
    '6.2.4': 'Passwords that are guessed first are refused.',
    '6.2.5': 'Passwords need no certain kinds of characters.',
    '6.2.6': 'Fields for passwords do not show them.',
    '6.2.7': 'Passwords can be pasted and filled in by a keeper of passwords.',
    '6.2.8': 'A password is taken as it was typed: not cut, not folded.',
    '6.2.9': 'Long passwords are taken.',
    '6.2.10': 'A password does not end by its age.',
    '6.2.11': 'Passwords made of our own words are refused.',
    '6.2.12': 'Passwords that many have had are refused.',
    '6.3.1': 'Who guesses passwords is stopped, however they come.',
    '6.3.3': 'The staff proves itself with two different things.',
    '6.3.8': 'Nobody learns whether a login is there, by words or by the work that is done.',
    '7.2.3': 'The token of a session is 128 random bits at least, and worth nothing when it is read from the store.',
    '7.2.4': 'Each sign-in makes a new token and ends the old one.',
    '7.3.1': 'A session ends when nothing is done.',
    '7.3.2': 'A session ends some day in any case.',
    '7.4.1': 'After signing out the token is worth nothing.',
    '7.4.2': 'Who leaves the staff is out at once, everywhere.',
    '8.2.1': 'Each role reaches its pages and acts alone.',
    '8.2.2': 'Each applicant reaches their own application alone, by nothing that can be guessed.',
    '8.2.3': 'Each answer of a form is shown to whom it is for alone.',
    '8.3.1': 'What somebody may is decided where it is done, not by what a page offers.',
    '8.3.2': 'A right that is taken away is gone with the next request.',
    '13.1.2': 'How many connections there may be, and what happens then, is written down.',
    '13.1.3': 'How long things may take, and what happens then, is written down.',
    '13.4.1': 'No files of the source or its history are served.',
    '13.4.2': 'Nothing for finding faults is served.',
    '13.4.3': 'No folder is listed.',
    '13.4.4': 'TRACE is not known.',
    '13.4.5': 'What watches the program is for its own machine.',
    '13.4.6': 'Nobody learns the versions of what runs.',
    '13.4.7': 'Nothing is served but what was made for it.',
    '15.3.3': 'A field that was not asked for says nothing.',
    '15.3.4': 'Who calls is known also behind a proxy, and cannot be made up.',
    '15.4.2': 'What is checked is still so when it is done.',
    '16.2.1': 'A line of the log says when, where, who and what.',
    '16.2.2': 'Times are UTC.',
    '16.2.3': 'The log goes where it was told to and nowhere else.',
    '16.2.4': 'Programs can read the log.',
    '16.2.5': 'No secret and no answer is in the log.',
    '16.3.1': 'Each attempt to sign in is in the log, with how it ended.',
    '16.3.2': 'Each refusal for lack of a right is in the log and in the chain of events.',
    '16.3.3': 'Attempts to get around a guard are in the log.',
    '16.3.4': 'Errors that nobody expected are in the log.',
    '16.4.1': 'No text makes a line of the log, or a part of one.',
    '16.4.2': 'The record of what was done cannot be changed unseen.',
    '16.4.3': 'The record can be held against what was told elsewhere.',
    '16.5.1': 'Who meets an error learns nothing of the inside.',
    '16.5.2': 'When something that is needed is away, what can go on goes on.',
    '16.5.3': 'An error never lets through what it should have checked.',
    '16.5.4': 'There is a last place where every error ends.',
}


@pytest.fixture(name='house', scope='module')
def _house(house):
    """With an application that waits for its examination."""
    house.reference, house.track = house.begin()
    return house


def marks():
    """{number: [test]} of the markers in all files of the system tests."""
    found = {}
    for path in sorted(pathlib.Path(__file__).parent.glob('test_*.py')):
        for node in ast.walk(ast.parse(path.read_text())):
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == 'pytest.mark.asvs':
                    for number in mark.args:
                        found.setdefault(number.value, []).append(f'{path.name}::{node.name}')
    return found


def test_each_requirement_has_a_test():
    found = marks()
    assert set(REQUIREMENTS) - set(found) == set(), 'no test'
    assert set(found) - set(REQUIREMENTS) == set(), 'no such requirement here'


def routes():
    """[(method, pattern, who)] as the program lists them."""
    lines = subprocess.run([PROGRAM, '--routes'], check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split()[:3] for line in lines]


def path_of(pattern, house):
    """An address of this kind that is there, where there is one."""
    known = {'/port/{}': '/port/22', '/service/{}': '/service/ssh', '/download/{}': '/download/json', '/track/{}': house.track,
             '/apply/{}': '/apply/user', '/guidelines/{}': '/guidelines/dccp', '/api/v1/ports/{}': '/api/v1/ports/22',
             '/api/v1/services/{}': '/api/v1/services/ssh', '/api/v1/track/{}': '/api/v1' + house.track,
             '/staff/application/{}': f'/staff/application/{house.reference}'}
    return known.get(pattern, pattern.replace('{}', house.reference, 1).replace('{}', 'ask'))


def answers(house):
    """{route: its answer} of each address there is: by GET as one who may all, by POST without a token; and what is no page."""
    for method, pattern, _ in routes():
        path = path_of(pattern, house)
        if pattern == '/staff/sign-out':
            continue
        if method == 'GET':
            yield f'GET {pattern}', house.who('all').get(path)
            yield f'GET {pattern} of a stranger', house.get(path)
        else:
            yield f'{method} {pattern}', house.who('all').send(path, {'token': 'x'})
    yield 'nothing', house.get('/nothing')
    yield 'another method', house.visitor().ask('PUT', '/')
    yield 'too long', answer_of(house.raw(b'GET /' + b'a' * 9000 + b' HTTP/1.1\r\nHost: a\r\n\r\n'))
    yield 'no request', answer_of(house.raw(b'nonsense\r\n\r\n'))


# ---- what every answer says ----

@pytest.mark.asvs('3.4.3', '3.4.4', '3.4.5', '3.4.6', '3.4.8')
def test_every_answer_of_every_address_says_how_it_is_to_be_taken(house):
    count = 0
    for name, answer in answers(house):
        headers = answer.headers
        policy = dict((part.strip() + ' ').split(' ', 1) for part in headers['content-security-policy'].split(';'))
        policy = {key: value.strip() for key, value in policy.items()}
        assert policy['default-src'] == "'none'" and policy['frame-ancestors'] == "'none'", name
        assert policy.get('base-uri', "'none'") == "'none'" and policy.get('object-src', "'none'") == "'none'", name
        assert not re.search(r'unsafe|\*|https?:|strict-dynamic|blob:', headers['content-security-policy']), name
        assert policy.get('script-src', "'none'") in ("'self'", "'none'") and policy.get('form-action', "'self'") in ("'self'", "'none'"), name
        is_html = headers.get('content-type', '').startswith('text/html')
        assert not is_html or {'base-uri', 'form-action', 'script-src', 'style-src'} <= set(policy), name
        assert headers['x-content-type-options'] == 'nosniff', name
        count += 1
        if name in ('too long', 'no request'):
            continue  # a sentence, without a page around it
        assert headers['referrer-policy'] in ('no-referrer', 'same-origin'), name
        assert headers['cross-origin-opener-policy'] == 'same-origin', name
        assert not answer.octets or re.fullmatch(r'[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?.*', headers['content-type']), name
        assert 'access-control-allow-origin' not in headers, name
    assert count > 100


@pytest.mark.asvs('3.4.5')
def test_what_stands_in_a_link_is_not_passed_on(house):
    answer = house.get(house.track)
    assert answer.headers['referrer-policy'] == 'no-referrer' and answer.headers['x-robots-tag'] == 'noindex'
    token = house.track.rsplit('/', 1)[1]
    elsewhere = re.findall(r'(?:href|src|action)="((?:https?:)?//[^"]*)"', answer.text)
    assert not any(token in link for link in elsewhere)


@pytest.mark.asvs('3.4.1')
def test_of_tls_browsers_are_told_by_every_answer(fresh):
    fresh.base = 'https://ports.example.org'
    fresh.restart()
    for path in ('/', '/nothing', '/track/x', '/api/v1/registry', '/asset/none', '/robots.txt', '/download/json', '/staff', '/apply/user'):
        told = fresh.get(path).headers['strict-transport-security']
        assert int(re.match(r'max-age=(\d+); includeSubDomains', told)[1]) >= 31536000, path


@pytest.mark.asvs('8.2.3')
def test_what_is_not_for_everybody_is_kept_by_nobody(house):
    """Also what an error says; public pages are asked for again each time."""
    for name, answer in answers(house):
        told = answer.headers['cache-control']
        if re.search(r'staff|track|confirm|consent|enrol|account|nothing|request|POST|applications', name) or answer.status >= 400:
            assert told == 'no-store', (name, answer.status, told)
        assert told in ('no-store', 'no-cache') or '/asset/' in name or 'openapi' in name or name.endswith('robots.txt'), (name, told)


@pytest.mark.asvs('3.3.1', '3.3.2', '3.3.3', '3.3.4')
def test_there_is_one_cookie_and_it_is_guarded(fresh):
    """Strangers get none; who signs in gets one that no script reads and no other site sends."""
    seen = {}
    ask = Visitor.ask

    class Noting(Visitor):
        def ask(self, method, path, body=None, **headers):
            answer = ask(self, method, path, body, **headers)
            if 'set-cookie' in answer.headers:
                seen.setdefault(answer.headers['set-cookie'].partition('=')[0], []).append(answer.headers['set-cookie'])
            return answer
    fresh.visitor = lambda **headers: Noting(fresh, **headers)
    crawl(fresh.visitor(), '/', '/apply', '/apply/user', '/staff/sign-in', of_a_kind=3)
    fresh.begin()
    assert not seen
    crawl(fresh.who('all'), '/staff', within='/staff', of_a_kind=3)
    fresh.who('all').post('/staff/sign-out', page='/staff/account')
    assert set(seen) == {'__Host-berth-session'}
    for text in seen['__Host-berth-session']:
        (morsel,) = http.cookies.SimpleCookie(text).values()
        assert morsel['secure'] and morsel['httponly'] and morsel['samesite'] == 'Strict' and morsel['path'] == '/' and not morsel['domain']


# ---- forms from elsewhere, and looking ----

@pytest.mark.asvs('3.5.1')
@pytest.mark.parametrize('headers', [
    {}, {'Origin': 'https://evil.example'}, {'Origin': 'null'}, {'Sec_Fetch_Site': 'cross-site'}, {'Sec_Fetch_Site': 'same-site'},
    {'Origin': 'https://evil.example', 'Sec_Fetch_Site': 'cross-site'}])
def test_no_form_from_elsewhere_changes_anything(house, headers):
    """Of every address that takes one: with the browser's cookie but no token; and, from another site, even with the token."""
    visitor = house.who('all')
    token = visitor.get('/staff').field('token')
    wrong = ['x', token[:-1], token[:-1] + ('0' if token[-1] != '0' else '1'), house.get('/apply/user').field('token'),
             house.who('aud').get('/staff').field('token')]
    state = contents(house)
    for method, pattern, _ in routes():
        is_link = any(f'/{word}/' in pattern for word in ('track', 'confirm', 'consent', 'enrol'))
        if method != 'POST' or pattern.startswith('/api/') or (is_link and headers == {'Origin': 'null'}):
            continue  # a page that is never referred from says "null"; nobody else knows its address
        for fields in [{}, {'token': token}] if headers else [{}, *({'token': text} for text in wrong)]:
            if is_link and fields.get('token') == wrong[3]:
                continue  # who follows a link is nobody: their token is everybody's, and the address is the secret
            answer = visitor.send(path_of(pattern, house), {'act': 'withdraw-now', 'login': 'all', 'name': 'x', 'ask-text': 'x', **fields}, **headers)
            assert answer.status in (403, 404, 422), (pattern, headers, answer.status)
    assert contents(house) == state
    assert visitor.get('/staff').status == 200, 'still in'


@pytest.mark.asvs('3.5.1')
def test_calls_take_no_cookie_and_no_form(house):
    """What a browser sends by itself, or another site can make it send, is worth nothing to a call."""
    visitor = house.who('all')
    assert visitor.get('/api/v1/applications').status == 401
    for kind in ('application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'):
        answer = visitor.ask('POST', f'/api/v1/applications/{house.reference}/ask', '{"text": "x"}', Content_Type=kind)
        assert answer.status in (400, 401, 415), kind
        answer = visitor.ask('POST', '/api/v1/applications', '{"kind": "user"}', Content_Type=kind)
        assert answer.status in (400, 415), kind
    answer = visitor.ask('OPTIONS', '/api/v1/applications', Origin='https://evil.example', Access_Control_Request_Method='POST')
    assert answer.status == 405 and 'access-control-allow-origin' not in answer.headers


def contents(house):
    """All tables but what looking and being refused may write."""
    tables = [name for name, in house.registry.sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    held = {name: house.registry.sql(f'SELECT * FROM {name}') for name in tables if name not in ('token', 'event', 'chain', 'sign_in')}
    held['event'] = house.registry.sql("SELECT act, subject, staff, why, body FROM event WHERE act <> 'refused'")
    held['token'] = house.registry.sql('SELECT hash, purpose, staff FROM token')
    return held


@pytest.mark.asvs('3.5.3')
def test_looking_changes_nothing(house):
    """Every page that can be reached, every form's address by GET, and what names an act in its question."""
    visitor = house.who('all')
    house.later(3)
    state = contents(house)
    crawl(visitor, '/', '/staff', house.track, f'/staff/application/{house.reference}', of_a_kind=5)
    for _, pattern, _ in routes():
        path = path_of(pattern, house)
        for query in ('', '?act=withdraw-now&token=x', '?change=end&act=retire&login=all&verdict=yes&said=out'):
            assert visitor.get(path + query).status < 500, path
            assert visitor.ask('HEAD', path + query).status < 500, path
    assert contents(house) == state


@pytest.mark.asvs('1.2.2')
@pytest.mark.parametrize('to', ['//evil.example', 'https://evil.example', '/\\evil.example', '/staff/../..//evil.example', '/%09/evil.example',
                                'javascript:xqz()', '/staff\t//evil.example', '/staff?x=\r\nSet-Cookie:a=b', '\\\\evil.example', '/staff@evil',
                                '/staff//evil.example', '.evil.example', '@evil.example', '/staff/sign-in?to=//evil.example', 'x' * 5000])
def test_nobody_is_sent_elsewhere(fresh, to):
    page = fresh.get('/staff/sign-in?' + urllib.parse.urlencode({'to': to})) if len(to) < 3000 else fresh.get('/staff/sign-in')
    assert page.status == 200 and page.field('to').startswith('/staff')
    secret = fresh.add_staff('ada', 'auditor')[1]
    visitor = fresh.visitor()
    answer = visitor.post('/staff/sign-in', {'login': 'ada', 'password': PASSWORD, 'code': totp(secret, fresh.moment()), 'to': to})
    assert answer.status == 303 and 'set-cookie' in answer.headers
    where = urllib.parse.urlsplit(urllib.parse.urljoin(fresh.base + '/staff/sign-in', answer.where))
    assert f'{where.scheme}://{where.netloc}' == fresh.base and where.path.startswith('/staff') and 'a' not in visitor.cookies
    for path in ('/staff/people', '/staff//evil.example', '/staff/mail'):
        sent = fresh.get(path)
        assert sent.where is None or sent.where.startswith('/staff/sign-in?to=%2Fstaff'), path


# ---- one request ----

@pytest.mark.asvs('4.2.1')
@pytest.mark.parametrize('head', [
    'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'Content-Length: 3\r\nContent-Length: 0\r\n\r\na=b',
    'Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n3\r\na=b\r\n0\r\n\r\n', 'X: a\nContent-Length: 3\r\n\r\na=b', 'X: a\r\n Content-Length: 3\r\n\r\na=b',
    'Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n', 'Content-Length: 3\r\n\r\na=b'])
def test_what_stands_behind_a_request_is_asked_by_nobody(house, head):
    """test_web_server.py has every doubtful shape; here what hides behind one never becomes a request, whatever was answered."""
    kind = 'Content-Type: application/x-www-form-urlencoded\r\n'
    came = house.raw(f'POST /apply/user HTTP/1.1\r\nHost: a\r\n{kind}{head}GET /canary-smuggled HTTP/1.1\r\nHost: a\r\n\r\n'.encode())
    assert came.count(b'HTTP/1.1 ') == 1 and answer_of(came).headers['connection'] == 'close'
    assert answer_of(came).status == (400 if head != 'Content-Length: 3\r\n\r\na=b' else 403)
    assert house.get('/health').status == 200 and 'canary-smuggled' not in house.log()


# ---- what is served ----

@pytest.mark.asvs('13.4.1', '13.4.2', '13.4.3', '13.4.7')
def test_nothing_is_served_but_pages(house):
    for path in ('/.git/HEAD', '/.git/config', '/.svn/entries', '/.env', '/registry.db', '/registry.published', '/clock', '/log', '/src/', '/asset/',
                 '/asset/style.css', '/asset/../../../../etc/passwd', '/download/', '/download/../registry.db', '/download/..%2fregistry.db',
                 '/debug', '/debug/pprof', '/server-status', '/trace', '/admin', '/phpinfo.php', '/api', '/api/', '/api/v1', '/api/v1/', '/backup.zip',
                 '/index.html~', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '/robots.txt.bak', '/openapi.json', '/staff/', '/apply/',
                 '/.well-known/', '/WEB-INF/web.xml'):
        answer = house.get(path)
        assert answer.status in (404, 400), (path, answer.status)
        assert 'SQLite' not in answer.text and 'root:' not in answer.text and house.registry.path.name not in answer.text
    for path in ('/?debug=1', '/search?debug=true&trace=1', '/apply/user?debug', '/?XDEBUG_SESSION_START=1'):
        assert house.get(path, X_Debug='1').text.count('<main') == 1


@pytest.mark.asvs('13.4.4')
def test_trace_tells_nothing_back(house):
    for path in ('/', '/staff', '/api/v1/registry'):
        answer = house.visitor().ask('TRACE', path, Authorization='Bearer canary-zq')
        assert answer.status == 405 and 'canary' not in answer.text


@pytest.mark.asvs('13.4.5', '4.1.3', '15.3.4')
def test_metrics_are_for_this_machine_also_when_a_stranger_says_otherwise(tmp_path):
    house = House(tmp_path)
    try:
        house.start('--trust-proxy', '127.0.0.1')
        for value in ('203.0.113.9', '127.0.0.1', '::1', 'unix', '203.0.113.9, 127.0.0.1', 'localhost', '127.0.0.1:80', '127.0.0.1,'):
            for name in ('X_Forwarded_For', 'Forwarded', 'Via', 'X_Real_IP') if value == '203.0.113.9' else ('X_Forwarded_For',):
                answer = house.get('/metrics', **{name: value})
                assert answer.status == 404 or name in ('X_Real_IP',), (name, value)
    finally:
        house.clean_up()


@pytest.mark.asvs('4.1.3', '15.3.4')
def test_nobody_chooses_the_address_that_is_counted(fresh):
    """Without a proxy no header says who calls: neither to the limits, nor to the log, nor to a session's list."""
    told = {name: '198.51.100.77' for name in ('X_Forwarded_For', 'Forwarded', 'X_Real_IP', 'CF_Connecting_IP', 'True_Client_IP', 'X_Client_IP')}
    fresh.get('/nothing', **told)
    fresh.secrets['rae'] = fresh.add_staff('rae', 'registrar')[1]
    visitor = fresh.visitor(**told)
    assert visitor.post('/staff/sign-in', {'login': 'rae', 'password': PASSWORD, 'code': fresh.code('rae')}).status == 303
    assert '198.51.100.77' not in visitor.get('/staff/account').text and '198.51.100.77' not in fresh.log()
    answer = fresh.get('/staff', X_Forwarded_Host='evil.example', X_Forwarded_Proto='https', Host='evil.example')
    assert 'evil.example' not in str(answer.headers)


@pytest.mark.asvs('1.2.2', '4.1.3')
def test_letters_lead_to_the_site_whatever_host_was_asked(fresh):
    """The host of a request is no part of a link."""
    applicant = fresh.applicant()
    ask = applicant.ask
    applicant.ask = lambda method, path, body=None, **headers: ask(method, path, body, **{**headers, 'X-Forwarded-Host': 'evil.example'})
    fresh.applicant = lambda: applicant
    fresh.send()
    (text,) = fresh.messages('confirm')
    assert 'evil.example' not in text and f'{fresh.base}/confirm/' in text


@pytest.mark.asvs('13.4.6', '16.5.1')
def test_nobody_learns_what_runs_here(house):
    version = subprocess.run([PROGRAM, '--version'], check=True, capture_output=True, text=True).stdout.split()[1]
    for name, answer in answers(house):
        assert not {'server', 'x-powered-by', 'via'} & set(answer.headers), name
        assert version not in answer.octets.decode(errors='replace') or 'openapi' in name or 'metrics' in name, name
        assert not re.search(rb'SQLite|libmicrohttpd|jansson|/src/|\.c:\d|backtrace|0x[0-9a-f]{8}|/tmp/', answer.octets), name


# ---- written down ----

MANUAL = pathlib.Path(__file__).resolve().parents[2] / 'man/berth-registryd.8.scd'


def written_down():
    """{limit: [default, of what, what is answered]} of the manual's table."""
    rows = re.findall(r'^\|  ([a-z-]+)((?:\n:  .*){3})', MANUAL.read_text(), re.MULTILINE)
    return {name: re.findall(r':  (.*)', cells) for name, cells in rows}


@pytest.mark.asvs('13.1.2', '13.1.3')
def test_each_limit_is_written_down_with_its_default():
    """In the manual: its name, its number, what who meets it is told."""
    manual = MANUAL.read_text()
    defaults = {'connections': '8192', 'connections-per-source': '0', 'idle-seconds': '15', 'request-seconds': '60', 'bodies-octets': '67108864',
                'requests': '1200/300', 'slow': '60/30', 'posts': '180/120', 'submissions': '1/10', 'all-submissions': '10/100', 'sign-ins': '2/20',
                'all-sign-ins': '60/30'}
    for name, value in defaults.items():
        assert re.match(rf'{value}\b', written_down().get(name, [''])[0]), name
        assert re.search('[0-9]{3}|closed|wait', written_down()[name][2]), name
    for status in ('429', '503', '413', '408', '414', '431'):
        assert status in manual, status


@pytest.mark.asvs('13.1.2', '13.1.3')
def test_no_limit_is_kept_from_the_manual(house):
    """Those that the program counts are those that are written down."""
    counted = {re.search(r'limit="([a-z-]+)"', name)[1] for name in house.metrics() if 'limit=' in name}
    assert {'requests', 'slow', 'posts', 'submissions', 'all-submissions', 'sign-ins', 'all-sign-ins'} == counted
    assert counted <= set(written_down())
