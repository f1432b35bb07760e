"""What is noted while a rival runs, and what is measured in it: by the very functions that the rich model is measured by.

A rival has no programmes, so its whole network stands where the rich model's network of funded projects does.  It has no places, staff,
money or trade: whatever needs them stays unmeasured, and every organisation counts as one that innovation surveys ask.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from agents.knowledge import proximity
from sim.evidence.measures.cooperation import cooperating, lives, newcomers, repeats
from sim.evidence.measures.economy import discrete_tail
from sim.evidence.measures.networks import whole
from sim.evidence.watch import NAN, SURVEY, Partners, Start, Values, paired
from sim.simulate import Result

Pair = tuple[int, int]
NO_PROGRAMME = -1


class Notes:
    """Projects of a run.  opens, end: quarters between which they are recorded; what was before is remembered, not recorded."""

    def __init__(self, organisations: int, opens: int, end: int) -> None:
        self.opens, self.end = opens, end
        self.starts: list[Start] = []
        self.lived: list[int] = []
        self.partners = np.zeros(organisations, bool)  # in the years that a survey at the end asks about
        self.innovated = np.zeros(organisations, bool)  # likewise
        self.innovations = np.zeros(organisations, np.int64)  # since the opening
        self.joined: set[Pair] = set()
        self.partnered: set[int] = set()

    def start(self, quarter: int, members: Sequence[int], knowledge: np.ndarray) -> None:
        """A project of two members or more begins.  knowledge f8 (organisations, fields): as it is now."""
        pairs = [paired(i, j) for i, j in combinations(members, 2)]
        if quarter >= self.opens:
            near = tuple(Partners(*pair, float(proximity(knowledge, *pair)), NAN, pair in self.joined) for pair in pairs)
            fresh = tuple(i for i in members if i not in self.partnered)
            self.starts.append(Start(quarter, len(self.starts), tuple(members), NO_PROGRAMME, False, near, fresh))
        self.joined.update(pairs)
        self.partnered.update(members)

    def finish(self, quarter: int, lived: int) -> None:
        """A project has ended that lived so many quarters."""
        if quarter >= self.opens:
            self.lived.append(lived)

    def look(self, quarter: int, partners: np.ndarray, innovations: np.ndarray | None = None) -> None:
        """What a quarter held: partners bool (n,), who was in a project; innovations i8 (n,), how many each made."""
        surveyed = quarter >= self.end - SURVEY
        if surveyed:
            self.partners |= partners
        if innovations is not None and quarter >= self.opens:
            self.innovations += innovations
            self.innovated |= surveyed & (innovations > 0)

    def measure(self, innovates: bool) -> Values:
        """The figures of a run; those of innovation only for a rival that has any, where one counts as a patent of each who made it."""
        shares = cooperating(self.partners, self.partners | self.innovated)
        values = lives(self.lived) | newcomers(self.starts) | repeats(self.starts) | whole(self.starts)
        if not innovates:
            return values | {"cooperate": shares["cooperate"]}
        return values | shares | {"patents_tail": discrete_tail(self.innovations)}


def result(values: Values) -> Result:
    """The figures as the outcomes of a run without tables."""
    nothing = pd.DataFrame()
    return Result(values, nothing, nothing, nothing, starts=nothing)
