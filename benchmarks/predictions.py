"""What the articles predict, asked of the model: `python -m benchmarks.predictions [world=eaeu] [--seeds 8] [--workers 2] [--write]`.

Every seed is one burn-in and the histories that follow it, one an arm, with the same luck; a number is either an association inside the
status quo (benchmarks/associations.py) or the difference that an arm makes on the same seed.  Prints a page in markdown, with --write also
into docs/predictions.md.  The predictions are in benchmarks/claims.py.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from agents.population import Population
from benchmarks.associations import (
    NAN,
    Partners,
    People,
    Waiting,
    attraction,
    by_cluster,
    coopetition,
    export_gain,
    growth,
    high_tech_exports,
    inward,
    premium,
    rank_correlation,
)
from benchmarks.claims import PREDICTIONS, Prediction
from sim.commands.compose import load_config
from sim.experiments.processes import local_processes
from sim.frames import history
from sim.indicators import indicators
from sim.outcomes import outcomes
from sim.step import step
from sim.world import World

DOCS = Path(__file__).resolve().parents[1] / "docs" / "predictions.md"
YEAR, YOUNG, LATER = 4, 8, 20
"""Quarters: of a year; after which clusters still are young; that the arms of fading live on."""
ARMS: dict[str, tuple[str, ...]] = {
    "status_quo": (),
    "meet_then_pay": ("scenario=meet_then_pay",),
    "meet_abroad": ("scenario=matchmaking", "instrument.matchmaking.scope=cross_border"),
    "pay_abroad": ("scenario=grants_cross_border",),
    "meet_across": ("scenario=matchmaking", "instrument.matchmaking.scope=cross_cluster"),
    "decreed": ("scenario=decreed_clusters",),
    "grown": ("scenario=grown_clusters",),
    "council": ("scenario=eaeu_council_harmonisation",),
    "strategies": ("scenario=eaeu_council_strategies",),
    "reimbursed": ("scenario=single_reimbursement",),
    "enlarged": ("scenario=enlargement",),
    "shut": ("scenario=borders_shut",),
    "no_own_sector": ("behaviour.learning.spillover_sector=0",),
    "no_other_sectors": ("behaviour.learning.spillover_variety=0",),
}
LIVE_ON = ("status_quo", "meet_then_pay")
Values = dict[str, float]


class Tally:
    """Profit and sales of the firms of one moment, summed while they are there."""

    def __init__(self, firms: People) -> None:
        self.firms = firms
        self.profit, self.sales = np.zeros(len(firms.id)), np.zeros(len(firms.id))

    def look(self, people: Population) -> None:
        """At the end of a quarter."""
        rows = self.firms.rows
        there = people.id[rows] == self.firms.id
        self.profit += np.where(there, people.profit[rows], 0.0)
        self.sales += np.where(there, people.sales[rows], 0.0)

    @property
    def margin(self) -> np.ndarray:
        """Profit over sales, f8 (n,), nan for those who sold nothing."""
        return np.divide(self.profit, self.sales, out=np.full(len(self.sales), np.nan), where=self.sales > 0.0)


def burn_in(world: World) -> Values:
    """Until programmes open: who finds a foreign partner, and how clusters turn outward."""
    waiting, found = Waiting(world), {}
    networked: Waiting | None = None
    while world.quarter < world.opens:
        step(world)
        waiting.look(world)
        if networked is None and world.quarter >= min(YOUNG, world.opens - 1):
            found["inward young"], networked = inward(world), Waiting(world)
        elif networked is not None:
            networked.look(world)
    assert networked is not None
    return found | {
        "inward grown": inward(world),
        "hazard in clusters": waiting.hazard_ratio("member"),
        "hazard in networks": networked.hazard_ratio("networked"),
    }


def associations(world: World) -> Values:
    """The status quo from its opening to the end of the horizon: who gains what, given what he was."""
    people = world.population
    firms, partners, clusters = People.of(world), Partners.of(world), by_cluster(world)
    share = people.export_sales[firms.rows] / np.maximum(people.sales[firms.rows], 1e-9)
    tally = Tally(firms)
    while world.quarter < horizon(world):
        step(world)
        tally.look(people)
    now, later = People.of(world), by_cluster(world)
    gain, then = (values["competitive"][: len(clusters["links"])] for values in (later, clusters))
    found = {
        "profit premium": 100 * premium(firms, np.clip(tally.margin, -1.0, 1.0)),
        "quality of members": 100 * growth(firms, now, firms.member, "quality"),
        "fitness with business abroad": 100 * growth(firms, now, partners.business_abroad[firms.rows] > 0.0),
        "links of the competitive": rank_correlation(later["competitive"], later["links"]),
        "links first": rank_correlation(clusters["links"], gain - then),
        "affiliates to clusters": attraction(world),
        "export share with ties": 100 * export_gain(firms, world, share, partners.across[firms.rows]),
    }
    return found | {name: 100 * value for name, value in coopetition(world, firms, now, partners).items()}


def horizon(world: World) -> int:
    """The quarter in which the horizon ends."""
    return world.opens + world.config.world.programme + world.config.world.after


def measured(world: World) -> Values:
    """Outcomes of an arm at the end of its horizon, and what outcomes do not have."""
    table, open_ = history(world), slice(world.opens, None)
    levels = indicators(table)
    domestic = table["projects_started"] - table["cross_border_started"]
    return (
        outcomes(world)
        | by_the_state(world)
        | {
            "niche": levels["niche"][-1, -2],
            "domestic_started": float(domestic[open_, -2].sum()),
            "high_tech_exports": high_tech_exports(world),
            "sales": levels["sales"][-1, -2],
        }
    )


def by_the_state(world: World) -> Values:
    """Partners inside, per member, of the clusters that programmes founded and of the others."""
    networking, new = world.clusters.networking, np.zeros(world.clusters.count, bool)
    new[[row for programme in world.programmes.values() for row in programme.founded]] = True
    policy = world.countries.policy[world.clusters.country]
    means = {"new clusters": networking[new], "old clusters": networking[~new & policy]}
    return {name: float(values.mean()) if len(values) else NAN for name, values in means.items()}


def late(world: World) -> Values:
    """A few years after the horizon of the others: cross-cluster projects of the last year."""
    while world.quarter < horizon(world) + LATER:
        step(world)
    return {"cross_cluster_late": float(history(world)["cross_cluster_started"][-YEAR:, -2].sum())}


def seed_values(seed: int, overrides: Sequence[str]) -> dict[str, Values]:
    """Everything that one seed says: arm -> name -> value, associations under `status_quo`."""
    world = World(load_config(["scenario=status_quo", *overrides]), seed)
    found = {"status_quo": burn_in(world)}
    snapshot = world.snapshot()
    for arm, changes in ARMS.items():
        world = World.resume(snapshot, load_config(["scenario=status_quo", *overrides, *changes]))
        found.setdefault(arm, {})
        if arm == "status_quo":
            found[arm] |= associations(world)
        while world.quarter < horizon(world):
            step(world)
        found[arm] |= measured(world)
        if arm in LIVE_ON:
            found[arm] |= late(world)
    return found


def page(predictions: Iterable[Prediction], runs: list[dict[str, Values]], command: str, world: str) -> Iterable[str]:
    """The page, line by line."""
    told = [(prediction, prediction.verdict(runs)) for prediction in predictions]
    words = ("holds", "holds in part", "depends", "does not hold in part", "does not hold", "not seen")
    counts = {word: sum(verdict.startswith((f"{word}.", f"{word} (")) for _, verdict in told) for word in words}
    lines = sum(len(prediction.lines) for prediction, _ in told)
    yield "# What the articles predict, and what the model says"
    yield ""
    yield f"Made by `{command}`: world `{world}`, {len(runs)} seeds."
    yield "A number is the mean over seeds with its 95 % interval (t, paired where it compares arms); it covers luck, not values."
    yield "*holds*: the interval lies on the predicted side of no effect. *does not hold*: on the other side. *not seen*: it covers none."
    yield "*in part*: some lines hold, others are not seen. *depends*: some lines hold and others show the opposite."
    yield f"{lines} numbers are looked at; about {round(0.05 * lines)} would leave out no effect by luck alone."
    yield ""
    yield "Most predictions are about mechanisms that the model has because the literature says so; that one holds here is no proof of it"
    yield "outside. Associations (given size, sector, R&D and country) are no causes. Articles and keys: [sources.md](sources.md)."
    yield ""
    yield f"**Of {len(told)} predictions {', '.join(f'{word}: {count}' for word, count in counts.items())}.**"
    for prediction, verdict in told:
        yield from ("", f"## {prediction.title} {prediction.source}", "", f"**{verdict}** {prediction.reading}".rstrip(), "")
        yield from ("| what | predicted | found | |", "| --- | --- | --- | --- |", *(line.row(runs) for line in prediction.lines))


def main() -> None:
    """Print the page; with --write also keep it."""
    parser = argparse.ArgumentParser(description="Ask the model what the articles predict.")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster run`: world=..., values")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write docs/predictions.md")
    wanted = parser.parse_args()
    overrides = list(wanted.overrides)
    if not any(one.startswith("world=") for one in overrides):
        overrides.insert(0, "world=eaeu")
    with local_processes(wanted.workers) as pool:
        runs = []
        for done in pool.map(partial(seed_values, overrides=overrides), range(1, wanted.seeds + 1)):
            runs.append(done)
            print(f"{len(runs)} of {wanted.seeds} seeds", file=sys.stderr)
    command = " ".join(["python -m benchmarks.predictions", *overrides, f"--seeds {wanted.seeds}", "--write"])
    text = "\n".join(page(PREDICTIONS, runs, command, load_config(overrides).world.name)) + "\n"
    print(text, end="")
    if wanted.write:
        DOCS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
