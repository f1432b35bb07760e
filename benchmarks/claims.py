"""The articles' predictions as lines that may fail: where each is read, on which side of nothing it should lie, and what to make of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.inference import Estimate, estimate

Run = Mapping[str, Mapping[str, float]]
"""One seed: arm -> name -> value."""
CONFIDENCE = 0.95
BASE = "status_quo"


@dataclass(frozen=True, slots=True)
class Line:
    """One number.  of: its value on a seed; sign: the predicted side of nothing, which is 0, or 1 for a ratio (averaged in logs)."""

    what: str
    of: Callable[[Run], float]
    sign: int
    ratio: bool = False

    def estimate(self, runs: Sequence[Run]) -> Estimate:
        """Mean and interval over the seeds that have a value."""
        values = np.array([self.of(run) for run in runs])
        values = values[np.isfinite(values)]
        return estimate(np.log(values) if self.ratio else values, CONFIDENCE)

    def verdict(self, runs: Sequence[Run]) -> str:
        """holds, does not hold, or not seen."""
        found = self.estimate(runs)
        if not found.low * found.high > 0.0:
            return "not seen"
        return "holds" if self.sign * found.mean > 0.0 else "does not hold"

    def row(self, runs: Sequence[Run]) -> str:
        """The line in markdown."""
        found = self.estimate(runs)
        side = f"{'above' if self.sign > 0 else 'below'} {int(self.ratio)}"
        if not np.isfinite(found.mean):
            return f"| {self.what} | {side} | nothing to measure | {self.verdict(runs)} |"
        mean, low, high = (float(np.exp(value)) if self.ratio else value for value in (found.mean, found.low, found.high))
        words = f"{mean:.3g} [{low:.3g}, {high:.3g}]"
        return f"| {self.what} | {side} | {words} | {self.verdict(runs)} |"


@dataclass(frozen=True, slots=True)
class Prediction:
    """A claim of the articles, its lines, and how to read them."""

    title: str
    source: str
    lines: tuple[Line, ...]
    reading: str = ""

    def verdict(self, runs: Sequence[Run]) -> str:
        """All lines together: holds (in part), does not hold, depends, or not seen; with what each line says where they differ."""
        told = {line.what: line.verdict(runs) for line in self.lines}
        found = set(told.values())
        if len(found) == 1:
            return f"{found.pop()}."
        word = "depends" if {"holds", "does not hold"} <= found else "holds in part" if "holds" in found else "does not hold in part"
        return f"{word} ({'; '.join(f'{verdict}: {what}' for what, verdict in told.items())})."


def here(name: str) -> Callable[[Run], float]:
    """A number of the status quo itself."""
    return lambda run: run[BASE][name]


def more(arm: str, name: str, than: str = BASE) -> Callable[[Run], float]:
    """Difference between two arms on the same seed."""
    return lambda run: run[arm][name] - run[than][name]


def points(arm: str, name: str, factor: float = 100.0) -> Callable[[Run], float]:
    """The same in hundredths, or another part."""
    return lambda run: factor * more(arm, name)(run)


def percent(arm: str, name: str, than: str = BASE) -> Callable[[Run], float]:
    """The same in per cent of the other; nan where that has nothing."""
    return lambda run: 100.0 * (run[arm][name] / run[than][name] - 1.0) if run[than][name] else float("nan")


PREDICTIONS = (
    Prediction(
        "Members of clusters and networks find foreign partners faster", "[PY17]",
        (
            Line("hazard of a first foreign partner, members of a cluster over outsiders", here("hazard in clusters"), 1, ratio=True),
            Line("the same, firms with a partner after two years over those without", here("hazard in networks"), 1, ratio=True),
        ),
        "Firms of the start through the burn-in, given size, R&D, country and sector; membership is drawn independently of these.",
    ),
    Prediction(
        "Cluster members are more profitable than their industry", "[PY17]",
        (Line("profit over sales, members less outsiders, points", here("profit premium"), 1),),
        "Members pay dues and spend time on each other; what they gain are knowledge and partners.",
    ),
    Prediction(
        "Cooperation and competition in one cluster beat either alone", "[PY17]",
        (
            Line("fitness gained with partners and rivals inside over partners alone, log points x 100", here("both over cooperation"), 1),
            Line("the same over rivals alone", here("both over competition"), 1),
        ),
        "A rival is a firm of the same sector and stage; fitness is ln quality less ln unit cost.",
    ),
    Prediction(
        "Foreign ties crowd out local ones", "[PY17]",
        (
            Line("projects started at home, %, when events bring foreigners together", percent("meet_abroad", "domestic_started"), -1),
            Line("the same when only foreign projects are paid", percent("pay_abroad", "domestic_started"), -1),
        ),
        "Attention and capacity are bounded, so ties could crowd each other out.",
    ),
    Prediction(
        "A cluster cannot be created by command", "[N20]",
        (
            Line("partners inside a member, decreed clusters less the others, ten years on",
                 lambda run: run["decreed"]["new clusters"] - run["decreed"]["old clusters"], -1),
            Line("the same, clusters grown around a network less decreed ones",
                 lambda run: run["grown"]["new clusters"] - run["decreed"]["new clusters"], 1),
            Line("innovations, %, grown over decreed", percent("grown", "innovations", "decreed"), 1),
        ),
        "Both are offered the same money and members; they differ in whether a network comes first. More in [decree.md](decree.md).",
    ),
    Prediction(
        "Managers of young clusters look inside them", "[N20]",
        (
            Line("share of members' partnerships inside the cluster after two years less that at the opening, points",
                 lambda run: 100 * (run[BASE]["inward young"] - run[BASE]["inward grown"]), 1),
        ),
        "The model knows no manager who learns with age: what changes is whom members have met.",
    ),
    Prediction(
        "Cross-cluster cooperation diversifies the economy", "[PY17], [BY21]",
        (
            Line("concentration of sales on sectors (Herfindahl), %, meet then pay", percent("meet_then_pay", "hhi_sectors"), -1),
            Line("the same when events bring clusters together", percent("meet_across", "hhi_sectors"), -1),
        ),
    ),
    Prediction(
        "Structural funds with a strategy as their condition close gaps", "[N20]",
        (
            Line("spread of productivity over members, %, Council over status quo", percent("council", "productivity_spread_end"), -1),
            Line("the same, strategies as a condition over none", percent("strategies", "productivity_spread_end", "council"), -1),
        ),
        "Money follows the key and projects; three of five have a strategy, for one sector each; nothing favours the poor.",
    ),
    Prediction(
        "New products find new niches", "[N20]",
        (
            Line("part of sales in niches, points, meet then pay", points("meet_then_pay", "niche"), 1),
            Line("radical innovations, %, meet then pay", percent("meet_then_pay", "radical"), 1),
            Line("radical innovations, %, when events bring clusters together", percent("meet_across", "radical"), 1),
        ),
        "Niches come from radical innovations; how many of these distance brings is what is asked.",
    ),
    Prediction(
        "Spillovers between neighbours raise innovation", "[EAEU], [N20], [BY21]",
        (
            Line("innovations with spillovers of the own sector (Marshall, Arrow, Romer) over without, %",
                 percent(BASE, "innovations", "no_own_sector"), 1),
            Line("innovations with those of other sectors (Jacobs) over without, %", percent(BASE, "innovations", "no_other_sectors"), 1),
        ),
        "Switched off from the opening on. Both act inside clusters only.",
    ),
    Prediction(
        "Competitive clusters have links with others", "[PY17]",
        (
            Line("rank correlation over clusters of competitiveness and outward links a member", here("links of the competitive"), 1),
            Line("of links at the opening and competitiveness gained since", here("links first"), 1),
        ),
        "The first line says nothing about which comes first; the second asks it.",
    ),
    Prediction(
        "An ecosystem that takes in new territories becomes more effective", "[N20]",
        (
            Line("innovations, %, the Union State takes in three more", percent("enlarged", "innovations"), 1),
            Line("productivity, log points x 100", points("enlarged", "productivity"), 1),
            Line("firms that close, %", percent("enlarged", "exits"), -1),
        ),
        "Effective: innovations and productivity; viable: fewer exits.",
    ),
    Prediction(
        "The whole is more than its isolated parts", "[PY17]",
        (
            Line("innovations with open borders over closed ones, %", percent(BASE, "innovations", "shut"), 1),
            Line("productivity, log points x 100", lambda run: 100 * more(BASE, "productivity", "shut")(run), 1),
        ),
        "No cooperation over borders inside the EAEU from the opening on; goods still cross.",
    ),
    Prediction(
        "International clusters draw foreign investment", "[PY17]",
        (
            Line("log affiliates a firm, sectors with ten points more firms in clusters", here("affiliates to clusters"), 1),
        ),
        "How many come is given; they choose where by return and labour cost, and no term of theirs knows of clusters.",
    ),
    Prediction(
        "Global chains raise the technological base", "[PY17]",
        (Line("fitness gained by firms with a business partner abroad, log points x 100", here("fitness with business abroad"), 1),),
        "Abroad is inside the modelled world.",
    ),
    Prediction(
        "Clusters replace imports and compete by quality", "[PY17]",
        (
            Line("home share gained since the start, points, meet then pay", points("meet_then_pay", "import_substitution"), 1),
            Line("the same, reimbursement of import-replacing projects of clusters", points("reimbursed", "import_substitution"), 1),
            Line("quality gained by members over outsiders, log points x 100", here("quality of members"), 1),
        ),
    ),
    Prediction(
        "High-technology ties across clusters open export markets", "[N20], [NM21]",
        (
            Line("export share of high-technology firms, points, meet then pay",
                 points("meet_then_pay", "high_tech_exports"), 1),
            Line("the same, firms with a partner in another cluster over those without, points gained", here("export share with ties"), 1),
        ),
    ),
    Prediction(
        "With the right institutions ties start to work by themselves", "[N20]",
        (
            Line("cross-cluster projects started in the tenth year after the last award, %, meet then pay",
                 percent("meet_then_pay", "cross_cluster_late"), 1),
            Line("cross-cluster projects alive five years after the last award, %", percent("meet_then_pay", "cross_cluster_alive_end"), 1),
        ),
        "Programmes stop after five years and pay nothing later than three years on.",
    ),
)  # fmt: skip
"""In the order of the page."""
