"""The JSON contract: what ``--json``, the web API, ``nir mcp`` and the Python API return.

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

Each document is a frozen pydantic model: the schema of its JSON and of its OpenAPI description, serialized by
``Document.as_dict``. It is validated when it is made: ``of`` and ``all_of`` make it from rows, ``read`` reads them first. A
wrong value is thus an error here, not at a client. To add a field, add its line to the class and its value to the method below it.

Scripts rely on names, order, values and nulls. ``tests/documents/recorded.json`` holds them byte for byte.
"""
