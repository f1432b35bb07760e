"""Cards of an organisation and of a cluster on the page."""

from collections.abc import Mapping, Sequence
from typing import Any

import solara
from reacton import ipyvuetify as v

from agents.organisation import Gone
from sim.explorer.cards import LINE, MONEY, ClusterCard, OrganisationCard, Partner, Project, Who, cluster_card, organisation_card, seat
from sim.explorer.pages.find import Find
from sim.explorer.pages.parts import fold, head, table, text
from sim.explorer.pages.reasons import Why, named
from sim.explorer.pages.visitor import Visitor
from sim.explorer.session import Session
from sim.explorer.words import Words

LONG = 30
"""Lines of a list on a card."""


@solara.component
def Card(visitor: Visitor) -> None:
    """The way to every card, and the card of what was chosen last."""
    _, words, organisation, cluster = visitor.tick.value, visitor.words, visitor.organisation.value, visitor.cluster.value
    Find(visitor)
    with solara.Column(gap="4px", classes=["card"]):
        if organisation is not None:
            try:
                one = visitor.read(lambda session: organisation_card(session.policy, organisation))
            except Gone:
                text(words("card.gone"))
            else:
                if one is not None:
                    Organisation(visitor, one)
        elif cluster is not None:
            try:
                found = visitor.read(lambda session: _cluster(session, cluster))
            except KeyError:
                text(words("card.no_cluster"))
            else:
                if found is not None:
                    Cluster(visitor, *found)
        else:
            text(words("page.nothing"), classes="small")


def _cluster(session: Session, key: int) -> tuple[ClusterCard, dict[int, tuple[str, str]]]:
    """The card of a cluster, and sector and place of those that it is linked to, by key."""
    card = cluster_card(session.policy, key)
    return card, {link.cluster: seat(session.policy, link.cluster) for link in card.links[:LONG]}


@solara.component
def Organisation(visitor: Visitor, card: OrganisationCard) -> None:
    """An organisation's card."""
    words, who = visitor.words, card.who
    head(words("card.organisation", id=who.id), 3, classes="card-title")
    stage = words.name("chain", who.stage, who.stage)
    kind = ", ".join(each for each in (words.of("kind", who.kind), words.of("sector", who.sector), stage) if each)
    city = f"{words.name('city', who.place, who.place)}, {words.of('country', who.country)}"
    text(f"{kind}; {city}; {words('card.size')} {words.number(who.staff)}")
    text("; ".join(_traits(card, words)), classes="small traits")
    if card.constrained:
        text(words("card.constrained"), classes="constrained")
    if who.cluster is not None:
        own = visitor.read(lambda session: seat(session.policy, int(who.cluster or 0)))
        _opens_cluster(visitor, who.cluster, words("card.in_cluster", name=_seat(*own, words) if own is not None else ""))
    else:
        text(words("card.alone"))
    Why(visitor, who.id)
    head(words("card.partners", count=len(card.partners)), 4)
    for partner in card.partners[:LONG]:
        _link(visitor, partner.who, words)
        text(_partner(partner, words), classes="small")
    _rest(card.partners, words)
    fold(words("card.projects", count=len(card.projects)), lambda: _projects(visitor, card), "head-4 fold-projects")
    fold(words("card.programmes"), lambda: _programmes(visitor, card), "head-4 fold-programmes")
    head(words("card.money"), 4)
    table([[words.of("money", name), words.number(card.numbers[name], 3)] for name in MONEY])
    _knowledge(card, words)


def _traits(card: OrganisationCard, words: Words) -> list[str]:
    """What kind of organisation it is, beside sector and size."""
    born = words("card.founder") if card.born < 0 else words("card.born", quarter=card.born)
    foreign = [words("card.foreign")] if card.foreign else []
    innovations = words("card.innovations", count=card.innovations)
    return [born, *foreign, words("card.weight", count=words.number(card.weight, 1)), innovations]


def _partner(partner: Partner, words: Words) -> str:
    """How far a tie is, and what both do together."""
    since = words("card.before") if partner.since < 0 else words("card.since", quarter=partner.since)
    said = [words.of("tie_stage", partner.stage), words.of("channel", partner.channel), since]
    said += [words("card.joint", count=partner.projects)] if partner.projects else []
    said += [words("card.business")] if partner.business else []
    return f"{', '.join(said)}; {words('card.trust')} {words.number(partner.trust, 2)}"


def _projects(visitor: Visitor, card: OrganisationCard) -> None:
    for project in card.projects[:LONG]:
        with v.Html(tag="div", class_="decision project"):
            text(_project(visitor, project), classes="small")
            for id in project.members:
                if id != card.who.id:
                    _button(visitor, id, visitor.words("card.with", id=id))
    _rest(card.projects, visitor.words)


def _project(visitor: Visitor, project: Project) -> str:
    """Where a project stands, what it costs this member and who pays a part."""
    words = visitor.words
    born = words("card.before") if project.born < 0 else words("card.since", quarter=project.born)
    said = [words.of("status", project.status), born, words("card.cost", cost=words.number(project.cost, 3))]
    if project.programme:
        share = f"{words.number(100.0 * project.covered)} %"
        said.append(words("card.covered", share=share, programme=visitor.programme(project.programme)))
    return "; ".join([*said, *(words.of("mark", mark) for mark in project.marks)])


def _programmes(visitor: Visitor, card: OrganisationCard) -> None:
    """Of which programmes it knows, and for which it qualifies: who has not heard of one does not apply."""
    knows, may = set(card.aware), set(card.eligible)
    groups = (("card.knows_and_may", knows & may), ("card.may_only", may - knows), ("card.knows_only", knows - may))
    for key, names in groups:
        said = ", ".join(sorted(visitor.programme(name) for name in names))
        text(f"{visitor.words(key)}: {said or '–'}", classes="small")


def _knowledge(card: OrganisationCard, words: Words) -> None:
    head(words("card.knowledge"), 4)
    text(words("card.depth", depth=words.number(card.depth, 2), breadth=words.number(card.breadth, 1)), classes="small")
    _bars(card.knowledge, words)


@solara.component
def Cluster(visitor: Visitor, card: ClusterCard, seats: Mapping[int, tuple[str, str]]) -> None:
    """A cluster's card."""
    words = visitor.words
    head(_name(card.sector, card.place, words), 3, classes="card-title")
    text(f"{words.of('country', card.country)}; {words('card.stage')}: {words.of('stage', card.stage)}")
    head(words("card.classes"), 4)
    table([[words.of("class", name), words.of("class", found) if found else "–"] for name, found in card.classes.items()])
    fold(words("card.line"), lambda: _line(card, words), "head-4 fold-line")
    head(words("card.links"), 4)
    if not card.links:
        text(words("card.nobody"), classes="small")
    for link in card.links[:LONG]:
        reached = f", {words.of('link', link.reached)}" if link.reached else ""
        _opens_cluster(visitor, link.cluster, f"{_name(*seats[link.cluster], words)}: {link.partnerships}{reached}")
    _rest(card.links, words)
    head(words("card.members", count=len(card.members)), 4)
    for member in card.members[:LONG]:
        _link(visitor, member, words)
    _rest(card.members, words)
    head(words("card.knowledge"), 4)
    _bars(card.knowledge, words)


def _seat(sector: str, place: str, words: Words) -> str:
    return f"{words.of('sector', sector)}, {words.name('city', place, place)}"


def _name(sector: str, place: str, words: Words) -> str:
    return words("card.cluster", sector=words.of("sector", sector), place=words.name("city", place, place))


def _line(card: ClusterCard, words: Words) -> None:
    """The cluster in numbers."""
    rows = []
    for name, kind in LINE.items():
        value = card.line[name]
        shown = words("card.would" if value else "card.would_not")
        if kind == "share":
            shown = f"{words.number(100.0 * value)} %" if value == value else "–"
        elif kind != "yes":
            shown = words.number(float(value), 2 if kind == "number" else 0)
        rows.append([words.of("line", name), shown])
    table(rows)


def _rest(lines: Sequence[Any], words: Words) -> None:
    """How many there are beyond those that are shown."""
    if len(lines) > LONG:
        text(words("card.more", count=len(lines) - LONG), classes="small rest")


def _link(visitor: Visitor, who: Who, words: Words) -> None:
    """A line that opens the card of an organisation."""
    _button(visitor, who.id, named(who, words))


def _button(visitor: Visitor, id: int, label: str) -> None:
    def opened() -> None:
        visitor.organisation.value = id

    solara.Button(label, on_click=opened, text=True, small=True, classes=["to-card"])


def _opens_cluster(visitor: Visitor, key: int, label: str) -> None:
    def opened() -> None:
        visitor.cluster.value, visitor.organisation.value = key, None

    solara.Button(label, on_click=opened, text=True, small=True, classes=["to-card"])


def _bars(values: Mapping[str, float], words: Words) -> None:
    """Knowledge by field as bars."""
    most = max(values.values(), default=0.0) or 1.0
    rows = [
        [words.of("field", field), text("", style=f"width: {100.0 * value / most:.0f}px", classes="bar"), words.number(value, 2)]
        for field, value in sorted(values.items(), key=lambda each: -each[1])
        if value > 0.005 * most
    ]
    table(rows)
