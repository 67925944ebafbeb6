"""The public pages that only read: what stands on them, what never does, and where their links lead."""
import html
import json
import pathlib
import re
import urllib.parse

import pytest

from support.registry import listing, row
from support.web import Site

SOME_OF_IANA = pathlib.Path(__file__).resolve().parents[2] / 'examples/registry/some-of-iana-2026-02-25.csv'
HOSTILE = '"><script>alert(1)</script>'

# What strangers have put into a base, and enough to fill more than two pages.
MORE = listing(
    *(row(f'many-{number}', number, 'tcp', 'One of many', assignee='[Many_Org]') for number in range(9000, 9120)),
    row('hostile', 9999, 'tcp', HOSTILE, HOSTILE, assignee=f'[{HOSTILE}]', contact=HOSTILE, reference=HOSTILE),
    row(HOSTILE, 9998, 'tcp', 'A name as it was never allowed'),
    row('steers', 9997, 'tcp', 'A text that turns \u202e around'),
    row('www', 80, 'tcp', 'Another name on a number that has one'),
    row('wot', transport='tcp', description='A name without a number'),
    row('coded', 9996, 'dccp', 'With a service code', code='1717858426'),
    row(port='9990-9995', transport='tcp', description='Unassigned'))

# One assignee that is an organisation and one that is a person, as IANA publishes both.
PEOPLE = '''<?xml version='1.0' encoding='UTF-8'?>
<registry xmlns="http://www.iana.org/assignments" id="service-names-port-numbers">
<title>Service Name and Transport Protocol Port Number Registry</title>
<updated>2026-05-01</updated>
<record><name>of-office</name><protocol>tcp</protocol><xref type="person" data="Office"/><description>Of an organisation</description><number>7001</number></record>
<record><name>of-ada</name><protocol>tcp</protocol><xref type="person" data="Ada"/><description>Of a person</description><number>7002</number></record>
<people>
<person id="Ada"><name>Ada Secretname</name><uri>mailto:ada&amp;example.org</uri></person>
<person id="Office"><org>Example Office</org><uri>mailto:office&amp;example.org</uri></person>
</people>
</registry>
'''


@pytest.fixture(name='site', scope='module')
def _site(tmp_path_factory):
    """A site with something of everything."""
    made = Site(tmp_path_factory.mktemp('pages'))
    made.registry.run('import', SOME_OF_IANA)
    made.registry.put(MORE, '--as', 'more', '--dated', '2026-04-01')
    made.registry.put(PEOPLE.encode(), '--as', 'people', name='people.xml')
    yield made.start()
    made.clean_up()


def links(answer):
    return [html.unescape(link) for link in re.findall(r'href="(/[^"#]*)"', answer.text)]


def rows_of(answer):
    """The service of each line of a table of rows."""
    table = re.search(r'(?s)<table class="rows">.*?</table>', answer.text)[0]
    return [re.sub(r'<[^>]+>', ' ', line).split() for line in re.findall(r'(?s)<tr>(?!<th)(.*?)</tr>', table)]


# ---- a number ----

def test_port_says_what_it_is(site):
    answer = site.get('/port/5254')
    assert answer.status == 200
    for words in ('tcp assigned logcabin LogCabin storage service', 'udp reserved', 'sctp no entry',
                  'logcabin 5254/tcp', '_logcabin._tcp', '[function logcabin] handover = relay target = 127.0.0.1:5254',
                  'User Ports, 1024-49151', 'user, 1024-49151: the registrar decides'):
        assert words in answer.words, words
    assert {'/service/logcabin', '/port/5253', '/port/5255', '/api/v1/ports/5254'} <= set(links(answer))


def test_port_of_one_transport(site):
    answer = site.get('/port/5254?transport=udp')
    assert 'Port 5254/udp' in answer.words and 'udp reserved' in answer.words
    assert 'logcabin' not in answer.words
    assert site.get('/port/5254?transport=icmp').status == 404


def test_port_that_nobody_has(site):
    answer = site.get('/port/9992')
    assert 'Nobody has this number.' in answer.words and '(in the range 9990-9995)' in answer.words
    assert '[listen local] address = 127.0.0.1:9992' in answer.words
    assert '/apply' in links(answer)


def test_port_inside_a_range(site):
    assert 'x11 X Window System (in the range 6000-6063)' in site.get('/port/6010').words


def test_port_of_the_dynamic_range_is_never_assigned(site):
    answer = site.get('/port/60000')
    assert 'nobody will' in answer.words and 'Nearest free' not in answer.words


@pytest.mark.parametrize(('port', 'neighbours'), [(0, range(0, 9)), (3, range(0, 9)), (5254, range(5250, 5259)),
                                                  (65535, range(65527, 65536))])
def test_port_has_nine_neighbours_at_either_end_too(site, port, neighbours):
    quay = re.search(r'(?s)<ol class="quay">.*?</ol>', site.get(f'/port/{port}').text)[0]
    assert [int(number) for number in re.findall(r'>(\d+)</(?:a|strong)>', quay)] == list(neighbours)


@pytest.mark.parametrize('port', ['65536', '99999999999999999999', '-1', '080', '0x50', '80%20', '80tcp', '1e3', '%2e', '٨٠'])
def test_what_is_no_port_is_told_so(site, port):
    answer = site.get('/port/' + urllib.parse.quote(port, safe='%'))
    assert answer.status == 404 and 'Ports are the numbers from 0 to 65535' in answer.words


def test_port_tells_its_history(site):
    words = site.get('/port/22').words
    assert '2026-01-01 assigned ssh 22/tcp' in words and '2026-02-25 edited ssh 22/tcp' in words


# ---- a name ----

def test_service_has_all_its_rows(site):
    answer = site.get('/service/HTTP')
    assert answer.status == 200 and '<h1>http</h1>' in answer.text
    assert [line[:3] for line in rows_of(answer)] == [['80', 'tcp', 'assigned'], ['80', 'udp', 'assigned'],
                                                      ['80', 'sctp', 'assigned']]
    assert 'History' in answer.words and 'https://www.rfc-editor.org/rfc/rfc9110' in answer.text


def test_service_shows_other_names_on_its_numbers(site):
    assert 'Other names on the same numbers: www' in site.get('/service/http').words


def test_service_that_is_not_there_names_near_ones(site):
    answer = site.get('/service/htp')
    assert answer.status == 404 and 'Near: http' in answer.words
    assert '/service/http' in links(answer)
    assert site.get('/service/' + 'x' * 300).status == 404


def test_service_with_a_name_that_was_never_allowed(site):
    answer = site.get('/service/' + urllib.parse.quote(HOSTILE, safe=''))
    assert answer.status == 200 and '<script>alert' not in answer.text


# ---- the search ----

@pytest.mark.parametrize(('question', 'first'), [
    ('ssh', ['22', 'tcp', 'assigned', 'ssh']), ('22/udp', ['22', 'udp', 'assigned', 'ssh']),
    ('ssh/udp', ['22', 'udp', 'assigned', 'ssh']), ('6000-6010', ['6000-6063', 'tcp', 'assigned', 'x11']),
    ('_wot._tcp', ['none', 'tcp', 'assigned', 'wot']), ('SC:fdpz', ['9996', 'dccp', 'assigned', 'coded']),
    ('window  SYSTEM', ['6000-6063', 'tcp', 'assigned', 'x11']), ('9992', ['9992', 'unassigned', 'unassigned', '(in']),
    (' \tssh', ['22', 'tcp', 'assigned', 'ssh']), ('ssh ', ['22', 'tcp', 'assigned', 'ssh']),
    (' 22 \t', ['22', 'tcp', 'assigned', 'ssh'])])
def test_search_understands(site, question, first):
    answer = site.get('/search?' + urllib.parse.urlencode({'q': question}))
    assert answer.status == 200 and rows_of(answer)[0][:len(first)] == first
    assert html.unescape(re.search(r'id="q"[^>]*value="([^"]*)"', answer.text)[1]) == question.strip(' \t')


def test_search_filters(site):
    for query, index, wanted in (('transport=udp', 1, 'udp'), ('status=reserved', -1, 'Reserved')):
        lines = rows_of(site.get('/search?' + query))
        assert lines and all(line[index] == wanted for line in lines), query
    answer = site.get('/search?q=ssh&status=reserved')
    assert 'with this transport and status' in answer.words and '<option value="reserved" selected>' in answer.text
    assert {line[1] for line in rows_of(site.get('/search?q=80&transport=sctp'))} == {'sctp'}
    assert 'Nothing in this registry has this transport and status.' in site.get('/search?status=unclear&transport=dccp').words


def test_search_goes_on_page_by_page(site):
    seen, path = [], '/search?q=many'
    for caption in ('1 to 50 of 120 rows', '51 to 100 of 120 rows', '101 to 120 of 120 rows'):
        answer = site.get(path)
        assert caption in answer.words
        seen += [line[3] for line in rows_of(answer)]
        following = re.search(r'rel="next" href="([^"]*)"', answer.text)
        path = following and html.unescape(following[1])
    assert path is None and seen == [f'many-{number}' for number in range(9000, 9120)]
    assert 'rel="prev"' in answer.text
    assert 'There are only 120 rows.' in site.get('/search?q=many&from=500').words
    assert site.get('/search?q=many&from=-1').status == site.get('/search?q=many&from=x').status == 200


@pytest.mark.parametrize(('question', 'sentence'), [
    ('htp', 'Nothing in this registry has htp . Near: http'), ('99999', 'has a number above 65535'),
    ('6063-6000', 'is a range that ends before it begins'), ('SC:toolong', 'is no service code'),
    ('SC:abcd', 'nobody has the service code'), ('ssh ' * 16 + 'nobodyhasthis', 'more than 16 words'), ('x' * 300, 'is longer than any name')])
def test_search_says_why_there_is_nothing(site, question, sentence):
    answer = site.get('/search?' + urllib.parse.urlencode({'q': question}))
    assert answer.status == 200 and sentence in answer.words and '<table' not in answer.text


# ---- who has something ----

def test_organisation_has_a_page(site):
    answer = site.get('/organisation?name=%5BOffice%5D')
    assert answer.status == 200 and [line[0] for line in rows_of(answer)] == ['7001']
    assert 'x-robots-tag' not in answer.headers
    assert '/organisation?name=%5BOffice%5D' in links(site.get('/port/7001'))


def test_people_are_not_listed(site):
    answer = site.get('/organisation?name=%5BAda%5D')
    assert answer.status == 404 and 'does not list what a person holds' in answer.words
    assert 'of-ada' not in answer.text
    page = site.get('/port/7002')
    assert '[Ada]' in page.words and not [link for link in links(page) if link.startswith('/organisation')]


def test_who_may_be_a_person_is_left_out_by_robots(site):
    answer = site.get('/organisation?name=%5BMany_Org%5D')
    assert answer.status == 200 and answer.headers['x-robots-tag'] == 'noindex' and 'content="noindex"' in answer.text
    assert not [link for link in links(site.get('/port/9000')) if link.startswith('/organisation')]


def test_names_and_addresses_of_people_stand_nowhere(site):
    for path in ('/port/7001', '/port/7002', '/service/of-ada', '/search?q=Ada', '/search?q=Secretname', '/organisation?name=%5BOffice%5D'):
        answer = site.get(path)
        assert 'Secretname' not in answer.text.replace('value="Secretname"', '').replace('<strong>Secretname', '')
        assert 'ada@' not in answer.text and 'ada&amp;' not in answer.text, path


def test_assignee_that_is_not_there(site):
    for name in ('', 'nobody', HOSTILE):
        assert site.get('/organisation?' + urllib.parse.urlencode({'name': name})).status == 404


# ---- all of them ----

@pytest.mark.parametrize('path', [
    '/port/9999', '/port/9998', '/service/hostile', '/search?q=hostile', '/search?q=99', '/search?q=%22%3E%3Cscript%3Ealert(1)',
    '/organisation?name=%5B%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%5D', '/port/%22%3E%3Cscript%3Ealert(1)',
    '/service/%22%3E%3Cscript%3Ealert(1)', '/search?transport=%22%3E%3Cscript%3Ealert(1)&status=%22%3E%3Cscript%3Ealert(1)'])
def test_text_of_strangers_is_text(site, path):
    answer = site.get(path)
    assert '<script>alert' not in answer.text and 'style="' not in answer.text
    assert answer.text.count('<script') == 1 and answer.text.count('</html>') == 1


def test_what_turns_the_reading_around_is_named(site):
    assert '[U+202E]' in site.get('/service/steers').words


def test_every_link_leads_somewhere(site):
    """From the first page on, two clicks deep."""
    seen, following = set(), {'/'}
    for _ in range(3):
        found = set()
        for path in sorted(following - seen):
            answer = site.get(path)
            assert answer.status in (200, 303), path
            seen.add(path)
            found |= {link for link in links(answer) if not re.match(r'/(port|service|search|download|api|map)\b', link)}
            found |= set(links(answer)[:60]) if path in ('/', '/port/5254') else set()
        following = found


def test_pages_are_asked_for_once(site):
    """With its ETag, nothing is sent again; robots and assets are told how long to keep what they have."""
    answer = site.get('/port/5254')
    assert site.get('/port/5254', If_None_Match=answer.headers['etag']).status == 304
    asset = re.search(r'src="(/asset/[^"]*)"', answer.text)[1]
    kept = site.get(asset)
    assert kept.status == 200 and 'immutable' in kept.headers['cache-control'] and kept.headers['content-type'].startswith('text/javascript')
    assert site.get('/asset/berth.0000000000000000.js').status == 404
    assert site.get('/asset/..%2f..%2fetc%2fpasswd').status == 404


def test_robots_leave_alone_what_is_not_for_them(site):
    rules = site.get('/robots.txt')
    assert rules.headers['content-type'].startswith('text/plain')
    assert {f'Disallow: {path}' for path in ('/apply', '/track/', '/confirm/', '/consent/', '/staff')} <= set(rules.text.split('\n'))


def test_pages_tell_what_the_commands_tell(site):
    """The same rows by the same words."""
    told = site.registry.json('lookup', '5254/tcp')[0]
    words = site.get('/port/5254').words
    assert all(told[key] in words for key in ('name', 'status', 'holder', 'description', 'since')), json.dumps(told)
