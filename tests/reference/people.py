"""Who there is: organisations as Mesa agents that hold their own state; countries and clusters as plain objects."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mesa import Agent

from agents.population import FIELDS
from tests.reference.draws import bits, open_unit

if TYPE_CHECKING:
    from tests.reference.relations import Tie

LEVERS = (
    "research_rate", "research_cap", "cash_given", "untargeted", "tax_relief", "tax_relief_cap", "loan_line", "loan_relief", "guarantee",
    "guarantee_cap", "interest_relief", "contribution", "orders", "entry_cap", "part_relief", "adoption", "absorption",
)  # fmt: skip
"""What instruments may turn for an organisation, 0 at rest."""
PAYERS = ("research_payer", "tax_relief_payer", "loan_payer", "guarantee_payer", "entry_payer")
"""Names of the programmes behind them."""
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
    organisations: float
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
    places: list[list[tuple[int, float]]]  # of a sector: (place, share)
    fringe_mass: list[float]
    fringe_sales: list[float]
    fringe_fitness: list[float]
    fringe_share0: list[float]
    cover: list[float]
    taste_normal: float
    return_rate: float
    delivery: float = 1.0
    delivery_start: float = 1.0
    customs_share: float = 0.0
    gdp: float = 0.0
    gerd: float = 0.0
    berd: float = 0.0
    basic: float = 0.0
    efficiency: float = 0.0
    innovation: float = 0.0

    def rest(self) -> None:
        """No instrument acts."""
        self.surcharge = self.rate_rise = self.start_relief = 0.0


def drawn_country(z: int, weights: list[tuple[Country, float]]) -> Country | None:
    """A country drawn in proportion to its weight: the first to arrive after exponential waits."""
    waits = [(-math.log(open_unit(bits(z, c.key))) / weight, c) for c, weight in weights if weight > 0.0]
    return min(waits, key=lambda pair: pair[0])[1] if waits else None


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
    capability_start: float = 0.0
    orientation_start: float = 0.0
    labelled: bool = False
    label_until: int = 0  # quarter
    infrastructure: float = 0.0
    decreed: bool = False


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
        self.soft_debt = self.soft_relief = self.guaranteed = 0.0
        self.soft_payer: str | None = None
        self.guarantor: str | None = None
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
        self.awarded = 0.0
        self.innovations = 0
        self.past_innovations: list[int] = []  # of the last quarters, the latest last
        self.first_foreign = -1
        self.ties: dict[int, Tie] = {}  # by id of the partner
        self.rest()

    def rest(self) -> None:
        """Nothing has happened this quarter, and no instrument acts."""
        self.private_cost = 0.0
        for lever in LEVERS:
            setattr(self, lever, 0.0)
        for payer in PAYERS:
            setattr(self, payer, None)
        self.entry_relief = [0.0, 0.0]  # inside a bloc, third country
        self.blur = self.leak = 1.0
        self.barred = [False] * len(self.model.countries)  # may it not cooperate with those of a country?
        self.cut_off: Programmes = set()  # platforms it cannot reach
        self.project_cost = self.project_grant = self.subsidy = self.entry_cost = self.entry_borne = self.growth = self.advantage = (
            self.tax_paid
        ) = 0.0
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
