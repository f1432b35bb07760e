"""From overrides to a Config: Hydra composes the YAML, figures are laid in, sim.config builds and checks.

Works from a notebook or a test, and inside a running command (for the arms of an experiment).
"""

import pickle
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf

from scenarios import INSTRUMENTS
from sim.commands.folders import SHIPPED, own_folders, stamped
from sim.commands.known_names import refuse_unknown_names
from sim.commands.overrides import read_overrides
from sim.commands.wording import composing, one_line
from sim.config import Config, ConfigError, build_config, plain
from sim.config_check import as_mapping
from sim.facts import CONTEXT, FIGURES, Facts, impute, overlay, read_facts

FOLDER = "file://"
"""How Hydra writes that a place to look is a folder."""
FACTS = SHIPPED / "country" / "facts.csv"
BY_HAND = re.compile(r"^\+{0,2}country\.(\w+)\.figures\.(\w+)\.value=")


class _OwnFirst(SearchPathPlugin):
    """Puts the user's folders before the shipped one."""

    folders: Sequence[Path] = ()

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        for folder in reversed(self.folders):
            search_path.prepend(provider="yours", path=f"file://{folder}")


def search_first(folders: Sequence[Path]) -> None:
    """Have Hydra look into these folders before the shipped configs (and no longer into earlier ones)."""
    _OwnFirst.folders = tuple(folders)
    Plugins.instance().register(_OwnFirst)


def compose_tree(overrides: Sequence[str] = (), folders: Sequence[Path] | None = None) -> dict[str, Any]:
    """The plain mapping of a whole configuration, figures included; ConfigError for what cannot be composed.

    folders: searched before the shipped configs; by default the user's own folder, if there is one.
    """
    read_overrides(overrides)
    with composing():
        if GlobalHydra.instance().is_initialized():
            return _with_figures(_compose(overrides), overrides)
        search_first(own_folders() if folders is None else folders)
        with initialize_config_dir(str(SHIPPED), version_base="1.3"):
            return _with_figures(_compose(overrides), overrides)


def _compose(overrides: Sequence[str]) -> dict[str, Any]:
    """A tree of the caller's own: what Hydra made of the same overrides and files before is copied, which takes a hundredth of its time."""
    path = GlobalHydra.instance().config_loader().get_search_path().get_path()
    folders = tuple(each.path for each in path)
    files = stamped(Path(folder.removeprefix(FOLDER)) for folder in folders if folder.startswith(FOLDER))
    tree: dict[str, Any] = pickle.loads(_composed(tuple(overrides), folders, files))
    return tree


@lru_cache(maxsize=256)
def _composed(overrides: tuple[str, ...], folders: tuple[str, ...], files: tuple[tuple[str, int], ...]) -> bytes:
    """The plain tree of overrides, pickled.  folders: where Hydra looks; files: what is there, and when each last changed."""
    try:
        return pickle.dumps(_plain(compose("config", list(overrides))))
    except ValueError as error:  # Hydra's word for some malformed overrides
        raise ConfigError(f"overrides: {one_line(error)}") from error


def _plain(composed: DictConfig) -> dict[str, Any]:
    tree = OmegaConf.to_container(composed, resolve=True)
    assert isinstance(tree, dict)
    return {str(key): value for key, value in tree.items()}


def finish(composed: DictConfig, overrides: Sequence[str]) -> dict[str, Any]:
    """What Hydra composed as a plain mapping, with the countries' figures and where each comes from."""
    return _with_figures(_plain(composed), overrides)


def _with_figures(whole: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    _leave_out_absent(whole, overrides)
    _lay_in_figures(whole, overrides)
    return whole


def _leave_out_absent(tree: dict[str, Any], overrides: Sequence[str]) -> None:
    """A world gives the scale of its countries; those that `country=[...]` did not choose have nothing but that, and go."""
    for iso, node in list(as_mapping(tree["country"], "country").items()):
        if isinstance(node, dict) and set(node) == {"scale"} and not any(f"country.{iso}." in typed for typed in overrides):
            del tree["country"][iso]


def _lay_in_figures(tree: dict[str, Any], overrides: Sequence[str]) -> None:
    """Figures of each country: shipped csv < country file < facts=FILE < the command line; then the imputed ones."""
    countries = {iso: as_mapping(node, f"country.{iso}") for iso, node in as_mapping(tree["country"], "country").items()}
    typed = {iso: {**as_mapping(node.get("figures") or {}, f"country.{iso}.figures")} for iso, node in countries.items()}
    for iso, indicator in filter(None, (m and m.groups() for m in map(BY_HAND.match, overrides))):
        if isinstance(typed.get(iso, {}).get(indicator), dict):
            typed[iso][indicator] |= {"quality": "user", "source": "command line"}
    facts, own = read_facts(FACTS), _own_facts(tree["facts"], set(countries))
    merged, _ = overlay(facts, own, Path(str(tree["facts"])).name)
    for iso, node in countries.items():
        by_hand = {
            name: figure for name, figure in typed[iso].items() if isinstance(figure, dict) and figure.get("source") == "command line"
        }
        from_file = plain({name: merged[iso][name] for name in own.get(iso, {})})
        imputed = plain(impute(merged).get(iso, {}))
        figures = {**imputed, **plain(merged.get(iso, {})), **typed[iso], **from_file, **by_hand}
        order = [name for name in {**FIGURES, **CONTEXT} if name in figures]
        tree["country"][iso] = {**node, "figures": {name: figures[name] for name in dict.fromkeys([*order, *figures])}}


def _own_facts(file: Any, countries: set[str]) -> Facts:
    """Figures from the user's csv, if one is named."""
    if file is None:
        return {}
    if not isinstance(file, str):
        raise ConfigError(f"facts: found {file!r}; allowed: the name of a csv file, or null")
    own = read_facts(Path(file))
    known = countries | set(read_facts(FACTS))
    for iso in own:
        if iso not in known:
            raise ConfigError(f"facts: {file}: found country '{iso}'; allowed: {', '.join(sorted(known))}")
    return own


def load_tree(tree: Mapping[str, Any]) -> Config:
    """The Config of a composed tree; keys that are settings of a command (seed, results, ...) are left aside."""
    names = [field.name for field in fields(Config)]
    config = build_config({name: tree[name] for name in names if name in tree}, INSTRUMENTS)
    refuse_unknown_names(config)
    return config


def load_config(overrides: Sequence[str] = ()) -> Config:
    """For Python: `load_config(["world=demo", "scenario=grants"])`."""
    return load_tree(compose_tree(overrides))


def users_figures(config: Config) -> list[str]:
    """'BLR.gerd_pct_gdp' for every figure that the user gave."""
    return [
        f"{iso}.{name}" for iso, country in config.country.items() for name, figure in country.figures.items() if figure.quality == "user"
    ]
