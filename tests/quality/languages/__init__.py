"""Recordings in which languages take turns: are all of them heard, each in its own?

``python -m tests.quality.languages RECORDINGS --cache CACHE`` joins stretches of ``RECORDINGS`` (English, as ``tests.quality.real_speech``
has them) with prompts and dialogues that people spoke in French, Spanish, Italian, Russian and Dutch, and lets systems hear them that are
not told the language. What counts is the words: a system's text of a whole recording against what the same system hears in each stretch
by itself when it is told the language. So the figure is what not knowing costs, whatever a system's errors are otherwise.

The speech stands in packages of Debian, fetched into the cache and checked by hash: the sound files of Asterisk (CC BY-SA 3.0, Russian
CC BY 3.0; spoken by June Wallack, Allison Smith, Carlo Flora and Maxim Topal) and the dialogues of Fish Fillets NG (GPL-2). The prices in
``transcripts/engine/openai_whisper/languages.py`` were decided on ``--seed 7``; the other seeds choose other prompts.

packages.py   the packages, and the speech in them
mixed.py      the recordings
__main__.py   the systems side by side
"""
