"""What a student takes away: the run as a scenario file that `crosscluster run` accepts, and its series as a table."""

import csv
import io
import math
from collections.abc import Mapping
from typing import Any

import yaml

from sim.commands.folders import SHIPPED, choices, own_folders
from sim.config_check import plain
from sim.explorer.link import written
from sim.explorer.session import Session
from sim.explorer.setting import STATUS_QUO, Setting, size, tree

NAME = "mine"
PULLED = ", and levers pulled in the explorer"
COLUMNS = ("quarter", "country", "indicator", "with", "without", "difference", "world", "preset", "seed", "organisations", "pulled")


def as_scenario(session: Session) -> str:
    """The session as my_configs/scenario/mine.yaml: `crosscluster run scenario=mine` gives the numbers of the policy world to its end."""
    setting, config = session.setting, session.config
    own = _own(setting.preset)
    body: dict[str, Any] = {
        "defaults": [
            STATUS_QUO if own else setting.preset,
            {"override /world": setting.world},
            {"override /instrument": [name for name in config.instrument if name in choices("instrument", own_folders())]},
            "_self_",
        ],
        "scenario": {"name": NAME, "label": f"{config.scenario.label.removesuffix(PULLED)}{PULLED}"},
        "seed": setting.seed,
    }
    if own:
        body |= _written_out(session, body["defaults"][2]["override /instrument"])
    if setting.organisations is not None:
        for iso, country in config.country.items():
            body.setdefault("country", {}).setdefault(iso, {})["scale"] = country.scale
    waiting = {name: {"dose": 0.0, "start": 0, "end": each.end} for name, each in session.plan.shelf.items() if name in config.instrument}
    if waiting:
        body["instrument"] = body.get("instrument", {}) | waiting
    body["timetable"] = [{"at": entry.at, "set": plain(entry.set)} for entry in session.timetable]
    head = (
        "# @package _global_\n"
        f"# Made in the explorer.  Put it into my_configs/scenario/{NAME}.yaml, then: crosscluster run scenario={NAME}\n"
    )
    return head + yaml.safe_dump(body, sort_keys=False, allow_unicode=True)


def _own(preset: str) -> bool:
    """Is it a scenario of a folder of one's own?  It may be an earlier export, which the next one takes the place of."""
    return not choices("scenario", own_folders())[preset].is_relative_to(SHIPPED)


def _written_out(session: Session, instruments: list[str]) -> dict[str, Any]:
    """All that the preset says other than the status quo with these instruments, so that the file needs no other of one's own."""
    where = f"world={session.setting.world}"
    mine = tree([where, f"scenario={session.setting.preset}"])
    base = tree([where, f"scenario={STATUS_QUO}", f"instrument=[{','.join(instruments)}]"])
    return {key: value for key, value in _other(mine, base).items() if key not in ("scenario", "seed", "timetable")}


def _other(mine: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """What of a tree is not in another one, or is not the same there."""
    found: dict[str, Any] = {}
    for key, value in mine.items():
        there = base.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            if deeper := _other(value, there):
                found[key] = deeper
        elif key not in base or value != there:
            found[key] = value
    return found


def called(setting: Setting) -> str:
    """Name of the table's file: world, preset, luck and, where it is not the shipped one, size."""
    size = "" if setting.organisations is None else f"_{setting.organisations}"
    return f"series_{setting.world}_{setting.preset}_seed{setting.seed}{size}.csv"


def as_csv(session: Session) -> str:
    """All indicators so far, one a line: quarter, country, indicator, with the policy, without it, the difference; then of which run they
    are, and what is set from this quarter on, by the preset or by hand, as a link says it."""
    history, file, setting = session.history(), io.StringIO(), session.setting
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    run = [setting.world, setting.preset, setting.seed, size(session.config)]
    pulled = {entry.at: "*".join(written(entry)) for entry in session.timetable}
    for name, policy in history.policy.items():
        twin = history.twin[name]
        for row, quarter in enumerate(history.quarters.tolist()):
            for column, place in enumerate(history.places):
                one, other = float(policy[row, column]), float(twin[row, column])
                if not (math.isnan(one) and math.isnan(other)):
                    writer.writerow([quarter, place, name, repr(one), repr(other), repr(one - other), *run, pulled.get(quarter, "")])
    return file.getvalue()
