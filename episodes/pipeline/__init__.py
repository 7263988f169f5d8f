"""The work of the commands: read, decide, write, with one outcome per item.

    run.py         the context of a run: database, settings, clock, sources, engine, progress
    item_outcomes.py  an item's exception becomes its outcome
    rate_limits.py  sites that asked for a pause, and until when
    update.py      list the followed shows, read new episodes, transcribe, read sites, link
    transcription.py  transcripts of queued episodes: captions first, then audio
    transcription_queue.py  episodes that wait for a transcript
    published_captions.py  captions of an episode, fetched and stored
    audio_transcription.py  audio through Whisper, many episodes in one stream
    transcription_progress.py  seconds of audio done, of each episode and of the run
    file_transcription.py  one media file, without a catalog
    checking.py    quality marks, corrections and index of an episode's transcripts
    vocabulary.py  names to expect in an episode, words that need no correction
    correcting.py  people's decisions about words: corrections, glossary, which transcript is shown
    importing.py   import files of a back catalog
    adding_articles.py  add articles from URLs, files and folders
    sites.py       followed sites of articles: recognise, refresh, recheck
    site_listing.py  the lists of a followed site, batch by batch
    removed_articles.py  articles that a site no longer lists
    pages.py       one page by its URL: fetch, extract, store; removed and moved pages
    linking.py     link episodes and articles
    comparing.py   the most similar spans of an episode and an article, side by side
    link_decisions.py  export and import people's decisions on links
    aligning.py    when each paragraph of a linked article was said
    misquotes.py   how a quotation differs from what was said
    exporting.py   the export formats of an episode
    markdown.py    an episode as Markdown: articles, transcript with times
    searching.py   search hits with their counterparts: the paragraph of a moment, the moment of a paragraph
    indexing.py    rebuild the search index, or compare it with the catalog
    backups.py     the whole catalog into one file and back
    backup_source.py  the file of a restore, verified and opened read-only
    atomic_file.py  a file that appears complete or not at all
    health.py      health checks: does each part work
    demo.py        the sample show through the real code path

A function that works on many items is a generator of ``Outcome``; it neither prints nor exits, and one bad item stops nothing. Each item is
one transaction (an import takes a batch), committed before its outcome is yielded: after a kill, the next run continues. A run ends early
only if further work makes no sense: the disk is full, the database cannot be reached, or a person pressed Ctrl-C.
"""
