"""The real servers that clients reach through berth. Each function starts one and says where it is.

Whoever asks a server gets an answer that only this one gives, so a test knows where its client came out.
"""
import dataclasses
import pathlib
import shlex
import signal

from support.processes import wait_until
from support.servers import LIBRARIES

ACCOUNT = 'tester'  # what the servers' user is called where its own name would not do
LDAP_BASE = 'dc=example,dc=org'
TLS_HOSTS = ('a.example.org', 'b.example.org')

SSHD = 'usr/sbin/sshd'
WRAPPER = f'{LIBRARIES}/libnss_wrapper.so'
NGINX = 'usr/sbin/nginx'
POSTGRESQL = 'usr/lib/postgresql/15/bin'
REDIS = 'usr/bin/redis-server'
GIT_DAEMON = 'usr/lib/git-core/git-daemon'
MOSQUITTO = 'usr/sbin/mosquitto'
SLAPD = 'usr/sbin/slapd'

# Whatever must be there for all of them and their clients, by its path in a Debian package.
PROGRAMS = (SSHD, WRAPPER, NGINX, f'{POSTGRESQL}/postgres', f'{POSTGRESQL}/psql', REDIS, 'usr/bin/redis-cli',
            MOSQUITTO, 'usr/bin/mosquitto_sub', SLAPD, 'usr/bin/ldapsearch')

# A web site as a worker of berth's: it answers a page with its host and path.
SITE_WORKER = '''#!/usr/bin/python3 -IS
import os, re, socket, struct
CALL = struct.Struct('<IHHQQQII16s33s23x')
queue = socket.socket(fileno=int(os.environ['BERTH_WORKER_FD']))
queue.setblocking(True)
while True:
    octets, descriptors, _, _ = socket.recv_fds(queue, 256, 1)
    if not octets:
        break
    assert CALL.unpack(octets)[0] == 0x62437631 and len(descriptors) == 1
    with socket.socket(fileno=descriptors[0]) as call:
        request = b''
        while b'\\r\\n\\r\\n' not in request:
            octets = call.recv(4096)
            if not octets:
                break
            request += octets
        path = request.split()[1]
        host = re.search(rb'(?i)\\nhost: *([^\\r]*)', request)[1]
        body = b'worker: %s %s\\n' % (host, path)
        head = b'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body)
        call.sendall(head + body)
'''


@dataclasses.dataclass
class Ssh:
    """sshd and what its clients need; `command` and `variables` are of one that serves its standard input."""
    port: int
    folder: pathlib.Path
    command: str
    variables: str


def ssh(servers):
    """Its user has a shell here, whatever the machine says of that account."""
    port, = servers.take_ports(1)
    folder = servers.make_folder('ssh')
    for key in ('host', 'client'):
        servers.run(folder, 'ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', key, '-f', folder / key)
    identity = folder.stat()
    common = (f'HostKey {folder}/host\nAuthorizedKeysFile {folder}/client.pub\nPidFile none\nUsePAM no\n'
              f'StrictModes no\nMaxStartups 100\n')
    host_key = (folder / 'host.pub').read_text(encoding='utf-8')
    servers.make_folder('ssh', {
        'daemon': f'{common}ListenAddress 127.0.0.1:{port}\nSetEnv SERVER=daemon\n',
        'one-call': f'{common}SetEnv SERVER=one-call\n',
        'passwd': f'{ACCOUNT}:x:{identity.st_uid}:{identity.st_gid}::{folder}:/bin/sh\n',
        'group': f'{ACCOUNT}:x:{identity.st_gid}:\n',
        'known': f'real {host_key}'})
    variables = {'LD_PRELOAD': servers.find(WRAPPER), 'NSS_WRAPPER_PASSWD': f'{folder}/passwd',
                 'NSS_WRAPPER_GROUP': f'{folder}/group'}
    servers.start(folder, [port], servers.find(SSHD), '-D', '-e', '-f', folder / 'daemon', **variables)
    return Ssh(port, folder, shlex.join([servers.find(SSHD), '-i', '-f', f'{folder}/one-call']),
               ' '.join(f'{name}={value}' for name, value in variables.items()))


@dataclasses.dataclass
class Web:
    """nginx: {name of a site: its port}; `authority` is a file with the certificate of the TLS sites."""
    ports: dict
    authority: pathlib.Path


def certificate(servers, folder):
    names = ','.join(f'DNS:{host}' for host in TLS_HOSTS)
    servers.run(folder, 'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                '-days', '2', '-subj', '/CN=tests', '-addext', f'subjectAltName={names}', '-keyout', folder / 'key',
                '-out', folder / 'certificate')


def site(port, answer, options=''):
    """A server{} that answers everything with one line."""
    return f'server {{ listen 127.0.0.1:{port} {options}; location / {{ return 200 "{answer}\\n"; }} }}\n'


def web(servers):
    """TLS sites by SNI and ALPN, plain ones by name, one that wants the PROXY header, one for HTTP/2 in the clear."""
    folder = servers.make_folder('web')
    certificate(servers, folder)
    names = [*(f'{host} {alpn}' for host in TLS_HOSTS for alpn in ('h2', 'http/1.1')), 'one', 'v1', 'v2', 'h2c']
    ports = dict(zip(names, servers.take_ports(len(names))))
    sites = ''.join(site(ports[name], f'{name}: $ssl_server_name $ssl_alpn_protocol',
                         'ssl http2' if name.endswith('h2') else 'ssl') for name in names[:4])
    sites += site(ports['one'], 'one: $host') + site(ports['h2c'], 'h2c: $host', 'http2')
    sites += ''.join(site(ports[name], f'{name}: $host $proxy_protocol_addr', 'proxy_protocol')
                     for name in ('v1', 'v2'))
    kept = ''.join(f'{name}_temp_path {folder}/{name};\n'
                   for name in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
    servers.make_folder('web', {'nginx.conf': (
        f'daemon off; master_process off; pid {folder}/pid; error_log stderr;\nevents {{ worker_connections 512; }}\n'
        f'http {{\naccess_log off;\n{kept}ssl_certificate certificate;\nssl_certificate_key key;\n{sites}}}\n')})
    servers.start(folder, ports.values(), servers.find(NGINX), '-p', folder, '-c', folder / 'nginx.conf',
                  '-e', 'stderr')
    return Web(ports, folder / 'certificate')


@dataclasses.dataclass
class Postgresql:
    """A cluster with the databases sales and stock, on 127.0.0.1, 127.0.0.2 and a unix socket."""
    port: int
    socket: pathlib.Path


def postgresql(servers):
    port, = servers.take_ports(1)
    folder = servers.make_folder('postgresql')
    certificate(servers, folder)
    programs = servers.find(POSTGRESQL)
    servers.run(folder, f'{programs}/initdb', '-D', folder / 'data', '-U', ACCOUNT, '-A', 'trust', '--no-sync',
                '-E', 'UTF8', '--locale=C')
    servers.make_folder('postgresql/data', {'postgresql.auto.conf': (
        f"port = {port}\nlisten_addresses = '127.0.0.1, 127.0.0.2'\nunix_socket_directories = '{folder}'\n"
        f"ssl = on\nssl_cert_file = '{folder}/certificate'\nssl_key_file = '{folder}/key'\n"
        "fsync = off\njit = off\nshared_buffers = 16MB\nlogging_collector = off\n")})
    servers.start(folder, [port], f'{programs}/postgres', '-D', folder / 'data', end=signal.SIGINT)
    psql = [f'{programs}/psql', '-h', folder, '-p', port, '-U', ACCOUNT, '-d', 'postgres', '-c']
    wait_until(lambda: servers.run(folder, *psql, 'select 1', check=False), what='postgresql ready')
    for database in ('sales', 'stock'):
        servers.run(folder, *psql, f'create database {database}')
    return Postgresql(port, folder / f'.s.PGSQL.{port}')


def redis(servers):
    """Its port; the key "server" says who it is."""
    port, = servers.take_ports(1)
    folder = servers.make_folder('redis')
    servers.start(folder, [port], servers.find(REDIS), '--bind', '127.0.0.1', '--port', port, '--save', '',
                  '--dir', folder)
    servers.run(folder, servers.find('usr/bin/redis-cli'), '-p', port, 'set', 'server', 'redis here')
    return port


@dataclasses.dataclass
class Git:
    """A daemon that serves its standard input; the repository `site` has one file, `server`."""
    command: str
    variables: str


def git(servers):
    folder = servers.make_folder('git')
    identity = ('-c', f'user.name={ACCOUNT}', '-c', f'user.email={ACCOUNT}@example.org')
    servers.run(folder, 'git', 'init', '-q', '-b', 'main', 'site')
    servers.make_folder('git/site', {'server': 'git here\n'})
    for words in (['add', 'server'], [*identity, 'commit', '-q', '-m', 'first']):
        servers.run(folder / 'site', 'git', *words)
    command = [servers.find(GIT_DAEMON), '--inetd', '--export-all', f'--base-path={folder}', str(folder)]
    return Git(shlex.join(command), f'PATH=/usr/bin:/bin HOME={folder}')


def mosquitto(servers):
    """Its port; the topic "server" says who it is."""
    port, = servers.take_ports(1)
    folder = servers.make_folder('mosquitto', {
        'conf': f'listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n'})
    servers.start(folder, [port], servers.find(MOSQUITTO), '-c', folder / 'conf')
    servers.run(folder, servers.find('usr/bin/mosquitto_pub'), '-p', port, '-r', '-t', 'server',
                '-m', 'mosquitto here')
    return port


def ldap(servers):
    """Its port; the description of cn=server says who it is."""
    port, = servers.take_ports(1)
    folder = servers.make_folder('ldap')
    servers.make_folder('ldap/data')
    servers.make_folder('ldap', {
        'conf': (f'include {servers.find("etc/ldap/schema/core.schema")}\nmodulepath {servers.find("usr/lib/ldap")}\n'
                 f'moduleload back_mdb\npidfile {folder}/pid\nargsfile {folder}/args\n'
                 f'database mdb\nsuffix "{LDAP_BASE}"\ndirectory {folder}/data\nmaxsize 16777216\n'),
        'ldif': (f'dn: {LDAP_BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: example\n\n'
                 f'dn: cn=server,{LDAP_BASE}\nobjectClass: organizationalRole\ncn: server\n'
                 'description: slapd here\n')})
    servers.run(folder, servers.find('usr/sbin/slapadd'), '-f', folder / 'conf', '-l', folder / 'ldif')
    servers.start(folder, [port], servers.find(SLAPD), '-d', '0', '-f', folder / 'conf',
                  '-h', f'ldap://127.0.0.1:{port}/')
    return port
