"""What lessons' arms came to on a seed, kept in a file, so that a long run goes on where it stopped and a changed claim needs no new run.

DIR/seed_0001.json: the model's hash, and by the hash of a configuration its `End`.  Lessons that set the same share one run, and all of
them the twin.  What another model lived is lived anew.
"""

import json
from dataclasses import asdict
from pathlib import Path

from sim.config import Config, config_hash
from sim.experiments.provenance import model_sha256
from sim.explorer.cradle import Cradle
from sim.explorer.finding import End, end
from sim.explorer.lessons import TWIN, Lesson
from sim.explorer.session import configured
from sim.explorer.setting import plan
from sim.simulate import quarters, run
from sim.world import World

ROOM = 64_000_000
"""Bytes of burn-ins kept while one seed is lived: those of a few presets."""


class Seed:
    """All that was lived on a seed.  into: folder of the files, None to keep nothing."""

    def __init__(self, seed: int, into: Path | None) -> None:
        self.seed = seed
        self._path = None if into is None else into / f"seed_{seed:04}.json"
        self._cradle = Cradle(ROOM)
        self._ends = _read(self._path)

    def ends(self, lesson: Lesson) -> dict[str, End]:
        """Arm, or `TWIN` -> how it ends."""
        planned = plan(lesson.setting)
        found = {TWIN: self._end(planned.twin, ())}
        for name, arm in lesson.arms.items():
            config = configured(planned, (*planned.timetable, *arm.entries))
            found[name] = self._end(config, tuple(each for each in config.instrument if each not in planned.twin.instrument))
        return found

    def _end(self, config: Config, own: tuple[str, ...]) -> End:
        key = f"{config_hash(config)} {'+'.join(config.record.focus)}"
        if key not in self._ends:
            world = World.resume(self._cradle.snapshot(config, self.seed), config)
            run(world, quarters(config))
            self._ends[key] = end(world, own)
            self._keep()
        return self._ends[key]

    def _keep(self) -> None:
        if self._path is None:
            return
        tree = {"model": model_sha256(), "ends": {key: asdict(one) for key, one in self._ends.items()}}
        beside = self._path.with_suffix(".part")
        beside.write_text(json.dumps(tree), encoding="utf-8")
        beside.replace(self._path)


def _read(path: Path | None) -> dict[str, End]:
    if path is None or not path.exists():
        return {}
    tree = json.loads(path.read_text(encoding="utf-8"))
    return {key: _built(**one) for key, one in tree["ends"].items()} if tree["model"] == model_sha256() else {}


def _built(numbers: dict[str, float], starts: list[list], own: list[str]) -> End:
    return End(numbers, tuple((members, programme, weight) for members, programme, weight in starts), tuple(own))
