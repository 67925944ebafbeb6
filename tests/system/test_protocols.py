"""The descriptions that come with berth: each is in order, and knows the first messages of real clients beside it."""
import json
import re

import pytest

from support import detection
from support.command import berth

DESCRIPTIONS = sorted(detection.FOLDER.glob('*.berth'))
NAMES = [path.stem for path in DESCRIPTIONS]

# Messages without a mark: never chosen by content beside others, only where they are alone.
ALONE = {'exfiles', 'rlpx', 'tcpmux'}
OVER_UDP = {'tftp'}

# A selector, and a value that it has in one of the protocol's examples.
SELECTED = {
    'ajp13': ('path', '/app/index.jsp'), 'beanstalk': ('tube', 'mail.out'), 'diameter': ('host', 'a.example.org'),
    'fix': ('sender', 'ANNA'), 'gearman': ('function', 'resize'), 'git': ('service', 'receive-pack'),
    'hislip': ('device', 'hislip0'), 'http1': ('host', 'www.example.org'), 'irc': ('user', 'guest'),
    'jsonrpc': ('method', 'mining.subscribe'), 'kafka': ('client', 'rdkafka'),
    'ldap': ('user', 'cn=admin,dc=example,dc=org'), 'minecraft': ('host', 'mc.example.org'),
    'mqtt': ('client', 'sensor-7'), 'nats': ('subject', 'orders.new'),
    'opcua': ('url', 'opc.tcp://station7:48010/Sample'), 'oracle': ('service', 'sales.example.org'),
    'postgresql': ('database', 'sales'), 'proxy2': ('authority', 'www.example.org'),
    'rdp': ('cookie', 'mstshash=anna'), 'redis': ('verb', 'HELLO'), 'rtsp': ('path', '/live'), 'sip': ('user', 'anna'),
    'smpp': ('user', 'login'), 'socks4': ('host', 'www.example.org'), 'ssh': ('software', 'PuTTY_Release_0.78'),
    'stomp': ('host', 'broker.example.org'), 'thrift': ('method', 'OpenSession'), 'tls': ('sni', 'www.example.org'),
    'ws_syslog': ('host', 'mymachine.example.org'), 'xmpp': ('to', 'example.org'),
}


def examples(name):
    lines = (detection.FOLDER / 'examples' / f'{name}.hex').read_text(encoding='ascii').splitlines()
    return [bytes.fromhex(line) for line in lines if line and not line.startswith('#')]


def classify(tmp_path, messages, *arguments):
    path = tmp_path / 'messages'
    path.write_text(''.join(f'{octets.hex()}\n' for octets in messages), encoding='ascii')
    lines = berth('classify', '--hex-lines', path, *arguments).decode().splitlines()
    assert len(lines) == len(messages)
    return lines


def verdicts(tmp_path, messages, *arguments):
    """[(protocol or '-', octets needed)]"""
    lines = (line.split('\t') for line in classify(tmp_path, messages, *arguments))
    return [(name, int(octets)) for name, octets in lines]


@pytest.mark.parametrize('path', DESCRIPTIONS, ids=NAMES)
def test_each_is_in_order(path):
    report = berth('check', path).decode()
    assert f'{path}: no errors\n' in report and 'warning' not in report


@pytest.mark.parametrize('path', DESCRIPTIONS, ids=NAMES)
def test_each_says_what_it_is(path):
    text = path.read_text(encoding='ascii')
    assert re.match(rf'// {path.stem} - .+\n// Source: .+\n(//         .+\n)*// Selects: .+\n(//          .+\n)*\n'
                    rf'protocol {path.stem} {{\n', text)
    assert re.findall(r'^  (title|short|reference|transport) ', text, re.MULTILINE) == [
        'title', 'short', 'reference', 'transport']
    assert all(len(line) <= 120 for line in text.splitlines())


def test_the_table_of_the_read_me():
    text = (detection.FOLDER / 'README.md').read_text(encoding='ascii')
    rows = re.findall(r'^\| `([a-z0-9_]+)` \|', text, re.MULTILINE)
    assert rows == NAMES == sorted(path.stem for path in (detection.FOLDER / 'examples').glob('*.hex'))


def test_examples_beside_all_others(tmp_path):
    """One table of all descriptions: each example gives the name of its own, and none another's."""
    for transport, names in (('tcp', set(NAMES) - OVER_UDP), ('udp', OVER_UDP)):
        messages = [(name, octets) for name in sorted(names) for octets in examples(name)]
        found = verdicts(tmp_path, [octets for _, octets in messages], '--transport', transport, detection.FOLDER)
        wrong = [(name, verdict, octets.hex()) for (name, octets), (verdict, _) in zip(messages, found)
                 if verdict != name and not (verdict == '-' and name in ALONE)]
        assert wrong == []


@pytest.mark.parametrize('name', sorted(ALONE))
def test_examples_alone(tmp_path, name):
    found = verdicts(tmp_path, examples(name), detection.FOLDER / f'{name}.berth')
    assert {verdict for verdict, _ in found} == {name}


def test_as_many_octets_as_are_needed(tmp_path):
    """The verdict depends on the octets it says it needs, and on none behind them."""
    messages = [octets for name in NAMES for octets in examples(name)]
    whole = verdicts(tmp_path, messages, detection.FOLDER)
    cut = [(octets[:needed], name, needed) for octets, (name, needed) in zip(messages, whole) if name != '-']
    assert verdicts(tmp_path, [octets for octets, _, _ in cut], detection.FOLDER) == [
        (name, needed) for _, name, needed in cut]


def test_what_is_selected(tmp_path):
    messages = [(name, octets) for name in SELECTED for octets in examples(name)]
    lines = classify(tmp_path, [octets for _, octets in messages], '--json', detection.FOLDER)
    found = {name: set() for name in SELECTED}
    for (name, _), line in zip(messages, lines):
        found[name] |= {(value['selector'], value.get('text')) for value in json.loads(line)['values']}
    assert {name: value for name, value in SELECTED.items() if value not in found[name]} == {}
