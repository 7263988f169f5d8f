"""Search over everything said and written: the same words give the same moments on SQLite and PostgreSQL.

    tokenizer.py      text -> tokens, folded and stemmed here, for index, query and highlight alike   pure
    spelling.py       neighbour = neighbor                                                            pure
    passages.py       segments and paragraphs -> passages of 60 to 90 words that overlap by half      pure
    query.py          a question as a tree                                                            pure
    query_parser.py   what was typed -> such a tree; refuses nothing                                  pure
    query_scanner.py  what was typed -> lexemes and filters                                           pure
    matching.py       where a query's terms stand in a text                                           pure
    bm25.py           how well a passage answers                                                      pure
    snippets.py       the stretch that is shown, with highlights                                      pure
    highlights.py     where a query's words stand in a whole document                                 pure
    backends/         which index a connection has: FTS5 or tsvector
    index.py          documents into passages and index: the only writer
    idf.py            how much each term tells
    candidates.py     which passages are looked at
    candidate_sql.py  the statements that gather them
    in_array.py       a condition for many numbers whose statement is always the same
    filters.py        side, show and dates as conditions
    documents.py      what is read of the catalog for hits
    rerank.py         the candidates' texts, read and put in order
    first_mention.py  where an episode first speaks of what it was found by
    dedup.py          passages -> moments, one hit for what overlaps, rolled up
    word_times.py     a moment at its word, where words have times
    retrieval.py      passages for a query, relaxed where too little matches
    results.py        hits, and how the query was read
    suggestions.py    did you mean
    find.py           the search itself

What may match is decided by the databases' indexes and, for what is shown, again by ``matching.py``; both speak of the same tokens.
"""
