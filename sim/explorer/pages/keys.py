"""The keyboard: space, right arrow, Home, End, wherever nothing that needs them itself has the focus."""

from typing import Any

import ipyvuetify
import traitlets


class Keys(ipyvuetify.VuetifyTemplate):
    """Tells `pressed` the name of a key, as browsers call it."""

    template_file = (__file__, "keys.vue")
    pressed = traitlets.Callable(None, allow_none=True)

    def vue_press(self, key: Any) -> None:
        """A key was pressed."""
        tell: Any = self.pressed
        if tell is not None and isinstance(key, str):
            tell(key)
