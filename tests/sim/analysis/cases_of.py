"""Outcomes that are known functions of three shares, in the cases of a real design and on seeds whose luck is known."""

from collections.abc import Callable, Sequence

import numpy as np

from sim.analysis.sample import Index, Sample
from sim.analysis.varied import Varied
from sim.config import Config
from sim.experiments.cases import Factor, Vary
from sim.experiments.sampling import DESIGNS

PATHS = ("a", "b", "c")
Response = Callable[[np.ndarray], np.ndarray]


def sample(
    design: str, size: int, response: Response, config: Config, *, turns: int = 1, luck: float = 0.0, common: float = 0.0, seed: int = 1
) -> Sample:
    """response: of shares f8 (cases, 3).  luck, common: standard deviations of a run's own noise and of what a seed does everywhere.

    common = 0: every case has seeds of its own.
    """
    kind = "everywhere" if common else "arms"
    shares = DESIGNS[design](Vary(design, {}, kind, size, seed), tuple(Factor(path) for path in PATHS), {"status_quo": config})
    random = np.random.default_rng(seed)
    values = response(shares)[:, None] + luck * random.normal(size=(len(shares), turns)) + common * random.normal(size=turns)
    return Sample(Varied(design, size, kind, turns, PATHS, ((),) * 3, shares), values, 0.95)


def morris_over(factors: Sequence[Factor], size: int, response: Response, config: Config, *, seed: int = 1) -> Sample:
    """Trajectories as they are read from the files: values, and of levels their numbers.  response: of these places f8 (cases, factors)."""
    shares = DESIGNS["morris"](Vary("morris", {}, size=size, seed=seed), tuple(factors), {"status_quo": config})
    values = [[factor.at(share) for share in column] for factor, column in zip(factors, shares.T.tolist(), strict=True)]
    places = [[factor.levels.index(value) for value in own] if factor.levels else own for factor, own in zip(factors, values, strict=True)]
    levels = tuple(tuple(map(str, factor.levels)) for factor in factors)
    specs = tuple({"low": factor.low, "high": factor.high, "scale": "log"} if factor.logarithmic else None for factor in factors)
    found = np.array(places, dtype=np.float64).T
    paths = tuple(factor.path for factor in factors)
    return Sample(Varied("morris", size, "arms", 1, paths, levels, found, specs), response(found)[:, None], 0.95)


def by_name(found: list[Index]) -> dict[tuple[str, str], Index]:
    return {(index.path, index.measure): index for index in found}


def ishigami(shares: np.ndarray) -> np.ndarray:
    x, y, z = (np.pi * (2.0 * shares - 1.0)).T
    return np.asarray(np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def linear(shares: np.ndarray) -> np.ndarray:
    return np.asarray(4.0 * shares[:, 0] - 2.0 * shares[:, 1])


def nothing(shares: np.ndarray) -> np.ndarray:
    return np.zeros(len(shares))
