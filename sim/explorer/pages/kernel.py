"""Whose page it is: the kernel that Solara has for it, its browser and its address.

Values of a page belong to its kernel; a thread of nobody's, or of another visitor's, sets them only within it.
"""

from contextlib import AbstractContextManager, nullcontext

from solara.lab.utils.headers import headers
from solara.server.kernel_context import get_current_context, has_current_context

from sim.explorer.gate import ADDRESS
from sim.explorer.words import LANGUAGES


class Kernel:
    """The kernel of the page that is being drawn; id is "" where there is none, as in a test."""

    def __init__(self) -> None:
        self._context = get_current_context() if has_current_context() else None
        self.id: str = self._context.id if self._context is not None else ""

    def within(self) -> AbstractContextManager[object]:
        """For `with`: what is set inside is set on this page."""
        return self._context if self._context is not None else nullcontext()


def address() -> str:
    """Where the browser is on the network, as the gate saw it."""
    return _header(ADDRESS)


def spoken() -> str:
    """The language that a browser asks for first, if it is one of ours, else the first of ours."""
    first = _header("accept-language").split(",")[0].strip().lower()[:2]
    return first if first in LANGUAGES else LANGUAGES[0]


def _header(name: str) -> str:
    return ",".join((headers.value or {}).get(name, []))
