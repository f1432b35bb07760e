"""Copies of project rows for the quarter's log: what a project was when something happened to it."""

import numpy as np

from agents.projects import COLUMNS, Projects


def take(projects: Projects, rows: np.ndarray) -> dict[str, np.ndarray]:
    """All columns of these rows, copied: name -> (rows,) or (rows, MEMBERS)."""
    return {name: getattr(projects, name)[rows] for name in COLUMNS}
