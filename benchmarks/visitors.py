"""Many visitors at once: `python -m benchmarks.visitors [--visitors 40] [--organisations 1000] [--quarters 8]`.

Every visitor is a thread with a session of its own, on its own seed, as in a class: it opens a world, steps it beside its twin, reads what
a page shows after each step (history, budget, levers, the map), pulls a lever halfway, and leaves.  Prints errors, seconds and memory:
before anybody came, with everybody there, and after they left.  Ends with 1 if anybody erred or the memory did not come back.
Without a browser: what the web server adds is not in these numbers, but in those of --pages 8 (benchmarks/visiting_pages.py), with real
pages of Chromium.
"""

import argparse
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field

import psutil

from benchmarks.visiting_pages import visited
from sim.experiments.provenance import machine
from sim.explorer.budget import budget
from sim.explorer.cradle import Cradle
from sim.explorer.levers import panels
from sim.explorer.limits import Visitors, load_limits
from sim.explorer.memory import give_back
from sim.explorer.places import picture
from sim.explorer.session import Session
from sim.explorer.setting import Setting

MEGABYTE = 1e6
KEPT = 0.15
"""Part of what visitors took that may stay after they left (allocators keep some), over the shared burn-ins."""
LEVER, DOSE = "instrument.grants.dose", 0.05


@dataclass
class Visit:
    """What one visitor lived: seconds until the world was there, and of each step with what is shown after it."""

    opened: float = 0.0
    steps: list[float] = field(default_factory=list)
    error: str = ""


class Crowd:
    """All visitors: they open, wait for each other, step, wait again, and leave."""

    def __init__(self, visitors: int, organisations: int, quarters: int) -> None:
        self.organisations, self.quarters = organisations, quarters
        self.limits = load_limits()
        self.cradle, self.places = Cradle(int(self.limits.burn_in_megabytes * MEGABYTE)), Visitors(self.limits)
        self.visits = [Visit() for _ in range(visitors)]
        self.all_open, self.all_done, self.may_leave = (threading.Barrier(visitors + 1) for _ in range(3))

    def visit(self, number: int) -> None:
        """One visitor, in a thread; whatever goes wrong is noted, and nobody has to wait for it."""
        mine, name = self.visits[number], f"visitor {number}"
        session: Session | None = None
        try:
            session = self._open(mine, name, number)
        except Exception as error:  # noqa: BLE001
            mine.error = repr(error)
        self.all_open.wait()
        try:
            if session is not None:
                self._live(mine, name, session)
        except Exception as error:  # noqa: BLE001
            mine.error = repr(error)
        self.all_done.wait()
        self.may_leave.wait()
        self.places.leave(name)

    def _open(self, mine: Visit, name: str, number: int) -> Session:
        setting = Setting("demo", "grants", number + 1, self.organisations)
        self.places.enter(name)
        self.limits.admit(setting)
        begun = time.perf_counter()
        session = Session(setting, self.cradle)
        mine.opened = time.perf_counter() - begun
        return session

    def _live(self, mine: Visit, name: str, session: Session) -> None:
        for quarter in range(self.quarters):
            begun = time.perf_counter()
            self.places.active(name)
            if quarter == self.quarters // 2:
                session.pull(LEVER, DOSE)
            session.step()
            for look in (Session.history, budget, panels):
                look(session)
            picture(session.policy)
            mine.steps.append(time.perf_counter() - begun)
        if session.quarter != self.quarters:
            raise RuntimeError(f"lived {session.quarter} quarters of {self.quarters}")


def megabytes() -> float:
    """Memory of this process."""
    return float(psutil.Process().memory_info().rss) / MEGABYTE


def main(arguments: list[str] | None = None) -> int:
    """0 if nobody erred and the memory came back."""
    parser = argparse.ArgumentParser(description="Many visitors of the explorer at once.", allow_abbrev=False)
    parser.add_argument("--visitors", type=int, default=40)
    parser.add_argument("--organisations", type=int, default=1000)
    parser.add_argument("--quarters", type=int, default=8)
    parser.add_argument("--pages", type=int, default=0, help="pages of Chromium instead of threads")
    wanted = parser.parse_args(arguments)
    if wanted.pages:
        return visited(wanted.pages, wanted.organisations, wanted.quarters)
    print("; ".join(f"{name}: {value}" for name, value in machine().items() if name != "features"))
    warm_up(wanted.organisations)
    before, crowd = megabytes(), Crowd(wanted.visitors, wanted.organisations, wanted.quarters)
    threads = [threading.Thread(target=crowd.visit, args=(number,), daemon=True) for number in range(wanted.visitors)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    crowd.all_open.wait()
    opened = time.perf_counter()
    crowd.all_done.wait()
    done, full = time.perf_counter(), megabytes()
    crowd.may_leave.wait()
    for thread in threads:
        thread.join()
    give_back()
    return told(crowd, (opened - begun, done - opened), (before, full, megabytes()))


def warm_up(organisations: int) -> None:
    """Kernels are compiled and configurations composed before anybody comes."""
    crowd = Crowd(1, organisations, 2)
    one = threading.Thread(target=crowd.visit, args=(0,))
    one.start()
    for barrier in (crowd.all_open, crowd.all_done, crowd.may_leave):
        barrier.wait()
    one.join()
    if crowd.visits[0].error:
        raise RuntimeError(crowd.visits[0].error)
    give_back()


def told(crowd: Crowd, seconds: tuple[float, float], memory: tuple[float, float, float]) -> int:
    """Print what happened; 0 if all went well."""
    steps = sorted(step for visit in crowd.visits for step in visit.steps)
    errors = [visit.error for visit in crowd.visits if visit.error]
    before, full, after = memory
    shared = crowd.cradle.bytes() / MEGABYTE
    print(f"{len(crowd.visits)} visitors, {crowd.organisations:,} organisations each, {crowd.quarters} quarters with their twins")
    print(f"all worlds open after {seconds[0]:.1f} s; all quarters lived in {seconds[1]:.1f} s more")
    if steps:
        share = seconds[1] / len(steps)
        print(f"a step and what is shown after it, with all at once: median {statistics.median(steps):.2f} s, longest {steps[-1]:.2f} s")
        print(f"the machine's time a step: {1000 * share:.0f} ms")
    print(f"memory: {before:.0f} MB before, {full:.0f} with everybody, {after:.0f} after they left ({shared:.0f} MB of it shared burn-ins)")
    came_back = after - before - shared <= KEPT * max(full - before, 0.0) + 20.0
    print(f"errors: {len(errors)}{'' if came_back else '; MEMORY DID NOT COME BACK'}")
    for error in errors[:5]:
        print(f"  {error}")
    return 0 if came_back and not errors else 1


if __name__ == "__main__":
    sys.exit(main())
