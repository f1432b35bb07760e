"""Small parts of the page: tables, choices, numbers; every text a child, so that nothing is read as markup."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import solara
from reacton import ipyvuetify as v

from sim.explorer.lessons import Words as Both
from sim.explorer.words import Words

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
LONG = 15
"""Items of a list up to which it is read rather than searched."""
EXACT = 1e15
"""Whole numbers below it are what they seem."""
DIGITS = 10
"""Of a slider's number, so that a tenth is a tenth."""


def text(words: str, tag: str = "div", style: str = "", classes: str = "", role: str = "") -> solara.Element:
    """Plain words.  role: for those who hear the page, as "alert"."""
    return v.Html(tag=tag, children=[words], style_=style, class_=classes, attributes={"role": role} if role else {})


def head(words: str, level: int = 3, classes: str = "") -> solara.Element:
    """A heading.  No h3: an element that takes another's place on the page keeps its tag."""
    return v.Html(tag="div", children=[words], class_=f"head-{level} {classes}", attributes={"role": "heading", "aria-level": str(level)})


def said(both: Both, words: Words) -> str:
    """A lesson's words in the language of the page."""
    return str(getattr(both, words.language))


def tab(view: solara.Reactive[str], name: str, label: str) -> solara.Element:
    """A button that opens a view."""
    here = view.value == name
    return solara.Button(
        label, on_click=lambda: view.set(name), outlined=not here, color="primary" if here else None, small=True, classes=[f"tab-{name}"]
    )


def table(rows: Iterable[Sequence[Any]], head: Sequence[str] = (), classes: str = "") -> solara.Element:
    """A small table of words or elements."""

    def line(cells: Sequence[Any], tag: str) -> solara.Element:
        return v.Html(tag="tr", children=[v.Html(tag=tag, children=[cell]) for cell in cells])

    top = [v.Html(tag="thead", children=[line(head, "th")])] if head else []
    body = v.Html(tag="tbody", children=[line(row, "td") for row in rows])
    return v.Html(tag="table", children=[*top, body], class_=f"plain-table {classes}")


@solara.component
def fold(label: str, drawn: Callable[[], Any], classes: str = "") -> None:
    """What is drawn only on request."""
    open_, set_open = solara.use_state(False)
    solara.Button(
        ("– " if open_ else "+ ") + label, on_click=lambda: set_open(not open_), text=True, small=True, classes=["to-card", classes],
        attributes={"aria-expanded": "true" if open_ else "false"},
    )  # fmt: skip
    if open_:
        drawn()


def choice(
    label: str, value: Any, options: Mapping[Any, str], chosen: Callable[[Any], object], classes: str = "", nothing: str = "–",
    heads: Mapping[Any, str] | None = None,
) -> solara.Element:  # fmt: skip
    """One of several, by value; another value than these is not passed on.  A long list is searched by typing.

    nothing: what is said where nothing is left to choose, or nothing is found; a dash says so in any language.
    heads: under which heading each stands; those of one heading follow each other.
    """

    def checked(found: Any) -> None:
        if found in options:
            chosen(found)

    items: list[dict[str, Any]] = []
    for head, keys in groupby(options, key=(heads or {}).get):
        items += [{"header": head}] if head else []
        items += [{"text": options[key], "value": key} for key in keys]
    field = v.Autocomplete if len(options) > LONG else v.Select
    return field(
        label=label, v_model=value, items=items, on_v_model=checked, dense=True, hide_details=True, class_=classes, no_data_text=nothing
    )  # fmt: skip


Pulled = Callable[[Any], str]
"""Is told a new value; says why it is refused, "" where it is not.  None stands for an empty field."""
Tried = Callable[[Any], None]
"""Is told a new value on the way there."""


@solara.component
def several(label: str, value: list[str], options: Mapping[str, str], pulled: Pulled, alert: str = "") -> None:
    """Any of several, by value."""

    def checked(found: Any, tried: Tried) -> None:
        if isinstance(found, list) and found != value and all(each in options for each in found):
            tried(found)

    items = [{"text": name, "value": key} for key, name in options.items()]
    Field(
        lambda tried, wrong: v.Select(
            label=label, v_model=value, items=items, multiple=True, on_v_model=lambda found: checked(found, tried), dense=True,
            hide_details=not wrong, small_chips=True, error_messages=wrong,
        ),
        pulled, alert,
    )  # fmt: skip


@solara.component
def number(
    label: str, value: float, pulled: Pulled, whole: bool, hint: str = "", classes: str = "", alert: str = "", empty: bool = False
) -> None:
    """A number that is passed on when it is left or entered; whatever else is in the field is passed on as nothing.

    empty: the label says it, and nothing stands in the field.
    """

    def entered(found: Any, tried: Tried) -> None:
        try:
            new = float(found)
        except (TypeError, ValueError):
            tried(None)
            return
        if new != value:
            tried(int(new) if whole and new.is_integer() and abs(new) < EXACT else new)

    shown = "" if empty else str(int(value)) if value == int(value) else repr(value)
    Field(
        lambda tried, wrong: v.TextField(
            label=label, v_model=shown, type="number", dense=True, hint=hint, persistent_hint=bool(hint), class_=classes,
            error_messages=wrong,
        ),
        pulled, alert, entered,
    )  # fmt: skip


@solara.component
def slider(label: str, value: float, ends: tuple[float, float], pulled: Pulled, name: str, alert: str = "", scale: float = 1.0) -> None:
    """A slider that passes its number on when it is let go.  scale: how many times the number is what is shown of it, 100 in per cent."""
    low, high, here = (round(scale * each, DIGITS) for each in (*ends, value))

    def let_go(found: Any, tried: Tried) -> None:
        if isinstance(found, int | float) and low <= found <= high and found != here:
            tried(round(found / scale, DIGITS))

    Field(
        lambda tried, wrong: v.Slider(
            v_model=here, min=low, max=high, step=round((high - low) / 100.0, DIGITS), label=label, dense=True, hide_details=not wrong,
            thumb_label=True, class_=f"dose-{name}", error_messages=wrong,
        ),
        pulled, alert, let_go,
    )  # fmt: skip


Left = Callable[[Any, Tried], None]
"""Is told what is in a field when it is left, and whom to tell."""
Drawn = Callable[[Tried, list[str]], solara.Element]
"""Is told whom to tell a new value, and what to say is wrong with the last one."""


@solara.component
def Field(drawn: Drawn, pulled: Pulled, alert: str, left: Left | None = None) -> None:
    """A field that is made anew, with what holds, where a new value is refused or there is none: the browser shows what was typed.

    alert: what the page says of the last thing that was refused; a field says it too, if it was its own, for as long as the page does.
    """
    (times, why), note = solara.use_state((0, ""))

    def tried(value: Any) -> None:
        refused = pulled(value)
        if refused or value is None:
            note((times + 1, refused))

    Once(lambda tried: drawn(tried, [why] if why and why == alert else []), tried, left).key(f"{times}")


@solara.component
def Once(drawn: Callable[[Tried], solara.Element], tried: Tried, left: Left | None) -> solara.Element:
    """The field itself."""
    field = drawn(tried)
    v.use_event(field, "change", cast(Any, lambda _, __, found: left(found, tried) if left else None))  # its types say one value
    return field
