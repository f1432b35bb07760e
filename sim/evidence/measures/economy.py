"""Firms and money: who performs and pays R&D, entry and exit, sizes and growth, patents, import shares."""

import numpy as np
from scipy import stats
from scipy.special import zeta

from agents.population import Kind
from sim.calendar import YEAR
from sim.evidence.measures import inputs
from sim.evidence.watch import NAN, Values, Watch, over, policy_firms
from sim.frames import history
from sim.indicators import indicators

SMALL = 50
"""Staff below which a firm counts as small in surveys of financial constraints."""
BINS = 20
SAMPLE = 10_000
"""Growth rates that the Subbotin density is fitted to, evenly taken: more cost time and move nothing."""
FEWEST_PATENTS = 3
"""Applicants below which an exponent says nothing, and where the tail may start at the latest: as in studies of patents an applicant."""


def measure(watch: Watch) -> Values:
    """Everything of this file."""
    world = watch.world
    levels, table = indicators(history(world)), history(world)
    return national(watch, levels, table) | inputs.measure(watch, levels) | imports(watch, levels) | sizes(watch) | patents(watch, levels)


def national(watch: Watch, levels: dict[str, np.ndarray], table: dict[str, np.ndarray]) -> Values:
    """Russia: R&D by performer and payer, firms that innovated in the last year.  Policy countries: entry, exit, firms short of money."""
    world, since = watch.world, slice(watch.world.opens, None)
    firms = table["firms"][since, -2].mean()
    small = policy_firms(world)
    small = small[world.population.staff[small] < SMALL]
    values = {
        "exits": 100 * YEAR * over(levels["exits"][since, -2].mean(), firms),
        "entries": 100 * YEAR * over(levels["entries"][since, -2].mean(), firms),
        "constrained": 100 * float(world.population.constrained[small].mean()) if len(small) else NAN,
    }
    if "RUS" in world.countries.iso:
        row = world.countries.iso.index("RUS")
        spent = {name: levels[name][since, row].mean() for name in ("research", "research_firm", "research_private")}
        mine = policy_firms(world)
        mine = mine[world.population.country[mine] == row]
        values["innovation_active"] = 100 * over(np.sum(world.population.innovations_year[mine] > 0), len(mine))
        values["firms_perform"] = 100 * over(spent["research_firm"], spent["research"])
        values["firms_pay"] = 100 * over(spent["research_private"], spent["research"])
    return values


def imports(watch: Watch, levels: dict[str, np.ndarray]) -> Values:
    """The largest change, up or down, of a policy country's import share from the year before the opening to the last, points."""
    world = watch.world
    share = 100 * (1 - levels["home_share"][:, : len(world.countries)])
    before = share[max(world.opens - YEAR, 0) : world.opens].mean(axis=0)
    drift = (share[-YEAR:].mean(axis=0) - before)[world.countries.policy]
    return {"imports_drift": float(np.abs(drift).max()) if len(drift) else NAN}


def sizes(watch: Watch) -> Values:
    """Upper tail of firms' sales, shape of growth, spread of growth against size."""
    rows, people = policy_firms(watch.world), watch.world.population
    sales = people.sales[rows]
    sales = sales[sales > 0.0]
    values: Values = {"size_tail": pareto_tail(np.sort(sales)[::-1]), "growth_tent": NAN, "growth_volatility": NAN}
    if not watch.growth:
        return values
    before = np.concatenate([size for size, _ in watch.growth])
    rate = np.concatenate([growth - growth.mean() for _, growth in watch.growth])
    bins = [each for each in np.array_split(np.argsort(before, kind="stable"), BINS) if len(each) > 1]
    spread = np.log([rate[each].std() for each in bins])
    scaled = np.concatenate([rate[each] / rate[each].std() for each in bins])
    taken = scaled[:: max(1, len(scaled) // SAMPLE)]
    values["growth_tent"] = float(stats.gennorm.fit(taken, floc=0)[0])
    values["growth_volatility"] = -float(np.polyfit([np.log(before[each]).mean() for each in bins], spread, 1)[0])
    return values


def pareto_tail(falling: np.ndarray) -> float:
    """Pareto exponent by maximum likelihood above the cut-off with the least Kolmogorov-Smirnov distance (Clauset et al. 2009).

    falling f8 (n,): values from the largest to the smallest; nan for fewer than a hundred.
    """
    best, exponent = np.inf, NAN
    if len(falling) < 100:
        return NAN
    for count in np.unique(np.geomspace(50, len(falling) // 2, 40).astype(int)):
        top = falling[:count]
        rate = 1.0 / np.log(top / top[-1]).mean()
        distance = np.abs(1 - (top[-1] / top[::-1]) ** rate - np.arange(count) / count).max()
        if distance < best:
            best, exponent = distance, rate
    return float(exponent)


def patents(watch: Watch, levels: dict[str, np.ndarray]) -> Values:
    """Rank of countries by patents a million people against the fact, and the exponent of patents an applicant."""
    world = watch.world
    countries = list(world.config.country.values())
    people = np.array([country.value("population") for country in countries])
    real = np.array([country.value("resident_patents_per_million") for country in countries])
    made = YEAR * levels["patents"][world.opens :, : len(countries)].mean(axis=0) / people * 1e6
    rank = float(stats.spearmanr(made, real).statistic) if len(countries) > 3 else NAN
    firm = world.population.kind == Kind.FIRM
    names = set(world.population.id[firm & world.population.alive].tolist())
    return {"patents_rank": rank, "patents_tail": discrete_tail(np.array([n for one, n in watch.patents.items() if one in names]))}


def discrete_tail(counts: np.ndarray) -> float:
    """Exponent a of p(n) ~ n^-a for counts from 1 on, by maximum likelihood over the zeta distribution (Goldstein et al. 2004)."""
    counts = counts[counts >= 1]
    if len(counts) < 50 or counts.max() < FEWEST_PATENTS:
        return NAN
    mean_log = float(np.log(counts).mean())
    grid = np.linspace(1.05, 6.0, 991)
    return float(grid[np.argmin(np.log(zeta(grid)) + grid * mean_log)])
