"""Letters of an application that was made on the web, by real SMTP: what arrives, what it belongs to, where its links lead; and
five days without a mail server.
"""
import datetime
import email
import email.policy
import re
import subprocess
import urllib.parse

import pytest

from support import mail
from support.house import House
from support.mail import MAILER, faulty, inspector
from support.processes import wait_until
from support.registry import DONE
from support.servers import missing, servers
from support.web import TIME

NOT_ALL = 1
MISSING = missing(mail.PROGRAMS)
needs_servers = pytest.mark.skipif(bool(MISSING), reason=f'not unpacked: {MISSING}')
CANARIES = {'formats': 'canary-formats-zq', 'types': 'canary-types-zq', 'opcodes': 'canary-opcodes-zq', 'sequences': 'canary-sequences-zq',
            'functions': 'canary-functions-zq', 'why-not-dynamic': 'canary-why-zq is why it must be so, and no other way',
            'security': 'canary-security-zq', 'versioning': 'canary-versioning-zq', 'development': 'canary-development-zq'}
PARTIES = {'applicant': 'Ada Example', 'applicant-email': 'ada@example.org', 'contact': 'Cat Example', 'contact-email': 'cat@example.org',
           'assignee': 'Example Society', 'assignee-email': 'society@example.org'}
STAFF = {'ports@example.net', *(f'{login}@example.net' for login in ('rae', 'eve', 'bo', 'ivy', 'kim', 'lea'))}


class Post(House):
    """A house whose letters are brought by berth-mailer, and whose people read only what has arrived."""

    def __init__(self, folder):
        super().__init__(folder)
        self.server, self.inbox, self.read = 'smtp://127.0.0.1:9', lambda: [], 0

    def bring(self, now=None, code=DONE):
        """One round of the mailer, at the site's time."""
        now = now or self.now.strftime(TIME)
        ran = subprocess.run([MAILER, '--registry', self.registry.url, '--server', self.server, '--from', 'ports@example.net', '--timeout', '20',
                              '--once', '--now', now], capture_output=True, timeout=120, check=False, text=True)
        assert ran.returncode == code, (ran.returncode, ran.stdout, ran.stderr)
        return ran.stderr

    def arrived(self, count=None):
        """What came since this was asked last, as people see it; by the order in which it was written."""
        self.bring()
        if count is not None:
            wait_until(lambda: len(self.inbox()) >= self.read + count, what='the letters arrived')
        letters = [email.message_from_bytes(octets, policy=email.policy.default) for octets in self.inbox()]
        new, self.read = letters[self.read:], len(letters)
        return new

    def next_time(self):
        return self.registry.sql("SELECT min(next_try) FROM outbox WHERE id IN (SELECT min(id) FROM outbox WHERE state = 'waiting' "
                                 'GROUP BY rcpt, application)')[0][0]


def to_of(letter):
    return letter['To'].addresses[0].addr_spec


def one_to(letters, address, words):
    """The one letter to this person whose subject has these words."""
    found = [letter for letter in letters if to_of(letter) == address and words in letter['Subject']]
    assert len(found) == 1, [(to_of(letter), letter['Subject']) for letter in letters]
    return found[0]


def links_of(house, letter):
    """Paths of the links in a letter, each on a line of its own; no other leads to a page of a site like ours."""
    links = re.findall(r'(?m)^  (https?://\S+)\r?$', letter.get_content())
    assert all(link.startswith(house.base + '/') for link in links), links
    return [urllib.parse.urlsplit(link).path for link in links]


def follow(house, letter):
    (path,) = links_of(house, letter)
    page = house.applicant().get(path)
    assert page.status == 200, (path, page.status)
    return page


def check_envelopes(letters):
    for letter in letters:
        assert letter['Auto-Submitted'] == 'auto-generated' and not letter.defects and letter.get_content_type() == 'text/plain'
        assert len(letter['To'].addresses) == 1 and letter['From'].addresses[0].addr_spec == 'ports@example.net'
        assert re.match(r'\[B-\d{4}-\d{4,}\] \S', letter['Subject']) and re.fullmatch(r'<[0-9a-f]{32}@example\.net>', letter['Message-ID'])


def check_threads(letters):
    """All to one person about one application hang together: the first one's id, and one tag."""
    first = {}
    for letter in letters:
        key = to_of(letter), letter['Subject'][:letter['Subject'].index(']')]
        if key in first:
            assert letter['In-Reply-To'] == first[key] and first[key] in letter['References'].split(), (key, letter['Subject'])
        else:
            assert letter['References'] is None and letter['In-Reply-To'] is None, (key, letter['Subject'])
            first[key] = letter['Message-ID']
    return first


def whole_way(house):
    """From the form to the assignment, with each link read in a letter that arrived; all letters in their order."""
    house.send(**{**CANARIES, **PARTIES, 'broadcast-is': 'yes', 'broadcast': 'canary-broadcast-zq', 'port': '7999'})
    letters = house.arrived(1)
    assert [to_of(letter) for letter in letters] == ['ada@example.org']
    applicant = house.applicant()
    page = applicant.post(follow(house, letters[0]))
    assert page.status == 303
    reference = re.search(r'B-\d{4}-\d{4,}', applicant.follow(page).title)[0]

    letters += house.arrived(2)
    receipt, form = one_to(letters, 'ada@example.org', 'with the staff'), one_to(letters, 'ports@example.net', 'Application for User')
    assert reference in follow(house, receipt).title
    assert all(canary in ' '.join(form.get_content().split()) for canary in CANARIES.values())
    for path in links_of(house, form):
        assert house.who('rae').get(path).status == 200, path

    house.do('rae', reference, 'ask', text='How many octets may a name have?', about='functions')
    letters += house.arrived(1)
    page = follow(house, one_to(letters, 'ada@example.org', 'Questions'))
    assert 'How many octets may a name have?' in page.text
    answered = applicant.post(page, 'answer', **{'answer-1': 'canary-answer-zq'})
    assert answered.status == 303 and house.state(reference) == 'validating'
    letters += house.arrived(1)
    told = one_to(letters, to_of(letters[-1]), 'has answered')
    assert to_of(told) in STAFF and 'canary-answer-zq' in told.get_content()

    house.who('eve')
    house.do('rae', reference, 'to-expert', expert='eve')
    house.find('eve', reference)
    house.do('eve', reference, 'recommend', verdict='assign', text='Sound.')
    house.do('rae', reference, 'propose-assign', text='Agreed.')
    house.do('rae', reference, 'assign')
    letters += house.arrived(3)
    mine = one_to(letters, 'ada@example.org', 'Assigned')
    assert 'exfiles' in mine.get_content() and '7999' in mine.get_content() and 'endorsement' in mine.get_content()
    assert 'It is yours' in follow(house, receipt).text, 'the link of the receipt goes on to lead there'
    assert {to_of(letter) for letter in letters if 'Assigned' in letter['Subject']} == {'ada@example.org', 'cat@example.org', 'society@example.org'}
    return reference, letters


def check_all(house, letters):
    check_envelopes(letters)
    check_threads(letters)
    assert house.arrived() == [] and {state for state, in house.registry.sql('SELECT state FROM outbox')} == {'sent'}
    ids = [letter['Message-ID'] for letter in letters]
    assert len(ids) == len(set(ids)) == house.registry.sql('SELECT count(*) FROM outbox')[0][0]
    for letter in letters:
        holds = {canary for canary in [*CANARIES.values(), 'canary-broadcast-zq', 'canary-answer-zq'] if canary in ' '.join(letter.get_content().split())}
        assert not holds or to_of(letter) in STAFF | {'ada@example.org'}, (to_of(letter), letter['Subject'], holds)
        assert not holds or to_of(letter) != 'ada@example.org' or 'confirm' not in letter['Subject'], 'nobody has shown that it is theirs'
    sent = str(house.registry.sql('SELECT message FROM outbox'))
    for letter in letters:
        for path in links_of(house, letter):
            token = path.rsplit('/', 1)[1]
            assert not re.fullmatch('[a-z2-7]{26}', token) or token not in sent, 'what was sent holds no key any more'
    house.registry.verify()


@pytest.fixture(name='house')
def _house(tmp_path):
    house = Post(tmp_path)
    try:
        yield house.start()
    finally:
        house.clean_up()


# ---- as it is read ----

@pytest.mark.timeout(180)
def test_an_application_by_letters_that_arrive(house):
    with inspector() as (port, taken):
        house.server, house.inbox = f'smtp://127.0.0.1:{port}', lambda: [one.octets for one in taken]
        _, letters = whole_way(house)
        check_all(house, letters)
        assert all(one.sender == 'ports@example.net' and one.recipients == [to_of(letter)] for one, letter in zip(taken, letters))


@needs_servers
@pytest.mark.timeout(180)
def test_the_same_against_a_server_of_debian(house):
    """exim, as Debian has it: what it kept in its folder is what people read."""
    with servers() as real:
        port, folder = mail.exim(real)

        def inbox():
            files = sorted(folder.iterdir(), key=lambda path: (path.stat().st_mtime_ns, path.name)) if folder.exists() else []
            found = {path: path.read_bytes() for path in files}
            order = [row[0] for row in house.registry.sql('SELECT message_id FROM outbox ORDER BY id')]
            return sorted(found.values(), key=lambda octets: order.index(re.search(rb'(?m)^Message-ID: <([^>]+)>', octets)[1].decode()))
        house.server, house.inbox = f'smtp://127.0.0.1:{port}', inbox
        _, letters = whole_way(house)
        check_all(house, letters)


def test_a_refusal_and_what_follows_by_letters(house):
    """Reasons, a link to appeal by, and the board told of it; nobody else is."""
    house.registry.run('band', 'set', '20000-20999', 'team')
    with inspector() as (port, taken):
        house.server, house.inbox = f'smtp://127.0.0.1:{port}', lambda: [one.octets for one in taken]
        for login in ('bo', 'ivy', 'kim'):
            house.who(login)
        reference, _ = house.begin(port='20001', **PARTIES, **CANARIES)
        house.find('rae', reference)
        house.do('rae', reference, 'refuse', text='Use port 80 instead.', others_J6='yes')
        letters = house.arrived(4)
        refused = one_to(letters, 'ada@example.org', 'refused')
        assert 'Use port 80 instead.' in refused.get_content() and 'J6' in refused.get_content()
        page = follow(house, refused)
        assert house.applicant().post(page, 'appeal', facts='An HTTP client cannot use it.').status == 303
        letters += house.arrived(2)
        told = [letter for letter in letters if 'appealed' in letter['Subject']]
        assert {'bo@example.net', 'ivy@example.net', 'kim@example.net'} <= {to_of(letter) for letter in told}
        assert all(('An HTTP client cannot use it.' in letter.get_content()) == (to_of(letter) in STAFF) for letter in told)
        check_threads(letters)
        for letter in letters:
            assert 'canary' not in letter.get_content() or to_of(letter) in STAFF | {'ada@example.org'}


def test_links_lead_to_where_the_site_is(house):
    """Letters that are made by the web have the address by which people reach it, whatever the commands were told."""
    answer = house.who('all').post('/staff/settings', {'name': 'Example', 'email': 'ports@example.net', 'link': 'https://ports.example.org/'})
    assert answer.status == 303
    house.send()
    with inspector() as (port, taken):
        house.server, house.inbox = f'smtp://127.0.0.1:{port}', lambda: [one.octets for one in taken]
        (letter,) = house.arrived(1)
    (link,) = re.findall(r'https?://\S+', letter.get_content())
    assert re.fullmatch(re.escape(house.base) + '/confirm/[a-z2-7]{26}', link)
    assert house.get(urllib.parse.urlsplit(link).path).status == 200


# ---- down ----

@pytest.mark.timeout(300)
def test_five_days_without_a_server(house):
    """People go on applying, and the staff with its work; when it is there again each letter comes once, those to one person on
    one application in their order, and only what was cut off in between comes again, as the same letter."""
    begun = house.now
    for name in ('first', 'second'):
        house.send(short=name, applicant_email=f'{name}@example.org')
    confirmed = []
    for token in house.tokens('confirm'):
        answer = house.visitor().ask('POST', f'/api/v1/confirm/{token}', '{}', Content_Type='application/json')
        assert answer.status == 200
        confirmed.append(re.search(r'"reference": "([^"]+)"', answer.text)[1])
    tries = 0
    while (due := house.next_time()) and due < (begun + datetime.timedelta(days=4, hours=22)).strftime('%Y-%m-%dT%H:%M:%SZ'):
        moment = datetime.datetime.fromisoformat(due.replace('Z', '+00:00'))
        if moment > house.now:
            house.later((moment - house.now).total_seconds())
        house.bring(now=due, code=NOT_ALL)
        tries += 1
        if tries == 30:
            house.enter('rae') if 'rae' in house.secrets else house.who('rae')
            house.do('rae', confirmed[0], 'ask', text='Still there?')
    assert tries > 60 and house.state(confirmed[0]) == 'with-applicant', 'the work went on'
    assert {state for state, in house.registry.sql('SELECT state FROM outbox')} == {'waiting'}
    written = house.registry.sql('SELECT message_id, rcpt || application FROM outbox ORDER BY id')
    with faulty({'message': ''}) as server:
        house.server = server.url
        house.bring(now=house.next_time(), code=NOT_ALL)
        cut = server.ids()
        server.replies['message'] = '250 taken'
        while house.next_time():
            house.bring(now=house.next_time())
        house.bring(now='2099-01-01T00:00:00Z')
        taken = list(server.taken)
    ids = [one.id for one in taken]
    assert set(ids) == {number for number, _ in written}, 'nothing is lost'
    assert len(cut) >= 1 and all(ids.count(number) == 1 + (number in cut) for number, _ in written), 'nothing else comes twice'
    for number in cut:
        assert len({one.octets for one in taken if one.id == number}) == 1
    for person in {to for _, to in written}:
        wanted = [number for number, to in written if to == person]
        assert list(dict.fromkeys(one.id for one in taken if one.id in wanted)) == wanted, 'in their order'
    assert {state for state, in house.registry.sql('SELECT state FROM outbox')} == {'sent'}
    house.registry.verify()


def test_pages_do_not_wait_for_letters(house):
    """A mail server that takes a second for each octet: who applies meanwhile notices nothing, and nothing of it is lost."""
    with faulty(pace=1) as server:
        house.send()
        command = [MAILER, '--registry', house.registry.url, '--server', server.url, '--from', 'ports@example.net', '--timeout', '60',
                   '--now', house.now.strftime(TIME)]
        mailer = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # pylint: disable=consider-using-with
        try:
            wait_until(lambda: house.registry.sql("SELECT count(*) FROM outbox WHERE state = 'sending'") == [(1,)], what='a letter is under way')
            for number in range(5):
                house.send(short=f'other{number}')
            assert house.registry.sql("SELECT count(*) FROM outbox WHERE state = 'sending'") == [(1,)], 'it still is'
        finally:
            mailer.kill()
            mailer.wait()
    assert house.registry.sql('SELECT count(*) FROM outbox') == [(6,)]
