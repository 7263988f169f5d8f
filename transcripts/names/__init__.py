"""Names: which to expect, how they sound, and what was transcribed in their place. Pure: no engine, no catalog.

expected.py     extract names from titles, descriptions and articles; build the prompt
phonetics.py    phonetic keys, and the edit distance between two spellings
near_misses.py  misheard names of a glossary
corrections.py  apply corrections to segments, and undo them
lexicon.py      the words in Whisper's own vocabulary
"""
