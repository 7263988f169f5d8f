"""Measure quality marks and name corrections: ``python -m tests.quality.marks [--json]``. Exit code 1 if a floor is broken.

The talk of the recap show is real, so a mark on it, or a corrected word, is a false alarm. Then faults of the kinds that engines make are
put into every tenth window: the share of them that is marked is the recall of that kind. Times are interpolated between the moments named
in the show's newsletters; windows with an impossible rate of speech because of that are left out and counted (a mark there would be right).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.quality import recap
from transcripts.names.lexicon import known_words
from transcripts.names.near_misses import near_misses
from transcripts.quality import MarkKind, compare_with_captions, marks_of_window
from transcripts.tokens import letters
from transcripts.words import Segment, Source, Transcript

LENGTH = 30.0
PROMPT = "Mike Schmidt, Mark Erhardt, Dave Harding, Gloria Zhao, Bastien Teinturier, Greg Sanders, Lisa Neigut, Optech."
#: Range of characters per second in which a window's times can be right.
POSSIBLE = (7.0, 21.0)
#: The corrections in the recaps, checked one by one: all are other spellings of a guest's name.
RIGHT = {("Bastian", "Bastien"), ("Daniella", "Daniela"), ("Reuben", "Ruben"), ("Fabien", "Fabian")}
VOWELS = "aeiou"

FLOORS = {MarkKind.LOOP: 0.99, MarkKind.SPARSE: 0.99, MarkKind.ECHO: 0.99, MarkKind.SILENCE: 1.0, MarkKind.FAST: 0.99, MarkKind.TIMES: 1.0,
          MarkKind.PUNCTUATION: 0.98, MarkKind.CAPTIONS: 0.98}  # fmt: skip
MOST_FALSE, MOST_FALSE_CAPTIONS = 0.001, 0.005
LEAST_MENDED = 0.95

Window = tuple[Segment, ...]


@dataclass
class Figures:
    """``false``: the share of real windows with a mark; ``recall`` of each kind of fault; names: wrong changes, slips mended."""

    windows: int = 0
    left_out: int = 0
    false: float = 0.0
    false_captions: float = 0.0
    recall: dict[str, float] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    slips: int = 0
    mended: float = 0.0
    mended_wrongly: list[str] = field(default_factory=list)


def measured(show: recap.Recap, every: int = 1) -> Figures:
    """Measure the show, or every n-th talk of it."""
    figures, talks = Figures(), show.talks[::every]
    windows = [window for talk in talks for window in _windows(talk)]
    real = [window for window in windows if _is_possible(window)]
    figures.windows, figures.left_out = len(real), len(windows) - len(real)
    figures.false = sum(bool(_kinds(window)) for window in real) / len(real)
    chance = random.Random(1)
    some = [window for window in real[::10] if len(_text(window)) > 250]
    for kind, (fault, speech) in FAULTS.items():
        figures.recall[kind] = sum(kind in _kinds(fault(one, chance), speech) for one in some) / len(some)
    _captions(talks, figures, chance)
    _names(talks, figures, chance)
    return figures


def _windows(talk: Sequence[Segment]) -> Iterator[Window]:
    """Return the windows of a talk, each with times from its own second 0."""
    begin = 0
    for at, segment in enumerate([*talk[1:], replace(talk[-1], start=1e9)], 1):
        if segment.start >= talk[begin].start + LENGTH:
            first = talk[begin].start
            yield tuple(replace(one, start=one.start - first, end=one.end - first) for one in talk[begin:at])
            begin = at


def _is_possible(window: Window) -> bool:
    pieces = [*((one.start, one.end, len(one.text)) for one in window), (0.0, window[-1].end, len(_text(window)))]
    lengths = [(max(end - start, 0.01), size) for start, end, size in pieces if size > 40]
    return bool(lengths) and all(POSSIBLE[0] <= size / seconds <= POSSIBLE[1] for seconds, size in lengths)


def _kinds(window: Window, speech: float | None = -1.0) -> set[str]:
    """Return the kinds of marks; by default all of the window is speech."""
    end = max(LENGTH + 6, window[-1].end) if speech != -2 else LENGTH
    seconds = window[-1].end if speech in (-1.0, -2) else speech
    return {mark.kind for one in marks_of_window(window, 0.0, end, seconds, PROMPT) for mark in one.marks}


def _text(window: Window) -> str:
    return " ".join(one.text for one in window)


def _looped(window: Window, chance: random.Random) -> Window:
    """Repeat a few words of some segment again and again."""
    at = chance.randrange(1, len(window)) if len(window) > 1 else 0
    said = window[at].text.split()[: chance.randint(1, 8)]
    again = replace(window[at], text=" ".join(said * chance.randint(5, 20)), end=window[-1].end)
    return (*window[:at], again)


def _dropped(window: Window, chance: random.Random) -> Window:
    """Keep only the beginning: at most 3 of 10 characters."""
    kept = int(len(_text(window)) * chance.uniform(0, 0.3))
    return (replace(window[0], text=_text(window)[:kept], end=window[-1].end),)


def _echoed(window: Window, chance: random.Random) -> Window:
    names = PROMPT.split(", ")
    first = chance.randrange(len(names) - 4)
    echo = replace(window[-1], text=", ".join(names[first:]), end=window[-1].end + 6)
    return (*window[:-1], echo)


def _unpunctuated(window: Window, _: random.Random) -> Window:
    return tuple(replace(one, text=" ".join(letters(one.text)).lower()) for one in window)


def _hurried(window: Window, chance: random.Random) -> Window:
    at = chance.randrange(len(window))
    return (*window[:at], replace(window[at], text=_text(window), end=window[at].start + 2), *window[at + 1 :])


def _shifted(window: Window, chance: random.Random) -> Window:
    by = chance.uniform(3, 20) + LENGTH - window[-1].end
    return (*window[:-1], replace(window[-1], start=window[-1].start + by, end=window[-1].end + by))


#: For each kind: how to spoil a window, and its seconds of speech (-1: all of it; -2: likewise, with a firm end).
FAULTS: dict[MarkKind, tuple[Callable[[Window, random.Random], Window], float]] = {
    MarkKind.LOOP: (_looped, -1),
    MarkKind.SPARSE: (_dropped, -1),
    MarkKind.ECHO: (_echoed, -1),
    MarkKind.SILENCE: (lambda window, _: window, 0.0),
    MarkKind.FAST: (_hurried, -1),
    MarkKind.TIMES: (_shifted, -2),
    MarkKind.PUNCTUATION: (_unpunctuated, -1),
}


def _captions(talks: Sequence[Sequence[Segment]], figures: Figures, chance: random.Random) -> None:
    """Compare each talk with a careless transcription of itself, with half a minute of another talk in the middle."""
    false = right = spoiled = segments = 0
    for number, talk in enumerate(talks):
        other = talks[number - 1]
        begin = len(talk) // 2
        strange = range(begin, min(begin + 6, len(talk), len(other)))
        heard = [replace(one, text=_careless(one.text, chance)) for one in talk]
        for at in strange:
            heard[at] = replace(heard[at], text=other[at].text)
        compared = compare_with_captions(Transcript(tuple(heard)), Transcript(tuple(talk), Source.CAPTIONS))
        marked = {at for at, one in enumerate(compared.segments) if one.marks}
        inner = set(strange[1:-1])
        right += len(marked & inner)
        spoiled += len(inner)
        near = range(begin - 2, begin + 8)
        false += len(marked - set(near))
        segments += len(talk) - len(near)
    figures.recall[MarkKind.CAPTIONS] = right / spoiled
    figures.false_captions = false / segments


def _careless(text: str, chance: random.Random) -> str:
    """Lose one word in ten, replace another one in ten."""
    kept = [word for word in text.split() if chance.random() > 0.1]
    return " ".join("something" if chance.random() < 0.1 else word for word in kept)


def _names(talks: Sequence[Sequence[Segment]], figures: Figures, chance: random.Random) -> None:
    glossary = sorted({one.speaker.strip(": ") for talk in talks for one in talk if one.speaker})
    common = known_words()

    def is_known(word: str) -> bool:
        return word in common or word.casefold() in common

    for talk in talks:
        for one in near_misses(talk, glossary, is_known):
            pair = f"{one.heard} -> {one.right}"
            figures.changed[pair] = figures.changed.get(pair, 0) + 1
            if (one.heard, one.right) not in RIGHT:
                figures.wrong.append(pair)
    rare = [
        word
        for word in dict.fromkeys(word for name in glossary for word in letters(name))
        if len(word) >= 5 and not is_known(word)
    ]
    slips = [(word, slip) for word in rare for slip in _slips(word, chance) if not is_known(slip)]
    for word, slip in slips:
        said = Segment(0.0, 5.0, f"Then {slip} spoke of the harbour.")
        made = [one.right for one in near_misses([said], glossary, is_known)]
        figures.mended += made == [word]
        figures.mended_wrongly += [f"{slip} -> {one}, not {word}" for one in made if one != word]
    figures.slips = len(slips)
    figures.mended /= len(slips)


def _slips(word: str, chance: random.Random) -> Iterator[str]:
    """Yield misheard variants of a name: another inner vowel, a doubled or single consonant, or one differing in voice."""
    inner = [at for at in range(1, len(word) - 1) if word[at] in VOWELS]
    if inner:
        at = chance.choice(inner)
        yield word[:at] + chance.choice([vowel for vowel in VOWELS if vowel != word[at]]) + word[at + 1 :]
    at = chance.choice([at for at in range(1, len(word)) if word[at] not in VOWELS])
    yield word[:at] + word[at] + word[at:]
    for one, other in ("dt", "bp", "gk", "fv", "sz", "td", "vf"):
        if one in word[1:]:
            at = word.index(one, 1)
            yield word[:at] + other + word[at + 1 :]
            return


def broken(figures: Figures) -> list[str]:
    """Return a sentence for each broken floor."""
    told = [
        f"{kind}: recall {figures.recall[kind]:.3f} < {floor}"
        for kind, floor in FLOORS.items()
        if figures.recall[kind] < floor
    ]
    told += [f"false alarms {figures.false:.4f} > {MOST_FALSE}"] if figures.false > MOST_FALSE else []
    if figures.false_captions > MOST_FALSE_CAPTIONS:
        told.append(f"captions: false alarms {figures.false_captions:.4f} > {MOST_FALSE_CAPTIONS}")
    told += [f"names: wrong {pair}" for pair in figures.wrong + figures.mended_wrongly]
    told += [f"names: {figures.mended:.3f} mended < {LEAST_MENDED}"] if figures.mended < LEAST_MENDED else []
    return told


def main(as_json: bool) -> int:
    """Measure and report."""
    figures = measured(recap.read())
    told = broken(figures)
    if as_json:
        print(json.dumps({**vars(figures), "broken": told}))
        return bool(told)
    print(
        f"{figures.windows} windows of real talk ({figures.left_out} with impossible times left out): {figures.false:.4f} are marked"
    )
    for kind, recall in figures.recall.items():
        print(f"  {kind:<12} {recall:.3f} of the faults are marked")
    print(f"  captions of the same talk: {figures.false_captions:.4f} of the segments are marked")
    print(
        f"names: {sum(figures.changed.values())} words of the real talk are changed: {figures.changed}; wrong: {figures.wrong or 'none'}"
    )
    print(f"  {figures.mended:.3f} of {figures.slips} slips are mended; wrongly: {figures.mended_wrongly or 'none'}")
    print("\n".join(told) or "all floors hold")
    return bool(told)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    sys.exit(main(options.parse_args().json))
