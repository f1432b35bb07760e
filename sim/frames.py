"""What a run leaves as tidy tables: series, funnel, ledger, starts.  Quarters count from the opening of programmes (0 = first)."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agents.ties import Channel, Reached
from sim.accounts import Accounts
from sim.competitiveness import cohesion, index
from sim.indicators import indicators
from sim.network_accounts import MARKS
from sim.treasury import NAMED

if TYPE_CHECKING:
    from sim.world import World

ALL, WORLD = "all", "world"
"""Groups in the column `country`: all policy countries together; all modelled countries together."""


def members(world: "World") -> np.ndarray:
    """Which countries "all" stands for: policy countries, or every country in a world that has none; bool (C,)."""
    policy = world.countries.policy
    return policy if policy.any() else np.ones(len(policy), dtype=bool)


def grouped(accounts: Accounts, world: "World") -> Accounts:
    """Accounts f8 (quarters, C) with two more columns, the sums over ALL and over WORLD: f8 (quarters, C + 2)."""
    inside = members(world)
    return {name: np.column_stack([values, values[:, inside].sum(axis=1), values.sum(axis=1)]) for name, values in accounts.items()}


def history(world: "World") -> Accounts:
    """All accounts of the run so far by country and group, f8 (quarters, C + 2), with those that need several quarters or the ledger."""
    accounts = grouped(world.recorder.table() | public_money(world), world)
    stock = accounts["contacts"] + accounts["memoranda"] + accounts["repeated"]
    before = np.vstack([np.zeros((1, stock.shape[1])), stock[:-1]])
    return accounts | {"ties_ended": np.maximum(before + accounts["ties_new"] - stock, 0.0)}


def opening(world: "World") -> int:
    """Position in the record of the last quarter before the programmes, 0 where there is none."""
    return max(world.opens - 1 - world.recorder.quarters[0], 0)


def series(world: "World") -> pd.DataFrame:
    """Every indicator by quarter and country (or group): columns quarter, country, indicator, value."""
    everywhere = indicators(history(world))
    quarters = np.array(world.recorder.quarters) - world.opens
    places = [*world.countries.iso, ALL, WORLD]
    frames = [_long(quarters, places, name, values) for name, values in everywhere.items()]
    scores = index(world.recorder.table(), world, opening(world))
    frames += [_long(quarters, world.countries.iso, name, values) for name, values in scores.items()]
    frames += [_long(quarters, [ALL], name, values[:, None]) for name, values in gaps(everywhere, world).items()]
    return pd.concat(frames, ignore_index=True)


def gaps(levels: dict[str, np.ndarray], world: "World") -> dict[str, np.ndarray]:
    """Cohesion of the policy countries, f8 (quarters,), from indicators (quarters, C + 2)."""
    inside = np.flatnonzero(members(world))
    return cohesion(levels["productivity"][:, inside], levels["sales"][:, inside])


def public_money(world: "World") -> Accounts:
    """Outlay of named programmes by payer and by payee, f8 (quarters, C)."""
    rows = {quarter: row for row, quarter in enumerate(world.recorder.quarters)}
    paid = np.zeros((len(rows), len(world.countries)))
    received = np.zeros_like(paid)
    for (quarter, _, payer, payee, kind), amount in world.treasury.ledger.items():
        if kind in NAMED and quarter in rows:
            paid[rows[quarter], world.countries.iso.index(payer)] += amount
            received[rows[quarter], world.countries.iso.index(payee)] += amount
    return {"public_paid": paid, "public_received": received}


def _long(quarters: np.ndarray, places: list[str], name: str, values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "quarter": np.repeat(quarters, len(places)),
            "country": np.tile(np.array(places, dtype=object), len(quarters)),
            "indicator": name,
            "value": values.ravel(),
        }
    )


def funnel(world: "World") -> pd.DataFrame:
    """The ladders, cumulated, 'reached at least': columns quarter, ladder, channel, stage, value (weighted relations).

    ladder "firm": relations that first met since the programmes opened, by the channel they met through; "firm_ever": all since the
    start of the run; "cluster": pairs of clusters that ever met.  Every ladder falls from stage to stage in every quarter.
    """
    recorder = world.recorder
    quarters = np.array(recorder.quarters) - world.opens
    since = quarters >= 0
    ladders = np.cumsum(np.array(recorder.ladders), axis=0)[since]
    clusters = np.cumsum(np.array(recorder.cluster_ladders), axis=0)[since]
    names = [channel.name.lower() for channel in Channel]
    frames = [
        _ladder(quarters[since], "firm", names, ladders[:, 1]),
        _ladder(quarters[since], "firm_ever", names, ladders[:, 0]),
        _ladder(quarters[since], "cluster", [Channel.EVENT_C2C.name.lower()], clusters[:, None]),
    ]
    return pd.concat(frames, ignore_index=True)


def _ladder(quarters: np.ndarray, ladder: str, channels: list[str], values: np.ndarray) -> pd.DataFrame:
    """values f8 (quarters, channels, stages) as lines."""
    stages = [stage.name.lower() for stage in Reached]
    grid = pd.MultiIndex.from_product([quarters, [ladder], channels, stages], names=["quarter", "ladder", "channel", "stage"])
    return grid.to_frame(index=False).assign(value=values.ravel())


def ledger(world: "World") -> pd.DataFrame:
    """Public money, real: columns quarter, programme, payer, payee, kind, amount, in the order of booking."""
    columns = ["quarter", "programme", "payer", "payee", "kind"]
    frame = pd.DataFrame(list(world.treasury.ledger), columns=columns)
    frame["quarter"] = frame["quarter"].astype(np.int64) - world.opens
    return frame.assign(amount=np.array(list(world.treasury.ledger.values()), dtype=np.float64))


def starts(world: "World") -> pd.DataFrame:
    """Every project with members in policy countries that started since the opening.

    key, members (hash), quarter, programme (name or ""), marks, weight (real projects, times the part of members in policy countries).
    """
    names = ("key", "members", "quarter", "programme", *MARKS, "weight")
    kinds = {"key": "u8", "members": "u8", "quarter": "i8", "programme": "i8", "weight": "f8"}
    empty = {name: np.empty(0, dtype=kinds.get(name, "?")) for name in names}
    chunks = [empty, *world.recorder.starts]
    frame = pd.DataFrame({name: np.concatenate([chunk[name] for chunk in chunks]) for name in names})
    labels = {programme.bit: name for name, programme in world.programmes.items()}
    frame["programme"] = np.array([labels.get(bit, "") for bit in frame["programme"].tolist()], dtype=object)
    frame["quarter"] -= world.opens
    return frame[(frame["quarter"] >= 0) & (frame["weight"] > 0.0)].reset_index(drop=True)
