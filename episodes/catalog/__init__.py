"""Every read and write of the tables; the passages and their index are ``episodes.search``'s own.

    shows.py         follow, list, leave
    episodes.py      put what a source told; find by what a person typed
    transcripts.py   put timed words; which one is shown; words out again
    partial_transcripts.py  windows of episodes that are being heard
    resuming.py      in which way something is heard; windows of another way are not gone on with
    claims.py        which run listens to which episode
    marks.py         reasons to doubt segments, as moments of episodes
    glossary.py      the names that a show speaks of
    corrections.py   what is written in place of what was heard
    articles.py      put what a page said; its earlier texts are kept
    addresses.py     one article, several addresses
    sites.py         followed sources of articles: add, list, forget
    links.py         put verdicts; a person's word; list with evidence
    alignments.py    which paragraph was said when, in both directions
    outcomes.py      what became of each item, and what is to be tried again
    counterparts.py  the same for a list of hits: from moments to paragraphs and back
    browsing.py      what readers leaf through: lists by the page, how much there is over time
    overview.py      what the catalog holds, in numbers, and what is open
    linking_state.py  what linking remembers, and which texts it has seen
    copying.py       a whole catalog from one database into another
    manifest.py      what a backup says of itself: its rows, its checksum
    checksums.py     equal content is recognised without comparing it
    upserts.py       rows that may be there already

Functions take the open session first; who opens it decides what one transaction is (``database.writing``). ``put_…`` functions are
repeatable: the same value again changes nothing and says so with ``State.UNCHANGED``. ``now`` is always passed in.
"""
