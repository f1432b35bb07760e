"""What the timetable says of a quarter, set in the plans of programmes (sim/timetable.py)."""

from dataclasses import replace
from typing import Any


def follow_timetable(model: Any) -> None:
    """Entries of the quarter that begins; who gets another clientele has its budget measured again."""
    due = [entry for entry in model.timetable if entry.at == model.quarter - model.opens]
    whose = {each.name: _whose(each) for each in model.programmes.values()}
    for entry in due:
        for key, value in entry.set.items():
            _, name, *fields = key.split(".")
            programme = model.programmes[name]
            programme.plan = _with(programme.plan, fields, value)
    for each in model.programmes.values():
        if each.base is not None and _whose(each) != whose[each.name]:
            each.measure()


def _with(plan: Any, fields: list[str], value: Any) -> Any:
    first, *rest = fields
    if rest:
        return replace(plan, **{first: _with(getattr(plan, first), rest, value)})
    return replace(plan, **{first: tuple(value) if isinstance(value, list) else value})


def _whose(programme: Any) -> tuple:
    plan = programme.plan
    return plan.payers, plan.target.countries, plan.target.sectors
