"""Levers of countries and markets, and the rules of the quarter that follow from them (sim/levers.py)."""

from dataclasses import dataclass, field
from typing import Any

Matrix = list[list[Any]]


@dataclass
class Levers:
    """At rest unless an instrument turns them; matrices over countries."""

    institution: Matrix
    consent: Matrix
    closed: Matrix
    trade: dict[tuple[int, int], float]  # (origin, destination)
    spending: dict[int, list[float]]  # destination -> factor by sector
    free_calls: set[str] = field(default_factory=set)  # names of programmes


def at_rest(model: Any) -> Levers:
    """Levers nobody has turned."""
    rows, places = range(len(model.countries)), model.destinations()
    return Levers(
        **{name: [[0.0 for _ in rows] for _ in rows] for name in ("institution", "consent", "closed")},
        trade={(o, d): 0.0 for o in places for d in places},
        spending={d: [1.0] * len(model.sector_names) for d in places},
    )


def rules_of_the_quarter(model: Any) -> None:
    """What organisations meet as distance, consent, open borders and trade cost, once phase 1 is over."""
    levers, still = model.levers, model.geography
    for a in range(len(model.countries)):
        for b in range(len(model.countries)):
            open_part = 1.0 - levers.closed[a][b]
            model.institution[a][b] = max(still["institution"][a][b] + levers.institution[a][b], 0.0)
            model.consent[a][b] = max(still["consent"][a][b], levers.consent[a][b]) * open_part
            model.search_weight[a][b] = still["search"][a][b] * open_part
    model.trade_cost = {pair: cost + levers.trade[pair] for pair, cost in model.trade_cost0.items()}
