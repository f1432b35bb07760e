"""Names of countries, blocs, places and programmes that an instrument may use: those of any shipped or own file, here in this world or not.

A world may lack a country or a programme, so the core accepts any name; a name that no file knows is a mistake.
"""

from collections.abc import Iterable
from functools import cache

import yaml

from sim.commands.folders import SHIPPED, own_folders
from sim.config import Config
from sim.config_check import ConfigError, listed
from sim.config_classes import BLOCS
from sim.timetable import stages


def refuse_unknown_names(config: Config) -> None:
    """Raise ConfigError for the first name that nobody knows."""
    lands, places = _geography()
    lands, places = {*lands, *config.country}, {*places, *(p.name for c in config.country.values() for p in c.places.values())}
    programmes = {*_stems("instrument"), *config.instrument}
    planned = [(f"instrument.{name}", instrument) for name, instrument in config.instrument.items()]
    for place, entry, instruments in stages(config.timetable, config.instrument):
        planned += [(f"{place}.set.instrument.{name}", instruments[name]) for name in entry.names()]
    for where, instrument in planned:
        _known(instrument.payers, {*lands, "policy"}, f"{where}.payers", "country")
        _known(instrument.target.countries, lands, f"{where}.target.countries", "country")
        _known(instrument.target.places, places, f"{where}.target.places", "country")
        for field in instrument.lands:
            _known(getattr(instrument, field), {*lands, *BLOCS}, f"{where}.{field}", "country")
        for field in instrument.others:
            _known(getattr(instrument, field), programmes, f"{where}.{field}", "instrument")


def _known(names: Iterable[str], allowed: set[str], where: str, group: str) -> None:
    for name in names:
        if name not in allowed:
            raise ConfigError(f"{where}: found '{name}'; allowed: {listed(sorted(allowed), name, group)}")


@cache
def _geography() -> tuple[set[str], set[str]]:
    """ISO codes and places of all country files."""
    lands: set[str] = set()
    places: set[str] = set()
    for folder in (SHIPPED, *own_folders()):
        for path in sorted((folder / "country").glob("*.yaml")):
            for key, node in _sections(yaml.safe_load(path.read_text(encoding="utf-8")) or {}):
                lands.add(key)
                places |= {
                    str(place["name"]) for place in (node.get("places") or {}).values() if isinstance(place, dict) and "name" in place
                }
    return lands, places


def _sections(tree: dict[str, object]) -> Iterable[tuple[str, dict]]:
    """(ISO code, section) of a country file, whose keys may stand below `country.<ISO>` or by themselves."""
    if isinstance(tree.get("iso"), str):
        yield str(tree["iso"]), tree
    for key, node in tree.items():
        if isinstance(node, dict) and isinstance(node.get("iso"), str):
            yield str(node["iso"]), node
        elif key == "country" and isinstance(node, dict):
            yield from _sections(node)


def _stems(group: str) -> set[str]:
    return {path.stem for folder in (SHIPPED, *own_folders()) for path in (folder / group).glob("[!_]*.yaml")}
