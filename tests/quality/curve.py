"""The calibration curve: of pairs with a given confidence, how many are right; as text for a terminal, or as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BINS, HEIGHT = 10, 11


@dataclass(frozen=True)
class Bin:
    """Pairs of similar confidence: their mean confidence, the share that is right, and their number."""

    said: float
    true: float
    pairs: int


def bins(told: Iterable[tuple[float, bool]], count: int = BINS) -> list[Bin]:
    """Group pairs (confidence, truth) by tenths of confidence; leave out empty ones."""
    some: dict[int, list[tuple[float, bool]]] = {}
    for said, true in told:
        some.setdefault(min(int(said * count), count - 1), []).append((said, true))
    return [
        Bin(sum(said for said, _ in one) / len(one), sum(true for _, true in one) / len(one), len(one))
        for _, one in sorted(some.items())
    ]


def error(found: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean distance between confidence and truth, 0..1."""
    return sum(abs(one.said - one.true) * one.pairs for one in found) / max(sum(one.pairs for one in found), 1)


def drawn(found: Sequence[Bin], width: int = 51) -> str:
    """Plot as text: confidence from left to right, truth from bottom to top; ``o`` are pairs, dots perfect calibration."""
    rows = [[" "] * width for _ in range(HEIGHT)]
    for column in range(width):
        rows[_row(column / (width - 1))][column] = "."
    for one in found:
        rows[_row(one.true)][round(one.said * (width - 1))] = "o"
    axis = [f"{1 - n / (HEIGHT - 1):4.1f} |{''.join(row)}" for n, row in enumerate(rows)]
    counts = "  ".join(f"{one.said:.2f}: {one.true:.2f} of {one.pairs}" for one in found)
    return "\n".join([*axis, f"     +{'-' * width}", f"      0.0{'said':^{width - 6}}1.0", f"      {counts}"])


def _row(share: float) -> int:
    return HEIGHT - 1 - round(share * (HEIGHT - 1))


def picture(found: Sequence[Bin], size: int = 400) -> str:
    """Plot as SVG: circles whose area is the number of pairs."""
    most = max((one.pairs for one in found), default=1)
    circles = "".join(
        f'<circle cx="{one.said * size:.1f}" cy="{(1 - one.true) * size:.1f}" r="{4 + 12 * (one.pairs / most) ** 0.5:.1f}" '
        f'fill="#2060a0" fill-opacity="0.7"><title>said {one.said:.2f}, true {one.true:.2f}, {one.pairs} pairs</title></circle>'
        for one in found
    )
    line = " ".join(f"{one.said * size:.1f},{(1 - one.true) * size:.1f}" for one in found)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-40 -20 {size + 60} {size + 60}" font-family="sans-serif" font-size="12">'
        f'<rect width="{size}" height="{size}" fill="none" stroke="#888"/>'
        f'<line x1="0" y1="{size}" x2="{size}" y2="0" stroke="#888" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="#2060a0"/>{circles}'
        f'<text x="{size / 2}" y="{size + 30}" text-anchor="middle">confidence said</text>'
        f'<text x="-28" y="{size / 2}" text-anchor="middle" transform="rotate(-90 -28 {size / 2})">share that is right</text></svg>\n'
    )
