"""Invented conversations for the training: random sentences of the script by two voices, with everything they teach.

Every window differs: order, voices, colours, pauses, loudness, noise, how the window begins and how it ends.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from whisper.tokenizer import Tokenizer, get_tokenizer

from tests.voice.script import SENTENCES
from tests.voice.synth import HEARD_RATE, TAUGHT, Samples

TOKENIZER: Tokenizer = get_tokenizer(multilingual=False)
TIMES = TOKENIZER.timestamp_begin
TEXTS: list[list[int]] = [TOKENIZER.encode(" " + sentence) for sentence in SENTENCES]
FRAMES_A_SECOND = 50
COLOURS = 3
WHOLE = 30.0
"""Seconds in a window of Whisper's."""

Span = tuple[int, int]
"""First and last encoder frame (20 ms each)."""


@dataclass(frozen=True)
class Window:
    """A stretch of talk and what to learn from it.

    samples: mono, 16 kHz. prompt, target: token ids before and after the window's beginning (no end of text).
    spans: for each target token the frames to look at. heard: for each frame the token spoken there, or -1 for none.
    end: seconds after which nothing is said any more. sentences: numbers of those that are said.
    """

    samples: Samples
    prompt: list[int]
    target: list[int]
    spans: list[Span]
    heard: npt.NDArray[np.int64]
    end: float
    sentences: list[int]


def letters(tokens: list[int]) -> npt.NDArray[np.float64]:
    """Where each token of a sentence begins and ends, from 0 to 1, guessed from its letters: [tokens + 1]."""
    words = [TOKENIZER.decode([token]).strip() for token in tokens]
    lengths = [1.5 if word in list(",.?") else max(1, len(word)) + 0.3 for word in words]
    if words[-1] in list(".?"):
        lengths[-1] = 0.5
    edges: npt.NDArray[np.float64] = np.cumsum([0.0, *lengths]) / sum(lengths)
    return edges


EDGES = [letters(tokens) for tokens in TEXTS]
EVERY = list(range(len(TEXTS)))
_COMMON = {token for token in chain(*TEXTS) if sum(token in tokens for tokens in TEXTS) > len(TEXTS) / 5}
ALIKE = [[other for other in EVERY if set(TEXTS[one]) & set(TEXTS[other]) - _COMMON] for one in EVERY]
"""For each sentence those that share a word with it, though not one of the commonest."""


class Talk:
    """Makes up windows from clips (see `synth.make_clips`). Has its own randomness, seeded."""

    def __init__(self, clips: Path, seed: int = 0) -> None:
        with np.load(clips) as file:
            self.clips = {tuple(map(int, name.split("-"))): file[name] for name in file.files}
        self.chance = random.Random(seed)
        self.noise = np.random.default_rng(seed)
        self.trouble = [1.0] * len(SENTENCES)

    def sentence(self, before: int | None = None) -> int:
        """The number of a sentence to say next: the worse one is known, the oftener it comes.

        Often it shares a word with the sentence before: there a reader that only looks for the word it has just written
        loses its place, and jumps from one sentence into the other.
        """
        usual = 0.3 * sum(self.trouble) / len(self.trouble)
        chosen = EVERY if before is None or self.chance.random() < 0.4 else ALIKE[before]
        return self.chance.choices(chosen, [usual + self.trouble[sentence] for sentence in chosen])[0]

    def learnt(self, sentences: list[int], loss: float) -> None:
        """Hear of the loss of a window with these sentences."""
        for sentence in sentences:
            self.trouble[sentence] += 0.1 * (loss - self.trouble[sentence])

    def clip(self, setting: int, sentence: int) -> Samples:
        """One sentence, in any colour, a little faster and higher or slower and lower than it was spoken."""
        clip = self.clips[self.chance.randrange(COLOURS), setting, sentence]
        places = np.arange(0, len(clip) - 1, self.chance.uniform(0.96, 1.04))
        samples: Samples = np.interp(places, np.arange(len(clip)), clip / 32768).astype(np.float32)
        return samples

    def window(self, seconds: float = WHOLE) -> Window:
        """A window of `seconds`: usually full to the end, sometimes ending early, seldom silent."""
        full = self.chance.random() < 0.7
        limit = seconds if full else self.chance.uniform(-1 if seconds == WHOLE else 3, seconds - 1)
        samples, sentences, end = self._conversation(seconds, limit, full)
        heard = np.full(round((seconds + 12) * FRAMES_A_SECOND), -1)
        target: list[int] = []
        spans: list[Span] = []
        for sentence, start, stop, whole in sentences:
            edges = EDGES[sentence] * (stop - start) + start
            for token, left, right in zip(TEXTS[sentence], edges, edges[1:], strict=False):
                heard[max(0, round(left)) : max(round(left) + 1, round(right))] = token
            new, looks = _lesson(sentence, max(0, start), stop, whole)
            target, spans = target + new, spans + looks
        prompt = self._prompt()
        if self.chance.random() < 0.1:  # `without_timestamps`, and word times, which need this mode
            kept = [at for at, token in enumerate(target) if token < TIMES]
            target, spans = [target[at] for at in kept], [spans[at] for at in kept]
            prompt.append(TOKENIZER.no_timestamps)
        if not target:
            target, spans = [TOKENIZER.no_speech], [(0, round(seconds * FRAMES_A_SECOND))]
        said = [sentence for sentence, _, _, whole in sentences if whole]
        return Window(samples, prompt, target, spans, heard[: round(seconds * FRAMES_A_SECOND)], end, said)

    def _conversation(
        self, seconds: float, limit: float, full: bool
    ) -> tuple[Samples, list[tuple[int, int, int, bool]], float]:
        """Sound, its sentences as (number, first frame, last frame, fits into the window), and the end of speech (s)."""
        half = len(TAUGHT) // 2
        voices = [self.chance.randrange(half), half + self.chance.randrange(half)]
        samples = np.zeros(round(HEARD_RATE * (seconds + 12)), np.float32)
        now = self._begin(samples, voices)
        sentences: list[tuple[int, int, int, bool]] = []
        sentence = None
        while True:
            sentence = self.sentence(sentence)
            clip = self.clip(self.chance.choice(voices), sentence)
            length = len(clip) / HEARD_RATE
            over = now + length > limit
            if over and not full:
                break
            at = round(now * HEARD_RATE)
            samples[max(0, at) : at + len(clip)] += clip[max(0, -at) :]
            fits = not over
            if fits or (now < seconds - 1 and sentences):
                span = round(now * FRAMES_A_SECOND), round((now + length) * FRAMES_A_SECOND)
                sentences.append((sentence, *span, fits))
            if over:
                break
            now += length + self.chance.uniform(0.12, 0.8)
        end = seconds if full else max(0.0, now)
        return self._room(samples[: round(seconds * HEARD_RATE)]), sentences, end

    def _begin(self, samples: Samples, voices: list[int]) -> float:
        """When the first sentence begins (s): windows are cut at guessed times, so a little may be missing or left over."""
        if self.chance.random() < 0.2:
            tail = self.clip(self.chance.choice(voices), self.chance.randrange(len(SENTENCES)))
            tail = tail[-round(HEARD_RATE * self.chance.uniform(0.02, 0.15)) :]
            samples[: len(tail)] += tail
            return len(tail) / HEARD_RATE + self.chance.uniform(0.12, 0.7)
        return self.chance.uniform(-0.08, 0.8)

    def _room(self, samples: Samples) -> Samples:
        """Loudness and noise; sometimes none at all."""
        level = 10 ** self.chance.uniform(-5, -3) if self.chance.random() < 0.8 else 0.0
        noise = self.noise.standard_normal(len(samples), dtype=np.float32) * level
        return samples * np.float32(self.chance.uniform(0.4, 1.2)) + noise.astype(np.float32)

    def _prompt(self) -> list[int]:
        """What may come before the window: usually nothing, sometimes earlier text."""
        earlier: list[int] = []
        if self.chance.random() < 0.2:
            while len(earlier) < self.chance.randrange(10, 120):
                earlier += self.chance.choice(TEXTS)
            earlier = [TOKENIZER.sot_prev, *earlier[-200:]]
        return [*earlier, TOKENIZER.sot]


def _lesson(sentence: int, start: int, stop: int, whole: bool) -> tuple[list[int], list[Span]]:
    """Tokens of a sentence and where to look for each; one cut by the window's end gives its start only, as in Whisper."""
    begin = (start - 8, start + 12)
    if not whole:
        return [TIMES + start], [begin]
    edges = EDGES[sentence] * (stop - start) + start
    words = [(int(left) - 8, int(right) + 8) for left, right in pairwise(edges)]
    return [TIMES + start, *TEXTS[sentence], TIMES + stop], [begin, *words, (stop - 12, stop + 8)]
