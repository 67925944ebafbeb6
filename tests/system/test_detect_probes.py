"""First messages of foreigners: what nmap probes with, and the examples of all descriptions, whole and cut."""
import pathlib
import random
import re

import pytest

from support import detection, machine, servers
from support.command import berth

PROBES = 'usr/share/nmap/nmap-service-probes'
PROBE = re.compile(r'Probe TCP (\S+) q(.)(.*?)\2')
ESCAPE = re.compile(rb'\\(x[0-9a-fA-F]{2}|.)', re.DOTALL)
PLAIN = {b'0': b'\0', b'a': b'\a', b'b': b'\b', b'f': b'\f', b'n': b'\n', b'r': b'\r', b't': b'\t', b'v': b'\v'}

# What a probe is. Every probe that does not stand here is of a protocol that no description speaks of.
SPOKEN = {
    'GetRequest': 'http1', 'HTTPOptions': 'http1', 'FourOhFourRequest': 'http1', 'OfficeScan': 'http1',
    'apple-iphoto': 'http1', 'metasploit-msgrpc': 'http1', 'hazelcast-http': 'http1', 'docker': 'http1',
    'RTSPRequest': 'rtsp', 'SIPOptions': 'sip', 'RPCCheck': 'sunrpc', 'DNSVersionBindReqTCP': 'dnstcp',
    'SSLSessionReq': 'tls', 'TLSSessionReq': 'tls', 'TLS-PSK': 'tls', 'SSLv23SessionReq': 'sslv2',
    'TerminalServerCookie': 'rdp', 'TerminalServer': 'rdp', 'Kerberos': 'kerberos', 'SMBProgNeg': 'smb',
    'X11Probe': 'x11', 'LDAPSearchReq': 'ldap', 'LDAPBindReq': 'ldap', 'JavaRMI': 'rmi', 'Radmin': 'radmin',
    'oracle-tns': 'oracle', 'Socks5': 'socks5', 'Socks4': 'socks4', 'ms-sql-s': 'mssql', 'drda': 'drda',
    'mongodb': 'mongodb', 'redis-server': 'redis', 'couchbase-data': 'memcache_bin', 'giop': 'giop', 'ajp': 'ajp13',
    'tn3270': 'telnet', 'OpenVPN': 'openvpn', 'mqtt': 'mqtt', 'adbConnect': 'adb', 'Memcache': 'memcache_text',
    'DNSStatusRequestTCP': 'dnstcp', 'HELP4STOMP': 'stomp',
}
# Too short to be told apart from others, or not quite what their protocol allows: no answer is right too.
DOUBTFUL = {'TerminalServer', 'Socks5', 'Socks4', 'tn3270', 'Memcache', 'DNSStatusRequestTCP', 'HELP4STOMP', 'ajp',
            'Radmin', 'OpenVPN', 'RTSPRequest', 'Kerberos', 'mongodb', 'RPCCheck'}


def probes(path):
    """{name: octets} of the TCP probes that say something."""
    found = {}
    for line in path.read_bytes().split(b'\n'):
        probe = PROBE.match(line.decode('latin-1'))
        if probe and probe[3]:
            found[probe[1]] = ESCAPE.sub(
                lambda match: bytes([int(match[1][1:], 16)]) if len(match[1]) == 3 else PLAIN.get(match[1], match[1]),
                probe[3].encode('latin-1'))
    return found


def classify(tmp_path, messages):
    """[(protocol or '-', octets needed)] for each of these first messages."""
    path = tmp_path / 'messages'
    path.write_text(''.join(f'{octets.hex()}\n' for octets in messages), encoding='ascii')
    lines = berth('classify', '--hex-lines', path, '--descriptions', detection.FOLDER).decode().splitlines()
    assert len(lines) == len(messages)
    return [(name, int(octets)) for name, octets in (line.split('\t') for line in lines)]


@pytest.mark.skipif(bool(servers.missing([PROBES])), reason='needs nmap-common (./dev test unpacks it)')
def test_probes_of_nmap(tmp_path):
    found = probes(servers.first_of((servers.UNPACKED, pathlib.Path('/')), PROBES))
    assert len(found) > 90 and set(SPOKEN) <= set(found)
    verdicts = dict(zip(found, classify(tmp_path, found.values())))
    wrong = {name: verdict for name, (verdict, _) in verdicts.items()
             if verdict != SPOKEN.get(name, '-') and not (verdict == '-' and name in DOUBTFUL)}
    assert wrong == {}
    assert all(0 < needed <= len(found[name]) for name, (verdict, needed) in verdicts.items() if verdict != '-')


def test_random_octets_are_of_nobody(tmp_path):
    chance = random.Random(4)
    messages = [chance.randbytes(chance.choice((1, 4, 20, 300))) for _ in range(machine.as_often_as(1000, 20000))]
    verdicts = classify(tmp_path, [b'SSH-2.0-client\r\n', *messages])
    assert verdicts[0][0] == 'ssh' and {name for name, _ in verdicts[1:]} == {'-'}


# ---- the examples that stand beside the descriptions ----

EXAMPLES = sorted((detection.FOLDER / 'examples').glob('*.hex'))
EACH = machine.as_often_as(2, 50)  # of the examples of a protocol, how many are cut


def examples(path):
    """First messages of the protocol that the file is named after, one a line."""
    lines = path.read_text(encoding='ascii').splitlines()
    return [bytes.fromhex(line) for line in lines if line and not line.startswith('#')]


def test_examples_are_of_their_protocol(tmp_path):
    """Beside all other protocols; some are too short to be told apart, but none is taken for another's."""
    messages = [(path.stem, octets) for path in EXAMPLES for octets in examples(path)]
    verdicts = classify(tmp_path, [octets for _, octets in messages])
    wrong = [(protocol, verdict, octets.hex()) for (protocol, octets), (verdict, _) in zip(messages, verdicts)
             if verdict not in (protocol, '-')]
    assert wrong == []
    right = sum(protocol == verdict for (protocol, _), (verdict, _) in zip(messages, verdicts))
    assert right > 0.9 * len(messages)


@pytest.mark.timeout(machine.as_often_as(180, 900))
def test_examples_cut_anywhere(run_berthd, tmp_path):
    """A function for every protocol: what berthd finds in pieces is what `berth classify` finds in the whole."""
    chance = random.Random(5)
    messages = [octets for path in EXAMPLES
                for octets in chance.sample(examples(path), min(EACH, len(examples(path))))]
    verdicts = [(octets, name) for octets, (name, _) in zip(messages, classify(tmp_path, messages)) if name != '-']
    spoken = {name: f'p{number}' for number, name in enumerate(sorted({name for _, name in verdicts}))}
    berthd = run_berthd(
        ''.join(detection.echo(function, name, f'priority = {number}')
                for number, (name, function) in enumerate(spoken.items())),
        general=detection.BUNDLED, listen='dialects = detect\nrate-per-source = off\n')
    wrong = []
    for octets, verdict in verdicts:
        for pieces in (1, 2, 6):
            said = detection.say_in_pieces(berthd.address, detection.cut(octets, chance, pieces), 0.002)
            if said != f'{spoken[verdict]}\n'.encode():
                wrong.append((verdict, said, octets.hex()))
    assert wrong == []
