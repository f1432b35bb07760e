"""Why: what one organisation decided in the last quarter, with whom, and what spoke for and against it.

    for decision in why(session, organisation):
        decision.kind, decision.outcome, decision.partner, decision.because, decision.opinions

The quarter is lived once more from its start to the point of every decision (sim/explorer/replay.py), with the world's own functions and
kernels, so that what is told is what was decided, and not an account of it.
"""

from sim.explorer.decision import Decision
from sim.explorer.replay import Replay
from sim.explorer.session import Session


def why(session: Session, organisation: int) -> tuple[Decision, ...]:
    """Decisions of an organisation (its id) of the policy world in its last quarter, in the order of the quarter.

    Empty before the first quarter, and for one that was not there when it began.
    """
    if session.before is None:
        return ()
    return tuple(Replay(*session.before, [organisation]).decisions())
