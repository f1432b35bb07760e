"""World, preset, seed and size on the page; a new one begins at the press of a button."""

from dataclasses import replace
from typing import Any

import solara
from reacton import ipyvuetify as v

from sim.config_check import ConfigError
from sim.explorer.pages.house import house
from sim.explorer.pages.parts import choice, number
from sim.explorer.pages.visitor import Visitor
from sim.explorer.setting import Setting, check, plan, presets, size, worlds


@solara.component
def World(visitor: Visitor) -> None:
    """What is chosen holds when it begins."""
    _, seen, words = visitor.tick.value, visitor.seen, visitor.words
    here = seen.setting if seen is not None else None
    draft, change = solara.use_state(here)
    solara.use_effect(lambda: change(here), [here])
    if draft is None:
        return

    def set_to(**values: Any) -> bool:
        try:
            wanted = replace(draft, **values)
            check(wanted)
            wanted = fitted(wanted)
        except ConfigError as error:
            visitor.refuse(error)
            return False
        change(wanted)
        return True

    with v.Html(tag="div", class_="world"):
        names = {name: words.name("world", name, label) for name, label in worlds().items()}
        choice(words("page.world"), draft.world, names, lambda name: set_to(world=name, organisations=None), "which-world")
        names = {name: words.name("scenario", name, label) for name, label in presets().items()}
        choice(words("page.preset"), draft.preset, names, lambda name: set_to(preset=name), "which-preset")
        with v.Html(tag="div", class_="pair"):
            number(words("page.seed"), float(draft.seed), lambda seed: set_to(seed=seed), True, classes="seed")
            count = float(draft.organisations or shipped(draft))
            hint = words("page.size_shipped") if draft.organisations is None else ""
            number(words("page.size"), count, lambda wanted: set_to(organisations=wanted or None), True, hint, "size")
        solara.Button(
            words("page.apply"), on_click=lambda: visitor.begin(draft), small=True, color="primary", block=True, classes=["begin"]
        )


def shipped(setting: Setting) -> int:
    """Organisations of a world as it is shipped."""
    return size(plan(replace(setting, organisations=None)).policy)


def fitted(setting: Setting) -> Setting:
    """The setting; where its world as shipped is too large for this server, as large as may be."""
    most = house().limits.organisations
    return replace(setting, organisations=most) if setting.organisations is None and shipped(setting) > most else setting
