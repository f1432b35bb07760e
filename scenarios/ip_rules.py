"""Rules for sharing intellectual property: less of what partners learn leaks to rivals.

Rules need an office that keeps them (set-up, running) and a contract for every organisation that is covered; contracts are paid a quarter
at a time, in a drawn order while money lasts.  A rival is no threat only where both sides are covered (agents/appraisal.py); a pair that
does not compete gains nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.parameters import number
from scenarios.platform import keeps_running
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class IpRules(Instrument):
    """Takes the part `protection` of leakage away from those covered [N20]."""

    kind: ClassVar[str] = "ip_rules"

    setup_cost: float = number("mln int$", 0, 100, "guess: drafting and agreeing on the rules")
    running_cost: float = number("mln int$ / quarter", 0, 20, "guess")
    contract_cost: float = number("mln int$ / organisation and quarter", 0, 0.1, "guess: legal advice and registration")
    protection: float = number("share of leakage", 0, 1, "guess", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays the office and contracts, and turns the lever `leak` of those covered."""
        programme.running = keeps_running(world, programme, self.setup_cost, self.running_cost)
        if not programme.running:
            return
        applying = programme.applicants(world)
        paid = np.where(applying, self.contract_cost, 0.0)
        covered = programme.ration(world, paid) if self.contract_cost > 0.0 else applying
        programme.serve(world, covered)
        programme.charge_organisations(world, "running", np.where(covered, paid, 0.0))
        world.levers.leak[covered] = np.minimum(world.levers.leak[covered], 1.0 - self.protection)
