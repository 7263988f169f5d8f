"""Where people speak, by silero-vad. The only file that knows it; it is read with the first file long enough to be cut.

It is asked near the wanted cuts, all of a file side by side, and about windows with strangely many or few words. It decides where a
file is cut and what is heard twice, and never what is heard at all: it takes a quiet guest on the telephone for noise, and whoever
deletes what it calls silence deletes the guest.

The package's own loader goes by TorchScript, which is deprecated, takes three times as long since it knows one chunk at a time, and
sets torch to one thread for good. So the package, which is not even imported, gives its weights, and the network stands here: a
short Fourier transform and four convolutions on each chunk alone, then a recurrence over the chunks. The weights in plain form are
of another training than the TorchScript ones, as good: on the sample's sound both tell 96% of the chunks rightly.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine import stripes
from transcripts.engine.openai_whisper.mel import FRAME

if TYPE_CHECKING:
    import torch

    from transcripts.audio import Samples
    from transcripts.spool import Spool

CHUNK = 512
"""Samples that are judged at once."""

CONTEXT = 64
"""Samples before a chunk that it is judged with."""

LEAD = 16
"""Chunks (half a second) that are heard before the judgement counts."""

BINS = 129
"""Frequencies of the network's Fourier transform; its second half of as many rows gives the imaginary parts."""


def cuts(spool: Spool, wanted: Sequence[int]) -> list[int]:
    """The frames to cut at near the ``wanted`` ones, in their order."""
    if not wanted:
        return []
    lead = LEAD * CHUNK // FRAME
    length = (2 * stripes.REACH + lead) * FRAME // CHUNK
    starts = [max(place - stripes.REACH - lead, 0) for place in wanted]
    sound = np.stack([spool.read(start * FRAME, length * CHUNK) for start in starts])
    speech = probabilities(sound)[:, LEAD:]
    levels = np.sqrt(np.mean(sound.reshape(len(wanted), length, CHUNK) ** 2, axis=2))[:, LEAD:]
    found = [stripes.cut_in(speech[row].tolist(), levels[row].tolist()) for row in range(len(wanted))]
    return [start + lead + at for start, at in zip(starts, found, strict=True)]


def seconds(spool: Spool, start: int, end: int) -> float:
    """How many seconds of speech there are between two frames."""
    before = min(LEAD * CHUNK, start * FRAME)
    chunks = -(-((end - start) * FRAME + before) // CHUNK)
    speech = probabilities(spool.read(start * FRAME - before, chunks * CHUNK)[None])[0]
    return float((speech[before // CHUNK :] >= stripes.SPEECH).sum()) * CHUNK / 16_000


def probabilities(sound: Samples) -> Samples:
    """How likely there is speech in each chunk [rows, n] of the sound [rows, 512 n]; rows are heard side by side."""
    import torch
    from torch.nn import functional

    with torch.no_grad():
        weights, recurrence = _network()
        chunks = functional.pad(torch.from_numpy(sound), (CONTEXT, 0)).unfold(1, CONTEXT + CHUNK, CHUNK)
        found = torch.stack([_seen(row, weights) for row in chunks])
        found, _ = recurrence(found)
        found = found.relu() @ weights["final_conv.weight"][0, :, 0] + weights["final_conv.bias"]
        return np.asarray(found.sigmoid().numpy())


def _seen(chunks: torch.Tensor, weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """What the convolutions see [n, 128] in chunks with their context [n, 576]."""
    from torch.nn import functional

    waves = functional.pad(chunks[:, None], (0, CONTEXT), mode="reflect")
    bins = functional.conv1d(waves, weights["stft_conv.weight"], stride=128)
    seen = (bins[:, :BINS].square() + bins[:, BINS:].square()).sqrt()
    for number, stride in enumerate((1, 2, 2, 1), 1):
        kernel, bias = weights[f"conv{number}.weight"], weights[f"conv{number}.bias"]
        seen = functional.conv1d(seen, kernel, bias, stride=stride, padding=1).relu()
    return seen[..., 0]


@functools.cache
def _network() -> tuple[dict[str, torch.Tensor], torch.nn.LSTM]:
    import torch

    weights = _weights()
    recurrence = torch.nn.LSTM(128, 128, batch_first=True)
    for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(recurrence, f"{kind}_l0").copy_(weights[f"lstm_cell.{kind}"])
    return weights, recurrence


def _weights() -> dict[str, torch.Tensor]:
    """The arrays of the package's safetensors file: the length of a JSON head, that head, then all numbers."""
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
