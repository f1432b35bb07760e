"""Burn-ins, each lived once: worlds at the opening of programmes, kept as snapshots as long as there is room.

Two configurations share a burn-in where nothing differs that could matter before the opening: instruments that begin later, the timetable
and the length of the run do not.
"""

from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock

from sim.config import Config, config_hash
from sim.config_classes import ScenarioConfig
from sim.simulate import burn_in

Key = tuple[str, tuple[str, ...], int]


class Cradle:
    """Snapshots by (world, seed), the ones used longest ago given up first.  For any number of threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._lock = Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._coming: dict[Key, Future[bytes]] = {}  # whoever asks for what somebody already works on, waits for it

    def snapshot(self, config: Config, seed: int) -> bytes:
        """The world of `seed` at the opening, for World.resume with this configuration or one that differs only later."""
        early = _before_the_opening(config)
        key = (config_hash(early), config.record.focus, seed)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            mine = key not in self._coming
            coming = self._coming.setdefault(key, Future())
        if mine:
            self._live(key, coming, early)
        return coming.result()

    def _live(self, key: Key, coming: Future[bytes], config: Config) -> None:
        """Burn in, keep the snapshot, and tell all who wait for it; whatever went wrong they hear too."""
        try:
            snapshot = burn_in(config, key[2])
        except BaseException as error:
            with self._lock:
                del self._coming[key]
            coming.set_exception(error)
            raise
        with self._lock:
            del self._coming[key]
            self._kept[key] = snapshot
            while sum(map(len, self._kept.values())) > self.most_bytes and len(self._kept) > 1:
                self._kept.popitem(last=False)
        coming.set_result(snapshot)

    def bytes(self) -> int:
        """How much is kept."""
        with self._lock:
            return sum(map(len, self._kept.values()))


def _before_the_opening(config: Config) -> Config:
    """The configuration without all that has no part in the burn-in."""
    early = {name: instrument for name, instrument in config.instrument.items() if instrument.start < 0}
    world, nameless = replace(config.world, programme=1, after=0), ScenarioConfig(name="", label="")
    return replace(config, instrument=early, timetable=(), world=world, scenario=nameless, check=False)
