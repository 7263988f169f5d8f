"""Local files: which ones may be read, and how an output file is written.

    reading.py  reads regular files only: links resolved, size limited
    named.py    the folders that the user named; files below them may be read because a catalog refers to them
    writing.py  ``-o FILE``: atomic, keeps the mode, follows links, writes into devices

Feeds, pages, JSON lines, tables, yt-dlp's output and the catalog itself are untrusted input. A path in them is not
read, unless it lies below a folder that the user named on the command line.
"""
