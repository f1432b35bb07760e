"""Joint re-equipment along the chain: a buyer pays part of its supplier's new equipment, the state another part [PY17].

A supplier of an earlier stage of the same key product, behind best practice, finds a buyer among the firms it does business with.
    cost_i = cost x annual sales        adoption_i = closes x absorptive capacity_i      (part of the gap to best practice)
    the supplier agrees if   its part of the cost <= markup x adoption_i x gap_i x sales x payback < the whole cost
(for whom it pays without help, it is no investment of the programme)
Buyer and supplier really pay their parts out of money beyond their cash buffer, which is then not there for R&D.  The buyer's gain, better
inputs, is not modelled: to the buyer it is a cost only, which is conservative.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numba import njit

from agents.draws import Purpose, bits
from agents.knowledge import absorption, depth
from agents.parameters import number
from agents.population import Kind
from agents.ties import other_end
from sim.instrument import Instrument
from sim.suppliers import advantages, fitness_of
from sim.treasury import by_country

if TYPE_CHECKING:
    from sim.programme import Programme
    from sim.world import World


@njit(cache=True)
def _absorptive(knowledge):
    """Absorptive capacity of each row, f8 (rows,)."""
    capacity = np.empty(len(knowledge))
    for i in range(len(knowledge)):
        capacity[i] = absorption(depth(knowledge, i))
    return capacity


@njit(cache=True)
def _buyers(k, t, id, sector, stage, firm, wishes, part, share, weight, money):
    """The buyer of each supplier that wishes new equipment, -1 for none; i8 (rows,).

    Suppliers choose in a drawn order; of the buyers that can pay `share`, the lowest lot.  part, share: what supplier and buyer
    pay a supplier, f8 (rows,); money f8 (rows,): what they can spend, written.
    """
    rows = np.flatnonzero(wishes)
    lots = np.empty(len(rows), np.uint64)
    for n in range(len(rows)):
        lots[n] = bits(k, id[rows[n]], 0)
    buyer = np.full(len(id), -1, np.int64)
    for i in rows[np.argsort(lots)]:
        lowest = np.uint64(0)
        for slot in range(t.of.shape[1]):
            tie = t.of[i, slot]
            if tie < 0 or not t.business[tie] or money[i] < part[i]:
                continue
            j = other_end(t, tie, i)
            if firm[j] and sector[j] == sector[i] and stage[j] > stage[i] and money[j] >= share[i] * weight[i] / weight[j]:
                lot = bits(k, id[i], id[j])
                if buyer[i] < 0 or lot < lowest:
                    lowest, buyer[i] = lot, j
        if buyer[i] >= 0:
            money[i] -= part[i]
            money[buyer[i]] -= share[i] * weight[i] / weight[buyer[i]]
    return buyer


@njit(cache=True)
def _contributions(chosen, buyer, part, share, weight):
    """What suppliers and their buyers pay, f8 (rows,), mln int$ each; a buyer's total is its suppliers' in real money."""
    amount = np.zeros(len(chosen))
    for i in range(len(chosen)):
        if chosen[i]:
            amount[i] += part[i]
            amount[buyer[i]] += share[i] * weight[i] / weight[buyer[i]]
    return amount


@dataclass(frozen=True, slots=True, kw_only=True)
class ReEquipment(Instrument):
    """Pays `public` of a supplier's new equipment if a buyer pays `buyer` and the supplier the rest."""

    kind: ClassVar[str] = "re_equipment"

    cost: float = number("years of sales", 0, 1, "guess: equipment of a product line")
    public: float = number("share of cost", 0, 1, "design", null=0)
    buyer: float = number("share of cost", 0, 1, "design", null=0)
    closes: float = number("share of the gap to best practice", 0, 1, "guess: equipment embodies half of what others do better", null=0)
    payback: float = number("quarters", 0, 80, "guess: as for entering a market")

    def __post_init__(self) -> None:
        """Raises ValueError where state and buyer together would pay more than everything."""
        if self.public + self.buyer > 1.0:
            raise ValueError(f"found public + buyer = {self.public + self.buyer:g}; allowed: at most 1")

    def govern(self, world: "World", programme: "Programme") -> None:
        """Re-equips suppliers that find a buyer, in a drawn order while money lasts; writes `adoption` and `contribution`."""
        people, levers, finance = world.population, world.levers, world.config.behaviour.finance
        firm = people.alive & (people.kind == Kind.FIRM) & (people.staff > 0.0)
        cost = self.cost * 4.0 * people.sales_mean
        part, share = (1.0 - self.public - self.buyer) * cost, self.buyer * cost
        adoption = self.closes * _absorptive(people.knowledge)
        gain = finance.markup * adoption * self._gap(world) * people.sales_mean * self.payback
        wishes = programme.applicants(world) & firm & (gain > 0.0) & (gain >= part) & (gain < cost)
        money = people.cash - levers.contribution - finance.buffer * people.sales_mean
        buyer = _buyers(
            programme.key(world, Purpose.EQUIPMENT), world.ties.table(), people.id, people.sector, people.stage, firm, wishes, part, share,
            world.weight, money,
        )  # fmt: skip
        chosen = programme.ration(world, np.where(buyer >= 0, self.public * cost, 0.0))
        levers.adoption += np.where(chosen, adoption, 0.0)
        private = _contributions(chosen, buyer, part, share, world.weight)
        levers.contribution += private
        self._book(world, programme, np.where(chosen, self.public * cost, 0.0), private)

    def _gap(self, world: "World") -> np.ndarray:
        """How far firms are behind the best practice of their sector, log points, f8 (rows,)."""
        people, market = world.population, world.market
        best = np.broadcast_to(market.frontier, (len(world.countries), len(market.frontier)))
        x = fitness_of(people.alive, people.kind, people.quality, people.unit_cost)
        return np.maximum(0.0, -advantages(x, best, people.country, people.sector))

    def _book(self, world: "World", programme: "Programme", public: np.ndarray, private: np.ndarray) -> None:
        world.population.awarded += public
        programme.charge_organisations(world, "equipment", public)
        paid = by_country(private, world.weight, world.population.country, len(world.countries))
        for country in range(len(world.countries)):
            world.treasury.book(world.quarter, programme.name, country, country, "private_share", float(paid[country]))
