"""The colours, from the style sheet itself: contrast after WCAG 2.2 (1.4.3 for text, 1.4.11 for what marks a field)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent.parent / "episodes" / "web" / "static" / "nir.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)

TEXT = [
    *[(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "card", "wash")],
    ("accent-ink", "accent"), ("mark-ink", "mark"), ("warm", "warm-wash"), ("ink", "warm-wash"), ("accent", "warm-wash"),
]  # fmt: skip
SIGNS = [
    ("edge", "paper"),
    ("edge", "card"),
    ("accent", "paper"),
    ("accent", "card"),
    ("accent", "warm-wash"),
    ("inner", "accent"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out(theme: dict[str, str]) -> None:
    low = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in TEXT}

    assert {pair: figure for pair, figure in low.items() if figure < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_fields_and_signs_stand_out(theme: dict[str, str]) -> None:
    low = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in SIGNS}

    assert {pair: figure for pair, figure in low.items() if figure < 3} == {}
