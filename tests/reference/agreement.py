"""Does one organisation agree to a project with another (agents/cooperation.py)?"""

import math
from typing import Any

from tests.reference.appraise import appraise
from tests.reference.draws import bits, logistic, open_unit
from tests.reference.meeting_places import in_scope
from tests.reference.people import Organisation
from tests.reference.programme import Programme
from tests.reference.relations import trust_of


def fitting_calls(model: Any, i: Organisation, j: Organisation) -> list[Programme]:
    """Open calls for a project of the two, which both know of and may apply to."""
    calls = [each for each in model.calls() if each.is_open and each.applies(i) and each.applies(j)]
    return [each for each in calls if in_scope(each.plan.scope, i, j, each.label(i) is not each.label(j))]


def expected_share(model: Any, i: Organisation, j: Organisation) -> float:
    """The best share of cost that a call may pay for a project of the two."""
    return max((each.plan.share * each.success for each in fitting_calls(model, i, j)), default=0.0)


def appraisal(model: Any, i: Organisation, j: Organisation, noise: float) -> float:
    """U_ij; who has met more often sees better."""
    tie = i.ties.get(j.id)
    meetings = max(1, tie.meetings) if tie else 1
    return appraise(model, i, j, noise / math.sqrt(meetings), trust_of(i, j), expected_share(model, i, j))


def likes(model: Any, i: Organisation, j: Organisation, worth: float) -> bool:
    """Does i agree to a project with j that is worth so much to it?"""
    return worth + logistic(open_unit(bits(model.key("AGREE"), i.id, j.id))) > 0.0
