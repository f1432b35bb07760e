"""What each mechanism does for the targets: `python -m benchmarks.mechanisms [--seeds 2] [--workers 2] [--write]`.

The scorecard of the model as it is, and once more with every mechanism that the figures asked for switched off; prints a table in
markdown, with --write also into docs/evidence.md.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.scorecard import PAGE, between
from sim.commands.compose import compose_tree, load_config
from sim.commands.results import tell
from sim.evidence.measuring import MEASURING
from sim.evidence.score import lost, score, tally
from sim.evidence.targets import read_targets
from sim.experiments.design import build_design
from sim.experiments.execution import run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options

MECHANISMS: dict[str, tuple[list[str], dict[str, list[str]]]] = {
    "as it is": ([], {}),
    "one talks to whom one happens to sit beside": (["behaviour.search.seen=1"], {}),
    "fame goes unnoticed": (["behaviour.search.fame=0"], {}),
    "places do not specialise": (["behaviour.birth.place_spread=0"], {}),
    "reach as wide as before": (["behaviour.appraisal.stretch=1"], {}),
    "borders and distance bind science as they bind firms": (["behaviour.appraisal.science_relief=0"], {}),
    "a project of two may apply, and states consent one by one": (
        [],
        {"framework_call": ["instrument.grants.least_members=2", "instrument.grants.signed=false"]},
    ),
}
"""What is switched off -> values of all arms, and of one arm alone."""


def main() -> None:
    """Measure, and print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    cards = {}
    for name, (overrides, of_arms) in MECHANISMS.items():
        tell(name)
        cards[name] = measured(overrides, of_arms, given.seeds, given.workers)
    text = table(cards)
    print(text)
    if given.write:
        PAGE.write_text(between(PAGE.read_text(encoding="utf-8"), "mechanisms", text), encoding="utf-8")


def measured(overrides: list[str], of_arms: dict[str, list[str]], seeds: int, workers: int) -> pd.DataFrame:
    """The scorecard of the model with other values, some of them in one arm only."""
    asked = ["experiment=evidence", *overrides]
    design = build_design({**compose_tree(asked)["experiment"], "seeds": seeds})
    configs = {name: load_config([*asked, f"scenario={arm.scenario}", *of_arms.get(name, [])]) for name, arm in design.arms.items()}
    with TemporaryDirectory() as scratch:
        run_experiment(design, configs, Path(scratch), Options(ExecutorConfig.local(workers), simulation=MEASURING))
        return score(pd.read_parquet(Path(scratch) / "runs.parquet"), read_targets())


def table(cards: dict[str, pd.DataFrame]) -> str:
    """Tallies, and which targets change sides, one line a scorecard."""
    base = next(iter(cards.values()))
    lines = ["| model | fits met | checks met | lost | won |", "| --- | --- | --- | --- | --- |"]
    for name, card in cards.items():
        counts = tally(card)
        met = [f"{counts[role].met} of {counts[role].judged}" for role in ("fit", "check")]
        changed = [", ".join(lost(*pair)) or "-" for pair in ((base, card), (card, base))]
        lines.append(f"| {name} | {' | '.join([*met, *changed])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
