"""An organisation, or a state body, as a Mesa agent: a view of a row, without a state of its own.

`firm.cash` reads the column `cash` of the row now, so a view is never out of date.  It is bound to (row, id): once the
organisation is gone, whoever holds the row, reading it is an error.
Views only look.  Whoever wants another policy changes the configuration; whoever wants other behaviour changes a rule.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from mesa import Agent

from agents.population import COLUMNS, Kind, Population
from agents.ties import other_end

if TYPE_CHECKING:
    from agents.ties import Ties


class Gone(LookupError):
    """The organisation is no longer there."""


class Organisation(Agent):
    """A row of the population; `unique_id` is the organisation's id."""

    def __init__(self, model: Any, population: Population, ties: "Ties", row: int) -> None:
        # not super().__init__(): Mesa would number and register the view, and keep it
        self.model = model
        self.pos = None
        self.row = row
        self.unique_id = int(population.id[row])
        self._population = population
        self._ties = ties

    def __getattr__(self, name: str) -> Any:
        """The value of a column of the dictionary (agents.population.COLUMNS)."""
        if name not in COLUMNS:
            raise AttributeError(f"{type(self).__name__} has no {name!r}; columns: {', '.join(COLUMNS)}")
        value = getattr(self._population, name)[self._row_now()]
        return value.copy() if isinstance(value, np.ndarray) else value.item()

    def _row_now(self) -> int:
        if self._population.id[self.row] != self.unique_id:
            raise Gone(f"organisation {self.unique_id} is gone from row {self.row}; take a new look at model.agents")
        return self.row

    @property
    def is_here(self) -> bool:
        """Does the organisation still exist?"""
        return bool(self._population.id[self.row] == self.unique_id)

    @property
    def partners(self) -> list[int]:
        """Ids of the organisations it has a tie with, in ascending order."""
        row, table = self._row_now(), self._ties.table()
        return sorted(int(self._population.id[other_end(table, tie, row)]) for tie in self._ties.of[row] if tie >= 0)

    def remove(self) -> None:
        """Refused: organisations leave by the rules of turnover."""
        raise TypeError("a view cannot remove its organisation")

    def __repr__(self) -> str:
        """Kind and id."""
        return f"{type(self).__name__}({self.unique_id})"


class Firm(Organisation):
    """A firm that performs R&D."""


class Institute(Organisation):
    """A research institute."""


class University(Organisation):
    """A university."""


KINDS: dict[int, type[Organisation]] = {Kind.FIRM: Firm, Kind.INSTITUTE: Institute, Kind.UNIVERSITY: University}
"""Kind -> class of its views."""


class StateBody(Agent):
    """The ministry of a country: what its programmes offered and spent.  `treasury` and `programmes` are the world's own."""

    def __init__(self, model: Any, treasury: Any, programmes: dict[str, Any], iso: str, row: int) -> None:
        self.model = model
        self.pos = None
        self.unique_id = -1 - row  # no organisation has a negative id
        self.iso = iso
        self.row = row
        self._treasury = treasury
        self._programmes = programmes

    @property
    def paid(self) -> dict[str, float]:
        """Outlay so far by programme, as payer, mln int$."""
        totals: dict[str, float] = {}
        for (_, programme, payer, _, _), amount in self._treasury.ledger.items():
            if payer == self.iso:
                totals[programme] = totals.get(programme, 0.0) + amount
        return totals

    @property
    def left(self) -> dict[str, float]:
        """Money of each programme that has arrived from this country and is not spent, mln int$."""
        return {name: float(programme.left[self.row]) for name, programme in self._programmes.items()}

    def __repr__(self) -> str:
        """The country."""
        return f"StateBody({self.iso})"
