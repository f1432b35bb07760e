"""Do clusters that look inward lose variety?  `python -m benchmarks.lock_in [world=eaeu] [--seeds 8] [--write]`.

Nothing in the model says so: variety is only measured.  Two questions, each answered with an interval over seeds (mean over seeds
+- t sd / sqrt(seeds), for clusters of one seed are not independent).
1. Among clusters of the status quo: change over 5 and 10 years on the share of ties that lead out of the cluster at the opening, least
   squares with ln members and the level at the opening (what is high falls back), clusters of at least `LEAST` members with ties.
2. Between paired worlds: from the opening on nobody meets anybody outside the own cluster by chance or through partners (`INWARD`),
   less the status quo with the same luck.
With --write the page becomes docs/lock_in.md.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from agents.membership import survey
from sim.classification import dissect
from sim.commands.compose import load_config
from sim.step import step
from sim.world import World

DOCS = Path(__file__).resolve().parents[1] / "docs" / "lock_in.md"
STATUS_QUO, INWARD = "status quo", "inward"
ARMS = {STATUS_QUO: [], INWARD: ["behaviour.search.chance_rate=0", "behaviour.search.partner_rate=0"]}
YEARS, QUARTERS = (5, 10), 4
LEAST = 3
MEASURES = {"variety": "effective fields of mean knowledge", "distance": "mean cognitive distance between members"}

WHY = """
## Where this comes from

Three things in how knowledge is made keep a cluster from narrowing, whoever its members know. Transfers and spillovers only fill gaps, so
partners inside level what members know *upwards*: members grow alike, but the cluster as a whole forgets no field. Every field fades at
one rate. And a fixed part of research explores the sector's fields at random: new fields come in without any tie.
A joint agenda [N20] (`behaviour.learning.agenda`, research directed by what partners know) was added after a first look at these tables
had shown no lock-in; it was given one round value and not tuned. Loss of variety as Menzel and Fornahl (2010) describe it would also
need returns to what one does already (March 1991: exploitation crowds out exploration), which the model has not. So read these
tables as a *fit* that was tried, and the claim as open: inward clusters grow alike and fall behind; that they lose variety is not shown.
"""


def look(world: World) -> pd.DataFrame:
    """What is needed of every cluster now, by key."""
    now, body = survey(world.population, world.ties, world.clusters), dissect(world)
    columns = {"members": now.members, "variety": now.variety, "distance": body.distance, "ties": body.ties, "outside": body.outside}
    return pd.DataFrame(columns, index=pd.Index(world.clusters.key, name="key"))


def histories(overrides: list[str], seed: int) -> dict[tuple[str, int], pd.DataFrame]:
    """(arm, years since the opening) -> clusters, from one burn-in."""
    world = World(load_config(["scenario=status_quo", *overrides]), seed)
    while world.quarter < world.opens:
        step(world)
    snapshot, seen = world.snapshot(), {}
    for arm, changes in ARMS.items():
        world = World.resume(snapshot, load_config(["scenario=status_quo", *overrides, *changes]))
        for year in (0, *YEARS):
            while world.quarter < world.opens + QUARTERS * year:
                step(world)
            seen[arm, year] = look(world)
    return seen


def changes(seen: dict[tuple[str, int], pd.DataFrame], arm: str, year: int, measure: str) -> pd.DataFrame:
    """Clusters with ties at the opening and enough members then and at the end, with the change of a measure."""
    start, end = seen[arm, 0], seen[arm, year].reindex(seen[arm, 0].index)
    kept = start[(start["members"] >= LEAST) & (end["members"] >= LEAST) & (start["ties"] > 0)]
    return kept.assign(share=kept["outside"] / kept["ties"], change=(end[measure] - start[measure])[kept.index])


def slope(clusters: pd.DataFrame, measure: str) -> float:
    """Least squares: change on share of outside ties, given ln members and the level at the start; coefficient of the share."""
    regressors = (np.ones(len(clusters)), clusters["share"], np.log(clusters["members"]), clusters[measure])
    return float(np.linalg.lstsq(np.column_stack(regressors), clusters["change"].to_numpy(), rcond=None)[0][1])


def interval(values: list[float]) -> tuple[float, float, float]:
    """(mean, low, high) of one number a seed, 95 %."""
    mean, n = float(np.mean(values)), len(values)
    half = float(stats.t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def shown(values: list[float]) -> str:
    """Mean with its interval."""
    return "{:+.3f} ({:+.3f} to {:+.3f})".format(*interval(values))


def verdict(rising: list[float]) -> str:
    """Whether the sign of lock-in, a change the greater the more ties lead out, is there."""
    _, low, high = interval(rising)
    return "**emerges**" if low > 0.0 else "**wrong sign**" if high < 0.0 else "does not emerge"


def paired_verdict(own: list[float], loss: list[float]) -> str:
    """Whether clusters of the inward world lose, or only fall behind those of the status quo."""
    if interval(own)[2] < 0.0 < interval(loss)[1]:
        return "**emerges**"
    return {"**emerges**": "falls behind, loses nothing"}.get(verdict(loss), verdict(loss))


def page(runs: list[dict[tuple[str, int], pd.DataFrame]], command: str) -> Iterable[str]:
    """The page, line by line."""
    yield from (
        "# Do clusters that look inward lose variety?",
        "",
        f"Made by `{command}`; {len(runs)} seeds, means with 95 % intervals over seeds.",
    )
    yield from ("How: [benchmarks/lock_in.py](../benchmarks/lock_in.py). Lock-in is measured here and set nowhere.", "")
    yield from ("## Among clusters of the status quo", "")
    yield "*Slope*: change with all ties leading out less change with none, given size and level at the opening."
    yield from (
        "",
        "| measure | years | clusters a seed | mean change | slope on share of outside ties | lock-in |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for measure, meaning in MEASURES.items():
        for year in YEARS:
            samples = [changes(seen, STATUS_QUO, year, measure) for seen in runs]
            mean, slopes = [float(sample["change"].mean()) for sample in samples], [slope(sample, measure) for sample in samples]
            size = sum(len(sample) for sample in samples) / len(samples)
            yield f"| {measure}: {meaning} | {year} | {size:.0f} | {shown(mean)} | {shown(slopes)} | {verdict(slopes)} |"
    yield from ("", "## A world that looks inward, less the status quo of the same luck", "")
    yield "From the opening on nobody meets outsiders by chance or through partners. *Own change*: of the clusters in that world."
    yield from ("", "| measure | years | own change | difference of the changes | lock-in |", "| --- | --- | --- | --- | --- |")
    for measure in MEASURES:
        for year in YEARS:
            own = [float(changes(seen, INWARD, year, measure)["change"].mean()) for seen in runs]
            usual = [float(changes(seen, STATUS_QUO, year, measure)["change"].mean()) for seen in runs]
            loss = [there - here for there, here in zip(usual, own, strict=True)]
            yield f"| {measure} | {year} | {shown(own)} | {shown([-one for one in loss])} | {paired_verdict(own, loss)} |"
    yield from WHY.rstrip().split("\n")


def main() -> None:
    """Print the page; with --write also keep it."""
    parser = argparse.ArgumentParser(description="Measure whether inward-looking clusters lose variety.")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster run`: world=..., values")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--write", action="store_true", help="write docs/lock_in.md")
    wanted = parser.parse_args()
    overrides = list(wanted.overrides)
    if not any(one.startswith("world=") for one in overrides):
        overrides.insert(0, "world=eaeu")
    command = " ".join(["python -m benchmarks.lock_in", *overrides, f"--seeds {wanted.seeds}", "--write"])
    text = "\n".join(page([histories(overrides, seed) for seed in range(1, wanted.seeds + 1)], command)) + "\n"
    print(text, end="")
    if wanted.write:
        DOCS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
