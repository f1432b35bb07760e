"""The gate: the front end is read and nothing else, who asks is known by the connection, and pages are bounded."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sim.explorer.gate import ADDRESS, Gate, network
from tests.sim.explorer.test_link import LIMITS

Message = MutableMapping[str, Any]


class Solara:
    """Stands for the application behind the gate; connections last until they are let go."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.go = asyncio.Event()

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        self.asked.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await self.go.wait()
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"page"})


def outcome(asked: Coroutine[Any, Any, Any]) -> Any:
    """What comes of it, on a loop in a thread of its own: a browser of other tests may have one in this."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, asked).result()


async def ask(app: Any, path: str, kind: str = "http", address: str = "10.0.0.1", headers: Any = ()) -> list[Message]:
    """What an application sends to one request."""
    sent: list[Message] = []

    first = [{"type": "websocket.receive"} if kind == "websocket" else {"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return first.pop() if first else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": kind, "path": path, "root_path": "", "method": "GET", "query_string": b"", "headers": list(headers), "client": (address, 5),
        "server": ("10.0.0.9", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


def test_the_address_is_that_of_the_connection_whatever_a_visitor_writes() -> None:
    async def asked() -> Solara:
        solara = Solara()
        forged = [(b"X-Explorer-Address", b"6.6.6.6"), (ADDRESS.encode(), b"6.6.6.6"), (b"cookie", b"a=b")]
        await ask(Gate(solara, solara, LIMITS, (), lambda _: None), "/", headers=forged)
        return solara

    (scope,) = outcome(asked()).asked
    assert scope["headers"] == [(b"cookie", b"a=b"), (b"x-explorer-address", b"10.0.0.1")]


def test_a_network_of_ipv6_is_one_address() -> None:
    assert network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::7") != network("2001:db8:1:2::7")
    assert (network("::ffff:10.0.0.7"), network("10.0.0.7"), network("testclient"), network("")) == (
        "10.0.0.7",
        "10.0.0.7",
        "testclient",
        "",
    )


def test_pages_are_bounded_and_whoever_is_too_many_is_told_in_words() -> None:
    async def tried() -> None:
        solara, told, alive = Solara(), [], {"left"}
        door = Gate(solara, solara, LIMITS, alive, told.append)

        def socket_to(kernel: str, address: str) -> Any:
            return ask(door, f"/jupyter/api/kernels/{kernel}/channels", "websocket", address)

        there = [asyncio.create_task(socket_to(f"k{n}", "10.0.0.1")) for n in range(LIMITS.pages_per_address)]
        await asyncio.sleep(0)
        assert told == [f"k{n}" for n in range(LIMITS.pages_per_address)]
        assert (await socket_to("one more", "10.0.0.1"))[0] == {"type": "websocket.close", "code": 1013}
        assert (await socket_to("k0", "10.0.0.1"))[0]["code"] == 1013  # nor a second connection to a kernel
        (begun, body) = await ask(door, "/", address="10.0.0.1")
        assert begun["status"] == 503
        assert "try again" in body["body"].decode()
        assert "Попробуйте" in body["body"].decode()
        assert (await ask(door, "/static/x.js", address="10.0.0.1"))[0]["status"] == 200
        others = [asyncio.create_task(socket_to(name, "10.0.0.2")) for name in ("left", "gone")]
        await asyncio.sleep(0)
        assert (await socket_to("another", "10.0.0.3"))[0]["code"] == 1013  # six pages in all
        solara.go.set()
        await asyncio.gather(*there, *others)
        assert set(door._addresses) == {f"k{n}" for n in range(LIMITS.pages_per_address)} | {"left", "gone"}
        assert await socket_to("another", "10.0.0.3") == []
        assert set(door._addresses) == {"left", "another"}  # "left" is a kernel that Solara still has

    outcome(tried())


def test_a_kernel_that_outlives_its_connection_counts() -> None:
    async def tried() -> None:
        solara, alive = Solara(), set()
        solara.go.set()
        door = Gate(solara, solara, LIMITS, alive, lambda _: None)
        for n in range(LIMITS.pages_per_address):
            alive.add(f"k{n}")
            assert await ask(door, f"/jupyter/api/kernels/k{n}/channels", "websocket") == []
        assert (await ask(door, "/jupyter/api/kernels/new/channels", "websocket"))[0]["code"] == 1013
        assert await ask(door, "/jupyter/api/kernels/k0/channels", "websocket") == []  # comes back
        alive.clear()
        assert await ask(door, "/jupyter/api/kernels/new/channels", "websocket") == []

    outcome(tried())


WITH_SOLARA = """
import asyncio, json, socket, sys
from pathlib import Path
from sim.explorer import server
from tests.sim.explorer.test_gate import ask

def forbidden(*_, **__):
    raise AssertionError("asked somebody else")

socket.socket.connect = socket.create_connection = forbidden
gate, found = server.gated(Path(sys.argv[1])), {}
for path in json.loads(sys.argv[2]):
    begun, *parts = asyncio.run(ask(gate, path, headers=[(b"x-script-name", b"//elsewhere"), (b"host", b"here")]))
    found[path] = [begun["status"], b"".join(part["body"] for part in parts).decode()]
print(json.dumps(found))
"""


def answered(front_end: Path, *paths: str) -> dict[str, tuple[int, str]]:
    """Status and body by path, of the real application in a process of its own, over a copy of the front end."""
    command = [sys.executable, "-W", "ignore", "-c", WITH_SOLARA, str(front_end), json.dumps(paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[3], check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {path: (status, body) for path, (status, body) in json.loads(done.stdout.splitlines()[-1]).items()}


@pytest.fixture
def front_end(tmp_path: Path) -> Path:
    """A front end that may be lost."""
    pytest.importorskip("solara")
    folder = tmp_path / "cdn" / "echarts@5.4.0" / "dist"
    folder.mkdir(parents=True)
    (folder / "echarts.js").write_text("drawn", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return tmp_path / "cdn"


def test_nobody_can_remove_the_front_end_or_send_the_server_to_fetch(front_end: Path) -> None:
    before = sorted(front_end.rglob("*"))
    cdn = "/_solara/cdn"
    bad = [
        cdn, f"{cdn}/", f"{cdn}/echarts@5.4.0", f"{cdn}/echarts@5.4.0/dist", f"{cdn}/echarts@5.4.0/dist/", f"{cdn}/left-pad@1.3.0/index.js",
        f"{cdn}/left-pad", f"{cdn}/../secret.txt", f"{cdn}/echarts@5.4.0/../../secret.txt", f"{cdn}//{front_end.parent}/secret.txt",
        f"{cdn}/..\\secret.txt", f"{cdn}/echarts@5.4.0/dist/echarts.js/x", "/resourcez", "/resourcez/", f"{cdn}/\0", f"{cdn}/{'x' * 5000}",
    ]  # fmt: skip
    found = answered(front_end, *bad, f"{cdn}/echarts@5.4.0/dist/echarts.js")
    assert {path: found[path][0] for path in bad} == dict.fromkeys(bad, 404)
    assert found[f"{cdn}/echarts@5.4.0/dist/echarts.js"] == (200, "drawn")
    assert sorted(front_end.rglob("*")) == before


def test_a_header_does_not_say_where_the_front_end_is_and_whoever_is_lost_is_shown_the_way_back(front_end: Path) -> None:
    found = answered(front_end, "/", "/nosuchpage")
    status, page = found["/"]
    assert status == 200
    assert "elsewhere" not in page
    assert "/_solara/cdn" in page
    status, page = found["/nosuchpage"]
    assert status == 404
    for said in ("no such page", "Такой страницы здесь нет", '<a href="/">To the start</a>'):
        assert said in page


def test_solara_alone_would_do_both(front_end: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why there is a gate; once this fails, Solara has mended it."""
    from solara.server import cdn_helper

    asked: list[str] = []
    monkeypatch.setattr(cdn_helper, "fetch_from_cdn", lambda url: asked.append(url) or b"")
    copy = front_end.parent / "copy"
    shutil.copytree(front_end, copy)
    cdn_helper.get_path(copy, "echarts@5.4.0/dist")
    assert not (copy / "echarts@5.4.0" / "dist").is_dir()
    assert len(asked) == 1
