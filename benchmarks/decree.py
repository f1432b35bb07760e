"""Clusters by command or around a network?  `python -m benchmarks.decree [world=eaeu] [--seeds 8] [--write]`.

[N20]: a cluster cannot be created by command, a primary network comes first.  Three worlds of one seed share their luck up to and after
the opening: nothing is founded; clusters are founded by decree; the same number, size and money around networks that are there.  The
three are looked at 0, 5 and 10 years after the founding; money for the clusters ends after 5.

Founders of a grown cluster are those who have partners anyway, and such organisations innovate more, founded or not.  So partners and
innovations are given twice: as they are, and less those of the very same organisations in the world where nothing was founded, which is
what founding has changed.  Means over seeds with 95 % intervals (t); a seed is one observation, for its clusters are not independent.
With --write the page becomes docs/decree.md.
"""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from agents.clusters import ClusterStage
from agents.membership import survey
from agents.ties import TieStage
from benchmarks.lock_in import interval
from sim.commands.compose import load_config
from sim.config import Config
from sim.step import step
from sim.world import World

DOCS = Path(__file__).resolve().parents[1] / "docs" / "decree.md"
FORMS = ("decreed", "grown")
YEARS, QUARTERS = (5, 10), 4
Values = dict[str, float]
MEASURES = {
    "partners a member inside": "networking",
    "partners a founder among the founders": "partners",
    "the same less without the cluster": "partners gained",
    "emerging or active, share of those founded": "alive",
    "two members or more, share of those founded": "standing",
    "members": "members",
    "founders still inside, share of those who live": "stayed",
    "innovations a founder and year": "innovations",
    "innovations less without the cluster": "gain",
}
WEAK = {"networking": "more networked", "stayed": "keep more of their founders", "innovations": "innovate more"}
BROUGHT = {"partners gained": "partners", "gain": "innovations"}
WHY = """
*In the strong form it depends on one mechanism*: networks do come to clusters founded by decree, because members of a cluster meet each
other through its organisation, and who meets often enough agrees sooner or later. Add `behaviour.search.cluster_rate=0`, its null value,
to see what is left of a decreed cluster. So a decree is worth what its cluster organisation is able to broker, and what it lacks is the
choice of members. Whether an organisation without a network brokers as well as one that grew out of one is not known; in the model both
draw their capability from the same range, which favours the decree. A stage once reached is kept.
"""


class Founders:
    """The founding members of a world's new clusters, and what they have invented since."""

    def __init__(self, world: World) -> None:
        people, self.rows = world.population, world.programmes["decree"].founded
        inside = np.flatnonzero(people.alive & np.isin(people.cluster, self.rows))
        self.cluster = dict(zip(people.id[inside].tolist(), people.cluster[inside].tolist(), strict=True))


class Past:
    """What there has been in a world since the opening: innovations by id, and partners by memorandum as they are now, pairs of ids."""

    def __init__(self) -> None:
        self.innovations: dict[int, float] = {}
        self.partners: list[tuple[int, int]] = []

    def note(self, world: World) -> None:
        """Add the quarter that has just ended; what the dying invented in it is lost, in every world."""
        people = world.population
        for row in np.flatnonzero(people.alive & (people.innovations > 0)):
            key = int(people.id[row])
            self.innovations[key] = self.innovations.get(key, 0.0) + float(people.innovations[row])

    def now(self, world: World) -> "Past":
        """A copy, with partners as of now."""
        copy, table = Past(), world.ties
        signed = table.living()[table.stage[table.living()] >= TieStage.MEMORANDUM]
        a, b = (world.population.id[end[signed]].tolist() for end in (table.a, table.b))
        copy.innovations, copy.partners = dict(self.innovations), list(zip(a, b, strict=True))
        return copy

    def innovated(self, founders: dict[int, int], years: int) -> float:
        """Innovations a founder and year; the dead count, and invent nothing."""
        return float(np.mean([self.innovations.get(each, 0.0) / years for each in founders]))

    def partnered(self, founders: dict[int, int]) -> float:
        """Partners a founder has among those of his cluster, the dead included who have none."""
        inside = [a for a, b in self.partners if a in founders and founders[a] == founders.get(b, -1)]
        return 2.0 * len(inside) / len(founders)


def plan(config: Config, form: str | None) -> Config:
    """The world's own programmes with a decree of this form, or one that founds nothing."""
    decree: Any = load_config(["world=demo", "instrument=[decree]"]).instrument["decree"]
    terms: dict[str, Any] = {"start": 0, "end": QUARTERS * YEARS[0], "target": replace(decree.target, sectors=())}
    terms |= {"form": form} if form else {"dose": 0.0}
    return replace(config, instrument=dict(config.instrument) | {"decree": replace(decree, **terms)})


def lives(snapshot: bytes, config: Config) -> Iterable[tuple[int, World, Past]]:
    """A world right after the founding quarter and after some years, and its past."""
    world, past = World.resume(snapshot, config), Past()
    for years in (0, *YEARS):
        while world.quarter < world.opens + max(1, QUARTERS * years):
            step(world)
            past.note(world)
        yield years, world, past.now(world)


def histories(overrides: list[str], seed: int) -> dict[tuple[str, int], Values]:
    """(form, years) -> measures, from one burn-in."""
    config = load_config(["scenario=status_quo", *overrides])
    world = World(config, seed)
    while world.quarter < world.opens:
        step(world)
    snapshot, seen = world.snapshot(), {}
    usual = {years: past for years, _, past in lives(snapshot, plan(config, None))}
    for form in FORMS:
        founders: Founders | None = None
        for years, world, past in lives(snapshot, plan(config, form)):
            founders = founders or Founders(world)
            seen[form, years] = measured(world, founders, past, usual[years], max(1, years))
    return seen


def measured(world: World, founders: Founders, past: Past, usual: Past, years: int) -> Values:
    """Means over the clusters founded, and over their founders."""
    people, rows, now = world.population, founders.rows, survey(world.population, world.ties, world.clusters)
    if not rows:
        return dict.fromkeys(MEASURES.values(), float("nan"))
    stage, members = world.clusters.stage[rows], now.members[rows]
    living = [row for row in np.flatnonzero(people.alive) if int(people.id[row]) in founders.cluster]
    partners, innovations = past.partnered(founders.cluster), past.innovated(founders.cluster, years)
    return {
        "networking": float(np.mean(now.networking[rows])),
        "alive": float(np.mean(((stage == ClusterStage.EMERGING) | (stage == ClusterStage.ACTIVE)) & (members > 1))),
        "standing": float(np.mean(members > 1)),
        "members": float(np.mean(members)),
        "stayed": float(np.mean([people.cluster[row] == founders.cluster[int(people.id[row])] for row in living])) if living else 0.0,
        "partners": partners,
        "partners gained": partners - usual.partnered(founders.cluster),
        "innovations": innovations,
        "gain": innovations - usual.innovated(founders.cluster, years),
        "founded": float(len(rows)),
    }


def shown(values: list[float]) -> str:
    """Mean with its interval, of seeds that have a value."""
    there = [value for value in values if np.isfinite(value)]
    return "{:.3f} ({:.3f} to {:.3f})".format(*interval(there)) if len(there) > 1 else "-"


def found(runs: list[dict[tuple[str, int], Values]], claims: dict[str, str]) -> str:
    """Measure -> words, each with whether its paired difference at the end is seen above zero."""
    said = []
    for name, words in claims.items():
        low = interval([run["grown", YEARS[-1]][name] - run["decreed", YEARS[-1]][name] for run in runs])[1]
        said.append(f"{words} ({'seen' if low > 0.0 else 'not seen'})")
    return ", ".join(said)


def page(runs: list[dict[tuple[str, int], Values]], command: str) -> Iterable[str]:
    """The page, line by line."""
    yield from ("# Clusters by command, or around a network?", "", f"Made by `{command}`; {len(runs)} seeds.")
    yield from ("How: [benchmarks/decree.py](../benchmarks/decree.py). Means over seeds with 95 % intervals; the difference is paired.", "")
    number = {form: np.mean([run[form, 0].get("founded", 0.0) for run in runs]) for form in FORMS}
    yield f"Clusters founded a seed: {number['decreed']:.1f} decreed, {number['grown']:.1f} grown."
    yield from ("", "| measure | years | decreed | grown | grown less decreed |", "| --- | --- | --- | --- | --- |")
    for label, name in MEASURES.items():
        for years in (0, *YEARS) if name in ("networking", "members") else YEARS:
            one, other = ([run[form, years][name] for run in runs] for form in FORMS)
            gap = [b - a for a, b in zip(one, other, strict=True)]
            yield f"| {label} | {years} | {shown(one)} | {shown(other)} | {shown(gap)} |"
    yield from ("", "## What follows", "")
    yield f"*In the weak form* clusters around a network, ten years on, {found(runs, WEAK)}, than those by decree."
    yield f"What founding itself brought them beyond a decree (the lines *less without the cluster*): {found(runs, BROUGHT)}."
    yield "Where the first is seen and the second is not, the difference is who the founders are, not what founding did."
    yield from WHY.rstrip().split("\n")


def main() -> None:
    """Print the page; with --write also keep it."""
    parser = argparse.ArgumentParser(description="Compare clusters founded by decree with clusters around a network.")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster run`: world=..., values")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--write", action="store_true", help="write docs/decree.md")
    wanted = parser.parse_args()
    overrides = list(wanted.overrides)
    if not any(one.startswith("world=") for one in overrides):
        overrides.insert(0, "world=eaeu")
    command = " ".join(["python -m benchmarks.decree", *overrides, f"--seeds {wanted.seeds}", "--write"])
    text = "\n".join(page([histories(overrides, seed) for seed in range(1, wanted.seeds + 1)], command)) + "\n"
    print(text, end="")
    if wanted.write:
        DOCS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
