"""Mesa's side of the world: views that are late bound, sets, reporters, batches."""

import gc
import inspect
import pickle

import mesa
import pytest

from agents.organisation import Firm, Gone, Institute, StateBody, University
from sim.model import CrossClusterModel, as_seed
from sim.simulate import simulate
from tests.worlds import demo_config


@pytest.fixture
def config():
    return demo_config(burn_in=2, programme=2, after=1)


@pytest.fixture
def model(config):
    return CrossClusterModel(config, rng=7)


def test_it_is_the_same_run_as_simulate(config, model):
    model.run_model()
    assert model.world.quarter == 5
    assert not model.running
    assert model.result().outcomes == simulate(config, 7).outcomes


def test_looking_changes_nothing(config, model):
    while model.running:
        model.step()
        model.agents.get("cash")
    assert model.result().outcomes == simulate(config, 7).outcomes


def test_a_run_that_nobody_looks_at_makes_no_agents(model):
    model.step()
    assert model._views == []


def test_views_are_kept_and_complete(model):
    people = model.world.population
    agents = model.agents
    gc.collect()
    assert len(model.agents) == (people.alive & (people.staff > 0)).sum() > 0
    assert model.agents is agents
    assert set(model.agent_types) <= {Firm, Institute, University}
    assert sum(len(agents) for agents in model.agents_by_type.values()) == len(agents)


def test_a_view_reads_the_column_of_now(model):
    firm = next(iter(model.agents.select(agent_type=Firm)))
    assert firm.cash == model.world.population.cash[firm.row]
    model.world.population.cash[firm.row] = 123.0
    assert firm.cash == 123.0
    assert isinstance(firm.sector, int)
    assert firm.knowledge.shape == (12,)
    firm.knowledge[0] = -1.0
    assert model.world.population.knowledge[firm.row, 0] >= 0.0


def test_selecting_and_adding_up(model):
    model.step()
    rich = model.agents.select(lambda a: a.cash > 1)
    assert 0 < len(rich) <= len(model.agents)
    assert model.agents.agg("research", sum) > 0
    assert set(model.agents.groupby("country").groups) <= set(range(5))


def test_a_view_of_the_gone_errs(model):
    firm = next(iter(model.agents.select(agent_type=Firm)))
    model.world.population.free(firm.row)
    assert not firm.is_here
    with pytest.raises(Gone, match="is gone"):
        _ = firm.cash
    with pytest.raises(Gone):
        _ = firm.partners
    assert firm not in model.agents


def test_a_view_never_speaks_for_the_next_holder_of_its_row(model):
    firm = next(iter(model.agents.select(agent_type=Firm)))
    model.world.population.id[firm.row] += 1
    with pytest.raises(Gone):
        _ = firm.sales
    assert next(iter(model.agents.select(lambda a: a.row == firm.row))).unique_id == firm.unique_id + 1


def test_a_misspelt_column_is_an_attribute_error(model):
    with pytest.raises(AttributeError, match="columns: id"):
        _ = next(iter(model.agents)).chash


def test_partners_are_mutual(model):
    for _ in range(3):
        model.step()
    by_id = {agent.unique_id: agent for agent in model.agents}
    connected = [agent for agent in model.agents if agent.partners]
    assert connected
    assert all(agent.unique_id in by_id[partner].partners for agent in connected for partner in agent.partners)


def test_reporters_and_pickling(model):
    model.step()
    _ = model.agents
    twin = pickle.loads(pickle.dumps(model))
    for either in (model, twin):
        either.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame.equals(twin.datacollector.get_model_vars_dataframe())
    assert len(frame) == 2
    assert frame["innovations"].gt(0).any()


def test_agent_reporters(model):
    collector = mesa.DataCollector(agent_reporters={"research": "research", "staff": lambda agent: agent.staff})
    model.step()
    collector.collect(model)
    frame = collector.get_agent_vars_dataframe()
    assert len(frame) == len(model.agents)
    assert (frame["staff"] > 0).all()


def test_batch_run(config):
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        rows = mesa.batch_run(CrossClusterModel, {"config": config}, rng=[1, 2], max_steps=3, display_progress=False)
    else:
        rows = mesa.batch_run(CrossClusterModel, {"config": config, "rng": [1, 2]}, max_steps=3, display_progress=False)
    assert len(rows) == 2
    assert rows[0]["innovations"] != rows[1]["innovations"]


def test_state_bodies(model):
    assert [body.iso for body in model.state_bodies] == model.world.countries.iso
    assert all(isinstance(body, StateBody) for body in model.state_bodies)
    model.step()
    assert sum(sum(body.paid.values()) for body in model.state_bodies) == pytest.approx(sum(model.world.treasury.ledger.values()))
    assert all(min(body.left.values(), default=0.0) >= -1e-9 for body in model.state_bodies)


@pytest.mark.parametrize("text", ["seven", "-1", -1, [7]])
def test_a_seed_is_a_whole_number(text):
    with pytest.raises(ValueError, match="rng: found"):
        as_seed(text)


def test_seeds_from_mesas_box():
    assert as_seed("7") == as_seed(7) == 7
    assert as_seed(None) >= 0
