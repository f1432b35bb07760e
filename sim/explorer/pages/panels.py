"""Levers and money on the page."""

from collections.abc import Sequence
from typing import Any

import solara
from reacton import ipyvuetify as v

from sim.config_check import describe, refuse
from sim.explorer.budget import CENT, Line
from sim.explorer.levers import OPTIONS, Lever, Panel, hint, outside, plain, waiting
from sim.explorer.pages.parts import choice, fold, number, several, slider, table, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.words import Words


@solara.component
def Levers(visitor: Visitor) -> None:
    """Instruments of the preset, those that are on, and those that were taken off the shelf."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    if seen is None:
        return
    there, taken = seen.panels, visitor.taken.value
    shown = [panel for panel in there if panel.preset or panel.state != "off" or panel.name in taken]
    shelf = {panel.name: words.name("instrument", panel.name, panel.label) for panel in there if panel not in shown}

    def take(name: str) -> None:
        visitor.taken.value = (*taken, name)

    def switched(now: bool) -> None:
        visitor.now.value = now

    now = words("page.now") if seen.at_end else words("page.now_in", quarter=seen.quarter)
    whens = {True: now, False: words("page.later")}
    choice(words("page.holds"), visitor.now.value, whens, switched, "when")
    choice(words("page.others"), None, shelf, take, "shelf")
    text(visitor.note.value, classes="small voided", role="status")
    for panel in sorted(shown, key=lambda panel: (panel.name not in taken, panel.preset)):
        Instrument(visitor, panel).key(f"{panel.name}")


@solara.component
def Instrument(visitor: Visitor, panel: Panel) -> None:
    """One instrument: dose, and on request the rest."""
    words, alert = visitor.words, visitor.message.value
    more, set_more = solara.use_state(False)
    with v.Card(outlined=True, class_=f"instrument instrument-{panel.name}"):
        with v.Html(tag="div", class_="instrument-head"):
            text(words.name("instrument", panel.name, panel.label), "b")
            text(_state(panel, words), "span", classes=f"state state-{panel.state}")
        dose = panel.levers[0]
        value, (low, high) = float(dose.value), dose.shown
        label, scale = (words("lever.dose"), 1.0) if panel.free else (f"{words('lever.dose')}, %", 100.0)
        slider(label, value, (low, max(high, value)), lambda new: tried(visitor, dose, new), panel.name, alert, scale)
        with v.Html(tag="div", class_="instrument-foot"):
            text(_dose(visitor, panel, dose), "span", classes="dose-value")
            if dose.waiting is not None:
                waits = words.number(float(dose.waiting), 2) if panel.free else f"{words.number(100.0 * float(dose.waiting), 2)} %"
                text(words("page.waiting", value=waits), "span", classes="waits")
            if panel.state == "off":
                solara.Button(words("page.switch_on"), on_click=lambda: visitor.pull(dose.key, panel.usual), small=True, text=True)
            else:
                solara.Button(words("page.switch_off"), on_click=lambda: visitor.pull(dose.key, 0.0), small=True, text=True)
            solara.Button(words("page.less" if more else "page.more"), on_click=lambda: set_more(not more), small=True, text=True)
        if more:
            text(words.name("about", panel.kind, plain(panel.about, words)), classes="small")
            text(f"{words('page.source')}: {words.name('source', panel.source, panel.source)}", classes="small")
            for lever in (*panel.levers, *panel.details):
                Number(visitor, lever).key(lever.key)


@solara.component
def Number(visitor: Visitor, lever: Lever) -> None:
    """A number or a list of an instrument, with its unit, range and source as they are declared."""
    words, alert = visitor.words, visitor.message.value

    def pulled(value: Any) -> str:
        return tried(visitor, lever, value)

    label = words.of("lever", lever.field)
    if lever.number is None:
        options = {each: words.of(OPTIONS[lever.field], each) for each in lever.options}
        chosen = [each for each in lever.value if each in options]
        several(label if chosen else f"{label}: {words('page.everybody')}", chosen, options, pulled, alert)
    else:
        name, beyond = f"lever-{lever.field.replace('.', '-')}", outside(lever, words)
        label = f"{label.partition(',')[0]}: {beyond}" if beyond else label
        number(label, float(lever.value), pulled, lever.number.whole, hint(lever.number, words), name, alert, bool(beyond))
    if lever.waiting is not None:
        text(words("page.waiting", value=waiting(lever, words)), classes="small")


def tried(visitor: Visitor, lever: Lever, value: Any) -> str:
    """Pull a lever; says why that is refused, "" where it is not.  A number cannot be nothing, whatever its field allows in a file."""
    if value is None:
        visitor.refuse(refuse(lever.key, value, describe(None, lever.number)))
    elif visitor.pull(lever.key, value):
        return ""
    return visitor.message.value


def _state(panel: Panel, words: Words) -> str:
    """How it stands; of one that is not open yet, since it begins later, when it will be."""
    if panel.state != "waits":
        return words.of("state", panel.state)
    return words("state.waits", quarter=next(lever.value for lever in panel.levers if lever.field == "start"))


def _dose(visitor: Visitor, panel: Panel, dose: Lever) -> str:
    """The dose; where it is money, a share in per cent and what that offers a year."""
    words, seen, value = visitor.words, visitor.seen, float(dose.value)
    if panel.free:
        return words.number(value, 2)
    share = f"{words.number(100.0 * value, 2)} %"
    a_year = seen.prices.get(panel.name) if seen is not None else None
    return share if a_year is None else words("page.price", share=share, price=words.number(value * a_year, 1))


@solara.component
def Purse(visitor: Visitor) -> None:
    """What was paid so far, in a line."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    if seen is not None:
        found = seen.budget
        numbers = {name: words.number(value, 1) for name, value in (("paid", found.paid), ("twin", found.paid_twin), ("new", found.new))}
        text(words("page.paid", **numbers), classes="small paid")


@solara.component
def Money(visitor: Visitor) -> None:
    """The ledger so far; on request what was offered, overhead, and what came from other programmes."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    if seen is None:
        return
    lines = seen.budget.lines
    text(words("ledger.unit"), classes="small")
    rows = [_booked(line, BOOKS, words) + _absorbed(line, words) for line in lines]
    table(rows, _titles((*BOOKS, "absorbed", "payers"), words), "ledger")
    text(words("ledger.sum"), classes="small sum")
    fold(
        words("ledger.more"),
        lambda: table([_booked(line, MORE_BOOKS, words) for line in lines], _titles(MORE_BOOKS, words), "ledger"),
        "more-books",
    )


BOOKS = ("brought", "arrived", "taken_over", "paid", "lapsed", "left", "promised")
"""Columns of the ledger that are always there, by the names of sim/explorer/budget.py: what adds up, in the order in which it does."""
MORE_BOOKS = ("offered", "overhead", "private_time")
"""The others."""


def _titles(columns: Sequence[str], words: Words) -> list[str]:
    return [words.of("ledger", name) for name in ("programme", *columns)]


def _booked(line: Line, columns: Sequence[str], words: Words) -> list[str]:
    """A programme and its numbers."""
    name = words.name("instrument", line.programme, line.label)
    return [name, *(words.number(getattr(line, column), 1) for column in columns)]


def _absorbed(line: Line, words: Words) -> list[str]:
    """The part of its money that was spent, and who paid."""
    paid = ((iso, each.paid) for iso, each in line.payers.items() if each.paid > 0.0)
    spent = words("ledger.overhead_alone") if line.paid > CENT >= line.paid - line.overhead else f"{words.number(100.0 * line.absorbed)} %"
    return [
        spent if line.absorbed == line.absorbed else "–",
        ", ".join(f"{words.of('country', iso)} {words.number(amount, 1)}" for iso, amount in paid),
    ]
