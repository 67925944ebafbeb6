"""Exports as their real readers take them: the C library, nmap, nft, firewalld, ufw, sysctl, and Python's own parsers."""
import configparser
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree

import pytest

from support import machine
from support.registry import COULD_NOT, CSV, DAY, DONE, NO, USAGE, XML, Registry, listing, needs_data, row

SECONDS = 60

# Everything a reader could trip over, in one list.
LIST = listing(
    row('discard', 9, 'sctp', 'Discard'),
    row('sql*net', 66, 'tcp', 'Oracle SQL*NET', 'This entry is an alias to "sql-net".'),
    row('sql-net', 66, 'tcp', 'Oracle SQL*NET\nIANA assigned this well-formed service name as a replacement for "sql*net".'),
    row('HTTP', 80, 'tcp', 'World Wide Web', 'Defined TXT keys: u=<username>'),
    row('www', 80, 'tcp'),
    row('WWW', 80, 'tcp'),
    row('urd', 465, 'tcp', 'URL Rendezvous Directory for SSM'),
    row('submissions', 465, 'tcp', 'Message Submission over TLS protocol'),
    row('igmpv3lite', 465, 'udp', 'IGMP over UDP for SSM'),
    row('shell', 514, 'tcp', 'cmd'),
    row('syslog', 514, 'udp'),
    row('', 515, 'tcp', 'Reserved'),
    row('', '516-520', '', 'Unassigned'),
    row('Apple Remote Desktop (Net Assistant)', 3283, 'tcp', 'blanks'),
    row('has#mark', 3284, 'tcp', 'a mark'),
    row('vrml-multi-use', '4200-4299', '', 'VRML Multi User Systems'),
    row('x11', '6000-6063', 'tcp', 'X Window System'),
    row('x11', '6000-6063', 'udp', 'X Window System'),
    row('swx', '7300-7359', 'tcp', 'The Swiss Exchange'),
    row('flex-lm', '27000-27009', 'tcp', 'FLEX LM (1-10)'),
    row('line-end', 28001, 'tcp', 'one\ntelnet\t23/tcp\t0.9\n[ssh]\nports=23/tcp'),
    row('return', 28002, 'tcp', 'one\rtelnet 23/tcp'),
    row('mark', 28003, 'tcp', '# telnet 23/tcp ; % %(x)s ${y} $(z) `z` \' \\ "q"'),
    row('markup', 28004, 'tcp', ']]></description><port protocol="tcp" port="23"/>--><!-- & < >'),
    row('rules', 28005, 'tcp', '" }; flush ruleset; add table inet owned; #'),
    row('right-to-left', 28006, 'tcp', 'abc \u202e dcba \u2066 \u2028 \x7f \x9b2J'),
    row('long', 28007, 'tcp', 'long ' * 2000),
    row('\u00e9tude', 28008, 'tcp', 'no ASCII in the name: \u00e9'),
    row('wot', '', 'tcp', 'W3C WoT', 'Defined TXT keys: td, type'),
    row('1password', '', '', 'Passwords', 'Defined TXT keys: None'))

OWN = b'''port,transport,service,team,purpose
20017,tcp,http,payments,ours
20018,udp,billing-disc,payments,where invoices are
'''


@pytest.fixture(name='registry', scope='module')
def _registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp('exports')).init()
    registry.put(LIST, '--dated', '2026-01-01')
    registry.run('band', 'set', '20000-20999', 'team')
    registry.put(OWN, '--as', 'own', name='own.csv')
    return registry


@pytest.fixture(name='real', scope='module')
def _real(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp('real')).init()
    registry.run('import', CSV)
    return registry


def may_unshare(kind):
    return machine.ROOT and subprocess.run(['unshare', kind, 'true'], capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not may_unshare('-m'), reason='needs a mount namespace of its own')
needs_network = pytest.mark.skipif(not may_unshare('-n'), reason='needs a network namespace of its own')


# ufw is unpacked, not installed: as a package it has a service.
UNPACKED = pathlib.Path(os.environ.get('BERTH_CLIENTS', pathlib.Path(__file__).resolve().parents[2] / 'build/clients'))
WITH_UNPACKED = {**os.environ, 'PYTHONPATH': str(UNPACKED / 'usr/lib/python3/dist-packages')}


def needs_module(name, package):
    found = subprocess.run([machine.PYTHON, '-c', f'import {name}'], capture_output=True, check=False,
                           env=WITH_UNPACKED).returncode == 0
    return pytest.mark.skipif(not found, reason=f'needs {package}')


def run(*words, code=0, **options):
    ran = subprocess.run(list(map(str, words)), capture_output=True, timeout=SECONDS, check=False, **options)
    assert ran.returncode == code, (ran.stdout[-2000:], ran.stderr[-2000:])
    return ran.stdout.decode()


def python(program, *arguments):
    """Debian's modules are those of Debian's Python; nothing may be said on standard error."""
    ran = subprocess.run([machine.PYTHON, '-c', program, *map(str, arguments)], capture_output=True, timeout=SECONDS,
                         check=False, env=WITH_UNPACKED)
    assert ran.returncode == 0 and ran.stderr == b'', (ran.stdout[-2000:], ran.stderr[-2000:])
    return json.loads(ran.stdout)


def exported(registry, folder, *arguments):
    path = folder / arguments[0]
    registry.run('export', *arguments, '-o', path)
    return path


def rows_without_comments(text):
    return [line for line in text.split('\n') if line and not line.startswith('#')]


def numbers(text):
    """ "1-3,5" as a set."""
    parts = [part.partition('-') for part in text.split(',') if part]
    return {port for lo, _, hi in parts for port in range(int(lo), int(hi or lo) + 1)}


def assigned(path, *transports):
    """Names and numbers of IANA's file, counted here: {(name, transport, port)}; no transport is TCP and UDP."""
    found = set()
    with open(path, encoding='utf-8', newline='') as stream:
        for cells in list(csv.reader(stream))[1:]:
            if cells[0] and cells[1]:
                ports = numbers(cells[1])
                for transport in [cells[2]] if cells[2] else ['tcp', 'udp']:
                    if transport in transports:
                        found |= {(cells[0].lower(), transport, port) for port in ports}
    return found


# ---- the C library ----

GETSERVBY = '''
import json, socket, sys
def ask(function, *arguments):
    try:
        return function(*arguments)
    except OSError:
        return None
questions = json.load(open(sys.argv[1]))
print(json.dumps([ask(getattr(socket, question[0]), *question[1:]) for question in questions]))
'''


def ask_c_library(services, tmp_path, questions):
    """getservbyname and getservbyport with this file as /etc/services, and no other source."""
    (tmp_path / 'questions').write_text(json.dumps(questions))
    (tmp_path / 'nsswitch.conf').write_text('services: files\n')
    (tmp_path / 'program').write_text(GETSERVBY)
    script = ('mount --bind "$1" /etc/services && mount --bind "$2" /etc/nsswitch.conf && exec "$3" "$4" "$5"')
    return json.loads(run('unshare', '-m', 'sh', '-c', script, 'sh', services, tmp_path / 'nsswitch.conf', machine.PYTHON,
                          tmp_path / 'program', tmp_path / 'questions'))


@needs_mounts
def test_the_c_library_reads_services(registry, tmp_path):
    answers = {
        ('getservbyname', 'http', 'tcp'): 20017,       # the organisation's own before IANA's
        ('getservbyport', 80, 'tcp'): 'http',
        ('getservbyname', 'www', 'tcp'): 80,
        ('getservbyname', 'HTTP', 'tcp'): None,        # the C library minds case; so only lower case is written
        ('getservbyname', 'sql-net', 'tcp'): 66,
        ('getservbyname', 'sql*net', 'tcp'): 66,
        ('getservbyport', 66, 'tcp'): 'sql-net',
        ('getservbyport', 514, 'tcp'): 'shell',
        ('getservbyport', 514, 'udp'): 'syslog',
        ('getservbyname', 'submissions', 'tcp'): 465,
        ('getservbyport', 465, 'udp'): 'igmpv3lite',
        ('getservbyport', 6063, 'udp'): 'x11',
        ('getservbyport', 4299, 'tcp'): 'vrml-multi-use',
        ('getservbyport', 4299, 'udp'): 'vrml-multi-use',
        ('getservbyname', 'swx', 'tcp'): 7300,
        ('getservbyport', 27009, 'tcp'): 'flex-lm',
        ('getservbyport', 515, 'tcp'): None,
        ('getservbyport', 3283, 'tcp'): None,          # a name with blanks
        ('getservbyport', 3284, 'tcp'): None,
        ('getservbyname', 'wot', 'tcp'): None,
        ('getservbyport', 23, 'tcp'): None,
        ('getservbyname', 'telnet', 'tcp'): None,
        **{('getservbyport', port, 'tcp'): name for port, name in
           {28001: 'line-end', 28002: 'return', 28003: 'mark', 28004: 'markup', 28005: 'rules', 28007: 'long'}.items()},
    }
    services = exported(registry, tmp_path, 'services')
    assert ask_c_library(services, tmp_path, list(answers)) == list(answers.values())


@needs_data
@needs_mounts
def test_the_c_library_finds_all_of_ianas_names(real, tmp_path):
    services = exported(real, tmp_path, 'services')
    wanted = sorted(assigned(CSV, 'tcp', 'udp', 'sctp', 'dccp'))
    lines = [line.split('#')[0].split() for line in rows_without_comments(services.read_text())]
    found = {(name, transport, int(port)) for line in lines for port, transport in [line[1].split('/')]
             for name in [line[0], *line[2:]]}
    assert found == set(wanted)
    assert len({line[1] for line in lines}) == len(lines)
    # A sample through the C library itself; it reads the file from its beginning for each question.
    sample = wanted[::machine.as_often_as(97, 7)]
    lowest = {}
    for name, transport, port in wanted:
        lowest.setdefault((name, transport), port)
    answers = ask_c_library(services, tmp_path, [('getservbyname', *one[:2]) for one in sample])
    assert answers == [lowest[one[:2]] for one in sample]


# ---- nmap ----

@machine.needs('nmap')
def test_nmap_reads_its_services(registry, tmp_path):
    (tmp_path / 'nmap-services').write_bytes(registry.run('export', 'nmap'))
    words = ['nmap', '--datadir', tmp_path, '-n', '-Pn', '-sT', '-oX', '-']
    scan = xml.etree.ElementTree.fromstring(run(*words, '-p', 'x11,sql*,long', '127.0.0.1'))
    assert scan.find('scaninfo').get('services') == '66,6000-6063,28007'
    # A name the file does not have is refused: nothing of the descriptions became an entry.
    assert 'telnet' not in run(*words, '-p', 'long', '127.0.0.1')
    run(*words, '-p', 'telnet', '127.0.0.1', code=1)
    named = xml.etree.ElementTree.fromstring(run(*words, '-p', '514,4250', '127.0.0.1'))
    names = {int(port.get('portid')): port.find('service').get('name') for port in named.iter('port')}
    assert names == {514: 'shell', 4250: 'vrml-multi-use'}


@needs_data
@machine.needs('nmap')
def test_nmap_reads_all_of_ianas(real, tmp_path):
    octets = real.run('export', 'nmap')
    assert max(map(len, octets.split(b'\n'))) < 1023
    fields = [line.split('\t') for line in rows_without_comments(octets.decode())]
    assert {tuple(line[1].split('/')) for line in fields} == {(str(port), transport) for _, transport, port in
                                                             assigned(CSV, 'tcp', 'udp', 'sctp')}
    assert len({line[1] for line in fields}) == len(fields)
    assert all(line[2] == '0.000000' and (len(line) == 3 or line[3].startswith('# ')) for line in fields)
    (tmp_path / 'nmap-services').write_bytes(octets)
    run('nmap', '--datadir', tmp_path, '-n', '-Pn', '-sT', '-p', 'http*', '127.0.0.1')


# ---- nft ----

LIST_SETS = 'nft -f "$1" && nft -f "$1" && nft -j list sets'


def sets_of(path):
    """Loads the file twice into a network namespace of its own; what is in its sets then."""
    listed = json.loads(run('unshare', '-n', 'sh', '-c', LIST_SETS, 'sh', path))['nftables']
    sets = {}
    for one in (entry['set'] for entry in listed if 'set' in entry):
        ports = set()
        for element in one.get('elem', []):
            value = element['elem']['val'] if isinstance(element, dict) and 'elem' in element else element
            lo, hi = value['range'] if isinstance(value, dict) else (value, value)
            ports |= set(range(lo, hi + 1))
        sets[one['table'], one['name']] = ports
    return sets


@needs_network
@machine.needs('nft')
def test_nft_reads_sets(registry, tmp_path):
    path = exported(registry, tmp_path, 'nftables', '--name', 'some_ports')
    run('unshare', '-n', 'nft', '-c', '-f', path)
    sets = sets_of(path)
    assert set(sets) == {('berth', 'some_ports_tcp'), ('berth', 'some_ports_udp')}
    assert sets['berth', 'some_ports_udp'] == {465, 514, 20018, *range(4200, 4300), *range(6000, 6064)}
    assert {66, 80, 465, 514, 20017, *range(6000, 6064), *range(7300, 7360), 28001} <= sets['berth', 'some_ports_tcp']
    assert not {9, 23, 515, 516} & sets['berth', 'some_ports_tcp']
    own = exported(registry, tmp_path, 'nftables', '--band', 'team', '--name', 'team_ports')
    assert sets_of(own) == {('berth', 'team_ports_tcp'): {20017}, ('berth', 'team_ports_udp'): {20018}}
    text = path.read_text()
    assert not re.search(r'^[^#]*\b(accept|drop|chain|rule|ruleset)\b', text, re.MULTILINE)


@needs_network
@machine.needs('nft')
def test_nft_goes_on_with_rules_that_use_a_set(registry, tmp_path):
    path = exported(registry, tmp_path, 'nftables', '--own', '--name', 'ours')
    script = ('nft -f "$1" && nft add chain inet berth c && nft add rule inet berth c tcp dport @ours_tcp counter && '
              'nft -f "$1" && nft list chain inet berth c')
    assert '@ours_tcp' in run('unshare', '-n', 'sh', '-c', script, 'sh', path)


@needs_data
@needs_network
@machine.needs('nft')
def test_nft_reads_all_of_ianas(real, tmp_path):
    sets = sets_of(exported(real, tmp_path, 'nftables'))
    for transport in ('tcp', 'udp'):
        assert sets['berth', f'berth_ports_{transport}'] == {port for _, _, port in assigned(CSV, transport)}


@pytest.mark.parametrize('name', ['a b', '1', 'a;flush', 'a-b', ''])
def test_names_of_sets_are_checked(registry, name):
    ran = subprocess.run(registry.command('export', 'nftables', '--name', name), capture_output=True, timeout=SECONDS,
                         check=False)
    assert ran.returncode in (USAGE, COULD_NOT) and ran.stdout == b'' and ran.stderr.startswith(b'berth: ')


# ---- firewalld ----

FIREWALLD = '''
import json, os, sys
from firewall.core.io.service import service_reader
services = {}
for name in os.listdir(sys.argv[1]):
    service = service_reader(name, sys.argv[1])
    service.check_config(service.export_config())
    assert not (service.protocols or service.modules or service.source_ports or service.includes or service.helpers)
    services[service.name] = [service.short, service.description, service.ports]
print(json.dumps(services))
'''

needs_firewalld = needs_module('firewall.core.io.service', 'python3-firewall')


@needs_firewalld
def test_firewalld_reads_a_folder(registry, tmp_path):
    folder = tmp_path / 'services'
    registry.run('export', 'firewalld', '-o', f'{folder}/')
    services = python(FIREWALLD, folder)
    assert services['x11'] == ['x11', 'X Window System', [['6000-6063', 'tcp'], ['6000-6063', 'udp']]]
    assert services['vrml-multi-use'][2] == [['4200-4299', 'tcp'], ['4200-4299', 'udp']]
    assert services['discard'][2] == [['9', 'sctp']]
    assert services['http'][2] == [['80', 'tcp'], ['20017', 'tcp']]
    assert services['sql-net'][2] == [['66', 'tcp']]
    assert services['apple-remote-desktop-net-assistant'][2] == [['3283', 'tcp']]
    assert services['markup'] == ['markup', ']]></description><port protocol="tcp" port="23"/>--><!-- & < >',
                                  [['28004', 'tcp']]]
    assert 'wot' not in services
    assert not any(['23', 'tcp'] in ports for _, _, ports in services.values())
    assert all(re.fullmatch('[a-z0-9]([a-z0-9-]*[a-z0-9])?', name) for name in services)
    assert len(services['long'][1]) < 1024
    assert all(text.isprintable() for _, text, _ in services.values())


@needs_firewalld
def test_firewalld_reads_one_service(registry, tmp_path):
    (tmp_path / 'one').mkdir()
    (tmp_path / 'one/own.xml').write_bytes(registry.run('export', 'firewalld', 'billing-disc'))
    assert python(FIREWALLD, tmp_path / 'one') == {'own': ['billing-disc', 'where invoices are', [['20018', 'udp']]]}
    assert '-o' in registry.text('export', 'firewalld', code=USAGE)


@needs_data
@needs_firewalld
def test_firewalld_reads_many_of_ianas(real, tmp_path):
    folder = tmp_path / 'services'
    real.run('export', 'firewalld', '1-1023', '-o', f'{folder}/')
    services = python(FIREWALLD, folder)
    wanted = {}
    for name, transport, port in assigned(CSV, 'tcp', 'udp', 'sctp', 'dccp'):
        if port < 1024 and re.fullmatch('[a-z0-9-]+', name):
            wanted.setdefault(name, set()).add((port, transport))
    for name, ports in wanted.items():
        found = {(port, transport) for text, transport in services[name][2] for port in numbers(text)}
        assert found == ports, name


# ---- ufw ----

UFW = '''
import gettext, json, sys
gettext.install("ufw")
import ufw.applications
print(json.dumps(ufw.applications.get_profiles(sys.argv[1])))
'''

needs_ufw = needs_module('ufw.applications', 'ufw')


@needs_ufw
def test_ufw_reads_profiles(registry, tmp_path):
    exported(registry, tmp_path, 'ufw')
    profiles = python(UFW, tmp_path)
    assert profiles['berth-x11'] == {'title': 'x11', 'description': 'X Window System',
                                     'ports': '6000:6063/tcp|6000:6063/udp'}
    assert profiles['berth-vrml-multi-use']['ports'] == '4200:4299/tcp|4200:4299/udp'
    assert profiles['berth-http']['ports'] == '80/tcp|20017/tcp'
    assert profiles['berth-mark']['description'] == '# telnet 23/tcp ; % %(x)s ${y} $(z) `z` \' \\ "q"'
    assert 'berth-discard' not in profiles and 'ssh' not in profiles
    assert not any(re.search(r'\b23/', profile['ports']) for profile in profiles.values())
    assert '[Team billing-disc]' in registry.text('export', 'ufw', '--own', '--name', 'Team ')


@needs_data
@needs_ufw
def test_ufw_reads_all_of_ianas(real, tmp_path):
    path = exported(real, tmp_path, 'ufw')
    parser = configparser.RawConfigParser()
    parser.read(path)
    profiles = python(UFW, tmp_path)
    assert set(profiles) == set(parser.sections())
    assert {f'berth-{name}' for name, _, _ in assigned(CSV, 'tcp', 'udp') if re.fullmatch('[a-z0-9-]+', name)} \
        <= set(profiles)


# ---- sysctl ----

LOAD_SYSCTL = '''
import json, os, subprocess, sys
path = "/proc/sys/net/ipv4/ip_local_reserved_ports"
subprocess.run(["sysctl", "-q", "-p", sys.argv[1]], check=True)
descriptor, read = os.open(path, os.O_RDONLY), b""
while True:
    octets = os.read(descriptor, 65536)
    if not octets:
        break
    read += octets
print(json.dumps(read.decode().strip()))
'''


def reserved(path):
    return json.loads(run('unshare', '-n', machine.PYTHON, '-c', LOAD_SYSCTL, path))


@needs_network
@machine.needs('sysctl')
def test_the_kernel_takes_reserved_ports(registry, tmp_path):
    path = exported(registry, tmp_path, 'reserved-ports')
    (line,) = path.read_text().splitlines()
    value = line.partition(' = ')[2]
    assert reserved(path) == value
    assert {66, 80, 514, 20017, 20018, *range(6000, 6064)} <= numbers(value)
    assert not {9, 515, 516} & numbers(value)


@needs_data
@needs_network
@machine.needs('sysctl')
def test_the_kernel_takes_all_of_one_page(real, tmp_path):
    """It passes over what does not fit into a page; so nothing may be written that it does not read."""
    path = exported(real, tmp_path, 'reserved-ports')
    comment, line = path.read_text().splitlines()
    value = line.partition(' = ')[2]
    assert reserved(path) == value
    left_out = int(re.fullmatch(r'# Left out, .*-([0-9]+)\.', comment)[1])
    assert left_out < 32768
    assert numbers(value) == {port for _, _, port in assigned(CSV, 'tcp', 'udp') if port > left_out}


# ---- DNS-SD, CSV, JSON, XML ----

LABEL = re.compile(r'_([A-Za-z0-9](?:-?[A-Za-z0-9])*)\._(tcp|udp)')


def test_labels_of_dns_sd(registry):
    lines = rows_without_comments(registry.text('export', 'dns-sd'))
    labels = [line.split('\t')[0] for line in lines]
    assert all(LABEL.fullmatch(label) and len(label.split('.')[0]) <= 16 for label in labels)
    assert len(set(labels)) == len(labels)
    assert {'_discard._udp', '_wot._tcp', '_1password._tcp', '_1password._udp', '_sql-net._tcp'} <= set(labels)
    assert '_wot._tcp\t# W3C WoT; TXT keys: td, type' in lines


@needs_data
def test_every_name_alone_has_a_label(real):
    lines = rows_without_comments(real.text('export', 'dns-sd'))
    names = {LABEL.match(line)[1].lower() for line in lines}
    with open(CSV, encoding='utf-8', newline='') as stream:
        alone = {cells[0].lower() for cells in list(csv.reader(stream))[1:] if not cells[1]}
    assert {name for name in alone if re.fullmatch('[a-z0-9](-?[a-z0-9])*', name) and len(name) <= 15} <= names
    assert sum('TXT keys: ' in line for line in lines) > 300


def test_csv_of_chosen_rows(registry):
    chosen = list(csv.reader(io.StringIO(registry.run('export', 'iana-csv', 'x11', 'line-end').decode(), newline='')))
    assert [cells[:3] for cells in chosen[1:]] == [['x11', '6000-6063', 'tcp'], ['x11', '6000-6063', 'udp'],
                                                   ['line-end', '28001', 'tcp']]
    assert chosen[3][3] == 'one\ntelnet\t23/tcp\t0.9\n[ssh]\nports=23/tcp'
    assert len(chosen[0]) == 12


def test_json(registry):
    whole = json.loads(registry.run('export', 'json'))
    assert whole['notice'] and whole['registry'] == 'Example' and whole['day']
    entries = {(entry['name'], entry['port'], entry['transport']): entry for entry in whole['entries']}
    with io.StringIO(LIST.decode(), newline='') as stream:
        for cells in list(csv.reader(stream))[1:]:
            port = min(numbers(cells[1]), default=None)
            entry = entries[cells[0], port, cells[2]]
            assert (entry['description'], entry['notes'], entry['port_text']) == (cells[3], cells[11], cells[1])
    assert entries['http', 20017, 'tcp']['source'] == 'own' and entries['http', 20017, 'tcp']['band'] == 'team'
    assert len({frozenset(entry) for entry in whole['entries']}) == 1
    looked_up = registry.json('lookup', 'x11')[0]
    assert looked_up.items() <= entries['x11', 6000, 'tcp'].items()


def test_no_export_steers_a_terminal(registry):
    for name in ('services', 'nmap', 'nftables', 'ufw', 'dns-sd', 'reserved-ports', 'json'):
        text = registry.text('export', name)
        assert not re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]', text), name


def test_the_notice_stands_where_there_are_comments(registry):
    notice = json.loads(registry.run('export', 'json'))['notice']
    for name in ('services', 'nmap', 'nftables', 'ufw', 'dns-sd'):
        head = [line[1:].strip() for line in registry.text('export', name).splitlines() if line.startswith('#')]
        assert ' '.join(notice.split()) in ' '.join(head).replace('- -', '--'), name


XML_NAMESPACE = {'i': 'http://www.iana.org/assignments'}


def test_xml_of_chosen_rows(registry):
    root = xml.etree.ElementTree.fromstring(registry.run('export', 'iana-xml', '28000-28010', '80/tcp'))
    records = {record.findtext('i:number', None, XML_NAMESPACE): record.findtext('i:description', None, XML_NAMESPACE)
               for record in root.iter(f'{{{XML_NAMESPACE["i"]}}}record')}
    assert '80' in records and len(records) == 9
    assert records['28004'] == ']]></description><port protocol="tcp" port="23"/>--><!-- & < >'


# ---- differences and pictures ----

@needs_data
def test_a_difference_of_days(tmp_path):
    real = Registry(tmp_path).init()
    real.run('import', CSV)
    lines = CSV.read_bytes().replace(b'\nhttps,443,tcp,', b'\nhttps,443,tcp,Not ', 1)
    later = real.put(lines, '--dated', '2026-03-01', name='later.csv')
    assert '14,500 rows' in later
    text = real.text('diff', DAY, '2026-03-01', code=NO)
    assert [line[:15] for line in text.splitlines()[2:]] == ['-https,443,tcp,', '+https,443,tcp,']
    assert real.text('diff', DAY, '2026-03-01', '--stat', code=NO) == ' tcp   0 assigned  0 de-assigned  1 edited\n'
    changes = json.loads(real.run('diff', DAY, '2026-03-01', '--json', code=NO))['changes']
    assert [(change['kind'], change['columns']) for change in changes] == [('edited', ['Description'])]
    assert real.run('diff', DAY, DAY, code=DONE) == b''
    assert real.text('diff', CSV, XML, '--stat', code=NO).startswith(' tcp')


@needs_data
def test_a_map_is_a_picture_of_moderate_size(real, tmp_path):
    path = tmp_path / 'map.svg'
    real.run('map', '-o', path)
    assert path.stat().st_size <= 400_000
    root = xml.etree.ElementTree.parse(path).getroot()
    assert root.tag == '{http://www.w3.org/2000/svg}svg'
    if shutil.which('rsvg-convert'):
        run('rsvg-convert', '-w', 400, '-o', tmp_path / 'map.png', path)
        assert (tmp_path / 'map.png').read_bytes().startswith(b'\x89PNG')
    lines = real.text('map', '--text').splitlines()
    assert max(map(len, lines)) <= 80 and not any('\x1b' in line for line in lines)
    assert sum(bool(re.match(' *[0-9]+ ', line)) for line in lines) == 32
