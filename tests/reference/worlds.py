"""Random small worlds with every mechanism at work: the policy countries at 1:1, comparators of weight 20, many programmes at once."""

from dataclasses import fields, replace
from functools import cache
from random import Random
from typing import Any

from sim.commands.compose import load_config
from sim.config import Config
from tests.conftest import ROOT

COMPARATORS = ("DEU", "POL")
WEIGHT = 20
PROGRAMMES = (
    "status_quo", "grants", "grants_in_cluster", "grants_cross_cluster", "grants_cross_border", "subsidy", "neutral_cash", "matchmaking",
    "platform", "residual_cash",
)  # fmt: skip
"""In every world."""
SHIPPED = sorted(path.stem for path in (ROOT / "configs" / "instrument").glob("[!_]*.yaml"))
STANDING = ("national_grants", "national_subsidy", "union_state", "resolution_41")
IN_TURN = [name for name in SHIPPED if name not in (*PROGRAMMES, *STANDING)]
"""All other shipped programmes and shocks: a third of them in each world."""
FREQUENT = {
    "birth": {"start_debt": 0.3, "cluster_members": 5.0, "room": 1.1, "room_extra": 3, "capability_low": 0.5},
    "search": {"chance_rate": 0.6, "cluster_rate": 1.2, "partner_rate": 0.6},
    "appraisal": {"base": -1.5, "business_base": -1.0, "gain": 8.97, "stretch": 0.0815, "distance": 0.115, "border": 0.0776, "trust": 1.73},
    "brokerage": {"memo_base": 1.0},
    "project": {"end": 0.3, "funds_quarters": 1.0, "patience": 3, "trust_decay": 0.06, "forgotten": 0.02},
    "learning": {"mobility": 0.2},
    "innovation": {"small": 0.2, "radical": 0.15, "joint_small": 0.6, "joint_radical": 0.5},
    "membership": {"join": 0.8, "leave": 0.4, "join_partners": 1},
    "market": {"entry_rate": 0.3, "jump_rate": 0.3, "entry_cost": 0.1, "leave_ratio": 0.9},
    "turnover": {"exit_cash": 0.05, "potential": 0.3, "entry_rate": 0.8, "affiliate_rate": 0.02, "spin_off_part": 0.5},
    "finance": {"cost_spread": 0.2},
    "public": {"import_share": 0.05},
}
"""Rates raised so that twelve quarters see everything happen."""


@cache
def _composed() -> Config:
    return load_config(["world=eaeu_and_neighbours", f"instrument=[{','.join((*PROGRAMMES, *IN_TURN))}]"])


def random_config(seed: int, organisations: int, financing: str) -> Config:
    """A world of about so many organisations, its parameters and programmes drawn with `seed`."""
    config, luck = _composed(), Random(seed)
    behaviour = replace(
        config.behaviour,
        **{each.name: _section(getattr(config.behaviour, each.name), each.name, luck) for each in fields(config.behaviour)},
    )
    homes = ("RUS", "BLR", "KAZ") if seed % 2 else ("RUS", "ARM", "KGZ", "BLR")
    parts = [luck.uniform(0.5, 1.5) for _ in homes]
    country = {
        iso: _country(config.country[iso], round(organisations * part / sum(parts)), 1.0) for iso, part in zip(homes, parts, strict=True)
    }
    for iso in COMPARATORS:
        country[iso] = _country(config.country[iso], WEIGHT * max(3, organisations // 12), 1.0 / WEIGHT)
    there = [name for name in config.instrument if name not in IN_TURN or (IN_TURN.index(name) + seed) % 3 == 0]
    instrument = {name: _instrument(config.instrument[name], luck, organisations) for name in there}
    for name in sorted(set(there) & set(IN_TURN)):
        instrument[name] = _others(instrument[name], config.instrument[name].target, luck)
    instrument["cluster_events"] = replace(instrument["matchmaking"], form="c2c", scope="any", regular=True)
    return replace(
        config,
        world=replace(config.world, burn_in=3, programme=6, after=3),
        country=country,
        behaviour=replace(
            behaviour,
            public=replace(behaviour.public, financing=financing),
            review=replace(behaviour.review, rule=("fixed", "performance", "learning")[seed // 3]),
        ),
        instrument=instrument,
    )


def _section(parameters: Any, name: str, luck: Random) -> Any:
    """Parameters moved by up to 15 % within their ranges, after the FREQUENT ones are set."""
    moved = replace(parameters, **FREQUENT.get(name, {}))
    changes = {}
    for each in fields(moved):
        number = each.metadata.get("number")
        if number is not None and not number.whole:
            value = getattr(moved, each.name) * luck.uniform(0.85, 1.15)
            changes[each.name] = min(number.high, max(number.low, value))
    return replace(moved, **changes)


def _country(country: Any, organisations: int, scale: float) -> Any:
    """A country shrunk to so many real organisations, with one cluster for eight of them in the model."""
    shrink = organisations / country.value("rd_performing_organisations")
    figures = dict(country.figures)
    for name, value in (
        ("rd_performing_organisations", float(organisations)),
        ("population", country.value("population") * shrink),
        ("clusters", max(2.0, organisations * scale / 8.0) / scale),
    ):
        figures[name] = replace(figures[name], value=value)
    return replace(country, figures=figures, scale=scale)


def _instrument(plan: Any, luck: Random, organisations: int) -> Any:
    """Budgets for a few projects and events in a small world; targets that leave some out."""
    target = replace(
        plan.target, sectors=(), random_share=luck.choice((1.0, 0.8)), clustered=luck.choice((None, None, True)),
        innovative=luck.choice((None, None, True)), exporting=luck.choice((None, None, False)), staff_max=luck.choice((1e7, 2000.0)),
    )  # fmt: skip
    own = Random(f"{organisations} {plan.label}")  # beside the world's, so that what is added here leaves the worlds as they were
    changes: dict[str, Any] = {"target": target, "awareness": luck.uniform(0.3, 0.8)}
    if plan.start == 0:
        changes["end"] = 6
    if plan.kind == "joint_grants":
        changes |= {"shuffled_labels": luck.random() < 0.2, "least_members": own.choice((2, 2, 3)), "signed": own.random() < 0.3}
    if plan.kind == "matchmaking":
        changes["appointments"] = own.choice((1, 3))
        changes["form"] = luck.choice(("both", "c2c", "b2b"))
        changes["scope"] = luck.choice(("any", "any", "in_cluster", "cross_cluster", "cross_border"))
        for name in ("regular", "screened", "random_pairs"):
            changes[name] = luck.random() < (0.2 if name == "random_pairs" else 0.7)
    if plan.free:
        changes["dose"] = luck.choice((1.0, 0.6))
    elif plan.dose == 0.0:  # the one that lives on what others leave
        changes["residual_of"] = ("grants", "subsidy", "matchmaking")
    else:
        changes |= {"dose": luck.uniform(0.03, 0.15), "delay": luck.choice((0, 0, 1))}
    known = {each.name for each in fields(plan)}
    small = {
        "event_cost": organisations / 1000.0, "participant_cost": 0.0005, "places": 20, "attendance": 0.7, "candidates": 5,
        "setup_cost": 0.05, "running_cost": 0.01, "promotion_cost": 0.002, "joining": 0.2, "pull": 0.4, "congestion": 3.0,
        "cap": 0.4, "quarters": 4,
    }  # fmt: skip
    changes |= {name: value for name, value in small.items() if name in known}
    return replace(plan, **changes)


def _others(plan: Any, target: Any, luck: Random) -> Any:
    """For whom it is meant, but in all sectors; what it does to others, it does to those of this world; members come and go."""
    known = {each.name for each in fields(plan)}
    changes: dict[str, Any] = {
        "target": replace(target, sectors=(), countries=(), import_replacing=None, staff_max=1e7, random_share=luck.choice((1.0, 0.8))),
        "awareness": 0.9,
        "runs": ("grants", "subsidy", "matchmaking"), "steers": ("grants", "subsidy", "neutral_cash"), "promotes": ("grants",),
        "platforms": ("platform",), "joiners": ("KAZ", "ARM", "POL"), "secretariat": 1e-3, "cost": luck.choice((1e-3, 1e-4)),
        "key": {"RUS": 50.0, "BLR": 30.0, "KAZ": 20.0, "ARM": 20.0, "KGZ": 20.0}, "free_riders": ("BLR",), "noise": 0.6, "tolerance": 0.7,
        "worth": 1.5, "patience": 1, "stall": 0.2, "precondition": luck.random() < 0.3, "review_copies": 0.5, "cap": 0.02,
    }  # fmt: skip
    if plan.kind == "council":  # members judge for themselves, so that some leave
        changes |= {"worth": 2.0, "noise": 2.0, "tolerance": 0.2}
    if plan.kind == "re_equipment":  # worth its cost to some, and to none without the state
        changes["cost"] = plan.cost
    if plan.kind == "reimbursement":  # the calls before it leave nothing inside clusters
        changes["scope"] = "any"
    return replace(plan, **{name: value for name, value in changes.items() if name in known})
