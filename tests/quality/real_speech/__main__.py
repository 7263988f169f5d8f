"""Systems side by side on real speech; see the package."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.quality.real_speech.judge import Score, judge, percentile, within
from tests.quality.real_speech.recordings import Recording, recordings
from tests.quality.real_speech.systems import SYSTEMS, Hear, chosen
from tests.quality.real_speech.weights import Missing, model

HEAD = (
    f"{'':36}{'words':>6}{'error %':>8}{'sub/del/ins':>14}{'invented':>9}{'misplaced':>10}{'gaps':>5}{'loops':>6}"
    f" | words <=.5 <=1 s | segments <=1 s  90th | seconds"
)


def line(name: str, score: Score, seconds: float) -> str:
    """One row of the table; shares in percent, times in seconds."""
    wrong = f"{score.substitutions}/{score.deletions}/{score.insertions}"
    return (
        f"{name:36}{score.words:>6}{score.word_error:>8.1f}{wrong:>14}{len(score.invented):>9}{score.misplaced:>10}"
        f"{len(score.gaps):>5}{score.loops:>6} | {within(score.starts, 0.5):>9.1f}{within(score.starts, 1):>6.1f}"
        f" | {within(score.segment_starts, 1):>10.1f}{percentile(score.segment_starts, 90):>9.2f} | {seconds:>7.1f}"
    )


def hear_all(hear: Hear, files: Iterable[Recording], kept: Path | None) -> Iterator[tuple[Recording, Score, float]]:
    """Each recording with its score and the seconds it took; ``kept`` is a folder that gets what was heard."""
    for one in files:
        begun = time.perf_counter()
        found = hear(one.sound)
        taken = time.perf_counter() - begun
        found["segments"] = [segment for segment in found["segments"] if segment["text"].strip()]
        if kept:
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"{one.name}.json").write_text(json.dumps(found, default=float), encoding="utf-8")
        yield one, judge(one.truth, found), taken


def measured(name: str, hear: Hear, files: list[Recording], kept: Path | None, *, each: bool) -> dict[str, Any]:
    """All figures of one system, printed as they come."""
    hear(files[0].sound)  # what is compiled or read at the first use is not counted
    total, seconds, conditions = Score(), 0.0, dict[str, Score]()
    for one, score, taken in hear_all(hear, files, kept):
        total, seconds = total + score, seconds + taken
        conditions[one.condition] = conditions.get(one.condition, Score()) + score
        if each:
            print(line(f"  {one.name}", score, taken), *(word for _, word in score.invented[:8]), flush=True)
    print(line(name, total, seconds), flush=True)
    return {
        "system": name, "seconds": round(seconds, 1), "words": total.words, "word_error": round(total.word_error, 2),
        "invented": len(total.invented), "misplaced": total.misplaced, "gaps": total.gaps, "loops": total.loops,
        "words_within_half": within(total.starts, 0.5), "words_within_one": within(total.starts, 1),
        "segments_within_one": within(total.segment_starts, 1), "segments_90th": percentile(total.segment_starts, 90),
        "conditions": {one: round(score.word_error, 2) for one, score in conditions.items()},
    }  # fmt: skip


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.real_speech", description=__doc__)
    parser.add_argument("folder", type=Path, help="Recordings with their words; see recordings.py.")
    parser.add_argument("--model", action="append", default=[], help="tiny.en or base; may be repeated.")
    parser.add_argument("--system", action="append", default=[], choices=sorted(SYSTEMS), help="Default: all.")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="Only this recording.")
    parser.add_argument(
        "--cache", type=Path, required=True, help="Folder for the weights, fetched if they are not there."
    )
    parser.add_argument("--keep", type=Path, help="Folder for what was heard, as JSON.")
    parser.add_argument("--files", action="store_true", help="A row for each recording, too.")
    parser.add_argument("--json", type=Path, help="All figures into this file.")
    asked = parser.parse_args()
    files = recordings(asked.folder, tuple(asked.only))
    if not files:
        print(f"no recordings in {asked.folder}: skipped", file=sys.stderr)
        return 0
    rows = []
    print(HEAD)
    for name in asked.model or ["base"]:
        try:
            weights = model(name, asked.cache)
        except Missing as why:
            print(f"{name}: skipped: {why}", file=sys.stderr)
            continue
        for system, opened in chosen(asked.system).items():
            kept = asked.keep / name / system if asked.keep else None
            row = measured(f"{system} {name}", opened(weights), files, kept, each=asked.files)
            rows.append({"model": name, **row})
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
