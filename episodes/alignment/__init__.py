"""Alignment: which paragraph of an article answers to which seconds of an episode. Pure: paragraphs and segments in, ``values.Place`` out.

    places.py      ``align``: everything together, the weights
    quotes.py      sentences and quotations that were said in these words
    order.py       one place for each paragraph, all together
    signs.py       what speaks for a paragraph beginning at a sentence
    talk.py        segments as words with times and sentences
    difference.py  a quotation against what was said

No monotone sentence aligner: a talk of an hour reorders, leaves out and digresses. Words and stems are those of ``transcripts.tokens``.
"""
