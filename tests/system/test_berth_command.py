"""The command for people: what each verb asks, prints and returns."""
import contextlib
import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import threading

import pytest

from support import client, machine
from support.command import COULD_NOT, DONE, NO, PROGRAM, SECONDS, USAGE, Asker, berth
from support.processes import wait_until

CAT = '[function cat]\nhandover = spawn\ncommand = /bin/cat\n'
DOG = '[function dog]\nhandover = spawn\ncommand = /bin/cat\n'
BROKEN = '[function broken]\nhandover = spawn\ncommand = /nonexistent\n'
# An instance for each key, which answers every call with its key.
KEYED = ('[function keyed]\nhandover = port\nshare = key\ncommand = ' + machine.PYTHON + ' DIR/keyed {key}\n')
KEYED_PROGRAM = '''import socket, sys
listener = socket.socket(fileno=3)
while True:
    connection, _ = listener.accept()
    connection.sendall(sys.argv[1].encode())
    connection.close()
'''


@pytest.fixture(name='berthd')
def _berthd(make_berthd):
    made = make_berthd(CAT + DOG + BROKEN + KEYED)
    made.write('keyed', KEYED_PROGRAM)
    return made.start()


@pytest.fixture(name='asker')
def _asker(berthd):
    return Asker(berthd)


# ---- usage ----

VERBS = ['status', 'top', 'call', 'list', 'reload', 'drain', 'resume', 'stop', 'metrics', 'check', 'show',
         'classify', 'explain', 'collide', 'lookup', 'search', 'next', 'map', 'history', 'diff', 'export', 'apply',
         'track', 'import', 'release', 'band', 'staff', 'registry', 'publish', 'backup', 'restore', 'audit', 'review', 'mail',
         'help']


def test_help_lists_the_verbs():
    text = berth('--help').decode()
    assert text == berth('help').decode() == berth('-h').decode()
    assert re.findall(r'^  ([a-z]+) ', text, re.MULTILINE) == VERBS


def test_the_registrys_own_program_lists_its_verbs_in_the_same_order():
    text = subprocess.run([machine.PROGRAMS / 'berth-registry', '--help'], check=True, capture_output=True, text=True).stdout
    listed = re.findall(r'^  ([a-z]+) ', text, re.MULTILINE)
    assert 'review' in listed and listed == [verb for verb in VERBS if verb in listed]


@pytest.mark.parametrize('verb', VERBS)
def test_every_verb_explains_itself(verb):
    text = berth(verb, '--help').decode()
    assert text.startswith(f'Usage: berth {verb}')
    assert text == berth('help', verb).decode() == berth('--help', verb).decode()
    assert max(map(len, text.splitlines())) <= 100


def test_version():
    assert re.fullmatch(r'berth [0-9]+(\.[0-9]+)+\n', berth('--version').decode())


@pytest.mark.parametrize('arguments, said', [
    (['stauts'], 'did you mean "status"?'),
    (['help', 'drian'], 'did you mean "drain"?'),
    (['frobnicate'], 'there is no verb "frobnicate"\n'),
    (['status', '--key', 'x'], 'status takes no --key'),
    (['stop', '--json'], 'stop takes no --json'),
    (['status', '--bogus'], 'bogus'),
    (['status', '--run-dir'], 'requires an argument'),
    (['call'], 'the name of a function'),
    (['call', 'a', 'b'], 'one word'),
    (['reload', 'now'], 'nothing behind it'),
    (['top', '--interval', '0'], '--interval takes seconds'),
    (['top', '--interval', 'nan'], '--interval takes seconds'),
    (['top', '--iterations', '-1'], '--iterations takes a number'),
    (['drain', 'no name'], '1 to 15 letters'),
    (['list', '--at', 'x:y'], 'host:port'),
    (['call', '--at', 'unix:relative', 'cat'], 'host:port'),
    (['call', 'c--t'], '1 to 15 letters'),
    (['call', '--key', 'a b', 'cat'], 'a key has 1 to 32')])
def test_usage_errors_say_what_would_be_right(arguments, said):
    assert said in berth(*arguments, code=USAGE)


def test_no_verb_is_usage():
    ran = subprocess.run([PROGRAM], capture_output=True, timeout=SECONDS, check=False)
    assert ran.returncode == USAGE and b'berth help' in ran.stderr and ran.stdout == b''


def test_output_that_cannot_be_written_was_not_done(asker):
    with open('/dev/full', 'wb') as full:
        for verb in ('status', 'metrics'):
            ran = subprocess.run([PROGRAM, verb, *asker.run_dir], stdout=full, stderr=subprocess.PIPE,
                                 timeout=SECONDS, check=False)
            assert ran.returncode == COULD_NOT and b'standard output' in ran.stderr


# ---- finding berthd ----

@pytest.mark.parametrize('verb', ['status', 'top', 'metrics', 'reload', 'drain', 'resume', 'stop'])
def test_no_berthd_there(verb, tmp_path):
    said = berth(verb, '--run-dir', tmp_path, code=COULD_NOT)
    assert f'no berthd answers at {tmp_path}/control' in said


def test_a_socket_nobody_listens_on(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as stale:
        stale.bind(str(tmp_path / 'control'))
    assert 'no berthd answers' in berth('status', '--run-dir', tmp_path, code=COULD_NOT)


def test_a_run_dir_too_long_for_a_socket():
    assert 'too long' in berth('status', '--run-dir', '/' + 'x' * 200, code=COULD_NOT)


def test_run_dir_by_environment(berthd):
    environment = {'BERTH_RUN_DIR': str(berthd.run_directory)}
    assert b'cat' in berth('status', environment=environment)
    assert 'no berthd' in berth('status', '--run-dir', '/nonexistent', environment=environment, code=COULD_NOT)


def test_options_may_stand_before_the_verb(berthd):
    assert b'cat' in berth('--run-dir', berthd.run_directory, 'status', 'cat')


@machine.needs_root
def test_another_user_is_not_answered(berthd):
    def become_nobody():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    ran = subprocess.run([PROGRAM, 'status', '--run-dir', berthd.run_directory], capture_output=True,
                         timeout=SECONDS, check=False, preexec_fn=become_nobody)
    assert ran.returncode == COULD_NOT
    assert b'root and its own user only' in ran.stderr


class Impostor:
    """Listens where berthd would, and answers what it is told to."""

    def __init__(self, directory, answers):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(str(directory / 'control'))
        self.socket.listen()
        self.thread = threading.Thread(target=self.answer, args=(answers,))
        self.thread.start()

    def answer(self, answers):
        connection, _ = self.socket.accept()
        with connection:
            connection.recv(4096)
            for octets, descriptors in answers:
                with contextlib.suppress(BrokenPipeError):
                    socket.send_fds(connection, [octets], descriptors)

    def close(self):
        self.thread.join()
        self.socket.close()


def control_message(kind, index=0, number=0, result=0):
    return (0x62437431).to_bytes(4, 'little') + kind.to_bytes(2, 'little') + bytes(2) + \
        index.to_bytes(4, 'little') + result.to_bytes(4, 'little', signed=True) + \
        number.to_bytes(8, 'little') + bytes(24)


@pytest.mark.parametrize('answers', ['nothing', 'noise', 'small state', 'small account', 'far account', 'noisy plan'])
def test_what_is_not_a_berthd_we_know(tmp_path, answers):
    memory = os.memfd_create('small')
    os.write(memory, b'x' * 24)
    part, done = kind_numbers()
    sent = {
        'nothing': [],
        'noise': [(b'x' * 48, [])],
        'small state': [(control_message(part, 3), [memory])],
        'small account': [(control_message(part, 1), [memory])],
        'far account': [(control_message(part, 1, 1 << 40), [memory])],
        'noisy plan': [(control_message(part, 0), [memory]), (control_message(done), [])],
    }
    impostor = Impostor(tmp_path, sent[answers])
    said = berth('status', '--run-dir', tmp_path, code=COULD_NOT)
    assert ('hung up' if answers == 'nothing' else 'another version') in said
    impostor.close()
    os.close(memory)


def kind_numbers():
    """CONTROL_PART and CONTROL_DONE as this build numbers them."""
    header = (pathlib.Path(__file__).resolve().parents[2] / 'src/wire/control.h').read_text(encoding='utf-8')
    kinds = re.findall(r'^\t(CONTROL_[A-Z_]+)[,\s]', header[header.index('enum control_kind'):], re.MULTILINE)
    return kinds.index('CONTROL_PART'), kinds.index('CONTROL_DONE')


# ---- status ----

def test_status_for_people(asker):
    asker.call('cat', octets=b'x')
    text = asker.text('status')
    assert re.search(r'^berthd +[0-9]+, up [0-9.]+s, generation 1, reloads 0', text)
    assert re.search(r'^listen +main: 127\.0\.0\.1:[0-9]+$', text, re.MULTILINE)
    assert len(re.findall(r'^acceptor [12] ', text, re.MULTILINE)) == 2
    head, *rows = text.split('\n\n')[1].splitlines()
    assert head.split() == ['FUNCTION', 'HANDOVER', 'ACCOUNT', 'CALLS', 'PROCESSES', 'PORTS', 'STARTED',
                            'FAILED', 'REFUSED', 'QUEUE', 'STATE']
    assert [row.split()[0] for row in rows] == ['cat', 'dog', 'broken', 'keyed']
    # Numbers stand at the right of their column.
    end = head.index('CALLS') + len('CALLS')
    assert [row[:end].split()[-1] for row in rows] == ['1', '0', '0', '0']
    assert text.endswith('ok\n')


def test_status_counts(asker, berthd):
    before = asker.status()['calls']
    assert asker.call('cat', octets=b'abc') == b'abc'
    asker.call('nope', code=NO)
    berth('list', *asker.at)
    client.connect(berthd.address).close()
    wait_until(lambda: asker.status()['calls']['gone'] > before['gone'], what='a call gone')
    now = asker.status()['calls']
    assert now['accepted'] - before['accepted'] == 4
    assert now['handed_over'] - before['handed_over'] == 1
    assert now['helped'] - before['helped'] == 1
    assert now['gone'] - before['gone'] == 1
    assert now['refused']['unknown'] - before['refused']['unknown'] == 1
    assert now['refused_all'] == sum(now['refused'].values())
    assert asker.function('cat')['calls'] == 1


def test_status_json_has_its_keys(asker, berthd):
    status = asker.status()
    assert list(status) == ['berthd', 'roles', 'listens', 'calls', 'functions']
    assert status['berthd']['pid'] == berthd.pid
    assert status['listens'] == [{'listen': 'main', 'address': f'127.0.0.1:{berthd.port}'}]
    assert sorted(role['pid'] for role in status['roles'] if role['role'] == 'acceptor') == \
        berthd.roles('acceptor')
    keys = ['name', 'handover', 'account', 'state', 'paused_ms', 'calls', 'refused', 'started', 'failed',
            'ports', 'ports_told', 'processes', 'queue', 'running']
    assert all(list(function) == keys for function in status['functions'])
    assert [function['name'] for function in status['functions']] == ['cat', 'dog', 'broken', 'keyed']


def test_a_running_process_is_shown(asker, berthd):
    connection, line = client.call(berthd.address, 'cat')
    with connection:
        assert line == b'+\r\n'
        function = asker.function('cat')
        assert function['processes'] == {'call': 1, 'instance': 0, 'worker': 0, 'attached': 0}
        assert [process['pid'] for process in function['running']] == berthd.wait_for_functions(1)
        assert re.search(rf' {function["running"][0]["pid"]} +call +running ', asker.text('status', 'CAT'))
    wait_until(lambda: asker.function('cat')['running'] == [], what='no process')


def test_lent_ports_are_shown(asker):
    assert asker.call('--key', 'a.B', 'keyed') == b'a.B'
    assert asker.call('--key', 'c', 'keyed') == b'c'
    function = asker.function('keyed')
    assert (function['ports'], function['ports_told'], function['processes']['instance']) == (2, 2, 2)
    assert sorted(process['key'] for process in function['running']) == ['a.B', 'c']
    ports = [process['port'] for process in function['running']]
    assert len(set(ports)) == 2 and all(61000 <= port <= 65535 for port in ports)
    text = asker.text('status', 'keyed')
    assert re.search(rf' instance +running .* {ports[0]} ', text)
    assert 'lent 2, told to callers 2' in text


def test_conditions(asker):
    asker.call('broken', code=NO)
    broken = asker.function('broken')
    assert (broken['state'], broken['failed'], broken['refused']) == ('paused', 1, 1)
    assert broken['paused_ms'] > 0
    assert re.search(r'^broken .* paused [0-9.]+s$', asker.text('status'), re.MULTILINE)
    asker.ask('drain', 'dog')
    assert asker.function('dog')['state'] == 'draining'
    assert asker.function('cat')['state'] == 'ok'


def test_a_function_without_worker(run_berthd):
    asker = Asker(run_berthd('[function lonely]\nhandover = worker\nworkers = 0\nattach-group = nogroup\n'))
    assert asker.function('lonely')['state'] == 'no worker'
    assert asker.text('status').endswith('  no worker\n')


def test_status_of_an_unknown_function(asker):
    assert 'did you mean "keyed"?' in asker.ask('status', 'keyd', code=NO)
    assert 'there is no function "!"' in asker.ask('status', '!', code=NO)


def test_status_of_ten_thousand_functions(run_berthd):
    names = [f'function-{number}' for number in range(10000)]
    command = 'handover = spawn\ncommand = /bin/cat\n'
    asker = Asker(run_berthd(''.join(f'[function {name}]\n{command}' for name in names)))
    asker.call('function-4711', octets=b'x')
    asker.ask('drain', 'function-815')
    text = asker.text('status')
    rows = [line.split()[0] for line in text.splitlines() if line.startswith('function-')]
    assert rows == ['function-815', 'function-4711']
    assert 'and 9998 functions that are ok' in text
    assert len(re.findall('^function-', asker.text('status', '--all'), re.MULTILINE)) == 10000
    assert len(asker.status()['functions']) == 10000
    assert len(asker.metrics()['berth_function_calls_total']) == 10000


# ---- reload, drain, resume, stop ----

def test_reload(asker, berthd):
    berthd.configure(CAT + '[function cow]\nhandover = spawn\ncommand = /bin/cat\n')
    assert asker.text('reload') == 'reloaded\n'
    assert berth('list', *asker.at) == b'cat\ncow\n'
    status = asker.status()
    assert (status['berthd']['generation'], status['berthd']['reloads']) == (2, 1)


def test_reload_of_a_wrong_configuration_says_all_that_is_wrong(asker, berthd):
    berthd.configure(CAT + 'comand = /bin/cat\n[function x]\nhandover = spwan\n')
    said = asker.ask('reload', code=NO)
    assert 'did you mean "command"' in said and 'spwan' in said
    assert said.count(f'{berthd.configuration}:') >= 2
    assert asker.call('cat', octets=b'x') == b'x'
    assert asker.status()['berthd']['reloads_refused'] == 1


def test_drain_and_resume(asker):
    assert asker.text('drain', 'CAT') == 'cat refused from now on\n'
    asker.call('cat', code=NO)
    assert asker.call('dog', octets=b'x') == b'x'
    assert asker.text('drain') == 'all functions refused from now on\n'
    asker.call('dog', code=NO)
    assert asker.text('resume', 'cat') == 'cat served from now on\n'
    assert asker.call('cat', octets=b'x') == b'x'
    asker.call('dog', code=NO)
    asker.text('resume')
    assert asker.call('dog', octets=b'x') == b'x'


def test_drain_of_an_unknown_function(asker):
    assert 'there is no function "catt"; did you mean "cat"?' in asker.ask('drain', 'catt', code=NO)
    assert 'there is no function' in asker.ask('resume', 'elephant', code=NO)


def test_stop_waits_until_all_has_ended(asker, berthd):
    connection, _ = client.call(berthd.address, 'cat')
    with connection:
        cats = berthd.wait_for_functions(1)
        assert asker.text('stop') == 'stopped\n'
        assert not any(pathlib.Path(f'/proc/{pid}/cmdline').exists() for pid in cats)
    assert berthd.process.wait(SECONDS) == 0
    assert 'no berthd answers' in asker.ask('status', code=COULD_NOT)


# ---- top ----

def test_top_prints_blocks_where_there_is_no_terminal(asker):
    text = asker.text('top', '--iterations', 2, '--interval', '0.1')
    assert '\x1b' not in text
    blocks = [block for block in text.split('berthd ') if block]
    assert len(blocks) == 2
    assert all(len(re.findall(r'^(?:cat|dog|broken|keyed) ', block, re.MULTILINE)) == 4 for block in blocks)


def test_top_shows_the_busiest_first_and_follows_a_reload(asker, berthd):
    with subprocess.Popen([PROGRAM, 'top', '--iterations', '200', '--interval', '0.05', *asker.run_dir],
                          stdout=subprocess.PIPE, text=True) as top:
        assert top.stdout.readline().startswith('berthd ')
        asker.call('dog', octets=b'x')
        for line in top.stdout:
            if line.startswith('dog ') and float(line.split()[1]) > 0:
                break
        assert line.startswith('dog ')
        berthd.configure('[function cow]\nhandover = spawn\ncommand = /bin/cat\n')
        asker.ask('reload')
        for line in top.stdout:
            if line.startswith('cow '):
                break
        assert line.startswith('cow ')
        top.terminate()
        assert top.wait(SECONDS) == DONE


def read_terminal(terminal, until):
    octets = b''
    while until not in octets:
        assert select.select([terminal], [], [], SECONDS)[0], octets
        octets += os.read(terminal, 4096)
    return octets


def test_top_gives_the_terminal_back(asker):
    terminal, inside = pty.openpty()
    with subprocess.Popen([PROGRAM, 'top', '--interval', '0.1', *asker.run_dir], stdout=inside, stderr=inside) as top:
        octets = read_terminal(terminal, b'keyed')
        assert octets.startswith(b'\x1b[?25l\x1b[H\x1b[J')
        top.send_signal(signal.SIGINT)
        assert read_terminal(terminal, b'\x1b[?25h').endswith(b'\x1b[?25h')
        assert top.wait(SECONDS) == DONE
    os.close(terminal)
    os.close(inside)


def test_top_ends_with_berthd(asker):
    with subprocess.Popen([PROGRAM, 'top', '--interval', '0.1', *asker.run_dir], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as top:
        top.stdout.readline()
        asker.ask('stop')
        _, said = top.communicate(timeout=SECONDS)
        assert top.returncode == COULD_NOT and b'hung up' in said


# ---- metrics ----

def test_metrics_count(asker):
    before = asker.metrics()
    asker.call('cat', octets=b'x')
    asker.call('broken', code=NO)
    asker.call('nope', code=NO)
    asker.call('--key', 'k', 'keyed')
    now = asker.metrics()
    assert now['berth_up'] == {(): 1}
    assert now['berth_calls_accepted_total'][()] - before['berth_calls_accepted_total'][()] == 4
    assert now['berth_calls_handed_over_total'][()] - before['berth_calls_handed_over_total'][()] == 3
    assert now['berth_calls_refused_total'][(('reason', 'unknown'),)] == 1
    assert now['berth_calls_refused_total'][(('reason', 'failed'),)] == 1
    assert now['berth_function_calls_total'][(('function', 'cat'),)] == 1
    assert now['berth_function_started_total'][(('function', 'cat'),)] == 1
    assert now['berth_function_failed_total'][(('function', 'broken'),)] == 1
    assert now['berth_function_refused_total'][(('function', 'broken'),)] == 1
    assert now['berth_function_ok'][(('function', 'broken'),)] == 0
    assert now['berth_ports_lent'][(('function', 'keyed'),)] == 1
    assert now['berth_function_processes'][(('function', 'keyed'), ('kind', 'instance'))] == 1
    assert set(now['berth_queue_waiting']) == set(now['berth_queue_capacity'])
    assert all(capacity >= 1 for capacity in now['berth_queue_capacity'].values())
    assert now['berth_role_processes'][(('role', 'acceptor'),)] == 2


def test_metrics_histogram(asker):
    for _ in range(3):
        asker.call('cat', octets=b'x')
    histogram = asker.metrics()['berth_first_message_seconds']
    buckets = [(key[1][1], value) for key, value in histogram.items() if key[0] == '_bucket']
    ends = [float(end) for end, _ in buckets]
    counts = [count for _, count in buckets]
    assert ends == sorted(set(ends)) and ends[-1] == float('inf') and ends[0] == 64e-6
    assert counts == sorted(counts) and counts[-1] == histogram[('_count',)] == 3
    assert histogram[('_sum',)] > 0


def test_totals_do_not_go_back_when_an_acceptor_dies(asker, berthd):
    asker.call('cat', octets=b'x')
    before = asker.status()
    for pid in berthd.roles('acceptor'):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: asker.status()['berthd']['restarts'] == 2, what='two restarts')
    now = asker.status()
    assert now['calls']['accepted'] >= before['calls']['accepted']
    assert asker.function('cat')['calls'] == 1
    assert asker.metrics()['berth_role_restarts_total'][()] == 2
