"""The card as it is drawn, without a browser: what is missing is called by its name, what is cut off is counted."""

import warnings
from dataclasses import replace
from typing import Any

import pytest

from sim.explorer.cards import organisation_card
from sim.explorer.cards import people as cards_of
from sim.explorer.opinion import summed
from sim.explorer.pages import card as cards
from sim.explorer.pages import reasons
from sim.explorer.pages.find import clusters
from sim.explorer.why import why
from sim.explorer.words import Words
from tests.sim.explorer.sessions import session

solara = pytest.importorskip("solara")


@pytest.fixture(scope="module")
def visitor() -> Any:
    """Somebody before a lively world."""
    from sim.explorer.pages.visitor import Visitor

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Solara's, on threads
        found = Visitor("")
    found.session = session("meet_then_pay", seed=5)
    found.session.run(4)
    return found


def said(element: Any) -> list[str]:
    """Every text of what is drawn."""

    def texts(widget: Any) -> list[str]:
        below = [*getattr(widget, "children", ()), *[each["children"] for each in getattr(widget, "v_slots", ())]]
        flat = [one for each in below for one in (each if isinstance(each, list) else [each])]
        return [text for each in flat for text in ([each] if isinstance(each, str) else texts(each))]

    box, context = solara.render(element, handle_error=False)
    try:
        return texts(box)
    finally:
        context.close()


def test_a_cluster_that_is_not_there_is_no_closed_organisation(visitor: Any) -> None:
    visitor.cluster.value, visitor.organisation.value = 1, None
    assert "There is no such cluster in this world any more." in said(cards.Card(visitor))
    visitor.organisation.value = 1
    assert "This organisation has closed." in said(cards.Card(visitor))


def test_lines_that_are_cut_off_are_counted(visitor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = visitor.session.policy.population
    all_ = [organisation_card(visitor.session.policy, int(id)) for id in people.id[people.alive]]
    most = max(all_, key=lambda each: len(each.partners))
    monkeypatch.setattr(cards, "LONG", 2)
    visitor.organisation.value = most.who.id
    assert f"and {len(most.partners) - 2} more" in said(cards.Card(visitor))


def test_who_is_short_of_money_or_foreign_is_told(visitor: Any) -> None:
    people = visitor.session.policy.population
    card = organisation_card(visitor.session.policy, int(people.id[people.alive][0]))
    for wanted, words in (("constrained", "Short of money"), ("foreign", "part of a foreign company")):
        for value in (True, False):
            drawn = cards.Organisation(visitor, replace(card, **{wanted: value}))
            assert any(words in each for each in said(drawn)) is value


def test_every_cluster_is_in_the_list_under_a_name_of_its_own(visitor: Any) -> None:
    world = visitor.session.policy
    for language in ("en", "ru"):
        found = clusters(world, Words(language))
        assert set(found) == set(world.clusters.key.tolist())
        assert len(set(found.values())) == len(found)
        assert list(found.values()) == sorted(found.values())


def test_a_decision_says_with_whom_on_whose_side_it_failed_and_what_spoke_for_and_against(visitor: Any) -> None:
    world, words = visitor.session.policy, Words("en")
    people = world.population
    found = [each for id in people.id[people.alive].tolist()[:40] for each in why(visitor.session, id)]
    refused = [each for each in found if each.outcome == "refused"]
    assert {reasons.side(each, words) for each in refused} >= {" (on its own side)", " (on the other side)", " (on both sides)"}
    for each in refused:
        lines = reasons.in_words(each, words)
        assert len(lines) == len(each.because)
        for line, thought in zip(lines, [one for one in each.opinions if not one.agrees], strict=True):
            who = "This organisation" if thought.who == each.who else f"{thought.who}"
            assert line.startswith(f"{who}: no. " if each.kind == "meeting" else f"{who} about {thought.of}: no. ")
            worst = min((row for row in summed(thought)[0][:-1] if row[0] != "base" and row[1] < 0.0), key=lambda row: row[1])
            assert f"Against: {words.of('term', worst[0])} {words.number(worst[1], summed(thought)[1])}" in line
    one = refused[0]
    partner = cards_of(world, [one.partner])[one.partner]
    assert any(reasons.named(partner, words) in each for each in said(reasons.Told(visitor, one, partner)))
    assert cards_of(world, [10**9]) == {}


def test_the_button_to_a_cluster_says_which_one(visitor: Any) -> None:
    people = visitor.session.policy.population
    inside = int(people.id[people.alive & (people.cluster >= 0)][0])
    one = organisation_card(visitor.session.policy, inside)
    named = clusters(visitor.session.policy, Words("en"))[one.who.cluster].split(" (")[0]
    assert f"in the cluster: {named}" in said(cards.Organisation(visitor, one))
