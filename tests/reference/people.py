"""Who there is: organisations as Mesa agents that hold their own state, and what lies between and around them as plain objects."""

from dataclasses import dataclass
from typing import Any

from mesa import Agent

from agents.population import FIELDS
from agents.ties import WIDTH, Channel, Reached, TieStage

REST = -1
"""The rest of the world, as a destination of exports."""
Programmes = set[str]


@dataclass(eq=False)
class Country:
    """A country, its address book, its part of the markets (lists over sectors), and what its founders were like."""

    row: int
    iso: str
    key: int
    weight: float
    policy: bool
    tax: float
    policy_rate: float
    wage: float
    ict: float
    researchers: float
    researchers_start: float
    research_price: float
    research_start: float
    untargeted: float
    rooms: int
    book: list["Organisation | None"]
    firms: int
    smallest: float
    intensity_factor: float
    clustered: float
    sector_share: list[float]
    places: list[tuple[int, float]]  # (place, share)
    fringe_mass: list[float]
    fringe_sales: list[float]
    fringe_fitness: list[float]
    fringe_share0: list[float]
    cover: list[float]
    taste_normal: float
    return_rate: float
    surcharge: float = 0.0


@dataclass(eq=False)
class Cluster:
    """A network organisation around a key product."""

    row: int
    key: int
    country: Country
    place: int
    sector: int
    stage: int
    capability: float
    orientation: float
    founded: bool
    members: int
    members_start: float
    sales_start: float
    research_start: float
    networking: float
    variety: float
    knowledge: list[float]


class Organisation(Agent):
    """An organisation and all it has."""

    is_firm = False

    def __init__(self, model: Any, id: int, country: Country, place: int, sector: int, stage: int, born: int) -> None:
        super().__init__(model)
        self.id, self.country, self.place, self.sector, self.stage, self.born = id, country, place, sector, stage, born
        self.cluster: Cluster | None = None
        self.foreign = False
        self.staff = self.sales = self.sales_mean = self.export_sales = self.niche = 0.0
        self.contested = 0.0  # sales outside its niche when it last sold
        self.cash = self.debt = self.profit = 0.0
        self.unit_cost, self.quality, self.mass = 1.0, 1.0, 0.0
        self.exports_to: set[int] = set()  # rows of countries, REST
        self.taste = 1.0
        self.research = self.research_mean = self.research_public = 0.0
        self.constrained = False
        self.knowledge = [0.0] * FIELDS
        self.load = 0.0
        self.aware: Programmes = set()
        self.eligible: Programmes = set()
        self.on_platform: Programmes = set()
        self.private_cost = 0.0
        self.innovations = 0
        self.past_innovations: list[int] = []  # of the last quarters, the latest last
        self.first_foreign = -1
        self.ties: dict[int, Tie] = {}  # by id of the partner
        self.rest()

    def rest(self) -> None:
        """Nothing has happened this quarter, and no instrument acts."""
        self.private_cost = 0.0
        self.research_rate = self.research_cap = self.cash_given = self.untargeted = self.entry_relief = 0.0
        self.research_payer: str | None = None
        self.leak = 1.0
        self.project_cost = self.project_grant = self.subsidy = self.entry_cost = self.growth = self.advantage = self.tax_paid = 0.0
        self.lines = 1.0
        self.small = self.radical = self.joint = self.joint_foreign = 0.0
        self.patents = 0

    @property
    def active(self) -> bool:
        """An organisation counts as soon as somebody works there."""
        return self.staff > 0.0

    @property
    def weight(self) -> float:
        """Real organisations it stands for."""
        return self.country.weight

    @property
    def innovations_year(self) -> int:
        """Innovations of the last four quarters."""
        return sum(self.past_innovations[-4:])


class Firm(Organisation):
    """A firm that performs R&D."""

    is_firm = True


class Institute(Organisation):
    """A research institute."""


class University(Organisation):
    """A university."""


@dataclass(eq=False)
class Tie:
    """Two organisations that know each other; `a` has the smaller id."""

    a: Organisation
    b: Organisation
    since: int
    channel: int
    stage: int = TieStage.CONTACT
    reached: int = Reached.MET
    trust: float = 0.0
    meetings: int = 0
    projects: int = 0
    business: bool = False

    def other(self, i: Organisation) -> Organisation:
        """The organisation at the other end."""
        return self.b if self.a is i else self.a

    @property
    def idle(self) -> bool:
        """A mere contact, which may give way."""
        return self.projects == 0 and not self.business and self.stage == TieStage.CONTACT

    def cut(self) -> None:
        """The two forget each other."""
        del self.a.ties[self.b.id]
        del self.b.ties[self.a.id]


def full(i: Organisation) -> bool:
    """Has i no place for a new tie, not even one of an idle contact?"""
    return len(i.ties) == WIDTH and not any(tie.idle for tie in i.ties.values())


def make_room(i: Organisation) -> None:
    """Forget the contact of least trust, if there is no place."""
    if len(i.ties) == WIDTH:
        min((tie for tie in i.ties.values() if tie.idle), key=lambda tie: (tie.trust, tie.other(i).id)).cut()


def connect(i: Organisation, j: Organisation, quarter: int, channel: int) -> Tie | None:
    """A new contact; None where one of them is too busy to keep it."""
    if full(i) or full(j):
        return None
    make_room(i)
    make_room(j)
    a, b = (i, j) if i.id < j.id else (j, i)
    tie = a.ties[b.id] = b.ties[a.id] = Tie(a, b, quarter, channel)
    return tie


def trust_of(i: Organisation, j: Organisation) -> float:
    """Trust between the two, 0 where they do not know each other."""
    tie = i.ties.get(j.id)
    return tie.trust if tie else 0.0


@dataclass(eq=False)
class Project:
    """A joint R&D project; lists run over members, the lead first."""

    key: int
    members: list[Organisation]
    cost: list[float]
    load: list[float]
    covered: list[float]
    weight: float
    born: int
    value: float
    channel: int
    active: bool = False
    started: int = -1
    renewal: bool = False
    consented: bool = False
    programme: str | None = None
    paid_until: int = 0
    cross_cluster: bool = False
    in_cluster: bool = False
    cross_border: bool = False
    cross_sector: bool = False
    with_science: bool = False
    innovations: int = 0

    def pairs(self) -> list[tuple[int, int]]:
        """Positions (m, l), l < m, of all pairs of members."""
        return [(m, l) for m in range(len(self.members)) for l in range(m)]

    def ties(self) -> list[Tie]:
        """The ties among the members that (still) exist."""
        found = (self.members[m].ties.get(self.members[l].id) for m, l in self.pairs())
        return [tie for tie in found if tie]

    def mark(self) -> None:
        """Note what the project crosses now."""
        pairs = [(self.members[m], self.members[l]) for m, l in self.pairs()]
        clusters = [i.cluster for i in self.members]
        self.cross_cluster = any(i.cluster and j.cluster and i.cluster is not j.cluster for i, j in pairs)
        self.in_cluster = clusters[0] is not None and all(c is clusters[0] for c in clusters)
        self.cross_border = any(i.country is not j.country for i, j in pairs)
        self.cross_sector = any(i.sector != j.sector for i, j in pairs)
        self.with_science = len({i.is_firm for i in self.members}) == 2
        self.consented = not self.cross_border


@dataclass
class Meeting:
    """A meeting, or a proposal of one; `a` has the smaller id."""

    a: Organisation
    b: Organisation
    channel: int
    noise: float


def meeting(i: Organisation, j: Organisation, channel: Channel, noise: float) -> Meeting:
    """i and j meet through a channel."""
    return Meeting(i, j, channel, noise) if i.id < j.id else Meeting(j, i, channel, noise)

