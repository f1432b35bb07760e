"""Where YAML comes from: the shipped configs, and the user's own folder, which is searched first.

What a user's file may not do: reach into Hydra itself, name something to import, or read the environment.
Hydra would otherwise import and call what a key like `_target_` names; here nothing in a user's YAML ever runs.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from sim.config_check import ConfigError

_HERE = Path(__file__).resolve().parents[2]
SHIPPED = _HERE / "configs" if (_HERE / "configs").is_dir() else _HERE / "sim" / "_configs"
VARIABLE = "CROSSCLUSTER_CONFIGS"
DEFAULT = "my_configs"
RUNS_CODE = re.compile(r"(^|[\s/@.])hydra($|[\s/@.:])|^_target_$|^\(\)$")
PACKAGE = re.compile(r"^\s*#\s*@package\s+(.*)$", re.MULTILINE)


def user_folder() -> Path:
    """The folder of the user's own configs, whether it exists or not."""
    return Path(os.environ.get(VARIABLE) or DEFAULT).absolute()


def own_folders() -> list[Path]:
    """The user's folder if there is one, checked.  A folder that was named but does not exist is refused."""
    folder = user_folder()
    if not folder.is_dir():
        if os.environ.get(VARIABLE):
            raise ConfigError(f"{VARIABLE}: found '{folder}', which is no folder; allowed: a folder of your own YAML files")
        return []
    check_folder(folder)
    return [folder]


def yaml_files(folder: Path) -> list[Path]:
    """YAML files in a folder and below, sorted."""
    return sorted(path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern))


def stamped(folders: Iterable[Path]) -> tuple[tuple[str, int], ...]:
    """YAML files of folders, and when each last changed, ns: for whoever remembers what was made of them."""
    return tuple((str(path), path.stat().st_mtime_ns) for folder in folders for path in yaml_files(folder))


def check_folder(folder: Path) -> None:
    """Refuse a folder with a file that could make Hydra run something."""
    if (folder / "hydra").exists():
        raise ConfigError(f"{folder / 'hydra'}: refused: a folder of yours may not configure Hydra itself")
    for path in yaml_files(folder):
        check_file(path)


def check_file(path: Path) -> Any:
    """What is in a user's YAML file, if it is plain data; ConfigError in one line otherwise."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is no text file'}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigError(f"{path}{line}: no valid YAML: {getattr(error, 'problem', None) or 'one document is allowed'}") from error
    for package in PACKAGE.findall(text):
        if RUNS_CODE.search(package.strip()):
            raise ConfigError(f"{path}: found '@package {package.strip()}'; refused: a file of yours may not configure Hydra itself")
    for word in _words(tree):
        if "${" in word:
            raise ConfigError(f"{path}: found '{word}'; refused: values are written out, '${{...}}' is not resolved")
        if RUNS_CODE.search(word):
            raise ConfigError(f"{path}: found '{word}'; refused: nothing in a file of yours may reach Hydra or be imported")
    return tree


def _words(tree: Any, in_defaults: bool = False) -> Iterator[str]:
    """All keys; of values only those that Hydra reads (the defaults list) and those that OmegaConf would resolve."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from _words(value, in_defaults or key == "defaults")
    elif isinstance(tree, list):
        for value in tree:
            yield from _words(value, in_defaults)
    elif isinstance(tree, str) and (in_defaults or "${" in tree):
        yield tree


def shadowed(folders: list[Path]) -> list[str]:
    """Files of the user's that stand in for a shipped one of the same name, as in 'scenario/grants.yaml'."""
    names = [path.relative_to(folder).as_posix() for folder in folders for path in yaml_files(folder)]
    return [name for name in names if (SHIPPED / name).is_file()]


def choices(group: str, folders: list[Path]) -> dict[str, Path]:
    """Files of a group by name, the user's before the shipped, sorted; parts of files (a leading _) left out."""
    found: dict[str, Path] = {}
    for root in (*folders, SHIPPED):
        for path in sorted((root / group).glob("*.yaml")):
            if not path.stem.startswith("_"):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))
