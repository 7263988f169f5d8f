"""Write an episode as Markdown: title, articles, transcript with times."""

from __future__ import annotations

from typing import TextIO

from sqlmodel import Session

from episodes.catalog import alignments, links
from episodes.catalog.marks import moments
from episodes.models import Episode
from episodes.urls import deep_link
from transcripts.clock import short_clock
from transcripts.text import first_words
from transcripts.turns import turns
from transcripts.words import Transcript

#: Words of a paragraph that are shown to identify it.
BEGINNING = 12


def write_markdown(session: Session, episode: Episode, words: Transcript, stream: TextIO) -> None:
    """Write title, date, URL, linked articles with the times of their paragraphs, and the transcript in turns with times."""
    stream.write(f"# {episode.title}\n\n")
    about = [str(part) for part in (episode.show_title, episode.published, episode.url) if part]
    stream.write(" · ".join(about) + "\n\n" if about else "")
    places = alignments.of_episode(session, episode.id or 0)
    for one in links.listed(session, episode_id=episode.id):
        if one.holds:
            stream.write(f"Article: [{one.article.title}]({one.article.url})\n\n")
            own = [place for place in places if place.article.id == one.article.id]
            stream.writelines(
                f"- {_moment(episode.url, place.span.start)} {first_words(place.text, BEGINNING)}\n" for place in own
            )
            stream.write("\n" if own else "")
    for turn in turns(words.segments):
        name = f"{turn[0].speaker}: " if turn[0].speaker else ""
        text = " ".join(segment.text for segment in turn)
        stream.write(f"**{_moment(episode.url, turn[0].start)}** {name}{text}\n\n")
    _write_doubts(episode, words, stream)


def _write_doubts(episode: Episode, words: Transcript, stream: TextIO) -> None:
    """Write the moments with quality marks, and why; at the end, where they do not disturb reading."""
    doubted = list(moments(words.segments))
    if doubted:
        stream.write("## Doubtful\n\n")
    stream.writelines(
        f"- {_moment(episode.url, start)} {'; '.join(mark.detail for mark in marks)}\n"
        for start, _, _, _, marks in doubted
    )


def _moment(url: str, seconds: float) -> str:
    clock = short_clock(seconds)
    return f"[{clock}]({deep_link(url, seconds)})" if url else clock
