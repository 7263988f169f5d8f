"""The Python API: ``from episodes import open_catalog``.

    opening.py   open_catalog: settings, database, engine and source of a catalog
    catalog.py   Catalog: what the command line does, as methods
    reading.py   what it reads
    arguments.py  what its methods accept

Thin over the pipeline: no rule of its own, nothing printed. What a catalog reads are the documents of ``episodes.documents``, with the
fields of ``--json``. What it does yields one ``Outcome`` an item. ``episodes.testing`` has stand-ins for network and Whisper.
"""
