"""Lay decoded frames out on one gapless line of samples.

Second 0 is where a player begins to count: the container's start time. Frames are placed by their presentation timestamps. A stream that
begins later is preceded by silence, and a gap (a damaged packet, a hole in a recording) becomes silence of the same length, so no word
after it moves. Timestamps jitter by rounding: only steps of more than ``TOLERANCE`` count. A timestamp that cannot be true (far behind,
or past the end of the file) starts a new clock that continues where the old one stopped, as in joined recordings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
import numpy as np

from transcripts.audio.downmix import RATE, Downmixer

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

    from transcripts.audio.downmix import Samples

TOLERANCE = 0.05
"""Seconds that timestamps may deviate before they count. Containers round to a millisecond, some to a frame."""

OVERLAP = 1.0
"""Maximum seconds that a frame may lie behind what was read and count as a repetition; further behind, a new clock has begun."""

LONGEST_GAP = 3600.0
"""Maximum seconds of silence to insert for a timestamp if the file does not state its duration."""

GATHERED = 1.0
"""Seconds of frames to resample at once. Opus has frames of 20 ms, and the overhead of resampling one equals that of a second."""

_SILENCE = 10 * RATE

#: Two-channel layouts: one may be the other inverted. For more channels, FFmpeg knows the layout and downmixes itself.
_PAIRS = {"stereo", "2 channels"}


class Timeline:
    """Frames with timestamps in, one gapless line of samples out.

    ``origin`` is the timestamp of sample 0 in seconds, ``duration`` the file's length, if known. Does not sort: frames come in file
    order. Positions are compared before resampling, so the resampler's delay does not matter.
    """

    def __init__(self, origin: float, duration: float | None) -> None:
        self._origin = origin
        self._duration = duration
        self._resampler: av.AudioResampler | None = None
        self._downmixer = Downmixer()
        self._gathered = av.AudioFifo()
        self._shape: tuple[str, str, int] | None = None
        self._anchor = 0.0  # seconds on the line where the resampler was last started
        self._fed = 0.0  # seconds fed to it since
        self._made = 0  # samples returned in total

    def lay(self, frame: AudioFrame) -> Iterator[Samples]:
        """Yield the samples that this frame completes, after the silence before it."""
        if not frame.sample_rate or not frame.samples:
            return
        now, at = self._anchor + self._fed, self._place(frame)
        length = frame.samples / frame.sample_rate
        if at + length <= now - TOLERANCE:
            return  # a repetition
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if at > now or shape != self._shape:
            yield from self._restart(max(at, now), shape)
        self._fed += length
        frame.pts = None  # positions are decided here; FFmpeg's filters must not apply timestamps, too
        self._gathered.write(frame)
        if self._gathered.samples >= GATHERED * frame.sample_rate:
            yield from self._resample(self._gathered.read())

    def finish(self) -> Iterator[Samples]:
        """Yield what is gathered and what the resampler still holds."""
        if self._gathered.samples:
            yield from self._resample(self._gathered.read())
        yield from self._resample(None)
        self._resampler = None

    def _place(self, frame: AudioFrame) -> float:
        """Return the second where a frame belongs: here, unless its timestamp deviates by more than ``TOLERANCE`` and is plausible."""
        now = self._anchor + self._fed
        if frame.time is None:
            return now
        at = float(frame.time) - self._origin
        latest = now + LONGEST_GAP if self._duration is None else self._duration + OVERLAP
        if abs(at - now) <= TOLERANCE:
            return now
        if now - OVERLAP <= at <= latest:
            return at
        self._origin += at - now
        return now

    def _restart(self, at: float, shape: tuple[str, str, int]) -> Iterator[Samples]:
        """Flush the resampler, fill with silence up to second ``at``, and restart there."""
        yield from self.finish()
        missing = round(at * RATE) - self._made
        while missing > 0:
            block = np.zeros(min(missing, _SILENCE), np.float32)
            missing -= len(block)
            self._made += len(block)
            yield block
        layout = "stereo" if shape[1] in _PAIRS else "mono"
        self._resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
        self._gathered = av.AudioFifo()  # accepts frames of one shape only
        self._shape, self._anchor, self._fed = shape, at, 0.0

    def _resample(self, frame: AudioFrame | None) -> Iterator[Samples]:
        if self._resampler is None:
            return
        for made in self._resampler.resample(frame):
            samples = self._downmixer.mix(np.nan_to_num(made.to_ndarray(), copy=False, posinf=1.0, neginf=-1.0))
            self._made += len(samples)
            yield samples
