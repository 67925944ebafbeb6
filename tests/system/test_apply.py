"""From an application to the assigned number, by the commands of the README; and what others never see of it."""
import json
import pathlib
import re
import shlex

import pytest

from support import machine
from support.office import EXFILES, assign, examine, newest, recommend, words, write
from support.registry import COULD_NOT, NO, USAGE, listing, row

PROJECT = pathlib.Path(__file__).resolve().parents[2]
REF = 'B-2026-0001'.replace('2026', '[0-9]{4}')


def readme():
    """Who runs what ('' the registrar), and the file that it goes to."""
    text = (PROJECT / 'README.md').read_text().split('From the application to the look-up:')[1].split('```')[1]
    for line in text.strip().splitlines():
        if line:
            who, command = line.split('$ berth ', 1)
            words = shlex.split(command, comments=True)
            yield who, words[:-2] if '>' in words else words, words[-1] if '>' in words else None


def test_the_readme_from_apply_to_lookup_and_back(office):
    accounts = {'ann': office.stranger, 'bob': machine.account(other_than=(office.expert, office.stranger))}
    known = {'exfiles.berth': EXFILES, 'bob': accounts['bob']}
    shown = {}
    for who, words, file in readme():
        if 'TOKEN' in words:
            known['TOKEN'] = office.token('confirm' if '--confirm' in words else 'receipt')
        words = [str(known.get(word, word)).replace('PORT', str(known.get('PORT'))) for word in words]
        shown[words[0]] = office.as_account(accounts[who], *words) if who else office.text(*words)
        if file is not None:
            assert 'application user' in shown['apply']
        elif words[0] == 'apply' and words[1] == str(EXFILES):
            known['B-2026-0001'] = re.match(f'({REF}) user port for "exfiles", confirmation sent to ada@', shown['apply'])[1]
            assert office.json('review') == []
        elif words[0] == 'lookup':
            (entry,) = office.json('lookup', 'exfiles')
            assert (entry['status'], entry['transport'], entry['source']) == ('assigned', 'tcp', 'own')
            siblings = {row['transport'] for row in office.json('lookup', str(entry['port'])) if row['status'] == 'reserved'}
            assert siblings == {'udp', 'sctp', 'dccp'} and 'exfiles' in office.text('export', 'services')
            known['PORT'] = entry['port']
    assert 'exfiles' in shown['lookup'] and list(shown)[-1] == 'release'
    (released,) = office.json('lookup', f'{known["PORT"]}/tcp')
    assert released['status'] == 'reserved' and 'De-assigned on' in released['notes']
    office.verify()


def test_a_port_that_is_none_is_not_assigned(office):
    office.apply()
    office.confirm()
    ref = office.json('review')[0]['ref']
    for number in ('5000x', '0', '65536', '5000 '):
        assert 'a number from 1 to 65535' in office.text('review', 'assign', ref, number, '-m', 'Complete.', code=USAGE)


def test_nobody_decides_alone_or_for_himself(office):
    office.text('apply', EXFILES)
    office.confirm()
    ref = office.json('review')[0]['ref']
    assert 'own' in office.text('review', 'assign', ref, '-m', 'x', code=NO)
    assert 'staff' in office.as_account(office.stranger, 'review', 'show', ref, code=NO)
    whole = json.loads(office.as_account(office.expert, 'review', 'show', ref, '--json'))
    assert set(whole) - set(office.json('review', 'show', ref)) >= {'findings', 'votes'}, 'what is said of it'
    assert 'registrar' in office.as_account(office.expert, 'review', 'refuse', ref, '--because', 'J6', '-m', 'x', code=NO)
    office.verify()


def test_without_understanding_nothing_is_assigned(office):
    office.apply()
    office.confirm()
    ref = office.json('review')[0]['ref']
    office.run('review', 'to-expert', ref, office.expert)
    office.as_account(office.expert, 'review', 'recommend', ref, 'assign', '-m', 'Sound.', code=NO)
    assert office.text('review', 'assign', ref, '-m', 'x', code=NO)
    office.run('lookup', '--quiet', 'exfiles', code=NO)


def test_a_refusal_names_rules(office):
    office.apply()
    office.confirm()
    ref = office.json('review')[0]['ref']
    office.run('review', 'to-expert', ref, office.expert)
    office.run('review', 'finding', ref, 'all', 'understood')
    office.as_account(office.expert, 'review', 'finding', ref, 'all', 'understood')
    office.as_account(office.expert, 'review', 'recommend', ref, 'refuse', '-m', 'An existing service does this.')
    assert 'rule' in office.text('review', 'refuse', ref, '-m', 'no', code=NO)
    assert 'X9' in office.text('review', 'refuse', ref, '--because', 'X9', '-m', 'no', code=NO)
    office.run('review', 'refuse', ref, '--because', 'J6,P8', '-m', 'Use port 80.')
    letter = office.letter([one['letter'] for one in office.letters() if one['kind'] == 'refused'][0]).get_content()
    assert 'J6' in letter and 'P8' in letter and 'Use port 80.' in letter


def test_the_same_form_twice_is_one_application(office):
    first, second = office.apply(), office.apply()
    assert first.split()[0] == second.split()[0] and 'before' in second
    assert len(office.letters()) == 1


def test_the_report_comes_before_the_application(office):
    broken = office.folder / 'broken.berth'
    broken.write_text(EXFILES.read_text().replace('short "exfiles"', 'short "ssh"'))
    told = office.text('apply', '--check', broken, code=NO)
    assert 'N5' in told and 'refuse' in told and '22/tcp' in told
    assert 'N5' in office.text('check', broken, code=NO)
    assert 'N5' in office.as_account(office.stranger, 'apply', broken, code=NO)
    assert office.letters() == []
    assert any(finding['id'] == 'N5' for finding in office.json('apply', '--check', broken, code=NO)['findings'])


@pytest.mark.parametrize('kind', ['user', 'system', 'relocation', 'name', 'service-code', 'modification', 'transport',
                                  'release', 'revocation', 'renewal'])
def test_templates_are_forms_to_fill_in(office, kind):
    path = office.folder / f'{kind}.berth'
    path.write_bytes(office.run('apply', '--template', kind))
    assert b'application' in path.read_bytes()
    office.text('apply', '--check', path, code=NO)


def test_a_template_filled_in_is_an_application(office):
    """Its first comment names the form, and yet it is not the plain-text form."""
    path = office.folder / 'filled.berth'
    path.write_text(office.text('apply', '--template', 'user').replace('// functions', 'functions'))
    told = office.text('apply', '--check', path, code=NO)
    assert 'the application' in told.splitlines()[0] or 'filled.berth' in told
    assert 'no line says' not in told and 'F1' in told


def test_each_form_of_a_form_becomes_the_other(office):
    text, berth, again = (office.folder / name for name in ('a.txt', 'a.berth', 'again.txt'))
    text.write_bytes(office.run('apply', '--convert', EXFILES))
    assert text.read_text().startswith('Application for User (Registered) Port Number\n=====')
    assert '[x] tcp (6)' in text.read_text() and 'Request of the client, 7 to 261 octets:' in text.read_text()
    office.run('apply', '--convert', text, '-o', berth)
    assert berth.read_text().startswith('application user {\n  applicant "')
    again.write_bytes(office.run('apply', '--convert', '-', octets=berth.read_bytes()))
    assert again.read_bytes() == text.read_bytes()
    assert re.match(f'{REF} user port for "exfiles"', office.apply(berth))
    quoted = b''.join(b'> ' + line + b'\n' for line in text.read_bytes().splitlines())
    assert office.run('apply', '--convert', '-', octets=quoted) == berth.read_bytes()
    empty = office.run('apply', '--convert', '-', octets=office.run('apply', '--template', 'system'))
    assert empty.startswith(b'Application for System (Well-Known) Port Number\n')
    assert office.run('apply', '--convert', '-', octets=b'neither', code=NO).startswith(b'berth: -:1: ')


def test_what_an_answer_says_does_not_make_it_another_form(office):
    """A line of an answer begins like a title; an editor begins the file with a byte order mark."""
    berth, text = office.folder / 'a.berth', office.folder / 'a.txt'
    berth.write_text(EXFILES.read_text().replace('    Reading, writing', 'Application for files, and\n    Reading, writing'))
    text.write_bytes(office.run('apply', '--convert', berth))
    for path in (berth, text):
        path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes())
        assert 'No rule objects.' in office.text('apply', '--check', path)
    assert 'Application for files, and' in office.text('apply', '--convert', text)


def test_a_system_form_goes_over_to_a_user_form(office):
    """The answers go along, but for the system port and why a user port would not do; so does the protocol."""
    system, user = office.folder / 'system.berth', office.folder / 'user.berth'
    system.write_text(EXFILES.read_text().replace('application user', 'application system').replace(
        '  port ', '  why-not-user "it is early";\n  port 80; //'))
    assert 'why-not-user' in system.read_text() and 'port 80;' in system.read_text()
    user.write_bytes(office.run('apply', '--template', 'user', system))
    answers = re.findall(r'^  ([a-z-]+) .*;$', user.read_text(), re.M)
    assert {'applicant', 'transport', 'short'} <= set(answers) and not {'port', 'why-not-user'} & set(answers)
    assert user.read_text()[user.read_text().index('\nprotocol '):] == EXFILES.read_text()[
        EXFILES.read_text().index('\nprotocol '):]
    same = office.folder / 'same.berth'
    same.write_bytes(office.run('apply', '--template', 'user', user))
    assert same.read_bytes() == user.read_bytes()
    told = office.text('apply', '--template', 'name', system, code=NO)
    assert '"system"' in told and 'to "user"' in told and 'not to "name"' in told


def test_a_form_by_mail_waits_for_its_confirmation(office):
    office.apply()
    office.confirm()
    form = office.letter([one['letter'] for one in office.letters() if one['kind'] == 'staff'][0]).get_content()
    form = form[form.index('Application for User'):].replace('exfiles', 'exfiles2')
    message = ('From: "Eve" <eve@example.net>\r\nTo: registry@example.org\r\nMessage-ID: <1@example.net>\r\n'
               'Subject: application\r\n\r\n' + form.replace('\n', '\r\n')).encode()
    told = office.text('apply', '--mail', octets=message)
    assert 'confirmation sent to ada@example.org' in told
    assert len(office.json('review')) == 1
    assert 'before' in office.text('apply', '--mail', octets=message)
    assert 'before' in office.text('apply', '--mail', octets=b'From eve@example.net Mon Jan  5 12:00:00 2026\n' + message)
    robot = message.replace(b'Subject:', b'Auto-Submitted: auto-replied\r\nSubject:')
    assert 'automatic' in office.text('apply', '--mail', octets=robot, code=NO)


def test_what_anyone_may_have_is_published_when_it_is_filed(office):
    path = office.folder / 'code.berth'
    path.write_text('application service-code { applicant "Ada" "ada@example.org"; title "Two codes"; '
                    'service-code "SC:fdpz, SC:abcd"; }')
    office.text('check', path)
    assert office.text('apply', '--filed', path).endswith(' is assigned: SC:fdpz, SC:abcd.\n')
    for code in ('SC:fdpz', 'SC:abcd'):
        assert 'Two codes' in office.text('lookup', code)
    office.text('audit', 'verify')


@pytest.mark.parametrize('body, sentence', [
    (b'\r\nHere is our application.\r\n', 'no line says which form this is'),
    (b'Content-Type: text/html\r\n\r\n<p>form</p>\r\n', 'has no plain text'),
    (b'Content-Type: text/plain; charset=koi8-r\r\n\r\n\xc6\xcf\r\n', 'cannot be read; send the form as plain text in UTF-8'),
    (b'\r\nA NUL: \0\r\n', 'cannot be read'),
])
def test_a_message_without_a_form_is_told_why(office, body, sentence):
    told = office.text('apply', '--mail', octets=b'From: <eve@example.net>\r\n' + body, code=NO)
    assert sentence in told and 'protocol NAME' not in told


@pytest.mark.parametrize('word, state', [('yes', 'validating'), ('no', 'refused')])
def test_a_holder_is_asked_and_silence_is_not_consent(office, word, state):
    """Somebody else wants to be the contact of what is assigned to Ada."""
    office.apply()
    office.confirm()
    ref = office.json('review')[0]['ref']
    office.run('review', 'to-expert', ref, office.expert)
    office.run('review', 'finding', ref, 'all', 'understood')
    office.as_account(office.expert, 'review', 'recommend', ref, 'assign', '-m', 'Sound.')
    office.run('review', 'assign', ref, '-m', 'Complete.')
    path = office.folder / 'change.berth'
    path.write_text('application modification { applicant "Eve" "eve@example.net"; about "exfiles"; change "The contact."; '
                    'new-contact "Eve" "eve@example.net"; reason "Ada left."; impact "None."; }\n')
    office.apply(path)
    office.confirm()
    (ref,) = [row['ref'] for row in office.json('review') if row['ref'] != ref]
    office.run('review', 'need-consent', ref)
    token = office.token('consent')
    assert office.text('track', '--consent', token, 'perhaps', code=USAGE).startswith('berth: ')
    assert f'{ref} is {state}' in office.as_account(office.stranger, 'track', '--consent', token, word)
    office.verify()


CANARIES = {key: f'canary-{key}-zq' for key in (
    'functions', 'why-not-dynamic', 'security', 'versioning', 'development')}


def test_answers_stay_with_staff_and_applicant(office):
    """Canaries in the answers: in no look-up, export, map, history, log or event; in letters only to the two."""
    text = EXFILES.read_text()
    for key, canary in CANARIES.items():
        text = re.sub(rf'({key}\s+)("""|")', lambda match, canary=canary: f'{match[1]}{match[2]}{canary} ', text)
    path = office.folder / 'canaries.berth'
    path.write_text(text)
    office.apply(path)
    office.confirm()
    ref = office.json('review')[0]['ref']
    office.run('review', 'to-expert', ref, office.expert)
    office.run('review', 'finding', ref, 'all', 'understood')
    office.as_account(office.expert, 'review', 'finding', ref, 'all', 'understood')
    office.as_account(office.expert, 'review', 'recommend', ref, 'assign', '-m', 'Sound.')
    office.run('review', 'assign', ref, '-m', 'Complete.')
    public = [office.run(*arguments) for arguments in (
        ['lookup', '--json', 'exfiles'], ['search', 'exfiles'], ['history', 'exfiles'], ['export', 'json'],
        ['export', 'services'], ['export', 'dns-sd'], ['export', 'iana-csv', '--own'], ['export', 'iana-xml', '--own'], ['map'],
        ['audit', 'log', '--json'])]
    public.append(office.published.read_bytes())
    for canary in CANARIES.values():
        assert not any(canary.encode() in octets for octets in public), canary
        assert canary in office.text('review', 'show', ref)
    for one in office.letters():
        content = office.letter(one['letter']).get_content()
        if one['to'] not in ('registry@example.org', 'ada@example.org', 'expert@example.org'):
            assert not any(canary in content for canary in CANARIES.values()), one


@pytest.mark.parametrize('arguments, code', [
    (['apply'], USAGE), (['apply', '--convert'], USAGE), (['apply', '--template', 'ship'], USAGE),
    (['apply', '/nonexistent'], COULD_NOT),
    (['apply', '--confirm', 'nothing'], NO), (['track'], USAGE), (['track', 'nothing'], NO), (['track', 'nothing', 'sail'], NO),
    (['review', 'show'], USAGE), (['review', 'show', 'B-1999-0001'], NO), (['review', 'sail', 'B-1999-0001'], NO),
    (['review', 'finding', 'B-1999-0001'], USAGE),
])
def test_what_cannot_be_is_told(office, arguments, code):
    told = office.text(*arguments, code=code)
    assert told.startswith('berth: ') and told.count('\n') == 1, told


def test_dossiers_are_json_too(office):
    office.apply()
    office.confirm()
    ref = office.json('review')[0]['ref']
    dossier = office.json('review', 'show', ref)
    assert dossier['ref'] == ref and dossier['state'] == 'validating'
    mine = json.loads(office.as_account(office.stranger, 'track', office.token('receipt'), '--json'))
    assert mine['ref'] == ref and not mine.get('votes') and not mine.get('findings')


# ---- what comes of it ----

SERVICE_CODE = ('application service-code {{ applicant "{0}" "{0}@example.org"; title "Codes"; service-code "{1}"; }}\n')
SECOND = ('application modification {{ applicant "Eve" "{}"; about "exfiles"; change "{}"; {} reason "So it is."; '
          'impact "None."; }}\n')


def test_the_staff_sees_nothing_before_it_is_confirmed(office):
    ref = office.apply().split()[0]
    assert 'no such application' in office.text('review', 'show', ref, code=NO)
    office.confirm()
    office.run('review', 'show', ref)
    office.run('track', office.token('receipt'), 'withdraw')
    draft = office.text('track', office.token('receipt'), 'copy').split()[0]
    assert 'no such application' in office.text('review', 'show', draft, code=NO)


def test_whoever_was_made_the_contact_is_the_holder(office):
    assign(office, EXFILES.read_text())
    ref = examine(office, SECOND.format('eve@example.net', 'The contact.', 'new-contact "Eve" "eve@example.net";'))
    office.run('review', 'need-consent', ref)
    asked = office.text('track', '--consent', office.token('consent'))
    assert re.search('exfiles [0-9]+/tcp', asked) and '[Eve]' in asked and 'So it is' not in asked
    assert 'Contact: [Ada_Example] becomes [Eve]' in words(office, 'consent')
    office.run('track', '--consent', office.token('consent'), 'yes')
    assert re.search('exfiles [0-9]+/tcp', office.text('review', 'assign', ref, '-m', 'Agreed.'))
    assert re.search('Assigned exfiles [0-9]+/tcp$', newest(office, 'assigned')['Subject'])
    ref = examine(office, SECOND.format('ada@example.org', 'The words.', 'description "What Ada wants";'))
    assert 'the holder was not asked' in office.text('review', 'assign', ref, '-m', 'x', code=NO)
    office.run('review', 'need-consent', ref)
    assert newest(office, 'consent')['To'] == 'eve@example.net'
    ref = examine(office, SECOND.format('eve@example.net', 'The words.', 'description "What Eve wants";'))
    office.run('review', 'assign', ref, '-m', 'Of the holder.')
    office.verify()


def test_a_service_code_is_registered_once(office):
    told = office.apply(write(office, SERVICE_CODE.format('carl', 'SC:abcd, SC:abce')))
    office.apply(write(office, SERVICE_CODE.format('zoe', 'SC:abce')))
    late = office.token('confirm')
    office.run('apply', '--confirm', re.search('confirm ([a-z0-9]{26})', office.sql(
        "SELECT message FROM outbox WHERE rcpt = 'carl@example.org'")[0][0])[1])
    for code in ('SC:abcd', 'SC:abce'):
        assert [row['status'] for row in office.json('lookup', code)] == ['assigned'], told
    assert 'is validating' in office.text('apply', '--confirm', late)
    assert 'D6' in office.text('apply', '--check', write(office, SERVICE_CODE.format('eve', 'SC:abcd')), code=NO)
    port = EXFILES.read_text().replace('transport tcp', 'transport dccp').replace(
        'port any', 'service-code "SC:abcd"; port any')
    assert 'D6' in office.text('apply', '--check', write(office, port), code=NO)
    told = office.text('apply', '--check', write(office, port.replace('Ada Example', 'carl')))
    assert 'T6' in told and 'D6' not in told
    office.verify()


def test_an_answer_names_its_question(office):
    ref = examine(office, EXFILES.read_text())
    assert 'what is the question' in office.text('review', 'ask', ref, '-m', ' ', code=NO)
    office.run('review', 'ask', ref, '-m', 'How many?')
    for number, text in (('x', 'y'), ('0', 'y'), ('1', ' ')):
        office.run('track', office.token('questions'), 'answer', number, '-m', text, code=NO)
    assert 'validating' in office.text('track', office.token('questions'), 'answer', '1', '-m', 'Three.')


def test_what_became_due_is_published(office):
    assign(office, EXFILES.read_text())
    office.sql("UPDATE assignment SET temporary_until = '2020-01-01T00:00:00Z'")
    office.run('review')
    (entry,) = office.json('lookup', 'exfiles')
    assert 'expired 2020-01-01' in entry['notes']


def test_an_edit_beside_what_was_examined_keeps_what_was_said(office):
    """Though the answers are described, and the description stands in the same file."""
    ref = examine(office, EXFILES.read_text())
    recommend(office, ref)
    changed = EXFILES.read_text().replace('Two implementations', 'Three implementations')
    office.run('track', office.token('receipt'), 'edit', write(office, changed))
    assert (office.json('review', 'show', ref)['version'], office.json('review', 'show', ref)['material']) == (2, 1)
    office.run('track', office.token('receipt'), 'edit', write(office, changed.replace('restore = 4', 'restore = 8')))
    assert office.json('review', 'show', ref)['material'] == 3


def test_another_number_can_be_given_than_one_that_is_gone(office):
    first, second = (examine(office, EXFILES.read_text().replace('exfiles', name).replace('port any', 'port 5000'))
                     for name in ('one', 'two'))
    for ref in (first, second):
        recommend(office, ref)
        office.run('review', 'propose-assign', ref, '-m', 'Complete.')
    office.run('review', 'assign', first)
    assert 'validating' in office.text('review', 'assign', second)
    assert 'refuses it' in office.text('review', 'assign', second, '-m', 'Complete.', code=NO)
    assert 'two 5001/tcp' in office.text('review', 'assign', second, '5001', '-m', 'The next one.')
    office.verify()


def test_who_stepped_aside_is_not_asked_again(office):
    ref = examine(office, EXFILES.read_text())
    office.run('review', 'to-expert', ref, office.expert)
    office.as_account(office.expert, 'review', 'recuse', ref, '-m', 'My brother.')
    assert 'stepped aside' in office.text('review', 'reassign', ref, office.expert, code=NO)


def test_what_ended_can_be_applied_for_again(office):
    examine(office, EXFILES.read_text())
    assert 'was sent before, and is being examined' in office.apply(office.folder / 'form.berth')
    office.run('track', office.token('receipt'), 'withdraw')
    told = office.apply(office.folder / 'form.berth')
    assert 'was sent before, and is withdrawn' in told and '--key' in told
    assert 'confirmation sent' in office.text('apply', '--key', 'again', office.folder / 'form.berth')
    token = re.search('track ([a-z0-9]{26})', office.text('track', office.token('receipt'), 'copy'))[1]
    changed = write(office, EXFILES.read_text().replace('exfiles', 'renamed'), 'changed.berth')
    assert 'is unconfirmed' in office.text('track', token, 'submit', changed)
    assert 'renamed' in office.text('track', token)


def test_letters_say_what_was_decided_and_what_to_do(office):
    ref = examine(office, EXFILES.read_text())
    assert f'run this command: berth review show {ref}' in words(office, 'staff')
    recommend(office, ref, 'refuse')
    assert 'refuse: Because.' in words(office, 'recommended') and 'J6' in words(office, 'recommended')
    office.run('review', 'refuse', ref, '--because', 'J6', '-m', 'No.')
    office.run('track', office.token('refused'), 'appeal', '-m', 'But yes.')
    board = [name for name in ('uucp', 'proxy', 'list') if name not in (office.expert, office.stranger)][:2]
    for name in board:
        office.run('staff', 'add', name, '--email', f'{name}@example.org', '--role', 'board')
    office.as_account(board[0], 'review', 'hear', ref)
    office.as_account(board[0], 'review', 'vote', ref, 'annul', '-m', 'Misread.')
    reminded = [one['to'] for one in office.letters() if one['kind'] == 'reminder']
    assert reminded == [f'{board[1]}@example.org'] and 'see to it by' in words(office, 'reminder')
    office.as_account(board[1], 'review', 'annul', ref, '-m', 'Misread.')
    assert 'The refusal is annulled: Misread.' in words(office, 'decided')


def test_a_call_names_what_it_is_about(office):
    assign(office, EXFILES.read_text())
    (entry,) = office.json('lookup', 'exfiles')
    ref = examine(office, f'application revocation {{ applicant "Carl" "carl@example.net"; about "{entry["port"]}/tcp"; '
                          'evidence "Nobody answers."; reason "It is not used."; }\n')
    office.run('staff', 'add', 'uucp', '--role', 'board')
    office.as_account('uucp', 'review', 'call', ref, '-m', 'Unused.')
    letter = words(office, 'call')
    assert f'{entry["port"]}/tcp' in letter and f'berth track comment {ref} --email ADDRESS -m TEXT' in letter


def test_words_too_many_are_told(office):
    ref = examine(office, EXFILES.read_text())
    for words_too_many in (['take', ref, 'it'], ['assign', ref, '5000', 'tcp'], ['refuse', ref, 'J6']):
        assert words_too_many[-1] in office.text('review', *words_too_many, '-m', 'x', code=USAGE)


def test_the_second_of_two_equal_votes_decides(office):
    """A board of two does not vote itself into a corner."""
    board = [name for name in ('uucp', 'proxy', 'list') if name not in (office.expert, office.stranger)][:2]
    for name in board:
        office.run('staff', 'add', name, '--role', 'board')
    ref = examine(office, EXFILES.read_text().replace('application user', 'application system').replace(
        'port any', 'why-not-user "It is the owner\'s."; port 853'))
    office.run('review', 'to-board', ref, '-m', 'A system port.')
    office.as_account(board[0], 'review', 'finding', ref, 'all', 'understood')
    office.as_account(board[0], 'review', 'vote', ref, 'assign', '-m', 'Sound.')
    told = office.as_account(board[1], 'review', 'vote', ref, 'assign', '-m', 'Sound.', code=NO)
    assert 'yours is the second vote, and decides: propose-assign' in told
    office.as_account(board[1], 'review', 'propose-assign', ref, '-m', 'Sound.')
    assert 'exfiles 853/tcp' in office.text('review', 'assign', ref)


TRANSPORT = ('application transport { applicant "Eve" "eve@example.net"; about "exfiles"; transport udp; broadcast no; '
             'differs "Not at all."; congestion "One at a time."; discovery-only no; reason "It is needed."; }\n')


def test_whoever_changed_what_another_holds_does_not_hold_it(office):
    """By an added transport, and by a change of a row of a base: the holder agreed to that, and to no more."""
    assign(office, EXFILES.read_text())
    office.run('staff', 'grant', office.expert, '--role', 'expert')
    ref = examine(office, TRANSPORT.replace('exfiles', f'{office.json("lookup", "exfiles")[0]["port"]}/tcp'))
    office.run('review', 'need-consent', ref)
    office.run('track', '--consent', office.token('consent'), 'yes')
    office.run('review', 'finding', ref, 'rule T6', 'accepted', '-m', 'The holder agrees.')
    recommend(office, ref)
    number = re.search('([0-9]+)/udp', office.text('review', 'assign', ref, '-m', 'Agreed.'))[1]
    office.put(listing(row('held', 70, 'tcp', 'Held', contact='holder@example.org')), '--dated', '2026-01-02')
    ref = examine(office, SECOND.replace('exfiles', 'held').format('eve@example.net', 'The words.', 'description "New";'))
    office.run('review', 'need-consent', ref)
    office.run('track', '--consent', office.token('consent'), 'yes')
    office.run('review', 'assign', ref, '-m', 'Agreed.')
    for about, holder in ((f'{number}/udp', 'ada@example.org'), ('held', 'holder@example.org')):
        ref = examine(office, f'application release {{ applicant "Eve" "eve@example.net"; about "{about}"; '
                              'reason "Not needed."; }\n')
        assert 'the holder was not asked' in office.text('review', 'assign', ref, '-m', 'x', code=NO)
        office.run('review', 'need-consent', ref)
        assert newest(office, 'consent')['To'] == holder
    office.verify()


def test_a_transport_takes_what_its_band_asks_for(office):
    ref = examine(office, TRANSPORT.replace('exfiles', '80/tcp'))
    assert 'two of the board' in office.text('review', 'assign', ref, '-m', 'x', code=NO)
