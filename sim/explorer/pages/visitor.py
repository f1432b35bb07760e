"""One visitor: an own session, what is looked at, and everything that can be done, with refusals in the visitor's words."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from threading import Event, Lock
from typing import Any, TypeVar

import solara

from sim.config_check import ConfigError
from sim.explorer.limits import Refused
from sim.explorer.link import admit
from sim.explorer.memory import give_back
from sim.explorer.pages.arrival import arrived
from sim.explorer.pages.busy import Busy
from sim.explorer.pages.course import Course
from sim.explorer.pages.drive import Drive, Fan
from sim.explorer.pages.house import house
from sim.explorer.pages.kernel import Kernel
from sim.explorer.refusal import told
from sim.explorer.session import Session
from sim.explorer.setting import Setting
from sim.explorer.view import View, view
from sim.explorer.words import LANGUAGES, Words

Seen = TypeVar("Seen")


class Visitor:
    """A visitor.  All reactive values are this visitor's own.

    The session is lived in threads of its own while the page is drawn: `lock` is for whoever touches it.  What is drawn is `seen`, which
    never changes, and another one whenever `tick` says so; what it does not hold is read by `read`.  Nobody sets a reactive value under
    the lock: that draws the page, and drawing may wait for the lock.
    """

    def __init__(self, query: str, student: str = "", language: str = LANGUAGES[0], address: str = "") -> None:
        """query: that of the address; may be empty, and may be anything.  student: the browser's cookie, which it may choose;
        address: where it is on the network, which it may not."""
        self.name = uuid.uuid4().hex
        self.kernel = Kernel()
        self.lock = Lock()
        self.session: Session | None = None
        self.seen: View | None = None
        self.gone, self.closed = False, Event()  # without a place; without a page
        self._ticks = count(1)
        self.query = query
        self.student, self.address = student, address
        self.away = solara.reactive(False)  # has no place: it was refused, or lost
        self.joined = solara.reactive(house().classroom is None)
        self.tick = solara.reactive(0)
        self.language = solara.reactive(language)
        self.message = solara.reactive("")
        self.note = solara.reactive("")
        self.view = solara.reactive("map")
        self.desk = solara.reactive("levers")
        self.outlines = solara.reactive(False)
        self.chart = solara.reactive("ties")
        self.place = solara.reactive("all")
        self.cluster: solara.Reactive[int | None] = solara.reactive(None)
        self.organisation: solara.Reactive[int | None] = solara.reactive(None)
        self.now = solara.reactive(True)
        self.taken: solara.Reactive[tuple[str, ...]] = solara.reactive(())
        self.drive, self.fan, self.course = Drive(self), Fan(self), Course(self)
        self.busy = Busy(lambda: self.lose(self.words("error.failed")))

    @property
    def words(self) -> Words:
        """The words of the language that is chosen."""
        return Words(self.language.value)

    @property
    def kernel_id(self) -> str:
        """Solara's name of the page."""
        return self.kernel.id

    @property
    def at_end(self) -> bool:
        """Is there nothing more to live?"""
        session = self.session
        return session is None or session.at_end

    def programme(self, name: str) -> str:
        """What a programme of the policy world is called."""
        there = self.read(lambda session: session.policy.programmes.get(name))
        return self.words.name("instrument", name, there.instrument.label if there is not None else name)

    # coming and going

    def enter(self) -> None:
        """Take a place and open the session of the address, or the usual one if the address is of no use; in a class nothing
        opens before the code is typed, and then on the student's own seed.  Whoever leaves meanwhile has neither."""

        said = ""

        def opened() -> None:
            nonlocal said
            seed, first = self.seed(), house().limits.first()
            with house().heavy:
                session, said = arrived(self.query, self.words)
                self._take(session or self._opened(first if seed is None else replace(first, seed=seed)))

        self.joined.value = house().classroom is None or self.seed() is not None
        if self.closed.is_set() or not self.joined.value:
            return
        self.gone, self.away.value, self.message.value = False, False, ""
        if self._asked(lambda: house().enter(self)) and self._asked(opened):
            self.course.resume(self.query)
            self.message.value = said or self.message.value
            self.draw()
        else:
            self.leave()
            self.away.value = True
        if self.closed.is_set():
            self.leave()

    def join(self, typed: str) -> None:
        """Join the class with a code."""
        classroom = house().classroom
        if classroom is not None:
            self.message.value = ""

            def asked() -> None:
                classroom.join(self.address, self.student, typed)

            if self._asked(asked):
                self.enter()

    def seed(self) -> int | None:
        """The seed of a student of a class who has joined."""
        classroom = house().classroom
        return classroom.seed(self.student) if classroom is not None else None

    def leave(self) -> None:
        """Give up the place and the worlds."""
        self.drive.mode.value = ""
        house().leave(self)
        with self.lock:
            self.session, self.seen, self.gone = None, None, True
        give_back()

    def close(self) -> None:
        """The page is closed: whatever is still being done for it takes no place any more."""
        self.closed.set()
        self.leave()

    def put_out(self) -> None:
        """The place is lost to idleness; comes from a thread of nobody's."""
        minutes = house().limits.idle_minutes
        with self.kernel.within():
            self.lose(told(Refused("idle", minutes, minutes, ""), self.words))

    def lose(self, said: str) -> None:
        """Without a place, to be had again with what was set."""
        with self.lock:
            self.query = self.address_bar().removeprefix("?")
        self.leave()
        self.away.value, self.message.value = True, said

    def _opened(self, setting: Setting) -> Session:
        house().limits.admit(setting)
        return Session(setting, house().cradle)

    def _take(self, session: Session) -> None:
        """Have this session from now on; whoever left while it was made has none."""
        with self.lock:
            if not self.gone:
                self.session = session

    # looking

    def read(self, look: Callable[[Session], Seen]) -> Seen | None:
        """What somebody sees who looks at the session while nobody steps it; None where there is none."""
        with self.lock:
            return look(self.session) if self.session is not None else None

    def draw(self) -> None:
        """Have the page drawn as the session is now."""
        with self.lock:
            self.seen = view(self.session) if self.session is not None else None
        self.tick.value = next(self._ticks)

    # doing

    def _asked(self, deed: Callable[[], None]) -> bool:
        """Do something, and say so if it is refused."""
        try:
            deed()
        except (ConfigError, Refused) as error:
            self.drive.mode.value = ""
            self.refuse(error)
            return False
        return True

    def refuse(self, error: ConfigError | Refused) -> None:
        """Say why something is not done."""
        self.message.value = told(error, self.words, self.seen.panels if self.seen is not None else ())

    def attempt(self, deed: Callable[[], None], seen: bool = True) -> bool:
        """Do something to the session, one thing at a time, in one's turn.  seen: is it drawn?"""

        def alone() -> None:
            with house().heavy, self.lock:  # in this order: whoever waits for a turn keeps nobody from reading
                deed()
                self.course.note()

        if not self._asked(alone):
            return False
        if seen:
            self.draw()
        return True

    def do(self, deed: Callable[[Session], None], seen: bool = True) -> bool:
        """Do something to the session that is there, unless that is being replaced just now; an old message goes."""

        def active() -> None:
            house().visitors.active(self.name)
            if self.session is not None:
                deed(self.session)

        if self.busy.elsewhere:
            self.refuse(Refused("busy", 0, 0, "The world is being prepared: please wait a moment."))
            return False
        self.message.value = ""
        return self.attempt(active, seen)

    def replace(self, opened: Callable[[], Session]) -> bool:
        """Another session; cards, the fan and instruments that were taken off the shelf go with the old one."""

        def anew() -> None:
            house().visitors.active(self.name)
            with house().heavy:
                self._take(opened())  # not made under the lock: meanwhile the old one is drawn

        self.drive.mode.value = self.message.value = self.note.value = ""
        if not self._asked(anew):
            return False
        self.cluster.value = self.organisation.value = None
        self.taken.value = ()
        self.fan.drop()
        return self.attempt(lambda: None)

    def begin(self, setting: Setting) -> None:
        """Another world."""
        self.replace(lambda: self._opened(setting))

    def pull(self, key: str, value: Any) -> bool:
        """Pull a lever, from the next quarter or from a restart; False, and nothing is changed, where that is refused."""

        def pulled(session: Session) -> None:
            if now and session.at_end:
                raise Refused("over", session.quarter, session.last, "The run is over: please go back to the start.")
            admit(session, session.planned(key, value, now), house().limits)
            void.extend(session.voided(key, now))
            session.pull(key, value, now)

        void: list[int] = []
        now, self.note.value = self.now.value, ""
        if not self.do(pulled):
            return False
        if now:
            self.fan.drop()
        if void:
            said = {"lever": self.words.of("lever", key.split(".", 2)[2]), "quarters": ", ".join(map(str, void))}
            self.note.value = self.words("page.voided" if now else "page.voided_later", **said)
        return True

    def step(self) -> None:
        """One quarter."""
        if not self.drive.mode.value:
            self.do(lambda session: session.step())

    def back(self) -> None:
        """Back to the start."""
        self.drive.mode.value = ""
        self.do(lambda session: session.back_to_start())

    def restart(self) -> None:
        """Back to the start, with the levers that waited for it."""

        def restarted(session: Session) -> None:
            admit(session, session.after_restart, house().limits)
            session.restart()

        self.drive.mode.value = self.note.value = ""
        if self.do(restarted):
            self.fan.drop()

    def link(self) -> str:
        """The address of this state, from the question mark on."""
        return f"?{self.seen.link}" if self.seen is not None else ""

    def address_bar(self) -> str:
        """Where a page that is loaded anew goes on: here; before there is anything here, where it was asked to."""
        if self.seen is None:
            return f"?{self.query}" if self.query else ""
        return f"{self.link()}{self.course.address}"
