"""Mesa's own page over the model, for those who know it, on this computer alone: `python -m sim.explorer.mesa [port]`.

Needs the extra `explorer`.  Served as the explorer is, behind its gate: what the page needs comes from this machine, and nobody is told.
"""

import importlib
import os
import sys

from sim.commands.explore import HOME, LAST_PORT, PORT, free_port
from sim.config_check import ConfigError

USAGE = f"""usage: python -m sim.explorer.mesa [port]

Serves Mesa's own page over the model until it is stopped with Ctrl-C.
port: 0 to {LAST_PORT}, 0 for any free one; {PORT} if none is given."""


def main(arguments: list[str]) -> int:
    """Serve until stopped; 0, or 2 for a port that is none or not free."""
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(f"{USAGE}\n")
        return 0
    try:
        port = free_port(HOME, _port(arguments))
    except ConfigError as error:
        sys.stderr.write(f"mesa: {error}\n")
        return 2
    os.environ["SOLARA_APP"] = "sim.explorer.mesa_page"  # read when the server is imported
    sys.stdout.write(f"Mesa's page is at http://{HOME}:{port}  (stop: Ctrl-C)\n")
    sys.stdout.flush()
    importlib.import_module("sim.explorer.server").run(HOME, port)
    return 0


def _port(arguments: list[str]) -> int:
    found = " ".join(arguments) or str(PORT)
    if not (found.isascii() and found.isdigit() and len(found) <= len(str(LAST_PORT)) and int(found) <= LAST_PORT):
        raise ConfigError(f"port: found '{found}'; allowed: a whole number from 0 to {LAST_PORT}")
    return int(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
