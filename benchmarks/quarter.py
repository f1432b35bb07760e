"""How long a quarter takes: `python -m benchmarks.quarter [world=demo] [scenario=meet_then_pay] [--quarters 12]`.

Seconds differ between machines and on busy ones, so every time is also given as a ratio: to the time this machine needs, in
the same minute, for keyed draws in one compiled loop (agents/draws.py), per organisation.  "ratio 900" reads: a quarter
of one organisation costs as much as 900 draws.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from numba import njit

from agents.draws import bits, unit
from sim.commands.compose import load_config
from sim.experiments.provenance import machine, versions
from sim.step import step
from sim.world import World

DRAWS = 2_000_000
REPEATS = 7


@njit
def _draw(k: np.uint64, many: int) -> float:
    total = 0.0
    for i in range(many):
        total += unit(bits(k, i, 0))
    return total


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def seconds_per_draw() -> float:
    """The yardstick: median over repeats, compiled beforehand."""
    _draw(np.uint64(1), 1)
    return statistics.median(seconds(lambda: _draw(np.uint64(1), DRAWS)) for _ in range(REPEATS)) / DRAWS


def main() -> None:
    """Print the machine, then the times."""
    parser = argparse.ArgumentParser(description="Time a quarter of a world, on this machine.")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster run`: world=..., scenario=..., values")
    parser.add_argument("--quarters", type=int, default=12, help="quarters to time, after the programmes open")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    here, packages = machine(), versions()
    print(f"machine       {here['processor']}, {here['cores']} cores, {here['system']} {here['machine']}")
    print(f"versions      Python {packages['python']}, numpy {packages['numpy']}, numba {packages['numba']}")

    config = load_config(wanted.overrides)
    step(World(config, wanted.seed))  # compiles, or loads what was compiled
    built: list[World] = []
    build = seconds(lambda: built.append(World(config, wanted.seed)))
    world = built[0]
    burn_in = [seconds(lambda: step(world)) for _ in range(config.world.burn_in)]
    quarters = [seconds(lambda: step(world)) for _ in range(wanted.quarters)]
    organisations = int(world.population.alive.sum())
    draw = seconds_per_draw()

    print(f"world         {config.world.name}, {config.scenario.name}: {organisations} organisations")
    print(f"yardstick     {1e9 * draw:.2f} ns a keyed draw")
    print(f"build         {build:.3f} s")
    for name, times in (("burn-in", burn_in), ("programme", quarters)):
        if times:
            middle = statistics.median(times)
            each = middle / max(organisations, 1)
            words = f"{1e3 * middle:.2f} ms a quarter (slowest {1e3 * max(times):.2f}), {1e9 * each:.0f} ns an organisation"
            print(f"{name:<13} {words}, ratio {each / draw:.0f}")


if __name__ == "__main__":
    main()
