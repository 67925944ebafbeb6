"""What a first message says beside its protocol chooses a function: names of hosts, paths, databases, any field."""
import random
import time

import pytest

from support import client, detection, hello, machine
from support.detection import BUNDLED, OWN, cat, echo

DETECT = 'dialects = detect\nrate-per-source = off\nfirst-message = 10s\n'
CUTS = machine.as_often_as(60, 2000)
MANY = machine.as_often_as(500, 10000)


@pytest.fixture(name='start')
def _start(run_berthd):
    """start(functions...) is a berthd with the descriptions that come with it."""
    def start(*functions):
        return run_berthd(''.join(functions), general=BUNDLED, listen=DETECT)
    return start


def request(host='one.example.org', path='/', *headers):
    lines = [f'GET {path} HTTP/1.1', *headers, f'Host: {host}', 'Accept: */*', '', '']
    return '\r\n'.join(lines).encode()


def startup(*, user='somebody', **parameters):
    """A StartupMessage of PostgreSQL's."""
    words = b''.join(f'{word}\0'.encode() for pair in {'user': user, **parameters}.items() for word in pair)
    return (len(words) + 9).to_bytes(4, 'big') + b'\0\3\0\0' + words + b'\0'


# ---- http ----

@pytest.fixture(name='sites')
def _sites(start):
    return start(
        echo('one', 'http1', 'host = one.example.org'), echo('api', 'http1', 'host = one.example.org', 'path = /api/*'),
        echo('two', 'http1', 'host = two.example.org, three.example.org'),
        echo('below', 'http1', 'host = *.example.net'), echo('page', 'http1', 'path = /page'))


@pytest.mark.parametrize('octets,name', [
    (request(), 'one'), (request('ONE.example.ORG'), 'one'), (request('one.example.org:8080'), 'one'),
    (request('one.example.org', '/api/x'), 'api'), (request('one.example.org', '/api/'), 'api'),
    (request('one.example.org', '/api/x?y=/z'), 'api'), (request('elsewhere.example.com', '/page?x'), 'page'),
    (request('one.example.org', '/apix'), 'one'), (request('one.example.org', '/API/x'), 'one'),
    (request('two.example.org', '/api/x'), 'two'), (request('three.example.org'), 'two'),
    (request('a.example.net'), 'below'), (request('a.b.example.net:1'), 'below'), (request('example.net'), None),
    (request('badexample.net'), None), (request('one.example.orgx'), None), (request('xone.example.org'), None),
    (request('elsewhere.example.com', '/page'), 'page'), (request('elsewhere.example.com', '/page/x'), None),
    (request('one.example.org', '/', 'X-Forwarded-Host: two.example.org'), 'one'),
    (request('two.example.org', '/' + 'long/' * 500, *(f'X-{number}: {"x" * 50}' for number in range(60))), 'two'),
    (b'GET / HTTP/1.0\r\n\r\n', None)])
def test_http(sites, octets, name):
    answer = f'{name}\n'.encode() if name else b''
    assert client.say(sites.address, octets) == answer
    assert detection.say_in_pieces(sites.address, detection.cut(octets, random.Random(1)), 0.01) == answer


def test_http_octet_by_octet(sites):
    for host, path, name in (('one.example.org', '/', 'one'), ('one.example.org:80', '/api/2', 'api'),
                             ('x.example.net', '/', 'below')):
        octets = detection.one_by_one(request(host, path))
        assert detection.say_in_pieces(sites.address, octets, 0.001) == f'{name}\n'.encode()


def test_a_function_without_conditions_takes_the_rest(start):
    berthd = start(echo('one', 'http1', 'host = one.example.org'), echo('rest', 'http1'))
    assert client.say(berthd.address, request()) == b'one\n'
    assert client.say(berthd.address, request('elsewhere.example.com')) == b'rest\n'
    assert client.say(berthd.address, b'GET / HTTP/1.0\r\n\r\n') == b'rest\n'


@pytest.mark.parametrize('conditions,host,path,name', [
    ({'exact': 'host = a.example.org', 'below': 'host = *.example.org'}, 'a.example.org', '/', 'exact'),
    ({'exact': 'host = a.example.org', 'below': 'host = *.example.org'}, 'b.example.org', '/', 'below'),
    ({'near': 'host = *.b.example.org', 'far': 'host = *.example.org'}, 'a.b.example.org', '/', 'near'),
    ({'near': 'host = *.b.example.org', 'far': 'host = *.example.org'}, 'b.example.org', '/', 'far'),
    ({'deep': 'path = /a/b/*', 'flat': 'path = /a/*'}, 'a.example.org', '/a/b/c', 'deep'),
    ({'both': 'host = a.example.org\npath = /x', 'host': 'host = a.example.org'}, 'a.example.org', '/x', 'both'),
    ({'both': 'host = a.example.org\npath = /x', 'host': 'host = a.example.org'}, 'a.example.org', '/y', 'host'),
    ({'some': 'host = a.example.org', 'rest': ''}, 'a.example.org', '/', 'some'),
    ({'some': 'host = a.example.org', 'rest': ''}, 'b.example.org', '/', 'rest')])
def test_the_more_special_function_wins_wherever_it_stands(start, conditions, host, path, name):
    functions = [echo(function, 'http1', condition) for function, condition in conditions.items()]
    for order in (functions, functions[::-1]):
        assert client.say(start(*order).address, request(host, path)) == f'{name}\n'.encode()


def test_of_equals_the_first_wins(start):
    functions = [echo('host', 'http1', 'host = a.example.org'), echo('path', 'http1', 'path = /x')]
    for order, name in ((functions, 'host'), (functions[::-1], 'path')):
        assert client.say(start(*order).address, request('a.example.org', '/x')) == f'{name}\n'.encode()


# ---- tls ----

@pytest.fixture(name='named')
def _named(start):
    return start(
        echo('mail', 'tls', 'sni = a.example.org', 'alpn = imap'),
        echo('a-h2', 'tls', 'sni = a.example.org', 'alpn = h2'),
        echo('a', 'tls', 'sni = a.example.org'),
        echo('below', 'tls', 'sni = *.example.org'), echo('imap', 'tls', 'alpn = imap'))


@pytest.mark.parametrize('sni,alpn,name', [
    ('a.example.org', ('h2', 'http/1.1'), 'a-h2'), ('a.example.org', ('http/1.1', 'h2'), 'a-h2'),
    ('a.example.org', ('imap', 'h2'), 'mail'), ('a.example.org', ('http/1.1',), 'a'), ('a.example.org', (), 'a'),
    ('A.Example.ORG', (), 'a'), ('b.example.org', ('h2',), 'below'), ('x.y.example.org', (), 'below'),
    ('example.org', (), None), ('a.example.com', ('h2',), None), (None, (), None), (None, ('imap',), 'imap'),
    ('a.example.com', ('imap',), 'imap')])
def test_tls(named, sni, alpn, name):
    answer = f'{name}\n'.encode() if name else b''
    for octets in (None, 700, 1900):
        for count in (1, 3):
            message = hello.client_hello(sni, alpn, octets, count)
            assert client.say(named.address, message) == answer, (octets, count)


@pytest.mark.parametrize('octets,count', [(517, 1), (1700, 3), (1900, 3), (2100, 3), (16384, 1), (16384, 3),
                                          (30000, 2)])
def test_a_hello_of_any_size_is_handed_over_whole(start, octets, count):
    """A post-quantum hello comes in two segments; records may be cut anywhere."""
    berthd = start(cat('a', 'tls', 'sni = a.example.org'))
    message = hello.client_hello('a.example.org', ('h2', 'http/1.1'), octets, count)
    for pieces in ([message], [message[:1400], message[1400:]], [message[:-1], message[-1:]],
                   [message[at:at + 1400] for at in range(0, len(message), 1400)]):
        assert detection.say_in_pieces(berthd.address, pieces, 0.02) == message


def test_a_hello_octet_by_octet(start):
    berthd = start(cat('a', 'tls', 'sni = a.example.org'))
    for octets, count in ((517, 1), (1900, 3)):
        message = hello.client_hello('a.example.org', ('h2',), octets, count)
        assert detection.say_in_pieces(berthd.address, detection.one_by_one(message)) == message


@pytest.mark.timeout(machine.as_often_as(60, 600))
def test_a_hello_cut_anywhere(start):
    berthd = start(echo('a', 'tls', 'sni = a.example.org'), echo('b', 'tls', 'sni = b.example.org'))
    for chance in detection.chances(CUTS):
        name = chance.choice('ab')
        message = hello.client_hello(f'{name}.example.org', ('h2',), chance.choice((None, 517, 1900)),
                                     chance.randrange(1, 9))
        said = detection.say_in_pieces(berthd.address, detection.cut(message, chance, 6), 0.002)
        assert said == f'{name}\n'.encode(), message.hex()


def test_many_names(start):
    berthd = start(*(echo(f'site-{number}', 'tls', f'sni = {number}.example.org') for number in range(MANY)))
    for number in range(0, MANY, MANY // 50):
        assert client.say(berthd.address, hello.client_hello(f'{number}.example.org')) == f'site-{number}\n'.encode()
    assert client.say(berthd.address, hello.client_hello(f'{MANY}.example.org')) == b''


# ---- postgresql, and any field of any description ----

def test_databases(start):
    berthd = start(echo('sales', 'postgresql', 'database = sales'),
                   echo('stock', 'postgresql', 'database = stock, store'), echo('rest', 'postgresql'))
    for octets, name in ((startup(database='sales'), 'sales'), (startup(database='stock'), 'stock'),
                         (startup(user='database', database='sales'), 'sales'),
                         (startup(application_name='psql', database='store', client_encoding='UTF8'), 'stock'),
                         (startup(database='other'), 'rest'), (startup(user='sales'), 'rest'),
                         (startup(user='database', application_name='sales'), 'rest'),
                         (bytes.fromhex('0000000804d2162f'), 'rest')):
        assert client.say(berthd.address, octets) == f'{name}\n'.encode(), octets
        pieces = detection.one_by_one(octets)
        assert detection.say_in_pieces(berthd.address, pieces, 0.002) == f'{name}\n'.encode(), octets


def test_any_field(make_berthd):
    berthd = make_berthd(
        echo('red', 'gamma', 'when = verb = get and key = red') +
        echo('get', 'gamma', 'when = verb = get') + echo('rest', 'gamma'),
        general=OWN, listen=DETECT)
    detection.describe(berthd).start()
    for line, name in ((b'GAMMA get red\r\n', b'red'), (b'GAMMA get redder\r\n', b'get'), (b'GAMMA get re\r\n', b'get'),
                       (b'GAMMA put red\r\n', b'rest'), (b'GAMMA getter red\n', b'rest')):
        assert client.say(berthd.address, line) == name + b'\n'
        assert detection.say_in_pieces(berthd.address, detection.one_by_one(line), 0.002) == name + b'\n'


def test_a_name_is_waited_for(start):
    """As long as the name may still come, nothing is decided; then at once."""
    berthd = start(cat('one', 'http1', 'host = one.example.org'), echo('rest', 'http1'))
    octets = request('one.example.org', '/', 'X-First: 1')
    with client.connect(berthd.address) as connection:
        connection.sendall(octets[:-40])
        time.sleep(1)
        connection.sendall(octets[-40:])
        assert client.read_all(connection, len(octets)) == octets


@pytest.mark.parametrize('octets', [request('one.example.org', '/', 'X-First: 1')[:26], request()[:16],
                                    hello.client_hello('one.example.org', ('h2',), 1900)[:1400],
                                    startup(application_name='psql', database='one')[:30]])
def test_half_a_message_is_of_nobody(start, octets):
    """Not even of a function without conditions: the name might have come."""
    berthd = start(echo('web', 'http1'), echo('site', 'http1', 'host = one.example.org'),
                   echo('tls', 'tls'), echo('name', 'tls', 'sni = one.example.org'),
                   echo('all', 'postgresql'), echo('data', 'postgresql', 'database = one'))
    assert client.say(berthd.address, octets) == b''
    with client.connect(berthd.address, timeout=1) as connection:
        connection.sendall(octets)
        with pytest.raises(TimeoutError):
            connection.recv(1)
