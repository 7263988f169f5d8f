"""Temperature fallback: decode again at the next temperature what fails whisper's own checks.

A window is encoded once. Every attempt decodes its features, and only the windows that failed, in one batch.
"""

from __future__ import annotations

from collections.abc import Sequence

from transcripts.engine.interface import Options
from transcripts.engine.openai_whisper.decoded import Decoded
from transcripts.engine.openai_whisper.decoding import Decoder, Row

CONFIDENT = -0.6
"""Average log-probability per token (natural log) above which words in what seems to be silence are kept."""

NO_SPEECH = 0.6
"""No-speech probability from which on they are dropped."""

TRUSTED = -0.45
"""Average log-probability per token below which greedy text is replaced by beam search. On four recordings of
``tests/quality/real_speech`` with background noise at 10 and 3 dB that reduces word errors from 17.5 to 16.8% (``base``,
int8) and from 18.9 to 17.6% (``tiny.en``), and takes a fifth longer. A limit of -0.3 gives 15.8% in twice the time; one
of -0.6 changes next to nothing. On clean speech few words change."""

TIMESTAMPS = 2
"""Tokens of a text without words: its start and end."""

MAX_COMPRESSION = 2.4
"""whisper's own compression-ratio threshold."""


def decode_with_fallback(decoder: Decoder, rows: Sequence[tuple[Row, Options]]) -> list[Decoded]:
    """Decode each row at one temperature of its options after another until the result is good enough.

    The last one stands.
    """
    results: dict[int, Decoded] = {}
    waiting = list(range(len(rows)))
    for attempt in range(max(len(_temperatures(options)) for _, options in rows)):
        for temperature, which in _by_temperature(rows, waiting, attempt).items():
            decoded = decoder.decode([rows[at][0] for at in which], temperature)
            results.update(zip(which, decoded, strict=True))
        waiting = [at for at in waiting if not is_good_enough(results[at], rows[at][1])]
    return [results[at] for at in range(len(rows))]


def with_beam_search(
    decoder: Decoder, rows: Sequence[tuple[Row, Options]], results: Sequence[Decoded]
) -> list[Decoded]:
    """Return the results, replaced by beam search where Whisper does not trust its greedy text."""
    unsure = [
        at for at, (_, options) in enumerate(rows) if not options.faithful and _is_untrusted(results[at], options)
    ]
    found = dict(zip(unsure, decoder.search([rows[at][0] for at in unsure]), strict=True))
    return [found.get(at, result) for at, result in enumerate(results)]


def _is_untrusted(result: Decoded, options: Options) -> bool:
    said = result.temperature == 0 and len(result.tokens) > TIMESTAMPS and not is_silence(result, options)
    return said and result.avg_logprob is not None and result.avg_logprob < TRUSTED


def _by_temperature(rows: Sequence[tuple[Row, Options]], waiting: list[int], attempt: int) -> dict[float, list[int]]:
    """Group the rows that have another temperature to try by that temperature."""
    found: dict[float, list[int]] = {}
    for at in waiting:
        for temperature in _temperatures(rows[at][1])[attempt : attempt + 1]:
            found.setdefault(temperature, []).append(at)
    return found


def _temperatures(options: Options) -> tuple[float, ...]:
    return options.temperatures or (0.0,)


def is_improbable(result: Decoded, options: Options) -> bool:
    """Return True if avg_logprob is below the threshold."""
    return result.avg_logprob is not None and result.avg_logprob < options.avg_logprob


def is_silence(result: Decoded, options: Options) -> bool:
    """Return True if no_speech_prob is high and avg_logprob is low."""
    no_speech = result.no_speech_prob is not None and result.no_speech_prob > options.no_speech_prob
    return no_speech and (is_improbable(result, options) or result.avg_logprob == options.avg_logprob)


def is_confident(result: Decoded) -> bool:
    """Return True if Whisper is confident enough for its words to count where the VAD finds no speech.

    On real noise, music and silence (``tests/quality/real_speech``) the average log-probability is below -0.73 and the
    no-speech probability above 0.25, most of them by far; on speech they are -0.2 to -0.5, and below 0.3.
    """
    believed = result.avg_logprob is not None and result.avg_logprob > CONFIDENT
    return believed and (result.no_speech_prob or 0.0) < NO_SPEECH and result.compression_ratio < MAX_COMPRESSION


def is_good_enough(result: Decoded, options: Options) -> bool:
    """Return True if the text is neither repetitive nor improbable.

    Silence is good enough, too: no temperature improves it.
    """
    if is_silence(result, options):
        return True
    return (
        not result.looped
        and not is_improbable(result, options)
        and not result.compression_ratio > options.compression_ratio
    )
