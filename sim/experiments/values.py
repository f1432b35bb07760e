"""Values by their dotted path, as on the command line: what a path may hold, and a configuration with other values in it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from agents.parameters import Number
from sim.config import Config
from sim.config_check import MANY, ConfigError, as_number, nearest, refuse
from sim.facts import Figure, bounds


def holder(configs: Mapping[str, Config], path: str, where: str) -> Config:
    """The first configuration that has a path, a value's or a section's.

    ConfigError where none has it: where, what is there instead over all configurations that come equally near, and the nearest spelling.
    """
    parts = path.split(".")
    walks = [(config, *_walk(config, parts)) for config in configs.values()]
    for config, _, reached in walks:
        if reached == len(parts):
            return config
    far = max(reached for _, _, reached in walks)
    names = list(dict.fromkeys(name for _, node, reached in walks if reached == far for name in _names(node)))
    above = f"'{'.'.join(parts[:far])}'" if far else "the configuration"
    allowed = (", ".join(names[:MANY]) or "nothing") + (", ..." if len(names) > MANY else "")
    raise ConfigError(f"{where}: no arm has '{parts[far]}' in {above}; allowed: {allowed}{nearest(parts[far], names)}")


def value_at(config: Config, path: str, where: str) -> Any:
    """The value that a path of this configuration holds; ConfigError where it is a section."""
    node = _at(config, path)
    if is_dataclass(node) or isinstance(node, Mapping):
        example = f", as in {path}.{_names(node)[0]}" if _names(node) else ""
        raise ConfigError(f"{where}: found a section; allowed: a value in it{example}")
    return node


def number_at(config: Config, path: str) -> Number | None:
    """The declared unit and range of a path of this configuration; None for a word or a switch."""
    above, _, name = path.rpartition(".")
    node = _at(config, above) if above else config
    if not is_dataclass(node):
        return None
    if isinstance(node, Figure) and name == "value":  # what it may be depends on what it is a figure of
        section, indicator = above.split(".")[2:]
        return bounds(section, indicator)
    return next((field.metadata.get("number") for field in fields(node) if field.name == name), None)


def paths_below(config: Config, path: str, where: str) -> list[str]:
    """Every declared number of a section, or of the sections of a section of sections, in the order of the code; path: the section's."""
    node = _at(config, path)
    if not is_dataclass(node):
        raise ConfigError(f"{where}: found no section of numbers")
    own = [f"{path}.{field.name}" for field in fields(node) if field.metadata.get("number") is not None]
    inner = [f"{path}.{name}" for name in _names(node) if is_dataclass(getattr(node, name))]
    return own or [number for each in inner for number in paths_below(config, each, where)]


def checked(config: Config, path: str, value: Any, where: str = "") -> Any:
    """The value if the path may hold it; ConfigError otherwise, which names `where`, or the path."""
    where = where or path
    number, old = number_at(config, path), value_at(config, path, where)
    if number is not None:
        return as_number(value, number, where)
    if type(value) is not type(old) and old is not None:
        raise refuse(where, value, f"a value like {old!r}")
    words = _words(config, path)
    if words and value not in words:
        raise refuse(where, value, ", ".join(map(str, words)) + nearest(str(value), [str(word) for word in words]))
    return value


def _words(config: Config, path: str) -> tuple[Any, ...]:
    """The words that a path may hold, where its type lists them."""
    above, _, name = path.rpartition(".")
    node = _at(config, above)
    hint = get_type_hints(type(node)).get(name) if is_dataclass(node) else None
    return get_args(hint) if get_origin(hint) is Literal else ()


def with_values(config: Config, values: Mapping[str, Any]) -> Config:
    """The configuration with these values in it; paths and values must have been `checked`."""
    changed: Config = _with(config, [(path.split("."), value) for path, value in values.items()])
    return changed


def _with(node: Any, changes: list[tuple[list[str], Any]]) -> Any:
    by_name: dict[str, list[tuple[list[str], Any]]] = {}
    for path, value in changes:
        by_name.setdefault(path[0], []).append((path[1:], value))
    children = {}
    for name, below in by_name.items():
        old = node[name] if isinstance(node, Mapping) else getattr(node, name)
        children[name] = below[-1][1] if not below[-1][0] else _with(old, below)
    if isinstance(node, Mapping):
        return {**node, **children}
    return replace(node, **children)


def _walk(config: Config, parts: Sequence[str]) -> tuple[Any, int]:
    """How far a configuration has a path: the last node and the number of parts."""
    node: Any = config
    for reached, name in enumerate(parts):
        if name not in _names(node):
            return node, reached
        node = node[name] if isinstance(node, Mapping) else getattr(node, name)
    return node, len(parts)


def _at(config: Config, path: str) -> Any:
    return _walk(config, path.split("."))[0]


def _names(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        return list(node)
    return [field.name for field in fields(node)] if is_dataclass(node) else []
