"""`crosscluster rivals`: published simple models against the same figures from outside, and beside the rich model's scorecard."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from rivals.fitting import BEST, MORE, POINTS, SEEDS, fitted
from rivals.registry import RIVALS, Rival
from rivals.report import page
from rivals.scoring import RICH, runs, side_by_side
from sim.commands.arguments import Arguments
from sim.commands.folders import check_file, choices, own_folders
from sim.commands.results import finished, tell, writable
from sim.config_check import ConfigError, build, listed
from sim.evidence.score import in_words, read_card, score
from sim.evidence.targets import Target, read_targets
from sim.experiments.store import StoreError, fresh_folder, write_text

GROUP = "rival"
USAGE = """usage: crosscluster rivals [--seeds 8] [--only NAME] [--against scorecard.csv] [--fit] [--points 80] [--results results]

Runs the simple models of rivals/ with the values of configs/rival/ on seeds 1, 2, ... and writes results/rivals/<time>/: a scorecard each,
and rivals.csv and rivals.md, which set them side by side.  --against: beside them the rich model, from a scorecard.csv of `crosscluster
evidence`.  --fit: first look for the free values anew (a quarter of an hour); they are scored and written as <name>.yaml, which may
replace the file in configs/rival/ or stand in a folder of your own."""


def main(arguments: list[str]) -> int:
    """Run, score, and say where the comparison is."""
    flags = _flags(arguments)
    targets = read_targets()
    rich = _scorecard(flags.against, targets) if flags.against else None
    results, chosen = writable(flags.results), _values(flags.only)
    texts: dict[str, str] = {}
    if flags.fit:
        chosen = {name: _fit(RIVALS[name], parameters, targets, flags.points, texts) for name, parameters in chosen.items()}
    seeds = list(range(1, flags.seeds + 1))
    cards = {name: score(runs(RIVALS[name], parameters, seeds, tell), targets) for name, parameters in chosen.items()}
    board = side_by_side(({} if rich is None else {RICH: rich}) | cards)
    texts |= {f"scorecard_{name}.csv": _csv(card) for name, card in cards.items()}
    texts["rivals.csv"] = _csv(board)
    texts["rivals.md"] = page(board, {name: RIVALS[name] for name in cards}, " ".join(["crosscluster rivals", *arguments]), seeds)
    try:
        folder = fresh_folder(results, "rivals")
        for name, text in texts.items():
            write_text(folder / name, text)
    except StoreError as error:
        raise ConfigError(f"results: {error}") from error
    for name, card in cards.items():
        tell(f"{RIVALS[name].label}: {in_words(card)}")
    finished(folder)
    return 0


def _flags(arguments: list[str]) -> Any:
    parser = Arguments("rivals", USAGE)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--only", default=None)
    parser.add_argument("--against", type=Path, default=None)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--results", default="results")
    flags = parser.parse_args(arguments)
    if not 1 <= flags.seeds < SEEDS[0]:
        raise ConfigError(f"rivals: --seeds: found {flags.seeds}; allowed: 1 to {SEEDS[0] - 1}, for the fit has the seeds from there on")
    if flags.points < 1:
        raise ConfigError(f"rivals: --points: found {flags.points}; allowed: 1 or more")
    return flags


def _values(only: str | None) -> dict[str, Any]:
    """The parameters of all rivals, or of one."""
    if only is not None and only not in RIVALS:
        raise ConfigError(f"rivals: --only: found '{only}'; allowed: {listed(RIVALS, only, GROUP)}")
    names = [only] if only is not None else list(RIVALS)
    files = choices(GROUP, own_folders())
    for name in names:
        if name not in files:
            raise ConfigError(f"{GROUP}.{name}: found no configs/{GROUP}/{name}.yaml; allowed: the shipped file, or one of your own")
    return {name: build(RIVALS[name].parameters, check_file(files[name]), f"{GROUP}.{name}") for name in names}


def _fit(rival: Rival, parameters: Any, targets: dict[str, Target], points: int, texts: dict[str, str]) -> Any:
    """The parameters with fitted values; leaves what is to be written in `texts`."""
    table = fitted(rival, parameters, targets, points, tell)
    best = replace(parameters, **{name: float(table[name].iloc[0]) for name in rival.free})
    seeds = f"seeds {', '.join(map(str, SEEDS))}, the best {BEST} of them on {MORE[0]} to {MORE[-1]} besides"
    head = f"# {rival.label}: {', '.join(rival.free)} fitted, the best of {points} points on {seeds}\n"
    texts[f"{rival.name}.yaml"] = head + yaml.safe_dump(asdict(best), sort_keys=False)
    texts[f"fit_{rival.name}.csv"] = _csv(table)
    return best


def _scorecard(path: Path, targets: Mapping[str, Target]) -> pd.DataFrame:
    """The rich model's scorecard; ConfigError where the file is none, or one of other bands."""
    wanted = ("target", "what", "unit", "role", "low", "high", "n", "mean", "verdict")
    try:
        card = read_card(path)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ConfigError(f"rivals: --against: cannot read {path}: {getattr(error, 'strerror', None) or 'it is no table'}") from error
    for name in wanted:
        if name not in card:
            raise ConfigError(
                f"rivals: --against: {path}: no column '{name}'; found {', '.join(map(str, card.columns[:12]))}; "
                "allowed: a scorecard.csv of 'crosscluster evidence'"
            )
    for row in card.to_dict("records"):
        target = targets.get(str(row["target"]))
        if target is not None and not np.allclose(_ends(target), [row["low"], row["high"]], equal_nan=True):
            raise ConfigError(
                f"rivals: --against: {path}: {row['target']}: found a band of {row['low']:g} to {row['high']:g}; "
                f"allowed: {_ends(target)[0]:g} to {_ends(target)[1]:g}, as the targets are now; measure the rich model anew"
            )
    return card


def _ends(target: Target) -> tuple[float, float]:
    return (target.band[0], target.band[1]) if target.band else (float(target.above or 0.0), float("nan"))


def _csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")
