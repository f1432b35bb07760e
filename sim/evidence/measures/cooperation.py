"""Who cooperates with whom: partners of firms as innovation surveys ask, lives of projects, newcomers, repeat partners, science abroad."""

from collections.abc import Sequence

import numpy as np

from agents.population import Kind
from agents.ties import TieStage
from sim.analysis.networks import shuffled
from sim.calendar import YEAR
from sim.evidence.watch import NAN, Start, Values, Watch, over, policy_firms

SURVEYED, LARGE = 10, 250
"""Staff from which surveys ask a firm, and from which it is large."""
NULLS = 20


def measure(watch: Watch) -> Values:
    """Everything of this file."""
    return surveys(watch) | lives(watch.lives) | newcomers(watch.starts) | repeats(watch.starts) | science(watch)


def surveys(watch: Watch) -> Values:
    """Firms of policy countries with a partner in a project of the last three years, per cent."""
    people = watch.world.population
    rows = policy_firms(watch.world)
    rows = rows[people.staff[rows] >= SURVEYED]
    partner = {kind: np.array([(int(i), kind) in watch.partners for i in people.id[rows]], bool) for kind in Kind}
    anyone = np.any(list(partner.values()), axis=0)
    active = anyone | np.isin(people.id[rows], list(watch.innovated))
    small = active & (people.staff[rows] < LARGE)
    return cooperating(anyone, active) | {
        "with_universities": 100 * over(partner[Kind.UNIVERSITY][small].sum(), small.sum()),
        "with_institutes": 100 * over(partner[Kind.INSTITUTE][small].sum(), small.sum()),
    }


def cooperating(anyone: np.ndarray, active: np.ndarray) -> Values:
    """Organisations with a partner, per cent of all and of the innovation-active.

    anyone bool (n,): had a project partner in the years asked about.  active bool (n,): had one, or innovated.
    """
    return {"cooperate": 100 * over(anyone.sum(), len(anyone)), "cooperate_active": 100 * over(anyone[active].sum(), active.sum())}


def lives(quarters: Sequence[int]) -> Values:
    """Annual hazard of ending, and dispersion, of the lives of projects that ended.  quarters: that each of them lived, from 1 on."""
    if not quarters:
        return {"project_hazard": NAN, "project_spread": NAN}
    lived = np.array(quarters, np.float64)
    return {"project_hazard": 1 - (1 - 1 / lived.mean()) ** YEAR, "project_spread": float(lived.std() / lived.mean())}


def newcomers(starts: Sequence[Start]) -> Values:
    """How much more often newcomers meet incumbents in their first project than if the year's members were dealt out anew.

    Dealing keeps every project's size and every organisation's number of projects, so a popular incumbent stays popular (degree-neutral).
    A renewal is no new partnership and does not count.
    """
    starts = [start for start in starts if not start.renewal]
    met, expected = 0.0, 0.0
    years = sorted({start.quarter // YEAR for start in starts})
    for year in years:
        projects = [start for start in starts if start.quarter // YEAR == year]
        slots = np.concatenate([[member in set(start.newcomers) for member in start.members] for start in projects])
        ends = np.cumsum([0] + [len(start.members) for start in projects])
        met += _with_incumbents(slots, ends)
        expected += sum(_with_incumbents(slots[shuffled(len(slots), number)], ends) for number in range(NULLS)) / NULLS
    return {"newcomers_over_null": over(met, expected)}


def _with_incumbents(new: np.ndarray, ends: np.ndarray) -> float:
    """Pairs (newcomer, incumbent) inside projects; new bool (slots,), projects are slots ends[n] to ends[n + 1] - 1."""
    counts = np.add.reduceat(new.astype(np.int64), ends[:-1]) if len(new) else np.zeros(0)
    return float(np.sum(counts * (np.diff(ends) - counts)))


def repeats(starts: list[Start]) -> Values:
    """How much nearer partners are that had a common project before than those that had none: technology (cosine) and place (ln km).

    A project that goes on with the same members is none of either.
    """
    pairs = [pair for start in starts if not start.renewal for pair in start.pairs]
    again = np.array([pair.again for pair in pairs], bool)
    if not again.any() or again.all():
        return {"repeat_nearer_technology": NAN, "repeat_nearer_place": NAN}
    near, far = np.array([pair.near for pair in pairs]), np.array([pair.far for pair in pairs])
    return {
        "repeat_nearer_technology": float(near[again].mean() - near[~again].mean()),
        "repeat_nearer_place": float(far[~again].mean() - far[again].mean()),
    }


def science(watch: Watch) -> Values:
    """Of the partnerships of Russian universities and institutes with science, the part that crosses the border, per cent."""
    world = watch.world
    if "RUS" not in world.countries.iso:
        return {"science_abroad": NAN}
    people, ties, russia = world.population, world.ties, world.countries.iso.index("RUS")
    living = ties.living()
    living = living[ties.stage[living] >= TieStage.MEMORANDUM]
    a, b = ties.a[living], ties.b[living]
    mine = (people.kind[a] != Kind.FIRM) & (people.kind[b] != Kind.FIRM) & ((people.country[a] == russia) | (people.country[b] == russia))
    return {"science_abroad": 100 * over(np.sum(people.country[a[mine]] != people.country[b[mine]]), np.sum(mine))}
