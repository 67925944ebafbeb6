"""The demo shows what it promises, leaves nothing behind, and the README shows what is there."""
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
BERTH_BIN = os.environ.get('BERTH_BIN', str(PROJECT / 'build/bin'))
LABELS = ['names', 'git', 'rsync', 'worker', 'web', 'port', 'shell', 'registry', 'end']
NOBODY = {'user': 65534, 'group': 65534, 'extra_groups': []}

pytestmark = pytest.mark.timeout(180)


def start(folder, *arguments, **how):
    """The demo, with its folder in ours so that a left-over is seen."""
    folder.chmod(0o777)
    return subprocess.Popen(
        [PROJECT / 'examples/demo/run', *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={'PATH': '/usr/bin:/bin', 'HOME': '/nonexistent', 'BERTH_BIN': BERTH_BIN, 'TMPDIR': str(folder)}, **how)


def check_story(output, errors, status):
    assert status == 0, output + errors
    seen = [label for label in LABELS if re.search(rf'^ +{label}  ', output, re.MULTILINE)]
    assert seen == LABELS


@pytest.fixture(name='folder')
def _folder():
    """Not tmp_path: functions are other users, who could not reach it."""
    path = pathlib.Path('/tmp') / f'berth-test-demo-{os.getpid()}-{time.monotonic_ns()}'
    path.mkdir()
    yield path
    left = list(path.iterdir())
    subprocess.run(['rm', '-r', path], check=True)
    assert left == []


def test_every_client_sees_what_it_should(folder):
    demo = start(folder)
    output, errors = demo.communicate()
    check_story(output, errors, demo.returncode)
    if os.geteuid() == 0:
        assert '127.0.0.2 got no answer' in output


def test_so_it_does_without_root(folder):
    if os.geteuid() != 0:
        pytest.skip('the same as above')
    reach = subprocess.run(['/usr/bin/test', '-x', f'{BERTH_BIN}/berthd'], check=False, **NOBODY)
    if reach.returncode != 0:
        pytest.skip('nobody may not reach this folder')
    demo = start(folder, **NOBODY)
    output, errors = demo.communicate()
    check_story(output, errors, demo.returncode)


def test_keep_leaves_a_berthd_and_says_how_to_end_it(folder):
    demo = start(folder, '--keep')
    output, errors = demo.communicate()
    assert demo.returncode == 0, output + errors
    address, pid = re.search(r'goes on: (\S+),.*kill (\d+);', output, re.DOTALL).groups()
    host, port = address.split(':')
    try:
        told = subprocess.run(['nc', '-N', host, port], input='HELP\r\n', capture_output=True, text=True, check=True)
        assert 'hello' in told.stdout.split()
    finally:
        os.kill(int(pid), signal.SIGTERM)
        while pathlib.Path(f'/proc/{pid}/cwd').exists():
            time.sleep(0.02)
        subprocess.run(['rm', '-r', *folder.iterdir()], check=True)


def test_ending_it_midway_leaves_nothing(folder):
    demo = start(folder)
    while not demo.stdout.readline().startswith('  $ '):
        assert demo.poll() is None, demo.stderr.read()
    demo.terminate()
    demo.communicate()
    assert demo.returncode == 1


def test_the_readme_shows_the_first_configuration():
    assert (PROJECT / 'examples/first.conf').read_text() in (PROJECT / 'README.md').read_text()


def test_the_architecture_names_every_file():
    """Names that are not there any more would mislead as much as names that are missing."""
    text = (PROJECT / 'ARCHITECTURE.md').read_text()
    named = set(re.findall(r'\b\w+\.[ch]\b', text))
    sources = {path.name for path in (PROJECT / 'src').glob('**/*.c') if not path.name.startswith('berth_')}
    files = sources | {path.name for path in (PROJECT / 'src').glob('**/*.[ch]')}
    assert sources - named == set()
    assert named - files - {'berth_VERB.c'} == set()


def serve(folder, *arguments):
    ran = subprocess.run([PROJECT / 'examples/demo/serve', *arguments], capture_output=True, text=True, check=False,
                         env={'PATH': '/usr/bin:/bin', 'BERTH_BIN': BERTH_BIN, 'BERTH_DEMO': str(folder / 'demo')})
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_registry_stays_on_the_web_until_it_is_stopped(tmp_path):
    told = serve(tmp_path)
    try:
        address = re.search(r'http://localhost:\d+/', told)[0]
        with urllib.request.urlopen(address + 'port/5254') as page:
            assert 'LogCabin' in page.read().decode()
        assert re.fullmatch(r'\d{6}\n', serve(tmp_path, '--code', 'grace'))
    finally:
        stopped = serve(tmp_path, '--stop')
    assert stopped == 'stopped\n'
    deadline = time.monotonic() + 30
    while subprocess.run(['pgrep', '-f', str(tmp_path)], check=False, capture_output=True).returncode == 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert serve(tmp_path, '--stop') == 'nothing runs\n'
