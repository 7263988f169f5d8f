"""Find misheard names of a glossary: "Tofolla" for "Tafolla".

A word is corrected only if everything agrees: it sounds like a word of a name (``phonetics.sounds_alike``) and is within a small edit
distance of it (one letter from five letters on, two from eight); it is near only that one; it is capitalized like a name; it is not a
known word: not in the glossary, not in the engine's vocabulary, not in lower case elsewhere, and not among whatever else ``is_known``
accepts. A wrong correction is worse than a wrong word: readers notice the one, and not the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from transcripts.names import phonetics
from transcripts.names.corrections import Correction, original
from transcripts.tokens import letters
from transcripts.words import Segment

#: (minimum letters of the shorter word, maximum edit distance).
_SLIPS = ((8, 2), (5, 1))

Sounds = Mapping[str, Sequence[str]]


def near_misses(
    segments: Iterable[Segment], glossary: Iterable[str], is_known: Callable[[str], bool]
) -> tuple[Correction, ...]:
    """Return the corrections of misheard glossary names, in order of time; each is for one segment.

    ``is_known`` returns whether a word, as written, is correct as it is. It is called last, and only for words that sound like a name.
    """
    names = [word for name in glossary for word in letters(name)]
    by_sound = _by_sound(word for word in names if not is_known(word.casefold()))
    spelled = {phonetics.plain(word) for word in names}
    originals = [original(segment) for segment in segments]
    found = [(segment, word) for segment in originals for word in dict.fromkeys(letters(segment.text))]
    lower = {word for _, word in found if word.islower()}
    has_capitals = len(lower) < len({word.casefold() for _, word in found})
    made = []
    for segment, word in found:
        if (has_capitals and not word[0].isupper()) or phonetics.plain(word) in spelled:
            continue
        right = _meant(word, by_sound)
        if right and not (has_capitals and word.casefold() in lower) and not is_known(word):
            made.append(Correction(word, right, segment.start, slack=0.0))
    return tuple(made)


def _by_sound(words: Iterable[str]) -> Sounds:
    """Map each phonetic key to the names it may stand for."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    for word in dict.fromkeys(words):
        if word[0].isupper() and len(word) >= _SLIPS[-1][0] and (key := _key(word)):
            named[key].append(word)
    return named


@lru_cache(maxsize=1 << 16)  # a talk repeats its words
def _key(word: str) -> str:
    return phonetics.phonetic_key(word)


def _meant(word: str, by_sound: Sounds) -> str:
    """Return the one name near enough; empty if there is none, or more than one."""
    near = {
        name for name in by_sound.get(_key(word), ()) if phonetics.sounds_alike(word, name) and _is_near(word, name)
    }
    return near.pop() if len(near) == 1 else ""


def _is_near(word: str, name: str) -> bool:
    one, other = phonetics.plain(word), phonetics.plain(name)
    slips = next((slips for letters, slips in _SLIPS if min(len(one), len(other)) >= letters), 0)
    return abs(len(one) - len(other)) <= slips and 0 < phonetics.edit_distance(one, other) <= slips
