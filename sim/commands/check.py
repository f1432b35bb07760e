"""`crosscluster check FILE`: what a scenario file changes against the status quo and what it costs, without a run."""

import shutil
import tempfile
from collections.abc import Sequence
from math import fsum
from pathlib import Path
from typing import Any

from sim.commands.compose import compose_tree, load_tree
from sim.commands.folders import SHIPPED, check_file, own_folders
from sim.commands.in_full import table
from sim.config import Config, config_tree
from sim.config_check import ConfigError

USAGE = """usage: crosscluster check FILE.yaml [KEY=VALUE ...]      (a scenario; nothing is run)"""


def main(arguments: list[str]) -> int:
    """Print changes and costs."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    if not arguments or "=" in arguments[0]:
        raise ConfigError(f"check: found no file; allowed: a scenario file. {USAGE}")
    path, overrides = Path(arguments[0]), arguments[1:]
    if path.suffix != ".yaml":
        raise ConfigError(f"check: found '{path}'; allowed: a file that ends in .yaml")
    check_file(path)
    if "experiment:" in path.read_text(encoding="utf-8").splitlines():
        raise ConfigError(
            f"check: found '{path}', an experiment; allowed: a scenario file (crosscluster experiment ... --cfg job shows all of one)"
        )
    config = load_tree(_composed(path, overrides))
    base = load_tree(compose_tree([*overrides, "scenario=status_quo"]))
    print(f"{path}: {config.scenario.label}\n")
    print(
        "changes against the status quo, and of added instruments against what is shipped\n"
        + (table(changes(config, base, overrides)) or "  none")
    )
    print(f"\ncosts a year while open, in {config.world.name}\n" + (table(costs(config, base)) or "  none besides the status quo"))
    print("\nAbout: dose x what firms of its countries and sectors pay for R&D themselves, before delivery.")
    return 0


def _composed(path: Path, overrides: Sequence[str]) -> dict[str, Any]:
    """The configuration with the file as its scenario, wherever the file lies."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "scenario"
        folder.mkdir()
        shutil.copyfile(path, folder / path.name)
        return compose_tree([*overrides, f"scenario={path.stem}"], [Path(scratch), *own_folders()])


def changes(config: Config, base: Config, overrides: Sequence[str]) -> list[tuple[str, str, str]]:
    """(key, old, new) for everything that differs; of an added instrument its dose and dates, and what is not as it is shipped."""
    before, after = _leaves(config_tree(base)), _leaves(config_tree(config))
    added_names = [
        name for name in config.instrument if name not in base.instrument and (SHIPPED / "instrument" / f"{name}.yaml").is_file()
    ]
    usual = _leaves(config_tree(load_tree(compose_tree([*overrides, f"instrument=[{','.join(added_names)}]"])))) if added_names else {}
    rows = []
    for key in dict.fromkeys([*before, *after]):
        name = key.split(".")[1] if key.startswith("instrument.") else ""
        added = bool(name) and (name not in base.instrument or name not in config.instrument)
        if (
            before.get(key) == after.get(key)
            or key.startswith("scenario.")
            or (added and key.split(".")[2] not in ("kind", "dose", "start", "end") and usual.get(key, after.get(key)) == after.get(key))
        ):
            continue
        old = before.get(key, usual.get(key, "") if added else "(not there)")
        rows.append((f"  {key}", str(old) if old != after.get(key) else "", f"-> {after.get(key, '(not there)')}"))
    return rows


def costs(config: Config, base: Config) -> list[tuple[str, str, str]]:
    """(instrument, money a year, by country) for instruments that the status quo does not have or gives another dose."""
    rows = []
    for name, instrument in config.instrument.items():
        if name in base.instrument and base.instrument[name] == instrument:
            continue
        if instrument.free:
            rows.append((f"  {name}", "nothing", "a shock or a rule: nobody pays for it"))
            continue
        if instrument.residual_of:
            rows.append((f"  {name}", "nothing of its own", f"what {', '.join(instrument.residual_of)} cannot spend"))
            continue
        paid = {iso: instrument.dose * _research(config, iso, instrument.target) for iso in _payers(config, instrument)}
        each = ", ".join(f"{iso} {money:,.1f}" for iso, money in paid.items())
        rows.append((f"  {name}", f"{fsum(paid.values()):,.1f} mln int$", each))
    return rows


def _payers(config: Config, instrument: Any) -> list[str]:
    named = instrument.payers
    return [iso for iso, country in config.country.items() if iso in named or ("policy" in named and country.policy)]


def _research(config: Config, iso: str, target: Any) -> float:
    """What firms of a country and its sectors in the target pay for R&D themselves, mln int$ a year."""
    country = config.country[iso]
    if target.countries and iso not in target.countries:
        return 0.0
    gdp = country.value("gdp_pc_ppp_2017intl") * country.value("population") * config.world.dollars_2021 / 1e6
    gerd = gdp * country.value("gerd_pct_gdp") / 100
    own = country.value("berd_share_of_gerd_pct") / 100 * (1.0 - country.value("state_share_of_berd"))
    weights = {name: sector.weight * sector.intensity for name, sector in config.sector.items()}
    sectors = fsum(weights[name] for name in target.sectors if name in weights) / fsum(weights.values()) if target.sectors else 1.0
    return gerd * own * sectors


def _leaves(tree: Any, where: str = "") -> dict[str, Any]:
    if isinstance(tree, dict):
        return {key: leaf for name, node in tree.items() for key, leaf in _leaves(node, f"{where}.{name}" if where else name).items()}
    return {where: tree}
