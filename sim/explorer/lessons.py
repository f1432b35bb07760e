"""Lessons: a short text that sets levers and asks a question that a chart answers, with the finding that a teacher may expect.

A lesson is a YAML file in sim/explorer/lessons/, or in the folder lesson/ of one's own configs:

    order: 1
    title: {en: ..., ru: ...}              # so are text, question, note and the finding's text
    setting: {world: demo, preset: status_quo, seed: 1, organisations: null}
    arms:                                  # what is compared; the first one is set when the lesson opens
      events:
        label: {en: ..., ru: ...}
        timetable: [{at: 0, set: {instrument.matchmaking.dose: 0.03}}]
    question: {en: ..., ru: ...}
    indicator: cross_cluster_active        # what the lesson's chart shows, with and without each arm, and where
    place: all
    finding:                               # what is to be expected over many seeds, in words and as claims that are checked
      text: {en: ..., ru: ...}
      claims: [{outcome: projects_started, arm: events, against: twin, direction: up, share: 0.9}]
    minutes: 20
    note: {en: ..., ru: ...}               # for the instructor

`python -m benchmarks.lessons` checks the findings in the model.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from agents.parameters import number
from sim.commands.folders import check_file, own_folders
from sim.config import Config
from sim.config_check import ConfigError, build, nearest, refuse
from sim.experiments import dictionary
from sim.explorer.cradle import Cradle
from sim.explorer.session import Session, configured
from sim.explorer.setting import Setting, plan
from sim.frames import ALL, WORLD
from sim.simulate import quarters
from sim.timetable import Entry, build_timetable

SHIPPED = Path(__file__).with_suffix("")
FOLDER = "lesson"
"""Where lessons lie in a config folder of one's own."""
OF_COUNTRIES = ("pillar_basic", "pillar_efficiency", "pillar_innovation", "index", "index_rank")
"""Indicators that all policy countries together have not."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
TWIN = "twin"
"""What an arm is compared with: the same luck without the levers."""
LABELS = ("case", "pair", "arm", "dose", "seed", "experiment", "world", "label", "factor", "placebo", "error")
"""Columns of runs that say which run it is: no outcomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same in English and in Russian."""

    en: str
    ru: str

    def __post_init__(self) -> None:
        for language, text in (("en", self.en), ("ru", self.ru)):
            if not text.strip():
                raise ValueError(f"{language}: found no words; allowed: text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What a student sets: its name on the page, and entries on top of what the preset changes itself."""

    label: Words
    timetable: Any

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The levers.  ConfigError for what is no timetable."""
        return build_timetable(self.timetable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is expected of one number over seeds: of `arm` less that of `against`, with the same luck.

    over: what would have been without `arm`, and without `against` where that is an arm: the twin, or an arm to which `arm` adds something.
    outcome: a column of runs, or an indicator, of all policy countries in the last quarter; per: the ratio of means to another outcome's.
    up, down: the 95 % interval lies on that side of `than` and, if `share` is given, so do at least so many of the seeds.
    none: the interval lies between than - within and than + within.
    """

    outcome: str
    arm: str
    direction: Literal["up", "down", "none"]
    against: str = TWIN
    over: str = TWIN
    per: str | None = None
    than: float = 0.0
    share: float | None = None
    within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a teacher may expect, in words and in claims."""

    text: Words
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson, as its file says it."""

    order: int = number("place in the list", 1, 999, "design", whole=True)
    title: Words
    text: Words
    setting: Setting
    arms: dict[str, Arm]
    question: Words
    indicator: str
    place: str
    finding: Finding
    minutes: int = number("minutes", 1, 240, "design", whole=True)
    note: Words

    @property
    def countries(self) -> tuple[str, ...]:
        """ISO codes of the countries of its world."""
        return tuple(plan(self.setting).policy.country)

    def opened(self, cradle: Cradle, arm: str | None = None, seed: int | None = None) -> Session:
        """A session with the levers of an arm, by default the first, on the lesson's seed or another one.  KeyError for no arm of it."""
        setting = self.setting if seed is None else replace(self.setting, seed=seed)
        chosen = self.arms[next(iter(self.arms)) if arm is None else arm]
        return Session(setting, cradle, (*plan(setting).timetable, *chosen.entries))


def lessons() -> dict[str, Lesson]:
    """All lessons by name in their order; one's own stands for a shipped one of its name.  ConfigError in one line for a wrong file."""
    found = {name: read(path) for name, path in _paths().items()}
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def read(path: Path) -> Lesson:
    """The lesson in a file, with everything checked that is known without a run; ConfigError in one line for what is wrong."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=200)
def _read(path: Path, changed: int) -> Lesson:
    """changed: when the file last did."""
    where = f"lesson {path.stem}"
    if not NAME.fullmatch(path.stem):
        raise refuse(where, path.name, "a file name of small letters, digits and _")
    lesson = build(Lesson, check_file(path), where)
    try:
        _check_levers(lesson)
        _check_line(lesson)
        if not lesson.finding.claims:
            raise refuse("finding.claims", [], "at least one claim")
        for n, claim in enumerate(lesson.finding.claims):
            _check_claim(lesson, claim, f"finding.claims[{n}]")
    except ConfigError as error:
        raise ConfigError(f"{where}.{error}") from error
    return lesson


def _paths() -> dict[str, Path]:
    folders = (SHIPPED, *(Path(folder) / FOLDER for folder in reversed(own_folders())))
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def _check_levers(lesson: Lesson) -> None:
    try:
        planned = plan(lesson.setting)
    except ConfigError as error:
        raise ConfigError(f"setting.{error}") from error
    if not lesson.arms:
        raise refuse("arms", {}, "at least one arm")
    for name, arm in lesson.arms.items():
        if name == TWIN or not NAME.fullmatch(name):
            raise refuse("arms", name, f"names of small letters, digits and _, but not {TWIN}")
        try:
            config = configured(planned, (*planned.timetable, *arm.entries))
        except ConfigError as error:
            raise ConfigError(f"arms.{name}.{error}") from error
        _check_dates(config, arm, f"arms.{name}.timetable")


def _check_dates(config: Config, arm: Arm, where: str) -> None:
    last = quarters(config) - config.world.burn_in - 1
    for n, entry in enumerate(arm.entries):
        if entry.at > last:
            raise refuse(f"{where}[{n}].at", entry.at, f"a whole number from 0 to {last}, the last quarter of the run")


def _check_line(lesson: Lesson) -> None:
    known, places = dictionary.indicators(), (*lesson.countries, ALL, WORLD)
    _one_of(lesson.indicator, known, "indicator", "an indicator of docs/results_files.md")
    _one_of(lesson.place, places, "place", ", ".join(places))


def _check_claim(lesson: Lesson, claim: Claim, where: str) -> None:
    known = outcomes_known(lesson.countries)
    _one_of(claim.outcome, known, f"{where}.outcome", "a column of runs or an indicator, as docs/results_files.md has them")
    if claim.per is not None:
        _one_of(claim.per, known, f"{where}.per", "a column of runs or an indicator, as docs/results_files.md has them")
    _one_of(claim.arm, lesson.arms, f"{where}.arm", ", ".join(lesson.arms))
    others = [name for name in (TWIN, *lesson.arms) if name != claim.arm]
    _one_of(claim.against, others, f"{where}.against", ", ".join(others))
    bases = [TWIN, *lesson.arms] if claim.against == TWIN else [TWIN]
    _one_of(claim.over, [name for name in bases if name != claim.arm], f"{where}.over", f"{TWIN}, or another arm where against is {TWIN}")
    if claim.share is not None and (claim.direction == "none" or claim.per is not None or not 0.5 <= claim.share <= 1.0):
        raise refuse(f"{where}.share", claim.share, "a number from 0.5 to 1 where the direction is up or down and nothing is per, or null")
    if (claim.within is None) == (claim.direction == "none") or (claim.within is not None and claim.within <= 0.0):
        raise refuse(f"{where}.within", claim.within, "a number above 0 where the direction is none, else null")


def outcomes_known(countries: tuple[str, ...]) -> Mapping[str, dictionary.Meaning]:
    """What a claim may be about: unit and meaning by name.  countries: ISO codes of the world."""
    scalars: dict[str, dictionary.Meaning] = {}
    for name, each in dictionary.dictionary()["runs"].items():
        if name not in LABELS and not name.startswith("config."):
            scalars |= {name.replace("<ISO>", iso): each for iso in countries} if "<ISO>" in name else {name: each}
    return {**{name: each for name, each in dictionary.indicators().items() if name not in OF_COUNTRIES}, **scalars}


def _one_of(found: str, allowed: Any, where: str, what: str) -> None:
    if found not in allowed:
        raise ConfigError(f"{refuse(where, found, what)}{nearest(found, allowed)}")
