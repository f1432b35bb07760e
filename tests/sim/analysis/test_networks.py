import numpy as np
import pytest

from sim.analysis import networks
from sim.analysis.results import Results

TRIANGLE = np.array([1, 2, 3]), np.array([2, 3, 1])


def test_a_triangle_is_closed() -> None:
    found = networks.tie_measures(*TRIANGLE)
    assert found["clustering"] == 1.0
    assert found["giant component"] == 1.0
    assert found["mean partners"] == 2.0


def test_two_pairs_are_half_a_network_each() -> None:
    found = networks.tie_measures(np.array([1, 3]), np.array([2, 4]))
    assert found["giant component"] == 0.5
    assert found["clustering"] == 0.0


def test_doubles_and_loops_do_not_count() -> None:
    assert networks.tie_measures(np.array([1, 2, 1]), np.array([2, 1, 1])) == networks.tie_measures(np.array([1]), np.array([2]))


def test_nobody_is_no_network() -> None:
    assert networks.tie_measures(np.array([], dtype=int), np.array([], dtype=int))["mean partners"] == 0.0


def test_a_project_of_four_links_six_pairs() -> None:
    found = networks.project_measures(np.zeros(4, dtype=int), np.arange(4))
    assert found["mean partners"] == 3.0
    assert found["clustering"] == 1.0


def test_the_two_mode_null_closes_triangles_by_itself() -> None:
    """Disjoint projects of four project on cliques; the null must not be told from them by clustering being above zero alone."""
    project, organisation = np.repeat(np.arange(25), 4), np.arange(100)
    null = list(networks.project_nulls(project, organisation, 5))
    assert all(measures["clustering"] == 1.0 for measures in null)


def test_the_null_of_ties_forgets_clustering() -> None:
    """Forty separate triangles: closed by construction, hardly ever closed when stubs are matched at random."""
    start = 3 * np.arange(40)
    a, b = np.concatenate([start, start + 1, start + 2]), np.concatenate([start + 1, start + 2, start])
    table = networks.against_null(networks.tie_measures(a, b), networks.tie_nulls(a, b, 10)).set_index("measure")
    assert table.loc["clustering", "value"] == 1.0
    assert table.loc["clustering", "null_mean"] < 0.2


def test_nulls_are_the_same_every_time() -> None:
    a, b = np.arange(50), (np.arange(50) * 7 + 1) % 50
    assert list(networks.tie_nulls(a, b, 3)) == list(networks.tie_nulls(a, b, 3))


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [((0, 0, 0), (1, 2, 3), 1.0), ((0, 1, 2), (1, 2, 0), 2 / 3), ((0, 1, 0), (1, 1, 0), 1.0)],
)
def test_hub_share(a: tuple[int, ...], b: tuple[int, ...], share: float) -> None:
    assert networks.hub_share(np.array(a), np.array(b)) == pytest.approx(share)


def test_hub_share_of_no_border() -> None:
    assert np.isnan(networks.hub_share(np.zeros(3), np.zeros(3)))


def test_summary_reads_partners_and_started_projects(results: Results) -> None:
    """Two joined triangles of six: 14 ends over 6; two projects of three with one member in common: 12 ends over 5."""
    table = networks.summary(results)
    own = table[table["arm"] == "cash"].set_index(["network", "measure"])["value"]
    assert own["ties", "mean partners"] == pytest.approx(14 / 6)
    assert own["ties", "hub share"] == 1.0
    assert own["projects", "mean partners"] == pytest.approx(12 / 5)
