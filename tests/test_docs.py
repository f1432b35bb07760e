"""docs/parameters.md says what is true: every parameter of behaviour with its value, unit, range, null value and source.

`make readme` writes it anew.
"""

import re
from dataclasses import fields
from pathlib import Path

from agents.parameters import Number
from sim.commands.compose import load_config

DOCS = Path(__file__).resolve().parents[1] / "docs"
PARAMETERS = DOCS / "parameters.md"
HEAD = """# Parameters of behaviour

Made by `make readme` from `configs/behaviour/` and the code; do not edit. On the command line a parameter is
`behaviour.<section>.<name>=<value>`. *null*: the value that switches the mechanism off. [ODD.md](ODD.md) has the equations and says
which values were fitted by hand to what. A source that says *guess* or *assumption* is one.
"""


def page() -> str:
    """All sections, in the order of the code."""
    behaviour = load_config(["world=demo"]).behaviour
    lines = [HEAD]
    for section in fields(behaviour):
        values = getattr(behaviour, section.name)
        lines += [f"\n## {section.name}\n", "| name | value | unit | range | null | source |", "| --- | --- | --- | --- | --- | --- |"]
        for field in fields(values):
            declared: Number | None = field.metadata.get("number")
            value = getattr(values, field.name)
            if declared is None:
                lines.append(f"| `{field.name}` | {value} | | | | |")
                continue
            null = "" if declared.null is None else f"{declared.null:g}"
            span = f"{declared.low:g} to {declared.high:g}"
            lines.append(f"| `{field.name}` | {value:.10g} | {declared.unit} | {span} | {null} | {declared.source} |")
    return "\n".join(lines) + "\n"


def test_the_parameter_tables_are_those_of_the_code() -> None:
    assert PARAMETERS.read_text(encoding="utf-8") == page(), "run: make readme"


def test_links_of_the_docs_lead_somewhere() -> None:
    broken = []
    for document in DOCS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if not (document.parent / link).exists():
                broken.append(f"{document.name}: {link}")
    assert broken == []


if __name__ == "__main__":
    PARAMETERS.write_text(page(), encoding="utf-8")
