"""The JSON contract: what ``--json``, the web API, ``nir mcp`` and the Python API return, and what OpenAPI describes.

    document.py     the base class; days and moments as JSON has them
    search.py       Hit, Counterpart, Answer
    episodes.py     Episode, ListedEpisode, WholeEpisode, ShownEpisode
    transcripts.py  Transcript, TimedWords, doubtful moments, corrections
    articles.py     Article, WholeArticle, ShownArticle, Site
    links.py        Link, Evidence, LinkCounts
    alignment.py    AlignedParagraph: where a paragraph was said
    shows.py        Show, Glossary
    manual.py       Topic, WholeTopic
    outcomes.py     Outcome, Status, Check, Error

Each document is a frozen pydantic model. It is validated where it is made, by ``of`` from rows or by a function that reads the catalog, so
that a wrong value is an error here and not at a reader's. To add a field: its line in the class, and its value in ``of`` below it.

Scripts rely on names, order, values and nulls. ``tests/documents/recorded.json`` holds them byte for byte.
"""
