"""How a quotation differs from what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from episodes.values import AlignmentKind

if TYPE_CHECKING:
    from episodes.alignment.difference import Change
    from episodes.catalog.alignments import AlignedParagraph


def differences(one: AlignedParagraph) -> Sequence[Change]:
    """The differences between a quote and what was said; one side of a change is empty if words were left out or inserted."""
    from episodes.alignment.difference import difference

    return difference(one.text, one.span.said) if one.span.kind == AlignmentKind.QUOTE else ()


def misquotes(one: AlignedParagraph) -> Sequence[Change]:
    """The differences if the text claims to quote; a sentence that is merely similar claims nothing."""
    return differences(one) if is_misquotable(one) else ()


def is_misquotable(one: AlignedParagraph) -> bool:
    """True if the text claims to quote: it is in quotation marks, or its paragraph is a quotation."""
    from episodes.alignment.quotes import is_quotation

    return one.quotation or is_quotation(one.paragraph, one.span.begin, one.span.until)


def worded(change: Change) -> str:
    """Put a change into a sentence."""
    if not change.said:
        return f"“{change.written}” was written, but not said"
    if not change.written:
        return f"“{change.said}” was said, but left out"
    return f"“{change.written}” was written, “{change.said}” was said"
