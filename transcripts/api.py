"""The Python API for sound alone: a media file in, its timed words out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.engine_options import EngineName, EngineOptions, Precision
from transcripts.errors import MediaError
from transcripts.words import Transcript

if TYPE_CHECKING:
    from transcripts.engine import Engine, Window

#: Called with the seconds that are transcribed, and those of the whole file, None while that is unknown.
OnProgress = Callable[[float, float | None], None]


def load(
    model: str = "base.en", *, engine: str = "openai-whisper", precision: str = "auto", batch: int | None = None
) -> Engine:
    """Load a Whisper model into this process, to transcribe several files with it.

    ``model`` is a name such as ``base.en``, ``small`` or ``turbo``, which is downloaded on first use, or the path of a checkpoint.
    ``engine`` is ``openai-whisper`` or ``faster-whisper``, ``precision`` is ``auto``, ``int8``, ``float32`` or ``float16``, and ``batch``
    is the number of windows that are decoded at once.

    Raises:
        ModelError: there is no such model, or its engine is not installed.
        PrecisionError: this device does not compute in this precision.
        ValueError: there is no such engine or precision.
    """
    from transcripts.engine.factory import load_in_process

    return load_in_process(EngineOptions(model, EngineName(engine), Precision(precision), batch))


def transcribe(
    file: str | os.PathLike[str],
    *,
    model: str | Engine = "base.en",
    engine: str = "openai-whisper",
    precision: str = "auto",
    batch: int | None = None,
    language: str = "auto",
    words: bool = True,
    prompt: str = "",
    on_progress: OnProgress | None = None,
) -> Transcript:
    """Transcribe a media file in this process, with the options of ``nir transcribe``.

    ``model`` is a name, the path of a checkpoint, or what ``load`` returned, which decides on ``engine``, ``precision`` and ``batch``, too.
    ``language`` is a code or an English name. ``words`` keeps the time of each word, and ``prompt`` holds names to expect.

        >>> from transcripts import load, transcribe
        >>> transcript = transcribe(recording, model=load(checkpoint))
        >>> transcript.segments[0].text
        'Welcome to News in Review, the programme that looks back at the week.'
        >>> [word.text.strip() for word in transcript.segments[0].words][:4]
        ['Welcome', 'to', 'News', 'in']

    Raises:
        MediaError: there is no such file, or no sound in it.
        ModelError: there is no such model, or its engine is not installed.
        LanguageError: the model does not know the language.
        PrecisionError: this device does not compute in this precision.
        SpoolError: there is no room for the decoded sound.
        ValueError: there is no such engine or precision.
    """
    from transcripts.engine import Options, collect, windows

    path = Path(file)
    if not path.is_file():
        raise MediaError(path, "there is no such file")
    loaded = load(model, engine=engine, precision=precision, batch=batch) if isinstance(model, str) else model
    found: list[Window] = []
    for window in windows(loaded, path, Options(language=language or None, prompt=prompt, words=words)):
        found.append(window)
        if on_progress:
            on_progress(sum(one.end - one.start for one in found), window.duration)
    return collect(loaded.name, found)
