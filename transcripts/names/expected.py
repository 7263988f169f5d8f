"""Extract the names to expect in an episode from what is written about it, and build the prompt from them.

A name is a run of capitalized words whose capitals are not explained by position: at the beginning of a sentence every word has one, in
a headline nearly all have. Such words count only if they occur as a name elsewhere. The result is for prompts, where an extra word costs
little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

#: Characters, about 170 tokens: rare names have three characters per token. The engine cuts by its own tokens, from the end.
LONGEST_PROMPT = 500

#: Most names to check for being part of another; a prompt holds some forty.
_MOST_NAMES = 1000

#: Sentences and their parts: a list of names is not a headline.
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+|[\n\r]+|\s[–—|•]\s|[,;:]\s")
#: A word of a name: "Jean-Luc", "U.S", "O'Neill" stay whole, or the prompt would hold half a name.
_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*")
#: Lower-case words inside names: Port of Tafolla, Ludwig van Aerden.
_INNER = frozenset("of de del della der den di du da dos la le van von bin al y zu ter".split())  # noqa: SIM905
#: Capitalized words that are not names.
_NO_NAMES = frozenset(
    """i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december mr mrs ms dr episode part season video subscribe http https www the a an""".split()  # noqa: SIM905
)
_UNSPACED = re.compile(r"\S++")
_IN_ADDRESSES = ("://", "www.", "@")
_SMALL_IN_HEADLINES = frozenset("a an the and or but nor of in on at to for from by with as vs via".split())  # noqa: SIM905
#: From this share of capitalized words on, a sentence is a headline.
_HEADLINE = 0.8


def names_in(texts: Iterable[str]) -> list[str]:
    """Return the names in these texts, the most frequent first, without those that are part of a longer one."""
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
    """Yield runs of capitalized words, with lower-case inner words allowed, and where each begins."""
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
    """Strip what is no part of a name: days, titles, words in lower case elsewhere, possessive endings."""
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
    """Whether nearly all words are capitalized, as in a headline, and the row is more than a name."""
    telling = [word for word in row if word.casefold() not in _SMALL_IN_HEADLINES]
    capitals = sum(word[0].isupper() for word in telling)
    return len(row) > 2 and len(telling) > 1 and capitals >= _HEADLINE * len(telling)


def _longest(names: Sequence[str]) -> list[str]:
    """Drop the names that are part of another."""
    padded = [f" {name.casefold()} " for name in names]
    return [name for name, own in zip(names, padded, strict=True) if sum(own in other for other in padded) == 1]


def prompt_of(glossary: Sequence[str], names: Iterable[str]) -> str:
    """Build the prompt for an engine: the glossary, then the other names, as one sentence; empty without any.

    The sentence is cut at a name. It ends with a full stop, as the transcribed sentences should.
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
