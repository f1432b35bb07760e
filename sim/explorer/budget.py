"""Public money so far: what every programme was offered, got, paid, and has left, by payer; mln int$ of 2021, real, since the opening."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.explorer.session import Session
from sim.programme import Programme
from sim.treasury import NAMED
from sim.world import World

CENT = 1e-6
"""Less than a dollar, in mln int$: what rounding leaves."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A country's part in a programme: what it paid, and what has arrived from it and is not spent."""

    paid: float
    left: float


@dataclass(frozen=True, slots=True)
class Line:
    """A programme's books.

    brought: not spent at the opening, by programmes that began before it; offered: budgets; arrived: what of them came, regions' money
    included; paid: overhead included; taken_over: what others left to it; lapsed: what the end of a year took, or another programme took
    over; left: not spent, of which `promised` is spoken for; absorbed: share of what it could pay out, overhead apart, that it did, nan
    where there was nothing; private_time: own time of organisations, beside; payers: by ISO code.
    brought + arrived + taken_over - paid - lapsed = left.
    """

    programme: str
    label: str
    brought: float
    offered: float
    arrived: float
    paid: float
    overhead: float
    taken_over: float
    lapsed: float
    left: float
    promised: float
    absorbed: float
    private_time: float
    payers: Mapping[str, Payer]


@dataclass(frozen=True, slots=True)
class Budget:
    """All programmes with money, by name; paid: together, and the same of the twin; new: the difference."""

    lines: tuple[Line, ...]
    paid: float
    paid_twin: float

    @property
    def new(self) -> float:
        """What the policy costs on top of what would have been paid anyway."""
        return self.paid - self.paid_twin


def budget(session: Session) -> Budget:
    """The books of the policy world."""
    world = session.policy
    paid, time = _booked(world, NAMED), _booked(world, ("private_time",))
    lines = [_line(session, programme, paid, time) for _, programme in sorted(world.programmes.items())]
    together, twin = (sum(each.values()) for each in (paid, _booked(session.twin, NAMED)))
    return Budget(tuple(line for line in lines if line is not None), together, twin)


def spending(session: Session) -> dict[str, np.ndarray]:
    """What each programme paid in every quarter since the opening, f8 (quarters,), for those that ever paid."""
    found: dict[str, np.ndarray] = {}
    for (quarter, programme, _, _, kind), amount in session.policy.treasury.ledger.items():
        if kind in NAMED and quarter >= session.policy.opens:
            found.setdefault(programme, np.zeros(session.quarter))[quarter - session.policy.opens] += amount
    return dict(sorted(found.items()))


Booked = Mapping[tuple[str, str], float]
"""Outlay by (programme, payer)."""


def _line(session: Session, programme: Programme, paid: Booked, time: Booked) -> Line | None:
    """The books of a programme; None for one that never had money."""
    world, before = session.policy, session.at_opening.get(programme.name)
    offered, arrived, spent, overhead = (
        now - then for now, then in zip(books(programme), books(before) if before else (0.0,) * 4, strict=True)
    )
    by_payer = {iso: paid.get((programme.name, iso), 0.0) for iso in world.countries.iso}
    had = float(before.left.sum()) if before else 0.0
    left, owed = float(programme.left.sum()), float(programme.instrument.owes(world, programme).sum())
    if max(offered, spent, had, left) < CENT:
        return None
    gone = arrived + had - spent - left
    given = arrived + had - overhead
    payers = {
        iso: Payer(by_payer[iso], float(rest))
        for iso, rest in zip(world.countries.iso, programme.left, strict=True)
        if abs(by_payer[iso]) > CENT or rest > CENT
    }
    return Line(
        programme=programme.name, label=programme.instrument.label, brought=had, offered=offered, arrived=arrived, paid=spent,
        overhead=overhead, taken_over=max(0.0, -gone), lapsed=max(0.0, gone), left=left, promised=min(left, owed),
        absorbed=(spent - overhead) / given if given > CENT else float("nan"),
        private_time=sum(amount for (name, _), amount in time.items() if name == programme.name), payers=payers,
    )  # fmt: skip


def books(programme: Programme) -> tuple[float, float, float, float]:
    """(offered, arrived, spent, overhead) of a programme's whole life."""
    return programme.offered, programme.arrived, programme.spent, programme.overhead


def _booked(world: World, kinds: tuple[str, ...]) -> dict[tuple[str, str], float]:
    """Outlay of these kinds since the opening."""
    sums: dict[tuple[str, str], float] = {}
    for (quarter, programme, payer, _, kind), amount in world.treasury.ledger.items():
        if kind in kinds and quarter >= world.opens:
            sums[programme, payer] = sums.get((programme, payer), 0.0) + amount
    return sums
