"""Innovation: knowledge never hurts, distance makes success rarer and radical likelier, one innovation counts once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agents import draws
from agents.draws import Purpose
from agents.hazards import dilution, joint_rates, own_rates
from agents.innovation import InnovationParameters, Innovations, catch_up, innovate, introduce
from agents.knowledge import Reference, breadth, depth, pool
from agents.learning import LearningParameters
from agents.parameters import as_record
from agents.population import FIELDS, Kind
from agents.projects import Status
from tests.agents.test_knowledge import at_distance
from tests.agents.toy_world import SECTORS, ToyWorld, add_inert, luck, shipped, toy_world, units

REFERENCE = Reference(research=0.05, sales=2.0, depth=1.0, breadth=1.0)
BUSY = {"small": 1.0, "radical": 0.8, "joint_small": 2.0, "joint_radical": 2.0}
QUIET = dict.fromkeys(BUSY, 0.0)
SHIPPED = shipped(InnovationParameters)
PARAMETERS = as_record(SHIPPED)
team = arrays(np.float64, (3, FIELDS), elements=st.floats(0, 10))


def news(world: ToyWorld, key=None, **changes: float):
    """A quarter's innovations, shipped parameters but for the changes."""
    w, parameters = world, shipped(InnovationParameters, **changes)
    return innovate(w.population, w.projects, w.project_cost, w.weight, w.research_price, w.patent, w.reference, parameters, key or luck())


def rates_alone(knowledge: np.ndarray, research: float = 0.05, parameters=PARAMETERS) -> np.ndarray:
    return np.array(own_rates(research, depth(knowledge, 0), breadth(knowledge, 0), REFERENCE, parameters))


def rates_together(knowledge: np.ndarray, research: float = 0.05, parameters=PARAMETERS) -> np.ndarray:
    rows = np.arange(len(knowledge), dtype=np.int32)
    return np.array(joint_rates(research, *pool(knowledge, rows, len(rows)), REFERENCE, parameters))


@given(team, st.integers(0, 2), st.integers(0, FIELDS - 1), st.floats(0, 10))
def test_more_knowledge_of_anybody_in_any_field_never_lowers_expected_innovations(knowledge, member, field, more):
    richer = knowledge.copy()
    richer[member, field] += more
    barely = 1 - 1e-12
    assert (rates_together(richer) >= barely * rates_together(knowledge)).all()
    assert (rates_alone(richer) >= barely * rates_alone(knowledge)).all()


@given(st.floats(0, 10), st.floats(0, 10))
def test_more_research_never_lowers_expected_innovations(research, more):
    knowledge = at_distance(0.5)
    assert (rates_alone(knowledge, research + more) >= rates_alone(knowledge, research)).all()
    assert (rates_together(knowledge, research + more) >= rates_together(knowledge, research)).all()


def test_elasticities_are_those_declared():
    knowledge = at_distance(0.3)
    e_r, e_k = SHIPPED.research_elasticity, SHIPPED.knowledge_elasticity
    np.testing.assert_allclose(rates_alone(knowledge, 0.1), rates_alone(knowledge) * 2**e_r)
    np.testing.assert_allclose(rates_together(knowledge, 0.1), rates_together(knowledge) * 2**e_r)
    np.testing.assert_allclose(rates_alone(2 * knowledge), rates_alone(knowledge) * 2**e_k)


def test_no_research_no_innovation():
    assert (rates_alone(at_distance(0.5), 0.0) == 0).all()
    assert (rates_together(at_distance(0.5), 0.0) == 0).all()


def test_distance_makes_joint_success_rarer_and_radical_likelier():
    rates = np.array([rates_together(at_distance(t)) for t in np.linspace(0, 1, 21)])
    small, radical = rates[:, 0], rates[:, 1]
    assert (np.diff(small) < 0).all()
    assert (np.diff(radical[:20] / rates[:20].sum(axis=1)) > 0).all()
    assert radical[10] > radical[0]  # not only as a share: some distance is good for radical innovation
    assert rates[-1].sum() == 0.0  # who share no ground at all achieve nothing


def test_without_the_need_of_ground_distance_only_adds():
    free = as_record(shipped(InnovationParameters, ground_small=0.0, ground_radical=0.0))
    rates = np.array([rates_together(at_distance(t), parameters=free) for t in np.linspace(0, 1, 11)])
    assert (np.diff(rates, axis=0) > 0).all()


def test_without_elasticity_knowledge_does_not_matter():
    flat = as_record(shipped(InnovationParameters, knowledge_elasticity=0.0))
    knowledge = at_distance(0.3)
    assert (rates_alone(knowledge, parameters=flat) == rates_alone(3 * knowledge, parameters=flat)).all()


def test_large_firms_gain_less_per_innovation_so_that_growth_does_not_depend_on_size():
    at_rest = shipped(LearningParameters).creation_elasticity  # depth of knowledge a firm of size s rests at: s^at_rest
    growth = [
        own_rates(0.025 * s, s**at_rest, 1.0, REFERENCE, PARAMETERS)[0] * dilution(s, REFERENCE, PARAMETERS) for s in (2.0, 20.0, 2000.0)
    ]
    np.testing.assert_allclose(growth, growth[0])
    assert dilution(0.0, REFERENCE, PARAMETERS) == dilution(1e-9, REFERENCE, PARAMETERS) == SHIPPED.dilution_most


def test_an_ordinary_organisation_makes_an_innovation_in_two_to_four_years_a_fifth_of_them_radical():
    rng = np.random.default_rng(1)
    spending = 0.05 * rng.lognormal(0.0, 1.3, 4000)  # R&D is skew: the mean is above the median's
    rates = np.array([own_rates(r, (r / 0.05) ** 0.22, (r / 0.05) ** 0.22, REFERENCE, PARAMETERS) for r in spending])
    together = rates_together(at_distance(0.35))
    projects = 0.25  # an organisation
    per_organisation = rates.mean(axis=0) + projects * together
    assert 0.07 < per_organisation.sum() < 0.15
    assert 0.15 < per_organisation[1] / per_organisation.sum() < 0.30


def slow_quarter(world: ToyWorld, p: InnovationParameters, key):
    """The same quarter once more in plain Python: counts (small, radical, joint, foreign), took part, ln quality, ln cost, niche."""
    o, w, record = world.population, world, as_record(p)
    counts, took_part, gains = np.zeros((4, o.capacity)), np.zeros(o.capacity, int), np.zeros((3, o.capacity))

    def step(i, who, number, radical, share):
        took_part[i] += 1
        if o.kind[i] != Kind.FIRM:
            return
        size = -math.log1p(-draws.open_unit(np.uint64(draws.bits(key(Purpose.STEP_SIZE), who, 2 * number + radical))))
        size *= share * (p.step_radical if radical else p.step_small)
        size *= min(p.dilution_most, math.pow(o.sales_mean[i] / w.reference.sales, -p.dilution))
        u = units(key, Purpose.STEP_KIND, who, 2 * number + radical)
        if u < p.quality_share or (u >= p.quality_share + p.cost_share and not radical):
            gains[0, i] += size
        elif u < p.quality_share + p.cost_share:
            gains[1, i] += size
        else:
            gains[2, i] += p.niche_size * size * o.sales_mean[i]

    for i in np.flatnonzero(o.alive):
        research = max(o.research[i] - w.project_cost[i], 0.0) / w.research_price[o.country[i]]
        rates = own_rates(research, depth(o.knowledge, i), breadth(o.knowledge, i), w.reference, record)
        for radical, purpose in enumerate((Purpose.INNOVATE_SMALL, Purpose.INNOVATE_RADICAL)):
            n = draws.poisson(units(key, purpose, o.id[i]), rates[radical])
            counts[radical, i] += n
            for number in range(n):
                step(i, o.id[i], number, radical, 1.0)
    for r in np.flatnonzero(w.projects.status == Status.ACTIVE):
        members = w.projects.members[r, : w.projects.size[r]]
        research = sum(w.projects.cost[r, m] / w.research_price[o.country[i]] for m, i in enumerate(members))
        rates = joint_rates(research, *pool(o.knowledge, members, len(members)), w.reference, record)
        who, lead = w.projects.key[r], members[0]
        for radical, purpose in enumerate((Purpose.JOINT_SMALL, Purpose.JOINT_RADICAL)):
            n = draws.poisson(units(key, purpose, who), rates[radical])
            credit = n * (w.projects.weight[r] / w.weight[lead])
            counts[radical, lead] += credit
            counts[2, lead] += credit
            counts[3, lead] += credit * w.projects.cross_border[r]
            for number in range(n):
                for i in members:
                    step(i, who, number, radical, p.joint_share * w.projects.weight[r] / w.weight[i])
    return counts, took_part, gains


@pytest.mark.parametrize("seed", range(4))
def test_the_kernels_agree_with_the_obvious_version(seed):
    world = toy_world(seed)
    fast = news(world, **BUSY)
    counts, took_part, gains = slow_quarter(world, shipped(InnovationParameters, **BUSY), luck())
    assert counts[2].sum() > 0
    np.testing.assert_array_equal([fast.small, fast.radical, fast.joint, fast.joint_foreign], counts)
    np.testing.assert_array_equal(fast.took_part, took_part)
    np.testing.assert_allclose([fast.log_quality, fast.log_cost, fast.niche], gains, rtol=1e-12)


def test_a_joint_innovation_is_counted_once_and_shared_by_all_firms_of_the_project():
    world = toy_world(1, projects=1)
    projects, population = world.projects, world.population
    projects.status[0], projects.size[0], projects.members[0, :3] = Status.ACTIVE, 3, [4, 5, 6]
    projects.cost[0, :3] = 5.0
    world.weight[:] = 1.0
    projects.weight[0] = 1.0
    population.kind[[4, 5, 6]] = [Kind.FIRM, Kind.FIRM, Kind.UNIVERSITY]
    population.sales_mean[[4, 5]] = world.reference.sales
    population.knowledge[4:7] = 1.0
    found = news(world, **{**QUIET, "joint_small": 2.0})
    made = found.joint.sum()
    assert made > 0
    assert made == found.small.sum() == found.joint[4] == found.projects[0]
    assert (found.took_part[4:7] == made).all()
    assert found.log_quality[4] == found.log_quality[5]
    assert found.log_cost[4] == found.log_cost[5]
    assert found.log_quality[4] + found.log_cost[4] > 0
    assert found.log_quality[6] == found.log_cost[6] == 0.0  # a university sells nothing


def test_weighted_counts_are_real_innovations():
    world = toy_world(2, projects=40)
    found = news(world, **{**QUIET, "joint_small": 2.0})
    real = (found.projects * world.projects.weight).sum()
    assert real > 0
    assert (world.weight * found.joint).sum() == pytest.approx(real)


def test_every_source_of_innovation_can_be_switched_off():
    world = toy_world(3)
    for name, rate in BUSY.items():
        assert news(world, **{**QUIET, name: rate}).took_part.any()
    silent = news(world, **QUIET)
    assert not any(getattr(silent, name).any() for name in Innovations.__slots__)


def test_steps_of_no_size_count_as_innovations_and_move_nothing():
    still = news(toy_world(3), **BUSY, step_small=0.0, step_radical=0.0)
    assert still.small.sum() > 0
    assert not any(moved.any() for moved in (still.log_quality, still.log_cost, still.niche))


def test_only_radical_innovations_open_niches():
    shares = {"quality_share": 0.0, "cost_share": 0.0}
    small, radical = (news(toy_world(4), **{**QUIET, name: 1.0}, **shares) for name in ("small", "radical"))
    assert small.log_quality.sum() > 0
    assert not small.niche.any()
    assert radical.niche.sum() > 0
    assert not radical.log_quality.any()


def test_the_same_luck_never_makes_fewer_innovations_of_more_research():
    world, richer = toy_world(5), toy_world(5)
    richer.population.research *= 1.5
    for quarter in range(5):
        poor, rich = (news(w, luck(quarter=quarter), **BUSY) for w in (world, richer))
        assert (rich.small >= poor.small).all()
        assert (rich.radical >= poor.radical).all()


def test_counts_have_the_mean_of_their_hazard():
    world = toy_world(6)
    o, p = world.population, as_record(shipped(InnovationParameters, small=0.3))
    quarters = 400
    made = sum(news(world, luck(quarter=q), **{**QUIET, "small": 0.3}).small.sum() for q in range(quarters))
    research = np.maximum(o.research - world.project_cost, 0.0) / world.research_price[o.country]
    expected = quarters * sum(own_rates(research[i], depth(o.knowledge, i), 1.0, world.reference, p)[0] for i in range(60))
    assert abs(made - expected) < 4 * math.sqrt(expected)


def test_patents_follow_the_propensity_of_the_sector():
    world = toy_world(7)
    world.patent[:] = 0.0
    assert not news(world, **BUSY).patents.any()
    world.patent[:] = 1.0
    alone = {**BUSY, "joint_small": 0.0, "joint_radical": 0.0}
    found = news(world, **alone)
    np.testing.assert_array_equal(found.patents, found.small + found.radical)
    world.patent[:] = 0.4
    quarters = [news(world, luck(quarter=q), **alone) for q in range(200)]
    made = sum((f.small + f.radical).sum() for f in quarters)
    assert sum(f.patents.sum() for f in quarters) == pytest.approx(0.4 * made, rel=0.05)


def test_an_inert_organisation_and_free_rows_change_nothing():
    world, larger = toy_world(8), toy_world(8)
    row = add_inert(larger)
    before, after = news(world, **BUSY), news(larger, **BUSY)
    for name in ("small", "radical", "joint", "patents", "took_part", "log_quality", "log_cost", "niche"):
        assert (getattr(before, name) == getattr(after, name)).all()
        assert not getattr(before, name)[~world.population.alive].any()
    assert after.took_part[row] == 0


def test_introduction_moves_quality_up_cost_down_and_remembers_the_count():
    world = toy_world(9)
    o = world.population
    quality, cost, niche = o.quality.copy(), o.unit_cost.copy(), o.niche.copy()
    found = news(world, **BUSY)
    introduce(o, world.projects, found, np.zeros(o.capacity))
    np.testing.assert_allclose(o.quality, quality * np.exp(found.log_quality))
    np.testing.assert_allclose(o.unit_cost, cost * np.exp(-found.log_cost))
    np.testing.assert_array_equal(o.niche, niche + found.niche)
    np.testing.assert_array_equal(o.innovations, found.took_part)
    np.testing.assert_array_equal(world.projects.innovations, found.projects)


def test_laggards_catch_up_and_leads_erode_but_nobody_passes_the_frontier():
    o, frontier = toy_world(10).population, np.full(SECTORS, 0.1)
    rise = catch_up(o, frontier, np.zeros(o.capacity), shipped(InnovationParameters))
    firm = o.alive & (o.kind == Kind.FIRM)
    lead = np.log(o.quality[firm] / o.unit_cost[firm]) - 0.1
    assert (np.sign(rise[firm]) == -np.sign(lead)).all()
    assert not rise[~firm].any()
    assert (np.abs(rise[firm]) < np.abs(lead)).all()
    for share in (0.0, 0.3, 7.0):  # of equipment
        rise = catch_up(o, frontier, np.full(o.capacity, share), shipped(InnovationParameters, imitation=0.0, erosion=0.0))
        np.testing.assert_allclose(rise[firm], min(1.0, share) * np.maximum(0.0, -lead), atol=1e-15)
