"""A results folder with effects that are known: every arm adds fixed numbers to the status quo, plus small noise of its own.

Noise of a seed is shared by all arms (common random numbers), so paired differences are the arm's effect plus its own noise.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiments.formats import MANIFEST_FORMAT, TABLES_FORMAT
from sim.experiments.store import write_table

SEEDS = 8
DOSE = 0.03
OWN_NOISE = 0.03
"""Noise of an arm of its own, as a share of the noise it shares with the status quo."""
PROGRAMME, AFTER = 20, 20
COUNTRIES = ["RUS", "BLR", "KAZ", "ARM", "KGZ"]
KEY = {"RUS": 0.85, "KAZ": 0.07, "BLR": 0.046, "KGZ": 0.02, "ARM": 0.014}

# arm: label, cost, innovations, private R&D, cross-cluster projects alive, projects started, productivity gain by country
ARMS = {
    "cash": ("Neutral cash", 1000.0, 40.0, -150.0, 0.0, 5.0, (0.002, 0.001, 0.002, 0.001, 0.001)),
    "subsidy": ("Single-firm R&D subsidy", 1002.0, 90.0, 300.0, -1.0, 0.0, (0.004, 0.003, 0.003, 0.002, -0.004)),
    "in_cluster": ("Joint grants in-cluster", 998.0, 110.0, 180.0, -20.0, 300.0, (0.004, 0.004, 0.002, 0.003, 0.001)),
    "cross_cluster": ("Joint grants cross-cluster", 1001.0, 160.0, 200.0, 60.0, 320.0, (0.005, 0.008, 0.004, 0.006, 0.003)),
    "matchmaking": ("Regular matchmaking B2B and C2C, with screening", 999.0, 30.0, 25.0, 18.0, 90.0, (0.001, 0.004, 0.002, 0.003, 0.001)),
    "meet_then_pay": ("Meet, then pay", 1000.0, 150.0, 160.0, 85.0, 380.0, (0.005, 0.009, 0.005, 0.007, 0.004)),
    "zero": ("Zero dose (placebo)", 0.0, 0.0, 0.0, 0.0, 0.0, (0.0, 0.0, 0.0, 0.0, 0.0)),
}
BASE = {
    "innovations": (20000.0, 900.0),
    "research_private": (90000.0, 4000.0),
    "research_total": (180000.0, 6000.0),
    "public_cost": (500.0, 10.0),
    "private_time": (20.0, 1.0),
    "projects_started": (4000.0, 150.0),
    "cross_cluster_started": (1500.0, 60.0),
    "cross_cluster_alive_end": (300.0, 20.0),
    "ties_end": (9000.0, 250.0),
    "absorbed": (0.0, 0.0),
}
OUTCOMES = {
    "A": {
        "column": "innovations",
        "label": "Innovations of everyone",
        "unit": "innovations per mln int$",
        "direction": "more",
        "per": "public_cost",
    },
    "B": {
        "column": "research_private",
        "label": "Net private R&D",
        "unit": "int$ per public int$",
        "direction": "more",
        "per": "public_cost",
    },
    "C": {"column": "cross_cluster_alive_end", "label": "Cross-cluster projects alive at the end", "unit": "projects", "direction": "more"},
    "D": {"column": "productivity", "label": "Worst-off member's gain", "unit": "ln points", "direction": "more", "countries": "worst"},
}
CLAIMS = {
    "cross_beats_in": {
        "text": "Cross-cluster grants bring more innovations than in-cluster grants",
        "arm": "cross_cluster",
        "against": ["in_cluster"],
        "outcome": "A",
    },
    "institutions_beat_money": {
        "text": "Meet-then-pay leaves more projects alive",
        "arm": "meet_then_pay",
        "against": ["cross_cluster", "matchmaking", "platform"],
        "outcome": "C",
    },
    "matchmaking_beats_cash": {
        "text": "Matchmaking draws more private R&D than cash",
        "arm": "matchmaking",
        "against": ["cash"],
        "outcome": "B",
    },
}
STAGES = {"firm": ["met", "agreed", "project", "business"], "cluster": ["event", "memorandum", "project", "business"]}
SIZES = {"firm": [60000.0, 6000.0, 2500.0, 900.0], "cluster": [370.0, 40.0, 30.0, 10.0]}


def luck(*key: int) -> np.random.Generator:
    """The same numbers for the same key."""
    return np.random.default_rng([2021, *key])


def make(folder: Path, seeds: int = SEEDS, doses: tuple[float, ...] = (DOSE,), panel: bool = False) -> Path:
    """Write the whole folder and return it; with `panel`, the lists of ties and projects too."""
    folder.mkdir(parents=True, exist_ok=True)
    points = [("status_quo", "Status quo", 0.0)]
    points += [(arm, values[0], dose) for arm, values in ARMS.items() for dose in ((0.0,) if arm == "zero" else doses)]
    _save(folder, "runs", [_run(arm, label, dose, seed) for arm, label, dose in points for seed in range(1, seeds + 1)])
    _save(folder, "series", [row for arm, _, dose in points for seed in range(1, seeds + 1) for row in _series(arm, dose, seed)])
    _save(folder, "funnel", [row for arm, _, dose in points for seed in range(1, seeds + 1) for row in _funnel(arm, dose, seed)])
    _save(folder, "ledger", [row for arm, _, dose in points for seed in range(1, seeds + 1) for row in _ledger(arm, dose, seed)])
    if panel:
        _save(folder, "ties", [row for arm, _, dose in points for row in _ties(arm, dose)])
        _save(folder, "projects", [row for arm, _, dose in points for row in _projects(arm, dose)])
    (folder / "manifest.json").write_text(json.dumps(_manifest(points, seeds, doses)))
    return folder


def _save(folder: Path, name: str, rows: list[dict]) -> None:
    write_table(pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False), folder / f"{name}.parquet")


def _effect(arm: str, dose: float) -> dict[str, float]:
    if arm == "status_quo":
        return {}
    _, cost, innovations, private, alive, started, gains = ARMS[arm]
    share = dose / DOSE
    effect = {"public_cost": cost, "innovations": innovations, "research_private": private, "research_total": cost + private}
    effect |= {
        "cross_cluster_alive_end": alive,
        "projects_started": started,
        "cross_cluster_started": started / 2,
        "private_time": cost / 50,
    }
    effect |= {f"productivity_{iso}": gain for iso, gain in zip(COUNTRIES, gains, strict=True)}
    return {name: value * share for name, value in effect.items()}


def _run(arm: str, label: str, dose: float, seed: int) -> dict:
    own = 0.0 if dose == 0.0 else 1.0
    effect = _effect(arm, dose)
    row = {"experiment": "synthetic", "world": "eaeu", "arm": arm, "label": label, "dose": dose, "seed": seed, "pair": seed, "factor": 1.0}
    row |= {"placebo": arm == "zero", "error": None}
    columns = BASE | {"productivity": (0.0, 0.05)} | {f"productivity_{iso}": (0.0, 0.05) for iso in COUNTRIES}
    for number, (name, (mean, sd)) in enumerate(columns.items()):
        shared = luck(seed, number).normal() * sd
        noise = luck(seed, number, list(ARMS).index(arm)).normal() * OWN_NOISE * sd * own if arm in ARMS else 0.0
        row[name] = mean + shared + effect.get(name, 0.0) + noise
    row["absorbed"] = {"status_quo": 0.0, "zero": 0.0, "cross_cluster": 0.82}.get(arm, 1.0)
    row |= {
        "started_anyway": 3600.0 if arm != "status_quo" else row["projects_started"],
        "started_additional": 400.0,
        "started_displaced": 100.0,
    }
    paid = effect.get("projects_started", 0.0) * 1.5 if "cluster" in arm or arm == "meet_then_pay" else 0.0
    return row | {"funded_started": paid, "funded_anyway": 0.3 * paid, "config.world.name": "eaeu"}


def _series(arm: str, dose: float, seed: int) -> list[dict]:
    rows = []
    total = _effect(arm, dose)
    for number, name in enumerate(("innovations", "research_private", "productivity")):
        effect = total.get(name, total.get("productivity_RUS", 0.0))
        shared = luck(seed, 100 + number).normal(size=PROGRAMME + AFTER).cumsum()
        own = (
            luck(seed, 200 + number, list(ARMS).index(arm)).normal(size=PROGRAMME + AFTER) * 0.05
            if total and dose
            else np.zeros(PROGRAMME + AFTER)
        )
        for quarter in range(PROGRAMME + AFTER):
            ramp = min(quarter, PROGRAMME) / PROGRAMME * (1.0 if quarter < PROGRAMME else 0.97 ** (quarter - PROGRAMME))
            value = 100.0 + shared[quarter] + effect * (ramp / 30 + own[quarter] / 60)
            rows.append(
                {
                    "arm": arm,
                    "dose": dose,
                    "seed": seed,
                    "pair": seed,
                    "quarter": quarter,
                    "country": "POLICY",
                    "indicator": name,
                    "value": value,
                }
            )
    return rows


def _funnel(arm: str, dose: float, seed: int) -> list[dict]:
    more = 1.0 + _effect(arm, dose).get("projects_started", 0.0) / 600.0
    rows = []
    for ladder, stages in STAGES.items():
        for stage, size in zip(stages, SIZES[ladder], strict=True):
            value = size * more * (1 + 0.02 * luck(seed, len(stage)).normal()) / 2
            rows += [
                {
                    "arm": arm,
                    "dose": dose,
                    "seed": seed,
                    "pair": seed,
                    "quarter": q,
                    "ladder": ladder,
                    "channel": "chance",
                    "stage": stage,
                    "value": value * part,
                }
                for q, part in ((0, 0.5), (39, 2.0))
            ]
    return rows


def _ledger(arm: str, dose: float, seed: int) -> list[dict]:
    head = {"arm": arm, "dose": dose, "seed": seed, "pair": seed}
    rows = [
        head | {"quarter": 0, "programme": "national", "payer": iso, "payee": iso, "kind": "grant", "amount": 40.0} for iso in COUNTRIES
    ]
    for iso, share in KEY.items():
        amount = _effect(arm, dose).get("public_cost", 0.0) * share / PROGRAMME
        rows += [
            head | {"quarter": q, "programme": arm, "payer": iso, "payee": iso, "kind": "grant", "amount": amount * 1.1}
            for q in range(PROGRAMME)
        ]
        rows += [
            head | {"quarter": q, "programme": arm, "payer": iso, "payee": iso, "kind": "claw_back", "amount": -amount * 0.1}
            for q in range(PROGRAMME)
        ]
        rows += [
            head | {"quarter": q, "programme": arm, "payer": iso, "payee": iso, "kind": "private_time", "amount": 9.0}
            for q in range(PROGRAMME)
        ]
    return rows


def _ties(arm: str, dose: float) -> list[dict]:
    """Two triangles of partners in two countries, joined by one tie over the border, and a contact."""
    pairs = [(1, 2), (2, 3), (1, 3), (4, 5), (5, 6), (4, 6), (3, 4)]
    head = {"arm": arm, "dose": dose, "seed": 1, "pair": 1, "stage": "memorandum"}
    rows = [head | {"a": a, "b": b, "country_a": "RUS" if a < 4 else "BLR", "country_b": "RUS" if b < 4 else "BLR"} for a, b in pairs]
    return [*rows, rows[0] | {"a": 1, "b": 6, "stage": "contact", "country_b": "BLR"}]


def _projects(arm: str, dose: float) -> list[dict]:
    """Two projects of three members each that share a member, one that never started."""
    head = {"arm": arm, "dose": dose, "seed": 1, "pair": 1, "weight": 1.0}
    members = [(7, 1.0, (1, 2, 3)), (8, 2.0, (3, 4, 5)), (9, np.nan, (5, 6, -1))]
    return [
        head | {"key": key, "started": started} | {f"member_{n + 1}": who for n, who in enumerate(ids)} for key, started, ids in members
    ]


def _manifest(points: list[tuple[str, str, float]], seeds: int, doses: tuple[float, ...]) -> dict:
    figure = {"value": 57.0, "year": 2021, "quality": "estimate", "source": "analyst estimate, unverified"}
    found = {"value": 1.09, "year": 2020, "quality": "found", "source": "UNESCO UIS via Our World in Data"}
    countries = {iso: {"name": iso.title(), "figures": {"berd_share_of_gerd_pct": figure, "gerd_pct_gdp": found}} for iso in COUNTRIES}
    claimed = {"sha256": "ab" * 32, "question": "Does it pay?", "baseline": "status_quo", "outcomes": OUTCOMES, "claims": CLAIMS}
    return {
        "format": MANIFEST_FORMAT,
        "tables_format": TABLES_FORMAT,
        "state": "complete",
        "experiment": "synthetic",
        "id": "20261122-053400",
        "question": "For the same public money, does cross-cluster support beat in-cluster support?",
        "command": "crosscluster experiment experiment=synthetic",
        "about": {"facts": None, "shadowed": []},
        "preregistration": claimed,
        "config": {
            "world": {"name": "eaeu", "label": "EAEU", "calendar": 2021, "burn_in": 40, "programme": PROGRAMME, "after": AFTER},
            "country": countries,
            "behaviour": {"learning": {"mar": 0.006, "al_p": 0.05}},
        },
        "config_sha256": "cd" * 32,
        "points": [
            {
                "arm": arm,
                "label": label,
                "dose": dose,
                "factor": 1.0,
                "scenario": arm,
                "placebo": arm == "zero",
                "own": [arm],
                "residual": [],
                "changes": {},
            }
            for arm, label, dose in points
        ],
        "baseline": "status_quo",
        "headline_dose": doses[len(doses) // 2],
        "policy_countries": COUNTRIES,
        "seeds": list(range(1, seeds + 1)),
        "reserved_seeds": [9001, 9002],
        "doses": {"source": "shipped", "sha256": "ef" * 32, "gap_max": 0.004},
        "model_sha256": "12" * 32,
        "versions": {"python": "3.11.7", "numpy": "2.4.6"},
        "commit": {"hash": "0" * 40, "dirty": True},
        "machine": {"system": "Linux", "machine": "x86_64", "processor": "", "cores": 2, "features": []},
        "workers": 2,
        "started": "2026-11-22T05:34:00Z",
        "finished": "2026-11-22T05:36:00Z",
        "seconds": 120.0,
        "runs": {"done": len(points) * seeds, "of": len(points) * seeds},
        "failures": [],
    }
