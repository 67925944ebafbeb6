"""peers.py - how each peer is configured and started for a row.

Every function takes the context and returns a started Server.  The limits that peers set by default (256
calls a minute, 50 a second, 40 processes, a backlog of 10) are raised, because a limit is not a speed.
Peers serve as the user who runs the benchmark, which spares them a change of user for each call.
"""
import ssl
import struct

from processes import Server

BACKLOG = 4096
NO_LIMIT = 1000000
MESSAGE = b'svc1\r\n'


def client_hello():
    """A real TLS ClientHello, for forwarders that select by server name."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(
        incoming, outgoing, server_hostname='svc1.example')
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def rpc_getport():
    """Asks the port mapper, version 2, for the TCP port of the port mapper itself."""
    call = struct.pack('>14I', 1, 0, 2, 100000, 2, 3, 0, 0, 0, 0, 100000, 2, 6, 0)
    return struct.pack('>I', 0x80000000 | len(call)) + call


# ---- the measure of all ----

def bare(context, *arguments):
    """The bare loop."""
    server = Server(context)
    server.run([context.service('bare'), server.port, *arguments])
    return server


# ---- those that start a process for each call ----

def tcpserver(context, service='tiny'):
    """ucspi-tcp's tcpserver."""
    server = Server(context)
    server.run([context.peer('tcpserver'), '-c', 1000, '-H', '-R', '-l', 0, '-b', BACKLOG,
                '127.0.0.1', server.port, context.service(service), 'read'])
    return server


def xinetd(context):
    """xinetd, one service on a port of its own."""
    server = Server(context)
    configuration = context.write('xinetd.conf', f"""
defaults
{{
        log_type        = FILE {context.work}/xinetd-calls.log
        instances       = UNLIMITED
        per_source      = UNLIMITED
        cps             = {NO_LIMIT} 1
}}
service svc1
{{
        type            = UNLISTED
        bind            = 127.0.0.1
        port            = {server.port}
        socket_type     = stream
        protocol        = tcp
        wait            = no
        user            = {context.user}
        server          = {context.service('tiny')}
        server_args     = read
}}
""")
    server.run([context.peer('xinetd'), '-dontfork', '-f', configuration,
                '-pidfile', context.work / 'xinetd.pid'])
    return server


def openbsd_inetd(context):
    """openbsd-inetd; the number after nowait is its limit for each minute."""
    server = Server(context)
    tiny = context.service('tiny')
    configuration = context.write('openbsd-inetd.conf', (
        f'127.0.0.1:{server.port} stream tcp nowait.{NO_LIMIT} {context.user} {tiny} tiny read\n'))
    server.run([context.peer('inetd'), '-i', '-q', BACKLOG, '-R', NO_LIMIT, configuration])
    return server


def inetutils_inetd(context):
    """inetutils-inetd, a service on a port of its own."""
    server = Server(context)
    tiny = context.service('tiny')
    configuration = context.write('inetutils-inetd.conf', (
        f'127.0.0.1:{server.port} stream tcp nowait.{NO_LIMIT} {context.user} {tiny} tiny read\n'))
    server.run([context.peer('inetutils-inetd'), '--debug', '-R', NO_LIMIT,
                f'--pidfile={context.work}/inetutils-inetd.pid', configuration])
    return server


def inetutils_tcpmux(context):
    """inetutils-inetd as a TCPMUX server, on port 1: the only peer that reads a name and says "+"."""
    server = Server(context)
    server.port = 1
    configuration = context.write('inetutils-tcpmux.conf', (
        f'tcpmux stream tcp nowait.{NO_LIMIT} {context.user} internal\n'
        f'tcpmux/+svc1 stream tcp nowait.{NO_LIMIT} {context.user} {context.service("tiny")} tiny reply\n'))
    server.run_isolated('exec "$0" "$@"', [
        context.peer('inetutils-inetd'), '--debug', '-R', NO_LIMIT,
        f'--pidfile={context.work}/inetutils-tcpmux.pid', configuration])
    return server


def socat(context):
    """socat, fork and exec without its relay."""
    server = Server(context)
    server.run([context.peer('socat'),
                f'TCP-LISTEN:{server.port},bind=127.0.0.1,fork,reuseaddr,backlog={BACKLOG}',
                f'EXEC:{context.service("tiny")} read,nofork'])
    return server


# ---- those that select by the first message and forward to the bare loop ----

BARE = ('bare',)
BULK = ('bulk', 'serve')


def with_backend(context, service):
    """A server whose backend runs already; returns it and the backend's port."""
    server = Server(context)
    backend = context.free_port()
    server.run([context.service(service[0]), *service[1:], backend])
    return server, backend


def direct(context, service=BARE):
    """The backend alone."""
    server = Server(context)
    server.run([context.service(service[0]), *service[1:], server.port])
    return server


def sslh(context, service=BARE):
    """sslh-select, by a regular expression."""
    server, backend = with_backend(context, service)
    configuration = context.write('sslh.cfg', f"""
foreground: true; inetd: false; numeric: true; transparent: false; timeout: 5;
user: "{context.user}"; pidfile: "{context.work}/sslh.pid";
listen: ( {{ host: "127.0.0.1"; port: "{server.port}"; }} );
protocols: ( {{ name: "regex"; host: "127.0.0.1"; port: "{backend}"; regex_patterns: [ "^svc1" ]; }} );
""")
    server.run([context.peer('sslh-select'), '-f', f'-F{configuration}'])
    return server


def haproxy(context, service=BARE, option=''):
    """haproxy in TCP mode, by the first octets."""
    server, backend = with_backend(context, service)
    configuration = context.write('haproxy.cfg', f"""
global
    nbthread 1
    maxpipes 100
    maxconn 9000
defaults
    mode tcp
    {option}
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend rendezvous
    bind 127.0.0.1:{server.port} backlog {BACKLOG}
    tcp-request inspect-delay 5s
    tcp-request content accept if {{ req.len ge 6 }}
    use_backend svc1 if {{ req.payload(0,4) -m str svc1 }}
backend svc1
    server svc1 127.0.0.1:{backend}
""")
    server.run([context.peer('haproxy'), '-db', '-f', configuration])
    return server


def nginx(context, service=BARE):
    """nginx's stream module, by the server name in a ClientHello."""
    server, backend = with_backend(context, service)
    module = context.peers / 'usr/lib/nginx/modules/ngx_stream_module.so'
    configuration = context.write('nginx.conf', f"""
load_module {module if module.exists() else '/usr/lib/nginx/modules/ngx_stream_module.so'};
daemon off;
worker_processes 1;
pid {context.work}/nginx.pid;
error_log stderr error;
events {{ worker_connections 10000; }}
stream {{
    access_log off;
    map $ssl_preread_server_name $function {{ svc1.example 127.0.0.1:{backend}; }}
    server {{
        listen 127.0.0.1:{server.port} backlog={BACKLOG};
        ssl_preread on;
        proxy_pass $function;
    }}
}}
""")
    server.run([context.peer('nginx'), '-p', context.work, '-c', configuration, '-e', 'stderr'])
    return server


# ---- those that answer with a port ----

RPCBIND = """
mount -t tmpfs tmpfs /run
(cat /etc/passwd; echo _rpc:x:65534:65534::/:/bin/false) >/run/passwd
grep -E '^(tcp|local) ' /etc/netconfig >/run/netconfig
mount --bind /run/passwd /etc/passwd
mount --bind /run/netconfig /etc/netconfig
exec "$0" -f
"""


def rpcbind(context):
    """rpcbind over TCP, with a network, a /run and an account of its own."""
    server = Server(context)
    server.port = 111
    server.run_isolated(RPCBIND, [context.peer('rpcbind')])
    return server
