"""`crosscluster explore`: what it listens on, what it prints, and what it says where it cannot serve."""

import socket
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from sim.__main__ import main
from sim.commands import explore


class Served:
    """Stands for the server: remembers how it was asked to serve."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[dict[str, Any]] = []
        self.opened: list[str] = []
        self.warm = 0
        loaded = SimpleNamespace(serve=lambda **how: self.asked.append(how), warm=self.warmed)
        monkeypatch.setitem(sys.modules, "sim.explorer.server", loaded)
        monkeypatch.setattr(explore, "NEEDED", ("json",))
        monkeypatch.setattr(explore.webbrowser, "open", self.opened.append)

    def warmed(self) -> None:
        self.warm += 1

    def __call__(self, *arguments: str) -> dict[str, Any]:
        assert explore.main(list(arguments)) == 0
        return self.asked[-1]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    return Served(monkeypatch)


def test_it_listens_on_this_computer_alone(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    how = served("--port", "0", "--no-open")
    assert (how["host"], how["classroom"]) == ("127.0.0.1", None)
    assert 0 < how["port"] <= 65535
    said = capsys.readouterr()
    assert said.out == f"The explorer is at http://127.0.0.1:{how['port']}  (stop: Ctrl-C)\n"
    assert (served.warm, said.err.splitlines()) == (1, ["warming up (on a new installation the model is compiled first, about a minute)"])


def test_a_class_is_on_the_network_and_its_codes_are_printed(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    how = served("--port", "0", "--classroom")
    room, said = how["classroom"], capsys.readouterr().out
    assert how["host"] == "0.0.0.0"
    assert f"code {room.code[:4]}-{room.code[4:]}" in said
    assert f":{how['port']}/teacher?key={room.key}" in said
    assert room.lessons
    assert f"Seeds of students: {room.first} and on" in said
    assert "0.0.0.0" not in said
    assert served.opened == []
    assert served("--port", "0", "--classroom", "--host", "127.0.0.1")["host"] == "127.0.0.1"


def test_a_class_may_have_the_seeds_of_an_earlier_one(served: Served) -> None:
    assert served("--port", "0", "--classroom", "--first-seed", "70001")["classroom"].first == 70001
    for wrong in (["--classroom", "--first-seed", "-1"], ["--classroom", "--first-seed", "2000000000"], ["--first-seed", "7"]):
        with pytest.raises(explore.ConfigError, match=r"--first-seed: found -?\d+; allowed: 0 to 1000000000, with --classroom"):
            explore.main(["--port", "0", *wrong])


def test_a_port_that_is_taken_is_said_in_one_line(
    served: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setattr("sim.__main__._load", lambda _: explore)
        assert main(["explore", "--no-open", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert f"explore: --port: found {port}, which is taken; allowed: a free one, as --port {port + 1}" in said
    assert said.count("\n") == 1
    assert served.asked == []


@pytest.mark.parametrize("host", ["no such host", "203.0.113.7", "x" * 300])
def test_a_host_that_is_not_ours_is_said_in_one_line(host: str, served: Served) -> None:
    with pytest.raises(explore.ConfigError, match="--host: found") as refused:
        explore.main(["--no-open", "--port", "0", "--host", host])
    assert "\n" not in str(refused.value)
    assert served.asked == []


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "NEEDED", ("json", "solara_that_is_not_there"))
    with pytest.raises(explore.ConfigError) as refused:
        explore.main([])
    assert str(refused.value) == (
        "explore: found no solara_that_is_not_there; allowed: with it, by pip install 'crosscluster[explorer]' or make explore"
    )


def test_the_browser_opens_where_there_is_a_screen_once_the_server_answers(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        explore._open("http://here", "0.0.0.0", server.getsockname()[1])
    assert served.opened == ["http://here"]
    begun: list[str] = []
    monkeypatch.setattr(explore.threading, "Thread", lambda **how: SimpleNamespace(start=lambda: begun.append(how["args"][0])))
    for screen, arguments, opens in [
        (True, [], 1),
        (False, [], 0),
        (False, ["--open"], 1),
        (True, ["--no-open"], 0),
        (True, ["--classroom"], 0),
    ]:
        monkeypatch.setattr(explore, "_has_screen", lambda screen=screen: screen)
        begun.clear()
        served("--port", "0", *arguments)
        assert len(begun) == opens, (screen, arguments)
