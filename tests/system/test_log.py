"""The log: an event is a line, whatever a function writes, and nobody can flood it."""
import json
import os
import re

import pytest

from support import client
from support.berthd import parse_event
from support.processes import wait_until

HOSTILE = (b'plain\n'
           b'\x1b[31mred\x1b[0m\x07\x08\n'
           b'time=2000-01-01T00:00:00.000Z level=error event=forged\n'
           b'quote " and \\ and = and \ttab\n'
           b'nul \x00 inside\n'
           b'gr\xc3\xbc\xc3\x9fe \xff\xfe\n'
           b'\r\n'
           b'last without an end')
TEXT = re.compile(r'time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=(error|warning|info|debug) process=\S+|'
                  r'time=\S+ level=\w+ process="[^"]*"')


def writer(berthd, octets):
    """A program that writes these octets to its descriptor 2."""
    (berthd.directory / 'octets').write_bytes(octets)
    berthd.write('writer', '#!/bin/sh\ncat DIR/octets >&2\n')


@pytest.fixture(name='write')
def _write(make_berthd):
    """Lets a function write octets; returns berthd after the log has something of it."""
    def write(octets, general=''):
        berthd = make_berthd('[function noise]\nhandover = spawn\ncommand = DIR/writer\n', general)
        writer(berthd, octets)
        berthd.start()
        assert client.say(berthd.address, b'noise\r\n') == b'+\r\n'
        berthd.wait_for_event('output')
        berthd.wait_for_functions(0)
        return berthd
    return write


def unescape(text):
    """What a text value of the log stands for, as octets."""
    def octet(match):
        escape = match.group(1)
        return bytes([int(escape[1:], 16)]) if escape.startswith(b'x') else escape
    return re.sub(rb'\\(x[0-9a-f]{2}|.)', octet, text.encode())


def lines_of(octets):
    """The lines as berthd shows them: empty ones are left out, a NUL is a question mark."""
    return [line.replace(b'\0', b'?') for line in octets.split(b'\n') if line]


def test_text_lines_cannot_be_forged(write):
    berthd = write(HOSTILE)
    berthd.stop()
    raw = berthd.log_path.read_bytes()
    assert re.search(rb'[^\x20-\x7e\n]', raw) is None
    for line in raw.decode().splitlines():
        assert TEXT.match(line), line
    assert [unescape(event['text']) for event in berthd.events('output', function='noise')] == lines_of(HOSTILE)
    assert berthd.events('forged') == []


def test_json_lines_parse(write):
    berthd = write(HOSTILE, general='log = stderr-json\n')
    berthd.stop()
    events = [json.loads(line) for line in berthd.log_path.read_text(encoding='ascii').splitlines()]
    assert all({'time', 'level', 'process', 'event'} <= set(event) for event in events)
    texts = [event['text'] for event in events if event['event'] == 'output']
    assert texts[:5] == ['plain', '\x1b[31mred\x1b[0m\x07\x08',
                         'time=2000-01-01T00:00:00.000Z level=error event=forged',
                         'quote " and \\ and = and \ttab', 'nul ? inside']
    assert texts[5] == 'gr\u00fc\u00dfe \u00ff\u00fe'
    assert texts[-1] == 'last without an end'
    assert not [event for event in events if event['event'] == 'forged']


def test_a_flood_is_counted(write):
    berthd = write(b''.join(b'line %d\n' % number for number in range(5000)))
    berthd.wait_for_event('output', 5, suppressed=4990)
    berthd.stop()
    events = berthd.events('output')
    assert len(events) <= 30
    assert sum(int(event.get('suppressed', 1)) for event in events) == 5000


def test_a_long_line_is_cut_and_nothing_is_lost_behind_it(write):
    berthd = write(b'x' * 3000 + b'\nbehind\n')
    berthd.wait_for_event('output', text='behind')
    events = berthd.events('output')
    assert max(len(event['text']) for event in events) <= 1024
    assert sum(event['text'].count('x') for event in events) == 3000


def test_a_writer_that_lives_on_does_not_stop_others(make_berthd):
    berthd = make_berthd('[function noise]\nhandover = spawn\ncommand = DIR/writer\n'
                         '[function cat]\nhandover = spawn\ncommand = /bin/cat\n')
    berthd.write('writer', '#!/bin/sh\nexec yes >&2\n')
    berthd.start()
    with client.call(berthd.address, 'noise')[0]:
        for _ in range(20):
            assert client.say(berthd.address, b'cat\r\nbehind') == b'+\r\nbehind'
        size = berthd.log_path.stat().st_size
    assert size < 100_000


def test_many_functions_may_write_errors_at_the_same_time(make_berthd):
    """However many there are: nobody dies because nobody reads."""
    command = 'handover = spawn\ncommand = /bin/sh -c "read line; echo error >&2; echo error >&2; echo $line"\n'
    berthd = make_berthd(''.join(f'[function f{number}]\n{command}' for number in range(100)),
                         listen='rate-per-source = off').start()
    held = [client.call(berthd.address, f'f{number}')[0] for number in range(100)]
    for connection in held:
        connection.sendall(b'still here\n')
    assert [client.read_all(connection) for connection in held] == [b'still here\n'] * 100


def test_whoever_reads_the_log_cannot_stop_berthd(make_berthd):
    """First nobody reads it, then nobody can any more."""
    berthd = make_berthd('[function noise]\nhandover = spawn\ncommand = /bin/sh -c "yes | head -n 100000 >&2"\n'
                         '[function cat]\nhandover = spawn\ncommand = /bin/cat\n', listen='rate-per-source = off')
    reading, writing = os.pipe()
    berthd.prefix = ['/bin/bash', '-c', f'exec "$@" 2>&{writing} {writing}>&-', 'bash']
    berthd.options = {'pass_fds': [writing]}
    berthd.start(ready=False)
    os.close(writing)
    wait_until(lambda: client.answers(berthd.address) == 'open', what='berthd listening')
    for _ in range(2):
        for _ in range(300):
            assert client.say(berthd.address, b'nobody\r\n').startswith(b'-')
        assert client.say(berthd.address, b'noise\r\n') in (b'+\r\n', b'')
        assert client.say(berthd.address, b'cat\r\nbehind', source='127.0.0.2') == b'+\r\nbehind'
        assert berthd.process.poll() is None
        if reading is not None:
            os.close(reading)
            reading = None
    berthd.stop()


def test_processes_are_named(write):
    berthd = write(b'line\n')
    assert parse_event(berthd.log().splitlines()[-1])['process'].startswith('launcher ')
    assert berthd.events('ready', process='supervisor')
