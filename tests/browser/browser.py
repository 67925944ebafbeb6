"""Chromium as the tests drive it: alone on this machine, with a profile that is thrown away.

judge() looks at a page in each colour and width and asks axe-core, which is fetched once and kept under build/; it
leaves pictures under build/screenshots, for people to judge.
"""
import base64
import contextlib
import json
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build'
SCREENSHOTS = BUILD / 'screenshots'
AXE = 'axe-core-4.14.1'
SECONDS = 30
WIDE, NARROW = 1280, 360
NARROWEST = 320  # WCAG 2.1, 1.4.10
TALL = 900

SOME_OF_IANA = ROOT / 'examples/registry/some-of-iana-2026-02-25.csv'
OWN = ROOT / 'examples/registry/ports.csv'
WORDS = {'motto': 'Who listens where, and since when.', 'licence': 'Rows of IANA: CC0 1.0.', 'edition': '2026-11-21'}

OPTIONS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check',
           '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
           '--hide-scrollbars', '--force-device-scale-factor=1', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']


def fill(registry):
    """Rows of IANA and of an organisation, a band, and all the words that stand on each page."""
    registry.run('import', SOME_OF_IANA)
    registry.run('band', 'set', '20000-20100', 'telemetry', '--over', 'warn')
    registry.run('import', OWN, '--as', 'own')
    for word, text in WORDS.items():
        registry.run('registry', 'set', word, text)


@contextlib.contextmanager
def chromium(javascript=True):
    """A browser with an empty profile; both are gone afterwards."""
    folder = tempfile.mkdtemp(prefix='berth-chromium-')
    options = webdriver.ChromeOptions()
    for option in [*OPTIONS, f'--user-data-dir={folder}', f'--window-size={WIDE},{TALL}']:
        options.add_argument(option)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
    try:
        driver.set_page_load_timeout(SECONDS)
        driver.set_script_timeout(SECONDS)
        if not javascript:
            driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': True})
        yield driver
    finally:
        driver.quit()
        shutil.rmtree(folder, ignore_errors=True)


def set_width(driver, width, height=TALL):
    """The viewport itself, narrower than any window can be."""
    driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                           {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})


def set_media(driver, **features):
    """set_media(driver, prefers_color_scheme='dark')"""
    features = [{'name': name.replace('_', '-'), 'value': value} for name, value in features.items()]
    driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': '', 'features': features})


def take_picture(driver, name):
    """Of the whole page."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    picture = driver.execute_cdp_cmd('Page.captureScreenshot', {'captureBeyondViewport': True})
    (SCREENSHOTS / f'{name}.png').write_bytes(base64.b64decode(picture['data']))


def judge(driver, source, name):
    """The page as it is: by whoever listens, in each colour and width; nothing is cut off, nothing went wrong on the way."""
    for scheme in ('light', 'dark'):
        set_media(driver, prefers_color_scheme=scheme)
        for width in (WIDE, NARROW):
            set_width(driver, width)
            assert content_width(driver) <= width
            assert source is None or axe(driver, source) == [], (scheme, width)
            take_picture(driver, f'{name}-{scheme}-{width}')
    set_media(driver)
    set_width(driver, NARROWEST)
    assert content_width(driver) <= NARROWEST
    set_width(driver, WIDE)
    assert errors(driver) == []


def content_width(driver):
    """How wide the page is, whatever the window is; asked of the browser, as scripts may be switched off."""
    return driver.execute_cdp_cmd('Page.getLayoutMetrics', {})['cssContentSize']['width']


def wait_for(driver, condition):
    """Until it holds."""
    WebDriverWait(driver, SECONDS).until(lambda _: condition())


def errors(driver):
    """What the console said since it was last asked, but the refusals that a test asked for itself."""
    return [entry['message'] for entry in driver.get_log('browser') if 'the server responded with' not in entry['message']]


# ---- by keyboard alone ----

TABS_MAX = 400
# What has the focus, and whether somebody who looks at the screen finds it there.
FOCUSED = """
const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
return {
    tag: element.tagName.toLowerCase(),
    id: element.id,
    text: element.matches('a, button, summary') ? element.innerText.trim() : '',
    meant: arguments[0] !== '' && element.matches(arguments[0]),
    ring: style.outlineStyle === 'solid' ? parseFloat(style.outlineWidth) : 0,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
};
"""


class Keyboard:
    """Somebody who has nothing else: keys go to whatever has the focus, and each stop on the way must be seen."""

    def __init__(self, driver):
        self.driver = driver
        set_media(driver, prefers_reduced_motion='reduce')  # the keys come faster than pages glide

    def press(self, *keys, held=''):
        chain = ActionChains(self.driver)
        for key in held:
            chain.key_down(key)
        chain.send_keys(*keys)
        for key in held:
            chain.key_up(key)
        chain.perform()

    def focused(self, selector=''):
        return self.driver.execute_script(FOCUSED, selector)

    def go_to(self, text='', selector='', back=False):
        """TAB after TAB, or back, to what says `text`, or is what the selector means."""
        here = self.focused(selector)
        for _ in range(TABS_MAX):
            if here['meant'] if selector else here['text'] == text:
                return
            self.press(Keys.TAB, held=Keys.SHIFT if back else '')
            here = self.focused(selector)
            assert here['tag'] == 'body' or (here['ring'] >= 2 and here['seen']), here
        raise AssertionError(f'no TAB leads to {text or selector}')

    def write(self, name, text):
        """Into the field of this name, instead of what stands there."""
        self.go_to(selector=f'[name="{name}"]')
        self.press('a', held=Keys.CONTROL)
        self.press(text)

    def choose(self, name, value):
        """One of several, by the arrow keys."""
        self.go_to(selector=f'[type=radio][name="{name}"]')
        self.press(Keys.SPACE)
        count = len(self.driver.find_elements(By.CSS_SELECTOR, f'[type=radio][name="{name}"]'))
        for _ in range(count):
            if self.focused(f'[value="{value}"]:checked')['meant']:
                return
            self.press(Keys.ARROW_DOWN)
        raise AssertionError(f'no arrow leads to {value}')

    def enter(self, text='', selector='', back=False):
        """Follows a link or presses a button, to the page that it leads to."""
        self.go_to(text, selector, back)
        self.send()

    def send(self):
        """Enter, and the page to which it leads, whole."""
        before = self.driver.find_element(By.TAG_NAME, 'html')
        self.press(Keys.ENTER)
        wait_for(self.driver, lambda: self.driver.find_element(By.TAG_NAME, 'html') != before
                 and self.driver.execute_script('return document.readyState') == 'complete')


# ---- axe-core ----

def axe_source():
    """axe-core from npm, kept under build/; None with a reason when it cannot be had."""
    kept = BUILD / 'npm' / f'{AXE}.tgz'
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        if shutil.which('npm') is None:
            return None, 'npm is not installed'
        try:
            subprocess.run(['npm', 'pack', AXE.replace('-4', '@4')], cwd=kept.parent, check=True, capture_output=True,
                           timeout=2 * SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            return None, f'axe-core cannot be fetched: {error}'
    with tarfile.open(kept) as archive:
        return archive.extractfile('package/axe.min.js').read().decode(), ''


def axe(driver, source):
    """The violations on the page as it is shown now, a line for each element."""
    if driver.execute_script('return typeof axe') == 'undefined':
        driver.execute_script(source)
    found = driver.execute_async_script(
        'const done = arguments[arguments.length - 1]; axe.run().then(done, error => done({failed: String(error)}));')
    assert 'failed' not in found, found
    return [f'{violation["id"]}: {violation["help"]}: {json.dumps(node["target"])}'
            for violation in found['violations'] for node in violation['nodes']]
