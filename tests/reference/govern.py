"""Phase 1, govern: general support, programmes refreshed and carried out (sim/govern.py)."""

from typing import Any

from tests.reference.instruments import GOVERN, PREPARE
from tests.reference.levers import at_rest, rules_of_the_quarter
from tests.reference.review import review
from tests.reference.timetable import follow_timetable


def govern(model: Any) -> None:
    """State bodies pay, open programmes and hold calls."""
    follow_timetable(model)
    for i in model.organisations:
        i.rest()
    model.levers = at_rest(model)
    for c in model.countries:
        c.rest()
        support(model, c)
    for programme in model.programmes.values():
        programme.steer = None
        for i in [] if programme.is_open else model.organisations:
            i.eligible.discard(programme.name)
    for programme in model.open_programmes():
        if programme.kind in PREPARE:
            PREPARE[programme.kind](model, programme)
    review(model)
    for programme in model.open_programmes():
        programme.refresh()
    for programme in model.open_programmes():
        if programme.kind in GOVERN:
            GOVERN[programme.kind](model, programme)
    rules_of_the_quarter(model)


def support(model: Any, c: Any) -> None:
    """Untargeted support of firms in proportion to R&D, less what programmes of the last quarter cost; or a surcharge; or nothing."""
    left = c.untargeted
    financing = model.behaviour.public.financing
    if financing == "cut":
        cut = min(c.untargeted, model.unpaid[c.row])
        model.unpaid[c.row] -= cut
        left -= cut
    elif financing == "tax" and model.tax_base[c.row] > 0.0:
        c.surcharge = max(0.0, min(model.unpaid[c.row] / model.tax_base[c.row], 1.0 - c.tax))
    firms = [i for i in model.at_home(c) if i.is_firm and i.active]
    total = sum(i.research_mean * i.weight for i in firms)
    for i in firms:
        i.untargeted = left * i.research_mean / total if total > 0.0 else 0.0
