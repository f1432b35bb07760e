"""From a design to its study: every arm in every case on every seed."""

from collections.abc import Mapping, Sequence

from sim.config import Config
from sim.experiments.cases import ONE_CASE
from sim.experiments.design import Design
from sim.experiments.sampling import build_cases
from sim.experiments.study import Simulation, Study
from sim.experiments.treatment import Treatment


def assemble(
    design: Design, treatments: Sequence[Treatment], configs: Mapping[str, Config], seeds: Sequence[int], simulation: Simulation
) -> Study:
    """The study of a design with these treatments, the baseline first, on these seeds.

    configs: every arm's configuration, over which the cases are drawn.  Raises ConfigError where the design varies what cannot be varied.
    """
    cases = build_cases(design.vary, configs) if design.vary else ONE_CASE
    luck = (design.vary and design.vary.luck) or "everywhere"
    record = design.recorded(len(cases) * len(seeds) * len(treatments))
    return Study(tuple(treatments), cases, tuple(seeds), luck, record, simulation)
