"""`crosscluster explore`: the page where a student pulls levers, on this computer or for a class."""

import errno
import importlib
import importlib.util
import os
import socket
import sys
import threading
import webbrowser
from typing import Any

from sim.commands.arguments import Arguments
from sim.commands.results import tell
from sim.config_check import ConfigError
from sim.explorer.classroom import LAST, Classroom
from sim.explorer.lessons import lessons
from sim.explorer.limits import load_limits

USAGE = """usage: crosscluster explore [--port 8765] [--host 127.0.0.1] [--classroom [--first-seed N]] [--open | --no-open]

Serves the explorer until it is stopped with Ctrl-C, and opens it in the browser where there is a screen.  It listens on this computer
alone; --classroom: on the local network, for students who know the code that is printed, each with an own seed: seeds are drawn for a
class and printed, --first-seed: those of an earlier class.  --port 0: any free one.
How large, how many, how fast: configs/explorer.yaml."""

HOME, EVERYWHERE, PORT, LAST_PORT = "127.0.0.1", "0.0.0.0", 8765, 65535
NEEDED = ("solara", "solara_assets", "ipyvuetify", "ipyvue")
"""Modules of the extra `explorer`."""
WAIT = 60.0
"""Seconds until the server answers at most, before the browser is opened."""


def main(arguments: list[str]) -> int:
    """Serve until stopped; 0."""
    flags = _flags(arguments)
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"explore: found no {', '.join(missing)}; allowed: with it, by pip install 'crosscluster[explorer]' or make explore"
        )
    host = flags.host or (EVERYWHERE if flags.classroom else HOME)
    free_port(host, flags.port)
    classroom = _classroom(flags.first_seed) if flags.classroom else None
    tell("warming up (on a new installation the model is compiled first, about a minute)")
    server = importlib.import_module("sim.explorer.server")
    server.warm()
    port = free_port(host, flags.port)  # once more: somebody may have taken it meanwhile
    address = f"http://{_shown(host)}:{port}"
    print(invitation(address, classroom), flush=True)
    if flags.open if flags.open is not None else classroom is None and _has_screen():
        threading.Thread(target=_open, args=(address, host, port), daemon=True).start()
    server.serve(host=host, port=port, classroom=classroom)
    return 0


def invitation(address: str, classroom: Classroom | None) -> str:
    """What is printed: where the page is, and for a class the code and the teacher's own address."""
    if classroom is None:
        return f"The explorer is at {address}  (stop: Ctrl-C)"
    return (
        f"For the class: {address}  code {classroom.shown}\nFor the teacher alone: {address}/teacher?key={classroom.key}\n"
        f"Everybody on this network who knows the code can join.  Seeds of students: {classroom.first} and on.  (stop: Ctrl-C)"
    )


def _classroom(first: int | None) -> Classroom:
    limits = load_limits()
    return Classroom(lessons(), limits.sessions, limits.absent_minutes, first)


def free_port(host: str, port: int) -> int:
    """The port if it can be listened on, or any free one for 0.  ConfigError in one line for a host or port that is not to be had."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, protocol) as trial:
            if os.name != "nt":  # a port that was left a moment ago is free; there the option would take one that is in use
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
            trial.listen(1)
            return int(trial.getsockname()[1])
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "errno", None)
        if reason == errno.EADDRINUSE:
            other = port + 1 if port < LAST_PORT else PORT
            raise ConfigError(
                f"explore: --port: found {port}, which is taken; allowed: a free one, as --port {other}, or 0 for any"
            ) from error
        if reason in (errno.EACCES, errno.EPERM):
            raise ConfigError(f"explore: --port: found {port}, which this user may not have; allowed: 1024 to {LAST_PORT}, or 0") from error
        raise ConfigError(f"explore: --host: found '{host}'; allowed: an address of this computer, as {HOME}") from error


def _flags(arguments: list[str]) -> Any:
    parser = Arguments("explore", USAGE)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--host", default=None)
    parser.add_argument("--classroom", action="store_true")
    parser.add_argument("--first-seed", type=int, default=None)
    opening = parser.add_mutually_exclusive_group()
    opening.add_argument("--open", action="store_true", default=None)
    opening.add_argument("--no-open", action="store_false", dest="open", default=None)
    flags = parser.parse_args(arguments)
    if not 0 <= flags.port <= LAST_PORT:
        raise ConfigError(f"explore: --port: found {flags.port}; allowed: 0 to {LAST_PORT}")
    if flags.first_seed is not None and not (flags.classroom and 0 <= flags.first_seed <= LAST):
        raise ConfigError(f"explore: --first-seed: found {flags.first_seed}; allowed: 0 to {LAST}, with --classroom")
    return flags


def _shown(host: str) -> str:
    """The host as others write it in a browser."""
    if host in (EVERYWHERE, "::", ""):
        return _own_address()
    return f"[{host}]" if ":" in host else host


def _own_address() -> str:
    """This computer's address on the local network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect(("10.255.255.255", 1))
            return str(trial.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _has_screen() -> bool:
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(address: str, host: str, port: int) -> None:
    """Open the browser as soon as the server answers."""
    there, waited = (HOME if host == EVERYWHERE else host, port), threading.Event()
    for _ in range(int(WAIT / 0.25)):
        try:
            socket.create_connection(there, timeout=1.0).close()
        except OSError:
            waited.wait(0.25)
            continue
        webbrowser.open(address)
        return
