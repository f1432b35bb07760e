"""A model whose outcomes are known functions of three parameters and of luck, in the shape of the real one.

u1, u2, u3: the shares that three numbers of the configuration have come through their ranges.  Columns of runs.parquet, of which the arm
with an instrument adds the second part:

innovations   10 + 6 u1 + 3 u2                    + Ishigami(u1, u2, u3)
linear        noise(seed)                         + 4 u1 + 2 u2 + noise(seed, u) / 10
noisy         CASES (u1 - 1/2) sqrt(12) + SEEDS noise(seed) + REST noise(seed, u)       (variances CASES^2, SEEDS^2, REST^2)
chance        0                                   + noise(seed, u)
public_cost   0                                   + 2 + u2
gain_RUS      0                                   + u1
gain_BLR      0                                   + 1 - u1
"""

import hashlib
import json
import math
from statistics import NormalDist
from typing import Any

import pandas as pd

from sim.experiments.study import Simulation
from tests.sim.experiments.toy_model import ToyResult

RANGES: dict[str, Any] = {
    "behaviour.appraisal.base": [-4.0, -2.0],
    "behaviour.appraisal.trust": {"low": 0.01, "high": 1.0, "scale": "log"},
    "behaviour.appraisal.leakage": None,
}
PATHS = tuple(RANGES)
CASES, SEEDS, REST = 1.0, 0.7, 0.5
FIRST_ORDER = (0.3139, 0.4424, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437)
"""Sobol' indices of the Ishigami function with a = 7, b = 0.1 (Ishigami and Homma 1990)."""

NOTHING = pd.DataFrame({"members": [], "programme": [], "weight": []})


def ishigami(u: tuple[float, float, float]) -> float:
    x, y, z = (math.pi * (2.0 * share - 1.0) for share in u)
    return math.sin(x) + 7.0 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)


def noise(*key: Any) -> float:
    """A standard normal number, the same for the same key."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return NormalDist().inv_cdf((int.from_bytes(digest[:7], "big") + 0.5) / 2**56)


def burn_in(config: Any, seed: int, progress: Any = None) -> bytes:
    return json.dumps(seed).encode()


def shares(config: Any) -> tuple[float, float, float]:
    appraisal = config.behaviour.appraisal
    return (appraisal.base + 4.0) / 2.0, 1.0 + math.log10(appraisal.trust) / 2.0, appraisal.leakage / 3.0


def continue_from(snapshot: bytes, config: Any, progress: Any = None, tables: bool = True) -> ToyResult:
    seed, u, paid = json.loads(snapshot), shares(config), "neutral_cash" in config.instrument
    outcomes = {
        "innovations": 10.0 + 6.0 * u[0] + 3.0 * u[1] + paid * ishigami(u),
        "linear": noise(seed) + paid * (4.0 * u[0] + 2.0 * u[1] + noise(seed, u) / 10.0),
        "noisy": CASES * (u[0] - 0.5) * math.sqrt(12.0) + SEEDS * noise(seed) + REST * noise(seed, u),
        "chance": paid * noise(seed, u),
        "public_cost": paid * (2.0 + u[1]),
        "gain_RUS": paid * u[0],
        "gain_BLR": paid * (1.0 - u[0]),
    }
    return ToyResult(outcomes, NOTHING, NOTHING, NOTHING, NOTHING)


RESPONSE = Simulation(burn_in, continue_from)
