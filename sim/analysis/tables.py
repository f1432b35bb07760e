"""The results on a terminal."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table as Shown

from sim.analysis import caution, cells, minister, sentences
from sim.analysis.effects import effects
from sim.analysis.results import load
from sim.analysis.verdicts import claims

WIDE = 8
"""Arms up to which each has a column."""


def print_effects(folder: Path, to_stderr: bool = True) -> None:
    """Print the minister's table (turned, one column an arm), the primary outcomes and the answers to the claims of a results folder.

    Where something was varied also that it was, and what the intervals do not hold.
    """
    results = load(folder)
    found = effects(results)
    console = Console(stderr=to_stderr)
    table = minister.table(results, found)
    turned = _turned if len(table) <= WIDE else _as_it_is
    console.print(_shown(turned(cells.costs_table(results, table))))
    console.print(_shown(turned(cells.gains_table(results, table))))
    console.print(_shown(cells.effects_matrix(results, found)))
    for line in filter(None, (caution.few_seeds(results), caution.where(results))):
        console.print(line, markup=False, highlight=False)
    for sentence in sentences.answer(results, claims(results), table):
        console.print(f"• {sentence}", markup=False, highlight=False)


def _shown(table: cells.Table) -> Shown:
    shown = Shown(title=table.title, caption=table.note, box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left", pad_edge=False)
    for place, head in enumerate(table.head):
        shown.add_column(head, overflow="fold", style="bold" if place == 0 else "")
    for row in table.rows:
        shown.add_row(*row)
    return shown


def _as_it_is(table: cells.Table) -> cells.Table:
    return table


def _turned(table: cells.Table) -> cells.Table:
    """Rows become columns: a table of many figures for few arms fits a terminal better so."""
    first, *rest = zip(*[table.head, *table.rows], strict=True)
    return cells.Table(table.title, list(first), [list(row) for row in rest], table.note)
