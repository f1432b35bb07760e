"""The bar above the page: play, pause, step, speed, back, to the end; where the run stands; and the language."""

import solara
from reacton import ipyvuetify as v

from sim.explorer.pages.house import house
from sim.explorer.pages.parts import choice, text
from sim.explorer.pages.visitor import Visitor

QUARTERS_A_YEAR = 4
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Quarters a second to choose from, as far as the server allows them."""


@solara.component
def Time(visitor: Visitor) -> None:
    """The bar."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    if seen is None:
        return
    drive, runs = visitor.drive, bool(visitor.drive.mode.value)

    def translated() -> None:
        visitor.language.value = "en" if words.language == "ru" else "ru"

    with v.Html(tag="div", class_="time", attributes={"title": words("page.help")}):
        solara.Button(words("page.back"), icon_name="mdi-skip-previous", on_click=visitor.back, small=True, classes=["back"])
        label, icon = (words("page.pause"), "mdi-pause") if runs else (words("page.play"), "mdi-play")
        solara.Button(
            label, icon_name=icon, on_click=lambda: drive.go("" if runs else "play"), small=True, color="primary", classes=["play"],
            disabled=seen.at_end,
        )  # fmt: skip
        solara.Button(
            words("page.step"), icon_name="mdi-step-forward", on_click=visitor.step, small=True, classes=["step"],
            disabled=runs or seen.at_end,
        )  # fmt: skip
        solara.Button(
            words("page.end"), icon_name="mdi-skip-next", on_click=lambda: drive.go("end"), small=True, classes=["end"],
            disabled=seen.at_end,
        )  # fmt: skip
        speeds = {speed: f"{speed:g}" for speed in SPEEDS if speed <= house().limits.quarters_per_second}
        choice(words("page.speed"), drive.speed.value, speeds, drive.speed.set, "speed")
        now = words("page.quarter", quarter=seen.quarter, last=seen.last)
        text(f"{now}, {words('page.year', year=year(seen.quarter, seen.last))}", "span", classes="now", role="status")
        if seen.at_end:
            text(words("page.over"), "span", classes="over")
        if seen.waits:
            solara.Button(
                words("page.restart"), on_click=lambda: visitor.busy.do(visitor.restart), small=True, color="warning", classes=["restart"]
            )
        solara.Button(words("page.language"), on_click=translated, small=True, text=True, classes=["language"])


def year(quarter: int, last: int) -> int:
    """The year since the opening, from 1, that is being lived; at the end the last one, as no other follows."""
    return max(1, min(quarter, last - 1) // QUARTERS_A_YEAR + 1)
