"""Systems side by side on several languages; see the package."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.quality.languages.mixed import Mixed, mixed
from tests.quality.real_speech.systems import Hear, Model, faster_whisper, nir, whisper
from tests.quality.real_speech.weights import Missing, model
from tests.word_errors import errors

SYSTEMS: dict[str, Callable[[Model, str | None], Hear]] = {
    "nir": lambda model, language: nir(model, language=language),
    "whisper": lambda model, language: whisper(model, language=language),
    "faster": lambda model, language: faster_whisper(model, language=language),
    "faster-multilingual": lambda model, language: faster_whisper(model, language=language, multilingual=not language),
    "faster-batched-multilingual": lambda model, language: faster_whisper(
        model, batched=True, language=language, multilingual=not language
    ),
}


def words(hear: Hear, file: Path) -> list[str]:
    """What is heard in a file, without case and punctuation."""
    from whisper.normalizers import BasicTextNormalizer

    text = " ".join(one["text"] for one in hear(file)["segments"])
    return str(BasicTextNormalizer()(text)).split()


def cost(told: Callable[[str], Hear], untold: Hear, one: Mixed) -> tuple[int, int]:
    """How many words of a recording a system gets otherwise when it is not told the language, and how many there are."""
    known = [word for language, file in one.stretches for word in words(told(language), file)]
    return errors(known, words(untold, one.file)), len(known)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.languages", description=__doc__)
    parser.add_argument("english", type=Path, help="Folder of English recordings; see tests/quality/real_speech.")
    parser.add_argument("--cache", type=Path, required=True, help="Folder for weights and packages.")
    parser.add_argument("--model", default="base")
    parser.add_argument("--system", action="append", default=[], choices=sorted(SYSTEMS), help="Default: all.")
    parser.add_argument("--seed", type=int, default=8, help="Which prompts are chosen.")
    asked = parser.parse_args(arguments)
    try:
        loaded = model(asked.model, asked.cache)
        with TemporaryDirectory() as folder:
            files = list(mixed(asked.english, asked.cache, Path(folder), asked.seed))
            for name in asked.system or SYSTEMS:
                report(name, partial(SYSTEMS[name], loaded), files)
    except Missing as error:
        print(f"skipped: {error}", file=sys.stderr)
        return 1
    return 0


def report(name: str, opened: Callable[[str | None], Hear], files: Iterable[Mixed]) -> None:
    """Print a system's figures: what share of words not knowing the language costs, for all and for each recording."""
    told, untold, rows = cache(opened), opened(None), []
    for one in files:
        wrong, total = cost(told, untold, one)
        rows.append((one.name, wrong, total))
    wrong, total = (sum(row[at] for row in rows) for at in (1, 2))
    each = "  ".join(f"{row[0]} {100 * row[1] / row[2]:.1f}" for row in rows)
    print(f"{name:30}{100 * wrong / total:6.1f}% of {total} words   {each}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
