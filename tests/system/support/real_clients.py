"""Real clients, which know nothing of berth: each calls one port and checks by the answer which server it met.

CLIENTS names them all. Each is called with the servers and the port, and returns only when the right one answered.
"""
import hashlib
import os
import random
import signal
import subprocess
import tempfile

from support import real_servers
from support.processes import wait_until

SECONDS = 60
POSTGRESQL = real_servers.POSTGRESQL
CALLER = '127.0.0.9'  # who calls the servers that say what the PROXY header told them


def prepare(servers, words):
    """What a client runs with: a program named by its path in a package is the one that is unpacked."""
    program, *words = map(str, words)
    environment = {**os.environ, 'LC_ALL': 'C', 'LDAPNOINIT': '1', 'PGUSER': real_servers.ACCOUNT,
                   'GIT_CONFIG_NOSYSTEM': '1', 'GIT_CONFIG_GLOBAL': '/dev/null'}
    return [servers.find(program) if program.startswith('usr/') else program, *words], environment


def run(servers, *words, say=b''):
    words, environment = prepare(servers, words)
    ran = subprocess.run(words, input=say, capture_output=True, timeout=SECONDS, check=False, env=environment)
    assert ran.returncode == 0, (words, ran.returncode, ran.stdout, ran.stderr)
    return ran.stdout


# ---- ssh ----

SSH_COMMAND = 'echo "$SERVER"; kept=$(mktemp) && tee "$kept" | sha256sum && cat "$kept" && rm "$kept"'


def run_ssh(servers, port, server):
    """A command over there, with octets enough to fill every buffer on the way, both ways."""
    folder = servers.once(real_servers.ssh).folder
    octets = random.Random(port).randbytes(300_000)
    with tempfile.NamedTemporaryFile() as key:
        key.write((folder / 'client').read_bytes())
        key.flush()
        answer = run(servers, 'ssh', '-F', 'none', '-i', key.name, '-p', port, '-o', 'IdentitiesOnly=yes',
                     '-o', 'BatchMode=yes', '-o', 'HostKeyAlias=real', '-o', f'UserKnownHostsFile={folder}/known',
                     f'{real_servers.ACCOUNT}@127.0.0.1', SSH_COMMAND, say=octets)
    first, second, rest = answer.split(b'\n', 2)
    assert (first.decode(), second.split()[0].decode()) == (server, hashlib.sha256(octets).hexdigest())
    assert rest == octets


def ssh(servers, port):
    run_ssh(servers, port, 'daemon')


def ssh_to_a_process_of_its_own(servers, port):
    run_ssh(servers, port, 'one-call')


def ssh_keyscan(servers, port):
    """Says nothing until the server has."""
    key = run(servers, 'ssh-keyscan', '-T', 30, '-t', 'ed25519', '-p', port, '127.0.0.1').split()[1:]
    assert key == (servers.once(real_servers.ssh).folder / 'host.pub').read_bytes().split()[:2]


# ---- curl ----

def curl(servers, port, url, *options):
    """What a page says; the host of the URL is looked for at our port."""
    return run(servers, 'curl', '-q', '-sS', '--noproxy', '*', '--connect-to', f'::127.0.0.1:{port}', *options,
               url).decode()


def tls_site(host, alpn, *options):
    """A client of this host that offers these protocols."""
    def client(servers, port):
        authority = servers.once(real_servers.web).authority
        assert curl(servers, port, f'https://{host}/', '--cacert', authority, *options) == \
            f'{host} {alpn}: {host} {alpn}\n'
    return client


def plain_site(servers, port):
    assert curl(servers, port, 'http://one.example.org/') == 'one: one.example.org\n'


def plain_site_with_the_port_in_its_name(servers, port):
    """So says whoever calls a port that is not 80."""
    assert curl(servers, port, f'http://one.example.org:{port}/') == 'one: one.example.org\n'


def site_of_a_worker(servers, port):
    assert curl(servers, port, 'http://two.example.org/some/page') == 'worker: two.example.org /some/page\n'


def site_told_by_proxy1(servers, port):
    assert curl(servers, port, 'http://v1.example.org/', '--interface', CALLER) == f'v1: v1.example.org {CALLER}\n'


def site_told_by_proxy2(servers, port):
    """The same host as another site's; the path makes the difference."""
    assert curl(servers, port, 'http://one.example.org/api/2', '--interface', CALLER) == \
        f'v2: one.example.org {CALLER}\n'


def http2_in_the_clear(servers, port):
    assert curl(servers, port, 'http://any.example.org/', '--http2-prior-knowledge') == 'h2c: any.example.org\n'


# ---- psql ----

def psql_words(port, database, mode, statement):
    return (f'{POSTGRESQL}/psql', '-X', '-A', '-t', '-c', statement,
            f'host=127.0.0.1 port={port} dbname={database} sslmode={mode}')


def psql(database, mode, server):
    """`server`: the address of the server that the client must meet, nothing on its unix socket, and if by TLS."""
    statement = 'select current_database(), host(inet_server_addr()), ssl from pg_stat_ssl where pid = pg_backend_pid()'

    def client(servers, port):
        assert run(servers, *psql_words(port, database, mode, statement)).decode() == f'{database}|{server}\n'
    return client


def psql_cancels(servers, port):
    """Cancelling is a connection of its own, with a first message of its own."""
    mark = f'mark {random.random()}'
    words, environment = prepare(servers, psql_words(port, 'sales', 'disable', f"select '{mark}', pg_sleep(50)"))
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        try:
            wait_until(lambda: is_active(servers, mark), SECONDS, 'the statement running')
            process.send_signal(signal.SIGINT)
            assert b'canceling statement due to user request' in process.communicate(timeout=SECONDS)[1]
        finally:
            process.kill()


def is_active(servers, mark):
    """True when the server, asked past berth, is at a statement that begins with this mark."""
    server = servers.once(real_servers.postgresql)
    return b'1' in run(servers, *psql_words(
        server.port, 'sales', 'disable',
        f"select count(*) from pg_stat_activity where state = 'active' and query like 'select ''{mark}%'"))


# ---- others ----

def redis_cli(servers, port):
    assert run(servers, 'usr/bin/redis-cli', '-p', port, 'get', 'server') == b'redis here\n'


def redis_cli_reads_commands(servers, port):
    octets = bytes(random.Random(port).choices(b'abcdefgh', k=100_000))
    commands = b'set long ' + octets + b'\nget long\nget server\n'
    assert run(servers, 'usr/bin/redis-cli', '-p', port, say=commands) == b'OK\n' + octets + b'\nredis here\n'


def git_clone(servers, port):
    with tempfile.TemporaryDirectory() as folder:
        run(servers, 'git', 'clone', '-q', f'git://127.0.0.1:{port}/site', f'{folder}/clone')
        with open(f'{folder}/clone/server', encoding='utf-8') as file:
            assert file.read() == 'git here\n'


def mosquitto_sub(version):
    """Takes one message, which was kept for it."""
    def client(servers, port):
        assert run(servers, 'usr/bin/mosquitto_sub', '-V', version, '-p', port, '-t', 'server', '-C', 1, '-W', 30) == \
            b'mosquitto here\n'
    return client


def mosquitto_pub_and_sub(servers, port):
    """One waits, the other says something until the first has heard it."""
    topic = f'topic/{random.random()}'
    words, environment = prepare(servers, ('usr/bin/mosquitto_sub', '-p', port, '-t', topic, '-C', 1, '-W', 30))
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment) as process:
        while process.poll() is None:
            run(servers, 'usr/bin/mosquitto_pub', '-p', port, '-t', topic, '-m', 'through berth')
        assert process.stdout.read() == b'through berth\n'


def ldapsearch(servers, port):
    assert run(servers, 'usr/bin/ldapsearch', '-x', '-LLL', '-H', f'ldap://127.0.0.1:{port}', '-b',
               real_servers.LDAP_BASE, '(cn=server)', 'description').split(b'\n')[1] == b'description: slapd here'


CLIENTS = {
    'ssh': ssh,
    'ssh-keyscan': ssh_keyscan,
    'curl-a-h2': tls_site('a.example.org', 'h2', '--http2'),
    'curl-a-http1': tls_site('a.example.org', 'http/1.1', '--http1.1'),
    'curl-b-h2': tls_site('b.example.org', 'h2', '--http2'),
    'curl-b-http1': tls_site('b.example.org', 'http/1.1', '--http1.1'),
    'curl-one': plain_site,
    'curl-one-port': plain_site_with_the_port_in_its_name,
    'curl-two': site_of_a_worker,
    'curl-proxy1': site_told_by_proxy1,
    'curl-proxy2': site_told_by_proxy2,
    'curl-h2c': http2_in_the_clear,
    'psql-sales': psql('sales', 'disable', '127.0.0.1|f'),
    'psql-stock': psql('stock', 'disable', '|f'),
    'psql-prefer': psql('sales', 'prefer', '127.0.0.2|t'),
    'psql-cancel': psql_cancels,
    'redis-cli': redis_cli,
    'redis-cli-reads': redis_cli_reads_commands,
    'git-clone': git_clone,
    'mosquitto-3.1.1': mosquitto_sub('mqttv311'),
    'mosquitto-5': mosquitto_sub('mqttv5'),
    'mosquitto-both': mosquitto_pub_and_sub,
    'ldapsearch': ldapsearch,
}
