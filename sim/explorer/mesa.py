"""Mesa's own page over the model, for those who know it, on this computer alone: `python -m sim.explorer.mesa [port]`.

Needs the extra `explorer`.  Served as the explorer is, behind its gate: what the page needs comes from this machine, and nobody is told.
"""

import importlib
import os
import sys

from sim.commands.explore import HOME, PORT, free_port
from sim.config_check import ConfigError


def main(arguments: list[str]) -> int:
    """Serve until stopped; 0, or 2 for a port that is none or not free."""
    try:
        port = free_port(HOME, int(arguments[0]) if arguments else PORT)
    except (ConfigError, ValueError, OverflowError) as error:
        sys.stderr.write(f"mesa: {error}\n")
        return 2
    os.environ["SOLARA_APP"] = "sim.explorer.mesa_page"  # read when the server is imported
    sys.stdout.write(f"Mesa's page is at http://{HOME}:{port}  (stop: Ctrl-C)\n")
    sys.stdout.flush()
    importlib.import_module("sim.explorer.server").run(HOME, port)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
