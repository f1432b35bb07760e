"""What stands beside the verdicts of an experiment that varied something: how much of what may differ their intervals have seen."""

from sim.analysis.results import DRAWN, Results

SECTION = "What it depends on"
"""Of the report."""


def few_seeds(results: Results) -> str:
    """A warning where cases were drawn and all met the same seeds: intervals then do not hold the luck of the model; empty elsewhere."""
    vary = _vary(results)
    if not vary or vary["luck"] != "everywhere" or vary["design"] not in DRAWN:
        return ""
    seeds = len(results.manifest["seeds"])
    on = f"these {seeds:,} seeds" if seeds > 1 else "this one seed"
    return (
        f"Something was varied ({_counted(results)}): intervals are over {DRAWN[vary['design']]}, on {on} only; "
        "other seeds may give other effects."
    )


def where(results: Results) -> str:
    """That something was varied, and where it is told; empty where nothing was."""
    if not _vary(results):
        return ""
    seeds = len(results.manifest["seeds"])
    each = f"{seeds:,} seed{'' if seeds == 1 else 's'} each"
    return f"Something was varied ({_counted(results)}, {each}): see “{SECTION}” in report.html, numbers in sensitivity.csv."


def no_claim(results: Results) -> str:
    """In place of the answers to claims."""
    where_else = f"; what its effects depend on stands in the report under “{SECTION}”" if _vary(results) else ""
    return f"The experiment registered no claim{where_else}."


def _vary(results: Results) -> dict[str, object]:
    return (results.manifest.get("design") or {}).get("vary") or {}


def _counted(results: Results) -> str:
    """Design and number of cases, failed ones included."""
    cases = results.manifest["runs"]["of"] // (len(results.manifest["points"]) * len(results.manifest["seeds"]))
    return f"{_vary(results)['design']}, {cases:,} case{'' if cases == 1 else 's'}"
