"""A session: one student's world and its twin, lived quarter by quarter, with levers that can be pulled at any moment.

    session = Session(Setting("demo", "grants", seed=7), Cradle(256_000_000))
    session.step()
    session.pull("instrument.grants.dose", 0.05)              # from the next quarter on
    session.pull("instrument.vouchers.dose", 0.02, now=False)  # from a restart on
    session.restart()
    session.run(20)
    session.history().curve("innovations").difference

Both worlds go on from one burn-in and have the same luck.  Whatever is pulled is an entry of the timetable of the configuration
(sim/timetable.py) and nothing else, so that `crosscluster run` of this configuration gives the same numbers.
A session is for one caller at a time.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from sim.commands.known_names import refuse_unknown_names
from sim.config import Config
from sim.config_check import ConfigError, listed, shown
from sim.config_rules import check_rules
from sim.explorer.cradle import Cradle
from sim.explorer.history import Funnel, History, funnel_of, history_of
from sim.explorer.setting import Plan, Setting, plan
from sim.programme import Programme
from sim.simulate import quarters
from sim.step import step
from sim.timetable import Entry, in_force
from sim.world import World


class Session:
    """A world (`policy`) and its twin without policy (`twin`), at the same quarter.

    timetable: what is pulled, with what the preset changes itself; a link or a lesson hands it in.  Raises ConfigError for a setting or
    a timetable that names what there is not.
    """

    policy: World
    twin: World
    before: tuple[bytes, Config] | None
    """The policy world when its last quarter began, and the configuration of then; none before the first."""
    at_opening: dict[str, Programme]
    """Programmes as they were at the opening, with the books of those that had begun before."""

    def __init__(self, setting: Setting, cradle: Cradle, timetable: Sequence[Entry] | None = None) -> None:
        self.setting = setting
        self.plan: Plan = plan(setting)
        self._cradle = cradle
        self.config = self._with(self.plan.timetable if timetable is None else tuple(timetable))
        self.waiting: dict[str, Any] = {}  # key -> value of levers that are to hold from the next restart on
        self._lived: History | None = None  # the history, until something more is lived
        self._in_force: tuple[Config, int, dict[str, Any]] | None = None  # of which configuration and quarter, and what
        self.back_to_start()

    # time

    @property
    def quarter(self) -> int:
        """Quarters since the opening that are lived; the next one has this number."""
        return self.policy.quarter - self.policy.opens

    @property
    def last(self) -> int:
        """Quarters from the opening to the end."""
        return quarters(self.config) - self.config.world.burn_in

    @property
    def at_end(self) -> bool:
        """Is the run over?"""
        return self.quarter >= self.last

    def step(self) -> None:
        """Both worlds live a quarter; nothing happens after the end."""
        self.run(self.quarter + 1)

    def run(self, until: int | None = None) -> None:
        """Both live on until `until` quarters since the opening are lived, by default to the end."""
        goal = self.last if until is None else min(until, self.last)
        while self.quarter < goal:
            if self.quarter == goal - 1:
                self.before = (self.policy.snapshot(), self.config)
            self._lived = None
            step(self.policy)
            step(self.twin)

    def back_to_start(self) -> None:
        """Both are at the opening again, with all that was pulled so far still in the timetable."""
        seed = self.setting.seed
        self.policy = World.resume(self._cradle.snapshot(self.config, seed), self.config)
        self.twin = World.resume(self._cradle.snapshot(self.plan.twin, seed), self.plan.twin)
        self.before = self._lived = None
        self.at_opening = {name: deepcopy(programme) for name, programme in self.policy.programmes.items()}

    def restart(self) -> None:
        """Back to the start, and levers that waited for it hold from the opening on: whatever was pulled of them later is void."""
        self.config = self._with(self.after_restart)
        self.waiting = {}
        self.back_to_start()

    # levers

    @property
    def timetable(self) -> tuple[Entry, ...]:
        """All that is pulled, or changed by the preset, in the order of time."""
        return self.config.timetable

    @property
    def after_restart(self) -> tuple[Entry, ...]:
        """The timetable once levers that wait hold from the opening on."""
        return _changed(self.timetable, 0, self.waiting)

    def planned(self, key: str, value: Any, now: bool = True) -> tuple[Entry, ...]:
        """The timetable with one lever pulled: that of now, or of after the next restart."""
        return _changed(self.timetable, self.quarter, {key: value}) if now else _changed(self.timetable, 0, {**self.waiting, key: value})

    def voided(self, key: str, now: bool = True) -> tuple[int, ...]:
        """Later quarters for which the timetable has a word on this lever: it is void once the lever is pulled."""
        return tuple(entry.at for entry in self.timetable if key in entry.set and entry.at > (self.quarter if now else 0))

    def in_force(self) -> dict[str, Any]:
        """All instruments as they are in force in the next quarter; found once, however often it is asked."""
        known = self._in_force
        if known is None or known[0] is not self.config or known[1] != self.quarter:
            known = (self.config, self.quarter, in_force(self.timetable, self.config.instrument, self.quarter + 1))
            self._in_force = known
        return known[2]

    def pull(self, key: str, value: Any, now: bool = True) -> None:
        """Set a number or list of an instrument, from the next quarter on or, if not now, from the next restart on.

        key: 'instrument.<name>.<field>', of any instrument of the preset or the shelf.  What was planned for later quarters is void.
        Raises ConfigError, and changes nothing, for what may not be set, and for `now` after the end.
        """
        if not now:
            self._with(self.planned(key, value, now))
            self.waiting[key] = value
            return
        if self.at_end:
            raise ConfigError(f"{key}: the run is over after {self.last} quarters; allowed: from a restart")
        self._go_on(self._with(self.planned(key, value)))

    def _with(self, timetable: tuple[Entry, ...]) -> Config:
        return configured(self.plan, timetable)

    def _go_on(self, config: Config) -> None:
        """The policy world follows another configuration from its next quarter on."""
        if config.instrument.keys() != self.config.instrument.keys():
            self.policy = World.resume(self.policy.snapshot(), config)
        self.config = self.policy.config = config

    # what happened

    def history(self) -> History:
        """All indicators of both worlds so far, the burn-in included."""
        if self._lived is None:
            self._lived = history_of(self.policy, self.twin)
        return self._lived

    def funnel(self) -> Funnel:
        """How far relations came that began since the opening, in both worlds."""
        return funnel_of(self.policy, self.twin)


def configured(planned: Plan, timetable: Sequence[Entry]) -> Config:
    """The preset with a timetable and the instruments from the shelf that it names, checked as a configuration from a file.

    Raises ConfigError for a timetable that names what there is not or sets what is not allowed.
    """
    known = {**planned.policy.instrument, **planned.shelf}
    _refuse_unknown(timetable, known)
    named = {name for entry in timetable for name in _named(entry) if name in planned.shelf}
    instruments = {name: known[name] for name in known if name in planned.policy.instrument or name in named}
    config = replace(planned.policy, instrument=instruments, timetable=tuple(timetable))
    check_rules(config)
    refuse_unknown_names(config)
    return config


def _refuse_unknown(timetable: Sequence[Entry], known: Mapping[str, Any]) -> None:
    """Of instruments, the shelf's included; a key that is none at all is left for the check of the timetable to name."""
    for n, entry in enumerate(timetable):
        for key, value in entry.set.items():
            name = key.split(".")[1] if key.startswith("instrument.") and key.count(".") > 1 else None
            if name is not None and name not in known:
                allowed = listed(known, name, "instrument")
                raise ConfigError(
                    f"timetable[{n}].set.{key}: the scenario has no such instrument (value {shown(value)}); allowed: {allowed}"
                )


def _named(entry: Entry) -> list[str]:
    return [key.split(".")[1] for key in entry.set if key.count(".") > 1]


def _changed(timetable: Sequence[Entry], at: int, values: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The timetable with these values from quarter `at` on, and no later word on their keys."""
    plans: dict[int, dict[str, Any]] = {}
    for entry in timetable:
        kept = {key: value for key, value in entry.set.items() if entry.at < at or key not in values}
        plans.setdefault(entry.at, {}).update(kept)
    plans.setdefault(at, {}).update(values)
    return tuple(Entry(at=quarter, set=plans[quarter]) for quarter in sorted(plans) if plans[quarter])
