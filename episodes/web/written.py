"""An article's paragraphs as a page shows them: each with the moments at which it was said, and the transcript's lines that answer it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from episodes.alignment.difference import Change
from episodes.catalog.alignments import Passage
from episodes.catalog.links import Linked
from episodes.models import Episode, Paragraph
from episodes.pipeline.passages import misquotes
from episodes.search.highlights import highlights
from episodes.values import AlignmentKind
from episodes.web import addresses
from episodes.web.marking import Piece, pieces
from episodes.web.spoken import Line

#: A line that a place touches for less than so many seconds does not answer it: times of words are not that exact.
TOUCH = 0.3
#: What is said so many seconds before or after all lines is not among them.
FAR = 600.0

#: First and last line of a transcript, counted from 0.
Lines = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """A moment at which a paragraph, or a part of it, was said.

    ``href`` leads to that second of its episode with the paragraph beside, ``back`` the same way to the paragraph. ``exact``: in these
    words, else in others. ``changes``: how a quotation differs. ``lines`` are those of the transcript on the same page, if it is there.
    """

    start: float
    href: str
    back: str
    episode: Episode
    exact: bool
    changes: tuple[Change, ...]
    lines: Lines | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some text of a paragraph; where it was said word for word, ``lines`` has where. ``quoted`` says that it was."""

    pieces: list[Piece]
    quoted: bool = False
    lines: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A paragraph; ``anchor`` is its id on the page, ``lines`` all lines that answer it ("3-5 12-12"), ``here``: it was asked for."""

    part: Paragraph
    anchor: str
    stretches: list[Stretch]
    spots: list[Spot]
    here: bool = False

    @property
    def lines(self) -> str:
        """For the page's script."""
        return _joined([spot.lines for spot in self.spots])

    @property
    def marked(self) -> bool:
        """Whether it has words that were looked for."""
        return any(piece.marked for stretch in self.stretches for piece in stretch.pieces)


@dataclass(frozen=True, slots=True)
class Told:
    """An article beside a transcript: its link, and its paragraphs."""

    linked: Linked
    paragraphs: list[Written]

    @property
    def said(self) -> int:
        """How many of its paragraphs were said."""
        return sum(bool(one.spots) for one in self.paragraphs)


def written(
    parts: Sequence[Paragraph],
    passages: Sequence[Passage],
    episodes: Mapping[int, Episode],
    *,
    words: str = "",
    lines: Sequence[Line] = (),
    here: addresses.Beside | None = None,
    beside: bool = False,
) -> list[Written]:
    """The paragraphs of one article, ``words`` marked; ``passages`` are its places, ``episodes`` what each of their links leads to.

    ``beside``: they stand beside a transcript, of which ``lines`` are the lines; there may be another article on the page.
    """
    marked = highlights(words, [part.text for part in parts])
    made = []
    for part, marks in zip(parts, marked, strict=True):
        own = [one for one in passages if one.place.paragraph == part.position and one.place.link_id in episodes]
        name = (part.article_id, part.position)
        spots = [_spot(one, episodes[one.place.link_id], name, words, lines) for one in _in_order(own)]
        anchor = f"p-{addresses.name(name)}" if beside else f"p-{part.position}"
        made.append(Written(part, anchor, _stretches(part.text, marks, own, lines), spots, name == here))
    return made


def answers(told: Sequence[Told]) -> Mapping[int, list[tuple[Told, Written, Spot]]]:
    """For each line of the transcript at which a place begins, what is written about it; a paragraph is named once a line."""
    found: defaultdict[int, list[tuple[Told, Written, Spot]]] = defaultdict(list)
    for article in told:
        for paragraph in article.paragraphs:
            for first in dict.fromkeys(spot.lines[0] for spot in paragraph.spots if spot.lines):
                spot = next(one for one in paragraph.spots if one.lines and one.lines[0] == first)
                found[first].append((article, paragraph, spot))
    return found


def _in_order(passages: Sequence[Passage]) -> list[Passage]:
    """By time, and of several at one time the one in the same words only."""
    ordered = sorted(passages, key=lambda one: (one.place.start, one.place.kind != AlignmentKind.QUOTE))
    taken: set[tuple[int, int]] = set()
    kept = []
    for one in ordered:
        at = (one.place.link_id, addresses.second(one.place.start))
        if at not in taken or misquotes(one):
            kept.append(one)
        taken.add(at)
    return kept


def _spot(one: Passage, episode: Episode, name: addresses.Beside, words: str, lines: Sequence[Line]) -> Spot:
    start = one.place.start
    return Spot(
        start,
        addresses.of_episode(episode.key, at=start, words=words, beside=name),
        addresses.of_episode(episode.key, at=start, words=words, beside=name, written=True),
        episode,
        one.place.kind == AlignmentKind.QUOTE,
        tuple(misquotes(one)),
        touched(lines, start, one.place.end),
    )


def touched(lines: Sequence[Line], start: float, end: float) -> Lines | None:
    """The lines that are spoken between two seconds; at least the one that is begun or running then, if there is any."""
    if not lines:
        return None
    if end < lines[0].start - FAR or start > lines[-1].end + FAR:
        return None  # on another stretch of a long transcript
    starts = [line.start for line in lines]
    first = max(0, bisect_right(starts, start) - 1)
    last = max(first, bisect_left(starts, end) - 1)
    while first < last and lines[first].end - start < TOUCH:
        first += 1
    while last > first and end - lines[last].start < TOUCH:
        last -= 1
    return first, last


def _stretches(
    text: str, marks: Sequence[tuple[int, int]], passages: Sequence[Passage], lines: Sequence[Line]
) -> list[Stretch]:
    """The text in order, cut where something that was said word for word begins and ends."""
    quotes: dict[tuple[int, int], list[Lines | None]] = {}
    for one in passages:
        if one.place.kind == AlignmentKind.QUOTE:
            where = touched(lines, one.place.start, one.place.end)
            quotes.setdefault((one.place.begin, min(one.place.until, len(text))), []).append(where)
    made, at = [], 0
    for (begin, until), places in sorted(quotes.items()):
        if begin < at or begin >= until:
            continue  # a part of one that is shown already
        made += [_plain(text, marks, at, begin), Stretch(_cut(text, marks, begin, until), True, _joined(places))]
        at = until
    made.append(_plain(text, marks, at, len(text)))
    return [stretch for stretch in made if stretch.pieces]


def _plain(text: str, marks: Sequence[tuple[int, int]], begin: int, until: int) -> Stretch:
    return Stretch(_cut(text, marks, begin, until))


def _cut(text: str, marks: Sequence[tuple[int, int]], begin: int, until: int) -> list[Piece]:
    inside = [
        (max(low, begin) - begin, min(high, until) - begin) for low, high in marks if low < until and high > begin
    ]
    return pieces(text[begin:until], inside)


def _joined(lines: Sequence[Lines | None]) -> str:
    return " ".join(dict.fromkeys(f"{first}-{last}" for first, last in filter(None, lines)))
