"""What holds in every world: the invariants of sim/checks.py in every quarter, money to the last unit, and no favours to rows and names."""

from dataclasses import fields, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.checks import check_all
from sim.config import Config
from sim.step import step
from sim.world import World
from tests.state import State, gaps, state
from tests.worlds import composed

QUARTERS = 9
POLICY = ("RUS", "BLR", "KAZ", "ARM", "KGZ")
COMPARATORS = ("DEU", "EST")
PROGRAMMES = (
    "grants", "grants_in_cluster", "grants_cross_cluster", "grants_cross_border", "matchmaking", "neutral_cash", "platform", "subsidy",
    "national_grants", "national_subsidy", "union_state", "resolution_41", "residual_cash",
)  # fmt: skip
MOVED = (
    "appraisal.base", "appraisal.gain", "appraisal.leakage", "appraisal.trust", "appraisal.pooling", "cooperation.widening",
    "project.end", "project.success", "project.patience", "project.funds_quarters", "search.chance_rate", "search.attention_base",
    "learning.mobility", "innovation.small", "innovation.joint_radical", "investment.price_elasticity",
    "investment.scarcity", "market.adjustment", "market.entry_rate", "finance.payout", "finance.line", "turnover.exit_cash",
    "turnover.entry_rate", "membership.join", "membership.leave", "public.word_of_mouth", "public.application_cost",
)  # fmt: skip
"""Parameters drawn from the whole of their declared ranges."""


@cache
def everything() -> Config:
    """All countries and programmes from which random worlds are drawn."""
    return composed("world=eaeu_and_neighbours", f"instrument=[{','.join(PROGRAMMES)}]")


@cache
def declared(path: str) -> Any:
    """The Number of a behaviour's parameter, e.g. "search.chance_rate"."""
    section, name = path.split(".")
    return next(each for each in fields(getattr(everything().behaviour, section)) if each.name == name).metadata["number"]


class Plan(NamedTuple):
    """What a programme of a random world differs in from the shipped one."""

    dose: float
    awareness: float
    overhead: float
    start: int
    end: int
    everywhere: bool  # in all sectors, or in two
    random_share: float


class Setup(NamedTuple):
    """What makes a random world: `built` turns it into a config."""

    organisations: dict[str, int]
    parameters: dict[str, float]
    financing: str
    programmes: dict[str, Plan]


PLANS = st.builds(
    Plan, st.floats(0.0, 0.5), st.floats(0.0, 1.0), st.sampled_from((0.0, 0.1)), st.integers(-2, 2), st.integers(2, 6), st.booleans(),
    st.sampled_from((1.0, 0.7)),
)  # fmt: skip


@st.composite
def parameter_values(draw: st.DrawFn) -> dict[str, float]:
    """Values of a few parameters, anywhere in their declared ranges."""
    values = {}
    for path in draw(st.lists(st.sampled_from(MOVED), max_size=5, unique=True)):
        number = declared(path)
        values[path] = draw(st.integers(int(number.low), int(number.high)) if number.whole else st.floats(number.low, number.high))
    return values


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """Worlds of 4 to 150 organisations in one to five policy countries and up to two neighbours, with several programmes at work."""
    homes = draw(st.lists(st.sampled_from(POLICY), min_size=1, unique=True))
    neighbours = draw(st.lists(st.sampled_from(COMPARATORS), max_size=2, unique=True))
    most = draw(st.integers(5, 150)) // len(homes)
    organisations = {iso: draw(st.integers(4, max(4, most))) for iso in homes} | {iso: draw(st.integers(1, 20)) for iso in neighbours}
    chosen = draw(st.lists(st.sampled_from(PROGRAMMES[:-1]), min_size=2, max_size=6, unique=True))
    return Setup(
        organisations, draw(parameter_values()), draw(st.sampled_from(("cut", "tax", "external"))), {name: draw(PLANS) for name in chosen}
    )


def built(setup: Setup) -> Config:
    """The config of a random world: countries thinned to so many organisations, each of which stands for more real ones."""
    config, behaviour = everything(), everything().behaviour
    behaviour = replace(behaviour, public=replace(behaviour.public, financing=setup.financing))
    for path, value in setup.parameters.items():
        section, name = path.split(".")
        behaviour = replace(behaviour, **{section: replace(getattr(behaviour, section), **{name: value})})
    country = {}
    for iso, organisations in setup.organisations.items():
        real = config.country[iso].value("rd_performing_organisations")
        country[iso] = replace(config.country[iso], scale=organisations / real)
    instrument = {name: programme(config.instrument[name], plan) for name, plan in setup.programmes.items()}
    instrument["residual_cash"] = replace(config.instrument["residual_cash"], residual_of=(next(iter(setup.programmes)),), end=5)
    return replace(
        config, world=replace(config.world, burn_in=2, programme=4, after=3), country=country, behaviour=behaviour, instrument=instrument
    )


def programme(shipped: Any, plan: Plan) -> Any:
    """The shipped programme with the plan's dose, dates and public."""
    target = replace(shipped.target, sectors=() if plan.everywhere else ("biotech", "ict"), random_share=plan.random_share)
    changes = {"dose": plan.dose, "awareness": plan.awareness, "overhead": plan.overhead, "start": plan.start, "end": plan.end}
    return replace(shipped, target=target, **changes)


def lived_checked(config: Config, seed: int) -> World:
    """A world that keeps its invariants in every quarter of its life."""
    world = World(config, seed)
    for _ in range(QUARTERS):
        step(world)
        world.quarter -= 1  # checks speak of the quarter that has just run
        check_all(world)
        world.quarter += 1
    return world


@given(setup=setups(), seed=st.integers(0, 2**31 - 1))
def test_every_invariant_holds_in_every_quarter(setup, seed):
    lived_checked(built(setup), seed)


@given(setup=setups(), seed=st.integers(0, 2**31 - 1))
def test_money_neither_appears_nor_disappears(setup, seed):
    """Firms' cash moves by what flows in and out; public outlay is what budgets lost; bills are met, or carried, but never forgotten."""
    world = World(built(setup), seed)
    outlay, met = np.zeros(len(world.countries)), np.zeros(len(world.countries))
    for _ in range(QUARTERS):
        debt = world.population.debt.copy()
        step(world)
        flow = world.flows.money
        volume = np.maximum(1.0, np.abs(flow.opening) + flow.sales + flow.support + flow.grant + flow.borrowed + flow.research)
        assert np.all(np.abs(flow.gap()) <= 1e-9 * volume)
        stayed = world.population.alive & (world.population.born < world.quarter - 1) & (world.population.kind == 0)
        owed = debt + flow.borrowed - flow.repaid
        assert np.all(np.abs(world.population.debt - owed)[stayed] <= 1e-9 * np.maximum(1.0, debt[stayed]))
        outlay += booked(world, "programmes")
        met += world.treasury.cut + booked(world, "surcharge")
    assert outlay == pytest.approx(met + world.treasury.unpaid, rel=1e-9, abs=1e-9)


def booked(world: World, what: str) -> np.ndarray:
    """Money booked in the last quarter by payer: of programmes, or of a surcharge; f8 (C,)."""
    amounts = np.zeros(len(world.countries))
    for (quarter, _, payer, _, kind), amount in world.treasury.ledger.items():
        beside = kind in ("untargeted", "private_time", "surcharge")
        if quarter == world.quarter - 1 and (kind == "surcharge" if what == "surcharge" else not beside):
            amounts[world.countries.iso.index(payer)] += amount
    return amounts


@given(setup=setups(), seed=st.integers(0, 2**31 - 1), order=st.permutations(range(len(POLICY) + len(COMPARATORS))))
def test_the_order_of_countries_is_nobodys_advantage(setup, seed, order):
    config = built(setup)
    names = list(config.country)
    turned = [names[n] for n in order if n < len(names)]
    other = replace(config, country={iso: config.country[iso] for iso in turned})
    assert gaps(by_key(lived_checked(config, seed)), by_key(lived_checked(other, seed))) == []


@given(setup=setups(), seed=st.integers(0, 2**31 - 1))
def test_a_country_by_another_name_is_the_same_country(setup, seed):
    config = built(setup)
    new = {iso: "Q" + iso[::-1][:2] for iso in config.country}
    country = {new[iso]: replace(each, iso=new[iso], name=iso.lower()) for iso, each in config.country.items()}
    instrument = {name: renamed(each, new) for name, each in config.instrument.items()}
    other = replace(config, country=country, instrument=instrument)
    assert gaps(by_key(lived_checked(config, seed)), by_key(lived_checked(other, seed))) == []


def renamed(plan: Any, new: dict[str, str]) -> Any:
    """The programme for countries that go by other names."""
    countries = tuple(new.get(iso, iso) for iso in plan.target.countries)
    return replace(plan, payers=tuple(new.get(iso, iso) for iso in plan.payers), target=replace(plan.target, countries=countries))


def by_key(world: World) -> State:
    """The state with countries, and their places and clusters, in the order of their permanent keys."""
    columns, key = state(world), world.countries.key
    order, rest = np.argsort(key), len(key)
    places, clusters = np.argsort(key[world.places.country], kind="stable"), np.argsort(world.clusters.key)
    with_rest = np.append(order, rest)
    for name, column in columns.items():
        if name.startswith("clusters."):
            columns[name] = column[clusters]
        elif name.startswith(("countries.", "budget.", "treasury.")):
            columns[name] = column[order] if column.ndim else column
        elif name.startswith("market."):
            columns[name] = market_by_key(column, order, with_rest)
    for name, to in (("country", rank(order)), ("place", rank(places)), ("cluster", np.append(rank(clusters), -1))):
        columns[f"organisations.{name}"] = to[columns[f"organisations.{name}"]]
    for name, to in (("country", rank(order)), ("place", rank(places))):
        columns[f"clusters.{name}"] = to[columns[f"clusters.{name}"]]
    columns["organisations.exports_to"] = bits_by_key(columns["organisations.exports_to"], order)
    for name in ("countries.start", "countries.stop"):
        del columns[name]
    return columns


def rank(order: np.ndarray) -> np.ndarray:
    """New row of each old row."""
    return np.argsort(order)


def market_by_key(column: np.ndarray, order: np.ndarray, with_rest: np.ndarray) -> np.ndarray:
    """Axes that go over countries, with or without the rest of the world, in the order of keys."""
    for axis in range(column.ndim):
        for rows in (order, with_rest):
            if column.shape[axis] == len(rows):
                column = np.take(column, rows, axis=axis)
                break
    return column


def bits_by_key(exports: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Destinations as a table of countries in the order of keys, and the rest of the world last."""
    return np.stack([(exports >> np.int64(bit)) & 1 for bit in (*order.tolist(), 62)], axis=-1)
