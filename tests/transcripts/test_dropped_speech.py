"""Speech that nothing was written for: on plain numbers."""

from __future__ import annotations

import numpy as np
import pytest

from transcripts.engine.dropped_speech import find_dropped_speech

#: Ten seconds in which people speak, with four tokens' attention a second.
ATTENTION = np.full(500, 0.08)
SPOKEN = np.ones(500, bool)


def test_speech_with_words_is_not_dropped():
    assert find_dropped_speech(ATTENTION, SPOKEN) == []
    assert find_dropped_speech(ATTENTION * 0, ~SPOKEN) == []


def test_a_stretch_without_attention_is_dropped_also_across_a_pause():
    attention, spoken = ATTENTION.copy(), SPOKEN.copy()
    attention[200:350] = 0.001
    spoken[260:280] = False
    (one,) = find_dropped_speech(attention, spoken)
    assert abs(one.first - 200) < 25
    assert abs(one.until - 350) < 25
    assert 2.0 < one.seconds < 3.0


def test_a_long_vowel_and_a_pause_are_no_lack():
    attention, spoken = ATTENTION.copy(), SPOKEN.copy()
    attention[200:235] = 0.0
    assert find_dropped_speech(attention, spoken) == []
    attention[200:400], spoken[200:400] = 0.0, False
    assert find_dropped_speech(attention, spoken) == []


@pytest.mark.parametrize("steps", [1, 2, 43, 49, 50, 51])
def test_a_window_of_any_length_is_looked_at(steps: int):
    assert find_dropped_speech(ATTENTION[:steps], SPOKEN[:steps]) == []
    assert sum(one.seconds for one in find_dropped_speech(ATTENTION[:steps] * 0, SPOKEN[:steps])) == (
        steps * 0.02 if steps > 49 else 0
    )
