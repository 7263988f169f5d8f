"""The log-mel spectrogram of one window, number for number what whisper computes for a whole file.

The spectrogram of a whole file takes 6 GB for 3 hours. That of a window alone would differ in two ways: at its edges,
where whisper's frames reach into the neighbouring sound, and in its dynamic range, which whisper limits to 8 (80 dB)
below the file's loudest moment. So the edges are read too, and the loudest moment of the file is found beforehand. That
is cheap, because the energy of a frame bounds its mel values, and only the frames that could be the loudest are
transformed: 1 to 3 ms for 30 seconds of talk, of which a spectrogram takes 12.
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
"""Samples of a frame, centred on its position."""

WINDOW = 3000
"""Frames of a Whisper window: 30 s."""

DYNAMIC_RANGE = 8.0
"""Decades of power below the loudest moment that are kept."""

FLOOR = 1e-10
"""Minimum power of which whisper takes a logarithm."""

TRAILING_SILENCE = 500
"""Frames of silence (5 s) after sound that does not fill a window, if there is room.

Whisper was trained on 30 seconds, but only needs to hear that silence follows. On the twelve recordings of
``tests/quality/real_speech`` (``base``, int8) windows padded like this make as many errors as whole ones (13.5 and
13.6%) in four fifths of the time; with 300 frames 13.9%, and with 100 14.2%, because sentences are repeated."""

TRAILING_SILENCE_QUIET = 100
"""The same for windows in which the VAD finds no speech, to confirm that: on the same recordings no result differs."""

BLOCK = 64
"""Padded windows are a multiple of this many frames if there is room: products take whole rows of tiles."""


class Mel:
    """Mel spectrograms of windows, for a model with ``n_mels`` bands on ``device``."""

    def __init__(self, n_mels: int, device: torch.device) -> None:
        import torch
        from whisper.audio import mel_filters

        self._hann = torch.hann_window(N_FFT).to(device)
        self._filters = mel_filters(device, n_mels)
        self._device = device
        # Parseval: the powers of bins 1 to 199 sum to at most 200 times the frame's energy; bins 0 and 200 are in no band.
        self._bound = self._hann.square() * (float(self._filters.max()) * N_FFT / 2 * 1.001)

    def window(
        self, spool: Spool, start: int, end: int, loudest: float, padding: Padding, length: int = WINDOW
    ) -> torch.Tensor:
        """Return the log-mel [n_mels, length] of frames ``start`` to ``end``. ``loudest`` is that of the file."""
        import torch

        power = self._power(_samples_around(spool, start, end - start))
        found = power.clamp(min=FLOOR).log10().clamp(min=loudest - DYNAMIC_RANGE)
        silence = (max(loudest - DYNAMIC_RANGE, -10.0) + 4.0) / 4.0
        return torch.nn.functional.pad(
            (found + 4.0) / 4.0, (0, length - (end - start)), value=silence if padding == "silence" else 0.0
        )

    def loudest(self, spool: Spool) -> float:
        """Return the highest log-mel value of the file, in decades."""
        import torch

        best = FLOOR
        frames = spool.samples // HOP + 2  # two more frames overlap the sound
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
        """Return the highest mel power of frames [n, 400]."""
        import torch

        bins = torch.view_as_real(torch.fft.rfft(pieces * self._hann))
        return float((self._filters @ bins.square().sum(-1).T).max())

    def _power(self, sound: Samples) -> torch.Tensor:
        """Return the mel power [n_mels, frames] of samples that extend half a frame beyond both ends."""
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
    """Return the padded length of a window with ``frames`` frames of sound.

    ``quiet``: the VAD finds no speech in it.
    """
    return min(WINDOW, -(-(frames + (TRAILING_SILENCE_QUIET if quiet else TRAILING_SILENCE)) // BLOCK) * BLOCK)


def _samples_around(spool: Spool, start: int, frames: int) -> Samples:
    """Return the samples of ``frames`` frames, from half a frame before the first on.

    Before the start of the file they are mirrored.
    """
    half = N_FFT // 2
    first = start * HOP - half
    count = (frames - 1) * HOP + N_FFT
    if first >= 0:
        return spool.read(first, count)
    sound = spool.read(0, max(count, N_FFT))
    return np.concatenate([sound[half:0:-1], sound[: count - half]])
