"""Pure: what comes from outside names an address of the web, or nothing. Whether its host may be asked is the network's doors' business."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def web_address(text: str, base: str = "") -> str:
    """The address if it is http or https and names a host, else empty; one that is relative is taken from ``base``, where there is one.

    Spaces around it go, and its scheme is in lower case; else it stays as it is.
    """
    text = text.strip()
    try:
        whole = urljoin(base, text) if base and text else text
        parts = urlsplit(whole)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or _CONTROL.search(whole) or "\\" in parts.netloc:
        return ""
    return parts.scheme + whole[len(parts.scheme) :]


def is_web(text: str) -> bool:
    """Whether a text is an address of the web, and so never a file."""
    return bool(web_address(text))
