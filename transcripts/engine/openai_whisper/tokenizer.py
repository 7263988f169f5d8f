"""The model's tokenizer, language code and prompt tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transcripts.engine.interface import AUTO, Options
from transcripts.errors import LanguageError

if TYPE_CHECKING:
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

MAX_PROMPT = 170
"""Tokens. Whisper cuts the start of a prompt of more than 223 tokens; here its end is cut, and early enough."""


def language_code(model: Whisper, name: str, language: str | None) -> str | None:
    """Return the model's code for a language, or None if it is to be detected: no language, or "auto".

    Raises:
        LanguageError: the model, called ``name``, does not support it.
    """
    from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE

    word = (language or AUTO).strip().lower()
    if word == AUTO:
        return None if model.is_multilingual else "en"
    code = TO_LANGUAGE_CODE.get(word) or word.replace("_", "-").split("-")[0]
    if code not in list(LANGUAGES)[: model.num_languages if model.is_multilingual else None]:
        raise LanguageError(name, f"{language!r} is not one of its languages")
    if not model.is_multilingual and code != "en":
        raise LanguageError(name, f"it supports English only, not {LANGUAGES[code]}; models without .en support more")
    return code


def tokenizer_for(model: Whisper, language: str | None) -> Tokenizer:
    """Return the model's tokenizer for a language."""
    from whisper.tokenizer import get_tokenizer

    return get_tokenizer(model.is_multilingual, num_languages=model.num_languages, language=language)


def prompt_tokens(model: Whisper, options: Options) -> tuple[int, ...]:
    """Return the tokens of the names and words to expect, as many as fit."""
    room = min(MAX_PROMPT, model.dims.n_text_ctx // 2 - 1)
    names = options.prompt.strip()
    encoding = tokenizer_for(model, options.language).encoding
    return tuple(encoding.encode(f" {names}", disallowed_special=())[:room]) if names else ()
