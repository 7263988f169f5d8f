"""What an episode can be exported as: the one list of formats, and how each is written.

To add one: its writer in ``transcripts/formats.py`` (or a file beside this one, if it needs more than the words), and its line here.
The command line, the API, its description and the page follow. Nothing heavy is loaded before something is written.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from sqlmodel import Session

    from episodes.models import Episode
    from transcripts.words import Transcript


class Format(StrEnum):
    """A format by the name that people type, which is a file's ending, too.

    ``media_type``: as browsers name it. ``about``: what it is for, in a few words. ``of_episode``: it has more in it than the words, so
    that there has to be a catalog.
    """

    media_type: str
    about: str
    of_episode: bool

    txt = "txt", "text/plain", "plain text"
    md = "md", "text/markdown", "with articles and times", True
    vtt = "vtt", "text/vtt", "WebVTT captions"
    srt = "srt", "application/x-subrip", "SubRip captions"
    tsv = "tsv", "text/tab-separated-values", "table"
    json = "json", "application/json", "with all times"

    def __new__(cls, name: str, media_type: str, about: str, of_episode: bool = False) -> Format:
        """One line of the list above."""
        made = str.__new__(cls, name)
        made._value_ = name
        made.media_type, made.about, made.of_episode = media_type, about, of_episode
        return made


if TYPE_CHECKING:
    WordsFormat = Format
else:  # mypy takes no class that is made of values
    WordsFormat = StrEnum("WordsFormat", {one.name: one.value for one in Format if not one.of_episode})
"""The formats of a transcript by itself, where no catalog is asked."""


def export(session: Session, episode: Episode, words: Transcript, form: Format, stream: TextIO) -> None:
    """Write an episode's transcript, and for ``md`` what belongs to it."""
    if form is Format.md:
        from episodes.pipeline.markdown import write_markdown

        write_markdown(session, episode, words, stream)
    else:
        from transcripts.formats import write

        write(words, form, stream)
