"""What can go wrong between sound and words.

    TranscriptError
    ├── MediaError        the file cannot be decoded, or holds no sound
    ├── SpoolError        there is no room for the decoded sound
    ├── ModelError        the Whisper model is missing or is none
    ├── LanguageError     the Whisper model does not know the language
    ├── PrecisionError    this device does not compute in the precision asked for
    ├── EngineDied        the process that heard it crashed, was killed, or hung
    └── FormatError       captions or a transcript file that cannot be read

The docstring of each class is the message that a person reads; it says what happened and what to do.
"""

from __future__ import annotations


class DocstringError(Exception):
    """An error whose message is the docstring of its class; the base of each package's own base."""

    def __init__(self, item: object = "", detail: object = "") -> None:
        """``item`` is what it happened to (a path, an address, a name); ``detail`` the cause in a few words."""
        self.item = str(item)
        self.detail = str(detail)
        super().__init__(self.item, self.detail)

    def __str__(self) -> str:
        """The class docstring, with the item in front and the detail behind."""
        message = " ".join((type(self).__doc__ or "").split())
        head = f"{self.item}: " if self.item else ""
        tail = f" ({self.detail})" if self.detail else ""
        return f"{head}{message}{tail}"


class TranscriptError(DocstringError):
    """Something went wrong with a transcript."""


class MediaError(TranscriptError):
    """No sound could be decoded from this file; check that it plays, or fetch it again."""


class SpoolError(TranscriptError):
    """The decoded sound finds no room on disk: it takes 115 MB an hour while it is heard; make room, or name another folder by NIR_WORK."""


class ModelError(TranscriptError):
    """This Whisper model cannot be used; name one that openai-whisper knows (base.en, small, turbo) or the path of a checkpoint."""


class LanguageError(TranscriptError):
    """The Whisper model cannot hear this language; name a language that it knows, or another model."""


class PrecisionError(TranscriptError):
    """This device cannot compute so; give the precision auto, which takes what it does best, or float32."""


class EngineDied(TranscriptError):
    """The speech engine died while it heard this; run `nir retry`, or take a smaller --model or --batch."""


class FormatError(TranscriptError):
    """This file is not a transcript or captions in a form that is known; give VTT, SRT, json3 or JSON."""
