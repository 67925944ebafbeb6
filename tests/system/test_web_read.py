"""The pages that only read: the map, files, changes, statistics, rules, guidelines, calls; what they say is what commands say."""
import json
import re
import xml.etree.ElementTree

import pytest

from support.registry import SMALL, listing, row

WHOLE = ['services', 'nmap', 'nftables', 'ufw', 'reserved-ports', 'dns-sd', 'json', 'iana-csv', 'iana-xml']


def cells(text):
    """The rows of all tables as lists of words."""
    rows = re.findall(r'(?s)<tr[^>]*>(.*?)</tr>', text)
    return [[re.sub(r'<[^>]+>', '', cell).strip() for cell in re.findall(r'(?s)<t[dh][^>]*>(.*?)</t[dh]>', each)]
            for each in rows]


# ---- files ----

@pytest.mark.parametrize('name', WHOLE)
def test_a_download_is_what_the_command_exports(web_site, name):
    answer = web_site.get(f'/download/{name}')
    assert answer.status == 200
    assert answer.octets == web_site.registry.run('export', name)
    assert 'attachment' in answer.headers['content-disposition']
    assert answer.headers['x-content-type-options'] == 'nosniff'


@pytest.mark.parametrize('query, options', [
    ('status=reserved', ['--status', 'reserved']), ('transport=udp', ['--transport', 'udp']), ('name=ssh', ['ssh']),
    ('band=system', ['--band', 'system'])])
def test_a_part_of_it_is_the_same_part(web_site, query, options):
    assert web_site.get(f'/download/json?{query}').octets == web_site.registry.run('export', 'json', *options)


@pytest.mark.parametrize('path, status', [
    ('/download/odt', 404), ('/download/json?status=lost', 400), ('/download/json?transport=ip', 400),
    ('/download/json?band=none', 400), ('/download/json?day=soon', 400), ('/download/json?day=2001-01-01', 404),
    ('/map?transport=ip', 400), ('/map.svg?transport=ip', 400),
    ('/download/firewalld', 400), ('/download/firewalld?name=ssh', 200), ('/download/firewalld?name=nobodys', 404)])
def test_what_cannot_be_chosen_says_what_can(web_site, path, status):
    answer = web_site.get(path)
    assert answer.status == status, answer.words


# ---- the map ----

def test_the_picture_is_well_formed_and_may_show_itself(web_site):
    for query in ('', '?transport=udp', '?from=0&to=1023', '?from=6000&to=6100', '?from=22&to=22', '?from=9&to=1',
                  '?since=2026-01-01'):
        answer = web_site.get('/map.svg' + query)
        assert answer.status == 200 and answer.headers['content-type'].startswith('image/svg+xml')
        xml.etree.ElementTree.fromstring(answer.octets)
        assert re.search(r"style-src 'sha256-[A-Za-z0-9+/=]+'", answer.headers['content-security-policy'])


def test_each_part_of_the_map_leads_on_until_there_are_ports(web_site):
    path, steps = '/map', 0
    while steps < 8:
        page = web_site.get(path).text
        parts = re.findall(r'<a href="(/(?:map|port/)[^"]*)" tabindex="-1">', page)
        assert parts
        if parts[0].startswith('/port/'):
            break
        path, steps = parts[0].replace('&amp;', '&'), steps + 1
    assert parts[22] == '/port/22' and steps == 2
    few = web_site.get('/map?from=20&to=25').text
    assert re.findall(r'<th scope="row"><a href="([^"]*)">([^<]*)', few) == [(f'/port/{port}', str(port)) for port in range(20, 26)]


def test_the_table_below_counts_what_the_picture_shows(web_site):
    counted = [each for each in cells(web_site.get('/map?transport=tcp').text) if re.match(r'\d+ to', each[0])]
    assert len(counted) == 16
    for each in counted:
        assert sum(int(number.replace(',', '')) for number in each[1:]) == 4096
    assert counted[0][1] == '2' and counted[1][1] == '64'


def test_the_map_of_another_day_and_what_came_since(web_site):
    web_site.registry.put(SMALL.replace(b'6064-6065,', b'6065,') + row('new', 6064, 'tcp', 'New').encode() + b'\n',
                          '--dated', '2026-06-01', name='june.csv')
    web_site.registry.run('publish')
    page = web_site.get('/map?since=2026-01-01&from=6064&to=6064&transport=tcp').text
    assert ['6064', '1', '0', '0', '1', '0'] in cells(page)
    old = web_site.get('/map?day=2026-01-01&from=6064&to=6064&transport=tcp').text
    assert ['6064', '0', '0', '1'] in cells(old)


# ---- changes, statistics ----

def test_changes_between_two_days(web_site):
    later = listing(row('ssh', 22, 'tcp', 'Secure Shell'), row('tele', 24, 'tcp', '<b>Bold</b>'))
    web_site.registry.put(later, '--dated', '2026-06-01', name='june.csv')
    web_site.registry.run('publish')
    told = cells(web_site.get('/changes?from=2026-01-01&to=2026-06-01').text)
    assert ['new', '24 tcp', 'tele', '&lt;b&gt;Bold&lt;/b&gt;'] in told
    assert any(each[:3] == ['edited', '22 tcp', 'ssh'] and 'Secure Shell' in each[3] for each in told)
    assert any(each[0] == 'gone' for each in told)
    assert web_site.get('/changes?from=sometime').status == 400


def test_statistics_are_those_of_the_rows(web_site):
    told = cells(web_site.get('/statistics').text)
    assert ['System ports, TCP', '2', '1', '1,021'] in told
    assert ['System ports, UDP', '1', '0', '1,023'] in told
    assert any(each[0] == 'user' for each in told)
    assert ['2026-01-01', 'iana', '8'] in told


def test_rules_are_all_there_with_an_anchor_each(web_site):
    page = web_site.get('/rules').text
    rules = json.loads(web_site.get('/api/v1/rules').octets)['rules']
    assert len(rules) > 60
    for rule in rules:
        assert f'<tr id="{rule["id"]}">' in page


def test_the_guidelines_say_what_the_forms_refer_to(web_site):
    assert 'rendezvous' in web_site.get('/guidelines').words
    dccp = web_site.get('/guidelines/dccp').words
    assert 'RFC 4340' in dccp and 'RFC 5595' in dccp and 'SC:fdpz' in dccp
    assert web_site.get('/guidelines/wine').status == 404


def test_the_description_in_the_guidelines_is_right(web_site, tmp_path):
    page = web_site.get('/guidelines/descriptions').text
    example = re.search(r'(?s)<pre>(.*?)</pre>', page)[1]
    for entity, character in (('&quot;', '"'), ('&gt;', '>'), ('&lt;', '<'), ('&amp;', '&')):
        example = example.replace(entity, character)
    path = tmp_path / 'exfiles.berth'
    path.write_text(example)
    told = web_site.registry.run('check', path).decode()
    assert ': error ' not in told


def test_the_chain_s_head_is_the_command_s(web_site):
    head = json.loads(web_site.get('/api/v1/audit').octets)
    assert head['hash'] in web_site.get('/audit').text
    assert head['hash'] in web_site.registry.text('audit', 'anchor')
