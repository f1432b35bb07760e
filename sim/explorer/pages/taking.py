"""What a student takes away: series, the scenario, a link; pictures have a button of their own."""

import solara
from reacton import ipyvuetify as v

from sim.explorer.pages.parts import head, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.takeaway import NAME, as_csv, as_scenario, called


@solara.component
def TakeAway(visitor: Visitor) -> None:
    """Downloads are made when they are asked for."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    if seen is None:
        return

    def series() -> str:
        return visitor.read(as_csv) or ""

    def scenario() -> str:
        return visitor.read(as_scenario) or ""

    with v.Html(tag="div", class_="take-away"):
        head(words("page.take_away"), 3)
        with solara.FileDownload(series, filename=called(seen.setting)):
            solara.Button(words("page.csv"), icon_name="mdi-download", small=True, outlined=True, block=True, classes=["take-csv"])
        with solara.FileDownload(scenario, filename=f"{NAME}.yaml"):
            solara.Button(words("page.yaml"), icon_name="mdi-download", small=True, outlined=True, block=True, classes=["take-yaml"])
        v.Html(tag="a", children=[words("page.link")], attributes={"href": visitor.link(), "target": "_blank"}, class_="share")
        text(words("page.link_note"), classes="small")
        text(words("page.png_note"), classes="small")
