"""Limits, and the facts they are based on.

English speech has 12 to 20 characters a second. Windows that lost sentences had 0.7 to 6.8 (OpenSuperWhisper #115); loops fill their
window, whatever its length. In 9,218 windows of 30 s of real talk (73 recaps, 2022 and 2023), the median is 13.6 characters a second, and
98 in 100 are between 10 and 18. The median compression ratio is 1.63; 1 in 1,000 exceeds 2.1. Nearly all immediate repetitions are single
words ("the the"); once in 75 hours a word occurred three times in a row, once seven words occurred twice.
"""

from __future__ import annotations

#: Maximum words in the unit of a loop; a longer loop is caught by its compression ratio.
LONGEST_UNIT = 30
#: (minimum words in the unit, times in a row that make it a loop); the first that fits applies.
TIMES_IN_A_ROW = ((10, 2), (2, 3), (1, 5))
#: Whisper's own limit: text with a higher gzip compression ratio repeats itself.
COMPRESSION = 2.4

#: Maximum characters per second of a segment, and an allowance in characters for rounded times.
FASTEST, EXCUSED = 25.0, 40
#: Maximum and minimum characters per second of speech in a window.
FASTEST_SPEECH, SLOWEST_SPEECH = 30.0, 5.0
#: Minimum seconds of speech in a window to judge its rate.
LEAST_SPEECH = 5.0
#: Less speech than this, in seconds, may be a breath or a door.
NO_SPEECH_SECONDS = 0.25

#: Limits for a mark. Whisper skips a window as silence at 0.6 and -1.0.
NO_SPEECH_PROB, SILENT_LOGPROB = 0.6, -0.7
#: Limit for phrases that Whisper is known to hallucinate in silence.
PHRASE_NO_SPEECH_PROB = 0.3
#: Mean log-probability (natural) per token: Whisper's own limit.
UNLIKELY = -1.0

#: An echo has this many words of the prompt in a row (of a shorter prompt, all words, but at least ``LEAST_ECHO``), and they make up
#: this share of the segment.
ECHO_WORDS, LEAST_ECHO, ECHO_SHARE = 6, 4, 0.5

#: Words without any punctuation, or without a capital. Single sentences of real talk reach 55 and 95.
UNPUNCTUATED, UNCAPITALISED = 60, 100

#: Tolerance of times, in seconds.
TOLERANCE = 0.5

#: Captions are compared in buckets of this many seconds that have a minimum of words; a lower similarity is marked.
#: ``LAGS`` are the shifts tried, in seconds.
BUCKET, LEAST_WORDS, LEAST_ALIKE = 10.0, 6, 0.35
LAGS = (0.0, -2.0, 2.0, -4.0, 4.0)
