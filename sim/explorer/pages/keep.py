"""A picture by ECharts that keeps zoom and selection when it changes, and says what was clicked."""

from collections.abc import Callable
from typing import Any

import ipyvuetify
import solara
import traitlets

Clicked = Callable[[str, list[Any]], None]
"""Is told the id of the series and the value of the item, [x, y, key or id, ...]."""


MOVES = ("series", "xAxis")
"""What another quarter changes of a picture; the rest stays while it shows the same."""


class Keep(ipyvuetify.VuetifyTemplate):
    """The widget.  Only traits that changed are sent: `option` each quarter, `spots` not while nobody moves, `frame` and `maps` hardly."""

    template_file = (__file__, "keep.vue")
    option = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    spots: Any = traitlets.List().tag(sync=True)
    maps = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    height = traitlets.Unicode("400px").tag(sync=True)
    clicked = traitlets.Callable(None, allow_none=True)

    def vue_click(self, event: Any) -> None:
        """A click on an item; whatever else comes from a browser is passed over."""
        tell: Any = self.clicked
        if tell is None or not isinstance(event, dict):
            return
        series, value = event.get("series"), event.get("value")
        if isinstance(series, str) and isinstance(value, list):
            tell(series, value)


def keep(
    name: str,
    option: dict[str, Any],
    label: str,
    height: str = "400px",
    *,
    spots: list[Any] | None = None,
    maps: dict[str, Any] | None = None,
    clicked: Clicked | None = None,
    key: str | None = None,
) -> solara.Element:
    """The picture as an element.  label: what it shows, for those who do not see it; another key draws it anew, zoom and all."""
    moves = {each: part for each, part in option.items() if each in MOVES}
    frame = {each: part for each, part in option.items() if each not in MOVES}
    element = Keep.element(
        name=name, option=moves, frame=frame, label=label, height=height, spots=spots or [], maps=maps or {}, clicked=clicked
    )
    return element if key is None else element.key(key)
