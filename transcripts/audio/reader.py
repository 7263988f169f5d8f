"""Read the audio of an open media file from front to back, as 16 kHz mono samples.

Memory use is flat: at most what one ``read`` requests is held. Reading starts at the front even to resume in the middle, because seeking
is inexact in several containers, and decoding alone is several hundred times faster than real time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import av
import numpy as np

from transcripts.audio.downmix import RATE
from transcripts.audio.timeline import Timeline
from transcripts.errors import MediaError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    from transcripts.audio.downmix import Samples


class Audio:
    """The audio of an open media file.

    Does not seek back: a ``read`` starts no earlier than the one before it. ``path`` is the file.
    """

    def __init__(self, path: Path, container: InputContainer) -> None:
        """Take ownership of the container and decode the first frames at once, so a file without audio fails here."""
        stream = _audio_stream(path, container)
        self.path = path
        self._container = container
        self._stated = _stated_duration(container, stream)
        self._duration = container.duration / av.time_base if container.duration else self._stated
        self._damaged = 0
        self._ended = False
        self._pieces: deque[Samples] = deque()
        self._at = 0
        self._end = 0
        self._blocks = self._decode(stream)
        if not self._more():
            raise MediaError(path, "nothing in its audio stream can be decoded")

    @property
    def duration(self) -> float | None:
        """Length in seconds as stated by the file; if it states none, None until the end has been read."""
        read = self._end / RATE if self._ended else None
        return read if self._duration is None else max(self._duration, read or 0.0)

    @property
    def flaws(self) -> tuple[str, ...]:
        """Sentences about damage found so far; complete once the end has been read."""
        found = []
        if self._damaged:
            plural = "packet was" if self._damaged == 1 else "packets were"
            found.append(f"{self._damaged} damaged audio {plural} skipped")
        if self._ended and self._stated and self._stated - self._end / RATE > max(1.0, self._stated / 50):
            found.append(
                f"the audio ends at {self._end / RATE:.1f} s of {self._stated:.1f} s: the file seems to be cut off"
            )
        return tuple(found)

    def read(self, start: float, seconds: float) -> Samples:
        """Return the samples from second ``start`` on: ``seconds`` of them, or fewer (down to none) at the end.

        Raises:
            ValueError: ``start`` is before that of an earlier call, and those samples are dropped.
        """
        first = round(start * RATE)
        last = first + round(seconds * RATE)
        if first < self._at:
            raise ValueError(f"audio is read forward only: {start} s is before {self._at / RATE} s")
        self._forget(first)
        while self._end < last and self._more():
            self._forget(first)
        held = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.float32)
        return held[max(first - self._at, 0) : last - self._at]

    def close(self) -> None:
        """Close the file."""
        self._blocks = iter(())
        self._container.close()

    def __enter__(self) -> Audio:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            self._ended = True
            return False
        self._pieces.append(block)
        self._end += len(block)
        return True

    def _forget(self, first: int) -> None:
        """Drop the pieces that end before sample ``first``."""
        while self._pieces and self._at + len(self._pieces[0]) <= first:
            self._at += len(self._pieces.popleft())

    def _decode(self, stream: AudioStream) -> Iterator[Samples]:
        timeline = Timeline((self._container.start_time or 0) / av.time_base, self._duration)
        for frame in self._frames(stream):
            yield from timeline.lay(frame)
        yield from timeline.finish()

    def _frames(self, stream: AudioStream) -> Iterator[AudioFrame]:
        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                self._damaged += 1  # the container itself ends here: FFmpeg's own programs stop, too
                return
            if packet is None:
                return
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self._damaged += 1


def _audio_stream(path: Path, container: InputContainer) -> AudioStream:
    streams = container.streams.audio
    if not streams:
        raise MediaError(path, "it has no audio stream")
    best = container.streams.best("audio")
    return next((stream for stream in streams if best is not None and stream.index == best.index), streams[0])


def _stated_duration(container: InputContainer, stream: AudioStream) -> float | None:
    """Return the seconds of audio that the file states; None if it states nothing about the audio itself."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and not container.streams.video:
        return container.duration / av.time_base
    return None
