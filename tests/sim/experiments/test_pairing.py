import pandas as pd

from sim.experiments.pairing import paired_starts


def starts(*rows):
    return pd.DataFrame(rows, columns=["members", "programme", "weight"])


def test_same_members_in_the_baseline_happen_anyway():
    baseline = starts((1, "", 1.0), (2, "", 1.0), (3, "", 20.0))
    arm = starts((1, "grants", 1.0), (3, "", 20.0), (4, "grants", 1.0), (5, "", 1.0))
    assert paired_starts(arm, baseline, ["grants"]) == {
        "started_anyway": 21.0,
        "started_additional": 2.0,
        "started_displaced": 1.0,
        "funded_started": 2.0,
        "funded_anyway": 1.0,
    }


def test_a_second_project_of_the_same_members_needs_a_second_one_in_the_baseline():
    arm = starts((1, "grants", 1.0), (1, "grants", 1.0))
    assert paired_starts(arm, starts((1, "", 1.0)), ["grants"])["started_anyway"] == 1.0


def test_the_baseline_is_its_own_pair():
    baseline = starts((1, "", 1.0), (2, "national", 1.0))
    paired = paired_starts(baseline, baseline, [])
    assert paired["started_anyway"] == 2.0
    assert paired["started_additional"] == paired["started_displaced"] == paired["funded_started"] == 0.0


def test_nothing_started():
    assert set(paired_starts(starts(), starts(), ["grants"]).values()) == {0.0}
