"""How good search is, in a table with floors: ``python -m tests.quality.search [FOLDER]``. Gives 1 when a floor is broken.

The recap show is imported into a catalog of its own, by the same code as ``nir import``. The questions are the titles of its gold moments
with four words or more, typed as they stand. *first*: the share whose first hit is of the right episode. *moment*: the share for which one
of the first ten hits is within a minute of the right second, in the right episode. Several moments have one title ("Bitcoin Core 24.0
RC2" is spoken of in three episodes): each such title is one question here, and each of its places is right; *each* counts every gold
moment for itself instead, where only one episode can be first. *bare* is the plain FTS5 query that a first try would be: any of the words
over the same passages, ordered by bm25. *said and written* has the articles, too, linked as ``nir link`` does;
*with other side* counts the minute, too, to which a paragraph that was found leads, as ``nir search`` shows it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session

from episodes.config import Settings
from episodes.database import connect, reading
from episodes.migrations import migrate
from episodes.pipeline.adding_articles import add_articles
from episodes.pipeline.aligning import align_all
from episodes.pipeline.importing import import_paths
from episodes.pipeline.linking import link_all
from episodes.pipeline.run import Run
from episodes.pipeline.searching import searched
from episodes.search.find import find
from episodes.search.tokenizer import tokens
from episodes.values import Transcribe
from tests.quality import recap

FIRST, WITHIN, WORDS = 10, 60.0, 4


@dataclass(frozen=True)
class Place:
    """An episode by its key, and a second in it."""

    episode: str | None
    start: float | None


@dataclass(frozen=True)
class Question:
    """A title, and where it is spoken of."""

    words: str
    right: tuple[Place, ...]


@dataclass(frozen=True)
class Figures:
    """What was measured of one way to search."""

    questions: int
    first: float
    moment: float
    milliseconds: float


@dataclass(frozen=True)
class Floor:
    """The least that will do. Raising is free, lowering needs a reason in the commit."""

    first: float
    moment: float


FLOORS = {
    "said": Floor(first=0.94, moment=0.985),
    "said, each": Floor(first=0.925, moment=0.98),
    "said and written": Floor(first=0.975, moment=0.97),
    "with other side": Floor(first=0.975, moment=0.985),
}

Search = Callable[[Session, str], Sequence[Place]]


def gold(folder: Path) -> list[tuple[str, Place]]:
    """The titles of the gold moments, and where each is spoken of."""
    with (folder / "passages.jsonl").open(encoding="utf-8") as lines:
        return [(one["title"], Place(one["episode"], one["start"])) for one in map(json.loads, lines)]


def questions(titles: Iterable[tuple[str, Place]]) -> list[Question]:
    """One for each title of at least ``WORDS`` words."""
    places: dict[str, list[Place]] = {}
    for title, place in titles:
        if len(title.split()) >= WORDS:
            places.setdefault(title, []).append(place)
    return [Question(title, tuple(right)) for title, right in places.items()]


def each(asked: Sequence[Question]) -> list[Question]:
    """Every place as a question of its own."""
    return [Question(one.words, (place,)) for one in asked for place in one.right]


def measured(session: Session, asked: Sequence[Question], search: Search) -> Figures:
    """Ask all questions and compare with what is right."""
    start = time.process_time()
    answers = [search(session, one.words)[:FIRST] for one in asked]
    seconds = time.process_time() - start
    return Figures(
        questions=len(asked),
        first=sum(is_first(found, one) for found, one in zip(answers, asked, strict=True)) / len(asked),
        moment=sum(is_there(found, one) for found, one in zip(answers, asked, strict=True)) / len(asked),
        milliseconds=seconds / len(asked) * 1000,
    )


def is_first(found: Sequence[Place], one: Question) -> bool:
    """Whether the first hit is of a right episode."""
    return bool(found) and found[0].episode in {place.episode for place in one.right}


def is_there(found: Sequence[Place], one: Question) -> bool:
    """Whether a right moment is among what was found."""
    return any(
        hit.episode == place.episode and abs(hit.start - (place.start or 0)) <= WITHIN
        for hit in found
        if hit.start is not None
        for place in one.right
    )


def of_ours(where: str) -> Search:
    """Our search on one side or both."""

    def search(session: Session, words: str) -> Sequence[Place]:
        return [Place(hit.episode, hit.start) for hit in find(session, words, where=where, limit=FIRST).hits]  # type: ignore[arg-type]

    return search


def of_both(session: Session, words: str) -> Sequence[Place]:
    """Our search with the other side of each hit: a paragraph that was found leads to the minute in which it was said."""
    _, found = searched(session, words, limit=FIRST)
    return [
        Place(met.hit.episode, met.hit.start if met.hit.source == "said" else met.counterpart and met.counterpart.start)
        for met in found
    ]


def bare(session: Session, words: str) -> Sequence[Place]:
    """The plain FTS5 query."""
    statement = text(
        """SELECT episode.key, passage.start FROM passage_index JOIN passage ON passage.id = passage_index.rowid
           JOIN transcript ON transcript.id = passage.transcript_id JOIN episode ON episode.id = transcript.episode_id
           WHERE passage_index MATCH :words ORDER BY bm25(passage_index) LIMIT :first"""
    )
    typed = " OR ".join(f'"{token.stem}"' for token in tokens(words))
    return [Place(*row) for row in session.connection().execute(statement, {"words": typed, "first": FIRST})]


def catalog(home: Path, folder: Path) -> Engine:
    """A catalog in ``home`` with the show's episodes."""
    settings = Settings.of_home(home)
    engine = connect(settings.database_url)
    migrate(engine)
    failed = [
        one
        for one in import_paths(Run(engine, settings, transcribe=Transcribe.NEVER), [folder / "episodes.jsonl"])
        if one.state == "failed"
    ]
    assert not failed, failed
    return engine


def write(engine: Engine, home: Path, folder: Path) -> None:
    """The show's articles beside its episodes, linked."""
    run = Run(engine, Settings.of_home(home))
    failed = [one for one in add_articles(run, [str(folder / "articles.jsonl")]) if one.state == "failed"]
    assert not failed, failed
    link_all(run)
    align_all(run)


def broken(name: str, figures: Figures) -> list[str]:
    """The floors that the figures break, in words."""
    floor = FLOORS.get(name, Floor(0, 0))
    low = [key for key in ("first", "moment") if getattr(figures, key) < getattr(floor, key)]
    return [f"{name}: {key} {getattr(figures, key):.3f} < {getattr(floor, key):.3f}" for key in low]


def main(folder: Path) -> int:
    """Print the table; 1 when a floor is broken."""
    if not folder.is_dir():
        print(recap.ABSENT)
        return 1
    asked = questions(gold(folder))
    print(f"{'':18}  questions  first  moment  ms")
    complaints: list[str] = []

    def row(name: str, session: Session, of: Sequence[Question], search: Search) -> None:
        f = measured(session, of, search)
        print(f"{name:18}  {f.questions:9}  {f.first:5.3f}  {f.moment:6.3f}  {f.milliseconds:.0f}", flush=True)
        complaints.extend(broken(name, f))

    with tempfile.TemporaryDirectory() as home:
        engine = catalog(Path(home), folder)
        with reading(engine) as session:
            row("bare", session, asked, bare)
            row("bare, each", session, each(asked), bare)
            row("said", session, asked, of_ours("said"))
            row("said, each", session, each(asked), of_ours("said"))
        write(engine, Path(home), folder)
        with reading(engine) as session:
            row("said and written", session, asked, of_ours("all"))
            row("with other side", session, asked, of_both)
        engine.dispose()
    print("\n".join(complaints) or "all floors hold")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else recap.FOLDER))
