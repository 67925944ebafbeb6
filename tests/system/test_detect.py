"""The detect dialect: who knows nothing of berth gets the function whose description matches, with every octet."""
import concurrent.futures
import contextlib
import socket
import struct
import threading
import time

import pytest

from support import client, detection, machine, processes, programs
from support.detection import ALPHA, BETA, BUNDLED, OWN, cat, echo, section

DETECT = 'dialects = detect\nrate-per-source = off\nfirst-message = 5s\n'
BOTH = DETECT.replace('detect', 'line, detect')
SHORT = DETECT.replace('5s', '500ms')
CUTS = machine.as_often_as(200, 5000)
FOREIGN = [b'nobody\r\n', b'\0', b'\n', b'GET / HTTP/1.1\r\nHost: a\r\n\r\n', b'\x16\x03\x01\x02\x00\x01',
           b'\xff' * 700, b'ALPH/1 x\r\n', b'BETA-', b'alpha/1 x\r\n', b' ' + ALPHA]


@pytest.fixture(name='start')
def _start(make_berthd):
    """start(functions...) is a berthd that knows the descriptions of tests."""
    def start(*functions, listen=DETECT, general=''):
        berthd = make_berthd(''.join(functions), general=OWN + general, listen=listen)
        berthd.write('worker', programs.WORKER)
        return detection.describe(berthd).start()
    return start


@pytest.fixture(name='complaint')
def _complaint(make_berthd):
    """complaint(functions...) is what --check says of a configuration that it must refuse."""
    def complaint(*functions, listen=DETECT, general=OWN):
        berthd = detection.describe(make_berthd(''.join(functions), general=general, listen=listen))
        code, said = detection.check(berthd)
        assert code == 2, said
        return said
    return complaint


class Server:
    """A server for relayed calls: keeps what each client said, to its end, and gives it back."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        octets = b''
        while octets != b'end':
            connection, _ = self.listener.accept()
            with connection, contextlib.suppress(OSError):
                octets = client.read_all(connection)
                connection.sendall(octets)

    def close(self):
        with client.connect(('127.0.0.1', self.port)) as connection:
            connection.sendall(b'end')
        self.thread.join()
        self.listener.close()


@pytest.fixture(name='server')
def _server():
    server = Server()
    yield server
    server.close()


# ---- handing over ----

def test_a_process_gets_every_octet_and_nobody_greets(start):
    berthd = start(cat('one', 'alpha'), echo('two', 'beta'))
    assert client.say(berthd.address, ALPHA + b'behind') == ALPHA + b'behind'
    assert client.say(berthd.address, ALPHA) == ALPHA
    assert client.say(berthd.address, BETA + b'behind') == b'two\n'


def test_a_process_gets_the_connection_as_systemd_has_it(start):
    berthd = start(section('one', '/bin/sh -c "exec /bin/cat <&3 >&3"', 'alpha', 'as = listen-fd'))
    assert client.say(berthd.address, ALPHA + b'behind') == ALPHA + b'behind'


def test_a_worker_gets_every_octet(start):
    berthd = start('[function one]\nhandover = worker\ncommand = DIR/worker\ndescription = alpha\n')
    first, _, rest = client.say(berthd.address, ALPHA + b'behind').partition(b'\n')
    assert first.split()[1:] == [b'one'] and int(first.split()[0]) in berthd.functions()
    assert rest == ALPHA + b'behind'


def relay(name, description, server, *lines):
    return (f'[function {name}]\nhandover = relay\ntarget = 127.0.0.1:{server.port}\ndescription = {description}\n' +
            ''.join(f'{line}\n' for line in lines))


def test_a_server_gets_every_octet(start, server):
    berthd = start(relay('one', 'alpha', server))
    assert client.say(berthd.address, ALPHA + b'behind' * 10000) == ALPHA + b'behind' * 10000


def test_a_server_is_told_who_calls_in_front_of_the_first_octet(start, server):
    berthd = start(relay('one', 'alpha', server, 'proxy-protocol = v1'),
                   relay('two', 'beta', server, 'proxy-protocol = v2'))
    with client.connect(berthd.address, '127.0.0.3') as connection:
        header = f'PROXY TCP4 127.0.0.3 127.0.0.1 {connection.getsockname()[1]} {berthd.port}\r\n'
        connection.sendall(ALPHA)
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == header.encode() + ALPHA
    with client.connect(berthd.address, '127.0.0.3') as connection:
        ports = struct.pack('!HH', connection.getsockname()[1], berthd.port)
        connection.sendall(BETA)
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == \
            b'\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x03\x7f\0\0\x01' + ports + BETA


def test_a_function_with_a_port_of_its_own_cannot_be_told_of(complaint):
    """Only the line dialect has words for a port to call."""
    assert 'port' in complaint(
        '[function one]\nhandover = port\nadmit = any\ncommand = /bin/cat\ndescription = alpha\n')


# ---- the first message ----

def test_whole_or_cut_it_is_the_same(start):
    berthd = start(cat('one', 'alpha'), cat('two', 'beta'))

    def once(chance):
        octets = chance.choice((ALPHA, BETA)) + chance.randbytes(chance.choice((0, 1, 10, 5000)))
        return detection.say_in_pieces(berthd.address, detection.cut(octets, chance), 0.002) == octets
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert list(threads.map(once, detection.chances(CUTS))).count(False) == 0


def test_octet_by_octet(start):
    berthd = start(cat('one', 'alpha'), cat('two', 'beta'))
    for octets in (ALPHA, BETA, ALPHA + b'behind'):
        assert detection.say_in_pieces(berthd.address, detection.one_by_one(octets), 0.005) == octets


def test_a_function_answers_as_soon_as_the_octets_say_enough(start):
    """The message need not be whole, and the client need not end."""
    berthd = start(cat('one', 'alpha'), cat('two', 'beta'))
    with client.connect(berthd.address) as connection:
        connection.sendall(b'ALPHA/1 ')
        assert client.read_all(connection, 8) == b'ALPHA/1 '
        connection.sendall(b'more')
        assert client.read_all(connection, 4) == b'more'


def test_who_is_not_known_hears_nothing(start):
    berthd = start(cat('one', 'alpha'), cat('two', 'beta'))
    for octets in FOREIGN:
        with client.connect(berthd.address) as connection:
            connection.sendall(octets)
            assert client.read_all(connection) == b'', octets
        assert client.say(berthd.address, octets) == b'', octets


def test_half_a_message_and_an_end(start):
    berthd = start(cat('one', 'alpha'), cat('two', 'beta'))
    for octets in (b'', b'A', b'BETA'):
        assert client.say(berthd.address, octets) == b''


def test_who_is_too_slow_hears_nothing(start):
    berthd = start(cat('one', 'alpha'), listen=SHORT)
    for octets in (b'', b'ALP'):
        with client.connect(berthd.address) as connection:
            connection.sendall(octets)
            seconds, said = client.seconds_until_end(connection)
        assert said == b'' and 0.4 <= seconds < 4


def test_on_a_unix_socket(start):
    berthd = start(cat('one', 'alpha'), listen=DETECT + 'address = unix:DIR/call\n')
    assert client.say(str(berthd.directory / 'call'), ALPHA + b'behind') == ALPHA + b'behind'


# ---- beside the line dialect ----

def test_beside_the_line_dialect(start):
    berthd = start(cat('alpha', 'alpha'), cat('two', 'beta'), listen=BOTH)
    say = client.say
    assert say(berthd.address, b'HELP\r\n') == b'alpha\r\ntwo\r\n'
    assert say(berthd.address, b'alpha\r\nbehind') == say(berthd.address, b'ALPHA\r\nbehind') == b'+\r\nbehind'
    assert say(berthd.address, ALPHA + b'behind') == ALPHA + b'behind'
    assert say(berthd.address, BETA + b'behind') == BETA + b'behind'
    assert say(berthd.address, b'nobody\r\n').startswith(b'-unknown ')
    assert say(berthd.address, b'bet\r\n').startswith(b'-unknown ')
    for octets in (b'GET / HTTP/1.1\r\n\r\n', b'\xff' * 700, b'ALPH/1 x\r\n'):
        assert say(berthd.address, octets).startswith(b'-malformed '), octets


def test_beside_the_line_dialect_octet_by_octet(start):
    berthd = start(cat('alpha', 'alpha'), cat('two', 'beta'), listen=BOTH)
    for octets, answer in ((b'alpha\r\nbehind', b'+\r\nbehind'), (b'ALPHA\n', b'+\r\n'), (ALPHA, ALPHA), (BETA, BETA)):
        assert detection.say_in_pieces(berthd.address, detection.one_by_one(octets), 0.005) == answer


def test_a_refusal_is_a_line_for_callers_by_name_only(start):
    berthd = start(cat('one', 'alpha', 'deny = 127.0.0.2'), listen=BOTH)
    assert client.say(berthd.address, b'one\r\n', source='127.0.0.2').startswith(b'-denied ')
    assert client.say(berthd.address, ALPHA, source='127.0.0.2') == b''


def test_a_function_that_only_names_call(start):
    berthd = start(cat('one', 'alpha'), '[function two]\nhandover = spawn\ncommand = /bin/echo two\n', listen=BOTH)
    assert client.say(berthd.address, b'two\r\n') == b'+\r\ntwo\n'
    assert client.say(berthd.address, ALPHA) == ALPHA


def test_nothing_to_be_detected(start):
    berthd = start('[function two]\nhandover = spawn\ncommand = /bin/echo two\n', listen=BOTH)
    assert client.say(berthd.address, b'two\r\n') == b'+\r\ntwo\n'
    assert client.say(berthd.address, ALPHA).startswith(b'-malformed ')


# ---- silence ----

def test_the_silent_function(start):
    berthd = start(echo('one', 'alpha'), '[function greets]\nhandover = spawn\ncommand = /bin/echo welcome\n',
                   listen=SHORT + 'silent = greets\n')
    with client.connect(berthd.address) as connection:
        seconds, said = client.seconds_until_end(connection)
    assert said == b'welcome\n' and 0.4 <= seconds < 4
    assert client.say(berthd.address, ALPHA) == b'one\n'
    with client.connect(berthd.address) as connection:
        connection.sendall(b'ALP')
        assert client.read_all(connection) == b''


def test_a_whole_message_that_may_go_on_waits_for_quiet(start):
    berthd = start(echo('short', 'brief'), echo('long', 'verbose'), listen=DETECT + 'quiet = 400ms\n')
    with client.connect(berthd.address) as connection:
        connection.sendall(b'BRIEF-HELLO')
        begin = time.monotonic()
        assert client.read_line(connection) == b'short\n'
        assert 0.3 <= time.monotonic() - begin < 4
    with client.connect(berthd.address) as connection:
        connection.sendall(b'BRIEF-HELLO')
        time.sleep(0.1)
        connection.sendall(b' AND MORE\n')
        assert client.read_line(connection) == b'long\n'
    assert client.say(berthd.address, b'BRIEF-HELLO AND MORE\r\n') == b'long\n'
    assert client.say(berthd.address, b'BRIEF-HELLO, and something else') == b'short\n'


def test_nobody_waits_for_quiet_whose_side_has_ended(start):
    berthd = start(echo('short', 'brief'), echo('long', 'verbose'), listen=DETECT + 'quiet = 4s\n')
    begin = time.monotonic()
    assert client.say(berthd.address, b'BRIEF-HELLO') == b'short\n'
    assert time.monotonic() - begin < 3


# ---- functions with messages in common ----

def test_a_collision_is_refused_with_a_message_that_shows_it(complaint):
    said = complaint(echo('low', 'lower'), echo('up', 'upper'))
    assert 'low' in said and 'up' in said and 'COMMON ' in said


def test_two_functions_with_one_description_collide(complaint):
    said = complaint(echo('first', 'alpha'), echo('second', 'alpha'))
    assert 'first' in said and 'second' in said and 'ALPHA/1 ' in said


def test_functions_of_different_ports_do_not_collide(start):
    second = machine.free_ports(1)
    berthd = start(echo('first', 'alpha'), echo('second', 'alpha'),
                   f'[listen second]\naddress = 127.0.0.1:{second}\n{DETECT}functions = second\n',
                   listen=DETECT + 'functions = first\n')
    assert client.say(berthd.address, ALPHA) == b'first\n'
    assert client.say(('127.0.0.1', second), ALPHA) == b'second\n'


@pytest.mark.parametrize('higher', ['low', 'up'])
def test_the_higher_priority_wins_where_messages_are_the_same(start, higher):
    priority = {'low': 1, 'up': 1, higher: 7}
    berthd = start(echo('low', 'lower', f'priority = {priority["low"]}'),
                   echo('up', 'upper', f'priority = {priority["up"]}'))
    assert client.say(berthd.address, b'COMMON aaa\r\n') == b'low\n'
    assert client.say(berthd.address, b'COMMON zzz\r\n') == b'up\n'
    for octets in (b'COMMON kkk\r\n', b'COMMON m\r\n'):
        assert client.say(berthd.address, octets) == f'{higher}\n'.encode()
        assert detection.say_in_pieces(berthd.address, detection.one_by_one(octets), 0.002) == f'{higher}\n'.encode()
    assert client.say(berthd.address, b'COMMON kkz\r\n') == b'up\n'


def test_words_that_no_description_has(complaint):
    assert 'alpha' in complaint(echo('one', 'alhpa'))
    assert 'sni' in complaint(echo('one', 'alpha', 'sni = a.example.org'))
    for condition in ('path = api/*', 'path = /a*b', 'host = a.*.org'):
        assert condition.split()[-1] in complaint(echo('one', 'http1', condition), general=BUNDLED)
    assert 'nowhere' in complaint(echo('one', 'alpha'), general='descriptions = DIR/nowhere\n')


# ---- waiting costs nothing, and a reload waits for nobody ----

def test_partial_messages_cost_no_time(start):
    berthd = start(cat('one', 'alpha'), echo('short', 'brief'), echo('long', 'verbose'),
                   listen=DETECT.replace('5s', '20s') + 'quiet = 10s\n')
    with client.many(50, berthd.address) as waiting:
        for number, connection in enumerate(waiting):
            connection.sendall(ALPHA[:number % 4 + 1] if number % 2 else b'BRIEF-HELLO')
        time.sleep(0.5)
        before = [processes.cpu_seconds(pid) for pid in berthd.roles('acceptor')]
        time.sleep(2)
        after = [processes.cpu_seconds(pid) for pid in berthd.roles('acceptor')]
        assert sum(after) - sum(before) <= 0.05
        waiting[1].sendall(ALPHA[2:])
        assert client.read_all(waiting[1], len(ALPHA)) == ALPHA


def test_a_reload_while_calls_wait(start):
    berthd = start(cat('one', 'alpha'), echo('two', 'beta'), listen=DETECT.replace('5s', '20s'))
    with client.connect(berthd.address) as connection:
        connection.sendall(ALPHA[:3])
        time.sleep(0.2)
        detection.describe(berthd, {'alpha': '"OTHER/9 "; name: text[100] to eol;'})
        berthd.configure(cat('one', 'alpha') + echo('two', 'beta'), general=OWN, listen=DETECT)
        assert berthd.reload()
        assert client.say(berthd.address, b'OTHER/9 x\r\n') == b'OTHER/9 x\r\n'
        assert client.say(berthd.address, ALPHA) == b''
        connection.sendall(ALPHA[3:])
        connection.shutdown(socket.SHUT_WR)
        assert client.read_all(connection) == ALPHA  # who waits is judged by what held when they came


def test_reloads_lose_nobody(start):
    """Calls go on while descriptions and functions come and go."""
    always = cat('one', 'alpha')
    berthd = start(always)
    over = threading.Event()

    def call(chance):
        while not over.is_set():
            if detection.say_in_pieces(berthd.address, detection.cut(ALPHA, chance, 3), 0.001) != ALPHA:
                return 'lost'
        return 'served'
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        results = threads.map(call, detection.chances(4))
        try:
            for others in ('', cat('two', 'beta'), echo('low', 'lower'), '') * machine.as_often_as(1, 20):
                berthd.configure(always + others, general=OWN, listen=DETECT)
                assert berthd.reload()
        finally:
            over.set()
        assert list(results) == ['served'] * 4


def test_a_wrong_description_changes_nothing(start):
    berthd = start(cat('one', 'alpha'))
    (berthd.directory / 'protocols/alpha.berth').write_text('protocol alpha {', encoding='ascii')
    assert not berthd.reload()
    assert client.say(berthd.address, ALPHA) == ALPHA


def test_many_at_once(start, server):
    berthd = start(cat('one', 'alpha'), relay('two', 'beta', server), echo('short', 'brief'), echo('long', 'verbose'))
    answers = {ALPHA: ALPHA, BETA: BETA, b'BRIEF-HELLO AND MORE\r\n': b'long\n', b'BRIEF-HELLO!': b'short\n',
               b'who': b''}

    def once(chance):
        octets = chance.choice(list(answers))
        said = detection.say_in_pieces(berthd.address, detection.cut(octets, chance, 3), 0.001)
        return None if said == answers[octets] else (octets, said)
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        assert list(filter(None, threads.map(once, detection.chances(CUTS)))) == []
