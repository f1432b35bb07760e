"""Worlds at the edge: they keep every invariant, and programmes in them do what they can, even if that is nothing."""

from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.config import Config
from sim.config_check import ConfigError
from sim.simulate import Result, burn_in, continue_from, simulate
from sim.step import step
from sim.world import World
from tests.worlds import composed, demo_config

TIME = {"burn_in": 3, "programme": 4, "after": 2}
ALL = ("grants", "grants_in_cluster", "grants_cross_cluster", "grants_cross_border", "matchmaking", "neutral_cash", "platform", "subsidy")


@cache
def every_programme() -> dict[str, Any]:
    """All new programmes at once, in every sector, known to all."""
    shipped = composed(f"instrument=[{','.join(ALL)}]").instrument
    return {name: replace(each, dose=0.1, end=4, awareness=1.0, target=replace(each.target, sectors=())) for name, each in shipped.items()}


def odd(countries: dict[str, float], **changes: Any) -> Config:
    """The demo world with only these countries, each of so many organisations, with every programme.  changes: figures of all of them."""
    config = demo_config(**TIME)
    country = {}
    for iso, organisations in countries.items():
        plain = config.country[iso]
        figures = plain.figures | {name: replace(plain.figures[name], value=value) for name, value in changes.items()}
        country[iso] = replace(plain, figures=figures, scale=organisations / plain.value("rd_performing_organisations"))
    return replace(config, country=country, instrument=every_programme())


def healthy(config: Config, seed: int = 1) -> Result:
    """The result of a run that broke no invariant and says nothing but finite numbers."""
    result = simulate(config, seed)
    assert result.error is None
    assert all(np.isfinite(value) for value in result.outcomes.values())
    assert np.isfinite(result.series["value"]).all()
    return result


def spent(result: Result, programme: str) -> float:
    """What a programme paid, administration aside."""
    ledger = result.ledger
    own = (ledger["programme"] == programme) & ~ledger["kind"].isin(["private_time", "overhead"])
    return float(ledger.loc[own, "amount"].sum())


def test_alone_in_the_world_one_meets_nobody_but_is_helped_all_the_same():
    result = healthy(odd({"BLR": 1}, institute_share=0.0, university_share=0.0))
    assert result.outcomes["organisations_end"] > 0
    assert result.outcomes["projects_started"] == result.outcomes["meetings"] == 0
    assert spent(result, "grants") == spent(result, "matchmaking") == 0.0
    assert spent(result, "neutral_cash") > 0.0


def test_two_organisations_can_work_together():
    config = odd({"BLR": 2}, institute_share=0.0, university_share=0.0)
    appraisal = replace(config.behaviour.appraisal, base=2.0)
    config = replace(config, behaviour=replace(config.behaviour, appraisal=appraisal))
    assert healthy(config).outcomes["meetings"] > 0


def test_one_country_has_no_border_to_cross():
    result = healthy(odd({"KAZ": 60}))
    assert result.outcomes["cross_border_started"] == 0
    assert spent(result, "grants_cross_border") == 0.0
    assert result.outcomes["public_cost"] > 0.0


def test_without_clusters_cluster_policy_finds_nobody():
    result = healthy(odd({"RUS": 50, "BLR": 20}, clusters=0.0))
    assert result.outcomes["cross_cluster_started"] == 0
    assert spent(result, "grants_in_cluster") == spent(result, "grants_cross_cluster") == 0.0
    assert result.funnel.query("ladder == 'cluster'")["value"].sum() == 0.0


def test_without_science_firms_learn_from_each_other():
    result = healthy(odd({"RUS": 50, "KGZ": 20}, university_share=0.0, institute_share=0.0))
    assert result.outcomes["innovations"] > 0
    science = result.starts["with_science"]
    assert not science.any()


def test_a_world_of_one_sector():
    config = odd({"RUS": 40, "BLR": 20})
    config = replace(config, sector={"ict": config.sector["ict"]}, record=replace(config.record, focus=("ict",)))
    config = replace(config, country={iso: replace(each, cluster_sectors={}, sector_tilt={}) for iso, each in config.country.items()})
    assert not healthy(config).starts["cross_sector"].any()


def test_a_world_of_one_city():
    config = odd({"ARM": 40})
    place = next(iter(config.country["ARM"].places.items()))
    country = replace(config.country["ARM"], places={place[0]: replace(place[1], share=1.0)})
    healthy(replace(config, country={"ARM": country}))


def clear_answer(config: Config) -> None:
    """The world runs in good order, or is refused in words that say what is missing."""
    with suppress(ConfigError):
        healthy(config)


@pytest.mark.parametrize("business", [0.0, 100.0], ids=["firms do no research", "science does no research"])
def test_research_all_on_one_side_has_a_clear_answer(business):
    clear_answer(odd({"RUS": 40, "BLR": 20}, berd_share_of_gerd_pct=business))


def test_nobody_lives_on_the_state():
    result = healthy(odd({"RUS": 40, "BLR": 20}, state_share_of_berd=0.0))
    assert not (result.ledger["kind"] == "untargeted").any()


def test_a_payer_that_is_not_in_the_world_pays_nothing():
    config = odd({"KAZ": 40})
    foreign = {name: replace(each, payers=("RUS",)) for name, each in config.instrument.items()}
    result = healthy(replace(config, instrument=foreign))
    assert result.outcomes["public_cost"] == 0.0


def test_no_burn_in_and_nothing_after():
    config = odd({"RUS": 40, "BLR": 20})
    bare = replace(config, world=replace(config.world, burn_in=0, programme=2, after=0))
    assert healthy(bare).outcomes == continue_from(burn_in(bare, 1), bare).outcomes


def test_organisations_without_a_single_firm_have_a_clear_answer():
    """The shares leave room for firms, but the one organisation there is is an institute."""
    clear_answer(odd({"ARM": 1}, institute_share=0.9, university_share=0.05))


def test_a_record_may_be_kept_only_from_the_opening_on():
    """A burn-in that wrote a panel serves an arm that writes none, and the other way round."""
    loud, quiet = demo_config(panel=True, **TIME), demo_config(panel=False, **TIME)
    outcomes = simulate(quiet, 1).outcomes
    assert continue_from(burn_in(loud, 1), quiet).outcomes == outcomes
    assert continue_from(burn_in(quiet, 1), loud).outcomes == outcomes


def test_a_country_that_loses_all_its_organisations_goes_on_without_them():
    config = odd({"RUS": 30, "KGZ": 4}, institute_share=0.0, university_share=0.0)
    turnover = replace(config.behaviour.turnover, potential=0.0, entry_rate=0.0, affiliate_rate=0.0)
    world = World(replace(config, behaviour=replace(config.behaviour, turnover=turnover)), 1)
    step(world)
    home = world.population.country == world.countries.iso.index("KGZ")
    world.population.cash[home & world.population.alive] = -1e6
    for _ in range(6):
        step(world)
    assert not np.any(world.population.alive[world.countries.start[1] : world.countries.stop[1]])
    assert np.isfinite(world.market.share).all()
