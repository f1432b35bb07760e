"""From plain mappings to frozen dataclasses, with an answer in one line for everything that is wrong.

`build(kind, tree, where)` reads the fields of a dataclass: their types and, on number() fields, the declared unit
and range.  A mistake raises ConfigError naming the key, what was found, what is allowed and the nearest right name.
Nothing is converted silently: text is no number, true is no number, nan is refused.  `plain` is the way back.
"""

import difflib
import math
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from agents.parameters import Number

T = TypeVar("T")


class ConfigError(Exception):
    """Something in the configuration is wrong; the text is one line for the user."""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """'; did you mean 'x'?' for the most similar allowed name, or nothing."""
    found = difflib.get_close_matches(str(name), list(allowed), n=1)
    return f"; did you mean '{found[0]}'?" if found else ""


MANY = 12
"""Names up to which all that are allowed are listed in a message."""


def listed(names: Iterable[str], found: str, group: str) -> str:
    """What is allowed, for a message: all names if they are few, else where they are listed; and the nearest right spelling."""
    names = list(names)
    if len(names) <= MANY:
        return f"{', '.join(names)}{nearest(found, names)}"
    return f"one of {len(names)} names that 'crosscluster list {group}' shows{nearest(found, names)}"


def shown(value: Any) -> str:
    """A value as the user wrote it, shortened to fit in a line."""
    if isinstance(value, Mapping):
        return f"a mapping ({', '.join(map(str, value)) or 'empty'})"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def refuse(where: str, found: Any, allowed: str) -> ConfigError:
    """The error for a value that is not allowed."""
    return ConfigError(f"{where}: found {shown(found)}; allowed: {allowed}")


def as_mapping(tree: Any, where: str, keys: Iterable[str] = ()) -> Mapping[str, Any]:
    """The tree if it is a mapping with text keys."""
    if not isinstance(tree, Mapping):
        raise refuse(where, tree, f"a mapping with keys {', '.join(keys)}" if keys else "a mapping")
    for key in tree:
        if not isinstance(key, str):
            raise refuse(where, key, "keys that are names (text)")
    return tree


def refuse_unknown(tree: Mapping[str, Any], allowed: Sequence[str], where: str) -> None:
    """Raise for the first key that nobody declared."""
    for key in tree:
        if key not in allowed:
            path = f"{where}.{key}" if where else key
            hint = nearest(key, allowed) or "."
            raise ConfigError(f"{path}: no such key (value {shown(tree[key])}){hint} Allowed: {', '.join(allowed)}")


def build(kind: type[T], tree: Any, where: str) -> T:
    """An instance of dataclass `kind` from a mapping; `where` is the path of the mapping, for messages."""
    wanted: dict[str, Field[Any]] = {f.name: f for f in fields(kind) if f.init}  # type: ignore[arg-type]
    tree = as_mapping(tree, where, wanted)
    refuse_unknown(tree, list(wanted), where)
    hints = get_type_hints(kind)
    values = {}
    for name, field in wanted.items():
        path = f"{where}.{name}" if where else name
        if name in tree:
            values[name] = _value(hints[name], tree[name], path, field.metadata.get("number"))
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ConfigError(f"{path}: missing; allowed: {describe(hints[name], field.metadata.get('number'))}")
    try:
        return kind(**values)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error


def describe(hint: Any, number: Number | None) -> str:
    """What a field allows, in words."""
    if number is not None:
        unit = f" [{number.unit}]" if number.unit not in ("", "-") else ""
        if number.whole:
            return f"a whole number from {number.low:.0f} to {number.high:.0f}{unit}"
        return f"a number from {number.low:g} to {number.high:g}{unit}"
    if get_origin(hint) is Literal:
        return ", ".join(map(str, get_args(hint)))
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(describe(part, None) for part in get_args(hint))
    if get_origin(hint) in (tuple, list, frozenset):
        return "a list"
    if get_origin(hint) is dict or is_dataclass(hint):
        return "a mapping"
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text", type(None): "null"}.get(hint, str(hint))


def _value(hint: Any, found: Any, where: str, number: Number | None) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if found is None and type(None) in inner:
            return None
        hint = next(part for part in inner if part is not type(None))
        return _value(hint, found, where, number)
    if is_dataclass(hint):
        return build(hint, found, where)  # type: ignore[arg-type]
    if origin is dict:
        return {k: _value(inner[1], v, f"{where}.{k}", number) for k, v in as_mapping(found, where).items()}
    if origin in (tuple, list, frozenset):
        return _sequence(origin, inner, found, where, number)
    if origin is Literal:
        return _choice(inner, found, where)
    return _scalar(hint, found, where, number)


def _sequence(origin: type, inner: tuple[Any, ...], found: Any, where: str, number: Number | None) -> Any:
    if not isinstance(found, list | tuple):
        raise refuse(where, found, "a list")
    if origin is tuple and Ellipsis not in inner:
        if len(found) != len(inner):
            raise refuse(where, found, f"a list of {len(inner)}")
        kinds = inner
    else:
        kinds = (inner[0],) * len(found)
    return origin(_value(kind, value, f"{where}[{i}]", number) for i, (kind, value) in enumerate(zip(kinds, found, strict=True)))


def _choice(allowed: tuple[Any, ...], found: Any, where: str) -> Any:
    for one in allowed:
        if type(one) is type(found) and one == found:
            return one
    names = [str(one) for one in allowed]
    raise ConfigError(f"{where}: found {shown(found)}; allowed: {', '.join(names)}{nearest(str(found), names)}")


def _scalar(hint: Any, found: Any, where: str, number: Number | None) -> Any:
    if hint is Any:  # whoever asked for it checks it
        return found
    if number is not None:
        return as_number(found, number, where)
    if hint in (int, float):
        wide = Number("", -math.inf, math.inf, "", whole=hint is int)
        return as_number(found, wide, where)
    if hint in (str, bool) and type(found) is hint:
        return found
    raise refuse(where, found, describe(hint, None))


def as_number(found: Any, number: Number, where: str) -> float | int:
    """The number if it is one, finite and in its declared range."""
    right = isinstance(found, int) if number.whole else isinstance(found, int | float)
    if isinstance(found, bool) or not right or not abs(found) <= sys.float_info.max or not number.low <= found <= number.high:
        raise refuse(where, found, describe(None, number))
    return int(found) if number.whole else float(found)


def plain(value: Any) -> Any:
    """Dataclasses, tuples and mappings as dicts, lists and scalars."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.init}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
