"""An executor for tests that are not about executors: chunks are computed at once, in this process."""

from concurrent.futures import Executor, Future
from contextlib import contextmanager

import pytest


class InThisProcess(Executor):
    """What comes back does not depend on who computed it."""

    def submit(self, function, /, *arguments, **named):
        future = Future()
        future.set_result(function(*arguments, **named))
        return future


@pytest.fixture
def at_once(monkeypatch):
    """Experiments of this test start no processes."""

    @contextmanager
    def opened(*_):
        yield InThisProcess()

    monkeypatch.setattr("sim.experiments.laboratory.open_executor", opened)
