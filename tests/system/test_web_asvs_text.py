"""What strangers and the staff write stays text: on every page, in every letter, file and answer; and what must not be seen
by others is nowhere.  test_web_asvs.py says what the numbers mean.
"""
import csv
import io
import json
import re
import urllib.parse
import xml.etree.ElementTree

import pytest

from support import hostile
from support.crawl import crawl
from support.hostile import CONTROLS, LINES, NO_TEXT, TEXTS, came_out
from support.forms import answers_of_call
from support.house import House
from support.registry import listing, row

TEXT = '\r\n'.join(text for name, text in TEXTS.items())
LINE_FIELDS = ('applicant', 'assignee', 'contact', 'title', 'description')
TEXT_FIELDS = ('formats', 'types', 'opcodes', 'sequences', 'functions', 'broadcast', 'reference', 'why-not-dynamic', 'notes',
               'unauthorized-use', 'security', 'versioning', 'development', 'other', 'confidential', 'txt-keys')
EXPORTS = ['iana-csv', 'iana-xml', 'json', 'services', 'nmap', 'nftables', 'ufw', 'reserved-ports', 'dns-sd']


def is_page(answer):
    return answer.headers.get('content-type', '').startswith('text/html')


def look(house, pages):
    """No page has anything but text out of a text, and each says what it is."""
    for path, answer in pages.items():
        assert answer.status < 500, (path, answer.status)
        assert 'charset=utf-8' in answer.headers['content-type'] or not answer.headers['content-type'].startswith('text/'), path
        assert not is_page(answer) or came_out(answer, house.base) == [], (path, came_out(answer, house.base)[:5])


# ---- stored, and read by everybody who reads ----

@pytest.fixture(name='full', scope='module')
def _full(tmp_path_factory):
    """A house in which everybody wrote what they should not: applicants, holders, the staff, and who made a base."""
    house = House(tmp_path_factory.mktemp('full'))
    lines = list(LINES.values())
    house.registry.put(listing(*(row(text, 3000 + i, 'tcp', text, text, assignee=f'[{text}]', contact=f'[{text}]', reference=f'[{text}]')
                                 for i, text in enumerate(lines))), '--as', 'strange', '--dated', '2026-02-02', name='strange.csv')
    house.registry.run('band', 'set', '20000-20999', 'team')
    house.start()
    try:
        house.sent = fill_house(house, lines)
        yield house
    finally:
        house.clean_up()


def fill_house(house, lines):
    """{reference: {field: what was typed}}; one of them is assigned, one refused and appealed, one waits for answers."""
    sent = {}
    for i in range(0, len(lines), len(LINE_FIELDS)):
        typed = {**{key: TEXT for key in TEXT_FIELDS}, 'broadcast-is': 'yes', 'confidential-is': 'yes', 'port': str(20000 + i),
                 'short': f'hostile{i}', **dict(zip(LINE_FIELDS, lines[i:]))}
        reference, _ = house.begin('user', **typed)
        sent[reference] = typed
    first, second, third, *_ = sent
    for reference in (first, second):
        house.find('rae', reference)
    house.do('rae', first, 'propose-assign', text=TEXT)
    house.do('rae', first, 'assign')
    house.do('rae', second, 'refuse', text=TEXT, others_J6='yes')
    applicant = house.applicant()
    applicant.post(applicant.get('/track/' + house.token('refused')), 'appeal', facts=TEXT)
    house.do('rob', third, 'ask', text=TEXT, about='functions')
    page = applicant.get('/track/' + house.token('questions'))
    applicant.post(page, 'answer', **{name: TEXT for name in page.form('answer').fields if name.startswith('answer-')})
    house.do('rob', third, 'ask', text=TEXT)
    call_for_comments(house)
    house.who('all').post('/staff/settings', {'name': 'Example', 'email': 'ports@example.net', 'motto': lines[0], 'licence': lines[4],
                                              'notice': '\n'.join(lines)[:900], 'comments': 'web@example.net', 'link': house.base + '/'})
    house.who('all').post('/staff/people', {'act': 'add', 'login': 'mallory', 'name': lines[6][:60], 'role': 'auditor',
                                            'email': 'mallory@example.net'})
    return sent


def call_for_comments(house):
    """Somebody wants a number back that another has, and everybody may say something to it."""
    house.called, _ = house.begin('revocation', about='20000/tcp', evidence=TEXT, reason=TEXT, impact=TEXT, applicant=LINES['script'])
    house.do('bo', house.called, 'call', text=TEXT)
    for path, fields in ((f'/calls/{house.called}', {'text': TEXT}), ('/appeal', {'reference': next(iter(house.registry.sql(
            "SELECT ref FROM application WHERE id = 1")))[0], 'text': TEXT})):
        answer = house.visitor().post(path, {'email': 'eve@example.org', **fields})
        assert answer.status == 303, answer.words[:2000]
        token = house.token('remark')
        house.visitor().post(f'/confirm/{token}')


@pytest.mark.asvs('1.2.1', '1.2.2', '3.4.3')
def test_the_staff_reads_text(full):
    """Every page that anybody of the staff can click to."""
    pages = crawl(full.who('all'), '/staff', *(f'/staff/application/{reference}' for reference in [*full.sent, full.called]),
                  *(f'/staff/mail?letter={number}' for number in range(1, 40)), within='/staff', of_a_kind=25)
    assert len(pages) > 60 and {'/staff/people', '/staff/bands', '/staff/settings', '/staff/account', '/staff/audit'} <= set(pages)
    look(full, pages)
    for reference, typed in full.sent.items():
        shown = pages[f'/staff/application/{reference}'].words
        for key, text in typed.items():
            for line in text.splitlines():
                assert hostile_words(line) in shown, (reference, key, line)


def hostile_words(text):
    """As it is shown: what steers is named."""
    return ' '.join(hostile.UNSHOWN.sub(lambda found: f'[U+{ord(found[0]):04X}]', text).split())


@pytest.mark.asvs('1.2.1', '1.2.2')
def test_the_applicant_reads_text(full):
    for kind in ('receipt', 'questions', 'refused', 'assigned'):
        for token in full.tokens(kind):
            answer = full.get(f'/track/{token}')
            assert answer.status == 200, kind
            look(full, {kind: answer})


@pytest.mark.asvs('1.2.1', '1.2.2', '13.4.3')
def test_everybody_reads_text(full):
    pages = crawl(full.visitor(), '/', *(f'/port/{3000 + i}' for i in range(len(LINES))), '/port/20000',
                  *(f'/service/{urllib.parse.quote(text, safe="")}' for text in LINES.values()), '/service/hostile0',
                  *(f'/search?{urllib.parse.urlencode({"q": text})}' for text in LINES.values()), '/calls', '/appeal',
                  of_a_kind=30, leave=['/download/', '/staff'])
    assert len(pages) > 150
    look(full, pages)
    assert any(text in pages['/port/20000'].words for text in LINES.values())
    assert LINES['script'] in pages['/calls'].words and f'/calls/{full.called}' in pages


@pytest.mark.asvs('1.2.2')
@pytest.mark.parametrize('reference, is_link', [
    ('javascript:xqz()', False), ('https://example.org/a.txt', None), ('[RFC6335]', True), ('[RFC6335"onclick=xqz()]', False),
    ('JAVASCRIPT&colon;xqz()', False), ('data:text/html;base64,eHF6', False), ('vbscript:xqz', False), ('//xqz.example', False),
    ('file:///etc/passwd', False), ('https:javascript:xqz()', None), ('[https://xqz.example/" onclick="xqz()]', None)])
def test_a_reference_leads_nowhere_but_to_what_is_public(make_web_site, reference, is_link):
    """None: it may, if the address is whole and of the web."""
    site = make_web_site()
    site.registry.put(listing(row('strange', 3000, 'tcp', 'A service', reference=reference)), '--as', 'strange', '--dated', '2026-02-02')
    site.start()
    for path in ('/port/3000', '/service/strange', '/search?q=strange'):
        answer = site.get(path)
        assert came_out(answer, site.base) == [], path
        led = [link for link in re.findall(r'href="([^"]*)"', answer.text) if not link.startswith(('/', '#', 'mailto:', 'https://www.rfc-'))]
        assert is_link is None or not led, (path, led)
        assert is_link is not True or path.startswith('/search') or 'https://www.rfc-editor.org/rfc/rfc6335' in answer.text


# ---- letters ----

HEADERS = {'From', 'To', 'Date', 'Message-ID', 'Subject', 'Auto-Submitted', 'MIME-Version', 'Content-Type', 'Reply-To',
           'Content-Transfer-Encoding', 'In-Reply-To', 'References', 'X-Auto-Response-Suppress', 'Precedence'}


@pytest.mark.asvs('1.3.11')
def test_letters_are_letters(full):
    """Whatever was typed: one person each, our own headers once each, lines that no server changes."""
    rows = full.registry.sql('SELECT rcpt, message FROM outbox ORDER BY id')
    assert len(rows) > 15
    for (to, text), letter in zip(rows, full.letters()):
        names = letter.keys()
        assert set(names) <= HEADERS and len(names) == len(set(names)), names
        assert [address.addr_spec for address in letter['To'].addresses] == [to] and 'xqz' not in to
        assert [address.addr_spec for address in letter['From'].addresses] == ['ports@example.net']
        assert letter.get_content_type() == 'text/plain' and not letter.is_multipart() and not letter.defects
        lines = text.split('\r\n')
        assert max(map(len, lines)) <= 998 and text.isascii() and not re.search('[\r\n\0]', ''.join(lines))
        assert re.fullmatch(r'[\t\n -~]*', ''.join(lines))
        assert not any(character in str(value) for value in letter.values() for character in '\r\n\x1b\x07')


@pytest.mark.asvs('1.3.11', '2.2.1')
@pytest.mark.parametrize('address', [
    'ada@example.org\r\nBcc: xqz@example.net', 'ada@example.org, xqz@example.net', 'ada@example.org xqz@example.net',
    'ada@example.org\0xqz', '<ada@example.org>', '"ada\\" <xqz@example.net>"@example.org', 'ada@example.org;xqz@example.net',
    'ada@[127.0.0.1]', '-oQ/tmp@example.org -X/tmp/xqz', 'ada%xqz.example@example.org@xqz.example', 'ada@example.org>\r\nRCPT TO:<x@y.z',
    'ada', '@', 'ada@', 'a' * 300 + '@example.org', 'ada@example..org', 'ada@xqz_.example', 'ada@exa\u202emple.org', 'ädä@example.org'])
@pytest.mark.parametrize('field', ['applicant-email', 'contact-email'])
def test_an_address_is_one_address_or_refused(empty, address, field):
    page = empty.fill('user', **{field: address})
    if page.title.startswith('Check your answers'):
        empty.applicant().post(page, 'send')
    to = [found for found, in empty.registry.sql('SELECT rcpt FROM outbox')]
    assert all(re.fullmatch(r'[A-Za-z0-9._%+-]+@example\.(org|net)', found) and 'xqz' not in found for found in to), to
    for letter in empty.letters():
        assert not letter.get_all('Bcc') and len(letter['To'].addresses) == 1


# ---- other forms of it: JSON, files ----

@pytest.mark.asvs('1.2.3')
def test_json_is_json(full):
    """With its own type, which no browser takes for a page; and what was typed comes back as it was."""
    for path in ('/api/v1/ports/3000', '/api/v1/services/' + urllib.parse.quote(LINES['script'], safe=''), '/api/v1/search?q=xqz',
                 '/api/v1/search?' + urllib.parse.urlencode({'q': LINES['script']}), '/api/v1/history/3000', '/api/v1/registry',
                 '/api/v1/nothing/' + urllib.parse.quote(LINES['script'], safe='')):
        answer = full.get(path)
        assert answer.headers['content-type'] in ('application/json', 'application/problem+json'), path
        assert answer.headers['x-content-type-options'] == 'nosniff' and "default-src 'none'" in answer.headers['content-security-policy']
        json.loads(answer.text)
    entries = json.loads(full.get('/api/v1/ports/3000-3100').text)['entries']
    assert {entry['description'] for entry in entries} >= set(LINES.values())


# Each line of a file for programs that read it as their own: nothing but this.
SERVICE = r'#.*|[^\s#]+[ \t]+[0-9]+/(tcp|udp|sctp|dccp)([ \t][^\s#]+)*(\t# .*)?'
LINE_OF = {
    'services': SERVICE, 'nmap': SERVICE, 'dns-sd': r'#.*|[\w.-]+(\s*# .*)?', 'reserved-ports': r'#.*|net\.[a-z0-9_.]+ = [0-9,-]*',
    'nftables': r'#.*|(add|flush) [a-z ]+ berth[^"]*|\t[0-9]+(-[0-9]+)?( comment "[^"\\]*")?,?|}',
    'ufw': r'#.*||\[[a-z0-9-]+\]|(title|description)=.*|ports=[0-9:,|a-z/]+'}


@pytest.mark.asvs('1.2.1', '1.5.3')
@pytest.mark.parametrize('name', EXPORTS)
def test_files_hold_what_was_typed_and_nothing_breaks_out(full, name):
    answer = full.get(f'/download/{name}')
    assert answer.status == 200 and 'attachment' in answer.headers['content-disposition']
    assert not answer.headers['content-type'].startswith('text/html') and answer.headers['x-content-type-options'] == 'nosniff'
    text = answer.octets.decode()
    assert not re.search('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]', text)
    if name == 'iana-csv':
        rows = list(csv.reader(io.StringIO(text, newline=''), strict=True))
        assert {len(cells) for cells in rows} == {12}
    elif name == 'iana-xml':
        tags = {element.tag.partition('}')[2] for element in xml.etree.ElementTree.fromstring(answer.octets).iter()}
        assert not any('xqz' in tag for tag in tags)
    elif name == 'json':
        json.loads(text)
    else:
        for line in text.splitlines():
            assert re.fullmatch(LINE_OF[name], line), (name, line)


@pytest.mark.asvs('1.2.4')
@pytest.mark.parametrize('name', ['SQL', 'SQL that is true', 'a template', 'a path'])
def test_questions_are_no_statements(full, name):
    """Where a name, number, day, filter or link goes into a query."""
    text = urllib.parse.quote(LINES[name], safe='')
    before = [full.registry.sql(f'SELECT count(*) FROM {table}')[0] for table in ('application', 'event', 'token', 'staff', 'entry')]
    for path in (f'/search?q={text}', f'/search?q=ssh&transport={text}&status={text}', f'/port/{text}', f'/service/{text}',
                 f'/organisation?name={text}', f'/changes?from={text}&to={text}', f'/changes?from=2026-01-01&to={text}',
                 f'/download/json?day={text}', f'/download/json?name={text}', f'/download/{text}', f'/statistics?kind={text}',
                 f'/apply/free?name={text}&band={text}', f'/track/{text}', f'/confirm/{text}', f'/consent/{text}', f'/calls/{text}',
                 f'/api/v1/search?q={text}', f'/api/v1/history/{text}', f'/api/v1/changes?from={text}', f'/api/v1/ports/{text}'):
        answer = full.get(path)
        assert answer.status in (200, 400, 404, 303), (path, answer.status)
    for path in ('/staff?show={}&kind={}', '/staff/application/{}', '/staff/mail?letter={}', '/staff/mail?state={}&before={}',
                 '/staff/audit?who={}&act={}&subject={}', '/staff/audit?event={}', '/staff/audit?before={}', '/staff/people?login={}',
                 '/staff/bands?name={}', '/staff/account?change={}', '/staff/account?of={}&change=end'):
        answer = full.who('all').get(path.replace('{}', text))
        assert answer.status in (200, 400, 404, 303), (path, answer.status)
    attempt = full.visitor().post('/staff/sign-in', {'login': LINES[name], 'password': LINES[name], 'code': LINES[name]})
    assert attempt.status == 403
    for table, count in zip(('application', 'token', 'staff', 'entry'), (before[0], before[2], before[3], before[4])):
        assert full.registry.sql(f'SELECT count(*) FROM {table}')[0] == count, table
    assert full.registry.sql('SELECT count(*) FROM event')[0] >= before[1]


@pytest.mark.asvs('1.2.4', '16.4.1')
def test_after_all_of_it_the_registry_is_whole(full):
    full.registry.run('publish')
    full.registry.verify()


# ---- one reader for each kind of text ----

@pytest.mark.asvs('1.5.3', '2.2.1')
@pytest.mark.parametrize('name', NO_TEXT)
def test_what_is_no_text_is_refused_in_every_form(empty, name):
    """In an address, in both kinds of form, in JSON, in a file, in a cookie: nothing of it is guessed."""
    octets = NO_TEXT[name]
    escaped = ''.join(f'%{octet:02x}' for octet in octets)
    visitor = empty.visitor()
    assert visitor.get(f'/search?q={escaped}').status == 400
    assert visitor.get(f'/service/{escaped}').status in (400, 404)
    assert visitor.get(f'/search?q={escaped}&q=ssh').status == 400
    assert visitor.ask('POST', '/apply/user', f'formats={escaped}', Content_Type='application/x-www-form-urlencoded').status == 400
    body, kind = form_of(octets)
    assert visitor.ask('POST', '/apply/user', body, Content_Type=kind).status == 400
    sent = b'{"kind": "user", "answers": {"short": "' + octets + b'"}}'
    assert visitor.ask('POST', '/api/v1/examine', sent, Content_Type='application/json').status == 400
    assert visitor.get('/search').status == 200


def form_of(octets):
    boundary = 'xqz'
    return (b'--xqz\r\nContent-Disposition: form-data; name="formats"\r\n\r\n' + octets + b'\r\n--xqz--\r\n',
            f'multipart/form-data; boundary={boundary}')


@pytest.mark.asvs('1.5.3')
@pytest.mark.parametrize('path', ['/service/ssh', '/service/%73sh', '/service/%73%73%68', '/port/22', '/port/%32%32'])
def test_an_address_is_read_once(empty, path):
    """Escaped or not it is the same page; escaped twice it is another one."""
    assert empty.get(path).status == 200
    assert empty.get(path.replace('ssh', '%2573sh').replace('%73', '%2573').replace('22', '%2532').replace('%32', '%2532')).status == 404


@pytest.mark.asvs('1.5.3', '15.3.3')
def test_of_a_name_that_comes_twice_the_first_counts_everywhere(empty):
    assert 'ssh' in empty.get('/search?q=ssh&q=http').field('q')
    page = empty.applicant().get('/apply/user')
    body = urllib.parse.urlencode([('token', page.form('continue').fields['token']), ('act', 'check'), ('short', 'first'), ('short', 'second'),
                                   ('act', 'send')])
    answer = empty.visitor().ask('POST', '/apply/user', body, Content_Type='application/x-www-form-urlencoded')
    assert answer.field('short') == 'first' and answer.status == 200


@pytest.mark.asvs('1.5.3')
def test_json_and_form_are_the_same_application(empty):
    """What one takes the other takes, and what one refuses the other refuses."""
    for short in ('exfiles', 'ssh', '-bad-', 'x' * 16, '1234', LINES['element']):
        page = empty.fill('user', short=short)
        called = empty.visitor().ask('POST', '/api/v1/examine', json.dumps({'kind': 'user', 'answers': answers_of_call(short=short)}),
                                     Content_Type='application/json')
        refused = [finding for finding in json.loads(called.text)['report']['findings'] if finding['level'] == 'refuse']
        assert bool(refused) == (page.status == 422), (short, refused, page.status)


# ---- what may be typed at all ----

@pytest.mark.asvs('2.2.1')
@pytest.mark.parametrize('changes', [
    {'port': '0'}, {'port': '-1'}, {'port': '65536'}, {'port': '99999999999999999999'}, {'port': '0x50'}, {'port': '80 81'}, {'port': '1e3'},
    {'port': '٨٠٨٠'}, {'transport-tcp': None}, {'specification': 'harbour'}, {'short': 'a b'}, {'short': 'ä'}, {'short': '../x'},
    {'short': ''}, {'title': ''}, {'title': 'two\nlines'}, {'title': 'x' * 300}, {'applicant': 'x' * 300}, {'formats': 'x' * 100_000},
    {'formats': CONTROLS}, {'applicant': CONTROLS}, {'title': CONTROLS}, {'applicant-email': 'nobody'}])
def test_what_no_form_may_hold_goes_to_nobody(empty, changes):
    """It comes back as it was typed, with a sentence; nothing is kept and nobody is written to."""
    before = empty.registry.sql('SELECT count(*) FROM application')
    page = empty.fill('user', **changes)
    sent = empty.applicant().post(page, 'send') if page.title.startswith('Check your answers') else page
    assert sent.status in (400, 422), (sent.status, sent.text[:500])
    assert 'There is a problem' in sent.text
    assert empty.registry.sql('SELECT count(*) FROM application') == before


@pytest.mark.asvs('2.2.1')
@pytest.mark.parametrize('field', ['formats', 'types', 'opcodes', 'sequences', 'functions', 'broadcast', 'reference', 'title', 'short',
                                   'port', 'applicant', 'applicant-email', 'specification', 'why-not-dynamic'])
@pytest.mark.parametrize('name', ['100 kB', 'controls', 'direction', 'lines', 'script'])
def test_each_question_takes_text_or_says_no(empty, field, name):
    value = {'100 kB': 'x' * 100_000, 'controls': CONTROLS, **TEXTS}[name].replace('\r\n', '\n')
    page = empty.fill('user', **{field: value, 'broadcast-is': 'yes'})
    assert page.status in (200, 422) and came_out_of(empty, page) == []
    assert page.headers.get('Set-Cookie') is None and page.headers.get('Bcc') is None


def came_out_of(house, page):
    """The same question of a page that the applicant's browser has."""
    class Answer:
        text = page.raw
    return came_out(Answer, house.base)


# ---- what must not be seen by others ----

CANARIES = {key: f'canary-{key}-zq is why it must be so, and no other way' for key in (
    'formats', 'types', 'opcodes', 'sequences', 'functions', 'broadcast', 'why-not-dynamic', 'versioning', 'security', 'development',
    'other', 'confidential', 'why-not-user', 'why-reserved')}
PUBLIC = {key: f'canary-public-{key}-zq' for key in ('reference', 'title', 'assignee', 'contact', 'description', 'notes')}
ADDRESSES = {'applicant-email': 'canary-a@example.org', 'assignee-email': 'canary-s@example.org', 'contact-email': 'canary-c@example.org',
             'applicant': 'canary-applicant-zq'}
SECRET = [*CANARIES.values(), *ADDRESSES.values()]


@pytest.fixture(name='told', scope='module', params=['user', 'system'])
def _told(tmp_path_factory, request):
    """Two of each form with a canary in each answer: one is assigned, one waits with a question."""
    house = House(tmp_path_factory.mktemp('told')).start()
    foreign = {'user': {'why-not-user'}, 'system': {'confidential'}}[request.param]
    given = {key: text for key, text in {**CANARIES, **PUBLIC, **ADDRESSES}.items() if key not in foreign}
    given |= {'broadcast-is': 'yes', 'specification': 'rfc', **({'confidential-is': 'yes'} if request.param == 'user' else {})}
    try:
        house.waiting, _ = house.begin(request.param, **{**given, 'short': 'waiting', 'port': '771' if request.param == 'system' else '7771'})
        house.do('rae', house.waiting, 'ask', text='canary-question-zq')
        house.done, _ = house.begin(request.param, **{**given, 'short': 'finished', 'port': '772' if request.param == 'system' else '7772'})
        if request.param == 'user':
            house.approve(house.done)
        else:
            house.do('rae', house.done, 'to-board', text='canary-reason-zq')
            house.find('bo', house.done)
            house.do('bo', house.done, 'vote', verdict='assign', text='canary-vote-zq')
            house.do('ivy', house.done, 'propose-assign', text='canary-vote-zq')
        house.do('rae', house.done, 'assign')
        yield house
    finally:
        house.clean_up()


@pytest.mark.asvs('8.2.2', '8.2.3')
def test_answers_are_on_no_public_page_file_or_call(told):
    starts = ['/', '/service/finished', '/service/waiting', '/search?q=finished', '/search?q=waiting', '/changes', '/changes?from=2026-01-01',
              '/calls', '/audit', '/appeal', '/statistics', '/map', '/map.svg', '/organisation?name=none', '/health', '/robots.txt',
              *(f'/download/{name}' for name in EXPORTS), '/api/v1/services/finished', '/api/v1/services/waiting', '/api/v1/registry',
              '/api/v1/search?q=finished', '/api/v1/history/finished', '/api/v1/changes?from=2026-01-01', '/api/v1/next', '/api/v1/audit',
              '/api/v1/openapi.json', '/apply/free?name=waiting', '/metrics']
    pages = crawl(told.visitor(), *starts, of_a_kind=12)
    assert len(pages) > 120 and pages['/service/finished'].status == 200
    for path, answer in pages.items():
        for canary in [*SECRET, 'canary-question-zq', 'canary-reason-zq', 'canary-vote-zq']:
            assert canary.encode() not in answer.octets, (path, canary)
        assert told.done.encode() not in answer.octets or not path.startswith('/staff'), path
    seen = b' '.join(answer.octets for answer in pages.values())
    assert PUBLIC['assignee'].encode() in seen, 'what is public is there, so that this looks at the right places'


@pytest.mark.asvs('8.2.3')
def test_what_is_not_decided_shows_nothing(told):
    pages = crawl(told.visitor(), '/', '/service/waiting', '/port/771', '/port/7771', '/search?q=waiting', '/api/v1/ports/7771',
                  '/api/v1/ports/771', of_a_kind=4)
    assert told.waiting not in ' '.join(answer.text for answer in pages.values())
    assert pages['/api/v1/ports/7771'].status in (200, 404) and 'waiting' not in pages['/api/v1/ports/7771'].text
    assert pages['/api/v1/ports/771'].status in (200, 404) and 'waiting' not in pages['/api/v1/ports/771'].text


@pytest.mark.asvs('16.2.5', '8.2.3')
def test_answers_are_in_no_log_event_or_published_file(told):
    told.get('/search?q=canary-typed-zq', Cookie='a=canary-cookie', User_Agent='canary-agent', Authorization='Bearer canary-bearer')
    bodies = str(told.registry.sql('SELECT * FROM event')) + told.registry.text('audit', 'log', '--json')
    for canary in [*SECRET, 'canary-typed', 'canary-cookie', 'canary-agent', 'canary-bearer']:
        assert canary not in told.log(), canary
        assert canary not in bodies, canary
        assert canary.encode() not in told.registry.published.read_bytes(), canary
        assert canary not in open(f'/proc/{told.process.pid}/cmdline', encoding='latin-1').read()


@pytest.mark.asvs('8.2.3')
def test_letters_to_others_hold_no_answer(told):
    """The staff's own letter has the whole form, and nobody else's; the applicant's have what is asked of them."""
    rows = told.registry.sql('SELECT rcpt, template FROM outbox ORDER BY id')
    kinds = set()
    for (to, kind), letter in zip(rows, told.letters()):
        found = [canary for canary in CANARIES.values() if ' '.join(canary.split()) in ' '.join(letter.get_content().split())]
        if kind == 'staff':
            assert to == 'ports@example.net'
            assert len(found) >= 10
        else:
            assert not found, (to, kind, found)
        kinds.add((to, kind))
    assert ('ports@example.net', 'staff') in kinds and ('canary-c@example.org', 'assigned') in kinds


@pytest.mark.asvs('8.2.3', '8.3.1')
def test_the_staff_sees_what_its_work_needs(told):
    """Answers are for whoever examines: the staff. Who is not signed in, or has no role, sees none of it."""
    assert CANARIES['formats'] in told.dossier('rae', told.waiting).words
    answer = told.visitor().get(f'/staff/application/{told.waiting}')
    assert answer.status == 303 and 'canary' not in answer.text
    assert told.visitor().get(f'/api/v1/applications/{told.waiting}').status == 401
