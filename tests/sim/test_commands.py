"""The commands as a user meets them: what is printed where, what is written, how they end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.__main__ import COMMANDS, main
from sim.commands.folders import SHIPPED, choices

ROOT = Path(__file__).resolve().parents[2]
SHORT = ["world=demo", "world.burn_in=1", "world.programme=2", "world.after=1"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CROSSCLUSTER_CONFIGS", raising=False)


def started(*arguments, cwd):
    """The command line as its own process, which hears Ctrl-C even where tests were put into the background by a shell."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "sim", *arguments]
    pipes = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    prepare = hear_interrupts if os.name == "posix" else None
    return subprocess.Popen(command, cwd=cwd, env=environment, preexec_fn=prepare, **pipes)  # noqa: PLW1509  no thread holds a lock here


def hear_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_help_is_quick_and_names_every_command(tmp_path):
    begin = time.perf_counter()
    out, _ = started("--help", cwd=tmp_path).communicate()
    took = time.perf_counter() - begin
    assert all(f"  {name} " in out for name in COMMANDS)
    assert took < 0.5 or min(_seconds(tmp_path) for _ in range(4)) < 0.5


def _seconds(cwd):
    begin = time.perf_counter()
    started("--help", cwd=cwd).communicate()
    return time.perf_counter() - begin


def test_help_imports_nothing_heavy(tmp_path):
    probe = "import sys, sim.__main__ as m; m.main(['--help']); print(sorted({'numpy','numba','hydra','pandas','mesa'} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True, capture_output=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"


def test_run_leaves_tables_and_prints_their_folder_alone_on_the_last_line(capsys, tmp_path):
    assert main(["run", *SHORT, "scenario=grants", "seed=7"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    folder = Path(out.splitlines()[-1])
    assert folder.name.startswith("grants-demo-seed7-")
    assert {path.name for path in folder.iterdir()} == {f"{name}.parquet" for name in ("series", "funnel", "ledger", "starts")} | {
        "outcomes.json",
        "manifest.json",
    }
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"][:2] == ["crosscluster", "run"]
    assert manifest["config"]["instrument"]["grants"]["kind"] == "joint_grants"
    assert manifest["seed"] == 7
    assert set(pd.read_parquet(folder / "series.parquet").columns) == {"quarter", "country", "indicator", "value"}
    assert "grants" in err.lower() or "grants" in manifest["config"]["scenario"]["name"]
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_run_twice_gives_the_same_bytes(capsys):
    contents = []
    for results in ("a", "b"):
        assert main(["run", *SHORT, f"results={results}"]) == 0
        folder = Path(capsys.readouterr().out.strip())
        contents.append({path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".parquet"})
    assert contents[0] == contents[1]


def test_sweep_prints_the_parent_folder(capsys, tmp_path):
    assert main(["run", "-m", *SHORT, "scenario=status_quo,grants", "seed=1,2"]) == 0
    out, _ = capsys.readouterr()
    assert len(out.splitlines()) == 1
    folder = Path(out.strip())
    assert sorted(path.name.rsplit("-", 1)[0] for path in folder.iterdir()) == [
        f"{scenario}-demo-seed{seed}" for scenario in ("grants", "status_quo") for seed in (1, 2)
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_show_options_work_as_in_hydra_and_write_nothing(capsys, tmp_path):
    assert main(["run", "--cfg", "job", "world=demo", "scenario=platform"]) == 0
    assert "setup_cost:" in capsys.readouterr().out
    assert main(["run", "--cfg", "job", "-p", "world", "world=demo"]) == 0
    assert "burn_in: 12" in capsys.readouterr().out
    assert main(["experiment", "--help"]) == 0
    assert "eaeu_programme_full" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_experiment_from_arms_to_report(capsys):
    arms = "experiment.arms={status_quo: {label: SQ, scenario: status_quo}, neutral_cash: {label: Cash, scenario: neutral_cash}}"
    changes = [arms, "experiment.equal_cost=null", "experiment.claims={}", "seeds=2", "executor.workers=1"]
    assert main(["experiment", "experiment=eaeu_programme", *SHORT, *changes]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert {"manifest.json", "runs.parquet", "effects.csv", "report.html"} <= {path.name for path in folder.iterdir()}
    before = (folder / "effects.csv").read_bytes()
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(folder)
    assert (folder / "effects.csv").read_bytes() == before


def test_list_names_everything(capsys):
    assert main(["list"]) == 0
    out, _ = capsys.readouterr()
    for group in ("world", "scenario", "instrument", "experiment"):
        for name in choices(group, []):
            line = next(line for line in out.splitlines() if line.startswith(f"  {name} "))
            assert len(line.split(maxsplit=1)) == 2
    assert main(["list", "world"]) == 0
    assert "300 organisations" in capsys.readouterr().out


@pytest.mark.parametrize("group", ["world", "scenario", "instrument", "experiment", "country", "sector", "behaviour"])
def test_list_shows_one_of_every_group_in_full(group, capsys):
    name = next(iter(choices(group, [])))
    assert main(["list", f"{group}.{name}"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_list_country_prints_every_number_with_its_origin(capsys):
    assert main(["list", "country.belarus"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    figures = [row for row in rows if row and row[0] in ("gerd_pct_gdp", "researchers_per_million_fte", "Minsk", "delivery")]
    assert len(figures) == 4
    assert [next(word for word in row if word in ("found", "imputed", "guess")) for row in figures] == [
        "found",
        "imputed",
        "guess",
        "found",
    ]


def test_new_scenario_can_be_checked_listed_and_run(capsys, tmp_path):
    assert main(["new", "scenario", "mine", "--from", "grants"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == tmp_path / "my_configs" / "scenario" / "mine.yaml"
    assert path.read_text().count("#") > 5
    path.write_text(path.read_text().replace("instrument:\n", "instrument:\n  grants: {dose: 0.05}\n"))
    assert main(["check", str(path), "world=demo"]) == 0
    out, _ = capsys.readouterr()
    assert "instrument.grants.dose" in out
    assert "-> 0.05" in out
    assert "mln int$" in out
    assert main(["list", "scenario"]) == 0
    assert "(yours)" in capsys.readouterr().out
    assert main(["run", *SHORT, "scenario=mine"]) == 0


def test_check_of_the_status_quo_finds_no_change(capsys):
    assert main(["check", str(SHIPPED / "scenario" / "status_quo.yaml"), "world=demo"]) == 0
    assert "  none\n" in capsys.readouterr().out


def test_shadowing_is_named_in_the_manifest(capsys, tmp_path):
    own = tmp_path / "my_configs" / "scenario"
    own.mkdir(parents=True)
    (own / "grants.yaml").write_text((SHIPPED / "scenario" / "grants.yaml").read_text())
    assert main(["run", *SHORT, "scenario=grants"]) == 0
    manifest = json.loads((Path(capsys.readouterr().out.strip()) / "manifest.json").read_text())
    assert manifest["shadowed"] == ["scenario/grants.yaml"]
    assert manifest["own_folder"] == [str(tmp_path / "my_configs")]


def test_users_figures_are_named_in_the_manifest(capsys, tmp_path):
    (tmp_path / "my.csv").write_text("iso3,indicator,year,value,quality,source\nBLR,gerd_pct_gdp,2022,0.5,found,mine\n")
    assert main(["run", *SHORT, "facts=my.csv"]) == 0
    manifest = json.loads((Path(capsys.readouterr().out.strip()) / "manifest.json").read_text())
    assert manifest["facts"] == "my.csv"
    assert manifest["users_figures"] == ["BLR.gerd_pct_gdp"]


def test_a_broken_invariant_ends_in_one_line_and_code_1(capsys, monkeypatch):
    broken = sys.modules["sim.simulate"].failed("cash: 3 rows are negative")
    monkeypatch.setattr("sim.commands.run.simulate", lambda *_: broken)
    assert main(["run", *SHORT]) == 1
    out, err = capsys.readouterr()
    assert "cash: 3 rows are negative" in err
    assert json.loads((Path(out.splitlines()[-1]) / "manifest.json").read_text())["state"] == "failed"


@pytest.mark.parametrize("delay", [0.3, 1.5, 5.0])
def test_ctrl_c_at_any_moment_leaves_no_half_file(tmp_path, delay):
    process = started("run", "world=eaeu", "world.burn_in=400", "world.after=400", cwd=tmp_path)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "crosscluster: interrupted" in err
    assert "Traceback" not in err
    assert list(tmp_path.rglob("*.json")) + list(tmp_path.rglob("*.parquet*")) == []


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("lost", "code"), [("os.kill(os.getpid(), signal.SIGINT); time.sleep(5)", 130), ("raise ValueError('half')", 0)])
def test_ctrl_c_is_heard_where_python_cannot_pass_it_on(lost, code):
    script = f"""
import os, signal, sys, time
from sim import __main__
class Half:
    def __del__(self):
        {lost}
class Command:
    @staticmethod
    def main(_):
        half = Half()
        del half
        time.sleep(3.0 if {code} else 0.0)
        return 0
__main__._load = lambda _: Command
sys.argv = ["crosscluster", "list"]
sys.exit(__main__.main())
"""
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, preexec_fn=hear_interrupts, stderr=subprocess.PIPE, text=True)  # noqa: PLW1509
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert ("crosscluster: interrupted" in err, "ValueError: half" in err) == (code == 130, code == 0)
    assert "KeyboardInterrupt" not in err
