"""Options of commands that are no settings of the model, as in `--to csv`; a mistake is one line like any other."""

import argparse
from typing import NoReturn

from sim.config_check import ConfigError


class Arguments(argparse.ArgumentParser):
    """argparse whose complaints are ConfigErrors.  Options are written out: no shortened names."""

    def __init__(self, command: str, usage: str) -> None:
        super().__init__(prog=f"crosscluster {command}", usage=usage.removeprefix("usage: "), allow_abbrev=False)
        self._command = command

    def error(self, message: str) -> NoReturn:
        """Refuse what was typed."""
        raise ConfigError(f"{self._command}: {message}; {self.usage.splitlines()[0] if self.usage else ''}")

    def format_help(self) -> str:
        """The usage text is all there is to say."""
        return f"usage: {self.usage}\n"
