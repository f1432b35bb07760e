"""Numbers as people read them: the cells of the tables in the report and on the terminal."""

import math
from dataclasses import dataclass

import pandas as pd

from sim.analysis.results import Results

NONE = "–"
SPACE = "\u202f"
"""A narrow space where no line may break."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be shown; `numeric` columns are aligned right."""

    title: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""


def number(value: float, digits: int = 3) -> str:
    """`value` to this many significant digits, thousands apart, without exponent; a dash for what is not known."""
    if not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 8)}f}".replace(",", SPACE).replace("-", "−")


def percent(share: float, digits: int = 2) -> str:
    """A share as per cent."""
    return NONE if not math.isfinite(share) else f"{number(100 * share, digits)}{SPACE}%"


def chance(p: float) -> str:
    """A p value; small ones as a bound."""
    return "< 0.0001" if p < 1e-4 else number(p, 2)


def interval(mean: float, low: float, high: float) -> str:
    """mean [low, high]."""
    return f"{number(mean)} [{number(low)}, {number(high)}]" if math.isfinite(low) else number(mean)


def plus_minus(mean: float, low: float, high: float) -> str:
    """mean ± half the interval."""
    return f"{number(mean)} ±{SPACE}{number((high - low) / 2, 2)}" if math.isfinite(low) else number(mean)


def claims_table(results: Results, claims: pd.DataFrame) -> Table:
    """The registered claims with their verdicts."""
    rows = []
    for row in claims.to_dict("records"):
        rival = results.labels.get(row["strongest_rival"], NONE)
        missing = f" (not run: {row['not_run']})" if row["not_run"] else ""
        gap = row["cost_gap"]
        dear = " – NOT at equal cost" if abs(gap) > results.reading.cost_gap else ""
        rows.append(
            [
                f"{row['text']}. {row['formula']}{missing}",
                rival,
                f"{interval(row['mean'], row['ci_low'], row['ci_high'])} {row['unit']}",
                chance(row["p_holm"]),
                number(row["minimum_detectable"]),
                percent(gap) + dear,
                claim_word(row["verdict"]),
            ]
        )
    head = ["Claim", "Strongest rival", "Effect [95 % interval]", "p (Holm)", "Least detectable", "Cost gap", "Verdict"]
    note = (
        f"Paired by seed. Adjusted (Holm) over the {len(results.primaries)} registered primary outcomes. Least detectable: the effect that "
        f"this number of seeds finds with {percent(results.reading.power)} power. Cost gap: public cost over the rival's."
    )
    return Table("Claims", head, rows, note)


def claim_word(verdict: str) -> str:
    """A verdict on a claim: whether the arm does better than its strongest rival."""
    return {"gain": "gain (the claim holds)", "loss": "loss (the claim fails)"}.get(verdict, verdict)


def minister_table(results: Results, minister: pd.DataFrame) -> Table:
    """The minister's table, one line an arm."""
    payers = [name.removeprefix("yearly_cost_") for name in minister if name.startswith("yearly_cost_")]
    gains = [name.removeprefix("gain_") for name in minister if name.startswith("gain_")]
    primaries = [name for name in results.primaries if name in minister]
    rows = []
    for row in minister.to_dict("records"):
        paid = {payer: number(row[f"yearly_cost_{payer}"], 2) for payer in payers if row[f"yearly_cost_{payer}"]}
        cells = [
            results.title(row["arm"]),
            "\n".join([number(row["yearly_cost"]), *(f"{payer}{SPACE}{amount}" for payer, amount in paid.items())]),
            number(row["private_time"], 2),
            percent(row["absorbed_share"]),
            number(row["projects_started"]),
            percent(row["anyway_share"]),
            number(row["funded_started"]),
            percent(row["funded_anyway_share"]),
            number(row["cost_per_additional"]),
        ]
        cells += [plus_minus(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in primaries]
        cells += ["\n".join(f"{iso}{SPACE}{percent(row[f'gain_{iso}'])}" for iso in gains) or NONE, row["verdict"].replace("; ", "\n")]
        rows.append(cells)
    return Table("The minister's table: every arm at the headline dose", _minister_head(results, primaries), rows, MINISTER_NOTE)


def _minister_head(results: Results, primaries: list[str]) -> list[str]:
    """Column heads; the outcome read at the end of the horizon is what is alive after the programme."""
    head = ["Arm", "Public cost a year by payer, mln int$", "Own time, mln int$", "Absorbed", "Projects started", "of which anyway"]
    head += ["of which paid by it", "of the paid, anyway", "Cost per additional project, mln int$"]
    for name in primaries:
        primary = results.primaries[name]
        label = "Alive after the programme" if primary.column.endswith("alive_end") else primary.label
        head.append(f"{name}: {label}, {primary.unit}")
    return [*head, "Gain by country", "Verdict"]


MINISTER_NOTE = (
    "Differences to the status quo on the same seeds (± half a 95 % interval), except projects started, absorbed and anyway. Anyway: "
    "projects of the same members start in the status quo of the same seed too. Cost per additional project takes displaced ones off; a "
    "dash where the number of additional projects is not clearly positive. Own time is a present value over the horizon; cost a year is "
    "all outlay over the years that the programme is open."
)


def effects_table(results: Results, effects: pd.DataFrame) -> Table:
    """Primary outcomes of every arm and dose."""
    rows = []
    for row in effects[effects["primary"] != ""].to_dict("records"):
        primary = results.primaries[row["outcome"]]
        rows.append(
            [
                results.title(row["arm"]),
                percent(row["dose"]),
                f"{primary.name}: {primary.label}",
                f"{interval(row['mean'], row['ci_low'], row['ci_high'])} {primary.unit}",
                percent(row["relative_effect"]),
                chance(row["p_holm"]),
                number(row["minimum_detectable"]),
                number(row["variance_ratio"], 2),
                row["verdict"],
            ]
        )
    head = ["Arm", "Dose", "Outcome", "Effect [95 % interval]", "Relative", "p (Holm)", "Least detectable", "Variance ratio", "Verdict"]
    note = (
        f"Verdicts on primary outcomes are adjusted (Holm) over their stated number, {len(results.primaries)}, within an arm; intervals "
        "are not. Variance ratio: how many times more seeds an unpaired comparison would need."
    )
    return Table("Primary outcomes", head, rows, note)


def effects_matrix(results: Results, effects: pd.DataFrame) -> Table:
    """Primary outcomes in short: one line an arm and dose, one column an outcome."""
    primary = effects[effects["primary"] != ""]
    names = list(dict.fromkeys(primary["outcome"]))
    rows = []
    for arm, dose in results.points:
        own = primary[(primary["arm"] == arm) & (primary["dose"] == dose)].set_index("outcome")
        found = [f"{interval(row['mean'], row['ci_low'], row['ci_high'])}\n{row['verdict']}" for row in (own.loc[name] for name in names)]
        rows.append([f"{results.title(arm)}, {percent(dose)}", *found])
    head = ["Arm, dose", *(f"{name}: {results.primaries[name].label}\n({results.primaries[name].unit})" for name in names)]
    return Table("Effects: difference to the status quo [95 % interval]", head, rows, effects_table(results, effects).note)


def ends_table(results: Results, ends: pd.DataFrame) -> Table:
    """Differences in the last quarter of the programme and of the horizon, one line an arm."""
    indicators = list(dict.fromkeys(ends["indicator"])) if len(ends) else []
    rows = []
    for arm, _ in results.headline if indicators else []:
        own = ends[ends["arm"] == arm].set_index(["indicator", "end"])
        values = [own.loc[(indicator, end)] for indicator in indicators for end in ("programme", "horizon")]
        rows.append([results.title(arm), *(plus_minus(value["mean"], value["low"], value["high"]) for value in values)])
    paths = [results.reading.paths[indicator] for indicator in indicators]
    head = [f"{path['label']}, {path['unit']}: {end}" for path in paths for end in ("end of the programme", "end of the horizon")]
    return Table("Read at both ends: difference to the status quo in that quarter", ["Arm", *head], rows)


def currency_table(results: Results, paying: pd.DataFrame) -> Table:
    """Yearly cost by payer in national currency of a stated year."""
    payers = [iso for iso in paying if iso in results.reading.currency]
    rows = []
    for arm in paying.index:
        cells = [results.title(arm)]
        for iso in payers:
            money = results.reading.currency[iso]
            cells.append(f"{number(paying.loc[arm, iso] * money['rate'])} mln {money['name']}")
        rows.append(cells)
    rates = "; ".join(
        f"1 int$ = {money['rate']:g} {money['name']} of {money['year']} ({money['quality']}: {money['source']})"
        for money in (results.reading.currency[iso] for iso in payers)
    )
    return Table(
        "The same in national currency, a year", ["Arm", *payers], rows, f"At purchasing power parity, not at exchange rates. {rates}."
    )
