"""The command line: `crosscluster COMMAND ...`, or `python -m sim COMMAND ...`.

Thin on purpose: each command is imported only when it is called, so that `--help` answers at once.
"""

import _thread
import importlib
import os
import signal
import sys
import threading
from types import ModuleType
from typing import Any

COMMANDS = {
    "run": "one scenario, one seed: what happens quarter by quarter",
    "experiment": "arms x seeds: effects, figures and a report",
    "resume": "go on with an experiment that was interrupted or killed",
    "merge": "experiments of one design on different seeds, joined into one",
    "show": "what is in a results folder",
    "export": "tables of a results folder as csv, for Excel or for Stata",
    "calibrate": "which values of uncertain parameters figures from outside do not rule out",
    "evidence": "the scorecard: figures from outside against the model",
    "rivals": "simple published models against the same figures, beside the scorecard",
    "report": "tables and figures of a results folder once more, without simulating",
    "explore": "the explorer: a page where one pulls levers and sees why, alone or with a class",
    "list": "worlds, scenarios, instruments, experiments; or one of them in full",
    "new": "a scenario of your own, as a commented copy of a shipped one",
    "check": "what a scenario file changes and what it costs, without a run",
}

AGAIN = 0.05
"""Seconds after which a Ctrl-C that was lost comes again."""
USAGE = """crosscluster: does support for cooperation between clusters pay, for whom, and against which alternative?

usage: crosscluster COMMAND [KEY=VALUE ...]      crosscluster COMMAND --help

{commands}

examples:
  crosscluster run scenario=matchmaking world=union_state seed=7
  crosscluster run -m scenario=status_quo,grants,platform seed=1,2
  crosscluster experiment experiment=eaeu_programme seeds=10 executor.workers=2
  crosscluster list country.belarus
  crosscluster new scenario mine --from grants

Files of your own are searched first, in ./my_configs or the folder named in CROSSCLUSTER_CONFIGS.
A command that writes results prints their folder as its last line."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 if it went well, 1 if the model failed, 2 if something asked for is wrong, 130 if interrupted."""
    if arguments is None:
        arguments = sys.argv[1:]
        sys.unraisablehook = _again
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE.format(commands="\n".join(f"  {name:<12}{what}" for name, what in COMMANDS.items())))
        return 0
    try:
        return _call(arguments[0], arguments[1:])
    except BrokenPipeError:  # somebody reads only the head of what is printed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as stop:
        if sys.unraisablehook is _again:
            sys.unraisablehook = _silent
        print(f"crosscluster: interrupted{f'; {stop}' if str(stop) else ''}", file=sys.stderr)
        return 130


def _again(lost: Any) -> None:
    """Python cannot pass on an exception from a destructor or a callback, as compiled code has many: Ctrl-C there comes once more."""
    if lost.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(lost)
        return
    threading.Timer(AGAIN, _thread.interrupt_main).start()


def _silent(_: Any) -> None:
    """What was interrupted half-made may complain when it is taken away: of no use to anybody."""


def _leave_at_once(*_: object) -> None:
    """Ctrl-C while modules are loaded: nothing is written yet, and some import might swallow an exception."""
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"crosscluster: interrupted\n")
    os._exit(130)


def _load(name: str) -> ModuleType:
    """The module of a command."""
    if threading.current_thread() is not threading.main_thread():
        return importlib.import_module(f"sim.commands.{name}")
    usual = signal.signal(signal.SIGINT, _leave_at_once)
    try:
        return importlib.import_module(f"sim.commands.{name}")
    finally:
        signal.signal(signal.SIGINT, usual)


def _call(name: str, arguments: list[str]) -> int:
    from sim.config_check import ConfigError, nearest

    try:
        if name not in COMMANDS:
            raise ConfigError(f"found the command '{name}'; allowed: {', '.join(COMMANDS)}{nearest(name, COMMANDS)}")
        return int(_load(name).main(arguments))
    except ConfigError as error:
        print(f"crosscluster: {error}", file=sys.stderr)
        return 2
    except SystemExit as done:  # Hydra's and argparse's way to end after --help or --version
        return done.code if isinstance(done.code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
