"""Search over everything said and written: the same words give the same moments on SQLite and PostgreSQL.

    tokens.py        text -> tokens, folded and stemmed here, for index, query and highlight alike       pure
    spelling.py      neighbour = neighbor                                                                pure
    passages.py      segments and paragraphs -> passages of 60 to 90 words that overlap by half          pure
    query.py         a question as a tree                                                                pure
    grammar.py       what was typed -> such a tree; refuses nothing                                      pure
    matching.py      where a query's terms stand in a text                                               pure
    ranking.py       how well a passage answers                                                          pure
    snippets.py      the stretch that is shown, with highlights                                          pure
    highlights.py    where a query's words stand in a whole document                                     pure
    databases.py     what is wanted of a database
    sqlite.py        FTS5 has it
    postgres.py      tsvector has it
    chosen.py        which of the two a connection has
    schema.py        the index beside the table ``passage``, made and removed
    index.py         documents into passages and index: the only writer
    weights.py       how much each term tells
    candidates.py    which passages are looked at
    pooling.py       the statements that gather them
    among.py         a condition for many numbers whose statement is always the same
    filters.py       side, show and dates as conditions
    documents.py     what is read of the catalog for hits
    scoring.py       the candidates' texts, read and put in order
    introduction.py  where an episode first speaks of what it was found by
    moments.py       passages -> moments, one hit for what overlaps, rolled up
    word_times.py    a moment at its word, where words have times
    unfinished.py    a word that is still being typed
    suggestions.py   did you mean
    find.py          the search itself

What may match is decided by the databases' indexes and, for what is shown, again by ``matching.py``; both speak of the same tokens.
"""
