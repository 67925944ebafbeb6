"""Fixtures of the tests in a browser: a site with a registry that has something of everything, and Chromium."""
import pathlib
import sys
import tempfile

import pytest

import browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/system'))

from support.web import Site  # noqa: E402 pylint: disable=wrong-import-position

SOME_OF_IANA = ROOT / 'examples/registry/some-of-iana-2026-02-25.csv'
OWN = ROOT / 'examples/registry/ports.csv'
WORDS = {'motto': 'Who listens where, and since when.', 'licence': 'Rows of IANA: CC0 1.0.', 'edition': '2026-11-21'}


def fill(registry):
    """Rows of IANA and of an organisation, a band, and all the words that stand on each page."""
    registry.run('import', SOME_OF_IANA)
    registry.run('band', 'set', '20000-20100', 'telemetry', '--over', 'warn')
    registry.run('import', OWN, '--as', 'own')
    for word, text in WORDS.items():
        registry.run('registry', 'set', word, text)


@pytest.fixture(name='site', scope='session')
def _site():
    with tempfile.TemporaryDirectory(prefix='berth-browser-') as folder:
        made = Site(folder)
        fill(made.registry)
        try:
            yield made.start()
        finally:
            made.clean_up()


@pytest.fixture(name='driver', scope='module')
def _driver():
    with browser.chromium() as driver:
        yield driver


@pytest.fixture(name='plain', scope='module')
def _plain():
    """A browser that runs no scripts."""
    with browser.chromium(javascript=False) as driver:
        yield driver


@pytest.fixture(name='axe', scope='session')
def _axe():
    """axe(driver): what axe-core objects to, on the page as it is shown now."""
    source, reason = browser.axe_source()
    if source is None:
        pytest.skip(reason)
    return lambda driver: browser.axe(driver, source)
