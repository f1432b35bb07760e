"""Mesa's own page over the model: it is drawn, it steps, and every visitor has an own model."""

import io
import os
import subprocess
import sys
import warnings
from typing import Any

import pytest
from matplotlib.image import imread

from sim.config_check import ConfigError

if os.environ.get("CI") != "true":  # there the extra is installed, and its absence is a failure
    pytest.importorskip("solara")
import ipyvuetify
import ipywidgets
import solara

from sim.explorer import mesa, mesa_page


def shown(rc: Any) -> list[bytes]:
    """The pictures on a page."""
    return [image.value for image in rc.find(ipywidgets.Image).widgets]


def page() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return solara.render(solara.AppLayout(children=[mesa_page.Page()]), handle_error=False)[1]


def press(rc: Any, name: str) -> None:
    (button,) = [each for each in rc.find(ipyvuetify.Btn).widgets if name in each.children]
    button.click()


def test_it_draws_a_plot_of_every_indicator() -> None:
    rc = page()
    pictures = [imread(io.BytesIO(each)) for each in shown(rc)]
    assert len(pictures) == len(mesa_page.PLOTS)
    assert all(picture.std() > 0.01 for picture in pictures)
    rc.close()


def test_it_steps_and_every_visitor_has_an_own_model() -> None:
    one, other = page(), page()
    before = shown(one)
    assert shown(other) == before
    press(one, "Step")
    press(one, "Step")
    assert all(now != then for now, then in zip(shown(one), before, strict=True))
    assert shown(other) == before
    one.close()
    other.close()


def test_a_visitor_chooses_by_name_only() -> None:
    assert mesa_page.Shown("grants", "7").world.seed == 7
    with pytest.raises(ConfigError, match="did you mean 'grants'"):
        mesa_page.Shown("grant")
    with pytest.raises(ConfigError, match="preset: found"):
        mesa_page.Shown("grants seed=8")
    with pytest.raises(ValueError, match="allowed: a whole number"):
        mesa_page.Shown("grants", "seven")


def test_it_is_served_behind_the_gate_and_nobody_is_told() -> None:
    said = "from sim.explorer import mesa; import uvicorn; uvicorn.run = lambda app, **_: print(type(app).__name__); mesa.main(['0']);"
    said += "from solara.server import app, settings; print(app.apps['__default__'].name, settings.telemetry.mixpanel_enable)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", said], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.splitlines()[1:] == ["Gate", "sim.explorer.mesa_page False"], done.stderr[-2000:]


def test_a_port_that_is_none_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["none"], ["-1"], ["70000"], ["8765", "8766"]):
        assert mesa.main(wrong) == 2
        assert capsys.readouterr().err == f"mesa: port: found '{' '.join(wrong)}'; allowed: a whole number from 0 to 65535\n"
    assert mesa.main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: python -m sim.explorer.mesa [port]\n")


def test_the_explorers_pages_keep_the_rules_of_hooks() -> None:
    said = "import warnings; warnings.simplefilter('error', UserWarning); import sim.explorer.pages.app"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
