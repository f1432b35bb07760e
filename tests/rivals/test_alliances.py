"""Alliances by labels: who gets in, through whom, how often, for how long."""

from dataclasses import replace

import numpy as np
import pytest

from rivals.alliances import Network, Parameters, simulate
from tests.rivals.small import ALLIANCES as P


def lived(p: Parameters, seed: int = 1) -> Network:
    """A network at its end."""
    network = Network(p, seed)
    for quarter in range(network.notes.end):
        network.step(quarter)
    return network


def test_without_a_taste_for_newcomers_nobody_gets_in_through_incumbents():
    network = lived(replace(P, burn_in=0, to_newcomers=0.0))
    seen: set[int] = set()
    for start in network.notes.starts:
        if start.members[0] in seen:
            assert not start.newcomers
        seen |= set(start.members)
    assert len(network.notes.starts) > 20


def test_with_nothing_but_a_taste_for_newcomers_incumbents_choose_them_while_there_are_any():
    network = lived(replace(P, burn_in=0, to_newcomers=1.0, organisations=2000, activity=0.004, larger=0.02))
    seen, chosen = set(), False
    for start in network.notes.starts:
        if start.members[0] in seen:
            chosen = True
            assert set(start.members[1:]) <= set(start.newcomers)
        seen |= set(start.members)
    assert chosen


def test_newcomers_who_ask_for_incumbents_meet_more_of_them():
    shy, bold = (simulate(replace(P, newcomer_to_labelled=share), 1).outcomes["newcomers_over_null"] for share in (0.05, 0.95))
    assert bold > shy


def test_more_activity_more_alliances_and_the_same_ones_are_not_fewer():
    calm, busy = (len(lived(replace(P, activity=rate)).notes.starts) for rate in (0.01, 0.03))
    assert busy > 1.5 * calm


def test_a_lifetime_of_one_quarter_is_a_hazard_of_one():
    outcomes = simulate(replace(P, lifetime=1.0), 1).outcomes
    assert outcomes["project_hazard"] == 1.0
    assert outcomes["project_spread"] == 0.0


def test_the_hazard_is_that_of_the_lifetime():
    outcomes = simulate(replace(P, lifetime=8.0, organisations=1000, burn_in=40), 1).outcomes
    assert outcomes["project_hazard"] == pytest.approx(1 - (1 - 1 / 8) ** 4, rel=0.1)


def test_labels_stay_and_spread_to_all_members():
    network = lived(P)
    incumbents = network.links > 0
    np.testing.assert_array_equal(incumbents, network.label >= 0)
    assert network.label.max() == network.labels - 1


def test_incumbents_who_stay_with_their_label_do_not_mix():
    """One label an alliance, if newcomers and incumbents alike choose none of another."""
    network = Network(replace(P, to_newcomers=0.5, same_label=1.0, newcomer_to_labelled=0.0), 1)
    for quarter in range(network.notes.end):
        network.step(quarter)
        for _, team in network.running:
            assert len(set(network.label[team].tolist())) == 1


def test_allies_come_nearer_and_without_exchange_nobody_moves():
    still, moving = lived(replace(P, exchange=0.0)), lived(replace(P, exchange=0.05))
    np.testing.assert_array_equal(still.position, Network(P, 1).position)
    assert moving.position.std() < still.position.std()
    assert (moving.position >= 0.0).all()


def test_the_attached_are_chosen_again():
    """Preferential attachment: links are spread more unevenly than activity alone would have it."""
    even = replace(P, activity_tail=4.0, to_newcomers=0.1, newcomer_to_labelled=0.9)
    links = lived(even).links
    assert links.max() > 5 * links[links > 0].mean()
