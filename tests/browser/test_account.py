"""Sign-in, enrolment and one's own account in a browser, with and without scripts."""
import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
from support.staff import STEP
from support.web import PASSWORD, totp

CHOSEN = 'velvet tractor seven harbour'


@pytest.fixture(name='secret', scope='module')
def _secret(site):
    """Of iris, an administrator."""
    return site.add_staff('iris', 'administrator')[1]


@pytest.fixture(name='both', params=['with scripts', 'without scripts'])
def _both(request):
    return request.getfixturevalue('driver' if request.param == 'with scripts' else 'plain')


def write(driver, name, text):
    field = driver.find_element(By.NAME, name)
    field.clear()
    field.send_keys(text)


def sign_in(site, driver, login, secret, password=PASSWORD):
    site.later(STEP)
    driver.delete_all_cookies()
    driver.get(site.base + '/staff/sign-in?to=/staff/account')
    for name, text in (('login', login), ('password', password), ('code', totp(secret, site.moment()))):
        write(driver, name, text)
    driver.find_element(By.NAME, 'code').send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: 'sign-in' not in driver.current_url)


def is_in(site, driver):
    driver.get(site.base + '/staff/account')
    return '/staff/account' in driver.current_url


def test_wrong_then_right_then_out(site, secret, both):
    sign_in_page = site.base + '/staff/sign-in'
    both.delete_all_cookies()
    both.get(sign_in_page)
    for name, text in (('login', 'iris'), ('password', 'not this one at all'), ('code', '000000')):
        write(both, name, text)
    both.find_element(By.NAME, 'code').send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: both.title.startswith('Error: '))
    assert both.find_element(By.NAME, 'login').get_attribute('value') == 'iris'
    assert both.find_element(By.NAME, 'password').get_attribute('value') == ''
    link = both.find_element(By.CSS_SELECTOR, '.errors a')
    assert link.get_attribute('href').endswith('#login')
    sign_in(site, both, 'iris', secret)
    assert is_in(site, both)
    cookie = next(cookie for cookie in both.get_cookies() if 'session' in cookie['name'])
    assert cookie['httpOnly'] and cookie['secure'] and cookie['sameSite'] == 'Strict'
    both.find_element(By.XPATH, '//button[text()="Sign out"]').send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: 'said=out' in both.current_url)
    assert not is_in(site, both)


def test_an_invitation_is_taken(site, secret, both):
    login = f'jo{len(site.registry.sql("SELECT id FROM staff"))}'
    sign_in(site, both, 'iris', secret)
    both.get(site.base + '/staff/people')
    for name, text in (('login', login), ('name', 'Jo Example'), ('email', f'{login}@example.net')):
        write(both, name, text)
    both.find_element(By.ID, 'role').send_keys(Keys.SPACE)
    both.find_element(By.XPATH, '//button[starts-with(., "Add")]').send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: 'said=invited' in both.current_url)
    message = site.registry.sql('SELECT message FROM outbox ORDER BY id DESC LIMIT 1')[0][0]
    both.delete_all_cookies()
    both.get(site.base + re.search(r'/staff/enrol/[a-z2-7]{26}', message)[0])
    shown = both.find_element(By.NAME, 'secret').get_attribute('value')
    assert shown in both.find_element(By.CSS_SELECTOR, 'main').text.replace(' ', '')
    for name, text in (('new-password', CHOSEN), ('again', CHOSEN), ('new-code', totp(shown, site.moment()))):
        write(both, name, text)
    both.find_element(By.NAME, 'new-code').send_keys(Keys.ENTER)
    browser.wait_for(both, lambda: 'said=new' in both.current_url)
    sign_in(site, both, login, shown, CHOSEN)
    assert is_in(site, both)
