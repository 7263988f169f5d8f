"""Voice activity detection (VAD) with silero-vad. The only module that uses it; its weights load with the first file.

A whole file is analysed before the first window is transcribed. VAD decides where windows begin and end, which are
retried, and which words are over silence. It alone never discards sound: it takes a quiet guest on the telephone for
noise, and deleting what it calls silence would delete the guest.

The loader of the silero-vad package uses TorchScript, which is deprecated, is three times as slow because it processes
one VAD frame at a time, and sets torch to one thread for good. So the package is not even imported: only its weights
are read, and the network is here. It is a short-time Fourier transform and four convolutions on each VAD frame, then a
recurrent layer (LSTM) over the frames. All of it is matrix products on a single thread: the recurrence is a thousand
tiny steps, and threads that wait for each other at every step also wait for whatever else the machine does (300 times
as long beside one busy process). A file is cut into rows whose recurrences run side by side in one batch.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.vad_chunking import SpeechRun, find_speech

if TYPE_CHECKING:
    import numpy.typing as npt
    import torch

    from transcripts.audio import Samples
    from transcripts.spool import Spool

VAD_FRAME = 512
"""Samples of a VAD frame."""

VAD_FRAME_SECONDS = VAD_FRAME / 16_000
"""Length of a VAD frame in seconds."""

CONTEXT = 64
"""Samples before a VAD frame that the network sees with it."""

WARM_UP = 32
"""VAD frames (1 s) before a row that warm up the recurrence; their results are discarded."""

ROW_FRAMES = 625
"""VAD frames (20 s) of a row. 99 of 100 VAD frames of real speech are classified (at 0.3) as without cuts."""

ROWS = 16
"""Rows in one batch."""

SPEECH_THRESHOLD = 0.3
"""VAD threshold: the probability above which there is speech. Lower than usual: losing a quiet guest is worse than keeping a cough."""

CLEAR_SPEECH_THRESHOLD = 0.9
"""Probability that only speech reaches. In noise and music of ``tests/quality/real_speech`` it stays below except for
moments; in speech, even a single "bye" on the telephone, it is above for at least a quarter of a second."""

MARGIN = 3
"""VAD frames (0.1 s) around speech in which a word may lie."""

BINS = 129
"""Frequencies of the network's Fourier transform; as many columns again hold the imaginary parts."""

Each = Callable[[Callable[[int], "Samples"], Sequence[int]], Sequence["Samples"]]


@dataclass(frozen=True, slots=True, eq=False)
class VoiceActivity:
    """The probability of speech in each VAD frame of a file [n], and its loudness [n] (root mean square)."""

    speech: Samples
    levels: Samples

    def seconds(self, start: int, end: int, least: float = SPEECH_THRESHOLD) -> float:
        """Return the seconds between two mel frames (10 ms) with a probability of at least ``least``."""
        first, last = _vad_frames(start, end)
        return float((self.speech[first:last] >= least).sum()) * VAD_FRAME_SECONDS

    def longest_pause(self, start: int, end: int) -> int | None:
        """Return the middle of the longest pause between two mel frames, or None."""
        first, last = _vad_frames(start, end)
        quiet = np.flatnonzero(np.diff(np.pad(self.speech[first:last] < SPEECH_THRESHOLD, 1).astype(np.int8)))
        runs = quiet.reshape(-1, 2)
        if not len(runs):
            return None
        begin, stop = runs[int((runs[:, 1] - runs[:, 0]).argmax())]
        return (first * 2 + int(begin + stop)) * VAD_FRAME // 320

    def runs(self, start: int, end: int) -> list[SpeechRun]:
        """Return the runs of speech between two mel frames, without the pauses."""
        first, last = _vad_frames(start, end)
        begin = first * VAD_FRAME / 160
        return [SpeechRun(begin + run.start, begin + run.end) for run in find_speech(self.speech[first:last])]

    def steps(self, start: int, end: int) -> npt.NDArray[np.bool_]:
        """Return for each 20 ms [n] between two mel frames whether there is speech within ``MARGIN``."""
        at = np.minimum((start * 160 + 320 * np.arange((end - start) // 2) + 160) // VAD_FRAME, len(self.speech) - 1)
        around = at[:, None] + np.arange(-MARGIN, MARGIN + 1)
        inside = (around >= 0) & (around < len(self.speech))
        return np.asarray(
            (inside & (self.speech[around.clip(0, len(self.speech) - 1)] >= SPEECH_THRESHOLD)).any(axis=1)
        )


def _vad_frames(start: int, end: int) -> tuple[int, int]:
    """Return the VAD frames between two mel frames (10 ms)."""
    return round(start * 160 / VAD_FRAME), round(end * 160 / VAD_FRAME)


def _one_after_another(work: Callable[[int], Samples], items: Sequence[int]) -> list[Samples]:
    return [work(item) for item in items]


def detect_speech(spool: Spool, each: Each = _one_after_another) -> VoiceActivity:
    """Analyse a whole file. ``each`` may run parts in parallel, with the same result."""
    frames = -(-spool.samples // VAD_FRAME)
    parts = each(lambda first: _detect_part(spool, first, frames), range(0, frames, ROW_FRAMES * ROWS))
    found = np.concatenate([np.zeros((2, 0), np.float32), *parts], axis=1)
    return VoiceActivity(found[0], found[1])


def _detect_part(spool: Spool, first: int, frames: int) -> Samples:
    """Return probabilities and loudness [2, n] of at most ``ROWS`` rows from VAD frame ``first`` on."""
    count = min(ROW_FRAMES * ROWS, frames - first)
    before = min(first, WARM_UP) * VAD_FRAME + (CONTEXT if first else 0)
    sound = spool.read(first * VAD_FRAME - before, before + count * VAD_FRAME)
    lead = np.zeros(WARM_UP * VAD_FRAME + CONTEXT - before, np.float32)
    levels = np.sqrt(np.square(sound[before:]).reshape(count, VAD_FRAME).mean(axis=1))
    return np.stack([probabilities(np.concatenate([lead, sound])), levels])


def probabilities(sound: Samples) -> Samples:
    """Return the probability of speech in each VAD frame [n].

    The sound begins ``WARM_UP`` VAD frames and ``CONTEXT`` samples before the first of them.
    """
    import torch

    weights, recurrence = _network()
    with torch.inference_mode():
        frames = torch.from_numpy(sound).unfold(0, CONTEXT + VAD_FRAME, VAD_FRAME)
        convolved = torch.cat([_convolve(some, weights) for some in frames.split(1024)])
        found = recurrence(_rows(convolved))
        found = found[WARM_UP:].transpose(0, 1).reshape(-1)[: len(convolved) - WARM_UP]
        return np.asarray(found.numpy())


def _rows(convolved: torch.Tensor) -> torch.Tensor:
    """Cut VAD frames [WARM_UP + n, 128] into rows [WARM_UP + ROW_FRAMES, rows, 128] with their warm-ups."""
    from torch.nn import functional

    rows = max(1, -(-(len(convolved) - WARM_UP) // ROW_FRAMES))
    return (
        functional.pad(convolved, (0, 0, 0, WARM_UP + rows * ROW_FRAMES - len(convolved)))
        .unfold(0, WARM_UP + ROW_FRAMES, ROW_FRAMES)
        .permute(2, 0, 1)
    )


def _convolve(frames: torch.Tensor, weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """Apply the convolutions to VAD frames with their context [n, 576]: [n, 128].

    Each convolution is a product with unfolded sound.
    """
    import torch
    from torch.nn import functional

    waves = torch.cat([frames, frames[:, -CONTEXT - 1 : -1].flip(1)], 1)
    bins = (waves.unfold(1, 256, 128).reshape(-1, 256) @ weights["stft"]).view(len(frames), 4, 2 * BINS)
    convolved = torch.sqrt(bins[..., :BINS] ** 2 + bins[..., BINS:] ** 2)
    for number, stride in enumerate((1, 2, 2, 1), 1):
        width = convolved.shape[2]
        flat = functional.pad(convolved, (0, 0, 1, 1)).reshape(len(frames), -1).unfold(1, 3 * width, stride * width)
        product = torch.addmm(weights[f"bias{number}"], flat.reshape(-1, 3 * width), weights[f"kernel{number}"])
        convolved = product.relu_().view(len(frames), flat.shape[1], -1)
    return convolved[:, 0]


@functools.cache
def _network() -> tuple[dict[str, torch.Tensor], Callable[[torch.Tensor], torch.Tensor]]:
    """Return the weights of the convolutions as matrices, and the recurrent layer with the output layer as a function.

    The function maps [frames, rows, 128] to [frames, rows].
    """
    import torch

    given = _weights()
    weights = {"stft": given["stft_conv.weight"][:, 0].T.contiguous()}
    for number in range(1, 5):
        kernel = given[f"conv{number}.weight"].permute(2, 1, 0)
        weights[f"kernel{number}"] = kernel.reshape(-1, kernel.shape[2]).contiguous()
        weights[f"bias{number}"] = given[f"conv{number}.bias"]
    recurrence = torch.nn.LSTM(128, 128)
    with torch.no_grad():
        for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(recurrence, f"{kind}_l0").copy_(given[f"lstm_cell.{kind}"])
    last, bias = given["final_conv.weight"][0, :, 0], given["final_conv.bias"]
    return weights, lambda convolved: (recurrence(convolved)[0].relu() @ last + bias).sigmoid()


def _weights() -> dict[str, torch.Tensor]:
    """Read the package's safetensors file: the length of a JSON header, the header, then all numbers."""
    import torch

    found = importlib.util.find_spec("silero_vad")
    folder = Path(found.origin or "").parent if found else Path()
    content = bytearray((folder / "data" / "silero_vad_16k.safetensors").read_bytes())
    begin = 8 + int.from_bytes(content[:8], "little")
    head = json.loads(content[8:begin])
    head.pop("__metadata__", None)
    numbers = torch.frombuffer(content[begin:], dtype=torch.float32)
    return {
        name: numbers[entry["data_offsets"][0] // 4 : entry["data_offsets"][1] // 4].reshape(entry["shape"])
        for name, entry in head.items()
    }
