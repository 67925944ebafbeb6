"""berth-registryd as a server: what is no request is refused, nobody's slowness is another's, nothing begun is lost."""
import contextlib
import os
import pathlib
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

from support import machine, processes
from support.registry import needs_postgres, postgres
from support.web import NOW, PROGRAM, Site, answer_of, everything

HEALTH = b'GET /health HTTP/1.1\r\nHost: a\r\n\r\n'
PLAIN = 'GET /health HTTP/1.1\r\nHost: a\r\n'
POST = 'POST /apply/user HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n'


def octets(text):
    return text.encode('latin-1')


# ---- where a request ends is never in doubt ----

@pytest.mark.parametrize('request_text, status', [
    pytest.param(f'{PLAIN}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, id='length and encoding'),
    pytest.param(f'{POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, id='both, of a POST'),
    pytest.param(f'{POST}Content-Length: 3\r\nContent-Length: 3\r\n\r\na=b', 400, id='two lengths'),
    pytest.param(f'{POST}Content-Length: 3, 3\r\n\r\na=b', 400, id='a list of lengths'),
    pytest.param(f'{POST}Content-Length: +3\r\n\r\na=b', 400, id='a signed length'),
    pytest.param(f'{POST}Content-Length: 0x3\r\n\r\na=b', 400, id='a length in hexadecimal'),
    pytest.param(f'{POST}Content-Length:\r\n\r\na=b', 400, id='an empty length'),
    pytest.param(f'{POST}Content-Length: 99999999999999999999\r\n\r\na=b', 413, id='a length past all numbers'),
    pytest.param(f'{POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', 501, id='another encoding'),
    pytest.param(f'{POST}Transfer-Encoding: identity\r\n\r\n', 501, id='identity'),
    pytest.param(f'{POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', 501, id='nearly chunked'),
    pytest.param(f'{POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, id='twice'),
    pytest.param(f'{POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n', 400, id='a blank before the colon'),
    pytest.param(POST.replace('1.1', '1.0') + 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, id='chunked in 1.0'),
    pytest.param(f'{PLAIN}Content-Length: 3\r\n\r\na=b', 400, id='a GET with a body'),
    pytest.param(f'{PLAIN}X: a\nY: b\r\n\r\n', 400, id='a line feed alone'),
    pytest.param('GET /health HTTP/1.1\nHost: a\n\n', 400, id='line feeds everywhere'),
    pytest.param(f'{PLAIN}X: a\rY: b\r\n\r\n', 400, id='a carriage return alone'),
    pytest.param(f'{PLAIN}X: a\r\n b\r\n\r\n', 400, id='a folded line'),
    pytest.param(f'{PLAIN}X: a\r\n\tContent-Length: 5\r\n\r\n', 400, id='a folded line with a tab'),
    pytest.param(f'{PLAIN}X: a\0b\r\n\r\n', 400, id='NUL in a value'),
    pytest.param(f'{PLAIN}X\0: a\r\n\r\n', 400, id='NUL in a name'),
    pytest.param(f'{PLAIN}X: a\x01b\r\n\r\n', 400, id='a control character'),
    pytest.param(f'{PLAIN}X a: b\r\n\r\n', 400, id='a blank in a name'),
    pytest.param(f'{PLAIN}: b\r\n\r\n', 400, id='no name'),
    pytest.param(f'{PLAIN}X\r\n\r\n', 400, id='no colon'),
    pytest.param('GET http://a/health HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='absolute form'),
    pytest.param('CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='authority form'),
    pytest.param('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='asterisk form'),
    pytest.param('GET /health HTTP/1.1\r\n\r\n', 400, id='no host'),
    pytest.param('GET /health HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n', 400, id='two hosts'),
    pytest.param('GET /health HTTP/1.1\r\nHost:\r\n\r\n', 400, id='an empty host'),
    pytest.param('GET /health HTTP/1.1\r\nHost: a, b\r\n\r\n', 400, id='a list of hosts'),
    pytest.param('GET /health HTTP/1.1\r\nHost: u@a/x\r\n\r\n', 400, id='a host that is more'),
    pytest.param('\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='an empty line first'),
    pytest.param('GET  /health HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='two blanks'),
    pytest.param('GET /health\r\nHost: a\r\n\r\n', 400, id='HTTP/0.9'),
    pytest.param('GET /health HTTP/2.0\r\nHost: a\r\n\r\n', 505, id='HTTP/2.0'),
    pytest.param('GET /health http/1.1\r\nHost: a\r\n\r\n', 400, id='a version in small letters'),
    pytest.param('GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='a fragment'),
    pytest.param('G(T /health HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='a method that is no word'),
    pytest.param(f'{PLAIN}Expect: miracles\r\n\r\n', 417, id='an expectation'),
    pytest.param(f'GET /{"a" * 5000} HTTP/1.1\r\nHost: a\r\n\r\n', 414, id='a long address'),
    pytest.param(f'{PLAIN}X: {"a" * 20000}\r\n\r\n', 431, id='a long header'),
    pytest.param(PLAIN + 'X: a\r\n' * 120 + '\r\n', 431, id='many headers'),
    pytest.param('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\0\0\0\n', 400, id='TLS'),
    pytest.param('GET /health?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='a wrong escape'),
    pytest.param('GET /health?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='an escaped NUL'),
    pytest.param('GET /health?a=%ff HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='an escaped octet that is no text'),
    pytest.param('GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', 400, id='a wrong escape in the path'),
    pytest.param(f'GET /health?{"a&" * 300} HTTP/1.1\r\nHost: a\r\n\r\n', 431, id='many questions'),
    pytest.param('GET /health HTTP/1.1\r\nHost: a\r\nX: \xff\r\n\r\n', 400, id='a header that is no text')])
def test_what_is_no_request_is_refused_and_ends_the_connection(shared, request_text, status):
    """With a second request behind it, which nobody may answer."""
    came = shared.raw(octets(request_text) + HEALTH)
    assert answer_of(came).status == status, came
    assert came.count(b'HTTP/1.1 ') == 1
    assert answer_of(came).headers['connection'] == 'close'
    assert 'x-content-type-options' in answer_of(came).headers


@pytest.mark.parametrize('request_text', [
    PLAIN + '\r\n', 'GET /health HTTP/1.0\r\nHost: a\r\n\r\n', PLAIN + 'Content-Length: 0\r\n\r\n',
    PLAIN + 'X:\ta\xc3\xa9b \r\n\r\n', 'GET /health?a=b&c HTTP/1.1\r\nHost: [::1]:8420\r\n\r\n',
    'GET /%68ealth HTTP/1.1\r\nHost: a\r\n\r\n'])
def test_what_is_a_request_is_answered(shared, request_text):
    assert answer_of(shared.raw(octets(request_text))).status == 200


def test_one_request_a_connection(shared):
    """What follows is not even read as a request."""
    for follows in (HEALTH, b'GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n', b'\0' * 1000):
        came = shared.raw(HEALTH + follows)
        assert answer_of(came).status == 200 and came.count(b'HTTP/1.1 ') == 1
    came = shared.raw(octets(f'{POST}Content-Length: 3\r\n\r\na=b') + HEALTH)
    assert came.count(b'HTTP/1.1 ') == 1 and b'connection: close' in came.lower()


def test_a_request_in_pieces_is_one(shared):
    """Each octet alone; a client that says at once that nothing follows is answered too."""
    with shared.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in HEALTH:
            connection.send(bytes([octet]))
            time.sleep(0.001)
        assert answer_of(everything(connection)).status == 200
    assert answer_of(shared.raw(HEALTH, end=True)).status == 200


def test_methods(shared):
    get = shared.get('/health')
    head = answer_of(shared.raw(HEALTH.replace(b'GET', b'HEAD')))
    assert (head.status, head.octets) == (200, b'') and head.headers['content-length'] == str(len(get.octets))
    for method in ('POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'get', 'BREW'):
        refused = shared.visitor().ask(method, '/health')
        assert (refused.status, refused.headers['allow']) == (405, 'GET, HEAD'), method
    assert shared.visitor().ask('PUT', '/apply/user').headers['allow'] == 'GET, HEAD, POST'


def test_paths(shared):
    for path in ('/nothing', '/health/', '//health', '/health/x', '/service/', '/./health', '/asset/../health',
                 '/asset/..%2f..%2fetc%2fpasswd', '/' + 'a/' * 40):
        assert shared.get(path).status == 404, path
    assert shared.get('/service/ssh').status == 200
    assert shared.get('/service/%73sh').status == 200
    assert shared.get('/service/s%2Fsh').status == 404


# ---- what every answer says ----

POLICY = {'default-src': "'none'", 'script-src': "'self'", 'connect-src': "'self'", 'img-src': "'self' data:",
          'form-action': "'self'", 'base-uri': "'none'", 'frame-ancestors': "'none'"}


@pytest.mark.parametrize('path, status', [('/', 200), ('/search?q=ssh', 200), ('/apply/user', 200), ('/nothing', 404),
                                          ('/track/abc', 404), ('/health', 200), ('/service/none', 404)])
def test_headers_of_security(shared, path, status):
    answer = shared.get(path)
    assert answer.status == status
    policy = dict(part.strip().split(' ', 1) for part in answer.headers['content-security-policy'].split(';'))
    assert {name: policy.get(name) for name in POLICY} == POLICY
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy['style-src'])
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert answer.headers['cross-origin-opener-policy'] == 'same-origin'
    assert answer.headers['cross-origin-resource-policy'] == 'same-origin'
    assert answer.headers['referrer-policy'] == ('no-referrer' if path.startswith('/track') else 'same-origin')
    assert 'camera=()' in answer.headers['permissions-policy']
    assert 'server' not in answer.headers and 'x-powered-by' not in answer.headers
    assert 'strict-transport-security' not in answer.headers


def test_https_is_kept_to(https):
    assert https.get('/').headers['strict-transport-security'].startswith('max-age=31536000')


def test_nobody_learns_the_version(shared):
    version = subprocess.run([PROGRAM, '--version'], check=True, capture_output=True, text=True).stdout.split()[1]
    for came in (shared.raw(HEALTH), shared.raw(b'nonsense\n'), shared.raw(HEALTH.replace(b'health', b'x'))):
        assert version.encode() not in came and b'icrohttpd' not in came


def test_a_page_that_did_not_change_is_not_sent_again(make_web_site):
    site = make_web_site().start()
    page = site.get('/service/ssh')
    tag = page.headers['etag']
    assert page.headers['cache-control'] == 'no-cache'
    again = site.get('/service/ssh', If_None_Match=f'"other", {tag}')
    assert (again.status, again.octets, again.headers['etag']) == (304, b'', tag)
    assert 'content-type' not in again.headers
    assert site.get('/service/http', If_None_Match=tag).status == 200
    assert site.get('/search?q=a').headers['etag'] != site.get('/search?q=b').headers['etag']
    site.registry.put(b'port,transport,service,team,purpose\n20017,tcp,billing,payments,invoices\n', '--as', 'own')
    assert site.get('/service/ssh', If_None_Match=tag).status == 200, 'the registry is another one'
    for path in ('/apply/user', '/track/abc', '/nothing'):
        assert site.get(path).headers['cache-control'] == 'no-store'
        assert 'etag' not in site.get(path).headers


# ---- bodies ----

def test_forms_of_both_kinds_come_in(shared):
    """What is typed comes back, whatever the way; this form's token is missing."""
    typed = 'Füße & <b> "quoted" \' + %41'
    for files in (None, {}):
        page = shared.visitor().send('/apply/user', {'name': typed, 'button': 'check'}, files)
        assert page.status == 403 or page.field('name') == typed, page.words


@pytest.mark.parametrize('body, kind, status', [
    (b'a=%ff', 'application/x-www-form-urlencoded', 400), (b'a=%00', 'application/x-www-form-urlencoded', 400),
    (b'a=\xff', 'application/x-www-form-urlencoded', 400), (b'a=%4', 'application/x-www-form-urlencoded', 400),
    (b'a=1&' * 300, 'application/x-www-form-urlencoded', 413), (b'a=1', 'multipart/form-data', 400),
    (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', 'multipart/form-data; boundary=x', 400),
    (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n', 'multipart/form-data; boundary=x', 400),
    (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\0\r\n--x--\r\n', 'multipart/form-data; boundary=x', 400)])
def test_bodies_that_are_no_text_are_refused(shared, body, kind, status):
    assert shared.visitor().ask('POST', '/apply/user', body, Content_Type=kind).status == status


def test_a_body_has_an_end(shared):
    """A length that is too much is refused before any of it is read; without a length, when it gets too much."""
    refused = answer_of(shared.raw(octets(f'{POST}Content-Length: 2097153\r\n\r\n')))
    assert refused.status == 413 and refused.headers['connection'] == 'close'
    with shared.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        connection.sendall(octets(f'{POST}Content-Length: 3000000\r\n\r\n') + b'a' * 3000000)
        assert answer_of(everything(connection)).status == 413, 'who sends it all the same reads why it was not taken'
    chunk = b'10000\r\n' + b'a' * 0x10000 + b'\r\n'
    assert answer_of(shared.raw(octets(f'{POST}Transfer-Encoding: chunked\r\n\r\n') + chunk * 33 + b'0\r\n\r\n')).status == 413
    confirm = POST.replace('/apply/user', '/confirm/abc')
    assert answer_of(shared.raw(octets(f'{confirm}Content-Length: 65537\r\n\r\n'))).status == 413
    assert shared.get('/health').status == 200


def test_chunks_are_put_together(shared):
    whole = octets(f'{POST}Transfer-Encoding: chunked\r\n\r\n') + b'3\r\na=%\r\n2\r\n41\r\n0\r\n\r\n'
    assert answer_of(shared.raw(whole)).status in (200, 403)
    broken = octets(f'{POST}Transfer-Encoding: chunked\r\n\r\n') + b'zz\r\na=1\r\n0\r\n\r\n'
    came = shared.raw(broken + HEALTH)
    assert came == b'' or answer_of(came).status == 400
    assert came.count(b'HTTP/1.1 ') <= 1


def test_who_waits_to_be_asked_for_the_body_is_asked(shared):
    with shared.connect() as connection:
        connection.sendall(octets(f'{POST}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n'))
        assert connection.recv(4096) == b'HTTP/1.1 100 Continue\r\n\r\n'
        connection.sendall(b'a=b')
        assert answer_of(everything(connection)).status in (200, 403)
    came = shared.raw(octets(f'{POST}Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n'))
    assert answer_of(came).status == 413 and b'100 Continue' not in came


def test_all_bodies_together_have_room(make_web_site):
    """Room is taken when a body is announced; who finds none is told to come back, and everybody else is served."""
    site = make_web_site().start('--limit', 'bodies-octets=100000')
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            connection = stack.enter_context(site.connect())
            connection.sendall(octets(f'{POST}Content-Length: 50000\r\n\r\na'))
        wait_until(lambda: answer_of(site.raw(octets(f'{POST}Content-Length: 3\r\n\r\na=b'))).status == 503)
        refused = answer_of(site.raw(octets(f'{POST}Content-Length: 3\r\n\r\na=b')))
        assert refused.headers['retry-after'] == '5'
        assert site.get('/').status == 200
        assert site.metrics()['bodies_refused_total'] >= 1
    wait_until(lambda: answer_of(site.raw(octets(f'{POST}Content-Length: 3\r\n\r\na=b'))).status != 503)


# ---- forms of others ----

@pytest.mark.parametrize('headers, is_refused', [
    ({'Sec-Fetch-Site': 'cross-site'}, True), ({'Sec-Fetch-Site': 'same-site'}, True), ({'Sec-Fetch-Site': 'same-origin'}, False),
    ({'Sec-Fetch-Site': 'none'}, False), ({'Origin': 'https://evil.example'}, True), ({'Origin': 'null'}, True),
    ({'Origin': 'https://ports.example.org.evil.example'}, True), ({'Origin': 'https://ports.example.org'}, False), ({}, False)])
def test_forms_of_other_sites_are_refused(https, headers, is_refused):
    """Before their body is read; the token is looked at behind that."""
    answer = https.visitor().send('/apply/user', {'a': 'b'}, **headers)
    assert ('from another site' in answer.words) == is_refused
    assert answer.status == 403 or not is_refused


# ---- who calls ----

def test_a_forwarded_address_counts_only_from_the_proxy(make_web_site):
    """The last one, which the proxy itself wrote."""
    told = {'X-Forwarded-For': '198.51.100.7, 203.0.113.9'}
    site = make_web_site().start()
    site.get('/nothing', **told)
    assert 'source=127.0.0.1' in site.log() and '203.0.113.9' not in site.log()
    proxied = make_web_site().start('--trust-proxy', '127.0.0.1 unix')
    proxied.get('/nothing', **told)
    proxied.get('/nothing', **{'X-Forwarded-For': 'nonsense'})
    proxied.wait_for('source=127.0.0.1')
    assert 'source=203.0.113.9' in proxied.log() and '198.51.100.7' not in proxied.log()


def test_metrics_are_for_this_machine(make_web_site):
    site = make_web_site().start('--trust-proxy', '127.0.0.1')
    answer = site.get('/metrics')
    assert answer.status == 200 and answer.text.endswith('# EOF\n')
    assert answer.headers['content-type'].startswith('application/openmetrics-text')
    for headers in ({'X-Forwarded-For': '203.0.113.9'}, {'X-Forwarded-For': '127.0.0.1'}, {'Via': '1.1 proxy'}):
        assert site.get('/metrics', **headers).status == 404
    before = site.metrics()['requests_total']
    site.get('/nothing')
    assert site.metrics()['requests_total'] == before + 2


def test_who_asks_too_often_waits(make_web_site):
    """And nobody else does."""
    site = make_web_site().start('--trust-proxy', '127.0.0.1', '--limit', 'requests=1/5', '--limit', 'posts=1/2')

    def status(source, **headers):
        return site.get('/health', **{'X-Forwarded-For': source}, **headers).status

    assert [status('192.0.2.1') for _ in range(6)] == [200] * 5 + [429]
    refused = site.get('/health', **{'X-Forwarded-For': '192.0.2.1'})
    assert (refused.status, refused.headers['retry-after']) == (429, '30')
    assert status('192.0.2.2') == 200
    assert [status('2001:db8:1:2::1') for _ in range(5)] == [200] * 5
    assert (status('2001:db8:1:2:ffff::9'), status('2001:db8:1:3::1')) == (429, 200), 'a /64 is one source'
    post = [site.visitor().send('/apply/user', {'a': 'b'}, **{'X-Forwarded-For': '192.0.2.3'}).status for _ in range(3)]
    assert post[2] == 429 and 429 not in post[:2]
    assert site.metrics()['limit_refused_total{limit="requests"}'] == 3


def test_connections_of_one_source(make_web_site):
    site = make_web_site().start('--limit', 'connections-per-source=3')
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(site.connect())
        assert site.raw(HEALTH) == b''
    wait_until(lambda: site.raw(HEALTH) != b'')
    assert site.metrics()['connections_refused_total'] >= 1


def test_more_connections_wait_in_the_kernel(make_web_site):
    """Until one leaves; then they are served, not lost."""
    site = make_web_site().start('--limit', 'connections=5')
    with contextlib.ExitStack() as stack:
        first = [stack.enter_context(site.connect()) for _ in range(5)]
        wait_until(lambda: len(connections_of(site)) == 5)
        waiting = stack.enter_context(site.connect())
        waiting.sendall(HEALTH)
        waiting.settimeout(0.5)
        with pytest.raises(TimeoutError):
            waiting.recv(1)
        waiting.settimeout(30)
        first[0].close()
        assert answer_of(everything(waiting)).status == 200


# ---- slowness ----

def test_who_says_nothing_is_let_go(make_web_site):
    site = make_web_site().start('--limit', 'idle-seconds=1')
    with site.connect() as silent, site.connect() as begun:
        begun.sendall(b'GET /health HT')
        assert everything(silent) == b''
        assert answer_of(everything(begun)).status == 408
    assert site.metrics()['timed_out_total'] == 2


def test_no_request_lasts_longer_than_it_may(make_web_site):
    """An octet now and then does not help: neither in the head nor in the body."""
    site = make_web_site().start('--limit', 'request-seconds=2', '--limit', 'idle-seconds=30')
    begun = octets(f'{POST}Content-Length: 1000\r\n\r\n')
    with site.connect() as head, site.connect() as body:
        body.sendall(begun)
        head.sendall(b'G')
        drip(head, body)
        for connection in (head, body):
            came = everything(connection)
            assert came == b'' or answer_of(came).status == 408
    assert site.metrics()['timed_out_total'] == 2


def test_an_answer_that_nobody_reads_is_let_go(make_web_site):
    site = make_web_site().start('--limit', 'request-seconds=2', '--limit', 'idle-seconds=1')
    with site.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.sendall(b'GET /rules HTTP/1.1\r\nHost: a\r\n\r\n')
        wait_until(lambda: len(connections_of(site)) == 0)


def test_slow_connections_cost_the_others_nothing(make_web_site):
    """Of the two kinds: heads, and bodies, that never come to their end."""
    count = min(4000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 4)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    site = make_web_site().start('--limit', 'idle-seconds=600', '--limit', 'request-seconds=600')
    try:
        with contextlib.ExitStack() as stack:
            for i in range(count):
                connection = stack.enter_context(site.connect())
                connection.sendall(PLAIN.encode() if i % 2 else octets(f'{POST}Content-Length: 1000\r\n\r\na'))
            wait_until(lambda: site.metrics()['connections'] >= count)
            for _ in range(50):
                assert site.get('/search?q=ssh').status == 200
            assert resident_octets(site) < 400 << 20
        wait_until(lambda: site.metrics()['connections'] == 1)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_who_hangs_up_leaves_nothing_behind(make_web_site):
    """At any octet of a request, with a reset or without; an end that libmicrohttpd did not see ends by its time."""
    site = make_web_site().start('--limit', 'idle-seconds=2')
    whole = octets(f'{POST}Content-Length: 5\r\n\r\na=bcd')
    site.get('/')
    before = len(processes.descriptors(site.process.pid))
    for cut in range(0, len(whole), 3):
        for is_reset in (False, True):
            with site.connect() as connection:
                connection.sendall(whole[:cut])
                if is_reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
    wait_until(lambda: site.metrics()['connections'] == 1)
    assert site.metrics()['failed_total'] == 0
    wait_until(lambda: len(processes.descriptors(site.process.pid)) <= before)


# ---- the store is busy ----

def test_while_another_writes_pages_are_read(web_site):
    """A writer that does not end: reading goes on; what wanted to write is told to come back."""
    with sqlite3.connect(web_site.registry.path, isolation_level=None) as writer:
        writer.execute('BEGIN IMMEDIATE')
        for path in ('/', '/search?q=ssh', '/service/ssh', '/health', '/apply/user'):
            assert web_site.get(path).status == 200
        busy = web_site.visitor().post('/staff/sign-in', {'login': 'nobody', 'password': 'x', 'code': '1'})
        assert (busy.status, busy.headers['retry-after']) == (503, '5')
        writer.execute('ROLLBACK')
    assert web_site.visitor().post('/staff/sign-in', {'login': 'nobody', 'password': 'x', 'code': '1'}).status == 403


@needs_postgres
def test_a_registry_in_postgres(tmp_path):
    """Behind the same sandbox, which lets it reach its server."""
    with postgres() as url:
        site = Site(tmp_path, url).start()
        try:
            password, _ = site.add_staff('ann', 'auditor')
            for path in ('/', '/service/ssh', '/health', '/changes', '/statistics'):
                assert site.get(path).status == 200, path
            form = {'login': 'ann', 'password': password, 'code': '000000'}
            assert site.visitor().post('/staff/sign-in', form).status == 403
            assert site.stop() == 0
        finally:
            site.clean_up()


# ---- beginning and end ----

def test_it_ends_when_those_are_answered_who_have_begun(make_web_site):
    site = make_web_site().start()
    with site.connect() as silent, site.connect() as head, site.connect() as body:
        head.sendall(HEALTH[:10])
        body.sendall(octets(f'{POST}Content-Length: 3\r\n\r\na'))
        wait_until(lambda: site.metrics()['connections'] == 4)
        site.process.send_signal(signal.SIGTERM)
        site.wait_for('event=stopping')
        assert everything(silent) == b''
        with pytest.raises(ConnectionRefusedError):
            site.connect()
        head.sendall(HEALTH[10:])
        body.sendall(b'=b')
        assert answer_of(everything(head)).status == 200
        assert answer_of(everything(body)).status in (200, 403)
    assert site.process.wait(10) == 0


def test_a_second_signal_does_not_wait(make_web_site):
    site = make_web_site().start()
    with site.connect() as head:
        head.sendall(HEALTH[:10])
        wait_until(lambda: site.metrics()['connections'] == 2)
        site.process.send_signal(signal.SIGTERM)
        site.wait_for('event=stopping')
        assert site.process.poll() is None
        site.process.send_signal(signal.SIGINT)
        assert site.process.wait(10) == 0


def test_a_unix_socket(make_web_site):
    site = make_web_site()
    path = site.folder / 'socket'
    site.start('--listen', f'unix:{path}')
    for asked in ('/health', '/metrics'):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(f'GET {asked} HTTP/1.1\r\nHost: a\r\n\r\n'.encode())
            assert answer_of(everything(connection)).status == 200
    assert 'source=unix' in site.log()


def test_a_socket_of_the_service_manager(make_web_site, tmp_path):
    """Passed as descriptor 3; the manager is told when it is ready and when it ends."""
    site = make_web_site()
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(tmp_path / 'notify'))
    told.settimeout(30)
    with socket.create_server(('127.0.0.1', 0)) as listener, told:
        port = listener.getsockname()[1]
        passing = ('import os, sys; os.dup2(int(os.environ["PASSED"]), 3); '
                   'os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1"); os.execv(sys.argv[1], sys.argv[1:])')
        command = [machine.PYTHON, '-c', passing, *site.command()]
        with open(site.log_path, 'ab') as log:
            # pylint: disable-next=consider-using-with
            site.process = subprocess.Popen(command, stderr=log, pass_fds=[listener.fileno()], env={
                **os.environ, 'PASSED': str(listener.fileno()), 'NOTIFY_SOCKET': str(tmp_path / 'notify')})
        assert told.recv(100) == b'READY=1'
        site.port = port
        assert site.get('/health').status == 200
        site.process.send_signal(signal.SIGTERM)
        assert told.recv(100) == b'STOPPING=1'
        assert site.process.wait(10) == 0


@pytest.mark.parametrize('options, code', [
    (['--help'], 0), (['--version'], 0), (['--routes'], 0), (['--check'], 0), (['--nonsense'], 2), (['word'], 2),
    (['--limit', 'requests'], 2), (['--limit', 'requests=0/1'], 2), (['--limit', 'requests=10'], 2),
    (['--limit', 'nothing=1'], 2), (['--limit', 'idle-seconds=0'], 2), (['--limit', 'connections=many'], 2),
    (['--url', 'ports.example.org'], 2), (['--url', 'https://a/b'], 2), (['--url', 'https://'], 2),
    (['--listen', '127.0.0.1:99999'], 3), (['--listen', 'localhost:80'], 3),
    (['--check', '--registry', 'sqlite:/nonexistent/registry.db'], 3)])
def test_arguments(make_web_site, options, code):
    site = make_web_site()
    ran = subprocess.run([PROGRAM, *site.registry.place, '--now', NOW, *options], capture_output=True, timeout=30,
                         check=False, text=True)
    assert ran.returncode == code, ran
    assert 'Usage:' in ran.stderr if code == 2 else True
    assert ran.stderr if code else not ran.stderr


def test_routes_are_told(shared):
    del shared
    lines = subprocess.run([PROGRAM, '--routes'], check=True, capture_output=True, text=True).stdout.splitlines()
    assert any(re.fullmatch(r'GET +/port/\{\} +everybody - .+', line) for line in lines)
    assert len({tuple(line.split()[:2]) for line in lines}) == len(lines), 'each once'


def test_what_it_gave_up(make_web_site):
    if b'__asan_init' in pathlib.Path(PROGRAM).read_bytes():
        pytest.skip('a build with a sanitizer keeps more')
    site = make_web_site().start()
    status = processes.status(site.process.pid)
    assert (status['Seccomp'], status['NoNewPrivs']) == (['2'], ['1'])


# ---- the log ----

def test_a_request_is_a_line_without_its_question(web_site):
    """Nor a secret that stands in an address, nor what follows it."""
    for path in ('/search?q=canary1', '/track/canary2', '/track/canary3/more', '/nothing/canary4', '/confirm/canary5'):
        web_site.get(path, Cookie='a=canary6', Authorization='Bearer canary7', User_Agent='canary8')
    web_site.raw(b'GET /canary9\x1b HTTP/1.1\r\nHost: a\r\n\r\n')
    web_site.wait_for('event=request-malformed')
    assert 'canary' not in web_site.log() and '\x1b' not in web_site.log()
    line = re.search(r'.*path=/search .*', web_site.log())[0]
    assert re.search(r'event=request method=GET path=/search status=200 octets=[0-9]+ microseconds=[0-9]+ source=127.0.0.1', line)
    assert 'path=/track/{}' in web_site.log()


# ---- helpers ----

@pytest.fixture(name='shared', scope='module')
def _shared(tmp_path_factory):
    """One for all that leave nothing behind."""
    site = Site(tmp_path_factory.mktemp('shared')).start()
    yield site
    assert site.stop() == 0, site.log()[-3000:]


@pytest.fixture(name='https', scope='module')
def _https(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp('https')).start('--url', 'https://ports.example.org')
    yield site
    site.stop()


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def connections_of(site):
    """Sockets of its process but the listening one."""
    sockets = [what for what in processes.descriptors(site.process.pid).values() if what.startswith('socket:')]
    return sockets[1:]


def resident_octets(site):
    return int(processes.status(site.process.pid)['VmRSS'][0]) * 1024


def drip(*connections, seconds=6):
    """An octet of each every tenth of a second, as long as somebody takes them."""
    deadline = time.monotonic() + seconds
    living = set(connections)
    while living and time.monotonic() < deadline:
        for connection in list(living):
            try:
                connection.send(b'a')
            except OSError:
                living.discard(connection)
        time.sleep(0.1)
    assert not living
