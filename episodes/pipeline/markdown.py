"""An episode as Markdown: what it is, its articles, its words with times."""

from __future__ import annotations

from typing import TextIO

from sqlmodel import Session

from episodes.catalog import alignments, links
from episodes.catalog.marks import moments
from episodes.models import Episode
from episodes.search.deep_link import deep_link
from transcripts.clock import short_clock
from transcripts.text import first_words
from transcripts.words import Transcript

#: Seconds of silence, or a change of speaker, begin a new paragraph.
PAUSE = 2.0
#: Words of a paragraph that name it.
BEGINNING = 12


def write_markdown(session: Session, episode: Episode, words: Transcript, stream: TextIO) -> None:
    """Write title, date, address, linked articles with where they were said, and the transcript in paragraphs with their times."""
    stream.write(f"# {episode.title}\n\n")
    about = [str(part) for part in (episode.show_title, episode.published, episode.url) if part]
    stream.write(" · ".join(about) + "\n\n" if about else "")
    places = alignments.of_episode(session, episode.id or 0)
    for one in links.listed(session, episode_id=episode.id):
        if one.holds:
            stream.write(f"Article: [{one.article.title}]({one.article.url})\n\n")
            own = [place for place in places if place.article.id == one.article.id]
            stream.writelines(
                f"- {_moment(episode.url, place.place.start)} {first_words(place.text, BEGINNING)}\n" for place in own
            )
            stream.write("\n" if own else "")
    for start, speaker, text in paragraphs(words):
        name = f"{speaker}: " if speaker else ""
        stream.write(f"**{_moment(episode.url, start)}** {name}{text}\n\n")
    _write_doubts(episode, words, stream)


def _write_doubts(episode: Episode, words: Transcript, stream: TextIO) -> None:
    """At the end, where they are in nobody's way: the moments at which the words are doubted, and why."""
    doubted = list(moments(words.segments))
    if doubted:
        stream.write("## Doubtful\n\n")
    stream.writelines(
        f"- {_moment(episode.url, start)} {'; '.join(mark.detail for mark in marks)}\n"
        for start, _, _, _, marks in doubted
    )


def paragraphs(words: Transcript) -> list[tuple[float, str, str]]:
    """(start in seconds, speaker, text): segments joined until the speaker changes or a pause comes."""
    joined: list[tuple[float, str, str]] = []
    end = float("-inf")
    for segment in words.segments:
        if not segment.text.strip():
            continue
        speaker = segment.speaker or ""
        if joined and joined[-1][1] == speaker and segment.start - end < PAUSE:
            start, _, text = joined[-1]
            joined[-1] = (start, speaker, f"{text} {segment.text}")
        else:
            joined.append((segment.start, speaker, segment.text))
        end = segment.end
    return joined


def _moment(url: str, seconds: float) -> str:
    clock = short_clock(seconds)
    return f"[{clock}]({deep_link(url, seconds)})" if url else clock
