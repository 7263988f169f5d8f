"""How a quotation differs from what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from episodes.values import AlignmentKind

if TYPE_CHECKING:
    from episodes.alignment.difference import Change
    from episodes.catalog.alignments import AlignedParagraph


def differences(one: AlignedParagraph) -> Sequence[Change]:
    """Where the words of a quote differ from what was said; one side of a change is empty where words were left out or put in."""
    from episodes.alignment.difference import difference

    return difference(one.text, one.span.said) if one.span.kind == AlignmentKind.QUOTE else ()


def misquotes(one: AlignedParagraph) -> Sequence[Change]:
    """The differences of what claims to be what was said; a sentence that only happens to be alike claims nothing."""
    return differences(one) if is_misquotable(one) else ()


def is_misquotable(one: AlignedParagraph) -> bool:
    """Whether the text claims to be what was said: it stands in quotation marks, or its paragraph is a quotation."""
    from episodes.alignment.quotes import is_quotation

    return one.quotation or is_quotation(one.paragraph, one.span.begin, one.span.until)


def worded(change: Change) -> str:
    """A change as a sentence."""
    if not change.said:
        return f"“{change.written}” was written, and not said"
    if not change.written:
        return f"“{change.said}” was said, and left out"
    return f"“{change.written}” was written, “{change.said}” was said"
