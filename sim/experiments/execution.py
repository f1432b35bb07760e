"""Run an experiment from its design to its tables: solve the doses, run every group, write what came out.

Everything that is finished stands in the folder's journal at once; `resume` goes on from there.  Whatever the executor, the number of
workers, the order in which they finish, and what was killed in between, the tables are the same bytes.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.config import Config
from sim.experiments.assemble import assemble
from sim.experiments.cases import ONE_CASE
from sim.experiments.design import Design, EqualCost, Point
from sim.experiments.doses import Solution, Trial, known, purpose, solve
from sim.experiments.finish import outcomes_of, write_tables
from sim.experiments.journal import CHUNKS, JOURNAL, Journal, forget_failed, payload
from sim.experiments.kept import keep
from sim.experiments.laboratory import Kept, Laboratory, Options, laboratory
from sim.experiments.lock import Lock, TakenOver, claimed
from sim.experiments.manifest import Manifest, is_finished
from sim.experiments.plan import CHUNK_SECONDS, JOB_SECONDS, chunks, make_plan
from sim.experiments.precision import Effects, Precision, more_seeds, report, seeds_wanted
from sim.experiments.processes import cores
from sim.experiments.store import write_json
from sim.experiments.study import Study
from sim.experiments.treatment import Treatment, treatments
from sim.experiments.work import Chunk, Done, runs_of

DOSES = "doses.json"
SMALL = 8
"""Groups a worker up to which every group is a chunk."""
SAMPLED = 3
"""Groups that are run one after the other to measure a sweep by the last: the first one loads the compiled model."""
SAMPLES = 3
"""Times that this is tried until no run fails."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during an experiment; the text says how far it came and how to go on."""


def run_experiment(design: Design, configs: Mapping[str, Config], folder: Path, options: Options) -> Path:
    """Run all arms in all cases on all seeds, or go on with what is missing, and leave the tables in `folder`.

    configs: every arm's configuration with the doses of its scenario.  Raises ConfigError, StoreError, Interrupted; what was finished
    stays in the journal.  A folder that is finished is left as it is; one that was begun with something else is refused.
    """
    treated = treatments(design, configs, {})
    with claimed(folder) as lock:
        keep(folder, design, configs, options.about or {}, options.simulation.name)
        if is_finished(folder):
            return folder
        if options.retry_failed:
            forget_failed(folder)
        manifest = Manifest(folder, design, configs[design.baseline], options.executor.workers or 0, options.about or {})
        manifest.treat(treated)
        manifest.write("running")
        try:
            with laboratory(options) as lab:
                study = prepare(design, configs, lab, manifest, options)
                _run_missing(study, lock, lab, manifest, options)
                if design.precision:
                    study = _closely(study, design, design.precision, lock, lab, manifest, options)
            lock.check()
            manifest.seal(write_tables(folder, study, design.name))
            manifest.write("complete")
            if not manifest.failures:
                _clear(folder)
        except TakenOver:
            raise
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            manifest.write("interrupted" if interrupted else "failed")
            if interrupted:
                again = options.go_on or f"crosscluster resume {folder}"
                raise Interrupted(f"{manifest.done} of {manifest.total} runs are done and kept; go on with: {again}") from error
            raise
    return folder


def prepare(design: Design, configs: Mapping[str, Config], lab: Laboratory, manifest: Manifest, options: Options) -> Study:
    """Solve the doses if they are to cost the same, and put the study together."""
    factors: Mapping[Point, float] = {}
    if (rule := design.equal_cost) is not None:
        places = _places(manifest.folder, options.shipped)
        solution = known(purpose(design, configs), places) or _solve(design, configs, rule, lab, options)
        manifest.solve(solution)
        write_json(manifest.folder / DOSES, solution.as_tree(design))
        factors = solution.factors
    treated = treatments(design, configs, factors)
    manifest.treat(treated)
    study = assemble(design, treated, configs, design.seeds, options.simulation)
    manifest.vary(study.cases.factors)
    return study


def _run_missing(study: Study, lock: Lock, lab: Laboratory, manifest: Manifest, options: Options) -> None:
    lock.check()
    folder = lock.folder
    journal = Journal(folder)
    manifest.expect(study.runs)
    for entry in journal.entries:
        manifest.count(entry.runs, failures(payload(folder, entry)) if entry.failed else [])

    def kept(chunk: Chunk, done: Done) -> None:
        lock.check()
        journal.add(chunk.start, chunk.stop, done)
        manifest.count(done.runs, failures(done.payload) if done.failed else [])

    manifest.write("running")
    size = 1
    if _count(journal.missing(0, len(study))) > SMALL * lab.workers:
        size = _planned(study, _sample(study, journal, lab, kept), _count(journal.missing(0, len(study))), folder, lab.workers, options)
    if gaps := journal.missing(0, len(study)):
        lab.run(study, list(chunks(gaps, size)), manifest.design.name, kept)


def _count(gaps: Sequence[tuple[int, int]]) -> int:
    return sum(stop - start for start, stop in gaps)


def _sample(study: Study, journal: Journal, lab: Laboratory, kept: Kept) -> Done:
    """Run a few missing groups, to measure the last of them; others if one fails."""
    found: list[Done] = []

    def noted(chunk: Chunk, done: Done) -> None:
        kept(chunk, done)
        found.append(done)

    while not found or (found[-1].failed and len(found) < SAMPLES):
        first, end = journal.missing(0, len(study))[0]
        lab.run(study, [Chunk(first, min(first + SAMPLED, end))], "a few groups, to plan", noted)
    return found[-1]


def _closely(study: Study, design: Design, rule: Precision, lock: Lock, lab: Laboratory, manifest: Manifest, options: Options) -> Study:
    """Go on with as many seeds as the effect needs; the study that has them."""
    outcome = design.outcomes[rule.outcome]
    effects = Effects(outcome.column, outcome.per, design.baseline)
    count = seeds_wanted(outcomes_of(lock.folder, study), effects, rule)
    options.tell(f"precision: {count} seeds for {outcome.label} within {rule.half_width:g} {outcome.unit}")
    longer = replace(study, seeds=more_seeds(study.seeds, design.reserved_seeds, count))
    manifest.lengthen(longer.seeds)
    _run_missing(longer, lock, lab, manifest, options)
    manifest.precision = report(outcomes_of(lock.folder, longer), len(study.seeds), effects, rule)
    return longer


def _planned(study: Study, sample: Done, groups: int, folder: Path, workers: int, options: Options) -> int:
    """Groups a chunk of what is to be run; the plan is told before it begins."""
    span = JOB_SECONDS if options.executor.kind == "slurm" else CHUNK_SECONDS
    plan = make_plan(groups, len(study.treatments), sample, workers, folder, span)
    at_once = min(workers, cores()) if options.executor.is_local else workers
    for line in plan.lines(workers, at_once):
        options.tell(line)
    return plan.groups_per_chunk


def failures(chunk: bytes) -> list[dict[str, Any]]:
    """Which runs of a chunk failed, and of what."""
    runs = runs_of(chunk).select(["case", "pair", "arm", "dose", "seed", "error"]).to_pylist()
    return [run for run in runs if run["error"] is not None]


def _places(folder: Path, shipped: Path | None) -> dict[str, list[Path]]:
    """Where solved doses may lie: in the folder itself, those shipped, then those of earlier runs of the experiment, the latest first."""
    earlier = sorted(folder.parent.glob(f"*/{DOSES}"), reverse=True)
    return {"kept": [folder / DOSES], "shipped": [shipped] if shipped else [], "cached": earlier}


def _solve(design: Design, configs: Mapping[str, Config], rule: EqualCost, lab: Laboratory, options: Options) -> Solution:
    """Scale the doses until all arms cost the same on the reserved seeds."""

    def outcomes(treated: tuple[Treatment, ...]) -> list[dict[str, Any]]:
        study = Study(treated, ONE_CASE, design.reserved_seeds, "everywhere", "outcomes", options.simulation)
        rows: list[dict[str, Any]] = []
        lab.run(
            study,
            [Chunk(at, at + 1) for at in range(len(study))],
            "solving equal cost",
            lambda _, done: rows.extend(runs_of(done.payload).to_pylist()),
            again=True,
        )
        return rows

    return solve(Trial(design, configs, rule, outcomes))


def _clear(folder: Path) -> None:
    """Chunks have become tables."""
    shutil.rmtree(folder / CHUNKS, ignore_errors=True)
    (folder / JOURNAL).unlink(missing_ok=True)
