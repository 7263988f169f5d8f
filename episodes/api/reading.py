"""The reading methods of a catalog. Each reads rows and returns documents."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal

from sqlmodel import Session

from episodes.api import arguments
from episodes.catalog import alignments, articles, browsing, links, marks, shows, transcripts
from episodes.catalog import episodes as episode_rows
from episodes.catalog.overview import overview
from episodes.database import reading
from episodes.documents.alignment import AlignedParagraph
from episodes.documents.articles import Article, WholeArticle
from episodes.documents.episodes import ListedEpisode, WholeEpisode
from episodes.documents.links import Link
from episodes.documents.outcomes import Status
from episodes.documents.search import Answer
from episodes.documents.shows import Show
from episodes.documents.transcripts import Correction, DoubtfulMoment
from episodes.errors import Closed, NotFound
from episodes.redaction import redact_database_url
from episodes.values import LinkStatus
from transcripts.words import Transcript

if TYPE_CHECKING:
    from episodes import models
    from episodes.pipeline.run import Run


class CatalogReader:
    """The reading half of ``Catalog``; see there for the names that methods take."""

    def __init__(self, run: Run, *, read_only: bool = False) -> None:
        self._opened = run
        self._read_only = read_only
        self._closed = False

    def __repr__(self) -> str:
        """Name the database, without its password."""
        return f"<Catalog {redact_database_url(self._opened.database.url)}{' (closed)' if self._closed else ''}>"

    @property
    def _run(self) -> Run:
        if self._closed:
            raise Closed
        return self._opened

    def search(
        self,
        query: str,
        *,
        where: Literal["all", "said", "written"] = "all",
        show: str | None = None,
        after: date | str | None = None,
        before: date | str | None = None,
        limit: int = 10,
        context: int = 30,
    ) -> Answer:
        """Search what was said and written, in the query language of ``nir search``; return hits, best first.

        ``after`` is the first day, ``before`` the day after the last, each a date or "2024-05-31", "2024-05" or "2024". ``context`` is the
        number of words around what was found (1 to 120), ``limit`` the number of hits (1 to 1000). No query is refused: one that cannot
        be answered returns no hits and a note.

            >>> answer = catalog.search('"turning point"', where="written")
            >>> [(hit.title, hit.aligned.episode, hit.aligned.start) for hit in answer.hits]
            [('Nine to four: the council says yes to a new crossing', 'NiRsample12', 41.55)]

        Raises:
            Usage: an argument has an invalid value.
        """
        from episodes.pipeline.searching import searched

        asked = {
            "where": arguments.one_of("where", where, ("all", "said", "written")),
            "show": show and arguments.name(show),
            "after": arguments.day("after", after),
            "before": arguments.day("before", before),
            "limit": arguments.count("limit", limit, 1, 1000),
            "context": arguments.count("context", context, 1, 120),
        }
        with self._reading() as session:
            return Answer.of(*searched(session, arguments.text("query", query), **asked))

    def shows(self) -> list[Show]:
        """Return the followed shows. Raises no errors of its own."""
        with self._reading() as session:
            return [Show.of(row, count) for row, count in shows.listed(session)]

    def episodes(self, show: str | None = None, limit: int | None = None, offset: int = 0) -> list[ListedEpisode]:
        """Return the episodes, newest first; ``show`` is the title that they carry. Raises no errors of its own.

        >>> [episode.number for episode in catalog.episodes()]
        [None, 14, 13, 12]
        """
        with self._reading() as session:
            rows, _ = browsing.episodes(session, show=show, **_page(limit, offset))
            return ListedEpisode.all_of(session, rows)

    def episode(self, name: str | int) -> WholeEpisode:
        """Return all about an episode: its transcripts, links and corrections.

            >>> episode = catalog.episode("12")
            >>> episode.episode, episode.transcripts[0].source, episode.links[0].status
            ('NiRsample12', 'whisper', 'linked')

        Raises:
            NotFound: no episode has this name.
            Ambiguous: more than one has.
        """
        with self._reading() as session:
            return WholeEpisode.read(session, episode_rows.find(session, arguments.name(name)))

    def transcript(self, name: str | int) -> Transcript:
        """Return the transcript of an episode that is shown, with the times of its words.

            >>> catalog.transcript("12").segments[0].text
            'Welcome to News in Review, the programme that looks back at the week.'

        Raises:
            NotFound: no episode has this name, or it has no transcript.
            Ambiguous: more than one has.
        """
        with self._reading() as session:
            return self._words(session, name)[1]

    def export(self, name: str | int, form: Literal["txt", "md", "vtt", "srt", "tsv", "json"] = "txt") -> str:
        """Return an episode's transcript in a file format, as ``nir export`` writes it.

            >>> print(catalog.export("14", "vtt")[:6])
            WEBVTT

        Raises:
            NotFound: no episode has this name, or it has no transcript.
            Ambiguous: more than one has.
            Usage: there is no such format.
        """
        from episodes.pipeline.exporting import Format, export

        chosen = Format[arguments.one_of("form", form, [one.value for one in Format])]
        stream = StringIO()
        with self._reading() as session:
            export(session, *self._words(session, name), chosen, stream)
        return stream.getvalue()

    def alignment(self, name: str | int) -> list[AlignedParagraph]:
        """Return which paragraphs of an episode's articles were said, and when.

            >>> [(one.paragraph, one.kind, round(one.start)) for one in catalog.alignment("12")][:2]
            [(0, 'paraphrase', 11), (0, 'quote', 42)]

        Raises:
            NotFound: no episode has this name.
            Ambiguous: more than one has.
        """
        with self._reading() as session:
            row = episode_rows.find(session, arguments.name(name))
            return [AlignedParagraph.of(one, row.url) for one in alignments.of_episode(session, row.id or 0)]

    def articles(self, limit: int | None = None, offset: int = 0) -> list[Article]:
        """Return the articles, newest first. Raises no errors of its own.

        >>> [article.title for article in catalog.articles(limit=1)]
        ['Twenty past six, for ever']
        """
        with self._reading() as session:
            rows, _ = browsing.articles(session, **_page(limit, offset))
            return Article.all_of(session, rows)

    def article(self, url: str) -> WholeArticle:
        """Return all about an article: its paragraphs, each with when it was said, and its episodes. Any of its addresses will do.

        Raises:
            NotFound: no article has this address.
        """
        with self._reading() as session:
            return WholeArticle.read(session, articles.find(session, arguments.name(url)))

    def links(
        self,
        status: Literal["linked", "proposed", "confirmed", "rejected"] | None = None,
        episode: str | int | None = None,
    ) -> list[Link]:
        """Return links with their evidence, those of the newest episode first; of one status or one episode, if given.

            >>> [(link.episode, link.article_title) for link in catalog.links("linked")][:1]
            [('NiRsample15', 'Twenty past six, for ever')]

        Raises:
            Usage: there is no such status.
            NotFound: no episode has this name.
            Ambiguous: more than one has.
        """
        with self._reading() as session:
            number = episode_rows.find(session, arguments.name(episode)).id if episode else None
            wanted = arguments.one_of("status", status, [one.value for one in LinkStatus]) if status else ""
            return [Link.of(one) for one in links.listed(session, status=wanted, episode_id=number)]

    def marks(self, episode: str | int | None = None, kind: str = "", *, kept: bool = False) -> list[DoubtfulMoment]:
        """Return the moments at which transcripts are doubted, for one kind of reason if given; ``kept``: also those not shown.

        Raises:
            NotFound: no episode has this name.
            Ambiguous: more than one has.
        """
        with self._reading() as session:
            number = episode_rows.find(session, arguments.name(episode)).id if episode else None
            return [DoubtfulMoment.of(one) for one in marks.listed(session, episode_id=number, kind=kind, kept=kept)]

    def corrections(self, episode: str | int | None = None) -> list[Correction]:
        """Return what was corrected in transcripts, including what was undone.

        Raises:
            NotFound: no episode has this name.
            Ambiguous: more than one has.
        """
        with self._reading() as session:
            return Correction.all_of(
                session, episode_rows.find(session, arguments.name(episode)).id if episode else None
            )

    def status(self) -> Status:
        """Return what the catalog holds, in numbers, and what waits or failed. Raises no errors of its own."""
        with self._reading() as session:
            return Status.of(*overview(session))

    def _reading(self) -> AbstractContextManager[Session]:
        return reading(self._run.database)

    @staticmethod
    def _words(session: Session, name: str | int) -> tuple[models.Episode, Transcript]:
        row = episode_rows.find(session, arguments.name(name))
        shown = transcripts.shown(session, row.id or 0)
        if shown is None:
            raise NotFound(row.key, "it has no transcript yet; `nir update` makes one")
        return row, transcripts.load(session, shown)


def _page(limit: int | None, offset: int) -> dict[str, Any]:
    """Return the checked bounds of a list."""
    most = None if limit is None else arguments.count("limit", limit, 0)
    return {"limit": most, "offset": arguments.count("offset", offset, 0)}
