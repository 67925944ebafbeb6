"""Several who assign one number at once: exactly one assignment, whoever is killed and whatever is restarted."""
import pathlib
import random
import re
import subprocess
import time

import pytest

from support import machine
from support.office import EXFILES
from support.registry import COULD_NOT, DONE, NO, needs_postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]
RACE = machine.PROGRAMS.parent / 'tests/unit/test_process_race'
PORT, APPLICATIONS, REVIEWERS = 20017, 3, 4
TOGETHER = APPLICATIONS * REVIEWERS


@needs_postgres
@pytest.mark.skipif(not RACE.exists(), reason='needs the tests in C beside the programs')
def test_reviewers_whose_server_is_restarted():
    """On a server of its own, because others would not like it."""
    command = 'BERTH_RACE_RESTART=$BERTH_TEST_POSTGRES_RESTART exec "$0"'
    ran = subprocess.run([ROOT / 'tools/with-postgres', 'sh', '-c', command, RACE], capture_output=True, check=False,
                         timeout=machine.as_often_as(240, 3600))
    if ran.returncode != 0:
        pytest.fail((ran.stdout + ran.stderr).decode(errors='replace'), pytrace=False)
    rounds, restarts = re.search(rb'(\d+) rounds .* (\d+) restarts', ran.stdout).groups()
    assert int(rounds) >= 10 and int(restarts) >= 2


def apply(office, name):
    """An application for the one port, recommended by the expert."""
    text = EXFILES.read_text().replace('short "exfiles"', f'short "{name}"').replace('port any', f'port {PORT}')
    path = office.folder / f'{name}.berth'
    path.write_text(text.replace('protocol exfiles', f'protocol {name}'))
    ref = re.match(r'(\S+) ', office.apply(path))[1]
    office.confirm()
    office.run('review', 'to-expert', ref, office.expert)
    office.run('review', 'finding', ref, 'all', 'understood')
    for row in office.json('review', 'show', ref)['report']:
        if row['level'] == 'human':
            office.run('review', 'finding', ref, row['id'], 'accepted', '-m', 'Looked at.')
    office.as_account(office.expert, 'review', 'recommend', ref, 'assign', '-m', 'Sound.')
    return ref


def start(office, refs):
    """Everybody at once, each several times."""
    commands = [office.command('review', 'assign', refs[i % len(refs)], '-m', 'Complete.') for i in range(TOGETHER)]
    return [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands]


def outcomes(running):
    return [(process.communicate(timeout=120), process.returncode)[1] for process in running]


def check(office, refs):
    states = [office.json('review', 'show', ref)['state'] for ref in refs]
    assert sorted(states) == ['assigned', *['validating'] * (len(refs) - 1)]
    assert office.sql('SELECT count(*) FROM claim WHERE port = ? AND kind = ?', PORT, 'assigned') == [(1,)]
    assert office.sql('SELECT count(*) FROM assignment') == [(1,)]
    assert office.sql("SELECT count(DISTINCT event) FROM outbox WHERE template = 'assigned'") == [(1,)]
    office.verify()


@pytest.mark.parametrize('kills', [0, TOGETHER // 3])
def test_commands_at_once(office, kills):
    refs = [apply(office, f'racer{i}') for i in range(APPLICATIONS)]
    running = start(office, refs)
    for process in random.sample(running, kills):
        time.sleep(random.uniform(0, 0.4 / kills))
        process.kill()
    codes = outcomes(running)
    assert set(codes) <= {DONE, NO, -9} and (kills or codes.count(-9) == 0)
    # Who was killed does not know how far they came, and asks again.
    again = outcomes(start(office, refs))
    assert COULD_NOT not in again and set(again) <= {DONE, NO}
    check(office, refs)


def test_what_is_decided_is_carried_out_later(office):
    """As by who was cut off between the two, or where the board has decided."""
    ref = apply(office, 'racer')
    assert 'approved' in office.text('review', 'propose-assign', ref, '-m', 'Complete.')
    assert f'{PORT}/tcp' in office.text('review', 'assign', ref, '-m', 'Complete.')
    assert 'assigned' in office.text('review', 'assign', ref, '-m', 'Complete.', code=NO)
    check(office, [ref])
