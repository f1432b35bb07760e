"""The results folder: can it be written, and what stands in a manifest besides the run itself."""

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.commands.compose import users_figures
from sim.commands.folders import own_folders, shadowed
from sim.config import Config
from sim.config_check import ConfigError


def writable(results: Any) -> Path:
    """The folder, if a file can be made in it; it is created when the first result is written."""
    if not isinstance(results, str) or not results:
        raise ConfigError(f"results: found {results!r}; allowed: the name of a folder")
    folder = Path(results)
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return folder
    except OSError as error:
        raise ConfigError(f"results: cannot write in '{folder}': {error.strerror}; allowed: a folder you may write in") from error


def about(command: str, overrides: Sequence[str], config: Config, facts: str | None) -> dict[str, Any]:
    """How the results came about: what was typed, whose files and figures were used."""
    folders = own_folders()
    return {
        "command": ["crosscluster", command, *overrides],
        "own_folder": [str(folder) for folder in folders],
        "shadowed": shadowed(folders),
        "facts": facts,
        "users_figures": users_figures(config),
    }


def sweep_folder(arguments: Sequence[str]) -> str | None:
    """The folder of a sweep inside the results, the same for the same arguments; None if it is no sweep."""
    if not {"-m", "--multirun"}.intersection(arguments):
        return None
    return "sweep-" + hashlib.sha256(" ".join(sorted(arguments)).encode()).hexdigest()[:8]


def existing(command: str, folder: Path) -> Path:
    """The folder, if there is one; ConfigError names the command that was given another."""
    if not folder.is_dir():
        raise ConfigError(f"{command}: found '{folder}', which is no folder; allowed: a results folder, as in results/eaeu_programme/...")
    return folder


def tell_failures(count: int) -> None:
    """Where runs that failed are named, if any did."""
    if count:
        tell(f"crosscluster: {count} runs failed; they are named in manifest.json and left out of the effects")


def tell(text: str) -> None:
    """Words for people: standard error, so that standard output ends with the results folder alone."""
    print(text, file=sys.stderr)


def finished(folder: Path) -> None:
    """The last line on standard output: where the results are."""
    sys.stdout.flush()
    print(folder)
