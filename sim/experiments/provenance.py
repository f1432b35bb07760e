"""Where numbers come from: the code of the model, the packages, the commit and the machine."""

import ast
import hashlib
import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("crosscluster", "mesa", "numpy", "numba", "llvmlite", "scipy", "pandas", "pyarrow", "hydra-core", "omegaconf")

MODEL = ("agents/*.py", "scenarios/*.py", "sim/*.py")
"""What decides a run's numbers; sim's sub-packages (experiments, analysis, commands) only arrange and read them."""


EXPERIMENTS = tuple(
    f"sim/experiments/{name}.py"
    for name in ("assemble", "cases", "figures", "pairing", "sampling", "spreads", "study", "treatment", "values", "work")
)
"""What decides which runs there are, in what order, and what stands in their rows."""


@cache
def model_sha256() -> str:
    """Hash of the model's code without comments, docstrings and blank lines: a reworded sentence changes nothing."""
    return code_sha256(MODEL)


@cache
def experiments_sha256() -> str:
    """The same of the code that decides which runs an experiment consists of."""
    return code_sha256(EXPERIMENTS)


def code_sha256(patterns: tuple[str, ...]) -> str:
    """The same of any code; patterns: of files, from the root of the project."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.name != "__main__.py"):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n{_code(path.read_text(encoding='utf-8'))}\n".encode())
    return digest.hexdigest()


def _code(source: str) -> str:
    prose = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(source.splitlines(), start=1)
    return "\n".join(line for number, line in lines if number not in prose and line.strip() and not line.lstrip().startswith("#"))


def versions() -> dict[str, str | None]:
    """Python's and the packages' versions; None where a package is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def commit() -> dict[str, Any] | None:
    """The git commit of the code and whether files differ from it; None outside a repository or without git."""
    sha, status = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return None if sha is None or status is None else {"hash": sha, "dirty": bool(status)}


def _git(*command: str) -> str | None:
    try:
        answer = subprocess.run(["git", "-C", str(ROOT), *command], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def machine() -> dict[str, Any]:
    """The class of machine: results are the same bytes on machines with the same entries here."""
    features = sorted(name for name, there in get_host_cpu_features().items() if there)
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": get_host_cpu_name(),
        "cores": os.cpu_count(),
        "features": features,
    }
