"""The gate before Solara's server: what of it strangers may ask for, who asks, and how many pages are open.

Solara's own mount of the front end removes a folder that is asked for as if it were a file, and fetches what it has not from a content
network; here files of the front end are read from the disk, and nothing else happens.  Its page of statistics is closed.  The address of
whoever asks goes along as a header, which no visitor can write.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Container, MutableMapping, Sequence
from html import escape
from typing import Any

from sim.explorer.limits import Limits
from sim.explorer.words import LANGUAGES, Words

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""The words of ASGI."""

FRONT_END, CLOSED = "/_solara/cdn", "/resourcez"
NO_PAGES = ("/_solara", "/static", "/jupyter", "/readyz", "/favicon")
"""What a page asks for once it is open."""
ADDRESS = "x-explorer-address"
KERNEL = re.compile(r"/jupyter/api/kernels/([^/]+)/")
NETWORK = 64
"""Bits of an IPv6 address that count as one address: the rest are its owner's to choose."""
NO_SUCH_PAGE = 404
TRY_AGAIN_LATER = 1013
"""Of the WebSocket protocol."""


class Gate:
    """An ASGI application around Solara's.

    shelf: answers for the front end, with 404 for what it has not; alive: names of kernels that Solara still has; touched: is told the
    kernel whose visitor did something.  A page is a kernel or, where a kernel has several, a connection.
    """

    def __init__(self, app: App, shelf: App, limits: Limits, alive: Container[str], touched: Callable[[str], None]) -> None:
        self._app, self._shelf, self._limits, self._alive, self._touched = app, shelf, limits, alive, touched
        self._sockets: Counter[str] = Counter()  # kernel -> connections
        self._addresses: dict[str, str] = {}  # kernel -> who opened it

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let through."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        address = network((scope.get("client") or ("",))[0])
        headers = [each for each in scope["headers"] if each[0].lower() != ADDRESS.encode()]
        scope = {**scope, "headers": [*headers, (ADDRESS.encode(), address.encode())]}
        path = scope["path"]
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, address)
        elif path.startswith((FRONT_END, CLOSED)):
            await self._shelf(scope, receive, send)
        elif not path.startswith(NO_PAGES) and not self._room("", address):
            await _full(send)
        else:
            await self._app(scope, receive, send if path.startswith(NO_PAGES) else _or_the_way_back(send))

    async def _socket(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        """A connection of a page to its kernel, if there is room for it."""
        found = KERNEL.match(scope["path"])
        kernel = found[1] if found else ""
        if not self._room(kernel, address):
            await receive()
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return

        async def heard() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "websocket.receive":
                self._touched(kernel)
            return message

        self._addresses.setdefault(kernel, address)
        self._sockets[kernel] += 1
        try:
            await self._app(scope, heard, send)
        finally:
            self._sockets[kernel] -= 1

    def _room(self, kernel: str, address: str) -> bool:
        """May this address have one more connection to a kernel?"""
        for each in [each for each in self._addresses if not self._sockets[each] and each not in self._alive]:
            del self._addresses[each], self._sockets[each]
        pages = Counter(self._sockets)
        pages[kernel] += 1
        pages = Counter({each: max(1, pages[each]) for each in {*self._addresses, kernel}})
        own = sum(count for each, count in pages.items() if self._addresses.get(each, address) == address)
        return pages.total() <= self._limits.pages and own <= self._limits.pages_per_address


def network(host: str) -> str:
    """The address that a connection counts for."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), NETWORK), strict=False))


async def _full(send: Send) -> None:
    """A page of a few words for whom there is no room."""
    told = "".join(f'<p lang="{each}">{escape(Words(each)("page.full"))}</p>' for each in LANGUAGES)
    await _say(send, 503, told, [(b"retry-after", b"60")])


async def _lost(send: Send) -> None:
    """A page of a few words, and a link, for whoever asks for a page that there is not."""
    said = [(each, *(escape(Words(each)(key)) for key in ("page.nowhere", "page.to_start"))) for each in LANGUAGES]
    await _say(send, NO_SUCH_PAGE, "".join(f'<p lang="{each}">{nowhere} <a href="/">{back}</a></p>' for each, nowhere, back in said))


async def _say(send: Send, status: int, told: str, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    page = f'<!doctype html><meta charset="utf-8"><title>crosscluster</title>{told}'
    headers = [(b"content-type", b"text/html; charset=utf-8"), *more, (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page.encode()})


def _or_the_way_back(send: Send) -> Send:
    """Answers as they are, but for that of a page that there is not."""
    lost = False

    async def sent(message: MutableMapping[str, Any]) -> None:
        nonlocal lost
        if message["type"] == "http.response.start" and message["status"] == NO_SUCH_PAGE:
            lost = True
            await _lost(send)
        elif not lost:
            await send(message)

    return sent
