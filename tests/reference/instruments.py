"""What each kind of instrument does in which phase: the functions of all families by the kind of instrument.

PREPARE, GOVERN (phase 1), MEET (2), PAY (7), SETTLE (8): f(model, programme).  OWES: money promised by country.
ADMITS: f(model, programme, organisation), does the instrument admit it?
"""

from collections.abc import Callable
from typing import Any

from tests.reference import (
    calls_instruments,
    governance_instruments,
    information_instruments,
    markets_instruments,
    money_instruments,
    present_instruments,
    shock_instruments,
)

FAMILIES = (
    present_instruments, money_instruments, markets_instruments, calls_instruments, information_instruments, governance_instruments,
    shock_instruments,
)  # fmt: skip


def merged(phase: str) -> dict[str, Callable[..., Any]]:
    """kind -> function, of all families."""
    return {kind: function for family in FAMILIES for kind, function in getattr(family, phase, {}).items()}


PREPARE, GOVERN, MEET, PAY, SETTLE, OWES, ADMITS = map(merged, ("PREPARE", "GOVERN", "MEET", "PAY", "SETTLE", "OWES", "ADMITS"))


def settle_programmes(model: Any) -> None:
    """Phase 8: payments that depend on who left (model.left) and who came (model.entered)."""
    for programme in model.paying_programmes():
        if programme.kind in SETTLE:
            SETTLE[programme.kind](model, programme)
