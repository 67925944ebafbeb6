"""The applicant's side as a browser without scripts meets it: from the form to the confirmed application, and what
follows; and what hostile input comes to.
"""
import contextlib
import os
import pathlib
import re
import sqlite3

import pytest

from support.forms import ANSWERS, KINDS, answers
from support.house import House
from support.processes import is_sanitized

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / 'examples/applications/exfiles.berth'
SEEDS = pathlib.Path(os.environ.get('BERTH_SEEDS') or pathlib.Path(__file__).resolve().parents[3] / 'shared/seeds')
SENTENCES = pathlib.Path(__file__).resolve().parents[1] / 'unit/test_form_seeds.c'


# ---- before any form ----

def test_the_first_page_says_who_each_form_is_for(empty):
    page = empty.applicant().get('/apply')
    assert [link for link in page.read.links if re.fullmatch(r'/apply/[a-z-]+', link)][:2] == ['/apply/user', '/apply/system']
    assert {f'/apply/{kind}' for kind in KINDS} <= set(page.read.links)
    assert '/guidelines/dccp' in page.read.links


def test_names_and_numbers_are_looked_at_first(empty):
    applicant = empty.applicant()
    assert 'It is free' in applicant.get('/apply/free?name=exfiles').text
    taken = applicant.get('/apply/free?name=ssh').text
    assert 'It cannot be had' in taken and 'N5' in taken and 'Apply for the name alone' not in taken
    page = applicant.get('/apply/free?name=exfiles&transport=udp')
    (link,) = [link for link in page.read.links if link.startswith('/apply/user?')][:1]
    form = applicant.get(link).form('continue')
    assert form.fields['short'] == 'exfiles' and form.fields['transport-udp'] == 'yes' and 'transport-tcp' not in form.fields
    assert 1024 < int(form.fields['port']) < 49151


@pytest.mark.parametrize('query', ['name=%3Cscript%3E', 'name=' + 'x' * 3000, 'band=nowhere', 'name=%E2%80%AEabc',
                                   'transport=xx'])
def test_odd_questions_get_pages(empty, query):
    page = empty.applicant().get('/apply/free?' + query)
    assert page.status == 200 and '<script>' not in page.raw.replace('<script src', '') and '\u202e' not in page.text


# ---- the forms of 2004 ----

def sentences(table):
    """The words that stand for each sentence of a form of 2004: the unit test's own table."""
    text = SENTENCES.read_text()
    macros = dict(re.findall(r'#define ([A-Z_]+)\s+\\\n((?:.*\\\n)*.*\n)', text))
    body = re.search(rf'static const struct sentence {table}\[\] = {{(.*?)\n}};', text, re.S)[1]
    for name, macro in macros.items():
        body = re.sub(rf'\b{name}\b', lambda _, macro=macro: macro.replace('\\\n', '\n'), body)
    rows = r'(INTRODUCTION|QUESTION|HINT|LABEL),\s*(?:NULL|"[^"]*"),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)'
    for place, words in re.findall(rows, body):
        yield place, ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', words)).replace('\\"', '"').split('|')


@pytest.mark.parametrize('kind, table', [('user', 'user'), ('system', 'system_port')])
def test_the_forms_say_what_those_of_2004_said(empty, kind, table):
    page = ' '.join(empty.applicant().get(f'/apply/{kind}').text.split()).lower()
    found = list(sentences(table))
    assert len(found) > 10
    for _, words in found:
        for word in words:
            assert ' '.join(word.split()).lower() in page, word


@pytest.mark.skipif(not SEEDS.is_dir(), reason='the forms of 2004 are not here')
@pytest.mark.parametrize('kind', ['system', 'user'])
def test_the_ten_questions_are_those_of_2004(empty, kind):
    """Word by word and in their order, with their hints; on the other form only the port is another."""
    seed = (SEEDS / '002_3b25f3a833c00254.txt').read_text()
    page = empty.applicant().get(f'/apply/{kind}').text
    questions = re.findall(r'^ +(\d+)\. ((?:.|\n)*?)(?=\n\n)', seed, re.M)
    assert [number for number, _ in questions] == [str(number) for number in range(1, 11)]
    at = page.index('Your E-mail')
    assert page.index('Your Name') < at
    for number, words in questions:
        question, *hint = [' '.join(part.split()) for part in words.split('[')]
        question = question.replace(' Yes No', '').replace('system port', f'{kind} port')
        at = page.index(f'{number}. {question}', at)
        if hint:
            assert f'[{hint[0]}' in page[at:at + 600]
    assert page.index('Yes No If yes, how and what for?') > 0


def test_who_may_see_an_answer_stands_beside_it(empty):
    user, system = (empty.applicant().get(f'/apply/{kind}') for kind in ('user', 'system'))
    for page in (user, system):
        asked = {attributes['name'] for tag, attributes in page.read.tags if tag in ('textarea', 'input')
                 and attributes.get('type') not in ('hidden', 'file', 'radio', 'checkbox')}
        asked -= {'homepage', 'broadcast', 'anycast', 'confidential'}
        assert not {name for name in asked if f'{name}-seen' not in page.read.ids}
    assert 'confidential' in user.form().fields and 'confidential' not in system.form().fields
    assert 'no opportunity for non-disclosure agreements' in system.text
    assert 'proprietary' in user.raw and 'value="proprietary"' not in system.raw


def test_the_door_takes_the_answers_along(empty):
    applicant = empty.applicant()
    page = applicant.get('/apply/system')
    page = applicant.post(page, 'as-user', **answers('system', port='600', security='x\ty', short='bad\x01name'))
    fields = page.form('continue').fields
    assert 'Application for User' in page.title and page.form().action == '/apply/user' and '#short' in page.read.links
    assert fields['formats'] == ANSWERS['formats'] and fields['broadcast-is'] == 'no' and fields['transport-tcp'] == 'yes'
    assert fields['short'] == 'bad\x01name' and fields['port'] == '' and 'why-not-user' not in fields


# ---- examined ----

def test_check_shows_what_the_examiner_will_see(empty):
    applicant = empty.applicant()
    page = applicant.post(applicant.get('/apply/user'), 'check', **answers('user', short='ssh', port='6010'))
    assert page.status == 200 and '/rules#N5' in page.read.links and '/rules#P5' in page.read.links
    (free,) = [button['value'] for button in page.form().buttons if button.get('name') == 'take-port'][:1]
    taken = applicant.post(page, free, button='take-port')
    assert taken.form().fields['port'] == free and '/rules#P5' not in taken.read.links
    assert taken.form().fields['short'] == 'ssh'


def test_the_report_alone_is_for_who_still_writes(empty):
    applicant = empty.applicant()
    page = applicant.get('/apply/user')
    form = page.form()
    form.action, form.with_file = '/apply/user/report', False
    report = applicant.send(form, form.fields | {'short': 'ssh'}, {})
    assert report.status == 200 and 'N5' in report.text and 'not answered yet' in report.text
    assert '<html' not in report.raw and 'is not answered:' not in report.text
    late = applicant.send(form, form.fields | {'token': 'x'}, {})
    assert late.status == 200 and 'open for too long' in late.text and '<html' not in late.raw  # or the script leaves it away


def test_rules_that_refuse_send_back_with_everything(empty):
    page = empty.fill('user', short='ssh', port='6010')
    assert page.status == 422 and page.title.startswith('Error: ') and 'There is a problem' in page.text
    assert {'#short', '#port'} <= set(page.read.links)
    fields = page.form('continue').fields
    assert fields['formats'] == ANSWERS['formats'] and fields['short'] == 'ssh' and fields['transport-tcp'] == 'yes'


@pytest.mark.parametrize('name', ['fifteen-letters', 'fourteen-chars'])
def test_fourteen_is_said_and_fifteen_accepted(empty, name):
    page = empty.fill('user', short=name)
    assert page.title.startswith('Check your answers') and ('F3' in page.text) == (len(name) == 15)


def test_sixteen_letters_are_too_many(empty):
    page = empty.fill('user', short='sixteen-letters-')
    assert page.status == 422 and '#short' in page.read.links


def test_a_description_fills_what_is_empty(empty):
    applicant = empty.applicant()
    page = applicant.get('/apply/user')
    page = applicant.post(page, 'attach', files={'berth-file': EXAMPLE.read_bytes()}, short='mine')
    fields = page.form().fields
    assert fields['applicant'] == 'Ada Example' and fields['short'] == 'mine' and fields['formats'] == 'described'
    assert 'filled from the description' in page.text and 'protocol exfiles {' in fields['berth-text']
    empty.later(60)
    page = applicant.post(page, 'continue')
    assert page.title.startswith('Check your answers') and 'protocol exfiles {' in page.text
    back = applicant.post(page, 'back')
    again = {name: value for name, value in back.form('continue').fields.items() if name not in ('token', 'begun')}
    assert again == {name: value for name, value in fields.items() if name not in ('token', 'begun')}


@pytest.mark.parametrize('act', ['attach', 'continue'])
@pytest.mark.parametrize('is_file', [True, False])
def test_a_description_may_begin_with_a_byte_order_mark(empty, act, is_file):
    applicant = empty.applicant()
    octets = b'\xef\xbb\xbf' + EXAMPLE.read_bytes()
    given = {'files': {'berth-file': octets}} if is_file else {'berth_text': octets.decode()}
    page = applicant.post(applicant.get('/apply/user'), act, **given)
    assert 'not ASCII' not in page.text and 'no text in UTF-8' not in page.text
    assert page.form().fields['berth-text'] == EXAMPLE.read_text()
    assert act == 'continue' or page.form().fields['applicant'] == 'Ada Example'


@pytest.mark.parametrize('octets', ['application user { }'.encode('utf-16'), b'\x89PNG\r\n\x1a\n\0', b'short "\xe9";'])
@pytest.mark.parametrize('act', ['attach', 'continue'])
def test_a_file_that_is_no_text_loses_nothing(empty, octets, act):
    applicant = empty.applicant()
    page = applicant.post(applicant.get('/apply/user'), act, files={'berth-file': octets}, formats='As typed.', berth_text='// Mine')
    assert 'The file is no text in UTF-8' in page.text and page.title.startswith('Error: ')
    assert page.form('continue').fields['formats'] == 'As typed.' and page.form().fields['berth-text'] == '// Mine'


def test_what_is_wrong_with_a_description_has_a_line(empty):
    applicant = empty.applicant()
    text = EXAMPLE.read_text().replace('op: Op = cancel;', 'op: Op = cancels;')
    line = text[:text.index('cancels;')].count('\n') + 1
    page = applicant.post(applicant.get('/apply/user'), 'check', **answers('user', berth_text=text))
    assert f'line {line} of the description' in page.text


def exhausting(count=2500):
    """A description of half a megabyte that is right, and costs its examiner more than there is."""
    codes = ', '.join(f'o{i} = {i}' for i in range(count))
    types = ''.join(f'client request M{i} {{ sized u16 in 2..{i + 3} {{ op: Op = o{i}; payload[rest]; }} }}\n'
                    for i in range(count))
    states = ''.join(f'state s{i} {{ client M{(i * 7 + 3) % count} -> s{(i * 13 + 1) % count}; '
                     f'client M{(i * 11 + 5) % count} -> s{(i * 3 + 2) % count}; server close -> end; }}\n'
                     for i in range(count))
    first = ' '.join(f'client M{i} -> s{i};' for i in range(count))
    return (f'protocol big {{ title "t"; short "big"; transport tcp; opcodes {{ Op : u16 {{ {codes} }} }}\n'
            f'types {{ {types} }} sequences {{ state idle start final {{ {first} }}\n{states} }} }}\n')


@pytest.mark.parametrize('act', ['attach', 'check', 'continue'])
def test_a_description_that_exhausts_its_reader_gets_a_sentence(empty, act):
    applicant = empty.applicant()
    page = applicant.get('/apply/user')
    empty.later(60)
    text = exhausting()
    page = applicant.post(page, act, **answers('user', berth_text=text))
    assert page.status in (200, 422) and page.form('continue').fields['berth-text'] == text.rstrip('\n') + '\n'
    if act == 'attach':  # its application block alone is looked for, and there is none
        assert 'no application block' in page.text
    elif not is_sanitized(empty.process.pid):  # whose memory has no end
        assert 'more time or memory' in page.text
    assert applicant.get('/apply').status == 200


@pytest.mark.parametrize('depth', [200, 30000])
def test_depth_breaks_nothing(empty, depth):
    applicant = empty.applicant()
    text = 'protocol deep { types { client request A { ' + 'sized u16 { ' * depth + '} ' * depth + '} } }'
    page = applicant.post(applicant.get('/apply/user'), 'check', **answers('user', berth_text=text))
    assert page.status == 200 and 'line 1 of the description' in page.text


# ---- twice, late, guessed ----

@pytest.mark.asvs('2.3.4')
def test_sent_twice_is_one_application(fresh):
    check = fresh.fill('user')
    first, second = (fresh.applicant().post(check, 'send') for _ in range(2))
    assert first.status == second.status == 303 and first.headers['Location'] == second.headers['Location']
    assert len(fresh.registry.json('mail', 'list')) == 1


def test_sent_with_other_answers_is_not_what_was_sent_before(fresh):
    applicant = fresh.applicant()
    check = fresh.fill('user')
    first = applicant.post(check, 'send')
    check = applicant.post(applicant.post(check, 'back'), 'continue', title='Corrected afterwards')
    second = applicant.post(check, 'send')
    assert second.status == 303 and second.headers['Location'] != first.headers['Location']
    assert 'Corrected afterwards' in applicant.get(fresh.confirm()).text


def test_sent_again_after_it_was_confirmed_is_still_the_same(fresh):
    """Though its name is held by now: for itself."""
    check = fresh.fill('user')
    first = fresh.applicant().post(check, 'send')
    fresh.confirm()
    assert fresh.applicant().post(check, 'send').headers.get('Location') == first.headers['Location']
    assert len(fresh.registry.json('review')) == 1


def test_another_form_with_the_same_answers_is_another_application(fresh):
    first, second = fresh.send(short='one'), fresh.send(short='two')
    assert first.headers['Location'] != second.headers['Location']


@pytest.mark.asvs('3.5.1')
@pytest.mark.parametrize('token', ['', 'x', '1.' + '0' * 64])
@pytest.mark.parametrize('act', ['continue', 'send'])
def test_a_form_without_its_token_comes_back_whole(fresh, token, act):
    page = fresh.fill('user', short='exfiles' if act == 'send' else 'ssh')
    page = fresh.applicant().post(page, act, token=token)
    assert page.status == 403 and page.title.startswith('Error: ') and 'There is a problem' in page.text
    for key in ('formats', 'title', 'applicant-email'):
        assert page.form(act).fields[key] == ANSWERS[key]
    assert fresh.registry.json('mail', 'list') == []
    fresh.later(60)
    assert fresh.applicant().post(page, act, short='exfiles').status == (303 if act == 'send' else 200)


def test_a_form_that_was_open_too_long_comes_back_whole(fresh):
    check = fresh.fill('user')
    fresh.later(13 * 3600)
    page = fresh.applicant().post(check, 'send')
    assert page.status == 403 and page.form('send').fields['formats'] == ANSWERS['formats']
    assert fresh.applicant().post(page, 'send').status == 303


def test_a_form_from_before_a_restart_is_sent_once_more(fresh):
    check = fresh.fill('user')
    fresh.restart()
    page = fresh.applicant().post(check, 'send')
    assert page.status == 403 and page.form('send').fields['formats'] == ANSWERS['formats']
    fresh.later(10)
    assert fresh.applicant().post(page, 'send').status == 303


@pytest.mark.asvs('2.3.3', '16.5.2')
def test_a_busy_store_loses_nothing(fresh):
    check = fresh.fill('user')
    with contextlib.closing(sqlite3.connect(fresh.registry.path)) as connection:
        connection.execute('BEGIN EXCLUSIVE')
        page = fresh.applicant().post(check, 'send')
        connection.rollback()
    assert page.status == 503 and page.headers['Retry-After'] and page.title.startswith('Error: ')
    assert page.form('send').fields['formats'] == ANSWERS['formats']
    assert fresh.applicant().post(page, 'send').status == 303


@pytest.mark.asvs('2.4.1')
def test_too_many_applications_have_to_wait(tmp_path):
    fresh = House(tmp_path)
    with contextlib.ExitStack() as stack:
        stack.callback(fresh.clean_up)
        fresh.start('--limit', 'submissions=1/1')
        assert fresh.send().status == 303
        page = fresh.applicant().post(fresh.fill(short='other'), 'send')
        assert page.status == 429 and page.form('send').fields['short'] == 'other' and page.headers['Retry-After']


def test_descriptions_are_examined_so_often_and_no_more(tmp_path):
    fresh = House(tmp_path)
    with contextlib.ExitStack() as stack:
        stack.callback(fresh.clean_up)
        fresh.start('--limit', 'slow=1/1')
        applicant = fresh.applicant()
        page = applicant.get('/apply/user')
        for words in ('What the examiner will see', 'examined very often'):
            page = applicant.post(page, 'check', **answers('user', berth_text=EXAMPLE.read_text()))
            assert words in page.text
        assert page.form('continue').fields['formats'] == ANSWERS['formats']
        fresh.later(60)
        refused = applicant.post(page, 'continue')
        assert refused.status == 422 and 'examined very often' in refused.text
        assert applicant.post(refused, 'continue', berth_text='').title.startswith('Check your answers')


@pytest.mark.asvs('2.4.1')
def test_programs_that_fill_in_everything_give_themselves_away(fresh):
    page = fresh.fill('user', homepage='https://example.net')
    assert page.status == 422 and 'people do not see' in page.text
    assert page.form('continue').fields['formats'] == ANSWERS['formats']
    trap = [attributes for tag, attributes in page.read.tags if tag == 'div' and 'hidden' in attributes]
    assert not trap
    assert fresh.applicant().post(page, 'continue', homepage='').title.startswith('Check your answers')


@pytest.mark.asvs('2.4.1')
def test_nobody_writes_that_fast(fresh):
    applicant = fresh.applicant()
    page = applicant.post(applicant.get('/apply/user'), 'continue', **answers('user'))
    assert page.status == 422 and 'faster than people write' in page.text
    fresh.later(5)
    assert applicant.post(page, 'continue').title.startswith('Check your answers')


def test_the_field_for_programs_is_hidden_from_people(empty):
    page = empty.applicant().get('/apply/user')
    at = [index for index, (tag, attributes) in enumerate(page.read.tags) if attributes.get('name') == 'homepage'][0]
    assert any(tag == 'div' and 'hidden' in attributes for tag, attributes in page.read.tags[at - 4:at])


@pytest.mark.asvs('8.2.2')
@pytest.mark.parametrize('path', ['/confirm/', '/track/', '/consent/'])
def test_guessed_links_tell_nothing(fresh, path):
    fresh.begin()
    applicant = fresh.applicant()
    texts = {applicant.get(path + token).text for token in (
        'a' * 26, 'x', fresh.token('confirm'), '%3Cscript%3E', 'b' * 3000, fresh.token('receipt')[::-1])}
    assert len(texts) == 1 and 'leads nowhere' in texts.pop()
    assert applicant.get(path + 'a' * 26).status == 404
    for other in {'/confirm/', '/consent/'} - {path}:
        assert applicant.get(other + fresh.token('receipt')).status == 404


@pytest.mark.asvs('15.3.3')
def test_more_fields_than_were_asked_for_do_nothing(fresh):
    reference, path = fresh.begin(state='approved', reference_number='7', own_staff='1', kind='system', v='2',
                                   decision='assign')
    dossier = fresh.registry.json('review', 'show', reference)
    assert dossier['state'] == 'validating' and dossier['kind'] == 'user' and dossier['own_staff'] == 0
    assert 'approved' not in str(dossier['form'])
    form = fresh.applicant().get(path).form('withdraw')
    again = fresh.applicant().send(form, form.fields | {'act': 'assign', 'state': 'assigned'}, {})
    assert again.status == 400 and fresh.registry.json('review', 'show', reference)['state'] == 'validating'


# ---- what people and programs type ----

HOSTILE = {
    'markup': '<script>alert(1)</script> "\' & </textarea></pre>',
    'lines': 'one\ntwo\r\nSet-Cookie: a=b',
    'direction': 'abc \u202e\u2066 def',
    'controls': 'a\x01b\x1b[31mc',
    'long': 'x' * 100_000,
    'template': '{{7*7}} ${7*7} %s%n',
}


@pytest.mark.asvs('1.2.1', '2.2.1')
@pytest.mark.parametrize('name', HOSTILE)
@pytest.mark.parametrize('field', ['applicant', 'applicant-email', 'formats', 'types', 'opcodes', 'sequences', 'functions',
                                   'broadcast', 'reference', 'title', 'short', 'port', 'berth-text'])
def test_whatever_is_typed_comes_back_inert(empty, name, field):
    value = HOSTILE[name].replace('\r\n', '\n')
    page = empty.fill('user', **{field: value, 'broadcast-is': 'yes'})
    assert page.status in (200, 422)
    assert '<script>' not in page.raw and 'Set-Cookie' not in page.headers
    assert not [attributes for tag, attributes in page.read.tags if any(key.startswith('on') for key in attributes)]
    fields = page.form('send' if page.status == 200 else 'continue').fields
    assert fields[field] == value
    shown = page.raw
    for back in re.findall(r'(?s)<textarea.*?</textarea>| value="[^"]*"', page.raw):
        shown = shown.replace(back, '')
    assert '\u202e' not in shown and '\x1b' not in shown


def test_nul_is_no_text(empty):
    applicant = empty.applicant()
    page = applicant.post(applicant.get('/apply/user'), 'check', **answers('user', formats=b'a\0b'))
    assert page.status == 400


CANARIES = {key: f'canary-{key}-zq' + ' is why it must be so, and no other way.' * key.startswith('why') for key in (
    'applicant', 'assignee', 'contact', 'formats', 'types', 'opcodes', 'sequences', 'functions', 'reference', 'title',
    'description', 'why-not-dynamic', 'why-not-user', 'why-reserved', 'unauthorized-use', 'notes', 'versioning', 'security',
    'development', 'other')}
PUBLIC = ['/', '/search?q=canary', '/search?q=exfiles', '/service/exfiles', '/port/20001', '/map', '/map.svg', '/statistics',
          '/downloads', '/changes', '/rules', '/guidelines', '/audit', '/apply', '/apply/free?name=exfiles',
          '/organisation?name=canary', '/apply/user', '/calls', '/robots.txt', '/download/iana-csv', '/download/json',
          '/download/iana-xml', '/download/services', '/health']


@pytest.mark.asvs('8.2.3')
@pytest.mark.parametrize('kind', ['user', 'system'])
def test_answers_are_on_no_public_page(fresh, kind):
    """Before a decision none of them; the name alone is told to be asked for."""
    canaries = {key: value for key, value in CANARIES.items() if kind == 'system' or key != 'why-not-user'}
    addresses = {'applicant-email': 'canary-applicant@example.org', 'assignee-email': 'canary-assignee@example.org',
                 'contact-email': 'canary-contact@example.org'}
    reference, _ = fresh.begin(kind, short='exfiles', broadcast_is='yes', broadcast='canary-broadcast-zq', **canaries,
                                **addresses)
    assert 'canary-formats-zq' in fresh.review('show', reference)
    for path in PUBLIC:
        page = fresh.applicant().get(path)
        assert page.status < 500 and 'canary' not in page.raw.replace('q=canary', '').replace('name=canary', '').replace(
            'value="canary"', '').replace('>canary<', '').replace('"canary"', '').replace('canary &ndash;', ''), path
    assert 'canary' not in fresh.log()
    assert 'canary' not in fresh.registry.text('audit', 'log', '--json')


def test_what_is_assigned_shows_what_is_public_alone(fresh):
    fresh.registry.run('band', 'set', '20000-20999', 'team')
    reference, path = fresh.begin(port='20001', **{key: value for key, value in CANARIES.items()
                                                    if key not in ('why-not-user', 'why-reserved')})
    fresh.review('finding', reference, 'all', 'understood')
    assert 'Assigned' not in fresh.applicant().get(path).text
    fresh.review('assign', reference, '-m', 'Complete.')
    assert 'Assigned exfiles 20001/tcp' in fresh.applicant().get(path).text
    assert 'Assigned exfiles 20001/tcp' in fresh.dossier('rae', reference).words
    seen = ' '.join(fresh.applicant().get(path).raw for path in PUBLIC)
    public = {'assignee', 'contact', 'reference', 'description', 'unauthorized-use', 'notes', 'title'}
    assert {key for key, canary in CANARIES.items() if canary in seen} <= public
    assert CANARIES['assignee'] in seen
