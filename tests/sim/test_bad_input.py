"""Bad input: one line that names the key, what was found, what is allowed and the nearest right name; nothing written, nothing run."""

import sys

import pytest

from sim.__main__ import main
from sim.commands.compose import compose_tree, load_config, load_tree
from sim.config_check import ConfigError
from sim.simulate import simulate

SHORT = ["world=demo", "world.burn_in=2", "world.programme=2", "world.after=1"]


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CROSSCLUSTER_CONFIGS", raising=False)


def refused(capsys, *arguments):
    """Exit code 2, one line on standard error, nothing on standard output."""
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("crosscluster: ")
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("world.burnin=3", "world.burnin: no such key; did you mean 'burn_in'?"),
        ("wrld=demo", "wrld: no such key; did you mean 'world'?"),
        ("+world.x=3", "world.x: no such key (value 3)"),
        ("+world=eaeu", "world appears more than once"),
        ("scenario=grant", "scenario: found 'grant'; allowed: one of"),
        ("scenario=grant", "did you mean 'grants'?"),
        ("world=3", "world: found 3; allowed: demo, eaeu,"),
        ("world=null", "world: found nothing; allowed: demo"),
        ("instrument=[grnts]", "instrument: found 'grnts'; allowed: one of"),
        ("instrument.grants=5", "instrument.grants"),
        ("+instrument.grants=5", "instrument.grants: found 5; allowed: a mapping"),
        ("+instrument.grants.dose=0.1", "instrument.grants: the scenario has no such instrument"),
        ("+instrument.mine={kind: grants}", "instrument.mine.kind: found 'grants'; allowed: attraction,"),
        ("instrument.national_grants.dose=-0.1", "instrument.national_grants.dose: found -0.1; allowed: a number from 0 to 1"),
        ("instrument.national_grants.payers=[RSU]", "instrument.national_grants.payers: found 'RSU'"),
        ("instrument.national_grants.target.sectors=[farma]", "did you mean 'pharma'?"),
        ("instrument.national_grants.target.kinds=[firms]", "did you mean 'firm'?"),
        ("behaviour.search=5", "behaviour.search: found 5; allowed: a mapping with keys cluster_rate,"),
        ("world.burn_in=true", "world.burn_in: found True; allowed: a whole number from 0 to 400 [quarters]"),
        ("world.burn_in=nan", "world.burn_in: found nan"),
        ("world.burn_in=abc", "world.burn_in: found 'abc'"),
        ("world.burn_in=", "world.burn_in: found ''"),
        ("~world.burn_in", "world.burn_in: missing"),
        ("world.calendar=2022", "world.calendar: found 2022; allowed: 2021, 2024"),
        ("world.closures=3", "world.closures: found 3; allowed: a list"),
        ("country=[]", "country: found no country"),
        ("sector=[]", "sector: found no sector"),
        ("country=[germany]", "found no country whose policy is under study"),
        ("country.BLR=3", "country.BLR: found 3; allowed: a mapping"),
        ("country.BLR.figures.delivery.value=2", "country.BLR.figures.delivery.value: found 2"),
        ("country.BLR.key=643", "country.BLR.key: found 643, which RUS has"),
        ("country.BLR.places.minsk.share=0.9", "country.BLR.places (shares): found shares that sum to 1.18"),
        ("sector.ict.profile.software=0.9", "sector.ict.profile: found shares that sum to 1.25"),
        ("record.focus=[biotec]", "did you mean 'biotech'?"),
        ("check=1", "check: found 1; allowed: true or false"),
        ("seed", "overrides: found 'seed'; allowed: KEY=VALUE"),
        ("=3", "overrides: found '=3'; allowed: KEY=VALUE"),
        ("world.burn_in=[1", "overrides: found 'world.burn_in=[1'"),
        ("world.name=${oc.env:HOME}", "refused: values are written out"),
        ("facts=none.csv", "facts: cannot read 'none.csv': No such file"),
    ],
)
def test_an_override_that_is_wrong(override, says):
    with pytest.raises(ConfigError) as error:
        load_config(["world=demo", override] if not override.startswith(("world=", "+world=")) else [override])
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "seeds=10"], "run: found seeds=10; 'seeds' is not used by this command: a run has one seed, as in seed=7"),
        (["run", "executor.workers=2"], "'executor' is not used by this command"),
        (["run", "experiment=eaeu_programme"], "'experiment' is not used by this command"),
        (["experiment", "experiment=eaeu_programme", "seed=3"], "'seed' is not used by this command"),
        (["experiment", "experiment=eaeu_programme", "scenario=grants"], "'scenario' is not used by this command"),
        (["experiment", "experiment=eaeu_programme", "seeds=0", "world=demo"], "seeds"),
        (["experiment", "experiment=eaeu_programme", "seeds=ten", "world=demo"], "seeds"),
        (["experiment", "experiment=eaeu_programme", "executor.workers=0", "world=demo"], "executor.workers: found 0"),
        (["experiment", "experiment=eaeu"], "that 'crosscluster list experiment' shows"),
        (["experiment"], "experiment: found none, as in experiment=eaeu_programme; allowed: one of"),
        (["run", "world=demo", "seed=seven"], "seed: found 'seven'; allowed: a whole number from 0 to 2147483647"),
        (["run", "world=demo", "seed=-1"], "seed: found -1"),
        (["run", "world=demo", "seed=1.5"], "seed: found 1.5"),
        (["run", "world=demo", "seed=1,2"], "several values; allowed: one, or several with -m"),
        (["run", "-m", "world=demo", "seed=1,two"], "seed: found 'two'"),
        (["run", "-m", "world=demo", "scenario=grants,grant"], "did you mean 'grants'?"),
        (["run", "world=demo", "results=/proc/here"], "results: cannot write in '/proc/here'"),
        (["run", "world=demo", "results=3"], "results: found 3"),
        (["run", "--experimental-rerun", "x.pickle"], "refused: it would run what a pickle file holds"),
        (["run", "--config-name", "x"], "options: found --config-path or --config-name"),
        (["run", "--nonsense"], "options: unrecognized arguments: --nonsense"),
        (["run", "--multrun"], "run: options: unrecognized arguments: --multrun; did you mean '--multirun'?"),
        (["calibrate", "--wavs", "3"], "calibrate: options: unrecognized arguments: --wavs 3; did you mean '--waves'?"),
        (["run", "--cfg"], "options: argument --cfg/-c"),
        (["run", "+x._target_=os.system"], "refused"),
        (["run", "hydra/job_logging=default"], "refused: of Hydra itself you may set"),
        (["run", "+hydra.callbacks.x._target_=os.getcwd"], "refused"),
        (["run", "hydra.searchpath=[file:///tmp]"], "refused"),
        (
            ["rn"],
            "found the command 'rn'; allowed: run, experiment, resume, merge, show, export, calibrate, evidence, rivals, report, explore, "
            "list, new, check; did you mean 'run'?",
        ),
        (["list", "scenarios"], "did you mean 'scenario'?"),
        (["list", "country.belaru"], "did you mean 'belarus'?"),
        (["new", "scenario", "x", "--from", "grant"], "did you mean 'grants'?"),
        (["new", "scenario", "../x", "--from", "grants"], "found the name '../x'"),
        (["new", "world", "x", "--from", "grants"], "allowed: new scenario NAME --from SCENARIO"),
        (["check", "none.yaml"], "none.yaml: cannot be read"),
        (["check"], "check: found no file"),
        (["explore", "--port", "70000"], "explore: --port: found 70000; allowed: 0 to 65535"),
        (["explore", "--port", "x"], "explore: argument --port: invalid int value: 'x'"),
        (["explore", "--class"], "explore: unrecognized arguments: --class"),
        (["explore", "--open", "--no-open"], "explore: argument --no-open: not allowed with argument --open"),
        (["report", "nowhere"], "report: found 'nowhere', which is no folder"),
        (["report"], "report: found 0 arguments"),
        (["report", "."], "report: "),
    ],
)
def test_a_command_line_that_is_wrong(arguments, says, capsys, tmp_path):
    assert says in refused(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_no_firms_at_all():
    shares = [
        f"country.{iso}.figures.{kind}_share.value=0.5"
        for iso in ("RUS", "BLR", "KAZ", "ARM", "KGZ")
        for kind in ("institute", "university")
    ]
    with pytest.raises(ConfigError, match="found no firms"):
        load_config(["world=demo", *shares])


@pytest.mark.parametrize(
    "overrides",
    [
        ["country=[belarus]"],
        ["country=[belarus]", "country.BLR.scale=0.002"],
        [f"country.{iso}.figures.university_share.value=0" for iso in ("RUS", "BLR", "KAZ", "ARM", "KGZ")],
    ],
    ids=["one country", "one organisation", "no universities"],
)
def test_small_worlds_run(overrides):
    small = ["world=demo", *SHORT[1:]] if "figures" in overrides[0] else ["world=union_state", *SHORT[1:], "country.BLR.scale=0.05"]
    result = simulate(load_config([*small, *overrides, "check=true"]), seed=1)
    assert result.error is None
    assert all(value == value for value in result.outcomes.values())


BAD_FILES = {
    "scenario/a.yaml": [
        ("hydra: {callbacks: {x: {_target_: trap.spring}}}", "nothing in a file of yours may reach Hydra"),
        ("scenario: {name: a, label: a}\ninstrument: {x: {_target_: trap.spring}}", "nothing in a file of yours"),
        ("x: {'()': trap.spring}", "nothing in a file of yours"),
        ("defaults: [{override hydra/launcher: joblib}]", "nothing in a file of yours"),
        ("defaults: ['/scenario/b@hydra.job_logging']", "nothing in a file of yours"),
        ("# @package hydra.job_logging\nhandlers: {h: {class: trap.spring}}", "found '@package hydra.job_logging'"),
        ("scenario: {name: a, label: '${oc.env:HOME}'}", "'${...}' is not resolved"),
        ("a: [1", "no valid YAML"),
        ("a: !!python/object/apply:trap.spring []", "no valid YAML"),
        ("a: 1\n---\nb: 2", "no valid YAML"),
    ],
    "hydra/launcher/x.yaml": [("a: 1", "may not configure Hydra itself")],
    "config.yaml": [("hydra: {run: {dir: x}}", "nothing in a file of yours")],
}


@pytest.mark.parametrize(("name", "text", "says"), [(name, text, says) for name, cases in BAD_FILES.items() for text, says in cases])
def test_a_users_file_can_make_nothing_run(name, text, says, tmp_path, monkeypatch, capsys):
    path = tmp_path / "my_configs" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (tmp_path / "trap.py").write_text("def spring(*_, **__): raise SystemExit('sprung')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert says in refused(capsys, "run", "world=demo")
    assert "trap" not in sys.modules


def test_the_folder_given_with_config_dir_is_checked_too(tmp_path, capsys):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.yaml").write_text("hydra: {}")
    assert "nothing in a file of yours" in refused(capsys, "run", "--config-dir", "other", "world=demo")


def test_a_named_folder_that_is_not_there(monkeypatch, capsys):
    monkeypatch.setenv("CROSSCLUSTER_CONFIGS", "nowhere")
    assert "CROSSCLUSTER_CONFIGS: found" in refused(capsys, "run", "world=demo")


def test_a_users_unknown_key_is_named(tmp_path):
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "mine.yaml").write_text("# @package _global_\nscenario: {name: mine, label: Mine, lable: x}\n")
    with pytest.raises(ConfigError, match=r"scenario.lable: no such key \(value 'x'\); did you mean 'label'\?"):
        load_tree(compose_tree(["scenario=mine"], [tmp_path]))
