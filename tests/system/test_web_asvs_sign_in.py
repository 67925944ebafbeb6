"""Passwords, guesses and sessions as a stranger tries them.  test_web_asvs.py says what the numbers mean.
"""
import re
import subprocess

import pytest

from support import machine
from support.house import House
from support.web import PASSWORD, totp

STEP = 31


# ---- passwords ----

def say(house, password, login='ada', code=0):
    return house.registry.text('staff', 'password', login, octets=password.encode() + b'\n', code=code)


@pytest.mark.asvs('6.2.1', '6.2.4', '6.2.11', '6.2.12')
@pytest.mark.parametrize('password', ['elevenchars', 'x', '', '12345678', 'password', 'passwordpassword', 'iloveyouiloveyou', '123456789012',
                                      'qwertyuiop12', 'administrator', 'ada-ada-ada-ada', 'example-example', 'aaaaaaaaaaaa', 'abcdefghijkl'])
def test_passwords_that_are_refused(fresh, password):
    fresh.add_staff('ada', 'auditor')
    before = fresh.registry.sql("SELECT password FROM staff WHERE login = 'ada'")
    ran = subprocess.run(fresh.registry.command('staff', 'password', 'ada'), input=password.encode() + b'\n', capture_output=True, check=False)
    assert ran.returncode != 0 and fresh.registry.sql("SELECT password FROM staff WHERE login = 'ada'") == before


@pytest.mark.asvs('6.2.5', '6.2.8', '6.2.9')
@pytest.mark.parametrize('password', ['kettle orbit plum', 'zażółć gęślą jaźń', 'UPPER and lower 17', 'x9' + 'kettle orbit ' * 9, 'k' * 3 + ' orbit' * 60,
                                      'tabs\tand  two blanks', '\u202eturned around', '"; DROP TABLE staff --'])
def test_passwords_are_taken_as_they_are(fresh, password):
    """Also long ones, whole: what begins alike is another one."""
    fresh.add_staff('ada', 'auditor')
    secret = re.search(r'\b[A-Z2-7]{32,}\b', say(fresh, password))[0]
    for wrong in (password[:-1], password + 'x', password.swapcase(), password.strip() + ' ', password[:72] if len(password) > 72 else 'x'):
        fresh.later(STEP)
        answer = fresh.visitor().post('/staff/sign-in', {'login': 'ada', 'password': wrong, 'code': totp(secret, fresh.moment())})
        assert answer.status == 403 or wrong == password, wrong
        if answer.status == 403:
            fresh.registry.sql("UPDATE sign_in SET failures = 0, locked_until = ''")
    fresh.later(STEP)
    answer = fresh.visitor().post('/staff/sign-in', {'login': 'ada', 'password': password, 'code': totp(secret, fresh.moment())})
    assert answer.status == 303


@pytest.mark.asvs('6.2.2', '6.2.3')
def test_people_change_their_own_with_the_old_one(fresh):
    visitor = fresh.who('rae')
    new = {'change': 'password', 'new-password': 'velvet tractor seven', 'again': 'velvet tractor seven'}
    for proof in ({}, {'password': PASSWORD}, {'code': fresh.code('rae')}, {'password': 'wrong', 'code': fresh.code('rae')}):
        answer = visitor.post('/staff/account', {**new, **proof}, page='/staff/account?change=password')
        assert answer.status in (400, 403), proof
        fresh.registry.sql("UPDATE sign_in SET failures = 0, locked_until = ''")
    answer = visitor.post('/staff/account', {**new, 'password': PASSWORD, 'code': fresh.code('rae')}, page='/staff/account?change=password')
    assert answer.status == 303
    assert fresh.visitor().post('/staff/sign-in', {'login': 'rae', 'password': 'velvet tractor seven', 'code': fresh.code('rae')}).status == 303


@pytest.mark.asvs('6.2.6', '6.2.7')
def test_fields_for_passwords_hide_them_and_can_be_pasted_into(house):
    pages = [house.get('/staff/sign-in'), house.who('all').get('/staff/account?change=password')]
    script = house.get(re.search(r'src="(/asset/[^"]*)"', pages[0].text)[1]).text
    assert not re.search(r'paste|keydown|preventDefault\(\)[^;]*clip', script)
    for page in pages:
        fields = re.findall(r'<input[^>]*name="(?:password|new-password|again)"[^>]*>', page.text)
        assert fields
        for field in fields:
            assert 'type="password"' in field and not re.search(r'autocomplete="off"|maxlength|readonly|value="[^"]', field)
            assert re.search(r'autocomplete="(current|new)-password"', field)


@pytest.mark.asvs('6.2.10')
def test_a_password_does_not_end_by_its_age(fresh):
    secret = fresh.add_staff('ada', 'auditor')[1]
    fresh.later(5 * 366 * 86400)
    answer = fresh.visitor().post('/staff/sign-in', {'login': 'ada', 'password': PASSWORD, 'code': totp(secret, fresh.moment())})
    assert answer.status == 303 and answer.where == '/staff'


# ---- guessing ----

COUNTING = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <unistd.h>

int crypto_pwhash_str(char *out, const char *passwd, unsigned long long size, unsigned long long ops, size_t memory)
{
	int (*real)(char *, const char *, unsigned long long, unsigned long long, size_t) = dlsym(RTLD_NEXT, "crypto_pwhash_str");
	(void)!write(2, "hash-computed\n", 14);
	return real(out, passwd, size, ops, memory);
}

int crypto_pwhash_str_verify(const char *str, const char *passwd, unsigned long long size)
{
	int (*real)(const char *, const char *, unsigned long long) = dlsym(RTLD_NEXT, "crypto_pwhash_str_verify");
	(void)!write(2, "hash-computed\n", 14);
	return real(str, passwd, size);
}
'''


@pytest.mark.asvs('6.3.8')
@machine.needs('gcc')
def test_the_same_work_is_done_for_every_login(tmp_path):
    """Counted, not timed: one costly hash for each attempt, whoever is tried and whatever is wrong with them."""
    (tmp_path / 'counting.c').write_text(COUNTING)
    subprocess.run(['gcc', '-shared', '-fPIC', '-o', tmp_path / 'counting.so', tmp_path / 'counting.c', '-ldl'], check=True)
    house = House(tmp_path)
    try:
        if 'sanitize' in str(machine.PROGRAMS):
            pytest.skip('its own library must be loaded first')
        house.start(LD_PRELOAD=str(tmp_path / 'counting.so'))
        secret = house.add_staff('ada', 'auditor')[1]
        house.add_staff('gone', 'auditor')
        house.registry.run('staff', 'retire', 'gone')
        house.registry.run('staff', 'add', 'new', '--role', 'auditor')
        count, statuses = 0, set()
        tries = [('ada', PASSWORD, totp(secret, house.moment())), ('ada', 'wrong', '000000'), ('ada', PASSWORD, '000000'), ('nobody', 'x', 'x'),
                 ('', '', ''), ('gone', PASSWORD, '000000'), ('new', 'x', '000000'), ('(berth)', 'x', 'x'), ('x' * 500, 'x' * 500, 'x'), ('ada\'--', 'x', 'x'),
                 *[('ada', 'wrong', '000000')] * 5, ('ada', PASSWORD, '000000')]
        for login, password, code in tries:
            answer = house.visitor().post('/staff/sign-in', {'login': login, 'password': password, 'code': code})
            statuses.add(answer.status)
            count += 1
            assert house.log().count('hash-computed') == count, (login, password)
        assert statuses == {303, 403}
    finally:
        house.clean_up()


@pytest.mark.asvs('6.3.8')
def test_other_pages_do_not_tell_who_is_there_either(fresh):
    """An application, a comment, an appeal in the name of one of the staff or of nobody: the same answer."""
    fresh.add_staff('ada', 'auditor')
    told = set()
    for email in ('ada@example.net', 'nobody@example.net'):
        answer = fresh.visitor().post('/appeal', {'reference': 'B-2026-0001', 'email': email, 'text': 'x'})
        told.add((answer.status, re.sub(r'value="[^"]*"', '', answer.text)))
    assert len(told) == 1


@pytest.mark.asvs('6.3.3')
def test_one_of_the_two_is_not_enough(fresh):
    """Neither alone, nor a page of the staff by any other way in: each needs the session that both made."""
    fresh.who('rae')
    for fields in ({'password': PASSWORD}, {'password': PASSWORD, 'code': ''}, {'code': fresh.code('rae')}, {'password': '', 'code': fresh.code('rae')},
                   {'password': PASSWORD, 'code': fresh.secrets['rae']}, {'password': fresh.code('rae'), 'code': PASSWORD}):
        visitor = fresh.visitor()
        assert visitor.post('/staff/sign-in', {'login': 'rae', **fields}).status == 403
        assert not visitor.cookies and visitor.get('/staff').status == 303
        fresh.registry.sql("UPDATE sign_in SET failures = 0, locked_until = ''")
    for headers in ({'Authorization': 'Basic cmFlOng='}, {'X_Remote_User': 'rae'}, {'Remote_User': 'rae'}, {'Cookie': 'login=rae'},
                    {'X_Forwarded_User': 'rae'}):
        assert fresh.get('/staff', **headers).status == 303


# ---- sessions ----

@pytest.mark.asvs('7.2.3')
def test_tokens_are_random_and_kept_as_hashes(fresh):
    seen = set()
    for _ in range(6):
        fresh.inside.clear()
        seen.add(fresh.who('rae').cookies['__Host-berth-session'])
    assert len(seen) == 6 and all(re.fullmatch('[a-z2-7]{26}', token) for token in seen), '130 bits'
    first = [token[i] for token in seen for i in range(26)]
    assert len(set(first)) > 20
    kept = fresh.registry.path.read_bytes() + b''.join(path.read_bytes() for path in fresh.folder.glob('registry.db-*'))
    assert not any(token.encode() in kept for token in seen)
    for digest, in fresh.registry.sql("SELECT hash FROM token WHERE purpose = 'session'"):
        visitor = fresh.visitor()
        visitor.cookies['__Host-berth-session'] = digest
        assert visitor.get('/staff').status == 303, 'what the store has opens nothing'


@pytest.mark.asvs('7.2.4', '7.4.1')
def test_a_cookie_of_somebody_elses_making_is_never_signed_in(fresh):
    """Set before the sign-in by whoever could; and after the sign-out nothing of it is left."""
    visitor = fresh.visitor()
    fresh.secrets['rae'] = fresh.add_staff('rae', 'registrar')[1]
    visitor.cookies['__Host-berth-session'] = planted = 'a' * 26
    form = visitor.get('/staff/sign-in')
    visitor.cookies['__Host-berth-session'] = planted
    visitor.send('/staff/sign-in', {'token': form.field('token'), 'login': 'rae', 'password': PASSWORD, 'code': fresh.code('rae')})
    token = visitor.cookies['__Host-berth-session']
    other = fresh.visitor()
    other.cookies['__Host-berth-session'] = planted
    assert token != planted and other.get('/staff').status == 303 and visitor.get('/staff').status == 200
    open_page = visitor.get('/staff/account?change=password').field('token')
    visitor.post('/staff/sign-out', page='/staff/account')
    visitor.cookies['__Host-berth-session'] = token
    assert visitor.get('/staff').status == 303
    visitor.cookies['__Host-berth-session'] = token
    assert visitor.send('/staff/account', {'token': open_page, 'change': 'password'}).status == 403


@pytest.mark.asvs('7.3.1', '7.3.2', '7.4.2')
@pytest.mark.parametrize('end', ['idle', 'whole', 'retired', 'password'])
def test_a_session_that_ended_is_ended_for_everything(fresh, end):
    """Pages, forms that are open, and machines that were started since."""
    visitor = fresh.who('rae')
    reference, _ = fresh.begin()
    form = fresh.form('rae', reference, 'ask')
    if end == 'idle':
        fresh.later(30 * 60)
    elif end == 'whole':
        for _ in range(12 * 3):
            assert fresh.who('rae').get('/staff').status in (200, 303)
            fresh.later(20 * 60)
    elif end == 'retired':
        fresh.registry.run('staff', 'retire', 'rae')
    else:
        say(fresh, 'velvet tractor seven', 'rae')
    token = visitor.cookies.get('__Host-berth-session', 'gone')
    for _ in range(2):
        visitor.cookies['__Host-berth-session'] = token
        assert visitor.send(form.action, {**form.fields, 'ask-text': 'x'}).status == 403
        visitor.cookies['__Host-berth-session'] = token
        assert visitor.get('/staff').status == 303
        fresh.restart()
    assert fresh.state(reference) == 'validating'
