"""Runs of a rival on many seeds, as the scorecard wants them; rivals and the rich model side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from rivals.registry import Rival, measured
from sim.evidence.score import UNJUDGED
from sim.evidence.targets import COUNTED, GOOD

STANDS_FOR = ("status_quo", "framework_call")
"""Runs of the rich model that a rival's only run answers for: a world without policy, and one whose funded projects make the network."""
RICH = "rich"
Tell = Callable[[str], None]


def runs(rival: Rival, parameters: Any, seeds: Sequence[int], tell: Tell) -> pd.DataFrame:
    """A row a seed and run that it stands for: arm, seed, error, and a column a measure."""
    rows = []
    for done, seed in enumerate(seeds, 1):
        values = measured(rival, parameters, seed)
        rows += [{"arm": arm, "seed": seed, "error": None, **values} for arm in STANDS_FOR]
        tell(f"{rival.name}: {done} of {len(seeds)} seeds")
    return pd.DataFrame(rows)


def side_by_side(cards: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a target: target, what, unit, role, low, high, and of each model <name>_n, <name>_mean, <name>_verdict.

    cards: scorecards by model, the last of which names the targets; a target that another does not know is not measured there.
    """
    board = list(cards.values())[-1][["target", "what", "unit", "role", "low", "high"]].reset_index(drop=True)
    for name, card in cards.items():
        mine = card.set_index("target").reindex(board["target"])
        board[f"{name}_n"] = mine["n"].fillna(0).to_numpy(int)
        board[f"{name}_mean"] = mine["mean"].to_numpy()
        board[f"{name}_verdict"] = mine["verdict"].fillna(UNJUDGED).to_numpy()
    return board


def tallies(board: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One row a model and role: model, role, met, judged (targets of its own), met_common, common (targets that all models judge)."""
    judged = {name: board[f"{name}_verdict"] != UNJUDGED for name in names}
    everyone = pd.concat(judged, axis=1).all(axis=1)
    rows = []
    for name in names:
        good = board[f"{name}_verdict"].isin(GOOD)
        for role in COUNTED:
            mine = board["role"] == role
            of_all = mine & everyone
            rows.append(
                (name, role, int((good & mine).sum()), int((judged[name] & mine).sum()), int((good & of_all).sum()), int(of_all.sum()))
            )
    return pd.DataFrame(rows, columns=["model", "role", "met", "judged", "met_common", "common"])


def decided(board: pd.DataFrame, name: str) -> dict[str, list[str]]:
    """Counted targets that the rich model and this rival both judge: rich alone, rival alone, both, neither -> names."""
    here = board[board["role"].isin(COUNTED) & (board[f"{name}_verdict"] != UNJUDGED) & (board[f"{RICH}_verdict"] != UNJUDGED)]
    rich, rival = here[f"{RICH}_verdict"].isin(GOOD), here[f"{name}_verdict"].isin(GOOD)
    groups = {"the rich model alone": rich & ~rival, "the rival alone": rival & ~rich, "both": rich & rival, "neither": ~rich & ~rival}
    return {words: here.loc[mask, "target"].tolist() for words, mask in groups.items()}
