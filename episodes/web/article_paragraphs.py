"""Prepare an article's paragraphs for a page: when each was said, and which transcript lines it matches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from episodes.alignment.difference import Change
from episodes.catalog.alignments import AlignedParagraph
from episodes.catalog.links import Linked
from episodes.models import Episode, Paragraph
from episodes.pipeline.misquotes import misquotes
from episodes.search.highlights import highlights
from episodes.values import AlignmentKind
from episodes.web import addresses
from episodes.web.highlighting import Piece, pieces
from episodes.web.transcript_lines import TranscriptLine

#: Minimum overlap in seconds between an aligned span and a line: word times are not more exact than this.
MIN_OVERLAP = 0.3
#: A span this many seconds outside all lines belongs to another part of the transcript.
MAX_GAP = 600.0

#: First and last line, counted from 0.
LineRange = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SpokenMoment:
    """A moment when a paragraph, or a part of it, was said.

    ``href`` leads to that second of the episode with the paragraph beside it, ``paragraph_href`` to the same page at
    the paragraph. ``exact``: said in these words, otherwise paraphrased. ``changes``: how a quotation differs.
    ``lines``: the transcript lines, if the transcript is on the page.
    """

    start: float
    href: str
    paragraph_href: str
    episode: Episode
    exact: bool
    changes: tuple[Change, ...]
    lines: LineRange | None


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of a paragraph's text. ``quoted``: it was said word for word, in these ``lines``."""

    pieces: list[Piece]
    quoted: bool = False
    lines: str = ""


@dataclass(frozen=True, slots=True)
class PageParagraph:
    """A paragraph of an article.

    ``anchor``: its element id. ``lines``: all matching transcript lines ("3-5 12-12"). ``selected``: named by the URL.
    """

    row: Paragraph
    anchor: str
    runs: list[TextRun]
    moments: list[SpokenMoment]
    selected: bool = False

    @property
    def lines(self) -> str:
        """Return all line ranges for the page's script."""
        return _joined([moment.lines for moment in self.moments])

    @property
    def highlighted(self) -> bool:
        """Return True if it contains highlighted words."""
        return any(piece.highlighted for run in self.runs for piece in run.pieces)


@dataclass(frozen=True, slots=True)
class PairedArticle:
    """An article shown beside a transcript: its link and its paragraphs."""

    linked: Linked
    paragraphs: list[PageParagraph]

    @property
    def spoken_count(self) -> int:
        """Count the paragraphs that were said."""
        return sum(bool(one.moments) for one in self.paragraphs)


def page_paragraphs(
    parts: Sequence[Paragraph],
    passages: Sequence[AlignedParagraph],
    episodes: Mapping[int, Episode],
    *,
    words: str = "",
    lines: Sequence[TranscriptLine] = (),
    selected: addresses.ParagraphRef | None = None,
    paired: bool = False,
) -> list[PageParagraph]:
    """Prepare the paragraphs of one article, with ``words`` highlighted.

    ``passages`` are the article's aligned spans, ``episodes`` maps link ids to their episodes. ``paired``: the article
    stands beside a transcript with these ``lines``, and there may be another article on the page, so anchors contain
    the article's id.
    """
    all_spans = highlights(words, [row.text for row in parts])
    made = []
    for row, spans in zip(parts, all_spans, strict=True):
        own = [one for one in passages if one.span.paragraph == row.position and one.span.link_id in episodes]
        name = (row.article_id, row.position)
        moments = [_moment(one, episodes[one.span.link_id], name, words, lines) for one in _by_time(own)]
        anchor = f"p-{addresses.ref_name(name)}" if paired else f"p-{row.position}"
        made.append(PageParagraph(row, anchor, _runs(row.text, spans, own, lines), moments, name == selected))
    return made


def paragraphs_by_line(
    articles: Sequence[PairedArticle],
) -> Mapping[int, list[tuple[PairedArticle, PageParagraph, SpokenMoment]]]:
    """Map each transcript line where an aligned span begins to what is written about it.

    A paragraph occurs once per line.
    """
    found: defaultdict[int, list[tuple[PairedArticle, PageParagraph, SpokenMoment]]] = defaultdict(list)
    for article in articles:
        for paragraph in article.paragraphs:
            for first in dict.fromkeys(moment.lines[0] for moment in paragraph.moments if moment.lines):
                moment = next(one for one in paragraph.moments if one.lines and one.lines[0] == first)
                found[first].append((article, paragraph, moment))
    return found


def _by_time(passages: Sequence[AlignedParagraph]) -> list[AlignedParagraph]:
    """Sort by time; of several spans at the same second keep only the verbatim one, and misquotes."""
    ordered = sorted(passages, key=lambda one: (one.span.start, one.span.kind != AlignmentKind.QUOTE))
    taken: set[tuple[int, int]] = set()
    kept = []
    for one in ordered:
        at = (one.span.link_id, addresses.second(one.span.start))
        if at not in taken or misquotes(one):
            kept.append(one)
        taken.add(at)
    return kept


def _moment(
    one: AlignedParagraph, episode: Episode, name: addresses.ParagraphRef, words: str, lines: Sequence[TranscriptLine]
) -> SpokenMoment:
    start = one.span.start
    return SpokenMoment(
        start,
        addresses.of_episode(episode.key, at=start, words=words, paragraph=name),
        addresses.of_episode(episode.key, at=start, words=words, paragraph=name, to_paragraph=True),
        episode,
        one.span.kind == AlignmentKind.QUOTE,
        tuple(misquotes(one)),
        lines_between(lines, start, one.span.end),
    )


def lines_between(lines: Sequence[TranscriptLine], start: float, end: float) -> LineRange | None:
    """Return the lines spoken between two seconds, at least the one begun or running then; None without lines."""
    if not lines:
        return None
    if end < lines[0].start - MAX_GAP or start > lines[-1].end + MAX_GAP:
        return None  # in another part of a long transcript
    starts = [line.start for line in lines]
    first = max(0, bisect_right(starts, start) - 1)
    last = max(first, bisect_left(starts, end) - 1)
    while first < last and lines[first].end - start < MIN_OVERLAP:
        first += 1
    while last > first and end - lines[last].start < MIN_OVERLAP:
        last -= 1
    return first, last


def _runs(
    text: str, spans: Sequence[tuple[int, int]], passages: Sequence[AlignedParagraph], lines: Sequence[TranscriptLine]
) -> list[TextRun]:
    """Split the text where a verbatim part begins and ends."""
    quotes: dict[tuple[int, int], list[LineRange | None]] = {}
    for one in passages:
        if one.span.kind == AlignmentKind.QUOTE:
            where = lines_between(lines, one.span.start, one.span.end)
            quotes.setdefault((one.span.begin, min(one.span.until, len(text))), []).append(where)
    made, at = [], 0
    for (begin, until), places in sorted(quotes.items()):
        if begin < at or begin >= until:
            continue  # overlaps one that is shown already
        made += [_plain(text, spans, at, begin), TextRun(_cut(text, spans, begin, until), True, _joined(places))]
        at = until
    made.append(_plain(text, spans, at, len(text)))
    return [run for run in made if run.pieces]


def _plain(text: str, spans: Sequence[tuple[int, int]], begin: int, until: int) -> TextRun:
    return TextRun(_cut(text, spans, begin, until))


def _cut(text: str, spans: Sequence[tuple[int, int]], begin: int, until: int) -> list[Piece]:
    inside = [
        (max(low, begin) - begin, min(high, until) - begin) for low, high in spans if low < until and high > begin
    ]
    return pieces(text[begin:until], inside)


def _joined(lines: Sequence[LineRange | None]) -> str:
    return " ".join(dict.fromkeys(f"{first}-{last}" for first, last in filter(None, lines)))
