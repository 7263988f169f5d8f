"""Alignment: which paragraph of an article answers to which seconds of an episode.

Pure: paragraphs and segments in, ``values.AlignedSpan`` out.

    align.py         ``align``: everything together, the weights
    quotes.py        sentences and quotations that were said in these words
    viterbi.py       one place for each paragraph, all together
    features.py      what speaks for a paragraph beginning at a sentence
    spoken_text.py   segments as words with times and sentences
    difference.py    a quotation against what was said

No monotone sentence aligner: a talk of an hour reorders, leaves out and digresses. Words and stems are those of ``transcripts.tokens``.
"""
