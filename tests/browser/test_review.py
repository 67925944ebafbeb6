"""The staff's queue and dossier in a browser: by keyboard alone, with and without scripts, and on a phone."""
import pathlib
import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
from support.house import STEP
from support.web import PASSWORD, totp

EXFILES = (pathlib.Path(__file__).resolve().parents[2] / 'examples/applications/exfiles.berth').read_text()


class Office:
    """A site with one who may do everything, an expert, and applications in several states."""

    def __init__(self, site):
        self.site, self.registry = site, site.registry
        self.secret = site.add_staff('una', 'registrar', 'board', 'administrator', 'auditor')[1]
        site.add_staff('xen', 'expert')
        self.refs = [self.file(name) for name in ('onefiles', 'twofiles', 'threefiles')]
        self.registry.run('review', 'ask', self.refs[1], '-m', 'Why?')

    def file(self, name):
        path = self.site.folder / 'paper.berth'
        path.write_text(EXFILES.replace('exfiles', name).replace('ada@example.org', f'{name}@example.org'))
        return re.match(r'B-\d{4}-\d{4}', self.registry.text('apply', '--filed', path))[0]

    def sign_in(self, driver):
        self.site.later(STEP)  # a one-time code serves once
        driver.delete_all_cookies()
        driver.get(self.site.base + '/staff/sign-in')
        for name, text in (('login', 'una'), ('password', PASSWORD), ('code', totp(self.secret, self.site.moment()))):
            driver.find_element(By.NAME, name).send_keys(text)
        driver.find_element(By.NAME, 'code').send_keys(Keys.ENTER)
        browser.wait_for(driver, lambda: driver.current_url.rstrip('/').endswith('/staff'))

    def dossier(self, number=0):
        return f'{self.site.base}/staff/application/{self.refs[number]}'


@pytest.fixture(name='office', scope='module')
def _office(site):
    return Office(site)


@pytest.fixture(name='signed')
def _signed(office, driver):
    office.sign_in(driver)
    return driver


def tab_to(driver, wanted, most=400):
    """Presses Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if driver.switch_to.active_element == wanted:
            return
        driver.switch_to.active_element.send_keys(Keys.TAB)
    raise AssertionError('the keyboard does not reach it')


def test_the_contents_lead_to_the_parts_of_the_dossier(office, signed):
    signed.get(office.dossier())
    ids = [element.get_attribute('id') for element in signed.find_elements(By.CSS_SELECTOR, '[id]')]
    assert len(ids) == len(set(ids))
    links = signed.find_elements(By.CSS_SELECTOR, 'nav.contents a')
    assert len(links) > 3
    for link in links:
        assert link.get_attribute('href').split('#')[1] in ids


def test_nothing_of_the_queue_is_lost_on_a_phone(office, signed):
    signed.get(office.site.base + '/staff')
    row = f'//section//tr[.//a[text()="{office.refs[1]}"]] | //tr[.//a[text()="{office.refs[1]}"]]'
    wide = signed.find_element(By.XPATH, row).text.split()
    browser.set_width(signed, browser.NARROW)
    narrow = signed.find_element(By.XPATH, row)
    assert set(wide) <= set(narrow.text.split())
    labels = signed.execute_script(
        'return [...arguments[0].querySelectorAll("[data-label]")].map(cell => getComputedStyle(cell, "::before").content)', narrow)
    assert '"Waits for"' in labels and '"Due"' in labels
    browser.set_width(signed, browser.WIDE)


def ask_by_keyboard(office, driver, number):
    """From the queue to a question that was asked, and back with what was wrong, without a mouse."""
    driver.get(office.site.base + '/staff')
    link = driver.find_element(By.LINK_TEXT, office.refs[number])
    tab_to(driver, link)
    link.send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: office.refs[number] in driver.title)
    summary = driver.find_element(By.ID, 'act-ask')
    tab_to(driver, summary)
    summary.send_keys(Keys.ENTER)
    text = driver.find_element(By.ID, 'ask-text')
    tab_to(driver, text)
    button = text.find_element(By.XPATH, './ancestor::form//button')
    tab_to(driver, button)
    button.send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: driver.title.startswith('Error: '))
    error = driver.find_element(By.CSS_SELECTOR, '.errors a')
    tab_to(driver, error)
    error.send_keys(Keys.ENTER)
    text = driver.find_element(By.ID, 'ask-text')
    assert text.is_displayed() and driver.find_element(By.ID, 'ask-text-error').is_displayed()
    tab_to(driver, text)
    text.send_keys('How long may a name be?')
    button = text.find_element(By.XPATH, './ancestor::form//button')
    tab_to(driver, button)
    button.send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: 'done=ask' in driver.current_url)
    assert 'It is now waiting for the applicant.' in driver.find_element(By.CSS_SELECTOR, '[role=status]').text


def test_by_keyboard(office, signed):
    ask_by_keyboard(office, signed, 2)


def test_by_keyboard_without_scripts(office, plain):
    office.sign_in(plain)
    ask_by_keyboard(office, plain, 0)


def test_a_wrong_page_is_read_too(office, signed, judge):
    office.refs.append(office.file('fourfiles'))
    signed.get(office.dossier(3))
    signed.find_element(By.ID, 'act-to-board').send_keys(Keys.ENTER)
    signed.find_element(By.ID, 'to-board-text').submit()
    browser.wait_for(signed, lambda: signed.title.startswith('Error: '))
    assert signed.switch_to.active_element.get_attribute('class') == 'errors'
    judge(signed, 'staff-dossier-error')
