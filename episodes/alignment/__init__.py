"""Alignment: find the seconds of an episode in which each paragraph of an article was said.

Pure: paragraphs and segments in, ``values.AlignedSpan`` out.

    align.py        ``align``: combine quotes and paraphrases; the fitted weights
    quotes.py       sentences and quotations said word for word (Smith-Waterman local alignment)
    viterbi.py      the best sequence of positions, one per paragraph
    features.py     evidence that a paragraph begins at a sentence
    spoken_text.py  segments as timed words and sentences
    difference.py   a quotation compared with what was said

Not a monotone sentence aligner: an hour of talk reorders, omits and digresses. Words and stems are those of ``transcripts.tokens``.
"""
