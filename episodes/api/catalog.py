"""The working methods of a catalog. Each calls the pipeline; rules belong there, not here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from episodes.api import arguments
from episodes.api.reading import CatalogReader
from episodes.catalog import links, shows
from episodes.database import writing
from episodes.documents.links import LinkCounts
from episodes.documents.shows import Glossary, Show
from episodes.documents.transcripts import Correction
from episodes.errors import NotAllowed
from episodes.pipeline.run import Run
from episodes.values import LinkStatus, Outcome

AnyPath = str | os.PathLike[str]


class Catalog(CatalogReader):
    """A catalog of what was said and what was written. ``open_catalog`` makes one; a ``with`` block, or ``close``, closes it.

        >>> for hit in catalog.search("harbour bridge", where="said").hits:
        ...     print(hit.start, hit.title, "|", hit.aligned.title)
        11.4 News in Review – Episode 12: The harbour bridge | Nine to four: the council says yes to a new crossing

    A method that returns ``Iterator[Outcome]`` works while it is iterated and does nothing before: write ``list(catalog.update())``, or a
    loop that looks at each outcome. Each outcome is committed before it is yielded. A failed item is an outcome, not an exception.

    Any method may raise ``DatabaseUnreachable``, and ``Closed`` once the catalog is; one that writes, also ``DiskFull`` and ``NotAllowed``.
    A name of an episode is its key, its number, its address or words of its title; a name of a show is its number, title or address.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and end the speech engine's process; every other method then raises ``Closed``.

        Raises nothing; a second call does nothing.
        """
        self._closed = True
        self._opened.database.dispose()
        engine = vars(self._opened).pop("engine", None)  # a cached property: there only once it was used
        if hasattr(engine, "close"):
            engine.close()

    @property
    def _writer(self) -> Run:
        """What a method works with that changes the catalog."""
        if self._read_only:
            raise NotAllowed(self._opened.database.url.database or "", "the catalog was opened with read_only=True")
        return self._run

    def follow(self, url: str, *, title: str = "", match: str = "") -> Show:
        """Follow a channel, playlist or feed; ``update`` fetches its episodes. ``match`` is a regular expression for their titles.

        Raises:
            Usage: ``match`` is not a regular expression.
        """
        with writing(self._writer.database) as session:
            row, _ = shows.add(session, url.strip(), title=title, match=match, now=self._writer.now())
            return Show.of(row, episodes={one.id: count for one, count in shows.listed(session)}[row.id])

    def unfollow(self, show: str) -> None:
        """Follow a show no longer; its episodes stay.

        Raises:
            NotFound: no show has this name.
        """
        with writing(self._writer.database) as session:
            shows.remove(session, shows.find(session, show))

    def update(self, show: str = "") -> Iterator[Outcome]:
        """List the followed shows, or one; fetch what is new; transcribe, link and index it.

        Raises:
            NotFound: no show has this name.
            ModelError: the Whisper model cannot be loaded, and nothing else could be done.
        """
        from episodes.pipeline.update import update

        return update(self._writer, show)

    def retry(self, show: str = "") -> Iterator[Outcome]:
        """Try again what failed, however often it did. Raises as ``update`` does."""
        from episodes.pipeline.update import retry

        return retry(self._writer, show)

    def transcribe(self, *episodes: str | int) -> Iterator[Outcome]:
        """Transcribe these episodes with Whisper now, even those that have a transcript; earlier ones are kept.

        Raises:
            NotFound: no episode has one of the names.
            Ambiguous: more than one has.
            ModelError: the Whisper model cannot be loaded.
        """
        from episodes.pipeline.transcription import transcribe_episodes

        return transcribe_episodes(self._writer, [arguments.name(one) for one in episodes])

    def import_paths(self, *paths: AnyPath) -> Iterator[Outcome]:
        """Import episodes from files and folders: yt-dlp's info.json with what lies beside it, JSON lines, CSV, feeds.

            >>> [outcome.state.value for outcome in catalog.import_paths(folder / "more.jsonl")]
            ['done']

        What cannot be read is a failed outcome. Raises no errors of its own.
        """
        from episodes.pipeline.importing import import_paths

        return import_paths(self._writer, map(Path, paths))

    def add_articles(self, *targets: AnyPath) -> Iterator[Outcome]:
        """Read articles from addresses, files and folders; the address of a whole site is followed from then on.

        What cannot be read is a failed outcome. Raises no errors of its own.
        """
        from episodes.pipeline.adding_articles import add_articles

        return add_articles(self._writer, [os.fspath(one) for one in targets])

    def link(self, *, anew: bool = False) -> LinkCounts:
        """Link episodes and articles that are new or changed (``anew``: all), then align them.

            >>> catalog.link().linked
            3

        Raises:
            Contended: other runs link all the time.
        """
        from episodes.pipeline.linking import link_all

        return LinkCounts(**link_all(self._writer, anew=anew))

    def confirm(self, *ids: int) -> None:
        """Decide that these links are right, by their ids; no later run changes that.

        Raises:
            NotFound: there is no link with one of the ids; then nothing is changed.
        """
        self._decide(ids, LinkStatus.CONFIRMED)

    def reject(self, *ids: int) -> None:
        """Decide that these links are wrong; no later run makes them again.

        Raises:
            NotFound: there is no link with one of the ids; then nothing is changed.
        """
        self._decide(ids, LinkStatus.REJECTED)

    def reopen(self, *ids: int) -> None:
        """Take decisions on these links back; the next ``link`` decides anew.

        Raises:
            NotFound: there is no link with one of the ids; then nothing is changed.
        """
        with writing(self._writer.database) as session:
            for number in arguments.ids(ids):
                links.take_back(session, number)

    def correct(self, episode: str | int, heard: str, right: str, at: float | None = None) -> Correction:
        """Replace what was misheard in an episode, everywhere or next to the second ``at``; search finds it at once.

        Raises:
            NotFound: no episode has this name.
            WordsNotFound: the words are not in its transcript, or not there.
            Usage: both are the same, or one is empty.
        """
        from episodes.pipeline.correcting import correct

        number = correct(self._writer, arguments.name(episode), heard, right, at).id
        return next(one for one in self.corrections(episode) if one.id == number)

    def undo_corrections(self, *ids: int) -> None:
        """Undo corrections; no later run makes them again.

        Raises:
            NotFound: there is no correction with one of the ids; then nothing is changed.
        """
        from episodes.pipeline.correcting import undo

        undo(self._writer, arguments.ids(ids))

    def glossary(self, show: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Glossary:
        """Return the names that a show speaks of, after changing them; transcripts are corrected by them.

        Raises:
            NotFound: no show has this name.
            Usage: what is added is not a name.
        """
        from episodes.pipeline.correcting import change_glossary, glossary_of

        changed = change_glossary(self._writer, show, add=add, remove=remove) if add or remove else None
        return Glossary.of(changed or glossary_of(self._run, show))

    def use(self, episode: str | int, transcript: str = "") -> None:
        """Show this transcript of an episode ("whisper small.en") from now on; "": the one that the rule chooses.

        Raises:
            NotFound: no episode has this name, or it has no such transcript.
            Ambiguous: more than one has.
        """
        from episodes.pipeline.correcting import use

        use(self._writer, arguments.name(episode), transcript)

    def reindex(self) -> None:
        """Make the search index anew. Raises no errors of its own."""
        from episodes.pipeline.indexing import reindex

        reindex(self._writer)

    def backup(self, file: AnyPath) -> int:
        """Write the whole catalog into a new file; return the number of rows.

        Raises:
            Usage: the file exists.
        """
        from episodes.pipeline.backups import backup

        return backup(self._run.database, Path(file))

    def _decide(self, ids: Sequence[int], status: LinkStatus) -> None:
        from episodes.pipeline.link_decisions import decide

        decide(self._writer, arguments.ids(ids), status)
