"""The whole way of an application in a real browser, by keyboard alone, with scripts and without: from the home page to a
number that everybody finds.

Addresses are typed where people have them from a letter or by heart; everything else is reached from the page before.
"""
import re
import tempfile

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
from support.house import House, STEP
from support.web import PASSWORD, totp

PORT, PART = '7999', (4096, 8191)
# In the order of the page: the names of its fields and what is typed there; a choice is a pair.
FORM = [
    ('applicant', 'Ada Example'),
    ('applicant-email', 'ada@example.org'),
    ('assignee', 'Example Archives'),
    ('assignee-email', 'office@example.org'),
    ('contact', 'Bo Example'),
    ('contact-email', 'bo@example.org'),
    ('formats', 'A length of two octets, an op code, an argument.'),
    ('types', 'Request and reply.'),
    ('opcodes', 'read 1, write 2'),
    ('sequences', 'A client sends a request and waits for the reply.'),
    ('functions', 'Reading and writing files by name.'),
    ('broadcast-is', ('no',)),
    ('reference', 'https://example.org/exfiles.txt'),
    ('title', 'Example file service'),
    ('description', 'Files by name'),
    ('specification', ('document',)),
    ('why-not-dynamic', 'Packet filters admit listed numbers only.'),
    ('versioning', 'By op codes.'),
    ('security', 'TLS 1.3 with client certificates.'),
    ('development', 'Two implementations.'),
]


class Journey:
    """The house, the browser, and the hands on its keyboard."""

    def __init__(self, house, driver):
        self.house, self.driver, self.keyboard = house, driver, browser.Keyboard(driver)
        self.reference = ''

    def open(self, path):
        self.driver.get(self.house.base + path)

    def heading(self):
        return self.driver.find_element(By.TAG_NAME, 'h1').text

    def text(self):
        return self.driver.find_element(By.TAG_NAME, 'main').text

    def answer(self, name, answer):
        if isinstance(answer, tuple):
            self.keyboard.choose(name, *answer)
        else:
            self.keyboard.write(name, answer)

    # ---- who applies ----

    def look_whether_it_is_free(self):
        self.open('/')
        self.keyboard.enter('Apply')
        self.keyboard.write('name', 'exfiles')
        self.keyboard.enter('Show what is free')
        assert 'The name exfiles' in self.text() and 'It is free.' in self.text()
        self.keyboard.enter('All forms')
        self.keyboard.enter('A user port, 1024 to 49151')

    def fill_in(self):
        keyboard = self.keyboard
        keyboard.go_to(selector='[name=transport-tcp]')
        keyboard.press(Keys.SPACE)
        keyboard.go_to(selector='[name=contact-email]', back=True)
        keyboard.go_to(selector='[name=applicant]', back=True)
        for name, answer in FORM:
            if name == 'description':
                self.answer('short', 'ssh')
                self.answer(name, answer)
                self.answer('port', PORT)
            else:
                self.answer(name, answer)

    def correct(self):
        """The examiner says that the name is taken; what was typed stays."""
        self.keyboard.enter('Check')
        assert self.driver.current_url.endswith('#report') and 'Rule N5' in self.driver.find_element(By.ID, 'report').text
        self.house.later(60)
        self.keyboard.enter('Continue')
        assert self.driver.title.startswith('Error: ') and 'There is a problem' in self.text()
        assert self.keyboard.focused('.errors')['meant']
        self.keyboard.go_to(selector='.errors a[href="#short"]')
        self.keyboard.press(Keys.ENTER)
        name = self.driver.find_element(By.ID, 'short')
        assert self.driver.current_url.endswith('#short')
        assert name.get_attribute('value') == 'ssh' and name.get_attribute('aria-invalid') == 'true'
        self.keyboard.write('short', 'exfiles')
        self.keyboard.enter('Check')
        assert 'Rule N5' not in self.driver.find_element(By.ID, 'report').text

    def send(self):
        self.house.later(60)
        self.keyboard.enter('Continue')
        assert self.heading() == 'Check your answers', self.text()[:2000]
        for _, answer in FORM:
            assert isinstance(answer, tuple) or answer in self.text()
        self.keyboard.enter('Send the application')
        assert 'Look into your mail' in self.text()

    def confirm(self):
        self.open('/confirm/' + self.house.token('confirm'))
        self.keyboard.enter('It was me')
        self.reference = re.search(r'B-\d{4}-\d{4}', self.heading())[0]

    def answer_question(self):
        self.open('/track/' + self.house.token('questions'))
        assert 'How long may a name be?' in self.text()
        self.keyboard.write('answer-1', 'At most 255 octets.')
        self.keyboard.enter('Send the answers')
        assert 'Your answers are with those who asked' in self.text()

    # ---- who examines ----

    def sign_in(self, login):
        self.house.later(STEP)
        self.open('/')
        self.keyboard.enter('For staff', back=True)
        self.keyboard.write('login', login)
        self.keyboard.write('password', PASSWORD)
        self.keyboard.write('code', totp(self.house.secrets[login], self.house.moment()))
        self.keyboard.send()
        self.keyboard.enter(self.reference)
        assert self.reference in self.heading()

    def sign_out(self):
        self.keyboard.enter('Sign out')
        assert 'You have signed out.' in self.text()

    def unfold(self, act):
        self.keyboard.go_to(selector=f'#act-{act}')
        self.keyboard.press(Keys.ENTER)

    def carry_out(self, act, state):
        """The button of the act that is unfolded."""
        self.keyboard.enter(selector=f'form[action$="/{act}"] button:not([name])')
        assert f'Done. It is now {state}.' in self.text()

    def ask(self):
        self.unfold('ask')
        self.keyboard.write('ask-text', 'How long may a name be?')
        self.carry_out('ask', 'waiting for the applicant')

    def give_to_expert(self):
        self.unfold('to-expert')
        self.keyboard.choose('to-expert-expert', 'eve')
        self.carry_out('to-expert', 'with an expert')

    def find(self):
        names = {box.get_attribute('name') for box in self.driver.find_elements(By.CSS_SELECTOR, '[value=accepted]')}
        for name in sorted(names):
            self.keyboard.choose(name, 'accepted')
            self.keyboard.write(name.replace('finding', 'note'), 'Looked at.')
        self.keyboard.enter('All questions understood')
        assert self.text().count('understood, eve') == 10

    def recommend(self):
        self.unfold('recommend')
        self.keyboard.choose('recommend-verdict', 'assign')
        self.keyboard.write('recommend-text', 'New and well described.')
        self.carry_out('recommend', 'being examined')

    def assign(self):
        self.unfold('propose-assign')
        self.keyboard.write('propose-assign-text', 'Agreed.')
        self.carry_out('propose-assign', 'decided, to be assigned')
        self.unfold('assign')
        self.keyboard.choose('assign-port', PORT)
        self.carry_out('assign', 'assigned')

    # ---- everybody ----

    def count_on_map(self):
        """How many ports of the part are assigned, read on the way there."""
        self.open('/')
        self.keyboard.enter('Map')
        self.keyboard.enter(f'{PART[0]} to {PART[1]}')
        rows = self.driver.find_elements(By.CSS_SELECTOR, 'td[data-label="Assigned"]')
        assert f'Port map: {PART[0]} to {PART[1]}' == self.heading() and len(rows) == 16
        return sum(int(row.text.replace(',', '')) for row in rows)

    def search(self):
        self.open('/')
        self.keyboard.write('q', 'exfiles')
        self.keyboard.send()
        self.keyboard.enter(PORT)
        assert self.heading() == f'Port {PORT}' and 'exfiles' in self.text() and 'assigned' in self.text()


@pytest.fixture(name='house')
def _house():
    with tempfile.TemporaryDirectory(prefix='berth-browser-') as folder:
        house = House(folder)
        browser.fill(house.registry)
        for login, role in (('rae', 'registrar'), ('eve', 'expert')):
            house.secrets[login] = house.add_staff(login, role)[1]
        try:
            yield house.start()
        finally:
            house.clean_up()


@pytest.mark.timeout(300)
@pytest.mark.parametrize('scripts', [True, False], ids=['with scripts', 'without scripts'])
def test_from_the_home_page_to_a_number_by_keyboard_alone(house, scripts):
    with browser.chromium(javascript=scripts) as driver:
        journey = Journey(house, driver)
        before = journey.count_on_map()
        journey.look_whether_it_is_free()
        journey.fill_in()
        journey.correct()
        journey.send()
        journey.confirm()
        journey.sign_in('rae')
        journey.ask()
        journey.sign_out()
        journey.answer_question()
        journey.sign_in('rae')
        journey.give_to_expert()
        journey.sign_out()
        journey.sign_in('eve')
        journey.find()
        journey.recommend()
        journey.sign_out()
        journey.sign_in('rae')
        journey.assign()
        journey.sign_out()
        journey.search()
        assert journey.count_on_map() == before + 1
        assert browser.errors(driver) == []
    (row,) = house.registry.json('lookup', f'{PORT}/tcp')
    assert (row['name'], row['status']) == ('exfiles', 'assigned')
    assert f'exfiles {PORT}/tcp' in ' '.join(house.get('/download/services').text.split())
    house.registry.verify()
