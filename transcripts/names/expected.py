"""Names to be expected in an episode, out of what is written about it, and the prompt made of them.

A name is a row of words with capitals that cannot be explained by where it stands: at the beginning of a sentence every word has one,
in a headline nearly all have. Such words count only if they stand as a name elsewhere. It is made for prompts, where a word too many
costs little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

#: About 170 tokens of rare names, which have three characters each; the engine cuts by its own tokens, from the end.
LONGEST_PROMPT = 500

#: Names of which those that are part of another are left out; a prompt holds some forty.
_MOST_NAMES = 1000

#: Sentences and their parts: a list of names is no headline.
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+|[\n\r]+|\s[–—|•]\s|[,;:]\s")
#: A word as a name has it: "Jean-Luc", "U.S", "O'Neill" are whole, else the engine would be told half a name.
_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*")
#: Small words inside of names: Port of Tafolla, Ludwig van Aerden.
_INNER = frozenset("of de del della der den di du da dos la le van von bin al y zu ter".split())  # noqa: SIM905
#: Written with a capital and no names of anybody.
_NO_NAMES = frozenset(
    """i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december mr mrs ms dr episode part season video subscribe http https www the a an""".split()  # noqa: SIM905
)
_UNSPACED = re.compile(r"\S++")
_IN_ADDRESSES = ("://", "www.", "@")
_SMALL_IN_HEADLINES = frozenset("a an the and or but nor of in on at to for from by with as vs via".split())  # noqa: SIM905
#: So much of a sentence has capitals, and it is a headline.
_HEADLINE = 0.8


def names_in(texts: Iterable[str]) -> list[str]:
    """The names in these texts, the most used first, then as they come; a part of a longer name is not named again."""
    sentences = [
        sentence for text in texts for sentence in _SENTENCE.split(_UNSPACED.sub(_without_address, text)) if sentence
    ]
    words = [_WORD.findall(sentence) for sentence in sentences]
    small = {word for row in words for word in row if word.islower()}
    sure: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    for row in words:
        headline = _is_headline(row)
        for first, name in _rows(row):
            parts = _trimmed(name, small if headline or first == 0 else set())
            if parts:
                counted = doubtful if headline or (first == 0 and len(parts) == 1) else sure
                counted[" ".join(parts)] += 1
    known = {word for name in sure for word in name.split()}
    sure.update({name: times for name, times in doubtful.items() if known.issuperset(_large(name))})
    return _longest([name for name, _ in sure.most_common(_MOST_NAMES)])


def _without_address(found: re.Match[str]) -> str:
    return " " if any(sign in found[0] for sign in _IN_ADDRESSES) else found[0]


def _rows(words: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Rows of words with capitals, small inner words between them allowed, each with where it begins."""
    row: list[str] = []
    first = 0
    for at, word in enumerate([*words, ""]):
        if word[:1].isupper() or (row and word in _INNER):
            first = first if row else at
            row.append(word)
        elif row:
            yield first, row
            row = []


def _trimmed(row: Sequence[str], small: set[str]) -> list[str]:
    """Without what is no name at either end: days, titles, words that are written small elsewhere, possessive endings."""
    parts = [re.sub(r"['’]s$", "", word) for word in row]
    while parts and (parts[-1] in _INNER or parts[-1].casefold() in _NO_NAMES):
        parts.pop()
    first = next((at for at, part in enumerate(parts) if not _begins_none(part, small)), len(parts))
    return parts[first:] if len("".join(parts[first:])) > 2 else []


def _begins_none(word: str, small: set[str]) -> bool:
    return word in _INNER or word.casefold() in _NO_NAMES or word.casefold() in small


def _large(name: str) -> list[str]:
    return [word for word in name.split() if word not in _INNER]


def _is_headline(row: Sequence[str]) -> bool:
    """Whether nearly all words have capitals that a headline gives them, without the row being a name and nothing else."""
    telling = [word for word in row if word.casefold() not in _SMALL_IN_HEADLINES]
    capitals = sum(word[0].isupper() for word in telling)
    return len(row) > 2 and len(telling) > 1 and capitals >= _HEADLINE * len(telling)


def _longest(names: Sequence[str]) -> list[str]:
    """Without those that are part of another."""
    padded = [f" {name.casefold()} " for name in names]
    return [name for name, own in zip(names, padded, strict=True) if sum(own in other for other in padded) == 1]


def prompt_of(glossary: Sequence[str], names: Iterable[str]) -> str:
    """What an engine is told to expect: the glossary, then the other names, as one sentence; empty without any.

    The sentence is cut at a name. It ends with a full stop, as what is heard should.
    """
    different: dict[str, str] = {}
    for name in (*glossary, *names):
        different.setdefault(name.casefold(), name)
    listed, length = [], 0
    for name in different.values():
        length += len(name) + len(", ")
        if length > LONGEST_PROMPT:
            break
        listed.append(name)
    return f"{', '.join(listed)}." if listed else ""
