"""A decision of an organisation, as it is told: with whom, what came of it, at whom it failed and what was thought."""

from dataclasses import dataclass
from typing import Literal

from sim.explorer.opinion import Opinion

Kind = Literal["meeting", "invitation", "renewal", "start"]
Outcome = Literal[
    "border",  # a border is closed to the two: they did not meet
    "attention",  # somebody had no attention left: they did not meet
    "acquaintance",  # somebody is too busy to keep the new acquaintance
    "together",  # they have a joint project already
    "room",  # somebody carries as many projects as it can
    "refused",  # somebody does not want to
    "agreed",  # a joint project: it waits for money and consents
    "joined",  # the invited joins the project
    "member",  # the invited is in the project already
    "failed",  # the project failed: nobody is asked to go on
    "renewed",  # the project succeeded and goes on as a new one
    "started",  # the project has consents and money
    "lapsed",  # it found them too late
    "consent",  # it waits: states did not consent
    "money",  # it waits: somebody lacks the money for its part
]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of organisation `who` (an id) with or about `partner`.

    kind: a meeting, an invitation into a project that two have just agreed on, the end of a project that might go on, or the start of one
    that waits.  because: ids of those at whom it failed.  opinions: what was thought, in the order in which it counts.
    members: of the project, the lead first; empty without one.  channel: where the two met.  business: the two firms do business from now
    on.  states: the two least willing, where they have not consented, and consent: the chance that they do, a quarter.  programme: who
    pays a part.
    """

    kind: Kind
    outcome: Outcome
    who: int
    partner: int
    because: tuple[int, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    members: tuple[int, ...] = ()
    channel: str = ""
    business: bool = False
    states: tuple[str, ...] = ()
    consent: float = 1.0
    programme: str = ""
