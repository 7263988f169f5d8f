"""Reads and writes of the tables; passages and their index belong to ``episodes.search``.

    shows.py         followed shows: add, list, find, remove
    episodes.py      episodes: store what a source reports; find by what a person typed
    transcripts.py   transcripts: store, load; which one is shown
    partial_transcripts.py  windows of unfinished transcriptions
    resuming.py      which partial transcripts can be resumed
    claims.py        which run transcribes which episode: file locks, advisory locks
    marks.py         quality marks as moments of episodes
    glossary.py      names of a show in their right spelling
    corrections.py   corrections of transcripts: store, list, undo
    articles.py      articles: store, find; earlier texts are kept as revisions
    addresses.py     the URLs of an article, and their validators
    sites.py         followed sites of articles: add, list, find, forget
    links.py         verdicts and people's decisions on links, with evidence
    alignments.py    when each paragraph was said; paragraphs at a moment
    counterparts.py  the same for many search hits at once
    outcomes.py      what became of each item; retries with backoff; queues
    browsing.py      paginated lists; counts by month
    overview.py      the catalog in numbers, and its open items
    linking_state.py  what linking keeps between two runs
    copying.py       copy a catalog from one database into another
    manifest.py      number of rows and checksum of a backup
    checksums.py     a checksum of a value, to recognise the same value
    upserts.py       insert rows that may exist

Functions take the open session first: the caller who opened it decides what one transaction is (``database.writing``). ``put_…`` functions
are idempotent: storing the same value again changes nothing and returns ``State.UNCHANGED``. ``now`` is always passed in.
"""
