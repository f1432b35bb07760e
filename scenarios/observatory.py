"""Cluster observatory with a database of cluster subjects: one sees each other, and a ministry its programmes, with less noise.

Set-up and running come first.  What is left lists organisations in the database, in a lasting drawn order; entries grow stale,
    coverage' = min(1, (1 - stale) coverage + money / (entry_cost x eligibles)).
Two that are listed see each other with a part 1 - clarity of the noise, wherever they look.  It moves no money: a clearer look may as
well show that a partner is worth less than was thought.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from agents.draws import Purpose
from agents.parameters import number
from scenarios.platform import chosen, keeps_running
from sim.instrument import Instrument

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Observatory(Instrument):
    """One access point to statistics, mapping and analysis [N20]; a database of cluster subjects [PY17].

    Reviews of ministries read `review_clarity` while it runs.
    """

    kind: ClassVar[str] = "observatory"

    setup_cost: float = number("mln int$", 0, 100, "guess")
    running_cost: float = number("mln int$ / quarter", 0, 20, "guess")
    entry_cost: float = number("mln int$ / organisation", 0, 0.1, "guess: a few days to collect and check a profile")
    stale: float = number("1 / quarter", 0, 1, "guess: profiles that are out of date a year later", null=0)
    clarity: float = number("share of noise", 0, 1, "guess", null=0)
    review_clarity: float = number("share of noise in reviews", 0, 1, "guess", null=0)

    def govern(self, world: "World", programme: "Programme") -> None:
        """Pays, lists organisations, and turns the lever `blur` of those listed."""
        programme.running = keeps_running(world, programme, self.setup_cost, self.running_cost)
        programme.progress *= 1.0 - self.stale
        if not programme.running:
            return
        people = world.population
        qualifies = (people.eligible & programme.flag) != 0
        whole = self.entry_cost * float(sum(world.weight[qualifies].tolist()))
        money = min(programme.pot(), (1.0 - programme.progress) * whole)
        programme.progress = min(1.0, programme.progress + money / whole) if whole > 0.0 else 1.0
        programme.charge_common(world, "running", money)
        listed = chosen(programme.lasting_key(world, Purpose.AWARD_PRIORITY), people.id, qualifies, programme.progress)
        world.levers.blur[listed] = np.minimum(world.levers.blur[listed], 1.0 - self.clarity)
        programme.serve(world, listed)
