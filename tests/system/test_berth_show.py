"""`berth show` and `berth check`: which descriptions are read, what is printed, and what a hostile file can do."""
import json
import pathlib
import subprocess

import pytest

from support import machine
from support.command import COULD_NOT, NO, USAGE, berth

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / 'descriptions/golden'
EXFILES = GOLDEN / 'exfiles.berth'
GOOD = 'protocol good { types { client request Ask { "GOOD!"; sure; op: u8; } server reply Ask { x"02"; } } }'


def golden(name):
    return (GOLDEN / name).read_bytes()


# ---- which descriptions ----

def test_files_folders_and_standard_input_are_read(tmp_path):
    (tmp_path / 'b.berth').write_text(GOOD)
    (tmp_path / 'a.berth').write_text(GOOD.replace('good', 'first'))
    (tmp_path / '.hidden.berth').write_text('not a description')
    (tmp_path / 'notes.txt').write_text('not a description')
    shown = berth('show', '--chart', 'dot', tmp_path, '-', octets=GOOD.replace('good', 'third').encode())
    assert [line for line in shown.split(b'\n') if line.startswith(b'digraph')] == [
        b'digraph "first" {', b'digraph "good" {', b'digraph "third" {']


def test_descriptions_that_come_with_berth(tmp_path):
    one, two = tmp_path / 'one', tmp_path / 'two'
    for folder, name in ((one, 'from-one'), (two, 'from-two')):
        folder.mkdir()
        (folder / 'x.berth').write_text(GOOD.replace('good', name.replace('-', '_')))
    assert b'from_two' in berth('show', '--types', '--boxes', f'--descriptions={one}:{two}')
    assert b'from_one' in berth('show', '--json', environment={'BERTH_DESCRIPTIONS': str(one)})
    shown = berth('show', '--json', '--descriptions', two, environment={'BERTH_DESCRIPTIONS': str(one)})
    assert b'from_two' in shown and b'from_one' not in shown


@pytest.mark.parametrize('verb', ['show', 'check'])
def test_what_is_not_there(verb, tmp_path):
    assert 'nosuch.berth: No such file' in berth(verb, tmp_path / 'nosuch.berth', code=COULD_NOT)
    assert 'no *.berth file is there' in berth(verb, tmp_path, code=COULD_NOT)
    assert 'No such file' in berth(verb, '--descriptions', tmp_path / 'nosuch', code=COULD_NOT)


# ---- show ----

@pytest.mark.parametrize('words, document', [
    (['--form'], 'form'), (['--types'], 'types'), (['--boxes'], 'boxes'), (['--chart', 'mermaid'], 'mermaid'),
    (['--chart=dot'], 'dot'), (['--examples'], 'examples')])
def test_one_document_is_printed_alone(words, document):
    assert berth('show', *words, EXFILES) == golden(f'exfiles.{document}')


def test_broken_messages_have_one_thing_wrong():
    """Each a line of hex behind what is wrong; a message of fixed octets is never among its broken ones."""
    shown = berth('show', '--broken', '-', octets=GOOD.encode()).decode().splitlines()
    whats, lines = shown[0::2], [bytes.fromhex(line) for line in shown[1::2]]
    assert len(lines) == len(whats) == len(set(lines)) > 4
    assert all(what.startswith(('# Ask of the client: ', '# Ask of the server: ')) for what in whats)
    for what, line in zip(whats, lines):
        assert not (line.startswith(b'GOOD!') and len(line) == 6) if 'client' in what else line != b'\x02', what
    of_request = berth('show', '--broken', '--message', 'Request', EXFILES)
    assert of_request.count(b'# Request of the client: ') == 8 and b'Cancel' not in of_request
    assert b'# Ask' not in berth('show', '-', octets=GOOD.encode())


def test_without_an_option_all_documents_follow_each_other():
    shown = berth('show', EXFILES)
    at = [shown.index(golden(f'exfiles.{document}'))
          for document in ('form', 'types', 'boxes', 'mermaid', 'examples')]
    assert at == sorted(at)
    assert b'exfiles: message formats\n========================\n' in shown


def test_json_is_one_object_for_each_file():
    shown = json.loads(berth('show', '--json', EXFILES))
    assert shown['file'] == str(EXFILES) and shown['protocols'][0]['name'] == 'exfiles'


def test_one_protocol_and_one_message():
    shown = berth('show', '--protocol', 'exfiles', '--message', 'Cancel', GOLDEN / 'tftp.berth', EXFILES)
    assert b'Cancel (cancel of the client)' in shown and b'Cancel of the client, smallest' in shown
    assert b'Request' not in shown
    assert 'no protocol nosuch in' in berth('show', '--protocol', 'nosuch', EXFILES, code=NO)
    assert 'no message Nosuch in' in berth('show', '--message', 'Nosuch', EXFILES, code=NO)


def test_a_chart_has_one_of_two_languages():
    assert 'mermaid or dot' in berth('show', '--chart', 'uml', EXFILES, code=USAGE)


def test_nothing_is_shown_of_what_has_errors():
    said = berth('show', '-', octets=b'protocol t {', code=NO)
    assert said.startswith('standard input:1:')


@machine.needs('dot')
def test_graphviz_draws_every_chart():
    for description in sorted(GOLDEN.glob('*.berth')):
        chart = berth('show', '--chart', 'dot', description)
        drawn = subprocess.run(['dot', '-Tsvg'], input=chart, capture_output=True, timeout=20, check=True)
        assert drawn.stderr == b'' and b'</svg>' in drawn.stdout


# ---- check ----

def test_a_good_description_is_summed_up():
    printed = berth('check', '-', octets=GOOD.encode()).decode()
    assert 'standard input: no errors\n  good: 2 messages\n    first message Ask: sure after ' in printed


def test_errors_are_printed_and_returned():
    broken = b'protocol t { types { client request M { nosuch: Unknown; } } }'
    ran = subprocess.run([machine.PROGRAMS / 'berth', 'check', '-'], input=broken, capture_output=True, timeout=20,
                         check=False)
    assert ran.returncode == NO and ran.stderr == b''
    assert b'standard input:1:' in ran.stdout and b'error E1' in ran.stdout


def test_check_as_json():
    checked = json.loads(berth('check', '--json', '-', octets=GOOD.encode()))['files'][0]
    assert checked['errors'] == 0 and checked['file'] == 'standard input'
    assert checked['protocols'][0]['first_messages'][0]['name'] == 'Ask'


# ---- hostile files ----

def test_a_file_that_is_too_large():
    ran = subprocess.run([machine.PROGRAMS / 'berth', 'check', '/dev/zero'], capture_output=True, timeout=20,
                         check=False)
    assert ran.returncode == NO and b'a file has at most 1048576 octets' in ran.stdout


HOSTILE = {
    'blocks within blocks': 'protocol t { ' + 'types { ' * 100000,
    'formats that double': 'protocol t { formats { ' + ''.join(
        f'format F{i} {{ F{i + 1}; F{i + 1}; }} ' for i in range(20000)) +
    'format F20000 { u8; } } types { client request M { weak; F0; } } }',
    'many messages': 'protocol t { types { ' + ''.join(
        f'client request M{i} {{ weak; x"{i:04x}"; }} ' for i in range(20000)) + '} }',
    'a long sum': 'protocol t { types { client request M { weak; n: u8; payload[' + 'n + ' * 50000 + 'n]; } } }',
    'repetitions of repetitions': 'protocol t { types { client request M { weak; ' + 'repeat until x"00" { ' * 30 +
    'u8 in 1..255; ' + '} ' * 30 + '} } }',
}


@pytest.mark.parametrize('what', HOSTILE)
def test_hostile_text_ends_soon(what):
    text = HOSTILE[what]
    for verb in (['check'], ['show'], ['show', '--json']):
        ran = subprocess.run([machine.PROGRAMS / 'berth', *verb, '-'], input=text.encode(), capture_output=True,
                             timeout=120, check=False)
        assert ran.returncode in (0, NO, COULD_NOT), ran.stderr[-2000:]
        assert ran.returncode == 0 or ran.stdout or ran.stderr.startswith((b'berth: standard input', b'standard input'))
