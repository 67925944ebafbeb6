"""Fixtures of the system tests: a test that asks for `berthd` gets a maker of them, and none outlives it."""
import contextlib
import os

import pytest

from support import machine
from support.berthd import Berthd
from support.house import House
from support.office import Office
from support.target import Target, echo
from support.web import Site


@pytest.fixture(name='make_berthd')
def _make_berthd():
    """make_berthd(...) prepares a berthd; the test starts it."""
    with contextlib.ExitStack() as stack:
        def make(*arguments, **options):
            berthd = Berthd(*arguments, **options)
            stack.callback(berthd.clean_up)
            return berthd
        yield make


@pytest.fixture(name='run_berthd')
def _run_berthd(make_berthd):
    """run_berthd(...) is a berthd that is ready."""
    def run(*arguments, **options):
        return make_berthd(*arguments, **options).start()
    return run


@pytest.fixture(name='target')
def _target():
    """target(serve) is a server; all end with the test."""
    with contextlib.ExitStack() as stack:
        def make(serve=echo, **options):
            made = Target(serve, **options)
            stack.callback(made.close)
            return made
        yield make


@pytest.fixture(name='make_web_site')
def _make_web_site(tmp_path_factory):
    """make_web_site() is a registry with a few rows, and berth-registryd to be started beside it."""
    with contextlib.ExitStack() as stack:
        def make(**options):
            site = Site(tmp_path_factory.mktemp('site'), **options)
            stack.callback(site.clean_up)
            return site
        yield make


@pytest.fixture(name='web_site')
def _web_site(make_web_site):
    """One that serves."""
    return make_web_site().start()


@pytest.fixture(name='house', scope='module')
def _house(tmp_path_factory):
    """A site with people of every role and something of everything, for all tests of a file."""
    house = House(tmp_path_factory.mktemp('house'))
    try:
        house.start()
        house.who('all')
        yield house
    finally:
        house.clean_up()


@pytest.fixture(name='fresh')
def _fresh(tmp_path):
    """The same for one test alone."""
    house = House(tmp_path)
    try:
        yield house.start()
    finally:
        house.clean_up()


@pytest.fixture(name='empty', scope='module')
def _empty(tmp_path_factory):
    """One in which nobody is signed in, for all tests of a file."""
    house = House(tmp_path_factory.mktemp('empty'))
    try:
        yield house.start()
    finally:
        house.clean_up()


@pytest.fixture(name='office')
def _office(tmp_path):
    """A registry for commands, with three people."""
    if not machine.ROOT:
        pytest.skip('needs root: three people act')
    before = os.umask(0)
    yield Office(tmp_path).open()
    os.umask(before)
