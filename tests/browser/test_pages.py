"""The public pages in a real browser: for everybody, at any width, with any colours, with and without scripts."""
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser

# What most people read; each is light, as it may come over a slow line.
READ = {
    'home': '/',
    'search': '/search?q=http',
    'search-all': '/search',
    'search-nothing': '/search?q=htp',
    'search-junk': '/search?q=99999',
    'port': '/port/5254',
    'port-shared': '/port/80',
    'port-own': '/port/20017',
    'port-in-range': '/port/6010',
    'port-first': '/port/0',
    'port-last': '/port/65535',
    'port-missing': '/port/65536',
    'service': '/service/http',
    'service-missing': '/service/htp',
    'organisation': '/organisation?name=payments',
}
# All others that anybody can see.
OTHERS = {
    'map': '/map',
    'statistics': '/statistics',
    'downloads': '/downloads',
    'changes': '/changes',
    'rules': '/rules',
    'guidelines': '/guidelines',
    'guidelines-dccp': '/guidelines/dccp',
    'guidelines-descriptions': '/guidelines/descriptions',
    'audit': '/audit',
    'calls': '/calls',
    'apply': '/apply',
    'apply-user': '/apply/user',
    'sign-in': '/staff/sign-in',
}
PUBLIC = {**READ, **OTHERS}
WEIGHT_MAX = 30 * 1000

each_page = pytest.mark.parametrize('path', PUBLIC.values(), ids=PUBLIC.keys())
each_read = pytest.mark.parametrize('path', READ.values(), ids=READ.keys())


@pytest.fixture(autouse=True)
def _as_at_first(request):
    """Each test begins with the same window."""
    for name in {'driver', 'plain'} & set(request.fixturenames):
        driver = request.getfixturevalue(name)
        browser.set_media(driver)
        browser.set_width(driver, browser.WIDE)


@each_page
def test_page_is_there(site, path, request):
    assert site.get(path).status == (404 if request.node.callspec.id.endswith('-missing') else 200)


# ---- for everybody ----

@each_page
def test_page(site, driver, judge, path, request):
    driver.get(site.base + path)
    judge(driver, request.node.callspec.id)


def test_axe_core_objects_to_what_is_wrong(site, driver, axe):
    driver.get(site.base + '/')
    assert axe(driver) == []
    driver.execute_script('document.documentElement.removeAttribute("lang")')
    assert ['html-has-lang' in line for line in axe(driver)] == [True]


@each_page
def test_page_without_scripts(site, plain, path):
    """As narrow, and with the same headings and landmarks."""
    plain.get(site.base + path)
    browser.set_width(plain, browser.NARROWEST)
    assert browser.content_width(plain) <= browser.NARROWEST
    assert len(plain.find_elements(By.TAG_NAME, 'h1')) == 1
    for landmark in ('header', 'nav', 'main', 'footer'):
        assert plain.find_elements(By.TAG_NAME, landmark)[0].is_displayed(), landmark


# ---- without a style sheet ----

@each_read
def test_page_reads_in_order_without_style(site, driver, path):
    driver.get(site.base + path)
    driver.execute_script('document.querySelectorAll("style").forEach(style => style.remove())')
    text = driver.execute_script('return document.body.innerText')
    heading = driver.find_element(By.TAG_NAME, 'h1').text
    parts = ['Skip to the content', 'Example', 'Who listens where', 'Downloads', heading, 'Assignment of a number',
             'Guidelines', 'Send comments to ports@example.net', 'Page updated 2026-11-21', 'Rows of IANA: CC0']
    for part in parts:
        before, found, text = text.partition(part)
        assert found, (part, before)


def test_status_is_a_word_for_whoever_sees_no_shape(site, driver):
    driver.get(site.base + '/port/5254')
    driver.execute_script('document.querySelectorAll("style").forEach(style => style.remove())')
    rows = [row.text.split() for row in driver.find_elements(By.CSS_SELECTOR, 'table tbody tr')]
    assert [row[:2] for row in rows] == [['tcp', 'assigned'], ['udp', 'reserved'], ['sctp', 'no'], ['dccp', 'no']]


# ---- weight ----

@each_read
def test_page_is_light_and_nothing_blocks_it(site, driver, path):
    assert len(site.get(path).octets) < WEIGHT_MAX
    driver.get(site.base + path)
    asked = driver.execute_script('return performance.getEntriesByType("resource").map('
                                  'entry => [entry.name, entry.renderBlockingStatus])')
    assert all(name.startswith(site.base + '/asset/') and status == 'non-blocking' for name, status in asked), asked


def test_style_is_let_in_by_the_policy(site, driver):
    driver.get(site.base + '/')
    width = driver.execute_script('return getComputedStyle(document.body).maxWidth')
    assert width == '1088px'


# ---- by keyboard ----

def test_first_tab_is_a_link_to_the_content(site, driver):
    driver.get(site.base + '/')
    driver.switch_to.active_element.send_keys(Keys.TAB)
    link = driver.switch_to.active_element
    assert link.text == 'Skip to the content' and link.is_displayed() and link.size['height'] > 10
    link.send_keys(Keys.ENTER)
    assert driver.switch_to.active_element.get_attribute('id') == 'main'


def test_tab_reaches_the_search_in_order_and_can_be_seen(site, driver):
    driver.get(site.base + '/')
    seen = []
    for _ in range(10):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        element = driver.switch_to.active_element
        outline = driver.execute_script('const style = getComputedStyle(arguments[0]);'
                                        'return [style.outlineStyle, style.outlineWidth]', element)
        assert outline == ['solid', '3px'], element.text
        seen.append(element.get_attribute('id') or element.text)
    assert seen[:8] == ['Skip to the content', 'Example', 'Search', 'Map', 'Apply', 'Statistics', 'Downloads', 'q']


@pytest.mark.parametrize('with_scripts', [True, False])
def test_search_by_keyboard_alone(site, request, with_scripts):
    driver = request.getfixturevalue('driver' if with_scripts else 'plain')
    driver.get(site.base + '/')
    driver.find_element(By.ID, 'q').send_keys('logcabin', Keys.ENTER)
    browser.wait_for(driver, lambda: '/search?q=logcabin' in driver.current_url)
    assert driver.find_element(By.ID, 'q').get_attribute('value') == 'logcabin'
    driver.find_element(By.LINK_TEXT, '5254').send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: driver.current_url.endswith('/port/5254'))
    assert driver.find_element(By.TAG_NAME, 'h1').text == 'Port 5254'


def test_navigation_says_where_one_is(site, driver):
    for path, expected in (('/search', 'page'), ('/port/80', 'true')):
        driver.get(site.base + path)
        here = driver.find_elements(By.CSS_SELECTOR, 'header [aria-current]')
        assert [(link.text, link.get_attribute('aria-current')) for link in here] == [('Search', expected)]


# ---- as people have set it ----

def test_colours_that_are_forced_leave_the_shapes(site, driver):
    driver.get(site.base + '/port/5254')
    browser.set_media(driver, forced_colors='active')
    shape = driver.execute_script('return getComputedStyle(document.querySelector(".assigned"), "::before").borderTopWidth')
    assert shape == '5px'


def test_nothing_moves_for_who_wants_no_motion(site, driver):
    driver.get(site.base + '/')
    for choice, expected in (('reduce', 'auto'), ('no-preference', 'smooth')):
        browser.set_media(driver, prefers_reduced_motion=choice)
        assert driver.execute_script('return getComputedStyle(document.documentElement).scrollBehavior') == expected


def test_paper_gets_the_content_alone(site, driver):
    driver.get(site.base + '/port/5254')
    driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': 'print'})
    assert not any(element.is_displayed() for element in driver.find_elements(By.CSS_SELECTOR, 'nav, form, .skip'))
    assert driver.find_element(By.TAG_NAME, 'h1').is_displayed()
    assert driver.find_element(By.CLASS_NAME, 'notice').is_displayed()
