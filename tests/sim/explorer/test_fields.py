"""Fields of the page: what is refused is said at the field, which shows again what holds; nothing is dropped without a word."""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("solara")

import ipyvuetify
import solara

from sim.explorer.levers import panel
from sim.explorer.pages import world
from sim.explorer.pages.panels import Number
from sim.explorer.pages.parts import slider
from sim.explorer.pages.visitor import Visitor
from sim.explorer.pages.world import World
from tests.sim.explorer.sessions import SMALL

QUERY = f"v=1&world=demo&preset=grants&seed=3&size={SMALL}&q=1&t="


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    """Somebody who came by a link and stands in quarter 1."""
    found = Visitor(QUERY)
    found.enter()
    yield found
    found.leave()


class Page:
    """A part of the page as it is drawn."""

    def __init__(self, element: Any) -> None:
        _, self.context = solara.render(element, handle_error=False)

    def field(self, classes: str) -> Any:
        """A field by its class, as it is now."""
        return next(each for each in self.context.find(ipyvuetify.TextField).widgets if each.class_ == classes)

    def type(self, classes: str, typed: Any) -> None:
        """Type something and leave the field."""
        self.field(classes).fire_event("change", typed)


def lever(visitor: Visitor, name: str, field: str) -> Page:
    """A lever's field under "More numbers"."""
    assert visitor.session is not None
    found = panel(visitor.session, name)
    return Page(Number(visitor, next(each for each in (*found.levers, *found.details) if each.field == field)))


@pytest.mark.parametrize("typed", ["", None, "x"])
def test_an_emptied_field_shows_again_what_holds_and_says_so(visitor: Visitor, typed: Any) -> None:
    page = lever(visitor, "grants", "dose")
    before = page.field("lever-dose")
    page.type("lever-dose", typed)
    after = page.field("lever-dose")
    assert after is not before  # what the browser shows of the old one is what was typed
    assert after.v_model == "0.03"
    assert after.error_messages == [visitor.message.value]
    assert "Joint R&D grants, Dose: found nothing; allowed: a number from 0 to 1" in visitor.message.value
    assert visitor.session is not None
    assert visitor.session.timetable == ()


def test_a_refused_lever_says_so_at_its_own_field_until_something_else_is_done(visitor: Visitor) -> None:
    page, other = lever(visitor, "grants", "start"), lever(visitor, "grants", "end")
    page.type("lever-start", "999")
    assert page.field("lever-start").v_model == "0"
    assert "Begins, quarter: found 999; allowed: a whole number from -400 to 400" in page.field("lever-start").error_messages[0]
    assert other.field("lever-end").error_messages == []
    visitor.step()
    assert page.field("lever-start").error_messages == []


def test_a_quarter_before_the_opening_is_said_in_words(visitor: Visitor) -> None:
    field = lever(visitor, "national_grants", "start").field("lever-start")
    assert (field.label, field.v_model) == ("Begins: before the opening", "")


@pytest.mark.parametrize("typed", ["", "1e20", "-1", "1.5", "1e999"])
def test_a_seed_that_is_none_is_refused_at_its_field(visitor: Visitor, typed: str) -> None:
    page = Page(World(visitor))
    page.type("seed", typed)
    assert page.field("seed").v_model == "3"
    assert page.field("seed").error_messages == [visitor.message.value]
    assert "Luck (seed): found" in visitor.message.value
    page.type("seed", "5")
    assert (page.field("seed").v_model, page.field("seed").error_messages, visitor.message.value) == ("5", [], "")


def test_another_world_does_not_begin_by_the_press_that_left_a_refused_field(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(visitor, "begin", begun.append)
    page = Page(World(visitor))
    page.type("seed", "-3")
    button = page.context.find(ipyvuetify.Btn).widget
    button.click()
    assert (begun, visitor.message.value[:14]) == ([], "That cannot be")
    monkeypatch.setattr(world, "LEAVES", -1.0)
    button.click()
    assert [setting.seed for setting in begun] == [3]


def test_an_emptied_size_is_that_of_the_world_as_shipped_and_says_so(visitor: Visitor) -> None:
    page = Page(World(visitor))
    assert page.field("size").hint == "empty: as shipped"
    for _ in range(2):
        page.type("size", "")
        assert (page.field("size").v_model, page.field("size").hint) == ("300", "as shipped")
    page.type("size", "5")
    assert "Organisations: found 5; allowed: a whole number from 60" in page.field("size").error_messages[0]
    page.type("size", "900000")
    assert "900,000 organisations is too large for this server" in page.field("size").error_messages[0]


def test_the_bubble_of_a_slider_shows_per_cent_where_the_text_does() -> None:
    pulled: list[float] = []

    def pull(value: float) -> str:
        pulled.append(value)
        return ""

    _, context = solara.render(slider("Dose, %", 0.07, (0.0, 0.3), pull, "x", scale=100.0), handle_error=False)
    shown = context.find(ipyvuetify.Slider).widget
    assert (shown.v_model, shown.min, shown.max, shown.step) == (7.0, 0.0, 30.0, 0.3)
    shown.fire_event("change", 29.7)
    shown.fire_event("change", 31.0)
    assert pulled == [0.297]


def test_a_link_beyond_the_end_says_how_long_the_run_is() -> None:
    found = Visitor(QUERY.replace("q=1", "q=999"))
    found.enter()
    assert found.at_end
    assert "quarter 999, but this run has only 16 quarters" in found.message.value
    found.leave()
    found = Visitor(QUERY.replace("&q=1", ""))
    found.enter()
    assert "The link does not say: quarter (q)" in found.message.value
    found.leave()
