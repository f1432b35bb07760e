"""The scorecard that is shipped with the model, and how it is laid beside results, so that every report can show it."""

import shutil
from pathlib import Path

from sim.experiments.store import StoreError

FILES = ("scorecard.csv", "scorecard.json")
HERE = Path(__file__).parent


def lay_beside(folder: Path) -> None:
    """Copy the shipped scorecard and how it was made into a results folder; StoreError where that cannot be written.

    An installation without a scorecard leaves none: a report then has no such section.
    """
    if not all((HERE / name).is_file() for name in FILES):
        return
    try:
        for name in FILES:
            shutil.copyfile(HERE / name, folder / name)
    except OSError as error:
        raise StoreError(f"cannot write in '{folder}': {error.strerror}") from error
