"""What instruments may turn: costs, budgets, choice sets and information sets of organisations, never an outcome.

Instruments write here in phase 1; behaviours read the columns they are given.  All levers are back at rest at the start of a quarter.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Levers:
    """Columns over rows of the population unless said; `at_rest` gives the values without any instrument."""

    research_rate: np.ndarray  # f8, 0..1: share of own R&D that a subsidy pays
    research_cap: np.ndarray  # f8, mln int$ / quarter: most that this subsidy pays
    research_payer: np.ndarray  # i8: bit of the programme that pays this subsidy, -1 for none
    cash: np.ndarray  # f8, mln int$ / quarter: money without strings
    untargeted: np.ndarray  # f8, mln int$ / quarter: general support of business R&D
    entry_relief: np.ndarray  # f8, 0..1: part of the cost of entering a destination that somebody else bears
    leak: np.ndarray  # f8, 0..1: part of leakage that rules on intellectual property leave
    surcharge: np.ndarray  # f8 (C,): addition to the profit tax rate that pays for programmes

    @classmethod
    def at_rest(cls, rows: int, countries: int) -> "Levers":
        """Levers nobody has turned."""
        return cls(
            research_rate=np.zeros(rows),
            research_cap=np.zeros(rows),
            research_payer=np.full(rows, -1, np.int64),
            cash=np.zeros(rows),
            untargeted=np.zeros(rows),
            entry_relief=np.zeros(rows),
            leak=np.ones(rows),
            surcharge=np.zeros(countries),
        )
