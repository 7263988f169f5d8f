"""Files of this machine: which of them may be read, and how one that a person named is written.

    reading.py      regular files only, links resolved, never more bytes than expected
    named.py        the folders that people named: what lies below them, and nothing else, is read because a catalog says so
    writing.py      ``-o FILE``: whole or not at all, its mode kept, links followed, devices written into

Feeds, pages, lines, tables, what yt-dlp finds and the catalog itself are filled by others. Whatever they call a file is no file of this
machine, unless it lies below a folder that a person named on the command line.
"""
