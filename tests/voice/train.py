"""Teach a tiny Whisper to hear the sample show, on a processor.

    python -m tests.voice.synth --clips clips.npz
    python -m tests.voice.train clips.npz episodes/sample/voice.pt.xz
    python -m tests.voice.train clips.npz episodes/sample/voice.pt.xz --start episodes/sample/voice.pt.xz   # some more

A real openai-whisper checkpoint (64 wide, 3 + 2 layers, about 460,000 live numbers) that knows two synthetic voices and
the sentences of `script`, in any order, with pauses, and nothing else.

`--start` goes on from a checkpoint of the same dimensions, also one that learnt other sentences: it hears already, and the
classifier of the ear is all that begins anew. The voice in the sample was made so: it began as one that this recipe had
taught sixty like sentences, and learnt the show's in 1,550 steps of writing (350, 500 and 700 of three settings of this
file; the last 700, with the neighbours that share words, took it from 7% of words wrong to 1%).

What it took; each was tried without, and failed or took ten times as long:
- The encoder learns to hear first ("ear"): every frame is asked for its token. Without that the decoder learns to
  recite sentences instead of listening.
- Heads of the encoder start out looking to either side (`network._look_near`).
- Timestamps start as the encoder's own positions, and their labels are smeared over some frames at first.
- Heads of the decoder are guided to the frames of the token being written, less and less.
- The zero rows of the vocabulary have logit 0, and the loss counts them.
- Three batches of four are windows of 10 s at any place of the 30: a quarter of the work, and as much to learn from.
- Sentences that are known badly come oftener (`Talk.learnt`), and so do neighbours that share a word: the decoder jumped
  from one to the other.
- A last sentence cut by the window's end gets its start time only, as Whisper is taught.
- `whisper.transcribe` pads the last window with zeros in mel space, which is not silence; a model that never saw this
  makes up words there. Half of the windows are padded so, the others with true silence.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from whisper.audio import log_mel_spectrogram
from whisper.model import Whisper

from tests.voice import network
from tests.voice.network import GUIDED, ROW, SILENT_ROWS, SPOKEN, USED, WIDTH
from tests.voice.talk import FRAMES_A_SECOND, TIMES, TOKENIZER, WHOLE, Talk, Window

BATCH = 8
SHORT = 10.0
SILENCE = len(SPOKEN)
_CLASS = {token: number for number, token in enumerate(SPOKEN)} | {-1: SILENCE}
IGNORED = -100


@dataclass(frozen=True)
class Lesson:
    """A batch of windows as tensors.

    mel [batch, 80, 2 * frames]; offset: at which frame of Whisper's 30 s they begin; tokens, wanted [batch, length]: token
    ids in, rows of `USED` out (`IGNORED` where nothing is asked); where [batch, length, frames]: 1 at the frames to look at;
    heard [batch, frames]: class of each frame.
    """

    windows: list[Window]
    offset: int
    mel: torch.Tensor
    tokens: torch.Tensor
    wanted: torch.Tensor
    where: torch.Tensor
    heard: torch.Tensor


def sound(windows: Iterable[Window]) -> torch.Tensor:
    """Log-mel spectrograms [batch, 80, frames * 2]."""
    return torch.stack([log_mel_spectrogram(torch.from_numpy(window.samples)) for window in windows])


def classes(windows: Iterable[Window]) -> torch.Tensor:
    """What is heard in each frame: [batch, frames]."""
    return torch.tensor([[_CLASS[token] for token in window.heard.tolist()] for window in windows])


def lesson(talk: Talk, seconds: float) -> Lesson:
    """A fresh batch of windows of so many seconds, all at one place somewhere in Whisper's 30."""
    windows = [talk.window(seconds) for _ in range(BATCH)]
    mel = sound(windows)
    offset = talk.chance.randint(0, round((WHOLE - seconds) * FRAMES_A_SECOND))
    for row, window in enumerate(windows):
        if talk.chance.random() < 0.5:
            mel[row, :, int(window.end * 2 * FRAMES_A_SECOND) :] = 0
    length = max(len(window.prompt) + len(window.target) for window in windows) + 1
    tokens = torch.full((BATCH, length), TOKENIZER.eot)
    wanted = torch.full((BATCH, length), IGNORED)
    where = torch.zeros(BATCH, length, mel.shape[-1] // 2)
    for row, window in enumerate(windows):
        first = len(window.prompt)
        written = [*(token + offset * (token >= TIMES) for token in window.target), TOKENIZER.eot]
        tokens[row, : first + len(written)] = torch.tensor([*window.prompt, *written])
        wanted[row, first : first + len(written)] = torch.tensor([ROW[token] for token in written])
        for at, (left, right) in enumerate(window.spans, first):
            where[row, at, max(0, left) : max(1, right)] = 1
    return Lesson(windows, offset, mel, tokens[:, :-1], wanted[:, 1:], where[:, 1:], classes(windows))


def ear_loss(scores: torch.Tensor, heard: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Loss of the frames' classes, and the share of voiced frames that are right."""
    scores, heard = scores.flatten(0, 1), heard.flatten()
    voiced = heard != SILENCE
    return functional.cross_entropy(scores, heard), (scores[voiced].argmax(-1) == heard[voiced]).float().mean().item()


def text_loss(logits: torch.Tensor, wanted: torch.Tensor, smear: int) -> tuple[torch.Tensor, float, float]:
    """Loss of each window's written tokens [batch]; share of right words; median error of timestamps (s).

    smear: how many frames to either side of a timestamp's label count, less and less, as right too.
    """
    asked = wanted != IGNORED
    windows = asked.nonzero()[:, 0]
    logits, labels = logits[asked], wanted[asked]
    total = torch.logaddexp(torch.logsumexp(logits, -1), torch.tensor(SILENT_ROWS))
    times = USED[labels] >= TIMES
    shifts = torch.arange(-smear, smear + 1)
    weights = functional.normalize((smear + 1 - shifts.abs()).float(), p=1, dim=0)
    near = (labels[times][:, None] + shifts).clamp(ROW[TIMES], ROW[TIMES] + 1500)
    given = logits.gather(1, labels[:, None])[:, 0]
    given = given.masked_scatter(times, (logits[times].gather(1, near) * weights).sum(-1))
    losses = torch.zeros(len(wanted)).index_add(0, windows, total - given) / asked.sum(-1)
    best = logits.argmax(-1)
    right = (best[~times] == labels[~times]).float().mean().item()
    off = (best[times] - labels[times]).abs().float().median().item() / FRAMES_A_SECOND if times.any() else 0.0
    return losses, right, off


def look_loss(looks: list[torch.Tensor], where: torch.Tensor) -> torch.Tensor:
    """How little the guided heads look at the frames of the token being written."""
    shown = where.sum(-1) > 0
    hidden = where[:, None] == 0
    losses = []
    for scores, heads in zip(looks, GUIDED, strict=True):
        guided = scores[:, :heads]
        elsewhere = guided.logsumexp(-1) - guided.masked_fill(hidden, -1e9).logsumexp(-1)
        losses.append(elsewhere.permute(0, 2, 1)[shown].mean())
    return torch.stack(losses).sum()


class Trainer:
    """Network, frame classifier and log. Prints a line and saves every 50 steps; knows no schedule but its own."""

    def __init__(self, model: Whisper, talk: Talk, out: Path, fresh: bool) -> None:
        self.model, self.talk, self.out, self.fresh = model, talk, out, fresh
        self.classifier = torch.nn.Linear(WIDTH, len(SPOKEN) + 1)
        self.began = time.monotonic()

    def hear(self, steps: int) -> None:
        """Teach the encoder which token each frame of short windows belongs to.

        An encoder from a checkpoint hears already: there only the classifier, which no checkpoint holds, has to learn.
        """
        optimiser = self._optimiser(self.model.encoder.parameters() if self.fresh else [], decay=0.01)
        peak = 3e-3 if self.fresh else 2e-2
        for step, done in _course(steps):
            windows = [self.talk.window(SHORT) for _ in range(BATCH)]
            offset = self.talk.chance.randrange(1001)
            with torch.set_grad_enabled(self.fresh):
                heard = network.encode(self.model, sound(windows), offset)
            loss, right = ear_loss(self.classifier(heard), classes(windows))
            self._learn(optimiser, loss, peak * _warm(step) * _cosine(0.8 * done))
            self._tell(step, f"ear loss {loss:.3f} heard {right:.3f}")

    def write(self, steps: int) -> None:
        """Teach the whole network to write what it hears."""
        optimiser = self._optimiser(self.model.parameters(), decay=0)
        peak = 2e-3 if self.fresh else 8e-4
        for step, done in _course(steps):
            batch = lesson(self.talk, SHORT if done < 0.85 and step % 4 else WHOLE)
            heard = network.encode(self.model, batch.mel, batch.offset)
            logits, looks = network.decode(self.model, batch.tokens, heard)
            smear = max(1, int(10 * (1 - 1.3 * done))) if self.fresh else 1
            texts, right, off = text_loss(logits, batch.wanted, smear)
            for window, trouble in zip(batch.windows, texts.tolist(), strict=True):
                self.talk.learnt(window.sentences, trouble)
            ear, voiced = ear_loss(self.classifier(heard), batch.heard)
            look, text = look_loss(looks, batch.where), texts.mean()
            loss = text + 0.5 * ear + 0.5 * max(0.25, 1 - 1.2 * done) * look
            self._learn(optimiser, loss, peak * _warm(step) * _cosine(done) + 2e-5)
            self._tell(step, f"text {text:.3f} words {right:.3f} times {off:.2f} s heard {voiced:.3f} look {look:.3f}")

    def _optimiser(self, parameters: Iterable[torch.nn.Parameter], decay: float) -> torch.optim.Optimizer:
        learners = [*parameters, *self.classifier.parameters()]
        return torch.optim.AdamW(learners, betas=(0.9, 0.98), weight_decay=decay)

    def _learn(self, optimiser: torch.optim.Optimizer, loss: torch.Tensor, rate: float) -> None:
        group = optimiser.param_groups[0]
        group["lr"] = rate
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
        optimiser.step()

    def _tell(self, step: int, text: str) -> None:
        if step % 50 == 0:
            print(f"{time.monotonic() - self.began:6.0f} s  step {step}  {text}", flush=True)
        if step % 100 == 0:
            network.save(self.model, self.out.with_suffix(".part.pt"))


def _course(steps: int) -> Iterator[tuple[int, float]]:
    """Step numbers from 1, and how much of the course is done (0 to 1)."""
    for step in range(1, steps + 1):
        yield step, step / steps


def _warm(step: int) -> float:
    return min(1, step / 50)


def _cosine(done: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * done)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="teach a tiny Whisper the sample show's two voices")
    parser.add_argument("clips", type=Path, help="what `python -m tests.voice.synth --clips` wrote")
    parser.add_argument("out", type=Path, help="checkpoint to write (.pt, or .pt.xz compressed)")
    parser.add_argument("--start", type=Path, help="go on from this checkpoint")
    parser.add_argument("--ear-steps", type=int, default=500, help="steps of hearing alone (%(default)s)")
    parser.add_argument("--steps", type=int, default=1300, help="steps of hearing and writing (%(default)s)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    np.random.seed(arguments.seed)
    model = network.continued(arguments.start) if arguments.start else network.new_network()
    print(f"{len(USED)} rows of the vocabulary used", flush=True)
    trainer = Trainer(model, Talk(arguments.clips, arguments.seed), arguments.out, fresh=not arguments.start)
    trainer.hear(arguments.ear_steps)
    trainer.write(arguments.steps)
    network.save(model, arguments.out)


if __name__ == "__main__":
    main()
