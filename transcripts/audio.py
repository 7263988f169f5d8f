"""Any media file as 16 kHz mono sound, streamed. The only file that knows PyAV.

Second 0 is where a player begins to count: the container's start time. Everything is laid out on that line by the presentation
time stamps: a stream that begins later is preceded by silence, and what was lost in the middle (a damaged packet, a hole in
a recording) becomes silence of the same length, so that no word after it moves. Stamps jitter by rounding; only steps of more
than ``TOLERANCE`` count. A stamp that cannot be true (far behind, or behind the file's end) is taken for a new clock that
goes on where the old one stopped, as in recordings that were joined.

Memory is flat: at most what one ``read`` asks for is held. Reading starts at the front even to resume in the middle: seeking
is inexact in several containers, and decoding alone runs many hundred times as fast as the sound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import av
import numpy as np

from transcripts.channels import Mixer
from transcripts.errors import MediaError

if TYPE_CHECKING:
    import numpy.typing as npt
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    Samples = npt.NDArray[np.float32]
    """Mono, between -1 and 1, ``RATE`` a second."""

RATE = 16_000
"""Samples a second: what Whisper takes."""

TOLERANCE = 0.05
"""Seconds by which time stamps may stray before they count; containers round to a millisecond, some to a frame."""

OVERLAP = 1.0
"""Seconds that a frame may lie behind what was already read and be a repetition; further behind, a new clock has begun."""

LONGEST_GAP = 3600.0
"""Seconds of silence that a time stamp is believed where the file does not say how long it is."""

GATHERED = 1.0
"""Seconds of frames that are resampled at once: Opus comes in frames of 20 ms, and each costs as much as a second by what is around it."""

_SILENCE = 10 * RATE

#: Layouts of two channels, which may be each other's mirror image. Of more, FFmpeg knows which is whose.
_PAIRS = {"stereo", "2 channels"}

#: Containers that hold their sound themselves. FFmpeg also reads playlists, scripts, session descriptions, rows of pictures and devices
#: (hls, dash, concat, sdp, image2, mlv, lavfi, …), in which a file names others, or addresses, to be opened: what poses as sound and is
#: one of those is no media file here. https://ffmpeg.org/ffmpeg-formats.html
_CONTAINERS = (
    "aa", "aac", "aax", "ac3", "ac4", "act", "aiff", "amr", "amrnb", "amrwb", "ape", "apm", "aptx", "aptx_hd", "asf", "asf_o", "au", "avi",
    "avr", "caf", "codec2", "dsf", "dss", "dts", "dtshd", "dv", "eac3", "ea", "flac", "flv", "g722", "g723_1", "g729", "gsm", "gxf", "iamf",
    "iff", "ircam", "ivf", "kux", "live_flv", "lc3", "loas", "matroska", "webm", "mlp", "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "mp3",
    "mpc", "mpc8", "mpeg", "mpegts", "mpegvideo", "mxf", "nistsphere", "nsv", "nut", "nuv", "ogg", "oma", "osq", "paf", "pvf", "qcp", "qoa",
    "rm", "sbc", "sds", "shn", "sln", "smjpeg", "sol", "sox", "spdif", "swf", "tak", "truehd", "tta", "vividas", "voc", "vqf", "w64", "wav",
    "wsd", "wtv", "wv", "xa", "xwma",
)  # fmt: skip


#: Told of what is readable to FFmpeg and not among ``_CONTAINERS``.
_NONE_OF_ITS_OWN = (
    "it is no media file: no audio stream is in it, and playlists and scripts that name other files are not followed"
)


def open_audio(path: Path | str) -> Audio:
    """Open a media file at its best audio stream; close it, or use ``with``.

    Raises:
        MediaError: there is no such file, it is no media file, it holds no audio stream, or nothing in that decodes.
    """
    path = Path(path)
    try:
        _look(path)
        # An absolute path is never taken for a protocol; what is no container of its own is not opened, nor what a container may name.
        only = {"protocol_whitelist": "file", "format_whitelist": ",".join(_CONTAINERS)}
        container = av.open(str(path.absolute()), options=only)
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise MediaError(path, "it is no media file, or its beginning is damaged") from error
    except av.error.ArgumentError as error:  # what FFmpeg says of a format that is not among those allowed
        raise MediaError(path, _NONE_OF_ITS_OWN) from error
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(path, getattr(error, "strerror", None) or error) from error
    try:
        return Audio(path, container)
    except BaseException:
        container.close()
        raise


def _look(path: Path) -> None:
    if not path.exists():
        raise MediaError(path, "there is no such file")
    if path.is_dir():
        raise MediaError(path, "it is a folder")
    if not path.is_file():
        raise MediaError(path, "it is a device or a FIFO; write the sound to a file first")
    if path.stat().st_size == 0:
        raise MediaError(path, "the file is empty")


class Audio:
    """An open media file's sound, read from front to back.

    It does not go back: a ``read`` starts no earlier than the one before it. ``path`` is where it came from.
    """

    def __init__(self, path: Path, container: InputContainer) -> None:
        """Takes the container over, and decodes the first frames at once: a file without sound fails here."""
        stream = _audio_stream(path, container)
        self.path = path
        self._container = container
        self._promised = _stated_duration(container, stream)
        self._duration = container.duration / av.time_base if container.duration else self._promised
        self._damaged = 0
        self._ended = False
        self._pieces: deque[Samples] = deque()
        self._at = 0
        self._end = 0
        self._blocks = self._decode(stream)
        if not self._more():
            raise MediaError(path, "nothing in its sound can be decoded")

    @property
    def duration(self) -> float | None:
        """The media's length in seconds as the file states it; where it does not, None until the end has been read."""
        heard = self._end / RATE if self._ended else None
        return heard if self._duration is None else max(self._duration, heard or 0.0)

    @property
    def flaws(self) -> tuple[str, ...]:
        """What was found wrong so far, for people; complete once the end has been read."""
        found = []
        if self._damaged:
            plural = "packet of sound was" if self._damaged == 1 else "packets of sound were"
            found.append(f"{self._damaged} damaged {plural} skipped")
        if self._ended and self._promised and self._promised - self._end / RATE > max(1.0, self._promised / 50):
            found.append(
                f"the sound ends at {self._end / RATE:.1f} s of {self._promised:.1f} s: the file seems to be cut off"
            )
        return tuple(found)

    def read(self, start: float, seconds: float) -> Samples:
        """The samples from second ``start`` on; fewer than ``seconds`` of them (down to none) where the sound ends.

        Raises:
            ValueError: ``start`` is before that of an earlier call, and the sound there is forgotten.
        """
        first = round(start * RATE)
        last = first + round(seconds * RATE)
        if first < self._at:
            raise ValueError(f"sound is read forward only: {start} s is before {self._at / RATE} s")
        self._forget(first)
        while self._end < last and self._more():
            self._forget(first)
        held = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.float32)
        return held[max(first - self._at, 0) : last - self._at]

    def close(self) -> None:
        """Close the file; nothing can be read any more."""
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
        """Let go of the pieces that end before sample ``first``."""
        while self._pieces and self._at + len(self._pieces[0]) <= first:
            self._at += len(self._pieces.popleft())

    def _decode(self, stream: AudioStream) -> Iterator[Samples]:
        timeline = _Timeline((self._container.start_time or 0) / av.time_base, self._duration)
        for frame in self._frames(stream):
            yield from timeline.lay(frame)
        yield from timeline.finish()

    def _frames(self, stream: AudioStream) -> Iterator[AudioFrame]:
        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                self._damaged += 1  # the container itself breaks off here: FFmpeg's own programs stop too
                return
            if packet is None:
                return
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self._damaged += 1


class _Timeline:
    """Frames with time stamps in, one gapless line of samples out.

    ``origin`` is the stamp of sample 0 in seconds, ``duration`` the file's length where it is known. It does not sort: frames come
    in the order of the file. Positions are compared where frames go in, so that the resampler's delay does not matter.
    """

    def __init__(self, origin: float, duration: float | None) -> None:
        self._origin = origin
        self._duration = duration
        self._resampler: av.AudioResampler | None = None
        self._mixer = Mixer()
        self._gathered = av.AudioFifo()
        self._shape: tuple[str, str, int] | None = None
        self._anchor = 0.0  # where the resampler was last started, seconds on the line
        self._fed = 0.0  # seconds put into it since
        self._made = 0  # samples given out, ever

    def lay(self, frame: AudioFrame) -> Iterator[Samples]:
        """The samples that this frame completes, with the silence before it."""
        if not frame.sample_rate or not frame.samples:
            return
        now, at = self._anchor + self._fed, self._place(frame)
        length = frame.samples / frame.sample_rate
        if at + length <= now - TOLERANCE:
            return  # heard already
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if at > now or shape != self._shape:
            yield from self._restart(max(at, now), shape)
        self._fed += length
        frame.pts = None  # the line is laid here; FFmpeg's filters must not act on stamps as well
        self._gathered.write(frame)
        if self._gathered.samples >= GATHERED * frame.sample_rate:
            yield from self._resample(self._gathered.read())

    def finish(self) -> Iterator[Samples]:
        """What is gathered, and what the resampler still holds."""
        if self._gathered.samples:
            yield from self._resample(self._gathered.read())
        yield from self._resample(None)
        self._resampler = None

    def _place(self, frame: AudioFrame) -> float:
        """Where the frame belongs: exactly here unless its stamp strays by more than ``TOLERANCE`` and is believed."""
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
        """Empty the resampler, fill with silence up to second ``at``, and begin anew there."""
        yield from self.finish()
        missing = round(at * RATE) - self._made
        while missing > 0:
            block = np.zeros(min(missing, _SILENCE), np.float32)
            missing -= len(block)
            self._made += len(block)
            yield block
        layout = "stereo" if shape[1] in _PAIRS else "mono"
        self._resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
        self._gathered = av.AudioFifo()  # it takes frames of one shape only
        self._shape, self._anchor, self._fed = shape, at, 0.0

    def _resample(self, frame: AudioFrame | None) -> Iterator[Samples]:
        if self._resampler is None:
            return
        for made in self._resampler.resample(frame):
            samples = self._mixer.mix(np.nan_to_num(made.to_ndarray(), copy=False, posinf=1.0, neginf=-1.0))
            self._made += len(samples)
            yield samples


def _audio_stream(path: Path, container: InputContainer) -> AudioStream:
    streams = container.streams.audio
    if not streams:
        raise MediaError(path, "it has no audio stream")
    best = container.streams.best("audio")
    return next((stream for stream in streams if best is not None and stream.index == best.index), streams[0])


def _stated_duration(container: InputContainer, stream: AudioStream) -> float | None:
    """Seconds of sound that the file promises, None where it says nothing about the sound itself."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and not container.streams.video:
        return container.duration / av.time_base
    return None
