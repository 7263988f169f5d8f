"""The words in Whisper's vocabulary: 28,000 that occurred often enough in its training data to be one token.

This is a dictionary that every user already has: ordinary words, and names that everybody knows ("Clinton"). A name that Whisper has to
assemble from several tokens may be misheard. Only the vocabulary file of openai-whisper is read; the package is not imported.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from transcripts.errors import ModelError

#: Shorter tokens are mostly beginnings of words.
_WHOLE = re.compile(rb" [A-Za-z]{4,}")


@cache
def known_words() -> frozenset[str]:
    """Return the words: in lower case if they occur so, else as written ("Clinton", "bridge").

    Raises:
        ModelError: openai-whisper is not installed.
    """
    spec = find_spec("whisper")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("openai-whisper", "it is not installed")
    file = Path(spec.submodule_search_locations[0]) / "assets" / "gpt2.tiktoken"
    with file.open("rb") as lines:
        tokens = (base64.b64decode(line.split()[0]) for line in lines)
        return frozenset(token[1:].decode() for token in tokens if _WHOLE.fullmatch(token))
