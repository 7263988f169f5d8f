"""Export formats of an episode: the only list of them, and how each is written.

To add a format, put its writer into ``transcripts/formats.py`` (or a file beside this one if it needs more than the transcript), and add
its line here. The command line, the API, its description and the page follow. Heavy imports happen only when something is written.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from sqlmodel import Session

    from episodes.models import Episode
    from transcripts.words import Transcript


class Format(StrEnum):
    """An export format; its value is what people type, and the file name extension.

    ``media_type``: the MIME type. ``about``: a description in a few words. ``of_episode``: it needs the catalog, since it contains more
    than the transcript.
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
        """Make a member from one line of the list above."""
        made = str.__new__(cls, name)
        made._value_ = name
        made.media_type, made.about, made.of_episode = media_type, about, of_episode
        return made


if TYPE_CHECKING:
    WordsFormat = Format
else:  # mypy does not accept a class made from values
    WordsFormat = StrEnum("WordsFormat", {one.name: one.value for one in Format if not one.of_episode})
"""The formats that need no catalog."""


def export(session: Session, episode: Episode, words: Transcript, form: Format, stream: TextIO) -> None:
    """Write an episode's transcript, for ``md`` with its articles."""
    if form is Format.md:
        from episodes.pipeline.markdown import write_markdown

        write_markdown(session, episode, words, stream)
    else:
        from transcripts.formats import write

        write(words, form, stream)
