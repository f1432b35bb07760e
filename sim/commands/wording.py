"""What Hydra and OmegaConf have to complain about, said in one line a user can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from hydra.errors import HydraException, MissingConfigException
from omegaconf.errors import OmegaConfBaseException

from sim.commands.folders import choices
from sim.config_check import ConfigError, listed, nearest


@contextmanager
def composing() -> Iterator[None]:
    """Complaints of Hydra and OmegaConf become a ConfigError; errors of a model that runs inside are left alone."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(one_line(error)) from error


def one_line(error: BaseException) -> str:
    """The complaint in one line: the key, what was found, what is allowed, the nearest right name."""
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        return _no_such_file(error)
    for cause in (error.__cause__, error):
        if isinstance(cause, OmegaConfBaseException) and cause.full_key:
            return _bad_key(cause)
    return " ".join(line.strip() for line in str(error).splitlines() if line.strip())


def _no_such_file(error: MissingConfigException) -> str:
    group, _, name = str(error.missing_cfg_file).strip("/").rpartition("/")
    options = sorted(option for option in error.options or choices(group, []) if not option.startswith("_"))
    if not options:
        return f"{group or name}: no such group of configs; found {group}={name}"
    return f"{group}: found '{name}'; allowed: {listed(options, name, group)}"


def _bad_key(error: OmegaConfBaseException) -> str:
    key = str(error.full_key)
    parent = error.parent_node
    names = [str(name) for name in parent if name != "hydra"] if parent is not None and hasattr(parent, "keys") else []
    if names and str(error.key) not in names:
        return f"{key}: no such key{nearest(str(error.key), names) or '.'} Allowed: {', '.join(names)}"
    message = str(error.msg or error).splitlines()[0]
    return f"{key}: {message}"
