"""The model with a clock, for benchmarks.executors: a module of its own, so that every worker can import it.

Each call adds a line `began ended cpu` (seconds of the machine's monotonic clock, and of processor) to a file of its process.
"""

import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sim.experiments.study import Simulation
from sim.simulate import burn_in, continue_from

FOLDER = "CROSSCLUSTER_TIMES"
"""Environment variable: where the files are."""


def _timed(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any) -> Any:
        began, cpu = time.monotonic(), time.process_time()
        try:
            return function(*arguments)
        finally:
            with Path(os.environ[FOLDER], str(os.getpid())).open("a", encoding="ascii") as file:
                file.write(f"{began} {time.monotonic()} {time.process_time() - cpu}\n")

    return call


timed_burn_in = _timed(burn_in)
timed_continue_from = _timed(continue_from)
timed_burn_in.__module__, timed_burn_in.__qualname__ = __name__, "timed_burn_in"
timed_continue_from.__module__, timed_continue_from.__qualname__ = __name__, "timed_continue_from"
TIMED = Simulation(timed_burn_in, timed_continue_from)
