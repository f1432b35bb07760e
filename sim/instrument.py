"""What an instrument is: frozen data with up to five hooks, called while its programme runs.

  prepare(world, programme)  phase 1, first: rules it changes for other programmes (pooling, steering) and shocks
  govern(world, programme)   phase 1: awards, calls, prices it changes (writes levers, projects' cover)
  meet(world, programme)     phase 2: meetings it makes possible
  pay(world, programme)      phase 7: payments that depend on what organisations did
  settle(world, programme)   phase 8: payments that depend on who left and who came
The running instance, with its budget, awareness and eligibles, is a Programme (sim/programme.py); all instruments share its mechanism
of rationing, payment and ledger.  An instrument changes a cost, a budget, a choice set or an information set, never an outcome.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numba import njit

from agents.draws import Purpose, bits
from agents.meeting_places import ANY, CROSS_BORDER, CROSS_CLUSTER, FIRM_SCIENCE, IN_CLUSTER
from agents.parameters import number
from agents.search import Meetings, drawn_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Who qualifies; an empty list means everybody, null either.

    `random_share` < 1 assigns at random, as a field experiment does: each organisation by its own lot, or, where `strata` are named, the
    same share of every stratum of those who are there when the programme opens.
    """

    countries: tuple[str, ...]
    places: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    clustered: bool | None
    cluster_stages: tuple[Literal["potential", "emerging", "active", "declining"], ...]
    exporting: bool | None
    innovative: bool | None
    import_replacing: bool | None  # sells at home what its country largely imports
    staff_min: float = number("persons", 0, 1e7, "design", null=0)
    staff_max: float = number("persons", 0, 1e7, "design", null=1e7)
    random_share: float = number("share", 0, 1, "design", null=1)
    strata: tuple[Literal["country", "sector", "size", "kind"], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What all instruments have in common; each kind adds its own numbers."""

    label: str
    source: str
    dose: float = number("share of own R&D a year in its countries and sectors", 0, 1, "design", null=0)
    start: int = number("quarters after the programmes open", -400, 400, "design", whole=True)
    end: int = number("quarters after the programmes open", -400, 4000, "design", whole=True)
    payers: tuple[str, ...]
    delivery: float = number("factor on the payers' delivery", 0, 1, "design", null=1)
    delay: int = number("quarters from a budget to its money", 0, 12, "design", null=0, whole=True)
    overhead: float = number("share of the budget", 0, 0.5, "guess", null=0)
    awareness: float = number("share", 0, 1, "guess: organisations that know of it from the start")
    target: Target
    residual_of: tuple[str, ...]

    kind: ClassVar[str]
    others: ClassVar[tuple[str, ...]] = ()  # fields that name other programmes
    lands: ClassVar[tuple[str, ...]] = ()  # fields that name countries or blocs
    free: ClassVar[bool] = False  # a shock: it happens, nobody pays for it; dose is its severity, 0..1

    def admits(self, world: "World", programme: "Programme") -> np.ndarray:
        """Rows that qualify as far as the instrument itself is concerned, bool (rows,); the target comes on top."""
        return np.ones(world.population.capacity, bool)

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Phase 1, before budgets arrive: rules for other programmes, shocks."""

    def govern(self, world: "World", programme: "Programme") -> None:
        """Phase 1: awards, calls, prices."""

    def meet(self, world: "World", programme: "Programme") -> list[Meetings]:
        """Phase 2: meetings that the instrument makes possible."""
        return []

    def pay(self, world: "World", programme: "Programme") -> None:
        """Phase 7: payments that depend on what organisations did; also after the end, as long as money is left."""

    def settle(self, world: "World", programme: "Programme") -> None:
        """Phase 8: payments that depend on who left and who came; also after the end, as long as money is left."""

    def owes(self, world: "World", programme: "Programme") -> np.ndarray:
        """Money already promised, by country of those who will receive it, f8 (C,), real."""
        return np.zeros(len(world.countries))


SCOPES = {
    "any": ANY, "in_cluster": IN_CLUSTER, "cross_cluster": CROSS_CLUSTER, "cross_border": CROSS_BORDER, "firm_science": FIRM_SCIENCE,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Instrument):
    """A call for joint projects: what applicants need to know of it, and how long it pays."""

    scope: Literal["any", "in_cluster", "cross_cluster", "cross_border", "firm_science"]
    share: float = number("share of cost", 0, 1, "design", null=0)
    quarters: int = number("quarters", 1, 40, "usual length of a grant", whole=True)
    least_members: int = number("organisations", 2, 6, "design: smallest consortium that may apply", null=2, whole=True)
    signed: bool  # states have signed the programme, so that an award needs no consent of theirs
    shuffled_labels: bool  # placebo: the call takes organisations for those of a country drawn for them

    afterwards: ClassVar[bool] = False  # it pays only after the expense: members must find the whole money first

    def prepare(self, world: "World", programme: "Programme") -> None:
        """Awards of a programme that states have signed stand for their consents."""
        if self.signed:
            world.levers.free_calls |= programme.flag

    def honour(self, world: "World", programme: "Programme") -> None:
        """Phase 3, also after the end: payments due for expenses of the past."""

    def labels(self, world: "World", programme: "Programme") -> np.ndarray:
        """The country the call takes each row for, i8 (rows,): its own, but under the placebo one drawn in proportion to organisations."""
        people, countries = world.population, world.countries
        if not self.shuffled_labels:
            return people.country.astype(np.int64)
        paying = np.isin(np.array(countries.iso), programme.payers(world))
        k = programme.lasting_key(world, Purpose.PLACEBO)
        return _drawn_labels(k, people.id, countries.key, np.where(paying, countries.organisations, 0.0))

    def owes(self, world: "World", programme: "Programme") -> np.ndarray:
        """Money already promised to the projects the call funds."""
        return self.promised(world, programme)

    def promised(self, world: "World", programme: "Programme") -> np.ndarray:
        """Most that the projects the call funds may still cost it, by country of their members, f8 (C,), real."""
        owed = np.zeros(len(world.countries))
        _promised(world.projects.table(), programme.bit, self.quarters, world.quarter, world.weight, world.population.country, owed)
        return owed


@njit(cache=True)
def _promised(pr, programme, quarters, now, weight, country, owed):
    for n in range(len(pr.status)):
        if pr.status[n] == 0 or pr.programme[n] != programme:
            continue
        remaining = quarters if pr.status[n] == 1 else max(0, pr.paid_until[n] - now)
        for m in range(pr.size[n]):
            i = pr.members[n, m]
            owed[country[i]] += (pr.covered[n, m] - pr.regional[n, m]) * pr.cost[n, m] * weight[i] * remaining


@njit(cache=True)
def _drawn_labels(k, id, keys, weight):
    labels = np.zeros(len(id), np.int64)
    for i in range(len(id)):
        labels[i] = drawn_country(bits(k, id[i], 0), keys, weight)
    return labels
