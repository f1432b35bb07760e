"""Overrides, --cfg job, --help and --multirun as Hydra users know them, around one of our commands.

Unlike Hydra alone everything is checked first, for every point of a sweep; a mistake is one line; nothing but results is
written; and what a user's file names is neither imported nor called (sim.commands.folders).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hydra
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Glob, Override
from omegaconf import DictConfig

from sim.commands.compose import compose_tree, finish, search_first
from sim.commands.folders import SHIPPED, check_folder, own_folders
from sim.commands.overrides import read_overrides, refuse_keys
from sim.commands.wording import composing
from sim.config_check import ConfigError, nearest


@dataclass(frozen=True)
class Command:
    """A sub-command: what it does not use (and what to say about it), and its two halves.

    prepare(tree, overrides): what is to be done, or ConfigError.  perform(prepared): do it.
    """

    name: str
    unused: Mapping[str, str]
    prepare: Callable[[dict[str, Any], Sequence[str]], Any]
    perform: Callable[[Any], None]
    options: tuple[str, ...] = ()
    """Its own options, which it has read before; the nearest is named to who misspells one."""


def run_app(command: Command, arguments: Sequence[str]) -> list[Any]:
    """Run the command; returns what was prepared, one for each point of a sweep (nothing with --cfg, --help and the like)."""
    flags = _flags(command, arguments)
    parsed = read_overrides(flags.overrides)
    refuse_keys(command.name, parsed, command.unused)
    folders = own_folders()
    if flags.config_dir:
        check_folder(Path(flags.config_dir))
        folders.append(Path(flags.config_dir).absolute())
    if flags.help or flags.hydra_help or flags.cfg or flags.info or flags.shell_completion:
        _hand_over(command, arguments, folders)
        return []
    points = [command.prepare(compose_tree(point, folders), point) for point in _points(flags.multirun, parsed)]
    if flags.multirun:
        _hand_over(command, arguments, folders)
    else:
        command.perform(points[0])
    return points


def _flags(command: Command, arguments: Sequence[str]) -> argparse.Namespace:
    parser = get_args_parser()

    def refuse(message: str) -> None:
        unknown = next((word for word in message.split() if word.startswith("--")), "")
        known = [*command.options, "--multirun", "--cfg", "--resolve", "--info", "--config-dir", "--help"]
        raise ConfigError(f"{command.name}: options: {message}{nearest(unknown, known)}; see --help")

    parser.error = refuse  # type: ignore[method-assign,assignment]
    flags = parser.parse_args(list(arguments))
    if flags.experimental_rerun is not None:
        raise ConfigError("options: found --experimental-rerun; refused: it would run what a pickle file holds")
    if flags.config_path is not None or flags.config_name is not None:
        raise ConfigError(
            "options: found --config-path or --config-name; allowed: a folder of your own in CROSSCLUSTER_CONFIGS, or --config-dir"
        )
    return flags


def _points(multirun: bool, parsed: Sequence[Override]) -> list[list[str]]:
    """The overrides of each point of the sweep, so far as they are known before the sweeper runs."""
    ours = [o for o in parsed if not o.key_or_group.startswith("hydra")]
    swept = [o for o in ours if o.is_sweep_override()]
    if not multirun:
        if swept:
            raise ConfigError(f"overrides: found {swept[0].input_line}, which is several values; allowed: one, or several with -m")
        return [[str(o.input_line) for o in ours]]
    others = any(o.key_or_group == "hydra/sweeper" for o in parsed)
    if others or not all(o.is_discrete_sweep() and not isinstance(o.value(), Glob) for o in swept):
        return [[str(o.input_line) for o in ours if o not in swept]]
    return [list(point) for batch in BasicSweeper.split_arguments(ours, None) for point in batch]


def _hand_over(command: Command, arguments: Sequence[str], folders: Sequence[Path]) -> None:
    """Let Hydra's own application go through the sweep, or show what it is asked for."""

    def task(composed: DictConfig) -> None:
        typed = list(HydraConfig.get().overrides.task)
        command.perform(command.prepare(finish(composed, typed), typed))

    search_first(folders)
    with tempfile.TemporaryDirectory() as scratch, composing(), _as_if_called(command.name, _sweeping_into(scratch, arguments)):
        hydra.main(version_base="1.3", config_name="config", config_path=str(SHIPPED))(task)()


def _sweeping_into(folder: str, arguments: Sequence[str]) -> list[str]:
    """The arguments with Hydra's sweep folder among the overrides: argparse takes overrides in one piece only."""
    first = next((n for n, each in enumerate(arguments) if "=" in each and not each.startswith("-")), len(arguments))
    return [*arguments[:first], f"hydra.sweep.dir={folder}", *arguments[first:]]


@contextmanager
def _as_if_called(name: str, arguments: Sequence[str]) -> Iterator[None]:
    """Hydra reads the command line from sys.argv, and hands errors on instead of printing them if it is told so."""
    argv, full_error = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv, os.environ["HYDRA_FULL_ERROR"] = [f"crosscluster {name}", *arguments], "1"
    try:
        yield
    finally:
        sys.argv = argv
        if full_error is None:
            del os.environ["HYDRA_FULL_ERROR"]
