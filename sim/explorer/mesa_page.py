"""Mesa's own page over the model, for those who know it: `python -m sim.explorer.mesa`.

Needs the extra `explorer`.  Every visitor has an own model.
"""

from typing import Any

import solara
from mesa.visualization import SolaraViz, make_plot_component

from sim.explorer.setting import STATUS_QUO, Setting, plan, presets
from sim.model import CrossClusterModel, as_seed

PLOTS = ("innovations", "projects_active", "cross_cluster_active")


class Shown(CrossClusterModel):
    """The demo world under a scenario by name, on a seed as Mesa's seed box gives it.  ConfigError for no scenario."""

    def __init__(self, scenario: str = STATUS_QUO, rng: int | str | None = 1) -> None:
        super().__init__(plan(Setting("demo", scenario, 1)).policy, as_seed(rng))


def parameters() -> dict[str, Any]:
    """What may be chosen beside Mesa's buttons."""
    return {
        "scenario": {"type": "Select", "value": STATUS_QUO, "values": list(presets()), "label": "Scenario"},
        "rng": {"type": "InputText", "value": "1", "label": "Seed"},
    }


@solara.component
def Page() -> None:
    """The page."""
    model = solara.use_memo(Shown, [])
    SolaraViz(model, components=[make_plot_component(name) for name in PLOTS], model_params=parameters(), name="crosscluster")
