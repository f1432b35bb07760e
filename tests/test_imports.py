"""Who may know whom, read from the source: scenarios -> sim core -> agents, one way, no cycles, nothing hidden in functions."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import agents
from tests.conftest import ROOT

PACKAGES = ("agents", "sim", "scenarios", "rivals")
OUTER = ("sim.__main__", "sim.commands", "sim.evidence", "sim.experiments", "sim.explorer")
"""The parts of sim that may load the registry of scenarios; the rest is the core."""

LEAVES = ("sim.experiments.formats", "sim.experiments.store", "sim.paired", "agents.draws")
"""What analysis may use besides itself: versions of files, atomic files, paired differences, keyed draws.  They know only each other."""

RIVALS_KNOW = ("agents.draws", "agents.knowledge", "agents.parameters", "sim.config_check", "sim.evidence", "sim.simulate")
"""What the rival models may use: luck, proximity, declared numbers, the form of a result, and the measures that they are to share."""

LAZY = "sim.__main__"
LONGEST = 300


def module_name(path: Path) -> str:
    """Dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}


def inside(name: str, *packages: str) -> bool:
    """Whether a module is one of the packages or in one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def only_for_types(node: ast.AST) -> bool:
    """Whether a statement is `if TYPE_CHECKING:`, which no run executes."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def statements(node: ast.AST, in_function: bool = False) -> list[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import below a node that is ever executed, and whether it stands in a function."""
    found: list[tuple[ast.Import | ast.ImportFrom, bool]] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            found.append((child, in_function))
        elif not only_for_types(child):
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            found += statements(child, in_function or function)
    return found


def targets(statement: ast.Import | ast.ImportFrom) -> set[str]:
    """Dotted names that an import loads; `from package import module` loads the module."""
    if isinstance(statement, ast.Import):
        return {alias.name for alias in statement.names}
    assert statement.module is not None, "relative import"
    assert statement.level == 0, "relative import"
    names = {f"{statement.module}.{alias.name}" for alias in statement.names}
    return {name if name in SOURCES else statement.module for name in names}


IMPORTS = {name: {target for s, _ in statements(tree) for target in targets(s)} for name, tree in TREES.items()}


def offenders(who: tuple[str, ...], whom: tuple[str, ...], but: tuple[str, ...] = ()) -> list[str]:
    """Imports of `whom` by `who`, as 'a imports b'."""
    return [
        f"{name} imports {target}"
        for name, found in IMPORTS.items()
        if inside(name, *who) and not inside(name, *but)
        for target in sorted(found)
        if inside(target, *whom)
    ]


def test_agents_know_neither_sim_nor_scenarios() -> None:
    assert not offenders(("agents",), ("sim", "scenarios"))


def test_the_core_of_sim_knows_no_scenario_and_nothing_around_it() -> None:
    assert not offenders(("sim",), ("scenarios",), but=OUTER)
    assert not offenders(("sim",), OUTER, but=(*OUTER, "sim.analysis"))


def test_scenarios_know_only_the_core_and_agents() -> None:
    assert not offenders(("scenarios",), (*OUTER, "sim.analysis"))


def test_rivals_know_draws_measures_and_nothing_of_the_rich_model() -> None:
    foreign = sorted(name for name in SOURCES if not inside(name, "rivals", *RIVALS_KNOW) and name not in PACKAGES)
    assert not offenders(("rivals",), tuple(foreign))


def test_only_their_command_knows_rivals() -> None:
    assert not offenders(("agents", "sim", "scenarios"), ("rivals",), but=("sim.commands.rivals",))


def test_only_its_command_knows_the_explorer() -> None:
    assert not offenders(("agents", "sim", "scenarios", "rivals"), ("sim.explorer",), but=("sim.explorer", "sim.commands.explore"))


def test_analysis_knows_files_only() -> None:
    packages = (*PACKAGES, "sim.experiments")
    simulation = [name for name in SOURCES if not inside(name, "sim.analysis", *LEAVES) and name not in packages]
    assert not offenders(("sim.analysis",), tuple(simulation))
    assert not offenders(LEAVES, tuple(name for name in SOURCES if name not in (*LEAVES, *packages)))


def test_only_the_command_line_may_import_late() -> None:
    late = [f"{name}:{s.lineno}" for name, tree in TREES.items() if name != LAZY for s, in_function in statements(tree) if in_function]
    assert not late


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that remain when those without open imports are taken away again and again; empty if there is no cycle."""
    left = {name: {target for target in found if target in graph and target != name} for name, found in graph.items()}
    while free := {name for name, found in left.items() if not found}:
        left = {name: found - free for name, found in left.items() if name not in free}
    return sorted(left)


def test_no_cycle() -> None:
    assert not cycle(IMPORTS)


def test_a_cycle_would_be_seen() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_files_are_short(name: str) -> None:
    lines = len(SOURCES[name].read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST


def test_our_agents_is_imported() -> None:
    assert Path(agents.__file__).is_relative_to(ROOT)


def test_an_installed_command_finds_our_agents(tmp_path: Path) -> None:
    """A foreign package of the same name in site-packages would win over the editable install, outside the repository."""
    if not any(importlib.metadata.distributions(name="crosscluster")):
        pytest.skip("crosscluster is not installed here")
    where = subprocess.run(
        [sys.executable, "-c", "import agents; print(agents.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(where.stdout.strip()).is_relative_to(ROOT)
