"""The errors of transcription, captions and transcript files.

    TranscriptError
    ├── MediaError        the file cannot be decoded, or has no audio
    ├── SpoolError        no disk space for the decoded audio
    ├── ModelError        the Whisper model is missing or invalid
    ├── LanguageError     the Whisper model does not support the language
    ├── PrecisionError    the device does not support the precision
    ├── EngineDied        the engine's process crashed, was killed, or hung
    └── FormatError       captions or a transcript file cannot be read

The docstring of each class is the message for people: what happened and what to do.
"""

from __future__ import annotations


class DocstringError(Exception):
    """An error whose message is the docstring of its class; the base of each package's base error."""

    def __init__(self, item: object = "", detail: object = "") -> None:
        """``item`` is what it happened to (a path, a URL, a name); ``detail`` the cause in a few words."""
        self.item = str(item)
        self.detail = str(detail)
        super().__init__(self.item, self.detail)

    def __str__(self) -> str:
        """Return the class docstring, with the item before it and the detail after it."""
        message = " ".join((type(self).__doc__ or "").split())
        head = f"{self.item}: " if self.item else ""
        tail = f" ({self.detail})" if self.detail else ""
        return f"{head}{message}{tail}"


class TranscriptError(DocstringError):
    """Something went wrong with a transcript."""


class MediaError(TranscriptError):
    """No audio could be decoded from this file; check that it plays, or download it again."""


class SpoolError(TranscriptError):
    """Not enough disk space for the decoded audio, 115 MB an hour; free some space, or set NIR_WORK to another folder."""


class ModelError(TranscriptError):
    """This Whisper model cannot be used; name one that openai-whisper knows (base.en, small, turbo) or the path of a checkpoint."""


class LanguageError(TranscriptError):
    """The Whisper model does not support this language; name one that it supports, or another model."""


class PrecisionError(TranscriptError):
    """This device does not support this precision; use auto, which picks the best one, or float32."""


class EngineDied(TranscriptError):
    """The speech engine died during transcription; run `nir retry`, or use a smaller --model or --batch."""


class FormatError(TranscriptError):
    """This file is not a transcript or captions in a known format; use VTT, SRT, json3 or JSON."""
