"""The tables, without queries or rules.

Every table has a unique key that comes from outside (a URL, a path, a title), so writing the same input twice changes nothing.
``table=True`` models do not validate: values are validated where they enter the program. The full-text index beside ``passage`` is not
among these tables, since it differs by database; see ``episodes.search.backends``.

    episodes.py     shows and episodes
    transcripts.py  transcripts, segments, glossary names and corrections
    articles.py     sites, articles, their addresses, revisions and paragraphs
    links.py        links, their evidence and alignment
    derived.py      what can be made anew: passages, alignment checksums, linking state
    progress.py     what a stopped run resumes from: outcomes, transcribed windows
    columns.py      column types and constraint names
"""

from __future__ import annotations

from episodes.models.articles import Article, ArticleAddress, ArticleRevision, Paragraph, Site
from episodes.models.columns import metadata
from episodes.models.derived import AlignmentChecksum, LinkingState, Passage
from episodes.models.episodes import Episode, Show
from episodes.models.links import Alignment, Evidence, Link
from episodes.models.progress import Outcome, TranscribedWindow
from episodes.models.transcripts import Correction, GlossaryName, Segment, Transcript

__all__ = [
    "Alignment",
    "AlignmentChecksum",
    "Article",
    "ArticleAddress",
    "ArticleRevision",
    "Correction",
    "Episode",
    "Evidence",
    "GlossaryName",
    "Link",
    "LinkingState",
    "Outcome",
    "Paragraph",
    "Passage",
    "Segment",
    "Show",
    "Site",
    "TranscribedWindow",
    "Transcript",
    "metadata",
]
