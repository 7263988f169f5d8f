"""How a name sounds, roughly, and the edit distance between two spellings.

The phonetic key is a consonant skeleton after Lawrence Philips's Metaphone. It merges the pairs that English speech does not distinguish at
the end of a word (b p, d t, g k, f v, s z), and keeps vowels only as the first sound: engines mishear vowels first, and the voicing of
consonants next. The key proposes candidates for ``edit_distance`` and the known words to judge; it is not for ranking.
"""

from __future__ import annotations

import re
import unicodedata

#: Rewriting rules, applied in order: later rules see the output of earlier ones.
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
    """Return a name in the letters a to z, without case, accents and punctuation; empty for other scripts."""
    spread = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("ł", "l").replace("đ", "d"))
    return re.sub(r"[^a-z]", "", spread)


def phonetic_key(name: str) -> str:
    """Return the phonetic key of a word: "Tafolla" and "Tofolla" both give "tfl"; empty for other scripts."""
    sound = _DOUBLED.sub(r"\1", plain(name))
    for pattern, made in _RULES:
        sound = pattern.sub(made, sound)
    first = "a" if _VOWELS.match(sound) else ""
    return first + _DOUBLED.sub(r"\1", _VOWELS.sub("", sound).translate(_VOICED))


def syllables(name: str) -> int:
    """Return the number of vowel groups in a word, without a silent e at its end."""
    return len(_VOWELS.findall(re.sub(r"(?<=[^aeiouy])e$", "", plain(name))))


def sounds_alike(one: str, other: str) -> bool:
    """Whether two words sound nearly the same.

    Their keys and numbers of syllables are equal ("Schmidty" is not a slip of "Schmidt"), and so are their final vowels: Mario and Maria
    are two people.
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
    """Return the edit distance (Damerau-Levenshtein): insertions, deletions, substitutions, swaps of neighbours.

    Substituting a vowel for a consonant, or the reverse, costs two: "Hellman" and "Heilman" are two people.
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
