"""The tables of the report and of the terminal: rows of cells that are ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.analysis.numerals import NONE, SPACE, chance, claim_words, fixed, interval, number, percent, plus_minus, verdict_words, with_unit
from sim.analysis.results import Results


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be shown."""

    title: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""


def claims_table(results: Results, claims: pd.DataFrame) -> Table:
    """The registered claims with their verdicts."""
    rows = []
    for row in claims.to_dict("records"):
        missing = f" (not run: {row['not_run']})" if row["not_run"] else ""
        dear = " – NOT at equal cost" if abs(row["cost_gap"]) > results.reading.cost_gap else ""
        rows.append(
            [
                f"{row['text']}. {row['formula']}{missing}",
                results.labels.get(row["strongest_rival"], NONE),
                effect(results, row),
                chance(row["p_holm"]),
                least_detectable(results, row),
                cost_gap(row["cost_gap"]) + dear,
                claim_words(_verdict(results, row)),
            ]
        )
    head = ["Claim", "Strongest rival", "Effect [95 % interval]", "p (Holm)", "Least detectable", "Cost gap", "Verdict"]
    note = (
        f"Paired by seed. Adjusted (Holm) over the claims. Least detectable: the effect that "
        f"this number of seeds finds with {percent(results.reading.power)} power. Cost gap: public cost over the rival's."
    )
    return Table("Claims", head, rows, note)


FEW_CASES = 6
"""As many cases are shown side by side; of more, how many say what."""


def claims_by_case_table(results: Results, claims: pd.DataFrame) -> Table | None:
    """The claims in every case by itself, a line a claim; None where there is nothing to show.  claims: as of claims_by_case."""
    if claims.empty:
        return None
    cases = list(dict.fromkeys(claims["case"]))
    heads = [f"Case {case}" for case in cases] if len(cases) <= FEW_CASES else []
    rows = []
    for _, own in claims.groupby("claim", sort=False):
        lines = own.to_dict("records")
        counts = own["verdict"].str.split(" larger").str[0].value_counts()
        said = ", ".join(f"{verdict} {count} of {len(own)}" for verdict, count in counts.items())
        rows.append([lines[0]["text"], *(f"{effect(results, row)}\n{_verdict(results, row)}" for row in lines[: len(heads)]), said])
    note = (
        "Every case judged as if it had been the whole experiment, against its own strongest rival; p adjusted (Holm) within a case. "
        "A claim that holds in some cases and fails in others hangs on values that are not known. Numbers: claims_by_case.csv."
    )
    return Table("The claims in every case by itself", ["Claim", *heads, "Verdicts"], rows, note)


def _verdict(results: Results, row: Mapping[str, Any]) -> str:
    return verdict_words(row["verdict"], row["ci_low"], row["ci_high"], row["unit"], results.reading)


def dose(results: Results, size: float) -> str:
    """The dose of an arm; a dash where arms have none, as shocks that nobody pays for."""
    return percent(size) if results.equal_cost else NONE


def effect(results: Results, row: Mapping[str, Any]) -> str:
    """Effect, interval and unit of a row of effects or claims."""
    factor, unit = results.reading.shown(row["unit"])
    return with_unit(interval(factor * row["mean"], factor * row["ci_low"], factor * row["ci_high"]), unit)


def least_detectable(results: Results, row: Mapping[str, Any]) -> str:
    """The minimum detectable effect of a row, with its unit where that is short."""
    factor, unit = results.reading.shown(row["unit"])
    text = number(factor * row["minimum_detectable"], 2)
    return with_unit(text, unit) if unit == "%" and text != NONE else text


def cost_gap(gap: float) -> str:
    """How much dearer, in per cent to one decimal; a dash for what is not known."""
    text = fixed(100 * gap, 1)
    return text if text == NONE else f"{text}{SPACE}%"


def costs_table(results: Results, minister: pd.DataFrame) -> Table:
    """The first half of the minister's table: money and projects, one line an arm."""
    payers = [name.removeprefix("yearly_cost_") for name in minister if name.startswith("yearly_cost_")]
    rows = [
        [
            results.title(row["arm"]),
            number(row["yearly_cost"]),
            *(number(row[f"yearly_cost_{payer}"], 2) for payer in payers),
            plus_minus(row["private_time"], row["private_time_low"], row["private_time_high"]),
            percent(row["absorbed_share"]),
            number(row["projects_started"]),
            percent(row["anyway_share"]),
            number(row["funded_started"]),
            percent(row["funded_anyway_share"]),
            number(row["cost_per_additional"]),
        ]
        for row in minister.to_dict("records")
    ]
    head = ["Arm", "Public cost a year", *(f"paid by {payer}" for payer in payers), "Own time", "Absorbed"]
    head += ["Projects started", "of which anyway", "Paid by it", "of these anyway", "Cost per additional project"]
    return Table("The minister's table: money (mln int$) and projects", head, rows, COSTS_NOTE)


COSTS_NOTE = (
    "Public cost: outlay beyond the status quo over the years that the programme is open. Own time: what participants spend themselves "
    "beyond the status quo, present value over the horizon. Absorbed: the share of its money that the arm could place; the rest goes out "
    "as neutral cash. Anyway: projects that the same members start in the status quo of the same seed too. Cost per additional project "
    "takes displaced ones off; a dash where their number is not clearly positive."
)


def gains_table(results: Results, minister: pd.DataFrame) -> Table:
    """The second half of the minister's table: what every arm brings, with its verdict, and to whom."""
    primaries = [name for name in results.primaries if name in minister]
    countries = [iso for iso in results.countries if f"gain_{iso}" in minister]
    rows = []
    for row in minister.to_dict("records"):
        cells = [results.title(row["arm"])]
        for name in primaries:
            low, high, unit = row[f"{name}_low"], row[f"{name}_high"], results.primaries[name].unit
            factor, shown = results.reading.shown(unit)
            size = plus_minus(factor * row[name], factor * low, factor * high, shown)
            cells.append(f"{size}\n{verdict_words(row[f'{name}_verdict'], low, high, unit, results.reading)}")
        for iso in countries:
            share, half = 100 * row[f"gain_{iso}"], 100 * row[f"gain_{iso}_half"]
            cells.append(plus_minus(share, share - half, share + half, "%", gap="\n"))
        rows.append(cells)
    heads = [_outcome_head(results, name) for name in primaries]
    return Table(
        "The minister's table: what it brings", ["Arm", *heads, *(f"Gain of {iso}, %" for iso in countries)], rows, _gains_note(results)
    )


def _gains_note(results: Results) -> str:
    return (
        f"Differences to the status quo on the same seeds, ± half a {percent(results.reading.confidence)} interval, and the verdict, "
        f"adjusted over {len(results.primaries)} primary outcomes. Gain of a country: the outcome that the worst-off member is judged by."
    )


def _outcome_head(results: Results, name: str) -> str:
    """Name, label and unit, the unit only where the label does not hold it."""
    primary = results.primaries[name]
    unit = results.reading.shown(primary.unit)[1]
    return f"{name}: {primary.label}" if unit in primary.label else f"{name}: {primary.label}, {unit}"


def effects_table(results: Results, effects: pd.DataFrame) -> Table:
    """Primary outcomes of every arm and dose."""
    rows = []
    for row in effects[effects["primary"] != ""].to_dict("records"):
        primary = results.primaries[row["outcome"]]
        rows.append(
            [
                results.title(row["arm"]),
                dose(results, row["dose"]),
                f"{primary.name}: {primary.label}",
                effect(results, row),
                percent(row["relative_effect"]),
                chance(row["p_holm"]),
                least_detectable(results, row),
                number(row["variance_ratio"], 2),
                verdict_words(row["verdict"], row["ci_low"], row["ci_high"], row["unit"], results.reading),
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
    for arm, size in results.points:
        own = primary[(primary["arm"] == arm) & (primary["dose"] == size)].set_index("outcome")
        found = [own.loc[name].to_dict() for name in names]
        words = [verdict_words(row["verdict"], row["ci_low"], row["ci_high"], row["unit"], results.reading) for row in found]
        cells = [f"{effect(results, row)}\n{word}" for row, word in zip(found, words, strict=True)]
        rows.append([f"{results.title(arm)}, {percent(size)}" if results.equal_cost else results.title(arm), *cells])
    head = ["Arm, dose" if results.equal_cost else "Arm", *(f"{name}: {results.primaries[name].label}" for name in names)]
    return Table("Effects: difference to the status quo [95 % interval]", head, rows, effects_table(results, effects).note)


def ends_table(results: Results, ends: pd.DataFrame) -> Table:
    """Differences in the last quarter of the programme and of the horizon, one line an arm."""
    indicators = list(dict.fromkeys(ends["indicator"])) if len(ends) else []
    shown = {indicator: results.reading.shown(results.reading.paths[indicator]["unit"]) for indicator in indicators}
    rows = []
    for arm, _ in results.headline if indicators else []:
        own = ends[ends["arm"] == arm].set_index(["indicator", "end"])[["mean", "low", "high"]]
        row = [results.title(arm)]
        for indicator in indicators:
            factor, unit = shown[indicator]
            for end in ("programme", "horizon"):
                mean, low, high = factor * own.loc[(indicator, end)]
                row.append(plus_minus(mean, low, high, unit, gap="\n"))
        rows.append(row)
    heads = {indicator: f"{results.reading.paths[indicator]['label']}, {shown[indicator][1]}" for indicator in indicators}
    head = [f"{heads[indicator]}: {end}" for indicator in indicators for end in ("end of the programme", "end of the horizon")]
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
