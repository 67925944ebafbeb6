"""Fixtures of the tests in a browser: a site with a registry that has something of everything, and Chromium."""
import pathlib
import sys
import tempfile

import pytest

import browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/system'))

from support.web import Site  # noqa: E402 pylint: disable=wrong-import-position


@pytest.fixture(name='site', scope='session')
def _site():
    with tempfile.TemporaryDirectory(prefix='berth-browser-') as folder:
        made = Site(folder)
        browser.fill(made.registry)
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


@pytest.fixture(name='judge', scope='session')
def _judge():
    """judge(driver, name): browser.judge, without axe-core where it cannot be had: a test in test_pages.py tells of that."""
    source, _ = browser.axe_source()
    return lambda driver, name: browser.judge(driver, source, name)
