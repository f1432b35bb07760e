"""What was typed after a command: each override is read by itself, so that a mistake is named exactly."""

from collections.abc import Iterable, Mapping, Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from sim.commands.folders import RUNS_CODE, SHIPPED, choices
from sim.config_check import ConfigError, nearest, refuse

FORM = "KEY=VALUE, as in world.burn_in=20"
HYDRA_KEYS = (
    "hydra/launcher",
    "hydra/sweeper",
    "hydra/help",
    "hydra.launcher.",
    "hydra.sweeper.",
    "hydra.sweep.",
    "hydra.run.",
    "hydra.verbose",
)
"""What may be changed of Hydra itself on the command line; nothing of it in a file."""


def read_overrides(typed: Sequence[str]) -> list[Override]:
    """The overrides, parsed; ConfigError for the first that makes no sense."""
    parser = OverridesParser.create()
    parsed = []
    for text in typed:
        if "${" in text:
            raise ConfigError(f"overrides: found '{text}'; refused: values are written out, '${{...}}' is not resolved")
        try:
            override = parser.parse_override(text)
        except (HydraException, ValueError) as error:
            raise ConfigError(f"overrides: found '{text}'; allowed: {FORM}") from error
        if not override.key_or_group:
            raise ConfigError(f"overrides: found '{text}'; allowed: {FORM}")
        _check(override, text)
        parsed.append(override)
    return parsed


def _check(override: Override, text: str) -> None:
    key = override.key_or_group
    if RUNS_CODE.search(key) or "_target_" in text:
        if "_target_" in text or not key.startswith(HYDRA_KEYS):
            raise ConfigError(f"overrides: found '{text}'; refused: of Hydra itself you may set {', '.join(HYDRA_KEYS)}")
        return
    if (SHIPPED / key).is_dir() and not override.is_sweep_override() and not override.is_delete():
        value = override.value()
        names = value if isinstance(value, list) else [value]
        if not all(isinstance(name, str) for name in names) and not (key == "experiment" and value is None):
            raise refuse(key, value, ", ".join(choices(key, [])))


def refuse_keys(command: str, parsed: Iterable[Override], unused: Mapping[str, str]) -> None:
    """Refuse what this command does not use.  `unused`: key or group, and what to say about it."""
    for override in parsed:
        first = override.key_or_group.split(".")[0].split("@")[0]
        if first in unused:
            raise ConfigError(f"{command}: found {override.input_line}; '{first}' is not used by this command: {unused[first]}")


def nearest_command(name: str, commands: Iterable[str]) -> ConfigError:
    """The answer to a sub-command that does not exist."""
    commands = list(commands)
    return ConfigError(f"found the command '{name}'; allowed: {', '.join(commands)}{nearest(name, commands)}")
