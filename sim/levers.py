"""What instruments may turn: costs, budgets, choice sets and information sets of organisations, never an outcome.

Instruments write here in phase 1; behaviours read the columns they are given.  All levers are back at rest at the start of a quarter.
A `payer` is the bit of the programme that stands behind a lever, -1 for none.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Levers:
    """Columns over rows of the population unless said; `at_rest` gives the values without any instrument."""

    # money
    research_rate: np.ndarray  # f8, 0..1: share of own R&D that a subsidy pays
    research_cap: np.ndarray  # f8, mln int$ / quarter: most that this subsidy pays
    research_payer: np.ndarray  # i8
    cash: np.ndarray  # f8, mln int$ / quarter: money without strings
    untargeted: np.ndarray  # f8, mln int$ / quarter: general support of business R&D
    tax_relief: np.ndarray  # f8, 0..1: share of profit tax that is forgiven
    tax_relief_cap: np.ndarray  # f8, mln int$ / quarter: most that is forgiven
    tax_relief_payer: np.ndarray  # i8
    loan_line: np.ndarray  # f8, mln int$: concessional loan a firm may take up this quarter, whatever banks think of it
    loan_relief: np.ndarray  # f8, 1/year: how much lower its interest rate is
    loan_payer: np.ndarray  # i8
    guarantee: np.ndarray  # f8, 0..1: share of a new bank loan that is guaranteed
    guarantee_cap: np.ndarray  # f8, mln int$: most that is guaranteed of new loans
    guarantee_payer: np.ndarray  # i8
    interest_relief: np.ndarray  # f8, mln int$ / quarter: part of this quarter's interest that somebody else bears
    contribution: np.ndarray  # f8, mln int$ / quarter: the organisation's own share in a public-private partnership
    orders: np.ndarray  # f8, mln int$ / quarter: public purchases
    entry_relief: np.ndarray  # f8 (rows, 2), 0..1: share of the cost of entering a destination [inside a bloc, third country]
    entry_cap: np.ndarray  # f8, mln int$ / quarter: most that is borne of it
    entry_payer: np.ndarray  # i8
    # technology and costs
    part_relief: np.ndarray  # f8, 0..1: share of its part in a new project that shared equipment saves
    adoption: np.ndarray  # f8, 0..1: share of the gap to best practice that new equipment closes this quarter
    absorption: np.ndarray  # f8, 0..1: share of missing absorptive capacity that student teams make good
    # information and rules
    blur: np.ndarray  # f8, 0..1: part of the noise in what one sees of others that is left
    leak: np.ndarray  # f8, 0..1: part of leakage that rules on intellectual property leave
    barred: np.ndarray  # bool (rows, C): may not cooperate with organisations of a country
    cut_off: np.ndarray  # i8: bit set of platforms that it cannot reach
    # countries
    surcharge: np.ndarray  # f8 (C,): addition to the profit tax rate that pays for programmes
    policy_rate: np.ndarray  # f8 (C,), 1/year: addition to the policy rate
    start_relief: np.ndarray  # f8 (C,), 0..1: share of the cost of starting a firm that somebody else bears
    institution: np.ndarray  # f8 (C, C): addition to institutional distance
    consent: np.ndarray  # f8 (C, C): chance of consent of two states, at least
    closed: np.ndarray  # f8 (C, C), 0..1: how far a border is closed to cooperation; at 1 nobody meets over it
    free_calls: np.int64  # bit set of programmes whose award stands for the consents of states
    # markets; o and d run over countries and the rest of the world
    trade: np.ndarray  # f8 (C + 1, C + 1), log points: addition to trade cost
    spending: np.ndarray  # f8 (C + 1, S): factor on expenditure

    @classmethod
    def at_rest(cls, rows: int, countries: int, sectors: int) -> "Levers":
        """Levers nobody has turned."""
        nobody = {f"{name}_payer": np.full(rows, -1, np.int64) for name in ("research", "tax_relief", "loan", "guarantee", "entry")}
        nothing = (
            "research_rate", "research_cap", "cash", "untargeted", "tax_relief", "tax_relief_cap", "loan_line", "loan_relief", "guarantee",
            "guarantee_cap", "interest_relief", "contribution", "orders", "entry_cap", "part_relief", "adoption", "absorption",
        )  # fmt: skip
        return cls(
            **nobody,
            **{name: np.zeros(rows) for name in nothing},
            **{name: np.zeros(countries) for name in ("surcharge", "policy_rate", "start_relief")},
            **{name: np.zeros((countries, countries)) for name in ("institution", "consent", "closed")},
            entry_relief=np.zeros((rows, 2)),
            blur=np.ones(rows),
            leak=np.ones(rows),
            barred=np.zeros((rows, countries), bool),
            cut_off=np.zeros(rows, np.int64),
            free_calls=np.int64(0),
            trade=np.zeros((countries + 1, countries + 1)),
            spending=np.ones((countries + 1, sectors)),
        )
