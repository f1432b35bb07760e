"""What an organisation is born with, drawn by its id alone (agents/births.py)."""

import math
from dataclasses import dataclass
from typing import Any

from tests.reference.draws import bits, exponential, key, normal, open_unit, unit
from tests.reference.people import Country


@dataclass(eq=False)
class Newborn:
    """A potential entrant."""

    id: int
    country: Country
    sector: int
    place: int
    stage: int
    taste: float
    fitness: float
    cash: float
    direction: list[float]
    origin: int = 0
    chance: float = 0.0


def give_birth(model: Any, id: int, country: Country, sector_share: list[float]) -> Newborn:
    """Draws of the organisation `id` in a country."""
    p = model.behaviour.birth

    def drawn(purpose: str, number: int = 0) -> int:
        return bits(key(model.seed, model.purpose(purpose), 0), id, number)

    sector = pick(unit(drawn("BIRTH_SECTOR")), list(enumerate(sector_share)))
    stretched = [
        share * exponential(open_unit(drawn("BIRTH_KNOWLEDGE", f))) ** p.direction_spread for f, share in enumerate(model.profile[sector])
    ]
    length = math.sqrt(sum(x * x for x in stretched))
    return Newborn(
        id=id,
        country=country,
        sector=sector,
        place=pick(unit(drawn("BIRTH_PLACE")), country.places[sector]),
        stage=int(unit(drawn("BIRTH_CHAIN")) * model.stages[sector]),
        taste=math.exp(p.taste_spread * normal(open_unit(drawn("BIRTH_TASTE"))) - 0.5 * p.taste_spread * p.taste_spread),
        fitness=p.fitness_spread * normal(open_unit(drawn("BIRTH"))),
        cash=p.start_cash + p.start_cash_spread * (2.0 * unit(drawn("BIRTH", 1)) - 1.0),
        direction=[x / length for x in stretched],
    )


def pick(u: float, shares: list[tuple[int, float]]) -> int:
    """The first at which the running sum of shares exceeds u."""
    total = 0.0
    for name, share in shares:
        total += share
        if share > 0.0 and u < total:
            return name
    return max(name for name, share in shares if share > 0.0)
