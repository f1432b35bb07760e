"""Why an organisation decided as it did in the last quarter, on its card."""

import solara
from reacton import ipyvuetify as v

from sim.explorer.cards import Who, people
from sim.explorer.decision import Decision
from sim.explorer.opinion import TERMS, Opinion, summed
from sim.explorer.pages.parts import fold, head, table, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.why import why
from sim.explorer.words import Words

LONG = 30
"""Decisions on a card."""
TOLD = 2
"""Terms of a thought that are named in words, on either side."""


@solara.component
def Why(visitor: Visitor, organisation: int) -> None:
    """Decisions of the last quarter; not while quarters run, as each has to be lived once more for them."""
    words = visitor.words
    head(words("card.why"), 4)
    if not visitor.read(lambda session: session.before is not None):
        text(words("card.why_wait"), classes="small")
        return
    if visitor.drive.mode.value:
        text(words("card.why_playing"), classes="small")
        return
    Decisions(visitor, organisation)


@solara.component
def Decisions(visitor: Visitor, organisation: int) -> None:
    """All of them, found once a quarter."""
    words = visitor.words
    found = solara.use_memo(lambda: visitor.read(lambda session: why(session, organisation)) or (), [visitor.tick.value, organisation])
    if not found:
        text(words("card.why_none"), classes="small why-none")
    shown = found[:LONG]
    partners = visitor.read(lambda session: people(session.policy, [decision.partner for decision in shown])) or {}
    for decision in shown:
        Told(visitor, decision, partners.get(decision.partner))
    if len(found) > LONG:
        text(words("card.more", count=len(found) - LONG), classes="small")
    if any(decision.opinions for decision in found):
        fold(words("card.terms"), lambda: _terms(words), "fold-terms")


@solara.component
def Told(visitor: Visitor, decision: Decision, partner: Who | None) -> None:
    """One decision: with whom, what came of it and why, and on request every term of what was thought.  partner: None if it has closed."""
    words = visitor.words
    channel = f" ({words.of('channel', decision.channel)})" if decision.channel else ""
    other = f"{decision.partner}" if partner is None else named(partner, words)
    outcome = words.of("outcome", decision.outcome) + side(decision, words)
    label = f"{words.of('decision', decision.kind)}{channel}, {words('card.partner')} {other}: {outcome}"
    with solara.Column(gap="0", classes=["decision"]):
        if decision.opinions:
            fold(label, lambda: _thoughts(visitor, decision))
        else:
            text(label, classes="small")
        for line in reasons(visitor, decision):
            text(line, classes="small reason")


def named(who: Who, words: Words) -> str:
    """Number, kind, sector and city of an organisation."""
    return f"{who.id}: {words.of('kind', who.kind)}, {words.of('sector', who.sector)}, {words.name('city', who.place, who.place)}"


def side(decision: Decision, words: Words) -> str:
    """At whom it failed, as seen from the card's organisation; "" where it did not."""
    if not decision.because:
        return ""
    both = {decision.who: "card.because_own", decision.partner: "card.because_other"}
    if set(decision.because) == set(both):
        return f" ({words('card.because_both')})"
    found = [words(both[id]) if id in both else words("card.because", who=id) for id in decision.because]
    return f" ({', '.join(found)})"


def in_words(decision: Decision, words: Words) -> list[str]:
    """What spoke for and against, in a line for each who decided: of a refusal, for those who refused."""
    told = [each for each in decision.opinions if decision.outcome != "refused" or not each.agrees]
    return [_for_and_against(decision, each, words) for each in told]


def _for_and_against(decision: Decision, opinion: Opinion, words: Words) -> str:
    rows, digits = summed(opinion)
    order = sorted(rows[:-1], key=lambda row: (row[0] == "base", -abs(row[1])))  # last what is the same for all, and no news
    sides = {"pro": [row for row in order if row[1] > 0.0], "contra": [row for row in order if row[1] < 0.0]}
    parts = {
        key: ", ".join(f"{words.of('term', name)} {words.number(value, digits)}" for name, value in side[:TOLD])
        for key, side in sides.items()
    }
    who = words("card.this_one") if opinion.who == decision.who else f"{opinion.who}"
    if decision.kind != "meeting":  # more than two may be asked, about each other
        who = words("card.about", who=who, of=opinion.of)
    verdict = words("card.would" if opinion.agrees else "card.would_not")
    return words("card.for_and_against", who=who, verdict=verdict, **{key: said or "–" for key, said in parts.items()})


def reasons(visitor: Visitor, decision: Decision) -> list[str]:
    """What there is to say beside the terms: what spoke for and against, which states did not consent, who pays a part, who is in the
    project, whether they do business."""
    words = visitor.words
    said = in_words(decision, words)
    if decision.states:
        states = ", ".join(words.of("country", iso) for iso in decision.states)
        said.append(words("card.states", states=states, chance=f"{words.number(100.0 * decision.consent)} %"))
    if decision.programme:
        said.append(words("card.paid_by", programme=visitor.programme(decision.programme)))
    if len(decision.members) > 2:  # two are the organisation and its partner
        said.append(words("card.team", members=", ".join(map(str, decision.members))))
    if decision.business:
        said.append(words("card.begins_business"))
    return said


def _thoughts(visitor: Visitor, decision: Decision) -> None:
    for opinion in decision.opinions:
        thought(visitor, opinion)


def thought(visitor: Visitor, opinion: Opinion) -> None:
    """What one thought of the other: every term, and the sum that decides."""
    words = visitor.words
    verdict = words("card.would") if opinion.agrees else words("card.would_not")
    text(words("card.worth", who=opinion.who, of=opinion.of, verdict=verdict), classes="small worth")
    rows, digits = summed(opinion)
    table([[_hinted(name, words), words.number(value, digits)] for name, value in rows], classes="terms")
    if opinion.share > 0.0:
        share, programme = f"{words.number(100.0 * opinion.share)} %", visitor.programme(opinion.programme)
        text(words("card.share", share=share, programme=programme), classes="small")


def _hinted(term: str, words: Words) -> solara.Element:
    """A term that says what it is when pointed at."""
    title = words.of("term_hint", term)
    return v.Html(tag="span", children=[words.of("term", term)], attributes={"title": title} if title != term else {})


def _terms(words: Words) -> None:
    """What the terms are, for all who do not point."""
    table([[words.of("term", name), words.of("term_hint", name)] for name in (*TERMS, "bonus", "draw")], classes="terms")
