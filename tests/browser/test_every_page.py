"""Every address that the program answers, as `berth-registryd --routes` lists them, looked at in a browser.

PAGES has each of them with something to show; a route that is missing there fails a test.  What test_pages.py looks at is
only counted here.
"""
import re
import subprocess
import tempfile
import types

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browser
from support.forms import ANSWERS
from support.house import STEP, House
from support.web import PASSWORD, PROGRAM, totp
from test_pages import PUBLIC

# What a pattern's {} stands for comes from `world`: links out of letters, references of applications in their states.
PAGES = {
    '/': ['/'],
    '/search': ['/search?q=http', '/search?status=unassigned'],
    '/port/{}': ['/port/5254'],
    '/service/{}': ['/service/http'],
    '/organisation': ['/organisation?name=payments'],
    '/map': ['/map', '/map?from=20000&to=20099', '/map?transport=udp&from=4096&to=8191'],
    '/statistics': ['/statistics'],
    '/downloads': ['/downloads'],
    '/changes': ['/changes', '/changes?since={first}&day={last}'],
    '/rules': ['/rules'],
    '/guidelines': ['/guidelines'],
    '/guidelines/{}': ['/guidelines/dccp', '/guidelines/descriptions'],
    '/audit': ['/audit'],
    '/apply': ['/apply'],
    '/apply/free': ['/apply/free?name=http&transport=tcp', '/apply/free?band=telemetry'],
    '/apply/sent/{}': ['/apply/sent/{sent}'],
    '/apply/{}': ['/apply/user', '/apply/system', '/apply/relocation', '/apply/name', '/apply/service-code',
                  '/apply/modification', '/apply/transport', '/apply/release', '/apply/revocation', '/apply/renewal'],
    '/calls': ['/calls'],
    '/calls/{}': ['/calls/{call}'],
    '/appeal': ['/appeal'],
    '/remark-sent': ['/remark-sent'],
    '/confirm/{}': ['/confirm/{confirm}'],
    '/track/{}': ['/track/{asked_track}', '/track/{refused_track}', '/track/{assigned_track}'],
    '/consent/{}': ['/consent/{consent_link}'],
    '/staff/sign-in': ['/staff/sign-in'],
    '/staff/enrol/{}': ['/staff/enrol/{enrol}'],
    '/staff': ['/staff', '/staff?show=mine'],
    '/staff/application/{}': ['/staff/application/{new}', '/staff/application/{asked}', '/staff/application/{expert}',
                              '/staff/application/{board}', '/staff/application/{call}', '/staff/application/{consent}',
                              '/staff/application/{assigned}', '/staff/application/{refused}',
                              '/staff/application/{appeal}'],
    '/staff/statistics': ['/staff/statistics'],
    '/staff/mail': ['/staff/mail', '/staff/mail?letter=1'],
    '/staff/audit': ['/staff/audit', '/staff/audit?event=1'],
    '/staff/account': ['/staff/account', '/staff/account?change=password', '/staff/account?change=authenticator',
                       '/staff/account?change=token', '/staff/account?change=end&of=x'],
    '/staff/people': ['/staff/people', '/staff/people?login=eve'],
    '/staff/bands': ['/staff/bands', '/staff/bands?name=telemetry'],
    '/staff/settings': ['/staff/settings'],
}
# What is no page: it is there, and says what it is.
FILES = {
    '/map.svg': ['/map.svg'],
    '/download/{}': ['/download/services', '/download/iana-csv', '/download/json'],
    '/asset/{}': ['{script}'],
    '/robots.txt': ['/robots.txt'],
    '/api/v1/openapi.json': ['/api/v1/openapi.json'],
    '/api/v1/registry': ['/api/v1/registry'],
    '/api/v1/ports/{}': ['/api/v1/ports/5254'],
    '/api/v1/services/{}': ['/api/v1/services/http'],
    '/api/v1/search': ['/api/v1/search?q=http'],
    '/api/v1/next': ['/api/v1/next'],
    '/api/v1/history/{}': ['/api/v1/history/20017'],
    '/api/v1/changes': ['/api/v1/changes?from={first}'],
    '/api/v1/rules': ['/api/v1/rules'],
    '/api/v1/audit': ['/api/v1/audit'],
    '/api/v1/track/{}': ['/api/v1/track/{asked_track}'],
    '/health': ['/health'],
    '/metrics': ['/metrics'],
}
# Asked for with a token that no page has: tests/system/test_web_api.py.
WITH_A_TOKEN = {'/api/v1/applications', '/api/v1/applications/{}'}
# Pages whose form, sent with nothing in it, comes back with what is wrong.
REFUSED = [*PAGES['/apply/{}'], '/appeal', '/calls/{call}', '/track/{asked_track}', '/staff/sign-in', '/staff/enrol/{enrol}',
           '/staff/people', '/staff/bands', '/staff/account?change=password']
SENDS = 'main form[method=post] button:not([value=check], [value=attach])'

LOOKED_AT = [address for addresses in PAGES.values() for address in addresses if address not in PUBLIC.values()]


def asked(*names, **changes):
    """Answers to the questions that forms about an assignment ask."""
    return {**{name: ANSWERS[name] for name in names}, **changes}


def begin(house, name, port='any'):
    """A user port is applied for: its reference."""
    return house.begin(short=name, port=port, applicant_email=f'{name}@example.org')[0]


def decide(house):
    """In the organisation's own band, where one decides: an assigned port, a change of it whose holder is asked, a
    refusal, and an appeal against another."""
    refs = {'assigned': begin(house, 'onefiles', '20050'), 'refused': begin(house, 'twofiles', '20051'),
            'appeal': begin(house, 'threefiles', '20052')}
    for name, act, *because in (('assigned', 'assign'), ('refused', 'refuse', '--because', 'J6'),
                                ('appeal', 'refuse', '--because', 'J6')):
        house.registry.run('review', 'finding', refs[name], 'all', 'understood')
        house.registry.run('review', act, refs[name], *because, '-m', 'Looked at in every respect.')
    page = house.applicant().get('/track/' + house.token('refused'))
    assert house.applicant().post(page, 'appeal', facts='The paper was read in an older version.').status == 303
    change = asked('change', 'new-contact', 'new-contact-email', 'impact', 'reason', about='20050/tcp')
    refs['consent'] = house.begin('modification', short='', port='', **change)[0]
    house.registry.run('review', 'need-consent', refs['consent'])
    return refs


def apply(house):
    """One in each of the states in which people wait."""
    refs = {'new': begin(house, 'fourfiles'), 'asked': begin(house, 'fivefiles'),
            'expert': begin(house, 'sixfiles'), 'board': begin(house, 'sevenfiles'),
            'call': house.begin('revocation', **asked('impact', 'evidence', 'reason', about='5254/tcp'))[0]}
    house.registry.run('review', 'ask', refs['asked'], '-m', 'How long may a name be?', '--about', 'functions')
    house.registry.run('review', 'to-expert', refs['expert'], 'all')
    house.registry.run('review', 'to-board', refs['board'], '-m', 'Nobody else can.')
    house.do('all', refs['call'], 'call', text='No product with it was sold since 2009.')
    return refs


def invite(house):
    """The link with which somebody new chooses a password."""
    answer = house.who('all').post('/staff/people', {'act': 'add', 'login': 'grace', 'name': 'Grace Example', 'role': 'registrar',
                                                     'email': 'grace@example.net'})
    assert answer.status == 303, answer.words
    return re.search(r'/staff/enrol/([a-z2-7]{26})', house.messages('invitation')[-1])[1]


@pytest.fixture(name='world', scope='module')
def _world():
    """A house with something on every page, and the words that stand for it in addresses."""
    with tempfile.TemporaryDirectory(prefix='berth-browser-') as folder:
        house = House(folder)
        browser.fill(house.registry)
        try:
            house.start()
            for login in ('all', 'eve'):
                house.who(login)
            words = {**decide(house), **apply(house), 'enrol': invite(house)}
            words |= {'consent_link': house.token('consent'), 'asked_track': house.token('questions'),
                      'refused_track': house.token('refused', 0), 'assigned_track': house.token('receipt', 0)}
            words['sent'] = house.send(short='eightfiles').headers['Location'].rpartition('/')[2]
            words['confirm'] = house.token('confirm')
            words['script'] = re.search(r'/asset/[^"]+\.js', house.get('/').text)[0]
            words['first'], words['last'] = '2026-01-01', house.now.strftime('%Y-%m-%d')
            yield types.SimpleNamespace(house=house, words=words)
        finally:
            house.clean_up()


@pytest.fixture(name='inside', scope='module')
def _inside(world):
    """A browser of somebody who may look at everything."""
    world.house.later(STEP)
    with browser.chromium() as driver:
        driver.get(world.house.base + '/staff/sign-in')
        code = totp(world.house.secrets['all'], world.house.moment())
        for name, text in (('login', 'all'), ('password', PASSWORD), ('code', code)):
            driver.find_element(By.NAME, name).send_keys(text)
        driver.find_element(By.CSS_SELECTOR, 'main form').submit()
        browser.wait_for(driver, lambda: driver.find_elements(By.CSS_SELECTOR, '.session button'))
        yield driver


def window(request, address):
    """The browser of who would be there."""
    is_public = not address.startswith('/staff') or address.startswith(('/staff/sign-in', '/staff/enrol'))
    return request.getfixturevalue('driver' if is_public else 'inside')


def name_of(address):
    return 'every-' + re.sub('[^a-z0-9]+', '-', address.lower()).strip('-')


def test_no_route_is_left_out():
    lines = subprocess.run([PROGRAM, '--routes'], check=True, capture_output=True, text=True).stdout.splitlines()
    routes = {line.split()[1] for line in lines if line.startswith('GET ')}
    assert routes == {*PAGES, *FILES, *WITH_A_TOKEN}


@pytest.mark.parametrize('pattern', [*PAGES, *FILES])
def test_addresses_are_of_their_route(world, pattern):
    """Each address is one that its pattern means."""
    meant = re.compile(re.escape(pattern).replace(r'\{\}', '[^/]+') + r'(\?.*)?')
    for address in {**PAGES, **FILES}[pattern]:
        assert meant.fullmatch(address.format(**world.words)), address


@pytest.mark.parametrize('address', LOOKED_AT)
def test_page(world, request, judge, address):
    driver = window(request, address)
    driver.get(world.house.base + address.format(**world.words))
    assert driver.find_elements(By.CSS_SELECTOR, 'main h1') and 'There is no such' not in driver.title, driver.title
    assert len(driver.find_elements(By.TAG_NAME, 'h1')) == 1 and driver.title
    assert driver.find_element(By.TAG_NAME, 'html').get_attribute('lang') == 'en'
    for details in driver.find_elements(By.CSS_SELECTOR, 'details'):
        driver.execute_script('arguments[0].open = true', details)
    judge(driver, name_of(address))


@pytest.mark.parametrize('address', REFUSED)
def test_page_with_errors(world, request, judge, address):
    driver = window(request, address)
    driver.get(world.house.base + address.format(**world.words))
    world.house.later(60)
    before = driver.find_element(By.TAG_NAME, 'html')
    driver.find_elements(By.CSS_SELECTOR, SENDS)[0].send_keys(Keys.ENTER)
    browser.wait_for(driver, lambda: driver.find_element(By.TAG_NAME, 'html') != before)
    assert driver.title.startswith('Error: ') and driver.find_elements(By.CSS_SELECTOR, '.errors li')
    judge(driver, name_of(address) + '-errors')


@pytest.mark.parametrize('address', [address for addresses in FILES.values() for address in addresses])
def test_file(world, address):
    answer = world.house.get(address.format(**world.words))
    assert answer.status == 200 and answer.octets and 'text/html' not in answer.headers['content-type']
