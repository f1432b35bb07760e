"""What lies between organisations: ties, projects and meetings as plain objects."""

from dataclasses import dataclass, field

from agents.projects import MEMBERS
from agents.ties import WIDTH, Channel, Reached, TieStage
from tests.reference.people import Organisation


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
    afterwards: bool = False
    regional: list[float] = field(default_factory=lambda: [0.0] * MEMBERS)
    saved: list[float] = field(default_factory=lambda: [0.0] * MEMBERS)
    cross_cluster: bool = False
    in_cluster: bool = False
    cross_border: bool = False
    cross_sector: bool = False
    with_science: bool = False
    innovations: int = 0

    def pairs(self) -> list[tuple[int, int]]:
        """Positions (m, n), n < m, of all pairs of members."""
        return [(m, n) for m in range(len(self.members)) for n in range(m)]

    def ties(self) -> list[Tie]:
        """The ties among the members that (still) exist."""
        found = (self.members[m].ties.get(self.members[n].id) for m, n in self.pairs())
        return [tie for tie in found if tie]

    def mark(self) -> None:
        """Note what the project crosses now."""
        pairs = [(self.members[m], self.members[n]) for m, n in self.pairs()]
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
