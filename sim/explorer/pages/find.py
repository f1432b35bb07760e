"""A list of clusters and a field for an organisation's number: the way to every card for those who do not point at a map."""

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import solara
from reacton import ipyvuetify as v

from sim.explorer.pages.parts import choice, text
from sim.explorer.pages.visitor import Visitor
from sim.explorer.words import Words
from sim.world import World


@solara.component
def Find(visitor: Visitor) -> None:
    """Both, and word of a number that nobody has."""
    _, words = visitor.tick.value, visitor.words
    missing, miss = solara.use_state("")
    named = visitor.read(lambda session: clusters(session.policy, words))
    if named is None:
        return

    def cluster(key: int) -> None:
        miss("")
        visitor.cluster.value, visitor.organisation.value = key, None

    def entered(typed: Any) -> None:
        wanted = str(typed).strip()
        found = wanted.isascii() and wanted.isdigit() and visitor.read(lambda session: there(session.policy, int(wanted)))
        miss("" if found or not wanted else wanted)
        if found:
            visitor.organisation.value = int(wanted)

    with v.Html(tag="div", class_="find"):
        here = visitor.cluster.value if visitor.organisation.value is None else None
        choice(words("card.find_cluster"), here, named, cluster, "find-cluster", words("card.no_match"))
        Number(words("card.find_organisation"), entered)
    text(words("card.nobody_there", id=missing) if missing else "", classes="small missing", role="alert")


@solara.component
def Number(label: str, entered: Callable[[Any], None]) -> None:
    """A field that says what was typed when it is left or entered."""
    field = v.TextField(label=label, dense=True, hide_details=True, class_="find-organisation")
    v.use_event(field, "change", cast(Any, lambda _, __, typed: entered(typed)))  # three values, its types say one


def there(world: World, organisation: int) -> bool:
    """Is there an organisation of this number now?"""
    return bool(np.any(world.population.alive & (world.population.id == organisation)))


def clusters(world: World, words: Words) -> dict[int, str]:
    """Key and name of every cluster, by sector and city; those that share both are told apart by a number."""
    all_, seen = world.clusters, Counter[str]()
    found = {}
    for key, sector, place in zip(all_.key.tolist(), all_.sector.tolist(), all_.place.tolist(), strict=True):
        city = world.places.name[place]
        name = f"{words.of('sector', world.sectors.name[sector])}, {words.name('city', city, city)}"
        seen[name] += 1
        found[key] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return dict(sorted(found.items(), key=lambda each: each[1]))
