"""A registry whose programs are killed, whose disk is full or fails: what was said to be done is there, nothing is half done."""
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from support import machine
from support.registry import COULD_NOT, CSV, DONE, SMALL, Registry, listing, row

TIMES = machine.as_often_as(12, 300)

pytestmark = pytest.mark.timeout(machine.as_often_as(300, 7200))


def long_list(mark, rows=4000):
    """A list of which every row is another one for each mark."""
    return listing(*(row(f'n{number}', 1100 + number, 'tcp', f'the {mark} of {number}') for number in range(rows)))


@pytest.fixture(name='registry')
def _registry(tmp_path):
    registry = Registry(tmp_path).init()
    registry.put(SMALL, '--dated', '2025-01-01')
    return registry


def kill_after(command, seconds):
    """Starts it, kills it then; its status, or None when it was killed."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.kill()
        process.wait()
        return None if process.returncode == -signal.SIGKILL else process.returncode


def how_long(command):
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def check_whole(registry, files):
    """Every snapshot that is listed comes out as it went in, the proof holds, and the published view answers."""
    there = {one['dated'] for one in registry.json('registry', 'list')}
    registry.run('lookup', '--quiet', '22/tcp' if there == {'2025-01-01'} else '1100-1101')
    # Whoever was killed behind a change has not published it, and the proof would say so.
    registry.run('publish')
    registry.verify()
    for dated in there & set(files):
        assert registry.run('export', 'iana-csv', '--as-of', dated) == files[dated]
    return there


def test_killed_imports(registry):
    files = {'2025-01-01': SMALL}
    acknowledged = set()
    path = registry.folder / 'list.csv'
    path.write_bytes(long_list('first'))
    files['2025-01-02'] = path.read_bytes()
    seconds = how_long(registry.command('import', path, '--dated', '2025-01-02'))
    for number in range(TIMES):
        dated = f'2025-{2 + number // 28:02}-{1 + number % 28:02}'
        files[dated] = long_list(number)
        path.write_bytes(files[dated])
        if kill_after(registry.command('import', path, '--dated', dated), random.uniform(0, seconds * 1.2)) == DONE:
            acknowledged.add(dated)
        if number % 10 == 0 or number == TIMES - 1:
            assert acknowledged <= check_whole(registry, files)


def test_killed_exports_leave_the_old_file_or_the_new_one(registry):
    path = registry.folder / 'out' / 'services'
    path.parent.mkdir()
    registry.put(long_list('new'), '--dated', '2025-02-01')
    command = registry.command('export', 'services', '-o', path)
    seconds = how_long(command)
    new = path.read_bytes()
    for _ in range(TIMES):
        path.write_bytes(b'old')
        kill_after(command, random.uniform(0, seconds * 1.2))
        assert path.read_bytes() in (b'old', new)


def test_killed_backups_leave_the_old_one_or_the_new_one(registry):
    backup = registry.folder / 'backup.db'
    registry.put(long_list('new'), '--dated', '2025-02-01')
    command = registry.command('backup', backup)
    seconds = how_long(command)
    for number in range(TIMES):
        kill_after(command, random.uniform(0, seconds * 1.2))
        if number % 6 == 0:
            folder = registry.folder / f'restored-{number}'
            folder.mkdir()
            restored = Registry(folder)
            restored.run('restore', backup)
            restored.verify()
            shutil.rmtree(folder)


def test_a_killed_beginning_can_be_begun_again(tmp_path):
    measured = Registry(tmp_path / 'measured')
    measured.folder.mkdir()
    seconds = how_long(measured.command('registry', 'init'))
    for number in range(TIMES):
        folder = tmp_path / str(number)
        folder.mkdir()
        registry = Registry(folder)
        command = registry.command('registry', 'init')
        if kill_after(command, random.uniform(0, seconds * 1.2)) != DONE:
            # Either nothing is there yet, or all of it but perhaps the published file.
            again = subprocess.run(command, capture_output=True, check=False, timeout=60)
            assert again.returncode in (DONE, COULD_NOT)
        registry.run('publish')
        registry.verify()
        assert [band['name'] for band in registry.json('band', 'list')] == ['system', 'user', 'dynamic']


@pytest.fixture(name='small_disk')
def _small_disk(tmp_path):
    folder = tmp_path / 'disk'
    folder.mkdir()
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'none', folder], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip('no tmpfs can be mounted here')
    yield folder
    subprocess.run(['umount', '-l', folder], check=True)


@machine.needs_root
def test_a_full_disk(small_disk, tmp_path):
    """Refused as a whole; what is there can be read; with room again it goes on without more ado."""
    registry = Registry(small_disk).init()
    registry.put(SMALL, '--dated', '2025-01-01')
    path = tmp_path / 'long.csv'
    path.write_bytes(long_list('long', 40000))
    told = registry.text('import', path, '--dated', '2025-02-01', code=COULD_NOT)
    assert 'space' in told or 'full' in told, told
    assert check_whole(registry, {'2025-01-01': SMALL}) == {'2025-01-01'}
    (small_disk / 'filler').write_bytes(b'x' * 1000)
    with open(small_disk / 'filler', 'wb') as filler:
        try:
            while filler.write(b'x' * 65536):
                filler.flush()
        except OSError:
            pass
    (small_disk / 'old').write_bytes(b'')
    registry.run('lookup', '--quiet', 'ssh')
    registry.run('export', 'json', '-o', small_disk / 'old', code=COULD_NOT)
    assert (small_disk / 'old').read_bytes() == b''
    registry.run('band', 'set', '20000-20010', 'mine', code=COULD_NOT)
    os.unlink(small_disk / 'filler')
    registry.run('band', 'set', '20000-20010', 'mine')
    check_whole(registry, {'2025-01-01': SMALL})


@machine.needs('strace')
@pytest.mark.parametrize('call', ['fsync', 'fdatasync', 'pwrite64', 'write', 'rename,renameat,renameat2', 'ftruncate'])
def test_a_failing_disk(registry, call):
    """The first, second, third ... of these calls fails: no import is acknowledged that is not whole."""
    files = {'2025-01-01': SMALL}
    path = registry.folder / 'list.csv'
    for number in range(1, machine.as_often_as(5, 40)):
        dated = f'2025-02-{number:02}' if number < 28 else f'2025-03-{number - 27:02}'
        files[dated] = long_list(f'{call}{number}', 300)
        path.write_bytes(files[dated])
        command = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', f'inject={call}:error=EIO:when={number}',
                   *registry.command('import', path, '--dated', dated)]
        ran = subprocess.run(command, capture_output=True, check=False, timeout=120,
                             env={**os.environ, 'ASAN_OPTIONS': 'detect_leaks=0'})
        there = {one['dated'] for one in registry.json('registry', 'list')}
        assert ran.returncode in (DONE, COULD_NOT), (number, ran.stderr)
        if ran.returncode == DONE:
            assert dated in there
        registry.run('publish')
        registry.verify()
    registry.run('publish')
    check_whole(registry, files)


@pytest.mark.skipif(not CSV.exists(), reason='IANA\'s file is not here')
def test_readers_go_on_while_a_writer_works(registry):
    with subprocess.Popen(registry.command('import', CSV), stdout=subprocess.DEVNULL) as writer:
        while writer.poll() is None:
            registry.run('lookup', '--quiet', '22/tcp')
            registry.run('registry', 'list')
    assert writer.returncode == DONE
