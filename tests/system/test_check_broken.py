"""The examiner on descriptions with one fault each: `berth check` names the fault and its line, and finds no other.

The first line of each file says what is expected: `// expect: E3 line 17`."""
import pathlib
import re
import subprocess

import pytest

from support.command import DONE, NO, PROGRAM

FOLDER = pathlib.Path(__file__).resolve().parents[1] / 'descriptions/broken'
FILES = sorted(FOLDER.glob('*.berth'))
EXPECTED = re.compile(r'// expect: (E\d+) line (\d+)')
FINDING = re.compile(r'^(.+\.berth):(\d+):\d+: (error|warning|note) (\w+): (.+)$', re.MULTILINE)
WARNINGS = {'E14'}


def check(path):
    """The exit status and the findings (line, level, id) of `berth check`."""
    ran = subprocess.run([PROGRAM, 'check', str(path)], capture_output=True, text=True, check=False)
    assert ran.stderr == ''
    found = [(int(line), level, name) for file, line, level, name, _ in FINDING.findall(ran.stdout) if file == str(path)]
    return ran.returncode, found


def test_there_are_files_for_every_check():
    assert len(FILES) >= 30
    faults = {f'E{number}' for number in range(1, 16)} - {'E11'}  # which is a measure
    assert {path.name.split('-')[0] for path in FILES} == faults


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.stem)
def test_the_fault_is_named_at_its_line(path):
    name, line = EXPECTED.fullmatch(path.read_text().split('\n', 1)[0]).groups()
    assert path.name.startswith(f'{name}-')
    level = 'warning' if name in WARNINGS else 'error'
    status, found = check(path)
    assert (int(line), level, name) in found
    assert {other for _, at, other in found if at == 'error'} == ({name} if level == 'error' else set())
    assert status == (NO if level == 'error' else DONE)
