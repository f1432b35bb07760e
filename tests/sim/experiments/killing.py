"""An experiment of the toy model in a process of its own, to be killed, or to lose its cluster.

`python -m tests.sim.experiments.killing FOLDER WORKERS [KIND ADDRESS]`
"""

import pickle
import sys
from pathlib import Path

from sim.experiments.execution import Interrupted, run_experiment
from sim.experiments.executors import ExecutorConfig
from sim.experiments.laboratory import Options
from tests.sim.experiments.toy_model import TOY

JOB = "job.pickle"


def main(folder: Path, workers: int, kind: str = "local", address: str | None = None) -> int:
    """Run, or go on; the job lies beside the folder."""
    design, configs = pickle.loads((folder.parent / JOB).read_bytes())
    executor = ExecutorConfig(kind=kind, address=address, slurm={}, workers=workers, retries=3)
    try:
        run_experiment(design, configs, folder, Options(executor, simulation=TOY))
    except Interrupted as interrupted:
        sys.stderr.write(f"{interrupted}\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
