"""World, preset, seed and size on the page; a new one begins at the press of a button."""

import math
import time
from dataclasses import replace
from typing import Any

import solara
from reacton import ipyvuetify as v

from sim.config_check import ConfigError
from sim.explorer.limits import Refused
from sim.explorer.pages.house import house
from sim.explorer.pages.parts import choice, number, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.presets import by_kind, titles
from sim.explorer.setting import Setting, plan, size, worlds
from sim.explorer.words import Words

LEAVES = 1.0
"""Seconds within which a press of Begin is the one that left a field; if what was typed there is refused, another world does not begin."""


@solara.component
def World(visitor: Visitor) -> None:
    """What is chosen holds when it begins."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    here = seen.setting if seen is not None else None
    draft, change = solara.use_state(here)
    solara.use_effect(lambda: change(here), [here])
    refused = solara.use_ref(-math.inf)
    # files are read for it: not in every quarter
    named, kinds = solara.use_memo(lambda: listed(words), [words.language, here])
    if draft is None:
        return

    def set_to(**values: Any) -> str:
        try:
            wanted = fitted(replace(draft, **values))
            house().limits.admit(wanted)
        except (ConfigError, Refused) as error:
            visitor.refuse(error)
            refused.current = time.monotonic()
            return visitor.message.value
        visitor.message.value = ""
        change(wanted)
        return ""

    def begin() -> None:
        if time.monotonic() - refused.current > LEAVES:
            visitor.busy.do(lambda: visitor.begin(draft))

    alert = visitor.message.value
    with v.Html(tag="div", class_="world"):
        names = {name: words.name("world", name, label) for name, label in worlds().items()}
        choice(words("page.world"), draft.world, names, lambda name: set_to(world=name, organisations=None), "which-world")
        text(words("page.span", **span(draft)), classes="small span")
        choice(words("page.preset"), draft.preset, named, lambda name: set_to(preset=name), "which-preset", heads=kinds)
        text(words("page.command", name=f"scenario={draft.preset}"), classes="small command")
        with v.Html(tag="div", class_="pair"):
            number(words("page.seed"), float(draft.seed), lambda seed: set_to(seed=seed), True, classes="seed", alert=alert)
            hint = words("page.size_empty" if draft.organisations else "page.size_shipped")
            count = float(draft.organisations or shipped(draft))
            number(words("page.size"), count, lambda wanted: set_to(organisations=wanted), True, hint, "size", alert)
        solara.Button(words("page.apply"), on_click=begin, small=True, color="primary", block=True, classes=["begin"])


def listed(words: Words) -> tuple[dict[str, str], dict[str, str]]:
    """Presets by name: what they are called, and the heading under which each stands."""
    return titles(words), {name: words.of("preset_kind", kind) for name, kind in by_kind().items()}


def span(setting: Setting) -> dict[str, int]:
    """Quarters of a run, those up to the opening and those from it on."""
    world = plan(setting).policy.world
    return {"before": world.burn_in, "after": world.programme + world.after}


def shipped(setting: Setting) -> int:
    """Organisations of a world as it is shipped."""
    return size(plan(replace(setting, organisations=None)).policy)


def fitted(setting: Setting) -> Setting:
    """The setting; where its world as shipped is too large for this server, as large as may be."""
    most = house().limits.organisations
    return replace(setting, organisations=most) if setting.organisations is None and shipped(setting) > most else setting
