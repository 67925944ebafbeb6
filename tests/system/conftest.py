"""Fixtures of the system tests: a test that asks for `berthd` gets a maker of them, and none outlives it."""
import contextlib

import pytest

from support.berthd import Berthd
from support.target import Target, echo


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
