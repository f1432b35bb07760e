"""What happened in this quarter: the flows that the phases leave for record and checks."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agents.search import Meetings

CHANNELS = 7
STAGES = 4


def _none() -> np.ndarray:
    return np.empty(0, np.int64)


@dataclass
class Flows:
    """Flows of one quarter; arrays over rows of the population unless said.  A new one is made by every quarter."""

    meetings: Meetings
    ladder: np.ndarray  # f8 (2, CHANNELS, STAGES), weighted: relations that reached a stage [all | begun since programmes opened]
    cluster_ladder: np.ndarray  # f8 (STAGES,), weighted: the same between clusters
    project_cost: np.ndarray  # f8, own part of running projects, gross
    project_grant: np.ndarray  # f8, public part of it
    subsidy: np.ndarray  # f8, R&D subsidy drawn
    small: np.ndarray  # f8, incremental innovations, joint ones in units of the row
    radical: np.ndarray  # f8
    joint: np.ndarray  # f8, of which joint
    joint_foreign: np.ndarray  # f8, of which over a border
    patents: np.ndarray  # i8
    exits: np.ndarray  # i8 (C,)
    entries: np.ndarray  # i8 (C, 3): fringe start, spin-off, foreign affiliate
    no_room: np.ndarray  # i8 (C,): entrants that found no free row
    fdi: np.ndarray  # f8 (C,)
    agreed: list[dict[str, np.ndarray]] = field(default_factory=list)  # chunks of project columns
    started: list[dict[str, np.ndarray]] = field(default_factory=list)
    ended: list[dict[str, np.ndarray]] = field(default_factory=list)
    lapsed: list[dict[str, np.ndarray]] = field(default_factory=list)
    left: dict[str, np.ndarray] = field(default_factory=dict)  # columns of the population of those who left
    entered: np.ndarray = field(default_factory=_none)  # rows of those who came
    business_a: np.ndarray = field(default_factory=_none)
    business_b: np.ndarray = field(default_factory=_none)
    traded: Any = None  # sim.market.TradeFlows of the quarter
    money: Any = None  # sim.finance.CashFlow of the quarter

    @classmethod
    def empty(cls, rows: int, countries: int) -> "Flows":
        """Nothing has happened yet."""
        return cls(
            meetings=Meetings.of(np.empty((0, 2), np.int64), 0, 0.0),
            ladder=np.zeros((2, CHANNELS, STAGES)),
            cluster_ladder=np.zeros(STAGES),
            project_cost=np.zeros(rows),
            project_grant=np.zeros(rows),
            subsidy=np.zeros(rows),
            small=np.zeros(rows),
            radical=np.zeros(rows),
            joint=np.zeros(rows),
            joint_foreign=np.zeros(rows),
            patents=np.zeros(rows, np.int64),
            exits=np.zeros(countries, np.int64),
            entries=np.zeros((countries, 3), np.int64),
            no_room=np.zeros(countries, np.int64),
            fdi=np.zeros(countries),
        )
