"""Names: which are expected, how they sound, and what was heard in their place. Pure; it knows no engine and no catalog.

expected.py     names out of titles, descriptions and articles; the prompt made of them
phonetics.py    how a name sounds, and how many letters lie between two spellings
near_misses.py  words that were heard in place of a glossary's names
corrections.py  corrections put into segments, and taken out again
lexicon.py      words that Whisper writes whole, and so knows
"""
