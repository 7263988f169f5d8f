"""Words that Whisper writes whole: its vocabulary has 28,000 that came often enough in what it learned from to be one token.

That is a dictionary which every user has: ordinary words, and names that everybody knows ("Clinton"). A name that it has to assemble from
pieces is one that it may have misheard. Of openai-whisper only the file with the vocabulary is read, not the package.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from transcripts.errors import ModelError

#: Shorter ones are mostly beginnings of words.
_WHOLE = re.compile(rb" [A-Za-z]{4,}")


@cache
def known_words() -> frozenset[str]:
    """The words, in small letters where they are written so as well, else as they are written ("Clinton", "bridge").

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
