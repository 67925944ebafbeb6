"""Letters by real SMTP: nothing is lost, almost nothing comes twice, and what arrives is what was written."""
import os
import random
import signal
import sqlite3
import subprocess
import time

import pytest

from support import machine, mail
from support.mail import START, Office, certificate, faulty, inspector, letter
from support.processes import command, wait_until
from support.registry import COULD_NOT, DONE, NO, USAGE
from support.servers import missing, servers

NOT_ALL = 1
LEASE_S = 2 * 20 + 60
MISSING = missing(mail.PROGRAMS)
needs_servers = pytest.mark.skipif(bool(MISSING), reason=f'not unpacked: {MISSING}')


@pytest.fixture(name='office')
def _office(tmp_path):
    return Office(tmp_path)


def after(seconds):
    """So many seconds after the start."""
    day, second = divmod(9 * 3600 + seconds, 86400)
    return f'2026-11-{21 + day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z'


# ---- delivered ----

# What a careless sender would let end a letter early, or change.
BODY = ('.\r\n..\r\n.hidden\r\n\r\nMAIL FROM:<eve@example.com>\r\nRCPT TO:<eve@example.com>\r\nDATA\r\nQUIT\r\n'
        'a line of spaces   \r\n\t\r\n' + 990 * 'x' + '\r\n.\r\nend\r\n')


def test_a_letter_arrives_as_it_was_written(office):
    office.add(message=letter(1, body=BODY))
    with inspector() as (port, taken):
        office.url = f'smtp://127.0.0.1:{port}'
        log = office.run()
    assert [(one.sender, one.recipients, one.octets.decode()) for one in taken] == [
        (mail.SENDER, ['ann@example.org'], letter(1, body=BODY))]
    assert office.letters() == [('sent', 1)]
    assert 'letter-sent' in log and 'ann@example.org' not in log
    assert office.registry.sql('SELECT sent, last_error FROM outbox') == [(START, '')]


def test_letters_to_one_person_come_in_order(office):
    for _ in range(5):
        office.add('ann@example.org')
        office.add('bob@example.org')
    with faulty() as server:
        office.url = server.url
        office.run()
    assert server.ids() == [f'{number}@example.net' for number in range(1, 11)]


def test_nothing_else_is_sent(office):
    with faulty() as server:
        office.url = server.url
        office.run()
        office.add()
        office.run(now='2026-11-21T08:59:59Z')
        assert not server.taken
        office.run()
        office.run()
    assert server.ids() == ['1@example.net']


# ---- down ----

def rounds_until(office, end):
    """One round each time that something is due, but before `end`; how many there were."""
    count = 0
    while (now := office.next_time()) is not None and now < end:
        office.run(now=now, code=NOT_ALL)
        count += 1
    return count


def test_down_for_five_days_and_then_up(office):
    """Nobody answers at the port; when somebody does, every letter comes once, in order, with its own id."""
    for _ in range(3):
        office.add('ann@example.org')
    office.add('bob@example.org')
    tries = rounds_until(office, after(5 * 86400))
    assert 80 < tries < 130  # about fifty for the first to each of the two
    assert all(state == 'waiting' for state, _ in office.letters())
    assert "Couldn't connect" in office.error()
    with faulty() as server:
        office.url = server.url
        while office.next_time():
            office.run(now=office.next_time())
    assert sorted(server.ids()) == [f'{number}@example.net' for number in range(1, 5)]
    of_ann = [one.id for one in server.taken if one.recipients == ['<ann@example.org>']]
    assert of_ann == [f'{number}@example.net' for number in range(1, 4)]
    assert all(state == 'sent' for state, _ in office.letters())


def test_two_tries_in_the_first_hour_then_every_few_hours(office):
    office.add()
    times = []
    while len(times) < 6:
        times.append(office.next_time())
        office.run(now=times[-1], code=NOT_ALL)
    seconds = [sum(int(part) * unit for part, unit in zip(time[11:19].split(':'), (3600, 60, 1))) +
               86400 * (int(time[8:10]) - 21) - 9 * 3600 for time in times]
    assert seconds[1] < 3600
    assert all(7200 <= later - sooner < 10800 for sooner, later in zip(seconds[1:], seconds[2:]))


def test_given_up_after_five_days_and_sent_when_the_staff_says_so(office):
    office.add()
    rounds_until(office, '2100')
    state, tries = office.letters()[0]
    assert state == 'failed' and tries > 40
    assert 'failed' in office.registry.text('mail') and "Couldn't connect" in office.registry.text('mail')
    assert office.registry.text('mail', 'retry') == '1 letter again on the way\n'
    with faulty() as server:
        office.url = server.url
        office.run(now='2099-01-01T00:00:00Z')
    assert server.ids() == ['1@example.net']


# ---- refused ----

WAITS, FAILS = 'waiting', 'failed'


@pytest.mark.parametrize('what, reply, state', [
    ('greeting', '421 too busy', WAITS), ('greeting', '554 not here', WAITS), ('greeting', 'hello', WAITS), ('greeting', '', WAITS),
    ('EHLO', '502 what?', WAITS), ('EHLO', '', WAITS),
    ('MAIL', '451 later', WAITS), ('MAIL', '550 not you', WAITS), ('MAIL', '530 log in first', WAITS), ('MAIL', '', WAITS),
    ('RCPT', '450 later', WAITS), ('RCPT', '452 full', WAITS), ('RCPT', '550 5.1.1 no such user', FAILS), ('RCPT', '', WAITS),
    ('DATA', '451 later', WAITS), ('DATA', '554 no', FAILS), ('DATA', '', WAITS),
    ('message', '451 later', WAITS), ('message', '552 too large', FAILS), ('message', '', WAITS), ('message', 'what', WAITS),
])
def test_what_the_server_says_decides(office, what, reply, state):
    office.add()
    with faulty({what: reply}) as server:
        office.url = server.url
        office.run('--timeout', 5, code=NOT_ALL)
    assert office.letters() == [(state, 1)]
    assert reply in office.error()
    assert office.error().isprintable()


def test_a_refusal_of_the_sender_costs_no_letter(office):
    """It is that of all letters."""
    office.add()
    office.add('bob@example.org')
    with faulty({'MAIL': '553 5.7.1 not you'}) as server:
        office.url = server.url
        office.run(code=NOT_ALL)
        assert office.letters() == [('waiting', 1), ('waiting', 1)]
        server.replies['MAIL'] = '250 ok'
        office.run(now=after(3600))
    assert sorted(server.ids()) == ['1@example.net', '2@example.net']


def test_a_letter_that_is_refused_does_not_hold_up_the_next(office):
    office.add()
    office.add()
    with faulty({'RCPT': '550 no'}) as server:
        office.url = server.url
        office.run(code=NOT_ALL)
        server.replies['RCPT'] = '250 ok'
        office.add()
        office.run()
    assert [state for state, _ in office.letters()] == ['failed', 'failed', 'sent']


def test_control_characters_of_a_server_go_nowhere(office):
    office.add()
    with faulty({'RCPT': '550 \x1b[2J\x9b\x07 no'}) as server:
        office.url = server.url
        log = office.run(code=NOT_ALL)
    assert office.error().isprintable() and log.replace('\n', '').isprintable()


# ---- broken ----

def test_one_octet_a_second_ends_in_time(office):
    office.add()
    with faulty(pace=1) as server:
        office.url = server.url
        begun = time.monotonic()
        office.run('--timeout', 3, code=NOT_ALL)
        assert time.monotonic() - begun < 60
    assert office.letters() == [('waiting', 1)]
    assert 'Timeout was reached' in office.error() or 'too slow' in office.error()


def test_cut_after_the_letter_was_taken_gives_one_duplicate_at_most(office):
    office.add()
    with faulty({'message': ''}) as server:
        office.url = server.url
        office.run(code=NOT_ALL)
        server.replies['message'] = '250 taken'
        office.run(now=office.next_time())
        office.run(now='2099-01-01T00:00:00Z')
    assert server.ids() == ['1@example.net', '1@example.net']
    assert server.taken[0].octets == server.taken[1].octets
    assert office.letters() == [('sent', 2)]


def test_killed_between_taken_and_booked_gives_one_duplicate_at_most(office):
    """The store is locked while the server answers, so the mailer cannot book."""
    office.add()
    locks = []

    def lock():
        locks.append(sqlite3.connect(office.registry.path, isolation_level=None, check_same_thread=False))
        locks[-1].execute('BEGIN IMMEDIATE')

    with faulty(told=lock) as server:
        office.url = server.url
        with office.start() as mailer:
            wait_until(lambda: locks and locks[-1].in_transaction and server.taken, what='the letter was taken')
            time.sleep(0.5)
            mailer.kill()
            mailer.wait()
        locks[-1].close()
        assert office.letters() == [('sending', 1)]
        server.told = lambda: None
        office.run()
        office.run(now=after(LEASE_S - 1))
        assert len(server.taken) == 1
        office.run(now=after(LEASE_S))
        office.run(now='2099-01-01T00:00:00Z')
    assert server.ids() == ['1@example.net', '1@example.net']
    assert office.letters() == [('sent', 2)]


def test_a_locked_store_delays_the_booking_only(office):
    """Longer than a writer waits for another one."""
    office.add()
    locks = []

    def lock():
        locks.append(sqlite3.connect(office.registry.path, isolation_level=None, check_same_thread=False))
        locks[-1].execute('BEGIN IMMEDIATE')

    with faulty(told=lock) as server:
        office.url = server.url
        with office.start('--once') as mailer:
            wait_until(lambda: locks and server.taken, what='the letter was taken')
            time.sleep(7)
            locks[-1].close()
            assert mailer.wait(60) == DONE
    assert server.ids() == ['1@example.net'] and office.letters() == [('sent', 1)]


# ---- several mailers ----

def test_two_mailers_at_once_send_each_letter_once(office):
    for number in range(machine.as_often_as(20, 200)):
        office.add(f'u{number}@example.org')
    with faulty() as server:
        office.url = server.url
        both = [subprocess.Popen(office.command('--once'), stderr=subprocess.PIPE) for _ in range(2)]
        logs = [mailer.communicate(timeout=mail.SECONDS)[1] for mailer in both]
        assert [mailer.returncode for mailer in both] == [DONE, DONE], logs
    assert sorted(server.ids()) == sorted(f'{number}@example.net' for number in range(1, office.count + 1))
    assert all(letter == ('sent', 1) for letter in office.letters())


def test_mailers_killed_at_any_moment_lose_nothing(office):
    """Each that is killed may cost one duplicate; first copies come in order."""
    kills = machine.as_often_as(12, 100)
    for number in range(kills * 2):
        office.add(f'u{number % 3}@example.org')
    now = 0
    with faulty() as server:
        office.url = server.url
        for _ in range(kills):
            with office.start(now=after(now)) as mailer:
                time.sleep(random.uniform(0, 0.3))
                mailer.kill()
            now += LEASE_S
        while office.next_time() or any(state == 'sending' for state, _ in office.letters()):
            office.run(now=after(now))
            now += LEASE_S
        taken = list(server.taken)
    assert all(state == 'sent' for state, _ in office.letters())
    assert len({one.id for one in taken}) == office.count and len(taken) <= office.count + kills
    for recipient in {one.recipients[0] for one in taken}:
        ids = list(dict.fromkeys(int(one.id.split('@')[0]) for one in taken if one.recipients == [recipient]))
        assert ids == sorted(ids)


def test_ends_between_two_letters(office):
    office.add()
    office.add('bob@example.org')
    with faulty() as server:
        office.url = server.url
        with office.start() as mailer:
            server.told = lambda: os.kill(mailer.pid, signal.SIGTERM)
            assert mailer.wait(30) == DONE
    assert server.ids() == ['1@example.net']
    assert office.letters() == [('sent', 1), ('waiting', 0)]


def test_goes_on_when_new_letters_come(office):
    with faulty() as server:
        office.url = server.url
        with office.start() as mailer:
            office.add()
            wait_until(lambda: office.letters() == [('sent', 1)], 30, 'the letter was sent')
            mailer.send_signal(signal.SIGTERM)
            assert mailer.wait(30) == DONE
    assert server.ids() == ['1@example.net']


# ---- encrypted, and with a password ----

PASSWORD = 'canary-5fZ2kQ'


@pytest.fixture(name='secret')
def _secret(tmp_path):
    path = tmp_path / 'password'
    path.write_text(f'{PASSWORD}\n', encoding='ascii')
    path.chmod(0o600)
    return path


def test_starttls_and_a_password(office, secret, tmp_path):
    from aiosmtpd.smtp import AuthResult  # pylint: disable=import-outside-toplevel
    asked = []

    def authenticate(_server, _session, _envelope, _mechanism, login):
        asked.append(login)
        return AuthResult(success=login.login == b'berth' and login.password == PASSWORD.encode(), handled=False)

    context, authority = certificate(tmp_path, 'DNS:localhost,IP:127.0.0.1')
    office.add()
    with inspector(tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True) as (port, taken):
        office.url = f'smtp://127.0.0.1:{port}'
        options = ['--user', 'berth', '--password-file', secret]
        log = office.run('--starttls', '--ca', authority, *options)
        assert [one.id for one in taken] == ['1@example.net'] and len(asked) == 1
        # Whose certificate nobody vouches for gets nothing, not even the password.
        office.add()
        log += office.run('--starttls', *options, code=NOT_ALL)
        assert office.letters()[1] == ('waiting', 1) and len(asked) == 1
        # Who is not let in waits too.
        secret.write_text('wrong\n', encoding='ascii')
        log += office.run('--starttls', '--ca', authority, *options, now=office.next_time(), code=NOT_ALL)
        assert office.letters()[1] == ('waiting', 2) and len(asked) == 2
        # Without any of it the server wants more.
        log += office.run(now=office.next_time(), code=NOT_ALL)
        assert office.letters()[1] == ('waiting', 3) and len(taken) == 1
    assert PASSWORD not in log and PASSWORD not in office.error(2)


def test_tls_from_the_first_octet(office, tmp_path):
    context, authority = certificate(tmp_path, 'DNS:localhost,IP:127.0.0.1')
    office.add()
    with inspector(ssl_context=context) as (port, taken):
        office.url = f'smtps://127.0.0.1:{port}'
        office.run(code=NOT_ALL)
        assert not taken and 'certificate' in office.error()
        office.run('--ca', authority, now=office.next_time())
        assert [one.id for one in taken] == ['1@example.net']


def test_a_server_of_another_name_gets_nothing(office, tmp_path):
    context, authority = certificate(tmp_path, 'DNS:mail.example.com')
    office.add()
    with inspector(ssl_context=context) as (port, taken):
        office.url = f'smtps://127.0.0.1:{port}'
        office.run('--ca', authority, code=NOT_ALL)
        assert not taken and office.letters() == [('waiting', 1)]


def test_no_letter_goes_in_the_clear_when_tls_is_asked_for(office):
    office.add()
    with faulty() as server:
        office.url = server.url
        office.run('--starttls', code=NOT_ALL)
        assert not server.taken and office.letters() == [('waiting', 1)]


def test_the_password_is_in_no_argument_and_no_environment(office, secret):
    office.add()
    with faulty(pace=0.2) as server:
        office.url = server.url
        with office.start('--user', 'berth', '--password-file', secret) as mailer:
            time.sleep(1)
            assert PASSWORD not in ' '.join(command(mailer.pid))
    assert not server.taken


@pytest.mark.parametrize('replies', [{}, {'EHLO': '502 what?', 'HELO': '250 faulty'}, {'MAIL': '550 log in'},
                                     {'RCPT': '550 log in'}])
def test_no_letter_goes_without_the_login_that_was_asked_for(office, secret, replies):
    """The server offers none."""
    office.add()
    with faulty(replies) as server:
        office.url = server.url
        office.run('--user', 'berth', '--password-file', secret, code=NOT_ALL)
        assert not server.taken and office.letters() == [('waiting', 1)]
        assert 'offers no login' in office.error() and '--user' in office.error()


def test_a_server_that_is_named_with_a_password_is_refused():
    for url in ('smtp://u:p@localhost:25', 'smtps://u:p@localhost', 'smtp://u@localhost:25'):
        ran = subprocess.run([mail.MAILER, '--server', url, '--from', mail.SENDER], capture_output=True, text=True, check=False,
                             timeout=mail.SECONDS)
        assert ran.returncode == USAGE and ran.stderr.startswith('berth-mailer: --server takes no user'), ran.stderr
        assert '--user and --password-file' in ran.stderr.splitlines()[0]


def test_a_password_file_that_is_not_there_costs_no_letter(office, tmp_path):
    office.add()
    with faulty() as server:
        office.url = server.url
        office.run('--user', 'berth', '--password-file', tmp_path / 'none', code=NOT_ALL)
    assert office.letters() == [('waiting', 1)] and 'No such file' in office.error()


# ---- a folder ----

def test_a_folder_takes_letters_as_files(office, tmp_path):
    folder = tmp_path / 'spool'
    office.url = f'file://{folder}'
    office.add()
    office.run(code=NOT_ALL)
    assert office.letters() == [('waiting', 1)] and 'No such file' in office.error()
    folder.mkdir()
    office.add('bob@example.org')
    office.run(now=office.next_time())
    office.run(now='2099-01-01T00:00:00Z')
    assert sorted(path.name for path in folder.iterdir()) == ['1@example.net.eml', '2@example.net.eml']
    assert (folder / '1@example.net.eml').read_bytes() == letter(1).encode()
    assert (folder / '1@example.net.eml').stat().st_mode & 0o777 == 0o640
    # Sent again it is the same file.
    office.registry.sql("UPDATE outbox SET state = 'waiting', sent = NULL")
    office.run()
    assert len(list(folder.iterdir())) == 2


def test_no_id_leads_out_of_the_folder(office, tmp_path):
    folder = tmp_path / 'spool'
    folder.mkdir()
    office.url = f'file://{folder}'
    office.add()
    office.registry.sql("UPDATE outbox SET message_id = '../../x/y z@example.net'")
    office.run(code=NOT_ALL)
    office.registry.sql("UPDATE outbox SET message_id = 'x/../../y z@example.net'")
    office.run(now=office.next_time())
    assert [path.name for path in folder.iterdir()] == ['x_.._.._y_z@example.net.eml']


# ---- the staff ----

def test_the_staff_sees_the_letters(office):
    registry = office.registry
    assert registry.text('mail') == '' and registry.json('mail', 'list') == []
    office.add()
    office.add('bob@example.org')
    with faulty() as server:
        office.url = server.url
        office.run()
    office.add('cat@example.org')
    lines = registry.text('mail').splitlines()
    assert len(lines) == 2 and lines[1].split()[:3] == ['3', 'waiting', 'test-3'] and 'cat@example.org' in lines[1]
    assert len(registry.text('mail', 'list', '--all').splitlines()) == 4
    shown = registry.json('mail', '--all')
    assert [(one['letter'], one['state'], one['to'], one['tries']) for one in shown] == [
        (1, 'sent', 'ann@example.org', 1), (2, 'sent', 'bob@example.org', 1), (3, 'waiting', 'cat@example.org', 0)]
    assert registry.text('mail', 'show', 2) == (f'From: {mail.SENDER}\nTo: bob@example.org\nSubject: [B-2026-0017] 2\n'
                                                'Message-ID: <2@example.net>\n\nHello,\n\nthis is it.\n')
    assert registry.json('mail', 'show', 2)['text'] == 'Hello,\n\nthis is it.\n'
    assert 'there is no letter 9' in registry.text('mail', 'show', 9, code=NO)
    assert 'not one that waits or failed' in registry.text('mail', 'retry', 1, code=NO)
    assert registry.json('mail', 'retry', 3) == {'retried': 1}
    assert registry.json('mail', 'retry') == {'retried': 0}
    for words in (['show'], ['show', 'x'], ['retry', '0'], ['send'], ['list', 'x']):
        assert 'see `berth help mail`' in registry.text('mail', *words, code=USAGE)


def test_the_staff_does_not_see_tokens(office):
    token = 'j7gjnmlaoo33mvsoiqpsvmorba'
    office.add(message=letter(1, body=f'open this link:\r\n\r\n  https://ports.example.org/track/{token}\r\n'))
    for options in ([], ['--json']):
        shown = office.registry.text('mail', 'show', 1, *options)
        assert token not in shown and f'https://ports.example.org/track/{len(token) * "*"}' in shown


def test_letters_are_for_registrars_and_administrators(office):
    office.add()
    office.registry.sql('DELETE FROM staff_role')
    assert 'takes the role' in office.registry.text('mail', code=NO)
    assert 'takes the role' in office.registry.text('mail', 'show', 1, code=NO)


# ---- arguments ----

@pytest.mark.parametrize('options', [
    [], ['--server', 'smtp://localhost:25'], ['--from', mail.SENDER], ['--server', 'http://localhost', '--from', mail.SENDER],
    ['--server', 'file://spool', '--from', mail.SENDER], ['--server', 'smtp://x:25', '--from', 'no address'],
    ['--server', 'smtp://x:25', '--from', mail.SENDER, '--user', 'u'],
    ['--server', 'smtp://x:25', '--from', mail.SENDER, '--user', 'u', '--password-file', 'p'],
    ['--server', 'smtp://x:25', '--from', mail.SENDER, '--timeout', '0'],
    ['--server', 'smtp://x:25', '--from', mail.SENDER, '--now', 'now'],
    ['--server', 'smtp://x:25', '--from', mail.SENDER, 'word'], ['--bogus'],
])
def test_wrong_usage(options):
    ran = subprocess.run([mail.MAILER, *options], capture_output=True, text=True, check=False, timeout=mail.SECONDS)
    assert ran.returncode == USAGE and 'Usage: berth-mailer' in ran.stderr


def test_a_registry_that_is_not_there(tmp_path):
    ran = subprocess.run([mail.MAILER, '--registry', f'sqlite:{tmp_path}/none.db', '--server', 'smtp://127.0.0.1:9', '--from',
                          mail.SENDER, '--once'], capture_output=True, text=True, check=False, timeout=mail.SECONDS)
    assert ran.returncode == COULD_NOT and 'store-failed' in ran.stderr


# ---- servers of Debian's ----

@needs_servers
def test_exim_takes_and_refuses(office):
    office.add(message=letter(1, body=BODY))
    office.add('nobody@example.org')
    office.add('later@example.org')
    with servers() as real:
        port, folder = mail.exim(real)
        office.url = f'smtp://127.0.0.1:{port}'
        office.run(code=NOT_ALL)
        files = wait_until(lambda: folder.exists() and list(folder.iterdir()), what='exim delivered')
        arrived = [file.read_text(encoding='ascii') for file in files]
    assert [state for state, _ in office.letters()] == ['sent', 'failed', 'waiting']
    assert 'no such user here' in office.error(2) and 'come back later' in office.error(3)
    assert len(arrived) == 1 and arrived[0].endswith(letter(1, body=BODY).replace('\r', ''))


@needs_servers
@pytest.mark.parametrize('options, state', [
    ([], 'sent'), (['-r', 'rcpt'], 'waiting'), (['-f', 'rcpt'], 'failed'), (['-r', '.'], 'waiting'), (['-f', '.'], 'failed'),
    (['-f', 'mail'], 'waiting'), (['-r', 'data'], 'waiting'), (['-q', 'mail'], 'waiting'), (['-q', '.'], 'waiting'), (['-W', '.:1'], 'sent'),
])
def test_smtp_sink_takes_and_refuses(office, options, state):
    office.add(message=letter(1, body=BODY))
    with servers() as real:
        port, folder = mail.sink(real, 'sink', *options)
        office.url = f'smtp://127.0.0.1:{port}'
        office.run(code=DONE if state == 'sent' else NOT_ALL)
        arrived = [file.read_text(encoding='ascii') for file in folder.glob('letter-*')]
    assert office.letters() == [(state, 1)]
    if state == 'sent':
        assert len(arrived) == 1 and arrived[0].rstrip('\n').endswith(letter(1, body=BODY).replace('\r', '').rstrip('\n'))
