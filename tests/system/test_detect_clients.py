"""One port, many protocols: real clients that know nothing of berth, at the same time, each to its own real server."""
import concurrent.futures
import time

import pytest

from support import client, machine, real_clients, real_servers
from support.berthd import Berthd
from support.detection import BUNDLED
from support.dribble import dribble
from support.real_clients import CLIENTS
from support.servers import USER, missing, servers

ROUNDS = machine.as_often_as(5, 50)
AT_ONCE = 16
FIRST_MESSAGE_SECONDS = 3

MISSING = missing(real_servers.PROGRAMS)
pytestmark = [pytest.mark.skipif(bool(MISSING), reason=f'needs {", ".join(MISSING)} (./dev test unpacks them)'),
              pytest.mark.timeout(180)]

AS_USER = f'user = {USER}\n' if machine.ROOT else ''

# The first port: everything by relay, but git and one site. A client that says nothing reaches sshd.
MAIN = (f'dialects = detect\nrate-per-source = off\nsilent = ssh\nfirst-message = {FIRST_MESSAGE_SECONDS}s\n'
        'functions = ssh, a-h2, a-http1, b-h2, b-http1, one, two, told1, told2, h2c, sales, stock, databases, cache, '
        'git, messages, directory\n')

# The second: both dialects, and only processes that get the connection itself.
SECOND = ('[listen second]\naddress = 127.0.0.1:{port}\ndialects = line, detect\nrate-per-source = off\n'
          'functions = ssh-i, git, two\n')


def relay(name, target, description, *lines):
    """A function that is a server elsewhere."""
    return f'[function {name}]\nhandover = relay\ntarget = {target}\ndescription = {description}\n' + \
        ''.join(f'{line}\n' for line in lines)


def local(port):
    return f'127.0.0.1:{port}'


def web_functions(web):
    """A client that offers h2 offers http/1.1 too: it gets what stands first."""
    text = ''
    for host in real_servers.TLS_HOSTS:
        for name, alpn in (('h2', 'h2'), ('http1', 'http/1.1')):
            text += relay(f'{host[0]}-{name}', local(web.ports[f'{host} {alpn}']), 'tls', f'sni = {host}',
                          f'alpn = {alpn}')
    text += relay('one', local(web.ports['one']), 'http1', 'host = one.example.org')
    text += relay('told1', local(web.ports['v1']), 'http1', 'host = v1.example.org', 'proxy-protocol = v1')
    text += relay('told2', local(web.ports['v2']), 'http1', 'host = one.example.org', 'path = /api/*',
                  'proxy-protocol = v2')
    text += relay('h2c', local(web.ports['h2c']), 'http2')
    return text + ('[function two]\nhandover = worker\ncommand = DIR/site\ndescription = http1\n'
                   f'host = two.example.org\n{AS_USER}')


def database_functions(postgresql):
    """Whoever asks for TLS first, or cancels, has not named a database: one function is for all."""
    return (relay('sales', local(postgresql.port), 'postgresql', 'database = sales') +
            relay('stock', f'unix:{postgresql.socket}', 'postgresql', 'database = stock') +
            relay('databases', f'127.0.0.2:{postgresql.port}', 'postgresql'))


def spawned(name, server, description):
    return (f'[function {name}]\nhandover = spawn\ncommand = {server.command}\nenvironment = {server.variables}\n'
            f'description = {description}\n{AS_USER}')


def functions(real):
    ssh, git = real.once(real_servers.ssh), real.once(real_servers.git)
    return ''.join((
        relay('ssh', local(ssh.port), 'ssh'), spawned('ssh-i', ssh, 'ssh'), spawned('git', git, 'git'),
        web_functions(real.once(real_servers.web)), database_functions(real.once(real_servers.postgresql)),
        relay('cache', local(real.once(real_servers.redis)), 'redis'),
        relay('messages', local(real.once(real_servers.mosquitto)), 'mqtt'),
        relay('directory', local(real.once(real_servers.ldap)), 'ldap')))


@pytest.fixture(name='real', scope='module')
def _real():
    """All servers, running."""
    with servers() as real:
        functions(real)
        yield real


@pytest.fixture(name='berthd', scope='module')
def _berthd(real):
    second = machine.free_ports(1)
    berthd = Berthd(functions(real) + SECOND.format(port=second), general=BUNDLED, listen=MAIN)
    berthd.second = ('127.0.0.1', second)
    try:
        berthd.write('site', real_servers.SITE_WORKER)
        yield berthd.start()
    finally:
        berthd.clean_up()


@pytest.mark.parametrize('name', CLIENTS)
def test_a_client_meets_its_server(real, berthd, name):
    CLIENTS[name](real, berthd.port)


@pytest.mark.parametrize('name', CLIENTS)
def test_its_first_octets_come_one_by_one(real, berthd, name):
    with dribble(berthd.address) as slow:
        CLIENTS[name](real, slow.port)


def test_all_of_them_at_once(real, berthd):
    """Each as often as there are rounds, every second time octet by octet."""
    with dribble(berthd.address) as slow, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        calls = {threads.submit(call, real, (berthd.port, slow.port)[number % 2]): (name, number)
                 for number in range(ROUNDS) for name, call in CLIENTS.items()}
        failed = {calls[done]: repr(done.exception()) for done in concurrent.futures.as_completed(calls)
                  if done.exception()}
    assert failed == {}


def test_the_connection_itself_is_handed_over(real, berthd):
    """On the second port no octet passes through berth once the function is known."""
    with dribble(berthd.second) as slow:
        for port in (berthd.second[1], slow.port):
            for call in (real_clients.ssh_to_a_process_of_its_own, real_clients.git_clone,
                         real_clients.site_of_a_worker):
                call(real, port)


def test_who_says_nothing_meets_the_silent_function(berthd):
    with client.connect(berthd.address) as connection:
        begin = time.monotonic()
        assert client.read_line(connection).startswith(b'SSH-2.0-OpenSSH')
        assert time.monotonic() - begin >= FIRST_MESSAGE_SECONDS - 0.5
