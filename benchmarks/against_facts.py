"""The default world against facts: `python -m benchmarks.against_facts [world=eaeu_and_neighbours] [--seeds 3] [--write]`.

Runs the status quo and, from the same burn-ins, five years of regular matchmaking; prints a table
in markdown, with --write also into docs/facts.md.
A figure is an input (put in: the line only says whether the world keeps it), a fit (looked at when values were chosen, by hand) or a check
(not looked at).  Shares speak of the policy countries and are weighted unless a line says otherwise.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from agents.population import Kind
from agents.projects import Status
from agents.ties import Channel, Reached, TieStage
from sim.analysis.networks import project_measures
from sim.commands.compose import load_config
from sim.frames import history
from sim.indicators import indicators
from sim.network_accounts import closed
from sim.step import step
from sim.world import World

DOCS = Path(__file__).resolve().parents[1] / "docs" / "facts.md"
YEAR, WINDOW, LADDER = 4, 12, 8
"""Quarters: of a year; of the three years that innovation surveys look back; of the two years of the EU cluster partnerships."""
EVENTS = [Channel.EVENT_B2B, Channel.EVENT_C2C]
SIZES = {"10-49 staff": (10, 50), "50-249 staff": (50, 250), "250 staff and more": (250, np.inf)}
Values = dict[str, float]


def over(top: float, bottom: float) -> float:
    """top / bottom, nan where there is nothing to divide by."""
    return float(top) / float(bottom) if bottom else float("nan")


class Watch:
    """A run of the status quo, and what has to be noted while it goes on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.end = world.opens + world.config.world.programme + world.config.world.after
        self.partners: set[tuple[int, Kind]] = set()  # (id, kind of a partner) in the last three years
        self.innovated: set[int] = set()
        self.funded: list[tuple[int, int]] = []  # (project, organisation), projects that a programme pays a part of
        self.lives: list[int] = []
        self.growth: list[tuple[np.ndarray, np.ndarray]] = []  # (sales a year ago, log growth)
        self.year_ago = (np.empty(0), np.empty(0))

    def run(self) -> None:
        """Step to the end of the horizon."""
        while self.world.quarter < self.end:
            step(self.world)
            if self.world.quarter > self.world.opens:
                self._note_projects()
            if self.world.quarter > self.end - WINDOW:
                self._note_cooperation()
            if self.world.quarter >= self.world.opens and self.world.quarter % YEAR == 0:
                self._note_growth()

    def _note_projects(self) -> None:
        flows = self.world.flows
        for chunk in flows.started:
            for row in np.flatnonzero(chunk["programme"] >= 0):
                self.funded += [(int(chunk["key"][row] >> np.uint64(1)), int(i)) for i in chunk["member_ids"][row] if i >= 0]
        for chunk in closed(flows)[0]:
            self.lives += (self.world.quarter - 1 - chunk["started"]).tolist()

    def _note_cooperation(self) -> None:
        people, projects = self.world.population, self.world.projects
        self.innovated |= set(people.id[people.innovations > 0].tolist())
        for row in np.flatnonzero(projects.status == Status.ACTIVE):
            team = projects.members[row, : projects.size[row]]
            self.partners |= {(int(people.id[i]), Kind(people.kind[j])) for i in team for j in team if i != j}

    def _note_growth(self) -> None:
        people = self.world.population
        rows = np.flatnonzero(people.alive & (people.kind == Kind.FIRM) & self.world.countries.policy[people.country])
        _, now, then = np.intersect1d(people.id[rows], self.year_ago[0], return_indices=True)
        before = self.year_ago[1][then]
        self.growth.append((before, np.log(people.sales[rows][now]) - np.log(before)))
        self.year_ago = (people.id[rows].copy(), people.sales[rows].copy())


def by_country(world: World, name: str, values: np.ndarray) -> Values:
    """Values (countries,) under `name ISO`."""
    return {f"{name} {iso}": float(value) for iso, value in zip(world.countries.iso, values, strict=False)}


def national(world: World) -> Values:
    """R&D, organisations, import shares at the opening and at the end, patents; by country."""
    found = indicators(history(world))
    opening, end = slice(world.opens - YEAR, world.opens), slice(-YEAR, None)
    gdp = YEAR * world.countries.gdp
    values: Values = {}
    for when, span in (("opening", opening), ("end", end)):
        values |= by_country(world, f"GERD {when}", 100 * YEAR * found["research"][span, : len(gdp)].mean(axis=0) / gdp)
        values |= by_country(world, f"organisations {when}", found["organisations"][span, : len(gdp)][-1])
        values |= by_country(world, f"imports {when}", 100 * (1 - found["home_share"][span, : len(gdp)].mean(axis=0)))
    people = np.array([country.value("population") for country in world.config.country.values()])
    patents = YEAR * found["patents"][world.opens :, : len(gdp)].mean(axis=0) / people * 1e6
    real = np.array([country.value("resident_patents_per_million") for country in world.config.country.values()])
    values |= by_country(world, "patents", patents) | {"patents rank": float(stats.spearmanr(patents, real).statistic)}
    policy = np.flatnonzero(world.countries.policy)
    values["patents rank policy"] = float(stats.spearmanr(patents[policy], real[policy]).statistic)
    together = {name: rows[world.opens :, len(gdp)] for name, rows in found.items()}
    firms = history(world)["firms"][world.opens :, len(gdp)].mean()
    values["exits"] = 100 * YEAR * together["exits"].mean() / firms
    values["entries"] = 100 * YEAR * together["entries"].mean() / firms
    values["ties"], values["innovators"] = together["ties_per_organisation"][-1], 100 * together["innovators"][-YEAR:].mean()
    values["contacts"] = 2 * together["contacts"][-1] / together["organisations"][-1]
    values["hub"], values["foreign partner"] = 100 * together["hub_share"][-1], 100 * together["with_foreign_partner"][-1]
    staffed = world.population
    small = staffed.alive & (staffed.kind == Kind.FIRM) & world.countries.policy[staffed.country] & (staffed.staff < 50)
    values["constrained"] = 100 * float(staffed.constrained[small].mean())
    values |= performers(world, found)
    return values


def performers(world: World, found: dict[str, np.ndarray]) -> Values:
    """Who performs and who pays Russian R&D, over the horizon."""
    if "RUS" not in world.countries.iso:
        return {}
    row = world.countries.iso.index("RUS")
    span = {name: found[name][world.opens :, row].mean() for name in ("research", "research_firm", "research_private")}
    performed, paid = over(span["research_firm"], span["research"]), over(span["research_private"], span["research"])
    return {"firms perform": 100 * performed, "firms pay": 100 * paid}


def trade(world: World, share: np.ndarray, when: str) -> Values:
    """Shares in trade (goods of the modelled sectors); share (origin, destination, sector)."""
    flow = (share * world.market.expenditure[None]).sum(axis=2)
    np.fill_diagonal(flow, 0.0)
    iso = world.countries.iso
    inside = [row for row, policy in enumerate(world.countries.policy) if policy]
    both = flow + flow.T
    whole = both[inside].sum()
    values = {f"mutual trade {when}": 100 * over(both[np.ix_(inside, inside)].sum(), whole)}
    if {"RUS", "BLR"} <= set(iso):
        russia, belarus = iso.index("RUS"), iso.index("BLR")
        values[f"Russia in Belarus's trade {when}"] = 100 * over(both[belarus, russia], both[belarus].sum())
        values[f"Belarus in Russia's trade {when}"] = 100 * over(both[belarus, russia], both[russia].sum())
        values[f"trade with Russia {when}"] = 100 * over(2 * both[russia, inside].sum(), both[np.ix_(inside, inside)].sum())
    if "ARM" in iso:
        armenia = iso.index("ARM")
        values[f"EAEU in Armenia's exports {when}"] = 100 * over(flow[armenia, inside].sum(), flow[armenia].sum())
        values[f"EAEU in Armenia's imports {when}"] = 100 * over(flow[inside, armenia].sum(), flow[:, armenia].sum())
    return values


def cooperation(watch: Watch) -> Values:
    """Firms alive at the end with a partner in a project of the last three years, in per cent, by size and by kind of partner."""
    people, policy = watch.world.population, watch.world.countries.policy
    rows = np.flatnonzero(people.alive & (people.kind == Kind.FIRM) & policy[people.country] & (people.staff >= 10))
    partner = {kind: np.array([(int(i), kind) in watch.partners for i in people.id[rows]]) for kind in Kind}
    any_partner = np.any(list(partner.values()), axis=0)
    active = any_partner | np.isin(people.id[rows], list(watch.innovated))
    values = {"cooperate": 100 * any_partner.mean(), "cooperate active": 100 * any_partner[active].mean()}
    for name, (least, most) in SIZES.items():
        size = (people.staff[rows] >= least) & (people.staff[rows] < most)
        values[f"cooperate {name}"] = 100 * any_partner[size].mean()
        values[f"cooperate active {name}"] = 100 * any_partner[size & active].mean()
    small = active & (people.staff[rows] < 250)
    values["with universities"] = 100 * partner[Kind.UNIVERSITY][small].mean()
    values["with institutes"] = 100 * partner[Kind.INSTITUTE][small].mean()
    return values


def relations(watch: Watch) -> Values:
    """Projects' lives, the network of funded projects, and foreign ties of Russian science."""
    world = watch.world
    lives = np.array(watch.lives, dtype=float)
    renewed = history(world)["renewals_started"][world.opens :, -2].sum() / history(world)["projects_started"][world.opens :, -2].sum()
    values = {"life": lives.mean() / YEAR, "life spread": lives.std() / lives.mean(), "renewed": 100 * renewed}
    values["hazard"] = 1 - (1 - 1 / lives.mean()) ** YEAR
    members = np.array(watch.funded, dtype=np.int64).reshape(-1, 2)
    values["giant"] = 100 * project_measures(members[:, 0], members[:, 1])["giant component"] if len(members) else float("nan")
    people, ties = world.population, world.ties
    living = ties.living()
    living = living[ties.stage[living] >= TieStage.MEMORANDUM]
    a, b = ties.a[living], ties.b[living]
    if "RUS" in world.countries.iso:
        russia = world.countries.iso.index("RUS")
        science = (people.kind[a] != Kind.FIRM) & (people.kind[b] != Kind.FIRM)
        mine = science & ((people.country[a] == russia) | (people.country[b] == russia))
        values["science abroad"] = 100 * over(np.sum(people.country[a[mine]] != people.country[b[mine]]), np.sum(mine))
    return values


def sizes(watch: Watch) -> Values:
    """Upper tail of firms' sales, shape of growth, spread of growth against size."""
    people, policy = watch.world.population, watch.world.countries.policy
    sales = people.sales[people.alive & (people.kind == Kind.FIRM) & policy[people.country] & (people.sales > 0)]
    before = np.concatenate([size for size, _ in watch.growth])
    rate = np.concatenate([growth - growth.mean() for _, growth in watch.growth if len(growth)])
    bins = np.array_split(np.argsort(before), 20)
    spread = np.log([rate[rows].std() for rows in bins])
    slope = np.polyfit([np.log(before[rows]).mean() for rows in bins], spread, 1)[0]
    scaled = np.concatenate([rate[rows] / rate[rows].std() for rows in bins])
    return {"tail": tail(np.sort(sales)[::-1]), "tent": float(stats.gennorm.fit(scaled[:20_000:2], floc=0)[0]), "volatility": -float(slope)}


def tail(falling: np.ndarray) -> float:
    """Pareto exponent by maximum likelihood above the cut-off with the least Kolmogorov-Smirnov distance (Clauset et al. 2009)."""
    best, exponent = np.inf, float("nan")
    for count in np.unique(np.geomspace(50, len(falling) // 2, 40).astype(int)):
        top = falling[:count]
        rate = 1.0 / np.log(top / top[-1]).mean()
        distance = np.abs(1 - (top[-1] / top[::-1]) ** rate - np.arange(count) / count).max()
        if distance < best:
            best, exponent = distance, rate
    return float(exponent)


def ladders(world: World) -> Values:
    """Matchmaking: how far pairs of clusters come in the whole programme, and firms that first met at its events in two years."""
    held, firms = 0.0, np.zeros(len(Reached))
    while world.quarter < world.opens + world.config.world.programme:
        step(world)
        if world.quarter <= world.opens + LADDER:
            held += float(np.isin(world.flows.meetings.channel, EVENTS).sum())
            firms += world.flows.ladder[1][EVENTS].sum(axis=0)
    pairs = np.sum(world.recorder.cluster_ladders[world.opens :], axis=0)
    return {
        "cluster pairs": float(pairs[Reached.MET]),
        "cluster memoranda": 100 * over(pairs[Reached.AGREED], pairs[Reached.MET]),
        "cluster projects": over(pairs[Reached.PROJECT], pairs[Reached.AGREED]),
        "firm business": 100 * over(firms[Reached.BUSINESS], held),
        "firm memoranda": 100 * over(firms[Reached.AGREED], held),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it is, the value found outside, the band it should lie in, and where in the model it is read."""

    what: str
    fact: str
    low: float
    high: float
    role: str
    value: str
    form: str = ".1f"

    def row(self, runs: list[Values]) -> str:
        """The line in markdown: mean over seeds, least and most, verdict."""
        found = np.array([run[self.value] for run in runs])
        if np.isnan(found).all():
            return f"| {self.what} | {self.fact} | nothing to measure | {self.role} | - |"
        mean, least, most = np.nanmean(found), np.nanmin(found), np.nanmax(found)
        words = f"{mean:{self.form}} ({least:{self.form}} to {most:{self.form}})"
        return f"| {self.what} | {self.fact} | {words} | {self.role} | {self._verdict(mean, least, most)} |"

    def _verdict(self, mean: float, least: float, most: float) -> str:
        if np.isnan(self.low):
            return "-"
        if self.low <= mean <= self.high:
            return "in"
        side = "too low" if mean < self.low else "too high"
        return f"**{side}**, some seeds in" if most >= self.low and least <= self.high else f"**miss: {side}**"


NAN = float("nan")


def near(what: str, fact: float, part: float, role: str, value: str, form: str = ".1f", unit: str = "") -> Line:
    """A line whose band is the figure plus or minus a part of it."""
    return Line(what, f"{fact:{form}}{unit}", fact * (1 - part), fact * (1 + part), role, value, form)


def country_lines(world: World) -> dict[str, list[Line]]:
    """Tables with a line a country."""
    tables: dict[str, list[Line]] = {"R&D over GDP, per cent": [], "R&D-performing organisations": [], "Import share, per cent (drift)": []}
    for iso, country in world.config.country.items():
        gerd, real = country.value("gerd_pct_gdp"), country.value("rd_performing_organisations")
        for when in ("opening", "end"):
            tables["R&D over GDP, per cent"].append(near(f"{iso}, {when}", gerd, 0.15, "input", f"GERD {when} {iso}", ".2f"))
            tables["R&D-performing organisations"].append(near(f"{iso}, {when}", real, 0.15, "input", f"organisations {when} {iso}", ".0f"))
        tables["Import share, per cent (drift)"].append(Line(f"{iso}, opening", "-", NAN, NAN, "start", f"imports opening {iso}"))
        tables["Import share, per cent (drift)"].append(
            Line(f"{iso}, end less opening", "no drift without policy, +-3 points", -3, 3, "fit", f"imports drift {iso}")
        )
    return tables


COOPERATION = [
    Line("partnerships (memorandum or more) an organisation", "no figure", NAN, NAN, "-", "ties", ".2f"),
    Line("contacts an organisation", "no figure", NAN, NAN, "-", "contacts", ".2f"),
    Line("firms with a project partner in three years, of all with 10 staff", "R&D performers 25 to 60 %", 25, 60, "fit", "cooperate"),
    *(Line(f"the same, {size}", "rises with size (surveys)", NAN, NAN, "fit", f"cooperate {size}") for size in SIZES),
    Line("of innovation-active firms", "EU27 26-27 %; 16 (Germany) to 56 % (Lithuania)", 16, 56, "fit", "cooperate active"),
    *(Line(f"the same, {size}", "rises with size (surveys)", NAN, NAN, "fit", f"cooperate active {size}") for size in SIZES),
    Line("innovation-active firms under 250 staff, partner a university", "9 %, half to double", 4.5, 18, "check", "with universities"),
    Line("the same, partner a public institute", "6 %, half to double", 3, 12, "check", "with institutes"),
    Line("cross-border partnerships with Russia at one end, %", "no figure (trade: 97)", NAN, NAN, "-", "hub"),
    Line("organisations that have had a foreign partner, %", "no figure", NAN, NAN, "-", "foreign partner"),
    Line("Russian science: partnerships among science that cross a border, %", "papers 31-33 %, 20-45", 20, 45, "check", "science abroad"),
    Line("projects: annual hazard of ending", "0.4-0.5", 0.35, 0.5, "fit", "hazard", ".2f"),
    Line("projects: spread of lives over mean", "above 0.5", 0.5, 3, "fit", "life spread", ".2f"),
    Line("started projects that renew one, %", "no figure", NAN, NAN, "-", "renewed"),
    Line("participants of funded projects (cumulated) in the giant component, %", "above 80 %", 80, 100, "fit", "giant"),
]
MATCHMAKING = [
    Line("pairs of clusters that met, five years", "370 events in two years", NAN, NAN, "-", "cluster pairs"),
    Line("memoranda a pair of clusters that met, five years, %", "40 in 370 events: 10.8, 5-20", 5, 20, "fit", "cluster memoranda"),
    Line("cluster projects a memorandum, five years (too few to judge)", "45 to 40", NAN, NAN, "fit", "cluster projects", ".2f"),
    Line("business a meeting at events, two years, %", "opportunities 85 in 3,000: 2.8, 1.4-5.6", 1.4, 5.6, "fit", "firm business"),
    Line("memoranda a meeting at events, two years, %", "no figure (40 in 3,000 are cluster level)", NAN, NAN, "-", "firm memoranda"),
]
TRADE = [
    Line("EAEU's mutual trade in members' trade, opening", "14.6 % (2021), 10-20", 10, 20, "fit", "mutual trade opening"),
    Line("the same, end", "14.6 % (2021), 10-20", 10, 20, "fit", "mutual trade end"),
    Line("of it with Russia at one end", "96.9 % (2018), 90-99", 90, 99, "check", "trade with Russia opening"),
    Line("Russia in Belarus's trade", "49 % (2021), +-30 % of it", 34, 64, "fit", "Russia in Belarus's trade opening"),
    Line("Belarus in Russia's trade", "4-5 %, +-30 % of it", 3.1, 5.9, "fit", "Belarus in Russia's trade opening"),
    Line("EAEU in Armenia's exports", "24 % (2002-22), +-50 % of it", 12, 36, "check", "EAEU in Armenia's exports opening"),
    Line("EAEU in Armenia's imports", "28 % (2002-22), +-50 % of it", 14, 42, "check", "EAEU in Armenia's imports opening"),
]
ECONOMY = [
    Line("Russia: firms perform, % of R&D", "57, +-10", 47, 67, "input", "firms perform"),
    Line("Russia: firms pay, % of R&D", "30, +-10 (weak)", 20, 40, "fit", "firms pay"),
    Line("firms that close a year, %", "5 to 10 %, all firms", 5, 10, "check", "exits"),
    Line("firms that open a year, % of firms", "5 to 10 %, all firms", 5, 10, "check", "entries"),
    Line("firms under 50 staff short of money for R&D, %", "20 to 30 %, a guess", 20, 30, "fit", "constrained"),
    Line("organisations with an innovation in a year, %", "10.8-11.9 % of all organisations in Russia", NAN, NAN, "check", "innovators"),
    Line("exponent of the upper tail of sales", "0.8 to 1.3", 0.8, 1.3, "fit", "tail", ".2f"),
    Line("growth of firms: Subbotin b (2 normal, 1 tent)", "below 1.5", 0.3, 1.5, "fit", "tent", ".2f"),
    Line("spread of growth falls with size: sd ~ S^-beta, beta", "0.1 to 0.25", 0.1, 0.25, "fit", "volatility", ".2f"),
    Line("patents per million, rank correlation over all countries", "above 0.6", 0.6, 1, "check", "patents rank", ".2f"),
    Line("the same over policy countries", "above 0.6", 0.6, 1, "check", "patents rank policy", ".2f"),
]


def measure(overrides: list[str], seed: int) -> tuple[World, Values]:
    """One seed: status quo to the end, and from the same burn-in the programme quarters of matchmaking."""
    config = load_config(["scenario=status_quo", *overrides])
    world = World(config, seed)
    while world.quarter < world.opens:
        step(world)
    snapshot = world.snapshot()
    start = trade(world, world.market.share, "opening")
    watch = Watch(world)
    watch.run()
    values = national(world) | start | trade(world, world.market.share, "end") | cooperation(watch) | relations(watch) | sizes(watch)
    for iso in world.countries.iso:
        values[f"imports drift {iso}"] = values[f"imports end {iso}"] - values[f"imports opening {iso}"]
    meeting = World.resume(snapshot, load_config(["scenario=matchmaking", *overrides]))
    return world, values | ladders(meeting)


def tables(world: World, runs: list[Values], command: str) -> Iterable[str]:
    """The page, line by line."""
    known = set(runs[0])
    everything = {**country_lines(world), "Cooperation": COOPERATION, "Matchmaking": MATCHMAKING, "Trade": TRADE,
                  "Firms, money, patents": ECONOMY}  # fmt: skip
    rows = {title: [line.row(runs) for line in lines if line.value in known] for title, lines in everything.items()}
    misses = sum("**" in row for lines in rows.values() for row in lines)
    judged = sum(not row.endswith("| - |") for lines in rows.values() for row in lines)
    yield "# The default world against facts"
    yield ""
    yield f"Made by `{command}`. World `{world.config.world.name}`, status quo, {len(runs)} seeds:"
    yield "mean over seeds (least to most). *Opening*: last year of the burn-in. *End*: last year of the horizon, no new policy."
    yield "What each measure is and why a comparison is loose: [ODD.md](ODD.md), *Data and evidence*."
    yield ""
    yield "*input*: put in, so the line only says whether the world keeps it. *fit*: looked at when values were chosen by hand, a hit is"
    yield "no evidence. *check*: not used to choose. Money in the model has no common trend, so R&D over GDP is over GDP of the start."
    yield ""
    yield f"**{misses} of {judged} lines miss their band.** They are marked; none is hidden and none was dropped."
    for title, lines in rows.items():
        yield from ("", f"## {title}", "", "| what | outside figure | model | role | |", "| --- | --- | --- | --- | --- |", *lines)


def main() -> None:
    """Print the page; with --write also keep it."""
    parser = argparse.ArgumentParser(description="Compare the default world with figures from outside.")
    parser.add_argument("overrides", nargs="*", help="as for `crosscluster run`: world=..., values")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/facts.md")
    wanted = parser.parse_args()
    overrides = list(wanted.overrides)
    if not any(one.startswith("world=") for one in overrides):
        overrides.insert(0, "world=eaeu_and_neighbours")
    done = [measure(overrides, seed) for seed in range(1, wanted.seeds + 1)]
    command = " ".join(["python -m benchmarks.against_facts", *overrides, f"--seeds {wanted.seeds}", "--write"])
    page = "\n".join(tables(done[0][0], [values for _, values in done], command)) + "\n"
    print(page, end="")
    if wanted.write:
        DOCS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
