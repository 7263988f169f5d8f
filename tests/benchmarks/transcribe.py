"""How fast windows become words, against whisper and faster-whisper: the same random weights and windows, equally many tokens for all.

    python -m tests.benchmarks.transcribe --dims tiny|base|small --windows N [--rounds R] [--tokens 100] [--minutes M] [--json]

All take turns in one process. A ratio above 1 means that ours is faster. Those that take one window after the other are given the first
few of them, and their seconds are scaled. Progress goes to stderr. Where `faster-whisper` is not installed (`pip install
news-in-review[faster]`) its rows are missing. The house wants, at base dimensions on 2 cores: 2.2 against faster-whisper batched int8
greedy, 3.5 against whisper.transcribe greedy, 15 against whisper beam 5. The second figure, "end to end", is that of whole files of M
minutes (0: none), with everything that users get; see ``end_to_end.py``.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time

import torch

from tests.benchmarks import end_to_end, machine, peers, spent


def main() -> None:
    asked = _asked()
    torch.manual_seed(1)
    mels = (torch.rand(asked.windows, 80, 3000) * 2 - 1).contiguous()
    own, decoder = peers.ours(asked.dims, asked.tokens)
    model = peers.random_model(asked.dims)
    everyone = [own, *peers.whispers(model, asked.tokens), *peers.faster_whispers(model, asked.tokens)]
    if len(everyone) == 3 and not asked.json:
        print("faster-whisper is not installed: pip install news-in-review[faster]")
    seconds = measure(everyone, mels, asked.tokens, asked.rounds)
    ratios = {name: round(taken / seconds["ours"], 2) for name, taken in seconds.items() if name != "ours"}
    if not asked.json:
        print(
            f"{decoder.precision}: {decoder.reason}; up to {decoder.best_batch} rows at once, {torch.get_num_threads()} threads"
        )
        _table(seconds, ratios, asked.windows)
        _where(spent.parts(decoder, mels, asked.tokens), machine.limits())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report = {
        "dims": asked.dims,
        "windows": asked.windows,
        "seconds": seconds,
        "ratios": ratios,
        "peak_rss_mb": round(peak),
    }
    if asked.minutes:
        report["end to end"] = whole = end_to_end.measured(asked.dims, asked.minutes)
        if not asked.json:
            end_to_end.table(whole)
    print(json.dumps(report))


def measure(everyone: list[peers.Peer], mels: torch.Tensor, tokens: int, rounds: int) -> dict[str, float]:
    """The median seconds of each for all windows."""
    taken: dict[str, list[float]] = {peer.name: [] for peer in everyone}
    with torch.no_grad():
        for _ in range(rounds):
            for peer in everyone:
                given = mels[: peer.most]
                begin = time.perf_counter()
                lengths = peer.hear(given)
                taken[peer.name].append((time.perf_counter() - begin) * len(mels) / len(given))
                print(f"{peer.name}: {taken[peer.name][-1]:.1f} s", file=sys.stderr, flush=True)
                assert set(lengths) == {tokens}, f"{peer.name} wrote {set(lengths)} tokens"
    return {name: round(statistics.median(times), 3) for name, times in taken.items()}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dims", choices=sorted(peers.DIMS), default="base")
    parser.add_argument("--windows", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=6.0, help="length of the file that is heard end to end, once")
    parser.add_argument("--json", action="store_true", help="the last line only")
    return parser.parse_args()


def _table(seconds: dict[str, float], ratios: dict[str, float], windows: int) -> None:
    print(f"\n{'':38} s a window  x real time  ours is faster by")
    for name, taken in seconds.items():
        print(f"{name:38} {taken / windows:10.2f} {30 * windows / taken:12.1f}  {ratios.get(name, '')!s:>17}")


def _where(parts: dict[str, float], limits: dict[str, float]) -> None:
    print("\nwhere ours spends it, ms a window:")
    for name, taken in parts.items():
        print(f"  {name:34} {1000 * taken:8.1f}")
    print("what the machine can do at most:")
    for name, most in limits.items():
        print(f"  {name:34} {most:8.1f}")


if __name__ == "__main__":
    main()
