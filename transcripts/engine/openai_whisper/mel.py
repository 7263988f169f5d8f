"""The log-mel of one window, number for number what whisper computes when it takes a whole file at once.

Whole-file mel takes 6 GB for 3 hours. A window alone would differ in two places: at its edges, where whisper's frames reach into
the neighbouring sound, and in its dynamic range, which whisper cuts at 8 (80 dB) below the file's loudest moment. So the edges are
read along, and the loudest moment of the file is looked for beforehand. That costs little, since a frame's energy bounds
its mel, and only the frames that could be the loudest are transformed: 1 to 3 ms for 30 seconds of talk, where a mel takes 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcripts.engine.interface import Padding

if TYPE_CHECKING:
    import torch

    from transcripts.audio import Samples
    from transcripts.spool import Spool

HOP = 160
"""Samples from one frame to the next: 10 ms."""

N_FFT = 400
"""Samples of a frame, around its own place."""

WINDOW = 3000
"""Frames that Whisper hears at once: 30 s."""

DYNAMIC_RANGE = 8.0
"""Decades of power below the loudest moment that are kept."""

FLOOR = 1e-10
"""Power below which whisper takes no logarithm."""

TRAILING_SILENCE = 500
"""Frames of silence (5 s) behind sound that does not fill a window, if the window has room for them.

Whisper was taught on half minutes, but needs only to hear that a silence follows. On the twelve recordings of
``tests/quality/real_speech`` (``base``, int8) windows filled up with so many make as many errors as whole ones (13.5 and 13.6%) in four
fifths of the time; with 300 they make 13.9, and with 100 14.2, since sentences are repeated."""

TRAILING_SILENCE_QUIET = 100
"""The same where nobody seems to speak and Whisper is only asked whether that is so: on the same recordings no answer is another."""

BLOCK = 64
"""Windows are of so many frames or a multiple of them, if there is room: products take whole rows of tiles."""


class Mel:
    """Mel of windows, for a model with ``n_mels`` bands on ``device``."""

    def __init__(self, n_mels: int, device: torch.device) -> None:
        import torch
        from whisper.audio import mel_filters

        self._hann = torch.hann_window(N_FFT).to(device)
        self._filters = mel_filters(device, n_mels)
        self._device = device
        # Parseval: the powers of bins 1 to 199 sum up to at most 200 times the frame's energy; bins 0 and 200 count nowhere.
        self._bound = self._hann.square() * (float(self._filters.max()) * N_FFT / 2 * 1.001)

    def window(
        self, spool: Spool, start: int, end: int, loudest: float, padding: Padding, length: int = WINDOW
    ) -> torch.Tensor:
        """The mel [n_mels, length] of frames ``start`` to ``end``; ``loudest`` is the file's, see there."""
        import torch

        power = self._power(_samples_around(spool, start, end - start))
        found = power.clamp(min=FLOOR).log10().clamp(min=loudest - DYNAMIC_RANGE)
        silence = (max(loudest - DYNAMIC_RANGE, -10.0) + 4.0) / 4.0
        return torch.nn.functional.pad(
            (found + 4.0) / 4.0, (0, length - (end - start)), value=silence if padding == "silence" else 0.0
        )

    def loudest(self, spool: Spool) -> float:
        """The greatest log-mel in the file, in decades."""
        import torch

        best = FLOOR
        frames = spool.samples // HOP + 2  # two more reach back into the sound
        for start in range(0, frames, WINDOW):
            sound = torch.from_numpy(_samples_around(spool, start, min(WINDOW, frames - start))).to(self._device)
            pieces = sound.unfold(0, N_FFT, HOP)
            bound = pieces.square() @ self._bound
            first = bound.topk(min(16, len(bound))).indices
            best = max(best, self._greatest(pieces[first]))
            if len(rest := pieces[bound > best]):
                best = max(best, self._greatest(rest))
        return float(np.log10(best))

    def _greatest(self, pieces: torch.Tensor) -> float:
        """The greatest mel power of frames [n, 400]."""
        import torch

        bins = torch.view_as_real(torch.fft.rfft(pieces * self._hann))
        return float((self._filters @ bins.square().sum(-1).T).max())

    def _power(self, sound: Samples) -> torch.Tensor:
        """The mel power [n_mels, frames] of samples that begin and end half a frame outside."""
        import torch

        bins = torch.stft(
            torch.from_numpy(sound).to(self._device),
            N_FFT,
            HOP,
            window=self._hann,
            center=False,
            return_complex=True,
        )
        return self._filters @ torch.view_as_real(bins).square().sum(-1)


def padded_length(frames: int, *, quiet: bool = False) -> int:
    """The frames of a window that so many frames of sound are heard in; ``quiet``: nobody seems to speak in them."""
    return min(WINDOW, -(-(frames + (TRAILING_SILENCE_QUIET if quiet else TRAILING_SILENCE)) // BLOCK) * BLOCK)


def _samples_around(spool: Spool, start: int, frames: int) -> Samples:
    """The samples of so many frames, from half a frame before the first's place; before the file's beginning its mirror image."""
    half = N_FFT // 2
    first = start * HOP - half
    count = (frames - 1) * HOP + N_FFT
    if first >= 0:
        return spool.read(first, count)
    sound = spool.read(0, max(count, N_FFT))
    return np.concatenate([sound[half:0:-1], sound[: count - half]])
