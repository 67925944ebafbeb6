"""Filling in a form in a real browser, with scripts and without; test_journey.py has the whole way."""
import tempfile

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
from support.house import House

TABS_MAX = 120
ANSWERS = {
    'applicant': 'Ada Example', 'applicant-email': 'ada@example.org', 'formats': 'A length, an op code, an argument.',
    'types': 'Request and reply.', 'opcodes': 'read 1, write 2', 'sequences': 'A request, then its reply.',
    'functions': 'Reading and writing files by name.', 'reference': 'https://example.org/exfiles.txt',
    'title': 'Example file service', 'port': 'any', 'why-not-dynamic': 'Packet filters admit listed numbers only.'}


@pytest.fixture(name='house', scope='module')
def _house():
    with tempfile.TemporaryDirectory(prefix='berth-browser-') as folder:
        house = House(folder)
        try:
            yield house.start()
        finally:
            house.clean_up()


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


def is_focused(driver, selector):
    return driver.switch_to.active_element == driver.find_element(By.CSS_SELECTOR, selector)


def test_the_report_follows_what_is_typed(house, driver):
    driver.get(house.base + '/apply/user?short=exfiles')
    driver.find_element(By.ID, 'short').send_keys(Keys.CONTROL, 'a')
    driver.find_element(By.ID, 'short').send_keys('ssh')
    browser.wait_for(driver, lambda: 'N5' in driver.find_element(By.ID, 'report').text)
    said = driver.find_element(By.ID, 'report-said')
    assert said.get_attribute('role') == 'status'
    assert said.get_attribute('textContent') in driver.find_element(By.ID, 'report').get_attribute('textContent')
    assert 'to correct' in said.get_attribute('textContent') and 'not answered yet' in said.get_attribute('textContent')
    assert is_focused(driver, '#short')
    driver.find_element(By.ID, 'short').send_keys('-next')
    browser.wait_for(driver, lambda: 'N5' not in driver.find_element(By.ID, 'report').text)
    assert browser.errors(driver) == []


def test_a_free_number_is_taken_by_its_button(house, both):
    both.get(house.base + '/apply/user?port=6010')
    press(both, 'Check')
    button = both.find_element(By.CSS_SELECTOR, '[name=take-port]')
    number = button.get_attribute('value')
    button.send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: both.current_url.endswith('#port'))
    assert both.find_element(By.ID, 'port').get_attribute('value') == number


def test_change_leads_back_to_the_field(house, both):
    both.get(house.base + '/apply/user')
    fill(both, 'exother')
    house.later(60)
    press(both, 'Continue')
    change = both.find_element(By.CSS_SELECTOR, 'button[formaction$="#functions"]')
    change.send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: both.current_url.endswith('#functions'))
    assert both.find_element(By.ID, 'functions').get_attribute('value') == ANSWERS['functions']
    assert both.find_element(By.ID, 'broadcast-is-2').is_selected() and both.find_element(By.ID, 'transport').is_selected()


def test_what_was_typed_is_there_for_who_goes_back(house, both, tmp_path):
    """From a page that says so: the file was too long."""
    file = tmp_path / 'long.berth'
    file.write_bytes(b'// ' + b'x' * 3_000_000)
    both.get(house.base + '/apply/user')
    for name, answer in ANSWERS.items():
        both.find_element(By.NAME, name).send_keys(answer)
    both.find_element(By.NAME, 'berth-file').send_keys(str(file))
    both.find_element(By.CSS_SELECTOR, 'button[value=check]').send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: both.title.startswith('Too long'))
    assert 'still in your browser' in both.find_element(By.TAG_NAME, 'main').text
    both.back()
    browser.wait_for(both, lambda: both.title.startswith('Application for'))
    for name, answer in ANSWERS.items():
        assert both.find_element(By.NAME, name).get_attribute('value') == answer, name


def test_what_people_do_not_see_is_not_there_for_them(house, driver):
    driver.get(house.base + '/apply/user')
    assert not driver.find_element(By.ID, 'homepage').is_displayed()


def test_what_follows_a_form_is_read_by_everybody(house, driver, judge):
    """The pages that no address leads to: test_every_page.py has the others."""
    driver.get(house.base + '/apply/user')
    fill(driver, 'exlast')
    press(driver, 'Check')
    judge(driver, 'apply-report')
    house.later(60)
    press(driver, 'Continue')
    judge(driver, 'apply-check')
    press(driver, 'Send the application')
    driver.get(house.base + '/confirm/' + house.token('confirm'))
    press(driver, 'It was me')
    judge(driver, 'apply-confirmed')
    press(driver, 'Withdraw it')
    judge(driver, 'apply-withdraw')
    driver.get(house.base + '/track/nothing')
    judge(driver, 'apply-nowhere')
