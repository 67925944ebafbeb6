"""Applying in a real browser, with scripts and without, by keyboard alone; and what axe-core says of each page there is."""
import datetime
import re
import tempfile

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
from support.web import Site

TABS_MAX = 120
ANSWERS = {
    'applicant': 'Ada Example', 'applicant-email': 'ada@example.org', 'formats': 'A length, an op code, an argument.',
    'types': 'Request and reply.', 'opcodes': 'read 1, write 2', 'sequences': 'A request, then its reply.',
    'functions': 'Reading and writing files by name.', 'reference': 'https://example.org/exfiles.txt',
    'title': 'Example file service', 'port': 'any', 'why-not-dynamic': 'Packet filters admit listed numbers only.'}


class Office(Site):
    """A registry whose clock goes when it is told to."""

    def __init__(self, folder):
        super().__init__(folder)
        self.registry.run('registry', 'set', '--link', self.base + '/')
        self.at = datetime.datetime.now(datetime.timezone.utc)
        self.later(0)

    def later(self, seconds):
        self.at += datetime.timedelta(seconds=seconds)
        self.set_clock(self.at.strftime('%Y-%m-%dT%H:%M:%SZ'))

    def link(self, template):
        ((message,), *_) = self.registry.sql('SELECT message FROM outbox WHERE template = ? ORDER BY id DESC', template)
        return re.search(r'http://127\.0\.0\.1:\d+/[a-z]+/[a-z2-7]{26}', message)[0]


@pytest.fixture(name='office', scope='module')
def _office():
    with tempfile.TemporaryDirectory(prefix='berth-browser-') as folder:
        office = Office(folder)
        try:
            yield office.start()
        finally:
            office.clean_up()


@pytest.fixture(name='both', params=['with scripts', 'without scripts'])
def _both(request):
    return request.getfixturevalue('driver' if request.param == 'with scripts' else 'plain')


def tab_to(driver, wanted):
    """TAB after TAB, to the element for which this holds."""
    for _ in range(TABS_MAX):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        element = driver.switch_to.active_element
        if wanted(element):
            return element
    raise AssertionError('no TAB leads there')


def to_field(driver, name):
    return tab_to(driver, lambda element: element.get_attribute('id') == name)


def press(driver, words):
    """The button or link that says this, reached and pressed by keyboard; waits for the page it leads to."""
    element = tab_to(driver, lambda element: element.text == words and element.tag_name in ('button', 'a'))
    before = driver.find_element(By.TAG_NAME, 'html')
    element.send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: driver.find_element(By.TAG_NAME, 'html') != before)


def write(driver, name, text):
    field = to_field(driver, name)
    field.send_keys(Keys.CONTROL, 'a')
    field.send_keys(Keys.DELETE)
    field.send_keys(text)


def fill(driver, short):
    """In the order of the page."""
    for name in ('applicant', 'applicant-email'):
        write(driver, name, ANSWERS[name])
    to_field(driver, 'transport').send_keys(Keys.SPACE)
    for name in ('formats', 'types', 'opcodes', 'sequences', 'functions'):
        write(driver, name, ANSWERS[name])
    to_field(driver, 'broadcast-is').send_keys(Keys.ARROW_DOWN)
    for name in ('reference', 'title'):
        write(driver, name, ANSWERS[name])
    write(driver, 'short', short)
    write(driver, 'port', ANSWERS['port'])
    to_field(driver, 'specification').send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    write(driver, 'why-not-dynamic', ANSWERS['why-not-dynamic'])


def text_of(driver):
    return driver.find_element(By.TAG_NAME, 'main').text


def is_focused(driver, selector):
    return driver.switch_to.active_element == driver.find_element(By.CSS_SELECTOR, selector)


def test_from_the_form_to_the_answer_by_keyboard_alone(office, both, request):
    driver, short = both, 'exfiles' if request.node.callspec.id.startswith('with ') else 'exdirs'
    driver.get(office.base + '/apply')
    press(driver, 'A user port, 1024 to 49151')
    fill(driver, 'ssh')
    press(driver, 'Check')
    assert driver.current_url.endswith('#report') and 'N5' in driver.find_element(By.ID, 'report').text
    office.later(60)
    press(driver, 'Continue')
    assert driver.title.startswith('Error: ') and is_focused(driver, '.errors')
    link = tab_to(driver, lambda element: element.tag_name == 'a' and 'taken' in element.text)
    link.send_keys(Keys.ENTER)
    assert driver.current_url.endswith('#short')
    write_again = driver.find_element(By.ID, 'short')
    assert write_again.get_attribute('value') == 'ssh' and write_again.get_attribute('aria-invalid') == 'true'
    driver.switch_to.active_element.send_keys(Keys.CONTROL, 'a')
    if not is_focused(driver, '#short'):
        to_field(driver, 'short').send_keys(Keys.CONTROL, 'a')
    driver.switch_to.active_element.send_keys(short)
    press(driver, 'Continue')
    assert driver.find_element(By.TAG_NAME, 'h1').text == 'Check your answers'
    press(driver, 'Send the application')
    assert 'Look into your mail' in text_of(driver)
    driver.get(office.link('confirm'))
    press(driver, 'It was me')
    assert 'holds the link to this page too' in text_of(driver)
    reference = re.search(r'B-\d{4}-\d{4}', driver.title)[0]
    office.registry.run('review', 'ask', reference, '-m', 'How long may a name be?', '--about', 'functions')
    driver.get(office.link('questions'))
    write(driver, 'answer-1', 'At most 255 octets.')
    press(driver, 'Send the answers')
    assert 'Your answers are with those who asked' in text_of(driver)


def test_the_report_follows_what_is_typed(office, driver):
    driver.get(office.base + '/apply/user?short=exfiles')
    driver.find_element(By.ID, 'short').send_keys(Keys.CONTROL, 'a')
    driver.find_element(By.ID, 'short').send_keys('ssh')
    browser.wait_for(driver, lambda: 'N5' in driver.find_element(By.ID, 'report').text)
    said = driver.find_element(By.ID, 'report-said')
    assert said.get_attribute('role') == 'status'
    assert 'to correct' in said.get_attribute('textContent') and 'not answered yet' in said.get_attribute('textContent')
    assert is_focused(driver, '#short')
    driver.find_element(By.ID, 'short').send_keys('-next')
    browser.wait_for(driver, lambda: 'N5' not in driver.find_element(By.ID, 'report').text)
    assert browser.errors(driver) == []


def test_a_free_number_is_taken_by_its_button(office, both):
    both.get(office.base + '/apply/user?port=6010')
    press(both, 'Check')
    button = both.find_element(By.CSS_SELECTOR, '[name=take-port]')
    number = button.get_attribute('value')
    button.send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: both.current_url.endswith('#port'))
    assert both.find_element(By.ID, 'port').get_attribute('value') == number


def test_change_leads_back_to_the_field(office, both):
    both.get(office.base + '/apply/user')
    fill(both, 'exother')
    office.later(60)
    press(both, 'Continue')
    change = both.find_element(By.CSS_SELECTOR, 'button[formaction$="#functions"]')
    change.send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: both.current_url.endswith('#functions'))
    assert both.find_element(By.ID, 'functions').get_attribute('value') == ANSWERS['functions']
    assert both.find_element(By.ID, 'broadcast-is-2').is_selected() and both.find_element(By.ID, 'transport').is_selected()


def test_what_people_do_not_see_is_not_there_for_them(office, driver):
    driver.get(office.base + '/apply/user')
    assert not driver.find_element(By.ID, 'homepage').is_displayed()


@pytest.mark.parametrize('kind', ['user', 'system', 'relocation', 'name', 'service-code', 'modification', 'transport', 'release',
                                  'revocation', 'renewal'])
def test_axe_has_no_objection_to_a_form(office, driver, axe, kind):
    """Empty, refused, and as narrow as a telephone."""
    driver.get(office.base + f'/apply/{kind}')
    assert axe(driver) == []
    driver.find_element(By.CSS_SELECTOR, 'button[value=continue]').send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: driver.title.startswith('Error: '))
    assert axe(driver) == []
    browser.set_width(driver, 320)
    assert browser.content_width(driver) <= 320 and axe(driver) == []
    browser.set_width(driver, browser.WIDE)


def test_axe_has_no_objection_to_what_follows(office, driver, axe):
    driver.get(office.base + '/apply/free?name=exlast')
    pages = [axe(driver)]

    def look(name):
        browser.look(driver, f'apply-{name}')
        pages.append(axe(driver))
        browser.set_width(driver, 320)
        assert browser.content_width(driver) <= 320, name
        browser.set_width(driver, browser.WIDE)
    driver.get(office.base + '/apply/user')
    fill(driver, 'exlast')
    look('form')
    press(driver, 'Check')
    office.later(60)
    press(driver, 'Continue')
    look('check')
    press(driver, 'Send the application')
    look('sent')
    driver.get(office.link('confirm'))
    look('confirm')
    press(driver, 'It was me')
    look('track')
    reference = re.search(r'B-\d{4}-\d{4}', driver.title)[0]
    office.registry.run('review', 'ask', reference, '-m', 'How long may a name be?')
    driver.refresh()
    look('questions')
    press(driver, 'Withdraw it')
    look('withdraw')
    driver.get(office.base + '/track/nothing')
    look('nowhere')
    assert pages == [[]] * len(pages)
