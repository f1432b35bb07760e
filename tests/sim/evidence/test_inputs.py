"""Whether a world keeps what was put in: the largest gap counts, whichever way it goes, and neighbours stand apart."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.evidence.measures.inputs import capital, kept
from sim.evidence.watch import NAN


def watched(living: tuple[int, ...], iso: tuple[str, ...] = ("RUS", "BLR", "DEU")) -> Any:
    """Three countries founded with 4, 4 and 40 organisations, of which so many live; the last is a neighbour, each for ten.

    Odd rows live in the second of the two places of each country; all spend as much as their row's number.
    """
    rows = np.repeat([0, 1, 2], living)
    people = SimpleNamespace(
        alive=np.ones(len(rows), bool), country=rows, place=2 * rows + np.arange(len(rows)) % 2, research_mean=np.arange(1.0, len(rows) + 1)
    )
    countries = SimpleNamespace(
        iso=list(iso), policy=np.array([True, True, False]), gerd=np.array([10.0, 1.0, 100.0]), organisations=np.array([4.0, 4.0, 40.0])
    )
    places = SimpleNamespace(country=np.repeat([0, 1, 2], 2), name=["Moscow", "Kazan", "Gomel", "Minsk", "Bonn", "Ulm"])
    return SimpleNamespace(
        world=SimpleNamespace(population=people, countries=_sized(countries), places=places, weight=np.where(rows == 2, 10.0, 1.0))
    )


def _sized(countries: SimpleNamespace) -> Any:
    class Countries(SimpleNamespace):
        def __len__(self) -> int:
            return len(self.iso)

    return Countries(**vars(countries))


def research(*last: float) -> dict[str, np.ndarray]:
    """Two years of R&D by quarter: only the last year counts."""
    return {"research": np.vstack([np.full((4, len(last)), 999.0), np.tile(last, (4, 1))])}


@pytest.mark.parametrize(
    ("living", "expected"),
    [((4, 4, 4), 0.0), ((4, 3, 4), 25.0), ((4, 5, 4), 25.0), ((2, 5, 4), 50.0), ((4, 4, 2), 0.0)],
)
def test_the_largest_gap_of_a_policy_country_counts_up_or_down(living: tuple[int, ...], expected: float):
    assert kept(watched(living), research(10.0, 1.0, 100.0))["organisations_kept"] == pytest.approx(expected)


def test_neighbours_stand_apart_and_count_what_they_stand_for():
    found = kept(watched((4, 4, 3)), research(10.0, 1.0, 100.0))
    assert found["organisations_kept"] == pytest.approx(0.0)
    assert found["neighbours_kept"] == pytest.approx(25.0)


def test_research_is_that_of_the_last_year_over_that_of_the_start():
    assert kept(watched((4, 4, 4)), research(11.0, 0.7, 500.0))["research_kept"] == pytest.approx(30.0)


def test_the_capital_s_part_is_of_its_own_country():
    """Rows 4 to 7 are Belarus, of which 5 and 7 are in Minsk: R&D of 6 + 8 of 5 + 6 + 7 + 8."""
    assert capital(watched((4, 4, 4))) == pytest.approx(100 * 14 / 26)
    assert np.isnan(capital(watched((4, 4, 4), iso=("RUS", "KAZ", "DEU")))) == np.isnan(NAN)
