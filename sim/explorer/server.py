"""The server of the explorer: Solara's own behind a gate, with its front end from this machine alone.

    serve("127.0.0.1", 8765)      # until it is stopped

Needs the extra `explorer`.
"""

import os
import threading
import warnings
from pathlib import Path

from sim.config_check import ConfigError
from sim.explorer.classroom import Classroom
from sim.explorer.gate import FRONT_END, Gate
from sim.explorer.pages.house import house

EXPLORER, MESA = "sim.explorer.pages.app", "sim.explorer.mesa_page"
SETTINGS = {
    "SOLARA_APP": MESA if os.environ.get("SOLARA_APP") == MESA else EXPLORER,
    "SOLARA_ASSETS_PROXY": "true",  # the front end is asked for here, where the gate answers, not at a content network
    "SOLARA_ROOT_PATH": "",  # else the first visitor's header says where everybody's browser loads the front end from
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "crosscluster",
    "SOLARA_MODE": "production",
    "SOLARA_KERNEL_CULL_TIMEOUT": "5m",  # after a lost connection; whoever closes the page is gone at once
}
os.environ.update(SETTINGS)  # read by Solara when it is imported, which is therefore below

import uvicorn  # noqa: E402
from solara.server.kernel_context import contexts  # noqa: E402
from solara.server.settings import assets  # noqa: E402
from solara.server.starlette import StaticCdn, app  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.routing import Mount  # noqa: E402
from starlette.staticfiles import StaticFiles  # noqa: E402

ECHARTS = "echarts@5.4.0"
"""What draws the pictures, of solara-assets."""


class Shelf(StaticCdn):
    """Solara's files of the front end with its headers, but looked up as plain files: nothing is fetched, written or removed."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file is; none for a folder, for what is not there, and for what is not below the shelf."""
        return StaticFiles.lookup_path(self, path)


def gated(front_end: Path) -> Gate:
    """Solara's application behind the gate.  front_end: folder of the front end's files."""
    shelf = Starlette(routes=[Mount(FRONT_END, app=Shelf(directory=front_end))])
    shelf.router.redirect_slashes = False
    return Gate(app, shelf, house().limits, contexts, house().touched)


def serve(host: str, port: int, classroom: Classroom | None = None) -> None:
    """Serve the page until stopped; with a classroom only to those who type its code.  ConfigError where solara-assets is not whole."""
    house().classroom = classroom
    threading.Thread(target=house().sweep, daemon=True).start()
    run(host, port)


def warm() -> None:
    """Before anybody is let in: what the first visitor would wait for.  ConfigError where solara-assets is not whole."""
    check_front_end()
    house().warm()


def check_front_end() -> None:
    """ConfigError where solara-assets is not whole."""
    if not (assets.proxy_cache_dir / ECHARTS).is_dir():
        raise ConfigError(f"explore: found no {ECHARTS} in {assets.proxy_cache_dir}; allowed: with solara-assets, by make explore")


def run(host: str, port: int) -> None:
    """Serve what SOLARA_APP names.  ConfigError where solara-assets is not whole."""
    check_front_end()
    # a page that nobody embeds needs no cookie for that
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https", category=UserWarning)
    uvicorn.run(gated(assets.proxy_cache_dir), host=host, port=port, log_level="warning")
