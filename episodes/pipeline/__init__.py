"""What the commands do: read -> decide -> write, one outcome an item.

    run.py         what one run works with: the catalog, the clock, the sources, whom to report progress to
    item_outcomes.py  an item's exception becomes its outcome
    rate_limits.py  sites that asked for a pause, and until when
    update.py      list the followed shows, read what is new, hear it
    transcription.py  transcripts of queued episodes: captions first, then audio
    transcription_queue.py  episodes that wait for a transcript
    published_captions.py  captions of an episode, fetched and stored
    audio_transcription.py  audio through Whisper, many episodes in one stream
    transcription_progress.py  how far a run that listens is
    file_transcription.py  one media file into words, without a catalog
    checking.py    words in the catalog: doubted, corrected, indexed
    vocabulary.py  names that an episode is expected to speak of, and words that are right as they are
    correcting.py  what people decide about words: corrections, glossaries, which transcript is shown
    importing.py   files of a back catalog
    adding_articles.py  addresses and files with articles
    sites.py       followed sites of articles: recognise, refresh, recheck
    site_listing.py  the lists of a followed site, batch by batch
    removed_articles.py  articles that a site's list no longer names
    pages.py       one page by its address: asked for, read, written; gone and moved
    linking.py     episodes x articles -> links
    comparing.py   what an episode and an article have most alike, side by side
    link_decisions.py  people's words on links, out of a catalog and into another
    aligning.py    sure links -> which paragraph was said when
    misquotes.py   how a quotation differs from what was said
    exporting.py   the formats that an episode can be exported as
    markdown.py    an episode to read on paper: its articles, its words with times
    searching.py   hits with their other side: the paragraph of a moment, the minute of a paragraph
    indexing.py    the search index anew, or what it lacks
    backups.py     the whole catalog into one file and back
    backup_source.py  a file that is to be restored, checked and only read
    atomic_file.py  a file that appears whole or not at all
    health.py      whether each part that the tool stands on works
    demo.py        the sample show through the real path

Every function that works on many is a generator of ``Outcome``; it neither prints nor exits, and one bad item stops nothing. Each
item is one transaction (an import takes some together), committed before its outcome is yielded: a killed run goes on where it was.
Only what makes all further work senseless ends a run: a full disk, a database that is away, a person's Ctrl-C.
"""
