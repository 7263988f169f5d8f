"""Commands killed at random moments, several times in a row, and then run to their end: the catalog is as if nothing had happened.

For each database and each work (import, articles, link, update, reindex, backup, restore, migration) the command runs undisturbed once;
that tells how long it takes, and what the catalog holds behind it. Then, from the same beginning, it is killed one to four times at
moments spread evenly over that time (so that they hit its start, its work and its end alike), by SIGKILL, SIGTERM and SIGINT in turn,
and run again until it ends by itself. Content, index, hits, files and exit codes must be those of the undisturbed run.

Every kill is an attempt; those of one row share its result, since nobody can tell which of them did it.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from episodes.config import Settings
from episodes.database import connect
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from tests.quality.attack.beginnings import Beginnings
from tests.quality.attack.content import Content, content, differ, hits, unsound
from tests.quality.attack.ground import Attempt, Ground, Ran

POINTS = ("kills",)

SIGNS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
#: The exit codes of a process that such a signal ended, or that was at its end already: as Python tells them, and as documented.
ENDED = {signal.SIGKILL: {-9, 0}, signal.SIGTERM: {-15, 143, 0}, signal.SIGINT: {-2, 130, 0}}
#: At most so many kills in a row before the command may end.
MOST = 4
#: So many rows at most for each kill: where a busy machine was slow at first, moments come too late.
MISSES = 4
#: Seconds after which a process that was told to end counts as hung, and one that was not.
STUBBORN, HUNG = 60, 180
#: What SQLite keeps beside a catalog; it comes and goes.
PASSING = ("-wal", "-shm")


@dataclass(frozen=True)
class Work:
    """A command in the folder of its catalog, from what it begins, and what follows it; ``beside`` is a catalog that it writes."""

    name: str
    beginning: str
    words: tuple[str, ...]
    then: Callable[[Run], object] = lambda _run: None
    #: Ends of the run behind the kills that are right: 2 where there is nothing left to do, and the person is told.
    ends: tuple[int, ...] = (0,)
    beside: str = ""


WORKS = (
    Work("import", "nothing", ("import", "{files}/episodes.jsonl")),
    Work("articles", "imported", ("articles", "add", "{files}/articles.jsonl"), link_all),
    Work("link", "read", ("link",)),
    Work("update", "followed", ("update", "--allow-private")),
    Work("reindex", "linked", ("reindex",)),
    Work("backup", "linked", ("backup", "{home}/saved.db"), ends=(0, 2), beside="saved.db"),
    Work("restore", "nothing", ("restore", "{files}/saved.db"), ends=(0, 2)),
    Work("migration", "old", ("status",)),
)


@dataclass(frozen=True)
class Left:
    """What a command leaves behind."""

    content: Content
    beside: Content
    hits: list[str]
    unsound: list[str]
    files: set[str]

    def faults(self, of: Left) -> Iterator[str]:
        """How ``of``, which was killed, is unlike this."""
        yield from differ(self.content, of.content)
        yield from (f"in the backup: {one}" for one in differ(self.beside, of.beside))
        yield from (f"reindex --check: {one}" for one in of.unsound[:3])
        if self.hits != of.hits:
            yield f"other hits: {len(of.hits)} in place of {len(self.hits)}"
        if more := of.files - self.files:
            yield f"left lying about: {', '.join(sorted(more))}"
        if lost := self.files - of.files:
            yield f"not there: {', '.join(sorted(lost))}"


@dataclass(frozen=True)
class Kill:
    """One that hit: the signal, the moment as a part of the undisturbed run's time, and what the process left."""

    sign: signal.Signals
    moment: float
    ran: Ran

    def __str__(self) -> str:
        return f"{self.sign.name} at {self.moment:.0%}"

    def faults(self) -> Iterator[str]:
        """What is wrong about how the process ended; where Python was not ready yet, that is Python's own affair."""
        traced = "Traceback" in self.ran.err
        if traced and "/episodes/" not in self.ran.err and self.ran.last == "KeyboardInterrupt":
            return
        if self.ran.code not in ENDED[self.sign]:
            yield f"{self}: exit code {self.ran.code}: {self.ran.last[:200]}"
        if traced:
            yield f"{self}: a traceback: {self.ran.last[:200]}"


def attempts(on: Ground) -> Iterator[Attempt]:
    """``on.kills`` kills on each database, shared out evenly among the works."""
    results: SimpleQueue[Attempt | None] = SimpleQueue()
    stop = Event()

    def work(kind: str) -> None:
        try:
            for one in _on(on, kind):
                results.put(one)
                if stop.is_set():
                    return
        finally:
            results.put(None)

    with ThreadPoolExecutor(len(on.kinds)) as pool:  # processes do the work, and machines have two cores
        running = [pool.submit(work, kind) for kind in on.kinds]
        try:
            for _ in on.kinds:
                yield from iter(results.get, None)
        finally:
            stop.set()
        for one in running:
            one.result()


def _on(on: Ground, kind: str) -> Iterator[Attempt]:
    with ExitStack() as stack:
        beginnings = Beginnings.make(on, kind, stack)
        for number, work in enumerate(WORKS):
            share = on.kills // len(WORKS) + (number < on.kills % len(WORKS))
            yield from _Killed(on, kind, work, beginnings).attempts(share)


@dataclass
class _Killed:
    """One work on one database: the undisturbed run, then rows of kills. It does not decide which works there are."""

    on: Ground
    kind: str
    work: Work
    beginnings: Beginnings
    #: Seconds of an undisturbed run.
    duration: float = 0

    def attempts(self, share: int) -> Iterator[Attempt]:
        """So many kills that hit."""
        random, signs = self.on.random(f"kills {self.kind} {self.work.name}"), 0
        if not share:
            return
        expected = self._undisturbed()
        for _ in range(MISSES * share):
            if share <= 0:
                return
            moments = [random.random() for _ in range(min(share, random.randint(1, MOST)))]
            kills, faults = self._row(moments, expected, signs)
            signs, share = signs + len(kills), share - len(kills)
            row = f"{self.work.name}, " + ", ".join(map(str, kills))
            for number in range(len(kills)):
                yield Attempt("kills", f"{row} ({number + 1})", not faults, "; ".join(faults), self.kind)

    def _undisturbed(self) -> Left:
        with ExitStack() as stack:
            home, url = self._begin(stack)
            began = time.monotonic()
            ran = self.on.nir(*self._words(home), environment=self.on.environment(home, url), memory=8, seconds=HUNG)
            self.duration = time.monotonic() - began
            if ran.code:
                raise RuntimeError(f"{self.work.name} on {self.kind} fails undisturbed: {ran.out}{ran.err}")
            return self._left(home, url)

    def _row(self, moments: list[float], expected: Left, signs: int) -> tuple[list[Kill], list[str]]:
        """Kills at these moments, one after the other, then a run to the end: those that hit, and what was wrong afterwards."""
        kills: list[Kill] = []
        with ExitStack() as stack:
            home, url = self._begin(stack)
            environment = self.on.environment(home, url)
            for moment in moments:
                sign = SIGNS[(signs + len(kills)) % len(SIGNS)]
                began = time.monotonic()
                ran, hit = self._kill(self._words(home), environment, moment * self.duration, sign)
                if not hit:  # it was quicker this time
                    self.duration = min(self.duration, time.monotonic() - began) if not kills else self.duration
                    break
                kills.append(Kill(sign, moment, ran))
            last = self.on.nir(*self._words(home), environment=environment, memory=8, seconds=HUNG)
            faults = [one for kill in kills for one in kill.faults()]
            if last.code not in self.work.ends:
                faults.append(f"run again: exit code {last.code}: {last.last[:300]}")
            return kills, faults + list(expected.faults(self._left(home, url)))

    def _kill(
        self, words: list[str], environment: Mapping[str, str], after: float, sign: signal.Signals
    ) -> tuple[Ran, bool]:
        with self.on.start(*words, environment=environment, memory=8) as process:
            try:
                out, err = process.communicate(timeout=after)
            except subprocess.TimeoutExpired:
                process.send_signal(sign)
            else:
                return Ran(process.returncode, out, err), False
            try:
                out, err = process.communicate(timeout=STUBBORN)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                return Ran(None, out, err), True
            return Ran(process.returncode, out, err), True

    def _begin(self, stack: ExitStack) -> tuple[Path, str]:
        home = self.on.place(self.work.name)
        like = self.beginnings.at[self.work.beginning]
        return home, stack.enter_context(self.on.database(self.kind, home, like=like))

    def _words(self, home: Path) -> list[str]:
        return [word.format(home=home, files=self.beginnings.files) for word in self.work.words]

    def _left(self, home: Path, url: str) -> Left:
        engine = connect(url)
        settings = Settings.from_environment(self.on.environment(home, url))
        try:
            self.work.then(Run(engine, settings))
            files = {path.relative_to(home).as_posix() for path in home.rglob("*") if not path.name.endswith(PASSING)}
            queries = self.beginnings.queries
            return Left(content(engine), self._beside(home), hits(engine, queries), unsound(engine, settings), files)
        finally:
            engine.dispose()

    def _beside(self, home: Path) -> Content:
        file = home / self.work.beside
        if not (self.work.beside and file.exists()):
            return {}
        engine = connect(f"sqlite:///{file}")
        try:
            return content(engine)
        finally:
            engine.dispose()
