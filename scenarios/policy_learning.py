"""Policy learning: ministries visit the country most like theirs and copy a part of its mix of programmes, if it sees more for its money.

It buys information, no money for anybody: while it runs, the yearly review of the countries that pay for it (sim/review.py) copies
`review_copies` of the mix of their reference country.  What is copied may be luck: results are seen with noise, and who was served was
better to begin with.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLearning(Instrument):
    """Peer review and reference regions of a smart-specialisation platform [N20], learning from other cluster policies [BY21]."""

    kind: ClassVar[str] = "policy_learning"

    cost: float = number("mln int$ / quarter and country", 0, 20, "guess: a team of analysts and visits")
    review_copies: float = number("share of the mix a year", 0, 1, "guess", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays for benchmarking and visits; without the money for all who pay nothing is learned."""
        due = self.cost * int(np.count_nonzero(np.isin(world.countries.iso, programme.payers(world))))
        programme.running = programme.pot() >= due
        if programme.running:
            programme.charge_common(world, "running", due)
