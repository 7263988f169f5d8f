"""Limits, and the facts that they stand on.

Facts: English speech has 12 to 20 characters a second; windows that lost sentences had 0.7 to 6.8 (OpenSuperWhisper #115), and loops
fill their window whatever the time. In 9,218 windows of 30 s of real talk (73 recaps, 2022 and 2023) 13.6 characters a second are
the median, 98 in 100 are between 10 and 18; text compresses 1.63 times in the median, 1 in 1,000 more than 2.1 times; and of what
is said twice in a row nearly all is one word ("the the"), once in 75 hours a word came three times, once seven words twice.
"""

from __future__ import annotations

#: Words that are looked at as the unit of a loop; a longer one is caught by how well it compresses.
LONGEST_UNIT = 30
#: A unit of so many words or more is a loop from so many times in a row; the longest unit that fits counts.
TIMES_IN_A_ROW = ((10, 2), (2, 3), (1, 5))
#: Whisper's own: text that gzip makes smaller than this repeats itself.
COMPRESSION = 2.4

#: Characters per second of a segment's time, and how many more its rounded times excuse.
FASTEST, EXCUSED = 25.0, 40
#: Characters per second of speech in a window.
FASTEST_SPEECH, SLOWEST_SPEECH = 30.0, 5.0
#: Seconds of speech below which a window says nothing about its rate.
LEAST_SPEECH = 5.0
#: Seconds of speech that a breath or a door may be.
NO_SPEECH_SECONDS = 0.25

#: Whisper skips a window as silence at 0.6 and -1.0; from here on it is told.
NO_SPEECH_PROB, SILENT_LOGPROB = 0.6, -0.7
#: Phrases that Whisper is known to make of silence count from here.
PHRASE_NO_SPEECH_PROB = 0.3
#: Natural log per token: Whisper's own limit.
UNLIKELY = -1.0

#: So many words of the prompt in a row, and so much of a segment, are an echo; a shorter prompt counts whole, down to the second.
ECHO_WORDS, LEAST_ECHO, ECHO_SHARE = 6, 4, 0.5

#: Words without any mark of punctuation, or without a capital: single sentences of real talk reach 55 and 95.
UNPUNCTUATED, UNCAPITALISED = 60, 100

#: Seconds that times may be off before they are told.
TOLERANCE = 0.5

#: Captions are compared by so many seconds, so many words at least; less alike than this is told. Captions may lag so many seconds.
BUCKET, LEAST_WORDS, LEAST_ALIKE = 10.0, 6, 0.35
LAGS = (0.0, -2.0, 2.0, -4.0, 4.0)
