"""Full-text search over everything said and written: the same query returns the same hits on SQLite and PostgreSQL.

    query_parser.py   what was typed -> a query tree; refuses nothing                        pure
    query_scanner.py  what was typed -> lexemes and filters                                  pure
    query.py          the query tree, its terms, relaxation, stop words                      pure
    tokenizer.py      text -> tokens, case-folded and stemmed, for index, query, highlights  pure
    spelling.py       British spelling to American: neighbour = neighbor                     pure
    passages.py       segments and paragraphs -> overlapping passages of 60 to 90 words      pure
    matching.py       positions of a query's terms in a text                                 pure
    bm25.py           the score of a passage: BM25, title, proximity, word order             pure
    snippets.py       the excerpt of a hit, with highlights                                  pure
    highlights.py     highlights in a whole document                                         pure
    backends/         the full-text index: FTS5 on SQLite, tsvector on PostgreSQL
    index.py          writes passages and their index entries, compares, rebuilds
    idf.py            inverse document frequency of a query's terms
    candidates.py     the passages worth scoring
    candidate_sql.py  the SQL that selects them
    in_array.py       ``column IN (one bound array)``, for constant statements
    filters.py        show, speaker, side, dates and quality marks as SQL conditions
    documents.py      reads passages, their segments and paragraphs, their episodes and articles
    rerank.py         reads and scores the candidates, best first
    first_mention.py  where an episode first mentions what it was found by
    dedup.py          scored passages -> moments, one for overlapping passages
    word_times.py     the exact second of a moment, from word timestamps
    retrieval.py      passages for a query, relaxed if too few match
    suggestions.py    did you mean: words within one edit
    results.py        hits, and how the query was parsed
    find.py           the search itself

The indexes decide which passages match. For everything that is shown, ``matching.py`` decides again, on the same tokens.
"""
