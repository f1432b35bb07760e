"""The proof of a calibration, on a toy model: known values are found, and a proof that is none is told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.evidence.calibration import Calibration
from sim.evidence.emulator import Emulators
from sim.evidence.matching import Match, Observed
from sim.evidence.recovery import as_targets, figures_of, in_words, recover
from sim.experiments.design import Design
from tests.sim.evidence.test_calibration import FACTORS, TARGETS, wave
from tests.sim.evidence.toy_response import NAMES, NOISE, found, response, sample, toy_match

TRUTHS = sample(24, seed=9)


@pytest.fixture(scope="module")
def match() -> Match:
    return toy_match()


def figures(points: np.ndarray, noise: float = NOISE) -> np.ndarray:
    """What runs at known values give, on seeds of their own."""
    luck = np.random.default_rng(7).normal(size=(len(points), 2))
    return np.column_stack(list(response(points).values())) + noise * luck


def test_values_that_are_known_are_found_again(match: Match):
    """A 90 % interval holds the truth as often as it says; those that figures see are narrowed, the other is not."""
    told: list[tuple[int, int]] = []
    table = recover(match, NAMES, TRUTHS, figures(TRUTHS), lambda now, of: told.append((now, of))).set_index("parameter")
    assert told == [(n + 1, len(TRUTHS)) for n in range(len(TRUTHS))]
    assert table["truths"].tolist() == [len(TRUTHS)] * 3
    assert table["coverage"].min() > 0.8
    assert ((table["coverage_low"] <= table["coverage"]) & (table["coverage"] <= table["coverage_high"])).all()
    assert table.loc[["seen", "bent"], "width"].max() < 0.5
    assert table.loc["unseen", "width"] == pytest.approx(1.0, abs=0.08)
    assert "TOO SELDOM" not in in_words(table.reset_index())


def test_a_weak_figure_proves_nothing(match: Match):
    """What a calibration may not rule out with, its proof may not either."""
    weak = Match(tuple(replace(one, weak=True) for one in match.targets), match.emulators)
    assert recover(weak, NAMES, TRUTHS[:4], figures(TRUTHS[:4]))["width"].min() == pytest.approx(1.0, abs=0.1)


def test_luck_that_a_wave_shares_is_allowed_for():
    """All points of the wave are shifted by the luck of its seeds; the truths by theirs."""
    at = sample()
    shifted = {name: replace(one, means=one.means + shift, seed_variance=NOISE**2, own_variance=1e-6)
               for (name, one), shift in zip(found(at, noise=0.001).items(), (NOISE, -NOISE), strict=True)}  # fmt: skip
    table = recover(Match.fitted(at, shifted), NAMES, TRUTHS, figures(TRUTHS))
    assert table["coverage"].mean() > 0.8


def test_intervals_that_are_too_narrow_are_told(match: Match):
    """Whoever believes in no luck at all holds too few."""
    sure = Match(tuple(replace(one, seed_variance=1e-9) for one in match.targets), match.emulators)
    assert "TOO SELDOM" in in_words(recover(sure, NAMES, TRUTHS, figures(TRUTHS, noise=3.0 * NOISE)))


def test_emulators_that_are_surely_wrong_are_told(match: Match):
    """Surfaces that were taught the mirror image hold hardly any truth, and the sentence says of which parameters."""
    mirrored = Emulators.fitted(1.0 - match.emulators.points, match.emulators.values, match.emulators.noise)
    table = recover(Match(match.targets, mirrored), NAMES, TRUTHS, figures(TRUTHS))
    assert table["coverage"].iloc[0] < 0.5
    assert "TOO SELDOM: seen" in in_words(table)


def test_figures_become_targets_and_one_that_is_not_there_rules_nothing_out(match: Match):
    own = as_targets(match, np.array([0.7, np.nan]))
    assert own[0].low == own[0].high == 0.7
    assert own[0].seed_variance == 2.0 * match.targets[0].seed_variance  # the luck of the truth, and that of the wave
    assert not np.any(own[1].implausibility(np.array([-1e9, 0.0, 1e9]), 0.0))


def test_figures_are_those_of_the_targets_in_their_order_and_nan_where_no_run_gave_one(match: Match):
    seen = {"bend": Observed("bend", 0.0, 1.0, np.array([0.1, 0.2]), 0.01, 0.01)}
    assert figures_of(match, seen, 2) == pytest.approx(np.array([[np.nan, 0.1], [np.nan, 0.2]]), nan_ok=True)


def test_truths_are_values_of_their_own_on_seeds_of_their_own(design: Design):
    first = Calibration.of([wave(sample(60))], TARGETS, FACTORS)
    asked = first.truths(design, 10)
    assert asked.vary is not None
    assert asked.vary.luck == "arms"  # every case draws seeds of its own
    points = np.column_stack([[factor.share(value) for value in asked.vary.over[factor.path]["values"]] for factor in FACTORS])
    assert points.shape == (10, 3)
    gaps = np.linalg.norm(points[:, None] - first.points[None], axis=2)
    assert gaps.min() > 1e-4
    assert first.truths(design, 10) == asked


def test_the_sentence_counts_what_is_narrowed():
    """Intervals as wide as the range hold the truth for nothing."""
    table = pd.DataFrame(
        {
            "parameter": ["a", "b", "c"],
            "truths": 40,
            "coverage": [0.9, 0.5, 1.0],
            "coverage_high": [0.97, 0.66, 1.0],
            "width": [0.2, 0.5, 1.0],
        }
    )
    assert in_words(table).endswith("of the 2 parameters that are narrowed hold 70%; TOO SELDOM: b")
    assert "no parameter is narrowed" in in_words(table[table["width"] > 0.9])
