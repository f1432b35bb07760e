"""Why an organisation decided as it did in the last quarter, on its card."""

import solara

from sim.explorer.decision import Decision
from sim.explorer.opinion import Opinion, summed
from sim.explorer.pages.parts import fold, head, table, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.why import why

LONG = 30
"""Decisions on a card."""


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
    for decision in found[:LONG]:
        Told(visitor, decision)
    if len(found) > LONG:
        text(words("card.more", count=len(found) - LONG), classes="small")


@solara.component
def Told(visitor: Visitor, decision: Decision) -> None:
    """One decision: with whom, what came of it and why, and on request every term of what was thought."""
    words = visitor.words
    because = f" ({words('card.because', who=', '.join(map(str, decision.because)))})" if decision.because else ""
    channel = f" ({words.of('channel', decision.channel)})" if decision.channel else ""
    outcome = words.of("outcome", decision.outcome) + because
    label = f"{words.of('decision', decision.kind)}{channel}, {words('card.partner')} {decision.partner}: {outcome}"
    with solara.Column(gap="0", classes=["decision"]):
        if decision.opinions:
            fold(label, lambda: _thoughts(visitor, decision))
        else:
            text(label, classes="small")
        for line in reasons(visitor, decision):
            text(line, classes="small reason")


def reasons(visitor: Visitor, decision: Decision) -> list[str]:
    """What else there is to say: which states did not consent, who pays a part, who is in the project, whether they do business."""
    words, said = visitor.words, []
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
    table([[words.of("term", name), words.number(value, digits)] for name, value in rows], classes="terms")
    if opinion.share > 0.0:
        share, programme = f"{words.number(100.0 * opinion.share)} %", visitor.programme(opinion.programme)
        text(words("card.share", share=share, programme=programme), classes="small")
