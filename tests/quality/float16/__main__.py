"""float16 on a GPU; see the package."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from tests.quality.float16 import peers, speed, ways
from tests.quality.float16.report import HEAD, Heard, Outcome, line, row
from tests.quality.real_speech.recordings import Recording, recordings


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    asked = _parser().parse_args(arguments)
    files = recordings(asked.folder, tuple(asked.only))
    if not torch.cuda.is_available():
        print(f"torch {torch.__version__} finds no CUDA device here: skipped", file=sys.stderr)
        return 0
    if not files:
        print(f"no recordings in {asked.folder}: skipped", file=sys.stderr)
        return 0
    print(_machine(), flush=True)
    figures: dict[str, Any] = {"machine": _machine(), "set": _set(asked, files)}
    print("\ntokens a second by rows, checkpoint")
    figures["checkpoint"] = _speed(asked.checkpoint, asked.tokens)
    if asked.random:
        print("\ntokens a second by rows, random weights of large-v3-turbo's dimensions")
        figures["random"] = _speed(None, asked.tokens)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.float16", description=__doc__)
    parser.add_argument("folder", type=Path, help="Recordings with their words; see real_speech/recordings.py.")
    parser.add_argument("--checkpoint", type=Path, required=True, help="Weights as whisper loads them.")
    parser.add_argument("--peer", type=Path, help="The same weights as faster-whisper loads them: measured beside.")
    names = [*(one.name for one in ways.WAYS), *peers.WAYS]
    parser.add_argument("--way", action="append", default=[], choices=names, help="Default: all.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="Only this recording.")
    parser.add_argument("--rounds", type=int, default=2, help="How often the GPU hears the set; the fastest counts.")
    parser.add_argument("--tokens", type=int, default=100, help="Of each row where tokens a second are measured.")
    parser.add_argument("--random", action="store_true", help="Measure large-v3-turbo's dimensions, too.")
    parser.add_argument("--json", type=Path, help="All figures into this file.")
    return parser


def _machine() -> str:
    card = torch.cuda.get_device_properties(0)
    return (
        f"{card.name}, {card.total_memory / 1e9:.0f} GB, torch {torch.__version__}, {torch.get_num_threads()} threads"
    )


def _set(asked: argparse.Namespace, files: list[Recording]) -> list[dict[str, Any]]:
    """Every way's figures, printed as they come; the references, which are slow, are heard first."""
    print(HEAD, flush=True)
    rows: list[dict[str, Any]] = []
    references: dict[bool, Heard] = {}
    for greedy, outcome in _outcomes(asked, files):
        rows.append(row(outcome, references.setdefault(greedy, outcome.heard), files))
        print(line(rows[-1]), flush=True)
    return rows


def _outcomes(asked: argparse.Namespace, files: list[Recording]) -> Iterator[tuple[bool, Outcome]]:
    """Each with whether it is compared with the greedy reference."""
    for way in (one for one in ways.WAYS if one.name in (asked.way or [one.name])):
        yield way.greedy, ways.heard(way, asked.checkpoint, files, asked.rounds if way.device == "cuda" else 1)
    for name in (one for one in peers.WAYS if asked.peer and one in (asked.way or [one])):
        try:
            yield False, peers.heard(name, asked.folder, asked.peer, files, asked.rounds)
        except peers.Missing as why:
            print(f"{name}: skipped: {why}", file=sys.stderr, flush=True)


def _speed(checkpoint: Path | None, tokens: int) -> dict[str, Any]:
    decoder = speed.opened(checkpoint, "cuda")
    print(f"{decoder.precision}: {decoder.reason}; up to {decoder.best_batch} rows at once", flush=True)
    return {"precision": decoder.precision, "why": decoder.reason, "rows": list(_printed(speed.curve(decoder, tokens)))}


def _printed(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in rows:
        print("  " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in one.items()), flush=True)
        yield one


if __name__ == "__main__":
    sys.exit(main())
