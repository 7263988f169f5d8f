"""How a name sounds, roughly, and how far two spellings are from each other.

The key is a consonant skeleton after Lawrence Philips's Metaphone, with the pairs merged that English speech does not keep apart at the end
of a word (b p, d t, g k, f v, s z), and vowels only as a first sound: engines mishear vowels first, and consonants by voice. It is
for proposing candidates that ``distance`` and the known words then judge, and not for ranking.
"""

from __future__ import annotations

import re
import unicodedata

#: In this order; what is written behind a rule sees what it made.
_RULES = [
    (re.compile(pattern), made)
    for pattern, made in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^x", "s"),
        (r"^mac(?=[^aeiou])", "mk"),
        (r"tsch|tch|sch|sh|cz|dzh", "j"),
        (r"ch(?=[lnrst]|$)", "k"),
        (r"ch", "j"),
        (r"ph", "f"),
        (r"(?<=[aeiou])gh(?=[^aeiou]|$)", ""),
        (r"gh", "g"),
        (r"th|dt", "t"),
        (r"ck|cq|qu|q", "k"),
        (r"dg(?=[eiy])", "j"),
        (r"tz|ts", "s"),
        (r"sc(?=[eiy])|c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"(?<=[aeiou])[wh](?=[^aeiou]|$)", ""),
        (r"(?<=[a-z])h", ""),
        (r"w", "v"),
        (r"mb$", "m"),
    )
]
_VOICED = str.maketrans("bdgvz", "ptkfs")
_VOWELS = re.compile(r"[aeiouy]+")
_DOUBLED = re.compile(r"(.)\1+")


def plain(name: str) -> str:
    """A name in small letters from a to z: without case, accents and signs; empty for other scripts."""
    spread = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("ł", "l").replace("đ", "d"))
    return re.sub(r"[^a-z]", "", spread)


def phonetic_key(name: str) -> str:
    """What of a word is compared by ear: "Tafolla" and "Tofolla" give "tfl"; empty where nothing can be said."""
    sound = _DOUBLED.sub(r"\1", plain(name))
    for pattern, made in _RULES:
        sound = pattern.sub(made, sound)
    first = "a" if _VOWELS.match(sound) else ""
    return first + _DOUBLED.sub(r"\1", _VOWELS.sub("", sound).translate(_VOICED))


def syllables(name: str) -> int:
    """How many groups of vowels a word has, a silent e at its end not counted."""
    return len(_VOWELS.findall(re.sub(r"(?<=[^aeiouy])e$", "", plain(name))))


def sounds_alike(one: str, other: str) -> bool:
    """Whether two words sound nearly the same.

    Their keys are equal, they have equally many syllables ("Schmidty" is no slip of "Schmidt"), and of two that end in a vowel it is the
    same: it makes Mario and Maria two people.
    """
    sound = phonetic_key(one)
    return (
        bool(sound)
        and sound == phonetic_key(other)
        and syllables(one) == syllables(other)
        and _ending(one) == _ending(other)
    )


def _ending(name: str) -> str:
    last = plain(name)[-1:].replace("y", "i")
    return last if last in ("a", "i", "o", "u") else ""


def edit_distance(one: str, other: str) -> int:
    """Letters to put in, leave out, change, or change over with their neighbour, to make one word the other.

    A vowel for a consonant counts as two: "Hellman" and "Heilman" are two people.
    """
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        row = [at]
        for place, match in enumerate(other, 1):
            changed = 0 if letter == match else 1 + ((letter in "aeiouy") != (match in "aeiouy"))
            cost = min(last[place] + 1, row[-1] + 1, last[place - 1] + changed)
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == match:
                cost = min(cost, before[place - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
