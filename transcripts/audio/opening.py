"""Open a media file, and nothing that only poses as one."""

from __future__ import annotations

from pathlib import Path

import av

from transcripts.audio.reader import Audio
from transcripts.errors import MediaError

#: Formats that contain their audio. FFmpeg also reads playlists, scripts, session descriptions, image sequences and devices (hls, dash,
#: concat, sdp, image2, mlv, lavfi, …), which can name other files or URLs to open. A file that poses as audio but is one of those is
#: refused. https://ffmpeg.org/ffmpeg-formats.html
_CONTAINERS = (
    "aa", "aac", "aax", "ac3", "ac4", "act", "aiff", "amr", "amrnb", "amrwb", "ape", "apm", "aptx", "aptx_hd", "asf", "asf_o", "au", "avi",
    "avr", "caf", "codec2", "dsf", "dss", "dts", "dtshd", "dv", "eac3", "ea", "flac", "flv", "g722", "g723_1", "g729", "gsm", "gxf", "iamf",
    "iff", "ircam", "ivf", "kux", "live_flv", "lc3", "loas", "matroska", "webm", "mlp", "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "mp3",
    "mpc", "mpc8", "mpeg", "mpegts", "mpegvideo", "mxf", "nistsphere", "nsv", "nut", "nuv", "ogg", "oma", "osq", "paf", "pvf", "qcp", "qoa",
    "rm", "sbc", "sds", "shn", "sln", "smjpeg", "sol", "sox", "spdif", "swf", "tak", "truehd", "tta", "vividas", "voc", "vqf", "w64", "wav",
    "wsd", "wtv", "wv", "xa", "xwma",
)  # fmt: skip

#: The cause given for formats that FFmpeg reads but that are not among ``_CONTAINERS``.
_NOT_SELF_CONTAINED = (
    "not a media file: it contains no audio stream; playlists and scripts that name other files are not followed"
)


def open_audio(path: Path | str) -> Audio:
    """Open a media file at its best audio stream. Close it, or use ``with``.

    Raises:
        MediaError: the file does not exist, is no media file, has no audio stream, or nothing in the stream can be decoded.
    """
    path = Path(path)
    try:
        _check(path)
        # FFmpeg never takes an absolute path for a protocol. The whitelists refuse other formats, and files that a container names.
        only = {"protocol_whitelist": "file", "format_whitelist": ",".join(_CONTAINERS)}
        container = av.open(str(path.absolute()), options=only)
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise MediaError(path, "not a media file, or its beginning is damaged") from error
    except av.error.ArgumentError as error:  # FFmpeg's error for a format that is not whitelisted
        raise MediaError(path, _NOT_SELF_CONTAINED) from error
    except (av.FFmpegError, OSError, ValueError) as error:
        raise MediaError(path, getattr(error, "strerror", None) or error) from error
    try:
        return Audio(path, container)
    except BaseException:
        container.close()
        raise


def _check(path: Path) -> None:
    if not path.exists():
        raise MediaError(path, "no such file")
    if path.is_dir():
        raise MediaError(path, "it is a folder")
    if not path.is_file():
        raise MediaError(path, "it is a device or a FIFO; write the audio to a file first")
    if path.stat().st_size == 0:
        raise MediaError(path, "the file is empty")
