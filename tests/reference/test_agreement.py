"""The fast world and the reference live the same quarters: compared after every phase, everything in them.

A failure names the first quarter, phase and entity that differ, and what both say of it.
"""

from collections.abc import Iterator

import pytest

from agents.ties import WIDTH, Channel, Reached
from scenarios import INSTRUMENTS
from sim import step as fast
from sim.world import World
from tests.reference.compare import first_difference
from tests.reference.model import PHASES, ReferenceModel
from tests.reference.programme import Programme
from tests.reference.turnover import turn_over
from tests.reference.worlds import random_config

QUARTERS = 12
WORLDS = [
    (1, 60, "cut"), (2, 70, "tax"), (3, 80, "external"), (4, 100, "cut"), (5, 120, "tax"), (6, 150, "cut"),
    pytest.param(7, 300, "cut", marks=pytest.mark.nightly),
]  # fmt: skip


def live_together(world: World, model: ReferenceModel, quarters: int) -> Iterator[str | None]:
    """Both live on, phase by phase; yields the first difference after each phase, and where it was."""
    for _ in range(quarters):
        fast.begin(world)
        for phase in PHASES:
            getattr(fast, phase.__name__)(world)
            phase(model)
            found = first_difference(world, model, flows=phase is not turn_over)
            yield found and f"seed {world.seed}, quarter {world.quarter}, phase {phase.__name__}: {found}"
        fast.record(world)
        world.quarter += 1
        model.close()


def pooled(model: ReferenceModel) -> list[Programme]:
    """Programmes with a common purse."""
    return [each for each in model.programmes.values() if each.key_of_pool is not None]


def seen(model: ReferenceModel) -> Iterator[str]:
    """What can be seen at the end of a phase to have happened."""
    members = [i for i in model.organisations if i.cluster]
    things = {
        "consortium": any(len(project.members) > 2 for project in model.projects),
        "renewal": any(project.renewal for project in model.projects),
        "project waits for consent": any(not project.consented for project in model.projects),
        "all places for ties taken": any(len(i.ties) == WIDTH for i in model.organisations),
        "clusters do business": Reached.BUSINESS in model.brokered.values(),
        "entry": any(i.born >= 0 for i in model.organisations),
        "affiliate": any(i.foreign for i in model.organisations),
        "no room": any(c.rooms == len(model.at_home(c)) for c in model.countries),
        "member abroad": any(i.cluster.country is not i.country for i in members),
        "constrained": any(i.constrained for i in model.organisations),
        "niche": any(i.niche > 0.0 for i in model.organisations),
        "joint innovation abroad": any(i.joint_foreign > 0.0 for i in model.organisations),
        "subsidy": any(i.subsidy > 0.0 for i in model.organisations),
        "cash": any(i.cash_given > 0.0 for i in model.organisations),
        "surcharge": any(c.surcharge > 0.0 for c in model.countries),
        "a review": any(each.key_of_pool is None and each.mix != [1.0] * len(each.mix) for each in model.programmes.values()),
        "a common purse": any(sum(part > 0.0 for part in each.key_of_pool or []) > 1 for each in model.programmes.values()),
        "a member leaves": any(0.0 in (each.mix[c.row] for c in model.countries if c.policy) for each in pooled(model)),
        "a strategy": any(each.priorities is not None for each in model.programmes.values()),
        "rules come nearer": any(each.progress > 0.0 for each in pooled(model)),
        "entry into an export market": any(i.entry_cost > 0.0 for i in model.organisations),
    }
    yield from (name for name, happened in things.items() if happened)
    yield from (f"meeting by {Channel(each.channel).name}" for each in model.meetings)
    yield from (f"money of {each.kind}" for each in model.programmes.values() if each.spent > each.overhead + 1e-6)
    yield from (f"project paid by {project.programme}" for project in model.projects if project.programme)


EVERYTHING = {
    "consortium", "renewal", "project waits for consent", "all places for ties taken", "clusters do business", "entry", "affiliate",
    "no room", "member abroad", "constrained", "niche", "joint innovation abroad", "subsidy", "cash", "surcharge",
    "entry into an export market", "a review", "a common purse", "a member leaves", "a strategy", "rules come nearer",
    *(f"money of {kind}" for kind, each in INSTRUMENTS.items() if not each.free),
    *(f"meeting by {channel.name}" for channel in Channel if channel != Channel.CONSORTIUM),
    *(f"project paid by {name}" for name in ("grants", "grants_in_cluster", "grants_cross_cluster", "grants_cross_border")),
}  # fmt: skip


@pytest.mark.parametrize(("seed", "organisations", "financing"), WORLDS)
def test_the_fast_world_agrees_with_the_reference(seed: int, organisations: int, financing: str) -> None:
    world = World(random_config(seed, organisations, financing), seed)
    for difference in live_together(world, ReferenceModel(world), QUARTERS):
        assert difference is None, difference


def test_a_difference_is_found_and_named() -> None:
    world = World(random_config(1, 60, "cut"), 1)
    model = ReferenceModel(world)
    model.organisations[5].sales_mean *= 1.0 + 1e-8
    difference = next(live_together(world, model, 1))
    assert difference is not None
    assert difference.startswith(f"seed 1, quarter 0, phase govern: organisation {model.organisations[5].id}: sales_mean is ")


def test_everything_happens_in_these_worlds() -> None:
    happened: set[str] = set()
    for seed, organisations, financing in WORLDS[:-1]:
        model = ReferenceModel(World(random_config(seed, organisations, financing), seed))
        for _ in range(QUARTERS):
            for phase in PHASES:
                phase(model)
                happened.update(seen(model))
            model.close()
    assert not EVERYTHING - happened
