"""Phases 4 and 5 wired to the world: learning and forgetting, and innovation."""

from typing import TYPE_CHECKING

from agents.innovation import catch_up, introduce
from agents.innovation import innovate as draw_innovations
from agents.learning import learn as new_knowledge
from sim.brokerage import forget

if TYPE_CHECKING:
    from sim.world import World


def learn(world: "World") -> None:
    """Phase 4: knowledge is made, taken over and forgotten (agents/learning.py); so is what officials and managers were taught."""
    world.population.knowledge[:] = new_knowledge(
        world.population, world.ties, world.projects, world.clusters, world.countries.addresses, world.countries.book,
        world.sectors.profile,
        world.countries.research_price, world.weight, world.levers.absorption, world.reference, world.config.behaviour.learning, world.key,
    )  # fmt: skip
    forget(world, world.config.behaviour.learning.forgetting)


def innovate(world: "World") -> None:
    """Phase 5: innovations alone and in projects, and rivals' catch-up (agents/innovation.py)."""
    people, p, flows = world.population, world.config.behaviour.innovation, world.flows
    news = draw_innovations(
        people, world.projects, flows.project_cost, world.weight, world.countries.research_price, world.sectors.patent, world.reference,
        p, world.key,
    )  # fmt: skip
    introduce(people, world.projects, news, catch_up(people, world.market.frontier, world.levers.adoption, p))
    flows.small, flows.radical, flows.joint = news.small, news.radical, news.joint
    flows.joint_foreign, flows.patents = news.joint_foreign, news.patents
