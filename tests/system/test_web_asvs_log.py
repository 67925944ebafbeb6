"""Memory, the log, and errors that nobody expected.  test_web_asvs.py says what the numbers mean.
"""
import contextlib
import datetime
import pathlib
import re
import sqlite3
import subprocess
import time
import urllib.parse

import pytest

from support import machine
from support.web import PROGRAM


# ---- memory ----

@pytest.mark.asvs('1.4.1')
def test_the_program_uses_no_function_that_writes_past_its_end():
    """And is compiled with what stops it when something does."""
    if 'sanitize' in str(machine.PROGRAMS):
        pytest.skip('a sanitizer brings its own')
    sources = list((pathlib.Path(__file__).resolve().parents[2] / 'src').rglob('*.c'))
    never = re.compile(r'\b(strcpy|strcat|strncpy|v?sprintf|gets|alloca|system|popen|mktemp|tmpnam)\(')
    assert len(sources) > 300
    assert not [path.name for path in sources if never.search(re.sub(r'(?s)/\*.*?\*/|"(\\.|[^"\\])*"', ' ', path.read_text()))]
    symbols = subprocess.run(['nm', '-D', '--undefined-only', PROGRAM], check=True, capture_output=True, text=True).stdout
    assert '__stack_chk_fail' in symbols and '__memcpy_chk' in symbols
    head = subprocess.run(['readelf', '-hldW', PROGRAM], check=True, capture_output=True, text=True).stdout
    assert 'DYN (' in head and 'GNU_RELRO' in head and 'NOW' in head and not re.search('GNU_STACK.*RWE', head)


@pytest.mark.asvs('1.4.2')
@pytest.mark.parametrize('number', ['65536', '4294967296', '4294967318', '-1', '2147483648', '18446744073709551615', '18446744073709551638', '9' * 200,
                                    '1e9', '0x16', '22.0', '+22', ' 22', '22 '])
def test_numbers_that_are_none_or_too_large(house, number):
    """Wherever an address or a form takes one; what wraps around to 22 is not 22."""
    quoted = urllib.parse.quote(number, safe='')
    for path in (f'/port/{quoted}', f'/api/v1/ports/{quoted}'):
        assert house.get(path).status in (400, 404), path
    for path in (f'/search?q=ssh&from={quoted}', f'/api/v1/next?count={quoted}', f'/api/v1/next?from={quoted}', f'/map?from={quoted}&to={quoted}',
                 f'/changes?from=2026-01-01&page={quoted}', f'/search?q={quoted}-{quoted}'):
        answer = house.get(path)
        assert answer.status in (200, 400, 404), path
    for path in (f'/staff/mail?letter={quoted}', f'/staff/mail?before={quoted}', f'/staff/audit?event={quoted}', f'/staff/audit?before={quoted}'):
        answer = house.who('all').get(path)
        assert answer.status in (200, 400, 404), path
        assert answer.status != 200 or 'before' in path or '<table' in answer.text or number.strip(' +') == '22', 'the list, never one of them'
    assert house.get('/health').status == 200


@pytest.mark.asvs('1.4.3')
@pytest.mark.timeout(180)
def test_what_requests_took_is_given_back(fresh):
    """Many of each kind, also those that are refused in their middle: descriptors and memory are as they were."""
    if 'sanitize' in str(machine.PROGRAMS):
        pytest.skip('a build with a sanitizer keeps what is given back')

    def round_of_requests():
        for path in ('/', '/port/22', '/search?q=ssh', '/map', '/download/iana-csv', '/apply/user', '/nothing', '/changes?from=2026-01-01',
                     '/api/v1/search?q=ssh', '/statistics', '/rules'):
            fresh.get(path)
        fresh.visitor().send('/apply/user', {'formats': 'x' * 50000})
        fresh.visitor().ask('POST', '/api/v1/examine', '{"kind"', Content_Type='application/json')
        with fresh.connect() as connection:
            connection.sendall(b'POST /apply/user HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc')

    def held():
        status = pathlib.Path(f'/proc/{fresh.process.pid}/status').read_text()
        return len(list(pathlib.Path(f'/proc/{fresh.process.pid}/fd').iterdir())), int(re.search(r'RssAnon:\s+(\d+)', status)[1])

    def after(rounds):
        for _ in range(rounds):
            round_of_requests()
        while fresh.metrics()['connections'] > 1:
            time.sleep(0.2)
        return held()

    fresh.restart('--limit', 'idle-seconds=2')
    before, then = after(70), after(70)
    assert then[0] <= before[0] + 1 and then[1] < before[1] + 3000, (before, then)


# ---- the log, and errors ----

@pytest.mark.asvs('16.2.1', '16.2.4', '16.4.1')
def test_a_line_of_the_log_is_one_event(fresh):
    """Whatever was asked or typed; each line has the same shape, which programs read."""
    visitor = fresh.who('rae')
    for text in ('a\nevent=signed-in login=root', 'b\r\nevent=forged', 'c" login="root', 'd\x1b[2J', 'e\u202e', 'f event=forged', 'g=h', '\\n\\'):
        quoted = urllib.parse.quote(text, safe='')
        for path in (f'/nothing/{quoted}', f'/{quoted}', f'/search?q={quoted}', f'/track/{quoted}', f'/staff/application/{quoted}', f'/service/{quoted}'):
            visitor.get(path, User_Agent=text.encode('ascii', 'ignore').decode().replace('\n', '').replace('\r', '').replace('\x1b', ''))
        fresh.visitor().post('/staff/sign-in', {'login': text, 'password': text, 'code': text})
        fresh.forge('rae', 'B-2026-0001', 'ask', text=text)
    lines = fresh.log().splitlines()
    assert len(lines) > 20  # of the same kind a few a second, then their number
    for line in lines:
        assert re.fullmatch(r'[ -~]+', line), line
        assert len(re.findall(r'(?:^| )event=', line)) == 1, line
        assert 'forged' not in re.findall(r'(?:^| )event=(\S+)', line)[0]
    assert not [line for line in lines if 'event=signed-in' in line and 'login=root' in line]
    for words in ('event=request', 'source=127.0.0.1', 'login=rae', 'status=200', 'microseconds='):
        assert words in fresh.log(), words


@pytest.mark.asvs('16.2.2', '16.2.3')
def test_times_are_utc_and_the_log_goes_to_one_place(fresh):
    """The chain says when in UTC whatever zone the machine has; the program writes to its standard error alone."""
    fresh.restart(TZ='Pacific/Kiritimati')
    fresh.begin()
    moments = [at for at, in fresh.registry.sql('SELECT at FROM event ORDER BY n')]
    assert all(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', at) for at in moments)
    now = fresh.now.replace(tzinfo=None)
    last = datetime.datetime.fromisoformat(moments[-1].rstrip('Z'))
    assert abs((now - last).total_seconds()) < 3600
    opened = set()
    for path in pathlib.Path(f'/proc/{fresh.process.pid}/fd').iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was closed meanwhile
            opened.add(str(path.readlink()))
    files = {name for name in opened if name.startswith('/') and not name.startswith(('/dev/', '/proc/')) and not name.endswith('(deleted)')}
    store = str(fresh.folder / 'registry.')  # some of whose files come and go
    assert {name for name in files if not name.startswith(store)} <= {str(fresh.log_path)}, files


@pytest.mark.asvs('16.3.1', '16.3.2', '16.3.3')
def test_who_tries_is_written_down(fresh):
    """Every sign-in and how it ended; every right that was lacking; every form and link that was not right."""
    fresh.who('rae')
    fresh.visitor().post('/staff/sign-in', {'login': 'rae', 'password': 'x', 'code': 'x'})
    reference, _ = fresh.begin()
    fresh.who('aud').get('/staff/people')
    fresh.forge('aud', reference, 'assign')
    fresh.forge('rae', reference, 'assign')
    fresh.get('/track/' + 'a' * 26)
    fresh.who('rae').send(f'/staff/application/{reference}/ask', {'token': 'x', 'ask-text': 'x'})
    fresh.who('rae').send('/staff/sign-out', {'token': 'x'}, Origin='https://evil.example')
    fresh.get('/metrics', X_Forwarded_For='1.2.3.4')
    log = fresh.log()
    for words in ('event=signed-in login=rae', 'event=sign-in-failed login=rae', 'event=refused login=aud', 'event=refused login=rae'):
        assert words in log, words
    assert re.search(r'path=/staff/sign-out status=403', log) and re.search(rf'path=/staff/application/{reference}/ask status=403', log)
    refused = [(login, subject) for _, subject, login, _ in fresh.events('refused')]
    assert ('aud', 'GET /staff/people') in refused and ('rae', f'application {reference}') in refused
    assert [login for login, subject in refused if subject == 'a link'] != ['rae'] and any(subject == 'a link' for _, subject in refused)
    assert [row for row in refused if row[0] == 'aud' and 'POST' in row[1]]


@pytest.mark.asvs('16.4.2', '16.4.3')
def test_the_record_is_changed_by_nobody_unseen(fresh):
    """Neither an event nor what it made; the head that is public is what others hold it against."""
    reference, _ = fresh.begin()
    fresh.do('rae', reference, 'ask', text='Why?')
    fresh.registry.verify()
    head = fresh.registry.sql('SELECT n, hash FROM chain')[0]
    assert head[1] in fresh.get('/audit').text and head[1] in fresh.get('/api/v1/audit').text
    fresh.stop()
    fresh.registry.sql('PRAGMA wal_checkpoint(TRUNCATE)')
    whole, found = fresh.registry.path.read_bytes(), 0
    for change in ("UPDATE event SET why = 'another' WHERE n = 3", "UPDATE event SET staff = 0 WHERE act = 'ask'", 'DELETE FROM event WHERE n = 4',
                   "UPDATE step SET to_state = 'approved' WHERE n = 2", "UPDATE answer SET value = 'another'", "UPDATE question SET text = 'another'",
                   'UPDATE application SET own_staff = 1'):
        for path in fresh.folder.glob('registry.db*'):
            path.unlink()
        fresh.registry.path.write_bytes(whole)
        with sqlite3.connect(fresh.registry.path) as connection:
            try:
                assert connection.execute(change).rowcount > 0, change
            except sqlite3.IntegrityError:
                continue  # a key or a check says no
        connection.close()
        assert fresh.registry.verify(code=1), change
        found += 1
    assert found >= 5


@pytest.mark.asvs('16.3.4', '16.5.1', '16.5.3', '16.5.4')
def test_an_error_that_nobody_expected_tells_strangers_nothing(fresh):
    """The store is another one all at once: each page answers with a page, none lets anybody in, the log has the reason."""
    fresh.begin()
    visitor, token = fresh.who('all'), fresh.track if hasattr(fresh, 'track') else fresh.token('receipt')
    fresh.registry.sql('ALTER TABLE token RENAME TO tokens')
    for path in ('/staff', '/staff/people', '/staff/audit', f'/track/{token}', f'/confirm/{token}', '/staff/sign-in', '/staff/account', '/api/v1/applications'):
        answer = visitor.get(path, **({'Authorization': 'Bearer ' + 'a' * 26} if path.startswith('/api') else {}))
        assert answer.status in (200, 303, 401, 500, 503), (path, answer.status)
        assert answer.status != 200 or path == '/staff/sign-in', path
        assert 'SQL' not in answer.text and 'no such table' not in answer.text and 'token' not in answer.words.lower().replace('a token is needed', '').replace(
            'bearer token', ''), path
    for path in ('/', '/port/22', '/search?q=ssh', '/health', '/apply/user'):
        assert fresh.get(path).status == 200, path
    assert 'no such table' in fresh.log() and fresh.process.poll() is None
    fresh.registry.sql('ALTER TABLE tokens RENAME TO token')
    assert visitor.get('/staff').status in (200, 303)


@pytest.mark.asvs('16.5.2')
def test_without_the_store_what_is_published_is_read_on(fresh):
    fresh.registry.path.rename(fresh.folder / 'away')
    for path in ('/', '/port/22', '/search?q=ssh', '/service/ssh', '/download/json', '/api/v1/ports/22', '/map'):
        assert fresh.get(path).status == 200, path
    (fresh.folder / 'away').rename(fresh.registry.path)
