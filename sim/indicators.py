"""Indicators: what a reader wants to know of a country and quarter, computed from accounts.

An indicator is an account, or a formula over accounts; applied to the summed accounts of several countries it gives the
group's own value, not the mean of its members'.  A ratio whose denominator is 0 is 0: nothing is the share of nothing.
All are WEIGHTED (they speak of real organisations), because accounts are.  The competitiveness index, cohesion and the ladders have files
of their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from agents.clusters import ClusterStage
from agents.population import FIELDS
from agents.ties import Channel
from sim.accounts import Accounts
from sim.classification import CLASSES
from sim.network_accounts import MARKS, PARTNERSHIPS


@dataclass(frozen=True, slots=True)
class Indicator:
    """Unit, meaning and formula of one indicator."""

    unit: str
    meaning: str
    of: Callable[[Accounts], np.ndarray]


def ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """top / bottom, 0 where bottom is 0."""
    return np.divide(top, bottom, out=np.zeros(np.shape(top)), where=bottom != 0.0)


def account(name: str, unit: str, meaning: str) -> Indicator:
    """The account itself."""
    return Indicator(unit, meaning, lambda accounts: accounts[name])


def share(top: str, bottom: str, meaning: str, unit: str = "share") -> Indicator:
    """One account over another."""
    return Indicator(unit, meaning, lambda accounts: ratio(accounts[top], accounts[bottom]))


def _partnerships(accounts: Accounts) -> np.ndarray:
    return accounts["memoranda"] + accounts["repeated"]


def _of_partnerships(name: str) -> Indicator:
    return Indicator("share", f"of partnerships: {name}", lambda accounts: ratio(accounts[name], _partnerships(accounts)))


def _variety(accounts: Accounts) -> np.ndarray:
    """Effective number of fields (sum_f K_f)^2 / sum_f K_f^2 of what all organisations know together."""
    fields = np.array([accounts[f"knowledge_{field}"] for field in range(FIELDS)])
    return ratio(fields.sum(axis=0) ** 2, (fields**2).sum(axis=0))


def _diversification(accounts: Accounts) -> np.ndarray:
    """Herfindahl index over sectors of firms' sales."""
    sales = np.array([value for name, value in accounts.items() if name.startswith("sales_of_")])
    return ratio((sales**2).sum(axis=0), sales.sum(axis=0) ** 2)


def _outsiders_margin(accounts: Accounts) -> np.ndarray:
    return ratio(accounts["profit"] - accounts["profit_members"], accounts["sales"] - accounts["sales_members"])


def _named(names: Iterable[str], unit: str, meaning: str) -> dict[str, Indicator]:
    """Accounts that only differ in what their name says last."""
    return {name: account(name, unit, f"{meaning}: {name}") for name in names}


MONEY = "mln int$ / quarter"

ORGANISATIONS = {
    "organisations": account("organisations", "count", "organisations that perform R&D"),
    "employment": account("employment", "persons", "staff of all organisations"),
    "clustered": share("clustered", "organisations", "organisations that are members of a cluster"),
    "exits": account("exits", "count / quarter", "organisations that closed"),
    "entries": account("entries", "count / quarter", "organisations that opened"),
    "spin_offs": account("spin_offs", "count / quarter", "of entries, spin-offs of universities and institutes"),
    "affiliates": account("affiliates", "count / quarter", "of entries, affiliates of foreign companies"),
    "fdi": account("fdi", MONEY, "capital of new affiliates of foreign companies"),
}

RELATIONS = {
    "contacts": account("contacts", "ties", "ties without a memorandum"),
    "ties": Indicator("ties", "partnerships: ties with a memorandum, repeated ones included", _partnerships),
    "ties_repeated": account("repeated", "ties", "partnerships with more than one project"),
    "ties_new": account("ties_new", "ties / quarter", "ties made this quarter, contacts included"),
    "ties_ended": account("ties_ended", "ties / quarter", "ties that ended this quarter, contacts included"),
    "business": account("business", "ties", "ties of firms that do business with each other"),
    **{f"{name}_share": _of_partnerships(name) for name in PARTNERSHIPS[:-1]},
    "hub_share": share("ties_to_hub", "ties_cross_border", "cross-border partnerships with the largest policy country"),
    "ties_per_organisation": Indicator(
        "ties", "partnerships of an organisation", lambda accounts: 2.0 * ratio(_partnerships(accounts), accounts["organisations"])
    ),
    "with_foreign_partner": share("with_foreign_partner", "organisations", "organisations that have had a foreign project partner"),
    "meetings": account("meetings", "count / quarter", "meetings"),
    **_named((f"meetings_{channel.name.lower()}" for channel in Channel), "count / quarter", "meetings by channel"),
    **_named((f"ties_by_{channel.name.lower()}" for channel in Channel), "ties", "partnerships by channel of the first meeting"),
}

PROJECTS = {
    "projects_active": account("projects_active", "projects", "running projects"),
    "projects_pending": account("projects_pending", "projects", "memoranda that wait for money and consents"),
    "projects_agreed": account("projects_agreed", "projects / quarter", "memoranda signed"),
    "projects_started": account("projects_started", "projects / quarter", "projects started"),
    "projects_ended": account("projects_ended", "projects / quarter", "projects ended"),
    "projects_lapsed": account("projects_lapsed", "projects / quarter", "memoranda that found no money or consent"),
    "projects_renewed": account("renewals_started", "projects / quarter", "started projects that continue an earlier one"),
    "success_share": share("success_ended", "projects_ended", "ended projects that succeeded"),
    **_named((f"{mark}_active" for mark in MARKS), "projects", "running projects"),
    **_named((f"{mark}_started" for mark in MARKS), "projects / quarter", "started projects"),
    **{f"{mark}_share": share(f"{mark}_active", "projects_active", f"of running projects: {mark}") for mark in MARKS},
    **_named((f"started_by_{channel.name.lower()}" for channel in Channel), "projects / quarter", "started projects by channel"),
}

INNOVATION = {
    "innovators": share("innovators", "organisations", "organisations with an innovation in the last four quarters"),
    **_named(
        ("innovations", "innovations_eligible", "incremental", "radical", "joint", "cross_border_innovations", "patents"),
        "count / quarter",
        "innovations",
    ),
    "knowledge_depth": share("depth", "organisations", "mean depth of knowledge", "stock"),
    "knowledge_breadth": share("breadth", "organisations", "mean breadth of knowledge", "stock"),
    "knowledge_variety": Indicator("effective fields", "variety of what all organisations know together", _variety),
    **_named(("research", "research_firm", "research_institute", "research_university"), MONEY, "R&D by performer"),
    "research_public": account("research_public", MONEY, "R&D paid by the state"),
    "research_private": account("research_private", MONEY, "R&D of firms paid by themselves"),
    "constrained": share("constrained", "firms", "firms whose R&D is below what they want for want of money"),
    "private_time": account("private_time", MONEY, "own time spent in meetings and applications"),
    "public_paid": account("public_paid", MONEY, "outlay of programmes, as payer"),
    "public_received": account("public_received", MONEY, "outlay of programmes, as payee"),
}

COMPETITIVENESS = {
    "productivity": share("sales_times_fitness", "sales", "mean of ln quality - ln unit cost, weighted with sales", "log"),
    "productivity_gap": Indicator(
        "log",
        "productivity over the frontier of the sectors",
        lambda accounts: ratio(accounts["sales_times_fitness"] - accounts["sales_times_frontier"], accounts["sales"]),
    ),
    "quality": share("sales_times_quality", "sales", "mean ln quality, weighted with sales", "log"),
    "sales": account("sales", MONEY, "sales of firms"),
    "niche": share("niche", "sales", "sales in niches of their own"),
    "sales_per_head": share("sales", "employment", "sales of firms over staff of all", MONEY + " / person"),
    "export_share": share("exports", "sales", "part of firms' sales made abroad"),
    "exporters": share("exporters", "firms", "firms that export"),
    "home_share": share("home", "expenditure", "part of home expenditure that goes to domestic suppliers"),
    "import_substitution": Indicator(
        "share",
        "home share gained since the start",
        lambda accounts: ratio(accounts["home"] - accounts["home_start"], accounts["expenditure"]),
    ),
    "bloc_trade": Indicator(
        "share",
        "trade with policy countries in all trade",
        lambda accounts: ratio(accounts["exports_bloc"] + accounts["imports_bloc"], accounts["exports_all"] + accounts["imports_all"]),
    ),
    "hhi": share("sales_times_hhi", "sales", "concentration of domestic firms within their sector, weighted with sales", "0..1"),
    "hhi_sectors": Indicator("0..1", "concentration of sales on sectors; low is diversified", _diversification),
    "profitability": share("profit", "sales", "profit over sales of all firms"),
    "profitability_members": share("profit_members", "sales_members", "profit over sales of members of clusters"),
    "profitability_outsiders": Indicator("share", "profit over sales of firms outside clusters", _outsiders_margin),
}

CLUSTERS = {
    **_named((f"clusters_{stage.name.lower()}" for stage in ClusterStage), "clusters", "clusters by stage"),
    **_named((f"clusters_{name}_{label}" for name, labels in CLASSES.items() for label in labels), "clusters", "clusters by class, yearly"),
    "associations": share("associations", "clusters", "clusters with an association"),
    "cluster_networking": share("networking", "clusters", "ties a member inside the cluster, mean over clusters", "ties"),
    "cluster_variety": share("variety", "clusters", "variety of knowledge, mean over clusters", "effective fields"),
}

INDICATORS: dict[str, Indicator] = {**ORGANISATIONS, **RELATIONS, **PROJECTS, **INNOVATION, **COMPETITIVENESS, **CLUSTERS}
"""Name -> indicator, in the order of the tables."""


def indicators(accounts: Accounts) -> dict[str, np.ndarray]:
    """All indicators of accounts of any one shape, e.g. f8 (quarters, countries)."""
    return {name: indicator.of(accounts) for name, indicator in INDICATORS.items()}
