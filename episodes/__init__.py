"""The catalog of a news show: what was said, what was written, and which belongs to which.

Layers, from the top down; a part sees only what stands below it, and neighbours do not see each other (tests/test_layers.py):

    cli/            the command ``nir``: thin
    pipeline/       what the commands do: read -> decide -> write, one outcome an item
    catalog/        every read and write of the tables       search/     passages, their index, queries
    sources/        episodes: yt-dlp and files               articles/   pages and files with articles
    linking/        pure: evidence -> verdict                sample/     the bundled sample show
    migrations/     the catalog's shape, step by step
    database.py     engine and transactions      refusals.py  what it means that a database refuses
    models.py       the tables                   sqlite_file.py  its rights, and how it is read where it cannot be written
    guard/          the network, guarded: addresses, redirects, size, time
    feeds.py        the one door to feedparser
    files/          which files of this machine may be read, and how one is written
    values.py       what crosses the borders     names.py, config.py, errors.py, redaction.py, numbers.py
    urls.py         web addresses: one canonical form, one key, one reader of YouTube's (youtube.py)
    dates.py      dates read and written         batches.py    values some at a time
    transcripts     (beside this package) sound in, timed words out
"""
